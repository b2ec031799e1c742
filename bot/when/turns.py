"""Long work in portions: the event loop gets its turns, so that nobody else waits. Knows time; knows no work."""

from __future__ import annotations

import asyncio
import time
from typing import Final

#: Seconds of work after which everybody else comes first.
PERIOD: Final = 0.01


def never() -> bool:
    """Gives way to nobody."""
    return False


class Turns:
    """Gives the event loop a turn whenever `period` seconds of work have been done. `taken` counts the turns."""

    def __init__(self, period: float = PERIOD) -> None:
        self._period = period
        self._begun = time.perf_counter()
        self.taken = 0

    async def rest(self) -> None:
        """Returns at once until it is time."""
        if time.perf_counter() - self._begun >= self._period:
            await asyncio.sleep(0)
            self._begun = time.perf_counter()
            self.taken += 1
