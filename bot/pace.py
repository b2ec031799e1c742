"""How fast the bot may write to Discord, over all its jobs together. Knows time; knows no message."""

from __future__ import annotations

import asyncio
from collections import deque


class Pace:
    """At most `per_second` turns a second, first come, first served.

    Turns are evenly spaced. One that the event loop gives late may be followed by the next at its own time, so that a busy
    moment costs nothing: any second holds two turns more than `per_second` at most.
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
                self._next = max(self._next, loop.time() - self._interval) + self._interval
                first.set_result(None)
                break
        if self._queue:
            self._timer = loop.call_at(self._next, self._give)
