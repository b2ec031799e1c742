"""Changes that bots and people both make: opening DMs, coming and going, typing, reacting, channels and roles.
It knows state and events; permissions are the caller's business."""

from __future__ import annotations

import time
from collections import defaultdict, deque

from playground.discord import objects
from playground.discord.events import Events
from playground.discord.objects import DM, THREAD_TYPES
from playground.discord.seed import join_bot
from playground.discord.wire import Json
from playground.discord.world import World

DM_OPENS_PER_MINUTE = 20


class Actions:
    """Each method changes the state and tells everyone concerned."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._state = world.state
        self._events = events
        self._opened: dict[str, deque[float]] = defaultdict(deque)
        self.dm_opens_per_minute: int | None = DM_OPENS_PER_MINUTE

    # DMs.

    def find_dm(self, one: str, other: str) -> Json | None:
        low, high = sorted((one, other), key=int)
        found = self._state.get("dm", high, low)  # a bot may have thousands: never look through all
        return self._state.get("channel", found["channel"], 0) if found else None

    def open_dm(self, one: str, other: str) -> Json:
        """The DM of two; a new one if they never had one."""
        known = self.find_dm(one, other)
        if known is not None:
            return known
        channel = objects.dm_channel(self._world.clock.snowflake(), [one, other])
        self._state.put("channel", channel)
        low, high = channel["_recipients"]
        self._state.put("dm", {"channel": channel["id"]}, low, id_=high)
        self._events.channel("CHANNEL_CREATE", channel)
        return channel

    def may_open_dm(self, bot_id: str) -> bool:
        """Whether a bot opens a new DM without being too fast; asking counts."""
        opened, now = self._opened[bot_id], time.monotonic()
        while opened and opened[0] < now - 60:
            opened.popleft()
        if self.dm_opens_per_minute is not None and len(opened) >= self.dm_opens_per_minute:
            return False
        opened.append(now)
        return True

    # Coming and going.

    def join(self, guild_id: str, user_id: str) -> None:
        if self._world.is_member(guild_id, user_id):
            return
        if self._world.user(user_id).get("bot"):
            join_bot(self._state, self._world.clock, guild_id, user_id)
        else:
            self._state.put("member", objects.member(user_id, self._world.clock.iso()), guild_id)
        self._events.guild_joined(self._world.guild(guild_id), user_id)

    def leave(self, guild_id: str, user_id: str) -> None:
        member = self._world.member(guild_id, user_id)
        self._state.delete("member", user_id, guild_id)
        for role in self._world.roles(guild_id):
            if role["id"] in member["roles"] and role["managed"]:
                self._state.delete("role", role["id"], guild_id)
        for command in self._state.all("command", guild_id):
            if command["application_id"] == user_id:
                self._state.delete("command", command["id"], guild_id)
        self._events.guild_left(guild_id, user_id)

    def create_guild(self, name: str, owner_id: str) -> Json:
        clock = self._world.clock
        id_ = clock.snowflake()
        guild = objects.guild(id_, name, owner_id)
        self._state.put("role", objects.everyone_role(id_), id_)
        general = objects.guild_channel(clock.snowflake(), guild["id"], "general")
        guild["system_channel_id"] = general["id"]
        self._state.put("guild", guild)
        self._state.put("channel", general, id_)
        self._state.put("member", objects.member(owner_id, clock.iso()), id_)
        self._events.guild_joined(guild, owner_id)
        return guild

    def delete_guild(self, guild_id: str) -> None:
        members = [m["id"] for m in self._world.members(guild_id)]
        for user_id in members:
            self._state.delete("member", user_id, guild_id)
            self._events.guild_left(guild_id, user_id)
        for channel in self._state.all("channel", guild_id):
            self._state.delete_all("message", channel["id"])
        for kind in ("channel", "role", "command"):
            self._state.delete_all(kind, guild_id)
        self._state.delete("guild", guild_id, 0)

    # Channels and threads.

    def save_channel(self, channel: Json, *, new: bool = False) -> Json:
        self._state.put("channel", channel, channel.get("guild_id", 0))
        kind = "THREAD" if channel["type"] in THREAD_TYPES else "CHANNEL"
        self._events.channel(f"{kind}_{'CREATE' if new else 'UPDATE'}", channel)
        return channel

    def delete_channel(self, channel: Json) -> None:
        kind = "THREAD" if channel["type"] in THREAD_TYPES else "CHANNEL"
        self._events.channel(f"{kind}_DELETE", channel)
        if channel["type"] == DM:
            return
        self._state.delete("channel", channel["id"], channel["guild_id"])
        self._state.delete_all("message", channel["id"])
        for other in self._state.all("channel", channel["guild_id"]):
            if other.get("parent_id") == channel["id"]:
                if other["type"] in THREAD_TYPES:
                    self.delete_channel(other)
                else:
                    other["parent_id"] = None
                    self.save_channel(other)

    # Small things.

    def typing(self, channel: Json, user_id: str) -> None:
        data = {"channel_id": channel["id"], "user_id": user_id, "timestamp": int(self._world.clock.now())}
        guild_id = channel.get("guild_id")
        if guild_id and self._world.is_member(guild_id, user_id):
            data["member"] = self._world.shown_member(self._world.member(guild_id, user_id))
        self._events.in_channel("TYPING_START", data, channel)

    def react(self, channel: Json, message: Json, user_id: str, emoji: Json, *, add: bool) -> None:
        reactions = message.setdefault("_reactions", [])
        found = next((r for r in reactions if r["emoji"] == emoji), None)
        if found is None:
            found = {"emoji": emoji, "users": []}
            reactions.append(found)
        if add == (user_id in found["users"]):
            return
        if add:
            found["users"].append(user_id)
        else:
            found["users"].remove(user_id)
        message["_reactions"] = [r for r in reactions if r["users"]]
        self._state.put("message", message, channel["id"])
        data: Json = {"user_id": user_id, "channel_id": channel["id"], "message_id": message["id"], "emoji": emoji}
        data |= {"burst": False, "type": 0}
        if add:
            data["message_author_id"] = message["_author"]
            guild_id = channel.get("guild_id")
            if guild_id and self._world.is_member(guild_id, user_id):
                data["member"] = self._world.shown_member(self._world.member(guild_id, user_id))
        self._events.in_channel(f"MESSAGE_REACTION_{'ADD' if add else 'REMOVE'}", data, channel)
