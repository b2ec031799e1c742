"""The human side over HTTP: everything a person can do, one call each, and what they are shown.
It knows people; what a bot may do stands in rest_*.py."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web

from playground.discord.core import Discord
from playground.discord.errors import DiscordError, HumanError
from playground.discord.messages import Upload
from playground.discord.objects import DM
from playground.discord.permissions import Permission
from playground.discord.wire import Json, snowflake
from playground.http import PLAYGROUND, respond

Handler = Callable[["Ask"], Awaitable[Any]]
MOST_WAIT = 600.0  # seconds that one call may wait for the bot's answer
HandlerT = TypeVar("HandlerT", bound=Handler)
HINTS = {
    20016: "Slow mode is on in this channel: this person has to wait.",
    50001: "This person cannot see that channel.",
    50013: "This person lacks the permission for that.",
    50007: "This person does not take messages from there.",
}


class Ask:
    """One call of the human side."""

    def __init__(self, request: web.Request, body: Json) -> None:
        self.play = request.app[PLAYGROUND]
        self.request = request
        self.query = request.query
        self.body = body

    @property
    def me(self) -> str:
        """The person who acts."""
        who = str(self.body.get("as") or self.query.get("as") or "")
        user = self.play.state.get("user", who) if snowflake(who) is not None else None
        if user is None or user.get("bot"):
            raise HumanError(f"`as` is the id of the person who acts; nobody has the id {who!r}.", 404)
        return who

    def path(self, name: str) -> str:
        value = self.request.match_info[name]
        if snowflake(value) is None:
            raise HumanError(f"{value!r} is not an id.", 404)
        return value

    def id(self, name: str) -> str:
        value = self.body.get(name)
        if snowflake(value) is None:
            raise HumanError(f"`{name}` is the id that is missing here.")
        return str(value)

    def text(self, name: str) -> str:
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise HumanError(f"`{name}` is the text that is missing here.")
        return value

    def seconds(self, default: float = 5.0) -> float:
        value = self.body.get("wait", self.query.get("wait", default))
        try:
            return max(0.0, min(MOST_WAIT, float(value)))
        except (TypeError, ValueError):
            raise HumanError("`wait` is a number of seconds.") from None

    def channel(self, channel_id: str) -> Json:
        """A channel that the person sees."""
        found = self.play.state.get("channel", channel_id)
        if found is None or not self.play.world.can_see(found, self.me):
            raise HumanError(f"This person sees no channel with the id {channel_id}.", 404)
        return found


class HumanRoutes:
    """A table of the human side's routes."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str, Handler]] = []

    def on(self, method: str, path: str) -> Callable[[HandlerT], HandlerT]:
        def register(handler: HandlerT) -> HandlerT:
            self.all.append((method, path, handler))
            return handler

        return register

    def add_to(self, app: web.Application) -> None:
        for method, path, handler in self.all:
            app.router.add_route(method, "/play" + path, _serve(handler))


def _serve(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            body = await _body(request)
            result = await handler(Ask(request, body))
        except HumanError as error:
            return respond(error.status, {"message": str(error)})
        except DiscordError as error:
            text = HINTS.get(error.code, error.message) + (f" {json.dumps(error.extra)}" if error.extra else "")
            return respond(404 if error.status == 404 else 400, {"message": text, "code": error.code})
        return result if isinstance(result, web.StreamResponse) else respond(200, result)

    return serve


async def _body(request: web.Request) -> Json:
    if request.method in ("GET", "HEAD") or request.content_type.startswith("multipart/"):
        return {}
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise HumanError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise HumanError("The body is a JSON object.")
    return body


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
    last = channel.get("last_message_id") or "0"
    mark_read(ask.play, ask.me, channel["id"], last)
    return {"channel_id": channel["id"], "last_message_id": last}


def mark_read(play: Discord, me: str, channel_id: str, last: str) -> None:
    play.state.put("read", {"id": channel_id, "last": last}, me)
    play.hub.tell_people("READ", {"channel_id": channel_id, "last_message_id": last}, [me])


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
