"""Finding papers: by identity, by query, and what a subscription would have matched.

Knows that the index gives a superset and the query decides; knows neither SQL nor Discord.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import paper_ids, query
from bot.clock import Clock
from bot.document import of_paper
from bot.errors import NotFoundError
from bot.matching import Matcher
from bot.models import EventKind, Match, Paper, Subscription, SubscriptionKind
from bot.store import papers
from bot.store import search as index
from bot.store.database import Connection, Database

#: Papers loaded at once while candidates are filtered.
_CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer. `total` counts all that match."""

    papers: tuple[Paper, ...]
    total: int


class Search:
    """Look-ups over the store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def look_up(self, text: str) -> Paper:
        """The paper with this id, link or DOI. Raises BadInputError when it is none, NotFoundError when it is not stored."""
        identity = paper_ids.parse(text)
        async with self._database.reading() as read:
            paper = await papers.find_paper(read, identity)
        if paper is None:
            raise NotFoundError(
                f"`{identity}` is not in the collection yet. Check the id, or try again after the next announcement."
            )
        return paper

    async def search(self, text: str, *, limit: int = 10, offset: int = 0) -> Found:
        """Papers for which the query holds, best first. Raises QueryError."""
        wanted = query.parse(text)
        async with self._database.reading() as read:
            ids = await index.candidates(read, wanted.index_expression())
            found: list[int] = []
            for start in range(0, len(ids), _CHUNK):
                chunk = await papers.load_papers(read, ids[start : start + _CHUNK])
                found += [i for i in ids[start : start + _CHUNK] if i in chunk and wanted.matches(of_paper(chunk[i]))]
            page = await papers.load_papers(read, found[offset : offset + limit])
        return Found(tuple(page[i] for i in found[offset : offset + limit]), len(found))

    async def count_since(self, since: datetime) -> int:
        """How many papers were announced since then."""
        async with self._database.reading() as read:
            return await papers.count_papers(read, since)

    async def matched_since(self, subscription: Subscription, since: datetime) -> list[tuple[Paper, Match]]:
        """What this subscription would have matched since then, newest first: the matcher's own predicate on stored papers."""
        matcher = Matcher()
        matcher.add(subscription)
        kind = EventKind.LISTED if subscription.kind is SubscriptionKind.TRENDING else EventKind.ANNOUNCED
        found = []
        async with self._database.reading() as read:
            for paper in await _candidates(read, subscription, since):
                found += [(paper, match) for match in matcher.match(paper, kind)]
        return found


async def _candidates(read: Connection, subscription: Subscription, since: datetime) -> Sequence[Paper]:
    if subscription.kind is SubscriptionKind.KEYWORD:
        expression = query.parse(subscription.query).index_expression()
    else:
        return await papers.recent_papers(read, since)
    ids = await index.candidates(read, expression, since=since, order="newest")
    found = await papers.load_papers(read, ids)
    return [found[i] for i in ids if i in found]
