"""Copies while others write, nights and their rotation, and a copy in the database's place: the restore drill."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadDataError, BadInputError, CannotWriteError, DamagedError, NotFoundError
from bot.health import doctor
from bot.health.backups import Backups, back_up_to, refuse_to_overwrite
from bot.health.rotation import DAYS, WEEKS, file_name, instant_of, is_due, outlived
from bot.store import copies, meta, migrations
from bot.store.database import Database, open_database
from bot.store.restoring import restore
from bot.when.clock import system_clock
from tests import broken
from tests.conftest import HandClock
from tests.house import House, open_all, until
from tests.processes import python, running
from tests.test_cli import paperboy, variables

NIGHT = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)


def pairs(path: Path) -> tuple[set[str], set[str]]:
    """The numbers of both halves of the pairs in a file; SQLite finds it sound."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = [key for (key,) in connection.execute("SELECT key FROM meta WHERE key GLOB '[ab][0-9]*'")]
    return {k[1:] for k in keys if k[0] == "a"}, {k[1:] for k in keys if k[0] == "b"}


async def write_pair(database: Database, number: int) -> None:
    async with database.transaction() as write:
        await meta.set_value(write, f"a{number}", "x" * 3000)
        await meta.set_value(write, f"b{number}", "x" * 3000)


async def test_twenty_of_twenty_copies_at_random_moments_are_whole_and_can_be_restored(tmp_path: Path) -> None:
    """The drill: somebody writes all the time, a copy begins at any moment; nothing committed before is missing in it."""
    rng = random.Random(20)
    committed = 0
    clock = HandClock()
    path, place = tmp_path / "paperboy.db", tmp_path / "elsewhere" / "paperboy.db"
    async with open_database(path) as database:

        async def write() -> None:
            nonlocal committed
            while True:
                await write_pair(database, committed)
                committed += 1

        async def reach(number: int) -> None:
            await until(lambda: committed >= number)

        writing = asyncio.create_task(write())
        try:
            for _ in range(20):
                await reach(committed + rng.randrange(1, 12))
                before = committed
                clock.move(seconds=1)
                copy = await Backups(path, tmp_path / "copies", clock).make()
                restore(copy, place, f"{committed}")
                a, b = pairs(place)
                assert a == b
                assert a >= {str(n) for n in range(before)}
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
    assert len(list((tmp_path / "copies").iterdir())) == 20
    assert not list(tmp_path.rglob("*.partial*"))
    async with open_database(place) as database:  # and the bot starts on it
        await write_pair(database, 10**6)


async def test_writing_goes_on_while_a_copy_is_made_and_the_copy_is_of_one_instant(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    async with open_database(path) as database:
        for number in range(500):
            await write_pair(database, number)
        copying = asyncio.create_task(back_up_to(path, tmp_path / "copy.db"))
        number = 500
        while not copying.done():
            await write_pair(database, number)
            number += 1
        await copying
    a, b = pairs(tmp_path / "copy.db")
    assert a == b
    assert a >= {str(n) for n in range(500)}
    assert number > 500
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600


async def test_a_copy_ends_when_the_bot_does_and_leaves_nothing(tmp_path: Path) -> None:
    path, folder = tmp_path / "paperboy.db", tmp_path / "copies"
    async with open_database(path) as database:
        for number in range(500):
            await write_pair(database, number)
        copying = asyncio.create_task(Backups(path, folder, system_clock).make())
        await until(lambda: list(folder.glob("*.partial")) or copying.done())
        copying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await copying
    assert not list(folder.iterdir())


def test_a_copy_that_was_killed_is_swept_away_by_the_next(tmp_path: Path) -> None:
    path, folder = tmp_path / "paperboy.db", tmp_path / "copies"
    migrations.migrate(path)
    program = (
        "import sys, pathlib, time; from bot.store import copies\n"
        "with copies.whole(pathlib.Path(sys.argv[1])): print('made', flush=True); sys.stdin.read()"
    )
    name = folder / file_name("paperboy", NIGHT)
    with running(sys.executable, "-c", program, name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as half:
        assert half.stdout is not None
        assert half.stdout.readline() == "made\n"
        copies.sweep(folder, "paperboy")
        assert list(folder.glob("*.partial"))  # its process lives
        half.send_signal(signal.SIGKILL)
        half.wait()
    asyncio.run(_make_due(path, folder))
    assert [f.name for f in folder.iterdir()] == [file_name("paperboy", NIGHT + timedelta(days=1))]


async def _make_due(path: Path, folder: Path) -> None:
    await Backups(path, folder, HandClock(NIGHT + timedelta(days=1))).make_due()


async def test_a_damaged_database_makes_no_copy_and_the_older_ones_stay(tmp_path: Path) -> None:
    path, clock = tmp_path / "paperboy.db", HandClock(NIGHT)
    backups = Backups(path, tmp_path / "copies", clock)
    migrations.migrate(path)
    good = await backups.make_due()
    broken.overwrite_page(path, "papers")
    clock.move(days=1)
    with pytest.raises(DamagedError, match=r"paperboy\.db is damaged"):
        await backups.make_due()
    assert list(backups.made().values()) == [good]
    assert not list(tmp_path.rglob("*.partial"))


# -- nights ------------------------------------------------------------------------------------------------------------


async def test_each_night_has_one_copy_and_old_ones_go_by_themselves(tmp_path: Path) -> None:
    path, clock = tmp_path / "paperboy.db", HandClock(NIGHT - timedelta(minutes=1))
    migrations.migrate(path)
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "paperboy-old.db").write_bytes(b"mine")
    backups = Backups(path, tmp_path / "copies", clock)
    made = 0
    for _ in range(24 * 45):
        made += await backups.make_due() is not None
        clock.move(hours=1)
    assert made == 46  # the first at once, then one each night
    kept = sorted(backups.made(), reverse=True)
    assert [(kept[0] - instant).days for instant in kept[:DAYS]] == list(range(DAYS))
    assert len({instant.isocalendar()[:2] for instant in kept}) == WEEKS
    assert kept[-1] > clock.now - timedelta(days=31)
    assert (tmp_path / "copies" / "paperboy-old.db").read_bytes() == b"mine"


@given(st.lists(st.integers(0, 24 * 90).map(lambda hours: NIGHT + timedelta(hours=hours)), max_size=60))
def test_rotation_keeps_the_newest_of_each_of_the_last_days_and_weeks(made: list[datetime]) -> None:
    kept = set(made) - outlived(made)
    days = sorted({i.date() for i in made}, reverse=True)[:DAYS]
    weeks = sorted({i.isocalendar()[:2] for i in made}, reverse=True)[:WEEKS]
    assert {max(i for i in made if i.date() == day) for day in days} <= kept
    assert {max(i for i in made if i.isocalendar()[:2] == week) for week in weeks} <= kept
    assert len(kept) <= DAYS + WEEKS
    assert not made or max(made) in kept


def test_a_copy_from_a_clock_that_was_ahead_is_no_copy_of_this_night() -> None:
    assert not is_due([NIGHT + timedelta(hours=1)], NIGHT + timedelta(hours=2))
    assert is_due([NIGHT + timedelta(days=365)], NIGHT + timedelta(hours=2))
    assert is_due([NIGHT - timedelta(minutes=1)], NIGHT)
    assert not is_due([NIGHT - timedelta(hours=23)], NIGHT - timedelta(minutes=1))


def test_only_names_of_our_own_are_copies() -> None:
    name = file_name("paperboy", NIGHT)
    assert name == "paperboy-2026-11-20T043000Z.db"
    assert instant_of("paperboy", name) == NIGHT
    for other in (
        f"{name}.partial",
        "paperboy.db",
        "paperboy-2026-02-30T043000Z.db",
        "mine-2026-11-20T043000Z.db",
        name[:-3],
    ):
        assert instant_of("paperboy", other) is None


async def test_the_running_bot_makes_its_nightly_copy(tmp_path: Path) -> None:
    async with open_all(tmp_path) as house:
        house.settings = house.settings.model_copy(update={"backups": tmp_path / "copies"})
        await house.start()
        await until(lambda: "backup" in house.bot.jobs.health)
        (copy,) = (tmp_path / "copies").iterdir()
        assert pairs(copy) == (set(), set())
        assert copy.name.startswith("paperboy-2031-11-19T1700")


# -- on the command line -----------------------------------------------------------------------------------------------


async def test_backup_runs_beside_the_bot_and_restore_does_not(house: House, tmp_path: Path) -> None:
    database, given = house.settings.database, variables(house)
    copy = tmp_path / "my copy.db"
    ran = await paperboy("backup", str(copy), "--json", database=database, **given)
    assert (ran.code, ran.json) == (0, {"file": str(copy), "bytes": copy.stat().st_size})
    folder = tmp_path / "folder"
    folder.mkdir()
    assert (await paperboy("backup", str(folder), database=database, **given)).code == 0
    assert len(list(folder.iterdir())) == 1
    assert (await paperboy("backup", database=database, **given)).code == 0
    assert len(list((database.parent / "backups").iterdir())) == 1
    refused = await paperboy("restore", str(copy), database=database, **given)
    assert (refused.code, "Stop it first" in refused.err) == (75, True)
    await house.follow("diffusion")
    await house.stop()
    restored = await paperboy("restore", str(copy), "--json", database=database, **given)
    assert restored.code == 0, restored.err
    kept = Path(restored.json["kept"])
    assert (restored.json["restored"], restored.json["applied"]) == (str(copy), [])
    with contextlib.closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM subscriptions").fetchone() == (1,)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    await house.start()
    assert await house.rows("SELECT count(*) FROM subscriptions") == [(0,)]


async def test_backup_overwrites_copies_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    migrations.migrate(path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "link.db").symlink_to(path)
    for name in ("notes.txt", "paperboy.db", "link.db", "paperboy.db-wal", "paperboy.db.lock"):
        with pytest.raises(BadInputError, match="another name"):
            await back_up_to(path, tmp_path / name)
    with pytest.raises(CannotWriteError):
        await back_up_to(path, tmp_path / "notes.txt" / "copy.db")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    for _ in range(2):
        await back_up_to(path, tmp_path / "copy.db")
    assert pairs(tmp_path / "copy.db") == (set(), set())


async def test_backup_takes_the_place_of_no_device_no_pipe_and_no_database_of_others(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    migrations.migrate(path)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to(os.devnull)  # a link, so that a failure of this test harms nobody's /dev
    with contextlib.closing(sqlite3.connect(tmp_path / "theirs.db")) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    migrations.migrate(tmp_path / "used.db")
    (tmp_path / "used.db.lock").write_text("1")
    theirs, used = (tmp_path / "theirs.db").read_bytes(), (tmp_path / "used.db").read_bytes()
    for name in ("pipe", "device", "theirs.db", "used.db"):
        with pytest.raises(BadInputError, match="another name"):
            refuse_to_overwrite(path, tmp_path / name)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert (theirs, used) == ((tmp_path / "theirs.db").read_bytes(), (tmp_path / "used.db").read_bytes())


async def test_a_path_is_relative_to_where_one_stands_and_a_link_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`paperboy backup copy.db`, and PAPERBOY_BACKUPS=backups for the nights."""
    monkeypatch.chdir(tmp_path)
    path = Path("paperboy.db")
    migrations.migrate(path)
    await back_up_to(path, Path("copy.db"))
    await back_up_to(path, Path("new/copy.db"))
    Path("link.db").symlink_to("copy.db")
    await back_up_to(path, Path("link.db"))
    assert Path("link.db").is_symlink()
    made = await Backups(path, Path("nights"), HandClock(NIGHT)).make_due()
    for copy in (Path("copy.db"), Path("new/copy.db"), made):
        assert copy is not None
        assert pairs(copy) == (set(), set())
    assert restore(Path("copy.db"), Path("elsewhere.db"), "now").kept is None


async def test_a_name_that_no_system_takes_is_said_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    migrations.migrate(path)
    for command in ("backup", "restore"):
        ran = await paperboy(command, "x" * 300, database=path)
        assert ran.code == 78
        assert ran.err.startswith("paperboy: ")
        assert "cannot be used (file name too long)" in ran.err


# -- restore -----------------------------------------------------------------------------------------------------------


async def made(path: Path, *numbers: int) -> None:
    async with open_database(path) as database:
        for number in numbers:
            await write_pair(database, number)


async def test_what_was_not_yet_in_the_file_is_kept_with_it(tmp_path: Path) -> None:
    """A bot that was killed leaves its last commits in the log: they go aside with the old file, and not into the new one."""
    path, copy = tmp_path / "paperboy.db", tmp_path / "copy.db"
    await made(path, 1)
    await back_up_to(path, copy)
    program = (
        "import sqlite3, sys, os\n"
        "c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA journal_mode = WAL')\n"
        "c.execute(\"INSERT INTO meta VALUES ('a2', 'x')\"); c.execute(\"INSERT INTO meta VALUES ('b2', 'x')\"); c.commit()\n"
        "os.kill(os.getpid(), 9)"
    )
    python("-c", program, path)
    assert path.with_name("paperboy.db-wal").stat().st_size
    done = restore(copy, path, "now")
    assert done.kept == tmp_path / "paperboy.db.replaced-now"
    assert pairs(path)[0] == {"1"}
    assert pairs(done.kept)[0] == {"1", "2"}


async def test_a_copy_of_an_older_paperboy_is_brought_up_to_date_in_its_new_place(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) STRICT;")
    old, path = tmp_path / "old.db", tmp_path / "paperboy.db"
    migrations.migrate(old, folder)
    (folder / "0002_second.sql").write_text("CREATE TABLE b (x TEXT) STRICT;")
    before = old.read_bytes()
    assert restore(old, path, "now", folder).applied == ("0002_second",)
    assert migrations.version(path) == 2
    assert old.read_bytes() == before


@pytest.mark.parametrize(
    "break_it",
    [
        broken.header, broken.behind_the_name, broken.halved, broken.emptied, broken.a_text, broken.newer, broken.of_another_program,
        broken.a_table_dropped, lambda p: broken.overwrite_page(p, "papers"), lambda p: broken.overwrite_page(p, "events"),
    ],
)  # fmt: skip
async def test_a_copy_that_is_not_sound_changes_nothing(break_it: broken.Break, tmp_path: Path) -> None:
    path, copy = tmp_path / "home" / "paperboy.db", tmp_path / "copy.db"
    await made(path, *range(20))
    await back_up_to(path, copy)
    before = path.read_bytes()
    break_it(copy)
    with pytest.raises(BadDataError):
        restore(copy, path, "now")
    assert path.read_bytes() == before
    assert not [f for f in path.parent.iterdir() if "replaced" in f.name or "partial" in f.name]


async def test_restore_says_what_it_cannot_use(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    await made(path, 1)
    with pytest.raises(NotFoundError):
        restore(tmp_path / "none.db", path, "now")
    with pytest.raises(BadInputError, match="the database itself"):
        restore(path, path, "now")
    with pytest.raises(BadInputError, match="no file"):
        restore(tmp_path, path, "now")
    assert [f.name for f in tmp_path.iterdir()] == ["paperboy.db"]
    with contextlib.closing(sqlite3.connect(tmp_path / "theirs.db")) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    with pytest.raises(BadDataError, match="no copy that Paperboy made, and nothing was changed"):
        restore(tmp_path / "theirs.db", path, "now")


@pytest.mark.parametrize(
    "break_it",
    [broken.header, broken.halved, broken.emptied, broken.removed_beside_its_log, broken.log_overwritten, Path.unlink],
)
async def test_a_broken_database_is_mended_by_a_copy(break_it: broken.Break, tmp_path: Path) -> None:
    path, copy = tmp_path / "home" / "paperboy.db", tmp_path / "copy.db"
    await made(path, 1)
    await back_up_to(path, copy)
    break_it(path)
    restore(copy, path, "now")
    assert pairs(path)[0] == {"1"}
    async with open_database(path) as database:
        await write_pair(database, 2)


async def test_a_stop_in_the_middle_of_restore_leaves_a_file_that_no_start_mistakes_for_sound(tmp_path: Path) -> None:
    """Between its two steps the old file has two names: it is refused with the reason, and restore can be done again."""
    path, copy = tmp_path / "paperboy.db", tmp_path / "copy.db"
    await made(path, 1)
    await back_up_to(path, copy)
    os.link(path, tmp_path / "paperboy.db.replaced-then")
    with pytest.raises(CannotWriteError, match="hard links"):
        migrations.migrate(path)
    restore(copy, path, "now")
    assert pairs(path)[0] == {"1"}


# -- doctor ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "careful"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 44, 9), False),
        ((3, 45, 0), True), ((3, 45, 3), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 50, 8), False), ((3, 51, 0), True),
        ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False), ((4, 0, 0), False),
    ],
)  # fmt: skip
def test_doctor_knows_the_versions_that_may_lose_commits_to_another_program(
    version: tuple[int, int, int], careful: bool
) -> None:
    said = doctor.about_sqlite(version)
    assert said.startswith(".".join(map(str, version)))
    assert ("no other program (Litestream, a sqlite3 shell that writes) opens the file" in said) == careful


async def test_doctor_sees_a_folder_in_which_no_copy_can_be_made(tmp_path: Path) -> None:
    path = tmp_path / "paperboy.db"
    migrations.migrate(path)
    path.chmod(0o600)
    (tmp_path / "file").write_text("")
    found = {}
    for name in ("file", "file/below", "x" * 300, "not there/yet"):
        ran = await paperboy("doctor", "--json", database=path, PAPERBOY_BACKUPS=str(tmp_path / name))
        found[name] = next(finding["good"] for finding in ran.json if finding["what"] == "backups")
    assert found == {"file": False, "file/below": False, "x" * 300: False, "not there/yet": True}


async def test_doctor_sees_open_permissions_and_old_copies(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    settings = house.settings.model_copy(update={"backups": folder})

    async def bad() -> set[str]:
        return {finding.what for finding in (await doctor.examine(settings))[0] if not finding.good}

    await house.stop()  # looking closes the file, which an open database in this process would not survive
    assert await bad() == set()
    settings.database.chmod(0o640)
    assert await bad() == {"permissions"}
    settings.database.chmod(0o600)
    folder.mkdir()
    (folder / file_name("paperboy", house.now() - timedelta(days=3))).touch()
    assert await bad() == {"backups"}
    (folder / file_name("paperboy", house.now() - timedelta(days=1))).touch()
    assert await bad() == set()
