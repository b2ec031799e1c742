"""How new a paper's words are among the earlier papers here: a distance, and what it can be held against.

Knows likenesses and counts. Must not know where they come from. What it can say and what not: `docs/scores.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.models import Coverage, Novelty

__all__ = ["FEWEST_WORDS", "NEAREST", "distance_from", "mean_novelty", "percent_of"]

#: So many of the nearest earlier papers make the distance.
NEAREST: Final = 10
#: A paper with fewer different words has none: a title alone is far from everything.
FEWEST_WORDS: Final = 25
#: Among fewer earlier papers of a category a share of them means little.
_FEWEST_EARLIER: Final = 500


def distance_from(shares: Sequence[float], earlier: int) -> float | None:
    """1 minus the mean likeness, 0 to 1, of the ten nearest of so many earlier papers. `shares` are those of the papers that have
    anything in common with it, the most like first; the others are not like it at all. None among fewer than ten."""
    if earlier < NEAREST:
        return None
    return min(1.0, max(0.0, 1 - sum(shares[:NEAREST]) / NEAREST))


def percent_of(nearer: int, earlier: int) -> float | None:
    """The share, 0 to 100, of the earlier papers of a category that are nearer to those before them; None where these are too few."""
    return 100 * nearer / earlier if earlier >= _FEWEST_EARLIER else None


def mean_novelty(known: Iterable[Novelty], papers: int) -> Coverage:
    """The novelty of a person with so many papers: the mean percent of those that have one. No value without any."""
    percents = [novelty.percent for novelty in known if novelty.percent is not None]
    value = sum(percents) / len(percents) if percents else None
    return Coverage(value, len(percents), papers)
