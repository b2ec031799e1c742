"""Discord as one object: its state, its clock, what happens in it, and what bots are told.
It builds the parts and passes them on; it must not know how it is reached, nor any bot."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from playground.discord.actions import Actions
from playground.discord.clock import Clock
from playground.discord.events import Events
from playground.discord.faults import Faults
from playground.discord.hub import Hub, Session, Socket
from playground.discord.interactions import ANSWER_SECONDS, Interactions
from playground.discord.messages import NONCE_WINDOW, Messages
from playground.discord.ratelimits import Identifies, Limiter
from playground.discord.requestlog import RequestLog
from playground.discord.seed import seed
from playground.discord.state import State
from playground.discord.usable import Usable
from playground.discord.views import Views
from playground.discord.wire import Json
from playground.discord.world import World


class Discord:
    """Everything that is the same for bots and people, however they come."""

    def __init__(
        self,
        state_path: Path | str = ":memory:",
        *,
        clock_file: Path | None = None,
        rate_limits: bool = True,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
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
        self.limiter = Limiter(enabled=rate_limits)
        self.identifies = Identifies(self.state, self.clock, self.reset_token)
        self.log = RequestLog(self.clock)
        self.connections: set[Socket] = set()
        self.recommended_shards = 1

    @property
    def gateway_url(self) -> str:
        """Where bots connect, once somebody serves it."""
        return f"ws{self.world.base_url.removeprefix('http')}/gateway"

    @property
    def token(self) -> str:
        """The token of the first bot."""
        return self.world.token(self.world.bots()[0])

    def say_goodbye(self) -> None:
        """End the streams, the connections and the waiting; the state stays."""
        self.hub.close_streams()
        for connection in list(self.connections):
            connection.close(1012)
        self.interactions.close()

    # Levers.

    def each_connection(self, sessions: Iterable[Session], do: Callable[[Socket], None]) -> int:
        """Do something to every connection of these sessions; how many there were."""
        found = [s.socket for s in sessions if s.socket is not None]
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
