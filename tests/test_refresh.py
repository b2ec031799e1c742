"""What was sent is brought up to date: votes, comments and code that come later are edited in, and nobody is told twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.composing import Composer, enqueue
from bot.models import (
    Cadence,
    Community,
    Content,
    Hit,
    Item,
    Match,
    MessageKind,
    OwnerKind,
    Paper,
    PaperId,
    Reason,
    Recipient,
    Record,
    SubscriptionKind,
    Welcome,
)
from bot.show.blocks import Entry, Layout, Text
from bot.show.cards import EMBED_TOTAL
from bot.show.rendering import card_of, in_parts, render
from bot.store import alerts, contents, migrations, subscriptions
from bot.store import papers as stored_papers
from bot.store.database import Connection, Database
from tests.conftest import NOW, arxiv, record
from tests.house import (
    FRIDAY,
    THURSDAY,
    House,
    controls,
    london,
    page,
    papers_of,
    sample,
    shown_text,
    text_of,
)

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


def digest(*papers: Paper) -> Content:
    reason = Reason(1, SubscriptionKind.KEYWORD, "paper")
    return Content(MessageKind.DIGEST, TODAY, tuple(Item(p, (reason,), p.id) for p in papers))


def daily(*papers: Paper) -> Content:
    return Content(MessageKind.SUMMARY, TODAY, tuple(map(Item, papers)), server_name="Paper Lab", late=("arXiv",))


def test_new_votes_stand_in_the_card_and_order_reasons_and_words_around_it_stay() -> None:
    before = card_of(digest(paper(1), paper(2)))
    after = card_of(digest(paper(1), paper(2, upvotes=57, comments=4, code_url="https://github.com/a/b")))
    assert [e.url for e in after.embeds] == [e.url for e in before.embeds]
    assert (after.text, after.rows, after.embeds[0]) == (before.text, before.rows, before.embeds[0])
    assert "57 upvotes · 4 comments · code" in after.embeds[1].description
    assert "Why: matched **paper**" in after.embeds[1].description


def test_a_list_keeps_its_order_whatever_the_votes_say_now() -> None:
    before = render(daily(paper(1, upvotes=9), paper(2, upvotes=5)))
    after = render(daily(paper(1, upvotes=10), paper(2, upvotes=90)))
    assert isinstance(before, Layout)
    assert isinstance(after, Layout)
    text = "\n".join(block.text for block in after.blocks if isinstance(block, Text | Entry))
    assert text.index("Paper 1") < text.index("10 upvotes") < text.index("Paper 2") < text.index("90 upvotes")
    assert (after.blocks[0], after.blocks[3:]) == (before.blocks[0], before.blocks[3:])


def test_a_full_message_stays_within_discords_limit() -> None:
    before, *_ = in_parts(digest(*(paper(n) for n in range(1, 10))))
    grown = {
        "upvotes": 12_345,
        "comments": 678,
        "code_url": "https://github.com/a/" + "b" * 300,
        "summary": "It does. " * 90,
    }
    after = card_of(replace(before, items=digest(*(paper(i.paper.id, **grown) for i in before.items)).items))
    assert len(after.embeds) == len(before.items) >= 8
    assert all("12,345 upvotes" in embed.description for embed in after.embeds)
    assert sum(e.size for e in after.embeds) <= EMBED_TOTAL


WELCOME = Welcome(1, SubscriptionKind.AUTHOR, "Ada Example", Cadence.WEEKLY, NOW)


@pytest.mark.parametrize(
    "content",
    [
        Content(MessageKind.DIGEST, TODAY, (), more=3),
        Content(MessageKind.INSTANT, TODAY, (), locale="pt-BR"),
        Content(MessageKind.INSTANT, TODAY, (), gathered=True),
        Content(MessageKind.WELCOME, TODAY, (), welcome=WELCOME),
        Content(MessageKind.WELCOME, TODAY, (), welcome=replace(WELCOME, next_digest=None)),
        Content(MessageKind.SUMMARY, TODAY, (), server_name="Paper Lab", late=("arXiv", "Hugging Face")),
    ],
    ids=lambda content: f"{content.kind} {content.locale} {'gathered' if content.gathered else ''}",
)
async def test_the_card_of_what_is_kept_is_the_card_that_was_made(content: Content, database: Database) -> None:
    made = [record(f"2611.{n:05}", f"Paper {n}", abstract="What it says. " * 60) for n in range(1, 15)]
    why = (
        Reason(1, SubscriptionKind.KEYWORD, "paper", (Hit("paper", "title", "Paper"),)),
        Reason(2, SubscriptionKind.CATEGORY, "cs.LG"),
    )
    someone = Recipient(OwnerKind.USER, 7)
    async with database.transaction() as write:
        added = await stored_papers.add_records(write, made, NOW, eligible=True)
        items = tuple(
            Item(change.paper, why, None, "It was late." if n == 3 else None) for n, change in enumerate(added)
        )
        count = await enqueue(write, someone, replace(content, items=items), NOW)
    async with database.reading() as read:
        kept = [
            (await contents.load(read, number), payload, nothing_new)
            for number, payload, nothing_new in await rows(read)
        ]
    assert len(kept) == count >= 1
    assert all(nothing_new for *_, nothing_new in kept)
    for found, payload, _ in kept:
        assert found is not None
        assert found[0].locale == content.locale
        assert render(found[0]).to_json() == payload


async def rows(read: Connection) -> list[tuple[int, str, bool]]:
    found = await read.all("SELECT id, payload, changes = shown_changes AS nothing_new FROM messages ORDER BY id")
    return [(row["id"], row["payload"], bool(row["nothing_new"])) for row in found]


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


@pytest.fixture
async def told_at_once(house: House) -> House:
    """The same by a message that came at once, an embed a paper, as all of them were before."""
    await house.follow("diffusion", how_often="at once")
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
    assert "57 upvotes" in text_of(now)
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
    assert await told.rows("SELECT changes, shown_changes FROM messages ORDER BY id DESC LIMIT 1") == [(2, 2)]


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
    assert await told.rows("SELECT edits_stopped_reason FROM messages WHERE edits_stopped_reason IS NOT NULL") == [
        ("The message was deleted.",)
    ]
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
    (message,) = [m for m in found if "Daily Papers" in text_of(m)]
    assert "31 upvotes" in text_of(message)
    assert message["edited_timestamp"]


async def test_what_waits_while_its_paper_changes_is_sent_as_it_is_by_then(house: House) -> None:
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    await house.bot.jobs.stop()
    await house.move_to(london(THURSDAY, 8))
    await house.app.ingest.ingest_all()
    assert await Composer(house.app.database, house.now).compose_portion() == (1, False)
    assert await later(house, listed("2611.00002", 57), minutes=70) == 0
    assert house.bot.deliverer is not None
    await house.bot.deliverer.deliver()
    assert "57 upvotes" in text_of((await house.dms_of(None, 2))[-1])
    assert await edits(house) == []


# -- papers that are called otherwise by now ---------------------------------------------------------------------------

DOI = PaperId("doi", "10.1101/2031.11.19.1")


async def tell(house: House, *records: Record, eligible: bool = True) -> list[int]:
    """A source states these papers, and who follows them is alerted. Returns the papers' numbers."""
    async with house.app.database.transaction() as write:
        changes = await stored_papers.add_records(write, records, house.now(), eligible=eligible)
        found = [change.paper.id for change in changes]
        (mine,) = await subscriptions.load_for(write, Recipient(OwnerKind.USER, int(house.nadia)))
        why = Reason(mine.id, mine.kind, mine.query)
        matches = [Match(mine.owner, number, mine.cadence, (why,)) for number in found] if eligible else []
        await alerts.enqueue(write, matches, house.now())
    return found


async def look(house: House) -> int:
    """The bot looks at what stands, two minutes later. Returns how many messages were edited."""
    await house.move_to(house.now() + timedelta(minutes=2))
    assert house.bot.refresher is not None
    return await house.bot.refresher.refresh()


def journal(value: str, title: str, *ids: PaperId) -> Record:
    return record(value, title, ids=ids, source="feed:journal", at=london(THURSDAY, 7), version=None)


@pytest.fixture(params=["en-US", "pt-BR"])
async def reader(house: House, request: pytest.FixtureRequest) -> House:
    """Nadia follows diffusion, in her own language, and had her welcome."""
    await house.ask("POST", f"/users/{house.nadia}", {"locale": request.param})
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    assert await house.rows("SELECT locale FROM users") == [(request.param,)]
    return house


async def test_a_paper_that_appears_at_arxiv_later_is_linked_there(reader: House) -> None:
    await tell(
        reader,
        journal("", "Diffusion of gloves", DOI),
        journal("", "Mittens by diffusion", replace(DOI, value="10.1101/2")),
    )
    await reader.morning(THURSDAY)
    old = (await reader.dms_of(None, 2))[-1]
    assert "https://doi.org/10.1101/2031.11.19.1" in papers_of(old)
    assert await look(reader) == 0
    await tell(reader, journal("", "Diffusion of gloves", arxiv("2611.00007"), DOI), eligible=False)
    assert await look(reader) == 1
    now = (await reader.dms())[-1]
    assert papers_of(now) == [{"https://doi.org/10.1101/2031.11.19.1": "2611.00007"}.get(p, p) for p in papers_of(old)]
    assert (now["id"], now["content"], now["components"]) == (old["id"], old["content"], old["components"])
    assert text_of(now).count("-# **diffusion**") == 2
    assert await later(reader, listed("2611.00007", 57), minutes=70) == 1
    assert "57 upvotes" in text_of((await reader.dms())[-1])


async def test_two_papers_of_a_message_that_turn_out_to_be_one_are_shown_once(reader: House) -> None:
    await tell(reader, journal("", "Diffusion of gloves", DOI), record("2611.00008", "Gloves, by diffusion"))
    await reader.morning(THURSDAY)
    old = (await reader.dms_of(None, 2))[-1]
    assert sorted(papers_of(old)) == ["2611.00008", "https://doi.org/10.1101/2031.11.19.1"]
    await tell(reader, journal("", "Gloves, by diffusion", arxiv("2611.00008"), DOI), eligible=False)
    assert await look(reader) == 1
    now = (await reader.dms())[-1]
    assert (now["id"], papers_of(now)) == (old["id"], ["2611.00008"])
    assert "1 paper\n" in text_of(now)
    assert text_of(now).count("-# **diffusion**") == 1
    assert await later(reader, listed("2611.00008", 57), minutes=70) == 1


async def test_two_papers_of_a_channels_list_that_turn_out_to_be_one_are_shown_once(house: House) -> None:
    where = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    await house.run("summary setup", channel=where, hour=9, words="gloves")
    await house.move_to(london(THURSDAY, 9))
    async with house.app.database.transaction() as write:
        at = london(THURSDAY, 8)
        pair = [record("", "Gloves", ids=(DOI,), at=at), record("2611.00008", "More gloves", at=at)]
        await stored_papers.add_records(write, pair, house.now(), eligible=True)
    (saved,) = await house.app.services.summaries.of_server(int(house.guild))
    assert await house.app.services.summaries.post_now(saved) == 2
    await house.round()
    async with house.app.database.transaction() as write:
        both = record("", "Gloves", ids=(arxiv("2611.00008"), DOI), at=at)
        await stored_papers.add_records(write, [both], house.now(), eligible=True)
    assert await look(house) == 1
    found = await house.ask("GET", f"/channels/{where}/messages?as={house.nadia}&limit=100")
    (message,) = [m for m in found if "Daily Papers" in text_of(m)]
    assert text_of(message).count("https://arxiv.org/abs/") == 1
    assert "doi.org" not in text_of(message).split("\n")[3]
    (menu,) = [c for c in controls(message) if c["type"] == 3]
    assert len(menu["options"]) == 1
    assert "Gloves" in shown_text(await house.choose(message, menu["options"][0]["label"]))


# -- messages from before contents were kept -----------------------------------------------------------------------------


def forget_contents(path: Path) -> None:
    """The file as a version before contents kept it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in (
            "cited",
            "credits",
            "author_ids",
            "profiles",
            "wanted_papers",
            "wanted_authors",
            "seen_figures",
            "upvotes",
            "members",
            "submissions",
            "discussions",
            "curation_rules",
            "curation_acts",
            "registry_requests",
            "score_weights",
            "scores",
            "score_queue",
            "listed_queue",
            "listed_names",
            "listed_papers",
            "list_days",
            "saved_papers",
            "hidden_papers",
            "novelty_queue",
            "novelty",
            "namesakes",
        ):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX messages_of_channels")
        connection.execute("DROP INDEX events_told")
        connection.execute("DROP INDEX alerts_instant")
        connection.execute("DROP INDEX subscriptions_merged")
        connection.execute("DROP INDEX subscriptions_reread")
        for column in ("merged_into", "merge_told", "reread"):
            connection.execute(f"ALTER TABLE subscriptions DROP COLUMN {column}")
        for table in ("queue", "words", "papers", "postings"):
            connection.execute(f"DROP TABLE similar_{table}")
        connection.execute("DROP INDEX papers_by_news")
        connection.execute("ALTER TABLE papers DROP COLUMN news_at")
        connection.execute("DROP TABLE title_rows")
        connection.execute("DROP TABLE apart")
        connection.execute("DROP INDEX papers_by_title")
        connection.execute("ALTER TABLE papers DROP COLUMN title_key")
        connection.execute("DROP TABLE message_papers")
        for column in ("content", "changes", "shown_changes"):
            connection.execute(f"ALTER TABLE messages DROP COLUMN {column}")
        for column in ("weekdays", "quiet_mode", "quiet_from", "quiet_until", "shown", "plain"):
            connection.execute(f"ALTER TABLE users DROP COLUMN {column}")
        for column in ("mention_role_id", "mention_words", "silent"):
            connection.execute(f"ALTER TABLE summaries DROP COLUMN {column}")
        for table in ("users", "summaries"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN locale")
        connection.execute("ALTER TABLE messages ADD COLUMN checked_at INTEGER")
        connection.execute("ALTER TABLE messages RENAME COLUMN edits_stopped_reason TO frozen")
        connection.execute("PRAGMA user_version = 12")


async def test_what_was_sent_before_an_update_is_edited_after_it(told_at_once: House) -> None:
    told = told_at_once
    old = (await told.dms())[-1]
    await told.stop()
    forget_contents(told.folder / "paperboy.db")
    migrations.migrate(told.folder / "paperboy.db")
    await told.start()
    assert await later(told, listed("2611.00002", 57), minutes=70) == 1
    now = (await told.dms())[-1]
    assert (now["id"], papers_of(now), now["content"]) == (old["id"], papers_of(old), old["content"])
    assert text_of(now).replace("57 upvotes · 3 comments", "") != text_of(old)
    assert text_of(now).count("Why: matched **diffusion**") == 2


async def test_what_it_was_about_and_nobody_knows_stays_and_its_buttons_answer(told: House) -> None:
    old = (await told.dms())[-1]
    await told.stop()
    forget_contents(told.folder / "paperboy.db")
    with closing(sqlite3.connect(told.folder / "paperboy.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM alerts")
    migrations.migrate(told.folder / "paperboy.db")
    await told.start()
    assert await later(told, listed("2611.00002", 57), minutes=70) == 0
    assert await edits(told) == []
    assert text_of((await told.dms())[-1]) == text_of(old)
    assert "diffusion" in shown_text(await told.press((await told.press(old, "Manage"))["message"], "My subscriptions"))
