"""Somebody's quiet hours: whether they are on, when they end, and when a digest comes whose hour lies in them.

PURE. Knows local time; the present is passed in. Quiet hours are spans of instants, each begun on one local date, so that a clock that
is set back within them begins none anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.models import Quiet, QuietMode
from bot.when import schedule

__all__ = ["digest_minute", "quiet_until"]

_DAY = timedelta(days=1)


def quiet_until(quiet: Quiet, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end that are on now; None while none are. They hold from their first minute up to their last one, which is
    outside."""
    if quiet.mode is QuietMode.OFF:
        return None
    today = schedule.local_date(now, zone)
    ends = []
    for day in (today - _DAY, today, today + _DAY):
        begin = schedule.to_utc(day, quiet.since, zone)
        end = schedule.to_utc(day if quiet.since < quiet.until else day + _DAY, quiet.until, zone)
        if begin <= now < end:
            ends.append(end)
    return max(ends, default=None)


def digest_minute(quiet: Quiet, minute: int) -> int:
    """At which local minute the digests come of somebody who wants them at this one: when the quiet hours end, where they hold it."""
    return quiet.until if quiet.mode is QuietMode.HOLD and _holds(quiet, minute) else minute


def _holds(quiet: Quiet, minute: int) -> bool:
    if quiet.since < quiet.until:
        return quiet.since <= minute < quiet.until
    return minute >= quiet.since or minute < quiet.until
