"""Whether an upstream that answers has stood still for too long: by what it usually brings, since it never says when it is due.

Pure: knows days and counts; must not know any upstream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from bot.errors import SourceUnhealthyError
from bot.sources.documents import day, number
from bot.when.timetable import expects_entries

#: How far back what is usual is counted.
_REMEMBERED: Final = timedelta(days=28)
#: Nothing is no chance when so many weekdays passed, on which so many papers were to be expected: were they independent,
#: one span in 150 would be empty all the same.
_MISSED: Final = 2
_EXPECTED: Final = 5.0
#: A journal rests when its editors do: only what is longer than this, and than so many of its own rests, is no rest.
_REST: Final = 7
_RESTS: Final = 3
_ISSUES: Final = 4
#: What has carried nothing at all for so long is not there, or is called otherwise; the smallest subjects have a paper a month.
_NEVER: Final = timedelta(days=28)
_A_DAY: Final = timedelta(days=1)


def read_counts(value: object, today: date) -> dict[date, int]:
    """How many papers each day had, from a cursor; days that have not come are left out."""
    counts = value.items() if isinstance(value, dict) else ()
    known = {day(str(on)): number(count) or 0 for on, count in counts}
    return {on: count for on, count in known.items() if on is not None and on <= today}


def write_counts(counts: Mapping[date, int]) -> dict[str, Any]:
    """The same for a cursor: no more than is remembered."""
    newest = max(counts, default=date.min)
    return {on.isoformat(): counts[on] for on in sorted(counts) if newest - on < _REMEMBERED}


def stands_still(counts: Mapping[date, int], today: date) -> bool:
    """Whether so many weekdays passed since the newest of these days that by their own measure some had to bring papers."""
    if not counts:
        return False
    first, newest = min(counts), max(counts)
    rate = sum(counts.values()) / max(_weekdays(first, newest + _A_DAY), 1)
    missed = _weekdays(newest + _A_DAY, today)  # today is not over
    return missed >= _MISSED and missed * rate >= _EXPECTED


def longest_rest(days: Iterable[date]) -> int | None:
    """The most days from one of these days to the next; None when they are too few to say."""
    known = sorted(set(days))
    if len(known) < _ISSUES:
        return None
    return max((later - earlier).days for earlier, later in pairwise(known))


def rests_too_long(newest: date | None, rest: float | None, today: date) -> bool:
    """Whether a journal that never rested for more than `rest` days has had nothing for far longer since `newest`."""
    return newest is not None and rest is not None and (today - newest).days > max(_REST, _RESTS * rest)


def refuse_the_never_heard(name: str, begun: date | None, today: date) -> None:
    """`begun` is the day of the first look at what has carried nothing yet, None for what has. Raises SourceUnhealthyError."""
    if begun is not None and today - begun >= _NEVER:
        raise SourceUnhealthyError(f"{name}: it has never carried anything since {begun}; is its name right?")


def _weekdays(first: date, end: date) -> int:
    """Weekdays without holiday from `first` until the day before `end`."""
    return sum(expects_entries(first + timedelta(days=n)) for n in range((end - first).days))
