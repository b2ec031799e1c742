"""Standing subscriptions against arriving papers: an index over the subscriptions, not a loop over them.

Knows what each kind of subscription means and why it agreed. Must not know where either is kept or who is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from bot.errors import QueryError
from bot.language import name_matching, names
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
from bot.query.facts import Author, Category
from bot.query.language import Explanation, Query, parse
from bot.query.likeness import Seeds
from bot.query.meaning import meaning
from bot.query.namesakes import mistaken, person_hit
from bot.query.nodes import leaves
from bot.query.percolator import Percolator
from bot.query.reasons import soonest

__all__ = ["Matcher", "hits", "matched_as", "trouble", "why"]


class Matcher:
    """All standing subscriptions. `add` and `remove` cost the subscription's own terms, never a rebuild."""

    def __init__(self, subscriptions: Iterable[Subscription] = (), seeds: Seeds | None = None) -> None:
        """`seeds` are the papers that others may be asked to be like."""
        self._seeds = seeds
        self._subscriptions: dict[int, Subscription] = {}
        self._keywords = Percolator()
        self._listed = Percolator()  # trending subscriptions that ask for words
        self._any_listed: set[int] = set()
        self._changing = Percolator()  # those whose facts change after the announcement
        self._authors: dict[str, dict[names.Name, set[int]]] = {}  # blocking key → name → ids
        self._categories: dict[str, set[int]] = {}
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
        if subscription.paused:
            self.remove(subscription.id)
            self._subscriptions[subscription.id] = subscription
            return
        wanted = meaning(subscription.kind, subscription.query)
        self.remove(subscription.id)
        self._subscriptions[subscription.id] = subscription
        number, trending = subscription.id, subscription.kind is SubscriptionKind.TRENDING
        if isinstance(wanted, Query):
            (self._listed if trending else self._keywords).add(number, wanted)
            if wanted.changes:
                self._changing.add(number, wanted)
        elif isinstance(wanted, tuple):
            for name in wanted:
                for block in name_matching.key(name):
                    self._authors.setdefault(block, {}).setdefault(name, set()).add(number)
        elif trending:
            self._any_listed.add(number)
        else:
            self._categories.setdefault(wanted, set()).add(number)

    def remove(self, subscription_id: int) -> None:
        """Forgets a subscription; an unknown id is no error."""
        known = self._subscriptions.pop(subscription_id, None)
        if known is None or known.paused:
            return
        self._keywords.remove(subscription_id)
        self._listed.remove(subscription_id)
        self._changing.remove(subscription_id)
        self._any_listed.discard(subscription_id)
        if known.kind is SubscriptionKind.AUTHOR:
            for name in map(names.parse, names.spellings(known.query)):
                self._forget_name(name, subscription_id)
        elif known.kind is SubscriptionKind.CATEGORY:
            code = categories.normal(known.query)
            self._categories[code].discard(subscription_id)
            if not self._categories[code]:
                del self._categories[code]

    def _forget_name(self, name: names.Name, subscription_id: int) -> None:
        for block in name_matching.key(name):
            if block in self._authors and name in self._authors[block]:
                self._authors[block][name].discard(subscription_id)
                if not self._authors[block][name]:
                    del self._authors[block][name]
                if not self._authors[block]:
                    del self._authors[block]

    def ids(self, paper: Document | Paper, kind: EventKind = EventKind.ANNOUNCED) -> list[int]:
        """The subscriptions that agree with a paper, in no order, each once: the cheap way, without reasons.

        A listing (`EventKind.LISTED`) is what trending subscriptions wait for; every other event is for the rest.
        """
        doc = paper if isinstance(paper, Document) else of_paper(paper, self._seeds)
        if kind is EventKind.LISTED:
            return [*self._listed.ids(doc), *self._any_listed]
        found = self._keywords.ids(doc)
        if self._categories:
            codes = {code for category in doc.categories for code in categories.within(category)}
            for code in codes & self._categories.keys():  # a subscription stands under one code only
                found.extend(self._categories[code])
        if self._authors:
            found.extend(number for number in self._by_author(doc) if self._is_meant(number, doc))
        return found

    def _by_author(self, doc: Document) -> set[int]:
        found: set[int] = set()
        for name in doc.names:
            for block in name_matching.key(name):
                for wanted, ids in self._authors.get(block, {}).items():
                    if not ids <= found and name_matching.compatible(wanted, name) is not None:
                        found |= ids
        return found

    def _is_meant(self, number: int, doc: Document) -> bool:
        """Whether it is not a namesake who bears the name."""
        subscription = self._subscriptions[number]
        return not subscription.namesakes or person_hit(subscription, doc) is not None

    def recipients(self, paper: Document | Paper, kind: EventKind = EventKind.ANNOUNCED) -> dict[Recipient, list[int]]:
        """Who is concerned by a paper, each with the ids of the subscriptions that agree."""
        return self._by_recipient(self.ids(paper, kind))

    def _by_recipient(self, numbers: Iterable[int]) -> dict[Recipient, list[int]]:
        found: dict[Recipient, list[int]] = {}
        for number in numbers:
            found.setdefault(self._subscriptions[number].owner, []).append(number)
        return found

    def match(self, paper: Paper, kind: EventKind = EventKind.ANNOUNCED) -> list[Match]:
        """One match for each recipient concerned, with every subscription that agrees and its hits, the older
        subscription first; recipients in order."""
        return list(self.each_match(paper, kind))

    def each_match(self, paper: Paper, kind: EventKind = EventKind.ANNOUNCED) -> Iterator[Match]:
        """The same, made one by one: thousands of people may follow the same word, and others want their turn."""
        return self._each(paper, kind, lambda _: True)

    def each_late_match(
        self, paper: Paper, kinds: Collection[SubscriptionKind], followed_by: datetime
    ) -> Iterator[Match]:
        """The matches of those alone who follow it in one of these ways since then or longer."""
        return self._each(
            paper,
            EventKind.ANNOUNCED,
            lambda s: s.created <= followed_by and not self._ways_of(s).isdisjoint(kinds),
        )

    def _ways_of(self, subscription: Subscription) -> frozenset[SubscriptionKind]:
        """In which ways it follows: a query may name people and categories."""
        query = self._query(subscription.id)
        terms = list(leaves(query.root)) if query else []
        named = {SubscriptionKind.AUTHOR} if any(isinstance(term, Author) for term in terms) else set()
        named |= {SubscriptionKind.CATEGORY} if any(isinstance(term, Category) for term in terms) else set()
        return frozenset((subscription.kind, *named))

    def each_new_match(self, before: Paper, after: Paper) -> Iterator[Match]:
        """The matches of those whose query came to hold by what has changed: enough votes, code, another version."""
        if not len(self._changing):
            return iter(())
        doc = of_paper(after, self._seeds)
        numbers = self._listened(self._changing.ids(doc), after)
        if numbers:
            numbers -= self._listened(self._changing.ids(of_paper(before, self._seeds)), before)
        return self._told(after, doc, numbers)

    def _listened(self, numbers: Iterable[int], paper: Paper) -> set[int]:
        """Those that are not about the daily list, or all where the paper was on it."""
        listed = paper.community is not None and paper.community.listed_on is not None
        trending = SubscriptionKind.TRENDING
        return {number for number in numbers if listed or self._subscriptions[number].kind is not trending}

    def _each(self, paper: Paper, kind: EventKind, wanted_of: Callable[[Subscription], bool]) -> Iterator[Match]:
        doc = of_paper(paper, self._seeds)
        return self._told(paper, doc, (n for n in self.ids(doc, kind) if wanted_of(self._subscriptions[n])))

    def _told(self, paper: Paper, doc: Document, numbers: Iterable[int]) -> Iterator[Match]:
        """One match for each recipient of these subscriptions, which agree."""
        agreed = {
            recipient: [(self._subscriptions[number], self._query(number)) for number in sorted(own)]
            for recipient, own in sorted(self._by_recipient(numbers).items())
        }  # as they are now: who changes one meanwhile changes the next paper's matches
        for recipient, subscriptions in agreed.items():
            cadence = soonest(s.cadence for s, _ in subscriptions)
            reasons = tuple(
                Reason(s.id, s.kind, s.query, wanted.hits(doc) if wanted else hits(s, doc, paper))
                for s, wanted in subscriptions
            )
            yield Match(recipient, paper.id, cadence, reasons)

    def _query(self, number: int) -> Query | None:
        """A keyword subscription's query, read when it was added and known to agree; None for the other kinds."""
        is_keyword = self._subscriptions[number].kind is SubscriptionKind.KEYWORD
        return self._keywords.query(number) if is_keyword else None


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
