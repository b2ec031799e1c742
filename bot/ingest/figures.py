"""What came to be known of papers after they were news: a score, a novelty, citations. Whom it concerns hears of it.

Knows that a query may come to hold by it; must not know how a figure is made.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.ingest.looks import NEWS
from bot.models import Match, Paper
from bot.query.matching import Matcher, News
from bot.store import alerts, events
from bot.store.database import Connection
from bot.store.figures import load_papers, with_figures
from bot.store.papers import Change
from bot.when.clock import Clock
from bot.when.turns import Turns

__all__ = ["Teller", "changes_with_figures"]

#: Matches that are enqueued at once.
_PORTION: Final = 1_000


class Teller:
    """Keeps figures, and tells whose query came to hold by them."""

    def __init__(self, matcher: Matcher, clock: Clock) -> None:
        self._matcher = matcher
        self._clock = clock

    async def keep(self, write: Connection, paper_ids: Collection[int], keep: Callable[[], Awaitable[None]]) -> None:
        """Does what keeps new figures of these papers, in a transaction; the alerts that follow are made in the same one. Only a paper
        that was news lately, or whose citations grew, is news by it: what is found out about an old one is not."""
        wanted = self._matcher.figures
        if not wanted:
            await keep()
            return
        now = self._clock()
        recent = await events.told_at(write, list(paper_ids), now - NEWS)
        concerned = paper_ids if "citations" in wanted else recent.keys()
        before = await load_papers(write, concerned, wanted)
        await keep()
        after = await load_papers(write, before, wanted)
        news = [
            News(paper, before=before[number])
            for number, paper in after.items()
            if paper != before[number] and (number in recent or _grew(before[number], paper))
        ]
        await self._tell(write, news, now)

    async def _tell(self, write: Connection, news: list[News], now: datetime) -> None:
        turns = Turns()
        found: list[Match] = []
        for match in self._matcher.each_match(news):
            if match is not None:
                found.append(match)
            if len(found) == _PORTION:
                await alerts.enqueue(write, found, now)
                found = []
            await turns.rest()
        await alerts.enqueue(write, found, now)


async def changes_with_figures(write: Connection, changes: Sequence[Change], wanted: Collection[str]) -> list[Change]:
    """The changes of papers with the figures that somebody's query asks for; these are the same before and after."""
    if not wanted:
        return list(changes)
    known = await with_figures(write, {change.paper.id: change.paper for change in changes}, wanted)
    found = []
    for change in changes:
        paper, before = known[change.paper.id], change.before
        if before is not None:
            before = replace(before, score=paper.score, novelty=paper.novelty, cited=paper.cited)
        found.append(replace(change, paper=paper, before=before))
    return found


def _grew(before: Paper, after: Paper) -> bool:
    """Whether a registry knows of more citations than it did: one that is asked for the first time has found none."""
    was, now = before.cited, after.cited
    return (
        was is not None
        and now is not None
        and was.registry is now.registry
        and (now.citations or 0) > (was.citations or 0)
    )
