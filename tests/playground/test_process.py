"""The playground as a process: started, killed, started again, told to stop; and the files it serves to a browser."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from playground.discord.state import State
from playground.server import Playground
from tests.patience import PATIENCE
from tests.processes import ended, run_async, running_async

from .conftest import Human, Rest, until

HEADERS = {"User-Agent": "DiscordBot (https://x.org, 1)"}


@contextlib.asynccontextmanager
async def playing(folder: Path, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    (folder / "port").unlink(missing_ok=True)
    arguments = ["--port", "0", "--port-file", str(folder / "port"), "--state", str(folder / "d.db"), *more]
    command = (sys.executable, "-m", "playground", *arguments)
    async with running_async(*command, stdout=asyncio.subprocess.PIPE) as process:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = (await process.stdout.readline()).decode()
        assert f":{(folder / 'port').read_text().strip()}/api/v10" in line
        yield process


async def write_on(session: aiohttp.ClientSession, folder: Path, turn: int, accepted: list[str]) -> None:
    """Writes messages for ever, and keeps which were accepted."""
    printed = await run_async(sys.executable, "-m", "playground", "--state", folder / "d.db", "--print-token")
    base = f"http://127.0.0.1:{(folder / 'port').read_text().strip()}/api/v10"
    headers = HEADERS | {"Authorization": f"Bot {printed.stdout.strip()}"}
    async with session.get(f"{base}/users/@me/guilds", headers=headers) as response:
        guild = (await response.json())[0]["id"]
    async with session.get(f"{base}/guilds/{guild}/channels", headers=headers) as response:
        channel = (await response.json())[0]["id"]
    for number in itertools.count():
        body = {"content": f"{turn}.{number}"}
        async with session.post(f"{base}/channels/{channel}/messages", json=body, headers=headers) as answer:
            accepted.append((await answer.json())["content"])


async def test_killed_in_the_middle_it_has_everything_that_was_accepted(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    accepted: list[str] = []
    for turn in range(2):
        async with playing(tmp_path, "--no-rate-limits") as process:
            writing = asyncio.create_task(write_on(session, tmp_path, turn, accepted))
            await until(functools.partial(lambda floor: len(accepted) > floor, len(accepted) + 20))
            process.send_signal(signal.SIGKILL)
            with pytest.raises(aiohttp.ClientError):
                await writing
    state = State(tmp_path / "d.db")
    kept = [m["content"] for m in state.all("message")]
    state.close()
    assert set(accepted) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(accepted) + 3


async def test_sigterm_ends_it_cleanly_and_the_clock_file_has_the_shift(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with playing(tmp_path, "--clock-file", str(tmp_path / "shift")) as process:
        origin = f"http://127.0.0.1:{(tmp_path / 'port').read_text().strip()}"
        async with session.post(f"{origin}/play/clock", json={"shift": 7}) as response:
            assert response.status == 200
        assert float((tmp_path / "shift").read_text()) == 7.0
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0
    assert os.listdir(tmp_path)


async def test_what_a_browser_gets_is_fenced_in(
    play: Playground, rest: Rest, human: Human, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{play.origin}/avatars/{human.owner}.svg") as response:
        assert (response.content_type, response.status) == ("image/svg+xml", 200)
        assert ">NO<" in await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
    for path in ("/page/../server.py", "/page/%2e%2e/server.py", "/page/..%2fserver.py", "/page/nothing.js"):
        async with session.get(f"{play.origin}{path}") as response:
            assert response.status == 404
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content": "evil"}')
    form.add_field("files[0]", "<script>alert(1)</script>", filename='x".html', content_type="text/html")
    sent = (await rest("POST", f"/channels/{human.general}/messages", data=form))[1]
    async with session.get(sent["attachments"][0]["url"]) as response:
        assert response.headers["Content-Disposition"].startswith("attachment; ")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_stream_tells_a_person_what_they_may_see(
    play: Playground, human: Human, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{play.origin}/play/events?as={human.yuki}") as stream:
        assert stream.content_type == "text/event-stream"
        assert b"HELLO" in await stream.content.readline()
        dm = await human.ask("POST", "/dms", {"as": human.owner, "user_id": human.samir})
        await human.ask("POST", f"/channels/{dm['id']}/messages", {"as": human.owner, "content": "private"})
        await human.ask("POST", f"/channels/{human.general}/messages", {"as": human.samir, "content": "**open**"})
        got = b""
        async with asyncio.timeout(PATIENCE):
            while b"MESSAGE_CREATE" not in got:
                got += await stream.content.readline()
        assert b"private" not in got
        assert b"<strong>open</strong>" in got
    for who in ("1", human.bot, "x"):
        assert "`as`" in (await human.ask("GET", f"/state?as={who}", status=404))["message"]
