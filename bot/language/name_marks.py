"""What stands around a name and is none of it: footnote marks, titles, degrees, the letters of religious orders.

PURE. Must not know which words of the rest are which.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.language.customs import (
    COMMA_DEGREES,
    DEGREES,
    MEMBERSHIP,
    PARTICLES,
    POINTED_TITLES,
    TITLES,
)

_LETTERS_ABOVE: Final = "ªºⁱⁿᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_SIGNS: Final = "*∗⁎＊⋆★☆✉✝†‡§¶‖∥#°⁺⁻⁎^$~|/\\=+<>@_:;,¹²³⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉" + _LETTERS_ABOVE
_AROUND: Final = _SIGNS + " "
_NUMBERED: Final = _AROUND + "0123456789"
#: What stands in brackets: a place, a footnote, a spelling in other letters, how somebody is called.
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|[“\"][^“”\"]*[”\"]")


def has_letters(text: str) -> bool:
    """Whether a name can be here: a letter of any script is."""
    return any(unicodedata.category(character)[0] == "L" for character in text)


def nobody(text: str) -> bool:
    """Whether an author's field names nobody: signs, numbers, nothing."""
    return not has_letters(text)


def without_marks(text: str) -> str:
    """The name without footnote marks around it; empty for one that is only marks."""
    if text.isalpha():
        return text
    if any(sign in text for sign in "([<“\""):
        inner = " ".join(_BRACKETS.sub(" ", text).split())
        text = inner if has_letters(inner) else text.strip("()[]<>“”\" ")
    bare = text.lstrip(_NUMBERED).rstrip(_NUMBERED)
    if bare and bare != text and bare[-1] == "-":  # "GPT-5"
        bare = text.strip(_AROUND)
    return bare if has_letters(bare) else ""


@lru_cache(maxsize=50_000)
def without_titles(text: str) -> str:
    """The name without titles before it and degrees behind it; what would be left of nothing stays."""
    words = text.split(" ")
    while len(words) > 1 and _is_title(words[0]):
        words = words[1:]
    parts = [part.strip() for part in " ".join(words).split(",")]
    kept = parts[:1]
    closed = len(parts) > 2 or _may_end(parts[0])
    for part in parts[1:]:
        if not (closed and _is_degree(part, COMMA_DEGREES)):
            kept.append(part)
    if len(kept) == 1:
        kept[0] = _without_degrees(kept[0])
    return ", ".join(kept)


def _is_title(word: str) -> bool:
    low = word.casefold().rstrip(".,")
    if low in TITLES or low.replace(".", "") in ("prof", "professor", "dr"):
        return True
    return word.endswith(".") and low in POINTED_TITLES


def _is_degree(part: str, known: frozenset[str]) -> bool:
    low = part.casefold()
    if MEMBERSHIP.fullmatch(low):
        return True
    words = low.replace(".", "").split()
    return bool(words) and ("".join(words) in known or all(word in known for word in words))


def _may_end(part: str) -> bool:
    """Whether what stands before the comma is a whole name, not the family name alone."""
    words = part.casefold().split()
    return len(words) > 1 and words[0] not in PARTICLES


def _without_degrees(text: str) -> str:
    """`Clara Marlow PhD`, `Guy Marlow S.J.`: written in capitals or with points, behind two whole words."""
    words = text.split(" ")
    while len(words) > 2 and len(words[1].strip(".")) > 1:
        last = words[-1]
        degree = last.replace(".", "")
        if degree.casefold() not in DEGREES or not (degree.isupper() or "." in last or degree.endswith("D")):
            break
        words.pop()
    return " ".join(words)
