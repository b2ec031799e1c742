"""What waits for somebody, why, and in which message it comes: real subscriptions, matches and store, a clock set by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cards import Card
from bot.composing import Composer
from bot.ingest import Ingest
from bot.matching import Matcher
from bot.models import (
    Batch,
    Cadence,
    Community,
    EventKind,
    Match,
    OwnerKind,
    PaperId,
    Reason,
    Recipient,
    Record,
    SubscriptionKind,
)
from bot.search import Search
from bot.store import alerts, papers
from bot.store.database import Database
from bot.subscriptions import Subscriptions
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
        self.matcher = Matcher()
        self.subscriptions = Subscriptions(database, Search(database, clock), self.matcher, clock)
        self.shelf = Shelf()
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

    def owner(self, who: int = ADA) -> Recipient:
        return Recipient(OwnerKind.USER, who)

    async def compose(self, at: datetime | None = None) -> list[str]:
        """What is composed at that instant: the words of each message."""
        if at is not None:
            self.clock.now = at
        ((before,),) = await self.rows("SELECT coalesce(max(id), 0) FROM messages")
        await self.composer.compose_due()
        return [words(p) for (p,) in await self.rows("SELECT payload FROM messages WHERE id > :id", id=before)]

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
    assert "Why: matched **tokamak** in the title; on the Daily Papers list" in message


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
    for text in ("matched **tokamak**", "on the Daily Papers list", "by **Ada Example**"):
        assert text in message


async def test_who_follows_more_while_papers_wait_reads_that_reason_too_and_has_no_further_paper(desk: Desk) -> None:
    await desk.follow("tokamak", WEEKLY)
    await desk.announce("2611.00001", authors=("Ada Example",))
    await desk.announce("2611.00002", title="A quiet plasma", authors=("Ada Example",))
    await desk.follow("Ada Example", INSTANT, AUTHOR)
    assert await desk.alerts() == [("pending", "instant")]
    (message,) = await desk.compose()
    assert "matched **tokamak** in the title; by **Ada Example**" in message
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
    assert "Why: on the Daily Papers list" in message
    assert "matched" not in message


@pytest.mark.parametrize("act", ["remove", "pause"])
async def test_of_two_subscriptions_the_one_that_stays_still_tells_at_its_own_cadence(desk: Desk, act: str) -> None:
    first = await desk.follow("tokamak", INSTANT)
    await desk.follow("Ada Example", DAILY, AUTHOR)
    await desk.announce("2611.00001")
    await getattr(desk.subscriptions, act)(desk.owner(), first)
    assert await desk.compose() == []
    (message,) = await desk.compose(eight())
    assert "Why: by **Ada Example**, whom you follow" in message
    assert "matched" not in message


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
    await desk.subscriptions.restore_all(desk.owner(), f"{first}-{first}")
    assert await desk.alerts() == [("pending", "daily")]
    await desk.subscriptions.remove(desk.owner(), first)
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
        assert await papers.count_papers(read) == 1


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
    assert sum(message.count("Why:") for message in before + after) == 1
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
                write, owner, alerts.MessageKind.DIGEST, clock().date(), "{}", [waiting[younger].id], clock()
            )
        await papers.merge_papers(write, younger, older)
        left = await write.all("SELECT * FROM alerts")
        (alert,) = map(alerts.read_alert, left)
    assert alert.paper_id == older
    if younger_was_told:
        assert (alert.id, left[0]["message_id"], alert.reasons) == (waiting[younger].id, told, (reasons[1],))
    else:
        assert (alert.id, alert.cadence, alert.reasons) == (waiting[older].id, DAILY, tuple(reasons))
