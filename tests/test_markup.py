"""Whatever somebody types is repeated to them as plain text: in every answer, refusals too."""

from __future__ import annotations

import re
from typing import Any

from discord import AppCommandOptionType, app_commands

from tests.house import House, text_of

HOSTILE = "see **b** [x](https://evil.example) <@1> @everyone <#99> ||s|| </a:1> ~~t~~"
#: What Discord would obey: the signs of HOSTILE without a backslash before them.
LIVE = re.compile(r"(?<!\\)(?:\*\*b|\]\(https://evil|<@1|@everyone|<#99|\|\|s|</a:1|~~t|://evil)")


def spoken(house: House) -> list[tuple[str, dict[str, Any]]]:
    """Every command with text options, each of these typed in turn, the others as they are needed."""
    found = []
    for command in house.bot.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            texts = [p for p in command.parameters if p.type is AppCommandOptionType.string and not p.choices]
            needed = {p.name: "diffusion" for p in texts if p.required}
            for text in texts:
                longest = text.max_value or 200
                found.append((command.qualified_name, {**needed, text.display_name: HOSTILE[: int(longest)]}))
    return found


async def test_what_is_typed_is_never_live_markup_in_the_answer(house: House) -> None:
    everything = spoken(house)
    assert len(everything) >= 10
    for name, options in everything:
        done = await house.run(name, str(house.play.state.all("guild")[0]["owner_id"]), **options)
        if done["state"] == "modal":
            continue
        assert done["state"] == "answered", (name, options, done)
        shown = text_of(done["message"])
        assert not LIVE.findall(shown), (name, options, shown)


async def test_nor_in_what_a_form_answers(house: House) -> None:
    await house.follow("x")
    status = (await house.run("subscriptions"))["message"]
    opened = await house.press(status, "Change the time")
    assert opened["state"] == "modal", opened
    done = await house.submit(opened, city=HOSTILE[:60], hour="8", day="0")
    shown = text_of(done["message"])
    assert not LIVE.findall(shown), shown
