"""Deliveries that meet trouble: closed DMs, lost answers, refusals, outages, moved zones, downtime. Each message arrives once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from bot.models import Held, Pause
from bot.store import pauses
from tests.house import FRIDAY, THURSDAY, House, labels, london, page, papers_of, sample, text_of

SENDS = r"^/channels/\d+/messages$"
MONDAY = date(2031, 11, 24)


async def misbehave(house: House, **fault: Any) -> None:
    await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", **fault})


async def announce(house: House, day: date, *ids: str) -> None:
    """A page of papers on tokamaks under these ids, to be read on that day."""
    house.upstream.put("/rss/cs.CV", page(day, [sample(i, f"A tokamak, number {i}") for i in ids]))


async def follower(house: House, who: str | None = None, **options: Any) -> None:
    """Somebody who follows tokamaks and has had the welcome."""
    await house.follow("tokamak", who, **options)
    await house.dms_of(who, 1)


async def state_of_messages(house: House) -> list[str]:
    return [state for (state,) in await house.rows("SELECT state FROM messages ORDER BY id")]


async def later(house: House, **by: float) -> None:
    await house.move_to(house.now() + timedelta(**by))
    await house.round()


# -- closed doors -------------------------------------------------------------------------------------------------------


async def test_closed_dms_cost_one_request_and_the_papers_wait_until_they_open(house: House) -> None:
    await follower(house)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    await announce(house, THURSDAY, "2511.00001", "2511.00002")
    await house.morning(THURSDAY)
    assert len(await house.sends()) == 2  # the welcome, and one refusal
    await announce(house, FRIDAY, "2511.00003")
    await house.morning(FRIDAY)
    for _ in range(10):
        await later(house, hours=5)
    await house.restart()
    await house.round()
    assert len(await house.sends()) == 2
    assert await house.rows("SELECT count(*) FROM alerts WHERE state = 'pending'") == [(3,)]

    shown = (await house.run("subscriptions"))["message"]
    assert "Your papers are waiting" in text_of(shown)
    assert "privacy settings" in text_of(shown)
    assert labels(shown)[0] == "Try again"
    assert "DMs do not reach you" in text_of((await house.run("status"))["message"])
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "open"})
    await house.press(shown, "Try again")
    await house.round()
    came = Counter(paper for dm in await house.dms() for paper in papers_of(dm))
    assert came == Counter(["2511.00001", "2511.00002", "2511.00003"])
    assert "Your papers are waiting" not in text_of((await house.run("subscriptions"))["message"])


async def test_after_opening_again_what_was_refused_comes_as_one_message(house: House) -> None:
    await follower(house)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    await announce(house, THURSDAY, "2511.00001", "2511.00002")
    await house.morning(THURSDAY)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "open"})
    await house.press((await house.run("subscriptions"))["message"], "Try again")
    assert len(papers_of((await house.dms_of(None, 2))[1])) == 2


async def test_trying_again_while_still_closed_costs_one_more_request_and_loses_nothing(house: House) -> None:
    await follower(house)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    shown = (await house.run("subscriptions"))["message"]
    await house.press(shown, "Try again")
    await house.round()
    await later(house, hours=1)
    assert len(await house.sends()) == 3
    assert labels((await house.run("subscriptions"))["message"])[0] == "Try again"
    assert await house.rows("SELECT state FROM alerts") == [("pending",)]


async def test_without_a_shared_server_the_notice_says_what_helps(house: House) -> None:
    await follower(house, house.yuki)
    await house.ask("DELETE", f"/guilds/{house.guild}/members/{house.yuki}")
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    for _ in range(5):
        await later(house, hours=7)
    assert len(await house.sends(house.yuki)) == 2
    await house.ask("POST", f"/guilds/{house.guild}/members/{house.yuki}")
    shown = (await house.run("subscriptions", house.yuki))["message"]
    assert "We share no server" in text_of(shown)
    await house.press(shown, "Try again", house.yuki)
    assert papers_of((await house.dms_of(house.yuki, 2))[1]) == ["2511.00001"]


# -- answers that are lost ------------------------------------------------------------------------------------------------


async def test_three_outages_delay_a_message_and_do_not_repeat_it(house: House) -> None:
    await follower(house)
    await misbehave(house, status=503, count=3)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    waits = []
    for attempts in (2, 3, 4):
        start = house.now()
        while len(await house.sends()) < 1 + attempts:
            await later(house, seconds=20)
        waits.append((house.now() - start).total_seconds())
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00001"]
    assert 30 <= waits[0] <= 60 < 120 <= waits[1] <= 180 < 600 <= waits[2] <= 780  # longer and longer, with some chance
    assert await state_of_messages(house) == ["sent", "sent"]


async def test_a_502_after_acceptance_leaves_one_message(house: House) -> None:
    """discord.py itself asks again, with the same nonce."""
    await follower(house)
    await misbehave(house, kind="accept_then_502", count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00001"]
    bodies = [r["body"] for r in (await house.sends())[1:]]
    assert len(bodies) == 2
    assert bodies[0]["nonce"] == bodies[1]["nonce"]
    assert all(body["enforce_nonce"] for body in bodies)


@pytest.mark.parametrize("nonce_window", [300.0, 0.0])
@pytest.mark.parametrize("fault", ["accept_then_reset", "drop"])
async def test_a_connection_that_breaks_leaves_one_message(house: House, fault: str, nonce_window: float) -> None:
    """Accepted or not, nobody knows: the channel's history is asked before anything is sent again."""
    await follower(house)
    await house.ask("POST", "/faults", {"nonce_window": nonce_window})
    await misbehave(house, kind=fault, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await later(house, seconds=60)
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00001"]
    assert len(await house.sends()) == (2 if fault == "accept_then_reset" else 3)
    assert await house.requests("GET", "/messages")
    # Whoever asks again does so under the same name, which was committed before the first attempt.
    ((nonce,),) = await house.rows("SELECT nonce FROM messages WHERE kind = 'digest'")
    assert {r["body"]["nonce"] for r in (await house.sends())[1:]} == {nonce}
    assert all(r["body"]["enforce_nonce"] for r in await house.sends())
    assert await state_of_messages(house) == ["sent", "sent"]


async def test_a_rate_limit_is_waited_for(house: House) -> None:
    await follower(house)
    await misbehave(house, kind="rate_limit", retry_after=0.2, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert len(papers_of((await house.dms_of(None, 2))[1])) == 1
    assert len(await house.sends()) == 3


# -- refusals -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [50035, 40005, 200000, 240000])
async def test_a_body_that_discord_refuses_is_never_sent_again(house: House, code: int) -> None:
    """One other body is tried, in fewer words; then the message is parked, and whoever waits for it can read why."""
    await follower(house)
    await misbehave(house, status=400, body={"code": code, "message": "no"}, count=2)
    await announce(house, THURSDAY, "2511.00001", "2511.00002")
    await house.morning(THURSDAY)
    for _ in range(6):
        await later(house, hours=3)
    bodies = [{k: v for k, v in r["body"].items() if k != "nonce"} for r in await house.sends()]
    assert len(bodies) == 3  # the welcome, and two that differ
    assert bodies[1] != bodies[2]
    assert await state_of_messages(house) == ["sent", "failed"]
    (alerts,) = {tuple(row) for row in await house.rows("SELECT state, state_reason FROM alerts")}
    assert alerts[0] == "undeliverable"
    assert f"code {code}" in alerts[1]
    said = text_of((await house.run("status"))["message"])
    assert "The message of Nov 20 with 2 papers did not reach you" in said
    assert str(code) in said
    await announce(house, FRIDAY, "2511.00003")
    await house.morning(FRIDAY)
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00003"]


@pytest.mark.parametrize("code", [200000, 240000, 50035])
async def test_what_a_filter_refused_comes_as_title_and_link(house: House, code: int) -> None:
    await follower(house)
    await misbehave(house, status=400, body={"code": code, "message": "no"}, count=1)
    await announce(house, THURSDAY, "2511.00001", "2511.00002")
    await house.morning(THURSDAY)
    (digest,) = (await house.dms_of(None, 2))[1:]
    assert sorted(papers_of(digest)) == ["2511.00001", "2511.00002"]
    assert text_of(digest).count("[A tokamak, number") == 2
    assert "What A tokamak" not in text_of(digest)  # no excerpt
    assert ("2 authors" in text_of(digest)) == (code == 50035)  # shorter, or bare
    assert labels(digest)  # the way out stays
    assert await state_of_messages(house) == ["sent", "sent"]
    assert await house.rows("SELECT DISTINCT state FROM alerts") == [("sent",)]


async def test_after_three_days_of_trying_the_papers_go_into_the_next_digest(house: House) -> None:
    await follower(house)
    await misbehave(house, status=503, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    while (await state_of_messages(house))[1] != "closed":
        await later(house, hours=2)
        assert house.now() < london(MONDAY, 20)
    assert house.now() > london(THURSDAY, 8) + timedelta(days=3)
    assert await house.rows("SELECT error FROM messages WHERE state = 'closed'") == [
        ("gave up after 3 days of trying",)
    ]
    assert await house.rows("SELECT state, late FROM alerts") == [("pending", "Discord did not take it on Nov 20.")]
    assert len(await house.sends()) <= 20
    await house.ask("DELETE", "/faults")
    await announce(house, date(2031, 11, 25), "2511.00002")
    await house.morning(date(2031, 11, 25))
    await later(house, hours=8)
    assert Counter(p for dm in await house.dms() for p in papers_of(dm)) == Counter(["2511.00001", "2511.00002"])
    assert len({r["body"]["nonce"] for r in await house.sends()}) == len(await house.rows("SELECT 1 FROM messages"))


async def test_days_without_a_process_or_behind_a_closed_door_are_no_days_of_trying(house: House) -> None:
    await follower(house)
    await misbehave(house, status=503, count=2)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await house.stop()
    await house.move_to(house.now() + timedelta(days=4))
    await house.start()
    await house.round()
    assert (await state_of_messages(house))[1] == "pending"  # one more 503, after four days
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    await later(house, hours=1)
    for _ in range(6):
        await later(house, days=1)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "open"})
    await misbehave(house, status=503, count=1)
    await house.press((await house.run("subscriptions"))["message"], "Try again")
    await house.round()
    assert (await state_of_messages(house))[1] == "pending"
    await later(house, hours=8)
    assert "2511.00001" in [p for dm in await house.dms() for p in papers_of(dm)]


async def test_days_in_which_discord_holds_the_channel_are_no_days_of_trying(house: House) -> None:
    channel = str((await house.ask("POST", "/dms", {"as": house.nadia, "user_id": house.bot_id}))["id"])
    await follower(house)
    await misbehave(house, status=503, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    for _ in range(5):
        now = house.now()
        async with house.app.database.transaction() as write:
            await pauses.save(write, Pause(Held.PLACE, f"channel {channel}", now, now + timedelta(days=1), "slower"))
        await house.app.gate.load()
        await later(house, hours=23)
    assert (await house.rows("SELECT tried_seconds <= 7200 FROM messages WHERE state = 'pending'")) == [(1,)]
    await later(house, hours=8)
    assert "2511.00001" in [p for dm in await house.dms() for p in papers_of(dm)]


async def tried(house: House) -> int:
    """The seconds of trying that the open message is charged with."""
    ((found,),) = await house.rows("SELECT tried_seconds FROM messages WHERE state = 'pending'")
    return int(found)


async def failed_once(house: House) -> int:
    """A digest whose first attempt failed, and what it is charged with after an hour in which it could have gone."""
    await follower(house)
    await misbehave(house, status=503, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await later(house, hours=1)
    charged = await tried(house)
    assert 3000 < charged < 4000
    return charged


async def test_days_of_a_persons_own_pause_are_no_days_of_trying_and_nothing_is_tried(house: House) -> None:
    before = await failed_once(house)
    await house.press((await house.run("subscriptions"))["message"], "Pause all for 7 days")
    asked = len(await house.sends())
    for _ in range(6):
        await later(house, days=1)
    assert await tried(house) <= before + 60
    assert len(await house.sends()) == asked
    await house.ask("DELETE", "/faults")
    await later(house, days=1)
    assert "2511.00001" in [p for dm in await house.dms() for p in papers_of(dm)]


async def test_days_in_which_no_dm_may_be_opened_are_no_days_of_trying(house: House) -> None:
    before = await failed_once(house)
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE users SET dm_channel_id = NULL")
    for _ in range(5):
        now = house.now()
        async with house.app.database.transaction() as write:
            hold = Pause(Held.PLACE, "POST /users/@me/channels", now, now + timedelta(days=1), "fewer")
            await pauses.save(write, hold)
        await house.app.gate.load()
        await later(house, hours=23)
    assert await tried(house) <= before + 60
    await later(house, hours=2)  # the hold is over: what could go and did not counts again
    assert await tried(house) > before + 3600


async def test_days_in_which_a_channels_list_stands_still_are_no_days_of_trying(house: House) -> None:
    before = await failed_once(house)
    async with house.app.database.transaction() as write:  # as if it were the post of a channel whose list stopped
        await write.execute("UPDATE messages SET recipient_kind = 'channel', kind = 'summary' WHERE state = 'pending'")
        await write.execute(
            """INSERT INTO summaries (channel_id, guild_id, server_name, timezone, minute, weekdays, size, created_by, created_at,
                   next_at, next_on, stopped_at, stop_reason, stop_cause, stop_settled)
               SELECT recipient_id, 1, 'A server', 'UTC', 540, 127, 5, 1, created_at,
                   created_at, local_date, created_at, 'The channel was deleted.', 'deleted', 1
               FROM messages WHERE state = 'pending'"""
        )
    for _ in range(4):
        await later(house, days=1)
    assert await tried(house) <= before + 60


async def test_what_arrived_before_it_was_given_up_does_not_come_again(house: House) -> None:
    """Every answer is lost: only the history, asked once more at the end, knows that the message stands there."""
    await follower(house)
    await house.ask("POST", "/faults", {"nonce_window": 0})
    await misbehave(house, kind="accept_then_reset", count=1)
    await house.ask("POST", "/faults", {"path": SENDS, "method": "GET", "status": 503, "count": None})
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    for _ in range(50):
        await later(house, hours=2)
    assert (await state_of_messages(house))[1] == "pending"  # as long as nobody knows, it is neither sent nor given up
    await house.ask("DELETE", "/faults")
    await later(house, hours=8)
    assert (await state_of_messages(house))[1] == "sent"
    await later(house, days=1)
    assert Counter(p for dm in await house.dms() for p in papers_of(dm)) == Counter(["2511.00001"])


async def test_one_persons_trouble_holds_up_nobody_else(house: House) -> None:
    for who in (house.nadia, house.yuki, house.samir):
        await follower(house, who)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    channel = (await house.ask("POST", "/dms", {"as": house.yuki, "user_id": house.bot_id}))["id"]
    await misbehave(house, path=f"/channels/{channel}/messages", status=503, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert papers_of((await house.dms_of(house.samir, 2))[1]) == ["2511.00001"]
    assert len(await house.dms(house.nadia)) == len(await house.dms(house.yuki)) == 1


# -- time ---------------------------------------------------------------------------------------------------------------------


async def test_downtime_over_the_weekly_day_brings_one_digest_with_everything(house: House) -> None:
    await house.follow("tokamak", how_often="once a week")
    await house.follow("flow")
    await house.dms_of(None, 1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await house.stop()
    await house.move_to(london(MONDAY + timedelta(days=1), 7, 30))  # down over Monday, the weekly day
    await house.start()
    await house.round()
    (digest,) = (await house.dms_of(None, 2))[1:]
    assert papers_of(digest) == ["2511.00001"]
    assert "Nov 24" in digest["content"]  # Monday's, late: Tuesday's own hour is still to come
    assert await house.rows("SELECT next_digest_on FROM users") == [("2031-11-25",)]


async def test_a_bot_that_returns_in_the_night_leaves_the_morning_its_digest(house: House) -> None:
    await follower(house)
    await house.move_to(london(THURSDAY, 7))
    await announce(house, THURSDAY, "2511.00001")
    await house.round()
    await house.stop()
    await house.move_to(london(FRIDAY, 1))
    await house.start()
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00001"]
    await announce(house, FRIDAY, "2511.00002")
    await house.morning(FRIDAY)
    assert papers_of((await house.dms_of(None, 3))[2]) == ["2511.00002"]


async def test_a_long_absence_floods_nobody(house: House) -> None:
    await follower(house)
    await announce(house, THURSDAY, *(f"2511.{n:05}" for n in range(1, 101)))
    await house.morning(THURSDAY)
    (digest,) = (await house.dms())[1:]
    assert "… and 80 more matched" in digest["content"]
    assert len(set(await house.pages_of(digest))) == 20
    assert await house.rows("SELECT state, count(*) FROM alerts GROUP BY state ORDER BY state") == [
        ("held", 80), ("sent", 20),
    ]  # fmt: skip


async def test_somebody_who_moves_around_the_world_gets_each_paper_once_and_one_digest_a_date(house: House) -> None:
    await follower(house)
    dice = random.Random(2031)
    zones = [
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "America/New_York",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "UTC",
    ]
    expected = []
    for number in range(60):  # ten days in steps of four hours
        await house.move_to(london(THURSDAY, 6) + timedelta(hours=4 * number))
        day = (house.now() - timedelta(hours=6)).date()
        if day.weekday() < 5 and f"2511.{day:%m%d}0" not in expected:
            expected.append(f"2511.{day:%m%d}0")
            await announce(house, day, expected[-1])
            await house.visit_feed()
        if dice.random() < 0.2:
            await house.app.services.subscriptions.set_time(int(house.nadia), dice.choice(zones), dice.randrange(1440))
        await house.round()
    await later(house, days=2)
    dates = [day for (day,) in await house.rows("SELECT local_date FROM messages WHERE kind = 'digest'")]
    assert len(dates) == len(set(dates)) >= 3
    assert Counter(p for dm in await house.dms() for p in papers_of(dm)) == Counter(expected)


async def test_today_turns_pages_through_what_a_digest_only_counted_after_a_restart_too(house: House) -> None:
    await follower(house)
    ids = [f"2511.{n:05}" for n in range(1, 61)]
    await announce(house, THURSDAY, *ids)
    await house.morning(THURSDAY)
    (digest,) = (await house.dms())[1:]
    assert "… and 40 more matched: `/today`" in digest["content"]
    await house.move_to(london(THURSDAY, 9) + timedelta(days=4))  # no match of these days any more
    page = (await house.run("today"))["message"]
    assert "The last 40 of them did not fit" in page["content"]
    seen = papers_of(page)
    for turned in range(3):
        if turned == 1:
            await house.restart()
        page = (await house.press(page, "▶"))["message"]
        seen += papers_of(page)
    assert sorted(seen + await house.pages_of(digest)) == ids
    page = (await house.press(page, "◀"))["message"]
    assert papers_of(page) == seen[20:30]


async def test_with_closed_dms_today_still_lists_everything_beside_the_notice(house: House) -> None:
    await follower(house)
    await house.ask("POST", f"/users/{house.nadia}", {"dms": "closed"})
    await announce(house, THURSDAY, *(f"2511.{n:05}" for n in range(1, 16)))
    await house.morning(THURSDAY)
    page = (await house.run("today"))["message"]
    assert "Your papers are waiting" in text_of(page)
    assert text_of(page).count("https://arxiv.org/abs/2511.") == 10


async def test_at_once_is_at_most_six_messages_an_hour(house: House) -> None:
    await follower(house, how_often="at once")
    for number in range(20):
        await house.move_to(london(THURSDAY, 13) + timedelta(seconds=30 * number))
        await announce(house, THURSDAY, *(f"2511.{10 * number + n:05}" for n in range(10)))
        await house.visit_feed()
        await house.round()
    assert len((await house.dms())[1:]) == 6
    await house.move_to(london(THURSDAY, 14, 1))
    await house.round()
    (gathered,) = (await house.dms())[7:]
    assert text_of(gathered).count("https://arxiv.org/abs/2511.") == 20
    assert "more matched: `/today`" in gathered["content"]
