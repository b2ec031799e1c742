"""`/settings` through the whole house: everything is seen and changed on one card, and what changes is echoed and holds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.models import StopCause
from bot.store import summaries, users
from tests.house import FRIDAY, THURSDAY, House, controls, labels, london, page, papers_of, sample, shown_text, text_of

SILENT = 1 << 12  # SUPPRESS_NOTIFICATIONS


async def settings(house: House) -> Any:
    return (await house.run("settings"))["message"]


async def announce(house: House, day: Any, *ids: str) -> None:
    house.upstream.put("/rss/cs.CV", page(day, [sample(i, f"A tokamak, number {i}") for i in ids]))


async def choose(house: House, message: Any, placeholder: str, value: str) -> Any:
    (select,) = [c for c in controls(message) if c.get("placeholder") == placeholder]
    return await house._use(message, select, [value], None)


async def test_one_card_shows_everything_that_can_be_set(house: House) -> None:
    await house.follow("tokamak")
    await house.follow("stellarator", how_often="once a week")
    shown = await settings(house)
    for line in (
        "- **City and hour**: 8:00 (Europe/London)\n",
        "- **Days**: every day; weekly papers on Monday\n",
        "- **Quiet hours**: none\n",
        "- **Papers at once**: 3;",
        "- **Plain text**: off;",
        "- **How often**: **tokamak** once a day, **stellarator** once a week\n",
        "Next digest <t:",
    ):
        assert line in text_of(shown)
    assert labels(shown) == ["City and hour", "Days", "Quiet hours", "Plain text: turn on", "My subscriptions"]
    one = await choose(house, shown, "How often one of them comes", "2")
    assert "You follow **stellarator**. New papers come once a week." in text_of(one["message"])


async def test_a_stranger_sees_and_sets_them_too(house: House) -> None:
    shown = await settings(house)
    assert "UTC, until you say your city" in text_of(shown)
    assert "you follow nothing yet" in text_of(shown)
    changed = await choose(house, shown, "How many papers at once", "5")
    assert "**Done.** The next digest shows 5 papers at once." in text_of(changed["message"])
    assert await house.rows("SELECT shown, next_digest_at FROM users") == [(5, None)]


async def test_days_are_switched_one_by_one_and_the_last_one_stays(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    days = (await house.press(await settings(house), "Days"))["message"]
    days = (await house.press(days, "Saturday: on"))["message"]
    assert "**Done.** Your digests come on Monday, Tuesday, Wednesday, Thursday, Friday and Sunday." in text_of(days)
    days = (await house.press(days, "Sunday: on"))["message"]
    assert "Your digests come Monday to Friday." in text_of(days)
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday"):
        days = (await house.press(days, f"{name}: on"))["message"]
    assert "Your digests come on Friday." in text_of(days)
    (friday,) = [c for c in controls(days) if c["label"] == "Friday: on"]
    assert friday["disabled"]
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await house.dms_of(None, 1)  # not on a Thursday
    await house.morning(FRIDAY)
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]
    back = (await house.press(days, "Back to the settings"))["message"]
    assert "- **Days**: on Friday; weekly papers on Monday, which is none of your days" in text_of(back)


async def quiet(house: House, since: str, until: str, mode: str) -> str:
    form = await house.press(await settings(house), "Quiet hours")
    return shown_text(await house.submit(form, since=since, until=until, mode=mode))


async def test_quiet_hours_hold_what_comes_at_once_until_they_end(house: House) -> None:
    await house.follow("tokamak", how_often="at once")
    await house.dms_of(None, 1)
    said = await quiet(house, "22", "7", "hold")
    assert "**Done.** Your quiet hours: 22:00 to 7:00; papers wait until they end." in said
    await announce(house, THURSDAY, "2511.00001", "2511.00002")
    await house.move_to(london(THURSDAY, 6, 30))
    await house.round()
    await house.dms_of(None, 1)
    assert await house.rows("SELECT state FROM alerts") == [("pending",)] * 2
    assert await house.rows("SELECT 1 FROM messages WHERE kind = 'instant'") == []  # so that what else comes joins them
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    assert sorted(papers_of((await house.dms_of(None, 2))[-1])) == ["2511.00001", "2511.00002"]


async def test_what_was_on_its_way_when_they_began_waits_as_well(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await quiet(house, "9", "17", "hold")
    await announce(house, THURSDAY, "2511.00001")
    await house.ask("POST", "/faults", {"path": r"/channels/\d+/messages", "method": "POST", "status": 503, "count": 1})
    await house.morning(THURSDAY)
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 9, 5))
    await house.round()
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 17, 1))
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]


async def held_by_quiet_hours(house: House) -> None:
    """A digest was on its way when its reader's quiet hours began, and waits for their end."""
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await quiet(house, "9", "17", "hold")
    await announce(house, THURSDAY, "2511.00001")
    await house.ask("POST", "/faults", {"path": r"/channels/\d+/messages", "method": "POST", "status": 503, "count": 1})
    await house.morning(THURSDAY)
    await house.move_to(london(THURSDAY, 9, 5))
    await house.round()


async def test_what_waits_for_their_end_comes_when_they_are_switched_off(house: House) -> None:
    await held_by_quiet_hours(house)
    assert await house.rows("SELECT error FROM messages WHERE kind = 'digest'") == [("Its reader has quiet hours.",)]
    await quiet(house, "9", "17", "off")
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]


async def test_what_waits_for_their_end_comes_when_another_city_has_it_already(house: House) -> None:
    await held_by_quiet_hours(house)
    await house.dms_of(None, 1)
    form = await house.press(await settings(house), "City and hour")
    await house.submit(form, city="Tokyo", hour="8", day="0")
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]


async def test_that_a_list_stopped_is_told_when_quiet_hours_end(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    where = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    await house.run("summary setup", channel=where, hour=12)
    await quiet(house, "0", "7", "hold")
    await house.move_to(london(THURSDAY, 3))
    async with house.app.database.transaction() as write:
        await summaries.stop(write, int(where), "The channel was deleted.", house.now(), StopCause.DELETED)
    await house.app.services.summaries.compose_due()
    await house.round()
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 7, 1))
    await house.round()
    assert "has stopped" in text_of((await house.dms_of(None, 2))[-1])


async def test_two_days_switched_at_once_are_both_kept(house: House) -> None:
    card = (await house.press(await settings(house), "Days"))["message"]
    await asyncio.gather(house.press(card, "Saturday: on"), house.press(card, "Sunday: on"))
    ((days,),) = await house.rows("SELECT weekdays FROM users WHERE id = :id", id=int(house.nadia))
    assert days == 0b0011111


async def test_a_digest_that_is_a_week_away_is_due_then_and_not_before(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    for number in (0, 1, 3, 4, 5, 6):  # it is a Wednesday, behind its hour
        await house.app.services.habits.set_day(int(house.nadia), number, False)
    now = house.now()
    ((at,),) = await house.rows("SELECT next_digest_at FROM users")
    assert at - now.timestamp() > timedelta(days=6).total_seconds()
    async with house.app.database.reading() as read:
        assert await users.due(read, now, 10) == []
        due = await users.next_due(read, now)
    assert due is not None
    assert due.timestamp() == at


@pytest.mark.parametrize(("mode", "flags"), [("silent", SILENT), ("off", 0)])
async def test_quiet_hours_deliver_without_a_sound_if_that_is_wanted(house: House, mode: str, flags: int) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await quiet(house, "7", "9", mode)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    told = (await house.dms_of(None, 2))[-1]
    assert told["flags"] & SILENT == flags
    assert papers_of(told) == ["2511.00001"]


async def test_a_digest_whose_hour_is_quiet_says_when_it_comes_and_comes_then_once(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    said = await quiet(house, "22", "10", "hold")
    assert "8:00 (Europe/London), which lies in your quiet hours, so they come at 10:00" in said
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 10))
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]
    assert "none" in await quiet(house, "22", "10", "off")
    await house.move_to(london(THURSDAY, 23))
    await house.round()
    assert await house.rows("SELECT local_date FROM messages WHERE kind = 'digest'") == [("2031-11-20",)]


async def test_hours_that_end_when_they_begin_are_refused_in_words(house: House) -> None:
    assert "choose two different hours" in await quiet(house, "22", "22", "hold")


async def test_how_many_stand_in_a_digest_is_the_readers_word(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await choose(house, await settings(house), "How many papers at once", "1")
    await announce(house, THURSDAY, "2511.00001", "2511.00002", "2511.00003")
    await house.morning(THURSDAY)
    digest = (await house.dms_of(None, 2))[-1]
    assert len(papers_of(digest)) == 1
    assert labels(digest) == ["Open 1", "Show 2 more", "Pause", "Manage"]


async def test_the_hour_of_a_further_subscription_moves_no_other(house: House) -> None:
    await house.follow("tokamak")
    asked = await house.run("subscribe keyword", words="stellarator", city="Berlin", hour=20)
    assert (
        "All your papers come together at 8:00 (Europe/London), and this one too: `/settings` moves them."
        in text_of(asked["message"])
    )
    assert await house.rows("SELECT timezone, digest_minute FROM users") == [("Europe/London", 480)]
    same = await house.run("subscribe keyword", words="stellarator", city="London", hour=8)
    assert "Your hour is kept: 8:00 (Europe/London)." in text_of(same["message"])
    await house.press(asked["message"], "Follow")
    await house.move_to(house.now() + timedelta(minutes=1))
    assert await house.rows("SELECT timezone, digest_minute FROM users") == [("Europe/London", 480)]


async def test_plain_text_is_one_press_and_one_press_back(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    on = (await house.press(await settings(house), "Plain text: turn on"))["message"]
    assert "**Done.** Plain text is on" in text_of(on)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    digest = (await house.dms_of(None, 2))[-1]
    assert digest["content"] == "Your papers, Thursday, November 20. 1 paper."
    assert "1 of 1: A tokamak, number 2511.00001.\nBecause of tokamak in the title. 2 authors. CV.\n" in text_of(digest)
    off = (await house.press(on, "Plain text: turn off"))["message"]
    assert "Plain text is off." in text_of(off)
