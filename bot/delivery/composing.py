"""Outbox → messages: the alerts whose time has come become content, a card, and a row with payload and nonce.

Knows who is due and what goes together; knows neither Discord nor SQL. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from bot.delivery import digest
from bot.delivery.guarding import Guard
from bot.models import (
    ENGLISH,
    NOBODY_ASKS,
    NOT_FOR_YOU,
    Alert,
    Cadence,
    Content,
    Digest,
    Hold,
    Item,
    MessageKind,
    OwnerKind,
    Recipient,
    User,
)
from bot.query.reasons import Wishes
from bot.show import rendering
from bot.store import alerts, contents, holding, library, papers, scores, subscriptions, users
from bot.store.database import Connection, Database
from bot.when import rhythm, schedule
from bot.when.clock import Clock
from bot.when.quiet import digest_minute
from bot.when.rhythm import Rhythm

#: Messages that one person gets at once within an hour; what comes then waits for the rest of it and is one message.
MAX_AN_HOUR: Final = 6
_HOUR: Final = timedelta(hours=1)
#: A clock that was ahead by more than this has noted nothing that counts.
_STEP: Final = timedelta(minutes=5)
#: Digests that are composed before those who want their papers at once have another turn.
_PORTION: Final = 50


class Composer:
    """Makes messages of people's due alerts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._guard = Guard(database, clock)

    async def compose_portion(self, *, digests: bool = True) -> tuple[int, bool]:
        """Makes messages of alerts whose time has come, one transaction a person: of those at once, and of at most 50 digests.

        Returns how many messages, and whether more digests are due. A person's fault is noted for them, and the others go on.
        """
        now = self._clock()
        async with self._database.reading() as read:
            at_once = await alerts.users_with_instant_alerts(read, now)
            due = await users.due(read, now, _PORTION) if digests else []
        composed = 0
        for people, compose in ((at_once, _compose_instant), (due, _compose_digest)):
            for user_id in people:
                work = partial(compose, user_id=user_id, now=now)
                composed += await self._guard.serve(Recipient(OwnerKind.USER, user_id), work)
        return composed, len(due) == _PORTION


async def _compose_instant(write: Connection, user_id: int, now: datetime) -> int:
    """What is wanted at once, while the person has room in this hour. What had to wait for room comes as one message."""
    user = await users.load(write, user_id)
    assert user is not None
    recent = await holding.instants_between(write, user_id, now - _HOUR, now + _STEP)
    if recent >= MAX_AN_HOUR:
        return 0
    recipient = Recipient(OwnerKind.USER, user_id)
    waiting = await alerts.waiting(write, recipient, (Cadence.INSTANT,))
    if not waiting:
        return 0
    day = schedule.local_date(now, schedule.known_zone(user.timezone))
    chosen = await _choose(write, recipient, day, waiting)
    content = content_of(MessageKind.INSTANT, chosen, user)
    since = min(alert.created for alert in waiting)
    crowded = await holding.instants_between(write, user_id, since - _HOUR, now) >= MAX_AN_HOUR
    parts = rendering.in_parts(content)
    if crowded or len(parts) > MAX_AN_HOUR - recent:
        parts = rendering.in_parts(replace(content, gathered=True))
    return await _enqueue(write, recipient, parts, now)


async def _compose_digest(write: Connection, user_id: int, now: datetime) -> int:
    user = await users.load(write, user_id)
    assert user is not None
    beat = rhythm_of(user)
    day = rhythm.due_day(beat, now)
    if day is None:  # a clock that was ahead put it far away
        await reschedule(write, user, now)
        return 0
    recipient = Recipient(OwnerKind.USER, user_id)
    cadences = digest.due_cadences(weekly=rhythm.is_weekly(beat, day))
    waiting = await alerts.waiting(write, recipient, cadences)
    made = 0
    if waiting:
        chosen = await _choose(write, recipient, day, waiting)
        made = await enqueue(write, recipient, content_of(MessageKind.DIGEST, chosen, user), now)
    await _keep(write, user_id, rhythm.move_on(beat, now, day))
    return made


async def reschedule(write: Connection, user: User, now: datetime) -> None:
    """Finds the next digest by the person's present wishes."""
    last = await alerts.last_digest_date(write, Recipient(OwnerKind.USER, user.id))
    await _keep(write, user.id, rhythm.set_anew(rhythm_of(user), now, last))


def rhythm_of(user: User) -> Rhythm:
    """A zone that is not known here counts as UTC: better at an odd hour than never."""
    zone, minute = schedule.known_zone(user.timezone), digest_minute(user.quiet, user.digest_minute)
    return Rhythm(
        zone, minute, user.weekly_day, user.next_digest, user.next_digest_on, user.weekly_on, weekdays=user.weekdays
    )


async def _keep(write: Connection, user_id: int, beat: Rhythm) -> None:
    assert beat.at is not None
    assert beat.on is not None
    assert beat.weekly_on is not None
    await users.set_next_digest(write, user_id, beat.at, beat.on, beat.weekly_on)


async def _choose(write: Connection, recipient: Recipient, day: date, waiting: Sequence[Alert]) -> Digest:
    """The best of what waits; the rest is held: what did not fit, what is not for this person, and what nobody wants any more. Only papers
    that are shown are read: a thousand may wait for each of thousands of people."""
    unfit = await library.hidden(write, recipient.id, [alert.paper_id for alert in waiting])
    await alerts.hold(write, [alert.id for alert in waiting if alert.paper_id in unfit], NOT_FOR_YOU)
    waiting = [alert for alert in waiting if alert.paper_id not in unfit]
    standings = await scores.load_standings(write, [alert.paper_id for alert in waiting])
    ranking = digest.rank(waiting, standings, Wishes.of(await subscriptions.load_for(write, recipient)))
    items: list[Item] = []
    missing = [alert.id for alert in waiting if alert.paper_id not in standings]
    rest = ranking.order
    while rest and len(items) < digest.MAX_PAPERS:
        room = digest.MAX_PAPERS - len(items)
        best, rest = rest[:room], rest[room:]
        found = await papers.load_papers(write, [alert.paper_id for alert, _ in best])
        missing += [alert.id for alert, _ in best if alert.paper_id not in found]
        items += [
            Item(found[alert.paper_id], reasons, alert.id, alert.late)
            for alert, reasons in best
            if alert.paper_id in found
        ]
    gone = set(missing)
    unwanted = [number for number in ranking.dropped if number not in gone]
    surplus = tuple(alert.id for alert, _ in rest)
    await alerts.hold(write, missing, "the paper cannot be read")
    await alerts.hold(write, unwanted, NOBODY_ASKS, Hold.UNWANTED)
    await alerts.hold(write, surplus, f"more than {digest.MAX_PAPERS} papers in one message", Hold.SURPLUS)
    return Digest(day, tuple(items), surplus)


def content_of(kind: MessageKind, chosen: Digest, user: User) -> Content:
    """What was chosen for a person, as what their message is about. What came at once shows each paper whole."""
    content = Content(
        kind, chosen.day, chosen.items, locale=user.locale or ENGLISH, more=len(chosen.held), plain=user.plain
    )
    if kind is MessageKind.INSTANT:
        return content
    return replace(content, items=digest.arranged(chosen.items, user.shown), first=user.shown)


async def enqueue(write: Connection, recipient: Recipient, content: Content, now: datetime) -> int:
    """Commits a content as messages, each with its part of the papers, their alerts, and its card. Returns how many.

    Every message about papers comes from here. Without papers there is none, but for a welcome.
    """
    return await _enqueue(write, recipient, rendering.in_parts(content), now)


async def _enqueue(write: Connection, recipient: Recipient, parts: Sequence[Content], now: datetime) -> int:
    said = [part for part in parts if part.items or part.kind is MessageKind.WELCOME]
    for part in said:
        payload = rendering.render(part).to_json()
        answered = [item.alert_id for item in part.items if item.alert_id is not None]
        number = await alerts.add_message(write, recipient, part.kind, part.day, payload, answered, now)
        await contents.keep(write, number, part)
    return len(said)
