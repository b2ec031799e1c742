"""The sample papers of the playground: real works (titles, people, ids are facts) with abstracts of our own.

Knows which paper is announced on which weekday around an anchor date; must not know any upstream's format.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
LICENSE = "http://creativecommons.org/publicdomain/zero/1.0/"


@dataclass(frozen=True, slots=True)
class SampleCommunity:
    """Sample numbers and a sentence of our own, as a community site would show them."""

    upvotes: int
    comments: int
    summary: str
    keywords: tuple[str, ...]
    code: str | None
    stars: int | None
    project: str | None
    organization: tuple[str, str] | None  # handle, full name


@dataclass(frozen=True, slots=True)
class Sample:
    """One paper; `batch` counts announcement days from the anchor (0: the newest one, negative: before)."""

    id: str
    batch: int
    announce: str  # "new" or "replace", as seen from its primary category
    version: int
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    abstract: str
    community: SampleCommunity | None


@dataclass(frozen=True, slots=True)
class Announced:
    """A sample with its place in time: `day` is the US Eastern day of its batch."""

    paper: Sample
    day: date
    submitted: datetime  # this version
    first: datetime  # version 1


def load_samples() -> tuple[Sample, ...]:
    """Every sample paper, as written in `sample_papers.json`."""
    text = resources.files("playground.upstreams").joinpath("sample_papers.json").read_text(encoding="utf-8")
    return tuple(_sample(row) for row in json.loads(text))


def announce(samples: tuple[Sample, ...], anchor: date) -> tuple[Announced, ...]:
    """The samples on their days: batch 0 on the last weekday up to `anchor`, the others on the weekdays around it."""
    placed = []
    for number, paper in enumerate(samples):
        day = weekday_from(anchor, paper.batch)
        submitted = _before_deadline(day) - timedelta(minutes=7 * number)
        first = submitted - timedelta(days=160 if paper.version > 1 else 0)
        placed.append(Announced(paper, day, submitted, first))
    return tuple(placed)


def weekday_from(anchor: date, steps: int) -> date:
    """The weekday `steps` weekdays after the last one up to `anchor`."""
    day = anchor
    while day.weekday() > 4:
        day -= timedelta(days=1)
    for _ in range(abs(steps)):
        day += timedelta(days=1 if steps > 0 else -1)
        while day.weekday() > 4:
            day += timedelta(days=1 if steps > 0 else -1)
    return day


def _before_deadline(day: date) -> datetime:
    """A while before the submission deadline (14:00 Eastern) of the batch that is in the feeds of `day`."""
    closed = weekday_from(day, -1)
    if day.weekday() == 0:  # Monday's feed holds what came until Friday 14:00
        closed = day - timedelta(days=3)
    return datetime.combine(closed, time(13, 41, 20), EASTERN).astimezone(UTC)


def _sample(row: dict[str, object]) -> Sample:
    community = row.get("community")
    return Sample(
        id=str(row["id"]),
        batch=int(str(row["batch"])),
        announce=str(row["announce"]),
        version=int(str(row["version"])),
        title=str(row["title"]),
        authors=_words(row["authors"]),
        categories=_words(row["categories"]),
        abstract=str(row["abstract"]),
        community=_community(community) if isinstance(community, dict) else None,
    )


def _community(row: dict[str, object]) -> SampleCommunity:
    organization = _words(row.get("organization", []))
    return SampleCommunity(
        upvotes=int(str(row["upvotes"])),
        comments=int(str(row["comments"])),
        summary=str(row["summary"]),
        keywords=_words(row["keywords"]),
        code=str(row["code"]) if "code" in row else None,
        stars=int(str(row["stars"])) if "stars" in row else None,
        project=str(row["project"]) if "project" in row else None,
        organization=(organization[0], organization[1]) if organization else None,
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
