"""Who follows what, and what agreed with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class OwnerKind(StrEnum):
    """Who holds a subscription and receives its messages."""

    USER = "user"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, order=True)
class Recipient:
    """Where messages go: a person (by DM) or a channel. `id` is the Discord snowflake."""

    kind: OwnerKind
    id: int


class Cadence(StrEnum):
    """How soon a match becomes a message."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"


class SubscriptionKind(StrEnum):
    """What a subscription's text means."""

    KEYWORD = "keyword"
    AUTHOR = "author"
    CATEGORY = "category"
    TRENDING = "trending"


@dataclass(frozen=True, slots=True)
class Namesake:
    """Somebody else of a followed name, as its follower said of one paper: the name as printed there, and the paper's other authors."""

    name: str
    paper_id: int
    title: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A standing query. `query` is canonical text of the kind's language; `namesakes` are people whom it does not mean."""

    id: int
    owner: Recipient
    kind: SubscriptionKind
    query: str
    cadence: Cadence
    created: datetime
    paused: bool = False
    namesakes: tuple[Namesake, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One term of a query found in one field of a paper; `text` is the wording found there."""

    term: str
    field: str  # "title", "abstract", "author", "category", "list"
    text: str
    certainty: str = ""  # "initials" or "possible" for an author's name that is not wholly the wanted one


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one subscription agreed with a paper."""

    subscription_id: int
    kind: SubscriptionKind
    query: str
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """One recipient × one paper, with every subscription that agreed. `cadence` is the most urgent among them."""

    recipient: Recipient
    paper_id: int
    cadence: Cadence
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Alert:
    """A match in the outbox."""

    id: int
    recipient: Recipient
    paper_id: int
    cadence: Cadence
    reasons: tuple[Reason, ...]
    created: datetime
    late: str | None = None  # why it comes late, in words for its reader
    damaged: bool = False  # its reasons cannot be read
