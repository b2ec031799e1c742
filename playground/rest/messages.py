"""Routes of messages: written, read, changed, deleted, pinned, reacted to.
It knows these routes only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playground.discord import objects
from playground.discord.errors import DiscordError
from playground.discord.hub import without_content
from playground.discord.limits import SUPPRESS_EMBEDS
from playground.discord.objects import DM
from playground.discord.permissions import Permission
from playground.discord.wire import Json, snowflake, snowflake_time
from playground.rest.calls import Call, Routes

routes = Routes()
CONTENT_GRANTED = (1 << 18) | (1 << 19)
BULK_SECONDS = 14 * 86_400
PINS = 250


def _shown(call: Call, message: Json, channel: Json) -> Json:
    """The message as this bot may read it: without the message-content intent only what is its own or for it."""
    shown = call.play.views.message(message, call.me)
    if call.app["flags"] & CONTENT_GRANTED or channel["type"] == DM:
        return shown
    return without_content(shown | {"guild_id": channel["guild_id"]}, call.me) | {"_": 0}


def _read(call: Call, *wanted: Permission) -> tuple[Json, Json]:
    """The channel and message of the path, if the bot may see them."""
    channel = call.play.world.channel(call.id("channel_id"))
    call.play.world.need(channel, call.me, *wanted)
    return channel, call.play.world.message(channel["id"], call.id("message_id"))


@routes.on("POST", "/channels/{channel_id}/messages")
def create_message(call: Call) -> Json:
    play = call.play
    channel = play.world.channel(call.id("channel_id"))
    play.messages.check_may_send(channel, call.me, call.form, len(call.uploads))
    message = play.messages.create(channel, call.me, call.form, call.uploads)
    return play.views.message(message, call.me)


@routes.on("GET", "/channels/{channel_id}/messages")
def list_messages(call: Call) -> list[Json]:
    play = call.play
    channel = play.world.channel(call.id("channel_id"))
    have = play.world.need(channel, call.me)
    if channel["type"] in (objects.FORUM, objects.CATEGORY):
        raise DiscordError(50008)
    if not have & Permission.READ_MESSAGE_HISTORY:
        return []
    limit = call.number("limit", 50, 1, 100)
    found = history(call.play.state.page, channel["id"], call.query, limit)
    return [_clean(_shown(call, m, channel)) for m in found]


def history(page: Callable[..., list[Json]], channel_id: str, query: Mapping[str, str], limit: int) -> list[Json]:
    """Newest first: before, after or around an id, or the latest."""
    before, after, around = (snowflake(query.get(name, "")) for name in ("before", "after", "around"))
    if around is not None:
        older = page("message", channel_id, below=around, limit=limit // 2)
        newer = page("message", channel_id, above=around - 1, limit=limit - len(older), newest=False)
        return list(reversed(newer)) + older
    if after is not None:
        return list(reversed(page("message", channel_id, above=after, limit=limit, newest=False)))
    return list(page("message", channel_id, below=1 << 62 if before is None else before, limit=limit))


def _clean(shown: Json) -> Json:
    return {key: value for key, value in shown.items() if key not in ("guild_id", "_")}


@routes.on("GET", "/channels/{channel_id}/messages/{message_id}")
def get_message(call: Call) -> Json:
    channel, message = _read(call, Permission.READ_MESSAGE_HISTORY)
    return _clean(_shown(call, message, channel))


@routes.on("PATCH", "/channels/{channel_id}/messages/{message_id}")
def edit_message(call: Call) -> Json:
    channel, message = _read(call)
    if message["_author"] != call.me:
        only_flags = call.form.keys() <= {"flags"}
        if not only_flags:
            raise DiscordError(50005)
        call.play.world.need(channel, call.me, Permission.MANAGE_MESSAGES)
        flags = int(call.form.get("flags") or 0) & SUPPRESS_EMBEDS
        message["flags"] = message["flags"] & ~SUPPRESS_EMBEDS | flags
        call.play.messages.update(message)
        return call.play.views.message(message, call.me)
    if channel.get("thread_metadata", {}).get("archived"):
        raise DiscordError(50083)
    return call.play.views.message(call.play.messages.edit(message, call.form, call.uploads), call.me)


@routes.on("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete_message(call: Call) -> None:
    channel, message = _read(call)
    if message["_author"] != call.me:
        if channel["type"] == DM:
            raise DiscordError(50003)
        call.play.world.need(channel, call.me, Permission.MANAGE_MESSAGES)
    call.play.messages.delete(message)


@routes.on("POST", "/channels/{channel_id}/messages/bulk-delete")
def bulk_delete(call: Call) -> None:
    play = call.play
    channel = play.world.channel(call.id("channel_id"))
    play.world.need(channel, call.me, Permission.MANAGE_MESSAGES)
    ids = list(dict.fromkeys(map(str, call.form.get("messages") or ())))
    if not 2 <= len(ids) <= 100:
        raise DiscordError(50016)
    if any(play.clock.now() - snowflake_time(i) > BULK_SECONDS for i in ids if snowflake(i)):
        raise DiscordError(50034)
    found = [i for i in ids if snowflake(i) and play.state.get("message", i, channel["id"])]
    for id_ in found:
        play.state.delete("message", id_, channel["id"])
    play.events.in_channel("MESSAGE_DELETE_BULK", {"ids": found, "channel_id": channel["id"]}, channel)


@routes.on("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> None:
    play = call.play
    channel = play.world.channel(call.id("channel_id"))
    play.world.need(channel, call.me, *(() if channel["type"] == DM else (Permission.SEND_MESSAGES,)))
    play.actions.typing(channel, call.me)


# Pins.


@routes.on("PUT", "/channels/{channel_id}/pins/{message_id}")
@routes.on("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
def pin(call: Call) -> None:
    _set_pinned(call, pinned=True)


@routes.on("DELETE", "/channels/{channel_id}/pins/{message_id}")
@routes.on("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
def unpin(call: Call) -> None:
    _set_pinned(call, pinned=False)


def _set_pinned(call: Call, *, pinned: bool) -> None:
    channel, message = _read(call)
    if channel["type"] != DM:
        have = call.play.world.need(channel, call.me)
        if not have & (Permission.MANAGE_MESSAGES | Permission.PIN_MESSAGES):
            raise DiscordError(50013)
    if pinned and len(_pinned(call, channel)) >= PINS:
        raise DiscordError(30003)
    message["pinned"] = pinned
    call.play.messages.update(message)
    data = {"channel_id": channel["id"], "last_pin_timestamp": call.play.clock.iso() if pinned else None}
    call.play.events.in_channel("CHANNEL_PINS_UPDATE", data, channel)


def _pinned(call: Call, channel: Json) -> list[Json]:
    return [m for m in reversed(call.play.state.all("message", channel["id"])) if m["pinned"]]


@routes.on("GET", "/channels/{channel_id}/pins")
def list_pins(call: Call) -> list[Json]:
    channel = call.play.world.channel(call.id("channel_id"))
    call.play.world.need(channel, call.me)
    return [_clean(_shown(call, m, channel)) for m in _pinned(call, channel)]


@routes.on("GET", "/channels/{channel_id}/messages/pins")
def list_pins_paged(call: Call) -> Json:
    items = [{"pinned_at": m["timestamp"], "message": m} for m in list_pins(call)]
    return {"items": items, "has_more": False}


# Reactions.


def _emoji(text: str) -> Json:
    name, _, id_ = text.partition(":")
    if id_ and not snowflake(id_):
        raise DiscordError(10014, status=400)
    if not id_ and (not name or name.isascii()):
        raise DiscordError(10014, status=400)
    return {"id": id_ or None, "name": name}


@routes.on("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
def react(call: Call) -> None:
    channel, message = _read(call, Permission.READ_MESSAGE_HISTORY, Permission.ADD_REACTIONS)
    call.play.actions.react(channel, message, call.me, _emoji(call.params["emoji"]), add=True)


@routes.on("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me")
def unreact(call: Call) -> None:
    channel, message = _read(call)
    call.play.actions.react(channel, message, call.me, _emoji(call.params["emoji"]), add=False)


@routes.on("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/{user_id}")
def remove_reaction(call: Call) -> None:
    channel, message = _read(call, Permission.MANAGE_MESSAGES)
    call.play.actions.react(channel, message, str(call.id("user_id")), _emoji(call.params["emoji"]), add=False)


@routes.on("GET", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}")
def who_reacted(call: Call) -> list[Json]:
    _, message = _read(call)
    emoji = _emoji(call.params["emoji"])
    users: list[str] = next((r["users"] for r in message.get("_reactions", ()) if r["emoji"] == emoji), [])
    return [call.play.world.shown_user(u) for u in users[: call.number("limit", 25, 1, 100)]]
