"""The daily proof that nothing was missed: every announcement day held against what was stored, matched and sent.

Knows the order of the steps; what counts as missed is `verdicts`' word, and who makes it good is `repairs`'. Changes nothing.
Papers are looked at in portions, and the event loop gets its turns.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot.audit import verdicts
from bot.audit.proof import Carried, Compared, DayProof, Gap, Proof, Unread
from bot.audit.verdicts import Listeners, News, Outcome
from bot.errors import BadInputError, QueryError
from bot.models import EventKind, Paper, Recipient, SourceState
from bot.query.document import of_paper
from bot.query.facts import FIGURES, PERCENTS
from bot.query.language import Query
from bot.query.likeness import Seeds
from bot.query.matching import Matcher, matched_as
from bot.query.meaning import queries_of
from bot.similar.nearest import Similar, likes_of
from bot.store import audit as store
from bot.store import carried, papers, seen, sources, subscriptions
from bot.store.audit import Told
from bot.store.carried import Said
from bot.store.database import Connection, Database
from bot.store.seen import Seen, as_seen
from bot.when.clock import Clock
from bot.when.turns import Turns

log = logging.getLogger(__name__)

#: As long as an event is news.
DAYS: Final = 14
#: Papers held in memory at once.
_PORTION: Final = 50
#: Alerts read at once: they are made into values in one go, while everybody else waits.
_ALERTS: Final = 500
_ALERTED: Final = (Outcome.SENT, Outcome.WAITING, Outcome.HELD, Outcome.UNDELIVERABLE)


@dataclass(frozen=True, slots=True)
class _World:
    """What holds for all days of one audit."""

    now: datetime
    kept_since: datetime
    states: dict[str, SourceState]
    seen: set[tuple[str, date]]
    listeners: Listeners
    matcher: Matcher
    seeds: Seeds | None
    drifting: Set[int]
    """Subscriptions to what is like a paper, or is cited: what holds moves with other papers, or is found out later."""
    shares: Set[int]
    """Subscriptions to what has a score or a novelty: they are held against what was seen of both last, and told then."""


#: One of these stands in each query that asks for what moves: most need not be read for it.
_MOVING: Final = ("like:", *sorted(FIGURES))


@dataclass(slots=True)
class _Tally:
    """One day's counts while its papers are looked at."""

    announced: int = 0
    stored: int = 0
    eligible: int = 0
    matched: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    reasons: dict[Outcome, dict[str, int]] = field(default_factory=dict)
    unjudged: list[str] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


class Auditor:
    """Looks back over the last days."""

    def __init__(self, database: Database, clock: Clock, names: Sequence[str], similar: Similar | None = None) -> None:
        """`names` are the sources that bring news."""
        self.similar = similar or Similar(database)
        self._database = database
        self._clock = clock
        self._names = tuple(names)

    async def audit(self, days: int = DAYS, turns: Turns | None = None) -> Proof:
        """Looks at the last `days` days, today included; changes nothing. Raises BadInputError for a number out of 1 … 30.

        After each subscription and each paper the event loop may have a turn, as `turns` says.
        """
        if not 1 <= days <= carried.KEPT.days:
            raise BadInputError(f"Choose from 1 to {carried.KEPT.days} days; what is older is not kept.")
        now = self._clock()
        turns = turns or Turns()
        world = await self._world(now, turns)
        if world is None:
            return Proof(now, None, ())
        today = now.astimezone(UTC).date()
        looked = [await self._audit_day(world, today - timedelta(days=number), turns) for number in range(days)]
        known = [day for day in looked if day.day >= world.kept_since.date() or any(c.papers for c in day.sources)]
        return Proof(now, world.kept_since, tuple(await self._confirm(known)))

    async def _world(self, now: datetime, turns: Turns) -> _World | None:
        async with self._database.reading() as read:
            since = await carried.kept_since(read)
            if since is None:
                return None
            states = {state.name: sources.at(state, now) for state in await sources.load_sources(read)}
            seen = await carried.days_read(read, (now - carried.KEPT).date())
            standing = await subscriptions.load_all(read)
            listeners = Listeners(standing, await store.rests(read))
        seeds = await self.similar.seeds_of(queries_of(standing))
        moving = {one.id: queries_of([one]) for one in standing if any(word in one.query for word in _MOVING)}
        drifting = {number for number, own in moving.items() if _drifts(own)}
        shares = {number for number, own in moving.items() if any(query.shares for query in own)}
        matcher = await _matcher(listeners, seeds, turns)
        return _World(now, since, states, seen, listeners, matcher, seeds, drifting, shares)

    async def _audit_day(self, world: _World, day: date, turns: Turns) -> DayProof:
        async with self._database.reading() as read:
            said = await carried.said_on(read, day)
            lists, unread = self._sources(world, day, said)
            compared = [await _compare(read, day, c.source, lists) for c in lists if verdicts.feed_of(c.source)]
        tally = _Tally()
        stored = sorted({row.paper_id for row in said if row.paper_id is not None})
        for start in range(0, len(stored), _PORTION):
            await self._audit_papers(world, day, stored[start : start + _PORTION], tally, turns)
        lost = {str(row.identity) for row in said if row.paper_id is None}
        news = {str(row.identity) for row in said if row.paper_id is None and row.kind in verdicts.NEWS_KINDS}
        return DayProof(
            day=day,
            is_over=verdicts.is_over(day, world.now),
            announced=tally.announced + len(news),
            stored=tally.stored,
            eligible=tally.eligible,
            matched=tally.matched,
            alerted=sum(tally.outcomes.get(o, 0) for o in _ALERTED),
            sent=tally.outcomes.get(Outcome.SENT, 0),
            waiting=tally.outcomes.get(Outcome.WAITING, 0),
            held=tally.reasons.get(Outcome.HELD, {}) | tally.reasons.get(Outcome.RESTING, {}),
            undeliverable=tally.reasons.get(Outcome.UNDELIVERABLE, {}),
            sources=tuple(lists),
            compared=tuple(c for c in compared if c is not None),
            unread=tuple(unread),
            lost=tuple(sorted(lost)),
            unjudged=tuple(tally.unjudged),
            silent=tuple(tally.silent),
            gaps=tuple(tally.gaps),
        )

    def _sources(self, world: _World, day: date, said: Sequence[Said]) -> tuple[list[Carried], list[Unread]]:
        counts: dict[str, dict[str, set[str]]] = {}
        for row in said:
            counts.setdefault(row.source, {}).setdefault(row.kind.value, set()).add(str(row.identity))
        lists = []
        for name in self._names:
            state = world.states.get(name, SourceState(name))
            own = {kind: len(ids) for kind, ids in sorted(counts.get(name, {}).items())}
            seen = bool(own) or (name, day) in world.seen
            read = verdicts.was_read(state, day, seen=seen, since=world.kept_since, now=world.now)
            lists.append(Carried(name, own, read))
        twins = {verdicts.feed_of(c.source): c.source for c in lists if c.read}
        return lists, [Unread(c.source, day, twins.get(c.source)) for c in lists if c.read is False]

    async def _audit_papers(self, world: _World, day: date, ids: Sequence[int], tally: _Tally, turns: Turns) -> None:
        async with self._database.reading() as read:
            loaded = await papers.load_papers(read, ids)
            looked = await seen.load(read, ids) if world.shares else {}
            said = await carried.said_of(read, ids)
            happened = await store.happened(read, ids)
            alerts = await store.count_told(read, ids)
        for group in _groups([i for i in ids if i in loaded], alerts):
            async with self._database.reading() as read:
                told = await store.told(read, group)
            for number in group:
                own, last = said[number], looked.get(number, Seen())
                paper = as_seen(loaded[number], last) if last.is_whole else loaded[number]
                if verdicts.is_announced_on(own, day):
                    tally.announced += 1
                    tally.stored += 1
                events = happened.get(number, [])
                news = verdicts.news_of(own, day, events, paper.first_seen, world.states, world.kept_since)
                try:
                    await _judge_paper(world, day, paper, news, told, tally, turns, last.is_whole)
                except Exception:
                    log.exception("audit: %s cannot be matched anew", paper.main_id)
                    tally.unjudged.append(str(paper.main_id))
                await turns.rest()

    async def _confirm(self, found: list[DayProof]) -> list[DayProof]:
        """Leaves out gaps that people closed themselves while the audit went on: what was removed or paused is no gap."""
        async with self._database.reading() as read:
            wanted = {number for day in found for gap in day.gaps for number in gap.subscriptions}
            standing = {s.id for s in await subscriptions.load_active(read, wanted) if not s.paused}
            confirmed = []
            for day in found:
                told = await store.told(read, {gap.paper_id for gap in day.gaps})
                confirmed.append(replace(day, gaps=tuple(gap for gap in day.gaps if _is_missed(gap, told, standing))))
        return confirmed


def _groups(ids: Sequence[int], alerts: Mapping[int, int]) -> Iterator[list[int]]:
    """Papers in groups of few alerts; one that everybody follows stands alone."""
    group: list[int] = []
    size = 0
    for number in ids:
        if group and size + alerts.get(number, 0) > _ALERTS:
            yield group
            group, size = [], 0
        group.append(number)
        size += alerts.get(number, 0)
    if group:
        yield group


def _is_missed(gap: Gap, told: Mapping[tuple[int, Recipient], Told], standing: Set[int]) -> bool:
    return verdicts.judge(told.get((gap.paper_id, gap.recipient)), gap.subscriptions, standing)[0] is Outcome.MISSED


async def _compare(read: Connection, day: date, oai: str, lists: Sequence[Carried]) -> Compared | None:
    """A category's feed against its list, where both were read."""
    feed = verdicts.feed_of(oai)
    if feed is None or not {feed, oai} <= {c.source for c in lists if c.read}:
        return None
    feed_lacks = await carried.lacking(read, day, oai, feed)
    oai_lacks = await carried.lacking(read, day, feed, oai)
    return Compared(feed, oai, tuple(map(str, feed_lacks)), tuple(map(str, oai_lacks)))


async def _matcher(listeners: Listeners, seeds: Seeds | None, turns: Turns) -> Matcher:
    """Every subscription, paused ones as if they were not; one that cannot be read is no reason to prove nothing."""
    matcher = Matcher(seeds=seeds)
    for subscription in listeners:
        try:
            matcher.add(replace(subscription, paused=False))
        except QueryError:
            log.warning("audit: subscription %d cannot be read and is left out", subscription.id)
        await turns.rest()
    return matcher


def _drifts(queries: Sequence[Query]) -> bool:
    """Whether what holds moves with other papers, or is found out later than a paper is announced, and nobody takes down how it was."""
    return bool(likes_of(queries)) or any(query.figures - PERCENTS for query in queries)


def _may_differ(world: _World, number: int, event: News, is_whole: bool) -> bool:
    """Whether the subscription may agree now and have had nothing to tell: of a share that crossed while it rested, nobody told it."""
    if number in world.drifting:
        return True
    return number in world.shares and (not is_whole or world.listeners.rested(number, event.since))


async def _judge_paper(
    world: _World,
    day: date,
    paper: Paper,
    news: Iterable[News],
    told: Mapping[tuple[int, Recipient], Told],
    tally: _Tally,
    turns: Turns,
    is_whole: bool,
) -> None:
    """Matches a paper anew and counts what became of it. `is_whole`: all that its shares came to was told."""
    doc = of_paper(paper, world.seeds)
    found: dict[Recipient, tuple[set[int], set[EventKind], News]] = {}
    was_eligible = False
    for event in news:
        was_eligible = was_eligible or event.eligible
        if event.silent_event is not None:
            tally.silent.append(event.silent_event)
        for kind in matched_as(event.kind, list_alone=event.list_alone):
            for recipient, numbers in world.listeners.concerned(world.matcher.ids(doc, kind), event).items():
                ids, kinds, _ = found.setdefault(recipient, (set(), set(), event))
                ids.update(numbers)
                kinds.add(kind)
    tally.eligible += was_eligible
    for recipient, (ids, kinds, event) in found.items():
        await turns.rest()  # everybody may follow it
        own = told.get((paper.id, recipient))
        excused = (event.changed and event.eligible) or all(_may_differ(world, n, event, is_whole) for n in ids)
        outcome, why = verdicts.judge(own, ids, world.listeners.live, excused=excused)
        if outcome is Outcome.CHANGED:
            continue
        tally.matched += 1
        tally.outcomes[outcome] = tally.outcomes.get(outcome, 0) + 1
        reasons = tally.reasons.setdefault(outcome, {})
        reasons[why] = reasons.get(why, 0) + 1
        if outcome is Outcome.MISSED:
            tally.gaps.append(
                Gap(day, recipient, paper.id, str(paper.main_id), tuple(sorted(ids)), tuple(sorted(kinds)), why)
            )
