"""Lists of people as they stand in one line: arXiv's author lines, typed by authors, and what feeds join together. PURE.

Knows how people write such lines; must not know papers, nor who the people are.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.names import LONGEST, SUFFIX

#: Between two people. A comma, a semicolon or a word, and what is left of doubled ones.
_APART: Final = re.compile(r"[,;]|(?<![^\s)}])(?:and|&|\\&)(?=\s)", re.IGNORECASE)
#: Footnotes behind a name, by their numbers or letters: `1`, `1,2`, `1 and 3`, `a, b`.
_MARKS: Final = re.compile(
    r"(?:[0-9]{1,3}|[a-z*\u2020\u2021])(?:\s*(?:,|;|&|and)\s*(?:[0-9]{1,3}|[a-z*\u2020\u2021]))*", re.IGNORECASE
)
_MARK: Final = re.compile(r"[0-9]{1,3}|(?<![a-z])[a-z](?![a-z])|[*\u2020\u2021]", re.IGNORECASE)
#: A footnote's number in the legend: `(1)`.
_NOTE: Final = re.compile(r"\(\s*([0-9]{1,3}|[a-z*\u2020\u2021])\s*\)", re.IGNORECASE)
#: What stands in parentheses and is no place where somebody works.
_ROLE: Final = re.compile(
    r"(?:eds?|editors?|authors?|deceased|corresponding author)\.?|with (?:an )?appendix by .*",
    re.IGNORECASE | re.DOTALL,
)
#: A mark at a name's end that has no parentheses: `$^{1,2}$`, `*`, ` 1`.
_TAIL: Final = re.compile(
    r"(?:\s*(?:\$\s*\^[^$]{1,40}\$|\^\{[^{}]{1,20}\}|[*\u2020\u2021\u00a7\u00b6])|(?<=[a-z.])\s?[0-9]{1,2})+$"
)
_MANY: Final = re.compile(r"(?:collaborations|teams|groups|consortia)$", re.IGNORECASE)
_FOR: Final = re.compile(
    r"(?:(?:on behalf of|for)\s+)?the\s+(?=.*(?:collaborations?|teams?|consorti(?:um|a)|groups?|network|survey)\b)",
    re.IGNORECASE,
)
_ET_AL: Final = re.compile(r"(?:^|\s+)(?:et\.? al\.?|others)$", re.IGNORECASE)
_LED: Final = re.compile(r"(?:collaborations?|teams?|consortium)\s*:", re.IGNORECASE)


def split_creators(text: str) -> list[tuple[str, str | None]]:
    """The people of a line, with the affiliations in parentheses behind them. Returns (name, affiliation or None).

    Names are parted by commas, semicolons and "and". Affiliations may hold all of these and parentheses; footnotes `(1,2)` are
    looked up in the legend `((1) X, (2) Y)` at the end. A suffix behind a comma (`, Jr.`) belongs to the name before it. TeX stays
    in the names. What is not closed is taken to close at the end.
    """
    pieces = _pieces(text)
    legend = _legend(pieces)
    people: list[tuple[str, list[str]]] = []
    for name, groups in pieces:
        found = [group for group in groups if not _NOTE.match(group) and not _ROLE.fullmatch(group)]
        if not name:
            if people:
                people[-1][1].extend(found)
        elif SUFFIX.fullmatch(name) and people:
            before, places = people[-1]
            people[-1] = (f"{before}, {name}" if len(before) < LONGEST else before, places + found)
        else:
            people.append((name, found))
    return [(name, "; ".join(_places(groups, legend)) or None) for name, groups in people]


def _pieces(text: str) -> list[tuple[str, list[str]]]:
    """Each name, which may be empty, with what stands in parentheses behind it."""
    pieces: list[tuple[str, list[str]]] = []
    for part in _parts(text):
        outer, groups = _outside(part)
        led = _LED.search(outer)
        if led is not None:
            pieces.append((_bare(_name(outer[: led.end() - 1])), []))
            outer = outer[led.end() :]
        name = _name(outer)
        if (
            _MANY.search(name)
            and pieces
            and "." not in pieces[-1][0]
            and len(pieces[-1][0].split()) < 4
            and not pieces[-1][1]
        ):
            name = f"{pieces.pop()[0]} and {name}"
        if name or groups:
            pieces.append((_bare(name), groups))
    return pieces


def _parts(text: str) -> list[str]:
    """The line cut where one name ends and the next begins: outside of parentheses and braces."""
    level = _levels(text)
    parts, start = [], 0
    for found in _APART.finditer(text):
        if not level[found.start()]:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _levels(text: str) -> list[int]:
    """How many parentheses and braces are open at each character."""
    levels, depth = [], 0
    for character in text:
        if character in ")}":
            depth = max(0, depth - 1)
        levels.append(depth)
        if character in "({":
            depth += 1
    return levels


def _outside(part: str) -> tuple[str, list[str]]:
    """What stands outside of parentheses, and what each outermost pair of them holds."""
    outer: list[str] = []
    groups: list[str] = []
    depth, start = 0, 0
    for at, character in enumerate(part):
        if character == "(":
            depth += 1
            if depth == 1:
                outer.append(part[start:at])
                start = at + 1
        elif character == ")" and depth:
            depth -= 1
            if not depth:
                groups.append(part[start:at])
                start = at + 1
    (groups if depth else outer).append(part[start:])
    return " ".join(outer), [told for group in groups if (told := " ".join(group.split()))]


def _name(text: str) -> str:
    """The name without footnote marks; what is too long for a name stays as it is."""
    name = " ".join(text.split())
    if len(name) > LONGEST:
        return name
    return _TAIL.sub("", _ET_AL.sub("", name)).strip()


def _bare(name: str) -> str:
    """A group's name without what leads to it: `for the`, `the`."""
    lead = _FOR.match(name) if len(name) <= LONGEST else None
    return name[lead.end() :] if lead else name


def _legend(pieces: list[tuple[str, list[str]]]) -> dict[str, str]:
    """What the footnotes stand for."""
    notes: dict[str, str] = {}
    for _, groups in pieces:
        for group in groups:
            if _NOTE.match(group):
                _, *told = _NOTE.split(group)
                notes |= {mark.lower(): place.strip(" ,;") for mark, place in zip(told[::2], told[1::2], strict=True)}
    return notes


def _places(groups: list[str], legend: dict[str, str]) -> list[str]:
    """Where somebody works: by the legend where they have its marks."""
    places: list[str] = []
    for group in groups:
        if legend and _MARKS.fullmatch(group):
            places += [place for mark in _MARK.findall(group) if (place := legend.get(mark.lower()))]
        else:
            places.append(group)
    return list(dict.fromkeys(places))
