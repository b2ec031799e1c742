"""The daily proof: what upstreams carried is what was stored, matched and told, and a gap is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.audit.auditor import Auditor
from bot.following.subscriptions import Subscriptions
from bot.ingest.ingest import Ingest
from bot.models import Author, Cadence, Event, EventKind, PaperId, SubscriptionKind
from bot.query.matching import Matcher
from bot.search.search import Search
from bot.store import subscriptions
from bot.store.database import Database
from bot.when.timetable import EASTERN, announcement_day
from bot.when.turns import Turns
from tests.conftest import HandClock, arxiv, record
from tests.desk import (
    AUTHOR,
    CATEGORY,
    DAYS,
    FEED,
    FRIDAY,
    KEYWORD,
    MONDAY,
    NOON,
    OAI,
    READER,
    THURSDAY,
    TRENDING,
    TUESDAY,
    WEDNESDAY,
    Desk,
    Upstream,
    announced,
    midnight,
    person,
)


@pytest.fixture
async def desk(database: Database, clock: HandClock) -> Desk:
    """Started on a Sunday evening; the first announcement that counts is Monday's."""
    made = Desk(database, clock)
    await made.start(MONDAY)
    return made


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
    ingest = Ingest(database, [feed], Matcher(), clock, backfills=[history])
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
    made = (await service.subscribe(READER, SubscriptionKind.KEYWORD, "diffusion", Cadence.DAILY)).subscription

    async def rows() -> list[tuple[int, int]]:
        async with database.reading() as read:
            return [tuple(r) for r in await read.all("SELECT since, until FROM pauses ORDER BY since")]

    first = int(clock.move(hours=1).timestamp())
    await service.pause(person(), made.id)
    clock.move(hours=1)
    await service.pause(person(), made.id)  # pressed twice
    assert await rows() == []
    second = int(clock.move(hours=1).timestamp())
    await service.resume(person(), made.id)
    await service.resume(person(), made.id)
    assert await rows() == [(first, second)]
    third = int(clock.move(hours=1).timestamp())
    await service.remove(person(), made.id)
    fourth = int(clock.move(hours=1).timestamp())
    await service.restore(person(), made.id)
    assert await rows() == [(first, second), (third, fourth)]
    fifth = int(clock.move(hours=1).timestamp())
    await service.pause(person(), made.id)
    sixth = int(clock.move(hours=1).timestamp())
    await service.subscribe(READER, SubscriptionKind.KEYWORD, "diffusion", Cadence.DAILY)  # asking again resumes
    assert await rows() == [(first, second), (third, fourth), (fifth, sixth)]


# -- a healthy house ---------------------------------------------------------------------------------------------------


async def test_on_a_healthy_house_nothing_is_found_after_two_weeks(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.follow(KEYWORD, "reward", cadence=Cadence.WEEKLY)
    await desk.follow(AUTHOR, "Ada Example", 8)
    await desk.follow(CATEGORY, "cs.CV", 9)
    await desk.follow(TRENDING, "", 10)
    await desk.follow(TRENDING, "robots", 11)
    paused = await desk.follow(KEYWORD, "robots", 12)
    gone = await desk.follow(KEYWORD, "robots", 13)
    for number, day in enumerate(DAYS):
        new = [
            announced(f"2611.{number}0001", f"Diffusion with reward {number}"),
            announced(f"2611.{number}0002", f"Robots {number}", authors=("Cleo Third",)),
        ]
        old = record(
            f"2605.{number}0003", "An old paper", kind=EventKind.CROSS_LISTED, occurrence=day.isoformat(),
            categories=("cs.RO", "cs.CV"), authors=("Cleo Third",),
        )  # fmt: skip
        revised = record(f"2611.{number - 1}0002", f"Diffusion of robots {number}", kind=EventKind.REVISED,
                         occurrence="v2", version=2, authors=("Ada Example",))  # fmt: skip
        expected = day.weekday() < 5 and day not in (date(2026, 11, 26), date(2026, 11, 27))
        await desk.night(day, *((*new, old, revised) if expected else ()))
        await desk.morning(day)
        if number == 2:
            await desk.subscriptions.pause(person(12), paused.id)
            await desk.subscriptions.remove(person(13), gone.id)
        if number == 4:
            await desk.subscriptions.resume(person(12), paused.id)
            await desk.subscriptions.restore(person(13), gone.id)
            await desk.follow(KEYWORD, "diffusion", 14)  # after the paper, before the audit
        desk.clock.now = midnight(day) + NOON
        if expected:
            await desk.listed(day, replace(new[1], event=Event(EventKind.LISTED, desk.clock())))
        if number == 5:
            await desk.subscriptions.pause_all(8, 30)
        found = await desk.proof()
        assert found.gaps == (), day
        assert found.unread == (), day
        assert found.silent == (), day
    weekend, holiday = (next(d for d in found.days if d.day == day) for day in (DAYS[5], date(2026, 11, 26)))
    assert (weekend.announced, holiday.announced) == (0, 0)
    friday = next(d for d in found.days if d.day == FRIDAY)
    assert (friday.announced, friday.stored, friday.eligible) == (3, 3, 3)
    assert friday.matched == friday.alerted > 4
    assert [(c.feed_lacks, c.oai_lacks) for c in friday.compared] == [((), ())]


async def test_papers_that_turn_out_to_be_one_are_no_gap(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    doi = PaperId("doi", "10.1000/one")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion in journals", ids=(doi,)))
    await desk.morning(MONDAY)
    await desk.night(TUESDAY, announced("2611.00001", "Diffusion in journals"))
    await desk.morning(TUESDAY)
    await desk.night(WEDNESDAY, announced("2611.00001", "Diffusion in journals", ids=(arxiv("2611.00001"), doi)))
    desk.clock.now = midnight(THURSDAY) + NOON
    found = await desk.proof()
    assert len(await desk.rows("SELECT id FROM papers WHERE merged_into IS NULL")) == 1
    assert found.gaps == ()
    assert all(day.lost == () for day in found.days)


async def test_what_a_person_read_before_subscribing_is_no_gap(desk: Desk) -> None:
    """The first DM brings three papers of the days before; they were no news to this person."""
    papers = [announced(f"2611.0000{n}", f"Diffusion {n}") for n in range(6)]
    await desk.night(MONDAY, *papers)
    desk.clock.move(hours=1)
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.now = midnight(TUESDAY) + NOON
    found = await desk.proof()
    assert found.gaps == ()
    assert len(await desk.alerts()) == 3


async def test_what_waits_for_closed_dms_is_no_gap(desk: Desk) -> None:
    """Closed before the digest was made, and with the message on its way: both wait for the person, and nothing is missing."""
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    assert await desk.morning(MONDAY) == 1
    await desk.sql("UPDATE users SET dm_state = 'closed', dm_reason = 'Closed.'")
    await desk.night(TUESDAY, announced("2611.00002", "More diffusion"))
    assert await desk.morning(TUESDAY) == 0
    assert (await desk.proof()).gaps == ()
    assert (await desk.repairer.repair()).late == 0


async def test_what_was_held_while_a_subscription_was_paused_is_told_once_it_runs_again(desk: Desk) -> None:
    made = await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.subscriptions.pause(person(), made.id)
    await desk.morning(MONDAY)
    desk.clock.now = midnight(TUESDAY) + NOON
    found = await desk.proof()
    assert found.gaps == ()
    assert [day.held for day in found.days if day.held] == [{"the subscription was removed or paused": 1}]
    await desk.subscriptions.resume(person(), made.id)  # it waits again by that alone
    await desk.closes(0)


# -- faults put back ---------------------------------------------------------------------------------------------------


async def test_an_event_that_was_recorded_silently_is_told_late(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"), announced("2611.00002", "Nothing of it"))
    await desk.sql("DELETE FROM alerts")
    await desk.sql("UPDATE events SET eligible = 0, passed_by = json_array(source)")
    await desk.morning(MONDAY)
    desk.clock.now = midnight(TUESDAY) + NOON
    found = await desk.proof()
    assert [gap.why for gap in found.gaps] == ["no alert was made"]
    assert len(found.silent) == 2
    await desk.closes(1, "2611.00001")
    assert await desk.rows("SELECT DISTINCT eligible FROM events") == [(1,)]


async def test_what_a_first_look_left_out_rightly_stays_silent(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.move(hours=1)
    new = Upstream("arxiv:cs.CV")
    ingest = Ingest(desk.database, [new], desk.matcher, desk.clock)
    new.say(record("2611.00009", "Diffusion of the days before", at=midnight(MONDAY) - timedelta(days=4)), day=MONDAY)
    await ingest.ingest(new)
    assert (await desk.proof()).silent == ()
    assert (await desk.proof()).gaps == ()


async def test_an_alert_held_for_a_removed_subscription_is_told_for_another(desk: Desk) -> None:
    words = await desk.follow(KEYWORD, "diffusion", cadence=Cadence.WEEKLY)
    listed = await desk.follow(TRENDING, "")
    paper = announced("2611.00001", "Diffusion")
    await desk.night(MONDAY, paper)
    await desk.listed(MONDAY, replace(paper, event=Event(EventKind.LISTED, desk.clock())))
    await desk.subscriptions.remove(person(), words.id)
    # As the program left it that kept the first reason only: at the digest nobody asked for it any more.
    await desk.sql(
        """UPDATE alerts SET state = 'held', state_reason = 'the subscription was removed or paused', cadence = 'weekly',
           reasons = json_array(json_array(:id, 'keyword', 'diffusion', json('[]')))""",
        id=words.id,
    )
    desk.clock.now = midnight(TUESDAY) + NOON
    (gap,) = (await desk.proof()).gaps
    assert gap.subscriptions == (listed.id,)
    assert gap.why == "the alert was held, though a subscription asks for it"
    await desk.closes(1, "2611.00001")


async def test_an_alert_that_names_only_what_is_gone_is_mended_before_it_is_held(desk: Desk) -> None:
    words = await desk.follow(KEYWORD, "diffusion", cadence=Cadence.WEEKLY)
    other = await desk.follow(KEYWORD, "reward")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion with reward"))
    await desk.subscriptions.pause(person(), words.id)
    await desk.sql(
        "UPDATE alerts SET cadence = 'weekly', reasons = json_array(json_array(:id, 'keyword', 'diffusion', json('[]')))",
        id=words.id,
    )
    desk.clock.now = midnight(TUESDAY) + NOON
    (gap,) = (await desk.proof()).gaps
    assert other.id in gap.subscriptions
    await desk.closes(1, "2611.00001")


async def test_authors_that_a_feed_corrects_are_told_to_their_followers(desk: Desk) -> None:
    await desk.follow(AUTHOR, "Ben Sample")
    wrong = announced("2611.00001", "On names", authors=("Ada Example and Ben Sample",))
    desk.clock.now = midnight(MONDAY) - timedelta(minutes=50)
    desk.oai.say(replace(wrong, event=Event(EventKind.ANNOUNCED, midnight(MONDAY) - timedelta(hours=4))))
    await desk.ingest.ingest(desk.oai)
    stored = await desk.rows("SELECT authors FROM papers")
    right = replace(wrong, authors=(Author("Ada Example"), Author("Ben Sample")))
    await desk.night(MONDAY, right, oai=False)
    await desk.morning(MONDAY)
    assert stored == [('[["Ada Example and Ben Sample", null]]',)]
    assert [row[0] for row in await desk.alerts()] == ["2611.00001"]
    await desk.sql("DELETE FROM alerts")  # as if nobody had looked again
    desk.clock.now = midnight(TUESDAY) + NOON
    assert [gap.why for gap in (await desk.proof()).gaps] == ["no alert was made"]
    await desk.closes(1, "2611.00001")


async def test_a_day_on_which_nothing_was_read_is_a_gap_that_is_closed(desk: Desk) -> None:
    """What comes first in the loop ends the round each time: the others are asked no more, and no error is counted."""
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY)
    await desk.listed(TUESDAY)
    desk.clock.now = midnight(WEDNESDAY) + NOON
    await desk.ingest.ingest(desk.lists)
    assert await desk.rows("SELECT sum(failures) FROM sources") == [(0,)]
    found = await desk.proof()
    assert {(u.source, u.day) for u in found.unread} == {(FEED, TUESDAY), (OAI, TUESDAY)}
    desk.oai.say(announced("2611.00001", "Diffusion", at=midnight(TUESDAY) - timedelta(hours=4)))
    done = await desk.repairer.repair()
    assert set(done.asked) == {FEED, OAI}
    assert done.proof.unread == ()
    (made_good,) = [u for day in done.proof.days for u in day.unread]
    assert (made_good.source, made_good.made_good_by) == (FEED, OAI)
    assert [row[0] for row in await desk.alerts()] == ["2611.00001"]


async def test_a_source_that_was_never_asked_at_all_is_a_gap(desk: Desk) -> None:
    auditor = Auditor(desk.database, desk.clock, [*desk.ingest.live, "arxiv:cs.CV", "feed:journal.example"])
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.night(TUESDAY)
    desk.clock.now = midnight(WEDNESDAY) + NOON
    await desk.ingest.ingest(desk.lists)
    assert {u.source for u in (await auditor.audit()).unread} == {"arxiv:cs.CV", "feed:journal.example"}


async def test_a_feed_that_shows_the_day_before_again_is_not_read(desk: Desk) -> None:
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.night(TUESDAY, feed=False)
    await desk.ingest.ingest(desk.feed)  # 304: it answers well, with Monday's
    desk.clock.now = midnight(WEDNESDAY) + NOON
    await desk.ingest.ingest(desk.lists)
    unread = [u for day in (await desk.proof()).days for u in day.unread]
    assert [(u.source, u.day, u.made_good_by) for u in unread] == [(FEED, TUESDAY, OAI)]


async def test_what_a_feed_has_and_oai_lacks_is_named(desk: Desk) -> None:
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    desk.feed.say(announced("2611.00002", "Only in the feed", at=midnight(MONDAY)), day=MONDAY)
    await desk.ingest.ingest(desk.feed)
    desk.oai.say(announced("2611.00003", "Only in OAI", at=midnight(MONDAY) - timedelta(hours=4)))
    await desk.ingest.ingest(desk.oai)
    desk.clock.now = midnight(TUESDAY) + NOON
    (found,) = [c for day in (await desk.proof()).days for c in day.compared]
    assert (found.feed_lacks, found.oai_lacks) == (("arxiv:2611.00003",), ("arxiv:2611.00002",))


# -- what it costs and keeps -------------------------------------------------------------------------------------------


async def test_what_is_older_than_a_month_is_forgotten(desk: Desk) -> None:
    made = await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.subscriptions.pause(person(), made.id)
    await desk.subscriptions.resume(person(), made.id)
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.repairer.run_if_due()
    tables = ("carried", "days_read", "pauses", "audits")
    assert all([(await desk.rows(f"SELECT count(*) FROM {table}"))[0][0] for table in tables])
    desk.clock.move(days=32)
    await desk.ingest.ingest_all()
    await desk.repairer.run_if_due()
    day = (desk.clock() - timedelta(days=31)).date().isoformat()
    for table, column in (("carried", "day"), ("days_read", "day"), ("audits", "day")):
        assert await desk.rows(f"SELECT 1 FROM {table} WHERE {column} < :day", day=day) == []
    assert await desk.rows("SELECT 1 FROM pauses") == []


async def test_a_store_from_before_the_proof_is_judged_from_now_on(desk: Desk) -> None:
    """What was matched before it was kept who listened may have concerned nobody."""
    made = await desk.follow(KEYWORD, "diffusion")
    await desk.subscriptions.pause(person(), made.id)
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.subscriptions.resume(person(), made.id)
    for table in ("carried", "days_read", "pauses"):
        await desk.sql(f"DELETE FROM {table}")
    await desk.sql(
        "UPDATE meta SET value = :now WHERE key = 'carried_since'", now=str(int(desk.clock().timestamp()) + 1)
    )
    await desk.night(TUESDAY, announced("2611.00001", "Diffusion"))  # the same paper again
    desk.clock.now = midnight(WEDNESDAY) + NOON
    assert (await desk.proof()).gaps == ()


async def test_others_have_their_turns_while_a_paper_that_everybody_follows_is_audited(desk: Desk) -> None:
    async with desk.database.transaction() as write:
        for who in range(100, 900):
            await subscriptions.add(write, person(who), KEYWORD, "diffusion", Cadence.DAILY, desk.clock())
    await desk.subscriptions.load()
    await desk.night(MONDAY, *[announced(f"2611.0000{n}", f"Diffusion {n}") for n in range(8)])
    desk.clock.now = midnight(TUESDAY) + NOON
    turns = Turns(period=0.0)
    found = await desk.auditor.audit(turns=turns)
    assert turns.taken == 800 + 8 + 8 * 800  # for each subscription that is read, each paper, and each person it is for
    assert sum(day.matched for day in found.days) == 8 * 800
    assert found.gaps == ()


async def test_the_proof_waits_for_sources_that_should_have_been_read_but_not_for_ever(desk: Desk) -> None:
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    desk.clock.now = midnight(TUESDAY) + timedelta(hours=6)
    await desk.ingest.ingest_all()
    desk.feed.due = desk.clock()
    assert await desk.repairer.run_if_due() is None
    desk.clock.move(minutes=59)
    assert await desk.repairer.run_if_due() is None
    desk.clock.move(minutes=1)
    assert await desk.repairer.run_if_due() is not None


async def test_a_clock_that_was_ahead_does_not_put_the_proof_off(desk: Desk) -> None:
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.sql("INSERT INTO meta (key, value) VALUES ('audited_at', '2027-11-17T12:00:00+00:00')")
    assert await desk.repairer.run_if_due() is not None
