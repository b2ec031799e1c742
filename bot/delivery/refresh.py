"""Brings messages that stand in Discord up to date when a paper of theirs has changed: votes, comments, code, another identity.

Knows which messages and how often; knows neither Discord nor SQL. Nothing here tells anybody anything: an edit is silent.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Final

from bot.delivery.attempts import Messenger
from bot.delivery.pace import Pace
from bot.errors import DeliveryDelayedError, DeliveryError
from bot.models import SentMessage
from bot.show import rendering
from bot.show.blocks import as_it_stands
from bot.store import contents, refreshes
from bot.store.database import Database
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: Older messages stay as they are.
FRESH: Final = timedelta(hours=48)
#: What changes within it is one edit.
GATHERED: Final = timedelta(minutes=1)
ROUND: Final = 200


class Refresher:
    """Edits what was sent."""

    def __init__(self, database: Database, messenger: Messenger, clock: Clock, pace: Pace) -> None:
        """`pace` is the one of those who send, so that both together stay below Discord's limit."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._pace = pace
        self._round = asyncio.Lock()

    async def refresh(self) -> int:
        """One round. Returns how many messages were edited; what Discord asks to wait for waits for the next."""
        async with self._round:
            return await self._refresh_all()

    async def _refresh_all(self) -> int:
        now = self._clock()
        async with self._database.reading() as read:
            outdated = await refreshes.load_outdated(
                read, sent_since=now - FRESH, edited_before=now - GATHERED, limit=ROUND
            )
        edited = 0
        held: set[int] = set()
        for message in outdated:
            if message.channel_id in held:
                continue
            try:
                edited += await self._refresh(message)
            except DeliveryDelayedError as error:
                log.warning("editing waits: %s", error)
                if error.everywhere or error.retry_after is None:
                    break
                held.add(message.channel_id)
        if edited:
            log.info("%d messages brought up to date", edited)
        return edited

    async def _refresh(self, message: SentMessage) -> bool:
        """Returns whether the text had changed and was put there."""
        async with self._database.reading() as read:
            found = await contents.load(read, message.id)
        if found is None:
            async with self._database.transaction() as write:
                await refreshes.stop_editing(write, message.id, "what it is about cannot be read")
            return False
        content, changes = found
        card = as_it_stands(rendering.render(content), message.payload)
        payload = card.to_json()
        if payload == message.payload:
            async with self._database.transaction() as write:
                await refreshes.note_checked(write, message.id, changes)
            return False
        try:
            async with self._pace.turn():
                await self._messenger.edit(message.channel_id, message.discord_id, card, message.nonce)
        except DeliveryDelayedError:
            raise
        except DeliveryError as error:
            async with self._database.transaction() as write:
                await refreshes.stop_editing(write, message.id, str(error))
            log.info("message %d stays as it is: %s", message.id, error)
            return False
        async with self._database.transaction() as write:
            turned = await contents.page_of(write, message.id) != content.page
            # A reader turned the page meanwhile, and may see the old one again: it is edited once more.
            await refreshes.note_shown(write, message.id, payload, changes - turned, self._clock())
        return True
