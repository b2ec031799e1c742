"""A query's facts as an SQL condition: a superset of the papers that agree, so that a search reads no others.

Knows the columns of papers (`p`) and of what readers made of them (`c`). What a query means is `bot/query`'s word, which decides
on what this lets through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, Final

from bot.papers import categories
from bot.papers.kinship import work_of
from bot.query.facts import Author, Category, Count, Date, Flag, Identifier, Like
from bot.query.index import expression_of
from bot.query.nodes import And, Node, Or, leaves
from bot.query.words import Phrase, Prefix, Word

__all__ = ["DAY", "JOIN", "Narrowing", "narrowing", "paper_behind"]

#: A paper's number in the index is its day, then its id: "newest" follows the dates of the papers, not the order of an import.
DAY: Final = 1 << 32

#: What a condition reads beside the papers themselves.
JOIN: Final = "LEFT JOIN community AS c ON c.paper_id = p.id"
#: Shares of a group are counted for the papers that are left.
_WORKED_OUT: Final = {
    "score": "p.id IN (SELECT paper_id FROM scores WHERE has_record = 1)",
    "novelty": "p.id IN (SELECT paper_id FROM novelty WHERE distance IS NOT NULL)",
}
_COUNTS: Final = {"upvotes": "c.upvotes", "comments": "c.comments", "stars": "c.code_stars"}
#: A linked organization, or an affiliation: `["Ada Lovelace", "A university"]`, never `["Ada Lovelace", null]`.
_ORGANIZATION: Final = """(c.org_name IS NOT NULL OR c.org_handle IS NOT NULL OR p.authors LIKE '%"]%')"""
_FLAGS: Final = {
    "has:code": "c.code_url IS NOT NULL", "has:summary": "c.summary IS NOT NULL", "is:withdrawn": "p.withdrawn = 1",
    "is:new": "coalesce(p.version, 1) <= 1", "is:revision": "p.version > 1", "is:cross": "instr(trim(p.categories), ' ') > 0",
    "has:org": _ORGANIZATION,
}  # fmt: skip
_TEXTS: Final = {
    "keywords": "c.keywords <> '[]'", "comment": "p.comment IS NOT NULL", "journal": "p.journal_ref IS NOT NULL",
    "organization": _ORGANIZATION,
}  # fmt: skip


@dataclass(slots=True)
class Narrowing:
    """A condition, "1" for none, and the values that it names. `alike` are the papers for which a term holds, where somebody knows
    them: those like another, those of a score."""

    sql: str = "1"
    values: dict[str, Any] = field(default_factory=dict)
    alike: Mapping[Like | Count, list[int]] = field(default_factory=dict)

    def name(self, value: Any) -> str:
        """A place for a value in the condition."""
        name = f"n{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def paper_behind(number: str) -> str:
    """SQL for the id of the paper that has this number in the index."""
    return f"({number} & {DAY - 1})"


def narrowing(node: Node, alike: Mapping[Like | Count, list[int]]) -> Narrowing:
    """The condition for what the full-text index (`bot/query/index.py`) is not asked."""
    found = Narrowing(alike=alike)
    apart = node.parts if isinstance(node, And) else (node,)
    asked = [part for part in apart if not (expression_of(part) and _is_text(part))]
    found.sql = " AND ".join(sql for part in asked if (sql := _condition(part, found))) or "1"
    return found


def _is_text(node: Node) -> bool:
    return all(isinstance(term, (Word, Phrase, Prefix, Author)) for term in leaves(node))


def _condition(node: Node, into: Narrowing) -> str:
    """SQL that holds for every paper that agrees; empty when that is any paper."""
    if isinstance(node, And):
        return " AND ".join(sql for part in node.parts if (sql := _condition(part, into)))
    if isinstance(node, Or):
        sides = [_condition(side, into) for side in node.parts]
        return f"({' OR '.join(f'({side})' for side in sides)})" if all(sides) else ""
    return _fact(node, into) or _text(node, into)


def _fact(term: Node, into: Narrowing) -> str:
    if isinstance(term, Category):
        return f"({' OR '.join(_categories(term, into))})"
    if isinstance(term, Count):
        if term in into.alike:
            return f"p.id IN {into.name(into.alike[term])}"
        column = _COUNTS.get(term.fact)
        if term.fact == "citations":
            least = into.name(term.low or 0)
            return f"p.id IN (SELECT paper_id FROM cited WHERE citations >= {least})"  # noqa: S608
        if term.fact in _WORKED_OUT:
            return _WORKED_OUT[term.fact]
        return (
            f"{column} BETWEEN {into.name(term.low or 0)} AND {into.name(1 << 62 if term.high is None else term.high)}"
            if column
            else "0"
        )
    if isinstance(term, Flag):
        return _FLAGS.get(term.name, "")
    if isinstance(term, Date):
        return _dated(term, into)
    if isinstance(term, Like):
        return f"p.id IN {into.name(into.alike[term])}" if term in into.alike else ""
    if isinstance(term, Identifier):
        values = into.name([term.identity.value, work_of(term.identity).value])
        scheme = into.name(term.identity.scheme)
        return f"p.id IN (SELECT paper_id FROM paper_ids WHERE scheme = {scheme} AND value IN {values})"  # noqa: S608
    return ""


def _dated(term: Date, into: Narrowing) -> str:
    """A day of the announcement or listing; of a `year`, of the first version where that is known."""
    first, last = (datetime.combine(day, time(), UTC).timestamp() for day in (term.low, term.high))
    news = f"p.news_at BETWEEN {into.name(int(first))} AND {into.name(int(last) + 24 * 3600 - 1)}"
    if term.name != "year":
        return news
    low, high = into.name(term.low.isoformat()), into.name(term.high.isoformat())
    return f"CASE WHEN p.published IS NULL THEN {news} ELSE p.published BETWEEN {low} AND {high} END"


def _categories(term: Category, into: Narrowing) -> Iterator[str]:
    """Each way in which the category, or one of the archive, may be printed."""
    column = "p.categories" if term.primary else "(' ' || p.categories)"
    lead = "" if term.primary else "% "
    printed = {term.code} if "." in term.code else {term.code, f"{term.code}."}
    printed |= {code for code in categories.printed_in(term.code) if not code.startswith(tuple(printed))}
    for code in sorted(printed):
        yield f"{column} LIKE {into.name(f'{lead}{code}%')}"


def _text(term: Node, into: Narrowing) -> str:
    if isinstance(term, (Word, Phrase, Prefix)) and term.where in _TEXTS:
        return _TEXTS[term.where]
    if expression := expression_of(term):
        return (
            f"p.id IN (SELECT {paper_behind('rowid')} FROM paper_index WHERE paper_index MATCH {into.name(expression)})"  # noqa: S608
        )
    return ""
