"""Whoever presses or types is acknowledged at once, whatever holds the database: Discord gives three seconds."""

from __future__ import annotations

import contextlib

import pytest

from bot.store.database import READERS
from playground.discord.interactions import COMMAND
from tests.house import House, shown_text, text_of, until
from tests.test_authority import MEMBER, OWNER, Ground
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
    role = next(str(r["id"]) for r in house.play.state.all("role", house.guild) if r["name"] == "Readers")
    for command in slash_commands(house.bot):
        everything = meant(command, ground.papers, role=role, person=house.yuki)
        walked.append((f"/{command.qualified_name}", COMMAND, typed(command, everything)))
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


async def test_everybody_is_acknowledged_while_others_read_for_long(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    """Forms too, which are the first answer or none; of somebody who says no more than has to be said, and of a manager who has
    to be told first that a list stopped."""
    house = ground.house
    hand, member = Hand(house, *ground.places[OWNER]), Hand(house, *ground.places[MEMBER])
    walked = []
    for command in slash_commands(house.bot):
        everything = meant(command, ground.papers)
        needed = {p.display_name: everything[p.display_name] for p in command.parameters if p.required}
        walked += [
            (hand, f"/{command.qualified_name}", COMMAND, typed(command, everything)),
            (hand, f"/{command.qualified_name}", COMMAND, typed(command, needed)),
        ]
        if command.qualified_name.startswith("settings"):
            walked.append((member, f"/{command.qualified_name}", COMMAND, typed(command, needed)))
    for verb, kind, data in controls_of(house.bot, ground.names):
        walked.append((hand, verb, kind, data))
        if verb == "time":
            walked.append((member, verb, kind, data))
    messages = [(await house.run("help", who.who, where=who.where))["message"] for who, *_ in walked]
    await ground.restore(**STOPPED)
    begun = []
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(READERS):
            await stack.enter_async_context(house.app.database.reading())
        for (who, name, kind, data), message in zip(walked, messages, strict=True):
            begun.append((name, who.begin(kind, data, message)))
            await acknowledged(who, *begun[-1])
    await answered(hand, begun)
    assert "unexpected error" not in caplog.text


async def test_a_form_that_comes_without_what_is_known_is_as_good_as_any(house: House) -> None:
    """The database answers once the form stands open; who follows something reads what would come once the database answers."""
    own = (await house.run("settings"))["message"]
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(READERS):
            await stack.enter_async_context(house.app.database.reading())
        form = await house.press(own, "City and hour")
    assert form["state"] == "modal"
    followed = await house.submit(form, city="London", hour="8", day="0")
    assert "(Europe/London)" in text_of(followed["message"])
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(READERS):
            await stack.enter_async_context(house.app.database.reading())
        hand = Hand(house, house.yuki, house.general)
        (command,) = [c for c in slash_commands(house.bot) if c.qualified_name == "subscribe keyword"]
        begun = hand.begin(COMMAND, typed(command, {"words": "tokamak"}))
        await acknowledged(hand, "/subscribe keyword", begun)
    answer = await hand.answer(begun)
    assert "Follow **tokamak**? Nothing is saved yet." in shown_text(answer)


async def answered(hand: Hand, begun: list[tuple[str, str]]) -> None:
    for name, identity in begun:
        answer = await hand.answer(identity)
        assert answer["state"] in ("answered", "modal"), (name, answer["state"])
        assert answer["state"] == "modal" or shown_text(answer).strip(), name
        # No message of ours carries the one; the page of another is that of a message, which none is here.
        assert OLD not in shown_text(answer) or name in ("follow-start", "digest"), name


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
