"""Why a paper is for somebody: reasons that come together, those that still stand, and how soon they want it.

PURE. Knows subscriptions; knows neither where alerts are kept nor how reasons are worded.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.models import Cadence, Match, Reason, Subscription, SubscriptionKind
from bot.query.meaning import sameness

_URGENCY: Final = {Cadence.INSTANT: 0, Cadence.DAILY: 1, Cadence.WEEKLY: 2}


def soonest(cadences: Iterable[Cadence]) -> Cadence:
    """The most urgent of at least one."""
    return min(cadences, key=_URGENCY.__getitem__)


def join(known: tuple[Reason, ...], further: Iterable[Reason]) -> tuple[Reason, ...]:
    """Both, each subscription once: what it says now stands in the place of what it said before."""
    joined = {reason.subscription_id: reason for reason in known}
    for reason in further:
        joined[reason.subscription_id] = reason
    return tuple(joined.values())


def leading(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The same reasons, those first that say most: a followed author, then words, then what brings many papers."""
    return tuple(sorted(reasons, key=lambda reason: _TELLS[reason.kind]))


_TELLS: Final = {
    SubscriptionKind.AUTHOR: 0,
    SubscriptionKind.KEYWORD: 1,
    SubscriptionKind.TRENDING: 2,
    SubscriptionKind.CATEGORY: 3,
}


def join_matches(known: Match, further: Match) -> Match:
    """Two matches of one recipient and one paper as one."""
    return replace(
        known, cadence=soonest((known.cadence, further.cadence)), reasons=join(known.reasons, further.reasons)
    )


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one recipient wants at present: their subscriptions without the paused ones, by id and by meaning."""

    by_id: Mapping[int, Subscription]
    by_meaning: Mapping[Hashable, Subscription]

    @classmethod
    def of(cls, subscriptions: Iterable[Subscription]) -> Wishes:
        standing = [s for s in subscriptions if not s.paused]
        return cls({s.id: s for s in standing}, {sameness(s.kind, s.query): s for s in standing})

    def behind(self, reason: Reason) -> Subscription | None:
        """The subscription that stands behind a reason; one that means the same stands for one that was removed."""
        return self.by_id.get(reason.subscription_id) or self.by_meaning.get(sameness(reason.kind, reason.query))

    def active_reasons(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        """The reasons that still count."""
        return tuple(reason for reason in reasons if self.behind(reason))

    def cadence(self, reasons: Iterable[Reason]) -> Cadence | None:
        """How soon the paper is wanted; None when nobody wants it any more."""
        behind = [found for reason in reasons if (found := self.behind(reason))]
        return soonest(s.cadence for s in behind) if behind else None
