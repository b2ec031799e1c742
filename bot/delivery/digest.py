"""Which papers go into a message, and in which order.

PURE. Knows alerts and papers; how a message looks is `cards`' word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from bot.models import Alert, Cadence, Digest, Item, Paper, Reason, SubscriptionKind
from bot.query.reasons import Wishes

#: Days of downtime or a broad keyword must not become a flood: the rest is counted, and one search away.
MAX_PAPERS: Final = 20


def due_cadences(*, weekly: bool) -> tuple[Cadence, ...]:
    """What a digest carries, with the weekly papers or without."""
    return tuple(Cadence) if weekly else (Cadence.INSTANT, Cadence.DAILY)


def compose(
    day: date,
    alerts: Iterable[Alert],
    papers: Mapping[int, Paper],
    wishes: Wishes,
    limit: int = MAX_PAPERS,
) -> Digest:
    """The best `limit` papers of these alerts, strongest match first, with the reasons that still stand.

    One whose reasons cannot be read comes without any, as long as anything is wanted: better than not at all.
    """
    items, dropped = [], []
    for alert in alerts:
        reasons = wishes.active_reasons(alert.reasons)
        wanted = reasons or (alert.damaged and wishes.by_id)
        if wanted and alert.paper_id in papers:
            items.append(Item(papers[alert.paper_id], reasons, alert.id, alert.late))
        else:
            dropped.append(alert.id)
    items.sort(key=_strength, reverse=True)
    held = tuple(item.alert_id for item in items[limit:] if item.alert_id is not None)
    return Digest(day, tuple(items[:limit]), held, tuple(dropped))


def weight(reasons: Iterable[Reason]) -> tuple[int, int, int]:
    """Followed authors first, then words in the title, then how many terms agreed."""
    known = tuple(reasons)
    by_author = any(r.kind is SubscriptionKind.AUTHOR for r in known)
    hits = {(h.term, h.field) for r in known for h in r.hits}
    return int(by_author), sum(field == "title" for _, field in hits), len(hits)


def _strength(item: Item) -> tuple[tuple[int, int, int], int, int]:
    """By reasons, then upvotes, then the newest."""
    upvotes = item.paper.community.upvotes if item.paper.community else 0
    return weight(item.reasons), upvotes, item.paper.id
