"""Outbox → messages: the alerts whose time has come become content, a card, and a row with payload and nonce.

Knows who is due and what goes together; knows neither Discord nor SQL. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot import digest, outgoing, schedule
from bot.cards import Card
from bot.clock import Clock
from bot.digest import Digest
from bot.models import Cadence, OwnerKind, Recipient
from bot.store import alerts, papers, subscriptions, users
from bot.store.alerts import MessageKind
from bot.store.database import Connection, Database
from bot.store.users import User


class Composer:
    """Makes messages of people's due alerts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def compose_due(self, *, digests: bool = True) -> int:
        """Makes messages of the alerts whose time has come, one transaction a person. Returns how many messages."""
        now = self._clock()
        async with self._database.reading() as read:
            at_once = await alerts.users_with_instant_alerts(read, now)
            due = await users.due(read, now) if digests else []
        composed = 0
        for user_id in at_once:
            async with self._database.transaction() as write:
                composed += await self._compose_instant(write, user_id, now)
        for user in due:
            async with self._database.transaction() as write:
                composed += await self._compose_digest(write, user, now)
        return composed

    async def _compose_instant(self, write: Connection, user_id: int, now: datetime) -> int:
        user = await users.load(write, user_id)
        assert user is not None
        day = schedule.local_date(now, user.timezone or "UTC")
        return await _compose(write, user, day, (Cadence.INSTANT,), MessageKind.INSTANT, now)

    async def _compose_digest(self, write: Connection, user: User, now: datetime) -> int:
        zone = user.timezone or "UTC"
        day = user.next_digest_on or schedule.local_date(now, zone)
        # After downtime one digest stands for all that were missed, the weekly one too. It is that of the last hour that
        # has passed: a bot that comes back in the night must not use up the morning's.
        last = max(day, schedule.last_due(now, zone, user.digest_minute)[1])
        missed = [day + timedelta(days=n) for n in range((last - day).days + 1)]
        weekly = any(d.weekday() == user.weekly_day for d in missed)
        cadences = tuple(Cadence) if weekly else digest.due_cadences(day, user.weekly_day)
        composed = await _compose(write, user, last, cadences, MessageKind.DIGEST, now)
        at, on = schedule.next_due(now, zone, user.digest_minute, after=last)
        await users.set_next_digest(write, user.id, at, on)
        return composed


async def _compose(
    write: Connection, user: User, day: date, cadences: Sequence[Cadence], kind: MessageKind, now: datetime
) -> int:
    """Groups a person's waiting alerts into as few messages as Discord allows, in the caller's transaction."""
    recipient = Recipient(OwnerKind.USER, user.id)
    waiting = await alerts.waiting(write, recipient, cadences)
    if not waiting:
        return 0
    found = await papers.load_papers(write, [alert.paper_id for alert in waiting])
    standing = {s.id for s in await subscriptions.load_for(write, recipient) if not s.paused}
    composed = digest.compose(day, waiting, found, standing)
    await alerts.hold(write, composed.dropped, digest.NOBODY_ASKS)
    await alerts.hold(write, composed.held, f"more than {digest.MAX_PAPERS} papers in one message")
    if not composed.items:
        return 0
    build = outgoing.digest_cards if kind is MessageKind.DIGEST else outgoing.instant_cards
    return await enqueue_cards(write, recipient, kind, composed, build(composed), now)


async def enqueue_cards(
    write: Connection, recipient: Recipient, kind: MessageKind, content: Digest, parts: Sequence[Card], now: datetime
) -> int:
    """Commits the parts of one digest as messages, each with the alerts whose papers it shows. Returns how many."""
    ids = [item.alert_id for item in content.items]
    for part in parts:
        shown, ids = ids[: len(part.embeds)], ids[len(part.embeds) :]
        await alerts.add_message(write, recipient, kind, content.day, part.to_json(), shown, now)
    return len(parts)
