"""A paper: its identities, what upstreams state about it, what happened to it, and what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.models.authors import Cited
from bot.models.scores import Novelty, Score


@dataclass(frozen=True, slots=True, order=True)
class PaperId:
    """One outer identity of a paper. `scheme` is `arxiv` (value without version), `doi` (value in lower case) or, of an article
    that has neither where it was found, `url` (its address as `bot.papers.addresses` keeps it, without scheme)."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


#: From the one that says most: a DOI may be of a whole volume, an address changes with the site.
_RANK: Final = {"arxiv": 0, "doi": 1, "url": 2}


def main_of(ids: Iterable[PaperId]) -> PaperId:
    """The identity to show and to link, of at least one: the arXiv id where there is one, an address where there is nothing else."""
    return min(ids, key=lambda identity: _RANK.get(identity.scheme, len(_RANK)))


@dataclass(frozen=True, slots=True)
class Author:
    """A person as printed on one paper; `affiliation` only where the upstream states it."""

    name: str
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation as Hugging Face links it to a paper: `handle` is its slug, `name` its full name."""

    handle: str
    name: str


class EventKind(StrEnum):
    """What happened to a paper."""

    ANNOUNCED = "announced"
    CROSS_LISTED = "cross-listed"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    LISTED = "listed"
    CODE_RELEASED = "code-released"
    PUBLISHED = "published"  # a preprint, as an article
    CORRECTED = "corrected"
    SUPPLEMENTED = "supplemented"
    QUESTIONED = "questioned"
    RETRACTED = "retracted"


#: What is said of a paper in a line of its own. `occurrence` is the identity of the article, or of the note.
NOTED = (
    EventKind.PUBLISHED,
    EventKind.CORRECTED,
    EventKind.SUPPLEMENTED,
    EventKind.QUESTIONED,
    EventKind.RETRACTED,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a paper. `occurrence` tells repetitions of one kind apart (version, list day, …)."""

    kind: EventKind
    at: datetime
    occurrence: str = ""


@dataclass(frozen=True, slots=True)
class Community:
    """What readers made of a paper, as Hugging Face Daily Papers states it (its field names in brackets)."""

    upvotes: int = 0
    comments: int = 0  # [numComments]
    listed_on: date | None = None  # the day on the daily list [paper.submittedOnDailyAt]
    submitter: str | None = None  # display name [submittedOnDailyBy.fullname]
    organization: Organization | None = None
    code_url: str | None = None  # [githubRepo]
    code_stars: int | None = None  # [githubStars]
    code_is_guess: bool = False  # [githubRepoAddedBy == "auto"]
    project_url: str | None = None  # [projectPage]
    summary: str | None = None  # one sentence [ai_summary]
    keywords: tuple[str, ...] = ()  # [ai_keywords]
    thumbnail_url: str | None = None
    discussion_id: str | None = None
    captured: datetime | None = None  # when votes, comments and stars were counted so; None in a record: just now


@dataclass(frozen=True, slots=True)
class Record:
    """One upstream's statement about one paper.

    `ids[0]` is the identity under which the upstream knows it; `address` is one by which it may be known elsewhere alone. Text is
    as published (TeX kept), white space collapsed.
    `None` or an empty tuple means "this upstream does not say", never "there is none".
    """

    source: str
    ids: tuple[PaperId, ...]
    title: str
    event: Event
    abstract: str | None = None
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()  # the first is the primary one
    version: int | None = None
    published: date | None = None  # first version
    updated: datetime | None = None  # this version
    comment: str | None = None
    journal_ref: str | None = None
    license_url: str | None = None
    withdrawn: bool = False
    community: Community | None = None
    address: PaperId | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A work as stored: everything known from all its sources."""

    id: int
    ids: tuple[PaperId, ...]
    title: str
    abstract: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]
    first_seen: datetime
    version: int | None = None
    published: date | None = None
    updated: datetime | None = None
    announced: datetime | None = None
    comment: str | None = None
    journal_ref: str | None = None
    license_url: str | None = None
    withdrawn: bool = False
    community: Community | None = None
    notes: tuple[Event, ...] = ()  # of the kinds NOTED, in the order of time
    score: Score | None = None
    novelty: Novelty | None = None
    cited: Cited | None = None

    @property
    def main_id(self) -> PaperId:
        """The identity to show and to link."""
        return main_of(self.ids)

    @property
    def primary_category(self) -> str | None:
        return self.categories[0] if self.categories else None
