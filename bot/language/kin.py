"""Forms of one verb or noun, for a search that forgives: `matching`, `matched` and `matches` are kin.

Wider than what a keyword means (`bot/language/stems.py`): it finds and ranks, it never decides who is told of a paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bot.language.dialects import british
from bot.language.stems import spellings, stem
from bot.language.tables import listed

#: End like -ing or -ed and have none.
_WHOLE: Final = listed(
    """
    united indeed hundred sacred naked wicked need during string spring bring thing being everything something
    nothing anything morning evening ceiling sibling
    """
)
_LETTERS: Final = re.compile(r"[a-z]{4,48}")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_TIGHT: Final = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]")  # one short vowel, one consonant: tun(e), stat(e), cod(e)
#: Where British spelling may differ.
_DIALECTS: Final = re.compile("[iy]z|or|er|l|og|e")
_SUFFIXES: Final = ("", "ing", "ed")


def kin(form: str, known: Callable[[str], object]) -> frozenset[str]:
    """Every known form that is kin of this one, itself among them."""
    root = _root(form)
    if not _LETTERS.fullmatch(root):
        return frozenset(other for other in spellings(stem(form)) if known(other)) | {form}
    bases = {root, root + "e", root + root[-1], root + root[-1] + "e", root[:-1] + "i", root[:-1] + "ie", root + "i"}
    if root.endswith("e"):
        bases |= {root[:-1], root[:-1] + root[-2]}
    words = {base + suffix for base in bases for suffix in _SUFFIXES}
    words |= {other for word in words for other in british(word)} if _DIALECTS.search(root) else set()
    every = (other for word in words for other in (word, f"{word}s", f"{word}es"))
    return frozenset(other for other in every if known(other) and _root(other) == root) | {form}


def _root(form: str) -> str:
    """What kin have in common. Nothing is cut below four letters, so that an acronym (RAG) never meets a verb (ragged)."""
    word = stem(form)
    if word in _WHOLE or not _LETTERS.fullmatch(word):
        return word
    base = _base(word)
    return _settled(base if len(base) >= 4 else word)


def _base(word: str) -> str:
    """Without -ing or -ed: `tuning` → `tune`, `planned` → `plan`, `studied` → `study`."""
    if word.endswith("ing"):
        base = word[:-3]
    elif word.endswith("ied") and len(word) >= 6:
        return word[:-3] + "y"
    elif word.endswith("ed") and not word.endswith("eed"):
        base = word[:-2]
    else:
        return word
    if len(base) < 3 or not _VOWELS.search(base):
        return word
    return base + "e" if _TIGHT.fullmatch(base) else base


def _settled(word: str) -> str:
    """One spelling for words that differ only in a final -e, -ie or doubled consonant."""
    if len(word) >= 5:
        if word.endswith("ie"):
            return word[:-2] + "y"
        if word.endswith("e") and not _TIGHT.fullmatch(word[:-1]):
            word = word[:-1]
    if len(word) >= 5 and word[-1] == word[-2] and word[-1] not in "aeiouy":
        word = word[:-1]
    return word
