"""One running playground per test, and a person's hands: the human-side calls without their HTTP clutter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from playground.server import Playground
from tests.patience import PATIENCE
from tests.patience import until as until  # for whoever waits beside a playground

from . import referee
from .live import browser, local_discord, page

__all__ = ["browser", "local_discord", "page"]  # fixtures for the tests of the page


class Human:
    """What a person does, over /play."""

    def __init__(self, play: Playground, session: aiohttp.ClientSession) -> None:
        self.play = play
        self._session = session
        users = [u for u in play.state.all("user") if not u.get("bot")]
        self.owner, self.moderator, self.yuki, self.samir, self.outsider = (str(u["id"]) for u in users)
        self.bot = str(play.world.bots()[0]["id"])
        self.guild = str(play.state.all("guild")[0]["id"])
        channels = {c["name"]: str(c["id"]) for c in play.world.guild_channels(self.guild)}
        self.general, self.papers, self.reading = channels["general"], channels["papers"], channels["reading-group"]

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with self._session.request(method, f"{self.play.origin}/play{path}", json=body) as response:
            answer = await response.json()
            assert response.status == status, answer
            assert response.headers["Content-Type"] == "application/json"
            return answer

    async def run(self, name: str, options: Any = None, *, who: str | None = None, channel: str | None = None) -> Any:
        body = {"as": who or self.owner, "channel_id": channel or self.general, "name": name, "options": options or {}}
        return await self.ask("POST", "/commands", body | {"wait": PATIENCE})

    async def click(self, message: Any, custom_id: str, values: list[str] | None = None, who: str | None = None) -> Any:
        body = {"as": who or self.owner, "channel_id": message["channel_id"], "message_id": message["id"]}
        chosen = {"custom_id": custom_id, "values": values, "wait": PATIENCE}
        return await self.ask("POST", "/components", body | chosen)

    async def messages(self, channel: str, who: str | None = None) -> Any:
        return await self.ask("GET", f"/channels/{channel}/messages?as={who or self.owner}")


class Rest:
    """Bare REST calls with the bot's token, for what no library sends."""

    def __init__(self, play: Playground, session: aiohttp.ClientSession) -> None:
        self._play = play
        self._session = session

    async def __call__(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bot {token or self._play.token}", "User-Agent": "DiscordBot (https://x.org, 1)"}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        async with self._session.request(method, self._play.url + path, headers=headers, **more) as response:
            is_json = response.headers.get("Content-Type") == "application/json"
            return response.status, await response.json() if is_json else await response.text(), response.headers


def aim(play: Playground) -> None:
    """Point discord.py at the playground."""
    Route.BASE = play.url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(play.gateway_url)


@pytest.fixture(autouse=True)
def _aim_back() -> Iterator[None]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Playground]:
    """A playground that Discord's own descriptions judge all the while, where they are at hand."""
    faults = referee.watch(monkeypatch) if referee.present() else []
    async with Playground(tmp_path / "discord.db", rate_limits=False, answer_seconds=PATIENCE) as running:
        aim(running)
        yield running
    assert faults == []


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as running:
        yield running


@pytest.fixture
def human(play: Playground, session: aiohttp.ClientSession) -> Human:
    return Human(play, session)


@pytest.fixture
def rest(play: Playground, session: aiohttp.ClientSession) -> Rest:
    return Rest(play, session)


class Client(discord.Client):
    """An unmodified discord.py client with a command tree; it remembers what it was told."""

    def __init__(self, intents: int = 1, **options: Any) -> None:
        super().__init__(
            intents=discord.Intents._from_value(intents), max_ratelimit_timeout=max(30.0, PATIENCE), **options
        )
        self.tree = discord.app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.said: list[discord.Message] = []
        self.running: asyncio.Task[None] | None = None
        self._connection.guild_ready_timeout = 0.0  # on_ready would wait two seconds for further guilds

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.heard.append(event)
        super().dispatch(event, *args, **kwargs)

    async def on_message(self, message: discord.Message) -> None:
        self.said.append(message)


Start = Callable[..., Awaitable[Client]]


@pytest.fixture
async def start(play: Playground) -> AsyncIterator[Start]:
    """Start a client and wait until it is ready; all are closed afterwards."""
    running: list[tuple[Client, asyncio.Task[None]]] = []

    async def begin(client: Client | None = None, token: str | None = None) -> Client:
        client = client or Client()
        task = asyncio.create_task(client.start(token or play.token))
        client.running = task
        running.append((client, task))
        await until(lambda: client.is_ready() or task.done())
        if task.done():
            task.result()
        return client

    yield begin
    for client, task in running:
        await client.close()
        await asyncio.gather(task, return_exceptions=True)
