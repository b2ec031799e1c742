"""Who and what exists: look-ups that fail the way Discord fails, who may see and do what, objects as clients see them.
It knows the state; it must not know HTTP, WebSockets or interactions."""

from __future__ import annotations

from collections.abc import Iterable

from playground.discord import permissions
from playground.discord.clock import Clock
from playground.discord.errors import DiscordError
from playground.discord.objects import DM, THREAD_TYPES
from playground.discord.permissions import Permission
from playground.discord.state import State
from playground.discord.wire import Json, public, token_head


class World:
    """Reads of the state in Discord's words."""

    def __init__(self, state: State, clock: Clock) -> None:
        self.state = state
        self.clock = clock
        self.base_url = ""  # known once the server listens

    # Look-ups: the object, or Discord's error for its absence.

    def user(self, user_id: int | str) -> Json:
        return self._need("user", user_id, 10013)

    def guild(self, guild_id: int | str) -> Json:
        return self._need("guild", guild_id, 10004)

    def channel(self, channel_id: int | str) -> Json:
        return self._need("channel", channel_id, 10003)

    def application(self, app_id: int | str) -> Json:
        return self._need("application", app_id, 10002)

    def message(self, channel_id: int | str, message_id: int | str) -> Json:
        found = self.state.get("message", message_id, channel_id)
        if found is None:
            raise DiscordError(10008)
        return found

    def any_message(self, channel_id: int | str, message_id: int | str) -> Json:
        """Also the ephemeral ones, which only their person and an interaction's token reach."""
        found = self.state.get("message", message_id, channel_id) or self.state.get("ephemeral", message_id, channel_id)
        if found is None:
            raise DiscordError(10008)
        return found

    def member(self, guild_id: int | str, user_id: int | str) -> Json:
        found = self.state.get("member", user_id, guild_id)
        if found is None:
            raise DiscordError(10007)
        return found

    def roles(self, guild_id: int | str) -> list[Json]:
        return self.state.all("role", guild_id)

    def members(self, guild_id: int | str) -> list[Json]:
        return self.state.all("member", guild_id)

    def guild_channels(self, guild_id: int | str) -> list[Json]:
        return [c for c in self.state.all("channel", guild_id) if c["type"] not in THREAD_TYPES]

    def threads(self, guild_id: int | str, *, active: bool = True) -> list[Json]:
        found = (c for c in self.state.all("channel", guild_id) if c["type"] in THREAD_TYPES)
        return [c for c in found if not active or not c["thread_metadata"]["archived"]]

    def guilds_of(self, user_id: int | str) -> list[Json]:
        return [self.guild(guild_id) for guild_id in sorted(self.state.parents("member", user_id))]

    def dms_of(self, user_id: str) -> list[Json]:
        return [c for c in self.state.all("channel", 0) if user_id in c["_recipients"]]

    def bots(self) -> list[Json]:
        return self.state.all("application")

    def token(self, app: Json) -> str:
        return f"{token_head(app['id'])}.{app['_secret']}"

    def application_of(self, token: str) -> Json | None:
        return next((app for app in self.bots() if self.token(app) == token), None)

    # Who may what.

    def is_member(self, guild_id: int | str, user_id: int | str) -> bool:
        return self.state.get("member", user_id, guild_id) is not None

    def guild_permissions(self, guild_id: str, user_id: str) -> int:
        member = self.state.get("member", user_id, guild_id)
        if member is None:
            return 0
        return permissions.in_guild(self.guild(guild_id), self.roles(guild_id), member, user_id)

    def permissions(self, channel: Json, user_id: str) -> int:
        """What a person or bot may do in a channel; 0 when they are not there at all."""
        if channel["type"] == DM:
            return permissions.EVERYONE if user_id in channel["_recipients"] else 0
        guild_id = channel["guild_id"]
        member = self.state.get("member", user_id, guild_id)
        if member is None:
            return 0
        base = permissions.in_guild(self.guild(guild_id), self.roles(guild_id), member, user_id)
        if channel["type"] not in THREAD_TYPES:
            return permissions.in_channel(base, guild_id, channel, member, user_id)
        parent = self.state.get("channel", channel["parent_id"]) or channel
        allowed = permissions.in_channel(base, guild_id, parent, member, user_id)
        hidden = channel["type"] == 12 and not allowed & Permission.MANAGE_THREADS
        if hidden and self.state.get("thread_member", user_id, channel["id"]) is None:
            return 0
        return allowed

    def can_see(self, channel: Json, user_id: str) -> bool:
        return bool(self.permissions(channel, user_id) & Permission.VIEW_CHANNEL)

    def need(self, channel: Json, user_id: str, *wanted: Permission) -> int:
        """The permissions in the channel, or 50001 when it is out of sight, or 50013 when a wanted one is missing."""
        have = self.permissions(channel, user_id)
        if not have & Permission.VIEW_CHANNEL:
            raise DiscordError(50001)
        if any(not have & permission for permission in wanted):
            raise DiscordError(50013)
        return have

    def need_in_guild(self, guild_id: str, user_id: str, wanted: Permission | None = None) -> None:
        self.guild(guild_id)
        if not self.is_member(guild_id, user_id):
            raise DiscordError(50001 if wanted else 10004)
        if wanted and not self.guild_permissions(guild_id, user_id) & wanted:
            raise DiscordError(50013)

    def watchers(self, channel: Json) -> list[str]:
        """The ids of everyone, person or bot, who sees the channel."""
        if channel["type"] == DM:
            return list(channel["_recipients"])
        return [m["id"] for m in self.members(channel["guild_id"]) if self.can_see(channel, m["id"])]

    # Objects as clients see them.

    def shown_user(self, user_id: int | str) -> Json:
        return public(self.user(user_id))

    def shown_channel(self, channel: Json, viewer: str | None = None) -> Json:
        shown = public(channel)
        if channel["type"] == DM:
            shown["recipients"] = [self.shown_user(u) for u in channel["_recipients"] if u != viewer]
        return shown

    def shown_member(self, member: Json) -> Json:
        return {key: value for key, value in member.items() if key != "id"} | {"user": self.shown_user(member["id"])}

    def shown_guild(self, guild: Json) -> Json:
        return public(guild) | {"roles": self.roles(guild["id"])}

    def gateway_guild(self, guild: Json, viewer: str, members: Iterable[Json]) -> Json:
        """The guild with everything GUILD_CREATE adds."""
        guild_id = guild["id"]
        return self.shown_guild(guild) | {
            "joined_at": self.member(guild_id, viewer)["joined_at"],
            "large": False,
            "unavailable": False,
            "member_count": self.state.count("member", guild_id),
            "voice_states": [],
            "members": [self.shown_member(m) for m in members],
            "channels": [self.shown_channel(c) for c in self.guild_channels(guild_id)],
            "threads": [self.shown_channel(c) for c in self.threads(guild_id) if self.can_see(c, viewer)],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def _need(self, kind: str, id_: int | str, code: int) -> Json:
        found = self.state.get(kind, id_)
        if found is None:
            raise DiscordError(code)
        return found
