"""Asking upstreams for papers that the store does not have, while somebody waits: within a budget, and kept silently.

Knows when to ask and how to keep the answer; knows neither HTTP nor Discord.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.errors import BusyError, CannotWriteError, SourceError, SourceUnavailableError
from bot.ingest.looks import believed
from bot.models import Event, EventKind, PaperId, Record
from bot.sources.base import LookUp, TopicSearch
from bot.store import papers, searches
from bot.store.database import Database
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: Requests a minute that people's questions may cost, over all people. Sources keep their own pace besides.
TOPICS_A_MINUTE: Final = 30
IDS_A_MINUTE: Final = 12
#: Seconds that somebody is left waiting for an upstream.
PATIENCE: Final = 25.0
TOPIC_HITS: Final = 50
#: Records that one transaction takes.
_SLICE: Final = 25
#: The events of what was looked up carry this, so that the announcement itself is still news when it comes.
LOOKED_UP: Final = "looked up"


class LookUps:
    """The store's view of upstreams that answer questions. Without them it finds nothing and says so."""

    def __init__(
        self, database: Database, clock: Clock, look_up: LookUp | None = None, topics: TopicSearch | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._look_up = look_up
        self._topics = topics
        self._asked: deque[datetime] = deque(maxlen=IDS_A_MINUTE)

    @property
    def can_fetch(self) -> bool:
        return self._look_up is not None

    async def fetch(self, ids: Sequence[PaperId]) -> None:
        """Takes the papers with these arXiv ids into the store; what arXiv does not know stays absent.

        Raises SourceError when it gives no answer in time, or was asked too often.
        """
        wanted = [identity for identity in ids if identity.scheme == "arxiv"]
        if self._look_up is None or not wanted:
            return
        now = self._clock()
        if len(self._asked) == IDS_A_MINUTE and timedelta() <= now - self._asked[0] < timedelta(minutes=1):
            raise SourceUnavailableError("arXiv was asked for many papers just now. Try again in a minute.")
        self._asked.append(now)
        try:
            async with asyncio.timeout(PATIENCE):
                found: Mapping[PaperId, Record] = await self._look_up.look_up(wanted)
        except TimeoutError:
            raise SourceUnavailableError("arXiv did not answer in time. Try again in a few minutes.") from None
        except SourceError as error:
            log.warning("looking up %d papers failed: %s", len(wanted), error)
            raise SourceUnavailableError(
                "The paper is not in my collection, and arXiv does not answer questions right now. Try again later."
            ) from error
        await keep_silently(self._database, self._clock, list(found.values()))

    async def topic(self, topic: str, *, ask: bool = True) -> list[int]:
        """Ids of papers on a topic, best first; empty when nobody can be asked now, or when `ask` is off and nobody was.

        The same topic is asked once a day. An upstream that fails has no hits: the search has its own answer already.
        """
        if self._topics is None:
            return []
        async with self._database.reading() as read:
            known = await searches.known_topic(read, topic, self._clock())
        if known is not None or not ask:
            return known or []
        try:
            return await self._ask_topic(self._topics, topic)
        except (CannotWriteError, BusyError) as error:
            log.warning("a topic search was left out: %s", error)
            return []

    async def _ask_topic(self, topics: TopicSearch, topic: str) -> list[int]:
        async with self._database.transaction() as write:
            if not await searches.take_topic_turn(write, topic, self._clock(), TOPICS_A_MINUTE):
                return []
        try:
            async with asyncio.timeout(PATIENCE):
                records = await topics.search(topic, TOPIC_HITS)
        except (SourceError, TimeoutError) as error:
            log.warning("a topic search failed: %s", error or "no answer in time")
            async with self._database.transaction() as write:
                await searches.forget_topic(write, topic)
            return []
        ids = await keep_silently(self._database, self._clock, records)
        async with self._database.transaction() as write:
            await searches.keep_topic(write, topic, ids, self._clock())
        return ids


async def keep_silently(database: Database, clock: Clock, records: Sequence[Record]) -> list[int]:
    """Stores what is new, silently, and returns the papers' ids in the order of the records. What is stored stays as it is."""
    ids: list[int] = []
    for start in range(0, len(records), _SLICE):
        async with database.transaction() as write:
            for record in records[start : start + _SLICE]:
                paper = await papers.find_paper(write, record.ids[0])
                if paper is None:
                    now = clock()
                    await papers.add_records(write, [believed(_quiet(record), now)], now, eligible=False)
                    paper = await papers.find_paper(write, record.ids[0])
                if paper is not None and paper.id not in ids:
                    ids.append(paper.id)
    return ids


def _quiet(record: Record) -> Record:
    """The record with an event of its own: neither the announcement nor the listing may be taken for told already."""
    at = record.event.at
    if record.event.kind is not EventKind.ANNOUNCED and record.published:
        at = datetime.combine(record.published, time(0), UTC)
    return replace(record, event=Event(EventKind.ANNOUNCED, at, LOOKED_UP))
