"""Plain SQL files in migrations/, applied in order. Knows `PRAGMA user_version`; knows no table.

Runs before the event loop owns the file, so it is plain sqlite3.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import BadDataError
from bot.store import copies, files
from bot.store.copies import connected

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """`number` becomes the file's `user_version` together with the statements."""

    number: int
    name: str
    statements: tuple[str, ...]


def load(folder: Path = FOLDER) -> list[Migration]:
    """The migrations in order. Raises BadDataError if a number is missing or used twice."""
    found = []
    for path in sorted(folder.glob("[0-9]*.sql")):
        matched = re.fullmatch(r"([0-9]{4})_([a-z0-9_]+)", path.stem)
        if matched is None:
            raise BadDataError(f"{path.name} is not named like 0001_what_it_does.sql")
        found.append(Migration(int(matched[1]), matched[2], split(path.read_text(encoding="utf-8"))))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise BadDataError(f"The migrations in {folder} are not numbered 1, 2, 3, …: reinstall Paperboy")
    return found


def split(script: str) -> tuple[str, ...]:
    """The statements of a script. SQLite itself decides where one ends, so a `;` in a comment or string is safe."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    if re.sub(r"--[^\n]*", "", pending).strip():
        raise BadDataError(f"A migration ends within a statement: {pending.strip()[:80]}")
    return tuple(statements)


def version(path: Path, *, alone: bool = True) -> int:
    """The schema number of a file; 0 for an absent one. Raises BadDataError for what is no sound database, and
    ConfigurationError for one with a second name unless it need not be `alone`."""
    path = files.real(path)
    if not files.exists(path, alone=alone):
        return 0
    with connected(path, read_only=True) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_foreign(path: Path, have: int, known: Sequence[Migration]) -> None:
    """Raises BadDataError for a newer schema, and for a file whose tables are not those of its number."""
    if have > len(known):
        raise BadDataError(
            f"{path} was written by a newer Paperboy (schema {have}, this one knows {len(known)}): "
            "update Paperboy, or use another file"
        )
    with connected(path, read_only=True) as connection:
        found = _columns(connection)
    if not found >= _made_by(tuple(known[:have])) or (found and not have):
        raise BadDataError(
            f"{path} is a database of another program, or lost some of its tables: set PAPERBOY_DATABASE to another file, "
            "or put a backup in its place with `python -m bot restore FILE`"
        )


@functools.cache
def _made_by(migrations: tuple[Migration, ...]) -> set[tuple[str, str]]:
    """The tables and columns that these migrations make."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for migration in migrations:
            _apply(connection, migration)
        return _columns(connection)


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Every table with each of its columns; a virtual one with none, for SQLite would have to open it first."""
    return set(
        connection.execute(
            """SELECT t.name, coalesce(c.name, '') FROM sqlite_master AS t
               LEFT JOIN pragma_table_info(CASE WHEN t.sql LIKE 'CREATE VIRTUAL%' THEN '' ELSE t.name END) AS c
               WHERE t.type = 'table'"""
        )
    )


def refuse_other_schema(path: Path, folder: Path = FOLDER) -> None:
    """Raises BadDataError unless the file has exactly the schema that this program knows."""
    have, known = version(path), load(folder)
    refuse_foreign(files.real(path), have, known)
    if have < len(known):
        raise BadDataError(
            f"{path} has schema {have}, this Paperboy needs {len(known)}: bring it up to date with `python -m bot migrate`"
        )


def migrate(path: Path, folder: Path = FOLDER, *, stopped: Callable[[], bool] = copies.never) -> list[str]:
    """Brings the file to the newest schema. Returns the names applied; raises StoppedError between or within two once
    `stopped()`, and what is begun is undone.

    Each migration and its number commit together, statement by statement (`executescript` would commit halves). An existing
    file is copied by SQLite's own backup to `<path>.before-<n>` first, and the copy verified; a new one gets its name once it
    is whole, so that an empty file is never ours. Raises BadDataError for a newer or damaged file, which stays as it is,
    and ConfigurationError for a path that cannot be written.
    """
    path = files.real(path)
    known = load(folder)
    have = version(path)
    todo = known[have:]
    if not files.exists(path):
        with copies.whole(path) as partial:
            apply(partial, todo)
    else:
        refuse_foreign(path, have, known)
        copies.check(path, stopped=stopped)
        if todo and have:
            log.info("bringing %s from schema %d to %d", path, have, len(known))
            copies.back_up(path, files.beside(path, f".before-{todo[0].number:04}"), stopped=stopped)
        apply(path, todo, stopped=stopped)
    return [f"{m.number:04}_{m.name}" for m in todo]


def apply(path: Path, todo: Sequence[Migration], *, stopped: Callable[[], bool] = copies.never) -> None:
    """Applies these migrations, each whole or not at all. Raises StoppedError once `stopped()`."""
    with connected(path) as connection, copies.stoppable(connection, stopped):
        connection.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew keeps those that refer to it
        for migration in todo:
            _apply(connection, migration)


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in migration.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.number}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back by itself
            connection.execute("ROLLBACK")
        raise
