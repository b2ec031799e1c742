"""The real process: online again after an outage, out with the documented code when no retry can help, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import environment
from tests.house import House, open_all, until
from tests.processes import ended, running_async


@pytest.fixture
async def quiet(tmp_path: Path) -> AsyncIterator[House]:
    """The house without the bot."""
    async with open_all(tmp_path) as opened:
        yield opened


@contextlib.asynccontextmanager
async def process(house: House, **changes: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bot run` as its own process; killed at the end if it still runs."""
    variables = {**os.environ, **environment(house.settings), **changes}
    with (house.folder / "bot.log").open("wb") as log:
        async with running_async(sys.executable, "-m", "bot", "run", env=variables, stdout=log, stderr=log) as started:
            yield started


def online(house: House) -> bool:
    return any(s.socket for s in house.play.hub.sessions_of(house.bot_id))


async def test_it_comes_online_answers_and_ends_with_0_on_sigterm(quiet: House) -> None:
    async with process(quiet) as bot:
        await until(lambda: online(quiet))
        assert (await quiet.run("status"))["state"] == "answered"
        bot.send_signal(signal.SIGTERM)
        assert await ended(bot) == 0
    assert "Traceback" not in (quiet.folder / "bot.log").read_text()


async def test_a_503_on_the_first_handshake_ends_nothing(quiet: House) -> None:
    await quiet.ask("POST", "/faults", {"handshake_503": 1})
    async with process(quiet) as bot:
        await until(lambda: online(quiet))
        assert bot.returncode is None


async def test_a_refused_token_ends_the_process_with_78_and_says_where_to_get_another(quiet: House) -> None:
    async with process(quiet, DISCORD_TOKEN="MTIz.wrong.wrongwrongwrongwrongwrongwrong") as bot:
        assert await ended(bot) == 78
    said = (quiet.folder / "bot.log").read_text()
    assert "Copy a fresh one from the developer portal into .env" in said
    assert "wrongwrong" not in said


async def test_a_second_process_on_the_same_file_ends_with_75(quiet: House) -> None:
    async with process(quiet):
        await until(lambda: online(quiet))
        async with process(quiet) as second:
            assert await ended(second) == 75
        assert online(quiet)


async def test_wrong_settings_are_all_named_at_once(quiet: House) -> None:
    wrong = {"PAPERBOY_CATEGORIES": "cs.LG cs.QQ", "PAPERBOY_LOG_LEVEL": "LOUD", "PAPERBOY_OWNER_ID": "me"}
    async with process(quiet, **wrong) as bot:
        assert await ended(bot) == 78
    said = (quiet.folder / "bot.log").read_text()
    assert all(name in said for name in wrong)
    assert "cs.QQ" in said
