"""What time it is. The composition root makes one clock and passes it in; nobody else asks the system."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def shifted_clock(file: Path) -> Clock:
    """The system's clock plus the seconds that `file` holds now, so that a test or a playground can skip ahead."""

    def clock() -> datetime:
        shift = 0.0
        with contextlib.suppress(OSError, ValueError):
            shift = float(file.read_text(encoding="ascii"))
        return system_clock() + timedelta(seconds=shift)

    return clock


def clock_of(file: Path | None) -> Clock:
    """The clock of a process: the system's, shifted where the settings name a file for it."""
    return shifted_clock(file) if file else system_clock
