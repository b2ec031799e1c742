"""Copies of the database by SQLite's own backup, whole and verified or not there at all.

Knows files and connections; knows no table. Plain sqlite3: it runs in a thread, beside whoever writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import glob
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from bot.errors import DamagedError, PaperboyError
from bot.store import files

#: A step copies this many pages (1 MiB) and rests, so that the disk and the interpreter serve others between two steps.
STEP: Final = 256
REST: Final = 0.002  # seconds
#: Bytes of the file that readers and writers of a log share, at least (https://sqlite.org/walformat.html).
_SHARED_MEMORY: Final = 32768
#: Instructions of SQLite's machine between two questions whether to stop.
_ASK: Final = 20_000


T = TypeVar("T")


class StoppedError(PaperboyError):
    """The work was given up because the process ends."""


def never() -> bool:
    return False


async def in_thread(work: Callable[[Callable[[], bool]], T]) -> T:
    """Runs the work in a thread and returns what it returns; when this task is cancelled, the work is told to stop and waited for."""
    stop = threading.Event()
    working = asyncio.ensure_future(asyncio.to_thread(work, stop.is_set))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(StoppedError):
            await working
        raise


@contextlib.contextmanager
def stoppable(connection: sqlite3.Connection, stopped: Callable[[], bool]) -> Iterator[None]:
    """Raises StoppedError in the middle of a statement once `stopped()`."""
    connection.set_progress_handler(stopped, _ASK)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise StoppedError("The work was stopped") from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


@contextlib.contextmanager
def connected(path: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection for a short while; SQLite's errors become what they mean for the file."""
    with files.explaining(path, writing=not read_only):
        connection = sqlite3.connect(address(path, read_only=read_only), uri=True, isolation_level=None, timeout=5)
        try:
            yield connection
        finally:
            connection.close()


def address(path: Path, *, read_only: bool) -> str:
    """The URI by which SQLite opens the file.

    A reader of a file in WAL mode makes files beside it. Where it cannot, on a full disk or without the permission, and nobody
    has them open, the file does not change, and is read as it stands. What a crash left half-done in a journal has to be
    undone before anybody can read.
    """
    journal = files.beside(path, "-journal")
    if not read_only or (journal.exists() and journal.stat().st_size and os.access(path, os.W_OK)):
        return f"{path.as_uri()}?mode=rw"
    is_used = files.beside(path, "-wal").exists()
    return f"{path.as_uri()}?mode=ro{'' if is_used or _has_room_beside(path) else '&immutable=1'}"


def _has_room_beside(path: Path) -> bool:
    """Whether a file as large as SQLite's shared memory can be made in the folder."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(_SHARED_MEMORY))
    except OSError:
        return False
    return True


def check(path: Path, *, thorough: bool = False, stopped: Callable[[], bool] = never) -> None:
    """Raises DamagedError unless SQLite finds the file sound; `thorough` compares each index with its table as well."""
    with connected(path, read_only=True) as connection, stoppable(connection, stopped):
        problem = connection.execute(f"PRAGMA {'integrity' if thorough else 'quick'}_check(1)").fetchone()[0]
    if problem != "ok":
        raise files.damaged(path, " ".join(str(problem).split()))


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """An empty database to fill, readable by its owner alone. It takes the name `path` when the block is left without an
    error, and disappears otherwise."""
    partial = files.beside(path, f".{os.getpid()}.partial")
    files.make_folder(path)
    sweep(path.parent, path.name)
    try:
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise files.cannot_write(path, error) from None
        yield partial
        try:
            partial.replace(path)
        except OSError as error:
            raise files.cannot_write(path, error) from None
        files.sync_folder(path)
    finally:
        _remove(partial)


def sweep(folder: Path, prefix: str) -> None:
    """Removes half-made copies of these names whose process is dead."""
    for name in folder.glob(f"{glob.escape(prefix)}*.partial"):
        process = name.name.split(".")[-2]
        if process.isascii() and process.isdigit() and (int(process) == os.getpid() or not _lives(int(process))):
            _remove(name)


def _lives(process: int) -> bool:
    if os.name == "nt":  # asking would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(partial: Path) -> None:
    for name in (partial, *(files.beside(partial, ending) for ending in files.BESIDE)):
        with contextlib.suppress(OSError):
            name.unlink()


def back_up(path: Path, copy: Path, *, stopped: Callable[[], bool] = never) -> None:
    """Copies a database that may be in use and verifies the copy. What stood under the copy's name is replaced; a link stays,
    and leads to the copy.

    Raises DamagedError, ConfigurationError, and StoppedError once `stopped()`.
    """
    path, copy = files.real(path), files.real(copy)
    with whole(copy) as partial:
        copy_into(path, partial, stopped=stopped)
        check_copy(path, partial, stopped=stopped)


def check_copy(path: Path, copy: Path, *, stopped: Callable[[], bool] = never) -> None:
    """Raises DamagedError, which names the original, unless the copy is sound in every respect."""
    try:
        check(copy, thorough=True, stopped=stopped)
    except DamagedError as error:
        raise files.damaged(path, error.problem) from None


def copy_into(path: Path, target: Path, *, stopped: Callable[[], bool] = never) -> None:
    """Fills an empty file with the database as it is at this instant, however long that takes, as one file without a log.

    A read transaction holds the instant, so that others write meanwhile and SQLite need not begin anew.
    """

    def rest(status: int, remaining: int, total: int) -> None:
        if stopped():
            raise StoppedError("The copy was stopped")
        time.sleep(REST)

    with connected(path, read_only=True) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with contextlib.closing(
            sqlite3.connect(address(target, read_only=False), uri=True, isolation_level=None)
        ) as into:
            try:
                source.backup(into, pages=STEP, progress=rest)
                into.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.Error as error:
                meaning = files.explained(target, error, writing=True)
                if meaning is None or isinstance(meaning, DamagedError):  # what is damaged is what was read
                    raise
                raise meaning from error
