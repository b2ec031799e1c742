"""What a person's client shows and does: its state, messages, reactions, DMs, files, and live events.
It knows these calls only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from playground.discord.core import Discord
from playground.discord.errors import HumanError
from playground.discord.messages import Upload
from playground.discord.objects import DM
from playground.discord.permissions import Permission
from playground.discord.wire import Json, snowflake
from playground.human.calls import Ask, HumanRoutes, mark_read

routes = HumanRoutes()


def unread(play: Discord, me: str) -> Callable[[Json], Json]:
    """Up to which message this person read a channel, and whether there is more."""
    reads = {r["id"]: r["last"] for r in play.state.all("read", me)}

    def read_of(channel: Json) -> Json:
        last, seen = channel.get("last_message_id"), reads.get(channel["id"]) or "0"
        return {"unread": last is not None and int(last) > int(seen), "last_read": seen}

    return read_of


def _first_person(play: Discord) -> str:
    """Whom a page is that has not chosen yet."""
    return next(str(user["id"]) for user in play.state.all("user") if not user.get("bot"))


@routes.on("GET", "/state")
async def state(ask: Ask) -> Json:
    me = ask.me if ask.query.get("as") else _first_person(ask.play)
    shown = ask.play.views.state(me, ask.play.hub.online, unread(ask.play, me))
    return shown | {"commands": ask.play.usable.of(me)}


@routes.on("GET", "/channels/{channel}/messages")
async def messages(ask: Ask) -> list[Json]:
    channel = ask.channel(ask.path("channel"))
    me, page = ask.me, ask.play.state.page
    if not ask.play.world.permissions(channel, me) & Permission.READ_MESSAGE_HISTORY:
        return []
    limit = min(100, max(1, int(snowflake(ask.query.get("limit", "50")) or 50)))
    below = snowflake(ask.query.get("before", "")) or 1 << 62
    found = page("message", channel["id"], below=below, limit=limit)
    floor = int(found[-1]["id"]) if len(found) == limit else -1
    whispers = page("ephemeral", channel["id"], below=below, above=floor, limit=limit)
    found += [w for w in whispers if w["_to"] == me]
    return [ask.play.views.human(m, me) for m in sorted(found, key=lambda m: int(m["id"]))]


@routes.on("POST", "/channels/{channel}/messages")
async def write(ask: Ask) -> Json:
    channel = ask.channel(ask.path("channel"))
    play, me = ask.play, ask.me
    body: Json = {"content": ask.text("content")}
    if ask.body.get("reply_to"):
        body["message_reference"] = {"message_id": ask.id("reply_to")}
    play.messages.check_may_send(channel, me, body)
    message = play.messages.create(channel, me, body)
    mark_read(play, me, channel["id"], message["id"])
    return play.views.human(message, me)


@routes.on("PATCH", "/channels/{channel}/messages/{message}")
async def edit(ask: Ask) -> Json:
    channel = ask.channel(ask.path("channel"))
    message = ask.play.world.message(channel["id"], ask.path("message"))
    if message["_author"] != ask.me:
        raise HumanError("A person edits only what they wrote.", 403)
    changed = ask.play.messages.edit(message, {"content": ask.text("content")})
    return ask.play.views.human(changed, ask.me)


@routes.on("DELETE", "/channels/{channel}/messages/{message}")
async def delete(ask: Ask) -> Json:
    channel = ask.channel(ask.path("channel"))
    message = ask.play.world.any_message(channel["id"], ask.path("message"))
    mine = message["_author"] == ask.me or message.get("_to") == ask.me
    if not mine and not ask.play.world.permissions(channel, ask.me) & Permission.MANAGE_MESSAGES:
        raise HumanError("This person may not delete that message.", 403)
    if not mine and channel["type"] == DM:
        raise HumanError("In a DM a person deletes only what they wrote.", 403)
    ask.play.messages.delete(message)
    return {"deleted": message["id"]}


@routes.on("POST", "/channels/{channel}/read")
async def read(ask: Ask) -> Json:
    channel = ask.channel(ask.path("channel"))
    last, seen = channel.get("last_message_id") or "0", ask.body.get("message")
    if isinstance(seen, str) and seen.isdecimal():
        last = min(last, seen, key=int)
    mark_read(ask.play, ask.me, channel["id"], last)
    return {"channel_id": channel["id"], "last_message_id": last}


@routes.on("POST", "/channels/{channel}/typing")
async def typing(ask: Ask) -> Json:
    ask.play.actions.typing(ask.channel(ask.path("channel")), ask.me)
    return {}


@routes.on("POST", "/channels/{channel}/messages/{message}/reactions")
async def react(ask: Ask) -> Json:
    channel = ask.channel(ask.path("channel"))
    message = ask.play.world.message(channel["id"], ask.path("message"))
    emoji = {"id": None, "name": ask.text("emoji")}
    ask.play.actions.react(channel, message, ask.me, emoji, add=ask.body.get("add", True) is not False)
    return {}


@routes.on("POST", "/files")
async def upload(ask: Ask) -> Json:
    """A file to give as an attachment option: multipart with the field `file`."""
    form = await ask.request.post()
    part = form.get("file")
    if not isinstance(part, web.FileField):
        raise HumanError("The multipart field `file` is missing.")
    given = Upload("0", part.filename, part.content_type, part.file.read())
    return ask.play.messages.store(given, {}, ephemeral=True)


@routes.on("POST", "/dms")
async def open_dm(ask: Ask) -> Json:
    other = ask.id("user_id")
    ask.play.world.user(other)
    if other == ask.me:
        raise HumanError("A person has no DM with themselves.")
    return ask.play.world.shown_channel(ask.play.actions.open_dm(ask.me, other), ask.me)


@routes.on("GET", "/events")
async def events(ask: Ask) -> web.StreamResponse:
    """Server-sent events until the person goes or the server closes."""
    me, hub = ask.me, ask.play.hub
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(ask.request)
    queue = hub.open_stream(me)
    try:
        hello = {"t": "HELLO", "d": {"me": me, "now": ask.play.clock.iso()}}
        await response.write(f"data: {json.dumps(hello)}\n\n".encode())
        while True:
            try:
                async with asyncio.timeout(15):
                    payload = await queue.get()
            except TimeoutError:
                await response.write(b": still here\n\n")  # lets a closed connection be noticed
                continue
            if payload is None:
                break
            await response.write(f"data: {payload}\n\n".encode())
    except ConnectionError:
        pass
    finally:
        hub.close_stream(me, queue)
    return response
