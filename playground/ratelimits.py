"""How often a bot may ask: buckets with Discord's headers, the global limit, the ban, identifies.
It knows counts and times; it must not know what the routes do."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from playground.wire import CONTENT_TYPE, Json

if TYPE_CHECKING:
    from playground.rest import Call
    from playground.server import Playground

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


@dataclass(slots=True)
class Limiter:
    """All buckets. Times are real, not shifted: a bot sleeps for real."""

    play: Playground
    enabled: bool = True
    invalid_limit: int = INVALID
    buckets: dict[str, Bucket] = field(default_factory=dict)
    recent: deque[float] = field(default_factory=deque)
    invalid: deque[float] = field(default_factory=deque)
    banned_until: float = 0.0

    def check(self, call: Call, auth: bool) -> dict[str, str] | web.Response:
        """The headers for an allowed request, or the 429. Callbacks carry no bucket."""
        if not self.enabled or call.template.startswith("/interactions/"):
            return {}
        now = time.monotonic()
        if auth and not EXEMPT.match(call.template):
            while self.recent and self.recent[0] <= now - 1:
                self.recent.popleft()
            if len(self.recent) >= GLOBAL:
                return self.too_many(self.recent[0] + 1 - now, "global")
            self.recent.append(now)
        limit, seconds = rule(call.method, call.template)
        major = next((call.params[n] for n in ("channel_id", "guild_id", "token") if n in call.params), "")
        name = hashlib.sha256(f"{call.method} {call.template}".encode()).hexdigest()[:32]
        key = f"{call.me}:{name}:{major}"
        bucket = self.buckets.get(key)
        if bucket is None or bucket.until <= now:
            bucket = self.buckets[key] = Bucket(limit, seconds, limit, now + seconds)
        headers = self._headers(bucket, name, now)
        if bucket.left <= 0:
            return self.too_many(bucket.until - now, "user", headers)
        bucket.left -= 1
        return headers | {"X-RateLimit-Remaining": str(bucket.left)}

    def _headers(self, bucket: Bucket, name: str, now: float) -> dict[str, str]:
        after = max(0.0, bucket.until - now)
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.left),
            "X-RateLimit-Reset": f"{time.time() + after + self.play.faults.clock_skew:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": name,
            "Via": "1.1 google",
        }

    def too_many(
        self, after: float, scope: str, headers: dict[str, str] | None = None, *, skew: float = 0.0
    ) -> web.Response:
        """A 429 as Discord itself sends it; without Via it would be Cloudflare's."""
        after = max(0.001, math.ceil(after * 1000) / 1000)
        body: Json = {"message": "You are being rate limited.", "retry_after": after, "global": scope == "global"}
        body["code"] = 0
        sent = (headers or {}) | {
            "Via": "1.1 google",
            "Retry-After": str(math.ceil(after)),
            "X-RateLimit-Scope": scope,
            "X-RateLimit-Reset-After": f"{after:.3f}",
        }
        if skew:
            sent["X-RateLimit-Reset"] = f"{time.time() + after + skew:.3f}"
        if scope == "global":
            sent["X-RateLimit-Global"] = "true"
        return web.Response(status=429, body=json.dumps(body).encode(), content_type=CONTENT_TYPE, headers=sent)

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

    def banned(self) -> web.Response | None:
        left = self.banned_until - time.monotonic()
        if left <= 0:
            return None
        from playground.rest import CLOUDFLARE_PAGE

        headers = {"Retry-After": str(math.ceil(left)), "Server": "cloudflare"}
        return web.Response(status=429, text=CLOUDFLARE_PAGE, content_type="text/html", headers=headers)


def rule(method: str, template: str) -> tuple[int, float]:
    for verb, end, limit, seconds in BUCKETS:
        if verb == method and template.endswith(end):
            return limit, seconds
    return DEFAULT


@dataclass(slots=True)
class Identifies:
    """How often a bot identified today; too often resets its token, as Discord does."""

    play: Playground
    enforce_concurrency: bool = False
    _last: dict[str, float] = field(default_factory=dict)

    def count(self, app: Json) -> bool:
        """Count one; False when the day's are used up, and then the token is new."""
        used = self.used(app["id"]) + 1
        self.play.state.set_meta(f"identifies:{app['id']}:{self._day()}", str(used))
        if used <= IDENTIFIES_PER_DAY:
            return True
        self.play.reset_token(app)
        return False

    def used(self, app_id: str) -> int:
        return int(self.play.state.meta(f"identifies:{app_id}:{self._day()}") or 0)

    def may_start(self, app: Json) -> bool:
        """With max_concurrency 1 a bot starts one session in five seconds."""
        now = time.monotonic()
        if self.enforce_concurrency and now - self._last.get(app["id"], -math.inf) < IDENTIFY_SECONDS:
            return False
        self._last[app["id"]] = now
        return True

    def _day(self) -> int:
        return int(self.play.clock.now() // 86_400)
