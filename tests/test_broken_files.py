"""Every command on every kind of broken file: one line that says what it is, the documented code, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import MODULES, main
from bot.store import migrations, papers, search
from bot.store.database import open_database
from bot.store.files import process_lock
from tests import broken
from tests.conftest import NOW, ROOT, record
from tests.patience import PATIENCE
from tests.processes import python

#: What each command is given. `playground` has a database of its own.
ARGUMENTS = {
    "run": [], "ingest": [], "import": ["{rows}"], "migrate": [], "paper": ["arxiv:2611.00001"], "search": ["difusion"],
    "daily": [], "trending": [], "why": ["arxiv:2611.00001"], "similar": ["arxiv:2611.00001"], "author": ["Ada Example"],
    "status": [], "doctor": [], "audit": [], "audit --repair": [],
    "backup": ["{folder}/copy.db"], "restore": ["{sound}"], "split": ["10.1000/demo"], "fit-scores": [],
}  # fmt: skip
READS = {"paper", "why", "similar", "author", "search", "daily", "trending", "status", "audit"}

#: Broken for everybody who opens it.
FOR_ALL: dict[broken.Break, int] = {
    broken.header: 65, broken.behind_the_name: 65, broken.log_overwritten: 65, broken.emptied: 65,
    broken.removed_beside_its_log: 65, broken.a_text: 65, broken.of_another_program: 65,
    broken.of_another_program_with_a_number: 65, broken.a_table_dropped: 65, broken.a_column_of_another_name: 65,
    broken.an_unreadable_schema: 65, broken.newer: 65, broken.a_folder: 78,
    broken.under_a_file: 78, broken.second_name: 78, broken.links_in_a_circle: 78,
}  # fmt: skip


def known() -> list[str]:
    return [name for name in ARGUMENTS if name.split()[0] in MODULES]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of a few hundred papers, as a stopped bot leaves it."""
    path = tmp_path_factory.mktemp("sound") / "paperboy.db"

    async def fill() -> None:
        async with open_database(path) as database, database.transaction() as write:
            await search.mark_current(write)
            for number in range(1, 400):
                paper = record(f"2611.{number:05}", f"Diffusion number {number}", abstract="What it says. " * 40)
                await papers.add_records(write, [paper], NOW, eligible=False)

    asyncio.run(fill())
    return path


@pytest.fixture
def database(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, which the commands are told to use; no network is within reach."""
    for name in [n for n in os.environ if n.startswith(("PAPERBOY_", "DISCORD_"))]:
        monkeypatch.delenv(name)
    path = tmp_path / "home" / "paperboy.db"
    path.parent.mkdir()
    shutil.copy(sound, path)
    (tmp_path / "rows.json").write_text('{"id": "2611.09999"}\n')
    for name, value in environment(path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return path


def environment(path: Path) -> dict[str, str]:
    nowhere = "http://127.0.0.1:9"
    upstreams = (
        "DISCORD_API",
        "ARXIV_RSS_URL",
        "ARXIV_OAI_URL",
        "ARXIV_API_URL",
        "HUGGINGFACE_URL",
        "SEMANTIC_SCHOLAR_URL",
    )
    return {"PAPERBOY_DATABASE": str(path), "DISCORD_TOKEN": "MTIz.no.token", "PYTHONPATH": str(ROOT)} | {
        f"PAPERBOY_{name}": nowhere for name in upstreams
    }


def words(command: str, database: Path, sound: Path) -> list[str]:
    folder = database.parent.parent
    given = {"rows": folder / "rows.json", "folder": folder, "sound": sound}
    return [*command.split(), *(word.format(**given) for word in ARGUMENTS[command])]


def ends(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Runs a command in this process. Returns its code and what it says; fails when it leaves a thread running."""
    before, handlers, level = set(threading.enumerate()), logging.root.handlers[:], logging.root.level
    try:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    for thread in left:
        thread.join(PATIENCE)
    assert not [thread for thread in left if thread.is_alive()], arguments
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out if arguments[0] == "doctor" else said.err


def spoken(text: str) -> list[str]:
    """The lines of a command, without what the watchdog says on a machine that is busy with other things."""
    return [line for line in text.splitlines() if "bot.process.watchdog:" not in line]


def check_sentence(said: str) -> None:
    assert said.strip()
    assert "Traceback" not in said
    assert "a fault in Paperboy" not in said


@pytest.mark.parametrize("break_it", FOR_ALL, ids=lambda b: b.__name__)
def test_each_command_says_what_is_wrong_with_the_file(
    break_it: broken.Break, database: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it(database)
    before = contents(database.parent)
    for command in known():
        if command == "restore" and FOR_ALL[break_it] == 65:
            continue  # it is what mends it
        if command == "restore" and break_it in (broken.second_name,):
            continue
        code, said = ends(words(command, database, sound), capsys)
        assert code == FOR_ALL[break_it], (command, said)
        check_sentence(said)
        if command != "doctor":
            assert len(spoken(said)) == 1, (command, said)
    assert contents(database.parent) == before
    assert not list(database.parent.parent.rglob("*.partial"))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, SQLite's shared memory and an empty log, which hold nothing."""
    if not folder.is_dir():
        return {}
    found = {f.name: f.read_bytes() for f in folder.iterdir() if f.is_file()}
    return {n: c for n, c in found.items() if not n.endswith((".lock", "-shm")) and (c or not n.endswith("-wal"))}


@pytest.mark.parametrize(
    "name", ["papers", "sources", "paper_ids_by_paper", "paper_index_data", "title_index_data", "alerts"]
)
def test_a_page_of_other_bytes_is_found_by_whoever_writes_and_told_by_whoever_reads_it(
    name: str, database: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.overwrite_page(database, name)
    before = contents(database.parent)
    codes = {}
    for command in known():
        if command != "restore":
            codes[command], said = ends(words(command, database, sound), capsys)
            assert codes[command] == 65 or command in READS, (command, said)
            if codes[command]:
                check_sentence(said)
                assert "restore" in said
    assert {codes[c] for c in READS} <= {0, 65, 66}
    assert 65 in {codes[c] for c in READS}, "no question met the page"
    assert contents(database.parent) == before
    assert not list(database.parent.parent.rglob("*.partial"))


@pytest.mark.parametrize("break_it", [broken.halved, broken.cut_within_a_page], ids=lambda b: b.__name__)
def test_a_file_that_was_cut_is_damaged(
    break_it: broken.Break, database: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it(database)
    for command in known():
        if command != "restore":
            code, said = ends(words(command, database, sound), capsys)
            assert code == 65 or (command in READS and code == 0), (command, code, said)


@pytest.mark.parametrize("break_it", [broken.not_utf8, broken.rows_that_say_nothing], ids=lambda b: b.__name__)
def test_a_row_that_cannot_be_read_is_bad_data(
    break_it: broken.Break, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who asks for the paper hears it; a list leaves the paper out, unless the database itself refuses the row."""
    break_it(database)
    code, said = ends(["paper", "arxiv:2611.00001"], capsys)
    assert code == 65
    assert "restore" in said
    code, _ = ends(["search", "diffusion"], capsys)
    assert code == (65 if break_it is broken.not_utf8 else 0)


def test_while_another_program_holds_the_file_everybody_is_told_to_try_again(
    database: Path, sound: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with process_lock(database):
        for command in ("run", "ingest", "import", "split", "fit-scores", "migrate", "restore", "audit --repair"):
            code, said = ends(words(command, database, sound), capsys)
            assert (code, f"process {os.getpid()}" in said) == (75, True), command
            assert len(spoken(said)) == 1


def test_a_file_that_a_shell_holds_makes_a_question_end_with_75(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        code, said = ends(["status"], capsys)
    assert code == 75
    assert len(spoken(said)) == 1


@pytest.mark.parametrize("path", ["/dev/full", "/proc/paperboy.db", "/dev/null/paperboy.db", "/proc/self/none/x.db"])
def test_a_path_where_nothing_can_be_written_is_a_matter_of_configuration(
    path: str, database: Path, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAPERBOY_DATABASE", path)
    for command in ("run", "ingest", "import", "migrate", "audit --repair"):
        code, said = ends(words(command, database, sound), capsys)
        assert code == 78, (command, said)
        assert len(spoken(said)) == 1
    assert not Path("/dev/full.lock").exists()


@pytest.fixture
def as_somebody() -> Callable[[], None]:
    drop = broken.bound_by_permissions()
    if drop is None:
        pytest.skip("this user passes over permissions, and cannot be bound by them here")
    return drop


def run_bound(arguments: list[str], path: Path, drop: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "DISCORD_"))}
    try:
        return python("-m", "bot", *arguments, env=own | environment(path), cwd=path.parent.parent, preexec_fn=drop)
    except subprocess.SubprocessError as error:
        pytest.skip(f"permissions cannot be made to hold here: {error}")


def test_reading_works_where_writing_does_not(database: Path, sound: Path, as_somebody: Callable[[], None]) -> None:
    database.chmod(0o400)
    database.parent.chmod(0o500)
    try:
        for command in ("status", "search", "paper"):
            done = run_bound(words(command, database, sound), database, as_somebody)
            assert (done.returncode, spoken(done.stderr)) == (0, []), command
        for command in ("migrate", "ingest"):
            done = run_bound(words(command, database, sound), database, as_somebody)
            assert done.returncode == 78, (command, done.stderr)
            assert len(spoken(done.stderr)) == 1
    finally:
        database.parent.chmod(0o700)


def no_room() -> None:
    """For a child process: no file may grow, as on a full disk."""
    import resource  # Windows has none

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def test_on_a_full_disk_questions_are_answered_and_writers_leave_nothing_behind(database: Path, sound: Path) -> None:
    for command in ("status", "search"):
        done = run_bound(words(command, database, sound), database, no_room)
        assert (done.returncode, spoken(done.stderr)) == (0, []), command
    before = contents(database.parent)
    for command in ("ingest", "import", "backup", "restore", "run"):
        done = run_bound(words(command, database, sound), database, no_room)
        assert (done.returncode, len(spoken(done.stderr))) == (78, 1), (command, done.stderr)
    assert contents(database.parent) == before
    database.unlink()
    for beside in database.parent.glob("paperboy.db-*"):
        beside.unlink()
    done = run_bound(["migrate"], database, no_room)
    assert (done.returncode, len(spoken(done.stderr))) == (78, 1), done.stderr
    assert not database.exists()
    assert not list(database.parent.parent.rglob("*.partial"))


def test_a_file_that_may_not_be_written_or_read_is_a_matter_of_configuration(
    database: Path, sound: Path, as_somebody: Callable[[], None]
) -> None:
    database.chmod(0o400)
    done = run_bound(["ingest"], database, as_somebody)
    assert (done.returncode, len(spoken(done.stderr))) == (78, 1), done.stderr
    database.chmod(0o000)
    for command in ("status", "migrate"):
        done = run_bound([command], database, as_somebody)
        assert (done.returncode, len(spoken(done.stderr))) == (78, 1), done.stderr


def test_a_damaged_file_ends_the_process_itself(database: Path) -> None:
    """In a process of its own: the thread of a connection that was never closed would keep it alive."""
    broken.behind_the_name(database)
    for command in ("status", "search", "run"):
        done = run_bound(words(command, database, database), database, lambda: None)
        assert done.returncode == 65
        assert len(spoken(done.stderr)) == 1


def test_a_link_takes_the_lock_of_the_file_behind_it(
    database: Path, sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    link = database.parent.parent / "link.db"
    link.symlink_to(database)
    monkeypatch.setenv("PAPERBOY_DATABASE", str(link))
    with process_lock(database):
        assert ends(["migrate"], capsys)[0] == 75
    with process_lock(link):
        monkeypatch.setenv("PAPERBOY_DATABASE", str(database))
        assert ends(["migrate"], capsys)[0] == 75
    assert not list(link.parent.glob("link.db.*"))


def test_a_new_database_behind_a_link_stands_where_the_link_leads(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    (tmp_path / "disk").mkdir()
    link.symlink_to(tmp_path / "disk" / "paperboy.db")
    migrations.migrate(link)
    assert link.is_symlink()
    assert migrations.version(tmp_path / "disk" / "paperboy.db") == len(migrations.load())
