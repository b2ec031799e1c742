"""Routes of threads: in text channels, from messages, as posts of a forum.
It knows these routes only."""

from __future__ import annotations

from playground.discord import objects
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.limits import check_message
from playground.discord.objects import ANNOUNCEMENT, FORUM, TEXT, THREAD_TYPES
from playground.discord.permissions import Permission
from playground.discord.threads import NAME, PRIVATE_THREAD, PUBLIC_THREAD, check_tags, open_thread, thread_member
from playground.discord.wire import Json
from playground.rest.calls import Call, Routes

routes = Routes()
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)


def _channel(call: Call, *wanted: Permission) -> Json:
    channel = call.play.world.channel(call.id("channel_id"))
    call.play.world.need(channel, call.me, *wanted)
    return channel


def _new_thread(call: Call, parent: Json, *, kind: int, id_: int | None = None) -> Json:
    """A thread as the form says, with the bot as its first member; not yet told."""
    errors = FormErrors()
    name = str(call.form.get("name") or "")
    if not 1 <= len(name) <= NAME:
        errors.length(("name",), 1, NAME)
    minutes = call.form.get("auto_archive_duration") or parent.get("default_auto_archive_duration") or 4320
    if minutes not in ARCHIVE_MINUTES:
        errors.add(("auto_archive_duration",), "BASE_TYPE_CHOICES", f"Value must be one of {ARCHIVE_MINUTES}.")
    errors.check()
    clock = call.play.clock
    thread = objects.thread(
        id_ or clock.snowflake(), parent, name, call.me, clock.iso(), kind=kind, archive_minutes=minutes
    )
    if kind == PRIVATE_THREAD:
        thread["thread_metadata"]["invitable"] = call.form.get("invitable") is not False
    if call.form.get("rate_limit_per_user") is not None:
        thread["rate_limit_per_user"] = call.form["rate_limit_per_user"]
    return thread


def _open(call: Call, thread: Json) -> Json:
    open_thread(call.play.world, call.play.actions, thread, call.me)
    return _with_me(call, thread)


def _with_me(call: Call, thread: Json) -> Json:
    shown = call.play.world.shown_channel(thread)
    mine = call.play.state.get("thread_member", call.me, thread["id"])
    return shown | ({"member": mine} if mine else {})


@routes.on("POST", "/channels/{channel_id}/threads", status=201)
def start_thread(call: Call) -> Json:
    parent = call.play.world.channel(call.id("channel_id"))
    if parent["type"] == FORUM:
        return _start_post(call, parent)
    kind = call.form.get("type", PRIVATE_THREAD)
    wanted = Permission.CREATE_PRIVATE_THREADS if kind == PRIVATE_THREAD else Permission.CREATE_PUBLIC_THREADS
    call.play.world.need(parent, call.me, wanted)
    if parent["type"] not in (TEXT, ANNOUNCEMENT):
        raise DiscordError(50024)
    return _open(call, _new_thread(call, parent, kind=kind))


def _start_post(call: Call, forum: Json) -> Json:
    """A thread in a forum begins with a message, which has the thread's id."""
    play, form = call.play, call.form
    play.world.need(forum, call.me, Permission.SEND_MESSAGES)
    tags = [str(t) for t in form.get("applied_tags") or ()]
    check_tags(play.world, forum, call.me, tags)
    thread = _new_thread(call, forum, kind=PUBLIC_THREAD)
    thread["applied_tags"] = tags
    message = form.get("message")
    message = message if isinstance(message, dict) else {}
    _check_first(call, message)
    shown = _open(call, thread)
    extra = {"id": thread["id"], "flags": 0}
    first = play.messages.create(thread, call.me, message, call.uploads, extra)
    return shown | {"last_message_id": first["id"], "message": play.views.message(first, call.me)}


def _check_first(call: Call, message: Json) -> None:
    """A post whose first message is refused must not exist."""
    check_message(message, files=len(call.uploads))


@routes.on("POST", "/channels/{channel_id}/messages/{message_id}/threads", status=201)
def start_thread_from_message(call: Call) -> Json:
    parent = _channel(call, Permission.CREATE_PUBLIC_THREADS)
    if parent["type"] not in (TEXT, ANNOUNCEMENT):
        raise DiscordError(50024)
    message = call.play.world.message(parent["id"], call.id("message_id"))
    if message.get("_thread"):
        raise DiscordError(160004)
    thread = _new_thread(call, parent, kind=PUBLIC_THREAD, id_=int(message["id"]))
    shown = _open(call, thread)
    message["_thread"] = thread["id"]
    message["flags"] |= 1 << 5
    call.play.messages.update(message)
    return shown


def edit_thread(call: Call, thread: Json) -> Json:
    have = call.play.world.need(thread, call.me)
    mine = thread["owner_id"] == call.me
    meta = thread["thread_metadata"]
    if not have & Permission.MANAGE_THREADS:
        only_opens = call.form.keys() == {"archived"} and not call.form["archived"] and not meta["locked"]
        if not mine and not only_opens:
            raise DiscordError(50013)
        if "locked" in call.form or (meta["locked"] and "archived" in call.form):
            raise DiscordError(50013)
    if meta["archived"] and call.form.get("archived") is not False and call.form.keys() - {"locked"}:
        raise DiscordError(50083)
    for key in ("archived", "locked", "auto_archive_duration", "invitable"):
        if key in call.form:
            meta[key] = call.form[key]
    if "archived" in call.form:
        meta["archive_timestamp"] = call.play.clock.iso()
    if "applied_tags" in call.form:
        parent = call.play.world.channel(thread["parent_id"])
        tags = [str(t) for t in call.form["applied_tags"] or ()]
        check_tags(call.play.world, parent, call.me, tags)
        thread["applied_tags"] = tags
    for key in ("name", "rate_limit_per_user", "flags"):
        if key in call.form:
            thread[key] = call.form[key]
    return _with_me(call, call.play.actions.save_channel(thread))


@routes.on("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def join_thread(call: Call) -> None:
    _set_thread_member(call, joins=True)


@routes.on("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
def leave_thread(call: Call) -> None:
    _set_thread_member(call, joins=False)


def _set_thread_member(call: Call, *, joins: bool) -> None:
    thread = _channel(call)
    if thread["type"] not in THREAD_TYPES:
        raise DiscordError(50024)
    if thread["thread_metadata"]["archived"]:
        raise DiscordError(50083)
    user_id = str(call.id("user_id"))
    if user_id != call.me and not joins:
        call.play.world.need(thread, call.me, Permission.MANAGE_THREADS)
    call.play.world.member(thread["guild_id"], user_id)
    if joins:
        call.play.state.put("thread_member", thread_member(call.play.clock, thread, user_id), thread["id"], id_=user_id)
    else:
        call.play.state.delete("thread_member", user_id, thread["id"])
    thread["member_count"] = call.play.state.count("thread_member", thread["id"])
    call.play.state.put("channel", thread, thread["guild_id"])
    data: Json = {"id": thread["id"], "guild_id": thread["guild_id"], "member_count": thread["member_count"]}
    data["added_members" if joins else "removed_member_ids"] = (
        [thread_member(call.play.clock, thread, user_id)] if joins else [user_id]
    )
    call.play.events.in_channel("THREAD_MEMBERS_UPDATE", data, thread)


@routes.on("GET", "/channels/{channel_id}/thread-members/{user_id}")
def get_thread_member(call: Call) -> Json:
    thread = _channel(call)
    found = call.play.state.get("thread_member", call.id("user_id"), thread["id"])
    if found is None:
        raise DiscordError(10007)
    return found


@routes.on("GET", "/channels/{channel_id}/thread-members")
def list_thread_members(call: Call) -> list[Json]:
    return call.play.state.all("thread_member", _channel(call)["id"])


@routes.on("GET", "/channels/{channel_id}/threads/archived/public")
def archived_threads(call: Call) -> Json:
    return _archived(call, PUBLIC_THREAD)


@routes.on("GET", "/channels/{channel_id}/threads/archived/private")
def archived_private_threads(call: Call) -> Json:
    return _archived(call, PRIVATE_THREAD)


def _archived(call: Call, kind: int) -> Json:
    parent = _channel(call, Permission.READ_MESSAGE_HISTORY)
    limit = call.number("limit", 50, 2, 100)
    found = [t for t in call.play.world.threads(parent["guild_id"], active=False) if t["parent_id"] == parent["id"]]
    found = [t for t in found if t["type"] == kind and t["thread_metadata"]["archived"]]
    found = [t for t in found if call.play.world.can_see(t, call.me)]
    found.sort(key=lambda t: str(t["thread_metadata"]["archive_timestamp"]), reverse=True)
    if before := call.query.get("before"):
        found = [t for t in found if t["thread_metadata"]["archive_timestamp"] < before.replace("Z", "+00:00")]
    return listed(call, found[:limit]) | {"has_more": len(found) > limit}


def listed(call: Call, threads: list[Json]) -> Json:
    """Threads with the bot's own memberships beside them."""
    mine = [call.play.state.get("thread_member", call.me, t["id"]) for t in threads]
    return {"threads": [call.play.world.shown_channel(t) for t in threads], "members": [m for m in mine if m]}
