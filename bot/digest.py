"""Which papers go into a message, and in which order.

PURE. Knows alerts and papers; how a message looks is `cards`' word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.models import Alert, Cadence, Paper, Reason, SubscriptionKind

#: Days of downtime or a broad keyword must not become a flood: the rest is counted, and one search away.
MAX_PAPERS: Final = 20
#: Why an alert is held for which no subscription stands any more.
NOBODY_ASKS: Final = "the subscription was removed or paused"


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a digest with every reason why it is there."""

    paper: Paper
    reasons: tuple[Reason, ...]
    alert_id: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What one recipient gets at once. `held` alerts did not fit; `dropped` ones have no standing subscription any more;
    `uncounted` more papers match that nobody looked at one by one."""

    day: date
    items: tuple[Item, ...]
    held: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    uncounted: int = 0


def due_cadences(day: date, weekly_day: int) -> tuple[Cadence, ...]:
    """What a digest of this local date carries: weekly matches on their weekday only."""
    if day.weekday() == weekly_day:
        return (Cadence.INSTANT, Cadence.DAILY, Cadence.WEEKLY)
    return (Cadence.INSTANT, Cadence.DAILY)


def compose(
    day: date,
    alerts: Iterable[Alert],
    papers: Mapping[int, Paper],
    standing: Set[int],
    limit: int = MAX_PAPERS,
) -> Digest:
    """The best `limit` papers of these alerts, strongest match first. `standing` are the ids of live subscriptions."""
    items, dropped = [], []
    for alert in alerts:
        reasons = tuple(r for r in alert.reasons if r.subscription_id in standing)
        if reasons and alert.paper_id in papers:
            items.append(Item(papers[alert.paper_id], reasons, alert.id))
        else:
            dropped.append(alert.id)
    items.sort(key=_strength, reverse=True)
    return Digest(day, tuple(items[:limit]), tuple(i.alert_id for i in items[limit:]), tuple(dropped))


@dataclass(frozen=True, slots=True)
class DailyList:
    """A channel's list for one local date, best first. `late` names sources that had not answered by then."""

    day: date
    server_name: str
    papers: tuple[Paper, ...]
    late: tuple[str, ...] = ()


def rank(papers: Iterable[Paper]) -> list[Paper]:
    """As the community sees them: upvotes, then comments, then the newest."""
    return sorted(papers, key=_standing, reverse=True)


def _standing(paper: Paper) -> tuple[int, int, float, int]:
    community = paper.community
    votes = (community.upvotes, community.comments) if community else (-1, -1)
    return (*votes, paper.announced.timestamp() if paper.announced else 0.0, paper.id)


def _strength(item: Item) -> tuple[int, int, int, int, int]:
    """Followed authors first, then words in the title, then how many terms agreed, then upvotes, then the newest."""
    by_author = any(r.kind is SubscriptionKind.AUTHOR for r in item.reasons)
    hits = {(h.term, h.field) for r in item.reasons for h in r.hits}
    in_title = sum(field == "title" for _, field in hits)
    upvotes = item.paper.community.upvotes if item.paper.community else 0
    return (int(by_author), in_title, len(hits), upvotes, item.paper.id)
