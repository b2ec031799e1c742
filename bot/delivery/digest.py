"""Which papers go into a message, and in which order.

PURE. Knows alerts and papers; how a message looks is `cards`' word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.models import Alert, Cadence, Digest, Item, Paper, Reason, SubscriptionKind
from bot.query.reasons import Wishes, leading

#: Days of downtime or a broad keyword must not become a flood: the rest is counted, and one search away.
MAX_PAPERS: Final = 20
Standing = tuple[int, float, int]
"""How a paper stands by its score, as `store.scores.load_standings` has it: the higher, the better."""
_NOWHERE: Final[Standing] = (0, 0.0, 0)


def due_cadences(*, weekly: bool) -> tuple[Cadence, ...]:
    """What a digest carries, with the weekly papers or without."""
    return tuple(Cadence) if weekly else (Cadence.INSTANT, Cadence.DAILY)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Alerts with the reasons that still stand, strongest match first; `dropped` ones have none, or no paper any more."""

    order: tuple[tuple[Alert, tuple[Reason, ...]], ...]
    dropped: tuple[int, ...]


def rank(alerts: Iterable[Alert], standings: Mapping[int, Standing], wishes: Wishes) -> Ranking:
    """The order in which alerts go into a message, by what is known without reading their papers: how strong the match is, then the
    paper's score, and its votes only where nothing else parts two. `standings` has those that are there.

    One whose reasons cannot be read comes without any, as long as anything is wanted: better than not at all.
    """
    order, dropped = [], []
    for alert in alerts:
        reasons = leading(wishes.active_reasons(alert.reasons))
        wanted = reasons or (alert.damaged and wishes.by_id)
        if wanted and alert.paper_id in standings:
            order.append((alert, reasons))
        else:
            dropped.append(alert.id)
    order.sort(key=lambda one: (weight(one[1]), standings[one[0].paper_id], one[0].paper_id), reverse=True)
    return Ranking(tuple(order), tuple(dropped))


def compose(
    day: date,
    alerts: Iterable[Alert],
    papers: Mapping[int, Paper],
    standings: Mapping[int, Standing],
    wishes: Wishes,
    limit: int = MAX_PAPERS,
) -> Digest:
    """The best `limit` papers of these alerts, with the reasons that still stand."""
    ranking = rank(alerts, {number: standings.get(number, _NOWHERE) for number in papers}, wishes)
    chosen, rest = ranking.order[:limit], ranking.order[limit:]
    items = tuple(Item(papers[alert.paper_id], reasons, alert.id, alert.late) for alert, reasons in chosen)
    return Digest(day, items, tuple(alert.id for alert, _ in rest), ranking.dropped)


def arranged(items: Sequence[Item], first: int) -> tuple[Item, ...]:
    """The best `first` papers, then the others; in each part the papers of one subscription side by side, the best of them where they
    stood. Followed authors stay in front."""
    return (*_gathered(items[:first]), *_gathered(items[first:]))


def _gathered(items: Sequence[Item]) -> list[Item]:
    places: dict[int, int] = {}
    for item in items:
        places.setdefault(_section(item), len(places))
    return sorted(items, key=lambda item: places[_section(item)])


def _section(item: Item) -> int:
    return item.reasons[0].subscription_id if item.reasons else 0


def weight(reasons: Iterable[Reason]) -> tuple[int, int, int]:
    """Followed authors first, then words in the title, then how many terms agreed."""
    known = tuple(reasons)
    by_author = any(r.kind is SubscriptionKind.AUTHOR for r in known)
    hits = {(h.term, h.field) for r in known for h in r.hits}
    return int(by_author), sum(field == "title" for _, field in hits), len(hits)
