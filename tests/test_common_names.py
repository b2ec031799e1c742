"""Names that thousands bear: what a look-up reads of all others it does not keep."""

from __future__ import annotations

import gc
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest

from bot.authors.bearing import Bearing
from bot.authors.people import papers_named
from bot.language import names
from bot.models import Author
from bot.search.bearers import find_bearers
from bot.search.people import by_one_of
from bot.store import papers
from bot.store.database import Database
from bot.when.turns import Turns
from tests.conftest import NOW, record

_SYLLABLES = (
    "bo",
    "chen",
    "da",
    "fei",
    "gang",
    "hao",
    "jun",
    "kai",
    "lei",
    "min",
    "ning",
    "ping",
    "qi",
    "rui",
    "shu",
    "tao",
)
#: What the collector walks through may grow by so much for each name that is read: nothing, were it not for the lists of papers.
_LEFT = 2
_SEEDS = count()


def others() -> Iterator[str]:
    """Other names each time, which nobody remembers."""
    dice = random.Random(next(_SEEDS))
    while True:
        yield f"{''.join(dice.choices(_SYLLABLES, k=4)).title()} Zhang"


async def _read_as_author(database: Database) -> None:
    assert len((await papers_named(database, "Wei Zhang")).signed) == 3


async def _read_as_search(database: Database) -> None:
    async with database.reading() as read:
        found = [n async for n, _, _ in by_one_of(read, [names.parse("Wei Zhang")], range(1, 400), Turns())]
    assert len(found) == 3


async def _read_as_bearers(database: Database) -> None:
    assert (await find_bearers(database, ["Wei Zhang"])).count == 1


async def _read_as_credit(database: Database) -> None:
    bearing, told = Bearing("Wei Zhang"), others()
    assert all(bearing.agrees(next(told)) is None for _ in range(2_000))


@pytest.mark.parametrize("read", [_read_as_author, _read_as_search, _read_as_bearers, _read_as_credit])
async def test_of_thousands_of_names_that_are_read_once_nothing_is_left(
    database: Database, read: Callable[[Database], Awaitable[None]]
) -> None:
    told = others()
    rows = [
        replace(
            record(f"2611.{n:05}", f"Paper {n}"),
            authors=tuple(Author(next(told)) for _ in range(10)) + ((Author("Wei Zhang"),) if n % 100 == 7 else ()),
        )
        for n in range(300)
    ]
    async with database.transaction() as write:
        await papers.add_records(write, rows, NOW, eligible=False)
    await papers_named(database, "Nobody Else")  # what is remembered of the language
    gc.collect()
    before = len(gc.get_objects())
    await read(database)
    gc.collect()
    assert len(gc.get_objects()) - before < _LEFT * 2_000
