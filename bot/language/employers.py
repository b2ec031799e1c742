"""Where somebody works, printed behind a name and a comma: universities, institutes, their towns. PURE.

Knows the words of such places; must not know people. Societies, teams and collaborations are authors themselves, and none of these.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.language.customs import is_single_family, is_spanish_family
from bot.language.groups import is_group

_WORD: Final = (
    r"universi\w{2,6}|univ|hochschule|fachhochschule|polytech\w+|politecnic\w|[ée]cole|escuela|escola(?=\s)|college|schools?|institut\w{0,5}|istituto|"
    r"departe?ment\w?|departamento|dept|dipartimento|facult\w{1,4}|fakult\w{1,3}|hospital\w?|h[ôo]pital|klinik\w*|clinic|laborator\w{1,4}|"
    r"labs?|laboratoire|cent(?:re|er|ro|rum)s?|academy|akademie|academia|ministry|museum|observator\w{1,3}|gmbh|ltd|inc|corp|llc|"
    r"(?-i:ETH|IBM|NASA|CNRS|CERN)|caltech|google|microsoft|deepmind|nvidia|openai|inria|meta ai|tencent|bytedance"
)
_PLACE: Final = re.compile(rf"\b(?:{_WORD})\b", re.IGNORECASE)
_AUTHORS: Final = re.compile(
    r"\b(?:collaborations?|teams?|consorti\w+|groups?|societ\w+|committee|network|association|investigators|initiative|project|survey)\b",
    re.IGNORECASE,
)
#: `MIT`, `CNRS`; two letters are initials.
_SHORT: Final = re.compile(r"(?!I{3})[A-Z]{3,6}")
_BEHIND: Final = re.compile(r",\s*[A-Z]{3,6}\b")
#: What a line has in which such a word stands: a search for each is faster than one pattern for all.
_STEMS: Final = (
    "universi", "univ", "schul", "polyte", "polite", "cole", "escuela", "escola", "colleg", "school", "instit", "istitut", "depart",
    "dept", "dipart", "facul", "fakul", "hospital", "hôpital", "klinik", "clinic", "lab", "cent", "acad", "akad", "ministry",
    "museum", "observator", "gmbh", "ltd", "inc", "corp", "llc", "eth ", "google", "microsoft", "deepmind", "nvidia", "openai",
    "inria", "meta ai", "tencent", "bytedance",
)  # fmt: skip
_LONGEST: Final = 300  # characters of a place
#: What goes on with the name of a place that "and" or a comma parted: a subject, a country or a state.
_ON: Final = re.compile(
    r"(?:.*\b(?:sciences?|engineering|mathematics|physics|technolog\w+|medicine|biology|chemistry|studies|research|health|education|"
    r"informatics|astronomy|astrophysics|statistics|computing|economics|psychology|kingdom|states|zealand|korea|arabia|"
    r"hong kong|new [a-z]+|los angeles|san \w+|s[ãa]o \w+|tel aviv|ann arbor|palo alto|"
    r"(?:north|south|west|east) \w+|china|republic)|[^\W0-9_][\w.'’-]*|"
    r"[A-Z][\w.'’-]*[ -]?[0-9][\w -]*|[0-9][\w -]*)",
    re.IGNORECASE,
)


def may_name_places(text: str) -> bool:
    """Whether a closer look is worth its time."""
    if "," not in text:
        return False
    folded = text.casefold()
    return any(stem in folded for stem in _STEMS) or _BEHIND.search(text) is not None


def is_place(text: str) -> bool:
    """Whether people work there, as its words say."""
    return len(text) <= _LONGEST and _PLACE.search(text) is not None and not _AUTHORS.search(text)


def with_places(people: Sequence[tuple[str, str | None]], *, is_one: bool) -> list[tuple[str, str | None]]:
    """The people of a line, where places stand among them, with these behind the people before them. `is_one`: it is one person's line,
    and all behind the first place is."""
    kept: list[tuple[str, str | None]] = []
    is_behind = False
    for name, place in people:
        is_behind = (
            bool(kept)
            and not is_group(kept[-1][0])
            and (is_place(name) or _is_short(name, kept[-1][0]) or (is_behind and (is_one or _goes_on(name))))
        )
        if is_behind:
            before, told = kept.pop()
            kept.append((before, ", ".join(filter(None, (told, name, place))) if len(told or "") < _LONGEST else told))
        else:
            kept.append((name, place))
    return kept


def _goes_on(text: str) -> bool:
    return len(text) <= _LONGEST and _ON.fullmatch(text) is not None


def _is_short(text: str, before: str) -> bool:
    """Whether these are a place's initials, behind a whole name: a family name has people's."""
    words = before.split()
    is_family = is_single_family(before) or is_spanish_family(words[0].casefold())
    return not is_family and not before.isupper() and _SHORT.fullmatch(text) is not None
