"""How close papers come to a wording, by the words of their titles and authors, and the order in which a search shows them.

PURE. Knows terms and rows of the index; must not know where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.language.spelling import max_edits
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import TitleRow
from bot.search.terms import Term

__all__ = ["Ranked", "close_enough", "corrected", "ranked", "read_abstracts", "same_title"]

_AUTHOR: Final = 0.95  # a name counts almost as much as a word of the title
_ABSTRACT: Final = 0.35
_SLIP: Final = 0.85  # for a word nobody suspected: "form" for "from"
_SIDE_BY_SIDE: Final = 0.25
_AS_TYPED: Final = 0.45  # more than order, abstract, votes and age together: no other form comes before it
_FIRST: Final = 0.1  # a name, or what is being typed, begins the title
_ORDER: Final = 0.12
_VOTES: Final = 0.04
_AGE: Final = 0.02
_IN_ABSTRACT: Final = 0.25
#: So many of the best are compared letter by letter.
_COMPARED: Final = 25


@dataclass(slots=True)
class Ranked:
    """How close one paper is: `coverage` 0…1 is the share of the wording found in it, `total` orders papers,
    `found` has, for each term, the form that stands in title or authors (empty: none)."""

    row: TitleRow
    coverage: float
    total: float
    found: tuple[str, ...]

    @property
    def paper_id(self) -> int:
        return self.row.paper_id

    @property
    def is_whole(self) -> bool:
        return all(self.found)


def ranked(
    rows: Sequence[TitleRow], terms: Sequence[Term], wording: str, *, in_text: frozenset[int] = frozenset()
) -> list[Ranked]:
    """The papers, the best first. `wording` are the compared forms in order; the papers `in_text` have every word, be it in the
    abstract."""
    weight = sum(term.weight for term in terms) or 1.0
    newest = max((row.day for row in rows), default=0)
    found = [_scored(row, terms, weight, newest, row.paper_id in in_text) for row in rows]
    first = _FIRST if len(terms) == 1 or not terms[-1].known else 0.0
    typed, begun = f" {wording} ", f" {wording}"
    for close in found:
        close.total += _AS_TYPED * (typed in close.row.title) + first * close.row.title.startswith(begun)
    found.sort(key=_best_first)
    for close in found[:_COMPARED]:
        close.total += _ORDER * fuzz.ratio(wording, close.row.title.strip()) / 100
    found[:_COMPARED] = sorted(found[:_COMPARED], key=_best_first)
    return found


def _best_first(close: Ranked) -> tuple[float, int, int]:
    return -round(close.total, 6), -close.row.day, -close.row.paper_id


def _scored(row: TitleRow, terms: Sequence[Term], weight: float, newest: int, in_text: bool) -> Ranked:
    gained, found = 0.0, []
    for term in terms:
        form, likeness = _best(term, row)
        found.append(form)
        gained += max(likeness, _ABSTRACT if in_text else 0.0) * term.weight
    coverage = gained / weight
    beside = sum(
        1 for a, b in pairwise(found) if a and b and (f" {a} {b} " in row.title or f" {a} {b} " in row.authors)
    )
    total = coverage + _SIDE_BY_SIDE * beside / max(1, len(found) - 1)
    total += _VOTES * min(1.0, row.upvotes / (row.upvotes + 50)) + _AGE * 0.5 ** ((newest - row.day) / 730)
    return Ranked(row, coverage, total, tuple(found))


def _best(term: Term, row: TitleRow) -> tuple[str, float]:
    title, authors = row.title, row.authors
    for form in term.forms:
        if f" {form} " in title:
            return form, 1.0
    best, likeness = "", 0.0
    for form in term.forms:
        if f" {form} " in authors:
            best, likeness = form, _AUTHOR
            break
    for form, likely in term.near:
        if likely > likeness and f" {form} " in title:
            best, likeness = form, likely
        elif likely * _AUTHOR > likeness and f" {form} " in authors:
            best, likeness = form, likely * _AUTHOR
    if likeness < term.likely_start:
        for start in term.starts:
            for text, likely in ((title, term.likely_start), (authors, term.likely_start * _AUTHOR)):
                at = text.find(f" {start}")
                if at >= 0 and likely > likeness:
                    return text[at + 1 : text.index(" ", at + 1)], likely
    if not likeness and (limit := max_edits(term.word)):
        hit = process.extractOne(term.word, (title + authors).split(), scorer=OSA.distance, score_cutoff=limit)
        if hit:
            return str(hit[0]), _SLIP * (1 - hit[1] / len(term.word))
    return best, likeness


def read_abstracts(found: list[Ranked], terms: Sequence[Term], abstracts: Mapping[int, str]) -> None:
    """Papers that say more of the same in their abstracts come first among their likes."""
    for close in found:
        text = abstracts.get(close.paper_id, "").casefold()
        if not text:
            continue
        here = [next((form for form in term.forms if form in text), "") for term in terms]
        told = sum(bool(form) for form in here) / len(terms)
        phrase = " ".join(close.found) if all(close.found) else " ".join(term.word for term in terms)
        close.total += _IN_ABSTRACT * (0.5 * told + 0.5 * min(text.count(phrase), 3) / 3)
    found.sort(key=_best_first)


def close_enough(found: Sequence[Ranked]) -> list[Ranked]:
    """Those that come near the best one; none when even that has little of what was asked for."""
    best = max((close.coverage for close in found), default=0.0)
    if best < 0.5:
        return []
    return [close for close in found if close.coverage >= best * 0.8]


def corrected(terms: Sequence[Term], best: Ranked) -> str | None:
    """The wording with every unknown word replaced by what the best paper has; None when nothing was unknown."""
    words = [form if form and not term.known else term.word for term, form in zip(terms, best.found, strict=True)]
    return " ".join(words) if words != [term.word for term in terms] else None


def same_title(text: str, title: str) -> bool:
    """Whether the wording is this title, case, accents, TeX and punctuation aside."""
    wanted = scan(plain(text)).forms
    return bool(wanted) and wanted == scan(plain(title)).forms
