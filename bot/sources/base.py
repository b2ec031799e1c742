"""What every upstream looks like from inside: batches of records since a cursor, and when to look again.

Knows the shape only; must not know any upstream, nor how or where records are kept.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from bot.models import Batch, Cited, PaperId, Profile, Record, Registry
from bot.sources.documents import day
from bot.sources.rate_policy import Validators
from bot.when.schedule import believable

_A_DAY = timedelta(days=1)


class Source(Protocol):
    """An upstream that yields papers since a cursor.

    The cursor is opaque text to everyone else. It holds the validators of conditional requests too, so that a stop
    between fetching and storing repeats the batch instead of losing it.
    """

    @property
    def name(self) -> str:
        """Stable name under which cursor and health are kept, e.g. `arxiv:cs.LG`."""
        ...

    def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """What is new since `cursor` (None: never asked before). Store a batch and its cursor together, then go on.

        Yields nothing when the upstream says that nothing changed. Raises SourceUnavailableError when it did not
        answer or asked for patience, SourceUnhealthyError when it answered with something that it should not.
        """
        ...

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """When to ask again, given the stored cursor and the last attempt. Pure; at or before `now` means due."""
        ...


class LookUp(Protocol):
    """An upstream that is asked for single papers while somebody waits."""

    async def look_up(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Record]:
        """The papers with these arXiv ids; those that it does not know are missing from the answer.

        Raises SourceUnavailableError and SourceUnhealthyError like every source.
        """
        ...


class TopicSearch(Protocol):
    """An upstream that finds papers on a topic while somebody waits."""

    async def search(self, query: str, limit: int = 120) -> Sequence[Record]:
        """At most `limit` papers on a topic, best first. Raises as every source."""
        ...


class AuthorRegistry(Protocol):
    """An upstream that tells who is on a paper, how often it is cited, and what a person's career comes to.

    Each of its questions raises SourceUnavailableError, also when the day's requests are used up, and SourceUnhealthyError like
    every source.
    """

    @property
    def registry(self) -> Registry: ...

    async def cited(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Cited]:
        """What it knows of these papers, in one request for each hundred; those that it does not know are missing."""
        ...

    async def profiles(self, ids: Sequence[str]) -> Mapping[str, Profile]:
        """The people with these ids of its own, by the id that was asked: one that became another has the new id inside. Those
        whom it does not know (any more) are missing."""
        ...

    async def search(self, name: str, limit: int) -> tuple[Profile, ...]:
        """At most `limit` people who may be so called, the likeliest first."""
        ...

    async def papers_by(self, author_id: str, limit: int) -> tuple[Record, ...]:
        """At most `limit` of a person's papers that have an arXiv id or a DOI, the newest first; none for an unknown person."""
        ...


class Purse(Protocol):
    """The requests that may be sent to registries on one day."""

    async def take(self, registry: Registry) -> None:
        """Takes one. Raises UsedUpError when none is left; `retry_after` is the time to midnight, UTC."""
        ...


def read_cursor(cursor: str | None) -> dict[str, Any]:
    """The fields of a stored cursor; a cursor that cannot be read counts as none, so the source starts afresh."""
    if not cursor:
        return {}
    try:
        fields = json.loads(cursor)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def cursor_day(cursor: str | None) -> date | None:
    """The newest day whose list was seen, where the cursor names one."""
    return day(cursor_text(read_cursor(cursor), "day"))


def stored_day(fields: Mapping[str, Any], name: str, now: datetime) -> date | None:
    """The day in a stored cursor; None when there is none, and when it has not come yet: a clock was ahead."""
    found = day(cursor_text(fields, name))
    return found if found is not None and has_come(found, now) else None


def has_come(day_: date, now: datetime) -> bool:
    """Whether a day that something is dated can have begun: somewhere it is a day later than here."""
    return believable(datetime.combine(day_, time(0), UTC), now, _A_DAY) is not None


def cursor_text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def cursor_number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if abs(value) < 2**53 else None  # `NaN` is not, nor is what no count reaches


def read_validators(fields: Mapping[str, Any]) -> Validators:
    return Validators(cursor_text(fields, "etag"), cursor_text(fields, "modified"))


def write_cursor(fields: Mapping[str, Any]) -> str:
    """The fields as compact text; empty ones are left out, so that equal states are equal texts."""
    return json.dumps({k: v for k, v in fields.items() if v not in (None, "", {}, [])}, sort_keys=True)
