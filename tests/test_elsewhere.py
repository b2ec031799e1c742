"""Every command and every control where Paperboy is no member: a foreign server, a DM, a DM of two people; after a restart; and
for lists whose channel is gone by then."""

from __future__ import annotations

from typing import Any

import pytest

from playground.discord.interactions import COMMAND
from tests.house import until
from tests.test_authority import DM_OWNER, MANAGER, OWNER, Ground
from tests.test_authority import ground as ground  # a fixture
from tests.walking import Hand, check_kind, controls_of, meant, slash_commands, typed

FOREIGN, DM, PRIVATE = "a server without the bot", "a DM with the bot", "a DM of two people"


async def place(ground: Ground, kind: str) -> tuple[str, str]:
    """Somebody who added Paperboy for themselves, and where they are."""
    house = ground.house
    await house.ask("POST", f"/users/{house.nadia}", {"install": house.bot_id})
    if kind == FOREIGN:
        made = await house.ask("POST", "/guilds", {"as": house.nadia, "name": "Foreign"})
        return house.nadia, str(made["channels"][0]["id"])
    if kind == DM:
        return ground.places[DM_OWNER]
    return house.nadia, str((await house.ask("POST", "/dms", {"as": house.nadia, "user_id": house.yuki}))["id"])


async def walk(ground: Ground, hand: Hand, names: dict[str, str], *, lists: bool = True, **more: Any) -> None:
    """Types every command, then presses every control on the answer to /help, each as nobody has pressed before."""
    house = ground.house
    for command in slash_commands(house.bot):
        if lists or not (command.parent or command).guild_only:
            name = f"/{command.qualified_name}"
            check_kind(name, await hand.send(COMMAND, typed(command, meant(command, names["channel"])), **more))
    help_ = typed(next(c for c in slash_commands(house.bot) if c.name == "help"), {})
    for verb, kind, data in controls_of(house.bot, names):
        await ground.restore()
        if verb != "follow-start":  # no message of ours carries it: the form that it opens cannot follow another
            shown = (await hand.send(COMMAND, help_, **more))["message"]
            check_kind(verb, await hand.send(kind, data, shown, **more))


@pytest.mark.parametrize("kind", [FOREIGN, DM, PRIVATE])
async def test_everything_answers_where_the_bot_is_no_member(
    ground: Ground, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    who, where = await place(ground, kind)
    hand = Hand(ground.house, who, where)
    await walk(ground, hand, ground.names, lists=False, owners={"1": who})
    assert "unexpected error" not in caplog.text


async def test_everything_that_was_shown_answers_after_a_restart(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    house = ground.house
    hand = Hand(house, *ground.places[OWNER])
    pressed = [(*one, (await house.run("help"))["message"]) for one in controls_of(house.bot, ground.names)]
    await house.restart()
    for verb, kind, data, shown in pressed:
        await ground.restore()
        check_kind(verb, await hand.send(kind, data, shown))
    assert "unexpected error" not in caplog.text


@pytest.mark.parametrize("known", [True, False], ids=["the bot knows it", "the bot does not know it yet"])
async def test_everything_answers_for_a_list_whose_channel_is_gone(
    ground: Ground, caplog: pytest.LogCaptureFixture, known: bool
) -> None:
    house = ground.house
    if known:
        await house.ask("DELETE", f"/channels/{ground.papers}")
        await until(lambda: house.bot.get_channel(int(ground.papers)) is None)
    else:
        house.play.state.delete("channel", ground.papers, house.guild)
    for role in (OWNER, MANAGER):
        await walk(ground, Hand(house, *ground.places[role]), ground.names | {"channel": ground.papers})
    await house.round()
    assert "unexpected error" not in caplog.text
