"""When a person's digests are due, and which of them bring the weekly papers.

PURE. Knows local dates and wishes; knows neither alerts nor messages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.when import schedule

#: The local dates of two places differ by one day at most, with a day to spare; a date further ahead was noted by a wrong clock.
_AHEAD: Final = timedelta(days=2)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A person's hour and weekday (local minutes since midnight, Monday is 0), the days on which they want digests (a bit mask, Monday 1 to
    Sunday 64), and what is due next.

    `weekly_on` is the first local date whose digest brings the weekly papers: a date that passes without a digest, because the
    hour was moved or the bot was away, leaves them to the next one.
    """

    zone: str
    minute: int
    weekly_day: int
    at: datetime | None = None
    on: date | None = None
    weekly_on: date | None = None
    weekdays: int = schedule.EVERY_DAY


def set_anew(rhythm: Rhythm, now: datetime, last: date | None) -> Rhythm:
    """The next digest by the present wishes, never a second one on a local date; `last` is the date of the newest digest.

    The weekly papers stay due on the date on which they were; without one, on the first weekday whose hour is still to come.
    """
    if last is not None and last > schedule.local_date(now, rhythm.zone) + _AHEAD:
        last = None
    at, on = schedule.next_due(now, rhythm.zone, rhythm.minute, weekdays=rhythm.weekdays, after=last)
    weekly_on = rhythm.weekly_on
    if weekly_on is None or weekly_on > on + _WEEK:
        passed = schedule.last_due(now, rhythm.zone, rhythm.minute)[1]
        weekly_on = schedule.next_weekday(passed + _DAY, rhythm.weekly_day)
    return replace(rhythm, at=at, on=on, weekly_on=weekly_on)


def due_day(rhythm: Rhythm, now: datetime) -> date | None:
    """The local date of the digest that is due now; None when none is.

    After downtime one digest stands for all that were missed. It is that of the last hour that has passed: a bot that comes
    back in the night must not use up the morning's.
    """
    if rhythm.at is None or rhythm.at > now:
        return None
    last = schedule.last_due(now, rhythm.zone, rhythm.minute, weekdays=rhythm.weekdays)[1]
    return rhythm.on if rhythm.on and last < rhythm.on <= last + _AHEAD else last


def is_weekly(rhythm: Rhythm, day: date) -> bool:
    """Whether the digest of this local date brings the weekly papers too."""
    if day.weekday() == rhythm.weekly_day:
        return True
    # Whoever had a digest planned before this was kept has the first weekday from that date on.
    planned = rhythm.weekly_on or (rhythm.on and schedule.next_weekday(rhythm.on, rhythm.weekly_day))
    return planned is not None and planned <= day


def move_on(rhythm: Rhythm, now: datetime, day: date) -> Rhythm:
    """After the digest of this local date, were it an empty one."""
    at, on = schedule.next_due(now, rhythm.zone, rhythm.minute, weekdays=rhythm.weekdays, after=day)
    weekly_on = rhythm.weekly_on
    if weekly_on is None or is_weekly(rhythm, day):
        weekly_on = schedule.next_weekday(day + _DAY, rhythm.weekly_day)
    return replace(rhythm, at=at, on=on, weekly_on=weekly_on)
