"""The requests that bots made, for whoever tests one.
It knows their names, times and bodies; it must not know what they asked for."""

from __future__ import annotations

from collections import deque

from playground.discord.clock import Clock
from playground.discord.wire import Json

LOG_ENTRIES = 50_000


class RequestLog:
    """The REST requests of the bots, for whoever tests one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Json] = deque(maxlen=LOG_ENTRIES)
        self._last = 0

    def begin(self, method: str, path: str) -> Json:
        self._last += 1
        at = self._clock.iso()
        entry: Json = {
            "n": self._last,
            "at": at,
            "method": method,
            "path": path,
            "status": None,
            "ms": None,
            "body": None,
        }
        self._entries.append(entry)
        return entry

    def after(self, n: int) -> list[Json]:
        return [entry for entry in self._entries if entry["n"] > n]
