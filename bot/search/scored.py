"""Papers by their scores. A score is a share of a group, which no index holds: all of them are counted at once, for one search.

Knows how a search asks for scores; how they are counted is `bot/store/scores.py`'s word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.query.facts import Count, Like
from bot.query.language import Query
from bot.query.nodes import leaves
from bot.store.database import Database
from bot.store.scores import load_percents

__all__ = ["Scores", "scores_for"]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of all papers that have one, or nothing where nobody asked."""

    percents: dict[int, float] = field(default_factory=dict)

    def within(self, limit: Count) -> list[int]:
        """The papers whose score is within the limits."""
        return [number for number, percent in self.percents.items() if limit.allows(int(percent))]

    def ordered(self, ids: Sequence[int]) -> list[int]:
        """The highest first; those without one as they stood, last."""
        return sorted(ids, key=lambda number: -self.percents.get(number, -1.0))

    def asked(self, wanted: Query) -> dict[Like | Count, list[int]]:
        """What each term that asks for a score holds for."""
        return {term: self.within(term) for term in dict.fromkeys(_terms(wanted))}


def _terms(wanted: Query) -> Iterable[Count]:
    return (term for term in leaves(wanted.root) if isinstance(term, Count) and term.fact == "score")


async def scores_for(database: Database, wanted: Query) -> Scores:
    """All scores, where the query or its order asks for them."""
    if wanted.sort != "score" and not any(True for _ in _terms(wanted)):
        return Scores()
    async with database.reading() as read:
        return Scores(await load_percents(read))
