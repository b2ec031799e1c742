"""Papers by their scores and their novelty. Both are shares of a group, which no index holds: all are counted at once, for one search.

Knows how a search asks for shares; how they are counted is `bot/store`'s word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.query.facts import PERCENTS, Count, Like
from bot.query.language import Query
from bot.store import novelty, scores
from bot.store.database import Database

__all__ = ["Percents", "percents_for"]


@dataclass(frozen=True, slots=True)
class Percents:
    """The shares of all papers that have one, by what they are shares of; nothing where nobody asked."""

    of: Mapping[str, Mapping[int, float]] = field(default_factory=dict)

    def within(self, limit: Count) -> list[int]:
        """The papers whose share is within the limits."""
        return [number for number, percent in self.of[limit.fact].items() if limit.allows(int(percent))]

    def ordered(self, ids: Sequence[int]) -> list[int]:
        """The highest score first; those without one as they stood, last."""
        percents = self.of["score"]
        return sorted(ids, key=lambda number: -percents.get(number, -1.0))

    def asked(self, wanted: Query) -> dict[Like | Count, list[int]]:
        """What each term that asks for a share holds for."""
        return {term: self.within(term) for term in wanted.shares}


async def percents_for(database: Database, wanted: Query) -> Percents:
    """All shares of what the query or its order asks for."""
    found: dict[str, Mapping[int, float]] = {}
    for fact in PERCENTS & wanted.figures:
        async with database.reading() as read:
            found[fact] = await (scores if fact == "score" else novelty).load_percents(read)
    return Percents(found)
