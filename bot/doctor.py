"""Looks for what is wrong with an installation: settings, file, schema, index. Changes nothing.

Part of the composition root: only `__main__` imports this.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from bot.config import Settings
from bot.errors import PaperboyError
from bot.store import migrations, search
from bot.store.database import open_read_only

#: Before this version two checkpointing connections can lose commits (https://sqlite.org/wal.html, "the WAL-reset bug").
_SAFE_WAL: Final = (3, 51, 3)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `detail` says what to do when it is not good."""

    what: str
    good: bool
    detail: str


async def examine(settings: Settings) -> list[Finding]:
    """All findings, good and bad."""
    token = "set" if settings.discord_token else "not set: `run` starts the local Discord"
    findings = [
        Finding("token", True, token),
        Finding("contact", True, settings.contact or "not set; upstreams like to know whom to ask: PAPERBOY_CONTACT"),
        _sqlite(),
    ]
    path = settings.database
    if not path.exists():
        return [*findings, Finding("database", True, f"{path} is not there yet; the first start makes it")]
    findings.append(_mode(settings))
    try:
        migrations.check(path)
        findings.append(Finding("database", True, f"{path} is sound"))
        migrations.refuse_other_schema(path)
        findings.append(Finding("schema", True, f"version {migrations.version(path)}"))
        findings.append(await _index(settings))
    except PaperboyError as error:
        findings.append(Finding("database", False, str(error)))
    return findings


def _sqlite() -> Finding:
    found = sqlite3.sqlite_version_info
    note = "" if found >= _SAFE_WAL else "; let one process at a time write (Paperboy's lock file sees to it)"
    return Finding("SQLite", True, f"{sqlite3.sqlite_version}{note}")


def _mode(settings: Settings) -> Finding:
    mode = settings.database.stat().st_mode & 0o777
    good = not mode & 0o077
    detail = "readable by you alone" if good else f"others can read it ({mode:o}): chmod 600 {settings.database}"
    return Finding("permissions", good, detail)


async def _index(settings: Settings) -> Finding:
    async with open_read_only(settings.database) as database, database.reading() as read:
        stored, indexed = await search.check_index(read)
        current = await search.is_current(read)
    good = stored == indexed and (current or not stored)
    detail = f"{indexed} of {stored} papers" + ("" if good else "; the next start builds it anew")
    return Finding("search index", good, detail)
