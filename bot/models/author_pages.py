"""The page of a person: who is meant, which figures are known, and their papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.models.authors import Profile, YearCount
from bot.models.papers import Paper, PaperId


class Sorting(StrEnum):
    """How the papers of a page are ordered, the largest first."""

    NEWEST = "newest"
    SCORE = "score"
    CITATIONS = "citations"
    VOTES = "votes"
    NOVELTY = "novelty"


@dataclass(frozen=True, slots=True)
class Reference:
    """Who is meant: everybody of a name; with `registry_id` (`semantic-scholar:2262347`), whom a registry knows by it; with `paper`, who
    of that name wrote it. `is_apart`: of several people, only the papers that are surely by the same one."""

    name: str
    registry_id: str = ""
    paper: PaperId | None = None
    is_apart: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the people who bear a name: what tells them apart. `title` is of their newest paper."""

    reference: Reference
    name: str
    papers: int
    profiles: tuple[Profile, ...] = ()
    others: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those who may be meant, who has most papers first. `hint` narrowed them; `silence` says why a registry did not help."""

    name: str
    told: tuple[Candidate, ...]
    hint: str = ""
    silence: str = ""


#: The source of a figure that is worked out here.
OURS: Final = "Paperboy"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it counts, who says so, and since when it is so. Where `value` is None, `reason` says why."""

    value: float | str | None
    scope: str = ""
    source: str = ""
    as_of: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A paper of the page, and the place of its author on it: `place` counts from 1, and `printed` is the name there. `institution` is
    theirs on this paper, where a registry states it."""

    paper: Paper
    printed: str
    place: int
    institution: str = ""


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """One page. `also` are other forms in which the name is printed here; `likely` papers have a name that may be theirs, so spelled as
    `spelled`; `bearers` people are told apart by this name, 0 where nobody knows. `years` are of the whole career, or with `is_here` of the
    papers here. `total` counts the papers over all pages.
    `lists` as of a score."""

    reference: Reference
    name: str
    category: Figure
    h_index: Figure
    papers_count: Figure
    career_papers: Figure
    citations: Figure
    novelty: Figure
    score: Figure
    written: tuple[Written, ...]
    total: int
    sorting: Sorting = Sorting.NEWEST
    page: int = 0
    profiles: tuple[Profile, ...] = ()
    affiliation: str = ""
    affiliated: int | None = None
    also: tuple[str, ...] = ()
    likely: int = 0
    spelled: tuple[str, ...] = ()
    bearers: int = 0
    years: tuple[YearCount, ...] = ()
    is_here: bool = False
    warnings: tuple[str, ...] = ()
    lists: tuple[int, int] | None = None
