"""How the installation is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.models.following import Subscription
from bot.models.messages import OutboxCount, Pause, Undelivered
from bot.models.people import User
from bot.models.sources import PendingBackfill, SourceState


@dataclass(frozen=True, slots=True)
class Fault:
    """The last one of `failures` in a row; `retry` is when it is tried again."""

    failures: int
    retry: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class Audited:
    """The last audit of a day. `unread` names the sources whose list of that day nobody has read."""

    day: date
    announced: int
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state at one instant. `sources` are those that bring news; `pending_backfills` is what the others have still to bring.

    `pauses` are what Discord asked for and still holds; `audited` is the last day that was proven.
    The collection reaches back to `announced_since` (arXiv's first announcement) and `listed_since` (first daily list).
    """

    now: datetime
    papers: int
    sources: tuple[SourceState, ...]
    pending_backfills: tuple[PendingBackfill, ...]
    announced_since: date | None
    listed_since: date | None
    next_announcement: datetime
    outbox: OutboxCount
    audited: Audited | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonalStatus:
    """One person's deliveries; `user` is None for somebody who never used Paperboy.

    `audited` counts the person's papers of the last day that was proven, by what became of them. `unreadable` are their
    subscriptions that cannot be read.
    `undelivered` are messages of the last two weeks that no attempt could bring.
    """

    user: User | None
    waiting: int
    last_sent: datetime | None
    audited: Mapping[str, int] = field(default_factory=dict)
    fault: Fault | None = None
    unreadable: tuple[Subscription, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
