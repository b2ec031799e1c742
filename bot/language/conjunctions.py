"""What stands between two people beside commas: "y", "und", "et", "with", strokes and dashes. PURE.

Knows which of these are also parts of names (`Ortega y Gasset`, `von und zu`); must not know who the people are.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.customs import PARTICLES, begins_with_spanish_family, is_single_family
from bot.language.employers import is_place
from bot.language.names import SUFFIX

#: Whether there is anything to do: a search for each is faster than one pattern for all.
_ANY: Final = (
    "/", "+", " - ", "\u2013", "\u2014", " und ", " et ", " og ", " och ", " with ", " en ", " ve ", " oraz ", " avec ", " mit ",
    " y ", " e ", " i ", " és ", " и ", " і ", " та ",
)  # fmt: skip
#: These part people, but in `von und zu` and `et al.`. In lower case only: others are names and initials.
_SURE: Final = re.compile(
    r"(?<!\svon)(?<!^von)(?<=\S)\s+(?:und|et|og|och|with|en|ve|oraz|avec|mit)\s+(?!zu\s|an?\s|the\s|al\b|coll|collab)(?=\S)"
)
_LOUD: Final = re.compile(r"\s(?:UND|ET|OG|OCH|WITH|VE|ORAZ|AVEC|MIT)\s(?!AL\b)")
#: Between names in Chinese characters; between other letters it parts the names of one person (ジョン・スミス).
_HAN_DOT: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s*・\s*(?=[\u4e00-\u9fff])")
#: These stand in names too.
_UNSURE: Final = re.compile(r"((?<!\s)\s+(?:y|e|i|és|и|і|та)\s+)")
_COMMAS: Final = re.compile(r"([,;]|\s(?:and|&)\s)")
_BRACKETS: Final = re.compile(r"(\([^()]*\))")
_STROKE: Final = re.compile(r"(?<!\s)\s+[/+]\s+")
_TIGHT: Final = re.compile(r"(?<=[^\W0-9_.])/\s?(?=[^\W0-9_])")
_DASH: Final = re.compile(r"(?<!\s)\s+[-\u2013\u2014]\s+")
_BEHIND: Final = re.compile(r"\s[-\u2013\u2014]\s([^,;()\u2013\u2014]{2,80})(?=[,;]|$)")
#: What stands for given names: initials, or one name.
_GIVEN: Final = re.compile(r"(?:[^\W0-9_]\.[\s-]?){1,4}|[^\W0-9_][\w'’-]*")
_LONGEST: Final = 5_000  # characters of people between two commas
_SHORT: Final = re.compile(r"[A-Z]{3,6}")


def separated(text: str) -> str:
    """The line with "and" or a semicolon between people where it has other signs or words of other languages."""
    if text.isupper():  # words between people stand in capitals there as the names do
        text = _LOUD.sub(lambda found: found[0].lower(), text)
    text = _HAN_DOT.sub(";", text)
    for sign in _ANY:
        if sign in text:
            return "".join(piece if at % 2 else _outside(piece) for at, piece in enumerate(_BRACKETS.split(text)))
    return text


def _outside(text: str) -> str:
    text = _STROKE.sub(";", text)
    text = _BEHIND.sub(
        lambda m: f" ({m[1].strip()})" if is_place(m[1]) or _SHORT.fullmatch(m[1].strip()) else m[0], text
    )
    for sign in (_TIGHT, _DASH):
        sides = sign.split(text)
        if len(sides) > 1 and all(len(side.split()) > 1 for side in sides):
            text = ";".join(sides)
    text = ";".join(_last_two_parted(line) for line in _SURE.sub(" and ", text).split(";"))
    return "".join(piece if at % 2 else _parted(piece) for at, piece in enumerate(_COMMAS.split(text)))


def _last_two_parted(line: str) -> str:
    """With a comma where one word parts the last two people, who are printed family first like the others: `Marlow, C. y Tern, G.`"""
    if "," not in line or line.count(",") % 2 or len(line) > _LONGEST:
        return line
    *families, between, last = line.split(",")
    sides = _UNSURE.split(between)
    if len(sides) != 3 or not _GIVEN.fullmatch(sides[0].strip()) or not _GIVEN.fullmatch(last.strip()):
        return line
    if not all(_is_family(family) for family in (*families[::2], sides[2])):
        return line
    return ",".join((*families, sides[0], f" {sides[2]}", last))


def _is_family(text: str) -> bool:
    """One word, one behind particles, or the first of two in Spanish."""
    return bool(text.split()) and (is_single_family(text) or begins_with_spanish_family(text))


def _parted(text: str) -> str:
    """With "and" where whole names stand on both sides of the word."""
    sides = _UNSURE.split(text)
    if len(sides) == 1 or len(text) > _LONGEST:
        return text
    people = [sides[0]]
    for word, side in zip(sides[1::2], sides[2::2], strict=True):
        if len(people[-1].split()) > 1 and _is_whole(side):
            people.append(side)
        else:
            people[-1] += word + side
    return " and ".join(people)


def _is_whole(text: str) -> bool:
    """Whether these are a given name and a family name, rather than two family names."""
    words = [word for word in text.split() if not SUFFIX.fullmatch(word)]
    return len(words) > 1 and words[0].casefold() not in PARTICLES and not begins_with_spanish_family(words[0])
