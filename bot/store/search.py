"""The full-text index: its numbers and FTS5 live here and nowhere else.

Knows how papers are indexed and asked for; what a query means is `bot/query/language.py`'s word, which decides on what this returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bot.language.tokens import ANALYZER_VERSION, index_text
from bot.models import Heading, Paper, PaperId, Record, TitleRow, main_of
from bot.query.facts import Count, Like
from bot.query.language import Query
from bot.store import novelty, similar
from bot.store.database import Connection, Row
from bot.store.narrowing import DAY, JOIN, narrowing, paper_behind
from bot.store.rows import read_json

#: Changes whenever the index keeps the same tokens in another shape.
_SHAPE: Final = 3

_INSERT = "INSERT INTO paper_index (rowid, title, abstract, authors) VALUES (:id, :title, :abstract, :authors)"
_DELETE = (
    "INSERT INTO paper_index (paper_index, rowid, title, abstract, authors) "
    "VALUES ('delete', :id, :title, :abstract, :authors)"
)
_INSERT_ROW = "INSERT INTO title_rows (number, paper_id, title, authors) VALUES (:id, :paper, :title, :authors)"
_DELETE_ROW = "DELETE FROM title_rows WHERE number = :id"
_INSERT_TITLE = "INSERT INTO title_index (rowid, title, authors) VALUES (:id, :title, :authors)"
_DELETE_TITLE = "INSERT INTO title_index (title_index, rowid, title, authors) VALUES ('delete', :id, :title, :authors)"


def index_texts(record: Paper | Record) -> tuple[str, str, str]:
    """What of a paper is indexed: title, abstract, and authors as one text."""
    return record.title, record.abstract or "", " ; ".join(author.name for author in record.authors)


def _tokens(paper: Paper, ready: Mapping[str, str]) -> dict[str, str | int]:
    title, abstract, authors = (ready[text] if text in ready else index_text(text) for text in index_texts(paper))
    return {"id": _number(paper), "paper": paper.id, "title": title, "abstract": abstract, "authors": authors}


def _number(paper: Paper) -> int:
    """The paper's number in the index."""
    day = paper.published or (paper.announced or paper.first_seen).date()
    return day.toordinal() * DAY + paper.id


async def index_papers(
    write: Connection, changes: Iterable[tuple[Paper | None, Paper | None]], ready: Mapping[str, str] | None = None
) -> None:
    """Brings the index from each first state to the second; None means "not in the index".

    `ready` holds index text that was made beforehand, by text.

    The index keeps no text of its own, so the old tokens are made again from the old paper: same analyzer, same tokens.
    """
    told = list(changes)
    changed = [(before, after) for before, after in told if not (before and after and _same_text(before, after))]
    old, new = [], []
    for before, after in changed:
        if before:
            old.append(_tokens(before, ready or {}))
        if after:
            new.append(_tokens(after, ready or {}))
    # FTS5 begins a new segment whenever a number is lower than the one before.
    for rows, statements in (
        (old, (_DELETE, _DELETE_TITLE, _DELETE_ROW)),
        (new, (_INSERT, _INSERT_TITLE, _INSERT_ROW)),
    ):
        rows.sort(key=lambda row: row["id"])
        for statement in statements:
            await write.execute_many(statement, rows)
    await similar.wait(write, {paper.id for change in changed for paper in change if paper})
    moved = [a.id for b, a in told if b and a and b.primary_category != a.primary_category]
    await novelty.wait(write, moved)


def _same_text(before: Paper, after: Paper) -> bool:
    return (before.title, before.abstract, before.authors, _number(before)) == (
        after.title,
        after.abstract,
        after.authors,
        _number(after),
    )


Alike = Mapping[Like | Count, list[int]]

#: In which order a search shows papers; what is not known of a paper stands behind.
_NEWEST: Final = "p.news_at DESC, p.id DESC"
_CITED: Final = "(SELECT max(citations) FROM cited WHERE paper_id = p.id)"
_ORDERS: Final = {
    "new": _NEWEST,
    "votes": f"c.upvotes DESC NULLS LAST, {_NEWEST}",
    "citations": f"{_CITED} DESC NULLS LAST, {_NEWEST}",
}
_INDEXED: Final = f"paper_index JOIN papers AS p ON p.id = {paper_behind('paper_index.rowid')}"
_ANNOUNCED: Final = "p.news_at >= :since"


async def candidates(read: Connection, wanted: Query, alike: Alike, *, limit: int) -> list[int]:
    """Ids of the papers for which the query may hold: in its own order; without one, those with its words in the title, then the
    others, the newest first. `alike` are the papers that are like another, by the term that asks for them."""
    tables, condition, values = _asked(wanted, alike)
    values["limit"] = limit
    if wanted.sort == "score":  # who asks puts them in order
        return await _first(read, tables, condition, values, _NEWEST)
    if wanted.sort in _ORDERS:
        return await _first(read, tables, condition, values, _ORDERS[wanted.sort])
    if "expression" not in values:
        return await _first(read, tables, condition, values, _NEWEST)
    newest = "paper_index.rowid DESC"
    in_title = {**values, "expression": f"title : ({values['expression']})"}
    found = await _first(read, tables, condition, in_title, newest)
    if len(found) < limit:
        found += await _first(read, tables, condition, values, newest)
    return list(dict.fromkeys(found))[:limit]


async def _first(read: Connection, tables: str, condition: str, values: dict[str, Any], order: str) -> list[int]:
    return await read.ids(
        f"SELECT p.id FROM {tables} WHERE {condition} ORDER BY {order} LIMIT :limit",  # noqa: S608
        values,
    )


async def count_candidates(read: Connection, wanted: Query, alike: Alike, *, most: int) -> int:
    """How many papers there are for which the query may hold; `most` + 1 for more."""
    tables, condition, values = _asked(wanted, alike)
    if tables.startswith("paper_index") and condition.endswith("AND 1"):  # no paper need be looked at
        tables, condition = "paper_index", "paper_index MATCH :expression"
    return int(
        await read.value(
            f"SELECT count(*) FROM (SELECT 1 FROM {tables} WHERE {condition} LIMIT :most)",  # noqa: S608
            {**values, "most": most + 1},
        )
    )


async def candidates_since(read: Connection, wanted: Query, alike: Alike, since: datetime) -> list[int]:
    """Ids of every paper since then for which the query may hold, in no order: one value, not a row a paper."""
    return await _since(read, *_asked(wanted, alike), since)


def _asked(wanted: Query, alike: Alike) -> tuple[str, str, dict[str, Any]]:
    """Tables, condition and values for the papers for which the query may hold."""
    expression, facts = wanted.index_expression(), narrowing(wanted.root, alike)
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


async def titles_with(read: Connection, expression: str, limit: int) -> list[int]:
    """Ids of the newest papers in whose title or authors the FTS5 expression holds."""
    return await _newest(read, "title_index", expression, limit)


async def texts_with(read: Connection, expression: str, limit: int) -> list[int]:
    """Ids of the newest papers in whose title, abstract or authors the FTS5 expression holds."""
    return await _newest(read, "paper_index", expression, limit)


async def _newest(read: Connection, table: str, expression: str, limit: int) -> list[int]:
    return await read.ids(
        f"""SELECT {paper_behind("rowid")} AS id FROM {table} WHERE {table} MATCH :wanted
            ORDER BY rowid DESC LIMIT :limit""",  # noqa: S608
        {"wanted": expression, "limit": limit},
    )


async def best_voted(read: Connection, expression: str, within: int, limit: int) -> list[int]:
    """Of the newest `within` papers in whose title the FTS5 expression holds, those with the most votes."""
    return await read.ids(
        f"""SELECT c.paper_id AS id FROM (SELECT {paper_behind("rowid")} AS id FROM title_index
                WHERE title_index MATCH :wanted ORDER BY rowid DESC LIMIT :within) AS i
            JOIN community AS c ON c.paper_id = i.id
            WHERE c.upvotes > 0 ORDER BY c.upvotes DESC, c.paper_id DESC LIMIT :limit""",  # noqa: S608
        {"wanted": expression, "within": within, "limit": limit},
    )


async def titles_of(read: Connection, ids: Iterable[int]) -> list[TitleRow]:
    """The rows of these papers, each once."""
    rows = await read.all(
        """SELECT t.paper_id, t.number, t.title, t.authors, c.upvotes FROM title_rows AS t
           LEFT JOIN community AS c ON c.paper_id = t.paper_id
           WHERE t.paper_id IN :ids""",
        {"ids": list(ids)},
    )
    return [
        TitleRow(paper_id, number // DAY, f" {title} ", f" {authors} ", upvotes or 0)
        for paper_id, number, title, authors, upvotes in rows
    ]


async def load_abstracts(read: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The abstracts as stored, by id."""
    rows = await read.all("SELECT id, abstract FROM papers WHERE id IN :ids", {"ids": list(ids)})
    return {row["id"]: row["abstract"] or "" for row in rows}


async def ids_starting(read: Connection, start: str, limit: int) -> list[int]:
    """Ids of papers whose arXiv id begins so, in the order of those ids, the highest first."""
    rows = await read.all(
        """SELECT paper_id FROM paper_ids WHERE scheme = 'arxiv' AND value >= :start AND value < :end
           ORDER BY value DESC LIMIT :limit""",
        {"start": start, "end": start + "\U0010ffff", "limit": limit},
    )
    return [row["paper_id"] for row in rows]


async def load_titles(read: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The titles as stored, by id."""
    rows = await read.all("SELECT id, title FROM papers WHERE id IN :ids AND merged_into IS NULL", {"ids": list(ids)})
    return {row["id"]: row["title"] for row in rows}


async def load_headings(read: Connection, ids: Iterable[int]) -> dict[int, Heading]:
    """What a choice shows of each paper, by id: a fraction of the whole."""
    wanted = list(ids)
    titles = await load_titles(read, wanted)
    names: dict[int, list[PaperId]] = {}
    for row in await read.all("SELECT scheme, value, paper_id FROM paper_ids WHERE paper_id IN :ids", {"ids": wanted}):
        names.setdefault(row["paper_id"], []).append(PaperId(row["scheme"], row["value"]))
    return {number: Heading(title, main_of(names[number])) for number, title in titles.items() if number in names}


async def count_indexed(read: Connection) -> int:
    """How many papers the index has."""
    return int(await read.value("SELECT count(*) FROM title_rows"))


async def newest_titles(read: Connection, limit: int) -> list[tuple[int, str]]:
    """(id, title) of the papers stored last."""
    rows = await read.all(
        "SELECT id, title FROM papers WHERE merged_into IS NULL ORDER BY id DESC LIMIT :limit", {"limit": limit}
    )
    return [(row["id"], row["title"]) for row in rows]


async def load_words(read: Connection) -> list[Row]:
    """Every word of titles and of authors: the word, "title" or "authors", and the number of papers that have it there."""
    return await read.all("SELECT term, col, doc FROM title_words")


async def words_since(read: Connection, paper_id: int) -> list[tuple[str, str]]:
    """The words of title and authors of each paper stored after `paper_id`."""
    rows = await read.all("SELECT title, authors FROM title_rows WHERE paper_id > :id", {"id": paper_id})
    return [(row["title"], row["authors"]) for row in rows]


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
    await write.execute("DELETE FROM title_rows")


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
    rows = await read.value("SELECT count(*) FROM title_rows")
    return int(papers), min((int(indexed), int(titles), int(rows)), key=lambda count: -abs(count - papers))
