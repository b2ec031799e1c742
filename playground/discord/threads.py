"""Threads: opened with their first member; the tags that a post of a forum may have.
It knows what a thread is; it must not know which route or person asked."""

from __future__ import annotations

from playground.discord.actions import Actions
from playground.discord.clock import Clock
from playground.discord.errors import DiscordError, FormErrors
from playground.discord.permissions import Permission
from playground.discord.wire import Json
from playground.discord.world import World

PUBLIC_THREAD, PRIVATE_THREAD = 11, 12
NAME = 100


def open_thread(world: World, actions: Actions, thread: Json, author: str) -> None:
    """Save and tell a new thread whose first member is its author."""
    thread["member_count"] = 1
    world.state.put("thread_member", thread_member(world.clock, thread, author), thread["id"], id_=author)
    actions.save_channel(thread, new=True)


def thread_member(clock: Clock, thread: Json, user_id: str) -> Json:
    """Somebody who joins the thread now."""
    return {"id": thread["id"], "user_id": user_id, "join_timestamp": clock.iso(), "flags": 1}


def check_tags(world: World, forum: Json, author: str, tags: list[str]) -> None:
    """Raise what Discord answers to tags that this author may not give a post here."""
    known = {t["id"]: t for t in forum["available_tags"]}
    errors = FormErrors()
    if len(tags) > 5:
        errors.length(("applied_tags",), 0, 5)
    errors.check()
    may = world.permissions(forum, author) & Permission.MANAGE_THREADS
    if any(t not in known for t in tags):
        raise DiscordError(10087, status=404, message="Unknown tag")
    if any(known[t]["moderated"] for t in tags) and not may:
        raise DiscordError(50013)
    if forum["flags"] & (1 << 4) and not tags:
        raise DiscordError(40067)
