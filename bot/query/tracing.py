"""Why a paper is somebody's, or is not: what each of their subscriptions says of it, and why they may not have been told.

PURE. Knows subscriptions and papers; knows neither where anything is kept nor how it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.models import (
    Carrier,
    EventKind,
    Paper,
    Rest,
    Sighting,
    Silence,
    Standing,
    Subscription,
    SubscriptionKind,
    User,
)
from bot.query.facts import Count, Like
from bot.query.matching import matched_as
from bot.query.meaning import queries_of
from bot.query.namesakes import Mistaken
from bot.query.nodes import Explanation, leaves

#: What happens to a paper that was announced; it may then agree with what it did not agree with before.
_CHANGES = frozenset({EventKind.REVISED, EventKind.WITHDRAWN, EventKind.LISTED, EventKind.CODE_RELEASED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one subscription says of a paper. `silence`: why it agrees and nobody was told. `mistaken`: for whom it is left out."""

    subscription: Subscription
    explanation: Explanation
    silence: Silence | None = None
    mistaken: Mistaken | None = None

    @property
    def agrees(self) -> bool:
        return self.explanation.agrees


@dataclass(frozen=True, slots=True)
class Trace:
    """A paper's whole way to one person: `verdicts` has those that agree first, then those that nearly do."""

    paper: Paper
    user: User
    sightings: tuple[Sighting, ...]
    verdicts: tuple[Verdict, ...]
    standing: Standing | None
    carriers: tuple[Carrier, ...]


def silence_of(subscription: Subscription, sightings: Sequence[Sighting], rests: Iterable[Rest]) -> Silence:
    """Why nobody was told of a paper with which a subscription agrees now. `rests` may be those of others too."""
    waits_for_list = subscription.kind is SubscriptionKind.TRENDING
    begun = min((s.recorded for s in sightings), default=None)

    def concerns(seen: Sighting) -> bool:
        kinds = matched_as(seen.kind, list_alone=seen.recorded == begun)
        return any((kind is EventKind.LISTED) == waits_for_list for kind in kinds)

    news = [s for s in sightings if s.told and concerns(s)]
    if not news:
        return Silence.QUIET
    heard = [s for s in news if subscription.created <= s.recorded]
    if not heard:
        return Silence.LATER
    own = [rest for rest in rests if rest.subscription_id == subscription.id]
    awake = [
        s
        for s in heard
        if not any(rest.since <= s.recorded and (rest.until is None or s.recorded <= rest.until) for rest in own)
    ]
    if not awake:
        return Silence.RESTED
    first = min(s.recorded for s in awake)
    if any(s.kind in _CHANGES and s.recorded > first for s in sightings) or _moves(subscription):
        return Silence.CHANGED
    return Silence.UNEXPLAINED


def _moves(subscription: Subscription) -> bool:
    """Whether papers come to agree without an event of their own: votes grow, and words become more frequent."""
    terms = [term for wanted in queries_of([subscription]) for term in leaves(wanted.root)]
    return any(isinstance(term, (Count, Like)) for term in terms)


def nearest_first(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those that agree, then those that lack least and have most; the older one of two that are alike."""

    def distance(verdict: Verdict) -> tuple[bool, bool, int, int]:
        said = verdict.explanation
        obstacles = len(said.lacks) + len(said.blocked) + bool(said.note)
        return not said.agrees, not (said.hits or said.blocked), obstacles, -len(said.hits)

    return tuple(sorted(verdicts, key=distance))
