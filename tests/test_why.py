"""`/why`: a paper's way from its source to a person, told as it was; and why it did not come where it did not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.models import (
    Cadence,
    EventKind,
    OwnerKind,
    Recipient,
    Rest,
    Sighting,
    Silence,
    Subscription,
    SubscriptionKind,
)
from bot.query.nodes import Explanation
from bot.query.tracing import Verdict, nearest_first, silence_of
from bot.show.hits import around
from bot.show.why import source_words
from tests.house import THURSDAY, House, labels, london, page, sample, shown_text, text_of, until
from tests.test_cli import paperboy, variables

NOW = datetime(2031, 11, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ABSTRACT = (
    "Plasma is kept in a ring. We show that a tokamak with a liquid wall stays stable for longer than one without."
)


def follows(
    kind: SubscriptionKind = SubscriptionKind.KEYWORD, created: datetime = NOW - HOUR, query: str = "tokamak"
) -> Subscription:
    return Subscription(1, Recipient(OwnerKind.USER, 1), kind, query, Cadence.DAILY, created)


def seen(
    kind: EventKind = EventKind.ANNOUNCED, recorded: datetime = NOW, told: bool = True, source: str = "arxiv:cs.CV"
) -> Sighting:
    return Sighting(kind, recorded, source, recorded, told)


@pytest.mark.parametrize(
    ("subscription", "sightings", "rests", "silence"),
    [
        (follows(), [], [], Silence.QUIET),
        (follows(), [seen(told=False)], [], Silence.QUIET),
        (follows(SubscriptionKind.TRENDING), [seen()], [], Silence.QUIET),
        (follows(SubscriptionKind.TRENDING), [seen(), seen(EventKind.LISTED)], [], Silence.UNEXPLAINED),
        (follows(), [seen(EventKind.LISTED)], [], Silence.UNEXPLAINED),
        (follows(), [seen(told=False), seen(EventKind.LISTED, NOW + HOUR)], [], Silence.QUIET),
        (follows(), [seen(EventKind.CODE_RELEASED)], [], Silence.QUIET),
        (follows(created=NOW + HOUR), [seen()], [], Silence.LATER),
        (follows(created=NOW + HOUR), [seen(), seen(EventKind.CROSS_LISTED, NOW + 2 * HOUR)], [], Silence.UNEXPLAINED),
        (follows(), [seen()], [Rest(1, NOW - HOUR, NOW + HOUR)], Silence.RESTED),
        (follows(), [seen()], [Rest(1, NOW - HOUR, None)], Silence.RESTED),
        (follows(), [seen()], [Rest(1, NOW - HOUR, NOW - HOUR / 2)], Silence.UNEXPLAINED),
        (follows(), [seen()], [Rest(2, NOW - HOUR, None)], Silence.UNEXPLAINED),
        (follows(), [seen(), seen(EventKind.REVISED, NOW + HOUR, told=False)], [], Silence.CHANGED),
        (follows(), [seen(EventKind.REVISED, NOW - HOUR, told=False), seen()], [], Silence.UNEXPLAINED),
        (follows(query="upvotes>=2"), [seen()], [], Silence.CHANGED),
        (follows(query="like:2611.00001"), [seen()], [], Silence.CHANGED),
    ],
)
def test_a_silence_has_a_cause(
    subscription: Subscription, sightings: list[Sighting], rests: list[Rest], silence: Silence
) -> None:
    assert silence_of(subscription, sightings, rests) is silence


def test_what_agrees_comes_first_and_what_nearly_does_comes_next() -> None:
    said = {
        "nothing of it": Explanation(False, missing=("a", "b"), lacks=("no a", "no b")),
        "half of it": Explanation(False, ("hit",), lacks=("no b",)),  # type: ignore[arg-type]
        "all of it": Explanation(True, ("hit",)),  # type: ignore[arg-type]
        "paused": Explanation(False, note="the subscription is paused"),
    }
    found = nearest_first(Verdict(follows(), one) for one in said.values())
    assert [name for verdict in found for name, one in said.items() if one is verdict.explanation] == [
        "all of it", "half of it", "paused", "nothing of it",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wording", "shown"),
    [
        ("a tokamak", "tokamak", "a **tokamak**"),
        ("one two three tokamak four five six", "tokamak", "…three **tokamak** four…"),
        ("x*y tokamak_2", "tokamak", "x\\*y **tokamak**\\_2"),
        ("nothing of it", "tokamak", "**tokamak**"),
        ("", "", "****"),
    ],
)
def test_a_wording_is_shown_with_what_stands_around_it(text: str, wording: str, shown: str) -> None:
    assert around(text, wording, 8) == shown


def test_every_source_has_a_name_for_people() -> None:
    named = {
        "arxiv:cs.RO": "arXiv's announcements of cs.RO",
        "arxiv-oai:cs:cs:RO@2026-08-01..2026-08-31": "arXiv's catalogue",
        "huggingface": "Hugging Face",
        "arxiv-import": "an imported file",
        "biorxiv:neuroscience": "bioRxiv of neuroscience",
        "feed:https://www.example.org/rss.xml": "the feed of www.example.org",
        "arxiv-api": "a look-up",
    }
    assert {name: source_words(name) for name in named} == named


async def told(house: House, paper: str, who: str | None = None) -> str:
    return shown_text(await house.run("why", who, paper=paper))


async def announce(house: House) -> None:
    rings = [sample(f"2511.0000{n}", f"Ring number {n}") for n in range(3, 7)]
    wall = sample("2511.00001", "A liquid wall", ABSTRACT)
    crystals = sample("2511.00002", "Liquid crystals", "Nothing of a ring.")
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [wall, crystals, *rings]))


async def test_why_tells_a_papers_whole_way(house: House) -> None:
    for words in ("tokamak wall", "tokamak -plasma", "stellarator"):
        await house.follow(words)
    await house.dms_of(None, 1)
    await announce(house)
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    waiting = await told(house, "2511.00001")
    assert "- Announced Nov 20, by arXiv's announcements of cs.CV; I read it <t:" in waiting
    assert "quietly" not in waiting
    assert (
        "- ✓ **tokamak wall** – abstract: “Plasma is kept in a ring. We show that a **tokamak** with a liquid wall "
        "stays stable for longer than one…”; title: “A liquid **wall**”"
    ) in waiting
    assert "- ✗ **tokamak -plasma**: plasma is excluded, but “Plasma” is in the abstract" in waiting
    assert "- ✗ **stellarator**: stellarator is neither in the title nor in the abstract" in waiting
    assert "It waits for your next digest, <t:" in waiting

    await house.move_to(london(THURSDAY, 8))
    await house.round()
    await house.dms_of(None, 2)
    await until(lambda: house.rows("SELECT 1 FROM messages WHERE kind = 'digest' AND state = 'sent'"))
    sent = await told(house, "A liquid wall")
    (stands,) = await house.rows("SELECT channel_id, discord_id FROM messages WHERE kind = 'digest'")
    assert "in your papers of the day" in sent
    assert f"[open the message](https://discord.com/channels/@me/{stands[0]}/{stands[1]})" in sent
    assert "-# Why: matched **tokamak** in the abstract, **wall** in the title" in sent
    other = await told(house, "2511.00002")
    assert "It did not come to you, since nothing that you follow matches it." in other


async def test_why_says_why_a_match_was_not_told(house: House) -> None:
    async with house.app.database.transaction() as write:  # as of a first look
        await write.execute("UPDATE events SET eligible = 0")
    quiet = await told(house, "2512.16093")
    assert "I read it quietly" in quiet
    assert "Nothing yet, so no paper comes by itself." in quiet
    await house.follow("liquid")
    await house.follow("wall")
    await house.dms_of(None, 1)
    listed = (await house.run("subscriptions"))["message"]
    one = (await house.choose(listed, "wall"))["message"]
    one = (await house.press(one, "Pause"))["message"]
    await announce(house)
    await house.morning(THURSDAY)
    paused = await told(house, "2511.00001")
    assert "- ✗ **wall**: the subscription is paused, else it would match" in paused
    await house.press(one, "Resume")
    # Samir comes later, and reads of some at once; Yuki's words match nothing.
    await house.follow("liquid OR ring", house.samir)
    await house.dms_of(house.samir, 1)
    ways = [await told(house, f"2511.0000{n}", house.samir) for n in range(1, 7)]
    assert sum("in the first message about what you follow" in way for way in ways) == 3
    assert sum("**liquid OR ring**: it matches, but you follow it only since <t:" in way for way in ways) == 3
    await house.follow("stellarator", house.yuki)
    assert "nothing that you follow matches it" in await told(house, "2511.00001", house.yuki)


async def test_a_subscription_that_rested_and_one_that_cannot_be_read_are_said_to(house: House) -> None:
    await house.follow("wall")
    await house.follow("stellarator")
    listed = (await house.run("subscriptions"))["message"]
    one = (await house.choose(listed, "wall"))["message"]
    one = (await house.press(one, "Pause"))["message"]
    await announce(house)
    await house.morning(THURSDAY)
    await house.press(one, "Resume")
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE subscriptions SET query = '\"open' WHERE query = 'stellarator'")
    said = await told(house, "2511.00001")
    assert "- ✓ **wall**: it matches, but it was paused when the paper came" in said
    assert "No message brought it to you; why is said above." in said
    assert "it cannot be read: " in said


async def test_of_several_papers_that_could_be_meant_one_is_chosen(house: House) -> None:
    await announce(house)
    await house.morning(THURSDAY)
    asked = (await house.run("why", paper="liquid"))["message"]
    assert "Which one do you mean?" in text_of(asked)
    assert "Where it came from" in text_of((await house.choose(asked, "Liquid crystals"))["message"])
    unknown = await house.run("why", paper="2511.99999")
    assert "2511.99999" in shown_text(unknown)
    assert labels((await house.run("why", paper="2511.00002"))["message"]) == ["Your subscriptions"]
    assert await house.suggest("why", "paper", "Liquid cr") == ["Liquid crystals"]


async def test_somebody_with_three_hundred_subscriptions_reads_of_the_nearest(house: House) -> None:
    await announce(house)
    await house.morning(THURSDAY)
    async with house.app.database.transaction() as write:
        await write.execute_many(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
               VALUES ('user', :owner, 'keyword', :query, 'daily', 5)""",
            [{"owner": int(house.nadia), "query": f"{'liquid' if n < 20 else 'tokamak'} x{n}"} for n in range(299)],
        )
    said = await told(house, "2511.00002")
    assert said.count("- ✗ ") == 5
    assert "-# 294 more subscriptions of yours do not match" in said
    assert all("liquid" in line for line in said.splitlines() if line.startswith("- ✗ "))


async def test_the_owner_asks_on_the_command_line(house: House) -> None:
    await house.follow("tokamak")
    await announce(house)
    await house.morning(THURSDAY)
    database, given = house.settings.database, variables(house)
    of_all = await paperboy("why", "2511.00001", database=database, **given)
    assert of_all.code == 0
    assert "announced 2031-11-20, read 2031-11-20 07:00 UTC from arxiv:cs.CV, told" in of_all.out
    assert "alerts: 1 sent" in of_all.out
    one = await paperboy("why", "2511.00001", "--user", house.nadia, database=database, **given)
    assert "tokamak (keyword): Matches: tokamak – “tokamak” (abstract)" in one.out
    assert "digest of 2031-11-20 with 1 paper: sent" in one.out
    value = (await paperboy("why", "2511.00001", "--user", house.nadia, "--json", database=database, **given)).json
    assert value["alerts"] == {"sent": 1}
    assert [(v["query"], v["agrees"]) for v in value["verdicts"]] == [("tokamak", True)]
    assert (await paperboy("why", "2511.99999", database=database, **given)).code == 66
