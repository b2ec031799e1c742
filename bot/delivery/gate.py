"""When Discord may be asked: the pauses that it ordered, and how many refusals are left before it bans the address.

Every request of discord.py passes here (`bot/chat/tracing.py` leads it), so that a pause holds sends, edits, reads, direct
messages, command updates and discord.py's own retries alike. Knows what Discord's answers order; knows no socket.
Limits: developer documentation, topics/rate-limits.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Final

from bot.delivery.allowance import Allowance
from bot.errors import DeliveryDelayedError
from bot.models import Held, Pause
from bot.store import meta, pauses
from bot.store.database import Database
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: A pause up to this many seconds is waited for; a longer one is an error for whoever asks.
SHORT: Final = 3.0
#: No order is believed to hold longer.
LONGEST: Final = timedelta(hours=24)
#: What a ban lasts that does not say how long.
BAN: Final = 3600.0
#: Discord bans an address after 10,000 answers of 401, 403 or 429 in ten minutes. Ours are at most 250 + 600 / 2.4 = 500.
REFUSALS: Final = Allowance(burst=250, period=2.4)
#: Discord resets the token of a bot that identifies 1,000 times a day. Ours are at most 20 + 86,400 / 480 = 200.
IDENTIFIES: Final = Allowance(burst=20, period=480.0)
#: Discord takes 200 new commands a day. Ours are at most 100 + 86,400 / 864 = 200.
REGISTRATIONS: Final = Allowance(burst=100, period=864.0)
#: The last refusals are kept for answers to people.
_FOR_PEOPLE: Final = 25
_SLACK: Final = timedelta(seconds=60)
_BREATHER: Final = timedelta(seconds=60)
_CHANNEL: Final = "channel "
_DM_OPENS: Final = "POST /users/@me/channels"
_WRITES_TOO_FAST: Final = frozenset({20016, 20028})
_OPENS_TOO_FAST, _BLOCKED = 40003, 40333


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Discord, as far as it can order a pause. `path` begins below the API's root."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Order:
    """What an answer orders: who waits, for how many seconds, and why."""

    holds: Held
    place: str
    seconds: float
    reason: str


def order_of(answer: Answer, now: datetime) -> Order | None:
    """The pause that this answer orders, if any."""
    said = _said(answer.body)
    code = said.get("code") if said is not None else None
    if code == _BLOCKED or _is_ban(answer, said, code):
        seconds = _seconds(answer, said, now, BAN)
        return Order(Held.EVERYTHING, "", seconds, "Discord does not take requests from my address for a while")
    if code == _OPENS_TOO_FAST:
        seconds = _seconds(answer, said, now, 60.0)
        return Order(Held.PLACE, _DM_OPENS, seconds, "Discord wants fewer new direct messages")
    if answer.status != 429:
        return None
    seconds = _seconds(answer, said, now, 1.0)
    if (said or {}).get("global") is True or answer.headers.get("X-RateLimit-Global") == "true":
        return Order(Held.REQUESTS, "", seconds, "Discord wants fewer requests")
    return Order(Held.PLACE, place_of(answer.method, answer.path), seconds, "Discord wants fewer requests here")


def place_of(method: str, path: str) -> str:
    """What a route's limit holds: the channel, else the route with its server."""
    found = re.match(r"/channels/([0-9]+)", path)
    if found:
        return _channel(int(found[1]))
    return f"{method} " + re.sub(r"(?<!/guilds)/[0-9]+", "/…", path)


def answers_people(path: str) -> bool:
    """Whether the request answers an interaction: its token stands in the path, and no global limit counts it."""
    return path.startswith(("/interactions/", "/webhooks/"))


def _channel(channel_id: int) -> str:
    return f"{_CHANNEL}{channel_id}"


def _said(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_ban(answer: Answer, said: dict[str, Any] | None, code: object) -> bool:
    """Cloudflare answers in Discord's place: with a page, and without the header that Discord's own answers carry."""
    if answer.status == 403:
        return said is None and answer.body.lstrip().startswith(b"<")
    if answer.status != 429:
        return False
    known = code in _WRITES_TOO_FAST or "X-RateLimit-Scope" in answer.headers
    return said is None or ("Via" not in answer.headers and not known)


def _seconds(answer: Answer, said: dict[str, Any] | None, now: datetime, otherwise: float) -> float:
    """How long, from the body, else from the headers; never negative and never more than a day."""
    given = [(said or {}).get("retry_after"), *map(answer.headers.get, ("Retry-After", "X-RateLimit-Reset-After"))]
    for one in given:
        seconds = _number(one, now)
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST.total_seconds())
    return otherwise


def _number(given: object, now: datetime) -> float | None:
    if isinstance(given, (int, float, str)) and not isinstance(given, bool):
        with contextlib.suppress(ValueError, OverflowError):
            seconds = float(given)
            # Digits without end are a long pause, not no pause.
            return None if seconds != seconds else seconds if isfinite(seconds) else LONGEST.total_seconds()
    if isinstance(given, str):
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            at = parsedate_to_datetime(given)
            return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return None


class Gate:
    """Lets a request pass, holds it for a moment, or raises DeliveryDelayedError. One for the whole process."""

    def __init__(
        self, database: Database, clock: Clock, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._database = database
        self._clock = clock
        self._sleep = sleep
        self._pauses: dict[tuple[Held, str], Pause] = {}
        self._refused = 0.0
        self._under_way = 0

    async def load(self) -> None:
        """What a stopped process was told still holds."""
        async with self._database.reading() as read:
            self._pauses = {(p.holds, p.place): p for p in await pauses.load(read)}
            self._refused = await meta.read_value(read, "refusals", meta.number) or 0.0

    # -- questions ----------------------------------------------------------------------------------------------------

    def free_at(self, channel_id: int | None, now: datetime) -> datetime | None:
        """When a channel may be written to, read or edited again; None when it may be now.

        Without a channel: when the pause is over that holds them all.
        """
        places = [] if channel_id is None else [(Held.PLACE, _channel(channel_id))]
        return self._free_at([(Held.REQUESTS, ""), *places], now)

    def held_channels(self, now: datetime) -> list[int]:
        """The channels that Discord holds for themselves."""
        places = [place for holds, place in self._pauses if holds is Held.PLACE and self._ends((holds, place), now)]
        return [int(place.removeprefix(_CHANNEL)) for place in places if place.startswith(_CHANNEL)]

    def dm_opens_free_at(self, now: datetime) -> datetime | None:
        """When a new direct message may be opened; None when it may be now."""
        return self._free_at([(Held.REQUESTS, ""), (Held.PLACE, _DM_OPENS)], now)

    def check(self, channel_id: int) -> None:
        """Raises DeliveryDelayedError while the channel is held: to be asked before a send is noted as begun."""
        now = self._clock()
        free_at = self.free_at(channel_id, now)
        if free_at is not None:
            raise self._delayed(free_at, now)

    def _free_at(self, keys: list[tuple[Held, str]], now: datetime) -> datetime | None:
        held = [ended for key in [(Held.EVERYTHING, ""), *keys] if (ended := self._ends(key, now)) is not None]
        return max(held, default=None)

    def _ends(self, key: tuple[Held, str], now: datetime) -> datetime | None:
        pause = self._pauses.get(key)
        # One that begins in the future was ordered by a clock that was ahead: it costs one request to be told anew.
        return pause.until if pause and pause.since - _SLACK <= now < pause.until else None

    # -- the way of a request -----------------------------------------------------------------------------------------

    async def enter(self, method: str, path: str) -> None:
        """Returns when the request may go; `leave` must follow. Raises DeliveryDelayedError."""
        people = answers_people(path)
        keys = [] if people else [(Held.REQUESTS, ""), (Held.PLACE, place_of(method, path))]
        waits = 0
        while (free_at := self._free_at(keys, now := self._clock())) is not None:
            left = (free_at - now).total_seconds()
            if left > SHORT or waits == 3:
                raise self._delayed(free_at, now)
            waits += 1
            await self._sleep(left)
        # Each request under way may yet be refused.
        count = self._under_way + 1 + (0 if people else _FOR_PEOPLE)
        free = REFUSALS.free_at(self._refused, now.timestamp(), count)
        if free > now.timestamp():
            raise self._delayed(datetime.fromtimestamp(free, UTC), now)
        self._under_way += 1

    def _delayed(self, free_at: datetime, now: datetime) -> DeliveryDelayedError:
        left = (free_at - now).total_seconds()
        said = f"Discord asked me to wait until {free_at:%H:%M:%S} UTC."
        return DeliveryDelayedError(said, retry_after=left, everywhere=self.free_at(None, now) is not None)

    async def identify(self) -> None:
        """Counts one IDENTIFY. Raises DeliveryDelayedError when too many were made."""
        await self._spend("identifies", IDENTIFIES, 1, "I came online too often; Discord would take my token away.")

    async def register(self, count: int) -> None:
        """Counts so many commands that are registered. Raises DeliveryDelayedError when too many were."""
        await self._spend("registrations", REGISTRATIONS, count, "I registered too many commands today.")

    async def _spend(self, key: str, allowance: Allowance, count: int, refusal: str) -> None:
        """Takes from an allowance that a restart does not fill."""
        now = self._clock()
        async with self._database.transaction() as write:
            spent = await meta.read_value(write, key, meta.number) or 0.0
            free = allowance.free_at(spent, now.timestamp(), count)
            if free > now.timestamp():
                raise DeliveryDelayedError(refusal, retry_after=free - now.timestamp(), everywhere=True)
            await meta.set_value(write, key, f"{allowance.spend(spent, now.timestamp(), count):.3f}")

    def leave(self) -> None:
        """The request has its answer, or will never have one."""
        self._under_way -= 1

    async def note(self, answer: Answer) -> None:
        """Keeps what the answer orders. Raises DeliveryDelayedError when the pause is not to be waited for on the spot."""
        now = self._clock()
        changed = [pause] if (pause := self._ordered(answer, now)) else []
        refused = answer.status in (401, 403, 429) and answer.headers.get("X-RateLimit-Scope") != "shared"
        if refused:
            self._refused = REFUSALS.spend(self._refused, now.timestamp())
            used_up = REFUSALS.free_at(self._refused, now.timestamp(), _FOR_PEOPLE + 1) > now.timestamp()
            if used_up and self._ends((Held.REQUESTS, ""), now) is None:
                changed.append(self._breather(now))
        for one in changed:
            self._pauses[(one.holds, one.place)] = one
        if refused or any(one.until - one.since >= timedelta(seconds=1) for one in changed):
            await self._save(changed, now)
        if pause is not None and self._is_long(pause, answer):
            raise self._delayed(pause.until, now)

    def _ordered(self, answer: Answer, now: datetime) -> Pause | None:
        order = order_of(answer, now)
        if order is None or (answers_people(answer.path) and order.holds is Held.PLACE):
            return None  # discord.py holds what is written with the same token
        pause = Pause(order.holds, order.place, now, now + timedelta(seconds=order.seconds), order.reason)
        log.warning("%s: %s for %.1f s", place_of(answer.method, answer.path), order.reason, order.seconds)
        known = self._ends((pause.holds, pause.place), now)
        return pause if known is None or known <= pause.until else self._pauses[(pause.holds, pause.place)]

    def _breather(self, now: datetime) -> Pause:
        log.warning("too many refused requests; I wait before Discord bans this address")
        return Pause(Held.REQUESTS, "", now, now + _BREATHER, "too many of my requests were refused")

    @staticmethod
    def _is_long(pause: Pause, answer: Answer) -> bool:
        """discord.py waits and tries again by itself after a short one that Discord itself ordered."""
        own = answer.status == 429 and "Via" in answer.headers and pause.holds is not Held.EVERYTHING
        return not own or (pause.until - pause.since).total_seconds() > SHORT

    async def _save(self, changed: list[Pause], now: datetime) -> None:
        self._pauses = {key: pause for key, pause in self._pauses.items() if self._ends(key, now) is not None}
        try:
            async with self._database.transaction() as write:
                await pauses.forget_ended(write, now)
                for pause in changed:
                    await pauses.save(write, pause)
                await meta.set_value(write, "refusals", f"{self._refused:.3f}")
        except Exception:  # a full disk must not turn Discord's answer into another one; the pause is held all the same
            log.exception("a pause could not be kept for the next start")
