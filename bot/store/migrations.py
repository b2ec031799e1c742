"""Plain SQL files in migrations/, applied in order. Knows `PRAGMA user_version`; knows no table.

Runs before the event loop owns the file, so it is plain sqlite3.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import BadDataError

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
        matched = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", path.stem)
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


def version(path: Path) -> int:
    """The schema number of a file; 0 for an empty or absent one. Raises BadDataError for what is no sound database."""
    if not path.exists():
        return 0
    with _connected(path) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_other_schema(path: Path, folder: Path = FOLDER) -> None:
    """Raises BadDataError unless the file has exactly the schema that this program knows."""
    have, known = version(path), len(load(folder))
    if have > known:
        raise BadDataError(_newer(path, have, known))
    if have < known:
        raise BadDataError(
            f"{path} has schema {have}, this Paperboy needs {known}. Bring it up to date with: python -m bot migrate"
        )


def migrate(path: Path, folder: Path = FOLDER) -> list[str]:
    """Brings the file to the newest schema. Returns the names applied.

    Each migration and its number commit together, statement by statement (`executescript` would commit halves). An existing
    file is copied by SQLite's own backup to `<path>.before-<n>` first, and the copy verified. Raises BadDataError for a newer
    or damaged file, which stays as it is.
    """
    known = load(folder)
    have = version(path)
    if have > len(known):
        raise BadDataError(_newer(path, have, len(known)))
    if have:
        check(path)
    todo = known[have:]
    if todo and have:
        back_up(path, path.with_name(f"{path.name}.before-{todo[0].number:04}"))
    with _connected(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")  # a table that is made anew keeps those that refer to it
        for migration in todo:
            _apply(connection, migration)
    return [f"{m.number:04}_{m.name}" for m in todo]


def back_up(path: Path, copy: Path) -> None:
    """Copies a database that may be in use, and verifies the copy. Raises BadDataError."""
    partial = copy.with_name(copy.name + ".partial")
    partial.unlink(missing_ok=True)
    with _connected(path) as source, contextlib.closing(sqlite3.connect(partial)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    check(partial)
    partial.replace(copy)
    copy.chmod(0o600)


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in migration.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.number}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check(path: Path) -> None:
    """Raises BadDataError unless SQLite finds the file sound."""
    with _connected(path) as connection:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise BadDataError(damaged(path, problem))


def _newer(path: Path, have: int, known: int) -> str:
    return f"{path} was written by a newer Paperboy (schema {have}, this one knows {known}). Update Paperboy, or use another file."


def damaged(path: Path, problem: object) -> str:
    """What to tell the owner of a file that is no sound database."""
    return (
        f"The database {path} is damaged ({problem}). It was left as it is. "
        "Put a backup in its place, or move it away to start with an empty one."
    )


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    fresh = not path.exists()
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        if fresh:
            path.chmod(0o600)
        yield connection
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        raise BadDataError(damaged(path, error)) from error
    finally:
        connection.close()
