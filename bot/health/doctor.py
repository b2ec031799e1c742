"""Looks for what is wrong with an installation: settings, file, schema, index. Changes nothing.

Part of the composition root: only `__main__` imports this.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.errors import PaperboyError
from bot.health.backups import Backups
from bot.store import copies, files, migrations, search
from bot.store.database import open_read_only
from bot.when.clock import clock_of

_STALE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `detail` says what to do when it is not good."""

    what: str
    good: bool
    detail: str


async def examine(settings: Settings) -> tuple[list[Finding], int]:
    """All findings, good and bad, and the exit code that the worst of them asks for: 0 when all are good."""
    token = "set" if settings.discord_token else "not set: `run` starts the local Discord"
    findings = [
        Finding("token", True, token),
        Finding("contact", True, settings.contact or "not set; upstreams like to know whom to ask: PAPERBOY_CONTACT"),
        Finding("SQLite", True, about_sqlite(sqlite3.sqlite_version_info)),
    ]
    try:
        path = files.real(settings.database)
        if not files.exists(path):
            return [*findings, Finding("database", True, f"{path} is not there yet; the first start makes it")], 0
        findings += [_mode(path), _backups(settings, path)]
        copies.check(path)
        findings.append(Finding("database", True, f"{path} is sound"))
        migrations.refuse_other_schema(path)
        findings.append(Finding("schema", True, f"version {migrations.version(path)}"))
        findings.append(await _index(settings))
    except PaperboyError as error:
        return [*findings, Finding("database", False, str(error))], error.exit_code
    return findings, 0 if all(f.good for f in findings) else 65


def about_sqlite(version: tuple[int, ...]) -> str:
    """The version, and what its fault in WAL mode asks of an owner.

    From 3.7.0 to 3.51.2 two connections that checkpoint at once can lose commits; 3.50.7 and 3.44.6 carry the mend
    (https://sqlite.org/wal.html, "the WAL-reset bug").
    """
    name = ".".join(map(str, version))
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    if mended or version < (3, 7):
        return name
    return f"{name}; safe as long as no other program (Litestream, a sqlite3 shell that writes) opens the file"


def _mode(path: Path) -> Finding:
    mode = path.stat().st_mode & 0o777
    good = not mode & 0o077
    detail = "readable by you alone" if good else f"others can read it ({mode:o}): chmod 600 {path}"
    return Finding("permissions", good, detail)


def _backups(settings: Settings, path: Path) -> Finding:
    if settings.backups is None:
        return Finding("backups", True, "none each night: PAPERBOY_BACKUPS names a folder for them")
    clock = clock_of(settings.clock_file)
    folder = files.real(settings.backups)
    try:
        place = next(one for one in (folder, *folder.parents) if one.exists())
        good = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    except OSError:  # a name that is too long
        good = False
    if not good:
        return Finding("backups", False, f"{folder} is no folder that can be written: set PAPERBOY_BACKUPS to another")
    newest = max(Backups(path, settings.backups, clock).made(), default=None)
    if newest is None:
        return Finding("backups", True, f"none in {settings.backups} yet; a running bot makes one each night")
    good = clock() - newest < _STALE
    detail = f"the newest in {settings.backups} is of {newest:%Y-%m-%d %H:%M} UTC"
    return Finding("backups", good, detail if good else f"{detail}; the log of the bot says why")


async def _index(settings: Settings) -> Finding:
    async with open_read_only(settings.database) as database, database.reading() as read:
        stored, indexed = await search.check_index(read)
        current = await search.is_current(read)
    good = stored == indexed and (current or not stored)
    detail = f"{indexed} of {stored} papers" + ("" if good else "; the next start builds it anew")
    return Finding("search index", good, detail)
