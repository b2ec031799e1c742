"""A subscription gets other words: what it brought and would bring stand side by side, and what was brought stays brought."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from bot.errors import NotFoundError
from bot.models import OwnerKind, Recipient
from tests.house import FRIDAY, THURSDAY, House, labels, london, page, papers_of, sample, shown_text, text_of

DIFFUSION = (
    sample("2511.00001", "A diffusion policy", "For robots."),
    sample("2511.00002", "Diffusion of heat", "In metals."),
    sample("2511.00003", "A policy of peace", "Nothing spreads."),
)


async def announce(house: House, *given: Any, day: date = THURSDAY) -> None:
    house.upstream.put("/rss/cs.CV", page(day, given))
    await house.move_to(london(day, 6, 30))
    await house.round()


async def open_form(house: House, name: str) -> Any:
    """The form for other words of a subscription."""
    shown = await house.run("subscriptions")
    one = await house.choose(shown["message"], name)
    return await house.press(one["message"], "Change")


async def standing(house: House) -> list[Any]:
    return await house.rows("SELECT id, kind, query, cadence FROM subscriptions WHERE removed_at IS NULL ORDER BY id")


async def test_the_new_words_stand_beside_the_old_and_one_press_takes_them(house: House) -> None:
    await announce(house, *DIFFUSION)
    await house.subscribe("keyword", words="diffusion", how_often="once a week")
    (before,) = await standing(house)
    form = await open_form(house, "diffusion")
    shown = await house.submit(form, words="diffusion policy")
    told = shown_text(shown)
    assert "Change **diffusion** to **diffusion policy**? Nothing is changed yet." in told
    assert "As it is: 5 of 7 papers in the last 7 days, about 5 a week." in told
    assert "Then: In the last 7 days it would have matched **1 of 7 papers**" in told
    assert "A **diffusion policy**" in told
    assert await standing(house) == [before]
    changed = await house.press(shown["message"], "Change it")
    assert "You follow **diffusion policy**. New papers come once a week." in shown_text(changed)
    assert await standing(house) == [(before[0], "keyword", "diffusion policy", "weekly")]


async def test_what_was_brought_is_not_brought_again_and_what_is_new_is(house: House) -> None:
    await house.follow("diffusion")
    await announce(house, *DIFFUSION)
    await house.morning(THURSDAY)
    first = [paper for message in await house.dms() for paper in papers_of(message)]
    shown = await house.submit(await open_form(house, "diffusion"), words="policy OR diffusion")
    await house.press(shown["message"], "Change it")
    await announce(house, *DIFFUSION, sample("2511.00011", "A new policy"), day=FRIDAY)
    await house.morning(FRIDAY)
    every = [paper for message in await house.dms() for paper in papers_of(message)]
    assert len(every) == len(set(every))
    assert set(every) - set(first) == {"2511.00011"}


async def test_what_waits_follows_the_new_words(house: House) -> None:
    await house.follow("diffusion")
    await announce(house, *DIFFUSION)
    shown = await house.submit(await open_form(house, "diffusion"), words="diffusion policy")
    await house.press(shown["message"], "Change it")
    await house.morning(THURSDAY)
    (told,) = [text_of(m) for m in await house.dms() if "A diffusion policy" in text_of(m)]
    assert "Diffusion of heat" not in told
    assert re.search(r"-# .*policy", told)
    held = await house.rows("SELECT state_reason FROM alerts WHERE state = 'held'")
    assert held == [("you follow other words now",)]
    why = shown_text(await house.run("why", paper="2511.00002"))
    assert "you follow other words now" in why


async def test_what_fell_out_comes_again_when_the_old_words_do(house: House) -> None:
    await house.follow("diffusion")
    await announce(house, *DIFFUSION)
    for before, after in (("diffusion", "tokamak"), ("tokamak", "diffusion")):
        shown = await house.submit(await open_form(house, before), words=after)
        await house.press(shown["message"], "Change it")
    await house.morning(THURSDAY)
    told = [text_of(m) for m in await house.dms()]
    assert sum("Diffusion of heat" in text for text in told) == 1
    assert sum("A diffusion policy" in text for text in told) == 1


async def test_the_same_meaning_in_other_words_is_no_new_beginning(house: House) -> None:
    await house.follow("diffusion")
    before = await house.rows("SELECT created_at FROM subscriptions")
    ((number, *_),) = await standing(house)
    await house.app.services.subscriptions.reword(Recipient(OwnerKind.USER, int(house.nadia)), number, "Diffusions")
    assert await house.rows("SELECT created_at FROM subscriptions") == before
    assert [row[2] for row in await standing(house)] == ["Diffusions"]


async def test_the_audit_finds_no_gap_in_it(house: House) -> None:
    await house.follow("diffusion")
    await announce(house, *DIFFUSION)
    await house.morning(THURSDAY)
    shown = await house.submit(await open_form(house, "diffusion"), words="policy")
    await house.press(shown["message"], "Change it")
    assert (await house.app.repairer.repair()).late == 0


async def test_a_name_a_category_and_the_daily_papers_are_changed_as_well(house: House) -> None:
    await house.subscribe("author", name="Ada Example")
    await house.subscribe("category", category="cs.CV")
    await house.subscribe("trending")
    for name, words in (("Ada Example", "Ben Sample"), ("cs.CV", "cs.RO"), ("Daily Papers", "diffusion")):
        shown = await house.submit(await open_form(house, name), words=words)
        await house.press(shown["message"], "Change it")
    assert [(kind, query) for _, kind, query, _ in await standing(house)] == [
        ("author", "Ben Sample"),
        ("category", "cs.RO"),
        ("trending", "diffusion"),
    ]


async def test_what_cannot_be_read_changes_nothing_and_says_why(house: House) -> None:
    await house.follow("diffusion")
    before = await standing(house)
    told = shown_text(await house.submit(await open_form(house, "diffusion"), words="catt:cs.RO"))
    assert "There is no field “catt:”" in told
    nonsense = shown_text(await house.submit(await open_form(house, "diffusion"), words="-survey"))
    assert "The query only excludes." in nonsense
    assert await standing(house) == before


async def test_another_one_that_means_the_same_is_named(house: House) -> None:
    await house.follow("diffusion")
    await house.follow("tokamak")
    before = await standing(house)
    shown = await house.submit(await open_form(house, "tokamak"), words="diffusions")
    assert "You follow **diffusion** already, which means the same. Nothing is changed." in shown_text(shown)
    assert labels(shown["message"]) == []
    assert await standing(house) == before


async def test_it_is_kept_as_it_is_when_nobody_presses(house: House) -> None:
    await house.follow("diffusion")
    shown = await house.submit(await open_form(house, "diffusion"), words="tokamak")
    back = await house.press(shown["message"], "Keep it as it is")
    assert "You follow 1 subscription" in shown_text(back)
    assert [row[2] for row in await standing(house)] == ["diffusion"]


async def test_nobody_changes_what_somebody_else_follows(house: House) -> None:
    await house.follow("diffusion")
    ((number, *_),) = await standing(house)
    with pytest.raises(NotFoundError, match="not yours"):
        await house.app.services.subscriptions.reword(Recipient(OwnerKind.USER, int(house.samir)), number, "tokamak")
    assert [row[2] for row in await standing(house)] == ["diffusion"]


async def test_a_paused_one_stays_paused(house: House) -> None:
    await house.follow("diffusion")
    shown = await house.run("subscriptions")
    one = await house.choose(shown["message"], "diffusion")
    await house.press(one["message"], "Pause")
    form = await open_form(house, "diffusion")
    changed = await house.press((await house.submit(form, words="diffusion policy"))["message"], "Change it")
    assert "It is paused." in shown_text(changed)
    before = await house.rows("SELECT paper_id FROM alerts")
    await announce(house, *DIFFUSION)
    assert await house.rows("SELECT paper_id FROM alerts") == before
