"""Whose a subscription is. Knows the store alone."""

from __future__ import annotations

from bot.errors import NotFoundError
from bot.models import Recipient, Subscription
from bot.store import subscriptions as store
from bot.store.database import Connection

__all__ = ["GONE", "owned"]

GONE = "That subscription is not yours, or is gone. `/subscriptions` shows the ones you have."


async def owned(write: Connection, owner: Recipient, subscription_id: int) -> Subscription:
    """The owner's standing subscription of this number, or that into which it was merged. Raises NotFoundError."""
    kept = await store.kept_id(write, subscription_id)
    found = next((s for s in await store.load_active(write, [kept]) if s.owner == owner), None)
    if found is None:
        raise NotFoundError(GONE)
    return found
