"""A person's own paper through the whole house: its pages, what an edit leaves of them, and what stands behind a message."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.house import FRIDAY, THURSDAY, House, labels, page, papers_of, sample, shown_text, text_of

PAPERS = [sample(f"2611.{n:05}", f"Diffusion of gloves, part {n}") for n in range(1, 13)]


@pytest.fixture
async def told(house: House) -> House:
    """Nadia got a digest with twelve papers."""
    await house.follow("diffusion")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    await house.morning(THURSDAY)
    await house.dms_of(None, 2)
    return house


async def newest(house: House) -> Any:
    return (await house.dms())[-1]


async def votes(house: House, identity: str, upvotes: int) -> int:
    """A paper gets votes, an hour later; returns how many messages were edited."""
    inner = {
        "id": identity, "title": "A title", "summary": "A copy.", "authors": [{"name": "Ada Example"}],
        "publishedAt": f"{THURSDAY}T00:00:00.000Z", "submittedOnDailyAt": f"{THURSDAY}T00:00:00.000Z", "upvotes": upvotes,
    }  # fmt: skip
    house.upstream.put("/api/daily_papers", json.dumps([{"paper": inner, "numComments": 0}]), "application/json")
    await house.move_to(house.now() + timedelta(minutes=70))
    await house.app.ingest.ingest_all()
    assert house.bot.refresher is not None
    return await house.bot.refresher.refresh()


async def test_twelve_papers_are_one_message_and_every_one_of_them_was_sent(told: House) -> None:
    digest = await newest(told)
    assert digest["content"] == "**Your papers for Nov 20** · 12 papers, the best 3 first"
    assert await told.rows("SELECT state, count(*) FROM alerts GROUP BY state") == [
        ("sent", 3 + 12)
    ]  # three in the welcome
    seen = papers_of(digest)
    for button, count in (("Show 9 more", 6), ("Next page", 3)):
        turned = await told.press(await newest(told), button)
        assert turned["state"] == "answered"
        now = await newest(told)
        assert now["id"] == digest["id"]
        assert len(papers_of(now)) == count
        seen += papers_of(now)
    assert sorted(seen) == [paper.id for paper in PAPERS]
    back = await told.press(await newest(told), "Previous page")
    assert back["state"] == "answered"
    assert papers_of(await newest(told)) == seen[3:9]
    await told.morning(FRIDAY)
    assert len(await told.dms()) == 2


async def test_an_edit_keeps_the_page_that_its_reader_turned_to(told: House) -> None:
    await told.press(await newest(told), "Show 9 more")
    before = await newest(told)
    fifth = papers_of(before)[1]
    assert await votes(told, fifth, 57) == 1
    after = await newest(told)
    assert papers_of(after) == papers_of(before)
    assert "57 upvotes" in text_of(after)
    await told.restart()
    await told.press(after, "Next page")
    assert len(papers_of(await newest(told))) == 3
    assert await told.rows("SELECT changes = shown_changes FROM messages ORDER BY id DESC LIMIT 1") == [(1,)]


async def test_a_page_that_is_turned_while_an_edit_is_on_its_way_is_put_back(told: House) -> None:
    digest = await newest(told)
    first = papers_of(digest)[0]
    assert told.bot.refresher is not None
    messenger = told.bot.refresher._messenger
    send = messenger.edit

    async def slow(*arguments: Any) -> None:
        await told.press(digest, "Show 9 more")
        await send(*arguments)

    messenger.edit = slow  # type: ignore[method-assign,assignment]
    assert await votes(told, first, 57) == 1
    messenger.edit = send  # type: ignore[method-assign]
    assert len(papers_of(await newest(told))) == 3  # the edit came later than the press
    await told.move_to(told.now() + timedelta(minutes=2))
    assert await told.bot.refresher.refresh() == 1
    assert len(papers_of(await newest(told))) == 6


async def test_nobody_turns_the_page_of_somebody_else(told: House) -> None:
    digest = await newest(told)
    (channel,) = [c for c in told.play.world.guild_channels(told.guild) if c["name"] == "general"]
    await told.follow("diffusion", told.tomasz)
    stolen = next(
        c["custom_id"] for row in digest["components"] for c in row["components"] if c["label"] == "Show 9 more"
    )
    theirs = (await told.dms_of(told.tomasz, 1))[0]
    message = told.play.world.any_message(theirs["channel_id"], theirs["id"])
    message["components"][0]["components"][0]["custom_id"] = stolen
    told.play.messages.update(message)
    done = await told.press(message, message["components"][0]["components"][0]["label"], told.tomasz)
    assert "older Paperboy" in shown_text(done)
    assert channel
    assert papers_of(await newest(told)) == papers_of(digest)


async def test_open_shows_a_paper_whole_beside_the_message(told: House) -> None:
    digest = await newest(told)
    opened = await told.press(digest, "Open 2")
    assert papers_of(digest)[1] in text_of(opened["message"])
    assert opened["message"]["id"] != digest["id"]
    assert papers_of(await newest(told)) != []


async def test_manage_opens_what_brought_the_message_and_stops_it_in_one_press(told: House) -> None:
    digest = await newest(told)
    managed = (await told.press(digest, "Manage"))["message"]
    assert "**What brought this message**\n- **diffusion** · once a day" in text_of(managed)
    assert labels(managed)[0] == "Stop this one"
    gone = (await told.press(managed, "Stop this one"))["message"]
    assert "You no longer follow **diffusion**" in text_of(gone)
    assert labels(gone)[0] == "Undo"
    again = (await told.press(digest, "Manage"))["message"]
    assert "You follow nothing any more of what brought this message." in text_of(again)
    await told.press(gone, "Undo")
    assert "- **diffusion**" in text_of((await told.press(digest, "Manage"))["message"])


async def test_manage_of_a_message_that_several_brought_offers_each(house: House) -> None:
    for words in ("diffusion", "gloves", "tokamak"):
        await house.follow(words)
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS[:2]))
    await house.morning(THURSDAY)
    managed = (await house.press((await house.dms_of(None, 2))[-1], "Manage"))["message"]
    assert "tokamak" not in text_of(managed)
    one = (await house.choose(managed, "gloves"))["message"]
    assert "You follow **gloves**." in text_of(one)
    assert {"Pause", "Remove"} <= set(labels(one))
