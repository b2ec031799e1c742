"""Plain-text mode for screen readers: offered at once, kept, and without a mark wherever it holds."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Alike, Found, Paper
from bot.show import lists
from bot.show.cards import EMBED_DESCRIPTION, Card
from tests.house import THURSDAY, House, labels, page, sample, text_of
from tests.properties import tries
from tests.test_cards import NASTY, paper, texts

TODAY = date(2026, 11, 21)
MARKS = ("**", "-# ", " · ", "★", "](", "\u200b")


def found(*papers: Paper, total: int = 0, **more: Any) -> Found:
    return Found(papers=papers, total=total or len(papers), matching=total or len(papers), **more)


def listed(of: Found, at: int = 0, words: str = "diffusion robot") -> Card:
    return lists.found_list(words, 7, of, TODAY, at, literal=False, share=True, plain_text=True)


def test_a_search_is_read_as_sentences() -> None:
    made = paper("Diffusion for robots", "It is dark. We present a lamp.", ["Ada E_x", "Bo Two", "Cy Three", "Di Four"])
    card = listed(found(made, total=31, elsewhere=frozenset({1}), alike={1: Alike(41, ("lamp", "robot"))}), 1)
    assert card.embeds[0].description == (
        "31 papers for diffusion robot. Page 2 of 4.\n\n"
        "11 of 31: Diffusion for robots.\n"
        "By Ada E\\_x, Bo Two, Cy Three and 1 other. cs.LG. Nov 21.\n"
        "We present a lamp.\n"
        "41% alike: lamp, robot.\n"
        "<https://arxiv.org/abs/2611.00001>"
    )
    assert [b.label for b in card.rows[1]] == ["Previous page", "Next page", "Follow papers like it", "Share here"]  # type: ignore[union-attr]


@tries(60)
@given(
    title=st.text(max_size=300) | st.sampled_from(NASTY),
    abstract=st.text(max_size=600) | st.sampled_from(NASTY),
    names=st.lists(st.text(max_size=60) | st.sampled_from(NASTY), max_size=6),
)
def test_no_text_whatever_makes_it_too_long_or_puts_a_mark_into_it(title: str, abstract: str, names: list[str]) -> None:
    card = listed(found(*(paper(title, abstract, names, id=n) for n in range(1, 11))))
    (description,) = texts(card)
    assert len(description) <= EMBED_DESCRIPTION
    assert all(f"\n{n} of 10: " in description for n in range(1, 11))
    assert not re.search(r"\*\*|(?<!\\)\]\(|\u200b", description)


@pytest.fixture
async def reader(house: House) -> House:
    """Nadia took plain text where it was offered."""
    done = await house.follow("tokamak")
    assert "You use a screen reader?" in text_of(done["message"])
    said = await house.press(done["message"], "Plain text")
    assert "**Done.** Plain text is on" in text_of(said["message"])
    assert said["message"]["id"] != done["message"]["id"]
    await house.dms_of(None, 1)
    return house


async def test_it_is_offered_once_and_holds_for_digests_today_and_searches(reader: House) -> None:
    again = await reader.follow("stellarator")
    assert "Plain text" not in labels(again["message"])
    papers = [sample(f"2511.{n:05}", f"A tokamak, number {n}") for n in range(1, 13)]
    reader.upstream.put("/rss/cs.CV", page(THURSDAY, papers))
    await reader.morning(THURSDAY)
    digest = (await reader.dms_of(None, 2))[-1]
    await reader.press(digest, "Show 9 more")
    shown = [digest, (await reader.dms())[-1]]
    shown += [(await reader.run(*command))["message"] for command in (["today"],)]
    found_ = (await reader.run("search", text="tokamak"))["message"]
    shown += [found_, (await reader.press(found_, "Next page"))["message"]]
    for message in shown:
        assert not any(mark in text_of(message) for mark in MARKS), text_of(message)
        assert "A tokamak, number" in text_of(message)
        assert "<https://arxiv.org/abs/" in text_of(message)
    assert "Page 2 of 2." in text_of(shown[-1])
    assert "**" in text_of((await reader.run("search", reader.yuki, text="tokamak"))["message"])


async def test_what_is_shared_is_one_for_all(reader: House) -> None:
    reader.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await reader.morning(THURSDAY)
    shown = (await reader.run("search", text="tokamak"))["message"]
    shared = await reader.press(shown, "Share here")
    assert "**1.** [" in text_of(shared["followups"][-1])
