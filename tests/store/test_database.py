"""Transactions are whole or nothing, readers never wait, one process at a time."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadDataError, BusyError, CannotWriteError, DamagedError
from bot.store import meta, migrations
from bot.store.database import Database, open_database, open_read_only
from bot.store.files import process_lock
from tests.broken import overwrite_page
from tests.patience import PATIENCE
from tests.processes import python, running


async def test_tasks_that_share_the_writer_never_mix_their_transactions(database: Database) -> None:
    """Each transaction writes a pair; one in three fails half-way. Only whole pairs may stand."""
    rng = random.Random(1)

    async def worker(number: int) -> None:
        for turn in range(20):
            key = f"{number}-{turn}"
            fails = rng.random() < 0.3
            try:
                async with database.transaction() as write:
                    await meta.set_value(write, f"a{key}", "1")
                    await asyncio.sleep(0)
                    if fails:
                        raise RuntimeError("half-way")
                    await meta.set_value(write, f"b{key}", "1")
            except RuntimeError:
                pass

    await asyncio.gather(*(worker(n) for n in range(30)))
    async with database.reading() as read:
        a = {row[0][1:] for row in await read.all("SELECT key FROM meta WHERE key GLOB 'a[0-9]*'")}
        b = {row[0][1:] for row in await read.all("SELECT key FROM meta WHERE key GLOB 'b[0-9]*'")}
    assert a == b
    assert 300 < len(a) < 600


async def test_a_cancelled_task_leaves_no_transaction_open(database: Database) -> None:
    rng = random.Random(2)
    for turn in range(100):

        async def work(key: str = str(turn)) -> None:
            async with database.transaction() as write:
                await meta.set_value(write, f"a{key}", "1")
                await meta.set_value(write, f"b{key}", "1")

        task = asyncio.create_task(work())
        for _ in range(rng.randrange(12)):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as write:
        count = await write.value("SELECT count(*) FROM meta WHERE key GLOB '[ab][0-9]*'")
        unpaired = await write.value(
            "SELECT count(*) FROM meta AS x WHERE key GLOB 'a[0-9]*'"
            " AND NOT EXISTS (SELECT 1 FROM meta AS y WHERE y.key = 'b' || substr(x.key, 2))"
        )
    assert count % 2 == 0
    assert unpaired == 0


async def test_a_reader_sees_no_half_of_a_transaction_and_does_not_wait_for_it(database: Database) -> None:
    async with database.transaction() as write:
        await meta.set_value(write, "half", "1")
        async with asyncio.timeout(PATIENCE), database.reading() as read:
            assert await meta.get_value(read, "half") is None


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        async with database.reading() as read:
            await meta.set_value(read, "x", "1")


async def test_foreign_keys_are_on_in_every_connection(database: Database) -> None:
    async with database.transaction() as write:
        assert await write.value("PRAGMA foreign_keys") == 1
    async with database.reading() as read:
        assert await read.value("PRAGMA foreign_keys") == 1


def test_a_second_process_is_refused_with_the_first_ones_number(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    program = (
        "import sys, pathlib; from bot.store.files import process_lock\n"
        "with process_lock(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with running(sys.executable, "-c", program, path, **pipes) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(holder.pid)), process_lock(path):
            pass
        holder.kill()
    with process_lock(path):
        pass  # a killed process holds nothing


async def test_a_failed_start_ends_instead_of_hanging(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database at all" * 100)
    program = (
        "import asyncio, sys, pathlib; from bot.store.database import open_database\n"
        "async def main():\n"
        "    async with open_database(pathlib.Path(sys.argv[1])): pass\n"
        "asyncio.run(main())"
    )
    done = python("-c", program, tmp_path / "x.db")
    assert done.returncode == 1
    assert "DamagedError" in done.stderr
    assert (tmp_path / "x.db").read_bytes().startswith(b"this is no")


async def test_a_file_of_a_newer_paperboy_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(BadDataError, match="newer"):
        async with open_database(path):
            pass


async def test_a_damaged_page_is_found_and_the_file_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with open_database(path) as database, database.transaction() as write:
        for n in range(2000):
            await meta.set_value(write, f"key {n}", "v" * 50)
    content = bytearray(path.read_bytes())
    content[8192 : 8192 + 4096 * 6] = b"\xa5" * 4096 * 6
    path.write_bytes(content)
    with pytest.raises(BadDataError, match="damaged"):
        async with open_database(path):
            pass
    assert path.read_bytes() == bytes(content)


async def test_asking_beside_the_bot_needs_a_file_of_the_same_schema(tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="no database"):
        async with open_read_only(tmp_path / "none.db"):
            pass
    migrations.migrate(tmp_path / "x.db")
    async with open_read_only(tmp_path / "x.db") as database, database.reading() as read:
        assert await meta.get_value(read, "anything") is None


async def test_a_stopped_database_is_one_file(tmp_path: Path) -> None:
    for _ in range(3):
        async with open_database(tmp_path / "x.db") as database, database.transaction() as write:
            await meta.set_value(write, "a", "1")
        assert [f.name for f in tmp_path.iterdir()] == ["x.db"]


async def test_a_reader_that_cannot_end_its_transaction_is_replaced(database: Database) -> None:
    """More often than there are readers: a pool that shrinks would wait for ever."""

    async def break_one() -> None:
        async with database.reading() as read:
            await read._raw.close()  # as after a fault of its thread
            await read.value("SELECT 1")

    for _ in range(7):
        with pytest.raises(ValueError, match=r"closed|no active connection"):
            await break_one()
    async with asyncio.timeout(PATIENCE), database.reading() as read, database.reading() as other:
        assert await read.value("SELECT 1") == await other.value("SELECT 1") == 1


async def test_every_commit_reaches_the_disk_before_it_counts(database: Database) -> None:
    """FULL (2): with NORMAL a power cut forgets the last commits, and a message that was sent is sent again."""
    async with database.transaction() as write:
        assert await write.value("PRAGMA synchronous") == 2
        assert await write.value("PRAGMA journal_mode") == "wal"
    async with database.in_bulk():
        pass
    async with database.transaction() as write:
        assert await write.value("PRAGMA synchronous") == 2


async def test_a_full_disk_undoes_the_transaction_and_the_next_one_works(database: Database) -> None:
    async with database.transaction() as write:
        await meta.set_value(write, "kept", "1")
        await write.value("PRAGMA max_page_count = 1")  # the file cannot grow any more

    async def write_more() -> None:
        async with database.transaction() as write:
            await meta.set_value(write, "kept", "2")
            await meta.set_value(write, "big", "x" * 1_000_000)

    with pytest.raises(CannotWriteError, match="make room"):
        await write_more()
    async with database.reading() as read:
        assert await meta.get_value(read, "kept") == "1"
    async with database.transaction() as write:
        await write.value("PRAGMA max_page_count = 1073741823")
        await meta.set_value(write, "big", "x" * 1_000_000)


async def test_a_file_that_was_deleted_or_replaced_is_noticed(tmp_path: Path) -> None:
    for number, change in enumerate((_deleted, _moved, _replaced, _replaced_at_once)):
        path = tmp_path / f"{number}" / "x.db"
        async with open_database(path) as database:
            await database.check_place()
            waiting = asyncio.ensure_future(database.wait_for_damage())
            change(path)
            with pytest.raises(DamagedError, match="restore"):
                await database.check_place()
            assert "restore" in str(await waiting)


def _deleted(path: Path) -> None:
    path.unlink()


def _moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def _replaced(path: Path) -> None:
    content = path.read_bytes()
    path.rename(path.with_name("elsewhere.db"))
    path.write_bytes(content)


def _replaced_at_once(path: Path) -> None:
    other = path.with_name("other.db")
    other.write_bytes(path.read_bytes())
    other.replace(path)


async def test_damage_is_noted_whoever_meets_it(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with open_database(path) as database, database.transaction() as write:
        await meta.set_value(write, "a", "1" * 9000)
    async with open_database(path) as database:
        overwrite_page(path, "papers")
        with pytest.raises(DamagedError, match="damaged"):
            async with database.reading() as read:
                await read.all("SELECT * FROM papers")
        assert "damaged" in str(await database.wait_for_damage())
