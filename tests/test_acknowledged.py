"""Whoever presses or types is acknowledged at once, whatever holds the database: Discord gives three seconds."""

from __future__ import annotations

import contextlib

import pytest

from bot.store.database import READERS
from playground.discord.interactions import COMMAND
from tests.house import House, shown_text, text_of, until
from tests.test_authority import DM_OWNER, OWNER, Ground
from tests.test_authority import ground as ground  # a fixture
from tests.walking import Hand, controls_of, meant, slash_commands, typed

OLD = "That button is from an older Paperboy"
STOPPED = {"stopped_at": 5, "stop_reason": "I lost it.", "stop_cause": "forbidden", "stop_settled": 1, "notices": 0}


async def test_everybody_is_acknowledged_while_somebody_writes(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot's only writing connection has a transaction open on the file until every answer was begun."""
    house = ground.house
    hand = Hand(house, *ground.places[OWNER])
    walked = []
    for command in slash_commands(house.bot):
        walked.append((f"/{command.qualified_name}", COMMAND, typed(command, meant(command, ground.papers))))
    walked += list(controls_of(house.bot, ground.names))
    messages = [(await house.run("help"))["message"] for _ in walked]
    await ground.restore(**STOPPED)  # of which whatever is answered first has to tell, and to note that it told
    begun = []
    async with house.app.database.transaction():
        for (name, kind, data), message in zip(walked, messages, strict=True):
            begun.append((name, hand.begin(kind, data, message)))
            await acknowledged(hand, *begun[-1])
    await answered(hand, begun)
    assert "unexpected error" not in caplog.text


#: A form is the first answer or none, and what it asks depends on what is known.
FORMS = {"/settings", "time", "follow-list"}


async def test_everybody_is_acknowledged_while_others_read_for_long(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    house = ground.house
    hand = Hand(house, *ground.places[DM_OWNER])
    walked = [
        (f"/{command.qualified_name}", COMMAND, typed(command, meant(command, ground.papers)))
        for command in slash_commands(house.bot)
        if not (command.parent or command).guild_only
    ]
    walked += list(controls_of(house.bot, ground.names))
    messages = [(await house.run("help", where=hand.where))["message"] for _ in walked]
    begun = []
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(READERS):
            await stack.enter_async_context(house.app.database.reading())
        for (name, kind, data), message in zip(walked, messages, strict=True):
            begun.append((name, hand.begin(kind, data, message)))
            if name not in FORMS:
                await acknowledged(hand, *begun[-1])
    await answered(hand, begun)
    assert "unexpected error" not in caplog.text


async def answered(hand: Hand, begun: list[tuple[str, str]]) -> None:
    for name, identity in begun:
        answer = await hand.answer(identity)
        assert answer["state"] in ("answered", "modal"), (name, answer["state"])
        assert answer["state"] == "modal" or shown_text(answer).strip(), name
        assert OLD not in shown_text(answer) or name == "follow-start", name  # which no message of ours carries


async def acknowledged(hand: Hand, name: str, identity: str) -> None:
    try:
        await until(lambda: hand.acknowledged(identity))
    except TimeoutError:
        pytest.fail(f"{name} waits for the database before it answers")


async def test_what_a_changing_control_cannot_do_is_said_beside_the_message_which_stays(house: House) -> None:
    await house.follow("tokamak")
    listed = (await house.run("subscriptions"))["message"]
    one = (await house.choose(listed, "tokamak"))["message"]
    await house.run("unsubscribe", subscription="tokamak")
    answer = await house.press(one, "Pause")
    assert "You follow **tokamak**" in text_of(answer["message"])
    (said,) = answer["followups"]
    assert "is gone" in text_of(said)
    assert said["flags"] & 64
