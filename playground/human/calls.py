"""One call of the human side, and the table of routes that it is found in.
It knows who asks, how a call is read and its errors told; what a call does stands beside it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web

from playground.discord.core import Discord
from playground.discord.errors import DiscordError, HumanError
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


def mark_read(play: Discord, me: str, channel_id: str, last: str) -> None:
    play.state.put("read", {"id": channel_id, "last": last}, me)
    play.hub.tell_people("READ", {"channel_id": channel_id, "last_message_id": last}, [me])
