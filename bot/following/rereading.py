"""Texts that were kept before there were operators, fields and counts, read anew: what becomes of each.

Knows what a text meant and what it means now; knows neither Discord nor SQL.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from bot.errors import QueryError
from bot.models import Recipient, SubscriptionKind
from bot.query.language import Query, parse, parse_as_words
from bot.query.reasons import Wishes
from bot.store import holding, meta, summaries
from bot.store import subscriptions as store
from bot.store.database import Connection, Database
from bot.when.clock import Clock
from bot.when.turns import Turns

log = logging.getLogger(__name__)

#: Changes whenever a text may mean something else than it did: then the next start reads all texts once more.
_DONE: Final = "language_1"
_KINDS: Final = (SubscriptionKind.KEYWORD, SubscriptionKind.TRENDING)


@dataclass(frozen=True, slots=True)
class Reread:
    """A text that does not mean any more what it did. `now` is what was probably wanted, as it is written today; the old text where
    nothing better is known. `before` is what it did mean, as it is written today."""

    now: str
    before: str


def reread(text: str) -> Reread | None:
    """What becomes of a text; None when it means what it did, or could not be read then either."""
    try:
        was = parse_as_words(text)
    except QueryError:
        return None
    suggestion = ""
    try:
        means = parse(text, standing=True)
    except QueryError as error:
        means, suggestion = None, error.suggestion
    if means == was:
        return None
    before = str(was) if _read(str(was)) == was else ""
    corrected = means or _read(suggestion)
    return Reread(str(corrected) if corrected else before or text, before)


def _read(text: str) -> Query | None:
    try:
        return parse(text, standing=True)
    except QueryError:
        return None


async def reread_all(database: Database, clock: Clock) -> int:
    """Reads every kept text anew, once and all or nothing. A subscription that changed is paused, with the text that was probably
    wanted; the words of a channel's list are written so that they mean what they did. Returns how many changed."""
    async with database.transaction() as write:
        if await meta.get_value(write, _DONE) is not None:
            return 0
        changed = await _subscriptions(write, clock) + await _summaries(write)
        await meta.set_value(write, _DONE, clock().isoformat())
    if changed:
        log.info("%d texts of before mean something else today; their owners are told", changed)
    return changed


async def _subscriptions(write: Connection, clock: Clock) -> int:
    turns, owners, count = Turns(), dict[Recipient, None](), 0
    for subscription in await store.load_every(write):
        await turns.rest()
        found = reread(subscription.query) if subscription.kind in _KINDS and subscription.query.strip() else None
        if found is None:
            continue
        await store.set_reread(write, subscription.id, subscription.query, found.now)
        await store.set_paused(write, subscription.id, True, clock())
        owners[subscription.owner] = None
        count += 1
    for owner in owners:
        await holding.settle(write, owner, Wishes.of(await store.load_for(write, owner)))
    return count


async def _summaries(write: Connection) -> int:
    count = 0
    for channel_id, words in await summaries.load_words(write):
        found = reread(words) if words.strip() else None
        if found is not None and found.before:
            await summaries.set_words(write, channel_id, found.before)
            count += 1
    return count
