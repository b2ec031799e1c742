"""The novelty of papers: computed in the background, a batch at a time, for those whose words were counted; told from what is kept.

Knows the order of the steps and how much is done at once; what novelty is, is `bot/query/novelty.py`'s word. Must not know Discord.
"""

from __future__ import annotations

import asyncio
import logging
import math
from array import array
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from bot.models import Novelty
from bot.papers.joining import is_told_twice
from bot.query.document import analyse
from bot.query.novelty import distance_from
from bot.similar.nearest import Similar
from bot.store import kin, papers
from bot.store import novelty as kept
from bot.store import similar as words
from bot.store.database import Connection, Database
from bot.store.figures import Keeping, quietly
from bot.store.narrowing import DAY
from bot.store.novelty import Computed, Told
from bot.when.clock import Clock
from bot.when.turns import Turns, never

if TYPE_CHECKING:
    from bot.similar.earlier import Asked, Earlier, Near

__all__ = ["Novelties"]

log = logging.getLogger(__name__)

#: Papers in one batch, which share what is read of the words that name others; and batches in one run, so that the backlog of a large
#: store takes an hour of small portions and not minutes of everything.
_BATCH: Final = 40
_BATCHES: Final = 50
#: Papers that are named as the closest, each with so many of the words in common.
_CLOSEST: Final = 3
_SHARED: Final = 5
_PORTION: Final = 20_000
#: Once the store has grown so much, some may have been computed among half as many papers.
_GROWN: Final = 1.1
#: Of percents: what sums of fractions may lack.
_ROUNDING: Final = 1e-6


class Novelties:
    """How far papers are from the earlier ones here. None are known where `similar` is switched off."""

    def __init__(self, database: Database, similar: Similar, clock: Clock, *, keeping: Keeping = quietly) -> None:
        self._database = database
        self._keeping = keeping
        self._similar = similar
        self._clock = clock
        self._looked_at = 0

    async def of(self, paper_ids: Iterable[int]) -> dict[int, Novelty]:
        """The novelty of those of the papers that have one, by id."""
        if not self._similar.enabled:
            return {}
        async with self._database.reading() as read:
            return await kept.load_novelty(read, paper_ids)

    async def catch_up(self, gives_way: Callable[[], bool] = never) -> int:
        """Computes the novelty of some of the papers that wait for it, the newest first, until it `gives_way`. Returns how many."""
        if not self._similar.enabled or gives_way() or not await self._anyone_waits():
            return 0
        earlier = await self._earlier()
        done = 0
        for _ in range(_BATCHES):
            if gives_way() or not (computed := await self._compute_some(earlier)):
                break
            done += computed
        return done

    async def _anyone_waits(self) -> bool:
        """Whether a paper waits, be it that so many came since that all wait again."""
        async with self._database.reading() as read:
            if await kept.next_waiting(read, 1):
                return True
        papers_here = (await self._similar.frequencies()).total
        if self._looked_at and papers_here < self._looked_at * _GROWN:
            return False
        self._looked_at = papers_here
        async with self._database.transaction() as write:
            again = await kept.wait_outgrown(write, papers_here)
        if again:
            log.info("the novelty of %d papers is computed anew, among %d papers", again, papers_here)
        return bool(again)

    async def _earlier(self) -> Earlier:
        """Which words are rare and which papers early, as it is now."""
        from bot.similar.earlier import Calendar, Earlier  # numpy is imported by those alone who need it

        frequencies = await self._similar.frequencies()
        portions: list[array[int]] = []
        after = 0
        while True:
            async with self._database.reading() as read:
                portion = array("q", await kept.first_days(read, after, _PORTION))
            portions.append(portion)
            if len(portion) < _PORTION:
                break
            after = portion[-1]
        return await asyncio.to_thread(lambda: Earlier(frequencies, Calendar(portions, DAY)))

    async def _compute_some(self, earlier: Earlier) -> int:
        """One batch. Returns how many papers wait no longer, some of them because they have no novelty."""
        async with self._database.reading() as read:
            waiting = await kept.next_waiting(read, _BATCH)
            own = await words.load_packed_counts(read, waiting)
        asked, left = await asyncio.to_thread(earlier.ask, {paper: own[paper] for paper in waiting if paper in own})
        async with self._database.reading() as read:
            postings = await words.load_packed_postings(read, {word for one in asked for word, _ in one.heaviest})
        named = await asyncio.to_thread(earlier.name, asked, postings)
        del postings
        async with self._database.reading() as read:
            others = await words.load_packed_counts(read, {paper for found in named.values() for paper in found})
        near = await asyncio.to_thread(earlier.compare, asked, named, others)
        async with self._database.reading() as read:
            told = await kept.load_told(read, near)
            near = await _without_itself(read, near, told)
        computed = await _computed(earlier, asked, near, others, told)
        done = {paper: often for paper, often in waiting.items() if paper not in left}
        async with self._database.transaction() as write:
            await self._keeping(write, done, lambda: kept.keep(write, done, computed, self._clock()))
        return len(done)


async def _without_itself(
    read: Connection, near: Mapping[int, list[Near]], told: Mapping[int, Told]
) -> dict[int, list[Near]]:
    """The nearest of each paper, without other reports of the same work: a report under another id has its title and an author."""
    named = await kin.with_titles(read, {own.title_key for own in told.values()})
    twice = {
        (paper, one.paper)
        for paper, own in told.items()
        for one in near[paper]
        if one.paper in named.get(own.title_key, ())
    }
    if not twice:
        return dict(near)
    authors = await papers.load_authors(read, {paper for pair in twice for paper in pair})
    itself = {
        (paper, other)
        for paper, other in twice
        if is_told_twice(told[paper].title, authors.get(paper, ()), authors.get(other, ()))
    }
    return {paper: [one for one in found if (paper, one.paper) not in itself] for paper, found in near.items()}


async def _computed(
    earlier: Earlier,
    asked: Iterable[Asked],
    near: Mapping[int, list[Near]],
    others: Mapping[int, tuple[bytes, bytes]],
    told: Mapping[int, Told],
) -> list[Computed]:
    """What is kept of each paper: its distance, and the closest with the words in common as the paper writes them."""
    turns = Turns()
    found = []
    for one in asked:
        if one.paper not in told:
            continue
        own = told[one.paper]
        written = analyse(own.title, own.abstract).written
        closest = tuple(
            (
                other.paper,
                math.floor(100 * other.share + _ROUNDING),
                tuple(written[word] for word in earlier.shared(one, others[other.paper]) if word in written)[:_SHARED],
            )
            for other in near[one.paper][:_CLOSEST]
        )
        distance = distance_from([other.share for other in near[one.paper]], earlier.calendar.earlier(one.day))
        found.append(Computed(one.paper, own.category, one.day, distance, closest, earlier.papers))
        await turns.rest()
    return found
