"""What sources bring, and how each of them is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.models.papers import Record


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

    `bad` names rows that could not be read (`"row 12: no title"`).
    """

    rows: int
    share: float
    records: tuple[Record, ...]
    bad: tuple[str, ...] = ()


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
