"""The daily proof: what upstreams carried is what was stored, matched and told, and a gap is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.ingest import Ingest
from bot.matching import Matcher
from bot.models import Batch, Cadence, Event, EventKind, OwnerKind, Recipient, Record, SubscriptionKind
from bot.search import Search
from bot.sources.base import write_cursor
from bot.sources.timetable import EASTERN, announcement_day
from bot.store.database import Database
from bot.subscriptions import Subscriptions
from tests.conftest import HandClock, record

READER = Recipient(OwnerKind.USER, 7)


class Upstream:
    """A source that says what it is told to say; without a word it answers that nothing changed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keeps_old_entries = False
        self.answers: list[tuple[tuple[Record, ...], date | None]] = []

    def say(self, *records: Record, day: date | None = None) -> None:
        self.answers.append((tuple(replace(r, source=self.name) for r in records), day))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        while self.answers:
            records, day = self.answers.pop(0)
            yield Batch(records, write_cursor({"day": day.isoformat() if day else "", "at": now.isoformat()}))


def midnight(day: date) -> datetime:
    """The instant that the feed of that day gives its entries."""
    return datetime(day.year, day.month, day.day, tzinfo=EASTERN).astimezone(UTC)


def test_a_feed_and_oai_count_one_announcement_under_one_day() -> None:
    for day in (date(2026, 7, 6), date(2026, 11, 23), date(2026, 3, 9), date(2026, 11, 2)):  # both times of the year
        evening = datetime.combine(day - timedelta(days=1), datetime.min.time(), EASTERN).replace(hour=20)
        for at in (midnight(day), evening.astimezone(UTC)):
            assert announcement_day(Event(EventKind.ANNOUNCED, at)) == day
    listed = Event(EventKind.LISTED, datetime(2026, 11, 18, 0, 5, tzinfo=UTC), "2026-11-17")
    assert announcement_day(listed) == date(2026, 11, 17)


async def test_what_a_source_carried_is_kept_with_its_day_and_again_is_nothing(
    database: Database, clock: HandClock
) -> None:
    feed, history = Upstream("arxiv:cs.LG"), Upstream("arxiv-oai:cs:cs:LG@2026-08-01..2026-11-01")
    ingest = Ingest(database, [feed], Matcher(), clock, history=[history])
    monday = date(2026, 11, 16)
    papers = (record("2611.00001", at=midnight(monday)), record("2611.00002", at=midnight(monday)))
    for _ in range(2):
        feed.say(*papers, day=monday)
        await ingest.ingest(feed)
        clock.move(hours=1)
    feed.say(day=monday + timedelta(days=1))  # an empty day
    history.say(record("2611.00003", at=midnight(date(2026, 10, 30))), day=monday)
    await ingest.ingest(feed)
    await ingest.ingest(history, silent=True)
    async with database.reading() as read:
        carried = [tuple(r) for r in await read.all("SELECT scheme, value, source, kind, day FROM carried")]
        seen = [tuple(r) for r in await read.all("SELECT source, day FROM days_read")]
    assert carried == [
        ("arxiv", "2611.00001", "arxiv:cs.LG", "announced", "2026-11-16"),
        ("arxiv", "2611.00002", "arxiv:cs.LG", "announced", "2026-11-16"),
    ]
    assert seen == [("arxiv:cs.LG", "2026-11-16"), ("arxiv:cs.LG", "2026-11-17")]


async def test_pauses_and_removals_are_kept_when_they_are_over(database: Database, clock: HandClock) -> None:
    service = Subscriptions(database, Search(database, clock), Matcher(), clock)
    made = (await service.subscribe(READER.id, SubscriptionKind.KEYWORD, "diffusion", Cadence.DAILY)).subscription

    async def rows() -> list[tuple[int, int]]:
        async with database.reading() as read:
            return [tuple(r) for r in await read.all("SELECT since, until FROM pauses ORDER BY since")]

    first = int(clock.move(hours=1).timestamp())
    await service.pause(READER, made.id)
    clock.move(hours=1)
    await service.pause(READER, made.id)  # pressed twice
    assert await rows() == []
    second = int(clock.move(hours=1).timestamp())
    await service.resume(READER, made.id)
    await service.resume(READER, made.id)
    assert await rows() == [(first, second)]
    third = int(clock.move(hours=1).timestamp())
    await service.remove(READER, made.id)
    fourth = int(clock.move(hours=1).timestamp())
    await service.restore(READER, made.id)
    assert await rows() == [(first, second), (third, fourth)]
    fifth = int(clock.move(hours=1).timestamp())
    await service.pause(READER, made.id)
    sixth = int(clock.move(hours=1).timestamp())
    await service.subscribe(READER.id, SubscriptionKind.KEYWORD, "diffusion", Cadence.DAILY)  # asking again resumes
    assert await rows() == [(first, second), (third, fourth), (fifth, sixth)]
