"""What politeness towards an upstream is made of: gates, pauses, limits, and what a refusal says about waiting.

Pure: knows headers and numbers; must not know how requests are sent or where a gate is kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from email.utils import parsedate_to_datetime, parsedate_tz
from typing import Protocol

LONGEST_WAIT = 24 * 3600.0  # a longer Retry-After is taken for this
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class RateState(Protocol):
    """Where gates and penalties outlive a restart. An instant once written is only ever replaced by a later one."""

    async def reserve(self, group: str, interval: float, now: datetime) -> datetime:
        """Takes the next place in the group's queue, at least `interval` seconds after the one before; when it is."""
        ...

    async def back_off(self, group: str, until: datetime) -> None:
        """Keeps `until` for the group."""
        ...

    async def penalty(self, group: str) -> datetime | None:
        """What `back_off` kept last for the group, past or future."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """One service and its manners.

    `gate` names the queue that it shares with its siblings, `interval` seconds apart and one at a time; None: no
    queue. After a refusal without Retry-After nothing is asked for `first_pause` seconds, doubling up to
    `longest_pause` until something is answered again.
    """

    name: str
    base_url: str
    gate: str | None = None
    interval: float = 0.0
    first_pause: float = 300.0
    longest_pause: float = 3600.0


def arxiv_service(name: str, base_url: str) -> Service:
    """One of arXiv's services: all of them share one connection and one request every three seconds.

    https://info.arxiv.org/help/api/tou.html; a refusal carries no Retry-After and lasts long, so 15 min … 6 h.
    """
    return Service(name, base_url, gate="arxiv", interval=3.0, first_pause=900.0, longest_pause=6 * 3600.0)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a conditional request sends back, from the answer before."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes after which an exchange is given up; bytes are counted decompressed."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 120.0
    body: int = 15_000_000


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the upstream asked us to wait: Retry-After in seconds or as a date, else Hugging Face's RateLimit.

    Clamped to 0 … 24 h, however long it is; None when it does not say or cannot be read.
    https://www.rfc-editor.org/rfc/rfc9110#field.retry-after , https://huggingface.co/docs/hub/rate-limits
    """
    value = headers.get("retry-after", "").strip()
    seconds = float(value) if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", value) else _seconds_until(value, now)
    if seconds is None:
        window = re.search(r"\bt=([0-9]+)", headers.get("ratelimit", ""))
        seconds = float(window.group(1)) if window else None
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds_until(date: str, now: datetime) -> float | None:
    """How far away an HTTP date is; infinitely when its year is behind the end of all calendars, None when it is no date."""
    fields = None
    try:
        fields = parsedate_tz(date)
        when = parsedate_to_datetime(date)
    except (ValueError, OverflowError, TypeError, IndexError):
        return math.inf if fields is not None and fields[0] > MAXYEAR else None
    return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds()
