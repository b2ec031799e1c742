"""What came to be known of papers after they were news: a score, a novelty, citations. Whom it concerns hears of it.

Knows that a query may come to hold by it; must not know how a figure is made.

Citations are a paper's own, and told as they are kept. Score and novelty are shares of a group: each paper that is added moves those of
the others, and while hundreds wait to be scored a share says little. So they are looked at once nothing waits any more, of all papers
that are news, and held against what was seen last (`bot/store/seen.py`): whatever moved a paper over a limit, it is told, and in whatever
order the papers of a night are scored, the same is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.ingest.looks import NEWS
from bot.models import Match, Paper
from bot.query.facts import PERCENTS, Count
from bot.query.matching import Matcher, News
from bot.store import alerts, events, novelty, scores, seen
from bot.store.database import Connection, Database
from bot.store.figures import load_papers, with_figures
from bot.store.papers import Change
from bot.store.registries import load_citations
from bot.store.seen import Seen, as_seen
from bot.when.clock import Clock
from bot.when.turns import Turns, never

__all__ = ["Teller", "changes_with_figures"]

#: Matches that are enqueued at once.
_PORTION: Final = 1_000
#: Papers that crossed a limit and are matched in one transaction, and papers of which is only kept what was seen.
_SLICE: Final = 50
_KEPT: Final = 2_000


class Teller:
    """Keeps figures, and tells whose query came to hold by them."""

    def __init__(self, database: Database, matcher: Matcher, clock: Clock) -> None:
        self._database = database
        self._matcher = matcher
        self._clock = clock
        self._moved = PERCENTS  # somebody else may have kept some since the last process ended

    async def keep(self, write: Connection, paper_ids: Collection[int], keep: Callable[[], Awaitable[None]]) -> None:
        """Does what keeps new figures of these papers, in a transaction. Alerts that follow from citations are made in the same one, of
        papers that were news lately or whose citations grew; a share waits for the next `look`."""
        now = self._clock()
        recent = await events.told_at(write, list(paper_ids), now - NEWS)
        await seen.note(write, recent)
        before = await load_citations(write, paper_ids) if "citations" in self._matcher.figures else {}
        await keep()
        self._moved = PERCENTS
        if "citations" not in self._matcher.figures:
            return
        after = await load_citations(write, paper_ids)
        changed = [number for number, cited in after.items() if cited != before.get(number)]
        loaded = await load_papers(write, changed, self._matcher.figures)
        were = {number: replace(paper, cited=before.get(number)) for number, paper in loaded.items()}
        news = [
            News(paper, before=were[number])
            for number, paper in loaded.items()
            if number in recent or _grew(were[number], paper)
        ]
        await self._tell(write, news, now)

    async def look(self, gives_way: Callable[[], bool] = never) -> int:
        """Looks at the shares of all papers that are news, where one may have moved since and none waits to be made, and tells those that
        crossed a limit. It ends where it has to give way, and goes on at the next call. Returns how many papers crossed one."""
        if not self._moved or gives_way():
            return 0
        since = self._clock() - NEWS
        async with self._database.reading() as read:
            if not (facts := self._moved & await _settled(read)):
                return 0
            ids = await events.told_since(read, since)
            last = await seen.load(read, ids)
            now = await seen.load_now(read, ids, facts)
        self._moved -= facts  # what is kept from now on moves them again
        changed, crossed = await asyncio.to_thread(_compared, last, now, facts, self._matcher.shares)
        for start in range(0, len(crossed), _SLICE):
            if gives_way():
                self._moved |= facts
                return start
            await self._tell_crossed({paper: changed.pop(paper) for paper in crossed[start : start + _SLICE]}, last)
        rest = list(changed.items())
        for start in range(0, len(rest), _KEPT):
            async with self._database.transaction() as write:
                await seen.keep(write, dict(rest[start : start + _KEPT]))
        async with self._database.transaction() as write:
            await seen.forget_old(write, since)
        return len(crossed)

    async def _tell_crossed(self, crossed: Mapping[int, Seen], last: Mapping[int, Seen]) -> None:
        async with self._database.transaction() as write:
            loaded = await load_papers(write, crossed, self._matcher.figures)
            news = [
                News(paper, before=as_seen(paper, last[number])) for number, paper in loaded.items() if number in last
            ]
            await self._tell(write, news, self._clock())
            await seen.keep(write, crossed)

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


async def _settled(read: Connection) -> frozenset[str]:
    """The shares of which none waits to be made, among those that are shown."""
    found = set() if await scores.next_waiting(read, 1) else {"score"}
    if not await novelty.is_hidden(read) and not await novelty.next_waiting(read, 1):
        found.add("novelty")
    return frozenset(found)


def _compared(
    last: Mapping[int, Seen], now: Mapping[int, Mapping[str, int]], facts: Collection[str], asked: Iterable[Count]
) -> tuple[dict[int, Seen], list[int]]:
    """What is to be kept of the papers whose shares moved, or at which nobody looked before; and which of the others crossed a limit."""
    held: dict[tuple[str, int | None], frozenset[Count]] = {
        (fact, share): frozenset(
            term for term in asked if term.fact == fact and share is not None and term.allows(share)
        )
        for fact in PERCENTS
        for share in (None, *range(101))
    }
    changed: dict[int, Seen] = {}
    crossed: list[int] = []
    for paper, shares in now.items():
        before = last.get(paper)
        after = before or Seen()
        after = replace(
            after,
            score=shares.get("score") if "score" in facts else after.score,
            novelty=shares.get("novelty") if "novelty" in facts else after.novelty,
        )
        if after == before:
            continue
        changed[paper] = after
        if before and any(held[fact, getattr(before, fact)] != held[fact, getattr(after, fact)] for fact in facts):
            crossed.append(paper)
    return changed, crossed


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
