"""What is news and what is history, and whose fault is whose: real sources over the sample upstreams, into a real store."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.health.status import StatusService
from bot.ingest.ingest import Ingest, Visit
from bot.models import (
    Batch,
    Cadence,
    OwnerKind,
    PaperId,
    PersonalStatus,
    Recipient,
    Record,
    Subscription,
    SubscriptionKind,
)
from bot.query.matching import Matcher
from bot.show.reports import status_card
from bot.sources.arxiv import oai_set
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.arxiv_oai import ArxivOai
from bot.sources.base import LookUp, Source
from bot.sources.biorxiv import BioRxiv, openrxiv_service
from bot.sources.feeds import JournalFeed, feed_service
from bot.sources.http import PoliteClient
from bot.sources.huggingface import HuggingFace, huggingface_service
from bot.sources.rate_policy import arxiv_service
from bot.store.database import Database
from bot.store.sources import GateState, load_sources
from bot.when import timetable
from playground.upstreams.samples import Sample, SampleCommunity, announce
from playground.upstreams.server import Upstream
from tests.conftest import HandClock, record
from tests.house import NOTHING, page

EASTERN = ZoneInfo("America/New_York")
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, MONDAY = (date(2026, 11, n) for n in (17, 18, 19, 20, 23))
_BATCHES = {TUESDAY: -1, WEDNESDAY: 0, THURSDAY: 1, FRIDAY: 2, MONDAY: 3}
_LISTED = SampleCommunity(500, 1, "In a sentence.", ("tokamaks",), None, None, None, None)


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=EASTERN).astimezone(UTC)


def paper(identity: str, day: date, *categories: str, listed: bool = False, **more: Any) -> Sample:
    """A paper that the one subscription here wants, announced in the feed of that day."""
    fields: dict[str, Any] = {"title": f"A tokamak, number {identity}", "abstract": "We heat it.", **more}
    return Sample(
        identity, _BATCHES[day], "new", 1, authors=("Ada Example",), categories=categories or ("cs.CV",),
        community=_LISTED if listed else None, **fields,
    )  # fmt: skip


class Lab:
    """A store, a person who follows tokamaks, and the sample upstreams; `ingest` is made anew as by a restart."""

    def __init__(self, database: Database, upstream: Upstream, clock: HandClock, client: PoliteClient) -> None:
        self.database, self.upstream, self.clock, self.client = database, upstream, clock, client
        self.before_the_second_page: Callable[[], object] = lambda: None
        self.matcher = Matcher()
        for number, (kind, query) in enumerate(
            ((SubscriptionKind.KEYWORD, "tokamak"), (SubscriptionKind.TRENDING, "tokamak")), 1
        ):
            person = Recipient(OwnerKind.USER, number)
            self.matcher.add(Subscription(number, person, kind, query, Cadence.DAILY, clock()))
        self.ingest = self.restart()

    def restart(self, *live: Source, history: Sequence[Source] = (), look_up: LookUp | None = None) -> Ingest:
        self.ingest = Ingest(self.database, live, self.matcher, self.clock, backfills=history, look_up=look_up)
        return self.ingest

    def announce(self, *papers: Sample) -> None:
        self.upstream.papers = announce(papers, WEDNESDAY)

    def feed(self, category: str = "cs.CV") -> ArxivFeed:
        return ArxivFeed(self.client, self.upstream.rss_url, category)

    def oai(self, category: str = "cs.CV") -> ArxivOai:
        return ArxivOai(self.client, self.upstream.oai_url, oai_set=oai_set(category))

    def posts(self, category: str | None = None) -> BioRxiv:
        return BioRxiv(self.client, self.upstream.url, category=category)

    def face(self) -> HuggingFace:
        return HuggingFace(self.client, self.upstream.huggingface_url)

    async def look(self, at: datetime) -> list[Visit]:
        """Visits all sources at that instant."""
        self.clock.now = at
        return await self.ingest.ingest_all()

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as read:
            return [tuple(row) for row in await read.all(sql, parameters)]

    async def told(self, person: int = 1) -> list[str]:
        """The papers for which the person has an alert; one each, however often it is asked."""
        sql = """SELECT i.value FROM alerts AS a JOIN paper_ids AS i USING (paper_id)
                 WHERE i.scheme = 'arxiv' AND a.recipient_id = :person ORDER BY 1"""
        return [value for (value,) in await self.rows(sql, person=person)]

    async def stored(self) -> list[str]:
        return [v for (v,) in await self.rows("SELECT value FROM paper_ids WHERE scheme = 'arxiv' ORDER BY 1")]

    async def failures(self) -> dict[str, int]:
        async with self.database.reading() as read:
            return {state.name: state.failures for state in await load_sources(read)}


@pytest.fixture
async def lab(database: Database, clock: HandClock) -> AsyncIterator[Lab]:
    async def wait(seconds: float) -> None:
        clock.move(seconds=seconds)
        opened.before_the_second_page()

    async with Upstream(clock=clock, page_size=2) as upstream:
        services = [
            arxiv_service("arxiv-rss", upstream.rss_url),
            arxiv_service("arxiv-oai", upstream.oai_url),
            arxiv_service("arxiv-api", upstream.api_url),
            huggingface_service(upstream.huggingface_url),
            feed_service(f"{upstream.url}/journal"),
            openrxiv_service(upstream.url),
        ]
        client = PoliteClient(
            services, user_agent="Paperboy/test", gate_state=GateState(database), clock=clock, wait=wait
        )
        async with client:
            opened = Lab(database, upstream, clock, client)
            yield opened


# -- the first look ----------------------------------------------------------------------------------------------------


async def test_a_first_look_is_silent_about_the_days_before_and_tells_the_day_itself(lab: Lab) -> None:
    lab.announce(paper("2611.00001", TUESDAY), paper("2611.00002", WEDNESDAY))
    lab.restart(lab.oai(), lab.feed())
    await lab.look(eastern(WEDNESDAY, 12))
    assert await lab.stored() == ["2611.00001", "2611.00002"]
    assert await lab.told() == ["2611.00002"]
    for hours in range(1, 40):  # what is read again, with the overlap of a day, does not undo the silence
        await lab.look(eastern(WEDNESDAY, 12) + timedelta(hours=hours))
    assert await lab.told() == ["2611.00002"]


async def test_the_monday_feed_and_the_announcement_on_sunday_evening_are_one_day(lab: Lab) -> None:
    lab.announce(paper("2611.00001", FRIDAY), paper("2611.00002", MONDAY))
    lab.restart(lab.oai())
    await lab.look(eastern(MONDAY, 8))  # OAI-PMH says Sunday 20:00
    assert await lab.told() == ["2611.00002"]
    lab.restart(lab.oai("cs.CL"), lab.feed())
    await lab.look(eastern(MONDAY, 9))  # the feed says Monday 0:00
    assert await lab.told() == ["2611.00002"]


@pytest.mark.parametrize("down_for", [1, 12, 36])
async def test_a_source_that_was_down_at_the_start_brings_what_it_missed_as_news(lab: Lab, down_for: int) -> None:
    lab.announce(paper("2611.00001", TUESDAY), *(paper(f"2611.0001{n}", THURSDAY) for n in range(3)))
    lab.restart(lab.oai())
    lab.upstream.fail("/oai", status=500, count=100)
    for hours in range(0, down_for + 1, 6):
        (report,) = await lab.look(eastern(WEDNESDAY, 12) + timedelta(hours=hours))
        assert report.failure
    lab.upstream.heal()
    await lab.look(eastern(FRIDAY, 6))
    assert await lab.told() == ["2611.00010", "2611.00011", "2611.00012"]
    assert "2611.00001" in await lab.stored()


PLACES = ("/rss", "/oai", "/api/daily_papers")
OUTAGES = [
    tuple(place for place, down in zip(PLACES, downs, strict=True) if down) for downs in product((0, 1), repeat=3)
]


@pytest.mark.parametrize("second", OUTAGES, ids=str)
@pytest.mark.parametrize("first", OUTAGES, ids=str)
async def test_whoever_is_down_at_the_first_two_looks_nothing_since_the_first_is_lost(
    lab: Lab, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """A paper of the day before, of that day and of each after; all are announced and listed. In every order of sources."""
    days = (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)
    lab.announce(*(paper(f"2611.0000{n}", day, listed=True) for n, day in enumerate(days)))
    sources: tuple[Source, ...] = (lab.feed(), lab.oai(), lab.face())
    orders = list(permutations(sources))
    lab.restart(*orders[(OUTAGES.index(first) + OUTAGES.index(second)) % len(orders)])
    for day, down in ((WEDNESDAY, first), (THURSDAY, second), (FRIDAY, ())):
        lab.upstream.heal()
        for place in down:
            lab.upstream.fail(place, status=503, count=1000)
        for hour in (12, 18):  # what is refused is asked again after its pause
            await lab.look(eastern(day, hour))
    wanted = ["2611.00001", "2611.00002", "2611.00003"]
    assert await lab.told(1) == wanted
    assert await lab.told(2) == wanted
    assert await lab.rows("SELECT recipient_id, count(*) FROM alerts GROUP BY 1") == [(1, 3), (2, 3)]


@pytest.mark.parametrize("added_first", [True, False])
async def test_a_category_that_is_added_swallows_nothing_of_the_others(lab: Lab, added_first: bool) -> None:
    both = [paper(f"2611.0000{n}", THURSDAY, "cs.CL", "cs.CV") for n in range(3)]
    lab.announce(*both, paper("2611.00009", THURSDAY, "cs.CL"))
    lab.restart(lab.oai("cs.CV"))
    await lab.look(eastern(WEDNESDAY, 12))
    now = [lab.oai("cs.CL"), lab.oai("cs.CV")]  # to the first one all of Thursday is history
    lab.restart(*(now if added_first else reversed(now)))
    for hour in range(3):
        await lab.look(eastern(FRIDAY, hour))
        assert await lab.told() == [p.id for p in both]
    assert await lab.rows("SELECT count(*) FROM alerts") == [(3,)]
    assert len(await lab.stored()) == 4


async def test_a_first_look_of_several_pages_stays_the_first_over_a_stop_and_over_midnight(lab: Lab) -> None:
    lab.announce(
        *(paper(f"2611.0000{n}", TUESDAY) for n in range(4)), *(paper(f"2611.0001{n}", THURSDAY) for n in range(3))
    )
    lab.restart(lab.oai())
    lab.clock.now = eastern(WEDNESDAY, 23, 50)
    lab.before_the_second_page = lambda: lab.upstream.fail("/oai", status=500)
    for n in range(3):  # each try brings one page
        lab.restart(lab.oai())
        (report,) = await lab.look(lab.clock())
        assert (report.records, bool(report.failure)) == (2, True), n
        lab.clock.move(minutes=20)
    lab.before_the_second_page = lambda: None
    await lab.look(lab.clock())
    await lab.look(lab.clock.move(hours=24))
    assert await lab.told() == ["2611.00010", "2611.00011", "2611.00012"]
    assert len(await lab.stored()) == 7


async def test_what_the_past_recorded_silently_is_told_when_a_live_source_states_it(lab: Lab) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY), paper("2611.00002", THURSDAY))
    past = ArxivOai(lab.client, lab.upstream.oai_url, oai_set=oai_set("cs.CV"), since=date(2026, 11, 1), until=THURSDAY)
    lab.restart(lab.oai(), history=[past])
    await lab.look(eastern(TUESDAY, 12))
    lab.clock.now = eastern(FRIDAY, 12)
    await lab.ingest.backfill()
    assert (len(await lab.stored()), await lab.told()) == (2, [])
    await lab.look(eastern(FRIDAY, 13))
    assert await lab.told() == ["2611.00001", "2611.00002"]


async def test_after_weeks_away_everything_that_came_since_the_last_good_answer_is_told(lab: Lab) -> None:
    lab.announce(
        paper("2611.00001", TUESDAY), paper("2611.00002", THURSDAY), *(paper(f"2611.0001{n}", MONDAY) for n in range(5))
    )
    lab.restart(lab.oai())
    await lab.look(eastern(WEDNESDAY, 12))
    assert await lab.told() == []
    await lab.look(eastern(MONDAY, 12) + timedelta(days=21))
    assert await lab.told() == ["2611.00002", *(f"2611.0001{n}" for n in range(5))]


async def test_what_was_recorded_silently_is_no_news_after_two_weeks(lab: Lab) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY))
    past = ArxivOai(lab.client, lab.upstream.oai_url, oai_set=oai_set("cs.CV"), since=TUESDAY, until=WEDNESDAY)
    lab.restart(lab.oai(), history=[past])
    await lab.look(eastern(TUESDAY, 12))
    lab.clock.now = eastern(THURSDAY, 12)
    await lab.ingest.backfill()
    await lab.look(eastern(WEDNESDAY, 12) + timedelta(days=15))
    assert (await lab.stored(), await lab.told()) == (["2611.00001"], [])


async def test_lists_that_are_read_again_while_votes_grow_do_not_undo_the_silence(lab: Lab) -> None:
    lab.announce(paper("2611.00001", TUESDAY, listed=True), paper("2611.00002", WEDNESDAY, listed=True))
    lab.restart(lab.face())
    for hour in range(24):
        await lab.look(datetime(2026, 11, 18, 14, tzinfo=UTC) + timedelta(hours=hour))
    assert await lab.told(1) == ["2611.00002"]
    assert await lab.told(2) == ["2611.00002"]  # who follows the list itself
    assert await lab.rows("SELECT count(*) > 4 FROM votes") == [(1,)]


JOURNAL = """<?xml version="1.0"?><rss version="2.0"><channel><title>J</title>{}</channel></rss>"""


def articles(*entries: tuple[str, str]) -> str:
    """A journal's feed of tokamaks: arXiv ids, for easy counting, with their dates."""
    items = "".join(
        f"<item><title>A tokamak {i}</title><guid>https://arxiv.org/abs/{i}</guid><pubDate>{d}</pubDate></item>"
        for i, d in entries
    )
    return JOURNAL.format(items)


async def test_a_journals_first_look_is_silent_whatever_its_dates_say(lab: Lab) -> None:
    feed = JournalFeed(lab.client, f"{lab.upstream.url}/journal")
    old = [(f"2611.0000{n}", when) for n, when in enumerate(("2026-11-02", "2026-11-18", "2027-01-01", "nonsense"))]
    lab.upstream.put("/journal", articles(*old))
    lab.restart(feed)
    await lab.look(eastern(WEDNESDAY, 12))
    assert (len(await lab.stored()), await lab.told()) == (4, [])
    lab.upstream.put("/journal", articles(*old, ("2611.00010", "2026-11-16")))
    await lab.look(eastern(THURSDAY, 12))
    assert await lab.told() == ["2611.00010"]


async def test_a_journal_that_was_down_at_the_start_is_silent_about_its_first_look_too(lab: Lab) -> None:
    lab.restart(JournalFeed(lab.client, f"{lab.upstream.url}/journal"))
    lab.upstream.fail("/journal", status=500)
    await lab.look(eastern(TUESDAY, 12))
    lab.upstream.put("/journal", articles(("2611.00001", "2026-11-19")))
    await lab.look(eastern(THURSDAY, 12))
    assert (await lab.stored(), await lab.told()) == (["2611.00001"], [])


async def test_a_source_that_was_removed_and_comes_back_goes_on_where_it_was(lab: Lab) -> None:
    lab.announce(paper("2611.00001", TUESDAY), paper("2611.00002", THURSDAY))
    lab.restart(lab.oai())
    await lab.look(eastern(WEDNESDAY, 12))
    await lab.restart(lab.feed("cs.LG")).register_backfills()
    await lab.restart(lab.oai()).register_backfills()
    await lab.look(eastern(MONDAY, 12))
    assert await lab.told() == ["2611.00002"]


async def test_a_source_that_was_removed_before_its_first_look_is_asked_anew(lab: Lab) -> None:
    lab.announce(paper("2611.00001", THURSDAY), paper("2611.00002", MONDAY))
    lab.upstream.fail("/oai", status=500)
    await lab.restart(lab.oai()).ingest_all()
    await lab.restart(lab.feed("cs.LG")).register_backfills()
    await lab.restart(lab.oai()).register_backfills()
    await lab.look(eastern(MONDAY, 12))
    assert (len(await lab.stored()), await lab.told()) == (2, ["2611.00002"])


# -- whose fault it is -------------------------------------------------------------------------------------------------


class Faulty:
    """A source with a bug in it: what no upstream should be able to bring about, and some day does."""

    name = "faulty"

    def __init__(self, fault: BaseException | None = None, batch: Batch | None = None) -> None:
        self._fault, self._batch = fault, batch

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        if self._batch:
            yield self._batch
        if self._fault:
            raise self._fault


@pytest.mark.parametrize(
    "fault",
    [
        KeyError("paper"), OverflowError("date value out of range"), RecursionError(), TypeError(), ZeroDivisionError(),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), etree.LxmlError("x"), MemoryError(), OSError(),
    ],
)  # fmt: skip
async def test_any_fault_in_one_source_is_its_own(lab: Lab, fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY))
    lab.restart(Faulty(fault), lab.feed())
    for n in range(1, 4):
        reports = {r.source: r for r in await lab.look(eastern(WEDNESDAY, 12) + timedelta(hours=n))}
        assert type(fault).__name__ in (reports["faulty"].failure or "")
        assert reports["arxiv:cs.CV"].failure is None
        assert (await lab.failures())["faulty"] == n
    assert await lab.told() == ["2611.00001"]
    assert len([r for r in caplog.records if r.exc_info]) == 1
    status = await StatusService(lab.database, lab.clock).status()
    assert (
        type(fault).__name__ in status_card(status, PersonalStatus(None, 0, None), is_owner=True).embeds[1].description
    )


async def test_a_faulty_source_is_asked_again_after_longer_and_longer_pauses(lab: Lab) -> None:
    lab.restart(Faulty(KeyError("x")), lab.feed())
    lab.clock.now = eastern(WEDNESDAY, 12)
    asked = []
    for minute in range(0, 24 * 60, 5):
        lab.clock.now = eastern(WEDNESDAY, 12) + timedelta(minutes=minute)
        asked += [minute for r in await lab.ingest.ingest_due() if r.source == "faulty"]
    assert asked == [0, 15, 45, 105, 225, 465, 825, 1185]
    assert not await lab.ingest.is_behind()  # it holds nobody up


async def test_a_source_that_cannot_say_when_it_is_due_is_asked_hourly_and_holds_nobody_up(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    class Confused(Faulty):
        name = "confused"

        def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
            return datetime.fromisoformat(str(cursor))

    lab.restart(Confused(batch=Batch((), "no date")), lab.feed())
    visits = []
    for minute in range(0, 150, 5):
        lab.clock.now = eastern(WEDNESDAY, 12) + timedelta(minutes=minute)
        visits += [minute for r in await lab.ingest.ingest_due() if r.source == "confused"]
        assert not await lab.ingest.is_behind()
    assert visits == [0, 60, 120]
    assert len([r for r in caplog.records if r.exc_info]) == 1


async def test_a_stop_is_no_fault(lab: Lab) -> None:
    lab.restart(Faulty(asyncio.CancelledError()))
    with pytest.raises(asyncio.CancelledError):
        await lab.look(eastern(WEDNESDAY, 12))
    assert await lab.failures() == {"faulty": 0}


async def test_damage_of_the_store_is_no_sources_fault(lab: Lab) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY))
    lab.restart(lab.feed())
    async with lab.database.transaction() as write:
        await write.execute("DROP TABLE title_words")
        await write.execute("DROP TABLE title_index")
    with pytest.raises(sqlite3.DatabaseError):
        await lab.look(eastern(WEDNESDAY, 12))
    assert await lab.failures() == {"arxiv:cs.CV": 0}


def tokamaks(count: int, **more: Any) -> list[Record]:
    return [
        record(f"2611.{n:05}", f"A tokamak, number {n}", source="faulty", at=eastern(WEDNESDAY, 0), **more)
        for n in range(count)
    ]


@pytest.mark.parametrize("place", [0, 7, 199, 200, 449])
async def test_a_record_that_cannot_be_stored_is_left_out_and_takes_nothing_with_it(
    lab: Lab, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    records = tokamaks(450)
    records[place] = replace(records[place], version=2**70)  # SQLite's integers end before
    lab.restart(Faulty(batch=Batch(tuple(records), "read", ("row 7: no title",))))
    (report,) = await lab.look(eastern(WEDNESDAY, 12))
    assert (report.failure, report.records, report.new_papers, report.skipped) == (None, 449, 449, 2)
    assert len(await lab.told()) == 449
    assert await lab.rows("SELECT cursor, failures FROM sources") == [("read", 0)]
    assert [r.args for r in caplog.records if r.exc_info] == [("faulty", records[place].ids[0])]
    assert (await lab.look(eastern(WEDNESDAY, 13)))[0].alerts == 0


async def test_a_record_whose_identity_cannot_be_stored_does_not_hold_up_the_others(lab: Lab) -> None:
    """The audit cannot keep it either, and that must not refuse the batch."""
    records = tokamaks(8)
    records[3] = replace(records[3], ids=(PaperId("doi", "10.1000/\ud800"),))
    lab.restart(Faulty(batch=Batch(tuple(records), "read")), lab.feed())
    reports = await lab.look(eastern(WEDNESDAY, 12))
    assert [r.failure for r in reports] == [None, None]
    assert len(await lab.told()) == 7
    assert await lab.rows("SELECT cursor FROM sources WHERE name = 'faulty'") == [("read",)]


async def test_a_failure_that_quotes_what_cannot_be_stored_is_its_sources_own(lab: Lab) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY))
    lab.restart(Faulty(SourceUnhealthyError("row 1: 10.1101/\ud800x has no title")), lab.feed())
    await lab.look(eastern(WEDNESDAY, 12))
    assert await lab.failures() == {"faulty": 1, "arxiv:cs.CV": 0}
    assert await lab.told() == ["2611.00001"]
    assert await lab.rows("SELECT failure FROM sources WHERE name = 'faulty'") == [("row 1: 10.1101/?x has no title",)]


async def test_when_nothing_can_be_stored_it_is_not_the_records_and_all_are_tried_again(lab: Lab) -> None:
    bad = Batch(tuple(tokamaks(20, version=2**70)), "read")
    lab.restart(Faulty(batch=bad))
    (report,) = await lab.look(eastern(WEDNESDAY, 12))
    assert "OverflowError" in (report.failure or "")
    assert await lab.rows("SELECT cursor, failures FROM sources") == [(None, 1)]
    lab.restart(Faulty(batch=Batch(tuple(tokamaks(20)), "read")))
    assert (await lab.look(eastern(WEDNESDAY, 13)))[0].alerts == 20


@pytest.mark.parametrize(
    "text",
    [
        "+292278994-08-17T07:12:55Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "Fri, 31 Dec 99999 23:59:59 GMT",
        "31 Dec 9999999999999999999", "Thu, 01 Jan 0001 00:00:00 +2359", "9" * 500, "2026-02-30", "²⁰²⁶-11-18", "\u0000", 4, None, [],
    ],
)  # fmt: skip
async def test_an_impossible_date_costs_neither_its_list_nor_any_other_source(lab: Lab, text: object) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY))
    dates = {"publishedAt": text, "submittedOnDailyAt": text}
    rows = [{"paper": {"id": f"2611.0001{n}", "title": f"A tokamak {n}", **(dates if n else {})}} for n in range(3)]
    lab.upstream.put("/api/daily_papers", json.dumps(rows), "application/json")
    lab.upstream.put("/journal", articles(("2611.00020", str(text).replace("\0", "")), ("2611.00021", "2026-11-18")))
    lab.restart(lab.face(), JournalFeed(lab.client, f"{lab.upstream.url}/journal"), lab.feed())
    reports = await lab.look(eastern(WEDNESDAY, 12))
    assert [r.failure for r in reports] == [None, None, None]
    assert len(await lab.stored()) == 6


@pytest.mark.parametrize(
    "cursor",
    [
        "{", "[]", "7", '"x"', "[" * 100_000, '{"day": 7}', '{"day": "9999-12-31"}', '{"day": "0001-01-01"}', '{"day": []}',
        '{"pages": 3, "day": "2026-11-18"}', '{"pages": {"2026-11-18/0": 3}}', '{"pages": {"2026-11-18/0": {"etag": 3, "rows": "x"}}}',
        '{"from": "9999-12-31", "began": "9999-12-31"}', '{"from": {}, "token": 3}', '{"from": "2026-11-18", "expires": 9, "token": ""}',
        '{"rate": NaN, "got": 1e999, "seen": "2026-11-18"}', '{"rest": Infinity, "newest": "2026-11-01"}', '{"posted": [3]}',
        '{"posted": {"x": 3, "2026-11-18": "many", "2026-11-19": -1e999}, "day": "2026-11-18"}', '{"posted": {"0001-01-01": 1e999}}',
        '{"count": "many", "digest": 3, "etag": 4, "modified": {}}', '{"seen": "9999-12-31", "rate": "x", "got": []}',
    ],
)  # fmt: skip
async def test_a_cursor_that_cannot_be_read_stops_no_source(lab: Lab, cursor: str) -> None:
    lab.announce(paper("2611.00001", WEDNESDAY, listed=True))
    lab.upstream.put("/journal", articles(("2611.00020", "2026-11-18")))
    lab.upstream.fail("/details", body=posted(WEDNESDAY, 3), count=100)
    journal = JournalFeed(lab.client, f"{lab.upstream.url}/journal")
    everything = (lab.face(), lab.feed(), lab.oai(), journal, lab.posts())
    await lab.restart(*everything).ingest_all()
    async with lab.database.transaction() as write:
        await write.execute("UPDATE sources SET cursor = :cursor", {"cursor": cursor})
    lab.clock.now = eastern(THURSDAY, 12)
    assert await lab.ingest.is_behind()
    assert [r.failure for r in await lab.ingest.ingest_due()] == [None] * 5
    assert not await lab.ingest.is_behind()


# -- what stays the same for days --------------------------------------------------------------------------------------


async def every_hour(lab: Lab, since: datetime, until: datetime) -> AsyncIterator[dict[str, int]]:
    """What the job does, hour after hour: visits what is due."""
    lab.clock.now = since
    while lab.clock() < until:
        await lab.ingest.ingest_due()
        yield await lab.failures()
        lab.clock.move(hours=1)


@pytest.mark.parametrize("form", ["same", "unchanged"])
async def test_a_feed_without_a_newer_day_is_unhealthy_three_hours_after_it_was_due(lab: Lab, form: str) -> None:
    first = [paper("2611.00001", WEDNESDAY)]
    lab.upstream.put("/rss/cs.CV", page(WEDNESDAY, first))
    lab.restart(lab.feed())
    await lab.look(eastern(WEDNESDAY, 12))
    if form == "unchanged":  # whatever it is asked
        lab.upstream.fail("/rss", status=304, body="", count=1000)
    due = eastern(THURSDAY, 3, 5)
    async for failures in every_hour(lab, eastern(WEDNESDAY, 13), eastern(date(2026, 11, 25), 13)):
        assert (failures["arxiv:cs.CV"] > 0) == (lab.clock() >= due + timedelta(minutes=55)), lab.clock()
    asked = [r for r in lab.upstream.requests if r["at"] > due.isoformat()]
    assert len(asked) > 10
    assert not [r for r in asked if "If-None-Match" in r["headers"] or "If-Modified-Since" in r["headers"]]
    status = status_card(
        await StatusService(lab.database, lab.clock).status(), PersonalStatus(None, 0, None), is_owner=True
    )
    assert "more than three hours late" in status.embeds[1].description
    lab.upstream.heal()
    lab.upstream.put("/rss/cs.CV", page(date(2026, 11, 25), [paper("2611.00002", WEDNESDAY)]))
    async for _ in every_hour(lab, lab.clock(), lab.clock() + timedelta(hours=7)):
        pass
    assert await lab.failures() == {"arxiv:cs.CV": 0}
    assert await lab.told() == ["2611.00001", "2611.00002"]


@pytest.mark.parametrize("ahead", [1, 2, 30, 365, 1000])
async def test_a_feed_that_is_dated_ahead_excuses_no_later_one(lab: Lab, ahead: int) -> None:
    """A day ahead may be a wrong zone, and its papers are taken; more is no date."""
    lab.upstream.put("/rss/cs.CV", page(TUESDAY, [paper("2611.00001", TUESDAY)]))
    lab.restart(lab.feed())
    await lab.look(eastern(TUESDAY, 12))
    lab.upstream.put("/rss/cs.CV", page(WEDNESDAY + timedelta(days=ahead), [paper("2611.00002", WEDNESDAY)]))
    (report,) = await lab.look(eastern(WEDNESDAY, 3))
    assert (report.failure is None) == (ahead == 1)
    assert ahead == 1 or "has not come yet" in str(report.failure)
    lab.upstream.put("/rss/cs.CV", page(THURSDAY, [paper("2611.00003", THURSDAY)]))
    async for _ in every_hour(lab, eastern(WEDNESDAY, 13), eastern(THURSDAY, 2)):
        pass
    assert "2611.00003" in await lab.told()
    lab.upstream.put("/rss/cs.CV", page(THURSDAY, [paper("2611.00003", THURSDAY)]))
    async for failures in every_hour(lab, eastern(THURSDAY, 13), eastern(FRIDAY, 12)):
        assert (failures["arxiv:cs.CV"] > 0) == (lab.clock() >= eastern(FRIDAY, 3, 5)), lab.clock()


@pytest.mark.parametrize("said", ["1999-01-01", "2005-09-16", "2026-11-10", "2026-11-25", "2099-12-31"])
async def test_whatever_day_the_lists_say_it_is_no_day_is_left_out_and_none_read_that_was_read(
    lab: Lab, said: str
) -> None:
    days = (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, MONDAY)
    lab.announce(*(paper(f"2611.0000{n}", day) for n, day in enumerate(days)))
    lab.upstream.fail("/oai", rewrite={"<responseDate>[0-9-]+": f"<responseDate>{said}"}, count=1000)
    lab.restart(lab.oai())
    async for failures in every_hour(lab, eastern(WEDNESDAY, 12), eastern(MONDAY, 12)):
        assert set(failures.values()) == {0}
    assert await lab.told() == ["2611.00001", "2611.00002", "2611.00003", "2611.00004"]
    begun = [r["query"].partition("from=")[2][:10] for r in lab.upstream.requests if "from=" in r["query"]]
    assert len(begun) == 4
    assert begun == sorted(begun)
    assert begun[0] >= "2026-11-10"
    assert begun[-1] <= FRIDAY.isoformat()


async def test_lists_that_go_round_in_a_circle_hold_nobody_up_and_are_read_on_later(lab: Lab) -> None:
    lab.announce(*(paper(f"2611.0000{n}", WEDNESDAY) for n in range(5)))
    lab.restart(lab.oai(), lab.feed())
    lab.upstream.fail("/oai", rewrite={"(<resumptionToken[^>]*>)[^<]+": r"\1round"}, count=1)
    lab.upstream.fail("/oai", body=harvested("2611.00009", "Wed, 18 Nov 2026 00:00:00 GMT", "round"), count=1000)
    for _ in range(2):
        oai, feed = await lab.look(lab.clock.move(hours=1))
        assert "in a circle" in str(oai.failure)
        assert feed.failure is None
    assert len([r for r in lab.upstream.requests if r["path"] == "/oai"]) <= 4
    lab.upstream.heal()
    await lab.look(lab.clock.move(hours=1))
    assert {f"2611.0000{n}" for n in range(5)} <= set(await lab.stored())


@pytest.mark.parametrize(
    ("said", "size", "why", "most"),
    [
        (lambda n: ["2611.00009"], "", "2 pages brought nothing new", 3),
        (lambda n: [f"26{n % 2 + 10}.00009"], "", "2 pages brought nothing new", 4),
        (
            lambda n: [f"2611.{300 * n + m:05}" for m in range(300)],
            ' completeListSize="10"',
            "10 records, and had 2,100",
            7,
        ),
        (lambda n: [f"2611.{n:05}"], "", "500 pages", 500),
    ],
)
async def test_lists_that_never_end_hold_nobody_up_and_are_told_as_their_sources_fault(
    lab: Lab, said: Callable[[int], list[str]], size: str, why: str, most: int
) -> None:
    """Each page has a token that was never seen before."""
    lab.announce(*(paper(f"2611.9000{n}", WEDNESDAY) for n in range(5)))
    lab.restart(lab.oai(), lab.feed())
    for number in range(most + 1):
        one, *others = (harvested(i, "Wed, 18 Nov 2026 00:00:00 GMT", f"token {number}") for i in said(number))
        more = "".join(other[other.index("<record>") : other.index("<resumptionToken")] for other in others)
        body = one.replace("<record>", f"{more}<record>").replace("<resumptionToken", f"<resumptionToken{size}")
        lab.upstream.fail("/oai", body=body)
    oai, feed = await lab.look(lab.clock.move(hours=1))
    assert "the list does not end" in str(oai.failure)
    assert why in str(oai.failure)
    assert feed.failure is None
    assert len([r for r in lab.upstream.requests if r["path"] == "/oai"]) == most
    card = status_card(
        await StatusService(lab.database, lab.clock).status(), PersonalStatus(None, 0, None), is_owner=True
    )
    assert "the list does not end" in "".join(embed.description for embed in card.embeds)
    lab.upstream.heal()
    await lab.look(lab.clock.move(hours=1))
    assert {f"2611.9000{n}" for n in range(5)} <= set(await lab.stored())


async def test_a_list_whose_tokens_are_always_refused_is_begun_anew_once(lab: Lab) -> None:
    lab.restart(lab.oai())
    refused = (
        harvested("", "").partition("<ListRecords>")[0] + '<error code="badResumptionToken">gone</error></OAI-PMH>'
    )
    for number in range(3):
        lab.upstream.fail("/oai", body=harvested("2611.00009", "Wed, 18 Nov 2026 00:00:00 GMT", f"token {number}"))
        lab.upstream.fail("/oai", body=refused)
    (oai,) = await lab.look(lab.clock.move(hours=1))
    assert "badResumptionToken" in str(oai.failure)
    assert len([r for r in lab.upstream.requests if r["path"] == "/oai"]) == 4


async def test_what_is_dated_ahead_happened_when_it_was_heard_of(lab: Lab) -> None:
    ahead = "2031-01-01T00:00:00Z"
    feed = page(WEDNESDAY, [paper("2611.00001", WEDNESDAY)])
    at = feed.rindex("<pubDate>")  # the entry's own
    lab.upstream.put("/rss/cs.CV", feed[:at] + f"<pubDate>{ahead}" + feed[feed.index("</pubDate>", at) :])
    row = {"paper": {"id": "2611.00002", "title": "A tokamak", "submittedOnDailyAt": ahead, "publishedAt": ahead}}
    lab.upstream.put("/api/daily_papers", json.dumps([row]), "application/json")
    lab.upstream.put("/journal", articles(("2611.00003", ahead)))
    lab.upstream.put("/oai", harvested("2611.00004", "Wed, 01 Jan 2031 00:00:00 GMT"))
    lab.restart(lab.feed(), lab.face(), lab.oai(), JournalFeed(lab.client, f"{lab.upstream.url}/journal"))
    assert [r.failure for r in await lab.look(eastern(WEDNESDAY, 12))] == [None] * 4
    assert len(await lab.stored()) == 4
    latest = int((lab.clock() + timedelta(days=1)).timestamp())
    assert await lab.rows("SELECT * FROM events WHERE at > :latest", latest=latest) == []
    late = await lab.rows("SELECT id FROM papers WHERE announced_at > :at OR updated_at > :at", at=latest)
    assert late == []
    assert await lab.rows("SELECT * FROM carried WHERE day > '2026-11-19'") == []


def harvested(identity: str, created: str, token: str = "") -> str:
    return f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-18T17:00:00Z</responseDate><ListRecords>
        <record><header><identifier>oai:arXiv.org:{identity}</identifier><datestamp>2026-11-18</datestamp></header><metadata>
        <arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{identity}</id><version version="v1"><date>{created}</date></version>
        <title>A tokamak</title><authors>Ada Example</authors><categories>cs.CV</categories></arXivRaw></metadata></record>
        <resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>"""


async def test_a_holiday_and_a_weekend_excuse_a_feed(lab: Lab) -> None:
    wednesday = date(2026, 11, 25)  # on Thursday is Thanksgiving
    lab.upstream.put("/rss/cs.CV", page(wednesday, [paper("2611.00001", WEDNESDAY)]))
    lab.restart(lab.feed())
    await lab.look(eastern(wednesday, 12))
    monday = eastern(date(2026, 11, 30), 3, 5)
    async for failures in every_hour(lab, eastern(wednesday, 13), monday + timedelta(hours=2)):
        assert (failures["arxiv:cs.CV"] > 0) == (lab.clock() >= monday), lab.clock()


async def test_a_small_category_may_be_empty_for_days(lab: Lab) -> None:
    lab.announce(*(paper(f"2611.0000{n}", WEDNESDAY) for n in range(3)))
    lab.restart(lab.feed(), lab.oai())
    await lab.look(eastern(WEDNESDAY, 12))
    async for failures in every_hour(lab, eastern(WEDNESDAY, 13), eastern(FRIDAY, 13)):
        assert set(failures.values()) == {0}


async def test_lists_without_records_are_unhealthy_when_announcements_passed_and_are_caught_up(lab: Lab) -> None:
    days = (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, MONDAY)
    lab.announce(*(paper(f"2611.{number}0{n:02}", day) for number, day in enumerate(days, 10) for n in range(12)))
    lab.restart(lab.oai())
    await lab.look(eastern(WEDNESDAY, 12))
    lab.upstream.put("/oai", NOTHING)
    name = f"arxiv-oai:{oai_set('cs.CV')}"
    async for failures in every_hour(lab, eastern(WEDNESDAY, 13), eastern(MONDAY, 1)):
        assert (failures[name] > 0) == (lab.clock() >= eastern(THURSDAY, 23)), lab.clock()  # the second announcement
    lab.upstream.heal()
    async for _ in every_hour(lab, lab.clock(), eastern(MONDAY, 9)):
        pass
    assert await lab.failures() == {name: 0}
    assert len(await lab.told()) == 48  # all but Tuesday's


async def test_the_same_daily_list_for_days_is_unhealthy_and_asked_in_full(lab: Lab) -> None:
    lab.announce(*(paper(f"2611.0000{n}", WEDNESDAY, listed=True) for n in range(4)))
    lab.restart(lab.face())
    await lab.look(datetime(2026, 11, 18, 12, tzinfo=UTC))
    due = datetime(2026, 11, 21, tzinfo=UTC)  # Thursday and Friday had none
    async for failures in every_hour(lab, lab.clock(), due + timedelta(days=2)):
        assert (failures["huggingface"] > 0) == (lab.clock() >= due), lab.clock()
    asked = [r for r in lab.upstream.requests if r["at"] > due.isoformat()]
    assert asked
    assert not [r for r in asked if "If-None-Match" in r["headers"]]
    lab.announce(paper("2611.00005", MONDAY, listed=True))
    async for _ in every_hour(lab, lab.clock(), lab.clock() + timedelta(hours=3)):
        pass
    assert await lab.failures() == {"huggingface": 0}
    assert "2611.00005" in await lab.told()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (eastern(THURSDAY, 3, 4), WEDNESDAY),
        (eastern(THURSDAY, 3, 5), THURSDAY),
        (eastern(MONDAY, 3, 4), FRIDAY),
        (eastern(MONDAY, 3, 5), MONDAY),
        (eastern(date(2026, 11, 22), 12), FRIDAY),
        (eastern(date(2026, 11, 29), 12), date(2026, 11, 25)),  # Thanksgiving and the day after
    ],
)
def test_a_feed_is_overdue_three_hours_after_it_is_ready(now: datetime, expected: date) -> None:
    assert timetable.overdue_feed_day(now) == expected


async def test_what_an_empty_list_left_out_is_read_once_the_list_is_whole_again(lab: Lab) -> None:
    """A small set may be empty; should it have been so by mistake, nothing is lost."""
    lab.announce(paper("2611.00001", WEDNESDAY), paper("2611.00002", THURSDAY), paper("2611.00003", MONDAY))
    lab.restart(lab.oai())
    await lab.look(eastern(WEDNESDAY, 12))
    async for failures in every_hour(lab, eastern(WEDNESDAY, 13), eastern(MONDAY, 12)):
        assert set(failures.values()) == {0}
        lab.upstream.put("/oai", NOTHING.replace("2031-11-19T17:00:00Z", f"{lab.clock():%Y-%m-%dT%H:%M:%SZ}"))
    lab.upstream.heal()
    async for _ in every_hour(lab, lab.clock(), eastern(MONDAY, 23) + timedelta(hours=2)):
        pass
    assert await lab.told() == ["2611.00001", "2611.00002", "2611.00003"]


def posted(day: date, count: int) -> str:
    """A page of bioRxiv with so many papers of that day."""
    rows = [
        {"doi": f"10.1101/{day:%Y.%m.%d}.{n:06}", "title": f"A tokamak {n}", "date": day.isoformat(), "version": "1"}
        for n in range(count)
    ]
    return json.dumps({"messages": [{"status": "ok", "total": count}], "collection": rows})


@pytest.mark.parametrize("form", ["same", "none", "ahead"])
@pytest.mark.parametrize(("count", "overdue"), [(40, 21), (1, 26), (0, None)])
async def test_a_server_that_posts_nothing_for_longer_than_is_usual_is_unhealthy(
    lab: Lab, form: str, count: int, overdue: int | None
) -> None:
    """On Wednesday it posts so many; then the same or nothing until the day (UTC) on which that is no chance any more."""
    lab.restart(lab.posts())
    lab.upstream.fail("/details", body=posted(WEDNESDAY, count), count=10_000)
    await lab.look(datetime(2026, 11, 18, 12, tzinfo=UTC))
    if form != "same":
        lab.upstream.heal()
        later = posted(date(2031, 1, 1), 5) if form == "ahead" else '{"messages": [{"status": "no posts found"}]}'
        lab.upstream.fail("/details", body=later, count=10_000)
    due = datetime(2026, 11, overdue, tzinfo=UTC) if overdue else datetime.max.replace(tzinfo=UTC)
    async for failures in every_hour(lab, lab.clock(), datetime(2026, 12, 1, tzinfo=UTC)):
        assert (failures["biorxiv"] > 0) == (lab.clock() >= due), lab.clock()
    if overdue:
        lab.upstream.heal()
        lab.upstream.fail("/details", body=posted(date(2026, 11, 30), 2), count=10_000)
        async for _ in every_hour(lab, lab.clock(), lab.clock() + timedelta(hours=8)):
            pass
        assert await lab.failures() == {"biorxiv": 0}


async def test_what_a_server_posts_late_under_days_that_have_passed_is_read(lab: Lab) -> None:
    lab.restart(lab.posts())
    lab.upstream.fail("/details", body=posted(WEDNESDAY, 3), count=10_000)
    async for _ in every_hour(lab, datetime(2026, 11, 18, 12, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)):
        pass
    assert "/2026-11-17/2026-11-24/" in lab.upstream.requests[-1]["path"]


def daily(*days: date) -> str:
    return articles(*((f"2611.0{n:04}", day.isoformat()) for n, day in enumerate(days)))


@pytest.mark.parametrize("form", ["same", "unchanged"])
@pytest.mark.parametrize(("between", "overdue"), [(1, 8), (3, 10), (7, 22)])
async def test_a_journal_that_rests_far_longer_than_ever_is_unhealthy_and_asked_in_full(
    lab: Lab, form: str, between: int, overdue: int
) -> None:
    days = [WEDNESDAY - timedelta(days=between * n) for n in range(4)]
    lab.upstream.put("/journal", daily(*days))
    journal = JournalFeed(lab.client, f"{lab.upstream.url}/journal")
    lab.restart(journal)
    await lab.look(datetime(2026, 11, 18, 12, tzinfo=UTC))
    if form == "unchanged":
        lab.upstream.fail("/journal", status=304, body="", count=10_000)
    due = datetime(2026, 11, 18, tzinfo=UTC) + timedelta(days=overdue)
    async for failures in every_hour(lab, lab.clock(), due + timedelta(days=2)):
        assert (failures[journal.name] > 0) == (lab.clock() >= due), lab.clock()
    asked = [r for r in lab.upstream.requests if r["at"] >= due.isoformat()]
    assert asked
    assert not [r for r in asked if "If-None-Match" in r["headers"] or "If-Modified-Since" in r["headers"]]
    lab.upstream.heal()
    lab.upstream.put("/journal", daily(lab.clock().date(), *days))
    async for _ in every_hour(lab, lab.clock(), lab.clock() + timedelta(hours=8)):
        pass
    assert await lab.failures() == {journal.name: 0}


@pytest.mark.parametrize("kind", ["journal", "subject"])
async def test_what_never_carried_anything_is_asked_for_its_name(lab: Lab, kind: str) -> None:
    start = eastern(WEDNESDAY, 12)
    source = JournalFeed(lab.client, f"{lab.upstream.url}/journal") if kind == "journal" else lab.posts("celll biology")

    def say(nothing: bool) -> None:
        lab.upstream.heal()
        entries = () if nothing else (("2612.00001", "2026-12-16"),)
        lab.upstream.put("/journal", articles(*entries))
        lab.upstream.fail("/details", body=posted(lab.clock().date(), 0 if nothing else 1), count=1000)

    say(nothing=True)
    lab.restart(source)
    for days in (0, 1, 14, 27):
        (report,) = await lab.look(start + timedelta(days=days))
        assert report.failure is None, days
    (report,) = await lab.look(start + timedelta(days=28))
    assert f"it has never carried anything since {WEDNESDAY}; is its name right?" in str(report.failure)
    card = status_card(
        await StatusService(lab.database, lab.clock).status(), PersonalStatus(None, 0, None), is_owner=True
    )
    assert "is its name right?" in card.embeds[1].description
    lab.restart(source)  # a restart forgets nothing
    (report,) = await lab.look(start + timedelta(days=29))
    assert "is its name right?" in str(report.failure)
    say(nothing=False)
    (report,) = await lab.look(start + timedelta(days=30))
    assert (report.failure, report.new_papers) == (None, 1)
    say(nothing=True)
    for days in (31, 60, 100):
        (report,) = await lab.look(start + timedelta(days=days))
        assert "is its name right?" not in str(report.failure), days


async def test_a_journal_of_a_few_issues_may_rest(lab: Lab) -> None:
    lab.upstream.put("/journal", daily(TUESDAY, WEDNESDAY, WEDNESDAY))
    journal = JournalFeed(lab.client, f"{lab.upstream.url}/journal")
    lab.restart(journal)
    await lab.look(datetime(2026, 11, 18, 12, tzinfo=UTC))
    assert [r.failure for r in await lab.look(datetime(2027, 11, 18, 12, tzinfo=UTC))] == [None]


class Slow:
    """A source that answers when it is let, and is due each hour; it counts how many ask it at the same time."""

    name = "arxiv:cs.LG"

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.cursors: list[str | None] = []

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return polled + timedelta(hours=1) if polled else now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        self.cursors.append(cursor)
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0)
        yield Batch((record(f"2611.0000{len(self.cursors)}"),), f"after {len(self.cursors)}")
        self.inside -= 1


async def test_of_two_visits_at_once_the_second_waits_and_tells_nothing_again(
    database: Database, clock: HandClock
) -> None:
    slow = Slow()
    ingest = Ingest(database, [slow], Matcher(), clock)
    reports = await asyncio.gather(*(ingest.ingest(slow) for _ in range(3)))
    assert slow.most == 1
    assert slow.cursors == [None, "after 1", "after 2"]
    assert [r.new_papers for r in reports] == [1, 1, 1]


@pytest.mark.parametrize("silent", [False, True])
async def test_of_two_who_find_a_source_due_one_visits_it(database: Database, clock: HandClock, silent: bool) -> None:
    slow = Slow()
    ingest = Ingest(database, [] if silent else [slow], Matcher(), clock, backfills=[slow] if silent else [])
    await ingest.register_backfills()
    look = ingest.backfill if silent else ingest.ingest_due
    both = await asyncio.gather(look(), look())
    assert slow.cursors == [None]
    assert sorted(len(reports) for reports in both) == [0, 1]
    if not silent:
        clock.move(hours=1)
        assert [r.new_papers for r in await ingest.ingest_due()] == [1]


# -- authors that are corrected ----------------------------------------------------------------------------------------


async def test_who_follows_an_author_that_a_later_statement_names_is_told_once(lab: Lab) -> None:
    """arXiv's list had one author of two, and the feed has both; who began to follow since then had it in their preview."""

    def follow(name: str, person: int) -> None:
        owner = Recipient(OwnerKind.USER, person)
        lab.matcher.add(Subscription(person, owner, SubscriptionKind.AUTHOR, name, Cadence.DAILY, lab.clock()))

    before = paper("2611.00001", TUESDAY)
    lab.announce(before)
    lab.restart(lab.oai(), lab.feed())
    await lab.look(eastern(WEDNESDAY, 12))
    follow("Max Winter", 3)
    follow("Ada Marlow", 4)
    told = replace(paper("2611.00002", THURSDAY), authors=("Ada Marlow",))
    lab.restart(lab.oai())
    lab.announce(before, told)
    await lab.look(eastern(THURSDAY, 8))
    assert [await lab.told(person) for person in (3, 4)] == [[], ["2611.00002"]]
    lab.clock.move(minutes=30)
    follow("Max Winter", 5)
    lab.restart(lab.feed())
    lab.announce(before, replace(told, authors=("Ada Marlow", "Max Winter")))
    for hour in (9, 15):
        await lab.look(eastern(THURSDAY, hour))
        assert [await lab.told(person) for person in (3, 4, 5)] == [["2611.00002"], ["2611.00002"], []]


# -- categories that a list leaves out ------------------------------------------------------------------------------------


async def listed_without_a_category(lab: Lab) -> None:
    """A list names a paper that arXiv announced before anybody read its feeds; somebody follows the category."""
    category = Subscription(
        3, Recipient(OwnerKind.USER, 3), SubscriptionKind.CATEGORY, "cs.RO", Cadence.DAILY, lab.clock()
    )
    lab.matcher.add(category)
    lab.restart(lab.face(), look_up=ArxivApi(lab.client, lab.upstream.api_url))
    lab.announce()
    await lab.look(eastern(WEDNESDAY, 12))
    lab.announce(paper("2611.00001", WEDNESDAY, "cs.RO", listed=True))


async def test_the_categories_of_a_listed_paper_are_asked_of_arxiv(lab: Lab) -> None:
    await listed_without_a_category(lab)
    for hour in (18, 20, 22):
        await lab.look(eastern(WEDNESDAY, hour))
    assert await lab.rows("SELECT categories FROM papers") == [("cs.RO",)]
    assert await lab.told(3) == ["2611.00001"]
    assert len([r for r in lab.upstream.requests if r["path"] == "/api/query"]) == 1


async def test_a_category_that_is_learnt_later_is_told_to_its_followers_then(lab: Lab) -> None:
    """The look-up refused when the list came; the list is told, and read again with the next vote."""
    await listed_without_a_category(lab)
    lab.upstream.fail("/api/query", status=429, count=1)
    await lab.look(eastern(WEDNESDAY, 18))
    assert await lab.told(1) == ["2611.00001"]
    assert await lab.told(3) == []
    voted = replace(_LISTED, upvotes=_LISTED.upvotes + 1)
    lab.announce(replace(paper("2611.00001", WEDNESDAY, "cs.RO", listed=True), community=voted))
    for hour in (20, 22):
        await lab.look(eastern(WEDNESDAY, hour))
        assert await lab.told(3) == ["2611.00001"]
    assert await lab.told(1) == ["2611.00001"]
