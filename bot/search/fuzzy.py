"""Search that forgives: what a mistyped wording probably meant, and how close a title comes to it.

PURE. Knows words, titles and names; must not know the index, only the expressions to ask it for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.language.kin import kin
from bot.language.spelling import Vocabulary, max_edits
from bot.language.text import plain
from bot.language.tokens import scan

__all__ = ["Candidate", "Term", "above_threshold", "corrected", "expressions", "read", "same_title", "score"]

_MOST_TERMS: Final = 10
_AUTHOR: Final = 0.95  # a name counts almost as much as a word of the title
_START: Final = 0.9
_KNOWN_START: Final = 0.75  # "learn" may be the whole word that was meant, or not
_SLIP: Final = 0.85  # for a word nobody suspected: "form" for "from"


@dataclass(frozen=True, slots=True)
class Term:
    """One word that somebody typed. `spellings` are the forms it may stand for with their likelihood (its own first),
    `starts` beginnings of words with theirs, `weight` how much it says (rare words say more). `known` as it was typed."""

    word: str
    spellings: tuple[tuple[str, float], ...]
    starts: tuple[str, ...]
    likely_start: float
    weight: float
    known: bool

    @property
    def expression(self) -> str:
        """FTS5 text that finds any of its forms; empty when there are none."""
        forms = [f'"{form}"' for form, _ in self.spellings] + [f'"{start}"*' for start in self.starts]
        return forms[0] if len(forms) == 1 else f"({' OR '.join(forms)})" if forms else ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """How close one paper is: `coverage` 0…1 is the share of the wording found in it, `total` orders papers,
    `found` has, for each term, the form that stands in the paper (empty: none)."""

    paper_id: int
    coverage: float
    total: float
    found: tuple[str, ...]


def read(text: str, vocabulary: Vocabulary, papers: int, *, typing: bool = False) -> tuple[Term, ...]:
    """The terms of a wording of any length; the rarest ten where there are more. With `typing` the last word is not
    finished. Quotation marks mean nothing here; `-word` is left out."""
    words = [form for chunk in _wanted(text) for form in scan(plain(chunk)).forms]
    unfinished = words[-1] if words else ""
    typing = typing and not text[-1:].isspace()
    terms = []
    for word in dict.fromkeys(words):
        last = word == unfinished
        pair = None if vocabulary.count(word) or (last and typing) else vocabulary.split(word)
        near = vocabulary.near(word) if pair else []
        if pair and not (near and near[0][1] == 1):
            terms += [_term(half, vocabulary, papers, last=False, typing=False) for half in pair]
        else:
            terms.append(_term(word, vocabulary, papers, last=last, typing=typing))
    if len(terms) > _MOST_TERMS:
        rarest = set(sorted(range(len(terms)), key=lambda i: -terms[i].weight)[:_MOST_TERMS])
        terms = [term for i, term in enumerate(terms) if i in rarest]
    return tuple(terms)


def _wanted(text: str) -> list[str]:
    chunks = text.split()
    wanted = [c for c in chunks if not re.match(r'-["\w]', c) and c not in ("AND", "OR", "NOT", "|")]
    return wanted or chunks


def _term(word: str, vocabulary: Vocabulary, papers: int, *, last: bool, typing: bool) -> Term:
    count = vocabulary.count(word)
    spellings = [(word, 1.0)] if count else []
    spellings += [(form, 0.97) for form in sorted(kin(word) - {word}) if vocabulary.count(form)]
    known = bool(spellings)
    starts = [word] if last and len(word) > 1 and vocabulary.begins(word) else []
    known = known or bool(starts and typing)
    if not known:
        spellings += [(form, 1 - 0.8 * far / len(word)) for form, far in vocabulary.near(word)]
        if last and typing and not starts:
            starts = vocabulary.near_starts(word)
    common = sum(vocabulary.count(form) for form, _ in spellings)
    weight = math.log(1 + papers / max(common, 1))
    likely_start = _START if typing or not known else _KNOWN_START
    return Term(word, tuple(spellings), tuple(starts), likely_start, weight, known)


def expressions(terms: Sequence[Term]) -> Iterator[str]:
    """What to ask the index, stricter ones first: all terms, all but one, all but two …, as far as it makes sense."""
    usable = [term for term in terms if term.expression]
    usable.sort(key=lambda term: -term.weight)
    fewest = max(1, len(usable) // 2)
    for wanted in range(len(usable), fewest - 1, -1):
        together = [" AND ".join(t.expression for t in chosen) for chosen in combinations(usable, wanted)]
        # The rarest words come first in each combination; a handful of combinations is enough.
        yield " OR ".join(f"({part})" for part in together[:60])


def score(paper_id: int, terms: Sequence[Term], text: str, title: str, authors: str) -> Candidate:
    """How close a paper with this title and these names is to the wording `text` (folded forms, separated by spaces)."""
    words = _forms(title)
    names = _forms(authors)
    found, gained, whole = [], 0.0, 0.0
    for term in terms:
        form, likeness = _best(term, words, names)
        found.append(form)
        gained += likeness * term.weight
        whole += term.weight
    coverage = gained / whole if whole else 0.0
    in_title = sum(word in found for word in words) / len(words) if words else 0.0
    order = fuzz.ratio(text, " ".join(words)) / 100
    return Candidate(paper_id, coverage, coverage + 0.12 * order + 0.08 * in_title, tuple(found))


@lru_cache(maxsize=4_096)
def _forms(raw: str) -> tuple[str, ...]:
    scanned = scan(plain(raw))
    return scanned.forms + tuple(form for form, _, _ in scanned.joined)


def _best(term: Term, words: Sequence[str], names: Sequence[str]) -> tuple[str, float]:
    best, likeness = "", 0.0
    for form, likely in term.spellings:
        here = likely if form in words else likely * _AUTHOR if form in names else 0.0
        if here > likeness:
            best, likeness = form, here
    if likeness < term.likely_start:
        for start in term.starts:
            begun = next((word for word in (*words, *names) if word.startswith(start)), "")
            if begun:
                return begun, term.likely_start
    if not likeness and max_edits(term.word):
        limit = max_edits(term.word)
        hit = process.extractOne(term.word, (*words, *names), scorer=OSA.distance, score_cutoff=limit)
        if hit:
            return str(hit[0]), _SLIP * (1 - hit[1] / len(term.word))
    return best, likeness


def above_threshold(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Those that come near the best one; none when even that has little of what was asked for."""
    if not ranked or ranked[0].coverage < 0.5:
        return []
    return [close for close in ranked if close.coverage >= ranked[0].coverage * 0.8]


def corrected(terms: Sequence[Term], best: Candidate) -> str | None:
    """The wording with every unknown word replaced by what the best paper has; None when nothing was unknown."""
    words = [form if form and not term.known else term.word for term, form in zip(terms, best.found, strict=True)]
    return " ".join(words) if words != [term.word for term in terms] else None


def same_title(text: str, title: str) -> bool:
    """Whether the wording is this title, case, accents, TeX and punctuation aside."""
    wanted = scan(plain(text)).forms
    return bool(wanted) and wanted == scan(plain(title)).forms
