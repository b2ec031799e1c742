"""What registries are asked in the background: what is wanted, then citations of papers that people lately saw.

Knows the budget's shares and the order of the work; knows neither formats nor Discord.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from bot.authors.asking import FRESH, PAPERS, PEOPLE, Asking, credited, load_cited
from bot.errors import SourceError, SourceUnhealthyError
from bot.store import registry_queue as queue
from bot.store.database import Database
from bot.store.registry_queue import RequestPurse
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: Papers that were listed, or sent to somebody, since then have their citations asked for once in FRESH.
SEEN: Final = timedelta(days=30)
#: One in so many of a day's requests is kept for people who wait.
RESERVED: Final = 4
#: Portions that each registry is asked for in one run.
STEPS: Final = 10
#: After so many answers that nobody could read, a paper or person is asked for alone; after so many, not at all.
_ALONE: Final = 3
MOST_TRIES: Final = 6
#: Papers that one transaction puts into the queue.
_PORTION: Final = 500

T = TypeVar("T")


class Background:
    """The queue of each registry, worked off side by side."""

    def __init__(
        self, database: Database, clock: Clock, registries: Sequence[Asking], purse: RequestPurse | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._registries = registries
        self._purse = purse

    async def want(self, papers: Collection[int], name: str) -> None:
        """Queues what is missing or old of these papers, and of the people whom they credit with `name`."""
        cited = await load_cited(self._database, papers) if name else {}
        people = await credited([one for said in cited.values() for one in said], name) if name else {}
        for asking in self._registries:
            wanted = await asking.outdated(papers)
            known = await asking.outdated_people(people.get(asking.registry, ()))
            for start in range(0, max(len(wanted), len(known)), _PORTION):
                these = slice(start, start + _PORTION)
                async with self._database.transaction() as write:
                    await queue.want_papers(write, asking.registry, wanted[these], name, self._clock())
                    await queue.want_authors(write, asking.registry, known[these], self._clock())

    async def catch_up(self) -> int:
        """See Registries.catch_up."""
        done = await asyncio.gather(*map(self._work_off, self._registries), return_exceptions=True)
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(number for number in done if isinstance(number, int))

    async def _work_off(self, asking: Asking) -> int:
        done = 0
        for _ in range(STEPS):
            if asking.refusal() or self._purse is None or await self._purse.left(spare=RESERVED) == 0:
                break
            step = await self._wanted_papers(asking) or await self._wanted_people(asking) or await self._seen(asking)
            if not step:
                break
            done += step
        return done

    async def _wanted_papers(self, asking: Asking) -> int:
        """The next papers of the queue. Returns how many; 0 for none, and when the registry failed."""
        async with self._database.reading() as read:
            waiting = await queue.wanted_papers(read, asking.registry, PAPERS)
        portion = _portion([(one, one.tries) for one in waiting])
        papers = [one.paper_id for one in portion]
        if not papers:
            return 0
        try:
            await asking.ask_papers(papers)
        except SourceError as error:
            asking.failed(error)
            if isinstance(error, SourceUnhealthyError):
                async with self._database.transaction() as write:
                    await queue.note_unread_papers(write, asking.registry, papers, MOST_TRIES)
            return 0
        named: dict[str, list[int]] = {}
        for one in portion:
            for name in one.names:
                named.setdefault(name, []).append(one.paper_id)
        people: set[str] = set()
        for name, theirs in named.items():
            cited = await load_cited(self._database, theirs)
            found = await credited([one for said in cited.values() for one in said], name)
            people |= set(found.get(asking.registry, ()))
        wanted = await asking.outdated_people(sorted(people))
        async with self._database.transaction() as write:
            await queue.want_authors(write, asking.registry, wanted, self._clock())
            await queue.forget_papers(write, asking.registry, portion)
        return len(papers)

    async def _wanted_people(self, asking: Asking) -> int:
        """The same of people."""
        async with self._database.reading() as read:
            waiting = await queue.wanted_authors(read, asking.registry, PEOPLE)
        people = _portion([(one, tries) for one, tries in waiting])
        if not people:
            return 0
        try:
            await asking.ask_people(people)
        except SourceError as error:
            asking.failed(error)
            if isinstance(error, SourceUnhealthyError):
                async with self._database.transaction() as write:
                    await queue.note_unread_authors(write, asking.registry, people, MOST_TRIES)
            return 0
        async with self._database.transaction() as write:
            await queue.forget_authors(write, asking.registry, people)
        return len(people)

    async def _seen(self, asking: Asking) -> int:
        """Papers that were lately listed or sent, and of which nothing is known or is old."""
        now = self._clock()
        async with self._database.reading() as read:
            papers = await queue.lately_seen(read, asking.registry, now - SEEN, now - FRESH, now, PAPERS)
        if not papers:
            return 0
        async with self._database.transaction() as write:
            await queue.want_papers(write, asking.registry, papers, "", now)
        return await self._wanted_papers(asking)


def _portion(waiting: Sequence[tuple[T, int]]) -> list[T]:
    """What is asked for together: all that waits, but what was often in an answer that nobody could read, alone."""
    fresh = [one for one, tries in waiting if tries < _ALONE]
    return fresh or [one for one, _ in waiting[:1]]
