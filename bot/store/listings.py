"""The Daily Papers lists as they were, by day. Knows neither where they come from nor how they are shown."""

from __future__ import annotations

from datetime import date

from bot.store.database import Connection
from bot.store.rows import readable_date


async def listed(read: Connection, first: date, last: date) -> list[int]:
    """Ids of the papers listed from `first` to `last`, most upvoted first, each once."""
    rows = await read.all(
        """SELECT l.paper_id FROM listings AS l LEFT JOIN community AS c ON c.paper_id = l.paper_id
           WHERE l.day BETWEEN :first AND :last GROUP BY l.paper_id
           ORDER BY max(c.upvotes) DESC NULLS LAST, max(c.comments) DESC NULLS LAST, l.paper_id DESC""",
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return [row["paper_id"] for row in rows]


async def days(read: Connection, last: date, limit: int) -> list[date]:
    """The newest days up to `last` that have a list, newest first. What is no day, as a hand can have left it, is left out."""
    rows = await read.all(
        "SELECT DISTINCT day FROM listings WHERE day <= :last ORDER BY day DESC LIMIT :limit",
        {"last": last.isoformat(), "limit": limit},
    )
    return [day for row in rows if (day := readable_date(row["day"]))]


async def neighbours(read: Connection, day: date) -> tuple[date | None, date | None]:
    """The nearest days before and after that have a list."""
    row = await read.one(
        """SELECT (SELECT max(day) FROM listings WHERE day < :day) AS before,
                  (SELECT min(day) FROM listings WHERE day > :day) AS after""",
        {"day": day.isoformat()},
    )
    assert row is not None
    return readable_date(row["before"]), readable_date(row["after"])


async def earliest(read: Connection) -> date | None:
    """The first day that has a list."""
    return readable_date(await read.value("SELECT min(day) FROM listings"))
