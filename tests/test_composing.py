"""What waits for somebody, why, and in which message it comes: real subscriptions, matches and store, a clock set by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.delivery.composing import Composer
from bot.following.subscriptions import Subscriptions
from bot.health.status import StatusService
from bot.ingest.ingest import Ingest
from bot.models import (
    Batch,
    Cadence,
    Community,
    EventKind,
    Match,
    MessageKind,
    OwnerKind,
    PaperId,
    Reason,
    Recipient,
    Record,
    Subscription,
    SubscriptionKind,
    User,
)
from bot.query.matching import Matcher
from bot.search.search import Search
from bot.show import followed
from bot.show.cards import Card
from bot.show.digests import pages
from bot.show.rendering import render
from bot.show.reports import status_card
from bot.store import alerts, collection, contents, papers
from bot.store.database import Database
from tests.conftest import HandClock, arxiv, record

ADA, BOB = 101, 102
KEYWORD, AUTHOR, CATEGORY, TRENDING = (
    SubscriptionKind.KEYWORD,
    SubscriptionKind.AUTHOR,
    SubscriptionKind.CATEGORY,
    SubscriptionKind.TRENDING,
)
INSTANT, DAILY, WEEKLY = Cadence.INSTANT, Cadence.DAILY, Cadence.WEEKLY
WEDNESDAY = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """A source that brings what lies on it."""

    name: str = "arxiv:cs.LG"
    records: list[Record] = field(default_factory=list)

    def next_poll(self, cursor: str | None, last_poll: datetime | None, now: datetime) -> datetime:
        return now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        brought, self.records = tuple(self.records), []
        yield Batch(brought, "{}")


class Desk:
    """A store with its services, without Discord: messages are read where they are composed."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.database, self.clock = database, clock
        self.shelf = Shelf()
        self.restart()

    def restart(self) -> None:
        """The services anew, as after a start."""
        database, clock = self.database, self.clock
        self.matcher = Matcher()
        self.subscriptions = Subscriptions(database, Search(database, clock), self.matcher, clock)
        self.ingest = Ingest(database, [self.shelf], self.matcher, clock)
        self.composer = Composer(database, clock)

    async def move_to(self, instant: datetime) -> None:
        self.clock.now = instant

    async def arrive(self, *records: Record) -> int:
        """The papers come from upstream. Returns how many alerts that made."""
        self.shelf.records = list(records)
        return (await self.ingest.ingest(self.shelf)).alerts

    async def announce(self, *ids: str, title: str = "A tokamak", **more: Any) -> int:
        """Papers on tokamaks under these ids, announced now."""
        return await self.arrive(*(record(i, f"{title}, number {i}", at=self.clock(), **more) for i in ids))

    async def list_today(self, identity: str, title: str = "A tokamak") -> int:
        """The paper stands on today's list."""
        now = self.clock()
        listed = record(
            identity, f"{title}, number {identity}", kind=EventKind.LISTED, occurrence=now.date().isoformat(), at=now,
            source="huggingface", community=Community(5, listed_on=now.date()),
        )  # fmt: skip
        return await self.arrive(listed)

    async def settle_in(self, who: int = ADA, zone: str = "UTC", hour: int = 8, day: int = 0) -> None:
        await self.subscriptions.set_time(who, zone, hour * 60, day)

    async def follow(
        self, text: str = "tokamak", cadence: Cadence = DAILY, kind: SubscriptionKind = KEYWORD, who: int = ADA
    ) -> int:
        return (await self.subscriptions.subscribe(who, kind, text, cadence)).subscription.id

    async def subscription(self, number: int) -> Subscription:
        return next(s for s in await self.subscriptions.list_for(self.owner()) if s.id == number)

    async def user(self) -> User:
        return await self.subscriptions.user(ADA)

    def owner(self, who: int = ADA) -> Recipient:
        return Recipient(OwnerKind.USER, who)

    async def compose(self, at: datetime | None = None) -> list[str]:
        """What is composed at that instant: the words of each message, on all of its pages."""
        if at is not None:
            self.clock.now = at
        ((before,),) = await self.rows("SELECT coalesce(max(id), 0) FROM messages")
        await self.composer.compose_portion()
        made = await self.rows("SELECT id, payload FROM messages WHERE id > :id ORDER BY id", id=before)
        return [await self._words(number, payload) for number, payload in made]

    async def _words(self, number: int, payload: str) -> str:
        async with self.database.reading() as read:
            found = await contents.load(read, number)
        if found is None or not found[0].first:
            return words(payload)
        further = [replace(found[0], page=page) for page in range(1, pages(found[0]))]
        return "\n".join([words(payload), *(words(render(content).to_json()) for content in further)])

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as read:
            return [tuple(row) for row in await read.all(sql, parameters)]

    async def run(self, sql: str, **parameters: Any) -> None:
        async with self.database.transaction() as write:
            await write.execute(sql, parameters)

    async def alerts(self, who: int = ADA) -> list[tuple[str, str]]:
        """State and cadence of a person's alerts that no message carries."""
        return [
            (state, cadence)
            for state, cadence in await self.rows(
                "SELECT state, cadence FROM alerts WHERE recipient_id = :who AND message_id IS NULL ORDER BY id",
                who=who,
            )
        ]


def words(payload: str) -> str:
    card = Card.from_json(payload)
    return "\n".join([card.text, *(f"{e.title}\n{e.description}" for e in card.embeds)])


@pytest.fixture
async def desk(database: Database, clock: HandClock) -> Desk:
    """Its source was looked at once, so that what comes is news; Ada has her time, and her first DM is behind her."""
    clock.now = WEDNESDAY - timedelta(days=1)
    opened = Desk(database, clock)
    await opened.arrive()
    for who in (ADA, BOB):
        await opened.settle_in(who)
        other = await opened.follow("nothing at all", who=who)
        await opened.subscriptions.remove(opened.owner(who), other)
    clock.now = WEDNESDAY
    assert await opened.compose() == []
    return opened


def eight(days: int = 0) -> datetime:
    return WEDNESDAY.replace(hour=8) + timedelta(days=days)


# -- one more match ----------------------------------------------------------------------------------------------------


async def test_a_further_match_adds_its_reason_and_takes_the_sooner_cadence(desk: Desk) -> None:
    await desk.follow("tokamak", WEEKLY)
    await desk.follow("", DAILY, TRENDING)
    assert await desk.announce("2611.00001") == 1
    assert await desk.alerts() == [("pending", "weekly")]
    assert await desk.list_today("2611.00001") == 0  # it waits already
    assert await desk.alerts() == [("pending", "daily")]
    (message,) = await desk.compose(eight())
    assert "**tokamak** in the title; also on the Daily Papers list" in message


@pytest.mark.parametrize("first", ["list", "announcement"])
async def test_a_message_names_every_reason_that_today_names(desk: Desk, first: str) -> None:
    await desk.follow("tokamak")
    await desk.follow("", DAILY, TRENDING)
    await desk.follow("Ada Example", WEEKLY, AUTHOR)
    if first == "list":
        await desk.list_today("2611.00001")
        await desk.announce("2611.00001")
    else:
        await desk.announce("2611.00001")
        await desk.list_today("2611.00001")
    shown = await desk.subscriptions.today(ADA)
    (message,) = await desk.compose(eight())
    names = {reason.subscription_id for item in shown.items for reason in item.reasons}
    assert len(names) == 3
    for text in ("**tokamak** in the title", "on the Daily Papers list", "**Ada Example**, 1st of 2"):
        assert text in message


async def test_who_follows_more_while_papers_wait_reads_that_reason_too_and_has_no_further_paper(desk: Desk) -> None:
    await desk.follow("tokamak", WEEKLY)
    await desk.announce("2611.00001", authors=("Ada Example",))
    await desk.announce("2611.00002", title="A quiet plasma", authors=("Ada Example",))
    await desk.follow("Ada Example", INSTANT, AUTHOR)
    assert await desk.alerts() == [("pending", "instant")]
    (message,) = await desk.compose()
    assert "by **Ada Example**, whom you follow; matched **tokamak** in the title" in message
    assert "quiet plasma" not in message


async def test_what_a_message_carries_stays_as_it_is(desk: Desk) -> None:
    await desk.follow("tokamak")
    await desk.follow("", INSTANT, TRENDING)
    await desk.announce("2611.00001")
    (message,) = await desk.compose(eight())
    before = await desk.rows("SELECT * FROM alerts")
    assert await desk.list_today("2611.00001") == 0
    assert await desk.rows("SELECT * FROM alerts") == before
    assert await desk.compose(eight(1)) == []
    assert "Daily Papers" not in message


async def test_the_count_of_new_alerts_is_of_those_that_wait_anew(desk: Desk) -> None:
    first = await desk.follow("tokamak")
    await desk.follow("tokamak", who=BOB)
    assert await desk.announce("2611.00001", "2611.00002") == 4
    assert await desk.announce("2611.00001", "2611.00002", "2611.00003") == 2
    await desk.subscriptions.remove(desk.owner(), first)
    await desk.follow("", DAILY, TRENDING)
    assert await desk.list_today("2611.00002") == 1  # Ada's waits again; Bob's waits anyway


# -- subscriptions that come and go ------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["remove", "pause"])
@pytest.mark.parametrize("composed", [False, True])
@pytest.mark.parametrize("kind", [KEYWORD, AUTHOR, CATEGORY])
async def test_a_paper_that_nobody_wanted_any_more_comes_when_another_subscription_wants_it(
    desk: Desk, act: str, composed: bool, kind: SubscriptionKind
) -> None:
    text = {KEYWORD: "tokamak", AUTHOR: "Ada Example", CATEGORY: "cs.LG"}[kind]
    first = await desk.follow(text, WEEKLY, kind)
    await desk.follow("", DAILY, TRENDING)
    await desk.announce("2611.00001")
    await getattr(desk.subscriptions, act)(desk.owner(), first)
    if composed:
        assert await desk.compose(eight()) == []
        assert await desk.alerts() == [("held", "weekly")]
    await desk.list_today("2611.00001")
    (message,) = await desk.compose(eight(int(composed)))
    assert "-# on the Daily Papers list" in message
    assert "in the title" not in message


@pytest.mark.parametrize("act", ["remove", "pause"])
async def test_of_two_subscriptions_the_one_that_stays_still_tells_at_its_own_cadence(desk: Desk, act: str) -> None:
    first = await desk.follow("tokamak", INSTANT)
    await desk.follow("Ada Example", DAILY, AUTHOR)
    await desk.announce("2611.00001")
    await getattr(desk.subscriptions, act)(desk.owner(), first)
    assert await desk.compose() == []
    (message,) = await desk.compose(eight())
    assert "-# **Ada Example**, 1st of 2" in message
    assert "in the title" not in message


@pytest.mark.parametrize(("act", "undo"), [("remove", "restore"), ("pause", "resume")])
async def test_taking_it_back_brings_what_had_matched_before(desk: Desk, act: str, undo: str) -> None:
    first = await desk.follow("tokamak")
    await desk.announce("2611.00001")
    await getattr(desk.subscriptions, act)(desk.owner(), first)
    assert await desk.alerts() == [("held", "daily")]  # so that nobody is told of papers that wait
    assert await desk.compose(eight()) == []
    await getattr(desk.subscriptions, undo)(desk.owner(), first)
    (message,) = await desk.compose(eight(1))
    assert "number 2611.00001" in message


async def test_taking_back_stop_all_or_following_the_same_again_does_so_too(desk: Desk) -> None:
    first = await desk.follow("tokamak")
    await desk.announce("2611.00001")
    await desk.subscriptions.remove_all(desk.owner())
    assert await desk.alerts() == [("held", "daily")]
    await desk.subscriptions.restore_all(desk.owner(), first, first)
    assert await desk.alerts() == [("pending", "daily")]
    await desk.subscriptions.remove(desk.owner(), first)
    desk.clock.move(days=9)  # longer ago than a preview looks back
    await desk.follow("tokamak", WEEKLY)
    assert await desk.alerts() == [("pending", "weekly")]


@pytest.mark.parametrize(
    ("before", "after", "moments"),
    [
        (WEEKLY, INSTANT, {"now": 1}),
        (DAILY, INSTANT, {"now": 1}),
        (WEEKLY, DAILY, {"morning": 1}),
        (INSTANT, DAILY, {"morning": 1}),
        (INSTANT, WEEKLY, {"monday": 1}),
        (DAILY, WEEKLY, {"monday": 1}),
    ],
)
@pytest.mark.parametrize("form", [False, True])
async def test_a_changed_cadence_holds_for_what_waits(
    desk: Desk, before: Cadence, after: Cadence, moments: dict[str, int], form: bool
) -> None:
    first = await desk.follow("tokamak", before)
    await desk.announce("2611.00001")
    if form:
        await desk.subscriptions.set_time(ADA, "UTC", 480, cadence=after)
    else:
        await desk.subscriptions.set_cadence(desk.owner(), first, after)
    came = {"now": len(await desk.compose()), "morning": len(await desk.compose(eight()))}
    for ahead in range(1, 5):
        assert await desk.compose(eight(ahead)) == []  # Thursday to Sunday
    came["monday"] = len(await desk.compose(eight(5)))
    assert {moment: count for moment, count in came.items() if count} == moments


async def test_followed_authors_come_first_whatever_else_matched(desk: Desk) -> None:
    await desk.follow("tokamak")
    await desk.follow("Ada Lovelace", DAILY, AUTHOR)
    await desk.announce("2611.00001", title="A tokamak of tokamaks")
    await desk.announce("2611.00002", title="Something else", authors=("Bob Sample", "Ada Lovelace"))
    await desk.announce("2611.00003", title="Another tokamak")
    (message,) = await desk.compose(eight())
    places = [message.index(f"number 2611.0000{n}") for n in (2, 1, 3)]
    assert places[0] < min(places[1:])


# -- one paper that was two --------------------------------------------------------------------------------------------

DOI = PaperId("doi", "10.1000/one")


async def two_rows(desk: Desk, order: Sequence[str]) -> None:
    """A paper's preprint and its article, which nobody knows to be one; both are on tokamaks."""
    for which in order:
        ids = (arxiv("2611.00001"),) if which == "preprint" else (DOI,)
        await desk.arrive(record(title=f"A tokamak, the {which}", at=desk.clock(), ids=ids))


async def merge(desk: Desk) -> None:
    await desk.arrive(record(title="A tokamak", at=desk.clock(), ids=(arxiv("2611.00001"), DOI)))
    async with desk.database.reading() as read:
        assert await collection.count_papers(read) == 1


@pytest.mark.parametrize("order", [("preprint", "article"), ("article", "preprint")])
@pytest.mark.parametrize("sent", [None, 0, 1])
async def test_two_rows_that_are_one_paper_are_told_once(desk: Desk, order: tuple[str, str], sent: int | None) -> None:
    """Neither of them was told yet, or the older one, or the younger one."""
    for number, which in enumerate(order):
        await desk.follow(f"tokamak {which}", DAILY if sent in (None, number) else WEEKLY)
    await two_rows(desk, order)
    before = [] if sent is None else await desk.compose(eight())
    assert len(before) == (sent is not None)
    await merge(desk)
    after = [message for ahead in range(7) for message in await desk.compose(eight(ahead))]
    assert sum(message.count("](https://") for message in before + after) == 1
    assert await desk.rows("SELECT count(*) FROM alerts") == [(1,)]


@pytest.mark.parametrize("younger_was_told", [False, True])
async def test_merging_keeps_the_told_alert_else_joins_the_reasons(
    database: Database, clock: HandClock, younger_was_told: bool
) -> None:
    owner = Recipient(OwnerKind.USER, ADA)
    async with database.transaction() as write:
        changes = await papers.add_records(
            write, [record("2611.00001"), record("x", ids=(DOI,))], clock(), eligible=True
        )
        older, younger = (change.paper.id for change in changes)
        reasons = [Reason(n, KEYWORD, text) for n, text in enumerate(("one", "two"))]
        pairs = ((older, WEEKLY, reasons[0]), (younger, DAILY, reasons[1]))
        await alerts.enqueue(write, [Match(owner, p, c, (r,)) for p, c, r in pairs], clock())
        waiting = {a.paper_id: a for a in await alerts.waiting(write, owner, tuple(Cadence))}
        if younger_was_told:
            told = await alerts.add_message(
                write, owner, MessageKind.DIGEST, clock().date(), "{}", [waiting[younger].id], clock()
            )
        await papers.merge_papers(write, younger, older)
        left = await write.all("SELECT * FROM alerts")
        (alert,) = map(alerts.read_alert, left)
    assert alert.paper_id == older
    if younger_was_told:
        assert (alert.id, left[0]["message_id"], alert.reasons) == (waiting[younger].id, told, (reasons[1],))
    else:
        assert (alert.id, alert.cadence, alert.reasons) == (waiting[older].id, DAILY, tuple(reasons))


# -- the weekly day ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("moved_at", "hour"), [(7, 6), (7, 9), (9, 7), (9, 18), (7, 23), (0, 0)])
async def test_moving_the_hour_on_the_weekly_day_delays_what_is_weekly_by_hours(
    desk: Desk, moved_at: int, hour: int
) -> None:
    await desk.follow("tokamak", WEEKLY)
    await desk.announce("2611.00001")
    came = []
    for step in range(24 * 7):
        now = WEDNESDAY + timedelta(hours=step)
        if now.weekday() == 0 and now.hour == moved_at:
            desk.clock.now = now
            await desk.settle_in(hour=hour)
        came += [(now, message) for message in await desk.compose(now)]
    assert [message.count("in the title") for _, message in came] == [1]
    assert came[0][0] < eight(5) + timedelta(hours=24)


# -- what does not fit -------------------------------------------------------------------------------------------------


async def test_what_a_digest_only_counts_is_listed_by_today_page_by_page(desk: Desk) -> None:
    await desk.follow("tokamak")
    await desk.subscriptions.pause_all(ADA, 21)
    ids = [f"2611.{n:05}" for n in range(1, 61)]
    for day in range(15):
        await desk.move_to(WEDNESDAY + timedelta(days=day))
        await desk.announce(*ids[4 * day : 4 * day + 4])
    back = WEDNESDAY + timedelta(days=22)
    parts = await desk.compose(back)
    assert "… and 40 more matched: `/today`" in parts[0]
    first = await desk.subscriptions.today(ADA)
    assert (first.total, first.surplus) == (40, 40)
    pages = [first, *[await desk.subscriptions.today(ADA, page) for page in (1, 2, 3)]]
    listed = [item.paper.main_id.value for page in pages for item in page.items]
    told = [i for i in ids if any(f"number {i}" in part for part in parts)]
    assert sorted(listed + told) == ids
    assert listed == sorted(listed, reverse=True)  # the newest first
    assert (await desk.subscriptions.today(ADA, 99)).page == 3
    assert await desk.compose(back + timedelta(days=1)) == []


async def test_what_is_listed_already_as_a_match_of_these_days_is_not_listed_twice(desk: Desk) -> None:
    await desk.follow("tokamak")
    await desk.announce(*(f"2611.{n:05}" for n in range(1, 31)))
    await desk.compose(eight())
    pages = [await desk.subscriptions.today(ADA, page) for page in range(3)]
    assert [len(page.items) for page in pages] == [10, 10, 10]
    assert len({item.paper.id for page in pages for item in page.items}) == pages[0].total == 30
    assert pages[0].surplus == 0


# -- at once -----------------------------------------------------------------------------------------------------------


def shown(message: str) -> int:
    return message.count("number 2611.")


@pytest.mark.parametrize("minutes", [60, 65])
async def test_at_once_is_six_messages_an_hour_then_one_for_the_rest_of_it(desk: Desk, minutes: int) -> None:
    await desk.follow("tokamak", INSTANT)
    came: list[tuple[datetime, str]] = []
    number = 0
    for step in range(100):  # a thousand papers within 250 seconds
        now = WEDNESDAY + timedelta(seconds=2.5 * step)
        await desk.move_to(now)
        await desk.announce(*(f"2611.{number + n:05}" for n in range(1, 11)))
        number += 10
        came += [(now, message) for message in await desk.compose()]
    assert len(came) == 6
    rest = await desk.compose(WEDNESDAY + timedelta(minutes=59))
    assert rest == []
    (gathered,) = await desk.compose(WEDNESDAY + timedelta(minutes=minutes, seconds=1))
    assert shown(gathered) == 20
    left = 1000 - sum(shown(message) for _, message in came) - 20
    assert f"… and {left:,} more matched: `/today`" in gathered
    assert await desk.rows("SELECT state, count(*) FROM alerts WHERE message_id IS NULL GROUP BY 1") == [("held", left)]


async def test_a_message_of_several_parts_counts_as_several(desk: Desk) -> None:
    await desk.follow("tokamak", INSTANT)
    made = []
    for step in range(5):
        await desk.move_to(WEDNESDAY + timedelta(minutes=step))
        await desk.announce(*(f"2611.{100 * step + n:05}" for n in range(1, 21)), abstract="Long words. " * 40)
        made.append(len(await desk.compose()))
    assert made[0] > 1
    assert sum(made) <= 6
    assert await desk.rows("SELECT count(*) FROM messages WHERE kind = 'instant'") == [(sum(made),)]


async def test_the_hour_slides_for_each_person_by_itself(desk: Desk) -> None:
    await desk.follow("tokamak", INSTANT)
    times = []
    for minute in range(0, 180, 5):
        await desk.move_to(WEDNESDAY + timedelta(minutes=minute))
        await desk.announce(f"2611.{minute:05}")
        times += [minute for _ in await desk.compose()]
    assert all(later - earlier >= 60 for earlier, later in zip(times, times[6:], strict=False))
    assert len(times) >= 17
    await desk.follow("tokamak", INSTANT, who=BOB)
    await desk.announce("2611.90000")
    assert any("2611.90000" in message for message in await desk.compose())


async def test_a_clock_that_was_ahead_locks_nobody_out(desk: Desk) -> None:
    await desk.follow("tokamak", INSTANT)
    ahead = WEDNESDAY + timedelta(days=365)
    for step in range(6):
        await desk.move_to(ahead + timedelta(minutes=step))
        await desk.announce(f"2711.0000{step}")
        assert len(await desk.compose()) == 1
    await desk.move_to(WEDNESDAY + timedelta(minutes=5))
    await desk.announce("2611.00001")
    assert len(await desk.compose()) == 1
    await desk.follow("tokamak", DAILY)
    await desk.compose(eight(1))
    await desk.announce("2611.00002")
    assert [shown(message) for message in await desk.compose(eight(2))] == [1]


# -- somebody's fault --------------------------------------------------------------------------------------------------


async def test_a_zone_that_is_not_known_any_more_holds_up_nobody_and_comes_by_utc(desk: Desk) -> None:
    for who in (ADA, BOB):
        await desk.follow("tokamak", who=who)
    await desk.run("UPDATE users SET timezone = 'Mars/Olympus' WHERE id = :id", id=ADA)
    await desk.announce("2611.00001")
    assert len(await desk.compose(eight())) == 2
    assert (await desk.subscriptions.today(ADA)).total == 1
    await desk.follow("plasma")
    status = StatusService(desk.database, desk.clock)
    assert "`Mars/Olympus`" in words(status_card(await status.status(), await status.personal(ADA)).to_json())


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("users", "next_digest_on", "the day after tomorrow"),
        ("users", "next_digest_on", "9999-12-31"),
        ("users", "next_digest_on", "0001-01-01"),
        ("users", "weekly_on", "soon"),
        ("users", "weekly_on", "9999-12-31"),
        ("users", "timezone", "../../etc/passwd"),
        ("users", "timezone", ""),
        ("users", "opted_in_at", 10**17),
        ("users", "dm_reason", "\x00"),
        ("subscriptions", "created_at", 10**17),
        ("alerts", "reasons", "{"),
        ("alerts", "reasons", "[[1, 2]]"),
        ("alerts", "reasons", '[[1, "colour", "red", []]]'),
        ("alerts", "reasons", "null"),
        ("alerts", "late", "**late**\n# because"),
        ("alerts", "created_at", 10**17),
        ("papers", "authors", "none"),
        ("papers", "published", "last year"),
        ("papers", "updated_at", 10**17),
    ],
)
@pytest.mark.parametrize("cadence", [INSTANT, DAILY])
async def test_what_cannot_be_read_in_one_row_stops_nobody_else(
    desk: Desk, table: str, column: str, value: Any, cadence: Cadence
) -> None:
    await desk.follow("tokamak", cadence)
    await desk.follow("plasma", cadence, who=BOB)
    await desk.announce("2611.00001")
    await desk.announce("2611.00002", title="A plasma")
    owner = {"users": "id", "subscriptions": "owner_id", "alerts": "recipient_id"}.get(table)
    where = f"{owner} = {ADA}" if owner else "title LIKE '%tokamak%'"
    await desk.run(f"UPDATE {table} SET {column} = :value WHERE {where}", value=value)
    came = await desk.compose(eight())
    assert any("number 2611.00002" in message for message in came)
    if table != "papers":
        assert any("number 2611.00001" in message for message in came)
    await desk.subscriptions.today(ADA)
    assert len(await desk.subscriptions.list_for(desk.owner())) == 1


async def test_a_fault_is_noted_with_its_owner_told_once_with_its_stack_and_tried_later_and_later(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    for who in (ADA, BOB):
        await desk.follow("tokamak", who=who)
    await desk.announce("2611.00001")
    await desk.run(
        f"""CREATE TRIGGER refusal BEFORE INSERT ON messages WHEN NEW.recipient_id = {ADA}
            BEGIN SELECT RAISE(ABORT, 'not for Ada'); END"""
    )
    tries = []
    for minute in range(0, 6 * 60, 5):
        caplog.clear()
        came = await desk.compose(eight() + timedelta(minutes=minute))
        assert len(came) == (minute == 0)  # Bob's
        found = [r for r in caplog.records if "nothing could be made for a user" in r.message]
        tries += [(minute, bool(found[0].exc_info))] if found else []
    assert tries == [(0, True), (15, False), (45, False), (105, False), (225, False)]
    status = StatusService(desk.database, desk.clock)
    text = words(status_card(await status.status(), await status.personal(ADA)).to_json())
    assert "Your last message could not be made: IntegrityError" in text
    assert "could not be made" not in words(status_card(await status.status(), await status.personal(BOB)).to_json())
    await desk.run("DROP TRIGGER refusal")
    assert len(await desk.compose(eight() + timedelta(hours=8))) == 1
    assert await desk.rows("SELECT * FROM faults") == []


async def test_a_retry_that_a_wrong_clock_put_far_away_is_no_retry(desk: Desk) -> None:
    await desk.follow("tokamak")
    await desk.announce("2611.00001")
    far = int((WEDNESDAY + timedelta(days=365)).timestamp())
    await desk.run("INSERT INTO faults VALUES ('user', :who, 3, :at, 'once')", who=ADA, at=far)
    assert len(await desk.compose(eight())) == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [(KEYWORD, '"open'), (KEYWORD, ""), (KEYWORD, "(a OR"), (AUTHOR, "…"), (CATEGORY, ""), (TRENDING, '"open')],
)
async def test_a_subscription_that_cannot_be_read_stops_neither_the_start_nor_others_and_its_owner_sees_it(
    desk: Desk, kind: SubscriptionKind, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    good = await desk.follow("tokamak")
    bad = await desk.follow("plasma")
    await desk.run("UPDATE subscriptions SET kind = :kind, query = :text WHERE id = :id", kind=kind, text=text, id=bad)
    desk.restart()
    assert await desk.subscriptions.load() >= 1
    assert f"subscription {bad} cannot be read" in caplog.text
    assert await desk.announce("2611.00001") == 1
    assert (await desk.subscriptions.today(ADA)).total == 1
    listed = words(
        followed.subscription_list(await desk.subscriptions.list_for(desk.owner()), await desk.user()).to_json()
    )
    assert listed.count("⚠ cannot be read") == 1
    assert "it brings nothing" in words(followed.subscription_card(await desk.subscription(bad)).to_json())
    status = StatusService(desk.database, desk.clock)
    assert "cannot be read" in words(status_card(await status.status(), await status.personal(ADA)).to_json())
    for act in ("pause", "resume", "remove", "restore"):
        await getattr(desk.subscriptions, act)(desk.owner(), bad)
    assert len(await desk.compose(eight())) == 1
    assert good in {s.id for s in await desk.subscriptions.list_for(desk.owner())}
