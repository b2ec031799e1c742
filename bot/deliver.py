"""Outbox → messenger: each message that is ready is sent once.

Knows states, retries and pauses; knows neither Discord nor SQL. Every step is committed before the next begins:
payload and nonce, then `sending`, then the send, then `sent`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.cards import Card
from bot.clock import Clock
from bot.composing import Composer
from bot.errors import (
    DeliveryDelayedError,
    DeliveryError,
    MessageRefusedError,
    RecipientClosedError,
    TargetGoneError,
)
from bot.gate import Gate
from bot.models import OwnerKind, Recipient
from bot.pace import Pace
from bot.store import alerts, summaries, users
from bot.store.alerts import Message
from bot.store.database import Database
from bot.store.summaries import StopCause
from bot.store.users import DmState

log = logging.getLogger(__name__)

#: Seconds to wait after the n-th failed attempt; the last one repeats.
BACKOFF: Final = (30, 120, 600, 3600, 6 * 3600)
GIVE_UP: Final = timedelta(days=3)
#: Discord permits 50 requests a second; 48 leave room for slash commands (measured: 50 brings refusals, 48 none).
PER_SECOND: Final = 48
ROUND: Final = 200
_ABREAST: Final = 8


class Messenger(Protocol):
    """Where messages go. Raises DeliveryError and its kinds."""

    async def open_dm(self, user_id: int) -> int:
        """The id of the DM channel with a person."""
        ...

    async def send(self, channel_id: int, card: Card, nonce: str) -> int:
        """Sends once per nonce. Returns the message's id."""
        ...

    async def edit(self, channel_id: int, message_id: int, card: Card, nonce: str) -> None:
        """Puts the card in the place of the message that was sent with this nonce."""
        ...

    async def find(self, channel_id: int, nonce: str, since: datetime) -> int | None:
        """The id of our message with this nonce in the channel's history since then, if it is there."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did."""

    composed: int = 0
    sent: int = 0
    delayed: int = 0
    failed: int = 0


class Deliverer:
    """Turns due alerts into messages and sends them."""

    def __init__(
        self, database: Database, messenger: Messenger, clock: Clock, gate: Gate, *, per_second: float = PER_SECOND
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._gate = gate
        self.pace = Pace(per_second)
        self._composer = Composer(database, clock)
        self._round = asyncio.Lock()
        self._stopping = False

    async def recover(self) -> int:
        """After a start: what a stopped process left in `sending` is settled like any other retry. Returns how many."""
        async with self._database.transaction() as write:
            doubtful = await alerts.messages_in_doubt(write)
            for message in doubtful:
                await alerts.mark_pending(write, message.id, self._clock(), "the process stopped while sending")
        return len(doubtful)

    async def deliver(self, *, digests: bool = True) -> Report:
        """One round: composes what is due (instant alerts alone without `digests`), then sends what is ready."""
        async with self._round:
            composed = await self._composer.compose_due(digests=digests)
            outcomes = await self._send_ready()
        report = Report(composed, outcomes.count("sent"), outcomes.count("delayed"), outcomes.count("failed"))
        if outcomes:
            log.info("delivery: %d sent, %d delayed, %d failed", report.sent, report.delayed, report.failed)
        return report

    async def stop(self) -> None:
        """Begins nothing new and waits for the sends in flight, ten seconds at most."""
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10), self._round:
                pass

    # -- sending ------------------------------------------------------------------------------------------------------

    async def _send_ready(self) -> list[str]:
        if self._gate.free_at(None, self._clock()) is not None:
            return []
        async with self._database.reading() as read:
            ready = await alerts.messages_to_send(read, self._clock(), ROUND)
        queues: dict[Recipient, list[Message]] = {}
        for message in ready:
            queues.setdefault(message.recipient, []).append(message)
        places = asyncio.Semaphore(_ABREAST)

        async def send_in_order(queue: Sequence[Message]) -> list[str]:
            outcomes = []
            async with places:
                for message in queue:
                    if self._stopping:
                        break
                    outcomes.append(await self._send(message))
                    if outcomes[-1] != "sent":
                        break  # the rest of this recipient's messages keep their order
            return outcomes

        done = await asyncio.gather(*(send_in_order(queue) for queue in queues.values()))
        return [outcome for outcomes in done for outcome in outcomes]

    async def _send(self, message: Message) -> str:
        try:
            channel_id = await self._channel(message)
            sent_id = await self._find_or_send(message, channel_id)
        except RecipientClosedError as error:
            await self._close_recipient(message, error)
            return "delayed"
        except TargetGoneError as error:
            await self._stop_channel(message, error)
            return await self._fail(message, str(error))
        except MessageRefusedError as error:
            return await self._fail(message, str(error))
        except DeliveryError as error:
            return await self._delay(message, error)
        async with self._database.transaction() as write:
            now = self._clock()
            await alerts.mark_sent(write, message.id, sent_id, now)
            if message.recipient.kind is OwnerKind.USER:
                await users.set_dm_state(write, message.recipient.id, DmState.OPEN, None, now)
        return "sent"

    async def _channel(self, message: Message) -> int:
        if message.recipient.kind is OwnerKind.CHANNEL:
            return message.recipient.id
        async with self._database.reading() as read:
            user = await users.load(read, message.recipient.id)
        if user is not None and user.dm_channel_id is not None:
            return user.dm_channel_id
        await self.pace.turn()
        channel_id = await self._messenger.open_dm(message.recipient.id)
        async with self._database.transaction() as write:
            await users.set_dm_channel(write, message.recipient.id, channel_id)
        return channel_id

    async def _find_or_send(self, message: Message, channel_id: int) -> int:
        self._gate.check(channel_id)  # an attempt that is not made leaves nothing to doubt
        if message.sending_since is not None:
            # An attempt was made before: it may have arrived although nobody heard the answer, and Discord
            # forgets nonces after a few minutes, so the channel itself is asked.
            await self.pace.turn()
            found = await self._messenger.find(channel_id, message.nonce, message.sending_since - timedelta(seconds=60))
            if found is not None:
                return found
        async with self._database.transaction() as write:
            await alerts.mark_sending(write, message.id, channel_id, self._clock())
        await self.pace.turn()
        return await self._messenger.send(channel_id, Card.from_json(message.payload), message.nonce)

    async def _close_recipient(self, message: Message, error: DeliveryError) -> None:
        now = self._clock()
        async with self._database.transaction() as write:
            await alerts.mark_pending(write, message.id, now, str(error))
            await users.set_dm_state(write, message.recipient.id, DmState.CLOSED, str(error), now)
        log.info("a person's DMs are closed (code %d); their papers wait", error.code)

    async def _stop_channel(self, message: Message, error: DeliveryError) -> None:
        """A channel that is gone gets no further lists; `/summary status` says since when and why."""
        if message.recipient.kind is OwnerKind.CHANNEL:
            async with self._database.transaction() as write:
                cause = StopCause.of_code(error.code)
                await summaries.stop(write, message.recipient.id, str(error), self._clock(), cause)

    async def _fail(self, message: Message, reason: str) -> str:
        async with self._database.transaction() as write:
            await alerts.mark_failed(write, message.id, reason)
        log.error("message %d will not be sent: %s", message.id, reason)
        return "failed"

    async def _delay(self, message: Message, error: DeliveryError) -> str:
        now = self._clock()
        if now - message.created > GIVE_UP:
            return await self._fail(message, f"gave up after {GIVE_UP.days} days: {error}")
        wait = float(BACKOFF[min(message.attempts, len(BACKOFF) - 1)]) * random.uniform(1.0, 1.2)
        if isinstance(error, DeliveryDelayedError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        async with self._database.transaction() as write:
            await alerts.mark_pending(write, message.id, now + timedelta(seconds=wait), str(error))
        log.warning("message %d waits %.0f s: %s", message.id, wait, error)
        return "delayed"
