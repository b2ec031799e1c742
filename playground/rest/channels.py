"""Routes of channels and their permission overwrites.
It knows these routes only."""

from __future__ import annotations

from playground.discord.errors import DiscordError, FormErrors
from playground.discord.objects import ANNOUNCEMENT, CATEGORY, DM, FORUM, TEXT, THREAD_TYPES
from playground.discord.permissions import Permission
from playground.discord.wire import Json, snowflake
from playground.rest.calls import Call, Routes
from playground.rest.threads import edit_thread

routes = Routes()
TAGS, TAG_NAME, NAME = 20, 20, 100
EDITABLE = (
    "topic",
    "nsfw",
    "rate_limit_per_user",
    "parent_id",
    "position",
    "permission_overwrites",
    "default_auto_archive_duration",
    "default_thread_rate_limit_per_user",
    "flags",
)


def _channel(call: Call, *wanted: Permission) -> Json:
    channel = call.play.world.channel(call.id("channel_id"))
    call.play.world.need(channel, call.me, *wanted)
    return channel


@routes.on("GET", "/channels/{channel_id}")
def get_channel(call: Call) -> Json:
    return call.play.world.shown_channel(_channel(call), call.me)


@routes.on("PATCH", "/channels/{channel_id}")
def edit_channel(call: Call) -> Json:
    channel = call.play.world.channel(call.id("channel_id"))
    if channel["type"] == DM:
        raise DiscordError(50003)
    if channel["type"] in THREAD_TYPES:
        return edit_thread(call, channel)
    call.play.world.need(channel, call.me, Permission.MANAGE_CHANNELS)
    fill_channel(channel, call.form, call.play.clock.snowflake)
    return call.play.world.shown_channel(call.play.actions.save_channel(channel))


def fill_channel(channel: Json, form: Json, new_id: object) -> None:
    """Set what the form says about a guild channel, after checking it."""
    errors = FormErrors()
    if "name" in form:
        name = str(form["name"] or "")
        if not 1 <= len(name) <= NAME:
            errors.length(("name",), 1, NAME)
        channel["name"] = name.strip().lower().replace(" ", "-") if channel["type"] in (TEXT, ANNOUNCEMENT) else name
    if len(str(form.get("topic") or "")) > (4096 if channel["type"] == FORUM else 1024):
        errors.length(("topic",), 0, 4096 if channel["type"] == FORUM else 1024)
    if not 0 <= int(form.get("rate_limit_per_user") or 0) <= 21_600:
        errors.add(("rate_limit_per_user",), "NUMBER_TYPE_MAX", "int value should be less than or equal to 21600.")
    errors.check()
    for key in EDITABLE:
        if key in form:
            channel[key] = form[key]
    if "permission_overwrites" in form:
        channel["permission_overwrites"] = [overwrite(o["id"], o) for o in form["permission_overwrites"] or ()]
    if form.get("parent_id") is not None:
        channel["parent_id"] = str(form["parent_id"])
    if channel["type"] == FORUM and "available_tags" in form:
        channel["available_tags"] = _tags(form["available_tags"] or [], new_id)


def overwrite(id_: object, form: Json) -> Json:
    return {
        "id": str(id_),
        "type": int(form.get("type") or 0),
        "allow": str(int(form.get("allow") or 0)),
        "deny": str(int(form.get("deny") or 0)),
    }


def _tags(given: list[Json], new_id: object) -> list[Json]:
    errors = FormErrors()
    if len(given) > TAGS:
        errors.length(("available_tags",), 0, TAGS)
    made = []
    for index, tag in enumerate(given):
        name = str(tag.get("name") or "")
        if not 1 <= len(name) <= TAG_NAME:
            errors.length(("available_tags", index, "name"), 1, TAG_NAME)
        id_ = tag.get("id") or (new_id() if callable(new_id) else 0)
        emoji_id = tag.get("emoji_id")
        made.append(
            {
                "id": str(id_),
                "name": name,
                "moderated": bool(tag.get("moderated")),
                "emoji_id": str(emoji_id) if emoji_id else None,
                "emoji_name": tag.get("emoji_name"),
            }
        )
    errors.check()
    return made


@routes.on("DELETE", "/channels/{channel_id}")
def delete_channel(call: Call) -> Json:
    channel = call.play.world.channel(call.id("channel_id"))
    wanted = Permission.MANAGE_THREADS if channel["type"] in THREAD_TYPES else Permission.MANAGE_CHANNELS
    call.play.world.need(channel, call.me, *(() if channel["type"] == DM else (wanted,)))
    call.play.actions.delete_channel(channel)
    return call.play.world.shown_channel(channel, call.me)


@routes.on("PUT", "/channels/{channel_id}/permissions/{overwrite_id}")
def put_overwrite(call: Call) -> None:
    channel = _channel(call, Permission.MANAGE_ROLES)
    id_ = str(call.id("overwrite_id"))
    kept = [o for o in channel["permission_overwrites"] if o["id"] != id_]
    channel["permission_overwrites"] = [*kept, overwrite(id_, call.form)]
    call.play.actions.save_channel(channel)


@routes.on("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}")
def delete_overwrite(call: Call) -> None:
    channel = _channel(call, Permission.MANAGE_ROLES)
    id_ = str(call.id("overwrite_id"))
    kept = [o for o in channel["permission_overwrites"] if o["id"] != id_]
    if len(kept) == len(channel["permission_overwrites"]):
        raise DiscordError(10009)
    channel["permission_overwrites"] = kept
    call.play.actions.save_channel(channel)


def category_exists(call: Call, parent_id: object, guild_id: str) -> None:
    """50035 when the parent is no category of this guild."""
    number = snowflake(parent_id)
    parent = call.play.state.get("channel", number, guild_id) if number else None
    if parent is None or parent["type"] != CATEGORY:
        errors = FormErrors()
        errors.add(("parent_id",), "CHANNEL_PARENT_INVALID", "Category does not exist")
        errors.check()
