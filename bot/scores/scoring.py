"""The score of one paper, of everything that is known of it on its day.

PURE. Must not know where any of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.models import Paper, ScoreKind, ScorePart
from bot.query.likeness import Counts
from bot.scores.facts import facts_of, is_covered, known_authors
from bot.scores.heat import Heat
from bot.scores.past import Past
from bot.scores.subjects import day_of, kind_of, subject_of
from bot.scores.weights import Weights, points_of, votes_part

__all__ = ["Told", "told_of"]


@dataclass(frozen=True, slots=True)
class Told:
    """A paper's points with their parts. `has_record` says whether they rest on anything: on an author who stands on an earlier list, or
    on votes of its own; of one that was not listed, also on a subject that lists are about (see `facts.is_covered`)."""

    kind: ScoreKind
    points: float
    parts: tuple[ScorePart, ...]
    known_authors: int
    authors: int
    has_record: bool


def told_of(
    paper: Paper,
    counts: Counts,
    past: Past,
    heat: Heat,
    weights: dict[ScoreKind, Weights],
    *,
    listed: date | None = None,
    votes: tuple[int, float] | None = None,
) -> Told:
    """The score of a paper that was listed on a day, or of one that was not. `votes`: how many it had early, and how far that is above
    its day's middle (`past.excess_of`)."""
    warmth = heat.of(day_of(paper, listed).toordinal(), paper.id, counts)
    subject = subject_of(paper, counts, listed, warmth)
    kind = kind_of(listed)
    parts = weights[kind].parts(facts_of(kind, subject, past), counts)
    if listed and votes is not None:
        own = votes_part(points_of(parts), *votes)
        parts = (*parts, own) if own.points else parts
    known = known_authors(subject, past)
    has_record = bool(known or votes) if listed else bool(known) and is_covered(paper.categories)
    return Told(kind, points_of(parts), parts, known, len(subject.authors), has_record)
