"""Scores as they are kept: read from lists that came in, in time order, compared in their groups, for as long as rows can be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.config import Settings
from bot.models import Community, EventKind, Record, Score, ScoreKind, ScorePart
from bot.process.application import backfill_sources
from bot.scores.scorer import Scorer
from bot.sources.http import PoliteClient
from bot.store import migrations, papers, reading_lists, scores, sources
from bot.store.database import Database, open_database
from bot.store.scores import Made
from bot.store.sources import GateState
from tests.conftest import NOW, HandClock, record
from tests.ready import made_before

LIST = date(2026, 11, 2)  # a Monday


def listed(
    value: str, day: date, votes: int, *authors: str, hours: float = 6, counted: datetime | None = None, **more: Any
) -> Record:
    """A paper on the list of a day, with so many votes some hours later."""
    at = datetime.combine(day, time(1), UTC)
    community = Community(upvotes=votes, listed_on=day, captured=counted or at + timedelta(hours=hours), submitter="AK")
    return record(
        value, more.pop("title", f"What {value} says"), kind=EventKind.LISTED, occurrence=day.isoformat(), at=at,
        source="huggingface", authors=authors or ("Ada Example",), community=community, **more,
    )  # fmt: skip


async def keep(database: Database, *records: Record) -> list[int]:
    """Stores them. Returns the numbers of their papers, in order."""
    async with database.transaction() as write:
        await papers.add_records(write, records, NOW, eligible=False)
        found = [await papers.find_paper(write, one.ids[0]) for one in records]
    return [paper.id for paper in found if paper]


async def rows(database: Database, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    async with database.reading() as read:
        return [tuple(row) for row in await read.all(sql, parameters)]


async def scores_of(database: Database, ids: Sequence[int]) -> dict[int, Score]:
    async with database.reading() as read:
        return await scores.load_scores(read, ids)


@pytest.fixture
def scorer(database: Database, clock: HandClock) -> Scorer:
    return Scorer(database, clock)


# -- what the lists say


async def test_each_listed_paper_is_kept_once_on_its_first_day_with_its_early_votes_and_names(
    database: Database, scorer: Scorer
) -> None:
    await keep(
        database,
        listed("2611.00001", LIST + timedelta(days=1), 90, "Kempe, Julia", "Ben Sample"),
        listed("2611.00001", LIST, 7, "Kempe, Julia", "Ben Sample"),
        listed("2611.00001", LIST, 900, "Kempe, Julia", "Ben Sample", hours=500),
    )
    await scorer.catch_up()
    assert await rows(database, "SELECT day, votes FROM listed_papers") == [("2026-11-02", 7)]
    assert set(await rows(database, "SELECT role, name FROM listed_names")) == {
        ("author", "julia kempe"), ("author", "ben sample"), ("submitter", "ak"),
    }  # fmt: skip
    ((middle,),) = await rows(database, "SELECT middle FROM list_days")
    assert middle == pytest.approx(2.0794, abs=1e-4)
    assert await rows(database, "SELECT paper_id FROM listed_queue") == []


async def test_an_earlier_count_of_votes_that_comes_later_is_the_early_one(database: Database, scorer: Scorer) -> None:
    """As an import brings it: what the paper shows stays the newest count."""
    await keep(database, listed("2611.00001", LIST, 900, hours=100))
    await scorer.catch_up()
    assert await rows(database, "SELECT votes FROM listed_papers") == [(900,)]
    await keep(database, listed("2611.00001", LIST, 7, hours=6))
    await scorer.catch_up()
    assert await rows(database, "SELECT votes FROM listed_papers") == [(7,)]
    assert await rows(database, "SELECT upvotes FROM community") == [(900,)]


async def test_a_later_vote_and_a_later_list_move_no_score_of_an_earlier_listing(
    database: Database, scorer: Scorer
) -> None:
    old, _, _ = await keep(
        database,
        listed("2611.00001", LIST, 20, "Ada Example"),
        listed("2611.00002", LIST, 5, "Ben Sample"),
        listed("2610.00003", LIST - timedelta(days=9), 50, "Ada Example"),
    )
    await scorer.catch_up()
    before = (await scores_of(database, [old]))[old]
    await keep(
        database,
        listed("2611.00001", LIST, 2_000, "Ada Example", hours=300),
        listed("2611.00009", LIST + timedelta(days=2), 3_000, "Ada Example"),
        listed("2611.00008", LIST, 1, "Ada Example", hours=400),
    )
    await database_waits_for_all(database)
    await scorer.catch_up()
    after = (await scores_of(database, [old]))[old]
    moved = {part.name: part.points for part in after.parts} | {"votes": 0.0, "an average paper": 0.0}
    same = {part.name: part.points for part in before.parts} | {"votes": 0.0, "an average paper": 0.0}
    assert moved == same
    assert after.known_authors == before.known_authors == 1


async def database_waits_for_all(database: Database) -> None:
    async with database.transaction() as write:
        await scores.wait_for_all(write)


async def test_an_older_list_that_comes_later_moves_the_scores_behind_it(database: Database, scorer: Scorer) -> None:
    (new,) = await keep(database, record("2611.00005", authors=("Cy Other",), at=NOW))
    await scorer.catch_up()
    assert await scores_of(database, [new]) == {}
    await keep(database, *(listed(f"2610.0000{n}", LIST - timedelta(days=n), 40, "Cy Other") for n in (1, 2)))
    await scorer.catch_up()
    assert await scores_of(database, [new]) == {}  # more of them may be under way
    await scorer.catch_up()
    assert (await scores_of(database, [new]))[new].known_authors == 1
    assert await rows(database, "SELECT paper_id FROM score_queue") == []


async def test_papers_that_turn_out_to_be_one_are_listed_once_and_scored_once(
    database: Database, scorer: Scorer
) -> None:
    one, other = await keep(
        database,
        listed("2611.00001", LIST, 30, "Ada Example"),
        record("2611.00002", "Another name", authors=("Ada Example",)),
    )
    await scorer.catch_up()
    async with database.transaction() as write:
        await papers.merge_papers(write, max(one, other), min(one, other))
    await scorer.catch_up()
    for table in ("listed_papers", "listed_names", "scores"):
        assert {number for (number,) in await rows(database, f"SELECT paper_id FROM {table}")} == {min(one, other)}
    assert await rows(database, "SELECT votes FROM listed_papers") == [(30,)]


async def test_a_paper_that_is_on_no_list_any_more_leaves_the_history(database: Database, scorer: Scorer) -> None:
    (one,) = await keep(database, listed("2611.00001", LIST, 30, "Ada Example"))
    await scorer.catch_up()
    async with database.transaction() as write:
        await write.execute("DELETE FROM listings")
        await scores.wait(write, [one])
    await scorer.catch_up()
    assert await rows(database, "SELECT paper_id FROM listed_papers") == []
    assert await scores_of(database, [one]) == {}


# -- scores


async def test_a_store_without_lists_has_no_score_of_anybody(database: Database, scorer: Scorer) -> None:
    found = await keep(database, *(record(f"2611.{n:05}") for n in range(1, 120)))
    assert await scorer.catch_up() == 119
    assert await scores_of(database, found) == {}
    assert await scorer.catch_up() == 0


async def test_a_score_says_its_kind_parts_and_on_whom_it_rests(
    database: Database, scorer: Scorer, clock: HandClock
) -> None:
    on_list, announced, unknown = await keep(
        database,
        listed("2611.00001", LIST, 30, "Ada Example"),
        record("2611.00002", authors=("Ada Example", "Ben Sample")),
        record("2611.00003", authors=("Cy Other",)),
    )
    await scorer.catch_up()
    found = await scores_of(database, [on_list, announced, unknown])
    assert found.keys() == {on_list, announced}
    assert [found[number].kind for number in (on_list, announced)] == [ScoreKind.INTEREST, ScoreKind.LISTING]
    assert (found[announced].known_authors, found[announced].authors) == (1, 2)
    for score in found.values():
        assert score.points == pytest.approx(sum(part.points for part in score.parts))
        assert (score.percent, score.as_of) == (None, clock())
    assert "votes" in {part.name for part in found[on_list].parts}


def made(points: float, category: str = "cs.LG", day: date = LIST, **more: Any) -> Made:
    fields = {"known_authors": 1, "authors": 2, "has_record": True, **more}
    return Made(0, ScoreKind.LISTING, points, (ScorePart("code", points),), category, day, as_of=NOW, **fields)


async def keep_scores(database: Database, *groups: Sequence[Made]) -> None:
    everything = [one for group in groups for one in group]
    numbers = await keep(database, *(record(f"2611.{n:05}") for n in range(1, len(everything) + 1)))
    everything = [replace(one, paper=number) for one, number in zip(everything, numbers, strict=True)]
    async with database.transaction() as write:
        await scores.keep(write, {one.paper: 0 for one in everything}, everything)


@pytest.mark.parametrize(
    ("quarter", "year", "archive", "group", "percent"),
    [
        (100, 0, 0, "cs.LG, October to December 2026", 50.0), (99, 1, 0, "cs.LG, 2026", 49.0),
        (60, 20, 20, "cs, 2026", 30.0), (60, 20, 19, "cs, 2026", None),
    ],
)  # fmt: skip
async def test_a_score_is_compared_with_the_narrowest_group_that_is_large_enough(
    database: Database, quarter: int, year: int, archive: int, group: str, percent: float | None
) -> None:
    """The others of the year, and of the archive, have more points."""
    own = [made(float(n)) for n in range(1, quarter + 1)]
    further = [made(500.0, day=date(2026, 2, 2))] * year
    other = [made(500.0, "cs.CV")] * archive
    elsewhere = [made(500.0, "math.OC"), made(500.0, day=date(2025, 2, 2))]
    await keep_scores(database, own, further, other, elsewhere)
    wanted = quarter // 2 + 1
    async with database.reading() as read:
        score = (await scores.load_scores(read, [wanted]))[wanted]
    assert (score.group, score.group_size) == (
        group,
        quarter + (year if group != "cs.LG, October to December 2026" else 0) + archive,
    )
    assert score.percent == percent


async def test_papers_without_a_record_are_compared_with_and_not_shown(database: Database) -> None:
    await keep_scores(database, [made(5.0)], [made(1.0, has_record=False)] * 100)
    async with database.reading() as read:
        found = await scores.load_scores(read, range(1, 102))
    assert {number: score.percent for number, score in found.items()} == {1: pytest.approx(100 * 100 / 101)}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("scores", "parts = '{'"), ("scores", "as_of = 1000000000000000"), ("scores", "parts = '[7]'"), ("scores", "points = 1e999"),
        ("listed_papers", "day = 'no day'"), ("listed_papers", "words = x'0707'"), ("listed_papers", "votes = -1000000000000000"),
        ("list_days", "middle = -1e18"), ("listed_names", "name = char(7)"), ("score_queue", "asked = 1000000000000000"),
    ],
)  # fmt: skip
async def test_a_row_that_cannot_be_read_is_no_score_and_stops_nobody(
    database: Database, scorer: Scorer, table: str, change: str
) -> None:
    found = await keep(
        database, listed("2611.00001", LIST, 30, "Ada Example"), record("2611.00002", authors=("Ada Example",)),
        listed("2610.00001", LIST - timedelta(days=20), 30, "Ada Example"),
    )  # fmt: skip
    await scorer.catch_up()
    where = f"rowid = (SELECT min(rowid) FROM {table})" if table in ("scores", "listed_papers", "score_queue") else "1"
    if table in ("list_days", "listed_names"):
        where = "1" if table == "list_days" else "name = (SELECT min(name) FROM listed_names)"
    async with database.transaction() as write:
        await write.execute(f"UPDATE {table} SET {change} WHERE {where}")
    await scores_of(database, found)
    await database_waits_for_all(database)
    await Scorer(database, scorer._clock).catch_up()
    assert await rows(database, "SELECT paper_id FROM score_queue") == []
    await scores_of(database, found)


async def test_fitted_weights_that_cannot_be_read_leave_those_that_come_with_paperboy(
    database: Database, scorer: Scorer
) -> None:
    _, new = await keep(
        database, listed("2611.00001", LIST, 30, "Ada Example"), record("2611.00002", authors=("Ada Example",))
    )
    await scorer.catch_up()
    before = (await scores_of(database, [new]))[new]
    async with database.transaction() as write:
        await scores.keep_weights(write, dict.fromkeys(ScoreKind, '{"kind": 7}'), NOW)
        await scores.wait_for_all(write)
    other = Scorer(database, scorer._clock)
    assert await other.catch_up() == 2
    assert (await scores_of(database, [new]))[new] == before


async def test_a_database_from_before_scores_is_scored_from_what_stands_in_it(tmp_path: Any, clock: HandClock) -> None:
    file = made_before("0021", tmp_path)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(file, isolation_level=None)) as old:
        for number in (1, 2):
            old.execute(
                """INSERT INTO papers (id, title, authors, categories, first_seen_at, news_at)
                   VALUES (?, ?, '[["Ada Example", null]]', 'cs.LG', ?, ?)""",
                (number, f"Paper {number}", 1793600000 + number * 86400 * 9, 1793600000 + number * 86400 * 9),
            )
            old.execute("INSERT INTO paper_ids VALUES ('arxiv', ?, ?)", (f"2610.0000{number}", number))
        old.execute("INSERT INTO listings (day, paper_id) VALUES ('2026-11-03', 1)")
        old.execute("INSERT INTO votes (paper_id, captured_at, upvotes, comments) VALUES (1, 1793700000, 12, 0)")
    migrations.migrate(file)
    async with open_database(file) as database:
        scorer = Scorer(database, clock)
        assert await scorer.catch_up() == 2
        assert {score.kind for score in (await scores_of(database, [1, 2])).values()} == set(ScoreKind)


# -- how far the lists are read


async def archive(database: Database, since: date, until: date, reached: date | None, *, done: bool = False) -> None:
    name = f"huggingface@{since}..{until}"
    async with database.transaction() as write:
        await sources.register(write, [], [name])
        if reached:
            await sources.advance(write, name, json.dumps({"day": reached.isoformat()}), NOW, brought_news=True)
        if done:
            await sources.note_first_sync_done(write, name, NOW)


async def read_so_far(database: Database) -> tuple[int, int] | None:
    async with database.reading() as read:
        return await reading_lists.progress(read)


async def test_it_is_said_how_many_days_of_lists_are_read(database: Database) -> None:
    assert await read_so_far(database) is None
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    await archive(database, first, last, None)
    assert await read_so_far(database) == (0, 31)
    await archive(database, first, last, date(2026, 1, 22))
    assert await read_so_far(database) == (10, 31)
    await keep(database, *(listed(f"2601.0000{n}", date(2026, 1, n), 3) for n in (5, 6)))  # as an import brings them
    assert await read_so_far(database) == (12, 31)
    await archive(database, first, last, first, done=True)
    assert await read_so_far(database) is None


async def test_lists_are_filled_back_to_the_setting_but_for_a_stand_in_on_this_machine(database: Database) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    client = PoliteClient([], user_agent="Paperboy/test", gate_state=GateState(database), clock=HandClock())
    day = date(2026, 11, 20)

    def names(**changes: Any) -> list[str]:
        made = backfill_sources(settings.model_copy(update=changes), client, day)
        return [source.name for source in made if source.name.startswith("huggingface")]

    near = "huggingface@2026-08-22..2026-11-13"
    assert names() == [near, "huggingface@2024-03-01..2026-08-21"]
    assert names(lists_since=date(2026, 8, 1)) == [near, "huggingface@2026-08-01..2026-08-21"]
    assert names(lists_since=date(2026, 8, 22)) == names(huggingface_url="http://127.0.0.1:9/hf") == [near]
