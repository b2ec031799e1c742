"""Buttons, selects and forms: what a person does with their subscriptions, by hand, over the local Discord."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.house import FRIDAY, START, THURSDAY, House, labels, london, page, papers_of, sample, shown_text, text_of


async def listed(house: House) -> Any:
    """The list of subscriptions as `/subscriptions` shows it."""
    return (await house.run("subscriptions"))["message"]


async def standing(house: House) -> list[tuple[Any, ...]]:
    return await house.rows(
        "SELECT query, paused_at IS NOT NULL FROM subscriptions WHERE removed_at IS NULL ORDER BY id"
    )


async def arrive(house: House, *titles: str) -> list[str]:
    """Announces papers on the next day and delivers what is due. Returns what came in the last DM."""
    papers = [sample(f"2511.{number:05}", title) for number, title in enumerate(titles, 1)]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, papers))
    await house.morning(THURSDAY)
    return papers_of((await house.dms())[-1])


async def test_pause_resume_remove_and_undo_work_by_button(house: House) -> None:
    for words in ("tokamak", "stellarator"):
        await house.follow(words)
    one = (await house.choose(await listed(house), "tokamak"))["message"]
    assert "You follow **tokamak**" in text_of(one)
    paused = (await house.press(one, "Pause"))["message"]
    assert "paused" in text_of(paused)
    assert await standing(house) == [("tokamak", 1), ("stellarator", 0)]
    resumed = (await house.press(paused, "Resume"))["message"]
    assert await standing(house) == [("tokamak", 0), ("stellarator", 0)]
    gone = (await house.press(resumed, "Remove"))["message"]
    assert "You no longer follow **tokamak**" in text_of(gone)
    assert await standing(house) == [("stellarator", 0)]
    back = (await house.press(gone, "Undo"))["message"]
    assert "You follow **tokamak**" in text_of(back)
    assert await standing(house) == [("tokamak", 0), ("stellarator", 0)]
    assert await arrive(house, "A tokamak", "A stellarator") == ["2511.00002", "2511.00001"]


@pytest.mark.parametrize("button", ["Pause", "Remove"])
async def test_what_is_paused_or_removed_brings_nothing_from_then_on(house: House, button: str) -> None:
    for words in ("tokamak", "stellarator"):
        await house.follow(words)
    one = (await house.choose(await listed(house), "tokamak"))["message"]
    await house.press(one, button)
    assert await arrive(house, "A tokamak", "A stellarator") == ["2511.00002"]


async def test_what_already_waits_is_not_sent_after_its_subscription_was_removed(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    assert await house.rows("SELECT state FROM alerts") == [("pending",)]
    await house.press((await house.choose(await listed(house), "tokamak"))["message"], "Remove")
    await house.move_to(london(THURSDAY, 8))
    await house.round()
    await house.dms_of(None, 1)
    assert await house.rows("SELECT state, state_reason FROM alerts") == [
        ("held", "the subscription was removed or paused")
    ]


async def test_the_cadence_changes_by_button_for_what_comes_next(house: House) -> None:
    await house.follow("tokamak")
    one = (await house.choose(await listed(house), "tokamak"))["message"]
    assert "at once" in text_of((await house.press(one, "At once"))["message"])
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.move_to(london(THURSDAY, 6))
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]


async def test_all_dms_pause_for_a_week_and_what_matched_meanwhile_waits(house: House) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    paused = (await house.press(welcome, "Pause"))["message"]
    assert "paused until" in text_of(paused)
    await arrive(house, "A tokamak")
    await house.dms_of(None, 1)
    assert "paused until" in text_of(await listed(house))
    resumed = (await house.press(await listed(house), "Resume all"))["message"]
    assert "DMs go on" in text_of(resumed)
    await house.move_to(london(FRIDAY, 8))
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]


async def test_a_pause_of_a_week_ends_by_itself(house: House) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    await house.press(welcome, "Pause")
    await arrive(house, "A tokamak")
    await house.move_to(START + timedelta(days=8))
    await house.round()
    assert papers_of((await house.dms_of(None, 2))[-1]) == ["2511.00001"]
    assert "Next digest" in text_of(await listed(house))


async def test_stop_all_asks_first_and_can_be_undone_whole(house: House) -> None:
    for words in ("tokamak", "stellarator", "plasma"):
        await house.follow(words)
    (welcome,) = await house.dms_of(None, 1)
    asked = (await house.press((await house.press(welcome, "Manage"))["message"], "Stop all"))["message"]
    assert "Remove all 3 subscriptions?" in text_of(asked)
    assert len(await standing(house)) == 3
    gone = (await house.press(asked, "Remove all"))["message"]
    assert "3 subscriptions removed" in text_of(gone)
    assert await standing(house) == []
    back = (await house.press(gone, "Undo"))["message"]
    assert "You follow 3 subscriptions" in text_of(back)
    assert len(await standing(house)) == 3
    assert len(await arrive(house, "A tokamak", "A stellarator", "Plasma")) == 3


async def test_undoing_a_stop_brings_back_only_what_it_removed(house: House) -> None:
    for words in ("tokamak", "stellarator", "plasma"):
        await house.follow(words)
    await house.press((await house.choose(await listed(house), "stellarator"))["message"], "Remove")
    await house.move_to(house.now() + timedelta(minutes=1))
    managed = (await house.press((await house.dms())[0], "Manage"))["message"]
    asked = (await house.press(managed, "Stop all"))["message"]
    gone = (await house.press(asked, "Remove all"))["message"]
    await house.press(gone, "Undo")
    assert [query for query, _ in await standing(house)] == ["tokamak", "plasma"]


async def test_buttons_of_old_messages_work_after_a_restart(house: House) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    shown = await listed(house)
    await house.restart()
    assert "You follow 1 subscription" in text_of(
        (await house.press((await house.press(welcome, "Manage"))["message"], "My subscriptions"))["message"]
    )
    one = (await house.choose(shown, "tokamak"))["message"]
    await house.restart()
    gone = (await house.press(one, "Remove"))["message"]
    await house.restart()
    assert "You follow **tokamak**" in text_of((await house.press(gone, "Undo"))["message"])


async def test_another_persons_button_touches_nothing_of_mine(house: House) -> None:
    await house.follow("tokamak")
    await house.follow("stellarator", house.yuki)
    (mine,) = await house.rows("SELECT id FROM subscriptions WHERE query = 'tokamak'")
    theirs = await house.choose((await house.run("subscriptions", house.yuki))["message"], "stellarator", house.yuki)
    # A forged control: Yuki's interaction with the id of Nadia's subscription.
    forged = theirs["message"] | {}
    message = house.play.world.any_message(forged["channel_id"], forged["id"])
    for row in message["components"]:
        for control in row["components"]:
            if control.get("label") == "Remove":
                control["custom_id"] = f"pb1:sub-remove:{mine[0]}"
    house.play.messages.update(message)
    answer = await house.press(message, "Remove", house.yuki)
    assert "That subscription is not yours" in shown_text(answer)
    assert ("tokamak", 0) in await standing(house)


async def test_unsubscribe_suggests_ones_own_and_takes_the_words_too(house: House) -> None:
    for words in ("tokamak", "stellarator", '"plasma wave" -review'):
        await house.follow(words)
    await house.follow("tokamak", house.yuki)
    assert await house.suggest("unsubscribe", "subscription", "") == [
        "tokamak", "stellarator", '"plasma wave" -review',
    ]  # fmt: skip
    assert await house.suggest("unsubscribe", "subscription", "STELLA") == ["stellarator"]
    done = await house.run("unsubscribe", subscription="Tokamak")
    assert "You no longer follow **tokamak**" in text_of(done["message"])
    assert "Undo" in labels(done["message"])
    unknown = await house.run("unsubscribe", subscription="nothing of mine")
    assert "`/subscriptions` shows what you follow" in text_of(unknown["message"])
    assert [query for query, _ in await standing(house)] == ["stellarator", '"plasma wave" -review', "tokamak"]


async def test_an_unknown_city_is_asked_once_more_and_the_subscription_stands_meanwhile(house: House) -> None:
    asked = await house.run("subscribe keyword", words="tokamak", city="Atlantis upon Sea", hour=21)
    assert "I do not know the city “Atlantis upon Sea”, so I ask once more when you follow it." in text_of(
        asked["message"]
    )
    done = await house.press(asked["message"], "Follow")
    assert "I take 21:00 UTC until I know where you live." in text_of(done["message"])
    assert await standing(house) == [("tokamak", 0)]
    chosen = await house.choose(done["message"], "Berlin (Europe/Berlin)")
    assert "21:00 (Europe/Berlin)" in text_of(chosen["message"])
    assert await house.rows("SELECT timezone, digest_minute FROM users") == [("Europe/Berlin", 21 * 60)]


async def test_the_time_changes_by_form_and_no_local_date_has_two_digests(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await arrive(house, "A tokamak")
    asked = await house.press((await house.run("settings"))["message"], "City and hour")
    done = await house.submit(asked, city="New York", hour="9", day="4")
    assert "9:00 (America/New_York)" in text_of(done["message"])
    papers = [sample("2511.00099", "A second tokamak")]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, papers))
    await house.move_to(london(THURSDAY, 15))  # 10:00 in New York, still that Thursday
    await house.visit_feed()
    await house.round()
    dates = await house.rows("SELECT local_date FROM messages WHERE kind = 'digest'")
    assert dates == [("2031-11-20",)]
    await house.move_to(london(FRIDAY, 15))
    await house.round()
    assert papers_of((await house.dms())[-1]) == ["2511.00099"]
    assert await house.rows("SELECT weekly_day FROM users") == [(4,)]


async def test_whoever_a_search_names_is_forecast_with_one_press_and_followed_with_another(house: House) -> None:
    await house.follow("tokamak")
    await arrive(house, "A tokamak")
    found = await house.run("search", text="Ada Example")
    assert "by **Ada Example**" in shown_text(found)
    forecast = await house.press(found["message"], "Follow Ada Example")
    assert "Follow papers by **Ada Example**? Nothing is saved yet." in shown_text(forecast)
    done = await house.press(forecast["message"], "Follow")
    assert "You now follow papers by **Ada Example**" in shown_text(done)
    assert ("author", "Ada Example") in await house.rows("SELECT kind, query FROM subscriptions")
