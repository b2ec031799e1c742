"""Subscriptions that mean the same are one: at `/subscribe`, at *Undo*, and what was kept before that was so."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.following import same
from bot.following.same import merge_same
from bot.models import OwnerKind, Recipient, SubscriptionKind
from bot.query.meaning import sameness
from bot.store import subscriptions
from bot.store.database import open_database
from tests.conftest import HandClock
from tests.house import House, page, papers_of, sample, shown_text, text_of
from tests.ready import made_before

THURSDAY = date(2031, 11, 20)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (SubscriptionKind.KEYWORD, ["diffusion", "Diffusion", "diffusions", "DIFFUSION"]),
        (SubscriptionKind.KEYWORD, ["behaviour", "behaviors"]),
        (SubscriptionKind.KEYWORD, ["matrix", "matrices", "Matrices"]),
        (SubscriptionKind.KEYWORD, ["diffusion policy", "policies diffusion", "policy AND diffusions", "policy policy diffusion"]),
        (SubscriptionKind.KEYWORD, ['llm -survey "world model"', '"World Model" -surveys LLMs']),
        (SubscriptionKind.KEYWORD, ["fine-tuning", "Fine‐Tuning", "fine-tunings"]),
        (SubscriptionKind.TRENDING, ["agents", "Agent"]),
        (SubscriptionKind.AUTHOR, ["Julia Kempe", "julia  kempe", "Kempe, Julia"]),
        (SubscriptionKind.CATEGORY, ["cs.LG", "cs.lg"]),
    ],
)  # fmt: skip
def test_wordings_of_one_meaning_are_the_same(kind: SubscriptionKind, texts: list[str]) -> None:
    assert len({sameness(kind, text) for text in texts}) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("reasoning", "reason"),
        ("AIDS", "aid"),
        ("a b", '"a b"'),
        ('"models"', '"model"'),
        ("a -b", "a b"),
        ("IT", "it"),
    ],
)
def test_other_meanings_are_not(first: str, second: str) -> None:
    assert sameness(SubscriptionKind.KEYWORD, first) != sameness(SubscriptionKind.KEYWORD, second)
    assert sameness(SubscriptionKind.KEYWORD, first) != sameness(SubscriptionKind.TRENDING, first)


@pytest.mark.parametrize(
    ("comma", "free"),
    [
        ("Perez, Ana Garcia", "Ana Garcia Perez"),
        ("Garcia, Jose Luis", "Jose Luis Garcia"),
        ("Nam, Pham Van", "Pham Van Nam"),
    ],
)
def test_a_name_that_is_read_in_more_ways_is_another(comma: str, free: str) -> None:
    """Were they merged, the one that stays might match less than the one that goes."""
    assert sameness(SubscriptionKind.AUTHOR, comma) != sameness(SubscriptionKind.AUTHOR, free)


async def test_who_follows_a_word_follows_its_plural_already(house: House) -> None:
    await house.follow("diffusion")
    for words in ("Diffusions", "DIFFUSION", "diffusion diffusions"):
        done = await house.follow(words)
        assert "You follow **diffusion** already" in text_of(done["message"])
    assert await house.rows("SELECT query FROM subscriptions WHERE removed_at IS NULL") == [("diffusion",)]


async def test_undo_of_a_removal_brings_back_no_second_one_that_means_the_same(house: House) -> None:
    await house.follow("behaviours")
    (number,) = await house.rows("SELECT id FROM subscriptions")
    removed = await house.run("unsubscribe", subscription=f"#{number[0]}")
    await house.follow("behavior")
    await house.press(removed["message"], "Undo")
    assert await house.rows("SELECT query FROM subscriptions WHERE removed_at IS NULL") == [("behavior",)]


async def keep(house: House, query: str, cadence: str, created: int, paused: int | None = None) -> int:
    """A subscription as a Paperboy before this one could keep it."""
    async with house.app.database.transaction() as write:
        return await write.insert(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at, paused_at)
               VALUES ('user', :owner, 'keyword', :query, :cadence, :created, :paused)""",
            {"owner": int(house.nadia), "query": query, "cadence": cadence, "created": created, "paused": paused},
        )


async def grown(house: House) -> list[int]:
    """A house in which `diffusion` was followed thrice, and which does not know that yet."""
    await house.follow("diffusion")
    ((first,),) = await house.rows("SELECT id FROM subscriptions")
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE subscriptions SET created_at = 2000")
    second = await keep(house, "Diffusions", "weekly", 1000, paused=1100)
    third = await keep(house, "DIFFUSION", "instant", 1500, paused=1600)
    await keep(house, "reasoning", "daily", 1400)
    await keep(house, "reason", "daily", 1400)
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM meta WHERE key LIKE 'same_subscriptions_%'")
    return [second, first, third]


async def test_what_was_kept_twice_is_merged_at_the_first_start_and_told_once(house: House) -> None:
    kept, *gone = await grown(house)
    await house.dms_of(None, 1)
    await house.restart()
    standing = await house.rows(
        "SELECT id, query, cadence, paused_at FROM subscriptions WHERE removed_at IS NULL ORDER BY id"
    )
    assert standing[0] == (
        kept,
        "Diffusions",
        "instant",
        None,
    )  # the oldest, at the soonest, for one of them was not paused
    assert [row[1] for row in standing] == ["Diffusions", "reasoning", "reason"]
    merged = await house.rows("SELECT id, merged_into FROM subscriptions WHERE merged_into IS NOT NULL ORDER BY id")
    assert merged == [(number, kept) for number in sorted(gone)]
    shown = text_of((await house.run("subscriptions"))["message"])
    assert "You follow 3 subscriptions" in shown
    assert (
        "2 subscriptions meant the same as another one of yours, which stays for both: **diffusion**, **DIFFUSION**."
        in shown
    )
    assert "meant the same" not in text_of((await house.run("subscriptions"))["message"])
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2611.00001", "On diffusion")]))
    await house.visit_feed()
    await house.round()
    alert = (await house.dms_of(None, 2))[1]
    assert papers_of(alert) == ["2611.00001"]
    assert text_of(alert).count("matched **") == 1


async def test_what_waits_and_what_was_sent_goes_to_the_one_that_stays(house: House) -> None:
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    await keep(house, "diffusions", "daily", 1000)
    other = await keep(house, "tensors", "weekly", 1000)
    await keep(house, "tensor", "daily", 1100)
    await house.restart()  # the key stands: nothing is merged
    assert await house.rows("SELECT count(*) FROM subscriptions WHERE merged_into IS NOT NULL") == [(0,)]
    house.upstream.put(
        "/rss/cs.CV", page(THURSDAY, [sample("2611.00001", "On diffusion"), sample("2611.00002", "A tensor")])
    )
    await house.visit_feed()
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM meta WHERE key LIKE 'same_subscriptions_%'")
        await write.execute(
            """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
               SELECT 'user', :owner, max(id), 'daily', 'not JSON', 0 FROM papers WHERE id NOT IN (SELECT paper_id FROM alerts)""",
            {"owner": int(house.nadia)},
        )
    await house.restart()
    ((kept,),) = await house.rows("SELECT id FROM subscriptions WHERE query = 'diffusions'")
    reasons = await house.rows(
        "SELECT reasons FROM alerts WHERE json_valid(reasons) UNION ALL SELECT reasons FROM message_papers WHERE reasons <> '[]'"
    )
    behind = [[reason[0] for reason in json.loads(text)] for (text,) in reasons]
    assert {number for numbers in behind for number in numbers} == {kept, other}
    assert all(len(numbers) == len(set(numbers)) for numbers in behind)
    waiting = await house.rows("SELECT cadence FROM alerts WHERE state = 'pending' AND reasons LIKE '%tensor%'")
    assert waiting == [("daily",)]
    await house.morning(THURSDAY)
    (digest,) = (await house.dms_of(None, 2))[1:]
    assert {"2611.00001", "2611.00002"} <= set(papers_of(digest))


async def test_a_control_of_one_that_went_acts_on_the_one_that_stays(house: House) -> None:
    await house.follow("diffusion")
    listed = (await house.run("subscriptions"))["message"]
    again = (await house.run("subscriptions"))["message"]
    chosen = (await house.choose(again, "diffusion"))["message"]
    await keep(house, "Diffusions", "daily", 1000)
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM meta WHERE key LIKE 'same_subscriptions_%'")
    await house.restart()
    assert "Diffusions" in shown_text(await house.choose(listed, "diffusion"))
    paused = await house.press(chosen, "Pause")
    assert "Diffusions" in shown_text(paused)
    assert await house.rows("SELECT query, paused_at IS NULL FROM subscriptions WHERE removed_at IS NULL") == [
        ("Diffusions", 0)
    ]


async def test_the_step_runs_once_and_again_when_what_is_the_same_changes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, *gone = await grown(house)
    clock = HandClock()
    assert await merge_same(house.app.database, clock) == 2
    assert await merge_same(house.app.database, clock) == 0
    older = await keep(house, "diffusions", "weekly", 10)
    assert await merge_same(house.app.database, clock) == 0
    monkeypatch.setattr(same, "_DONE", "same_subscriptions_next")
    assert await merge_same(house.app.database, clock) == 1
    assert await house.rows("SELECT DISTINCT merged_into FROM subscriptions WHERE merged_into IS NOT NULL") == [
        (older,)
    ]
    async with house.app.database.reading() as read:
        assert {await subscriptions.kept_id(read, number) for number in (kept, *gone, older)} == {older}


async def test_all_paused_stays_paused_and_nobody_elses_is_touched(house: House) -> None:
    await keep(house, "tensor", "weekly", 10, paused=20)
    await keep(house, "tensors", "daily", 30, paused=40)
    async with house.app.database.transaction() as write:
        await write.execute(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
               VALUES ('user', 5, 'keyword', 'Tensors', 'daily', 1), ('user', 5, 'trending', 'tensor', 'daily', 1),
                      ('user', 5, 'keyword', '-unreadable', 'daily', 1), ('user', 5, 'keyword', '-not', 'daily', 1)"""
        )
        await write.execute("DELETE FROM meta WHERE key LIKE 'same_subscriptions_%'")
    assert await merge_same(house.app.database, HandClock()) == 1
    rows = await house.rows(
        "SELECT query, cadence, paused_at FROM subscriptions WHERE merged_into IS NULL ORDER BY created_at DESC"
    )
    assert rows[0] == ("tensor", "daily", 20)
    assert len(rows) == 5


async def test_a_database_made_before_is_merged_when_it_is_opened(tmp_path: Path, clock: HandClock) -> None:
    file = made_before("0014", tmp_path)
    rows: list[tuple[Any, ...]] = [
        (n, 7, "keyword", query, cadence, 100 - n)
        for n, (query, cadence) in enumerate(
            [("Optimisation", "daily"), ("optimizations", "weekly"), ("optimizers", "daily")], 1
        )
    ]
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            "INSERT INTO subscriptions (id, owner_kind, owner_id, kind, query, cadence, created_at) VALUES (?, 'user', ?, ?, ?, ?, ?)",
            rows,
        )
    async with open_database(file) as database:
        assert await merge_same(database, clock) == 1
        async with database.reading() as read:
            own = await subscriptions.load_for(read, Recipient(OwnerKind.USER, 7))
    assert [(s.query, s.cadence) for s in own] == [("optimizations", "daily"), ("optimizers", "daily")]
