"""Buttons of older answers: what they act upon may be gone, may be somebody else's, or may be too much by now."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.following.subscriptions import MAX_SUBSCRIPTIONS
from tests.house import THURSDAY as DAY
from tests.house import House, controls, london, sample, shown_text, text_of
from tests.house import page as feed
from tests.patience import PATIENCE


async def opened(house: House, words: str) -> Any:
    return (await house.choose((await house.run("subscriptions"))["message"], words))["message"]


@pytest.mark.parametrize("label", ["Pause", "Resume", "At once", "Once a week"])
async def test_a_button_of_a_removed_subscription_says_that_it_is_gone_and_wakes_nothing(
    house: House, label: str
) -> None:
    await house.follow("tokamak")
    card = await opened(house, "tokamak")
    if label == "Resume":
        await house.press(card, "Pause")
        card = await opened(house, "tokamak")
    await house.run("unsubscribe", subscription="tokamak")
    before = await house.rows("SELECT cadence, paused_at, removed_at FROM subscriptions")
    (control,) = [c for c in controls(card) if c.get("label") == label]
    said = await house._use(card, control, None, None)
    assert "is gone" in shown_text(said)
    assert await house.rows("SELECT cadence, paused_at, removed_at FROM subscriptions") == before
    house.upstream.put("/rss/cs.CV", feed(DAY, [sample("2611.00001", "A tokamak")]))
    await house.move_to(london(DAY, 7))
    await house.app.ingest.ingest_due()

    assert await house.rows("SELECT value FROM paper_ids WHERE value = '2611.00001'")
    assert await house.rows("SELECT * FROM alerts") == []


def fill(house: House, count: int, word: str) -> None:
    """Subscriptions as `count` commands would have left them."""
    with closing(sqlite3.connect(house.settings.database, timeout=PATIENCE)) as file, file:
        file.executemany(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
               VALUES ('user', ?, 'keyword', ?, 'daily', 1)""",
            [(int(house.nadia), f"{word}{n}") for n in range(count)],
        )


async def test_all_subscriptions_come_back_at_once_and_never_more_than_one_person_can_have(house: House) -> None:
    await house.follow("tokamak")
    await asyncio.to_thread(fill, house, MAX_SUBSCRIPTIONS - 1, "plasma")
    asked = await house.press((await house.run("subscriptions"))["message"], "Stop all")
    gone = (await house.press(asked["message"], "Remove all"))["message"]
    counted = "SELECT count(*) FROM subscriptions WHERE removed_at IS NULL"
    assert await house.rows(counted) == [(0,)]
    await asyncio.to_thread(fill, house, 1, "laser")
    refused = await house.press(gone, "Undo")
    assert f"{MAX_SUBSCRIPTIONS} subscriptions, the most one person can have" in shown_text(refused)
    assert await house.rows(counted) == [(1,)]
    await house.run("unsubscribe", subscription="laser0")
    back = await house.press(gone, "Undo")
    assert "You follow it all again." in text_of(back["message"])
    assert f"You follow {MAX_SUBSCRIPTIONS} subscriptions" in text_of(back["message"])
    assert await house.rows(counted) == [(MAX_SUBSCRIPTIONS,)]


async def test_one_removal_is_not_taken_back_over_the_limit(house: House) -> None:
    await house.follow("tokamak")
    gone = (await house.run("unsubscribe", subscription="tokamak"))["message"]
    await asyncio.to_thread(fill, house, MAX_SUBSCRIPTIONS, "plasma")
    refused = await house.press(gone, "Undo")
    assert f"{MAX_SUBSCRIPTIONS} subscriptions, the most one person can have" in shown_text(refused)
    assert await house.rows("SELECT count(*) FROM subscriptions WHERE removed_at IS NULL") == [(MAX_SUBSCRIPTIONS,)]


async def test_taking_back_says_that_earlier_papers_come_too(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    house.upstream.put(
        "/rss/cs.CV", feed(DAY, [sample("2611.00001", "A tokamak"), sample("2611.00002", "Two tokamaks")])
    )
    await house.move_to(london(DAY, 7))
    await house.app.ingest.ingest_due()

    gone = (await house.run("unsubscribe", subscription="tokamak"))["message"]
    back = (await house.press(gone, "Undo"))["message"]
    assert "2 papers that matched before come too." in text_of(back)
    gone = (await house.run("unsubscribe", subscription="tokamak"))["message"]
    await house.press(gone, "Undo")
    again = await house.press((await house.press(await opened(house, "tokamak"), "Pause"))["message"], "Resume")
    assert "matched before" in text_of(again["message"])


async def test_nobody_reads_others_searches_by_trying_numbers(house: House) -> None:
    for words in ("somebody's secret illness", "another secret illness"):
        await house.run("search", house.samir, text=words)
    shown = [n for (n,) in await house.rows("SELECT id FROM searches ORDER BY id")]
    assert len(shown) == 2
    assert min(shown) > 100_000  # drawn out of 10**17: 1 in 10**12 for a small one
    assert shown[1] - shown[0] > 100_000


async def test_what_was_said_in_the_command_holds_for_what_is_followed(house: House) -> None:
    saved = await house.subscribe("keyword", words="tokamak", how_often="once a week", hour=17)
    assert "every week" in text_of(saved["message"])
    assert "I take 17:00 UTC until I know where you live." in text_of(saved["message"])
    chosen = await house.choose(saved["message"], "Berlin (Europe/Berlin)")
    assert "17:00 (Europe/Berlin)" in text_of(chosen["message"])
    assert await house.rows("SELECT digest_minute, timezone FROM users") == [(17 * 60, "Europe/Berlin")]
    assert await house.rows("SELECT cadence FROM subscriptions") == [("weekly",)]
