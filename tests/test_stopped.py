"""Ctrl+C and SIGTERM in the middle of every long command: the code, one sentence, nothing half-done left, and what was there as it was."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from bot.store import meta, migrations
from bot.store.database import open_database
from tests.conftest import ROOT
from tests.patience import LONG, wait_until
from tests.processes import running

#: The commands on a disk that takes a second for each page, and an audit that goes on for long.
SLOW: Final = """
import asyncio, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in a shell's background ignores it
from bot.__main__ import main
from bot.audit.auditor import Auditor
from bot.store import copies
copies.STEP, copies.REST = 1, 1.0
audit = Auditor.audit
async def long(self, *given, **more):
    await audit(self, *given, **more)
    open("begun", "w").close()
    async with self._database.reading():
        await asyncio.Event().wait()
Auditor.audit = long
main(sys.argv[1:])
"""

COMMANDS: Final = {
    "backup": ["backup", "copy.db"], "restore": ["restore", "copy.db"], "migrate": ["migrate"], "audit": ["audit"],
    "audit --repair": ["audit", "--repair"],
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "paperboy.db"

    async def fill() -> None:
        async with open_database(path) as database, database.transaction() as write:
            await meta.set_value(write, "first_day", "2026-11-20")

    asyncio.run(fill())
    return path


def older(path: Path, folder: Path) -> None:
    """A database of an earlier Paperboy, which has something to be brought up to date."""
    shutil.copytree(migrations.FOLDER, folder)
    sorted(folder.glob("[0-9]*.sql"))[-1].unlink()
    path.unlink()
    migrations.migrate(path, folder)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_stop_in_the_middle_leaves_all_as_it_was(
    command: str, number: signal.Signals, code: int, sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "paperboy.db"
    shutil.copy(sound, path)
    if command == "restore":
        shutil.copy(sound, tmp_path / "copy.db")
    if command == "migrate":
        older(path, tmp_path / "migrations")
    before = path.read_bytes()
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "DISCORD_"))}
    own |= {"PAPERBOY_DATABASE": str(path), "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with running(
        sys.executable, "-c", SLOW, *COMMANDS[command], env=own, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True
    ) as process:
        wait_until(lambda: (tmp_path / "begun").exists() or list(tmp_path.glob("*.partial")), "the middle of it")
        process.send_signal(number)
        _, said = process.communicate(timeout=LONG)
    assert process.returncode == code, said
    assert said.splitlines()[-1] == "paperboy: stopped; what was finished until then is kept. Run it again to go on."
    assert "Traceback" not in said
    assert not list(tmp_path.glob("*.partial*"))
    if "audit" not in command:
        assert path.read_bytes() == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
