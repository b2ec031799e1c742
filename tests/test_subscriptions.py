"""Following people, categories and the Daily Papers; `/today`; what somebody is told who installed Paperboy for themselves alone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.house import House, labels, open_all, page, papers_of, sample, text_of, until

THURSDAY = date(2031, 11, 20)


async def next_feed(house: House, *papers: object) -> None:
    """These papers are announced; the feed is read."""
    house.upstream.put("/rss/cs.CV", page(THURSDAY, papers))  # type: ignore[arg-type]
    await house.visit_feed()


async def subscribe(house: House, kind: str, **options: str) -> str:
    return text_of((await house.subscribe(kind, city="London", hour=8, **options))["message"])


@pytest.mark.parametrize(
    ("wanted", "printed"),
    [
        ("Julia Kempe", "Julia Kempe"),
        ("Julia Kempe", "J. Kempe"),
        ("Kempe, Julia", "Julia Kempe"),
        ("julia kempe", r"J\'ulia Kempe"),
        ("Erwin Schrödinger", r"Erwin Schr\"odinger"),
        ("Julia Kempe", "Julia B. Kempe"),
        ("Jim Kempe OR Julia Kempe", "Julia Kempe"),
        ("Andrey Kempe", "Andrei Kempe"),
        ("Julia Kempe", "Prof. Julia Kempe†"),
        ("ATLAS Collaboration", "The ATLAS Collaboration"),
    ],
)
async def test_an_author_is_found_with_accents_initials_and_order_tolerated(
    house: House, wanted: str, printed: str
) -> None:
    assert "You now follow papers by" in await subscribe(house, "author", name=wanted)
    await house.dms_of(None, 1)
    paper = sample("2611.00001", "On something else", authors=("Ada Example", printed))
    await next_feed(house, paper, sample("2611.00002", "Not theirs", authors=("David Kempe", "Paul Schröder")))
    found = await house.rows("SELECT value FROM alerts JOIN paper_ids USING (paper_id) WHERE state = 'pending'")
    assert found == [("2611.00001",)]


async def test_the_digest_says_by_whom_a_paper_is(house: House) -> None:
    await subscribe(house, "author", name="Julia Kempe", how_often="at once")
    await house.dms_of(None, 1)
    await next_feed(house, sample("2611.00001", "On something else", authors=("Ada Example", "Julia Kempe")))
    await house.round()
    alert = (await house.dms_of(None, 2))[1]
    assert "Why: by **Julia Kempe**, whom you follow" in text_of(alert)


@pytest.mark.parametrize(
    ("wanted", "printed", "why"),
    [
        ("Julia Kempe", "J. Kempe", "by **J. Kempe**, whose initials agree with **Julia Kempe**, whom you follow"),
        (
            "Jean-Pierre Serre",
            "Jean Serre",
            "by **Jean Serre**, who is possibly **Jean-Pierre Serre**, whom you follow",
        ),
        ("Julia Kempe", "Julia Kempe*", "by **Julia Kempe**, whom you follow"),
    ],
)
async def test_the_digest_says_how_surely_it_is_who_is_followed(
    house: House, wanted: str, printed: str, why: str
) -> None:
    await subscribe(house, "author", name=wanted, how_often="at once")
    await house.dms_of(None, 1)
    await next_feed(house, sample("2611.00001", "On something else", authors=("Ada Example", printed)))
    await house.round()
    alert = text_of((await house.dms_of(None, 2))[1]).replace("\\", "")
    assert f"Why: {why}" in alert
    assert f"Ada Example, {printed.strip('*')}" in alert


async def test_a_second_spelling_is_added_to_the_follow_that_stands(house: House) -> None:
    await subscribe(house, "author", name="Jim Kurose", how_often="at once")
    await house.dms_of(None, 1)
    assert "already" in await subscribe(house, "author", name="Jim Kurose OR James Kurose", how_often="at once")
    assert "already" in await subscribe(house, "author", name="James Kurose", how_often="at once")
    stands = await house.rows("SELECT query FROM subscriptions WHERE removed_at IS NULL")
    assert stands == [("Jim Kurose OR James Kurose",)]
    both = sample("2611.00001", "By both", authors=("Jim Kurose", "James F. Kurose"))
    await next_feed(house, both, sample("2611.00002", "By one", authors=("James Kurose",)))
    found = await house.rows("SELECT value FROM alerts JOIN paper_ids USING (paper_id) ORDER BY value")
    assert found == [("2611.00001",), ("2611.00002",)]


async def test_more_spellings_than_a_person_has_are_refused(house: House) -> None:
    done = await house.run("subscribe author", name=" OR ".join(f"Ada {letter}ample" for letter in "BCDEFG"))
    assert "by at most 5 spellings; these are 6" in text_of(done["message"])
    done = await house.run("subscribe author", name="Jim Kurose OR !!")
    assert "A second spelling goes behind OR" in text_of(done["message"])


@pytest.mark.parametrize(
    ("typed", "name", "matched"),
    [
        ("cs.RO", "cs.RO", {"2611.00001"}),
        ("robotics", "cs.RO", {"2611.00001"}),
        ("cs", "cs", {"2611.00001", "2611.00002"}),
    ],
)
async def test_a_category_is_a_code_a_plain_name_or_an_archive_and_cross_lists_count(
    house: House, typed: str, name: str, matched: set[str]
) -> None:
    text = await subscribe(house, "category", category=typed)
    assert f"You now follow everything in **{name}**" in text.replace("\\", "")
    await house.rows("SELECT 1")
    before = {v for (v,) in await house.rows("SELECT value FROM alerts JOIN paper_ids USING (paper_id)")}
    robots = sample("2611.00001", "One", categories=("cs.CV", "cs.RO"))
    await next_feed(house, robots, sample("2611.00002", "Two", categories=("cs.CV",)))
    after = {v for (v,) in await house.rows("SELECT value FROM alerts JOIN paper_ids USING (paper_id)")}
    assert after - before == matched


async def test_an_unknown_category_is_refused_with_what_can_be_written(house: House) -> None:
    done = await house.run("subscribe category", category="qwxyz")
    assert "is no arXiv category. Write a code like cs.LG" in text_of(done["message"])


async def test_trending_brings_what_was_listed_most_upvoted_first(tmp_path: object) -> None:
    from pathlib import Path

    async with open_all(Path(str(tmp_path)), feed_alone=False) as house:
        await house.start()
        await house.first_look()
        forecast = text_of((await house.run("subscribe trending"))["message"])
        await subscribe(house, "trending")
        ((listed,),) = await house.rows("SELECT count(DISTINCT paper_id) FROM listings WHERE day >= '2031-11-12'")
        assert f"matched **{listed} of {listed} listed papers**" in forecast
        (welcome,) = await house.dms_of(None, 1)
        top = await house.rows(
            "SELECT value FROM community JOIN paper_ids USING (paper_id) WHERE scheme = 'arxiv' ORDER BY upvotes DESC LIMIT 3"
        )
        assert papers_of(welcome) == [value for (value,) in top]
        await house.morning(date(2031, 11, 20))
        digest = (await house.dms_of(None, 2))[1]
        assert "-# on the Daily Papers list" in text_of(digest)
        assert not set(papers_of(digest)) & set(papers_of(welcome))


async def test_today_shows_the_papers_of_the_last_days_and_changes_nothing(house: House) -> None:
    assert "You follow nothing yet" in text_of((await house.run("today"))["message"])
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    await until(lambda: house.rows("SELECT 1 FROM messages WHERE state = 'sent'"))
    before = await house.rows("SELECT state, message_id FROM alerts")
    shown = (await house.run("today"))["message"]
    assert shown["flags"] & 64
    assert len(papers_of(shown)) == 3
    assert "Why: matched **diffusion** in the title" in text_of(shown)
    assert await house.rows("SELECT state, message_id FROM alerts") == before


async def test_the_three_hundred_and_first_subscription_is_refused_and_nothing_is_lost(house: House) -> None:
    from bot.models import Cadence, SubscriptionKind

    service = house.app.services.subscriptions
    for number in range(300):
        await service.subscribe(int(house.nadia), SubscriptionKind.KEYWORD, f"word{number}", Cadence.DAILY)
    refused = await house.run("subscribe keyword", words="onemore", city="London")
    assert labels(refused["message"]) == []
    assert "You have 300 subscriptions" in text_of(refused["message"])
    assert await house.rows("SELECT count(*) FROM subscriptions") == [(300,)]
    page_of_list = text_of((await house.run("subscriptions"))["message"])
    assert "You follow 300 subscriptions" in page_of_list
    await house.dms_of(None, 1)


async def test_who_installed_for_themselves_alone_is_told_that_dms_may_need_a_shared_server(house: House) -> None:
    await house.ask("POST", f"/users/{house.outsider}", {"install": house.bot_id})
    channel = (await house.ask("POST", "/dms", {"as": house.outsider, "user_id": house.bot_id}))["id"]
    done = await house.subscribe("keyword", house.outsider, channel, words="diffusion")
    assert "only when we share a server" in text_of(done["message"])
    assert "/today" in text_of(done["message"])
