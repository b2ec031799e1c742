"""A digest on the page of the local Discord, in a real Chromium: three papers fit one screen, at a desk and on a phone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.chat import drawing
from bot.delivery.digest import arranged
from bot.models import (
    Author,
    Community,
    Content,
    Hit,
    Item,
    MessageKind,
    Organization,
    Paper,
    PaperId,
    Reason,
    SubscriptionKind,
)
from bot.show.cards import Card
from bot.show.rendering import card_of, in_parts
from tests.browser import CHROMIUM, chromium, watched_page
from tests.patience import PATIENCE
from tests.playground.live import Discord
from tests.processes import python

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: this is measured in a real browser")

DAY: Final = date(2026, 2, 12)
#: Titles, authors, organisations and abstracts as long as real ones of 12 February 2026.
PAPERS: Final = (
    (
        "Likelihood-Based Reward Designs for General LLM Reasoning",
        ("Ariel Kwiatkowski", "Natasha Butt", "Ismail Labiad", "Julia Kempe", "Yann Ollivier"),
        "",
        (
            "Fine-tuning large language models on reasoning benchmarks via reinforcement learning requires a specific reward function. "
            "In this work, we systematically investigate rewards derived from the probability of emitting the reference answer, "
            "and find that log-probability rewards perform well in all setups."
        ),
    ),
    (
        "DreamDojo: A Generalist Robot World Model from Large-Scale Human Videos",
        tuple(f"Author {n}" for n in range(30)),
        "NVIDIA",
        (
            "Being able to simulate the outcomes of actions in varied environments will revolutionize the development of agents. "
            "As an endeavor towards this end, we introduce DreamDojo, a foundation world model that learns diverse interactions and "
            "dexterous controls from 44k hours of egocentric human videos."
        ),
    ),
    (
        "RISE: Self-Improving Robot Policy with Compositional World Model for Contact-Rich Manipulation",
        tuple(f"Writer {n}" for n in range(11)),
        "The Chinese University of Hong Kong",
        (
            "Despite the sustained scaling on model capacity and data acquisition, policies remain brittle. We present RISE, a "
            "scalable framework of robotic reinforcement learning via imagination, in which a compositional world model predicts "
            "futures and evaluates them."
        ),
    ),
)
KEMPE: Final = Reason(1, SubscriptionKind.AUTHOR, "Julia Kempe", (Hit("Julia Kempe", "author", "Julia Kempe"),))
ROBOT: Final = Reason(
    2, SubscriptionKind.KEYWORD, "robot", (Hit("robot", "title", "Robot"), Hit("robot", "abstract", "robot"))
)
VISION: Final = Reason(3, SubscriptionKind.CATEGORY, "cs.CV", (Hit("cs.CV", "category", "cs.CV"),))


def _item(number: int) -> Item:
    title, names, organization, abstract = PAPERS[number % 3]
    return Item(
        Paper(
            id=number + 1,
            ids=(PaperId("arxiv", f"2602.{number + 1:05}"),),
            title=title,
            abstract=abstract,
            authors=tuple(map(Author, names)),
            categories=("cs.CL",) if number % 3 == 0 else ("cs.RO", "cs.CV"),
            first_seen=datetime(2026, 2, 12, tzinfo=UTC),
            published=date(2026, 2, 3) if number % 3 == 0 else date(2026, 2, 10),
            community=Community(
                upvotes=(2, 10, 57)[number % 3],
                listed_on=DAY,
                organization=Organization(organization, organization) if organization else None,
            ),
        ),
        (KEMPE,) if number % 3 == 0 else (ROBOT, VISION),
    )


def digest(count: int, **more: Any) -> Content:
    items = arranged([_item(number) for number in range(count)], 3)
    (content,) = in_parts(Content(MessageKind.DIGEST, DAY, items, first=3, **more))
    return content


@pytest.fixture(scope="module")
def discord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Discord]:
    local = Discord(tmp_path_factory.mktemp("discord"))
    try:
        local.start_server()
        yield local
    finally:
        local.stop_server()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def post(discord: Discord, card: Card) -> None:
    token = python("-m", "playground", "--state", str(discord.state_file), "--print-token").stdout.strip()
    view = drawing.view(card, "0" * 24)
    body = {
        "content": card.text,
        "embeds": [embed.to_dict() for embed in drawing.embeds(card)],
        "components": view.to_components() if view else [],
    }
    request = urllib.request.Request(
        f"{discord.url}/api/v10/channels/{discord.channel('general')}/messages",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bot {token}", "User-Agent": "DiscordBot (test, 1)"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200


def height(page: Page) -> float:
    box = page.locator("li.message .message-body").last.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize(("width", "most"), [(1280, 450), (390, 690)])
@pytest.mark.parametrize("count", [3, 12, 20])
def test_three_papers_fit_one_screen_however_many_there_are(
    discord: Discord, browser: Browser, width: int, most: int, count: int, tmp_path: Path
) -> None:
    post(discord, card_of(digest(count)))
    with watched_page(browser, discord.url, width, 844) as page:
        page.goto(discord.url)
        expect(page.locator("li.message").last).to_contain_text(f"{count} papers")
        expect(page.get_by_role("button", name="Open 3").last).to_be_visible()
        tall = height(page)
        page.screenshot(path=tmp_path / "digest.png")
        print(f"{count} papers at {width}: {tall:.0f} px")
        assert tall <= most


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("plain", [False, True])
def test_a_further_page_is_read_and_turned_by_named_buttons(
    discord: Discord, browser: Browser, width: int, plain: bool, tmp_path: Path
) -> None:
    post(discord, card_of(replace(digest(12, plain=plain), page=1)))
    with watched_page(browser, discord.url, width, 844) as page:
        page.goto(discord.url)
        last = page.locator("li.message").last
        for name in ("Open 4", "Open 9", "Previous page", "Next page", "Pause", "Manage"):
            expect(last.get_by_role("button", name=name, exact=True)).to_be_visible()
        page.screenshot(path=tmp_path / "page.png")
        print(f"a page of six at {width}{' plain' if plain else ''}: {height(page):.0f} px")
