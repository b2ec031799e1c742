"""One SQLite file: one writing connection behind one lock, a few read-only ones, and what is to be done when one breaks.

Knows connections and transactions; knows no table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import aiosqlite

from bot.errors import BadDataError, BusyError, CannotWriteError, DamagedError
from bot.store import copies, files, migrations

log = logging.getLogger(__name__)

READERS: Final = 2

Row = sqlite3.Row
Parameters = Mapping[str, Any]


def is_damage(error: BaseException) -> bool:
    """Whether the file or its disk is at fault, and not what somebody wanted to store in it."""
    if isinstance(error, (DamagedError, CannotWriteError, BusyError)):
        return True
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.DataError
    )


_LIST: Final = re.compile(r"\bIN :(\w+)")


@lru_cache(maxsize=500)
def _spelt(sql: str) -> str:
    """`IN :ids` as this engine wants a list: as one parameter, so that the statement stays the same for any length."""
    return _LIST.sub(r"IN (SELECT value FROM json_each(:\1))", sql)


def _bound(parameters: Parameters | None) -> Parameters:
    """Lists as `_spelt` expects them."""
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in (parameters or {}).items()}


class Connection:
    """The few verbs that stores use on an open connection. Parameters are named; a list stands behind `IN :name`."""

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self._raw = raw

    async def execute(self, sql: str, parameters: Parameters | None = None) -> int:
        """Runs one statement. Returns the number of rows it changed."""
        async with self._raw.execute(_spelt(sql), _bound(parameters)) as cursor:
            return cursor.rowcount

    async def insert(self, sql: str, parameters: Parameters) -> int:
        """Runs one INSERT of one row. Returns its id."""
        return int(await self.value(f"{sql} RETURNING id", parameters))

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Runs one statement for each row of parameters, which hold no lists."""
        await self._raw.executemany(sql, rows)

    async def all(self, sql: str, parameters: Parameters | None = None) -> list[Row]:
        return list(await self._raw.execute_fetchall(_spelt(sql), _bound(parameters)))

    async def one(self, sql: str, parameters: Parameters | None = None) -> Row | None:
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None

    async def value(self, sql: str, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None."""
        row = await self.one(sql, parameters)
        return row[0] if row else None

    async def ids(self, sql: str, parameters: Parameters | None = None) -> list[int]:
        """The column `id` of every row, as one value: tens of thousands of rows would hold the event loop."""
        found: str = await self.value(f"SELECT json_group_array(id) FROM ({sql}) AS found", parameters)  # noqa: S608
        return list(json.loads(found))


class Database:
    """`open` it, then write in `transaction()` and read in `reading()`.

    Both raise DamagedError, CannotWriteError and BusyError for what SQLite says of the file. Damage that anybody meets, and a
    file that is no longer in its place, end `wait_for_damage`.
    """

    def __init__(self, path: Path, writer: aiosqlite.Connection, readers: list[aiosqlite.Connection]) -> None:
        self.path = path
        self._writer = writer
        self._lock = asyncio.Lock()
        #: None stands for a reader that broke; whoever takes it opens another.
        self._readers: asyncio.LifoQueue[aiosqlite.Connection | None] = asyncio.LifoQueue()
        self._open = {writer, *readers}
        #: What has to stay in its place: the file, the log with its newest commits, the lock that keeps others out.
        self._places = {one: _identity(one) for one in (path, *(files.beside(path, e) for e in ("-wal", ".lock")))}
        self._damage: asyncio.Future[DamagedError] = asyncio.get_running_loop().create_future()
        for reader in readers:
            self._readers.put_nowait(reader)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """All of the block is committed, or none of it. Never await the network inside.

        Commit and rollback are shielded: a cancelled task cannot leave a transaction open for the next one.
        """
        with self._watched(writing=True):
            async with self._lock:
                try:
                    await self._writer.execute("BEGIN IMMEDIATE")
                    yield Connection(self._writer)
                    await asyncio.shield(self._writer.execute("COMMIT"))
                except BaseException:
                    await asyncio.shield(self._roll_back())
                    raise

    @contextlib.asynccontextmanager
    async def in_bulk(self) -> AsyncIterator[None]:
        """Many large transactions, each whole or not at all; a power cut may lose the last ones, so what they stand for must
        be kept in them."""
        with self._watched(writing=True):
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
        with self._watched():
            raw = await self._reader()
            try:
                await raw.execute("BEGIN")
                yield Connection(raw)
            finally:
                await asyncio.shield(self._end_reading(raw))

    async def _reader(self) -> aiosqlite.Connection:
        taken = await self._readers.get()
        if taken is not None:
            return taken
        try:
            opened = await _connect(self.path, read_only=True)
        except BaseException:
            self._readers.put_nowait(None)
            raise
        self._open.add(opened)
        return opened

    async def _end_reading(self, raw: aiosqlite.Connection) -> None:
        """Gives the reader back; one that cannot end its transaction is replaced, for a pool that shrinks falls silent."""
        try:
            await raw.execute("SELECT 1")
            if raw.in_transaction:
                await raw.execute("ROLLBACK")
        except (sqlite3.Error, ValueError) as error:  # ValueError: aiosqlite's word for a closed connection
            log.warning("a reader of the database broke and is replaced: %s", error)
            self._open.discard(raw)
            self._readers.put_nowait(None)
            await raw.close()
        else:
            self._readers.put_nowait(raw)

    async def close(self) -> None:
        """Closes the writer last: the last one to go takes the log into the file, and a reader could not."""
        for raw in self._open - {self._writer}:
            await raw.close()
        await self._writer.close()

    # -- damage -------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _watched(self, *, writing: bool = False) -> Iterator[None]:
        try:
            with files.explaining(self.path, writing=writing):
                yield
        except DamagedError as error:
            self._note(error)
            raise

    async def check_place(self) -> None:
        """Raises DamagedError when another file, or none, has the name of the database, its log or its lock: what is written
        now would be lost, or another process may write as well."""
        for place, identity in self._places.items():
            if identity is not None and await asyncio.to_thread(_identity, place) != identity:
                error = files.misplaced(self.path, place)
                self._note(error)
                raise error

    def _note(self, error: DamagedError) -> None:
        if not self._damage.done():
            self._damage.set_result(error)

    async def wait_for_damage(self) -> DamagedError:
        """Returns once somebody met damage, or the file is no longer in its place."""
        return await asyncio.shield(self._damage)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file has this name; None when none has."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


async def _connect(path: Path, *, read_only: bool) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(copies.address(path, read_only=read_only), uri=True, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        await connection.execute("PRAGMA foreign_keys = ON")
        await connection.execute("PRAGMA busy_timeout = 5000")
        await connection.execute("PRAGMA cache_size = -32000")
        await connection.execute("PRAGMA temp_store = MEMORY")  # sorting needs no room on a full disk
    except BaseException:
        await connection.close()  # its thread would keep the process alive
        raise
    return connection


@contextlib.asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Database]:
    """Opens the file for a process that writes: migrated, checked, in WAL mode. Raises BadDataError and ConfigurationError.

    The caller holds `process_lock(path)`.
    """
    path = files.real(path)
    # A large file takes minutes: the loop turns meanwhile, so that a signal can end the process.
    await copies.in_thread(lambda stopped: migrations.migrate(path, stopped=stopped))
    async with contextlib.AsyncExitStack() as stack:
        with files.explaining(path, writing=True):
            writer = await _connect(path, read_only=False)
            stack.push_async_callback(writer.close)
            await writer.execute("PRAGMA journal_mode = WAL")
            # FULL: a send that was recorded must still be recorded after a power cut.
            await writer.execute("PRAGMA synchronous = FULL")
            readers = [await _opened_reader(path, stack) for _ in range(READERS)]
        database = Database(path, writer, readers)
        stack.push_async_callback(database.close)
        yield database


async def _opened_reader(path: Path, stack: contextlib.AsyncExitStack) -> aiosqlite.Connection:
    reader = await _connect(path, read_only=True)
    stack.push_async_callback(reader.close)
    return reader


@contextlib.asynccontextmanager
async def open_read_only(path: Path) -> AsyncIterator[Database]:
    """Opens the file for a question asked beside the running bot. Raises BadDataError and ConfigurationError."""
    path = files.real(path)
    if not files.exists(path):
        raise BadDataError(f"There is no database at {path} yet. Start Paperboy once: python -m bot run")
    migrations.refuse_other_schema(path)
    async with contextlib.AsyncExitStack() as stack:
        with files.explaining(path):
            connections = [await _opened_reader(path, stack) for _ in range(READERS)]
        database = Database(path, connections[0], connections[1:])
        stack.push_async_callback(database.close)
        yield database
