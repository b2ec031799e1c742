"""Messages as a client sees them: people joined in, URLs of this server, for a person also HTML.
It knows how things look; it must not change them."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import quote

from playground.discord import markdown
from playground.discord.components import FILE, GALLERY, THUMBNAIL, walk
from playground.discord.wire import Json, public
from playground.discord.world import World


class Views:
    """The same message for the bot's REST call, for the gateway, and for a person."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._state = world.state

    def message(self, message: Json, viewer: str | None = None, *, nested: bool = False) -> Json:
        """The message object of the REST API."""
        shown = copy.deepcopy(public(message))  # media are resolved inside
        shown["author"] = self._world.shown_user(message["_author"])
        shown["mentions"] = [self._world.shown_user(u) for u in message["mentions"]]
        shown["attachments"] = [self.attachment(a, message["channel_id"]) for a in message["attachments"]]
        self._resolve_media(shown)
        if interaction := message.get("_interaction"):
            shown |= self._interaction(interaction)
        if reactions := message.get("_reactions"):
            shown["reactions"] = [self._reaction(r, viewer) for r in reactions if r["users"]]
        if "message_reference" in message and message["type"] == 19 and not nested:
            target = self._state.get("message", message["message_reference"]["message_id"], message["channel_id"])
            shown["referenced_message"] = self.message(target, viewer, nested=True) if target else None
        if message.get("_thread") and (thread := self._state.get("channel", message["_thread"])):
            shown["thread"] = public(thread)
        return shown

    def dispatched(self, message: Json, channel: Json) -> Json:
        """The message in MESSAGE_CREATE and MESSAGE_UPDATE: in a guild with guild_id and the author's member."""
        shown = self.message(message) | {"channel_type": channel["type"]}
        if guild_id := channel.get("guild_id"):
            shown["guild_id"] = guild_id
            member = self._state.get("member", message["_author"], guild_id)
            if member is not None:
                shown["member"] = {k: v for k, v in member.items() if k != "id"}
        return shown

    def human(self, message: Json, viewer: str | None = None) -> Json:
        """The message for a person: with html, and the guild it stands in."""
        shown = self.message(message, viewer)
        channel = self._state.get("channel", message["channel_id"]) or {}
        guild_id = channel.get("guild_id")
        if guild_id:
            shown["guild_id"] = guild_id
        shown["html"] = markdown.render_message(shown, lambda kind, id_: self._name(kind, id_, guild_id))
        return shown

    def attachment(self, attachment: Json, channel_id: str) -> Json:
        url = f"{self._world.base_url}/attachments/{channel_id}/{attachment['id']}/{quote(attachment['filename'])}"
        return attachment | {"url": url, "proxy_url": url}

    def _resolve_media(self, shown: Json) -> None:
        """attachment://name becomes the URL of the attachment with that name."""
        by_name = {a["filename"]: a for a in shown["attachments"]}

        def media(found: Json) -> Json:
            url = str(found.get("url"))
            attachment = by_name.get(url.removeprefix("attachment://")) if url.startswith("attachment://") else None
            real = attachment["url"] if attachment else url
            made: Json = {"id": attachment["id"] if attachment else shown["id"], "url": real, "proxy_url": real}
            made |= {key: (attachment or {}).get(key) for key in ("width", "height", "content_type")}
            return made | ({"attachment_id": attachment["id"]} if attachment else {})

        used = set()
        for embed in shown["embeds"]:
            for key in ("image", "thumbnail"):
                if key in embed:
                    found = media(embed[key])
                    used.add(found.get("attachment_id"))
                    size = {k: found[k] for k in ("width", "height") if found[k] is not None}
                    said = {"description": embed[key]["description"]} if embed[key].get("description") else {}
                    embed[key] = {"url": found["url"], "proxy_url": found["proxy_url"], **size, **said}
        for component in walk(shown["components"]):
            if component["type"] == THUMBNAIL:
                component["media"] = media(component["media"])
            elif component["type"] == GALLERY:
                component["items"] = [item | {"media": media(item["media"])} for item in component["items"]]
            elif component["type"] == FILE:
                name = str(component["file"]["url"]).removeprefix("attachment://")
                component |= {"name": name, "size": by_name.get(name, {}).get("size", 0)}
                component["file"] = media(component["file"])
        # An attachment that an embed shows is not listed a second time.
        shown["attachments"] = [a for a in shown["attachments"] if a["id"] not in used]

    def _interaction(self, kept: Json) -> Json:
        user = self._world.shown_user(kept["user"])
        meta = {key: value for key, value in kept["metadata"].items() if key != "target_user"} | {"user": user}
        if target := kept["metadata"].get("target_user"):
            meta["target_user"] = self._world.shown_user(target)
        shown: Json = {"interaction_metadata": meta, "application_id": kept["application_id"]}
        shown["webhook_id"] = kept["application_id"]
        if kept.get("name"):
            shown["interaction"] = {"id": meta["id"], "type": meta["type"], "name": kept["name"], "user": user}
        return shown

    def _reaction(self, kept: Json, viewer: str | None) -> Json:
        return {
            "emoji": kept["emoji"],
            "count": len(kept["users"]),
            "count_details": {"burst": 0, "normal": len(kept["users"])},
            "burst_colors": [],
            "me_burst": False,
            "me": viewer in kept["users"],
        }

    def _name(self, kind: str, id_: str, guild_id: str | None) -> str | None:
        """What a mention is called: the display name of a user, the name of a role or channel."""
        if kind == "user":
            user = self._state.get("user", id_)
            member = self._state.get("member", id_, guild_id) if guild_id else None
            nick = member and member["nick"]
            return str(nick or user["global_name"] or user["username"]) if user else None
        found = self._state.get(kind, id_, guild_id if kind == "role" else None)
        return str(found["name"]) if found and "name" in found else None

    def state(self, me: str, online: Any, unread: Any) -> Json:
        """Everything a person's client starts with."""
        world = self._world
        return {
            "me": world.shown_user(me)
            | {"dms": world.user(me).get("_dms", "open"), "locale": world.user(me).get("_locale", "en-US")},
            "now": world.clock.iso(),
            "users": [public(u) | {"dms": u.get("_dms", "open")} for u in self._state.all("user")],
            "guilds": [self._guild(guild, me, unread) for guild in world.guilds_of(me)],
            "dms": [world.shown_channel(c, me) | unread(c) for c in world.dms_of(me)],
            "bots": [{"id": b["id"], "name": b["name"], "online": online(b["id"])} for b in world.bots()],
        }

    def _guild(self, guild: Json, me: str, unread: Any) -> Json:
        world = self._world

        def shown(channels: list[Json]) -> list[Json]:
            pairs = [(c, world.permissions(c, me)) for c in channels]
            return [public(c) | {"permissions": str(p), **unread(c)} for c, p in pairs if p]

        return {
            "id": guild["id"],
            "name": guild["name"],
            "owner_id": guild["owner_id"],
            "roles": world.roles(guild["id"]),
            "channels": shown(sorted(world.guild_channels(guild["id"]), key=lambda c: c["position"])),
            "threads": shown(world.threads(guild["id"], active=False)),
            "members": [world.shown_member(m) for m in world.members(guild["id"])],
        }
