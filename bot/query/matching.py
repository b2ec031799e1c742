"""Standing subscriptions against arriving papers: an index over the subscriptions, not a loop over them.

Knows what each kind of subscription means and why it agreed. Must not know where either is kept or who is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import cast

from bot.errors import QueryError
from bot.models import (
    EventKind,
    Hit,
    Match,
    Paper,
    Reason,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.papers import categories
from bot.query.document import Document, of_paper
from bot.query.facts import Author, Category, Count
from bot.query.language import Explanation, Query, parse
from bot.query.likeness import Seeds
from bot.query.meaning import meaning, standing_query
from bot.query.namesakes import mistaken, person_hit
from bot.query.nodes import And, leaves
from bot.query.percolator import Percolator, StoredQuery
from bot.query.reasons import soonest

__all__ = ["Matcher", "News", "hits", "matched_as", "trouble", "why"]


@dataclass(frozen=True, slots=True)
class News:
    """A paper, and for whom it is news: for all who wait for events of these `kinds`; for those who follow it in one of these `late`
    ways since `followed_by` or longer; for those whose query came to hold by what has changed since it was as `before`."""

    paper: Paper
    kinds: tuple[EventKind, ...] = ()
    late: Collection[SubscriptionKind] = ()
    followed_by: datetime | None = None
    before: Paper | None = None


_Found = list[list[StoredQuery]]
"""For each paper the queries that hold for it."""
_Told = Callable[[Subscription, StoredQuery], bool]
"""Whether a subscription whose query holds is told."""


class Matcher:
    """All standing subscriptions. `add` and `remove` cost the subscription's own terms, never a rebuild."""

    def __init__(self, subscriptions: Iterable[Subscription] = (), seeds: Seeds | None = None) -> None:
        """`seeds` are the papers that others may be asked to be like."""
        self._seeds = seeds
        self._subscriptions: dict[int, Subscription] = {}
        self._announced = Percolator()
        self._listed = Percolator()  # trending subscriptions that ask for words
        self._any_listed = StoredQuery(And(()), ())  # all of nothing: for every paper that is listed
        self._changing = Percolator()  # those whose facts change after the announcement
        self._figures: Counter[str] = Counter()  # how many ask for each
        self._shares: Counter[Count] = Counter()  # and with which limits for a share of a group
        self._wary: set[int] = set()  # those that know namesakes
        self._changes = 0
        for subscription in subscriptions:
            self.add(subscription)

    def __len__(self) -> int:
        return len(self._subscriptions)

    def __contains__(self, subscription_id: int) -> bool:
        return subscription_id in self._subscriptions

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._subscriptions.values())

    def add(self, subscription: Subscription) -> None:
        """Takes a subscription in, or its changed form. A paused one is kept but agrees with nothing. Raises
        `QueryError` if its text cannot be read; then nothing has changed."""
        number, wanted = subscription.id, None
        if not subscription.paused:
            wanted = standing_query(subscription.kind, subscription.query)
        self.remove(number)
        self._subscriptions[number] = subscription
        if subscription.paused:
            return
        if subscription.namesakes:
            self._wary.add(number)
        if wanted is None:
            self._any_listed.ids.append(number)
        else:
            self._figures.update(wanted.figures)
            self._shares.update(wanted.shares)
            for percolator in self._waiting(subscription, wanted):
                percolator.add(number, wanted)

    def remove(self, subscription_id: int) -> None:
        """Forgets a subscription; an unknown id is no error."""
        self._changes += 1
        known = self._subscriptions.pop(subscription_id, None)
        if known is None or known.paused:
            return
        self._wary.discard(subscription_id)
        wanted = standing_query(known.kind, known.query)
        if wanted is None:
            self._any_listed.ids.remove(subscription_id)
        else:
            self._figures.subtract(wanted.figures)
            self._shares.subtract(wanted.shares)
            for percolator in self._waiting(known, wanted):
                percolator.remove(subscription_id, wanted)

    @property
    def figures(self) -> frozenset[str]:
        """The figures that somebody's query asks for: papers have to be loaded with them."""
        return frozenset(+self._figures)

    @property
    def shares(self) -> frozenset[Count]:
        """The terms that somebody's query asks shares of a group with."""
        return frozenset(+self._shares)

    def _waiting(self, subscription: Subscription, wanted: Query) -> Iterator[Percolator]:
        """Where it waits."""
        yield self._listed if subscription.kind is SubscriptionKind.TRENDING else self._announced
        if wanted.changes:
            yield self._changing

    # --- which agree

    def ids(self, paper: Document | Paper, kind: EventKind = EventKind.ANNOUNCED) -> list[int]:
        """The subscriptions that agree with a paper, in no order, each once: the cheap way, without reasons.

        A listing (`EventKind.LISTED`) is what trending subscriptions wait for; every other event is for the rest.
        """
        doc = paper if isinstance(paper, Document) else of_paper(paper, self._seeds)
        (found,) = _at_once(self.found((doc,), kind))
        everyone = self._any_listed.ids if kind is EventKind.LISTED else []
        numbers = [*chain.from_iterable([query.ids for query in found]), *everyone]
        if self._wary:
            return [n for n in numbers if n not in self._wary or self._is_meant(self._subscriptions[n], doc)]
        return numbers

    def found(self, docs: Sequence[Document], kind: EventKind = EventKind.ANNOUNCED) -> Generator[None, None, _Found]:
        """The queries that hold for each of at most a few hundred papers, each with all who ask it; in steps, between which others
        may have their turn."""
        return _found(self._listed if kind is EventKind.LISTED else self._announced, docs)

    def _is_meant(self, subscription: Subscription, doc: Document) -> bool:
        """Whether it is not a namesake who bears the name."""
        return not subscription.namesakes or person_hit(subscription, doc) is not None

    def recipients(self, paper: Document | Paper, kind: EventKind = EventKind.ANNOUNCED) -> dict[Recipient, list[int]]:
        """Who is concerned by a paper, each with the ids of the subscriptions that agree."""
        found: dict[Recipient, list[int]] = {}
        for number in self.ids(paper, kind):
            found.setdefault(self._subscriptions[number].owner, []).append(number)
        return found

    # --- who is told, and why

    def match(self, paper: Paper, kind: EventKind = EventKind.ANNOUNCED) -> list[Match]:
        """One match for each recipient concerned, with every subscription that agrees and its hits, the older
        subscription first; recipients in order."""
        return [match for match in self.each_match([News(paper, (kind,))]) if match]

    def each_match(self, every: Sequence[News]) -> Iterator[Match | None]:
        """The matches of at most a few hundred papers, which are asked together; paper by paper in order. Thousands of people may
        follow the same word, and others want their turn: None stands for a step of work that brought no match."""
        begun = self._changes
        every = [news for news in every if _seen_as(news) or (news.before is not None and len(self._changing))]
        docs = []
        for news in every:
            docs.append(of_paper(news.paper, self._seeds))
            yield None
        found: dict[EventKind, dict[int, list[StoredQuery]]] = {}
        for kind in dict.fromkeys(kind for news in every for kind in _seen_as(news)):
            seen = [at for at, news in enumerate(every) if kind in _seen_as(news)]
            found[kind] = dict(zip(seen, (yield from self.found([docs[at] for at in seen], kind)), strict=True))
        seen = [at for at, news in enumerate(every) if news.before is not None]
        changed = dict(zip(seen, (yield from _found(self._changing, [docs[at] for at in seen])), strict=True))
        for at, (news, doc) in enumerate(zip(every, docs, strict=True)):
            for kind in news.kinds:
                everyone = [self._any_listed] if kind is EventKind.LISTED else []
                yield from self._told(doc, [*self._standing(found[kind][at], doc, begun), *everyone], _always)
            if news.followed_by is not None:
                standing = self._standing(found[EventKind.ANNOUNCED][at], doc, begun)
                yield from self._told(doc, standing, _is_late(news.late, news.followed_by))
            if news.before is not None and (held := self._standing(changed[at], doc, begun)):
                yield from self._told(doc, held, _has_come(of_paper(news.before, self._seeds), news))

    def _standing(self, found: list[StoredQuery], doc: Document, begun: int) -> list[StoredQuery]:
        """Those that hold. What was found while queries came and went is asked again."""
        return found if begun == self._changes else [query for query in found if query.root.holds(doc)]

    def _told(self, doc: Document, found: Iterable[StoredQuery], is_told: _Told) -> Iterator[Match | None]:
        """One match for each recipient of these queries, which hold; as they are now: who changes one meanwhile changes the next
        paper's matches."""
        assert doc.paper is not None
        by_recipient: dict[Recipient, list[tuple[Subscription, tuple[Hit, ...]]]] = {}
        for query in found:
            hits_of: dict[Hashable, tuple[Hit, ...]] = {}  # made once for all who ask it
            for number in query.ids:
                subscription = self._subscriptions[number]
                if is_told(subscription, query) and self._is_meant(subscription, doc):
                    is_read = subscription.kind is SubscriptionKind.KEYWORD
                    wording = is_read, subscription.query, subscription.namesakes
                    if wording not in hits_of:
                        hits_of[wording] = query.hits(doc) if is_read else hits(subscription, doc, doc.paper)
                    by_recipient.setdefault(subscription.owner, []).append((subscription, hits_of[wording]))
        yield None
        for recipient, agreed in sorted(by_recipient.items(), key=_order):
            agreed.sort(key=_age)
            cadence = soonest(subscription.cadence for subscription, _ in agreed)
            reasons = tuple(Reason(s.id, s.kind, s.query, hits) for s, hits in agreed)
            yield Match(recipient, doc.paper.id, cadence, reasons)


def _found(percolator: Percolator, docs: Sequence[Document]) -> Generator[None, None, _Found]:
    found: _Found = [[] for _ in docs]
    for part in percolator.found(docs):
        for mask, query in part:
            while mask:  # the highest bit first
                at = mask.bit_length() - 1
                found[at].append(query)
                mask ^= 1 << at
        yield
    return found


def _at_once(steps: Generator[None, None, _Found]) -> _Found:
    """What is found in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(_Found, end.value)


def _seen_as(news: News) -> tuple[EventKind, ...]:
    """As which kinds of event it is held against the subscriptions."""
    return news.kinds if news.followed_by is None else (*news.kinds, EventKind.ANNOUNCED)


def _order(told: tuple[Recipient, object]) -> tuple[str, int]:
    return told[0].kind, told[0].id


def _age(agreed: tuple[Subscription, object]) -> int:
    return agreed[0].id


def _always(_: Subscription, __: StoredQuery) -> bool:
    return True


def _is_late(kinds: Collection[SubscriptionKind], followed_by: datetime) -> _Told:
    """Whether somebody follows it in one of these ways since then or longer. A query may name people and categories."""

    def is_told(subscription: Subscription, query: StoredQuery) -> bool:
        terms = list(leaves(query.root))
        ways = {subscription.kind}
        ways |= {SubscriptionKind.AUTHOR} if any(isinstance(term, Author) for term in terms) else set()
        ways |= {SubscriptionKind.CATEGORY} if any(isinstance(term, Category) for term in terms) else set()
        return subscription.created <= followed_by and not ways.isdisjoint(kinds)

    return is_told


def _has_come(before: Document, news: News) -> _Told:
    """Whether somebody would not have been told before. What waits for the daily list hears only of what was on it."""

    def hears(subscription: Subscription, paper: Paper | None) -> bool:
        listed = paper is not None and paper.community is not None and paper.community.listed_on is not None
        return listed or subscription.kind is not SubscriptionKind.TRENDING

    def is_told(subscription: Subscription, query: StoredQuery) -> bool:
        return hears(subscription, news.paper) and not (hears(subscription, news.before) and query.root.holds(before))

    return is_told


def matched_as(kind: EventKind, *, list_alone: bool) -> tuple[EventKind, ...]:
    """As which kinds of event subscriptions see this one; empty when nobody waits for it.

    What a daily list alone brought (`list_alone`) is as new to those who follow its words as an announcement.
    """
    if kind is EventKind.LISTED:
        return (kind, EventKind.ANNOUNCED) if list_alone else (kind,)
    return (kind,) if kind in (EventKind.ANNOUNCED, EventKind.CROSS_LISTED) else ()


def trouble(subscription: Subscription) -> str | None:
    """Why a subscription's text cannot be read, in words; None for one that can."""
    try:
        meaning(subscription.kind, subscription.query)
    except QueryError as error:
        return str(error)
    return None


def hits(subscription: Subscription, doc: Document, paper: Paper) -> tuple[Hit, ...]:
    """What in the paper a subscription agrees with, in the paper's own wording; empty where it does not agree. Raises
    `QueryError` if its text cannot be read."""
    wanted = meaning(subscription.kind, subscription.query)
    if subscription.kind is SubscriptionKind.TRENDING:
        day = paper.community.listed_on if paper.community else None
        listed = (Hit("trending", "list", day.isoformat() if day else "listed"),)
        return listed + (wanted.hits(doc) if isinstance(wanted, Query) else ())
    if isinstance(wanted, Query):
        return wanted.hits(doc) if wanted.matches(doc) else ()
    if isinstance(wanted, tuple):
        hit = person_hit(subscription, doc)
        return (hit,) if hit else ()
    found = [category for category in doc.categories if categories.contains(wanted, category)]
    return tuple(Hit(subscription.query, "category", category) for category in found[:1])


def why(subscription: Subscription, doc: Document, paper: Paper) -> Explanation:
    """Why a subscription agrees with a paper, or which part of it does not. `str()` of it is a sentence. Raises `QueryError` if its
    text cannot be read."""
    text = subscription.query
    if subscription.paused:
        said = why(replace(subscription, paused=False), doc, paper)
        return replace(
            said, agrees=False, note="the subscription is paused" + (", else it would match" if said.agrees else "")
        )
    if subscription.kind is SubscriptionKind.TRENDING:
        if paper.community is None or paper.community.listed_on is None:
            return Explanation(False, note="the paper has not been on the daily list")
        if text.strip() and not (explained := parse(text, standing=True).explain(doc)).agrees:
            return explained
        return Explanation(True, hits(subscription, doc, paper))
    if subscription.kind is SubscriptionKind.KEYWORD:
        return parse(text, standing=True).explain(doc)
    found = hits(subscription, doc, paper)
    if found:
        return Explanation(True, found)
    if subscription.kind is SubscriptionKind.AUTHOR:
        if other := mistaken(subscription, doc):
            return Explanation(False, note=str(other))
        return Explanation(False, note=f"none of the {len(doc.authors)} authors is {text}")
    listed = ", ".join(doc.categories) or "none"
    return Explanation(False, note=f"{text} is not among the paper's categories ({listed})")
