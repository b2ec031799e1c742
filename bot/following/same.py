"""Subscriptions of one owner that mean the same are one: brings what was kept before into line with what is the same now.

Knows which one stays and what it takes over; knows neither Discord nor SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Final

from bot.models import Recipient, Subscription
from bot.query.meaning import sameness
from bot.query.reasons import Wishes, soonest
from bot.store import alerts, holding, meta, namesakes
from bot.store import subscriptions as store
from bot.store.database import Connection, Database
from bot.when.clock import Clock
from bot.when.turns import Turns

log = logging.getLogger(__name__)

#: Changes whenever `sameness` does: then the next start compares all subscriptions once more.
VERSION: Final = 3
_DONE: Final = f"same_subscriptions_{VERSION}"


async def merge_same(database: Database, clock: Clock) -> int:
    """Merges, once for each `VERSION` and all or nothing, what means the same. Returns how many subscriptions went."""
    async with database.transaction() as write:
        if await meta.get_value(write, _DONE) is not None:
            return 0
        gone, turns = 0, Turns()
        owners: dict[Recipient, dict[Hashable, list[Subscription]]] = {}
        for subscription in await store.load_all(write):
            await turns.rest()
            same = owners.setdefault(subscription.owner, {})
            same.setdefault(sameness(subscription.kind, subscription.query), []).append(subscription)
        for owner, groups in owners.items():
            twins = [group for group in groups.values() if len(group) > 1]
            if twins:
                gone += await _merge(write, owner, twins, clock())
        await meta.set_value(write, _DONE, clock().isoformat())
    if gone:
        log.info("%d subscriptions that meant the same as another one of their owner were merged into it", gone)
    return gone


async def _merge(write: Connection, owner: Recipient, groups: Sequence[Sequence[Subscription]], now: datetime) -> int:
    """The oldest of each group stays, comes as soon as the soonest wanted, and rests only if all did."""
    stays: dict[int, Subscription] = {}
    for group in groups:
        oldest, *others = sorted(group, key=lambda s: (s.created, s.id))
        await store.set_cadence(write, oldest.id, soonest(s.cadence for s in group))
        if oldest.paused and not all(s.paused for s in others):
            await store.set_paused(write, oldest.id, False, now)
        await store.set_merged(write, [s.id for s in others], oldest.id, now)
        stays |= {s.id: oldest for s in others}
    await alerts.hand_over(write, owner, stays)
    await namesakes.hand_over(write, stays)
    await holding.settle(write, owner, Wishes.of(await store.load_for(write, owner)))
    return len(stays)
