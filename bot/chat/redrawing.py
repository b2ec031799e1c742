"""Messages that many people change at once: each is drawn by one at a time, and nobody draws what somebody else just drew.

Knows nothing of what is drawn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asked: int = 0
    drawn: int = 0
    waiting: int = 0


class Redrawing:
    """Draws messages, by their numbers."""

    def __init__(self) -> None:
        self._turns: dict[int, _Turn] = {}

    async def draw(self, message: int, draw: Callable[[], Awaitable[None]]) -> None:
        """Returns when the message shows what was so when this was called: `draw` reads it and puts it there. Of many who wait for their
        turn one draws for all. Raises what `draw` raised."""
        turn = self._turns.setdefault(message, _Turn())
        turn.asked += 1
        mine = turn.asked
        turn.waiting += 1
        try:
            async with turn.lock:
                if turn.drawn >= mine:
                    return
                asked = turn.asked
                await draw()
                turn.drawn = asked
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                self._turns.pop(message, None)
