"""Says what holds the event loop: while it is held, no button is answered and no heartbeat is sent.

A thread of its own looks whether the loop still turns; when it does not, the log gets the stack of what it is in.
Knows the loop; knows no work. Only the bot is watched: on the command line nobody waits for another's answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

#: Seconds without a turn that are worth a line in the log. Discord waits three for an answer.
LIMIT: Final = 0.25
_FRAMES: Final = 12


@contextlib.contextmanager
def watch_loop(limit: float = LIMIT) -> Iterator[None]:
    """Watches the running loop until the block ends."""
    watchdog = _Watchdog(asyncio.get_running_loop(), limit)
    thread = threading.Thread(target=watchdog.watch, name="loop watchdog", daemon=True)
    watchdog.beat()
    thread.start()
    try:
        yield
    finally:
        watchdog.stop()
        thread.join()


class _Watchdog:
    def __init__(self, loop: asyncio.AbstractEventLoop, limit: float) -> None:
        self._loop = loop
        self._limit = limit
        self._loop_thread = threading.get_ident()
        self._last_turn = time.monotonic()
        self._ended = threading.Event()
        self._timer: asyncio.TimerHandle | None = None

    def beat(self) -> None:
        """Runs in the loop, several times within the limit."""
        self._last_turn = time.monotonic()
        self._timer = self._loop.call_later(self._limit / 4, self.beat)

    def stop(self) -> None:
        self._ended.set()
        if self._timer is not None:
            self._timer.cancel()

    def watch(self) -> None:
        """Runs in the thread. Each time the loop is held it says so twice: where, and in the end how long."""
        held_since: float | None = None
        while not self._ended.wait(self._limit / 4):
            last = self._last_turn
            if held_since not in (None, last):
                log.warning("the event loop turns again; it was held for %.0f ms", (last - held_since) * 1000)
                held_since = None
            if held_since is None and time.monotonic() - last > self._limit:
                held_since = last
                frame = sys._current_frames().get(self._loop_thread)
                log.warning("the event loop is held for more than %.0f ms, in %s", self._limit * 1000, _place(frame))


def _place(frame: FrameType | None) -> str:
    """The innermost calls on one line, the deepest first."""
    calls = traceback.extract_stack(frame, limit=None) if frame else []
    return " < ".join(f"{call.name} ({call.filename}:{call.lineno})" for call in list(calls)[: -_FRAMES - 1 : -1])
