"""What time it is. The composition root makes one clock and passes it in; nobody else asks the system."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.errors import ConfigurationError

#: A clock that is shifted further is a mistake: calendars end, and no test needs it.
_FURTHEST: Final = timedelta(days=100 * 365)
_LONGEST: Final = 64  # characters of a number of seconds

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def shifted_clock(file: Path) -> Clock:
    """The system's clock plus the seconds that `file` holds now, so that a test or a playground can skip ahead.

    No file, or an empty one, shifts nothing. Raises ConfigurationError here when it holds something else than a number of
    seconds; while the process runs, what cannot be read shifts nothing.
    """
    try:
        _shift(file)
    except ValueError:
        raise ConfigurationError(
            f"PAPERBOY_CLOCK_FILE names {file}, which must be a plain file that holds a number of seconds, of at most 100 years. "
            "Write 0 into it, or leave the setting empty."
        ) from None

    def clock() -> datetime:
        try:
            return system_clock() + _shift(file)
        except ValueError:
            return system_clock()

    return clock


def _shift(file: Path) -> timedelta:
    """What the file holds; nothing where there is none. Raises ValueError when it is no file or holds no usable number."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a device has no end, a pipe would hold everybody
            raise ValueError(f"{file} is no plain file")
        with file.open(encoding="ascii") as opened:
            text = opened.read(_LONGEST + 1)
    except OSError:
        return timedelta()
    seconds = float(text.strip() or 0)
    if len(text) > _LONGEST or not abs(seconds) <= _FURTHEST.total_seconds():  # so said, it is true of `nan` too
        raise ValueError(f"{text!r} is no usable number of seconds")
    return timedelta(seconds=seconds)


def clock_of(file: Path | None) -> Clock:
    """The clock of a process: the system's, shifted where the settings name a file for it."""
    return shifted_clock(file) if file else system_clock
