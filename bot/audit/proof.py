"""What an audit reports: gaps, lists that nobody read, and the counts of each day. Values only; judges nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.models import EventKind, Recipient


@dataclass(frozen=True, slots=True)
class Gap:
    """Somebody who was not told of a paper, and the subscriptions that ask for it. `paper` is its outer identity."""

    day: date
    recipient: Recipient
    paper_id: int
    paper: str
    subscriptions: tuple[int, ...]
    kinds: tuple[EventKind, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A source whose list of a day was not read. `made_good_by` is another that has read the same day."""

    source: str
    day: date
    made_good_by: str | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """How many papers a source carried on a day, by kind of event; `read` as in `was_read`."""

    source: str
    papers: dict[str, int]
    read: bool | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One category of arXiv in its feed and in OAI-PMH: what one announced that day and the other never did."""

    feed: str
    oai: str
    feed_lacks: tuple[str, ...]
    oai_lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayProof:
    """One announcement day. Papers: `announced` upstream, `stored`, `eligible` (told as news). Recipient × paper: `matched`
    anew, `alerted`, `sent`, `waiting`, `held` and `undeliverable` by reason, and `gaps`.

    `lost` are papers that the store does not have, `unjudged` those that could not be matched anew, `silent` events that
    should have been news.
    """

    day: date
    is_over: bool
    announced: int
    stored: int
    eligible: int
    matched: int
    alerted: int
    sent: int
    waiting: int
    held: dict[str, int]
    undeliverable: dict[str, int]
    sources: tuple[Carried, ...]
    compared: tuple[Compared, ...]
    unread: tuple[Unread, ...]
    lost: tuple[str, ...]
    unjudged: tuple[str, ...]
    silent: tuple[int, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What an audit found, the newest day first. It looks at what came after `since`, when keeping began (None: nothing yet)."""

    at: datetime
    since: datetime | None
    days: tuple[DayProof, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """People who were not told."""
        return tuple(gap for day in self.days for gap in day.gaps)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """Lists that nobody has read."""
        return tuple(unread for day in self.days for unread in day.unread if unread.made_good_by is None)

    @property
    def silent(self) -> tuple[int, ...]:
        """Events that were kept silent and should not have been."""
        return tuple(event for day in self.days for event in day.silent)


@dataclass(frozen=True, slots=True)
class Repair:
    """What was made good: the sources that were asked again, and the number of late alerts.

    `proof` is what was found after the asking and before the alerts.
    """

    proof: Proof
    asked: tuple[str, ...]
    late: int
