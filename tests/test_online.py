"""The real process: online again after an outage, out with the documented code when no retry can help, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import shutil
import signal
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import KeepAliveHandler
from discord.http import Route

from bot.chat.owner import tell_owner
from bot.config import environment
from bot.delivery.gate import IDENTIFIES, Answer
from bot.errors import ConfigurationError, DamagedError, DeliveryDelayedError
from bot.process.application import open_application
from bot.process.online import Patience, beside, keep_online
from bot.store import migrations, search
from bot.store.database import open_database
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


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
async def test_what_discord_closes_for_good_ends_with_78_and_a_next_step(quiet: House, code: int) -> None:
    """Also in the middle of a life: a token that is reset costs one identify and no loop of restarts."""
    async with process(quiet) as bot:
        await until(lambda: online(quiet))
        for connection in list(quiet.play.connections):
            connection.close(code)
        assert await ended(bot) == 78
    last = (quiet.folder / "bot.log").read_text().splitlines()[-1]
    assert last.startswith("paperboy: Discord")
    assert re.search("Update Paperboy|Copy a fresh one|Check the application", last)
    assert quiet.play.identifies.used(quiet.bot_id) == 1


@pytest.mark.parametrize("code", [1000, 4000, 4003, 4007, 4008, 4009])
async def test_what_discord_closes_for_now_is_opened_again(quiet: House, code: int) -> None:
    async with process(quiet) as bot:
        await until(lambda: online(quiet))
        before = set(quiet.play.connections)
        for connection in before:
            connection.close(code)
        await until(lambda: online(quiet) and not before & quiet.play.connections)
        assert (await quiet.run("status"))["state"] == "answered"
        assert bot.returncode is None


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


# -- the watchdog: its clock is moved by hand -----------------------------------------------------------------------------


class Time:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds


@contextlib.asynccontextmanager
async def kept_online(house: House, patience: Patience) -> AsyncIterator[None]:
    """What `run` does, in this process."""
    stopping = asyncio.Event()
    async with open_application(house.settings) as services:
        life = asyncio.create_task(keep_online(services, house.settings, stopping, patience))
        try:
            yield
        finally:
            stopping.set()
            await life
            await until(lambda: not [t for t in threading.enumerate() if isinstance(t, KeepAliveHandler)])


def session(house: House) -> str | None:
    """The id of the gateway session that is connected and ready."""
    return next((s.id for s in house.play.hub.sessions_of(house.bot_id) if s.socket), None)


async def test_a_dead_resume_host_costs_five_minutes_and_one_identify(quiet: House) -> None:
    clock = Time()
    await quiet.ask("POST", "/faults", {"dead_resume": True})
    async with kept_online(quiet, Patience(now=clock.now)):
        first = await until(lambda: session(quiet))
        assert (await quiet.run("status"))["state"] == "answered"
        await quiet.ask("POST", "/gateway", {"op": "disconnect"})
        await until(lambda: not online(quiet))
        await quiet.ask("POST", "/faults", {"dead_resume": False})
        logins = len(_logins(quiet))
        await until(lambda: session(quiet) not in (None, first) or _advance(clock, 1))
        assert len(_logins(quiet)) == logins + 1
        assert (await quiet.run("status"))["state"] == "answered"
    assert quiet.play.identifies.used(quiet.bot_id) == 2


def _logins(house: House) -> list[Any]:
    return [r for r in house.play.log.after(0) if r["path"] == "/users/@me"]


def _advance(clock: Time, seconds: float) -> bool:
    clock.seconds += seconds
    return False


async def test_a_gateway_that_says_nothing_any_more_is_left_for_a_new_client(quiet: House) -> None:
    clock = Time()
    async with kept_online(quiet, Patience(now=clock.now)):
        first = await until(lambda: session(quiet))
        assert (await quiet.run("status"))["state"] == "answered"
        await quiet.ask("POST", "/faults", {"silent_gateway": True})
        clock.seconds += 300.0
        await until(lambda: session(quiet) is None)
        await quiet.ask("POST", "/faults", {"silent_gateway": False})
        await until(lambda: session(quiet) not in (None, first) or _advance(clock, 1))
        assert (await quiet.run("status"))["state"] == "answered"


async def test_a_handshake_that_never_ends_is_left_too(quiet: House) -> None:
    clock = Time()
    await quiet.ask("POST", "/faults", {"silent_gateway": True})
    async with kept_online(quiet, Patience(now=clock.now)):
        await until(lambda: quiet.play.connections)
        await quiet.ask("POST", "/faults", {"silent_gateway": False})
        clock.seconds += 300.0
        await until(lambda: session(quiet) or _advance(clock, 1))


async def test_refused_handshakes_at_the_start_cost_seconds_not_minutes(quiet: House) -> None:
    clock = Time()
    assert sum(Patience().pauses[:4]) <= 15
    await quiet.ask("POST", "/faults", {"handshake_503": 4})
    async with kept_online(quiet, Patience(now=clock.now)):
        # A second passes whenever a pause is looked at, never while a client tries.
        await until(lambda: session(quiet) or _advance(clock, 0.05))
    assert quiet.play.identifies.used(quiet.bot_id) == 1


async def test_discord_sees_at_most_200_identifies_a_day(quiet: House) -> None:
    """After a crash loop that used up what may come at once, one more client has to wait for its turn."""
    assert IDENTIFIES.burst + 24 * 3600 / IDENTIFIES.period == 200
    clock = Time()
    async with open_application(quiet.settings) as services:
        for _ in range(IDENTIFIES.burst):
            await services.gate.identify()
    async with kept_online(quiet, Patience(now=clock.now)):
        await until(lambda: len(_logins(quiet)) >= 3 or _advance(clock, 20))
        assert quiet.play.identifies.used(quiet.bot_id) == 0
        await quiet.move_to(quiet.now() + timedelta(seconds=481))
        await until(lambda: session(quiet) or _advance(clock, 1))
        assert (await quiet.run("status"))["state"] == "answered"
    assert quiet.play.identifies.used(quiet.bot_id) == 1


# -- the end --------------------------------------------------------------------------------------------------------------


def said(house: House) -> str:
    return (house.folder / "bot.log").read_text()


OFFLINE: dict[str, tuple[dict[str, Any], str | None]] = {
    "in discord.py's back-off": ({"dead_resume": True}, "Attempting a reconnect in"),
    "in our own pause": ({"handshake_503": 99}, "offline; trying again in"),
    "in a handshake": ({"silent_gateway": True}, None),
    "in a login": ({"path": "/users/@me", "latency": 600.0, "count": None}, None),
}


@pytest.mark.parametrize("where", OFFLINE)
async def test_sigterm_while_offline_ends_the_process(quiet: House, where: str) -> None:
    fault, sign = OFFLINE[where]
    await quiet.ask("POST", "/faults", fault)
    async with process(quiet) as bot:
        if "dead_resume" in fault:
            await until(lambda: online(quiet))
            assert (await quiet.run("status"))["state"] == "answered"
            await quiet.ask("POST", "/gateway", {"op": "disconnect"})
        if sign:
            await until(lambda: re.search(sign, said(quiet)))
        else:
            await until(lambda: quiet.play.connections or ("latency" in fault and _logins(quiet)))
        bot.send_signal(signal.SIGTERM)
        assert await ended(bot) == 0
    assert "Traceback" not in said(quiet).rpartition("Attempting a reconnect")[0]


class StandingLoop(asyncio.SelectorEventLoop):
    """A loop whose clock can be stopped: no sleep ends any more, and what happens all the same waited for none."""

    stopped: float | None = None

    def time(self) -> float:
        return super().time() if self.stopped is None else self.stopped


class StopsAt(logging.Handler):
    """Stops a loop's clock in the middle of the line that holds `words`."""

    def __init__(self, loop: StandingLoop, words: str) -> None:
        super().__init__()
        self._loop, self._words = loop, words

    def emit(self, record: logging.LogRecord) -> None:
        if self._words in record.getMessage() and self._loop.stopped is None:
            self._loop.stopped = self._loop.time()


async def test_the_end_does_not_wait_for_discord_pys_back_off_however_long(quiet: House) -> None:
    """The back-off is 0 to 1,024 s long, at random; here its clock stands, and it never ends."""
    await quiet.ask("POST", "/faults", {"dead_resume": True})
    loop = StandingLoop()
    stopping = asyncio.Event()
    handler = StopsAt(loop, "Attempting a reconnect in")

    async def life() -> None:
        async with open_application(quiet.settings) as services:
            await keep_online(services, quiet.settings, stopping, Patience())

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(life())

    client_log = logging.getLogger("discord.client")
    client_log.addHandler(handler)
    ended = asyncio.create_task(asyncio.to_thread(run))
    try:
        await until(lambda: online(quiet))
        await quiet.ask("POST", "/gateway", {"op": "disconnect"})
        await until(lambda: loop.stopped is not None)
        loop.call_soon_threadsafe(stopping.set)
        await until(ended.done)
    finally:
        client_log.removeHandler(handler)
        loop.stopped = None  # whatever became of it, its thread ends
        if not ended.done():
            loop.call_soon_threadsafe(stopping.set)
        await ended


@contextlib.asynccontextmanager
async def ending(house: House, line: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that sends SIGTERM to itself when it logs the line."""
    variables = {**os.environ, **environment(house.settings), "PAPERBOY_TEST_SIGTERM": line}
    with (house.folder / "bot.log").open("wb") as log:
        async with running_async(
            sys.executable, "-m", "tests.faulty_bot", env=variables, stdout=log, stderr=log
        ) as bot:
            yield bot


async def test_sigterm_while_the_index_is_built_ends_the_process_and_the_next_start_builds_it(quiet: House) -> None:
    async with open_application(quiet.settings) as services, services.database.transaction() as write:
        await write.execute("DELETE FROM meta WHERE key = 'analyzer'")
    async with ending(quiet, "building the search index") as bot:
        assert await ended(bot) == 0
    assert "Traceback" not in said(quiet)
    async with open_database(quiet.settings.database) as database, database.reading() as read:
        assert not await search.is_current(read)


async def test_sigterm_in_a_migration_ends_the_process_and_undoes_what_is_begun(quiet: House, tmp_path: Path) -> None:
    folder = tmp_path / "older"
    folder.mkdir()
    shutil.copy(next(migrations.FOLDER.glob("0001_*.sql")), folder)
    quiet.settings.database.unlink()
    migrations.migrate(quiet.settings.database, folder)
    with contextlib.closing(sqlite3.connect(quiet.settings.database)) as connection, connection:
        connection.execute(
            """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
               INSERT INTO meta (key, value) SELECT 'filling ' || i, hex(randomblob(200)) FROM n"""
        )
    async with ending(quiet, "from schema 1 to") as bot:
        assert await ended(bot) == 0
    assert "Traceback" not in said(quiet)
    assert migrations.version(quiet.settings.database) == 1
    assert not list(quiet.folder.glob("*.partial"))
    async with process(quiet) as bot:
        await until(lambda: online(quiet))


# -- bans ---------------------------------------------------------------------------------------------------------------------


async def test_in_a_ban_the_owner_is_not_told_and_nothing_is_asked(
    quiet: House, caplog: pytest.LogCaptureFixture
) -> None:
    told = quiet.settings.model_copy(update={"owner_id": int(quiet.nadia)})
    error = DamagedError("The database is damaged")
    async with open_application(quiet.settings) as services:
        gate = services.gate
        Route.BASE = told.discord_api
        with pytest.raises(DeliveryDelayedError):
            await gate.note(Answer("GET", "/users/@me", 429, {"Retry-After": "600"}, b"<html>banned</html>"))
        await tell_owner(told, gate, error)
        assert not await quiet.requests()
        assert "the owner could not be told: Discord asked me to wait until" in caplog.text
        await quiet.move_to(quiet.now() + timedelta(seconds=601))
        await tell_owner(told, gate, error)
    (message,) = await quiet.dms_of(quiet.nadia, 1)
    assert "The database is damaged" in message["content"]


@pytest.mark.parametrize("fault", [None, ConfigurationError("a refused token")])
async def test_what_works_beside_has_ended_when_the_database_closes(fault: Exception | None) -> None:
    ended = asyncio.Event()

    async def read_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # as a reader that is given back
            ended.set()

    with contextlib.suppress(ConfigurationError):
        async with beside(read_on()):
            await asyncio.sleep(0)
            if fault:
                raise fault
    assert ended.is_set()


#: What is frozen once at the start fails as soon as the bot can be seen online.
CRASHING = """
import gc
from bot.__main__ import main
def freeze():
    raise RuntimeError("nothing can be frozen")
gc.freeze = freeze
main(["run"])
"""


async def test_a_crash_of_what_runs_beside_is_logged_and_the_bot_goes_on(quiet: House, tmp_path: Path) -> None:
    variables = {**os.environ, **environment(quiet.settings)}
    log = tmp_path / "crashing.log"
    with log.open("wb") as out:
        async with running_async(sys.executable, "-c", CRASHING, env=variables, stdout=out, stderr=out) as bot:
            await until(lambda: online(quiet) and "nothing can be frozen" in log.read_text())
            assert (await quiet.run("status"))["state"] == "answered"
            bot.send_signal(signal.SIGTERM)
            assert await ended(bot) == 0
    said = log.read_text()
    assert "what runs beside the bot has failed; it goes on without: nothing can be frozen" in said
    assert said.count("Traceback") == 1
    assert "never retrieved" not in said


#: A network folder that has died: whoever looks into it waits for ever. One of a job, of the start, of the last checkpoint.
HANGING = """
import sys, threading, aiosqlite
from pathlib import Path
from bot.__main__ import main
from bot.store import migrations
def hang(*_, **__):
    print("a thread hangs", file=sys.stderr, flush=True)
    threading.Event().wait()
look = Path.glob
async def close(self):
    await self._execute(hang)
if sys.argv[1] == "job":
    Path.glob = lambda self, pattern: hang() if self.name == "dead" else look(self, pattern)
elif sys.argv[1] == "start":
    migrations.migrate = hang
else:
    aiosqlite.Connection.close = close
    print("a thread hangs", file=sys.stderr, flush=True)
main(["run"])
"""


@pytest.mark.parametrize("where", ["job", "start", "close"])
async def test_a_thread_that_hangs_does_not_hold_the_process(where: str, quiet: House, tmp_path: Path) -> None:
    (tmp_path / "dead").mkdir()
    variables = {**os.environ, **environment(quiet.settings), "PAPERBOY_BACKUPS": str(tmp_path / "dead")}
    log = tmp_path / "hanging.log"
    with log.open("wb") as out:
        async with running_async(
            sys.executable, "-c", HANGING, where, env=variables, stdout=out, stderr=out
        ) as process:
            await until(lambda: (where == "start" or online(quiet)) and "a thread hangs" in log.read_text())
            process.send_signal(signal.SIGTERM)
            assert await ended(process) == 0
    assert "does not end" in log.read_text()


async def test_damage_found_at_the_start_ends_with_65_and_the_owner_is_told(quiet: House, tmp_path: Path) -> None:
    path = quiet.settings.database
    async with open_database(path):
        pass
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff" * 84)
    await quiet.ask("POST", f"/guilds/{quiet.guild}/members/{quiet.bot_id}", status=200)
    async with process(quiet, PAPERBOY_OWNER_ID=quiet.nadia) as bot:
        assert await ended(bot) == 65
    (told,) = await quiet.dms_of(quiet.nadia, 1)
    assert "I had to stop" in told["content"]
    assert "restore FILE" in told["content"]
    assert (quiet.folder / "bot.log").read_text().splitlines()[-1].startswith("paperboy: ")
