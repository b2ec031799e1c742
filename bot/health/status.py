"""How Paperboy is doing: sources, papers, outbox, and one person's own deliveries. Knows no Discord and no SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.models import (
    OwnerKind,
    PendingBackfill,
    PersonalStatus,
    Recipient,
    SourceState,
    Status,
)
from bot.query.matching import trouble
from bot.sources.base import read_cursor
from bot.store import (
    alerts,
    audit,
    collection,
    faults,
    listings,
    messages,
    pauses,
    sources,
    subscriptions,
    users,
)
from bot.store.database import Database
from bot.store.rows import readable_date
from bot.when.clock import Clock
from bot.when.timetable import next_announcement

_RECENT: Final = timedelta(days=14)


class StatusService:
    """Reads the state; changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def status(self) -> Status:
        now = self._clock()
        async with self._database.reading() as read:
            stored = await collection.count_papers(read)
            states = [sources.at(state, now) for state in await sources.load_sources(read)]
            announced = await collection.earliest_announced(read)
            return Status(
                now=now,
                papers=stored,
                sources=tuple(state for state in states if not (state.key and state.key.until)),
                pending_backfills=tuple(one for state in states if (one := _pending_backfill(state)) is not None),
                announced_since=announced.date() if announced else None,
                listed_since=await listings.earliest(read),
                next_announcement=next_announcement(now),
                outbox=await alerts.count_outbox(read),
                audited=await audit.last_audited(read),
                pauses=tuple(pause for pause in await pauses.load(read) if pause.since <= now < pause.until),
            )

    async def personal(self, user_id: int) -> PersonalStatus:
        recipient = Recipient(OwnerKind.USER, user_id)
        async with self._database.reading() as read:
            user = await users.load(read, user_id)
            day = await audit.last_audited(read)
            return PersonalStatus(
                user and user.at(self._clock()),
                await alerts.count_waiting(read, recipient),
                await alerts.last_sent(read, recipient),
                await audit.count_alerts(read, recipient, day.day) if day else {},
                await faults.load(read, recipient),
                tuple(s for s in await subscriptions.load_for(read, recipient) if trouble(s)),
                tuple(await messages.undelivered_since(read, recipient, self._clock() - _RECENT)),
            )


def _pending_backfill(state: SourceState) -> PendingBackfill | None:
    """What is left of a source's span; None for one that is read to its end, and for one that brings news."""
    key = state.key
    if key is None or key.since is None or key.until is None or state.first_sync_done:
        return None
    until = key.until
    done = readable_date(read_cursor(state.cursor).get("day"))  # read from the newest day back
    if done and key.since < done <= until:
        until = done - timedelta(days=1)
    return PendingBackfill(str(replace(key, since=None, until=None)), key.since, until, state.failure)
