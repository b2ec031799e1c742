"""The full-text index: rowids and FTS5 live here and nowhere else.

Knows how papers are indexed and asked for; what a query means is `bot/query.py`'s word, which decides on what this returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.models import Paper
from bot.store.database import Connection
from bot.text import ANALYZER_VERSION, index_text

_INSERT = "INSERT INTO paper_index (rowid, title, abstract, authors) VALUES (:id, :title, :abstract, :authors)"
_DELETE = (
    "INSERT INTO paper_index (paper_index, rowid, title, abstract, authors) "
    "VALUES ('delete', :id, :title, :abstract, :authors)"
)


def _tokens(paper: Paper) -> dict[str, str | int]:
    return {
        "id": paper.id,
        "title": index_text(paper.title),
        "abstract": index_text(paper.abstract),
        "authors": index_text(" ; ".join(author.name for author in paper.authors)),
    }


async def index_papers(write: Connection, changes: Iterable[tuple[Paper | None, Paper | None]]) -> None:
    """Brings the index from each first state to the second; None means "not in the index".

    The index keeps no text of its own, so the old tokens are made again from the old paper: same analyzer, same tokens.
    """
    old, new = [], []
    for before, after in changes:
        if before and after and _same_text(before, after):
            continue
        if before:
            old.append(_tokens(before))
        if after:
            new.append(_tokens(after))
    await write.execute_many(_DELETE, old)
    await write.execute_many(_INSERT, new)


def _same_text(before: Paper, after: Paper) -> bool:
    return (before.title, before.abstract, before.authors) == (after.title, after.abstract, after.authors)


async def candidates(
    read: Connection, expression: str, *, since: datetime | None = None, limit: int | None = None, order: str = "rank"
) -> list[int]:
    """Ids of the papers for which the FTS5 expression holds; best first, or newest first with `order="newest"`."""
    # One weight a column: a word in the title says more than one in the abstract.
    by = "bm25(paper_index, 8.0, 1.0, 4.0)" if order == "rank" else "coalesce(p.announced_at, p.first_seen_at) DESC"
    rows = await read.all(
        f"""SELECT p.id FROM paper_index JOIN papers AS p ON p.id = paper_index.rowid
            WHERE paper_index MATCH :expression AND coalesce(p.announced_at, p.first_seen_at) >= :since
            ORDER BY {by}, p.id DESC LIMIT :limit""",  # noqa: S608
        {
            "expression": expression,
            "since": int(since.timestamp()) if since else -(2**62),
            "limit": -1 if limit is None else limit,
        },
    )
    return [row["id"] for row in rows]


async def is_current(read: Connection) -> bool:
    """Whether the index holds the tokens that today's analyzer makes."""
    version = await read.value("SELECT value FROM meta WHERE key = 'analyzer'")
    return bool(version == str(ANALYZER_VERSION))


async def clear_index(write: Connection) -> None:
    await write.execute("INSERT INTO paper_index (paper_index) VALUES ('delete-all')")


async def mark_current(write: Connection) -> None:
    await write.execute(
        "INSERT INTO meta (key, value) VALUES ('analyzer', :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        {"value": str(ANALYZER_VERSION)},
    )


async def check_index(read: Connection) -> tuple[int, int]:
    """(papers that the index should hold, papers that it does hold)."""
    papers = await read.value("SELECT count(*) FROM papers WHERE merged_into IS NULL")
    indexed = await read.value("SELECT count(*) FROM paper_index")
    return int(papers), int(indexed)
