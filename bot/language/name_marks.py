"""What stands around a name and is none of it: footnote marks, titles, degrees, the letters of religious orders.

PURE. Must not know which words of the rest are which.
"""

from __future__ import annotations

import re
import unicodedata
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
#: Footnotes at the end, several or in brackets: `1,2`, `a,b`, `(1)`, `[a]`.
_NOTES: Final = re.compile(
    r"\s?[(\[](?:[0-9*†‡§¶,;& ]|(?<![a-z])[a-z](?![a-z])){1,12}[)\]]$|\s?[0-9]{1,2}(?:\s?,\s?[0-9]{1,2}){1,9}$"
    r"|\s[a-z](?:\s?,\s?[a-z]){1,9}$"
)
_SHORT_CAPITALS: Final = re.compile(r"(?<![A-Za-z])[A-Z]{1,3}$")


def has_letters(text: str) -> bool:
    """Whether a name can be here: a letter of any script is."""
    return any(unicodedata.category(character)[0] == "L" for character in text)


def without_marks(text: str) -> str:
    """The name without footnote signs around it; empty for one that is only signs."""
    if text.isalpha():
        return text
    bare = _NOTES.sub("", text).strip(_AROUND)
    return bare if has_letters(bare) else ""


def without_numbers(text: str) -> str:
    """The name without the number of a footnote or of a namesake. One that is part of a name stays: `GPT-5`, `K2`."""
    bare = text.rstrip(_NUMBERED)
    if bare != text and text[len(bare)].isdigit() and (bare[-1:] in "-." or _SHORT_CAPITALS.search(bare)):
        bare = text
    return bare.lstrip(_NUMBERED)


def without_brackets(text: str) -> str:
    """The name without what is explained in brackets or quotation marks; all of it where nothing is left."""
    if not any(sign in text for sign in '([<“"'):
        return text
    inner = " ".join(_BRACKETS.sub(" ", text).split())
    return inner if has_letters(inner) else text.strip('()[]<>“”" ')


def without_titles(text: str) -> str:
    """The name without titles before it and degrees behind it; what would be left of nothing stays."""
    parts = [_without_title(part) for part in text.split(",")]
    closed = len(parts) > 2 or _may_end(parts[0])
    kept = parts[:1] + [part for part in parts[1:] if not (closed and _is_degree(part, COMMA_DEGREES))]
    return ", ".join(kept) if len(kept) > 1 else _without_degrees(kept[0])


def _without_title(part: str) -> str:
    words = part.split()
    at = 0
    while at < len(words) - 1 and _is_title(words[at], len(words) - at):
        at += 1
    return " ".join(words[at:])


def _is_title(word: str, count: int) -> bool:
    """Whether the first of so many words is a title."""
    low = word.casefold().replace(".", "").rstrip(",")
    return low in TITLES or (low in POINTED_TITLES and "." in word and count > 2)


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
