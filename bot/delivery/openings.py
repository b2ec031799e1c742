"""How many DM channels may be opened, and when the next one. PURE.

Discord takes a bot that opens many of them quickly for spam (error 40003; young bots were quarantined after 25 to 40).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

PER_MINUTE: Final = 10
#: Stored instants are whole seconds, so that two of them can be a second nearer than they say.
_WINDOW: Final = timedelta(seconds=61)
#: After Discord said "too fast".
_REST: Final = timedelta(minutes=10)


def left(now: datetime, opened: Sequence[datetime], refused: datetime | None) -> int:
    """How many may be opened now, given when others were opened, oldest first, and when Discord last refused one."""
    if refused is not None and now < refused + _REST:
        return 0
    return max(0, PER_MINUTE - sum(at > now - _WINDOW for at in opened))


def free_at(now: datetime, opened: Sequence[datetime], refused: datetime | None, before: int = 0) -> datetime:
    """When one more may be opened after `before` others that come first."""
    start = now if refused is None else max(now, refused + _REST)
    turns = list(opened)
    for _ in range(before + 1):
        turns.append(start if len(turns) < PER_MINUTE else max(start, turns[-PER_MINUTE] + _WINDOW))
    return turns[-1]
