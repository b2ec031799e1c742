"""What Discord's client checks before it sends a command: required options, choices, ranges, entities. Pure but for look-ups.
It turns a flat name → value mapping into interaction data; it must not know how the bot answers."""

from __future__ import annotations

from typing import Any

from playground.discord import commands
from playground.discord.errors import DiscordError, HumanError
from playground.discord.wire import Json, snowflake
from playground.discord.world import World


def find_command(candidates: list[Json], full_name: str) -> tuple[Json, list[Json], list[Json]]:
    """The command of a full name like "subscribe keyword", the options on the way down, and the options it takes."""
    words = full_name.split()
    command = next(
        (c for c in candidates if c["type"] == commands.CHAT_INPUT and words and c["name"] == words[0]), None
    )
    if command is None:
        names = ", ".join(sorted({f"/{c['name']}" for c in candidates if c["type"] == commands.CHAT_INPUT}))
        raise HumanError(f"There is no command /{full_name} here for you. There are: {names or 'none'}.", 404)
    way: list[Json] = []
    options: list[Json] = command["options"]
    for word in words[1:]:
        step = next((o for o in options if o["name"] == word and o["type"] <= commands.SUB_COMMAND_GROUP), None)
        if step is None:
            raise HumanError(f"/{full_name}: there is no sub-command {word!r}; {_subs(options)}", 404)
        way.append(step)
        options = step["options"]
    if any(o["type"] <= commands.SUB_COMMAND_GROUP for o in options):
        raise HumanError(f"/{full_name} needs a sub-command: {_subs(options)}")
    return command, way, options


def _subs(options: list[Json]) -> str:
    return "choose one of " + (", ".join(o["name"] for o in options if o["type"] <= 2) or "none")


class Chooser:
    """The values one person gives for one command, in one channel."""

    def __init__(self, world: World, guild_id: str | None, channel: Json, viewer: str) -> None:
        self._world = world
        self._viewer = viewer
        self._guild_id = guild_id
        self._channel = channel
        self.resolved: Json = {}

    def choose(self, options: list[Json], given: Json, *, focused: str | None = None) -> list[Json]:
        """The options as the interaction carries them; 400 with what Discord's client would say."""
        known = {o["name"] for o in options}
        for name in given:
            if name not in known:
                raise HumanError(f"There is no option {name!r}; there are: {', '.join(sorted(known)) or 'none'}.")
        if focused is not None and not any(o["name"] == focused and o.get("autocomplete") for o in options):
            raise HumanError(f"The option {focused!r} has no autocomplete.")
        made: list[Json] = []
        for option in options:
            name = option["name"]
            value = given.get(name)
            if name == focused:
                made.append(
                    {
                        "name": name,
                        "type": option["type"],
                        "value": "" if value is None else str(value),
                        "focused": True,
                    }
                )
            elif value is None or value == "":
                if option.get("required") and focused is None:
                    raise HumanError(f"The option {name!r} is required.")
            else:
                made.append({"name": name, "type": option["type"], "value": self._value(option, value)})
        return made

    def _value(self, option: Json, value: Any) -> Any:
        name, kind = option["name"], option["type"]
        if choices := option.get("choices"):
            return self._choice(name, choices, value)
        if kind == commands.STRING:
            value = self._string(option, str(value))
        elif kind == commands.INTEGER:
            value = self._number(name, value, whole=True)
        elif kind == commands.NUMBER:
            value = self._number(name, value, whole=False)
        elif kind == commands.BOOLEAN:
            truths = {True: True, False: False, "true": True, "false": False, "True": True, "False": False}
            if value not in truths:
                raise HumanError(f"The option {name!r} is true or false.")
            return truths[value]
        else:
            return self._entity(option, value)
        if kind in (commands.INTEGER, commands.NUMBER):
            self._check_range(option, value)
        return value

    def _choice(self, name: str, choices: list[Json], value: Any) -> Any:
        """A choice by its value, or by the name a person reads."""
        for key in ("value", "name"):
            for choice in choices:
                if str(choice[key]) == str(value):
                    return choice["value"]
        raise HumanError(f"The option {name!r} is one of: {', '.join(str(c['name']) for c in choices)}.")

    def _string(self, option: Json, value: str) -> str:
        low, high = option.get("min_length", 0), option.get("max_length", 6000)
        if not low <= len(value) <= high:
            raise HumanError(f"The option {option['name']!r} has {low} to {high} characters; this has {len(value)}.")
        return value

    def _number(self, name: str, value: Any, *, whole: bool) -> int | float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if isinstance(value, bool) or not abs(number) <= 2**53 or (whole and not number.is_integer()):
            raise HumanError(f"The option {name!r} is a {'whole ' if whole else ''}number.")
        return int(number) if whole else number

    def _check_range(self, option: Json, value: float) -> None:
        low, high = option.get("min_value"), option.get("max_value")
        if (low is not None and value < low) or (high is not None and value > high):
            raise HumanError(f"The option {option['name']!r} lies between {low} and {high}.")

    # People, channels, roles: their id is the value, the object stands in `resolved`.

    def _entity(self, option: Json, value: Any) -> str:
        number = snowflake(value)
        if number is None:
            raise HumanError(f"The option {option['name']!r} takes an id.")
        found = {
            commands.USER_OPTION: self.user,
            commands.CHANNEL: self.channel,
            commands.ROLE: self.role,
            commands.MENTIONABLE: lambda id_: self.user(id_) or self.role(id_),
            commands.ATTACHMENT: self.attachment,
        }[option["type"]](str(number))
        if not found:
            raise HumanError(f"The option {option['name']!r}: nothing with the id {number} can be chosen here.")
        if (types := option.get("channel_types")) and found.get("type") not in types:
            raise HumanError(f"The option {option['name']!r} takes channels of the types {types} only.")
        return str(number)

    def user(self, user_id: str) -> Json | None:
        try:
            user = self._world.shown_user(user_id)
        except DiscordError:
            return None
        self.resolved.setdefault("users", {})[user_id] = user
        if self._guild_id and self._world.is_member(self._guild_id, user_id):
            member = self._world.shown_member(self._world.member(self._guild_id, user_id))
            for key in ("user", "deaf", "mute"):
                del member[key]
            member["permissions"] = str(self._world.permissions(self._channel, user_id))
            self.resolved.setdefault("members", {})[user_id] = member
        return user

    def channel(self, channel_id: str) -> Json | None:
        channel = self._world.state.get("channel", channel_id)
        if channel is None or channel.get("guild_id") != self._guild_id:
            return None
        keys = ("id", "type", "name", "parent_id", "thread_metadata", "guild_id", "position", "topic", "nsfw", "flags")
        shown = {key: channel[key] for key in (*keys, "last_message_id", "rate_limit_per_user") if key in channel}
        shown["permissions"] = str(self._world.permissions(channel, self._viewer))
        self.resolved.setdefault("channels", {})[channel_id] = shown
        return shown

    def role(self, role_id: str) -> Json | None:
        role = self._world.state.get("role", role_id, self._guild_id) if self._guild_id else None
        if role is not None:
            self.resolved.setdefault("roles", {})[role_id] = role
        return role

    def attachment(self, file_id: str) -> Json | None:
        stored = self._world.state.file(int(file_id))
        if stored is None:
            return None
        name, content_type, body = stored
        url = f"{self._world.base_url}/attachments/{self._channel['id']}/{file_id}/{name}"
        shown = {"id": file_id, "filename": name, "size": len(body), "content_type": content_type, "ephemeral": True}
        shown |= {"url": url, "proxy_url": url}
        self.resolved.setdefault("attachments", {})[file_id] = shown
        return shown
