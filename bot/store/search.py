"""The full-text index: rowids and FTS5 live here and nowhere else.

Knows how papers are indexed and asked for; what a query means is `bot/query/language.py`'s word, which decides on what this returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bot.language.tokens import ANALYZER_VERSION, index_text
from bot.models import Paper, Record
from bot.query.language import Query
from bot.store.database import Connection, Row
from bot.store.narrowing import JOIN, narrowing
from bot.store.rows import read_json, readable_names

#: Changes whenever the index keeps the same tokens in another shape.
_SHAPE: Final = 2

_INSERT = "INSERT INTO paper_index (rowid, title, abstract, authors) VALUES (:id, :title, :abstract, :authors)"
_DELETE = (
    "INSERT INTO paper_index (paper_index, rowid, title, abstract, authors) "
    "VALUES ('delete', :id, :title, :abstract, :authors)"
)
_INSERT_TITLE = "INSERT INTO title_index (rowid, title, authors) VALUES (:id, :title, :authors)"
_DELETE_TITLE = "INSERT INTO title_index (title_index, rowid, title, authors) VALUES ('delete', :id, :title, :authors)"


def index_texts(record: Paper | Record) -> tuple[str, str, str]:
    """What of a paper is indexed: title, abstract, and authors as one text."""
    return record.title, record.abstract or "", " ; ".join(author.name for author in record.authors)


def _tokens(paper: Paper, ready: Mapping[str, str]) -> dict[str, str | int]:
    title, abstract, authors = (ready[text] if text in ready else index_text(text) for text in index_texts(paper))
    return {"id": paper.id, "title": title, "abstract": abstract, "authors": authors}


async def index_papers(
    write: Connection, changes: Iterable[tuple[Paper | None, Paper | None]], ready: Mapping[str, str] | None = None
) -> None:
    """Brings the index from each first state to the second; None means "not in the index".

    `ready` holds index text that was made beforehand, by text.

    The index keeps no text of its own, so the old tokens are made again from the old paper: same analyzer, same tokens.
    """
    old, new = [], []
    for before, after in changes:
        if before and after and _same_text(before, after):
            continue
        if before:
            old.append(_tokens(before, ready or {}))
        if after:
            new.append(_tokens(after, ready or {}))
    await write.execute_many(_DELETE, old)
    await write.execute_many(_DELETE_TITLE, old)
    await write.execute_many(_INSERT, new)
    await write.execute_many(_INSERT_TITLE, new)


def _same_text(before: Paper, after: Paper) -> bool:
    return (before.title, before.abstract, before.authors) == (after.title, after.abstract, after.authors)


#: In which order a search shows papers; what is not known of a paper stands behind.
_NEWEST: Final = "coalesce(p.announced_at, p.first_seen_at) DESC, p.id DESC"
_ORDERS: Final = {"new": _NEWEST, "votes": f"c.upvotes DESC NULLS LAST, {_NEWEST}"}
# One weight a column: a word in the title says more than one in the abstract.
_BEST: Final = "bm25(paper_index, 8.0, 1.0, 4.0), p.id DESC"
_INDEXED: Final = "paper_index JOIN papers AS p ON p.id = paper_index.rowid"
_ANNOUNCED: Final = "coalesce(p.announced_at, p.first_seen_at) >= :since"


async def candidates(read: Connection, wanted: Query, *, limit: int) -> list[int]:
    """Ids of the papers for which the query may hold, best first or in its own order."""
    tables, condition, values = _asked(wanted)
    order = _ORDERS.get(wanted.sort) or (_BEST if ":expression" in condition else _NEWEST)
    rows = await read.all(
        f"SELECT p.id FROM {tables} WHERE {condition} ORDER BY {order} LIMIT :limit",  # noqa: S608
        {**values, "limit": limit},
    )
    return [row["id"] for row in rows]


async def count_candidates(read: Connection, wanted: Query) -> int:
    """How many papers there are for which the query may hold."""
    tables, condition, values = _asked(wanted)
    return int(await read.value(f"SELECT count(*) FROM {tables} WHERE {condition}", values))  # noqa: S608


async def candidates_since(read: Connection, wanted: Query, since: datetime) -> list[int]:
    """Ids of every paper since then for which the query may hold, in no order: one value, not a row a paper."""
    return await _since(read, *_asked(wanted), since)


def _asked(wanted: Query) -> tuple[str, str, dict[str, Any]]:
    """Tables, condition and values for the papers for which the query may hold."""
    expression, facts = wanted.index_expression(), narrowing(wanted.root)
    if not expression:
        return f"papers AS p {JOIN}", f"p.merged_into IS NULL AND {facts.sql}", facts.values
    values = {**facts.values, "expression": expression}
    return (
        f"{_INDEXED} {JOIN}",
        f"paper_index MATCH :expression AND {facts.sql}",
        values,
    )


async def matching_ids(read: Connection, expression: str, since: datetime) -> list[int]:
    """Ids of every paper since then for which the FTS5 expression holds, in no order: one value, not a row a paper."""
    return await _since(read, _INDEXED, "paper_index MATCH :expression", {"expression": expression}, since)


async def _since(read: Connection, tables: str, condition: str, values: dict[str, Any], since: datetime) -> list[int]:
    found = await read.value(
        f"SELECT json_group_array(p.id) FROM {tables} WHERE {condition} AND {_ANNOUNCED}",  # noqa: S608
        {**values, "since": int(since.timestamp())},
    )
    return list(read_json(found))


async def title_candidates(read: Connection, expression: str, limit: int, *, newest: bool = False) -> list[int]:
    """Ids of at most `limit` papers in whose title or authors the FTS5 expression holds: the best, or the newest, first."""
    by = "rowid DESC" if newest else "bm25(title_index, 2.0, 1.0)"
    rows = await read.all(
        f"SELECT rowid FROM title_index WHERE title_index MATCH :wanted ORDER BY {by} LIMIT :limit",  # noqa: S608
        {"wanted": expression, "limit": limit},
    )
    return [row[0] for row in rows]


async def ids_starting(read: Connection, start: str, limit: int) -> list[int]:
    """Ids of papers whose arXiv id begins so, in the order of those ids, the highest first."""
    rows = await read.all(
        """SELECT paper_id FROM paper_ids WHERE scheme = 'arxiv' AND value >= :start AND value < :end
           ORDER BY value DESC LIMIT :limit""",
        {"start": start, "end": start + "\U0010ffff", "limit": limit},
    )
    return [row["paper_id"] for row in rows]


async def load_titles(read: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(title, names of the authors), as stored, by id."""
    rows = await read.all(
        """SELECT id, title, authors FROM papers
           WHERE id IN :ids AND merged_into IS NULL""",
        {"ids": list(ids)},
    )
    return {row["id"]: (row["title"], " ; ".join(readable_names(row["authors"]))) for row in rows}


async def newest_titles(read: Connection, limit: int) -> list[tuple[int, str]]:
    """(id, title) of the papers stored last."""
    rows = await read.all(
        "SELECT id, title FROM papers WHERE merged_into IS NULL ORDER BY id DESC LIMIT :limit", {"limit": limit}
    )
    return [(row["id"], row["title"]) for row in rows]


async def load_words(read: Connection) -> list[Row]:
    """Every word of titles and authors with the number of papers that have it, in pairs."""
    return await read.all("SELECT term, doc FROM title_words")


async def words_since(read: Connection, paper_id: int) -> list[list[str]]:
    """The words of each paper stored after `paper_id`."""
    rows = await read.all("SELECT title, authors FROM papers WHERE id > :id ORDER BY id", {"id": paper_id})
    return [index_text(f"{row['title']} ; {' ; '.join(readable_names(row['authors']))}").split() for row in rows]


async def newest_id(read: Connection) -> int:
    """The id of the paper stored last; 0 when there is none."""
    return int(await read.value("SELECT coalesce(max(id), 0) FROM papers"))


async def is_current(read: Connection) -> bool:
    """Whether the index holds the tokens that today's analyzer makes."""
    version = await read.value("SELECT value FROM meta WHERE key = 'analyzer'")
    return bool(version == f"{ANALYZER_VERSION}.{_SHAPE}")


async def clear_index(write: Connection) -> None:
    await write.execute("INSERT INTO paper_index (paper_index) VALUES ('delete-all')")
    await write.execute("INSERT INTO title_index (title_index) VALUES ('delete-all')")


async def defer_index_merges(write: Connection, wanted: bool) -> None:
    """Lets a large transaction become one segment of the index instead of many that are merged again and again.

    Measured on 12,000 papers: 81 µs a paper instead of 134. `hashsize` is FTS5's own word for the bytes that it gathers
    (fts5_config.c; its default is 1 MiB). It is kept in the file and harmless when a stop leaves it there.
    """
    for table in ("paper_index", "title_index"):
        await write.execute(
            f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', :bytes)",  # noqa: S608
            {"bytes": 16 << 20 if wanted else 1 << 20},
        )


async def mark_current(write: Connection) -> None:
    await write.execute(
        "INSERT INTO meta (key, value) VALUES ('analyzer', :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        {"value": f"{ANALYZER_VERSION}.{_SHAPE}"},
    )


async def check_index(read: Connection) -> tuple[int, int]:
    """(papers that the index should hold, papers that it does hold)."""
    papers = await read.value("SELECT count(*) FROM papers WHERE merged_into IS NULL")
    indexed = await read.value("SELECT count(*) FROM paper_index")
    titles = await read.value("SELECT count(*) FROM title_index")
    return int(papers), int(indexed) if titles == papers else int(titles)
