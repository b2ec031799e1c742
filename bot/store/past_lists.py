"""The listed papers of the past with their votes, words and names: what scores rest on.

Knows SQL and how words are packed; what a key of a name is, and which votes count, is `bot/scores/past.py`'s word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from bot.models import Role
from bot.query.likeness import Counts
from bot.store.database import Connection
from bot.store.rows import readable_date, readable_instant, seconds
from bot.store.similar import pack_numbers, unpack_numbers

__all__ = [
    "Captures",
    "Kept",
    "all_listed",
    "announced_between",
    "count_between",
    "keep",
    "keep_middles",
    "listed_days",
    "load_captures",
    "load_listed",
    "load_names",
    "load_words",
    "next_waiting",
    "votes_on",
]

#: What SQLite keeps as a number of votes that a person could have counted.
_MOST_VOTES: Final = 10**7
_MOST_MIDDLE: Final = 17.0  # their logarithm


@dataclass(frozen=True, slots=True)
class Captures:
    """A paper's first day on a list, when it was put there, and how many votes were counted when (earliest first)."""

    day: date
    listed: datetime | None
    counts: Sequence[tuple[datetime, int]]

    @property
    def from_when(self) -> datetime:
        """When the listing was, as far as it is known: on its day."""
        return self.listed or datetime.combine(self.day, time(), UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """A listed paper as it is kept. `names` are (role, key)."""

    paper: int
    day: date
    votes: int | None
    counts: Counts
    names: frozenset[tuple[Role, str]]


async def next_waiting(read: Connection, limit: int) -> dict[int, int]:
    """The first papers whose row is to be made, by id, each with how often it was asked for."""
    rows = await read.all("SELECT paper_id, asked FROM listed_queue ORDER BY paper_id LIMIT :limit", {"limit": limit})
    return {row["paper_id"]: row["asked"] for row in rows}


async def load_captures(read: Connection, paper_ids: Iterable[int]) -> dict[int, Captures]:
    """What is known of the votes of those of these papers that were listed."""
    ids = {"ids": list(paper_ids)}
    days: dict[int, date] = {}
    for row in await read.all("SELECT paper_id, day FROM listings WHERE paper_id IN :ids", ids):
        if day := readable_date(row["day"]):
            days[row["paper_id"]] = min(day, days.get(row["paper_id"], day))
    at: dict[int, datetime | None] = {}
    sql = "SELECT paper_id, occurrence, at FROM events WHERE kind = 'listed' AND paper_id IN :ids"
    for row in await read.all(sql, ids):
        if row["paper_id"] in days and row["occurrence"] == days[row["paper_id"]].isoformat():
            at[row["paper_id"]] = readable_instant(row["at"])
    counts: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    sql = "SELECT paper_id, captured_at, upvotes FROM votes WHERE paper_id IN :ids ORDER BY captured_at"
    for row in await read.all(sql, ids):
        captured = readable_instant(row["captured_at"])
        if captured and 0 <= row["upvotes"] <= _MOST_VOTES:
            counts[row["paper_id"]].append((captured, row["upvotes"]))
    return {paper: Captures(day, at.get(paper), tuple(counts.get(paper, ()))) for paper, day in days.items()}


async def keep(write: Connection, waiting: Mapping[int, int], rows: Iterable[Kept]) -> set[date]:
    """Keeps these rows in place of those of all that waited, who wait no longer unless they were asked for once more. Returns the days
    whose middle may be another now: those of before and of now; what is as it was names none."""
    ids = {"ids": list(waiting)}
    before = {
        row["paper_id"]: (row["day"], row["votes"])
        for row in await write.all("SELECT paper_id, day, votes FROM listed_papers WHERE paper_id IN :ids", ids)
    }
    after = {row.paper: row for row in rows}
    await write.execute("DELETE FROM listed_papers WHERE paper_id IN :ids", ids)
    await write.execute("DELETE FROM listed_names WHERE paper_id IN :ids", ids)
    await write.execute_many(
        """INSERT INTO listed_papers (paper_id, day, votes, words, counts)
           VALUES (:paper, :day, :votes, :words, :counts)""",
        [
            {
                "paper": row.paper, "day": row.day.isoformat(), "votes": row.votes,
                "words": pack_numbers(words), "counts": bytes(row.counts[word] for word in words),
            }
            for row in after.values()
            for words in (sorted(row.counts),)
        ],
    )  # fmt: skip
    await write.execute_many(
        "INSERT INTO listed_names (role, name, paper_id) VALUES (:role, :name, :paper)",
        [{"role": role, "name": name, "paper": row.paper} for row in after.values() for role, name in row.names],
    )
    await write.execute_many(
        "DELETE FROM listed_queue WHERE paper_id = :paper AND asked = :asked",
        [{"paper": paper, "asked": asked} for paper, asked in waiting.items()],
    )
    now = {paper: (row.day.isoformat(), row.votes) for paper, row in after.items()}
    changed = {one[0] for paper in waiting if before.get(paper) != now.get(paper) for one in _both(before, now, paper)}
    return {day for text in changed if (day := readable_date(text))}


def _both(
    before: Mapping[int, tuple[str, int | None]], now: Mapping[int, tuple[str, int | None]], paper: int
) -> list[tuple[str, int | None]]:
    return [state[paper] for state in (before, now) if paper in state]


async def votes_on(read: Connection, days: Iterable[date]) -> dict[date, list[int]]:
    """The votes of the papers of each day, as far as they were counted."""
    wanted = {day.isoformat(): day for day in days}
    found: dict[date, list[int]] = {day: [] for day in wanted.values()}
    rows = await read.all("SELECT day, votes FROM listed_papers WHERE day IN :days", {"days": list(wanted)})
    for row in rows:
        if row["votes"] is not None and 0 <= row["votes"] <= _MOST_VOTES:
            found[wanted[row["day"]]].append(row["votes"])
    return found


async def keep_middles(write: Connection, middles: Mapping[date, float]) -> None:
    """Keeps the middle of each day."""
    await write.execute_many(
        """INSERT INTO list_days (day, middle) VALUES (:day, :middle)
           ON CONFLICT (day) DO UPDATE SET middle = excluded.middle""",
        [{"day": day.isoformat(), "middle": middle} for day, middle in middles.items()],
    )


async def load_names(
    read: Connection, role: Role, names: Iterable[str]
) -> dict[str, list[tuple[int, date, int | None, float]]]:
    """(paper, day, votes, the day's middle) of the listed papers that bear each of these names in this role."""
    rows = await read.all(
        """SELECT n.name, p.paper_id, p.day, p.votes, d.middle FROM listed_names AS n
           JOIN listed_papers AS p ON p.paper_id = n.paper_id LEFT JOIN list_days AS d ON d.day = p.day
           WHERE n.role = :role AND n.name IN :names ORDER BY p.day, p.paper_id""",
        {"role": str(role), "names": sorted(set(names))},
    )
    found: dict[str, list[tuple[int, date, int | None, float]]] = defaultdict(list)
    for row in rows:
        if day := readable_date(row["day"]):
            found[row["name"]].append((row["paper_id"], day, *_counted(row["votes"], row["middle"])))
    return found


async def load_words(
    read: Connection, first: date, last: date, after: int, limit: int
) -> list[tuple[int, date, Counts]]:
    """The counted words of the papers listed from `first` to `last`, those with ids above `after`, in portions; one that cannot be read
    has none."""
    rows = await read.all(
        """SELECT paper_id, day, words, counts FROM listed_papers
           WHERE day BETWEEN :first AND :last AND paper_id > :after ORDER BY paper_id LIMIT :limit""",
        {"first": first.isoformat(), "last": last.isoformat(), "after": after, "limit": limit},
    )
    return [
        (row["paper_id"], day, dict(zip(words, row["counts"], strict=True)) if words is not None else {})
        for row in rows
        if (day := readable_date(row["day"]))
        for words in (unpack_numbers(row["words"], row["counts"]),)
    ]


async def load_listed(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[date, int | None, float]]:
    """(first day, early votes, the day's middle) of those of these papers that were listed; no votes where they, or the day's middle,
    are not known."""
    rows = await read.all(
        """SELECT p.paper_id, p.day, p.votes, d.middle FROM listed_papers AS p LEFT JOIN list_days AS d ON d.day = p.day
           WHERE p.paper_id IN :ids""",
        {"ids": list(paper_ids)},
    )
    return {
        row["paper_id"]: (day, *_counted(row["votes"], row["middle"]))
        for row in rows
        if (day := readable_date(row["day"]))
    }


def _counted(votes: int | None, middle: float | None) -> tuple[int | None, float]:
    """The votes, and the middle against which they are held; (None, 0) for what nobody could have counted."""
    if votes is None or middle is None or not (0 <= votes <= _MOST_VOTES and 0 <= middle <= _MOST_MIDDLE):
        return None, 0.0
    return votes, middle


async def count_between(read: Connection, first: date, last: date) -> int:
    """How many days from `first` to `last` have a list."""
    return int(
        await read.value(
            "SELECT count(DISTINCT day) FROM listings WHERE day BETWEEN :first AND :last",
            {"first": first.isoformat(), "last": last.isoformat()},
        )
    )


async def listed_days(read: Connection) -> list[date]:
    """The days that have a list with votes, in order."""
    rows = await read.all("SELECT DISTINCT day FROM listed_papers WHERE votes > 0 ORDER BY day")
    return [day for row in rows if (day := readable_date(row["day"]))]


async def all_listed(read: Connection) -> list[int]:
    """Ids of all listed papers, in the order of their days."""
    return await read.ids("SELECT paper_id AS id FROM listed_papers ORDER BY day, paper_id")


async def announced_between(read: Connection, first: date, last: date, limit: int) -> list[int]:
    """The newest of the papers with an arXiv id that were news on these days, at most `limit`, in the order of time."""
    newest = await read.ids(
        """SELECT id FROM papers AS p WHERE merged_into IS NULL AND news_at >= :first AND news_at < :after
           AND EXISTS (SELECT 1 FROM paper_ids AS i WHERE i.paper_id = p.id AND i.scheme = 'arxiv')
           ORDER BY news_at DESC, id DESC LIMIT :limit""",
        {"first": _midnight(first), "after": _midnight(last) + 86_400, "limit": limit},
    )
    return newest[::-1]


def _midnight(day: date) -> int:
    return seconds(datetime.combine(day, time(), UTC))
