"""What sources bring, and how each of them is doing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self

from bot.models.papers import Record


class SourceKind(StrEnum):
    """What a source reads. The value begins its name."""

    ARXIV_FEED = "arxiv"
    ARXIV_OAI = "arxiv-oai"
    ARXIV_FILE = "arxiv-import"
    HUGGINGFACE = "huggingface"
    HUGGINGFACE_FILE = "huggingface-import"
    BIORXIV = "biorxiv"
    MEDRXIV = "medrxiv"
    JOURNAL = "feed"
    SEMANTIC_SCHOLAR = "semantic-scholar"
    OPENALEX = "openalex"

    @property
    def is_file(self) -> bool:
        """Whether somebody imported it: it says what its upstream said some day."""
        return self in (SourceKind.ARXIV_FILE, SourceKind.HUGGINGFACE_FILE)


_NAME: Final = re.compile(
    rf"(?P<kind>{'|'.join(SourceKind)})(?::(?P<part>.+?))?(?:@(?P<since>[0-9-]{{10}})\.\.(?P<until>[0-9-]{{10}}))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SourceName:
    """Which source: the key of its cursor, its health and what it said, written as `arxiv-oai:cs:cs:LG@2026-08-29..2026-11-20`.

    `part` is the category, OAI-PMH set, subject or address that it reads; of all there is when empty. One that reads the past has the
    first and the last of its days.
    """

    kind: SourceKind
    part: str = ""
    since: date | None = None
    until: date | None = None

    def __str__(self) -> str:
        part = f":{self.part}" if self.part else ""
        return f"{self.kind}{part}" + (f"@{self.since}..{self.until}" if self.since and self.until else "")

    @classmethod
    @lru_cache(1024)
    def read(cls, text: str) -> Self | None:
        """The name that was written so; None for anything else."""
        found = _NAME.fullmatch(text)
        if found is None:
            return None
        try:
            since, until = (date.fromisoformat(day) if day else None for day in found.group("since", "until"))
        except ValueError:
            return None
        return cls(SourceKind(found["kind"]), found["part"] or "", since, until)


def kind_of(name: str) -> SourceKind | None:
    """What the source of this name reads; None for a name that no source of this version has."""
    key = SourceName.read(name)
    return key.kind if key else None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request to a source brought, with the cursor to keep once it is stored.

    `skipped` names entries that could not be read (`"line 12: no title"`); they are counted and logged, never fatal.
    `dated` says whether the events' dates are those on which the upstream brought them; a journal dates old entries anew.
    """

    records: tuple[Record, ...]
    cursor: str
    skipped: tuple[str, ...] = ()
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Portion:
    """A piece of a file of papers. `rows` of the file are read at its end, which is `share` (0 to 1) of its bytes.

    `bad` names rows that could not be read (`"row 12: no title"`), `odd` fields that were left out of others.
    """

    rows: int
    share: float
    records: tuple[Record, ...]
    bad: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of one source. `failures` counts failures in a row; `failure` is the last one's text.

    `asked` is when it was first tried, `first_sync_done` when its first look was read to its end.
    """

    name: str
    cursor: str | None = None
    asked: datetime | None = None
    first_sync_done: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    failed: datetime | None = None
    failure: str | None = None

    @property
    def key(self) -> SourceName | None:
        """Its name as it was made; None for one that no source of this version has."""
        return SourceName.read(self.name)

    @property
    def kind(self) -> SourceKind | None:
        return kind_of(self.name)

    @property
    def polled(self) -> datetime | None:
        """The last attempt, whatever came of it."""
        return max((at for at in (self.last_ok, self.failed) if at), default=None)


@dataclass(frozen=True, slots=True)
class PendingBackfill:
    """What a source of the past has still to bring: both days included. `failure` is its last one, None after a success."""

    source: str
    since: date
    until: date
    failure: str | None = None
