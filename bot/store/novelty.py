"""The novelty of papers as rows, and the papers that wait for it.

Knows how it is kept and counts what is nearer; what it means is `bot/query/novelty.py`'s word. Must not know how the nearest are found.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.models import Novelty
from bot.query.novelty import nearer_of, percent_of
from bot.store import meta
from bot.store.database import Connection, Row
from bot.store.narrowing import DAY
from bot.store.rows import readable_instant, readable_json, seconds

__all__ = [
    "Computed",
    "Told",
    "first_days",
    "forget",
    "hide",
    "is_hidden",
    "keep",
    "load_novelty",
    "load_percents",
    "load_told",
    "merge_papers",
    "next_waiting",
    "wait",
    "wait_outgrown",
]

_HIDDEN: Final = "novelty"
#: So many papers of a category are counted one by one.
_FEW: Final = 16
Nearest = tuple[tuple[int, int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """What is computed once: everything but the share of a category. `distance` is None where too few earlier papers were here;
    `papers` is how many there were of any day."""

    paper: int
    category: str
    day: int
    distance: float | None
    nearest: Nearest
    papers: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a paper says of itself, as far as its novelty is concerned; `category` is the primary one. Key and category are empty
    where it has none."""

    title: str
    title_key: str
    abstract: str
    category: str


async def load_novelty(read: Connection, paper_ids: Iterable[int]) -> dict[int, Novelty]:
    """The novelty of those papers that have one, by id. The earlier papers of each one's category are counted: see `_among`."""
    if await is_hidden(read):
        return {}
    rows = await read.all(
        """SELECT paper_id, category, distance, nearest, as_of FROM novelty
           WHERE paper_id IN :ids AND distance IS NOT NULL""",
        {"ids": sorted(set(paper_ids))},
    )
    by_category: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        by_category[row["category"]].append(row["paper_id"])
    among = await _among(read, by_category)
    nearest = {row["paper_id"]: _nearest(row["nearest"]) for row in rows}
    now_at = await _now_at(read, {paper for own in nearest.values() for paper, _, _ in own})
    found = {}
    for row in rows:
        nearer, earlier = among.get(row["paper_id"], (0, 0))
        as_of = readable_instant(row["as_of"])
        if as_of is not None:
            closest = _followed(row["paper_id"], nearest[row["paper_id"]], now_at)
            percent = percent_of(nearer, earlier)
            found[row["paper_id"]] = Novelty(row["distance"], percent, row["category"], earlier, closest, as_of)
    return found


async def hide(write: Connection, wanted: bool) -> None:
    """Where papers are not compared, what was computed before is kept and not shown, by whatever process reads it."""
    if await is_hidden(write) is not wanted:
        await meta.set_value(write, _HIDDEN, "hidden" if wanted else "")


async def is_hidden(read: Connection) -> bool:
    """Whether novelty is not shown."""
    return bool(await meta.get_value(read, _HIDDEN))


async def load_percents(read: Connection, paper_ids: Iterable[int] | None = None) -> dict[int, float]:
    """The percentile of each of these papers that has one, of all without `paper_ids`, as `load_novelty` counts it."""
    if await is_hidden(read):
        return {}
    asked = None if paper_ids is None else set(paper_ids)
    which = "" if asked is None else "AND paper_id IN :ids"
    rows = await read.all(
        f"SELECT DISTINCT category FROM novelty WHERE distance IS NOT NULL AND category <> '' {which}",  # noqa: S608
        {"ids": list(asked or ())},
    )
    found: dict[int, float] = {}
    for row in rows:
        for paper, counts in (await _counted(read, row["category"], asked)).items():
            if (percent := percent_of(*counts)) is not None:
                found[paper] = percent
    return found


async def _among(read: Connection, by_category: Mapping[str, Sequence[int]]) -> dict[int, tuple[int, int]]:
    """How many earlier papers are nearer to theirs, and how many are earlier, by paper. Of few of a category each is counted in the
    index, ten million a second in SQLite's own thread; of more, all of the category at once."""
    few = [paper for category, ids in by_category.items() if category and len(ids) <= _FEW for paper in ids]
    rows = await read.all(
        """SELECT own.paper_id, count(e.distance) AS earlier, sum(CASE WHEN e.distance < own.distance THEN 1 ELSE 0 END) AS nearer
           FROM novelty AS own JOIN novelty AS e ON e.category = own.category AND e.day < own.day
           WHERE own.paper_id IN :ids GROUP BY own.paper_id""",
        {"ids": few},
    )
    found = {row["paper_id"]: (row["nearer"], row["earlier"]) for row in rows}
    for category, ids in by_category.items():
        if category and len(ids) > _FEW:
            found |= await _counted(read, category, set(ids))
    return found


async def _counted(read: Connection, category: str, asked: Set[int] | None) -> dict[int, tuple[int, int]]:
    """The same of those of these papers that are of one category, in n log n for its n papers, beside the event loop. SQLite puts them in
    order: Python would hold the loop meanwhile."""
    values = {"category": category, "one": DAY}
    by_day = await read.ids(
        """SELECT day * :one + paper_id AS id FROM novelty WHERE category = :category AND distance IS NOT NULL ORDER BY day""",
        values,
    )
    by_distance = await read.ids(
        """SELECT rank() OVER (ORDER BY distance) * :one + paper_id AS id FROM novelty
           WHERE category = :category AND distance IS NOT NULL""",
        values,
    )

    def counted() -> dict[int, tuple[int, int]]:
        places = {number % DAY: number // DAY for number in by_distance}
        return nearer_of([(number // DAY, places[number % DAY], number % DAY) for number in by_day], asked)

    return await asyncio.to_thread(counted)


def _nearest(value: str) -> Nearest:
    """The closest papers that a row holds; none for another value."""
    try:
        return tuple(
            (int(paper), min(100, max(0, int(percent))), tuple(map(str, words)))
            for paper, percent, words in readable_json(value) or ()
            if 0 < paper < DAY
        )
    except (ValueError, TypeError, OverflowError):
        return ()


async def _now_at(read: Connection, paper_ids: set[int]) -> dict[int, int]:
    """The paper that each of them is now."""
    rows = await read.all("SELECT id, merged_into FROM papers WHERE id IN :ids", {"ids": sorted(paper_ids)})
    return {row["id"]: row["merged_into"] or row["id"] for row in rows}


def _followed(paper: int, nearest: Nearest, now_at: Mapping[int, int]) -> Nearest:
    """Each under the paper that it is now, once; none is the paper itself."""
    found: dict[int, tuple[int, int, tuple[str, ...]]] = {}
    for other, percent, words in nearest:
        now = now_at.get(other, paper)
        if now != paper:
            found.setdefault(now, (now, percent, words))
    return tuple(found.values())


async def next_waiting(read: Connection, limit: int) -> dict[int, int]:
    """The newest papers that wait, by id, each with how often it was asked for."""
    rows = await read.all(
        "SELECT paper_id, asked FROM novelty_queue ORDER BY news_at DESC, paper_id DESC LIMIT :limit", {"limit": limit}
    )
    return {row["paper_id"]: row["asked"] for row in rows}


async def wait(write: Connection, paper_ids: Iterable[int]) -> None:
    """Lets the novelty of these papers be computed anew, if their words were counted."""
    ids = list(paper_ids)
    if ids:
        await write.execute(
            """INSERT INTO novelty_queue (paper_id, news_at)
               SELECT p.id, p.news_at FROM papers AS p JOIN similar_papers AS s ON s.paper_id = p.id
               WHERE p.id IN :ids AND p.merged_into IS NULL
               ON CONFLICT (paper_id) DO UPDATE SET news_at = excluded.news_at, asked = novelty_queue.asked + 1""",
            {"ids": ids},
        )


async def wait_outgrown(write: Connection, papers: int) -> int:
    """Lets those be computed anew that were computed when at most half as many papers were here. Returns how many."""
    return await write.execute(
        """INSERT INTO novelty_queue (paper_id, news_at)
           SELECT p.id, p.news_at FROM novelty AS n JOIN papers AS p ON p.id = n.paper_id
           WHERE n.papers <= :half ON CONFLICT (paper_id) DO NOTHING""",
        {"half": papers // 2},
    )


async def forget(write: Connection, paper_ids: Sequence[int]) -> None:
    """These papers have no novelty, and do not wait for one."""
    for table in ("novelty", "novelty_queue"):
        await write.execute(f"DELETE FROM {table} WHERE paper_id IN :ids", {"ids": list(paper_ids)})  # noqa: S608


async def merge_papers(write: Connection, duplicate: int, kept: int) -> None:
    """The one has no novelty any more; that of the other may have been its distance from the one."""
    await forget(write, [duplicate])
    await wait(write, [kept])


async def keep(write: Connection, waiting: Mapping[int, int], computed: Iterable[Computed], now: datetime) -> None:
    """Keeps what was computed of the papers that waited; those without have none. They wait no longer, unless they were asked for
    once more."""
    await write.execute("DELETE FROM novelty WHERE paper_id IN :ids", {"ids": list(waiting)})
    await write.execute_many(
        """INSERT INTO novelty (paper_id, category, day, distance, nearest, papers, as_of)
           SELECT id, :category, :day, :distance, :nearest, :papers, :as_of FROM papers
           WHERE id = :paper AND merged_into IS NULL""",
        [
            {
                "paper": one.paper,
                "category": one.category,
                "day": one.day,
                "distance": one.distance,
                "nearest": json.dumps(one.nearest, ensure_ascii=False),
                "papers": one.papers,
                "as_of": seconds(now),
            }
            for one in computed
        ],
    )
    await write.execute_many(
        "DELETE FROM novelty_queue WHERE paper_id = :paper AND asked = :asked",
        [{"paper": paper, "asked": asked} for paper, asked in waiting.items()],
    )


async def first_days(read: Connection, after: int, limit: int) -> list[int]:
    """The numbers of so many papers behind one in the order of time: the first day of each, times DAY, and its id."""
    return await read.ids(
        "SELECT number AS id FROM title_rows WHERE number > :after ORDER BY number LIMIT :limit",
        {"after": after, "limit": limit},
    )


async def load_told(read: Connection, paper_ids: Iterable[int]) -> dict[int, Told]:
    """What these papers say of themselves, by id."""
    rows = await read.all(
        "SELECT id, title, title_key, abstract, categories FROM papers WHERE id IN :ids", {"ids": list(paper_ids)}
    )
    return {row["id"]: _told(row) for row in rows}


def _told(row: Row) -> Told:
    category = row["categories"].split()[:1]
    return Told(row["title"], row["title_key"] or "", row["abstract"], category[0] if category else "")
