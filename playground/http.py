"""What is common to everything that is served: the key to Discord, bodies read, answers and refusals written.
It knows HTTP; it must not know the routes."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from playground.discord.core import Discord
from playground.discord.errors import DiscordError
from playground.discord.messages import Upload
from playground.discord.ratelimits import Verdict
from playground.discord.wire import CONTENT_TYPE, Json

#: Under which a web application carries its Discord.
PLAYGROUND: web.AppKey[Discord] = web.AppKey("playground")
REQUEST_LIMIT = 25 * 1024 * 1024
VIA = "1.1 google"  # on what comes from Discord itself; without it, a 429 is Cloudflare's
CLOUDFLARE_PAGE = (
    "<!DOCTYPE html><html><head><title>Access denied | discord.com</title></head>"
    "<body>Error 1015: you are being rate limited</body></html>"
)


def respond(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer in Discord's form: JSON without a charset, or nothing."""
    if body is None:
        return web.Response(status=status, headers=headers)
    data = json.dumps(body, separators=(",", ":")).encode()
    return web.Response(status=status, body=data, content_type=CONTENT_TYPE, headers=headers)


def limit_headers(verdict: Verdict, skew: float) -> dict[str, str]:
    """How the bucket stands, in Discord's headers; `skew` is by how many seconds its clock is wrong."""
    if not verdict.bucket:
        return {}
    return {
        "X-RateLimit-Limit": str(verdict.limit),
        "X-RateLimit-Remaining": str(verdict.left),
        "X-RateLimit-Reset": f"{time.time() + verdict.after + skew:.3f}",
        "X-RateLimit-Reset-After": f"{verdict.after:.3f}",
        "X-RateLimit-Bucket": verdict.bucket,
        "Via": VIA,
    }


def too_many(after: float, scope: str, headers: Mapping[str, str] | None = None, *, skew: float = 0.0) -> web.Response:
    """A 429 as Discord itself sends it."""
    after = max(0.001, math.ceil(after * 1000) / 1000)
    body: Json = {"message": "You are being rate limited.", "retry_after": after, "global": scope == "global"}
    body["code"] = 0
    sent = {
        **(headers or {}),
        "Via": VIA,
        "Retry-After": str(math.ceil(after)),
        "X-RateLimit-Scope": scope,
        "X-RateLimit-Reset-After": f"{after:.3f}",
    }
    if skew:
        sent["X-RateLimit-Reset"] = f"{time.time() + after + skew:.3f}"
    if scope == "global":
        sent["X-RateLimit-Global"] = "true"
    return web.Response(status=429, body=json.dumps(body).encode(), content_type=CONTENT_TYPE, headers=sent)


def banned(left: float) -> web.Response:
    """The ban in front of Discord: HTML, and how long it still lasts."""
    headers = {"Retry-After": str(math.ceil(left)), "Server": "cloudflare"}
    return web.Response(status=429, text=CLOUDFLARE_PAGE, content_type="text/html", headers=headers)


async def read_body(request: web.Request, entry: Json) -> tuple[Any, tuple[Upload, ...]]:
    """The JSON of a request, which is noted in its entry of the log, and the files that came with it."""
    try:
        if request.content_type.startswith("multipart/"):
            body, uploads = await _read_multipart(request)
        else:
            raw = await request.read()
            body, uploads = (json.loads(raw) if raw else None), ()
    except web.HTTPRequestEntityTooLarge:
        raise DiscordError(40005) from None
    except (ValueError, UnicodeDecodeError):
        raise DiscordError(50109) from None
    entry["body"] = body
    return body, uploads


async def _read_multipart(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    payload: Any = None
    uploads = []
    for name, part in (await request.post()).items():
        if name == "payload_json":
            payload = json.loads(part if isinstance(part, str) else bytes(part))  # type: ignore[arg-type]
        elif isinstance(part, web.FileField):
            index = re.sub(r"\D", "", name) or "0"
            uploads.append(Upload(index, part.filename, part.content_type, part.file.read()))
    return payload, tuple(uploads)
