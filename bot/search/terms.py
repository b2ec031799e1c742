"""What somebody typed, word by word: the forms that each may stand for, and how much each says.

PURE. Knows words and the vocabulary of titles and names; must not know the index, only the expressions to ask it for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from bot.language.kin import kin
from bot.language.spelling import Vocabulary
from bot.language.stems import spellings, stem
from bot.language.text import plain
from bot.language.tokens import scan
from bot.query.words import either

__all__ = ["Term", "quoted", "read", "telling"]

_MOST_TERMS: Final = 10
#: Words of less weight are those that every third title has.
_SAYS: Final = 1.4
_START: Final = 0.9
_KNOWN_START: Final = 0.75  # "learn" may be the whole word that was meant, or not
_KIN: Final = 0.9  # another inflection
#: Words that may be meant by the beginning of one, the commonest.
_MOST_COMPLETIONS: Final = 40
#: A beginning of so many letters is asked of the index as it stands; a shorter one by what it may become.
_LONG: Final = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One word that somebody typed. `forms` mean the same as it does, as typed first; `near` are other forms with their likeness
    0…1; `starts` are beginnings of words, `completions` what they may become, with `likely_start`; `weight` is how much it says
    (rare words say more). `known`: as it was typed;
    `in_names`: an author may be called so; `joined` is the word written as one with the next, where that is known."""

    word: str
    forms: tuple[str, ...]
    near: tuple[tuple[str, float], ...] = ()
    starts: tuple[str, ...] = ()
    completions: tuple[str, ...] = ()
    likely_start: float = 0.0
    weight: float = 1.0
    known: bool = True
    in_names: bool = False
    joined: str = ""

    @property
    def strict(self) -> str:
        """FTS5 text for the word itself; for one that is being typed, for what it may become."""
        return either([quoted([form]) for form in self.forms] + ([] if self.known else self._begun()))

    @property
    def loose(self) -> str:
        """FTS5 text for anything that it may stand for."""
        return either([quoted([form]) for form in (*self.forms, *dict(self.near))] + self._begun())

    def _begun(self) -> list[str]:
        if self.completions:
            return [quoted([form]) for form in self.completions]
        return [f"{quoted([start])}*" for start in self.starts]


def quoted(forms: Iterable[str]) -> str:
    """FTS5 text for forms side by side."""
    return f'"{" ".join(forms)}"'


def read(text: str, vocabulary: Vocabulary, papers: int, *, typing: bool = False) -> tuple[Term, ...]:
    """The terms of a wording of any length; the rarest ten where there are more, in their order. With `typing` the last word is not
    finished. Quotation marks mean nothing here; `-word` is left out."""
    words = list(dict.fromkeys(form for chunk in _wanted(text) for form in scan(plain(chunk)).forms))
    unfinished = words[-1] if words else ""
    typing = typing and not text[-1:].isspace()
    terms: list[Term] = []
    for word in words:
        last = word == unfinished
        for part in _parts(word, vocabulary, last=last):
            term = _term(part, vocabulary, papers, last=last and part == word, typing=typing)
            terms.append(term)
    terms = [
        replace(term, joined=term.word + after.word) if vocabulary.count(term.word + after.word) else term
        for term, after in pairwise(terms)
    ] + terms[-1:]
    terms = _weighed(terms)
    if len(terms) > _MOST_TERMS:
        rarest = set(sorted(range(len(terms)), key=lambda i: -terms[i].weight)[:_MOST_TERMS])
        terms = [term for i, term in enumerate(terms) if i in rarest]
    return tuple(terms)


def telling(wanted: Sequence[Term]) -> frozenset[str]:
    """The forms for which terms stand, without those words that say next to nothing."""
    said = [term for term in wanted if term.weight >= _SAYS] or wanted
    return frozenset(form for term in said for form in (*term.forms, *dict(term.near)))


def _wanted(text: str) -> list[str]:
    chunks = text.split()
    wanted = [c for c in chunks if not re.match(r'-["\w]', c) and c not in ("AND", "OR", "NOT", "|")]
    return wanted or chunks


def _parts(word: str, vocabulary: Vocabulary, *, last: bool) -> tuple[str, ...]:
    """The two words that were written as one, where nothing else is as likely; else the word alone."""
    if vocabulary.count(word) or (last and vocabulary.begins(word)):
        return (word,)
    pair = vocabulary.split(word)
    if pair is None:
        return (word,)
    near = vocabulary.near(word)
    return (word,) if near and near[0][1] == 1 else pair


def _term(word: str, vocabulary: Vocabulary, papers: int, *, last: bool, typing: bool) -> Term:
    own = spellings(stem(word)) - {word}
    forms = tuple(form for form in (word, *sorted(own)) if vocabulary.count(form))
    starts: tuple[str, ...] = (word,) if last and (typing or len(word) > 1) and vocabulary.begins(word) else ()
    near: list[tuple[str, float]] = []
    if not forms:
        near = [(form, 1 - 0.8 * far / len(word)) for form, far in vocabulary.near(word)]
        if last and typing and not starts:
            starts = tuple(vocabulary.near_starts(word))
    near += [(form, _KIN) for form in sorted(kin(word, vocabulary.count) - own - {word})]
    completions = vocabulary.completions(word, _MOST_COMPLETIONS) if starts == (word,) and len(word) < _LONG else ()
    count = sum(map(vocabulary.count, forms or [form for form, _ in near] or completions))
    return Term(
        word,
        forms or (word,),
        tuple(near),
        starts,
        completions,
        _START if typing or not forms else _KNOWN_START,
        math.log(1 + papers / count) if count else 0.0,
        bool(forms) and not (last and typing),
        any(map(vocabulary.in_names, forms)),
    )


def _weighed(terms: list[Term]) -> list[Term]:
    """A word that nobody knows says as much as the others do: neither nothing nor the most."""
    said = [term.weight for term in terms if term.weight]
    usual = sum(said) / len(said) if said else 1.0
    return [term if term.weight else replace(term, weight=usual) for term in terms]
