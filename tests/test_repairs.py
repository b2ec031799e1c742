"""The daily proof: how a day is reckoned, and how what was missed is made good."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.audit import verdicts
from bot.ingest.ingest import Ingest
from bot.models import Cadence, Event, EventKind, Match, Reason
from bot.show import answers
from bot.show.cards import Card
from bot.store import users
from bot.store.audit import tell_late
from bot.store.database import Database
from tests.conftest import HandClock, record
from tests.desk import (
    KEYWORD,
    MONDAY,
    NOON,
    THURSDAY,
    TRENDING,
    TUESDAY,
    WEDNESDAY,
    Desk,
    Upstream,
    announced,
    evening,
    midnight,
    person,
)


@pytest.fixture
async def desk(database: Database, clock: HandClock) -> Desk:
    """Started on a Sunday evening; the first announcement that counts is Monday's."""
    made = Desk(database, clock)
    await made.start(MONDAY)
    return made


# -- how a day is reckoned ---------------------------------------------------------------------------------------------


async def test_a_paper_that_was_held_back_counts_once_on_the_day_that_the_feed_says(desk: Desk) -> None:
    """OAI-PMH reckons from the day of submission; moderation took two days more."""
    await desk.night(MONDAY, announced("2611.00001", "Something else"))
    desk.clock.move(hours=30)
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.now = midnight(WEDNESDAY) - timedelta(minutes=50)
    desk.oai.say(announced("2611.00002", "Diffusion", at=evening(MONDAY)))
    await desk.ingest.ingest(desk.oai)
    await desk.night(WEDNESDAY, announced("2611.00002", "Diffusion"), oai=False)
    desk.clock.now = midnight(THURSDAY) + NOON
    found = await desk.proof()
    assert found.gaps == ()
    assert {day.day: day.announced for day in found.days if day.announced} == {MONDAY: 1, WEDNESDAY: 1}


async def test_what_the_daily_list_alone_brought_is_news_to_those_who_follow_its_words(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.listed(TUESDAY, record("2611.00001", "Diffusion", at=desk.clock()))
    assert len(await desk.alerts()) == 1
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(WEDNESDAY) + NOON
    assert len((await desk.proof()).gaps) == 1
    await desk.closes(1, "2611.00001")


async def test_a_paper_that_was_known_when_it_was_listed_is_news_to_the_lists_followers_only(desk: Desk) -> None:
    paper = announced("2611.00001", "Diffusion")
    await desk.night(MONDAY, paper)
    desk.clock.move(hours=3)
    await desk.follow(KEYWORD, "diffusion")
    await desk.follow(TRENDING, "reward", 8)
    await desk.follow(TRENDING, "diffusion", 9)
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.listed(TUESDAY, replace(paper, event=Event(EventKind.LISTED, desk.clock())))
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(WEDNESDAY) + NOON
    assert [gap.recipient for gap in (await desk.proof()).gaps] == [person(9)]


async def test_a_journals_old_entries_are_no_news_and_its_new_ones_are(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.move(hours=1)
    journal = Upstream("feed:journal.example", dated=False)
    ingest = Ingest(desk.database, [journal], desk.matcher, desk.clock)
    journal.say(announced("2611.00001", "Diffusion of last year", at=desk.clock()))
    await ingest.ingest(journal)
    desk.clock.move(hours=6)
    journal.say(announced("2611.00002", "Diffusion of today", at=desk.clock()))
    await ingest.ingest(journal)
    assert (await desk.proof()).silent == ()
    assert [row[0] for row in await desk.alerts()] == ["2611.00002"]
    await desk.sql("DELETE FROM alerts")
    await desk.sql("UPDATE events SET eligible = 0")
    found = await desk.proof()
    assert [gap.paper for gap in found.gaps] == ["arxiv:2611.00002"]
    assert len(found.silent) == 1


async def test_news_that_a_new_categorys_first_look_swallowed_is_found(desk: Desk) -> None:
    """It was asked on Monday, failed, and answered in the night: what came since it was asked is news."""
    await desk.follow(KEYWORD, "diffusion")
    desk.clock.move(hours=1)
    new = Upstream("arxiv:cs.CV")
    ingest = Ingest(desk.database, [new], desk.matcher, desk.clock)
    new.broken = True
    await ingest.ingest(new)
    new.broken = False
    desk.clock.now = midnight(TUESDAY) + timedelta(minutes=5)
    before = announced("2611.00001", "Diffusion before", at=midnight(MONDAY) - timedelta(days=3))
    new.say(announced("2611.00002", "Diffusion since", at=midnight(TUESDAY)), before, day=TUESDAY)
    await ingest.ingest(new)
    assert [row[0] for row in await desk.alerts()] == ["2611.00002"]
    await desk.sql("DELETE FROM alerts")
    await desk.sql("UPDATE events SET eligible = 0")
    assert [gap.paper for gap in (await desk.proof()).gaps] == ["arxiv:2611.00002"]


async def test_a_record_that_could_not_be_stored_is_named(desk: Desk) -> None:
    good, bad = announced("2611.00001", "Diffusion"), announced("2611.00002", "Diffusion \ud800")
    await desk.night(MONDAY, good, bad, oai=False)
    desk.clock.now = midnight(TUESDAY) + NOON
    day = next(d for d in (await desk.proof()).days if d.day == MONDAY)
    assert (day.announced, day.stored, day.lost) == (2, 1, ("arxiv:2611.00002",))


# -- how it is made good -----------------------------------------------------------------------------------------------


async def test_what_only_weekly_subscriptions_ask_for_waits_for_their_day(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion", cadence=Cadence.WEEKLY)
    await desk.follow(KEYWORD, "diffusion", 8, Cadence.INSTANT)
    await desk.night(TUESDAY, announced("2611.00001", "Diffusion"))
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(WEDNESDAY) + NOON
    await desk.repairer.repair()
    assert await desk.alerts() == [("2611.00001", "pending", "weekly", "It was missed on Nov 17.")]
    assert await desk.alerts(8) == [("2611.00001", "pending", "daily", "It was missed on Nov 17.")]


async def test_an_alert_that_was_sent_or_is_on_its_way_is_never_made_again(desk: Desk) -> None:
    made = await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    match = Match(person(), 1, Cadence.DAILY, (Reason(made.id, KEYWORD, "diffusion"),))
    assert await desk.morning(MONDAY) == 1
    for state in ("pending", "sent", "undeliverable"):
        await desk.sql("UPDATE alerts SET state = :state", state=state)
        before = await desk.rows("SELECT * FROM alerts")
        async with desk.database.transaction() as write:
            assert not await tell_late(write, match, "Late.", desk.clock())
        assert await desk.rows("SELECT * FROM alerts") == before


async def test_two_repairs_at_once_make_each_alert_once(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, *[announced(f"2611.0000{n}", f"Diffusion {n}") for n in range(4)])
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.sql("DELETE FROM alerts WHERE paper_id % 2 = 0")
    done = await asyncio.gather(*[desk.repairer.repair() for _ in range(3)])
    assert sum(repair.late for repair in done) == 2
    assert len(await desk.alerts()) == 4


async def test_an_alert_whose_message_was_given_up_comes_in_another(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.morning(MONDAY)
    await desk.sql("UPDATE messages SET state = 'failed'")
    desk.clock.now = midnight(TUESDAY) + NOON
    assert [gap.why for gap in (await desk.proof()).gaps] == ["its message was given up"]
    await desk.closes(1, "2611.00001")


async def test_a_subscription_that_cannot_be_read_hides_no_gap_of_others(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    broken = await desk.follow(KEYWORD, "reward")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.sql("DELETE FROM alerts")
    await desk.sql("""UPDATE subscriptions SET query = '"' WHERE id = :id""", id=broken.id)
    desk.clock.now = midnight(TUESDAY) + NOON
    assert (await desk.repairer.repair()).late == 1


async def test_who_removed_a_subscription_meanwhile_is_not_told(desk: Desk) -> None:
    made = await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(TUESDAY) + NOON
    assert len((await desk.proof()).gaps) == 1
    await desk.subscriptions.remove(person(), made.id)
    assert (await desk.repairer.repair()).late == 0
    assert await desk.alerts() == []


async def test_an_alert_whose_reasons_are_damaged_gets_new_ones(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(MONDAY, announced("2611.00001", "Diffusion"))
    await desk.sql("UPDATE alerts SET reasons = '[[1, '")
    desk.clock.now = midnight(TUESDAY) + NOON
    assert len((await desk.proof()).gaps) == 1
    await desk.closes(1, "2611.00001")


async def test_a_late_paper_says_why_it_comes_late_in_the_message_and_in_today(desk: Desk) -> None:
    await desk.follow(KEYWORD, "diffusion")
    await desk.morning(TUESDAY)  # the welcome is behind her
    await desk.night(TUESDAY, announced("2611.00001", "Diffusion"))
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(WEDNESDAY) - timedelta(hours=1)
    assert (await desk.repairer.repair()).late == 1
    ((late,),) = await desk.rows("SELECT late FROM alerts")
    assert late == verdicts.late_text(TUESDAY)
    assert await desk.morning(WEDNESDAY) == 1
    ((payload,),) = await desk.rows("SELECT payload FROM messages ORDER BY id DESC LIMIT 1")
    (embed,) = Card.from_json(payload).embeds
    assert embed.description.startswith("-# **diffusion** in the title · ")
    assert f" · {late}\n**1.** [Diffusion]" in embed.description
    assert f"Why: matched **diffusion** in the title; {late}" in await today_of(
        desk
    )  # among the papers of the last days
    await desk.sql("UPDATE alerts SET state = 'held', hold = 'surplus'")
    desk.clock.now += timedelta(days=5)
    assert (await desk.subscriptions.today(person().id)).surplus == 1
    assert f"Why: matched **diffusion** in the title; {late}" in await today_of(
        desk
    )  # among what did not fit into a message


async def today_of(desk: Desk) -> str:
    """The words of a reader's one paper in `/today`."""
    async with desk.database.reading() as read:
        user = await users.load(read, person().id)
    assert user is not None
    (embed,) = answers.today(await desk.subscriptions.today(user.id), user, follows=True).embeds
    return embed.description
