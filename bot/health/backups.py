"""Copies of the database while it is used: one by hand, or one each night with the old ones thinned out.

Knows where copies go and what they are called; how one is made stands in `store.copies`. Works in a thread, beside the loop.
"""

from __future__ import annotations

import asyncio
import logging
import stat
from datetime import datetime
from pathlib import Path

from bot.errors import BadDataError, BadInputError
from bot.health.rotation import file_name, instant_of, is_due, outlived
from bot.store import copies, files, migrations
from bot.when.clock import Clock

log = logging.getLogger(__name__)


class Backups:
    """The copies in one folder. `path` is the database, open here or in another process."""

    def __init__(self, path: Path, folder: Path, clock: Clock) -> None:
        self._path = files.real(path)
        self._folder = folder
        self._clock = clock

    async def make(self) -> Path:
        """Makes a verified copy and returns its path. Raises DamagedError and ConfigurationError."""
        copy = self._folder / file_name(self._path.stem, self._clock())
        await copies.in_thread(lambda stopped: copies.back_up(self._path, copy, stopped=stopped))
        return copy

    async def make_due(self) -> Path | None:
        """The nightly copy, when there is none yet; then the outlived ones go. Returns its path, None when none is due."""
        made = await asyncio.to_thread(self.made)
        if not is_due(made, self._clock()):
            return None
        copy = await self.make()
        gone = await asyncio.to_thread(self._thin_out)
        log.info("backed up to %s; %d older copies removed", copy, gone)
        return copy

    def made(self) -> dict[datetime, Path]:
        """The copies in the folder, by their instant."""
        stem = self._path.stem
        found = ((instant_of(stem, path.name), path) for path in self._folder.glob("*.db"))
        return {instant: path for instant, path in found if instant is not None}

    def _thin_out(self) -> int:
        made = self.made()
        gone = outlived(list(made))
        for instant in gone:
            made[instant].unlink(missing_ok=True)
        copies.sweep(self._folder, self._path.stem)
        return len(gone)


async def back_up_to(path: Path, copy: Path) -> None:
    """Makes a verified copy under a name of the owner's choice. An older copy of that name is replaced, nothing else is.

    Raises BadInputError for such a name, DamagedError and ConfigurationError.
    """
    refuse_to_overwrite(files.real(path), copy)
    await copies.in_thread(lambda stopped: copies.back_up(files.real(path), copy, stopped=stopped))


def refuse_to_overwrite(path: Path, copy: Path) -> None:
    """Raises BadInputError when a copy of that name would take the place of something that is no copy."""
    target = files.real(copy)
    if target in (path, *(files.beside(path, ending) for ending in (*files.BESIDE, ".lock"))):
        raise BadInputError(f"{copy} is the database itself, or belongs to it: choose another name")
    try:
        found = target.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise files.cannot_write(copy, error) from None
    if not stat.S_ISREG(found.st_mode):  # a device or a pipe would be replaced by a file, for everybody
        raise BadInputError(f"{copy} is no file: choose another name")
    if found.st_size and not _is_copy(target):
        raise BadInputError(f"{copy} is no copy that Paperboy made and is not overwritten: choose another name")


def _is_copy(target: Path) -> bool:
    """Whether it is a database of ours that nobody uses: it has neither a log nor a lock."""
    if any(files.beside(target, ending).exists() for ending in (*files.BESIDE, ".lock")):
        return False
    try:
        have = migrations.version(target, alone=False)
        migrations.refuse_foreign(target, have, migrations.load())
    except BadDataError:
        return False
    return have > 0


def refuse_unusable(path: Path) -> None:
    """Raises BadDataError when there is nothing to copy, or nothing of ours, and ConfigurationError."""
    path = files.real(path)
    if not files.exists(path):
        raise BadDataError(f"There is no database at {path} to copy")
    migrations.refuse_foreign(path, migrations.version(path), migrations.load())
