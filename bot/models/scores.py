"""Scores of papers and of people: each with what it was made of, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class ScoreKind(StrEnum):
    """What a paper's score says: how much interest it finds among the papers of the daily lists, or how likely one is to be listed."""

    INTEREST = "interest"
    LISTING = "listing"


class Role(StrEnum):
    """What a name is to a listed paper."""

    AUTHOR = "author"
    SUBMITTER = "submitter"
    ORGANIZATION = "organization"


#: The part that every paper of a kind has alike.
AVERAGE: Final = "an average paper"


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What one thing known of a paper adds to its points, in words (`authors' earlier votes`); negative where it lowers them."""

    name: str
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """A paper's score. `points` add up from `parts`; `percent`, 0 to 100, is the share of the papers of `group` that have fewer, None
    where that has too few papers to say. `group` is said in words (`cs.LG, April to June 2026`), of so many papers. `known_authors` of the
    paper's `authors` stand on an earlier list: without any, and without votes of its own, nothing is known that a score could rest on.
    While past lists are still being read, `lists` says how many of how many days are."""

    kind: ScoreKind
    points: float
    percent: float | None
    group: str
    group_size: int
    parts: tuple[ScorePart, ...]
    known_authors: int
    authors: int
    as_of: datetime
    lists: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Novelty:
    """How far a paper's words are from those of the earlier papers here. `distance`, 0 to 1, is from the ten nearest; `percent` is the
    share of the earlier papers of its primary category that are nearer to theirs, None where these are too few. `nearest` are the
    numbers of the closest earlier papers, with the share of likeness in percent and the words that they have in common."""

    distance: float
    percent: float | None
    category: str
    category_size: int
    nearest: tuple[tuple[int, int, tuple[str, ...]], ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """A figure over a person's papers: its value, and that it rests on `counted` of `total` of them. None when that is too few."""

    value: float | None
    counted: int
    total: int
