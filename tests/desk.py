"""Ingest, subscriptions, composing and the audit over a real store, with upstreams that say what a test lets them say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.audit.auditor import Auditor
from bot.audit.proof import Proof
from bot.audit.repairs import Repairer
from bot.delivery.composing import Composer
from bot.errors import SourceUnavailableError
from bot.following.subscriptions import Subscriptions
from bot.ingest.ingest import Ingest
from bot.models import Batch, Cadence, EventKind, OwnerKind, Recipient, Record, Subscription, SubscriptionKind
from bot.query.matching import Matcher
from bot.search.search import Search
from bot.sources.base import write_cursor
from bot.store.database import Database
from bot.when import timetable
from bot.when.timetable import EASTERN
from tests.conftest import HandClock, record

FEED, OAI, LISTS = "arxiv:cs.LG", "arxiv-oai:cs:cs:LG", "huggingface"
READER: Final = 7
MONDAY = date(2026, 11, 16)
DAYS = [MONDAY + timedelta(days=n) for n in range(14)]
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = DAYS[1:5]
NOON = timedelta(hours=12)
KEYWORD, AUTHOR, CATEGORY, TRENDING = (
    SubscriptionKind.KEYWORD, SubscriptionKind.AUTHOR, SubscriptionKind.CATEGORY, SubscriptionKind.TRENDING,
)  # fmt: skip


def midnight(day: date) -> datetime:
    """The instant that the feed of that day gives its entries."""
    return datetime(day.year, day.month, day.day, tzinfo=EASTERN).astimezone(UTC)


def evening(day: date) -> datetime:
    """The instant that OAI-PMH reckons for what the feed of that day carries."""
    return midnight(day) - timedelta(hours=4)


class Upstream:
    """A source that says what it is told to say; without a word it answers that nothing changed. It is due when told so."""

    def __init__(self, name: str, *, dated: bool = True) -> None:
        self.name = name
        self.dated = dated
        self.broken = False
        self.answers: list[tuple[tuple[Record, ...], date | None]] = []
        self.due: datetime | None = None

    def say(self, *records: Record, day: date | None = None) -> None:
        """One answer; `day` is the day of the list, which the cursor then names."""
        self.answers.append((tuple(replace(r, source=self.name) for r in records), day))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return now if polled is None else self.due or now + timedelta(hours=1)

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        if self.broken:
            raise SourceUnavailableError(f"{self.name} does not answer.")
        while self.answers:
            records, day = self.answers.pop(0)
            yield Batch(
                records, write_cursor({"day": day.isoformat() if day else "", "at": now.isoformat()}), dated=self.dated
            )


class Desk:
    """The bot without Discord."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        self.feed, self.oai, self.lists = Upstream(FEED), Upstream(OAI), Upstream(LISTS)
        self.matcher = Matcher()
        self.subscriptions = Subscriptions(database, Search(database, clock), self.matcher, clock)
        self.ingest = Ingest(database, [self.lists, self.feed, self.oai], self.matcher, clock)
        self.auditor = Auditor(database, clock, self.ingest.live)
        self.repairer = Repairer(database, clock, self.auditor, self.ingest)
        self.composer = Composer(database, clock)

    async def start(self, day: date) -> None:
        """The first look, in the night before that day's announcement; nothing is there."""
        self.clock.now = midnight(day) - timedelta(hours=10)
        await self.ingest.register_backfills()
        await self.ingest.ingest_all()

    async def follow(
        self, kind: SubscriptionKind, words: str, who: int = READER, cadence: Cadence = Cadence.DAILY
    ) -> Subscription:
        """A subscription of a person in London who gets papers at 8."""
        await self.subscriptions.set_time(who, "Europe/London", 480)
        return (await self.subscriptions.subscribe(who, kind, words, cadence)).subscription

    async def night(self, day: date, *news: Record, oai: bool = True, feed: bool = True) -> None:
        """What happens until that day's morning: OAI-PMH carries the announcement, the feed of midnight has it."""
        self.clock.now = max(self.clock.now, midnight(day) - timedelta(minutes=50))
        if oai and timetable.is_announcement_day(day - timedelta(days=1)):
            said = [r for r in news if r.event.kind is EventKind.ANNOUNCED]
            self.oai.say(*[replace(r, event=replace(r.event, at=evening(day))) for r in said], day=None)
        if oai:
            await self.ingest.ingest(self.oai)
        self.clock.now = max(self.clock.now, midnight(day) + timedelta(minutes=5))
        if feed and timetable.is_feed_day(day):
            self.feed.say(*[replace(r, event=replace(r.event, at=midnight(day))) for r in news], day=day)
        if feed:
            await self.ingest.ingest(self.feed)
        await self.ingest.ingest(self.lists)

    async def listed(self, day: date, *records: Record) -> None:
        """The daily list of that day, read now."""
        said = [replace(r, event=replace(r.event, kind=EventKind.LISTED, occurrence=day.isoformat())) for r in records]
        self.lists.say(*said, day=day)
        await self.ingest.ingest(self.lists)

    async def morning(self, day: date) -> int:
        """Digests of 8 o'clock in London. Returns how many messages were made."""
        self.clock.now = max(self.clock.now, datetime(day.year, day.month, day.day, 8, 0, 1, tzinfo=UTC))
        return (await self.composer.compose_portion())[0]

    async def proof(self, days: int = 14) -> Proof:
        return await self.auditor.audit(days)

    async def closes(self, late: int, *papers: str) -> None:
        """The repair makes these alerts, once; they go with the next digest."""
        done = await self.repairer.repair()
        assert done.late == late
        assert [(row[0], row[1], row[2]) for row in await self.alerts() if row[3]] == [
            (p, "pending", "daily") for p in papers
        ]
        assert (await self.proof()).gaps == ()
        assert (await self.repairer.repair()).late == 0
        tomorrow = self.clock().date() + timedelta(days=1)
        assert await self.morning(tomorrow) == 1
        assert (await self.repairer.repair()).late == 0
        assert await self.morning(tomorrow + timedelta(days=1)) == 0

    async def sql(self, text: str, **parameters: Any) -> None:
        """Writes rows as a faulty program would have left them."""
        async with self.database.transaction() as write:
            await write.execute(text, parameters)

    async def rows(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as read:
            return [tuple(row) for row in await read.all(text, parameters)]

    async def alerts(self, who: int = READER) -> list[tuple[Any, ...]]:
        """Paper, state, cadence and lateness of a person's alerts."""
        return await self.rows(
            """SELECT i.value, a.state, a.cadence, a.late FROM alerts AS a JOIN paper_ids AS i USING (paper_id)
               WHERE a.recipient_id = :who AND i.scheme = 'arxiv' ORDER BY i.value""",
            who=who,
        )


def announced(value: str, title: str, **more: Any) -> Record:
    return record(value, title, **more)


def person(who: int = READER) -> Recipient:
    return Recipient(OwnerKind.USER, who)
