"""Which commands a person may see and use, and where: contexts, installs, permissions, overrides. Reads only.
It knows commands and people; it must not know what a command does."""

from __future__ import annotations

from playground.discord.objects import DM, THREAD_TYPES
from playground.discord.permissions import Permission
from playground.discord.wire import Json
from playground.discord.world import World

GUILD_CONTEXT, BOT_DM, PRIVATE = 0, 1, 2
GUILD_INSTALL, USER_INSTALL = 0, 1


class Usable:
    """Discord's client hides what one may not use; so does this."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._state = world.state

    def of(self, user_id: str) -> list[Json]:
        """Every command the person may use somewhere, with `guilds` and `dm` saying where."""
        guild_ids = [g["id"] for g in self._world.guilds_of(user_id)]
        found = []
        for command in self._state.all("command"):
            guilds = [g for g in guild_ids if self._in_guild(command, g, user_id, None)]
            dm = self._in_dm(command, user_id, BOT_DM)
            private = self._in_dm(command, user_id, PRIVATE)
            if guilds or dm or private:
                found.append(command | {"guilds": guilds, "dm": dm, "private": private})
        return found

    def in_channel(self, user_id: str, channel: Json) -> list[Json]:
        """The commands the person may use in this channel."""
        if channel["type"] == DM:
            recipients = channel["_recipients"]
            commands = self._state.all("command", 0)
            return [
                c for c in commands if self._in_dm(c, user_id, BOT_DM if c["application_id"] in recipients else PRIVATE)
            ]
        guild_id = channel["guild_id"]
        if not self._world.permissions(channel, user_id) & Permission.USE_APPLICATION_COMMANDS:
            return []
        commands = [*self._state.all("command", guild_id), *self._state.all("command", 0)]
        return [c for c in commands if self._in_guild(c, guild_id, user_id, channel)]

    def owners(self, user_id: str, channel: Json, command: Json) -> Json:
        """authorizing_integration_owners: the guild ("0") and the person ("1") whose installs allow the command."""
        app_id, made = command["application_id"], {}
        guild_id = channel.get("guild_id")
        if guild_id and GUILD_INSTALL in command["integration_types"] and self._world.is_member(guild_id, app_id):
            made["0"] = guild_id
        if not guild_id and app_id in channel["_recipients"] and GUILD_INSTALL in command["integration_types"]:
            made["0"] = "0"
        if USER_INSTALL in command["integration_types"] and self._installed(app_id, user_id):
            made["1"] = user_id
        return made

    def _installed(self, app_id: str, user_id: str) -> bool:
        return app_id in self._world.user(user_id).get("_installs", ())

    def _in_guild(self, command: Json, guild_id: str, user_id: str, channel: Json | None) -> bool:
        if command.get("guild_id", guild_id) != guild_id or GUILD_CONTEXT not in command["contexts"]:
            return False
        app_id, types = command["application_id"], command["integration_types"]
        by_guild = GUILD_INSTALL in types and self._world.is_member(guild_id, app_id)
        if not by_guild:
            may = self._world.guild_permissions(guild_id, user_id) & Permission.USE_EXTERNAL_APPS
            return USER_INSTALL in types and self._installed(app_id, user_id) and bool(may)
        return self._permitted(command, guild_id, user_id, channel)

    def _permitted(self, command: Json, guild_id: str, user_id: str, channel: Json | None) -> bool:
        """The server's overrides for the command, else the bot's default_member_permissions."""
        have = self._world.guild_permissions(guild_id, user_id)
        if have & Permission.ADMINISTRATOR:
            return True
        kept = self._state.get("command_permissions", command["id"], guild_id)
        rules = {(p["type"], p["id"]): p["permission"] for p in kept["permissions"]} if kept else {}
        if channel is not None:
            place = channel["parent_id"] if channel["type"] in THREAD_TYPES else channel["id"]
            if not rules.get((3, place), rules.get((3, str(int(guild_id) - 1)), True)):
                return False
        if (2, user_id) in rules:
            return bool(rules[(2, user_id)])
        held = self._world.member(guild_id, user_id)["roles"]
        by_role = [rules[(1, role)] for role in held if (1, role) in rules]
        if by_role:
            return any(by_role)
        if (1, guild_id) in rules:
            return bool(rules[(1, guild_id)])
        needed = command["default_member_permissions"]
        if needed is None:
            return True
        # "0" means: nobody but administrators.
        return int(needed) != 0 and have & int(needed) == int(needed)

    def _in_dm(self, command: Json, user_id: str, context: int) -> bool:
        if context not in command["contexts"] or command.get("guild_id"):
            return False
        app_id, types = command["application_id"], command["integration_types"]
        if USER_INSTALL in types and self._installed(app_id, user_id):
            return True
        shared = set(self._state.parents("member", user_id)) & set(self._state.parents("member", app_id))
        return context == BOT_DM and GUILD_INSTALL in types and bool(shared)
