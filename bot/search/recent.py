"""What subscriptions match among the papers of the last days, at a cost bounded by what is shown.

The store names every candidate; only the first are loaded and analysed, and the event loop gets its turns meanwhile.
Knows what each kind of subscription asks the store; knows neither SQL nor Discord.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot.language import name_index, names
from bot.models import EventKind, Match, Matched, Paper, Subscription, SubscriptionKind
from bot.papers import categories
from bot.query import language as query
from bot.query.matching import Matcher
from bot.query.meaning import queries_of
from bot.search.people import by_one_of
from bot.similar.nearest import Similar
from bot.store import collection, listings
from bot.store import search as index
from bot.store.database import Connection, Database
from bot.store.figures import load_papers
from bot.when.turns import Turns

#: Papers that are analysed for one answer; what lies behind them is counted by the share of these that matched.
MOST: Final = 200
_CHUNK: Final = 50


@dataclass(slots=True)
class _Candidates:
    """Ids of the papers that may match: `listed` in the order of the lists, `announced` in none."""

    listed: list[int] = field(default_factory=list)
    announced: set[int] = field(default_factory=set)


async def matched_since(
    database: Database,
    subscriptions: Sequence[Subscription],
    since: datetime,
    turns: Turns | None = None,
    *,
    similar: Similar,
) -> Matched:
    """What these subscriptions of one owner would have matched since then: the matcher's own predicate on stored papers.

    Raises QueryError for a subscription that cannot be read.
    """
    turns = turns or Turns()
    queries = queries_of(subscriptions)
    seeds = await similar.seeds_of(queries)
    matcher = Matcher(subscriptions, seeds)
    alike = await similar.alike(queries, seeds, since=since)
    async with database.reading() as read:
        candidates = await _candidates(read, subscriptions, alike, since, turns)
        first = list(dict.fromkeys(candidates.listed))[:MOST]
        rest = candidates.announced.difference(first)
        first += await collection.newest_of(read, rest, MOST - len(first))
    found: list[tuple[Paper, Match]] = []
    for start in range(0, len(first), _CHUNK):
        async with database.reading() as read:
            loaded = await load_papers(read, first[start : start + _CHUNK], matcher.figures)
        for paper_id in first[start : start + _CHUNK]:
            if paper_id in loaded:
                match = _match(matcher, loaded[paper_id], candidates)
                found += [(loaded[paper_id], match)] if match else []
            await turns.rest()
    everything = len(candidates.announced.union(candidates.listed))
    if everything <= len(first):
        return Matched(tuple(found), len(found))
    return Matched(tuple(found), round(everything * len(found) / max(1, len(first))), is_about=True)


def _match(matcher: Matcher, paper: Paper, candidates: _Candidates) -> Match | None:
    """Every subscription that agrees, be it with the announcement or with the listing, as one match."""
    matches: list[Match] = []
    if paper.id in candidates.announced:
        matches += matcher.match(paper, EventKind.ANNOUNCED)
    if paper.id in candidates.listed:
        matches += matcher.match(paper, EventKind.LISTED)
    if not matches:
        return None
    return replace(matches[0], reasons=tuple(reason for match in matches for reason in match.reasons))


async def _candidates(
    read: Connection,
    subscriptions: Sequence[Subscription],
    alike: index.Alike,
    since: datetime,
    turns: Turns,
) -> _Candidates:
    """A superset of what matches."""
    found = _Candidates()
    wanted: dict[SubscriptionKind, list[str]] = {}
    for subscription in subscriptions:
        wanted.setdefault(subscription.kind, []).append(subscription.query)
    if SubscriptionKind.TRENDING in wanted:
        found.listed = await listings.listed(read, since.date(), date.max)
    for text in wanted.get(SubscriptionKind.KEYWORD, ()):
        found.announced.update(await index.candidates_since(read, query.parse(text, standing=True), alike, since))
    if codes := wanted.get(SubscriptionKind.CATEGORY):
        printed = [text for text in await collection.categories_since(read, since) if _within(codes, text)]
        found.announced.update(await collection.ids_in_categories(read, printed, since))
    if authors := wanted.get(SubscriptionKind.AUTHOR):
        people = [names.parse(spelling) for text in authors for spelling in names.spellings(text)]
        may_be: set[int] = set()
        for person in people:
            if expression := name_index.index_expression(person):
                may_be.update(await index.matching_ids(read, expression, since))
        found.announced.update([paper_id async for paper_id, _, _ in by_one_of(read, people, sorted(may_be), turns)])
    return found


def _within(codes: Sequence[str], printed: str) -> bool:
    return any(categories.contains(code, category) for category in printed.split() for code in codes)
