"""The collection as a whole: how many papers, of which days and categories. Knows SQL; reads no paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.store.database import Connection
from bot.store.rows import readable_instant, seconds


async def newest_of(read: Connection, paper_ids: Iterable[int], limit: int) -> list[int]:
    """The newest of these papers, newest first, at most `limit`."""
    return [
        row["id"]
        for row in await read.all(
            """SELECT id FROM papers WHERE id IN :ids AND merged_into IS NULL
               ORDER BY news_at DESC, id DESC LIMIT :limit""",
            {"ids": list(paper_ids), "limit": max(0, limit)},
        )
    ]


async def categories_since(read: Connection, since: datetime) -> list[str]:
    """Every combination of categories, as stored, among the papers that were news since then."""
    rows = await read.all(
        """SELECT DISTINCT categories FROM papers
           WHERE merged_into IS NULL AND news_at >= :since""",
        {"since": seconds(since)},
    )
    return [row["categories"] for row in rows]


async def ids_in_categories(read: Connection, combinations: Iterable[str], since: datetime) -> list[int]:
    """Ids of the papers since then whose categories are one of these combinations, in no order."""
    return await read.ids(
        """SELECT id FROM papers WHERE merged_into IS NULL AND news_at >= :since
           AND categories IN :combinations""",
        {"since": seconds(since), "combinations": list(combinations)},
    )


async def count_papers(read: Connection, since: datetime | None = None) -> int:
    """How many papers are stored; with `since`, how many were news at or after it."""
    return int(
        await read.value(
            """SELECT count(*) FROM papers WHERE merged_into IS NULL
               AND news_at >= :since""",
            {"since": seconds(since) if since else 0},
        )
    )


async def earliest_announced(read: Connection) -> datetime | None:
    """The first announcement of any paper here."""
    return readable_instant(await read.value("SELECT min(announced_at) FROM papers WHERE announced_at > 0"))


async def all_ids(read: Connection) -> list[int]:
    return [row["id"] for row in await read.all("SELECT id FROM papers WHERE merged_into IS NULL ORDER BY id")]
