"""The local Discord served: REST, gateway, human side and page on one loopback port.
It knows where each is mounted; what Discord does stands in discord/."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from playground import pages
from playground.discord.core import Discord
from playground.discord.interactions import ANSWER_SECONDS
from playground.gateway import connection as gateway
from playground.http import PLAYGROUND, REQUEST_LIMIT
from playground.human import mount as human
from playground.rest import mount as rest


class Playground(Discord):
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
        super().__init__(state_path, clock_file=clock_file, rate_limits=rate_limits, answer_seconds=answer_seconds)
        self.host, self.port = host, port
        self._runner: web.AppRunner | None = None

    # Where it is.

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base of the REST API."""
        return f"{self.origin}/api/v10"

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
        self.say_goodbye()
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


def create_app(play: Discord) -> web.Application:
    """The web application of a playground."""
    app = web.Application(client_max_size=REQUEST_LIMIT + 1024)
    app[PLAYGROUND] = play
    rest.add_to(app)
    gateway.add_to(app)
    human.add_to(app)
    pages.add_to(app)
    return app
