"""The local Discord as one object: state, clock, REST, gateway, human side and page on one loopback port.
It builds the parts and passes them on; it knows no bot."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from playground import (
    gateway,
    human,
    human_admin,
    human_interactions,
    human_posts,
    pages,
    rest_channels,
    rest_commands,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_threads,
    rest_users,
)
from playground.actions import Actions
from playground.appkey import PLAYGROUND
from playground.clock import Clock
from playground.events import Events
from playground.faults import Faults
from playground.gateway import Connection
from playground.hub import Hub, Session
from playground.interactions import ANSWER_SECONDS, Interactions
from playground.messages import NONCE_WINDOW, Messages
from playground.ratelimits import Identifies, Limiter
from playground.rest import REQUEST_LIMIT, Rest, Routes
from playground.seed import seed
from playground.state import State
from playground.usable import Usable
from playground.views import Views
from playground.wire import Json
from playground.world import World

LOG_ENTRIES = 50_000
REST_MODULES = (rest_users, rest_messages, rest_interactions, rest_commands, rest_channels, rest_threads, rest_guilds)


class RequestLog:
    """The REST requests of the bots, for whoever tests one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Json] = deque(maxlen=LOG_ENTRIES)
        self._last = 0

    def begin(self, method: str, path: str) -> Json:
        self._last += 1
        at = self._clock.iso()
        entry: Json = {
            "n": self._last,
            "at": at,
            "method": method,
            "path": path,
            "status": None,
            "ms": None,
            "body": None,
        }
        self._entries.append(entry)
        return entry

    def after(self, n: int) -> list[Json]:
        return [entry for entry in self._entries if entry["n"] > n]


class Playground:
    """`async with Playground("discord.db") as p:` serves until the block ends; p.url, p.gateway_url, p.token."""

    def __init__(
        self,
        state_path: Path | str = ":memory:",
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        clock_file: Path | None = None,
        rate_limits: bool = True,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.host, self.port = host, port
        self.state = State(state_path)
        self.clock = Clock(self.state, clock_file)
        seed(self.state, self.clock)
        self.world = World(self.state, self.clock)
        self.views = Views(self.world)
        self.hub = Hub()
        self.events = Events(self.world, self.hub, self.views)
        self.messages = Messages(self.world, self.events)
        self.actions = Actions(self.world, self.events)
        self.usable = Usable(self.world)
        self._answer_seconds = answer_seconds
        self.interactions = Interactions(self.world, self.hub, self.messages, self.events, self.views, answer_seconds)
        self.faults = Faults(self.clock.now)
        self.limiter = Limiter(self, enabled=rate_limits)
        self.identifies = Identifies(self)
        self.log = RequestLog(self.clock)
        self.connections: set[Connection] = set()
        self.recommended_shards = 1
        self._runner: web.AppRunner | None = None

    # Where it is.

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base of the REST API."""
        return f"{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://{self.host}:{self.port}/gateway"

    @property
    def token(self) -> str:
        """The token of the first bot."""
        return self.world.token(self.world.bots()[0])

    # Its life.

    async def start(self) -> None:
        self._runner = web.AppRunner(create_app(self), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])
        self.world.base_url = self.origin

    async def close(self) -> None:
        """Say goodbye to bots and pages, then close the file."""
        self.hub.close_streams()
        for connection in list(self.connections):
            connection.close(1012)
        self.interactions.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.sleep(0)
        self.state.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # Levers.

    def each_connection(self, sessions: Iterable[Session], do: Callable[[Connection], None]) -> int:
        """Do something to every connection of these sessions; how many there were."""
        found = [s.socket for s in sessions if isinstance(s.socket, Connection)]
        for connection in found:
            do(connection)
        return len(found)

    def reset_token(self, app: Json) -> Json:
        """A new token; the sessions of the old one end."""
        app = self.world.application(app["id"])
        app["_secret"] = f"{secrets.token_urlsafe(5)[:6]}.{secrets.token_urlsafe(29)[:38]}"
        self.state.put("application", app)
        mine = self.hub.sessions_of(app["id"])
        self.each_connection(mine, lambda connection: connection.close(4004))
        for session in mine:
            self.hub.sessions.pop(session.id, None)
        return app

    def reset_faults(self) -> None:
        self.faults.clear()
        self.messages.nonce_window = NONCE_WINDOW
        self.interactions.answer_seconds = self._answer_seconds
        self.limiter.banned_until = 0.0


def create_app(play: Playground) -> web.Application:
    """The web application of a playground."""
    app = web.Application(client_max_size=REQUEST_LIMIT + 1024)
    app[PLAYGROUND] = play
    routes = Routes()
    for module in REST_MODULES:
        routes.all += module.routes.all
    # A fixed word in a path wins over a placeholder at its place: /users/@me over /users/{user_id}.
    routes.all.sort(key=lambda route: route.template.count("{"))
    rest = Rest(play, routes)
    app.router.add_route("*", "/api{tail:/.*}", rest.handle)
    for path in ("/gateway", "/gateway/"):
        app.router.add_get(path, gateway.handle)
    for module in (human, human_posts, human_interactions, human_admin):
        module.routes.add_to(app)
    pages.add_to(app)
    return app
