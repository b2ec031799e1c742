"""Local wishes into UTC instants: "every day at 8 in Berlin" → when next; and which stored instants can be believed.

PURE. Knows time zones; the present is passed in.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: By how much a clock may be set back without anything that it noted losing its meaning.
STEP: Final = timedelta(minutes=5)
#: All weekdays as a bit mask, Monday 1 to Sunday 64.
EVERY_DAY: Final = 127


def believable(at: datetime | None, now: datetime, longest: timedelta = timedelta()) -> datetime | None:
    """The instant, or None when it is later than `now` by more than `longest`, the longest span that it may lie ahead.

    A clock that was ahead for a minute notes instants for which everybody would wait a year. What is past lies ahead by
    nothing; small corrections of the clock are let be.
    """
    return at if at is not None and at - now <= longest + STEP else None


def is_zone(name: str | None) -> bool:
    """Whether a time zone of this name is known here."""
    try:
        return bool(name and ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def known_zone(name: str | None) -> str:
    """The name itself; UTC for none and for one that is not known here (any more)."""
    return name if name and is_zone(name) else "UTC"


def next_weekday(day: date, weekday: int) -> date:
    """The first date on or after `day` that is this weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def local_date(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def to_utc(day: date, minute: int, zone: str) -> datetime:
    """The instant of `minute` (local minutes since midnight) on a local date.

    A time that the clock change leaves out moves forward by the gap; one that happens twice is taken the first time (PEP 495).
    """
    local = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone))
    return local.astimezone(UTC)


def next_due(
    now: datetime, zone: str, minute: int, *, weekdays: int = EVERY_DAY, after: date | None = None
) -> tuple[datetime, date]:
    """The first due instant later than `now`, on a local date later than `after`, with that date.

    `weekdays` is a bit mask, Monday 1 to Sunday 64. Raises ValueError when it names no day.
    """
    if not weekdays & EVERY_DAY:
        raise ValueError("name at least one weekday")
    day = local_date(now, zone) - timedelta(days=1)
    while True:
        due = to_utc(day, minute, zone)
        if due > now and (after is None or day > after) and weekdays >> day.weekday() & 1:
            return due, day
        day += timedelta(days=1)


def last_due(now: datetime, zone: str, minute: int, *, weekdays: int = EVERY_DAY) -> tuple[datetime, date]:
    """The newest due instant not later than `now`, with its local date, of these weekdays."""
    day = local_date(now, zone) + timedelta(days=1)
    while (due := to_utc(day, minute, zone)) > now or not weekdays >> day.weekday() & 1:
        day -= timedelta(days=1)
    return due, day
