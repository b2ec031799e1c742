"""Fits the weights of both scores anew, from the lists and papers of one's own collection.

Knows which papers are learned from. Takes minutes: run it in a process of its own, never beside the bot's loop. Must not know Discord.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.errors import BadInputError
from bot.models import Paper, ScoreKind
from bot.query.document import of_paper
from bot.query.facts import news_day
from bot.scores.facts import facts_of
from bot.scores.fitting import PENALTIES, Example, fit
from bot.scores.heat import Heat
from bot.scores.past import Past, excess_of
from bot.scores.scorer import Scorer, load_heat, load_past
from bot.scores.subjects import names_of, stems_of, subject_of
from bot.scores.weights import written
from bot.store import papers, past_lists
from bot.store import scores as kept
from bot.store.database import Database
from bot.when.clock import Clock

__all__ = ["LEAST_DAYS", "Refit", "refit"]

#: Of fewer days nothing is learned that the table which comes with Paperboy does not know better.
LEAST_DAYS: Final = 200
#: Days after its announcement within which a list takes a paper.
LATE: Final = timedelta(days=14)
#: The newest announcements that are learned from: their words take about 100 MB.
_MOST: Final = 50_000
_PORTION: Final = 200


@dataclass(frozen=True, slots=True)
class Refit:
    """What the weights of both scores were learned from."""

    days: int
    listed: int
    announced: int


async def refit(database: Database, clock: Clock, *, progress: Callable[[str], None] = lambda _: None) -> Refit:
    """Fits both tables and keeps them; every paper is then scored anew. Raises BadInputError where too few lists are known."""
    await Scorer(database, clock).read_lists()
    async with database.reading() as read:
        days = await past_lists.listed_days(read)
    if len(days) < LEAST_DAYS:
        raise BadInputError(
            f"Weights are fitted to the votes of at least {LEAST_DAYS} days of lists, and {len(days)} are known here. "
            "The weights that come with Paperboy stay in use; import lists, or wait until more are read."
        )
    heat = await load_heat(database, days[0], days[-1])
    progress(f"{len(days)} days of lists")
    listed = [example async for example in _listed(database, heat)]
    progress(f"{len(listed)} listed papers")
    announced = [example async for example in _announced(database, heat, days[0], days[-1] - LATE)]
    progress(f"{len(announced)} announced papers")
    if not any(example.target for example in announced):
        raise BadInputError("No paper that was announced here was on a list soon after: nothing can be learned of it.")
    now = clock()
    tables = {
        kind: written(kind, fit(kind, examples, PENALTIES[kind]), _origin(now.date(), days, examples))
        for kind, examples in ((ScoreKind.INTEREST, listed), (ScoreKind.LISTING, announced))
    }
    async with database.transaction() as write:
        await kept.keep_weights(write, tables, now)
        last: int | None = 0
        while last is not None:  # nobody waits for this process
            last = await kept.wait_for_all(write, after=last)
    return Refit(len(days), len(listed), len(announced))


def _origin(today: date, days: Sequence[date], examples: Sequence[Example]) -> Mapping[str, str]:
    return {
        "date": today.isoformat(),
        "data": f"{len(examples)} papers of this collection, lists of {len(days)} days, {days[0]} to {days[-1]}",
        "command": "paperboy fit-scores",
    }


async def _listed(database: Database, heat: Heat) -> AsyncIterator[Example]:
    """The listed papers whose votes were counted."""
    async with database.reading() as read:
        ids = await past_lists.all_listed(read)
    async for paper, past, listed in _portions(database, ids, listed=True):
        day, votes, middle = listed
        if votes is not None:
            yield _example(ScoreKind.INTEREST, paper, past, heat, day, excess_of(votes, middle))


async def _announced(database: Database, heat: Heat, first: date, last: date) -> AsyncIterator[Example]:
    """The papers that arXiv announced on these days and that were on no list before: 1 for those that a list took soon after."""
    async with database.reading() as read:
        ids = await past_lists.announced_between(read, first, last, _MOST)
    async for paper, past, (day, _, _) in _portions(database, ids, listed=False):
        news = news_day(paper)
        if day is None or day >= news:
            taken = day is not None and day - news <= LATE
            yield _example(ScoreKind.LISTING, paper, past, heat, None, float(taken))


_Listed = tuple[date | None, int | None, float]


async def _portions(
    database: Database, ids: Sequence[int], *, listed: bool
) -> AsyncIterator[tuple[Paper, Past, _Listed]]:
    """Each paper with the past of its names and what the lists say of it, in the order of `ids`."""
    for start in range(0, len(ids), _PORTION):
        async with database.reading() as read:
            portion = ids[start : start + _PORTION]
            found = await papers.load_papers(read, portion)
            known = await past_lists.load_listed(read, portion)
            subjects = (
                subject_of(paper, {}, known[number][0] if listed and number in known else None, 0.0)
                for number, paper in found.items()
            )
            past = await load_past(read, {name for subject in subjects for name in names_of(subject)})
        for number in portion:
            if number in found:
                yield found[number], past, known.get(number, (None, None, 0.0))


def _example(kind: ScoreKind, paper: Paper, past: Past, heat: Heat, listed: date | None, target: float) -> Example:
    document = of_paper(paper)
    day = listed or news_day(paper)
    warmth = heat.of(day.toordinal(), paper.id, document.counts)
    facts = facts_of(kind, subject_of(paper, document.counts, listed, warmth), past)
    return Example(facts, tuple(sorted(set(map(sys.intern, stems_of(document))))), target)
