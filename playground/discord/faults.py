"""Misbehaviour on command: which request meets which fault, how often. Pure but for its counters.
It knows what to do wrong; the REST server and the gateway do it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.discord.errors import HumanError
from playground.discord.wire import Json

KINDS = ("status", "drop", "accept_then_reset", "accept_then_502", "rate_limit", "cloudflare", "latency")
# Discord's global limit does not count answers to interactions.
UNCOUNTED = re.compile(r"/interactions/|/webhooks/")
DEAD_URL = "ws://127.0.0.1:9/dead"  # the discard port: nobody listens


@dataclass(slots=True)
class Fault:
    """One rule: requests that match meet this kind, `count` times after `skip` were let through, or until it is over."""

    number: int
    kind: str
    method: str
    path: str
    count: int | None
    skip: int
    status: int
    body: Any
    headers: dict[str, str]
    latency: float
    retry_after: float
    scope: str
    until: float | None = None
    hits: int = 0

    def wait(self, now: float) -> float:
        """What a refusal says: how long to wait. Of a fault for a time, what is left of it."""
        return self.retry_after if self.until is None else max(0.0, self.until - now)

    def holds(self, method: str, path: str, now: float) -> bool:
        """Whether this request is one that the rule is about, now."""
        if self.until is not None and now >= self.until:
            return False
        if self.kind == "rate_limit" and self.scope == "global" and UNCOUNTED.match(path):
            return False
        return self.method in ("", method) and re.search(self.path, path) is not None

    def shown(self) -> Json:
        return {name: getattr(self, name) for name in self.__slots__}


def parse_fault(number: int, given: Json, now: float) -> Fault:
    kind = given.get("kind") or ("status" if "status" in given else "latency" if "latency" in given else "")
    if kind not in KINDS:
        raise HumanError(f"kind is one of: {', '.join(KINDS)}.")
    try:
        re.compile(str(given.get("path", "")))
        seconds = given.get("seconds")
        count = given.get("count", 1 if seconds is None else None)
        return Fault(
            number=number,
            kind=kind,
            method=str(given.get("method", "")).upper(),
            path=str(given.get("path", "")),
            count=None if count is None else int(count),
            skip=int(given.get("skip", 0)),
            status=int(given.get("status", 503)),
            body=given.get("body"),
            headers={str(k): str(v) for k, v in (given.get("headers") or {}).items()},
            latency=float(given.get("latency", 0.0)),
            retry_after=float(given.get("retry_after", 1.0)),
            scope=str(given.get("scope", "user")),
            until=None if seconds is None else now + float(seconds),
        )
    except (TypeError, ValueError, re.error) as error:
        raise HumanError(f"The fault cannot be read: {error}.") from None


@dataclass(slots=True)
class Faults:
    """All rules in the order they were set, and the switches that are not about one request. `now` is the playground's."""

    now: Callable[[], float] = time.time
    rules: list[Fault] = field(default_factory=list)
    handshake_503: int = 0
    dead_resume: bool = False
    silent_gateway: bool = False
    clock_skew: float = 0.0
    _number: int = 0

    @property
    def resume_url(self) -> str | None:
        return DEAD_URL if self.dead_resume else None

    def set(self, given: Json) -> Fault | None:
        """Take one order of the human side: switches, a rule, or both."""
        switches = given.keys() & {"handshake_503", "dead_resume", "silent_gateway", "clock_skew"}
        if "handshake_503" in given:
            self.handshake_503 = int(given["handshake_503"])
        if "dead_resume" in given:
            self.dead_resume = bool(given["dead_resume"])
        if "silent_gateway" in given:
            self.silent_gateway = bool(given["silent_gateway"])
        if "clock_skew" in given:
            self.clock_skew = float(given["clock_skew"])
        if switches and not given.keys() & {"kind", "status", "latency"}:
            return None
        self._number += 1
        fault = parse_fault(self._number, given, self.now())
        self.rules.append(fault)
        return fault

    def clear(self) -> None:
        self.rules.clear()
        self.handshake_503, self.dead_resume, self.silent_gateway, self.clock_skew = 0, False, False, 0.0

    def match(self, method: str, path: str) -> Fault | None:
        """The first rule for this request that is neither used up nor over; taking it counts."""
        now = self.now()
        for fault in self.rules:
            if not fault.holds(method, path, now):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.count is None or fault.hits < fault.count:
                fault.hits += 1
                return fault
        return None

    def take_handshake(self) -> bool:
        """Whether this WebSocket handshake is to be refused."""
        if self.handshake_503 <= 0:
            return False
        self.handshake_503 -= 1
        return True
