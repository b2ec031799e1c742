"""The query language: text → Query; does a paper agree, where, and why not; and the superset to ask the index for.

Knows words, phrases and exclusions over one analysed paper. Must not know subscriptions, SQL or where papers are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from bot.errors import QueryError
from bot.language.stems import (
    TELLING,
    further_stems,
    means_more_in_capitals,
    spellings,
    stem,
    stem_of_capitals,
    stem_of_joined,
)
from bot.language.text import plain
from bot.language.tokens import LONGEST_FORM, Token, index_text, tokens
from bot.models import Hit
from bot.query.document import Document, Field, analyse

__all__ = ["And", "Document", "Explanation", "Node", "Not", "Phrase", "Query", "Word", "analyse", "index_text", "parse"]

LONGEST: Final = 200  # characters of one query
MOST_TERMS: Final = 20
_SHORT_NAME: Final = 5  # letters
_OPENING: Final = {'"': '"', "“": "”", "”": "”", "„": "“”", "«": "»", "＂": "＂"}


@dataclass(frozen=True, slots=True)
class Word:
    """A whole word, be it singular or plural. `alternatives` are sequences of stems, one of which must stand in the text:
    `fine-tuning` is (fine, tuning) or (finetuning). `in_capitals` is one more where small letters may stand for a name in
    capitals, such as `aids`; that and `text`, the wording as typed, take no part in comparisons: `llms` means `LLM`."""

    alternatives: tuple[tuple[str, ...], ...]
    text: str = field(compare=False)
    in_capitals: tuple[str, ...] = field(default=(), compare=False)

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """All sequences of stems, one of which must stand in the text."""
        return (*self.alternatives, self.in_capitals) if self.in_capitals else self.alternatives

    def find(self, where: Field) -> tuple[int, int] | None:
        """First and last-plus-one position in the field, or None."""
        spans = [span for stems in self.ways if (span := where.find_stems(stems))]
        return min(spans, default=None)

    def expression(self) -> str:
        return _either([_both([_one_of(s) for s in dict.fromkeys(stems)]) for stems in self.alternatives])

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Forms that must stand side by side exactly so (case, accents and hyphens aside)."""

    forms: tuple[str, ...]
    text: str = field(compare=False)

    def find(self, where: Field) -> tuple[int, int] | None:
        """First and last-plus-one position in the field, or None."""
        return where.find_forms(self.forms)

    def expression(self) -> str:
        return f'"{" ".join(self.forms)}"'

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Not:
    """The paper must not contain the term."""

    term: Word | Phrase

    def __str__(self) -> str:
        return f"-{self.term}"


Node = Word | Phrase | Not


@dataclass(frozen=True, slots=True, eq=False)
class And:
    """All of them. Their order has no meaning."""

    parts: tuple[Node, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, And) and set(self.parts) == set(other.parts)

    def __hash__(self) -> int:
        return hash(frozenset(self.parts))

    def __str__(self) -> str:
        return " ".join(map(str, self.parts))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something agreed with a paper or did not. `missing` are terms not found, `blocked` excluded ones found,
    `note` any other obstacle, in words."""

    agrees: bool
    hits: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    blocked: tuple[Hit, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        if self.agrees:
            found = "; ".join(f"{hit.term} – “{hit.text}” ({hit.field})" for hit in self.hits)
            return f"Matches: {found}" if found else "Matches: nothing that you exclude is in it."
        why = [f"{term} is neither in the title nor in the abstract" for term in self.missing]
        why += [f"{hit.term} is excluded, but “{hit.text}” is in the {hit.field}" for hit in self.blocked]
        if self.note:
            why.insert(0, self.note)
        return "Does not match: " + "; ".join(why) + "."


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read. Two queries are equal when they mean the same; `str()` is the text to keep."""

    root: And

    @property
    def wanted(self) -> tuple[Word | Phrase, ...]:
        """The terms that must be found."""
        return tuple(part for part in self.root.parts if not isinstance(part, Not))

    @property
    def unwanted(self) -> tuple[Word | Phrase, ...]:
        """The terms that must not be found."""
        return tuple(part.term for part in self.root.parts if isinstance(part, Not))

    def matches(self, doc: Document) -> bool:
        """Whether every wanted term is in the title or the abstract and no unwanted one is."""
        return all(_found(t, doc) for t in self.wanted) and not any(_found(t, doc) for t in self.unwanted)

    def hits(self, doc: Document) -> tuple[Hit, ...]:
        """One hit for each wanted term that is found, in the title if it is there, with the paper's own wording."""
        return tuple(hit for term in self.wanted if (hit := _hit(term, doc)))

    def explain(self, doc: Document) -> Explanation:
        """Which terms were found, which were missing, which excluded ones stood in the way."""
        hits = self.hits(doc)
        found = {hit.term for hit in hits}
        missing = tuple(str(term) for term in self.wanted if str(term) not in found)
        blocked = tuple(hit for term in self.unwanted if (hit := _hit(term, doc)))
        return Explanation(not missing and not blocked, hits, missing, blocked)

    def index_expression(self) -> str:
        """FTS5 MATCH text for a superset of what `matches`: columns `title` and `abstract` hold `text.index_text`,
        tokenised by `ascii`. Exclusions are left to `matches`."""
        return "{title abstract} : " + _both([term.expression() for term in self.wanted], always=True)

    def __str__(self) -> str:
        return str(self.root)


def _found(term: Word | Phrase, doc: Document) -> bool:
    return any(term.find(where) for where in doc.fields)


def _hit(term: Word | Phrase, doc: Document) -> Hit | None:
    key = term.ways if isinstance(term, Word) else term
    if key not in doc.found:
        doc.found[key] = None
        for where in doc.fields:
            span = term.find(where)
            if span:
                doc.found[key] = (where.name, where.wording(*span))
                break
    place = doc.found[key]
    return Hit(str(term), *place) if place else None


def _one_of(root: str) -> str:
    return _either([f'"{form}"' for form in sorted(spellings(root))])


def _either(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _both(parts: list[str], *, always: bool = False) -> str:
    return parts[0] if len(parts) == 1 and not always else f"({' AND '.join(parts)})"


# --- reading


def parse(text: str) -> Query:
    """Reads a query. Raises `QueryError` with the place and what to do instead."""
    if len(text) > LONGEST:
        raise QueryError(f"A query has at most {LONGEST} characters; this one has {len(text)}. Shorten it.", LONGEST)
    parts = _Parser(text).parts()
    if not parts:
        what = "holds no word, only punctuation" if text.strip() else "is empty"
        raise QueryError(f'The query {what}. Write words, or "words side by side" in quotation marks.', 0)
    if all(isinstance(part, Not) for part in parts):
        raise QueryError("The query only excludes. Add at least one word that must be there.", 0)
    query = Query(And(tuple(dict.fromkeys(parts))))
    if (length := len(str(query))) > LONGEST:  # a few characters of Unicode are two or three once they are composed
        raise QueryError(
            f"A query has at most {LONGEST} characters; written out, this one has {length}. Shorten it.", 0
        )
    return query


_OPERATORS: Final = ("AND", "OR", "NOT")
_QUOTES: Final = re.compile(r'["“”„«»＂]')
_SPACE: Final = re.compile(r"[\s\u200b\u00ad\ufeff]*")
_CHUNK: Final = re.compile(r'(?:\\.|[^\s"“”„«»＂\\])+|\\', re.DOTALL)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def parts(self) -> list[Node]:
        found: list[Node] = []
        excluded = False
        while True:
            self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]
            if self.at >= len(self.text):
                break
            start = self.at
            if self.text[start] in "-−–" and self.text[start + 1 : start + 2].strip():
                self.at += 1
                excluded = True
            term = self._phrase() if self.text[self.at] in _OPENING else self._word()
            if term == "NOT":
                excluded = True
                continue
            if isinstance(term, (Word, Phrase)):
                found.append(Not(term) if excluded else term)
                if len(found) > MOST_TERMS:
                    raise QueryError(f"A query has at most {MOST_TERMS} terms. Leave out those from here on.", start)
            excluded = False
        return found

    def _phrase(self) -> Phrase | None:
        start = self.at
        closing = _OPENING[self.text[start]]
        ends = [end for mark in closing if (end := self.text.find(mark, start + 1)) > 0]
        if not ends:
            raise QueryError("The quotation that opens here does not end. Add the closing quotation mark.", start)
        self.at = min(ends) + 1
        readable = plain(self.text[start + 1 : min(ends)])
        words = [token for token in tokens(readable) if token.width == 1]
        if not words:
            raise QueryError("There is no word between these quotation marks. Write one, or remove them.", start)
        forms = tuple(token.form for token in words)
        typed = readable[words[0].start : words[-1].end]
        same = not _QUOTES.search(typed) and plain(typed) == typed and _forms(typed) == forms
        return Phrase(forms, typed if same else _spelled(readable, words, " "))

    def _word(self) -> Word | str | None:
        start = self.at
        chunk = _CHUNK.match(self.text, start)
        self.at = chunk.end() if chunk else start + 1
        written = self.text[start : self.at]
        if written in ("OR", "|"):
            raise QueryError("OR is not understood. Make a subscription of each side instead.", start)
        if written in _OPERATORS:
            return written
        if written.isascii() and written.isalnum() and len(written) <= LONGEST_FORM:
            return _single(written.lower(), written)
        readable = plain(written)
        words = [token for token in tokens(readable) if token.width == 1]
        if not words:
            return None
        typed = readable[words[0].start : words[-1].end]
        if typed in _OPERATORS:
            typed = typed.lower()
        if len(words) == 1:
            return _single(words[0].form, typed)
        meaning = _meaning(readable, words)
        if not _reads_as(typed, meaning):
            typed = _spelled(readable, words, "/")
        return Word(meaning, typed)


def _forms(readable: str) -> tuple[str, ...]:
    return tuple(token.form for token in tokens(readable) if token.width == 1)


def _single(form: str, typed: str) -> Word:
    root = _stem(form, typed)
    if root != stem(form):
        return Word(((root,),), typed)
    senses = (root, *further_stems(form)) if root != form else (root,)
    return Word(tuple((sense,) for sense in senses), typed, (form.upper(),) if means_more_in_capitals(form) else ())


def _stem(form: str, typed: str) -> str:
    """Short names in capitals are meant as they stand, AIDS and GPS; whoever writes long words so only writes loudly."""
    if TELLING.fullmatch(typed) and (len(typed) <= _SHORT_NAME or typed.endswith("s")):
        return stem_of_capitals(typed)
    return stem(form)


def _meaning(readable: str, words: list[Token]) -> tuple[tuple[str, ...], ...]:
    """The word in its parts, and with every hyphenated part written as one: `GPT-3.5` → (gpt, 3, 5) or (gpt3, 5)."""
    chains = [[words[0]]]
    for before, token in pairwise(words):
        if _is_joint(readable[before.end : token.start]):
            chains[-1].append(token)
        else:
            chains.append([token])
    apart = tuple(_stem(token.form, readable[token.start : token.end]) for token in words)
    at_once = tuple(
        stem_of_joined("".join(t.form for t in chain)[:LONGEST_FORM], chain[-1].form)
        if len(chain) > 1
        else _stem(chain[0].form, readable[chain[0].start : chain[0].end])
        for chain in chains
    )
    return (apart,) if at_once == apart else (apart, at_once)


def _is_joint(between: str) -> bool:
    return len(between) == 1 and between in "-‐‑–'’"


def _reads_as(typed: str, meaning: tuple[tuple[str, ...], ...]) -> bool:
    """Whether `typed`, as a term of its own, is the word with this meaning."""
    chunk = _CHUNK.fullmatch(typed)
    if not chunk or typed in _OPERATORS:
        return False
    readable = plain(typed)
    words = [token for token in tokens(readable) if token.width == 1]
    return readable == typed and bool(words) and _meaning(readable, words) == meaning


def _spelled(readable: str, words: list[Token], gap: str) -> str:
    """The words alone, each as it was written, for wording that would be read differently the second time.

    Not their forms: `ヿ` has the form `コト`, which would be read as two words.
    """
    spelled = readable[words[0].start : words[0].end]
    for before, token in pairwise(words):
        between = readable[before.end : token.start]
        joint = "-" if gap != " " and _is_joint(between) else between and gap
        spelled += joint + readable[token.start : token.end]
    return spelled
