"""The human side of forums: a person begins a post, with a title, tags and its first message.
It knows posts; what a bot may do with threads stands in rest/threads.py."""

from __future__ import annotations

from playground.discord import objects
from playground.discord.errors import HumanError
from playground.discord.limits import check_message
from playground.discord.objects import FORUM
from playground.discord.permissions import Permission
from playground.discord.threads import NAME, PUBLIC_THREAD, check_tags, open_thread
from playground.discord.wire import Json
from playground.human.calls import Ask, HumanRoutes, mark_read

routes = HumanRoutes()


@routes.on("POST", "/channels/{channel}/posts")
async def begin_post(ask: Ask) -> Json:
    """A post is a thread whose first message has the thread's id."""
    forum, play, me = ask.channel(ask.path("channel")), ask.play, ask.me
    if forum["type"] != FORUM:
        raise HumanError("Only a forum has posts; write a message here instead.")
    play.world.need(forum, me, Permission.SEND_MESSAGES)
    name, body = ask.text("name").strip(), {"content": ask.text("content")}
    if not 1 <= len(name) <= NAME:
        raise HumanError(f"`name` is a title of 1 to {NAME} characters.")
    tags = _tags(forum, ask.body.get("tags"))
    check_tags(play.world, forum, me, tags)
    check_message(body, files=0)
    play.messages.check_words(forum, {"content": f"{name}\n{body['content']}"})
    minutes = forum.get("default_auto_archive_duration") or 4320
    now = play.clock.iso()
    thread = objects.thread(play.clock.snowflake(), forum, name, me, now, kind=PUBLIC_THREAD, archive_minutes=minutes)
    thread["applied_tags"] = tags
    open_thread(play.world, play.actions, thread, me)
    first = play.messages.create(thread, me, body, (), {"id": thread["id"], "flags": 0})
    mark_read(play, me, thread["id"], first["id"])
    shown = play.world.shown_channel(thread, me)
    return shown | {"last_message_id": first["id"], "message": play.views.human(first, me)}


def _tags(forum: Json, given: object) -> list[str]:
    """The ids of tags that are given by id or by name."""
    known = {tag["name"]: tag["id"] for tag in forum["available_tags"]} | {
        t["id"]: t["id"] for t in forum["available_tags"]
    }
    wanted = [str(tag) for tag in given] if isinstance(given, list) else []
    if unknown := [tag for tag in wanted if tag not in known]:
        names = ", ".join(tag["name"] for tag in forum["available_tags"]) or "none"
        raise HumanError(f"The forum has no tag {unknown[0]!r}; it has: {names}.")
    return list(dict.fromkeys(str(known[tag]) for tag in wanted))
