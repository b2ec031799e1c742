"""What to ask a full-text index for, so that every paper with a `compatible` author is among the answers.

PURE. Must not know where the index is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from bot.language.customs import LEADING_PARTICLES
from bot.language.name_readings import Guess, pieces_of, readings
from bot.language.name_variants import spellings_of, with_long
from bot.language.names import Name
from bot.language.romanising import romanisations, unreduced
from bot.language.tokens import index_text
from bot.language.transliteration import first_letters

_TEAM_WORDS: Final = {
    "collab": ("collaboration", "collaborations", "collab"),
    "team": ("team", "teams"),
    "group": ("group", "groups"),
    "consortium": ("consortium",),
    "consortia": ("consortia",),
    "project": ("project",),
}
#: Le Cun and LeCun, Mac Kay and MacKay.
_WRITTEN_TOGETHER: Final = frozenset(word for word in LEADING_PARTICLES if len(word) > 1) | {"mac", "mc"}
#: Leaves letters and digits of ASCII text.
_NO_LETTERS: Final = {code: None for code in range(128) if not chr(code).isalnum()}
_OWN_LETTERS: Final = frozenset((Guess.NONE, Guess.ROMAN, Guess.ALIKE))


def index_expression(name: Name) -> str:
    """FTS5 MATCH text for a superset of the papers with a `compatible` author: column `authors` holds `text.index_text`,
    tokenised by `ascii`. Empty for a name without a family."""
    phrases = sorted({phrase for word in words_of(name) if (phrase := _phrase(word))})
    phrases += [f'"{letter}" *' for letter in sorted(_letters_of(name))] if phrases else []
    return f"authors : ({' OR '.join(phrases)})" if phrases else ""


def may_be(words: Iterable[str], printed: str) -> bool:
    """Whether a name is worth reading: one of the words is in it, or it has signs that only reading understands."""
    if not printed.isascii() or "\\" in printed:
        return True
    letters = printed.lower().translate(_NO_LETTERS)
    return any(word in letters for word in words)


@lru_cache(maxsize=10_000)
def words_of(name: Name) -> frozenset[str]:
    """Folded words of which one stands in every `compatible` spelling: the ways to print its family name, whichever part
    of the name that is."""
    words = name.forenames + name.family
    if not words:
        return frozenset()
    joined = "".join(words).replace("-", "")
    if name.group:
        kind, *called = name.family
        together = "".join(called)
        written_together = (f"{word}{kind}" for word in (together, *called[-1:]))
        return frozenset(
            (*_TEAM_WORDS.get(kind, called), together, max(called, key=len, default=""), *written_together)
        ) - {""}
    if len(words) == 1:  # its words may be printed apart
        return frozenset(joined[at:] for at in range(max(1, len(joined) - 1)) if joined) | {*pieces_of(name.family)}
    found = {joined, "".join(name.family + name.forenames)}
    for reading in readings(name):
        found |= _wordings(reading.family)
        if reading.guess in (Guess.ROMAN, Guess.ALIKE):
            found |= {way for word in reading.family for part in word.split("-") for way in _romanised_ways(part)}
        found |= with_long(reading.whole)
    if len(words[0]) > 1:
        found |= _wordings(words[:1])
    return frozenset(found)


def _letters_of(name: Name) -> set[str]:
    """Those with which the family name may begin in its own script. Few names are printed so, and what is found is compared."""
    families = [way for reading in readings(name) if reading.guess in _OWN_LETTERS for way in reading.ways]
    return {letter for family in families for letter in first_letters(family)}


def _phrase(word: str) -> str:
    forms = index_text(word)
    return f'"{forms}"' if forms else ""


def _romanised_ways(word: str) -> set[str]:
    if word.startswith("abdul"):
        rest = word.removeprefix("abdul")
        return {rest, *(f"{servant}{rest}" for servant in ("abdul", "abdel", "abdal", "abdur"))}
    return set(spellings_of(word)) or romanisations(word)


def _wordings(family: tuple[str, ...]) -> set[str]:
    """Words of which one stands in every compatible way to print this family name: its first and last part and the whole,
    with umlauts in both spellings, and without particles that are written together with it (Vandenberg)."""
    pieces = pieces_of(family)
    found = {"".join(family).replace("-", ""), *pieces[:1], *pieces[-1:]}
    found |= {f"{article}{''.join(pieces)}" for article in ("al", "el")}  # ElSayed is also Sayed
    for whole in list(found):
        for particle in _WRITTEN_TOGETHER:
            rest = whole.removeprefix(particle)
            if rest != whole and len(rest) > 1:
                found.add(rest)
    return {spelling for word in found for spelling in unreduced(word)}
