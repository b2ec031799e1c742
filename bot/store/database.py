"""One SQLite file: one writing connection behind one lock, a few read-only ones, and the process lock beside it.

Knows connections and transactions; knows no table but `meta`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import aiosqlite

from bot.errors import BadDataError, BusyError
from bot.store import migrations

READERS: Final = 2

Row = sqlite3.Row
Parameters = Mapping[str, Any]


def is_damage(error: BaseException) -> bool:
    """Whether the file or its disk is at fault, and not what somebody wanted to store in it."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.DataError
    )


class Connection:
    """The few verbs that stores use on an open connection; parameters are named."""

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    async def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Runs one statement. Returns the number of rows it changed."""
        async with self._raw.execute(sql, parameters or {}) as cursor:
            return cursor.rowcount

    async def insert(self, sql: str, parameters: Parameters) -> int:
        """Runs one INSERT. Returns the new rowid."""
        async with self._raw.execute(sql, parameters) as cursor:
            return cursor.lastrowid or 0

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        await self._raw.executemany(sql, rows)

    async def all(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        return list(await self._raw.execute_fetchall(sql, parameters or {}))

    async def one(self, sql: str, parameters: Parameters | None = None) -> Row | None:
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None

    async def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None."""
        row = await self.one(sql, parameters)
        return row[0] if row else None


class Database:
    """`open` it, then write in `transaction()` and read in `reading()`."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]) -> None:
        self.path = path
        self._writer = writer
        self._lock = asyncio.Lock()
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._all = [writer, *readers]
        for reader in readers:
            self._readers.put_nowait(reader)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """All of the block is committed, or none of it. Never await the network inside.

        Commit and rollback are shielded: a cancelled task cannot leave a transaction open for the next one.
        """
        async with self._lock:
            try:
                await self._writer.execute("BEGIN IMMEDIATE")
                yield Connection(self._writer)
            except BaseException:
                await asyncio.shield(self._roll_back())
                raise
            else:
                await asyncio.shield(self._writer.execute("COMMIT"))

    @contextlib.asynccontextmanager
    async def in_bulk(self) -> AsyncIterator[None]:
        """Many large transactions, each whole or not at all; a power cut may lose the last ones, so what they stand for must
        be kept in them."""
        await self._writer.execute("PRAGMA synchronous = NORMAL")
        await self._writer.execute("PRAGMA wal_autocheckpoint = 8000")
        try:
            yield
        finally:
            await self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            await self._writer.execute("PRAGMA wal_autocheckpoint = 1000")
            await self._writer.execute("PRAGMA synchronous = FULL")

    async def _roll_back(self) -> None:
        await self._writer.execute("SELECT 1")  # a BEGIN that a cancelled task left on its way comes first
        if self._writer.in_transaction:
            await self._writer.execute("ROLLBACK")

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One consistent snapshot; never waits for a writer and cannot write."""
        raw = await self._readers.get()
        try:
            await raw.execute("BEGIN")
            yield Connection(raw)
        finally:
            await asyncio.shield(self._end_reading(raw))

    async def _end_reading(self, raw: aiosqlite.Connection) -> None:
        await raw.execute("SELECT 1")
        if raw.in_transaction:
            await raw.execute("ROLLBACK")
        self._readers.put_nowait(raw)

    async def close(self) -> None:
        for raw in self._all:
            await raw.close()

    async def installation(self) -> str:
        """Eight letters that tell this file's messages from those of another file; made with the file."""
        async with self.reading() as read:
            return str(await read.value("SELECT value FROM meta WHERE key = 'installation'"))


async def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = await aiosqlite.connect(uri, uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    await connection.execute("PRAGMA foreign_keys = ON")
    await connection.execute("PRAGMA busy_timeout = 5000")
    await connection.execute("PRAGMA cache_size = -32000")
    return connection


@contextlib.asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """Opens the file for a process that writes: migrated, checked, in WAL mode. Raises BadDataError.

    The caller holds `process_lock(path)`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    migrations.migrate(path)
    async with contextlib.AsyncExitStack() as stack:
        writer = await _connect(path, read_only=False)
        stack.push_async_callback(writer.close)
        try:
            await writer.execute("PRAGMA journal_mode = WAL")
            # FULL: a send that was recorded must still be recorded after a power cut.
            await writer.execute("PRAGMA synchronous = FULL")
        except sqlite3.DatabaseError as error:
            raise BadDataError(migrations.damaged(path, error)) from error
        await writer.execute(
            "INSERT INTO meta (key, value) VALUES ('installation', :value) ON CONFLICT DO NOTHING",
            {"value": secrets.token_hex(4)},
        )
        readers = []
        for _ in range(READERS):
            reader = await _connect(path, read_only=True)
            stack.push_async_callback(reader.close)
            readers.append(reader)
        yield Database(path, writer, readers)


@contextlib.asynccontextmanager
async def open_read_only(path: Path) -> AsyncIterator[Database]:
    """Opens the file for a question asked beside the running bot. Raises BadDataError."""
    if not path.exists():
        raise BadDataError(f"There is no database at {path} yet. Start Paperboy once: python -m bot run")
    migrations.refuse_other_schema(path)
    async with contextlib.AsyncExitStack() as stack:
        connections = []
        for _ in range(READERS):
            raw = await _connect(path, read_only=True)
            stack.push_async_callback(raw.close)
            connections.append(raw)
        yield Database(path, connections[0], connections[1:])


@contextlib.contextmanager
def process_lock(path: Path) -> Iterator[None]:
    """Holds `<path>.lock` for this process. Raises BusyError when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{path}.lock", "a+", encoding="ascii") as file:
        try:
            _lock_file(file.fileno())
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise BusyError(
                f"Another Paperboy (process {holder}) is using {path}. Stop it first, or set PAPERBOY_DATABASE to another file."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock_file(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
