"""Sources → store → matches → outbox, in short transactions.

Knows the order of the steps; knows neither HTTP nor Discord. A stop anywhere repeats a batch, and repeating changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import SourceError
from bot.matching import Matcher
from bot.models import Batch, Event, EventKind, Match, Record
from bot.sources.base import Source
from bot.store import alerts, papers, sources
from bot.store.database import Database
from bot.store.papers import Change

log = logging.getLogger(__name__)

#: Papers in one transaction: buttons must not wait for a night's thousand.
SLICE: Final = 200
#: Seconds of matching after which the event loop gets a turn.
TURN: Final = 0.02
#: An event older than this is history: recorded, never told. A first start or a new source must not flood anybody.
NEWS: Final = timedelta(days=14)
#: Kinds of event that make a paper news for those who asked for it.
_MATCHED: Final = frozenset({EventKind.ANNOUNCED, EventKind.CROSS_LISTED, EventKind.LISTED})
_FIRST_PAUSE: Final = timedelta(minutes=15)
_LONGEST_PAUSE: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Report:
    """What one visit to one source brought. `failure` is None when it answered well."""

    source: str
    records: int = 0
    new_papers: int = 0
    alerts: int = 0
    skipped: int = 0
    failure: str | None = None


class Ingest:
    """Visits sources and keeps what they say."""

    def __init__(
        self,
        database: Database,
        live: Sequence[Source],
        matcher: Matcher,
        clock: Clock,
        *,
        history: Sequence[Source] = (),
    ) -> None:
        """`live` sources bring news; `history` ones fill the past, always silently."""
        self._database = database
        self._sources = tuple(live)
        self._history = tuple(history)
        self._matcher = matcher
        self._clock = clock

    async def ingest_due(self) -> list[Report]:
        """Visits each live source whose time has come, one after the other."""
        return await self._visit_due(self._sources, silent=False)

    async def register_history(self) -> None:
        """Lets everybody see what of the past is still to be read."""
        async with self._database.transaction() as write:
            await sources.register_history(write, [source.name for source in self._history])

    async def fill_history(self) -> list[Report]:
        """Visits each source of the past that owes something, once every live one has been read.

        Nothing is owed any more when the answer is empty and `owing` is too.
        """
        states = await self._states()
        if not all(states[source.name].settled or states[source.name].failures for source in self._sources):
            return []
        return await self._visit_due(self._history, silent=True)

    async def owing(self) -> list[str]:
        """Names of the sources of the past that are not read to their end."""
        states = await self._states()
        return [source.name for source in self._history if not states[source.name].settled]

    async def is_behind(self) -> bool:
        """Whether a live source that answers well should have been visited by now, as after a night without power."""
        states = await self._states()
        now = self._clock()
        return any(
            self.next_visit(source, states[source.name]) <= now
            for source in self._sources
            if not states[source.name].failures
        )

    async def _visit_due(self, group: Sequence[Source], *, silent: bool) -> list[Report]:
        states = await self._states()
        reports = []
        for source in group:
            state = states[source.name]
            if not (silent and state.settled) and self.next_visit(source, state) <= self._clock():
                reports.append(await self.ingest(source, silent=silent))
        return reports

    async def _states(self) -> dict[str, sources.SourceState]:
        async with self._database.reading() as read:
            known = {state.name: state for state in await sources.load_sources(read)}
        everyone = (*self._sources, *self._history)
        return {s.name: known.get(s.name, sources.SourceState(s.name)) for s in everyone}

    def next_visit(self, source: Source, state: sources.SourceState) -> datetime:
        """The source's own timetable; after failures, longer and longer pauses (15 min … 6 h)."""
        due = source.next_poll(state.cursor, state.polled, self._clock())
        if state.failures and state.failed:
            due = max(due, state.failed + min(_FIRST_PAUSE * 2 ** min(state.failures - 1, 10), _LONGEST_PAUSE))
        return due

    async def ingest_all(self) -> list[Report]:
        """Visits every source now, whatever its timetable says."""
        return [await self.ingest(source) for source in self._sources]

    async def ingest(self, source: Source, *, silent: bool = False) -> Report:
        """Takes what a source has since its cursor. A failing source is noted and its cursor stays; a bug is raised.

        The first visit is silent to its end, even over a restart in the middle: a new source floods nobody.
        """
        async with self._database.reading() as read:
            state = await sources.load_source(read, source.name)
        silent = silent or state.settled is None
        total = Report(source.name)
        answered = False
        try:
            async for batch in _closing(source.batches(state.cursor, self._clock())):
                answered = True
                total = _add(total, await self._store(source.name, batch, silent=silent))
        except SourceError as error:
            async with self._database.transaction() as write:
                failures = await sources.note_failure(write, source.name, self._clock(), str(error))
            log.warning("source %s failed (%d in a row): %s", source.name, failures, error)
            return Report(source.name, total.records, total.new_papers, total.alerts, total.skipped, str(error))
        async with self._database.transaction() as write:
            if not answered:
                await sources.note_unchanged(write, source.name, self._clock())
            await sources.note_settled(write, source.name, self._clock())
        log.info(
            "source %s: %d records, %d new papers, %d alerts, %d skipped",
            source.name, total.records, total.new_papers, total.alerts, total.skipped,
        )  # fmt: skip
        return total

    async def _store(self, name: str, batch: Batch, *, silent: bool) -> Report:
        if batch.skipped:
            log.warning("source %s: skipped %d entries, the first: %s", name, len(batch.skipped), batch.skipped[0])
        new_papers = enqueued = 0
        slices = list(_slices(batch.records)) or [()]
        for number, records in enumerate(slices):
            now = self._clock()
            async with self._database.transaction() as write:
                changes = await papers.add_records(write, records, now, eligible=not silent)
                if not silent:
                    matches = await self._match(changes, now)
                    enqueued += await alerts.enqueue(write, matches, now)
                if number == len(slices) - 1:
                    await sources.advance(write, name, batch.cursor, now, brought_news=bool(changes))
            new_papers += sum(change.is_new for change in changes)
        return Report(name, len(batch.records), new_papers, enqueued, len(batch.skipped))

    async def _match(self, changes: Sequence[Change], now: datetime) -> list[Match]:
        found: list[Match] = []
        turn = time.perf_counter()
        for change in changes:
            for event in change.events:
                if _is_news(event, now):
                    found.extend(self._matcher.match(change.paper, event.kind))
                    if event.kind is EventKind.LISTED and change.is_new:
                        # A paper that only the list brought is as new to those who follow its words.
                        found.extend(self._matcher.match(change.paper, EventKind.ANNOUNCED))
            if time.perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = time.perf_counter()
        return found


def _is_news(event: Event, now: datetime) -> bool:
    return event.kind in _MATCHED and now - event.at <= NEWS


def _slices(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), SLICE):
        yield records[start : start + SLICE]


def _add(a: Report, b: Report) -> Report:
    return Report(
        a.source, a.records + b.records, a.new_papers + b.new_papers, a.alerts + b.alerts, a.skipped + b.skipped
    )


async def _closing(batches: AsyncIterator[Batch]) -> AsyncIterator[Batch]:
    """The batches; the source's generator is closed at once when this is left early."""
    try:
        async for batch in batches:
            yield batch
    finally:
        close = getattr(batches, "aclose", None)
        if close is not None:
            await close()
