"""The command `import`: opens the files and the database, shows how far it is, and says what came of it.

Part of the composition root: only `__main__` imports this.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from bot.config import Settings
from bot.ingest.imports import Imported, Imports
from bot.process.application import bring_index_up_to_date, bring_titles_up_to_date
from bot.sources.dump_files import DumpFile
from bot.store import search
from bot.store.database import Database, open_database
from bot.store.files import process_lock
from bot.store.imports import ImportState
from bot.when.clock import clock_of

_BAR: Final = 30
_REDRAW: Final = 0.2  # seconds, on a terminal
_LINE: Final = 15.0  # seconds, elsewhere


async def import_files(settings: Settings, paths: Sequence[Path], *, again: bool = False) -> list[Imported]:
    """Imports one file after the other. Raises NotFoundError before it begins, and BusyError."""
    dumps = [DumpFile(path) for path in paths]
    found = []
    with process_lock(settings.database):
        async with open_database(settings.database) as database:
            await bring_index_up_to_date(database)
            await bring_titles_up_to_date(database)
            service = Imports(database, clock_of(settings.clock_file))
            async with database.in_bulk():
                await _gather(database, True)
                for dump in dumps:
                    shown = Progress(dump.name, sys.stderr)
                    found.append(await service.take(dump, again=again, progress=shown))
                    shown.end()
                await _gather(database, False)
    return found


async def _gather(database: Database, wanted: bool) -> None:
    async with database.transaction() as write:
        await search.defer_index_merges(write, wanted)


def lines(found: Imported) -> list[str]:
    """What came of one file, for a person."""
    state = found.state
    if found.known and state.finished:
        when = f"{state.finished:%Y-%m-%d %H:%M} UTC"
        return [f"{found.name}: was imported on {when}, nothing to do (--again reads it again)"]
    head = f"{found.name}: {state.position:,} rows, {state.records:,} records, {state.new_papers:,} new papers"
    head += f", {state.bad:,} bad rows"
    if found.resumed_at:
        head += f"; went on behind row {found.resumed_at:,}"
    if found.seconds:
        head += f"; {found.papers_read / found.seconds:,.0f} papers/s"
    told = [head, *(f"  {bad}" for bad in found.named)]
    if state.bad + found.odd > len(found.named):
        told.append(f"  … and {state.bad + found.odd - len(found.named):,} more")
    return told + ([f"  {found.damage}"] if found.damage else [])


class Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self, name: str, out: TextIO) -> None:
        self._name = name
        self._out = out
        self._is_terminal = out.isatty()
        self._began = self._shown = time.monotonic()
        self._first: int | None = None

    def __call__(self, state: ImportState, share: float) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = state.records
        if now - self._shown < (_REDRAW if self._is_terminal else _LINE):
            return
        self._shown = now
        rate = (state.records - self._first) / (now - self._began)
        text = f"{self._name} {share:4.0%} {state.records:,} papers, {rate:,.0f}/s"
        if self._is_terminal:
            full = round(_BAR * share)
            self._out.write(f"\r[{'#' * full}{'.' * (_BAR - full)}] {text}\x1b[K")
        else:
            self._out.write(f"{text}\n")
        self._out.flush()

    def end(self) -> None:
        if self._is_terminal:
            self._out.write("\r\x1b[K")
            self._out.flush()
