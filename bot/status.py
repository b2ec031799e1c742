"""How Paperboy is doing: sources, papers, outbox, and one person's own deliveries. Knows no Discord and no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.models import OwnerKind, Recipient
from bot.sources.timetable import next_announcement
from bot.store import alerts, papers, search, sources, users
from bot.store.alerts import OutboxCount
from bot.store.database import Database
from bot.store.sources import SourceState
from bot.store.users import User


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state at one instant."""

    now: datetime
    papers: int
    sources: tuple[SourceState, ...]
    next_announcement: datetime
    outbox: OutboxCount
    index_complete: bool


@dataclass(frozen=True, slots=True)
class PersonalStatus:
    """One person's deliveries; `user` is None for somebody who never used Paperboy."""

    user: User | None
    waiting: int
    last_sent: datetime | None


class StatusService:
    """Reads the state; changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def status(self) -> Status:
        now = self._clock()
        async with self._database.reading() as read:
            stored, indexed = await search.check_index(read)
            return Status(
                now=now,
                papers=stored,
                sources=tuple(await sources.load_sources(read)),
                next_announcement=next_announcement(now),
                outbox=await alerts.count_outbox(read),
                index_complete=stored == indexed and await search.is_current(read),
            )

    async def personal(self, user_id: int) -> PersonalStatus:
        recipient = Recipient(OwnerKind.USER, user_id)
        async with self._database.reading() as read:
            user = await users.load(read, user_id)
            return PersonalStatus(
                user and user.at(self._clock()),
                await alerts.count_waiting(read, recipient),
                await alerts.last_sent(read, recipient),
            )

    async def papers_since(self, since: datetime) -> int:
        async with self._database.reading() as read:
            return await papers.count_papers(read, since)
