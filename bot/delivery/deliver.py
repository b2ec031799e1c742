"""The outbox's keeper: composes what is due, has it sent beside, and knows when there is something to do again.

Knows the parts and their order; knows neither Discord nor SQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.delivery.attempts import Attempts, Messenger, Outcome
from bot.delivery.composing import Composer
from bot.delivery.gate import Gate
from bot.delivery.openings import free_at
from bot.delivery.pace import Pace
from bot.delivery.sending import Sender
from bot.store import messages, openings, summaries, users
from bot.store.commits import Commits
from bot.store.database import Connection, Database
from bot.when.clock import Clock

#: Discord permits 50 requests a second; 48 leave room for slash commands (measured: 50 brings refusals, 48 none).
PER_SECOND: Final = 48
#: Trying time is noted in steps of this length,
_STEP: Final = timedelta(minutes=1)
#: and one step counts for no more than this: a machine that slept for a week has not tried for a week.
_LONGEST_STEP: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    composed: int = 0
    sent: int = 0
    failed: int = 0


def _always() -> bool:
    return True


class Deliverer:
    """Turns due alerts into messages and sends them."""

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        clock: Clock,
        gate: Gate,
        *,
        online: Callable[[], bool] = _always,
        per_second: float = PER_SECOND,
    ) -> None:
        """`online` says whether Discord can be reached at all; time in which it cannot is not time of trying."""
        self._database = database
        self._clock = clock
        self._gate = gate
        self._online = online
        self.pace = Pace(per_second)
        self._commits = Commits(database)
        self._attempts = Attempts(database, messenger, clock, gate, self.pace, self._commits)
        self._sender = Sender(database, self._attempts, clock, gate)
        self._composer = Composer(database, clock)
        self._composing = asyncio.Lock()
        self._stopping = False
        self._looked: datetime | None = None
        self._tried = timedelta()

    async def recover(self) -> int:
        """After a start: what a stopped process left in `sending` is settled like any other retry. Returns how many."""
        await self._attempts.load()
        async with self._database.transaction() as write:
            await messages.close_ownerless(write)
        return await self._free_all("the process stopped while sending")

    async def _free_all(self, why: str) -> int:
        async with self._database.transaction() as write:
            doubtful = await messages.load_unknown_outcomes(write)
            for message in doubtful:
                await messages.give_back(write, message.id, self._clock(), why, failed=False)
        return len(doubtful)

    async def deliver(self, *, digests: bool = True) -> Round:
        """One round: composes what is due (instant alerts alone without `digests`), and returns when all was tried."""
        before = self._sender.outcomes.copy()
        composed = await self.begin(digests=digests)
        await self._sender.idle()
        done = self._sender.outcomes - before
        return Round(composed, done[Outcome.SENT], done[Outcome.FAILED])

    async def begin(self, *, digests: bool = True) -> int:
        """Composes what is due while the first of it is sent already. Returns how many messages were made; nobody waits here
        for Discord."""
        await self._note_trying()
        async with self._composing:
            self._sender.more_to_come = True
            self._sender.wake()
            try:
                return await self._compose(digests=digests)
            finally:
                self._sender.more_to_come = False
                self._sender.wake()

    async def _compose(self, *, digests: bool) -> int:
        composed, more = 0, True
        while more and not self._stopping:
            made, more = await self._composer.compose_portion(digests=digests)
            composed += made
        return composed

    @property
    def is_composing(self) -> bool:
        """Whether messages that are due are being made just now."""
        return self._composing.locked()

    def note_id(self, discord_id: int) -> None:
        """Discord gave this id just now (an interaction's, a message's): what is sent later has a higher one."""
        self._attempts.note_id(discord_id)

    async def stop(self) -> None:
        """Begins nothing new, finishes what is under way, and leaves no message in `sending`."""
        self._stopping = True
        await self._sender.stop()
        await self._free_all("the process stopped while sending")

    # -- time ---------------------------------------------------------------------------------------------------------

    async def due_in(self) -> timedelta | None:
        """How long until there is something to compose or to send again, negative when it was due before; None when nothing
        waits for a time."""
        now = self._clock()
        async with self._database.reading() as read:
            due = [await users.next_due(read, now), await summaries.next_due(read, now)]
            sends = await messages.next_due(read, now, unopened=False)
            opens = await messages.next_due(read, now, unopened=True)
            if opens is not None:
                opens = max(opens, await self._opening_at(read, now))
        held = self._gate.free_at(None, now)
        waits = [at if held is None else max(at, held) for at in (sends, opens) if at is not None]
        first = min([*waits, *(at for at in due if at is not None)], default=None)
        return None if first is None else first - now

    async def first_message_in(self, user_id: int) -> timedelta:
        """How long a person whose first message is on its way waits for it: DM channels are opened a few a minute."""

        async def wait(write: Connection) -> timedelta:
            now = self._clock()
            before = await messages.count_before(write, user_id, now, self._attempts.opening)
            return timedelta() if before is None else await self._opening_at(write, now, before) - now

        # Between two writes, what is stored agrees with whose channel is being opened.
        return await self._commits.write(wait)

    async def _opening_at(self, read: Connection, now: datetime, before: int = 0) -> datetime:
        known = await openings.load(read, now)
        refused = openings.last_refusal(known)
        held = self._gate.dm_opens_free_at(now)
        return free_at(max(now, held) if held else now, [o.at for o in known], refused, before)

    async def _note_trying(self) -> None:
        """Adds the time since the last look to what failed before, if it could have been delivered in it."""
        now, before = self._clock(), self._looked
        self._looked = now
        if before is None or now <= before or not self._online() or self._gate.free_at(None, now) is not None:
            return
        self._tried += min(now - before, _LONGEST_STEP)
        if self._tried >= _STEP:
            elapsed, self._tried = self._tried, timedelta()
            held = self._gate.held_channels(now)
            async with self._database.reading() as read:
                opening = await self._opening_at(read, now) <= now
            await self._commits.write(
                lambda write: messages.note_trying(write, now, elapsed, held=held, opening=opening)
            )
