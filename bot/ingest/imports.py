"""Bulk import: a file of papers into the store, silently, piece by piece, and on from where a stop left it.

Knows what is kept of the way; knows neither formats nor SQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot.errors import BadDataError
from bot.ingest.looks import believed
from bot.language.tokens import index_text
from bot.models import Portion
from bot.papers.kinship import statements
from bot.store import imports, papers, search
from bot.store.database import Database
from bot.store.imports import ImportState
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: Bad rows that are named; all are counted.
NAMED: Final = 20


class Dump(Protocol):
    """A file of papers."""

    @property
    def name(self) -> str: ...

    def identity(self) -> str:
        """Tells the file's content from every other."""
        ...

    def portions(self, after: int) -> Iterator[Portion]:
        """The rows behind the first `after`, piece by piece, always cut at the same places. Raises BadDataError."""
        ...


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file. `resumed_at` rows had been read before; `known` files were read to their end before.

    `seconds`, `papers_read` and `odd`, fields that were left out, are of this run alone; `named` are the first bad rows and odd
    fields; `damage` says why the file could not be read to its end.
    """

    name: str
    state: ImportState
    resumed_at: int = 0
    known: bool = False
    papers_read: int = 0
    seconds: float = 0.0
    named: tuple[str, ...] = ()
    odd: int = 0
    damage: str | None = None

    @property
    def usable(self) -> bool:
        return self.state.records > 0


class Imports:
    """Takes files into the store. No event of theirs is news: nobody is alerted."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(
        self, dump: Dump, *, again: bool = False, progress: Callable[[ImportState, float], None] | None = None
    ) -> Imported:
        """Reads a file to its end, or says that it was. `again` reads it anew, which changes nothing that is stored.

        `progress` is told the state and the share of the file that is read (0 to 1).
        """
        identity = await asyncio.to_thread(dump.identity)
        async with self._database.reading() as read:
            state = await imports.load_import(read, identity)
        if state.finished and not again:
            return Imported(dump.name, state, known=True)
        analyse = state.finished is None  # read anew, hardly any text is new to the index
        if state.finished:
            state = ImportState()
        began, first = time.perf_counter(), state
        named: list[str] = []
        odd = 0
        try:
            async with contextlib.aclosing(_ahead(dump.portions(state.position), analyse=analyse)) as portions:
                async for portion, tokens in portions:
                    state = await self._store(dump.name, identity, state, portion, tokens)
                    named += (*portion.bad, *portion.odd)[: NAMED - len(named)]
                    odd += len(portion.odd)
                    if progress:
                        progress(state, portion.share)
            damage = None
            state = await self._finish(dump.name, identity, state)
        except BadDataError as error:
            damage = str(error)
        took = time.perf_counter() - began
        log.info("import of %s: %d rows, %d bad", dump.name, state.position, state.bad)
        return Imported(
            dump.name, state, first.position, False, state.records - first.records, took, tuple(named), odd, damage
        )

    async def _store(
        self, name: str, identity: str, state: ImportState, portion: Portion, tokens: Mapping[str, str]
    ) -> ImportState:
        now = self._clock()
        async with self._database.transaction() as write:
            records = [one for record in portion.records for one in statements(believed(record, now))]
            changes = await papers.add_records(write, records, now, eligible=False, tokens=tokens)
            state = replace(
                state,
                position=portion.rows,
                records=state.records + len(portion.records),
                new_papers=state.new_papers + sum(change.is_new for change in changes),
                bad=state.bad + len(portion.bad),
                finished=None,
            )
            await imports.save_import(write, identity, name, state, now)
        return state

    async def _finish(self, name: str, identity: str, state: ImportState) -> ImportState:
        now = self._clock()
        state = replace(state, finished=now)
        async with self._database.transaction() as write:
            await imports.save_import(write, identity, name, state, now)
        return state


async def _ahead(portions: Iterator[Portion], *, analyse: bool) -> AsyncGenerator[tuple[Portion, dict[str, str]], None]:
    """Each portion with the index text of its papers, the next one being read while one is stored: SQLite works without
    Python's lock, so both cores are used."""

    def prepare() -> tuple[Portion, dict[str, str]] | None:
        portion = next(portions, None)
        if portion is None:
            return None
        texts = {text for record in portion.records for text in search.index_texts(record)} if analyse else set()
        return portion, {text: index_text(text) for text in texts}

    coming = asyncio.create_task(asyncio.to_thread(prepare))
    try:
        while (ready := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(prepare))
            yield ready
    finally:
        await asyncio.gather(coming, return_exceptions=True)
