"""How often a bot may ask: buckets, the global limit, the ban, identifies.
It knows counts and times and answers with numbers; it must not know headers, responses, or what the routes do."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.discord.clock import Clock
from playground.discord.state import State
from playground.discord.wire import Json

# (method, end of the template): requests, seconds. The numbers are those seen in practice; a bot must read the headers.
BUCKETS: tuple[tuple[str, str, int, float], ...] = (
    ("POST", "/channels/{channel_id}/messages", 5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}", 5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}", 5, 1.0),
    ("PUT", "/@me", 1, 0.25),
    ("GET", "/channels/{channel_id}/messages", 5, 5.0),
    ("POST", "/typing", 5, 5.0),
    ("POST", "/users/@me/channels", 10, 10.0),
    ("PUT", "/commands", 2, 20.0),
    ("POST", "/commands", 5, 20.0),
    ("POST", "/webhooks/{app_id}/{token}", 5, 2.0),
    ("PATCH", "/messages/{message_id}", 5, 2.0),
)
DEFAULT = (10, 1.0)
GLOBAL = 50
INVALID, INVALID_SECONDS, BAN_SECONDS = 10_000, 600.0, 3600.0
IDENTIFIES_PER_DAY = 1000
IDENTIFY_SECONDS = 5.0
# Not counted globally: interaction callbacks and follow-ups.
EXEMPT = re.compile(r"/interactions/|/webhooks/")


@dataclass(slots=True)
class Bucket:
    limit: int
    seconds: float
    left: int
    until: float  # monotonic


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say of one request: how long to wait if it is refused, and how its bucket stands."""

    wait: float | None = None  # seconds; None: allowed
    scope: str = "user"
    bucket: str = ""  # its name; none for requests that no bucket counts
    limit: int = 0
    left: int = 0
    after: float = 0.0  # seconds until the bucket is full again


ALLOWED = Verdict()


@dataclass(slots=True)
class Limiter:
    """All buckets. Times are real, not shifted: a bot sleeps for real."""

    enabled: bool = True
    invalid_limit: int = INVALID
    buckets: dict[str, Bucket] = field(default_factory=dict)
    recent: deque[float] = field(default_factory=deque)
    invalid: deque[float] = field(default_factory=deque)
    banned_until: float = 0.0

    def check(self, bot_id: str, method: str, template: str, params: Mapping[str, str], *, auth: bool) -> Verdict:
        """Count one request. Callbacks carry no bucket."""
        if not self.enabled or template.startswith("/interactions/"):
            return ALLOWED
        now = time.monotonic()
        if auth and not EXEMPT.match(template):
            while self.recent and self.recent[0] <= now - 1:
                self.recent.popleft()
            if len(self.recent) >= GLOBAL:
                return Verdict(wait=self.recent[0] + 1 - now, scope="global")
            self.recent.append(now)
        limit, seconds = rule(method, template)
        major = next((params[n] for n in ("channel_id", "guild_id", "token") if n in params), "")
        name = hashlib.sha256(f"{method} {template}".encode()).hexdigest()[:32]
        key = f"{bot_id}:{name}:{major}"
        bucket = self.buckets.get(key)
        if bucket is None or bucket.until <= now:
            bucket = self.buckets[key] = Bucket(limit, seconds, limit, now + seconds)
        after = max(0.0, bucket.until - now)
        refused = bucket.left <= 0
        if not refused:
            bucket.left -= 1
        wait = after if refused else None
        return Verdict(wait, bucket=name, limit=bucket.limit, left=bucket.left, after=after)

    def count_invalid(self, status: int, scope: str | None) -> None:
        """10,000 answers of 401, 403 or 429 (but for shared ones) in ten minutes get the address banned."""
        if status not in (401, 403, 429) or scope == "shared":
            return
        now = time.monotonic()
        self.invalid.append(now)
        while self.invalid[0] < now - INVALID_SECONDS:
            self.invalid.popleft()
        if self.enabled and len(self.invalid) >= self.invalid_limit:
            self.banned_until = now + BAN_SECONDS
            self.invalid.clear()

    def ban_left(self) -> float:
        """The seconds that the ban still lasts; 0 when there is none."""
        return max(0.0, self.banned_until - time.monotonic())


def rule(method: str, template: str) -> tuple[int, float]:
    for verb, end, limit, seconds in BUCKETS:
        if verb == method and template.endswith(end):
            return limit, seconds
    return DEFAULT


@dataclass(slots=True)
class Identifies:
    """How often a bot identified today; too often resets its token, as Discord does."""

    state: State
    clock: Clock
    reset_token: Callable[[Json], object]
    enforce_concurrency: bool = False
    _last: dict[str, float] = field(default_factory=dict)

    def count(self, app: Json) -> bool:
        """Count one; False when the day's are used up, and then the token is new."""
        used = self.used(app["id"]) + 1
        self.state.set_meta(f"identifies:{app['id']}:{self._day()}", str(used))
        if used <= IDENTIFIES_PER_DAY:
            return True
        self.reset_token(app)
        return False

    def used(self, app_id: str) -> int:
        return int(self.state.meta(f"identifies:{app_id}:{self._day()}") or 0)

    def may_start(self, app: Json) -> bool:
        """With max_concurrency 1 a bot starts one session in five seconds."""
        now = time.monotonic()
        if self.enforce_concurrency and now - self._last.get(app["id"], -math.inf) < IDENTIFY_SECONDS:
            return False
        self._last[app["id"]] = now
        return True

    def _day(self) -> int:
        return int(self.clock.now() // 86_400)
