"""The database as a file: its one true name, what must hold before SQLite opens it, its lock, and what SQLite's errors mean.

Knows paths and error codes; knows no SQL and no table.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.errors import BusyError, CannotWriteError, DamagedError, PaperboyError

#: https://sqlite.org/fileformat2.html#the_database_header and #wal_file_format
_MAGIC: Final = b"SQLite format 3\0"
_WAL_MAGICS: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_WAL_HEADER: Final = 32
#: What SQLite keeps beside a database, by its name.
BESIDE: Final = ("-wal", "-shm", "-journal")
#: Read errors that say that the file is not what it was: cut short, refused by the file system, or wrong in its checksum.
_BROKEN_READS: Final = frozenset(
    {sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS, sqlite3.SQLITE_IOERR_DATA}
)


def real(path: Path) -> Path:
    """The file behind all symbolic links: SQLite's own files and the lock stand beside that one. Raises CannotWriteError."""
    try:
        return path.resolve()
    except RuntimeError:  # links in a circle, before Python 3.13
        raise cannot_write(path, OSError(errno.ELOOP, "")) from None
    except OSError as error:
        raise cannot_write(path, error) from None


def is_folder(path: Path) -> bool:
    """Whether a folder stands there. Raises CannotWriteError for a path that the system does not take (a name too long)."""
    found = _found(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def _found(path: Path) -> os.stat_result | None:
    """What stands there, None when nothing does. Raises CannotWriteError."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_write(path, error) from None


def make_folder(path: Path) -> None:
    """Makes the folder of a file. Raises CannotWriteError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None


def exists(path: Path, *, alone: bool = True) -> bool:
    """Whether a database stands there that may be opened; only its first bytes are looked at yet.

    Not for a file that this process has open: closing it here would end SQLite's own locks on it
    (https://sqlite.org/howtocorrupt.html, 2.2).
    With `alone` it must have no second name; a copy, which nobody writes, may. Raises ConfigurationError for a path that is
    no file of ours to use, DamagedError for one that was emptied or removed.
    """
    found = _found(path)
    if found is None:
        return _refuse_what_was_left(path)
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(path)
    if alone and found.st_nlink > 1:
        raise CannotWriteError(
            f"{path} has {found.st_nlink} names (hard links), and SQLite keeps what is newest beside one of them only: "
            "remove the other names, or copy the file"
        )
    if not found.st_size:
        raise DamagedError(
            f"The database {path} is empty (0 bytes): put a backup in its place with `python -m bot restore FILE`, "
            "or delete it to start with an empty one",
            "it is empty",
        )
    _refuse_foreign_bytes(path)
    return True


def _no_file(path: Path) -> CannotWriteError:
    return CannotWriteError(f"{path} is no file: set PAPERBOY_DATABASE to the path of a file")


def _refuse_what_was_left(path: Path) -> bool:
    """A log without its database holds the newest commits, and would be played into whatever is made in its place."""
    log = beside(path, "-wal")
    if log.exists() and log.stat().st_size:
        raise DamagedError(
            f"The database {path} is gone, but its log {log.name} is still there: "
            "put the file back, or a backup with `python -m bot restore FILE`",
            "it is gone",
        )
    return False


def _refuse_foreign_bytes(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
        log = beside(path, "-wal")
        with log.open("rb") if log.exists() else open(os.devnull, "rb") as file:
            log_head = file.read(_WAL_HEADER)
    except OSError as error:
        raise cannot_write(path, error) from None
    if head != _MAGIC:
        raise damaged(path, "it does not begin as a SQLite file does")
    # A power cut may leave zeros where the log would have begun; SQLite passes over other bytes, with all commits behind them.
    if len(log_head) == _WAL_HEADER and any(log_head) and not log_head.startswith(_WAL_MAGICS):
        raise damaged(path, f"{log.name} does not begin as a log does")


def beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


# -- what errors mean --------------------------------------------------------------------------------------------------


def damaged(path: Path, problem: object) -> DamagedError:
    """What to tell the owner of a file that is no sound database."""
    # SQLite quotes what it found in the file: other bytes must not break the line.
    problem = " ".join("".join(c if c.isprintable() else " " for c in str(problem)).split())
    return DamagedError(
        f"The database {path} is damaged ({problem}) and was left as it is: put a backup in its place with "
        "`python -m bot restore FILE`, or move it away to start with an empty one",
        problem,
    )


def misplaced(path: Path, gone: Path) -> DamagedError:
    """What to tell the owner of a file that was deleted, moved or replaced under the running process: the database, or its log
    or its lock."""
    if gone != path:
        return DamagedError(
            f"{gone.name}, which belongs to the database {path}, was deleted or replaced while Paperboy was running: another "
            "program may use the database as well. See that none does, and start Paperboy again",
            f"{gone.name} was deleted or replaced",
        )
    return DamagedError(
        f"The database {path} was deleted, moved or replaced while Paperboy was running: put the file back, "
        "or a backup with `python -m bot restore FILE`",
        "deleted, moved or replaced",
    )


def cannot_write(path: Path, error: OSError) -> CannotWriteError:
    """What to tell the owner of a path that the system refuses."""
    why = os.strerror(error.errno) if error.errno else str(error)
    return CannotWriteError(f"{path} cannot be used ({why.lower()}): mend that, or set another path")


def explained(path: Path, error: sqlite3.Error, *, writing: bool = False) -> PaperboyError | None:
    """What an error of SQLite says about the file; None when it says nothing of it (a constraint, a mistake of ours).

    https://sqlite.org/rescode.html
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own: text that is no UTF-8 can only come from damage, since nothing else is written
        return damaged(path, error) if str(error).startswith("Could not decode to UTF-8") else None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code in _BROKEN_READS:
        return damaged(path, error)
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"Another program holds {path} ({error}): try again once it has ended")
    if primary == sqlite3.SQLITE_FULL:
        return CannotWriteError(f"{path} cannot be written ({error}): make room on its disk")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return CannotWriteError(f"{path} cannot be used ({error}): mend that, or set another path")
    if primary == sqlite3.SQLITE_READONLY and (writing or code != sqlite3.SQLITE_READONLY):
        return CannotWriteError(f"{path} cannot be written ({error}): mend that, or set another path")
    return None


@contextlib.contextmanager
def explaining(path: Path, *, writing: bool = False) -> Iterator[None]:
    """Raises what SQLite's errors mean instead of them."""
    try:
        yield
    except UnicodeDecodeError as error:  # Python's own, of a name in the schema or of SQLite's message about it
        raise damaged(path, error) from error
    except sqlite3.Error as error:
        meaning = explained(path, error, writing=writing)
        if meaning is None:
            raise
        raise meaning from error


# -- one process at a time ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def process_lock(path: Path, *, other: str = "set PAPERBOY_DATABASE to another file") -> Iterator[None]:
    """Holds `<file>.lock` for this process, whatever name led to the file.

    Raises BusyError when another process holds it; `other` is what may be done instead of stopping that one.
    """
    path = real(path)
    make_folder(path)
    found = _found(path)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise _no_file(path)
    try:
        file = open(beside(path, ".lock"), "a+", encoding="ascii")  # noqa: SIM115
    except OSError as error:
        raise cannot_write(path, error) from None
    with file:
        try:
            _lock_file(file.fileno())
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise cannot_write(path, error) from None
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(
                f"Another Paperboy (process {holder}) is using {path}. Stop it first, or {other}."
            ) from None
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same, only its holder has no name
            os.truncate(file.fileno(), 0)
            os.write(file.fileno(), str(os.getpid()).encode("ascii"))
        yield


def _lock_file(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sync_folder(path: Path) -> None:
    """Makes a rename in the folder of this file last through a power cut, where the system can."""
    with contextlib.suppress(OSError):  # Windows opens no folders
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
