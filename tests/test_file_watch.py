"""A database that breaks, goes or fills its disk under the running bot: what ends, what goes on, and who is told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path

import pytest

from bot.errors import DamagedError
from bot.process.file_watch import watched
from bot.store.database import open_database
from bot.store.files import process_lock
from tests.conftest import ROOT
from tests.house import House, labels, open_all, text_of, until
from tests.patience import PATIENCE
from tests.processes import ended, python
from tests.test_online import online, process


async def test_damage_that_a_command_meets_ends_the_process_with_65_and_tells_the_owner(tmp_path: Path) -> None:
    async with open_all(tmp_path) as house, process(house, PAPERBOY_OWNER_ID=house.nadia) as bot:
        await until(lambda: online(house))
        for table in ("paper_index_data", "title_index_data"):
            spoil(house.settings.database, table)
        answer = await house.run("search", text="diffusion")
        assert "My database is damaged" in text_of(answer["message"])
        assert str(tmp_path) not in text_of(answer["message"])  # where the file stands is the owner's business
        assert await ended(bot) == 65
        (told,) = await house.dms_of(house.nadia, 1)
        assert "damaged" in told["content"]
        assert "restore FILE" in told["content"]
        said = (house.folder / "bot.log").read_text().splitlines()
        assert said[-1].startswith("paperboy: The database")
        assert "restore FILE" in said[-1]
        assert not [line for line in said if "Traceback" in line], "\n".join(said)


def spoil(path: Path, table: str) -> None:
    """Makes a block of the full-text index unreadable, as a disk may: SQLite's own pages around it stay sound."""
    with contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as connection, connection:
        connection.execute(f"UPDATE {table} SET block = X'ffffffffffffffff'")


async def test_a_file_that_goes_away_ends_the_process_within_a_minute(tmp_path: Path) -> None:
    told: list[str] = []

    async def tell(error: DamagedError) -> None:
        told.append(str(error))

    stopping = asyncio.Event()
    path = tmp_path / "x.db"

    async def life() -> None:
        async with open_database(path) as database, watched(database, stopping, tell) as jobs:
            await until(lambda: "file" in jobs.health)
            assert not stopping.is_set()
            path.unlink()
            jobs.run_soon("file")
            await until(stopping.is_set)

    with pytest.raises(DamagedError, match="deleted, moved or replaced"):
        await life()
    (sentence,) = told
    assert "restore FILE" in sentence


@pytest.mark.parametrize("ending", ["-wal", ".lock"])
@pytest.mark.parametrize("replaced", [False, True])
async def test_a_log_or_a_lock_that_goes_away_ends_the_process_too(
    tmp_path: Path, ending: str, *, replaced: bool
) -> None:
    """Without the lock's file a second Paperboy would start beside this one; without the log's, others read what is old."""
    path = tmp_path / "x.db"
    beside = path.with_name(path.name + ending)

    async def tell(error: DamagedError) -> None:
        assert beside.name in str(error)

    stopping = asyncio.Event()

    async def life() -> None:
        async with open_database(path) as database, watched(database, stopping, tell) as jobs:
            async with database.transaction() as write:
                await write.execute("INSERT INTO meta (key, value) VALUES ('kept', 'yes')")
            jobs.run_soon("file")
            await until(lambda: "file" in jobs.health)
            assert jobs.health["file"].error is None
            if replaced:
                (tmp_path / "new").write_bytes(beside.read_bytes())
                (tmp_path / "new").replace(beside)
            else:
                beside.unlink()
            jobs.run_soon("file")
            await until(stopping.is_set)

    with process_lock(path), pytest.raises(DamagedError, match="start Paperboy again"):
        await life()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'kept'").fetchone() == ("yes",)


async def test_a_sound_life_ends_as_it_would_unwatched(tmp_path: Path) -> None:
    async def tell(error: DamagedError) -> None:
        raise AssertionError(error)

    async with open_database(tmp_path / "x.db") as database, watched(database, asyncio.Event(), tell) as jobs:
        await until(lambda: "file" in jobs.health)
        assert jobs.health["file"].error is None


async def test_a_full_disk_takes_writing_and_nothing_else(house: House) -> None:
    await fill_the_disk(house)
    found = (await house.run("search", text="diffusion"))["message"]
    assert "TurboDiffusion" in text_of(found)
    assert not [c for row in found["components"] for c in row["components"] if "found:" in c.get("custom_id", "")]
    assert "whole abstract" not in text_of(found)
    one = (await house.run("paper", paper="2512.16093"))["message"]
    assert "TurboDiffusion" in text_of(one)
    for name in ("status", "daily", "trending", "subscriptions", "help"):
        assert (await house.run(name))["state"] == "answered", name
        assert "Something went wrong" not in text_of((await house.run(name))["message"]), name
    said = []
    for number in range(20):  # the first ones find room in pages that are there
        words = f'"{number} {"diffusion " * 19}"'
        forecast = (await house.run("subscribe keyword", words=words))["message"]
        said.append(text_of(forecast))
        if "Follow" in labels(forecast):
            said.append(text_of((await house.press(forecast, "Follow"))["message"]))
    assert "I cannot save anything right now" in said[-1]
    assert "In the last 7 days" in said[-1]
    assert not [answer for answer in said if "Something went wrong" in answer]
    async with house.app.database.transaction() as write:
        await write.value("PRAGMA max_page_count = 1073741823")
    again = (await house.run("search", text="diffusion"))["message"]
    assert [c for row in again["components"] for c in row["components"] if "found:" in c.get("custom_id", "")]


async def fill_the_disk(house: House) -> None:
    """Lets the file grow no more and uses up the room in it."""
    async with house.app.database.transaction() as write:
        await write.value("PRAGMA max_page_count = 1")
    number = 0
    for length in (3000, 300, 30, 0):
        while await house.app.services.search.remember(f"{number:04}{'x' * length}") is not None:
            number += 1


@pytest.mark.parametrize("code", [65, 78])
def test_the_local_discord_starts_no_bot_again_that_cannot_run(code: int, tmp_path: Path) -> None:
    folder = tmp_path / "play"
    folder.mkdir()
    if code == 65:
        (folder / "paperboy.db").write_bytes(b"")
    else:
        (folder / "paperboy.db").mkdir()
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "DISCORD_"))}
    command = ["-m", "bot", "playground", "--port", "0", "--folder", str(folder), "--samples"]
    done = python(*command, env=own | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "bot.log says why" in done.stderr
    assert len((folder / "bot.log").read_text().splitlines()) == 1
