"""How fast the bot may write to Discord, over all its jobs together. Knows time; knows no message."""

from __future__ import annotations

import asyncio


class Pace:
    """At most `per_second` turns a second, evenly spaced."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._next = max(self._next, now) + self._interval
        await asyncio.sleep(self._next - self._interval - now)
