"""Messages on their way, what they carry, and what holds them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.models.curation import Tally
from bot.models.following import Cadence, Reason, SubscriptionKind
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


#: The language in which everything is said unless a reader's is known.
ENGLISH: Final = "en-US"

#: Why an alert is held for which no subscription stands any more.
NOBODY_ASKS: Final = "the subscription was removed or paused"
#: Why one is held whose subscription asks for something else now.
NOT_ASKED: Final = "you follow other words now"
#: Why a message waits that comes by itself.
QUIET_HOURS: Final = "Its reader has quiet hours."
#: Why one is held that somebody does not want to see.
NOT_FOR_YOU: Final = "you said that it is not for you"
#: Why one is held whose author is not the person who is followed.
SOMEBODY_ELSE: Final = "you said that its author is somebody else"


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a message with every reason why it is there. `alert_id`: the alert that this message answers, if it answers one.
    `tally`: how it stands in the server whose list this is."""

    paper: Paper
    reasons: tuple[Reason, ...] = ()
    alert_id: int | None = None
    late: str | None = None
    tally: Tally | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient gets at once. `held` alerts did not fit; `dropped` ones have no standing subscription any more;
    `uncounted` more papers match that nobody looked at one by one."""

    day: date
    items: tuple[Item, ...]
    held: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    uncounted: int = 0


class Detail(StrEnum):
    """How much of its papers a message shows: Discord may have refused a fuller one."""

    FULL = "full"
    SHORT = "short"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a first message greets with: the subscription that was made, and when its papers come."""

    subscription_id: int
    kind: SubscriptionKind
    query: str
    cadence: Cadence
    next_digest: datetime | None
    weekdays: int = 127


@dataclass(frozen=True, slots=True)
class Mention:
    """Whom a list calls: a role, and for which of its papers (by their numbers here) and words."""

    role: int
    words: str
    papers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What one message is about, before any wording: its card is made of this when it is sent and whenever a paper of it changes.

    `total` papers stand in its `parts` together, `more` matched and did not fit. `gathered`: a line or two a paper. A channel's
    list has `server_name`, `guild_id`, `mention`, and `late`, the sources that had not answered. `head` are the words above the papers of
    a message from before contents were kept.

    A person's own paper shows its `first` papers, and the others on further pages: `page` is the one that it shows now, `plain` says that
    its reader wants no markup. Where `first` is 0 all papers stand below each other.
    """

    kind: MessageKind
    day: date
    items: tuple[Item, ...]
    locale: str = ENGLISH
    total: int = 0
    more: int = 0
    part: int = 1
    parts: int = 1
    gathered: bool = False
    welcome: Welcome | None = None
    server_name: str = ""
    guild_id: int | None = None
    mention: Mention | None = None
    late: tuple[str, ...] = ()
    head: str | None = None
    first: int = 0
    page: int = 0
    plain: bool = False

    @property
    def count(self) -> int:
        """How many papers it announces. Two that turned out to be one are one."""
        return len(self.items) if self.parts == 1 else self.total


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message of somebody who pressed one of its controls: what it is about, in how much detail Discord took it, and `changes` of its
    papers until now."""

    id: int
    nonce: str
    detail: Detail
    content: Content
    changes: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as it stands: `payload` is the card that was sent, or put in its place by the last edit."""

    id: int
    payload: str
    nonce: str
    channel_id: int
    discord_id: int
