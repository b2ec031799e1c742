"""Every command and every control that there is, one after another: a new one is walked without being named here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord import AppCommandOptionType, app_commands

from bot.chat.app import PaperBot
from playground.discord.interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from playground.human.choose import Chooser
from tests.house import House, shown_text
from tests.patience import PATIENCE
from tests.test_authority import CURATED, OWN, PAPERS, RIGHTS

#: What a person could well mean, by the option's name; anything else is asked for with a word.
MEANT: Final = {
    "name": "Julia Kempe", "category": "cs.CV", "categories": "cs.CV", "city": "London", "date": "2031-11-20",
    "subscription": "stellarator",
}  # fmt: skip
WORD: Final = "tokamak"
#: What is chosen in a select.
CHOSEN: Final = {
    "zone": "Europe/Paris", "abstract": "1", "why": "1", "person": "Ada Example", "author-sort": "votes", "author-of": "1",
    "author-pick": "(semantic-scholar:17)", "shown": "2", "take-out": "1",
    "listed": "1", "propose-found": "1",
}  # fmt: skip
#: What the forms ask for; the other controls are buttons and selects.
FORMS: Final[dict[str, dict[str, Any]]] = {
    "sub-words": {"words": "gloves"},
    "propose-form": {"paper": "2511.00001", "note": "gloves"},
    "lines": {"lines": "Ada Example\ncs.LG\ngloves"},
    "quiet-set": {"since": ["22"], "until": ["7"], "mode": ["silent"]},
    "time-set": {"city": "London", "hour": ["8"], "day": ["0"]},
}

SlashCommand = app_commands.Command[Any, Any, Any]


def slash_commands(bot: PaperBot) -> list[SlashCommand]:
    return [command for command in bot.tree.walk_commands() if isinstance(command, app_commands.Command)]


def meant(command: SlashCommand, channel: str, *, role: str = "", person: str = "") -> dict[str, Any]:
    """Every option of a command, filled in as a person would; those that name a role or somebody only where one is given."""
    ids = {AppCommandOptionType.channel: channel, AppCommandOptionType.role: role, AppCommandOptionType.user: person}
    return {p.display_name: _value(p, ids) for p in command.parameters if ids.get(p.type, WORD)}


def _value(option: app_commands.Parameter, ids: Mapping[AppCommandOptionType, str]) -> Any:
    if option.choices:
        return option.choices[0].value
    if option.type in ids:
        return ids[option.type]
    if option.type is AppCommandOptionType.integer:
        return option.max_value
    return MEANT.get(option.display_name, WORD)


def controls_of(bot: PaperBot, names: dict[str, str]) -> Iterator[tuple[str, int, Any]]:
    """Every control as (verb, kind, data); `names` are the ids that its argument may name."""
    for verb in sorted(bot.actions):
        if verb in FORMS:
            yield verb, MODAL_SUBMIT, form(f"pb1:{verb}:{OWN.get(verb, '')}".rstrip(":"), FORMS[verb])
            continue
        right = RIGHTS.get(verb)
        argument = right.argument if right else {**OWN, **PAPERS, **CURATED}.get(verb, "")
        value = right.value if right else CHOSEN.get(verb, "")
        custom_id = f"pb1:{verb}:{argument.format(**names)}".rstrip(":")
        yield verb, COMPONENT, pressed(custom_id, value.format(**names))


def pressed(custom_id: str, value: str = "") -> dict[str, Any]:
    chosen = {"component_type": 3, "values": [value]} if value else {"component_type": 2}
    return {"custom_id": custom_id, "id": 1, **chosen}


def form(custom_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"custom_id": custom_id, "components": [
        {"type": 18, "id": n, "component": {"type": 3 if isinstance(value, list) else 4, "id": 50 + n, "custom_id": name}
         | ({"values": value} if isinstance(value, list) else {"value": value})}
        for n, (name, value) in enumerate(fields.items(), 1)
    ]}  # fmt: skip


def typed(command: SlashCommand, options: dict[str, Any]) -> dict[str, Any]:
    """A command as Discord sends it."""
    kinds = {p.display_name: p.type.value for p in command.parameters}
    inner: list[Any] = [{"name": n, "type": kinds[n], "value": v} for n, v in options.items()]
    *above, name = command.qualified_name.split()
    for group in [name, *reversed(above)][:-1]:
        inner = [{"name": group, "type": 1, "options": inner}]
    return {"id": "1", "name": (above or [name])[0], "type": 1, "options": inner}


class Hand:
    """Somebody's account, which sends what Discord would send, or what it never would, and reads the answer."""

    def __init__(self, house: House, who: str, where: str) -> None:
        self.house, self.who, self.where = house, who, where

    def begin(self, kind: int, data: Any, message: Any = None, **more: Any) -> str:
        """Returns the interaction's id, answered or not."""
        play = self.house.play
        stands = play.world.any_message(message["channel_id"], message["id"]) if message and kind != COMMAND else None
        app, channel = play.world.application(self.house.bot_id), play.world.channel(self.where)
        if kind == COMMAND and (resolved := self._resolved(data["options"])):
            data = data | {"resolved": resolved}
        return str(play.interactions.start(kind, app, self.who, channel, data, message=stands, **more)["id"])

    def _resolved(self, options: list[Any]) -> Any:
        """The channels, roles and people that a command names, as Discord sends them along."""
        world = self.house.play.world
        chooser = Chooser(world, self.house.guild, world.channel(self.where), self.who)
        named = {
            AppCommandOptionType.channel.value: chooser.channel,
            AppCommandOptionType.role.value: chooser.role,
            AppCommandOptionType.user.value: chooser.user,
        }

        def look(every: list[Any]) -> None:
            for option in every:
                look(option.get("options", []))
                if option["type"] in named:
                    named[option["type"]](str(option["value"]))

        look(options)
        return chooser.resolved

    def acknowledged(self, identity: str) -> bool:
        return self.house.play.interactions.get(identity)["ack"] is not None

    async def answer(self, identity: str) -> Any:
        """The interaction with its final answer."""
        return self.house.play.interactions.shown(await self.house.play.interactions.wait(identity, PATIENCE))

    async def send(self, kind: int, data: Any, message: Any = None, **more: Any) -> Any:
        return await self.answer(self.begin(kind, data, message, **more))


def check_kind(name: object, answer: Any) -> str:
    """Returns what somebody reads who typed or pressed this: an answer or a kind refusal, never a fault of ours."""
    assert answer["state"] in ("answered", "modal"), (name, answer["state"], answer["error"])
    text = "" if answer["state"] == "modal" else shown_text(answer)
    assert text.strip() or answer["state"] == "modal", name
    assert "Something went wrong" not in text, (name, text)
    return text
