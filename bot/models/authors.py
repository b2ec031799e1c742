"""Authors as upstreams know them: who is on a paper, and what they count of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Registry(StrEnum):
    """An upstream that gives authors numbers of its own."""

    SEMANTIC_SCHOLAR = "semantic-scholar"
    OPENALEX = "openalex"

    @property
    def called(self) -> str:
        """As people know it: `Semantic Scholar`."""
        return {"semantic-scholar": "Semantic Scholar", "openalex": "OpenAlex"}[self.value]


@dataclass(frozen=True, slots=True)
class YearCount:
    """What a person wrote, and how often they were cited, in one year; None where the upstream does not say."""

    year: int
    papers: int | None = None
    citations: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as one registry knows them, over their whole career. `None` means that it does not say. `affiliated` is the last year
    that it knows them there. `orcid` is the bare number with its dashes."""

    registry: Registry
    id: str
    name: str
    fetched: datetime
    h_index: int | None = None
    papers: int | None = None
    citations: int | None = None
    affiliation: str | None = None
    affiliated: int | None = None
    orcid: str | None = None
    homepage: str | None = None
    aliases: tuple[str, ...] = ()
    years: tuple[YearCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """An author of a paper as a registry prints them; `id` is None for one whom it does not tell apart from others. `affiliation` is
    the first institution that it states for this paper."""

    name: str
    id: str | None
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """What a registry knows of a paper: how often it is cited, and by whom it is, in print order."""

    registry: Registry
    citations: int | None
    credits: tuple[Credit, ...]
    fetched: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What registries said of some papers, as it is stored. `cited` is by paper, one for each registry; `profiles` by registry and the
    id that is credited, which may have become another since."""

    cited: Mapping[int, tuple[Cited, ...]]
    profiles: Mapping[tuple[Registry, str], Profile]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known once registries were asked; `missing` says in a sentence why it is not more, and is empty where it is all."""

    known: Known
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """The papers of a person that a registry named, by their ids here, the newest first; `missing` as above."""

    papers: tuple[int, ...]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """People who may be so called, as registries find them; `missing` as above."""

    profiles: tuple[Profile, ...]
    missing: str = ""
