"""What subscriptions would have matched: the same papers as the matcher finds by looking at all, for a bounded cost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.models import (
    Cadence,
    Community,
    EventKind,
    Matched,
    OwnerKind,
    Preview,
    Recipient,
    Record,
    Subscription,
    SubscriptionKind,
)
from bot.query.facts import news_at
from bot.query.matching import Matcher
from bot.search.recent import MOST, matched_since
from bot.show.forecasts import preview_text
from bot.similar.nearest import Similar
from bot.store import collection, papers
from bot.store.database import Database
from bot.store.migrations import FOLDER
from bot.when.turns import Turns
from tests.amount import one_of, real_rows
from tests.conftest import NOW, record

WEEK = NOW - timedelta(days=7)
ME = Recipient(OwnerKind.USER, 1)


def wish(kind: str, text: str, number: int = 1) -> Subscription:
    return Subscription(number, ME, SubscriptionKind(kind), text, Cadence.DAILY, NOW)


async def keep(database: Database, *records: Record) -> None:
    async with database.transaction() as write:
        for start in range(0, len(records), 200):
            await papers.add_records(write, records[start : start + 200], NOW, eligible=False)


async def by_looking_at_all(database: Database, *subscriptions: Subscription) -> set[str]:
    """Titles that the matcher finds without any index."""
    matcher = Matcher(subscriptions)
    async with database.reading() as read:
        ids = await collection.all_ids(read)
        loaded = await papers.load_papers(read, ids)
    return {
        paper.title for paper in loaded.values() if news_at(paper) >= WEEK and matcher.match(paper, EventKind.ANNOUNCED)
    }


def titles(found: Matched) -> set[str]:
    return {paper.title for paper, _ in found.papers}


PRINTED = (
    "Julia Kempe", "Kempe, Julia", "J. Kempe", "KEMPE Julia", "Julia B. Kempe", "Julian Kempe", "David Kempe",
    "Hans Müller", "H. Mueller", "Hans Muller", r"Hans M\"uller", r"M{\"u}ller, Hans", "Hans Möller", "Hans Mull",
    "John van den Berg", "J. Vandenberg", "van den Berg, John", "Berg, J. van den", "John Berg", "John Vandenberg",
    "María García López", "Maria Garcia-Lopez", "M. Garcia", "Maria Lopez", r"Mar\'{\i}a Garc\'{\i}a",
    "Søren Ørsted", "Soren Orsted", r"S{\o}ren {\O}rsted", "王伟", "王 伟", "Wang Wei", "Wei Wang", "Wei-Wang Li",
    "The ATLAS Collaboration", "ATLAS Collaboration", "Conan O'Brien", "Conan OBrien", "Madonna", "Lee Hyung-Mok",
    "Hyung Mok Lee", "Ya-Fang Li", "Erdős, Paul", r"Paul Erd\H{o}s", "Anna Eliot", "Joe de la Cruz", "J. Delacruz",
)  # fmt: skip


@pytest.mark.parametrize("wanted", PRINTED)
async def test_a_person_is_found_in_every_spelling_that_the_matcher_takes_for_theirs(
    database: Database, wanted: str
) -> None:
    await keep(
        database,
        *[
            record(f"2611.{n:05}", f"Paper {n}", authors=("Ada Example", name, "Ben Sample"))
            for n, name in enumerate(PRINTED)
        ],
    )
    found = await matched_since(database, [wish("author", wanted)], WEEK, similar=Similar(database))
    assert titles(found) == await by_looking_at_all(database, wish("author", wanted))
    assert not found.is_about


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("keyword", "diffusion"), ("keyword", "diffusion -survey"), ("keyword", '"diffusion policy"'),
        ("keyword", "fine-tuning robots"), ("category", "cs.LG"), ("category", "cs"), ("category", "math"),
        ("category", "cs.NA"),
    ],
)  # fmt: skip
async def test_every_kind_is_found_as_the_matcher_finds_it(database: Database, kind: str, text: str) -> None:
    words = ("Diffusion policies", "A survey of diffusion", "Robots, finetuned", "Fine-tuning a robot", "Nothing")
    codes = (("cs.LG", "stat.ML"), ("math.NA",), ("cs.RO",), ("hep-th", "cs.LG"), ("math.CO",))
    await keep(
        database,
        *[
            record(f"2611.{n:05}", f"{title} {n}", abstract="Of it.", categories=codes[(n + n // 5) % 5])
            for n, title in enumerate(words * 5)
        ],
        record("2610.00001", "Diffusion of old", at=NOW - timedelta(days=9)),
    )
    found = await matched_since(database, [wish(kind, text)], WEEK, similar=Similar(database))
    assert titles(found) == await by_looking_at_all(database, wish(kind, text))
    assert (found.count, found.is_about) == (len(found.papers), False)


async def test_several_subscriptions_agree_with_one_paper_once_each_with_its_reason(database: Database) -> None:
    listed = record("2611.00001", "Diffusion", kind=EventKind.LISTED, occurrence="2026-11-18", authors=("Julia Kempe",))
    announced = record("2611.00001", "Diffusion", authors=("Julia Kempe",))
    await keep(database, listed, announced, record("2611.00002", "Something else", categories=("math.CO",)))
    wishes = [wish("keyword", "diffusion", 1), wish("author", "Julia Kempe", 2), wish("trending", "", 3)]
    found = await matched_since(database, [*wishes, wish("category", "cs.LG", 4)], WEEK, similar=Similar(database))
    assert [[reason.subscription_id for reason in match.reasons] for _, match in found.papers] == [[1, 2, 4, 3]]


async def test_a_flood_is_counted_from_the_index_and_only_its_newest_papers_are_analysed(database: Database) -> None:
    many = [record(f"2611.{n:05}", f"The paper {n}", at=NOW - timedelta(minutes=n)) for n in range(3 * MOST)]
    await keep(database, *many, *[record(f"2610.{n:05}", f"The survey {n}", at=WEEK) for n in range(MOST)])
    found = await matched_since(database, [wish("keyword", "the -survey")], WEEK, similar=Similar(database))
    assert len(found.papers) == MOST
    assert found.papers[0][0].title == "The paper 0"
    assert (found.count, found.is_about) == (4 * MOST, True)  # none of the newest says survey
    assert "**about 800 of 800 papers**" in preview_text(Preview(found, 800), SubscriptionKind.KEYWORD)
    few = await matched_since(database, [wish("keyword", "survey")], WEEK, similar=Similar(database))
    assert (few.count, few.is_about) == (MOST, False)


@pytest.mark.parametrize(("kind", "text"), [("keyword", "long"), ("author", "Ada Example"), ("category", "cs.LG")])
async def test_others_can_get_their_turn_after_each_paper_and_each_name(
    database: Database, kind: str, text: str
) -> None:
    crowd = (*[f"Person Number{n}" for n in range(50)], "Ada Example")
    await keep(database, *[record(f"2611.{n:05}", f"Long {n}", authors=crowd) for n in range(60)])
    turns = Turns(period=0.0)
    await matched_since(database, [wish(kind, text)], WEEK, turns, similar=Similar(database))
    assert turns.taken >= 60 * (50 if kind == "author" else 1)


async def test_real_names_are_found_as_the_matcher_finds_them(database: Database, data: Path) -> None:
    """Three hundred real papers; everybody on the first fifty of them is followed in turn, and a hundred people of another list;
    in `make soak` twice as many of each."""
    real, people = [], []
    for raw in real_rows(data / "arxiv_dev.jsonl.gz", 60_000, 95 * one_of(2)):
        if len(raw["authors"]) <= 40:
            real.append(record(raw["id"], f"{raw['id']} {raw['title']}", authors=tuple(raw["authors"])))
    people += [row["name"] for row in real_rows(data / "authors_dev.jsonl.gz", 20_000, 100 * one_of(2))]
    await keep(database, *real)
    people += [author.name for one in real[: 100 // one_of(2)] for author in one.authors[:3]]
    async with database.reading() as read:
        everyone = await papers.load_papers(read, await collection.all_ids(read))
    for name in dict.fromkeys(people):
        found = await matched_since(database, [wish("author", name)], WEEK, similar=Similar(database))
        matcher = Matcher([wish("author", name)])
        assert titles(found) == {p.title for p in everyone.values() if matcher.ids(p)}, name


def listed_some_day(identity: str, title: str, day: date | None, published: date | None = None) -> Record:
    """As a daily list states a paper: it tells of no announcement."""
    return record(
        identity,
        title,
        kind=EventKind.LISTED,
        occurrence=str(day),
        source="huggingface",
        community=Community(listed_on=day),
        published=published,
    )


async def test_what_was_imported_of_past_years_is_no_news_of_this_week(database: Database) -> None:
    years_ago, today = date(2023, 5, 4), NOW.date()
    await keep(
        database,
        record("2611.00001", "A survey of now", at=NOW),
        record("2305.00001", "A survey of then", at=NOW - timedelta(days=900)),
        listed_some_day("2305.00002", "A listed survey of then", years_ago),
        listed_some_day("2305.00003", "An unlisted survey of then", None, published=years_ago),
        listed_some_day("2305.00004", "A survey of then, listed now", today, published=years_ago),
        listed_some_day("2305.00005", "A survey without a day", None),
        listed_some_day("2305.00006", "A survey dated ahead", None, published=today + timedelta(days=200)),
    )
    wanted = [wish("keyword", "survey")]
    found = await matched_since(database, wanted, WEEK, similar=Similar(database))
    assert titles(found) == {
        "A survey of now",
        "A survey of then, listed now",
        "A survey without a day",
        "A survey dated ahead",
    }
    assert titles(found) == await by_looking_at_all(database, *wanted)
    async with database.reading() as read:
        assert await collection.count_papers(read, WEEK) == 4
        assert await collection.count_papers(read, NOW + timedelta(days=1)) == 0


async def test_the_day_of_the_news_follows_what_is_learnt_later_and_is_found_for_rows_of_before(
    database: Database,
) -> None:
    past = date(2025, 5, 4)
    await keep(database, listed_some_day("2505.00001", "One", None), listed_some_day("2505.00002", "Two", past))
    await keep(database, listed_some_day("2505.00001", "One", past), record("2505.00002", "Two", at=NOW))
    async with database.reading() as read:
        loaded = await papers.load_papers(read, await collection.all_ids(read))
        kept = {row["id"]: row["news_at"] for row in await read.all("SELECT id, news_at FROM papers")}
    assert kept == {paper.id: int(news_at(paper).timestamp()) for paper in loaded.values()}
    (update,) = re.findall(r"UPDATE papers SET news_at.*?;", (FOLDER / "0018_news_at.sql").read_text(), re.DOTALL)
    async with database.transaction() as write:
        await write.execute("UPDATE papers SET news_at = 0")
        await write.execute(update)
        assert {row["id"]: row["news_at"] for row in await write.all("SELECT id, news_at FROM papers")} == kept
