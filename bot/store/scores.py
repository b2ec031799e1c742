"""Scores of papers as they are kept, the queue of those that wait for one, and weights that were fitted here.

Knows SQL and the groups in which a score is compared; what a score is made of is `bot/scores`' word.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from bot.models import Score, ScoreKind, ScorePart
from bot.store.database import Connection, Row
from bot.store.rows import readable_instant, readable_json, seconds

__all__ = [
    "ENOUGH",
    "Made",
    "forget",
    "keep",
    "keep_weights",
    "load_expected",
    "load_percents",
    "load_scores",
    "load_standings",
    "load_weights",
    "next_waiting",
    "wait",
    "wait_for_all",
]

#: So many papers a group has before a percentile is told of it.
ENOUGH: Final = 100
_KINDS: Final = frozenset(ScoreKind)
#: Seconds.
_DAY: Final = 86_400
#: Papers that are put into the queue in one transaction.
_PORTION: Final = 20_000
_QUARTERS: Final = ("January to March", "April to June", "July to September", "October to December")


@dataclass(frozen=True, slots=True)
class Made:
    """A score before it is compared. `category` is the primary one, empty where none is known; `day` says year and quarter."""

    paper: int
    kind: ScoreKind
    points: float
    parts: tuple[ScorePart, ...]
    category: str
    day: date
    known_authors: int
    authors: int
    has_record: bool
    as_of: datetime


# -- the queue ---------------------------------------------------------------------------------------------------------


async def wait(write: Connection, paper_ids: Iterable[int]) -> None:
    """Lets these papers be scored anew; of those that were listed, what the lists say of them be read anew before."""
    rows = [{"paper": paper} for paper in sorted(set(paper_ids))]
    await write.execute_many(
        """INSERT INTO score_queue (paper_id, news_at) SELECT id, news_at FROM papers WHERE id = :paper
           ON CONFLICT (paper_id) DO UPDATE SET asked = score_queue.asked + 1, news_at = excluded.news_at""",
        rows,
    )
    await write.execute_many(
        """INSERT INTO listed_queue (paper_id) SELECT :paper
           WHERE EXISTS (SELECT 1 FROM listings WHERE paper_id = :paper)
              OR EXISTS (SELECT 1 FROM listed_papers WHERE paper_id = :paper)
           ON CONFLICT (paper_id) DO UPDATE SET asked = listed_queue.asked + 1""",
        rows,
    )


async def wait_for_all(write: Connection, since: date | None = None, after: int = 0) -> int | None:
    """Lets papers that were news since then be scored anew, those too that were listed since; all of them without a day. A portion of
    those with ids above `after`: returns the id to go on with, None behind the last one."""
    last: int | None = await write.value(
        """SELECT max(id) FROM (SELECT id FROM papers WHERE id > :after ORDER BY id LIMIT :portion) AS portion""",
        {"after": after, "portion": _PORTION},
    )
    if last is not None:
        await write.execute(
            """INSERT INTO score_queue (paper_id, news_at)
               SELECT id, news_at FROM papers WHERE id > :after AND id <= :last AND merged_into IS NULL AND (news_at >= :since
                   OR EXISTS (SELECT 1 FROM listed_papers AS l WHERE l.paper_id = papers.id AND l.day >= :day))
               ON CONFLICT (paper_id) DO UPDATE SET asked = score_queue.asked + 1""",
            {
                "after": after,
                "last": last,
                "since": seconds(datetime.combine(since, time(), UTC)) if since else -(2**60),
                "day": since.isoformat() if since else "",
            },
        )
    return last


async def forget(write: Connection, paper: int) -> None:
    """Forgets everything of a paper that has become part of another."""
    for table in ("score_queue", "listed_queue", "scores", "listed_papers", "listed_names"):
        await write.execute(f"DELETE FROM {table} WHERE paper_id = :paper", {"paper": paper})  # noqa: S608


async def next_waiting(read: Connection, limit: int) -> dict[int, int]:
    """The papers that wait for a score, the newest first, each with how often it was asked for."""
    rows = await read.all(
        "SELECT paper_id, asked FROM score_queue ORDER BY news_at DESC, paper_id DESC LIMIT :limit",
        {"limit": limit},
    )
    return {row["paper_id"]: row["asked"] for row in rows}


# -- scores ------------------------------------------------------------------------------------------------------------


async def keep(write: Connection, waiting: Mapping[int, int], made: Iterable[Made]) -> None:
    """Keeps these scores in place of those of all that waited, who wait no longer unless they were asked for once more."""
    await write.execute("DELETE FROM scores WHERE paper_id IN :ids", {"ids": list(waiting)})
    await write.execute_many(
        """INSERT INTO scores (paper_id, kind, points, parts, archive, category, year, quarter, known_authors, authors,
               has_record, as_of)
           VALUES (:paper, :kind, :points, :parts, :archive, :category, :year, :quarter, :known, :authors, :has_record, :as_of)""",
        [
            {
                "paper": one.paper, "kind": str(one.kind), "points": one.points,
                "parts": json.dumps([[part.name, part.points] for part in one.parts]),
                "archive": one.category.partition(".")[0], "category": one.category,
                "year": one.day.year, "quarter": (one.day.month + 2) // 3,
                "known": one.known_authors, "authors": one.authors, "has_record": int(one.has_record),
                "as_of": seconds(one.as_of),
            }
            for one in made
        ],
    )  # fmt: skip
    await write.execute_many(
        "DELETE FROM score_queue WHERE paper_id = :paper AND asked = :asked",
        [{"paper": paper, "asked": asked} for paper, asked in waiting.items()],
    )


#: A paper and the hundredths of its percentile are read as one number: one value, not a row a paper.
_PACKED: Final = 20_000
#: The groups in which a score may be compared, the narrowest first: what all of its papers have in common.
_LEVELS: Final = (
    ("kind", "category", "year", "quarter"),
    ("kind", "category", "year"),
    ("kind", "archive", "year"),
)


async def load_scores(read: Connection, paper_ids: Iterable[int]) -> dict[int, Score]:
    """The scores of those of these papers that have one, by id. A paper of which nothing is known on which a score could rest has none,
    nor has one whose row cannot be read.

    The percentile is of the papers of its category and quarter; where these are fewer than 100, of its category and year, then of its
    archive and year; with fewer still there is none.
    """
    rows = await read.all("SELECT * FROM scores WHERE paper_id IN :ids AND has_record = 1", {"ids": list(paper_ids)})
    found: dict[int, Score] = {}
    for level in _LEVELS:
        narrow = [row for row in rows if row["paper_id"] not in found]
        sizes = await _sizes(read, level, {tuple(row[name] for name in level) for row in narrow})
        large = [row for row in narrow if sizes[tuple(row[name] for name in level)] >= ENOUGH]
        below = await _below(read, level, [row["paper_id"] for row in large])
        last = level is _LEVELS[-1]
        for row in narrow if last else large:
            size = sizes[tuple(row[name] for name in level)]
            percent = 100 * below[row["paper_id"]] / size if row["paper_id"] in below and size >= ENOUGH else None
            if score := _score(row, percent, _named(row, level), size):
                found[row["paper_id"]] = score
    return found


async def load_expected(read: Connection, paper_ids: Collection[int]) -> dict[int, float]:
    """How much interest is expected in each of these papers, from 0 to 1: the share of the papers of its day, listed or not as it
    is, that have fewer points. Of a paper without points nothing is expected. A day's papers are some milliseconds."""
    days = await read.ids(
        "SELECT DISTINCT news_at / :day AS id FROM papers WHERE id IN :ids AND news_at IS NOT NULL",
        {"day": _DAY, "ids": list(paper_ids)},
    )
    expected: dict[int, float] = {}
    for day in days:
        rows = await read.all(
            """SELECT s.paper_id, percent_rank() OVER (PARTITION BY s.kind ORDER BY s.points) AS share
               FROM papers AS p JOIN scores AS s ON s.paper_id = p.id
               WHERE p.news_at >= :since AND p.news_at < :until AND p.merged_into IS NULL""",
            {"since": day * _DAY, "until": (day + 1) * _DAY},
        )
        expected.update((row["paper_id"], row["share"]) for row in rows)
    return {number: expected[number] for number in paper_ids if number in expected}


async def load_percents(read: Connection, paper_ids: Iterable[int] | None = None) -> dict[int, float]:
    """The percentile of each of these papers that has one, of all without `paper_ids`, to the hundredth, as `load_scores` counts it: some
    150,000 papers a second, of the years of these alone, in SQLite's own thread."""
    asked = "WHERE s.paper_id IN :ids" if paper_ids is not None else ""
    years = f"WHERE year IN (SELECT DISTINCT s.year FROM scores AS s {asked})" if asked else ""  # noqa: S608
    windows = ", ".join(f"w{n} AS (PARTITION BY {', '.join(level)})" for n, level in enumerate(_LEVELS))
    counted = ", ".join(
        f"count(*) OVER w{n} AS size{n}, rank() OVER (w{n} ORDER BY points) - 1 AS below{n}"
        for n in range(len(_LEVELS))
    )
    chosen = " ".join(f"WHEN size{n} >= :enough THEN 10000 * below{n} / size{n}" for n in range(len(_LEVELS)))
    rows = await read.ids(
        f"""SELECT paper_id * {_PACKED} + CASE {chosen} END AS id
            FROM (SELECT paper_id, has_record, {counted} FROM scores {years} WINDOW {windows}) AS s
            {asked or "WHERE TRUE"} AND has_record = 1 AND CASE {chosen} END IS NOT NULL""",  # noqa: S608
        {"enough": ENOUGH, "ids": list(paper_ids or ())},
    )
    return {number: hundredths / 100 for number, hundredths in (divmod(row, _PACKED) for row in rows)}


async def load_standings(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[int, float, int]]:
    """How those of these papers stand that are there, by their score: the higher, the better. Papers of the daily lists are compared by
    their interest, before others by how likely they are to be listed, before those without a score. Votes come last: they part only
    what nothing else does."""
    rows = await read.all(
        """SELECT p.id, s.kind, s.points, c.upvotes FROM papers AS p
           LEFT JOIN scores AS s ON s.paper_id = p.id AND s.has_record = 1
           LEFT JOIN community AS c ON c.paper_id = p.id
           WHERE p.id IN :ids AND p.merged_into IS NULL""",
        {"ids": sorted(set(paper_ids))},
    )
    return {
        row["id"]: (
            _RANKS.get(row["kind"], 0),
            row["points"] or 0.0,
            row["upvotes"] if isinstance(row["upvotes"], int) else 0,
        )
        for row in rows
    }


_RANKS: Final = {ScoreKind.INTEREST: 2, ScoreKind.LISTING: 1}


async def _sizes(read: Connection, level: tuple[str, ...], groups: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    condition = " AND ".join(f"{name} = :{name}" for name in level)
    sql = f"SELECT count(*) FROM scores WHERE {condition}"  # noqa: S608
    return {group: int(await read.value(sql, dict(zip(level, group, strict=True)))) for group in groups}


async def _below(read: Connection, level: tuple[str, ...], paper_ids: list[int]) -> dict[int, int]:
    """How many papers of its group have fewer points, by paper."""
    same = " AND ".join(f"o.{name} = s.{name}" for name in level)
    rows = await read.all(
        f"""SELECT s.paper_id, (SELECT count(*) FROM scores AS o WHERE {same} AND o.points < s.points) AS below
            FROM scores AS s WHERE s.paper_id IN :ids""",  # noqa: S608
        {"ids": paper_ids},
    )
    return {row["paper_id"]: row["below"] for row in rows}


def _named(row: Row, level: tuple[str, ...]) -> str:
    """The group in words: `cs.LG, April to June 2026`."""
    place = (row["category"] if "category" in level else row["archive"]) or "papers without a category"
    quarter = row["quarter"]
    if "quarter" in level and 1 <= quarter <= 4:
        return f"{place}, {_QUARTERS[quarter - 1]} {row['year']}"
    return f"{place}, {row['year']}"


def _score(row: Row, percent: float | None, group: str, size: int) -> Score | None:
    """None for a row that cannot be read."""
    parts, as_of = _parts(row["parts"]), readable_instant(row["as_of"])
    if parts is None or as_of is None or row["kind"] not in _KINDS or not math.isfinite(row["points"]):
        return None
    return Score(
        kind=ScoreKind(row["kind"]),
        points=row["points"],
        percent=percent,
        group=group,
        group_size=size,
        parts=parts,
        known_authors=row["known_authors"],
        authors=row["authors"],
        as_of=as_of,
    )


def _parts(text: str) -> tuple[ScorePart, ...] | None:
    try:
        return tuple(ScorePart(str(name), float(points)) for name, points in readable_json(text) or ())
    except (ValueError, TypeError):
        return None


# -- weights -----------------------------------------------------------------------------------------------------------


async def load_weights(read: Connection, kind: ScoreKind) -> str | None:
    """The weights that were fitted here, as they were written; None where none were."""
    text = await read.value("SELECT weights FROM score_weights WHERE kind = :kind", {"kind": str(kind)})
    return None if text is None else str(text)


async def keep_weights(write: Connection, tables: Mapping[ScoreKind, str], now: datetime) -> None:
    """Keeps fitted weights; by them every paper is to be scored anew (`wait_for_all`)."""
    await write.execute_many(
        """INSERT INTO score_weights (kind, weights, fitted_at) VALUES (:kind, :weights, :now)
           ON CONFLICT (kind) DO UPDATE SET weights = excluded.weights, fitted_at = excluded.fitted_at""",
        [{"kind": str(kind), "weights": text, "now": seconds(now)} for kind, text in tables.items()],
    )
