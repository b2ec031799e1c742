"""What is told to whom when something changes: bots over the gateway, people over their streams.
It knows audiences; it must not change the state."""

from __future__ import annotations

from playground.discord.hub import Hub
from playground.discord.limits import EPHEMERAL
from playground.discord.objects import DM
from playground.discord.views import Views
from playground.discord.wire import Json, public
from playground.discord.world import World


class Events:
    """One method per kind of news."""

    def __init__(self, world: World, hub: Hub, views: Views) -> None:
        self._world = world
        self._hub = hub
        self._views = views

    def watchers(self, channel: Json) -> list[str]:
        """Who listens now and sees the channel; asking everybody else would be wasted."""
        return [who for who in self._hub.listeners() if self._world.can_see(channel, who)]

    def message(self, event: str, message: Json, channel: Json) -> None:
        if message["flags"] & EPHEMERAL:
            self._hub.tell_people(event, self._views.human(message, message["_to"]), [message["_to"]])
            return
        watchers = self.watchers(channel)
        if not watchers:
            return
        shown = self._views.dispatched(message, channel)
        self._hub.tell_bots(event, shown, guild_id=channel.get("guild_id"), bots=watchers)
        for person in self._hub.people(watchers):
            self._hub.tell_people(event, self._views.human(message, person), [person])

    def message_deleted(self, message: Json, channel: Json) -> None:
        gone = {"id": message["id"], "channel_id": channel["id"]}
        if message["flags"] & EPHEMERAL:
            self._hub.tell_people("MESSAGE_DELETE", gone, [message["_to"]])
            return
        self.in_channel("MESSAGE_DELETE", gone, channel)

    def in_channel(self, event: str, data: Json, channel: Json, *, people_only: bool = False) -> None:
        """To everyone who sees the channel."""
        guild_id = channel.get("guild_id")
        if guild_id:
            data = data | {"guild_id": guild_id}
        watchers = self.watchers(channel)
        if not people_only:
            self._hub.tell_bots(event, data, guild_id=guild_id, bots=watchers)
        self._hub.tell_people(event, data, watchers)

    def in_guild(self, event: str, data: Json, guild_id: str) -> None:
        """To every member of the guild."""
        members = [who for who in self._hub.listeners() if self._world.is_member(guild_id, who)]
        self._hub.tell_bots(event, data, guild_id=guild_id, bots=members)
        self._hub.tell_people(event, data, members)

    def channel(self, event: str, channel: Json) -> None:
        """A channel or thread came, changed or went. Bots hear of all channels of a guild, but of no DM."""
        if channel["type"] == DM:
            for person in channel["_recipients"]:
                self._hub.tell_people(event, self._world.shown_channel(channel, person), [person])
            return
        guild_id = channel["guild_id"]
        data = public(channel)
        members = [who for who in self._hub.listeners() if self._world.is_member(guild_id, who)]
        if event.startswith("THREAD_"):
            members = [who for who in members if self._world.can_see(channel, who)]
        self._hub.tell_bots(event, data, guild_id=guild_id, bots=members)
        self._hub.tell_people(event, data, members)

    def guild_joined(self, guild: Json, user_id: str) -> None:
        """The person or bot is in the guild now: the guild to them, their coming to the others."""
        member = self._world.member(guild["id"], user_id)
        data = self._world.gateway_guild(guild, user_id, [member])
        del data["unavailable"]  # present: back from an outage; absent: joined
        self._hub.tell_bots("GUILD_CREATE", data, guild_id=guild["id"], bots=[user_id])
        self._hub.tell_people("GUILD_CREATE", data, [user_id])
        shown = self._world.shown_member(member) | {"guild_id": guild["id"]}
        self.in_guild("GUILD_MEMBER_ADD", shown, guild["id"])

    def guild_left(self, guild_id: str, user_id: str) -> None:
        """The person or bot is no longer in the guild."""
        self._hub.tell_bots("GUILD_DELETE", {"id": guild_id}, guild_id=guild_id, bots=[user_id])
        self._hub.tell_people("GUILD_DELETE", {"id": guild_id}, [user_id])
        gone = {"guild_id": guild_id, "user": self._world.shown_user(user_id)}
        self.in_guild("GUILD_MEMBER_REMOVE", gone, guild_id)

    def member_updated(self, guild_id: str, user_id: str) -> None:
        shown = self._world.shown_member(self._world.member(guild_id, user_id)) | {"guild_id": guild_id}
        self.in_guild("GUILD_MEMBER_UPDATE", shown, guild_id)

    def presence(self, bot_id: str) -> None:
        self._hub.tell_everyone("PRESENCE_UPDATE", {"id": bot_id, "online": self._hub.online(bot_id)})

    def commands_changed(self, app_id: str) -> None:
        self._hub.tell_everyone("COMMANDS_UPDATE", {"application_id": app_id})
