"""Which events are news: by when the source was first asked, and whether this is its first look.

Knows days and dates; knows neither the store nor any upstream.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.models import Community, Event, Record
from bot.when.schedule import believable
from bot.when.timetable import day_of, eastern_day

#: An event older than this is history: recorded, never told. A first start or a new source must not flood anybody.
NEWS: Final = timedelta(days=14)
#: The longest absence after which everything that came meanwhile is told; one message brings the best, `/today` all of it.
ABSENCE: Final = timedelta(days=60)
#: How far ahead an upstream may date what it states: a calendar day of another zone, the announcement of the evening.
AHEAD: Final = timedelta(days=1)


def believed(record: Record, now: datetime) -> Record:
    """The record without dates that cannot have come yet: what it is about happened when it was heard of.

    The day of publication is let be: journals print issues of months to come.
    """
    event, community = record.event, record.community
    return replace(
        record,
        event=event if believable(event.at, now, AHEAD) else replace(event, at=now),
        updated=believable(record.updated, now, AHEAD),
        community=community and _believed(community, now),
    )


def _believed(community: Community, now: datetime) -> Community:
    listed = community.listed_on
    return replace(
        community,
        listed_on=listed if listed and listed <= (now + AHEAD).date() else None,
        captured=believable(community.captured, now, AHEAD),
    )


def first_seen(record: Record, recorded: datetime | None, now: datetime) -> Record:
    """The record of a source whose dates are none of its own news (see Batch), dated by when it was seen first: `recorded`, None
    for what nobody has announced yet. So an article that bears the date of an issue is news when it comes, and its second look,
    with whatever date, is none."""
    at = now if recorded is None else min(record.event.at, recorded)
    return replace(record, event=replace(record.event, at=at))


@dataclass(frozen=True, slots=True)
class Look:
    """One visit to a source, by which its events are judged. `asked` is when the source was tried for the first time.

    A `first` look is silent about the days before that day, and about all that is not `dated` (see Batch); after it, what is not
    dated is dated by `first_seen`. A `silent` one, of the past, is silent about everything. After an absence, what came since the
    last good answer (`heard`) and nobody knows yet is news, however old.
    """

    source: str
    asked: datetime
    now: datetime
    first: bool = False
    dated: bool = True
    silent: bool = False
    heard: datetime | None = None

    @property
    def tells_changes(self) -> bool:
        """Whether a count or a version that it brings is news, to those who wait for one."""
        return not (self.first or self.silent)

    @property
    def sees_first(self) -> bool:
        """Whether what it brings is dated by when it was first seen."""
        return not (self.dated or self.first or self.silent)

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
