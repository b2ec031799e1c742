"""The query language: text → Query; does a paper agree, where, and why not; and the superset to ask the index for.

The door of this package: what a text means is the same in a search, a subscription, a daily list and on the command line.
Must not know subscriptions, SQL or where papers are kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.errors import QueryError
from bot.language import names
from bot.language.tokens import index_text
from bot.models import Hit
from bot.query.document import Document, analyse
from bot.query.facts import FIGURES, PERCENTS, Author, Count, Flag
from bot.query.index import expression_of
from bot.query.logic import Clash, clash, meaning_of, only_excludes
from bot.query.nodes import (
    And,
    Explanation,
    Node,
    Not,
    Or,
    all_of,
    asked,
    exactly,
    explained,
    hits,
    leaves,
    when_absent,
)
from bot.query.parser import Parser
from bot.query.words import Phrase, Textual, Word

__all__ = [
    "And",
    "Document",
    "Explanation",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "Word",
    "analyse",
    "index_text",
    "is_plain",
    "parse",
    "parse_as_words",
]

LONGEST: Final = 500  # characters of one query


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A query that was read: what must hold, and in which order a search shows it. Two queries are equal when they mean the same;
    `str()` is the text to keep."""

    root: Node
    sort: str = ""

    @property
    def meaning(self) -> Hashable:
        """What makes two queries the same."""
        return meaning_of(self.root), self.sort

    @property
    def exactly(self) -> Hashable:
        """What the query holds for: equal ones may differ in it."""
        return exactly(self.root)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and self.meaning == other.meaning

    def __hash__(self) -> int:
        return hash(self.meaning)

    @property
    def parts(self) -> tuple[Node, ...]:
        """What must all hold."""
        return self.root.parts if isinstance(self.root, And) else (self.root,)

    @property
    def people(self) -> tuple[names.Name, ...]:
        """Everybody who is asked for."""
        return tuple(name for term in asked(self.root) if isinstance(term, Author) for name in term.names)

    @property
    def by_others(self) -> Query | None:
        """What has to hold for a paper by none of these people; None when it cannot agree."""
        root = when_absent(self.root, lambda term: isinstance(term, Author))
        return Query(root, self.sort) if root else None

    @property
    def is_plain(self) -> bool:
        """Whether it is words, phrases and exclusions of such side by side, and nothing else."""
        terms = [part.part if isinstance(part, Not) else part for part in self.parts]
        return not self.sort and all(isinstance(term, (Word, Phrase)) and not term.where for term in terms)

    @property
    def is_words(self) -> bool:
        """Whether it is words side by side, and nothing else."""
        return self.is_plain and all(isinstance(part, Word) for part in self.parts)

    @property
    def is_indexed(self) -> bool:
        """Whether all its words are looked for where the index has them."""
        terms = [term for term in leaves(self.root) if isinstance(term, Textual)]
        return all(term.where in ("", "title", "abstract") for term in terms)

    @property
    def changes(self) -> bool:
        """Whether a paper may come to agree after it was announced: counts grow, code is released, versions follow."""
        return any(isinstance(term, (Count, Flag)) for term in leaves(self.root))

    @property
    def figures(self) -> frozenset[str]:
        """The figures that it asks for, which a paper has to be loaded with."""
        asked = {term.fact for term in leaves(self.root) if isinstance(term, Count)}
        return FIGURES & {*asked, self.sort}

    @property
    def shares(self) -> frozenset[Count]:
        """The terms that ask for a share of a group, which moves when others of it come."""
        return frozenset(term for term in leaves(self.root) if isinstance(term, Count) and term.fact in PERCENTS)

    @property
    def excludes(self) -> bool:
        """Whether something must be absent, whatever else there is."""
        return any(isinstance(part, Not) for part in self.parts)

    def allows(self, doc: Document) -> bool:
        """Whether nothing is in the paper that must be absent."""
        return all(part.holds(doc) for part in self.parts if isinstance(part, Not))

    def matches(self, doc: Document) -> bool:
        """Whether the paper agrees."""
        return self.root.holds(doc)

    def hits(self, doc: Document) -> tuple[Hit, ...]:
        """What in the paper agreed, one hit for each term that holds, with the paper's own wording."""
        return tuple(dict.fromkeys(hits(self.root, doc)))

    def explain(self, doc: Document) -> Explanation:
        """Which terms were found, which were missing, which excluded ones stood in the way."""
        return explained(self.root, doc)

    def index_expression(self) -> str:
        """FTS5 MATCH text for a superset of what `matches`, or "" for every paper: columns `title`, `abstract` and `authors` hold
        `text.index_text`, tokenised by `ascii`. Exclusions and facts are left to `matches`."""
        return expression_of(self.root)

    def __str__(self) -> str:
        return str(self.root) + (f" sort:{self.sort}" if self.sort else "")


def parse(text: str, *, standing: bool = False) -> Query:
    """Reads a query; with `standing`, one that looks ahead. Raises `QueryError` with the place and what to do instead."""
    parser = Parser(text, standing=standing)
    try:
        return _read(parser)
    except QueryError as error:
        error.text, error.meant = text, parser.meant
        raise


def parse_as_words(text: str) -> Query:
    """Reads a text as every text was read before there were operators, fields and counts: as words, phrases and exclusions, even
    when nothing can agree."""
    return _read(Parser(text, only_words=True), impossible=True)


def _read(parser: Parser, *, impossible: bool = False) -> Query:
    text = parser.text
    if len(text) > LONGEST:
        raise QueryError(f"A query has at most {LONGEST} characters; this one has {len(text)}. Shorten it.", LONGEST)
    root = parser.tree()
    if root is None:
        what = (
            "only says in which order"
            if parser.sort
            else "holds no word, only punctuation"
            if text.strip()
            else "is empty"
        )
        raise QueryError(f'The query {what}. Write words, or "words side by side" in quotation marks.', 0)
    _refuse_exclusions(root, parser)
    if not impossible and (found := clash(root)) is not None:
        raise _impossible(found, root, parser)
    query = Query(root, parser.sort)
    if (length := len(str(query))) > LONGEST:  # a few characters of Unicode are two or three once they are composed
        raise QueryError(
            f"A query has at most {LONGEST} characters; written out, this one has {length}. Shorten it.", 0
        )
    return query


def _refuse_exclusions(root: Node, parser: Parser) -> None:
    if not only_excludes(root):
        return
    sides = [side for side in root.parts if only_excludes(side)] if isinstance(root, Or) else []
    if not sides:
        raise QueryError("The query only excludes. Add at least one word that must be there.", 0)
    place = parser.place_of(next(leaves(sides[0])))
    raise QueryError("This side of OR only excludes. Add a word to it that must be there.", max(0, place - 1))


def _impossible(found: Clash, root: Node, parser: Parser) -> QueryError:
    parser.meant = True
    place = parser.place_of(found.term)
    if found.beside is None:
        return QueryError(f"{found.term} can never be true. Write another limit.", place)
    place = max(place, parser.place_of(found.beside))
    parts = root.parts if isinstance(root, And) else ()
    kept = [part for part in parts if part not in (Not(found.term), Not(found.beside))]
    without = str(all_of(kept)) if 0 < len(kept) < len(parts) else ""
    if str(found.beside) == str(found.term):
        why = f"{found.term} is wanted and excluded at once, so no paper can agree. Leave one out."
    elif found.wanted is not None:
        why = f"What has {found.wanted} has {found.excluded}, which is excluded, so no paper can agree. Leave one out."
    else:
        why = f"{found.beside} and {found.term} can never both be so, and no paper can agree. Leave one out."
    return QueryError(why, place, suggestion=without)


@lru_cache(maxsize=4_096)
def is_plain(text: str) -> bool:
    """Whether a text is words, phrases and exclusions alone; so is one that cannot be read."""
    try:
        return parse(text).is_plain
    except QueryError:
        return True
