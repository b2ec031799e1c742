"""Asking one registry: what is missing or old of papers and people, kept as it comes; left in peace after a fault.

Knows when to ask and what to keep; knows neither formats nor Discord.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.authors.bearing import Bearing, most_first
from bot.errors import SourceError, SourceUnavailableError, SourceUnhealthyError, UsedUpError
from bot.ingest.lookups import PATIENCE
from bot.models import Cited, Registry
from bot.sources.base import AuthorRegistry
from bot.store import registries as store
from bot.store.database import Database
from bot.store.figures import Keeping, quietly
from bot.when.backoff import doubling, pause_after
from bot.when.clock import Clock
from bot.when.schedule import believable
from bot.when.turns import Turns

log = logging.getLogger(__name__)

#: Figures are asked for anew after this; a paper that a registry does not know yet, sooner.
FRESH: Final = timedelta(days=7)
UNKNOWN: Final = timedelta(days=2)
#: Papers of one request, each by two identities at most, and people of one.
PAPERS: Final = 50
PEOPLE: Final = 100

_IDENTITIES: Final = 2
#: After a fault that names no time.
_PAUSES: Final = doubling(timedelta(minutes=1), timedelta(hours=6))
_LONGEST_PAUSE: Final = timedelta(days=1)
#: Papers whose credits are read at once, and papers whose ages are.
_CREDITED: Final = 40
_PORTION: Final = 500


class Asking:
    """One registry, asked for one thing at a time. After a fault nothing is asked until a while has passed."""

    def __init__(self, database: Database, clock: Clock, source: AuthorRegistry, keeping: Keeping = quietly) -> None:
        self._keeping = keeping
        self._database = database
        self._clock = clock
        self.source = source
        self._lock = asyncio.Lock()
        self._until: datetime | None = None
        self._failures = 0
        self._why = ""

    @property
    def registry(self) -> Registry:
        return self.source.registry

    def refusal(self) -> str:
        """Why it is not asked now; "" when it may be."""
        until = believable(self._until, self._clock(), _LONGEST_PAUSE)
        return self._why if until is not None and until > self._clock() else ""

    def failed(self, error: SourceError) -> str:
        """Leaves it in peace for as long as it asked, or longer after each fault. Returns why, in a sentence for people."""
        name = self.registry.called
        if isinstance(error, UsedUpError):
            self._why = str(error)
        elif isinstance(error, SourceUnhealthyError):
            self._why = f"{name} answered with something that cannot be read."
        else:
            self._why = f"{name} does not answer right now."
        asked = error.retry_after if isinstance(error, SourceUnavailableError) else None
        self._failures += 1
        pause = pause_after(self._failures, _PAUSES) if asked is None else timedelta(seconds=asked)
        self._until = self._clock() + pause
        log.warning("asking %s failed: %s", name, error)
        return self._why

    async def waited(self, work: Callable[[], Awaitable[None]]) -> str:
        """Does the work for somebody who waits, who waits no longer than PATIENCE. Returns why it did not succeed, "" when it did."""
        if refusal := self.refusal():
            return refusal
        try:
            async with asyncio.timeout(PATIENCE):
                await work()
        except TimeoutError:
            self.failed(SourceUnavailableError("no answer in time"))
            return f"{self.registry.called} did not answer in time."
        except SourceError as error:
            return self.failed(error)
        return ""

    async def outdated(self, papers: Collection[int]) -> list[int]:
        """Those of the papers of which it has to be asked, in their order."""
        now, found = self._clock(), []
        wanted = list(papers)
        for start in range(0, len(wanted), _PORTION):
            async with self._database.reading() as read:
                found += await store.outdated_papers(
                    read,
                    self.registry,
                    wanted[start : start + _PORTION],
                    now - FRESH,
                    now,
                    unknown_since=now - UNKNOWN,
                )
        return found

    async def outdated_people(self, ids: Collection[str]) -> list[str]:
        """Those of its people after whom it has to be asked, in their order."""
        now = self._clock()
        async with self._database.reading() as read:
            return await store.outdated_authors(read, self.registry, ids, now - FRESH, now)

    async def ask_papers(self, papers: Sequence[int]) -> None:
        """Asks what is missing or old of these papers (at most PAPERS), and keeps it. Raises SourceError."""
        async with self._lock:
            wanted = await self.outdated(papers)
            if not wanted:
                return
            async with self._database.reading() as read:
                identities = await store.load_identities(read, wanted)
            asked = {paper: identities.get(paper, ())[:_IDENTITIES] for paper in wanted}
            ids = [one for named in asked.values() for one in named]
            said = await self.source.cited(ids) if ids else {}
            self._failures = 0
            found = {}
            for paper, named in asked.items():
                known = [said[one] for one in named if one in said]
                if known:  # a preprint and its article may be two works there
                    found[paper] = max(known, key=lambda one: (one.citations or 0, len(one.credits)))
            async with self._database.transaction() as write:
                await self._keeping(
                    write, wanted, lambda: store.keep_cited(write, self.registry, wanted, found, self._clock())
                )

    async def ask_people(self, ids: Sequence[str]) -> None:
        """The same of its people, at most PEOPLE."""
        async with self._lock:
            wanted = await self.outdated_people(ids)
            if not wanted:
                return
            found = await self.source.profiles(wanted)
            self._failures = 0
            async with self._database.transaction() as write:
                await store.keep_profiles(write, self.registry, wanted, found, self._clock())


async def load_cited(database: Database, papers: Collection[int]) -> dict[int, tuple[Cited, ...]]:
    """What is stored of these papers, read in portions."""
    wanted = list(dict.fromkeys(papers))
    cited: dict[int, tuple[Cited, ...]] = {}
    for start in range(0, len(wanted), _CREDITED):
        async with database.reading() as read:
            cited |= await store.load_cited(read, wanted[start : start + _CREDITED])
    return cited


async def credited(cited: Collection[Cited], name: str) -> dict[Registry, tuple[str, ...]]:
    """The ids that these papers credit with the name, of each registry those with most papers first; all ids for no name."""
    bearing, turns = Bearing(name), Turns()
    found: dict[Registry, list[str]] = {}
    for one in cited:
        for person in one.credits if name else ():
            bearing.agrees(person.name)  # which it remembers; some papers have thousands
            await turns.rest()
        own = [bearing.credited(one)] if name else [person.id for person in one.credits]
        found.setdefault(one.registry, []).extend(known_as for known_as in own if known_as is not None)
        await turns.rest()
    return {registry: most_first(ids) for registry, ids in found.items()}
