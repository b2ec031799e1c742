"""The figures of a person's page, each with what it counts, who says so and since when; what is odd about them; the order of papers. PURE.

Knows profiles and papers as values; must not know where either comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.models import OURS, Coverage, Figure, Paper, Profile, Sorting, YearCount
from bot.query.facts import first_day, news_at

__all__ = ["career", "covered", "main_category", "odd", "ordered", "years_of"]

#: Nobody writes more; whoever is credited with more is several people.
_MOST_PAPERS: Final = 2_000
_MOST_A_YEAR: Final = 150
#: Registries that differ so much do not speak of one person.
_TIMES: Final = 3


def main_category(papers: Sequence[Paper]) -> Figure:
    """The primary category that most of the papers have; of equal ones, that of the newest."""
    codes = Counter(code for paper in papers if (code := paper.primary_category))
    if not codes:
        return Figure(None, reason="no paper of theirs here has a category")
    code, count = codes.most_common(1)[0]
    return Figure(code, f"of {count} of {len(papers)} papers here")


def career(profiles: Sequence[Profile], of: Callable[[Profile], int | None], silence: str) -> Figure:
    """A figure over the whole career, from the first registry that states it; `silence` says why none does."""
    for profile in profiles:
        if (value := of(profile)) is not None:
            return Figure(value, "whole career", profile.registry.called, profile.fetched)
    return Figure(None, reason=silence)


def covered(coverage: Coverage, what: str, reason: str) -> Figure:
    """A figure over the papers here that have it."""
    if coverage.value is None:
        return Figure(None, reason=reason)
    return Figure(coverage.value, f"{what} from {coverage.counted} of {coverage.total} papers here", OURS)


def odd(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """What cannot be true of one person, in sentences."""
    said = []
    for profile in profiles:
        name, busiest = profile.registry.called, max((year.papers or 0 for year in profile.years), default=0)
        if (profile.papers or 0) > _MOST_PAPERS or busiest > _MOST_A_YEAR:
            papers = f"{busiest:,} papers in one year" if busiest > _MOST_A_YEAR else f"{profile.papers:,} papers"
            said.append(f"{name} counts {papers}: it has probably made several people one.")
        elif profile.h_index and profile.citations is not None and profile.h_index**2 > profile.citations:
            said.append(
                f"{name}'s figures contradict each other: an h-index of {profile.h_index} needs "
                f"{profile.h_index**2:,} citations at least."
            )
    said += _differ(profiles)
    for registry, count in Counter(profile.registry for profile in profiles).items():
        if count > 1:
            said.append(
                f"{registry.called} knows them as {count} people; the figures are of the one with most papers here."
            )
    return tuple(said)


def _differ(profiles: Sequence[Profile]) -> list[str]:
    first = {profile.registry: profile for profile in reversed(profiles)}
    counts = sorted(((p.h_index, p.registry.called) for p in first.values() if p.h_index), reverse=True)
    if len(counts) < 2 or counts[0][0] < _TIMES * counts[-1][0]:
        return []
    (most, one), (least, other) = counts[0], counts[-1]
    return [
        f"{one} says h-index {most}, {other} {least}: one of them has made several people one, or one person several."
    ]


def years_of(profiles: Sequence[Profile], papers: Iterable[Paper]) -> tuple[tuple[YearCount, ...], bool]:
    """Papers and citations of each year of the career, the oldest first; where no registry states them, of the papers here by the year
    of each, and then True."""
    for profile in profiles:
        if any(year.papers is not None or year.citations is not None for year in profile.years):
            return tuple(sorted(profile.years, key=lambda year: year.year)), False
    written: Counter[int] = Counter()
    cited: Counter[int] = Counter()
    is_counted = False
    for paper in papers:
        year = first_day(paper).year
        written[year] += 1
        if paper.cited and paper.cited.citations is not None:
            is_counted = True
            cited[year] += paper.cited.citations
    span = range(min(written), max(written) + 1) if written else ()
    return tuple(YearCount(year, written[year], cited[year] if is_counted else None) for year in span), True


_BY: Final[dict[Sorting, Callable[[Paper], float | None]]] = {
    Sorting.NEWEST: lambda paper: None,
    Sorting.SCORE: lambda paper: paper.score.percent if paper.score else None,
    Sorting.CITATIONS: lambda paper: paper.cited.citations if paper.cited else None,
    Sorting.VOTES: lambda paper: paper.community.upvotes if paper.community else None,
    Sorting.NOVELTY: lambda paper: paper.novelty.percent if paper.novelty else None,
}


def ordered(papers: Iterable[Paper], sorting: Sorting) -> list[Paper]:
    """The largest first, those of which it is not known last; equal ones, the newest first."""
    by = _BY[sorting]

    def rank(paper: Paper) -> tuple[bool, float, datetime, int]:
        value = by(paper)
        return value is not None, value or 0.0, news_at(paper), paper.id

    return sorted(papers, key=rank, reverse=True)
