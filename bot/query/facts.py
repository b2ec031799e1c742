"""Terms that are facts of a paper: its people, categories, ids, counts and dates. Each says whether it holds, and by what.

A fact that is not known does not hold. Must not know how terms are put together or written by people (bot/query/parser.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Final

from bot.language import name_matching, names
from bot.language.name_matching import Certainty
from bot.models import Community, Hit, Paper, PaperId
from bot.papers import categories
from bot.papers.kinship import work_of
from bot.papers.links import code_url
from bot.query.document import Document
from bot.query.likeness import likeness, shared

__all__ = [
    "COUNTS",
    "FIGURES",
    "FLAGS",
    "PERCENTS",
    "Author",
    "Category",
    "Count",
    "Date",
    "Flag",
    "Identifier",
    "Like",
    "author_hit",
    "people",
]

_NOBODY: Final = Community()
#: What can be counted of a paper; score and novelty are whole percents, so that `score>=80` holds from 80 on.
COUNTS: Final[dict[str, Callable[[Paper], int | None]]] = {
    "upvotes": lambda paper: paper.community.upvotes if paper.community else None,
    "comments": lambda paper: paper.community.comments if paper.community else None,
    "stars": lambda paper: paper.community.code_stars if paper.community else None,
    "citations": lambda paper: paper.cited.citations if paper.cited else None,
    "score": lambda paper: _whole(paper.score.percent) if paper.score else None,
    "novelty": lambda paper: _whole(paper.novelty.percent) if paper.novelty else None,
}
#: Those that are worked out, or stand in a registry: no upstream states them with a paper.
FIGURES: Final = frozenset(("citations", "score", "novelty"))
#: Of these those that are shares of a group: they move when others of the group come.
PERCENTS: Final = frozenset(("score", "novelty"))
#: What a paper can have or be, with the words for one that has it not.
FLAGS: Final[dict[str, tuple[Callable[[Paper], bool], str]]] = {
    "has:code": (lambda paper: code_url(paper) is not None, "no code is known"),
    "has:org": (lambda paper: _has_organization(paper), "no organization is known"),
    "has:summary": (lambda paper: bool(paper.community and paper.community.summary), "it has no summary"),
    "is:new": (lambda paper: (paper.version or 1) == 1, "it is a revision"),
    "is:cross": (lambda paper: len(set(paper.categories)) > 1, "it is in one category alone"),
    "is:revision": (lambda paper: (paper.version or 1) > 1, "it is the first version"),
    "is:withdrawn": (lambda paper: paper.withdrawn, "it is not withdrawn"),
}


def _whole(percent: float | None) -> int | None:
    return None if percent is None else int(percent)


def _has_organization(paper: Paper) -> bool:
    linked = (paper.community or _NOBODY).organization
    return linked is not None or any(author.affiliation for author in paper.authors)


def people(spelled: tuple[names.Name, ...]) -> frozenset[Hashable]:
    """The names, with all that says how they may be read: `Perez, Ana Garcia` is read in fewer ways than `Ana Garcia Perez`, and
    `Kempe, Julia` in the ways of `Julia Kempe`."""
    return frozenset(
        (n.given, n.middle, n.family, n.suffix, n.group, n.comma and len(n.forenames + n.family) > 2, n.also)
        for n in spelled
    )


def author_hit(wanted: tuple[names.Name, ...], spelled: tuple[str, ...], printed: tuple[names.Name, ...]) -> Hit | None:
    """The author that agrees best, with the spelling of the wanted name that does; and how surely, where it is not exact."""
    graded = [
        (certainty, spelling, name.text)
        for name in printed
        for one, spelling in zip(wanted, spelled, strict=True)
        if (certainty := name_matching.compatible(one, name)) is not None
    ]
    if not graded:
        return None
    best, spelling, text = max(graded, key=lambda found: found[0])  # the first of the surest
    return Hit(spelling, "author", text, "" if best is Certainty.EXACT else best.name.lower())


@dataclass(frozen=True, eq=False)
class Author:
    """A person, in one spelling or in several. Equal when the spellings are read alike."""

    spelled: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[names.Name, ...]:
        return tuple(map(names.parse, self.spelled))

    def holds(self, doc: Document) -> bool:
        return any(name_matching.compatible(one, name) is not None for name in doc.names for one in self.names)

    def hit(self, doc: Document) -> Hit | None:
        return author_hit(self.names, self.spelled, doc.names)

    def lack(self, doc: Document) -> str:
        return f"none of the {len(doc.authors)} authors is {' or '.join(self.spelled)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Author) and people(self.names) == people(other.names)

    def __hash__(self) -> int:
        return hash(people(self.names))

    def __str__(self) -> str:
        return f'au:"{" OR ".join(self.spelled)}"'


@dataclass(frozen=True, slots=True)
class Category:
    """A category or an archive of arXiv: one of the paper's, or its `primary` one."""

    code: str
    primary: bool = False

    def _own(self, doc: Document) -> tuple[str, ...]:
        return doc.categories[:1] if self.primary else doc.categories

    def holds(self, doc: Document) -> bool:
        return any(categories.contains(self.code, category) for category in self._own(doc))

    def hit(self, doc: Document) -> Hit | None:
        found = next((c for c in self._own(doc) if categories.contains(self.code, c)), None)
        return Hit(str(self), "category", found) if found else None

    def lack(self, doc: Document) -> str:
        if self.primary:
            return f"{self.code} is not the paper's primary category ({', '.join(self._own(doc)) or 'none'})"
        return f"{self.code} is not among the paper's categories ({', '.join(doc.categories) or 'none'})"

    def __str__(self) -> str:
        return f"{'primary' if self.primary else 'cat'}:{self.code}"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One paper, by its arXiv id or DOI."""

    identity: PaperId

    def holds(self, doc: Document) -> bool:
        return doc.paper is not None and not {self.identity, work_of(self.identity)}.isdisjoint(doc.paper.ids)

    def hit(self, doc: Document) -> Hit | None:
        return Hit(str(self), "fact", str(self.identity)) if self.holds(doc) else None

    def lack(self, doc: Document) -> str:
        return f"it is another paper than {self.identity}"

    def __str__(self) -> str:
        return f'{"id" if self.identity.scheme == "arxiv" else "doi"}:"{self.identity.value}"'


@dataclass(frozen=True, slots=True)
class Like:
    """Papers whose words are like those of this one, to so many percent."""

    identity: PaperId
    percent: int

    def holds(self, doc: Document) -> bool:
        found = self.likeness(doc)
        return found is not None and found >= self.percent and not self._is_itself(doc)

    def hit(self, doc: Document) -> Hit | None:
        return Hit(str(self), "fact", f"{self.likeness(doc)}% like {self.identity}") if self.holds(doc) else None

    def lack(self, doc: Document) -> str:
        found = self.likeness(doc)
        if found is None:
            return f"nothing is known of {self.identity}"
        if self._is_itself(doc):
            return f"it is {self.identity} itself"
        return f"it is only {found}% like {self.identity}"

    def likeness(self, doc: Document) -> int | None:
        """How like the paper is, in percent; None where nothing is known of the other."""
        seed = doc.seeds.vector(self.identity) if doc.seeds else None
        return None if seed is None else math.floor(100 * likeness(seed, doc.weights) + _ROUNDING)

    def shared(self, doc: Document) -> tuple[str, ...]:
        """The words that make the paper like it, the weightiest first."""
        seed = doc.seeds.vector(self.identity) if doc.seeds else None
        return tuple(doc.written[number] for number in shared(seed, doc.weights)[:_SHARED]) if seed else ()

    def _is_itself(self, doc: Document) -> bool:
        return doc.paper is not None and not {self.identity, work_of(self.identity)}.isdisjoint(doc.paper.ids)

    def __str__(self) -> str:
        named = self.identity.value if self.identity.scheme == "arxiv" else f'"{self.identity.value}"'
        return f"like:{named}>={self.percent}"


#: Words that are named.
_SHARED: Final = 5
#: Of percents: what sums of fractions may lack.
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a paper within limits, each of which may be absent. `text` is the condition as typed: `>=10`."""

    fact: str
    low: int | None
    high: int | None
    text: str = field(compare=False)

    def allows(self, value: int) -> bool:
        """Whether the number is within the limits."""
        return (self.low or 0) <= value and (self.high is None or value <= self.high)

    def holds(self, doc: Document) -> bool:
        value = self._value(doc)
        return value is not None and self.allows(value)

    def hit(self, doc: Document) -> Hit | None:
        return Hit(str(self), "fact", self._said(self._value(doc) or 0)) if self.holds(doc) else None

    def lack(self, doc: Document) -> str:
        value = self._value(doc)
        if value is None:
            return f"its {self.fact} {'are' if self.fact.endswith('s') else 'is'} not known"
        return f"{self} is not so: {self._said(value)}"

    def _said(self, value: int) -> str:
        """`12 upvotes`, `1 citation`, `score 99`."""
        if not self.fact.endswith("s"):
            return f"{self.fact} {value}"
        return f"{value:,} {self.fact.removesuffix('s') if value == 1 else self.fact}"

    def _value(self, doc: Document) -> int | None:
        return COUNTS[self.fact](doc.paper) if doc.paper else None

    def __str__(self) -> str:
        return self.fact + self.text


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a paper has or is: `has:code`."""

    name: str

    def holds(self, doc: Document) -> bool:
        return doc.paper is not None and FLAGS[self.name][0](doc.paper)

    def hit(self, doc: Document) -> Hit | None:
        return Hit(self.name, "fact", self.name) if self.holds(doc) else None

    def lack(self, doc: Document) -> str:
        return FLAGS[self.name][1]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Date:
    """A day within limits. Of a `year` it is that of the first version, otherwise that of the announcement or listing."""

    low: date
    high: date
    name: str
    text: str = field(compare=False)

    def holds(self, doc: Document) -> bool:
        day = self._day(doc)
        return day is not None and self.low <= day <= self.high

    def hit(self, doc: Document) -> Hit | None:
        return Hit(str(self), "fact", str(self._day(doc))) if self.holds(doc) else None

    def lack(self, doc: Document) -> str:
        return f"{self} is not so: it is of {self._day(doc) or 'no known day'}"

    def _day(self, doc: Document) -> date | None:
        return (first_day if self.name == "year" else news_day)(doc.paper) if doc.paper else None

    def __str__(self) -> str:
        return f"{self.name}:{self.text}"


def news_at(paper: Paper) -> datetime:
    """When it was announced or listed; when that is not known, of when it is; at last, when it was seen."""
    day = (paper.community.listed_on if paper.community else None) or paper.published
    said = datetime.combine(day, time(), UTC) if day else paper.first_seen
    return paper.announced or min(said, paper.first_seen)  # journals date ahead


def news_day(paper: Paper) -> date:
    """The day of the same."""
    return news_at(paper).date()


def first_day(paper: Paper) -> date:
    """The day of its first version."""
    return paper.published or news_day(paper)
