"""A copy in the place of the database: verified first, and the old file kept beside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BadDataError, BadInputError, DamagedError, NotFoundError
from bot.store import copies, files, migrations


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the old file stands now (None: there was none), and the migrations that the copy needed."""

    kept: Path | None
    applied: tuple[str, ...]


def restore(
    copy: Path, path: Path, stamp: str, folder: Path = migrations.FOLDER, *, stopped: Callable[[], bool] = copies.never
) -> Restored:
    """Puts a copy in the database's place. The old file is kept as `<file>.replaced-<stamp>`, its log beside it.

    The caller holds `process_lock(path)`. The database's name leads to the old file or to the whole new one at every instant.
    Raises NotFoundError, BadInputError, BadDataError for a copy that is not sound, ConfigurationError, and StoppedError once
    `stopped()`; then nothing was changed.
    """
    path, copy = files.real(path), files.real(copy)
    _refuse_unusable(copy, path)
    known = migrations.load(folder)
    have = 0
    try:
        have = migrations.version(copy, alone=False)
        migrations.refuse_foreign(copy, have, known)
        copies.check(copy, thorough=True, stopped=stopped)
    except DamagedError as error:
        raise BadDataError(
            f"{copy} is no sound copy ({error.problem}), and nothing was changed: choose another"
        ) from None
    except BadDataError:
        if have > len(known):
            raise
        raise BadDataError(f"{copy} is no copy that Paperboy made, and nothing was changed: choose another") from None
    if not have:
        raise BadDataError(f"{copy} is an empty database, and nothing was changed: choose another")
    with copies.whole(path) as partial:
        copies.copy_into(copy, partial, stopped=stopped)
        migrations.apply(partial, known[have:], stopped=stopped)
        copies.check_copy(copy, partial, stopped=stopped)
        kept = _set_aside(path, files.beside(path, f".replaced-{stamp}"))
    return Restored(kept, tuple(f"{m.number:04}_{m.name}" for m in known[have:]))


def _refuse_unusable(copy: Path, path: Path) -> None:
    try:
        found = copy.stat()
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {copy}") from None
    except OSError as error:
        raise files.cannot_write(copy, error) from None
    if not stat.S_ISREG(found.st_mode):
        raise BadInputError(f"{copy} is no file: name one copy")
    if path.exists() and copy.samefile(path):
        raise BadInputError(f"{copy} is the database itself: name a copy of it")


def _set_aside(path: Path, aside: Path) -> Path | None:
    """Gives the old file its second name, and what it has not yet taken in with it. Returns that name, None without a file.

    A second name instead of another one: a stop in between leaves the database in its place, never an absent one that the
    next start would make anew; with two names it is refused until somebody has looked.
    """
    kept = None
    try:
        if path.exists() and path.stat().st_size:
            try:
                os.link(path, aside)
            except OSError:  # a file system without hard links
                path.rename(aside)
            kept = aside
        for log in (files.beside(path, ending) for ending in ("-wal", "-journal")):
            if log.exists() and log.stat().st_size:
                log.replace(files.beside(aside, log.name.removeprefix(path.name)))
            log.unlink(missing_ok=True)
        files.beside(path, "-shm").unlink(missing_ok=True)
    except OSError as error:
        raise files.cannot_write(path, error) from None
    return kept
