"""PURE: what nightly copies of the database are called, when the next one is due, and which old ones go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

DAYS: Final = 7
WEEKS: Final = 4
#: When nobody's digest is near: arXiv's announcement is in, Europe sleeps, America has read.
HOUR: Final = time(4, 30, tzinfo=UTC)
_FORM: Final = "%Y-%m-%dT%H%M%SZ"
_STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}Z")


def file_name(stem: str, now: datetime) -> str:
    """What the copy of this instant is called: `paperboy-2026-11-27T043000Z.db`."""
    return f"{stem}-{now.astimezone(UTC):{_FORM}}.db"


def instant_of(stem: str, name: str) -> datetime | None:
    """The instant of a copy, from its name; None for a file of another name."""
    stamp = name.removeprefix(f"{stem}-").removesuffix(".db")
    if name != f"{stem}-{stamp}.db" or not _STAMP.fullmatch(stamp):
        return None
    try:
        return datetime.strptime(stamp, _FORM).replace(tzinfo=UTC)
    except ValueError:  # February 30
        return None


def is_due(made: Iterable[datetime], now: datetime) -> bool:
    """Whether no copy was made since the last night. One from a clock that was ahead by more than a day is none."""
    night = datetime.combine(now.astimezone(UTC).date(), HOUR)
    if night > now:
        night -= timedelta(days=1)
    return not any(night <= instant <= now + timedelta(days=1) for instant in made)


def outlived(made: Sequence[datetime]) -> set[datetime]:
    """Which copies go: all but the newest of each of the last 7 days, and of each of the last 4 weeks, that have one."""
    newest_first = sorted(made, reverse=True)
    by_day: dict[object, datetime] = {}
    by_week: dict[object, datetime] = {}
    for instant in newest_first:
        by_day.setdefault(instant.date(), instant)
        by_week.setdefault(instant.isocalendar()[:2], instant)
    kept = {*list(by_day.values())[:DAYS], *list(by_week.values())[:WEEKS]}
    return set(made) - kept
