"""How fast the bot may write to Discord, over all its jobs together. Knows time; knows no message."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

#: The share of a turn that may be made up for.
_SLACK: Final = 0.25


class Pace:
    """At most `per_second` turns a second, first come, first served.

    Turns are evenly spaced. What the event loop gives late by a few milliseconds is made up for with the next one; no second
    holds more than one turn above `per_second`, since those who count at the other end see them come a little closer together.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self) -> None:
        """Returns when it is one's turn."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._queue.append(mine)
        if self._timer is None:
            self._timer = loop.call_at(max(self._next, loop.time()), self._give)
        await mine

    def _give(self) -> None:
        """Gives one turn; those who were cancelled meanwhile use none up."""
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._queue:
            first = self._queue.popleft()
            if not first.done():
                self._next = max(self._next, loop.time() - self._interval * _SLACK) + self._interval
                first.set_result(None)
                break
        if self._queue:
            self._timer = loop.call_at(self._next, self._give)
