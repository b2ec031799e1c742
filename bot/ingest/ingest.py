"""Sources → store → matches → outbox, in short transactions.

Knows the order of the steps; knows neither HTTP nor Discord. A stop anywhere repeats a batch, and repeating changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot.errors import SourceError
from bot.ingest.completing import Completer
from bot.ingest.figures import changes_with_figures
from bot.ingest.looks import NEWS, Look, believed, first_seen
from bot.models import Batch, Event, Match, Record, SourceState
from bot.papers.kinship import statements
from bot.query.matching import Matcher, News, matched_as
from bot.sources.base import LookUp, Source, cursor_day
from bot.store import alerts, carried, events, kin, papers, sources
from bot.store.database import Connection, Database, is_damage
from bot.store.papers import Change
from bot.when.backoff import doubling, pause_after
from bot.when.clock import Clock
from bot.when.timetable import announcement_day
from bot.when.turns import Turns

log = logging.getLogger(__name__)

#: Papers in one transaction: buttons must not wait for a night's thousand.
SLICE: Final = 200
#: Matches that are kept in memory at once.
PORTION: Final = 1_000
#: Records of one batch that may be left out because of a fault of ours; with more, and more than half, the batch is refused.
_FEW_BAD: Final = 3
#: When to ask a source that cannot say it itself.
_FALLBACK: Final = timedelta(hours=1)
_PAUSES: Final = doubling(timedelta(minutes=15), timedelta(hours=6))


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit to one source brought. `failure` is None when it answered well."""

    source: str
    records: int = 0
    new_papers: int = 0
    alerts: int = 0
    skipped: int = 0
    failure: str | None = None


class Ingest:
    """Visits sources and keeps what they say. A source's fault is its own: the others go on."""

    def __init__(
        self,
        database: Database,
        live: Sequence[Source],
        matcher: Matcher,
        clock: Clock,
        *,
        backfills: Sequence[Source] = (),
        look_up: LookUp | None = None,
    ) -> None:
        """`live` sources bring news; `backfills` fill the past, always silently. `look_up` says what a list leaves out."""
        self._database = database
        self._sources = tuple(live)
        self._backfills = tuple(backfills)
        self._audited = frozenset(source.name for source in live)
        self._matcher = matcher
        self._clock = clock
        self._completer = Completer(database, look_up)
        self._confused: set[str] = set()
        #: One visit of a source at a time: two would tell from one cursor, and move it against each other.
        self._visits: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ingest_due(self) -> list[Visit]:
        """Visits each live source whose time has come, one after the other."""
        return await self._visit_due(self._sources, silent=False)

    async def register_backfills(self) -> None:
        """Adds one row per back-fill source so that /status can show what is pending; forgets those that are wanted no more and were
        never read."""
        async with self._database.transaction() as write:
            await sources.register(write, [s.name for s in self._sources], [s.name for s in self._backfills])
            await carried.begin_keeping(write, self._clock())

    async def backfill(self) -> list[Visit]:
        """Visits each back-fill source that is not read to its end, once every live one has been read.

        Nothing is pending any more when the answer is empty and so is `pending_backfills`.
        """
        states = await self._states()
        if not all(states[source.name].first_sync_done or states[source.name].failures for source in self._sources):
            return []
        return await self._visit_due(self._backfills, silent=True)

    @property
    def live(self) -> tuple[str, ...]:
        """The names of the sources that bring news."""
        return tuple(source.name for source in self._sources)

    async def pending_backfills(self) -> list[str]:
        """Names of the sources of the past that are not read to their end."""
        states = await self._states()
        return [source.name for source in self._backfills if not states[source.name].first_sync_done]

    async def is_behind(self) -> bool:
        """Whether a live source that answers well should have been visited by now, as after a night without power."""
        states = await self._states()
        now = self._clock()
        return any(
            self.next_visit(source, states[source.name]) <= now
            for source in self._sources
            if not states[source.name].failures
        )

    async def visit(self, names: Collection[str]) -> list[Visit]:
        """Visits these live sources now, whatever their timetables say."""
        return [await self.ingest(source) for source in self._sources if source.name in names]

    async def _visit_due(self, group: Sequence[Source], *, silent: bool) -> list[Visit]:
        states = await self._states()
        reports = []
        for source in group:
            if not self._is_due(source, states[source.name], silent=silent):
                continue
            async with self._visits[source.name]:
                state = (await self._states())[source.name]  # another caller may have visited it meanwhile
                if self._is_due(source, state, silent=silent):
                    reports.append(await self._visit(source, silent=silent))
        return reports

    def _is_due(self, source: Source, state: SourceState, *, silent: bool) -> bool:
        return not (silent and state.first_sync_done) and self.next_visit(source, state) <= self._clock()

    async def _states(self) -> dict[str, SourceState]:
        async with self._database.reading() as read:
            now = self._clock()
            known = {state.name: sources.at(state, now) for state in await sources.load_sources(read)}
        everyone = (*self._sources, *self._backfills)
        return {s.name: known.get(s.name, SourceState(s.name)) for s in everyone}

    def next_visit(self, source: Source, state: SourceState) -> datetime:
        """The source's own timetable since it last answered; after failures, longer and longer pauses (15 min … 6 h)."""
        now = self._clock()
        answered = state.last_ok if state.failures else state.polled  # else a failed night's list would wait a day
        try:
            due = source.next_poll(state.cursor, answered, now)
        except Exception:
            if source.name not in self._confused:  # this is asked every few seconds
                log.exception("source %s cannot say when it is due; it is asked hourly", source.name)
                self._confused.add(source.name)
            due = state.polled + _FALLBACK if state.polled else now
        if state.failures and state.failed:
            due = max(due, state.failed + pause_after(state.failures, _PAUSES))
        return due

    async def ingest_all(self) -> list[Visit]:
        """Visits every source now, whatever its timetable says."""
        return [await self.ingest(source) for source in self._sources]

    async def ingest(self, source: Source, *, silent: bool = False) -> Visit:
        """Takes what a source has since its cursor. A failing source is noted and its cursor stays, whatever the fault is;
        damage of the database is no source's fault and is raised.

        The first look is the first one to its end, even over a restart in the middle: a new source floods nobody. Whoever comes
        while another visit of the source is under way waits for its end.
        """
        async with self._visits[source.name]:
            return await self._visit(source, silent=silent)

    async def _visit(self, source: Source, *, silent: bool) -> Visit:
        state = await self._begin(source)
        look = Look(
            source.name,
            state.asked or self._clock(),
            self._clock(),
            state.first_sync_done is None,
            silent=silent,
            heard=state.last_ok,
        )
        total = Visit(source.name)
        answered = False
        try:
            async for batch in _closing(source.batches(state.cursor, look.now)):
                answered = True
                total = _add(total, await self._store(batch, replace(look, dated=batch.dated)))
        except SourceError as error:
            failures = await self._note_failure(source.name, str(error))
            log.warning("source %s failed (%d in a row): %s", source.name, failures, error)
            return replace(total, failure=str(error))
        except Exception as error:
            if is_damage(error):
                raise
            failure = f"Paperboy could not work with its answer ({type(error).__name__}). The log says where."
            failures = await self._note_failure(source.name, failure)
            known = state.failure == failure  # the same fault each quarter of an hour is told with its stack once
            log.error("source %s failed (%d in a row): %s", source.name, failures, error, exc_info=not known)
            return replace(total, failure=failure)
        async with self._database.transaction() as write:
            if not answered:
                await sources.note_unchanged(write, source.name, self._clock())
            await sources.note_first_sync_done(write, source.name, self._clock())
        log.info(
            "source %s: %d records, %d new papers, %d alerts, %d skipped",
            source.name, total.records, total.new_papers, total.alerts, total.skipped,
        )  # fmt: skip
        return total

    async def _begin(self, source: Source) -> SourceState:
        """What is known of the source, which is noted as asked before it is."""
        now = self._clock()
        async with self._database.reading() as read:
            state = sources.at(await sources.load_source(read, source.name), now)
        if state.asked is None:
            async with self._database.transaction() as write:
                await sources.note_asked(write, source.name, now)
        return replace(state, asked=state.asked or now)

    async def _note_failure(self, name: str, failure: str) -> int:
        async with self._database.transaction() as write:
            storable = failure.encode(errors="replace").decode()  # it may quote half a surrogate pair
            return await sources.note_failure(write, name, self._clock(), storable)

    async def _store(self, batch: Batch, look: Look) -> Visit:
        """Stores a batch slice by slice; its cursor moves with the last one."""
        if batch.skipped:
            log.warning(
                "source %s: skipped %d entries, the first: %s", look.source, len(batch.skipped), batch.skipped[0]
            )
        done = _Stored()
        said = await self._completer.complete(batch.records)
        stated = [one for record in said for one in statements(believed(record, self._clock()))]
        slices = list(_slices(stated)) or [()]
        for records in slices[:-1]:
            await self._store_slice(records, look, done)
        await self._store_slice(slices[-1], look, done, batch.cursor)
        if len(done.faults) > max(_FEW_BAD, len(batch.records) // 2):
            raise done.faults[0]  # it is not the records: the cursor stays, and all of them are tried again
        if not done.moved:
            async with self._database.transaction() as write:
                await sources.advance(write, look.source, batch.cursor, self._clock(), brought_news=done.changed)
                await self._note_day(write, look.source, batch.cursor)
        skipped = len(batch.skipped) + len(done.faults)
        return Visit(look.source, len(batch.records) - len(done.faults), done.new_papers, done.alerts, skipped)

    async def _store_slice(
        self, records: Sequence[Record], look: Look, done: _Stored, cursor: str | None = None
    ) -> None:
        """Stores the records, with `cursor` when all before them were stored too. One that cannot be stored is left out:
        halves are tried until it is alone."""
        try:
            await self._store_whole(records, look, done, None if done.faults else cursor)
        except Exception as error:
            if is_damage(error) or not records:
                raise
            if len(records) > 1:
                for half in (records[: len(records) // 2], records[len(records) // 2 :]):
                    await self._store_slice(half, look, done)
                return
            log.error(
                "source %s: %s cannot be stored and is left out",
                look.source,
                records[0].ids[0],
                exc_info=not done.faults,
            )
            done.faults.append(error)
            await self._note_left_out(records, look)

    async def _store_whole(self, records: Sequence[Record], look: Look, done: _Stored, cursor: str | None) -> None:
        """One transaction: the records, their matches, and the cursor."""
        now = self._clock()
        async with self._database.transaction() as write:
            if look.sees_first:
                recorded = await papers.announced_at(write, records)
                records = [first_seen(record, at, now) for record, at in zip(records, recorded, strict=True)]
            changes = await papers.add_records(write, records, now, eligible=replace(look, now=now).tells)
            changes = await changes_with_figures(write, changes, self._matcher.figures)
            enqueued = 0
            corrected = await events.told_at(write, [c.paper.id for c in changes if c.late], now - NEWS)
            async for matches in self._match(changes, corrected, look):
                enqueued += await alerts.enqueue(write, matches, now)
            await self._note_carried(write, look, records)
            changed = done.changed or bool(changes)
            if cursor is not None:
                await sources.advance(write, look.source, cursor, now, brought_news=changed)
                await self._note_day(write, look.source, cursor)
        done.new_papers += sum(change.is_new for change in changes)
        done.alerts += enqueued
        done.changed, done.moved = changed, cursor is not None

    async def _note_carried(self, write: Connection, look: Look, records: Sequence[Record]) -> None:
        """Keeps what the source said, stored or not, for the audit, which compares it with what became of it. A note is no paper,
        unless it became one."""
        if look.source in self._audited:
            said = [(record, announcement_day(record.event)) for record in await kin.without_notes(write, records)]
            await carried.note_carried(write, look.source, said, self._clock(), dated=look.dated)

    async def _note_left_out(self, records: Sequence[Record], look: Look) -> None:
        """Keeps for the audit what could not be stored; one whose very identity cannot be stored is in the log alone."""
        try:
            async with self._database.transaction() as write:
                await self._note_carried(write, look, records)
        except Exception as error:
            if is_damage(error):
                raise
            log.warning("source %s: nor can the audit keep what was left out (%s)", look.source, type(error).__name__)

    async def _note_day(self, write: Connection, name: str, cursor: str) -> None:
        """Keeps which day's list the source has now seen, where its cursor names one."""
        day = cursor_day(cursor)
        if day is not None and name in self._audited:
            await carried.note_day_read(write, name, day, self._clock())

    async def _match(
        self, changes: Sequence[Change], corrected: Mapping[int, datetime], look: Look
    ) -> AsyncIterator[list[Match]]:
        """The matches of the news among these changes, in portions: with thousands of people a slice has hundreds of thousands,
        and the garbage collector's way through them would hold the loop.

        `corrected` papers have other authors than when they were told, or their first category: who followed it by then hears of
        it now.
        """
        found: list[Match] = []
        turns = Turns()
        news = [_news(change, corrected.get(change.paper.id), look) for change in changes]
        for match in self._matcher.each_match([one for one in news if one]):
            if match is not None:
                found.append(match)
                if len(found) == PORTION:
                    yield found
                    found = []
            await turns.rest()
        yield found


@dataclass(slots=True)
class _Stored:
    """What became of a batch so far. `faults` are those of records that cannot be stored; `moved`: the cursor was, too."""

    new_papers: int = 0
    alerts: int = 0
    changed: bool = False
    moved: bool = False
    faults: list[Exception] = field(default_factory=list)


def _news(change: Change, told: datetime | None, look: Look) -> News | None:
    """For whom the change is news; None when for nobody."""
    ways = [matched_as(event.kind, list_alone=_only_listed(change, event)) for event in change.news]
    kinds = tuple(kind for way in ways for kind in way)
    before = change.before if look.tells_changes else None
    if not kinds and told is None and before is None:
        return None
    return News(change.paper, kinds, change.late, told, before)


def _only_listed(change: Change, event: Event) -> bool:
    """Whether a daily list brought the paper and nobody else did: it is as new to those who follow its words."""
    return change.is_new or (event not in change.events and change.paper.announced is None)


def _slices(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), SLICE):
        yield records[start : start + SLICE]


def _add(a: Visit, b: Visit) -> Visit:
    return Visit(
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
