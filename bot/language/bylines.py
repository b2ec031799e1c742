"""The people of an article as journals' feeds print them: one a field or all in one, family names first or last. PURE.

Knows how publishers write such lists; must not know feeds, nor who the people are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.language.conjunctions import separated
from bot.language.creators import split_creators
from bot.language.customs import begins_with_spanish_family, is_single_family
from bot.language.employers import may_name_places, with_places
from bot.language.groups import is_group
from bot.language.names import LONGEST, SUFFIX, WIDE, parse

#: A name, and where somebody works.
Person = tuple[str, str | None]

#: RSS 2.0 wants an address in `author`: `x@y.org (A. Name)`, `A. Name <x@y.org>`, `x@y.org`. One bracket can open the name.
_ADDRESS_FIRST: Final = re.compile(r"\s*[^\s@(]{1,100}@[^\s(@]{1,200}\s{0,5}\((.*)\)\s*", re.DOTALL)
_ADDRESSES_FIRST: Final = re.compile(r"(?<![^\s,;])[^\s@(,;]{1,100}@[^\s(@,;]{1,200}\s{0,5}\(([^()]{1,400})\)")
_ADDRESS: Final = re.compile(r"[<(\[]?(?:mailto:)?(?<![^\s<>()\[\],;:])[^\s@<>()\[\],;]{1,100}@[\w.-]{1,200}[>)\]]?")
_LED: Final = re.compile(
    r"\s*(?:(?:written\s+)?by\s+|(?:auth?(?:o|eu)r(?:e?[ns]|\(e?s\)|en|i)?)\s*:\s*)", re.IGNORECASE
)
#: A list that ends so goes on.
_END: Final = 40  # characters in which to look for it
_MORE: Final = re.compile(
    r"[\s,;]+(?:and |& |\+ ?)?(?:[0-9]{1,4} (?:more|others?)(?: authors?)?|(?<=& )al\.|et\.? ?al\.?|et coll\.?|others|colleagues"
    r"|y (?:otros|cols?\.?)|u\. ?a\.|и др\.?)[\s.]*$",
    re.IGNORECASE,
)
#: Where people are left out.
_GAP: Final = re.compile(r"\[?(?:\.{3,9}|\u2026)\]?")
_BARS: Final = re.compile(r"[|\u00b7\u2022]")
_INITIALS: Final = r"(?:[^\W0-9_a-z][a-z]?\.(?:[\s-]?[^\W0-9_a-z][a-z]?\.){0,4}|[A-Z](?:[ -]?[A-Z]){0,3})"
#: What stands for the given names: `C. D.`, `C.D.`, `J.-P.`, `Yu. A.`, `CD`, `J-P`, `C D`.
_GIVEN: Final = re.compile(_INITIALS)
_TURNED: Final = re.compile(rf"(?P<family>[^,.]+?)\s(?P<given>{_INITIALS})")
_BARE: Final = re.compile(r"[A-Z](?:[ -]?[A-Z]){0,3}")
_DEGREE: Final = re.compile(
    r"(?:Ph\.? ?D|M\.?D|D\.?Phil|D\.?Sc|Sc\.?D|M\.?Sc|B\.?Sc|M\.?P\.?H|MS|MA|MBA|MBBS|MBChB|MPhil|RN|PharmD|FRCP|FRS|FACC|FAHA)\.?"
)
#: A suffix without its comma.
_ENDINGS: Final = ("Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV")
#: What ends a name that initials or such a suffix end, but capitals.
_LAST: Final = (".", "Jr", "Sr")
_LETTER: Final = re.compile(r"[^\W0-9_]")
#: Somebody's number behind the name; all begin so.
_NUMBER: Final = re.compile(
    r"\s*[\[(]?(?:orcid(?:\sid)?:?\s*)?(?:https?://orcid\.org/)?(?<![0-9])000[0-9]-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X][\])]?",
    re.IGNORECASE,
)
_ORCID: Final = re.compile(r"orcid", re.IGNORECASE)


#: Commas and semicolons of Chinese and Japanese.
_WIDE_MARKS: Final = str.maketrans({"、": ", ", "，": ", ", "；": "; "})


def read_bylines(fields: Iterable[str]) -> list[Person]:
    """The people of all fields that name some, each once, with their affiliations, given names first.

    A compound family name stays before its comma (`García Márquez, G.`): behind the given names nobody could tell where it begins.
    """
    people = _turned([person for field in fields for person in _people(field)])
    places: dict[str, str | None] = {}
    for name, place in people:
        if _LETTER.search(name):
            places[name] = places.get(name) or place
    return list(places.items())


def _people(field: str) -> Iterator[Person]:
    text = field = field if field.isascii() else field.translate(_WIDE_MARKS)
    if "@" in field:
        address = _ADDRESS_FIRST.fullmatch(field) if field.count("@") == 1 else None
        text = address.group(1) if address else _ADDRESS.sub(" ", _ADDRESSES_FIRST.sub(r"\1;", field))
    if "000" in text and "-" in text:
        text = _NUMBER.sub("", text)
    text = (_GAP.sub(" ", text) if "..." in text or "\u2026" in text else text).rstrip()
    led, more = _LED.match(text), _MORE.search(text, max(0, len(text) - _END))
    text = text[led.end() if led else 0 : more.start() if more else len(text)]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and "," not in text and all(len(line.split()) > 1 for line in lines):
        text = ";".join(lines)
    parts = _parts(separated(_BARS.sub(";", text)))
    is_one = len(parts) > 1 and not (len(parts) == 2 and is_group(parts[0]) != is_group(parts[1]))
    for part in parts:
        people = [(name, _place(place)) for name, place in split_creators(part)]
        if len(people) > 1 and may_name_places(part):
            people = with_places(people, is_one=is_one)
        yield from _paired(people, commas=part.count(","), is_one=is_one)


def _parts(text: str) -> list[str]:
    """The line at its semicolons, which part people from each other where there are any; those in parentheses do not."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth = max(0, depth + (character == "(") - (character == ")"))
        if character == ";" and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def _place(place: str | None) -> str | None:
    return place if place and _LETTER.search(place) and not _ORCID.search(place) else None


def _paired(people: Sequence[Person], *, commas: int, is_one: bool) -> Iterator[Person]:
    """Family and given names that a comma parted, together again. `is_one`: semicolons part the people, so that commas do not."""
    names = [name for name, _ in people]
    every = _are_pairs(names, commas=commas, is_one=is_one)
    first = commas > 0 and _is_first_turned(names)
    waiting = list(reversed(people))
    before = ""
    while waiting:
        name, place = waiting.pop()
        if not every and " " in before and _DEGREE.fullmatch(name):
            continue
        if waiting and (every or (first and not before) or _is_behind(name, waiting[-1][0])):
            given, more = waiting.pop()
            name, place = _joined(name, given), place or more
        before = name
        yield _without_degree(name), place


def _are_pairs(names: Sequence[str], *, commas: int, is_one: bool) -> bool:
    """Whether the names are family, given, family, given, … throughout."""
    if len(names) % 2 or commas < len(names) // 2 or any(parse(name).group for name in names):
        return False
    if any(WIDE.search(name) and len(name) > 1 for name in names[::2]):  # whole names, of two or three signs
        return False
    if len(names) == 2 and (is_one or " " not in names[1]):
        return True
    if all(_is_given(name) for name in names[1::2]) or all(is_single_family(name) for name in names[::2]):
        return True
    return all(" " not in name for name in names[1::2]) and all(
        is_single_family(name) or begins_with_spanish_family(name) for name in names[::2]
    )


def _is_first_turned(names: Sequence[str]) -> bool:
    """Whether the first person alone is printed family first, as bibliographies do: `Marlow, Clara, and Max Winter`."""
    if len(names) < 3 or len(names[0]) > LONGEST:
        return False
    family, (given, *middle) = names[0], names[1].split() or [""]
    if len(given) < 2 or _GIVEN.fullmatch(given) or any(not _GIVEN.fullmatch(word) for word in middle):
        return False
    if (
        WIDE.search(family)
        or family.split()[-1].isupper()
        or any(" " not in name or is_group(name) for name in names[2:])
    ):
        return False
    return not is_group(family) and (is_single_family(family) or begins_with_spanish_family(family))


def _is_behind(family: str, given: str) -> bool:
    """Whether a list of another form has here a family name and its initials; not a whole name and a degree."""
    return _is_given(given) and not _is_given(family) and not (" " in family and _DEGREE.fullmatch(given))


def _is_given(name: str) -> bool:
    return _GIVEN.fullmatch(_suffix_off(name)[0]) is not None


def _suffix_off(name: str) -> tuple[str, str]:
    """`C. D., Jr.` → `C. D.`, `, Jr.`"""
    bare, comma, suffix = name.rpartition(", ")
    if comma and SUFFIX.fullmatch(suffix):
        return bare, f", {suffix}"
    bare, space, suffix = name.rpartition(" ") if name.endswith(_ENDINGS) else ("", "", "")
    return (bare, f", {suffix}") if space and suffix in _ENDINGS else (name, "")


def _without_degree(name: str) -> str:
    bare, suffix = _suffix_off(name)
    return bare if _DEGREE.fullmatch(suffix[2:]) else name


def _joined(family: str, given: str) -> str:
    """`Marlow`, `CD` → `C. D. Marlow`. Names in capitals throughout have no initials."""
    family, mark = _suffix_off(family)
    given, other = _suffix_off(given)
    is_clear = " " not in family or (_GIVEN.fullmatch(given) is not None and is_single_family(family))
    if _BARE.fullmatch(given) and not (family.isupper() and len(given) > 1):
        given = re.sub(r"(?<=\w)(?=\w)", " ", given).replace(" ", ". ").replace("-", ".-") + "."
    return (f"{given} {family}" if is_clear else f"{family}, {given}") + (mark or other)


def _turned(people: list[Person]) -> list[Person]:
    """`Marlow C D`, `Herzfeld DM`, `Winter M Jr`: initials behind family names, when all of several people are printed so, or with
    points."""
    if not any(name[-1:].isupper() or name.endswith(_LAST) for name, _ in people):
        return people
    found = [_turned_one(name) if len(name) <= LONGEST else (None, "") for name, _ in people]
    others = [name for (name, _), (one, _) in zip(people, found, strict=True) if not (one and _is_plain(one))]
    is_custom = len(people) - len(others) > 1 and all(map(is_group, others))
    return [
        (_joined(one["family"] + suffix, one["given"]), place)
        if one
        and (_is_plain(one) if is_custom else one["given"].endswith("."))
        and not _is_suffix(one["given"], is_custom)
        else (name, place)
        for (one, suffix), (name, place) in zip(found, people, strict=True)
    ]


def _turned_one(name: str) -> tuple[re.Match[str] | None, str]:
    if one := _TURNED.fullmatch(name):
        return one, ""
    bare, suffix = _suffix_off(name)
    return (_TURNED.fullmatch(bare), suffix) if suffix else (None, "")


def _is_plain(turned: re.Match[str]) -> bool:
    """Whether the initials are no name in capitals: `WANG LI`."""
    return not turned["family"].isupper() or len(turned["given"]) == 1


def _is_suffix(given: str, is_custom: bool) -> bool:
    """`JR` is a suffix, but among people whose initials stand behind."""
    return SUFFIX.fullmatch(given) is not None and not (is_custom and given in ("JR", "SR", "MD"))
