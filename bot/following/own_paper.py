"""What a person does with a message of theirs: its next page, and what stands behind it.

Knows which message was meant, by the nonce in its controls; knows neither Discord nor SQL.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.errors import OldControlError
from bot.models import Item, Recipient, Subscription
from bot.show import digests, rendering
from bot.show.cards import Card
from bot.store import contents, refreshes
from bot.store import subscriptions as store
from bot.store.database import Database
from bot.when.clock import Clock

__all__ = ["Behind", "OwnPaper"]


@dataclass(frozen=True, slots=True)
class Behind:
    """Of one message: the subscriptions that brought its papers and still stand, and its papers."""

    subscriptions: tuple[Subscription, ...] = ()
    items: tuple[Item, ...] = ()


class OwnPaper:
    """Messages that were sent to people."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def turn(self, owner: Recipient, nonce: str, page: int) -> Card:
        """Another page of a message, which is shown from now on and through every edit. Raises OldControlError for a message that is
        not theirs, or not known any more.

        It is kept before Discord is asked: an edit that follows makes the same card.
        """
        async with self._database.transaction() as write:
            found = await contents.find(write, owner, nonce)
            if found is None or not found.content.first:
                raise OldControlError
            content = replace(found.content, page=min(page, digests.pages(found.content) - 1))
            card = rendering.card_of(content, found.detail)
            await contents.turn(write, found.id, content)
            await refreshes.note_shown(write, found.id, card.to_json(), found.changes, self._clock())
        return card

    async def behind(self, owner: Recipient, nonce: str) -> Behind:
        """What stands behind a message; nothing for one that is not known any more."""
        async with self._database.reading() as read:
            found = await contents.find(read, owner, nonce)
            if found is None:
                return Behind()
            content = found.content
            ids = [reason.subscription_id for item in content.items for reason in item.reasons]
            ids += [content.welcome.subscription_id] if content.welcome else []
            kept = {await store.kept_id(read, number) for number in dict.fromkeys(ids)}
            own = await store.load_for(read, owner)
        return Behind(tuple(s for s in own if s.id in kept), content.items)
