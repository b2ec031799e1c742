"""Weights that are learned from one's own lists: how many days are wanted, and that what was learned holds."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.errors import BadInputError
from bot.models import Record
from bot.scores import refit as refitting
from bot.scores.refit import refit
from bot.scores.scorer import Scorer
from bot.store.collection import all_ids
from bot.store.database import Database
from tests.conftest import HandClock, record
from tests.test_scorer import keep, listed, rows, scores_of


async def collection(database: Database, days: int) -> list[int]:
    """A list a day, of four papers: those of Ada Example have many votes. Each day arXiv announces eight, of which these are four."""
    dice = random.Random(3)
    found: list[Record] = []
    for day in range(days):
        on = date(2025, 1, 6) + timedelta(days=day)
        for place in range(8):
            loved = place < 2
            value = f"25{1 + day // 25:02}.{day * 10 + place:05}"
            authors = ("Ada Example",) if loved else (f"Ben Sample{dice.randrange(40)}",)
            title, at = f"Paper {value} on {'robots' if loved else 'ropes'}", datetime.combine(on, time(), UTC)
            found.append(record(value, title, authors=authors, at=at))
            if place < 4:
                found.append(
                    listed(value, on, 40 + dice.randrange(9) if loved else dice.randrange(4), *authors, title=title)
                )
    await keep(database, *found)
    async with database.reading() as read:
        return await all_ids(read)


async def test_fewer_than_two_hundred_days_of_lists_are_refused_by_their_number(
    database: Database, clock: HandClock
) -> None:
    await collection(database, 12)
    with pytest.raises(BadInputError, match=r"at least 200 days of lists, and 12 are known"):
        await refit(database, clock)
    assert await rows(database, "SELECT * FROM score_weights") == []


async def test_lists_without_votes_teach_nothing(database: Database, clock: HandClock) -> None:
    await keep(database, *(listed(f"2601.0000{n}", date(2026, 1, n), 0) for n in range(1, 9)))
    with pytest.raises(BadInputError, match="and 0 are known"):
        await refit(database, clock)


async def test_weights_are_learned_from_ones_own_lists_and_then_hold(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refitting, "LEAST_DAYS", 40)
    await collection(database, 60)
    said: list[str] = []
    found = await refit(database, clock, progress=said.append)
    assert (found.days, found.listed) == (60, 240)
    assert found.announced > 300
    assert said[0] == "60 days of lists"
    ((text,),) = await rows(database, "SELECT weights FROM score_weights WHERE kind = 'interest'")
    assert json.loads(text)["command"] == "paperboy fit-scores"
    (loved, unloved) = await keep(
        database,
        listed("2511.00001", date(2025, 4, 1), 0, "Ada Example", title="A paper on robots"),
        listed("2511.00002", date(2025, 4, 1), 0, "Ben Sample1", title="A paper on ropes"),
    )
    scorer = Scorer(database, clock)
    assert await scorer.catch_up() > 480
    scored = await scores_of(database, [loved, unloved])
    known = {number: sum(p.points for p in score.parts if p.name != "votes") for number, score in scored.items()}
    assert known[loved] > known[unloved] + 10
