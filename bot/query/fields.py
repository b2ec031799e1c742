"""The fields of the language, and what may stand behind each: names as people write them → terms, or an error that helps.

Knows which name is near to which. Must not know how a text is divided into its parts (bot/query/parser.py).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from rapidfuzz.distance import OSA

from bot.errors import BadInputError, QueryError
from bot.language import names
from bot.language.text import clean
from bot.papers import categories, paper_ids
from bot.query.facts import COUNTS, FLAGS, Author, Category, Count, Date, Flag, Identifier, Like
from bot.query.reading import QUOTES

__all__ = [
    "ALIKE",
    "FIELDS",
    "LONG",
    "SEARCH_ONLY",
    "SORTS",
    "TEXTS",
    "VALUES",
    "count",
    "counted",
    "nearest_field",
    "refusal",
]

SORTS: Final = ("new", "relevance", "votes", "citations", "score")
#: Every name that a field can be called by, and its short one.
FIELDS: Final = {
    **{name: name for name in ("ti", "abs", "kw", "co", "jr", "org", "au", "cat", "primary", "id", "doi", "like", "has", "is")},
    **{name: name for name in ("since", "until", "year", "sort")},
    "title": "ti", "abstract": "abs", "keyword": "kw", "keywords": "kw", "comment": "co", "journal": "jr", "organization": "org",
    "organisation": "org", "affiliation": "org", "author": "au", "authors": "au", "category": "cat", "arxiv": "id",
    "similar": "like",
}  # fmt: skip
LONG: Final = {
    "ti": "title",
    "abs": "abstract",
    "kw": "keywords",
    "co": "comment",
    "jr": "journal",
    "org": "organization",
}
#: Fields that look for words in a text of the paper.
TEXTS: Final = frozenset(LONG)
SEARCH_ONLY: Final = ("since", "until", "year", "sort")
#: What others write for a date.
_MEANT: Final = {
    "after": "since",
    "from": "since",
    "date": "since",
    "published": "since",
    "before": "until",
    "to": "until",
}
_COUNTED: Final = {
    "votes": "upvotes", "vote": "upvotes", "likes": "upvotes", "points": "upvotes", "cited": "citations", "cites": "citations",
    "github": "stars", "comment": "comments", "star": "stars", "upvote": "upvotes", "citation": "citations", "scores": "score",
}  # fmt: skip
_OPERATORS: Final = {"=>": ">=", "=<": "<=", "==": "=", "≥": ">=", "≤": "<="}
#: How like papers have to be when nobody says it, in percent: of 58,000 papers the nearest is 26% like it, the tenth 18% (medians).
ALIKE: Final = 15
_PERCENT: Final = re.compile(r"(.*?)(?:(>=|=>|≥|>)([0-9]{1,4})%?)?", re.DOTALL)
_LONGEST_NAME: Final = 50  # letters: no category has a longer one
_DAY: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def nearest_field(name: str, value: str) -> str | None:
    """The field that is meant by a name that is none; None for ordinary words before a colon, such as `GPT:`."""
    name = name.casefold()
    if name in _MEANT and _DAY.fullmatch(value):
        return _MEANT[name]
    known = [field for field in FIELDS if len(field) > 2]
    return FIELDS[near] if (near := _near(name, known)) else None


def _near(name: str, known: Iterable[str]) -> str | None:
    """The known name that is one slip away, or two in a long one; short names have no neighbours."""
    graded = [(OSA.distance(name, one), one) for one in known if len(name) > 2]
    return min((found for found in graded if found[0] <= 1 + (len(found[1]) > 6)), default=(0, None))[1]


def refusal(name: str) -> str:
    """Why a subscription cannot have this field."""
    if name == "sort":
        return "A subscription brings every paper once, so it has no order. Leave sort: out; in `/search` it sorts the list."
    return (
        f"A subscription looks ahead, and {name}: looks back: new papers are always of today. "
        f"Leave {name}: out; `/search` takes it."
    )


# --- values


def _author(text: str) -> Author:
    spelled = names.spellings(clean(QUOTES.sub(" ", text)))
    author = Author(spelled)
    if not all(name.family for name in author.names) or any(len(one) > 100 for one in spelled):
        raise QueryError('There is no name here. Write it as on the paper, such as au:"Ada Lovelace".')
    return author


def _category(text: str) -> Category:
    code = categories.normal(clean(text))
    if code in categories.CATEGORIES or code in categories.ARCHIVES:
        return Category(code)
    near = categories.resolve(text)[:3] if len(text) <= _LONGEST_NAME else []
    named = ", ".join(f"{one} ({categories.name(one)})" for one in near)
    meant = f" The nearest: {named}." if near else " Write a code like cs.LG, or an archive like cs.*."
    raise QueryError(f"arXiv has no category of that name.{meant}", suggestion=near[0] if near else "")


def _primary(text: str) -> Category:
    return Category(_category(text).code, primary=True)


def _identifier(text: str) -> Identifier:
    try:
        return Identifier(paper_ids.parse(text))
    except BadInputError as error:
        raise QueryError(
            "That is no paper id. Write an arXiv id (id:2106.15928) or a DOI (doi:10.1000/xyz)."
        ) from error


def _like(text: str) -> Like:
    found = _PERCENT.fullmatch(text)
    percent = int(found[3]) + (found[2] == ">") if found and found[3] else ALIKE
    try:
        identity = paper_ids.parse(found[1] if found else text)
    except BadInputError as error:
        raise QueryError(
            "That is no paper id. Write the id of a paper and, if you like, how like it others have to be, in percent: "
            f"like:2106.15928>={ALIKE}."
        ) from error
    if not 1 <= percent <= 100:
        raise QueryError(
            f"Papers are like each other to between 1 and 100 percent. Write like:{identity.value}>={ALIKE}."
        )
    return Like(identity, percent)


def _flag(field: str) -> Callable[[str], Flag]:
    def read(text: str) -> Flag:
        value = text.casefold()
        if f"{field}:{value}" in FLAGS:
            return Flag(f"{field}:{value}")
        known = [name.partition(":")[2] for name in FLAGS if name.startswith(field)]
        near = _near(value, known)
        raise QueryError(
            f"Behind {field}: stands one of {', '.join(known)}." + (f" Is {field}:{near} meant?" if near else ""),
            suggestion=near or "",
        )

    return read


def _span(field: str) -> Callable[[str], Date]:
    def read(text: str) -> Date:
        found = _DAY.fullmatch(text)
        example = "year:2024" if field == "year" else f"{field}:2024-05-31, {field}:2024-05 or {field}:2024"
        if found is None or (field == "year" and found[2]):
            raise QueryError(f"That is no date. Write {example}.")
        year, month, day = (int(part or 0) for part in found.groups())
        try:
            first = date(year, month or 1, day or 1)
            last = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
        except ValueError as error:
            raise QueryError(f"There is no such day. Write {example}.") from error
        low = date.min if field == "until" else first
        return Date(low, date.max if field == "since" else last, field, text)

    return read


#: What reads the value of a field that is not looked for in a text.
VALUES: Final[dict[str, Callable[[str], Author | Category | Identifier | Like | Flag | Date]]] = {
    "au": _author, "cat": _category, "primary": _primary, "id": _identifier, "doi": _identifier, "like": _like,
    "has": _flag("has"), "is": _flag("is"), "since": _span("since"), "until": _span("until"), "year": _span("year"),
}  # fmt: skip


def count(name: str, operator: str, digits: str) -> Count:
    """`upvotes`, `>=`, `10` → the condition."""
    sign = _OPERATORS.get(operator, operator)
    number = int(digits)
    low, high = {
        ">=": (number, None), ">": (number + 1, None), "<=": (None, number), "<": (None, number - 1), "=": (number, number)
    }[sign]  # fmt: skip
    return Count(name, low, high, f"{sign}{number}")


def counted(name: str) -> tuple[str, bool] | None:
    """The count that a name stands for, and whether that is its name; None for other words."""
    name = name.casefold()
    if name in COUNTS:
        return name, True
    meant = _COUNTED.get(name) or (_near(name, COUNTS) if len(name) > 4 else None)
    return (meant, False) if meant else None
