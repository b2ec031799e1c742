"""Every way in which a database file may be broken or out of reach, each made from a sound one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Capabilities of Linux by which root passes over permissions (capabilities(7)); prctl(2)'s number to drop one.
_DAC_OVERRIDE, _DAC_READ_SEARCH, _DROP = 1, 2, 24


def pages_of(path: Path, table: str) -> list[int]:
    """The root page of a table or an index, 1-based; for a virtual table its biggest shadow."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))]


def overwrite_page(path: Path, name: str) -> None:
    """Puts other bytes in the root page of a table or an index."""
    (page,) = pages_of(path, name)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\x07" * 100)


def behind_the_name(path: Path) -> None:
    """The file still begins as one of SQLite's; nothing behind that is true."""
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff" * 84)


def halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_within_a_page(path: Path) -> None:
    os.truncate(path, 4096 + 1000)


def log_overwritten(path: Path) -> None:
    path.with_name(path.name + "-wal").write_bytes(b"\xa5" * 8192)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def removed_beside_its_log(path: Path) -> None:
    path.unlink()
    path.with_name(path.name + "-wal").write_bytes(b"\x37\x7f\x06\x82" + b"\x01" * 8000)


def a_text(path: Path) -> None:
    path.write_text("Dear diary,\n" * 500)


def of_another_program(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE cookies (host TEXT)")


def of_another_program_with_a_number(path: Path) -> None:
    of_another_program(path)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 1")


def a_table_dropped(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE alerts")


def a_column_of_another_name(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE meta RENAME COLUMN value TO walue")


def rows_that_say_nothing(path: Path) -> None:
    """What stands in the rows is no list and no date any more, in pages that are sound."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE papers SET authors = '[[', published = 'soon'")


def an_unreadable_schema(path: Path) -> None:
    """A byte of a table's name that is no letter."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE TABLE topic_searches", b"CREATE TABLE topic_\xb9earches", 1))


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 999")


def not_utf8(path: Path) -> None:
    """Letters in a row that no program of ours can have written."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE papers SET title = CAST(X'ff00ff' AS TEXT), abstract = CAST(X'ff00ff' AS TEXT)")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def under_a_file(path: Path) -> None:
    """The folder of the path is a file."""
    folder = path.parent
    path.unlink()
    for name in folder.iterdir():
        name.unlink()
    folder.rmdir()
    folder.write_text("no folder")


def second_name(path: Path) -> None:
    os.link(path, path.with_name("other.db"))


def links_in_a_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("b.db"))
    path.with_name("b.db").symlink_to(path)


Break = Callable[[Path], Any]


def bound_by_permissions() -> Callable[[], None] | None:
    """What a child process calls before it begins, so that permissions hold for it; root passes over them otherwise.
    None where that cannot be done."""
    if os.geteuid() != 0:
        return lambda: None
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)

    def drop() -> None:
        for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
            if library.prctl(_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability cannot be dropped")

    return drop
