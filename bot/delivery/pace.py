"""How fast the bot may write to Discord, over all its jobs together. Knows time; knows no message."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

#: The share of a turn that may be made up for.
_SLACK: Final = 0.25
#: Discord counts requests in any second; 50 are permitted, and one stays free.
_IN_A_SECOND: Final = 49
#: A request is counted when it reaches Discord, which is known only from its answer. One that takes longer than this was
#: counted long ago and is merely slow.
_SLOW: Final = 2.0
#: Requests whose quickest tells how long the way is at the least.
_REMEMBERED: Final = 100


class Window:
    """How many requests Discord may count within one second, whenever between sending and answer it counted each."""

    def __init__(self) -> None:
        self._ends: dict[int, float] = {}  # a request → when it is certainly out of the second
        self._begun: dict[int, float] = {}  # those without an answer
        self._took: deque[float] = deque(maxlen=_REMEMBERED)
        self._number = 0

    def begin(self, at: float) -> int:
        self._number += 1
        self._begun[self._number] = at
        self._ends[self._number] = at + _SLOW + 1
        return self._number

    def end(self, number: int, at: float) -> None:
        """The answer is here: the request was counted before, by at least the way that no request is quicker than."""
        begun = self._begun.pop(number)
        self._took.append(at - begun)
        quickest = min(self._took) if len(self._took) == _REMEMBERED else 0.0
        self._ends[number] = min(self._ends.get(number, at), at + 1 - quickest)

    def free_at(self, now: float) -> float:
        """When one more may be sent, as far as is known now."""
        self._ends = {number: end for number, end in self._ends.items() if end > now}
        if len(self._ends) < _IN_A_SECOND:
            return now
        return sorted(self._ends.values())[-_IN_A_SECOND]


class Pace:
    """At most `per_second` turns a second, first come, first served.

    Turns are evenly spaced; what the event loop gives late by a few milliseconds is made up for with the next one. Requests
    that are held up on their way arrive together, so that turns also wait while Discord may count too many in one second.
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._window = Window()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Begins when it is one's turn; one request is made inside."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        self._queue.append(mine)
        if self._timer is None:
            self._arm()
        await mine
        number = self._window.begin(loop.time())
        try:
            yield
        finally:
            self._window.end(number, loop.time())
            if self._timer is not None:
                self._arm()

    def _arm(self) -> None:
        """The next turn is given as soon as both the spacing and the second allow."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(max(self._next, self._window.free_at(loop.time())), self._give)

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
            self._arm()
