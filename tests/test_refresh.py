"""What was sent is brought up to date: votes, comments and code that come later are edited in, and nobody is told twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.models import Community, Digest, Item, Paper, Reason, SubscriptionKind, SummaryContent
from bot.show.cards import EMBED_TOTAL, Card
from bot.show.outgoing import daily_card, digest_cards
from bot.show.rebuilding import rebuild
from tests.conftest import NOW, arxiv
from tests.house import FRIDAY, THURSDAY, House, london, page, papers_of, sample, text_of

TODAY = NOW.date()


# -- the card ----------------------------------------------------------------------------------------------------------


def paper(number: int, **community: Any) -> Paper:
    return Paper(
        id=number,
        ids=(arxiv(f"2611.{number:05}"),),
        title=f"Paper {number}",
        abstract="What it says. " * 60,
        authors=(),
        categories=("cs.LG",),
        first_seen=NOW,
        announced=NOW,
        community=Community(listed_on=TODAY, **community) if community else None,
    )


def digest(*papers: Paper) -> Card:
    reason = Reason(1, SubscriptionKind.KEYWORD, "paper")
    (card,) = digest_cards(Digest(TODAY, tuple(Item(p, (reason,), p.id) for p in papers)))
    return card


def test_a_card_of_the_same_papers_is_the_same_card() -> None:
    papers = [paper(2, upvotes=3), paper(1), paper(3)]
    lists = daily_card(SummaryContent(TODAY, "Paper Lab", tuple(papers), ("arXiv",)))
    for card in (digest(*papers), lists):
        assert rebuild(Card.from_json(card.to_json()), TODAY, reversed(papers)) == card


def test_new_votes_stand_in_the_card_and_order_reasons_and_words_around_it_stay() -> None:
    before = digest(paper(1), paper(2))
    after = rebuild(before, TODAY, [paper(1), paper(2, upvotes=57, comments=4, code_url="https://github.com/a/b")])
    assert [e.url for e in after.embeds] == [e.url for e in before.embeds]
    assert (after.text, after.rows, after.embeds[0]) == (before.text, before.rows, before.embeds[0])
    assert "57 upvotes · 4 comments · code" in after.embeds[1].description
    assert "Why: matched **paper**" in after.embeds[1].description


def test_a_list_keeps_its_order_whatever_the_votes_say_now() -> None:
    before = daily_card(SummaryContent(TODAY, "Paper Lab", (paper(1, upvotes=9), paper(2, upvotes=5)), ("arXiv",)))
    after = rebuild(before, TODAY, [paper(1, upvotes=10), paper(2, upvotes=90)])
    text = after.embeds[0].description
    assert text.index("Paper 1") < text.index("10 upvotes") < text.index("Paper 2") < text.index("90 upvotes")
    assert (after.text, after.rows) == (before.text, before.rows)


def test_a_list_stays_as_it_is_when_a_paper_of_it_is_gone() -> None:
    before = daily_card(SummaryContent(TODAY, "Paper Lab", (paper(1, upvotes=9), paper(2, upvotes=5)), ()))
    assert rebuild(before, TODAY, [paper(1, upvotes=10)]) == before


def test_a_full_message_stays_within_discords_limit() -> None:
    before = digest(*(paper(n) for n in range(1, 10)))
    grown = {
        "upvotes": 12_345,
        "comments": 678,
        "code_url": "https://github.com/a/" + "b" * 300,
        "summary": "It does. " * 90,
    }
    after = rebuild(before, TODAY, [paper(n, **grown) for n in range(1, 10)])
    assert len(after.embeds) == len(before.embeds) >= 8
    assert all("12,345 upvotes" in embed.description for embed in after.embeds)
    assert sum(e.size for e in after.embeds) <= EMBED_TOTAL


# -- the message in Discord --------------------------------------------------------------------------------------------

PAPERS = [sample("2611.00001", "Diffusion of gloves"), sample("2611.00002", "Mittens by diffusion")]


def listed(identity: str, upvotes: int, **more: Any) -> str:
    """A daily list of THURSDAY with this paper, as Hugging Face answers."""
    inner = {
        "id": identity, "title": "A title without TeX", "summary": "A copy.", "authors": [{"name": "Ada Example"}],
        "publishedAt": f"{THURSDAY}T00:00:00.000Z", "submittedOnDailyAt": f"{THURSDAY}T00:00:00.000Z", "upvotes": upvotes,
    }  # fmt: skip
    return json.dumps([{"paper": inner | more, "numComments": 3}])


@pytest.fixture
async def told(house: House) -> House:
    """Nadia got a digest with two papers that no list had yet."""
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    await house.morning(THURSDAY)
    assert sorted(papers_of((await house.dms_of(None, 2))[-1])) == ["2611.00001", "2611.00002"]
    return house


async def edits(house: House) -> list[Any]:
    return [r for r in await house.requests("PATCH", "/messages/") if "/webhooks/" not in r["path"]]


async def later(house: House, body: str, **by: float) -> int:
    """Time passes, Hugging Face answers, and the bot looks at what stands. Returns how many messages were edited."""
    before = await house.rows("SELECT id, shown FROM messages ORDER BY id")
    house.upstream.put("/api/daily_papers", body, "application/json")
    await house.move_to(house.now() + timedelta(**by))
    await house.app.ingest.ingest_all()
    assert house.bot.refresher is not None
    await house.bot.refresher.refresh()
    after = await house.rows("SELECT id, shown FROM messages ORDER BY id")
    return sum(one != other for one, other in zip(before, after, strict=True))


async def test_a_listing_of_an_alerted_paper_alerts_nobody_and_updates_the_record_and_the_message(told: House) -> None:
    before = await told.rows("SELECT * FROM alerts ORDER BY id")
    old = (await told.dms())[-1]
    papers = await told.rows("SELECT count(*) FROM papers")
    assert await later(told, listed("2611.00002", 57, githubRepo="https://github.com/a/b"), minutes=70) == 1
    assert await told.rows("SELECT * FROM alerts ORDER BY id") == before
    assert await told.rows("SELECT count(*) FROM papers") == papers
    assert await told.rows("SELECT upvotes, comments FROM community") == [(57, 3)]
    now = (await told.dms())[-1]
    assert (now["id"], papers_of(now)) == (old["id"], papers_of(old))
    assert now["edited_timestamp"]
    assert "57 upvotes · 3 comments" in text_of(now)
    assert "Mittens by diffusion" in text_of(now)  # arXiv's title, not the copy's
    assert now["components"] == old["components"]
    await told.morning(FRIDAY)
    assert "2611.00002" not in [p for dm in await told.dms() if dm["id"] != old["id"] for p in papers_of(dm)]


async def test_an_edit_is_made_only_when_the_text_changed(told: House) -> None:
    body = listed("2611.00002", 57)
    assert await later(told, body, minutes=70) == 1
    assert await later(told, body, minutes=70) == 0
    assert await later(told, listed("2611.00002", 57, ai_keywords=["gloves"]), minutes=70) == 0  # shown nowhere
    assert len(await edits(told)) == 1
    assert await told.rows("SELECT count(*) FROM messages WHERE checked_at > shown_at") == [(1,)]


async def test_what_changes_within_a_minute_is_one_edit(told: House) -> None:
    assert await later(told, listed("2611.00002", 57), minutes=70) == 1
    assert await later(told, listed("2611.00002", 58), seconds=20) == 0
    assert await later(told, listed("2611.00002", 59), seconds=20) == 0
    assert await later(told, listed("2611.00002", 60), seconds=25) == 1
    assert "60 upvotes" in text_of((await told.dms())[-1])


async def test_messages_older_than_two_days_stay(told: House) -> None:
    assert await later(told, listed("2611.00002", 57), hours=49) == 0
    assert await edits(told) == []


async def test_a_deleted_message_is_left_in_peace(told: House) -> None:
    old = (await told.dms())[-1]
    told.play.messages.delete(told.play.world.message(old["channel_id"], old["id"]))
    assert await later(told, listed("2611.00002", 57), minutes=70) == 0
    assert await told.rows("SELECT frozen FROM messages WHERE frozen IS NOT NULL") == [("The message was deleted.",)]
    assert await later(told, listed("2611.00002", 58), minutes=70) == 0
    assert len(await edits(told)) == 1


@pytest.mark.parametrize("code", [50035, 200000])
async def test_what_was_sent_in_fewer_words_is_never_made_full_again(house: House, code: int) -> None:
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    refusal = {
        "method": "POST",
        "path": r"/channels/\d+/messages",
        "status": 400,
        "body": {"code": code, "message": "no"},
    }
    await house.ask("POST", "/faults", {**refusal, "count": 1})
    await house.morning(THURSDAY)
    old = (await house.dms_of(None, 2))[-1]
    assert await house.rows("SELECT form <> 'full' FROM messages ORDER BY id DESC LIMIT 1") == [(1,)]
    assert await later(house, listed("2611.00002", 57), minutes=70) == 0
    assert await edits(house) == []
    assert text_of((await house.dms())[-1]) == text_of(old)


async def test_when_discord_has_no_time_the_edit_is_made_later(told: House) -> None:
    await told.ask("POST", "/faults", {"method": "PATCH", "path": "/channels/", "status": 503, "count": 20})
    assert await later(told, listed("2611.00002", 57), minutes=70) == 0
    await told.ask("DELETE", "/faults")
    assert await later(told, listed("2611.00002", 57), minutes=2) == 1


async def test_it_goes_on_after_a_restart(told: House) -> None:
    await told.restart()
    await told.first_look()
    assert await later(told, listed("2611.00002", 57), minutes=70) == 1


async def test_a_channels_list_shows_the_votes_of_the_day(house: House) -> None:
    where = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    await house.run("summary setup", channel=where, hour=9, size=5)
    house.upstream.put("/api/daily_papers", listed("2611.00001", 4), "application/json")
    await house.move_to(london(THURSDAY, 9))
    await house.app.ingest.ingest_all()
    await house.app.services.summaries.compose_due()
    await house.round()
    assert await later(house, listed("2611.00001", 31), hours=2) == 1
    found = await house.ask("GET", f"/channels/{where}/messages?as={house.nadia}&limit=100")
    (message,) = [m for m in found if "Daily Papers" in m["content"]]
    assert "31 upvotes" in text_of(message)
    assert message["edited_timestamp"]
