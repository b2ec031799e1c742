"""Which events are news: by when the source was first asked, and whether this is its first look.

Knows days and dates; knows neither the store nor any upstream.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.models import Event, EventKind
from bot.when.timetable import day_of, eastern_day

#: An event older than this is history: recorded, never told. A first start or a new source must not flood anybody.
NEWS: Final = timedelta(days=14)
#: The longest absence after which everything that came meanwhile is told; one message brings the best, `/today` all of it.
ABSENCE: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Look:
    """One visit to a source, by which its events are judged. `asked` is when the source was tried for the first time.

    A `first` look is silent about the days before that day, and about all that is not `dated` (see Batch). A `silent` one,
    of the past, is so about everything. After an absence, what came since the last good answer (`heard`) and nobody knows yet is
    news, however old.
    """

    source: str
    asked: datetime
    now: datetime
    first: bool = False
    dated: bool = True
    silent: bool = False
    heard: datetime | None = None

    def tells(self, event: Event, is_new: bool = True) -> bool:
        """Whether the event is news here; `is_new` when nobody has recorded it yet."""
        if self.silent or (self.now - event.at > NEWS and not (is_new and self._was_missed(event))):
            return False
        return not self.first or (self.dated and day_of(event.at) >= eastern_day(self.asked))

    def _was_missed(self, event: Event) -> bool:
        """Whether it came while nobody listened: after the last good answer, in an absence that is still remembered."""
        if self.first or not self.dated or self.heard is None:
            return False
        return event.at > self.heard and self.now - event.at <= ABSENCE


def matched_as(kind: EventKind, *, list_alone: bool) -> tuple[EventKind, ...]:
    """As which kinds of event subscriptions see this one; empty when nobody waits for it.

    What a daily list alone brought (`list_alone`) is as new to those who follow its words as an announcement.
    """
    if kind is EventKind.LISTED:
        return (kind, EventKind.ANNOUNCED) if list_alone else (kind,)
    return (kind,) if kind in (EventKind.ANNOUNCED, EventKind.CROSS_LISTED) else ()
