"""The score of a person, from those of their papers. PURE. Must not know whose papers they are, or where scores are kept."""

from __future__ import annotations

from collections.abc import Collection
from statistics import fmean
from typing import Final

from bot.models import Coverage, Score

__all__ = ["BEST", "author_score"]

#: So many of a person's best papers count: who writes much is not above who writes well.
BEST: Final = 10
#: Papers in the middle (50) that stand beside them: one good paper alone makes nobody the best.
SHRINK: Final = 2
#: With fewer papers that have a percentile, nothing is said.
LEAST: Final = 3


def author_score(scores: Collection[Score], total: int) -> Coverage:
    """From 8.3 to 91.7: the mean percentile of the person's ten best papers, with two papers at 50 beside them. `scores` are those of their
    papers that have one, of `total` papers; those alone count that have a percentile. None with fewer than three."""
    known = sorted((score.percent for score in scores if score.percent is not None), reverse=True)
    if len(known) < LEAST:
        return Coverage(None, len(known), total)
    best = known[:BEST]
    return Coverage(fmean([*best, *(50.0 for _ in range(SHRINK))]), len(known), total)
