"""How long to wait after a failure: longer each time, and never longer than the last rung. PURE."""

from __future__ import annotations

from datetime import timedelta

#: Pauses, the shortest first.
Ladder = tuple[timedelta, ...]


def doubling(first: timedelta, longest: timedelta) -> Ladder:
    """`first`, each pause twice the one before, up to `longest`."""
    rungs = [first]
    while rungs[-1] < longest:
        rungs.append(min(2 * rungs[-1], longest))
    return tuple(rungs)


def pause_after(failures: int, ladder: Ladder) -> timedelta:
    """The pause after so many failures in a row, at least one."""
    return ladder[min(failures, len(ladder)) - 1]


def pause_beyond(last: timedelta, ladder: Ladder) -> timedelta:
    """The pause after one of `last` (a second more or less, as clocks round); the first one after none (zero)."""
    return next((rung for rung in ladder if rung > last + timedelta(seconds=1)), ladder[-1])
