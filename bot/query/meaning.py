"""What the text of a subscription means, and which texts mean the same.

Knows the kinds of subscriptions. Must not know whose they are or where they are kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterable
from functools import lru_cache

from bot.errors import QueryError
from bot.language import names
from bot.models import Subscription, SubscriptionKind
from bot.papers import categories
from bot.query.facts import Author, Category, people
from bot.query.language import Query, parse
from bot.query.reading import QUOTES

__all__ = ["as_query", "is_same", "meaning", "queries_of", "sameness", "standing_query"]


def meaning(kind: SubscriptionKind, text: str) -> Query | tuple[names.Name, ...] | str:
    """The text as read: a query, a name in its spellings, a category code; "" for a trending one without words. Raises `QueryError`."""
    match kind:
        case SubscriptionKind.KEYWORD:
            return parse(text, standing=True)
        case SubscriptionKind.TRENDING:
            return parse(text, standing=True) if text.strip() else ""
        case SubscriptionKind.AUTHOR:
            spelled = tuple(map(names.parse, names.spellings(text)))
            if not all(name.family for name in spelled):
                raise QueryError("There is no name here. Write it as on the paper, such as Ada Lovelace.", 0)
            return spelled
        case SubscriptionKind.CATEGORY:
            code = categories.normal(text)
            if not code:
                raise QueryError("There is no category here. Write its code, such as cs.LG.", 0)
            return code


def queries_of(subscriptions: Iterable[Subscription]) -> list[Query]:
    """The queries of those that have one and can be read."""
    found: list[Query] = []
    for one in subscriptions:
        with contextlib.suppress(QueryError):
            wanted = meaning(one.kind, one.query)
            found += [wanted] if isinstance(wanted, Query) else []
    return found


@lru_cache(maxsize=4_096)
def standing_query(kind: SubscriptionKind, text: str) -> Query | None:
    """The same as a query for the index of standing ones; None for what holds for everything. Raises `QueryError`."""
    found = meaning(kind, text)
    if isinstance(found, Query):
        return found
    if isinstance(found, tuple):
        return Query(Author(names.spellings(text)))
    return Query(Category(found)) if found else None


def as_query(kind: SubscriptionKind, text: str) -> str:
    """The query that holds for the same papers; of a trending one its words, since no query knows the daily list."""
    match kind:
        case SubscriptionKind.AUTHOR:
            return f'au:"{QUOTES.sub(" ", text)}"'
        case SubscriptionKind.CATEGORY:
            return f"cat:{text}"
        case _:
            return text


@lru_cache(maxsize=4_096)
def sameness(kind: SubscriptionKind, text: str) -> Hashable:
    """Equal for texts that mean the same, whatever their wording; a text that cannot be read is the same as itself alone.

    A change of what is equal here wants `VERSION` in bot/following/same.py raised, so that what is kept is compared anew.
    """
    try:
        found = meaning(kind, text)
    except QueryError:
        return kind, text
    if isinstance(found, Query):
        return kind, found.meaning
    return kind, people(found) if isinstance(found, tuple) else found


def is_same(standing: Subscription, kind: SubscriptionKind, text: str) -> bool:
    """Whether the text means what the subscription does; a person is meant by any of their spellings."""
    if standing.kind is not kind or kind is not SubscriptionKind.AUTHOR:
        return sameness(standing.kind, standing.query) == sameness(kind, text)
    try:
        ours, theirs = meaning(kind, standing.query), meaning(kind, text)
    except QueryError:
        return standing.query == text
    return isinstance(ours, tuple) and isinstance(theirs, tuple) and not people(ours).isdisjoint(people(theirs))
