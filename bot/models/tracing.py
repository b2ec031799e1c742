"""What is known of one paper's way to one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.models.following import Alert
from bot.models.messages import Hold, MessageKind
from bot.models.papers import EventKind


@dataclass(frozen=True, slots=True)
class Sighting:
    """An event of a paper as its source stated it: `at` is when it happened, `recorded` when Paperboy read of it. Only what is
    `told` is matched with subscriptions."""

    kind: EventKind
    at: datetime
    source: str
    recorded: datetime
    told: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """A span in which a subscription was paused or removed; `until` is None while it lasts."""

    subscription_id: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert and how it stands. `state`: pending, sent, held or undeliverable; `reason` says why it is one of the last two."""

    alert: Alert
    state: str
    reason: str | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """A message that carries a paper, with `papers` in all. `state`: pending, sending, sent, failed or closed. `channel_id` and
    `discord_id` say where it stands once sent."""

    kind: MessageKind
    day: date
    papers: int
    state: str
    sent: datetime | None = None
    error: str | None = None
    channel_id: int | None = None
    discord_id: int | None = None


class Silence(StrEnum):
    """Why nobody was told of a paper although a subscription agrees with it."""

    QUIET = "quiet"  # it was no news to any source when it was read
    LATER = "later"  # it is followed since then
    RESTED = "rested"  # it was paused or removed then
    CHANGED = "changed"  # the paper was changed since
    UNEXPLAINED = "unexplained"
