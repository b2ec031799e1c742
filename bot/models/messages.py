"""Messages on their way, what they carry, and what holds them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.models.following import Reason
from bot.models.papers import Paper


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a channel's history. `found` is the id of the message looked for; `last` is where to read on, None at the end."""

    found: int | None
    last: int | None


class MessageKind(StrEnum):
    """Why a message exists."""

    WELCOME = "welcome"
    INSTANT = "instant"
    DIGEST = "digest"
    SUMMARY = "summary"
    NOTICE = "notice"


class Hold(StrEnum):
    """Why an alert is held: it did not fit into a message that counted it, or no subscription wants it at present."""

    SURPLUS = "surplus"
    UNWANTED = "unwanted"


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How the outbox stands."""

    waiting: int
    open_messages: int
    failed_messages: int
    sent_messages: int


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that was parked: of which day, with how many papers, and why."""

    day: date
    papers: int
    reason: str


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as it stands: `payload` is the card that was sent, or put in its place by the last edit."""

    id: int
    local_date: date
    payload: str
    nonce: str
    channel_id: int
    discord_id: int


class Held(StrEnum):
    """What has to wait."""

    EVERYTHING = "everything"  # a ban of the machine's address: answers to people, too
    REQUESTS = "requests"  # a global limit: every request but the answers to people
    PLACE = "place"  # one channel, or one route


@dataclass(frozen=True, slots=True)
class Pause:
    """From when until when, and why. `place` is empty unless one place is held."""

    holds: Held
    place: str
    since: datetime
    until: datetime
    reason: str


#: Why an alert is held for which no subscription stands any more.
NOBODY_ASKS: Final = "the subscription was removed or paused"


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a digest with every reason why it is there."""

    paper: Paper
    reasons: tuple[Reason, ...]
    alert_id: int
    late: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient gets at once. `held` alerts did not fit; `dropped` ones have no standing subscription any more;
    `uncounted` more papers match that nobody looked at one by one."""

    day: date
    items: tuple[Item, ...]
    held: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    uncounted: int = 0
