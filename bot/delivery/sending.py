"""Whose message goes next: each recipient's in order, many recipients side by side, nobody waiting for a slow one.

Knows turns and places; knows neither Discord nor SQL nor what an attempt is made of.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from bot.delivery.attempts import Attempts, Outcome
from bot.delivery.gate import Gate
from bot.delivery.openings import left
from bot.store import messages, openings
from bot.store.database import Database
from bot.store.messages import Message
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: How many get ready side by side for their turn. It is few, so that who comes first now need not wait for who came before.
_PLACES: Final = 16
#: How many are looked up at once.
_BATCH: Final = 32
#: How many requests are waited for. A slow channel takes one of them; 500 slow ones are a slow Discord.
_UNDER_WAY: Final = 500
#: Seconds between looks while messages are still being composed.
_LOOK: Final = 0.1
_POLITE: Final = 10.0


class Sender:
    """Sends what is ready, and rests when nothing is."""

    def __init__(self, database: Database, attempts: Attempts, clock: Clock, gate: Gate) -> None:
        self._database = database
        self._attempts = attempts
        self._clock = clock
        self._gate = gate
        self._places = asyncio.Semaphore(_PLACES)
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._stopping = False
        self.more_to_come = False  # messages are being composed
        self.outcomes: Counter[Outcome] = Counter()

    def wake(self) -> None:
        """Looks now for what is ready."""
        self._changed.set()
        if self._pump is None and not self._stopping:
            self._pump = asyncio.create_task(self._send_all())

    async def idle(self) -> None:
        """Returns when everything that was ready has been tried. Raises what ended the sending early."""
        if self._pump is not None:
            await asyncio.shield(self._pump)

    async def stop(self) -> None:
        """Begins nothing new and waits for the requests under way, ten seconds at most; the others are broken off."""
        self._stopping = self._attempts.stopping = True
        self._changed.set()
        flying = list(self._flying.values())
        if flying:
            await asyncio.wait(flying, timeout=_POLITE)
        for task in flying:
            task.cancel()
        own = [self._pump] if self._pump else []
        await asyncio.gather(*flying, *own, return_exceptions=True)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _send_all(self) -> None:
        before = self.outcomes.copy()
        try:
            while not self._stopping:
                self._changed.clear()
                ready = await self._ready()
                for message in ready:
                    await self._start(message)
                if ready or self._changed.is_set():  # what came while it looked is not among what it saw
                    continue
                if not self._flying and not self.more_to_come:
                    break
                await self._wait()
        finally:
            self._pump = None
        done = self.outcomes - before
        if done:
            counts = [done[outcome] for outcome in (Outcome.SENT, Outcome.DELAYED, Outcome.FAILED)]
            log.info("delivery: %d sent, %d delayed, %d failed", *counts)

    async def _ready(self) -> list[Message]:
        now = self._clock()
        room = min(_BATCH, _UNDER_WAY - len(self._flying))
        if room <= 0 or self._gate.free_at(None, now) is not None:
            return []
        opening = list(
            self._attempts.opening
        )  # before what is stored is read: one that is taken meanwhile counts twice
        async with self._database.reading() as read:
            opened = await openings.load(read, now)
            refused = openings.last_refusal(opened)
            may_open = left(now, [o.at for o in opened], refused) if self._gate.dm_opens_free_at(now) is None else 0
            return await messages.load_ready(
                read, now, busy=self._flying, opening=opening, openings=may_open, limit=room
            )

    async def _start(self, message: Message) -> None:
        await self._places.acquire()
        if self._stopping:
            self._places.release()
            return
        task = asyncio.create_task(self._carry(message))
        self._flying[message.id] = task

    async def _carry(self, message: Message) -> None:
        """One attempt. Its fault is its own: the row keeps its lease, and is free again when that ends."""
        holds_place = True

        def leave_place() -> None:
            nonlocal holds_place
            if holds_place:
                holds_place = False
                self._places.release()

        try:
            self.outcomes[await self._attempts.make(message, leave_place)] += 1
        except Exception:
            log.exception("what became of message %d could not be recorded", message.id)
            self.outcomes[Outcome.DELAYED] += 1
        finally:
            leave_place()
            del self._flying[message.id]
            self._changed.set()

    async def _wait(self) -> None:
        """Until an attempt ends or somebody wakes; for a moment only while messages are being composed."""
        try:
            async with asyncio.timeout(_LOOK if self.more_to_come else None):
                await self._changed.wait()
        except TimeoutError:
            pass
