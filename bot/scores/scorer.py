"""Scores papers beside everything else: reads what the lists say, a slice at a time, and keeps each score with its parts.

Knows the order of the steps and when scores are stale. What a score is made of is `scoring`'s word. Must not know Discord.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from bot.models import Paper, Role, ScoreKind
from bot.query.document import of_paper
from bot.query.likeness import Counts
from bot.scores.heat import DAYS, Heat
from bot.scores.past import Listing, Past, early_votes, excess_of, middle_of
from bot.scores.scoring import Told, told_of
from bot.scores.subjects import day_of, names_of, subject_of
from bot.scores.weights import Weights
from bot.store import meta, papers, past_lists
from bot.store import scores as kept
from bot.store.database import Connection, Database
from bot.store.figures import Keeping, quietly
from bot.store.past_lists import Kept
from bot.store.scores import Made
from bot.when.clock import Clock
from bot.when.turns import Turns, never

__all__ = ["Scorer", "load_heat", "load_past"]

log = logging.getLogger(__name__)

#: Papers that are read, and scored, in one transaction.
_SLICE: Final = 50
#: Papers whose words are read at once.
_PORTION: Final = 500
#: The warmth of so many more days than asked for is read at once: the next slices are of the days before.
_FURTHER: Final = timedelta(days=30)
#: A list of so long ago changes what later papers were scored with; what is younger is still being counted.
_SETTLED: Final = timedelta(days=2)
#: The first day whose lists came after later papers had been scored.
_STALE: Final = "scores_stale_since"


class Scorer:
    """Keeps a score of every paper."""

    def __init__(self, database: Database, clock: Clock, *, keeping: Keeping = quietly) -> None:
        self._database = database
        self._clock = clock
        self._keeping = keeping
        self._weights: dict[ScoreKind, Weights] = {}
        self._heat: Heat | None = None
        self._warm: tuple[date, date] = (date.max, date.min)
        self._lock = asyncio.Lock()
        self._moved = False  # whether older lists came in since it was last asked

    async def catch_up(self, gives_way: Callable[[], bool] = never) -> int:
        """Reads what the lists say of the papers that wait for it, then scores those that wait, until it `gives_way`. Returns how many
        were scored."""
        async with self._lock:
            await self.read_lists()
            await self._score_stale_anew()
            done = 0
            while not gives_way() and (scored := await self._score_some()):
                done += scored
            return done

    # -- what the lists say --------------------------------------------------------------------------------------------

    async def read_lists(self) -> None:
        """Reads what the lists say of the papers that wait for it."""
        while await self._read_some_lists():
            pass

    async def _read_some_lists(self) -> int:
        async with self._database.reading() as read:
            ids = await past_lists.next_waiting(read, _SLICE)
            found = await papers.load_papers(read, ids)
            captures = await past_lists.load_captures(read, ids)
        turns = Turns()
        rows: list[Kept] = []
        for number, paper in found.items():
            if number in ids and (known := captures.get(number)):  # one that was merged is found under another id
                counts = of_paper(paper).counts
                names = names_of(subject_of(paper, counts, known.day, 0.0), everybody=True)
                votes = early_votes(known.from_when, known.counts)
                rows.append(Kept(number, known.day, votes, counts, frozenset(names)))
            await turns.rest()
        if not ids:
            return 0
        async with self._database.transaction() as write:
            changed = await past_lists.keep(write, ids, rows)
            votes_of = await past_lists.votes_on(write, changed)
            await past_lists.keep_middles(write, {day: middle_of(votes) for day, votes in votes_of.items()})
            await self._note_stale(write, changed)
        if changed and self._warm[0] <= max(changed) and min(changed) <= self._warm[1]:
            self._heat = None
        return len(ids)

    async def _note_stale(self, write: Connection, changed: Collection[date]) -> None:
        settled = [day for day in changed if day < self._clock().date() - _SETTLED]
        if settled:
            known = await meta.read_value(write, _STALE, _day_or_none)
            await meta.set_value(write, _STALE, min(settled if known is None else [*settled, known]).isoformat())
            self._moved = True

    async def _score_stale_anew(self) -> None:
        """Lets papers be scored anew behind which older lists have come, once no more of them come."""
        if self._moved:
            self._moved = False
            return
        async with self._database.reading() as read:
            since = await meta.read_value(read, _STALE, _day_or_none)
        if since is None:
            return
        last: int | None = 0
        while last is not None:
            async with self._database.transaction() as write:
                last = await kept.wait_for_all(write, since, last)
                if last is None:
                    await meta.set_value(write, _STALE, "")

    # -- scores --------------------------------------------------------------------------------------------------------

    async def _score_some(self) -> int:
        async with self._database.reading() as read:
            ids = await kept.next_waiting(read, _SLICE)
            found = await papers.load_papers(read, ids)
            wanted = [paper for number, paper in found.items() if number in ids]
            listed = await past_lists.load_listed(read, ids)
            names = {
                name
                for paper in wanted
                for name in names_of(subject_of(paper, {}, listed[paper.id][0] if paper.id in listed else None, 0.0))
            }
            past = await load_past(read, names)
            if not ids:
                return 0
            weights = {kind: await self._weights_of(read, kind) for kind in ScoreKind}
        heat = await self._heat_of({day_of(p, listed[p.id][0] if p.id in listed else None) for p in wanted})
        made = await asyncio.to_thread(_scored, wanted, past, heat, weights, listed)
        now = self._clock()
        async with self._database.transaction() as write:
            rows = [_made(paper, told, day, now) for paper, told, day in made]
            await self._keeping(write, ids, lambda: kept.keep(write, ids, rows))
        return len(ids)

    async def _weights_of(self, read: Connection, kind: ScoreKind) -> Weights:
        """Those that were fitted here, else those that come with Paperboy. Read once: whoever fits anew is another process, before the
        bot starts."""
        if kind not in self._weights:
            text = await kept.load_weights(read, kind)
            try:
                self._weights[kind] = Weights.shipped(kind) if text is None else Weights.read(text)
            except ValueError as error:
                log.error(
                    "the fitted weights of %s cannot be read, those that come with Paperboy hold: %s", kind, error
                )
                self._weights[kind] = Weights.shipped(kind)
        return self._weights[kind]

    async def _heat_of(self, days: Collection[date]) -> Heat:
        """The warmth on these days."""
        first, last = min(days, default=date.max), max(days, default=date.min)
        if self._heat is None or not (self._warm[0] <= first and last <= self._warm[1]):
            first = max(date.min + timedelta(days=DAYS + 31), first) - _FURTHER
            self._heat = await load_heat(self._database, first, last)
            self._warm = first, last
        return self._heat


async def load_past(read: Connection, names: Iterable[tuple[Role, str]]) -> Past:
    """The listings of these names."""
    by_role: dict[Role, list[str]] = {role: [] for role in Role}
    for role, name in names:
        by_role[role].append(name)
    found: dict[tuple[Role, str], list[Listing]] = {}
    for role, wanted in by_role.items():
        for name, rows in (await past_lists.load_names(read, role, wanted) if wanted else {}).items():
            found[role, name] = [
                Listing(paper, day.toordinal(), 0.0 if votes is None else excess_of(votes, middle))
                for paper, day, votes, middle in rows
            ]
    return Past(found)


async def load_heat(database: Database, first: date, last: date) -> Heat:
    """The warmth of topics on the days from `first` to `last`."""
    found: list[tuple[int, int, Counts]] = []
    after = 0
    while True:
        async with database.reading() as read:
            rows = await past_lists.load_words(read, first - timedelta(days=DAYS), last, after, _PORTION)
        found += ((paper, day.toordinal(), counts) for paper, day, counts in rows)
        if not rows:
            break
        after = rows[-1][0]
    return await asyncio.to_thread(Heat, found)


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _made(paper: Paper, told: Told, day: date, now: datetime) -> Made:
    return Made(
        paper=paper.id,
        kind=told.kind,
        points=told.points,
        parts=told.parts,
        category=paper.primary_category or "",
        day=day,
        known_authors=told.known_authors,
        authors=told.authors,
        has_record=told.has_record,
        as_of=now,
    )


def _scored(
    wanted: Iterable[Paper],
    past: Past,
    heat: Heat,
    weights: dict[ScoreKind, Weights],
    listed: Mapping[int, tuple[date, int | None, float]],
) -> list[tuple[Paper, Told, date]]:
    """Those papers with their scores and days; those of one day one after the other, since its warmth is made once."""
    found = []
    for paper in sorted(wanted, key=lambda one: (day_of(one, listed[one.id][0] if one.id in listed else None), one.id)):
        day, votes, middle = listed.get(paper.id, (None, None, 0.0))
        own = None if votes is None else (votes, excess_of(votes, middle))
        told = told_of(paper, of_paper(paper).counts, past, heat, weights, listed=day, votes=own)
        found.append((paper, told, day_of(paper, day)))
    return found
