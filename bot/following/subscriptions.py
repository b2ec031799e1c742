"""Following topics and people: the service behind `/subscribe` and `/subscriptions`.

Knows limits, previews and the first DM; knows neither Discord nor SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.delivery import digest
from bot.delivery.composing import content_of, enqueue, reschedule
from bot.errors import BadInputError, BusyError, CannotWriteError, NotFoundError
from bot.following.canonical import canonical
from bot.following.forecast import look_back, trial_of
from bot.following.owning import GONE, owned
from bot.following.rereading import reread_all
from bot.following.same import merge_same
from bot.following.todays import find_today
from bot.following.waiting import ask_again
from bot.models import (
    ENGLISH,
    NOT_ASKED,
    QUIET_HOURS,
    Alert,
    Cadence,
    Changed,
    DmState,
    Match,
    MessageKind,
    OwnerKind,
    Preview,
    Recipient,
    Subscribed,
    Subscription,
    SubscriptionKind,
    Today,
    User,
    Welcome,
)
from bot.query.matching import Matcher, trouble
from bot.query.meaning import is_same, queries_of
from bot.query.reasons import Wishes
from bot.search.search import Search
from bot.show.wording import subscription_name
from bot.store import alerts, holding, messages, scores, users
from bot.store import subscriptions as store
from bot.store.ahead import LONGEST_PAUSE
from bot.store.database import Connection, Database
from bot.when import schedule
from bot.when.clock import Clock

log = logging.getLogger(__name__)

MAX_SUBSCRIPTIONS: Final = 300
WELCOME_PAPERS: Final = 3


class Subscriptions:
    """Everything a person does with their subscriptions."""

    def __init__(self, database: Database, search: Search, matcher: Matcher, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._matcher = matcher
        self._clock = clock

    async def load(self) -> int:
        """Fills the matcher with every standing subscription that can be read, after texts of before were read anew and those
        that mean the same were merged. Returns how many."""
        await reread_all(self._database, self._clock)
        await merge_same(self._database, self._clock)
        async with self._database.reading() as read:
            standing = await store.load_all(read)
        return sum([await self._listen(subscription) for subscription in standing])

    async def _prepare(self, subscription: Subscription) -> None:
        """Makes the papers known that it asks to be like, so that nothing is waited for between the store and the matcher."""
        queries = queries_of([subscription])
        await self._search.look_up_seeds(queries)
        await self._search.similar.learn(queries)

    async def _listen(self, subscription: Subscription) -> bool:
        """Lets the matcher know a subscription. One that cannot be read is logged and matches nothing; its owner sees why."""
        await self._search.similar.learn(queries_of([subscription]))
        if (why := trouble(subscription)) is None:
            self._matcher.add(subscription)
            return True
        self._matcher.remove(subscription.id)
        log.error("subscription %d cannot be read, so it matches nothing: %s", subscription.id, why)
        return False

    async def user(self, user_id: int) -> User:
        """What is known of a person; a stranger is a User with nothing set."""
        async with self._database.reading() as read:
            return (await users.load(read, user_id) or User(user_id)).at(self._clock())

    async def set_time(
        self,
        user_id: int,
        zone: str | None,
        digest_minute: int,
        weekly_day: int | None = None,
        *,
        cadence: Cadence | None = None,
    ) -> User:
        """When a person's papers come: IANA zone (None: not known, UTC for now), local minutes since midnight, weekday of
        weekly ones (Monday is 0).

        Moving to another zone or hour never brings two digests on one local date.
        """
        async with self._database.transaction() as write:
            now = self._clock()
            before = await users.ensure(write, user_id, now)
            day = before.weekly_day if weekly_day is None else weekly_day
            await users.set_time(write, user_id, zone, digest_minute, day)
            if cadence is not None:
                for subscription in await store.load_for(write, Recipient(OwnerKind.USER, user_id)):
                    await store.set_cadence(write, subscription.id, cadence)
                await _settle(write, Recipient(OwnerKind.USER, user_id))
            moved = replace(before, timezone=zone, digest_minute=digest_minute, weekly_day=day)
            if day != before.weekly_day:
                moved = replace(moved, weekly_on=None)
            await messages.release(write, Recipient(OwnerKind.USER, user_id), QUIET_HOURS, now)
            await reschedule(write, moved, now)
            after = await users.load(write, user_id)
        assert after is not None
        return after

    async def subscribe(
        self, user_id: int, kind: SubscriptionKind, text: str, cadence: Cadence, locale: str = ENGLISH
    ) -> Subscribed:
        """Follows a topic for a person, whose hour is UTC until they say where they live. The first time,
        a welcome DM goes through the outbox.

        Raises QueryError, or BadInputError over the limit of subscriptions.
        """
        owner = Recipient(OwnerKind.USER, user_id)
        wanted = canonical(kind, text)
        follows = _same(await self.list_for(owner), kind, wanted)
        trial = trial_of(owner, kind, wanted, self._clock(), follows)
        await self._prepare(trial)
        preview = await look_back(self._search, trial)
        async with self._database.transaction() as write:
            now = self._clock()
            user = await users.ensure(write, user_id, now, locale)
            standing = await store.load_for(write, owner)
            existing = _same(standing, kind, wanted)
            if existing is None:
                check_room(len(standing) + 1)
            elif existing.query != (both := _with_spellings(existing, wanted)):
                await store.set_query(write, existing.id, both)
                existing = replace(existing, query=both)
            subscription = existing or await store.add(write, owner, kind, wanted, cadence, now)
            if existing and existing.cadence is not cadence:
                await store.set_cadence(write, existing.id, cadence)
                subscription = replace(existing, cadence=cadence)
            if existing and existing.paused:
                await store.set_paused(write, existing.id, False, now)
                subscription = replace(subscription, paused=False)
            await _settle(write, owner)
            await _tell_reasons(write, subscription, preview, now)
            welcome = user.opted_in is None
            if welcome:
                await users.opt_in(write, user_id, now)
            if user.next_digest is None:
                await reschedule(write, user, now)
            user = await users.load(write, user_id) or user
            if welcome:
                await _welcome(write, user, subscription, preview, now)
        await self._listen(subscription)
        return Subscribed(subscription, user, is_new=existing is None, welcomed=welcome)

    async def today(self, user_id: int, page: int = 0) -> Today:
        """A page of what a person's subscriptions match now, and of what did not fit into their messages; changes nothing."""
        own = await self.list_for(Recipient(OwnerKind.USER, user_id))
        return await find_today(self._database, self._search, await self.user(user_id), own, self._clock(), page)

    async def list_for(self, owner: Recipient) -> list[Subscription]:
        async with self._database.reading() as read:
            return await store.load_for(read, owner)

    async def one(self, owner: Recipient, subscription_id: int) -> Subscription | None:
        """The owner's subscription of this number, or that into which it was merged; None when it is gone."""
        async with self._database.reading() as read:
            kept = await store.kept_id(read, subscription_id)
            return next((s for s in await store.load_for(read, owner) if s.id == kept), None)

    async def owned(self, owner: Recipient, subscription_id: int) -> Subscription:
        """The same. Raises NotFoundError when it is gone."""
        async with self._database.reading() as read:
            return await owned(read, owner, subscription_id)

    async def take_merged(self, owner: Recipient) -> list[Subscription]:
        """What was merged into others of the owner since they last asked; each is given once."""
        async with self._database.reading() as read:
            merged = await store.load_merged(read, owner)
        if merged:
            try:
                async with self._database.transaction() as write:
                    await store.set_merges_told(write, owner)
            except (CannotWriteError, BusyError) as error:
                log.warning("what was merged will be told once more: %s", error)
        return merged

    async def take_reread(self, owner: Recipient) -> list[tuple[Subscription, str]]:
        """What of the owner was read anew since they last asked, each with its text of before; each is given once."""
        async with self._database.reading() as read:
            found = await store.load_reread(read, owner)
        if found:
            try:
                async with self._database.transaction() as write:
                    await store.set_rereads_told(write, [subscription.id for subscription, _ in found])
            except (CannotWriteError, BusyError) as error:
                log.warning("what was read anew will be told once more: %s", error)
        return found

    async def pause(self, owner: Recipient, subscription_id: int) -> Subscription:
        return (await self._change(owner, subscription_id, paused=True)).subscription

    async def resume(self, owner: Recipient, subscription_id: int) -> Changed:
        return await self._change(owner, subscription_id, paused=False)

    async def remove(self, owner: Recipient, subscription_id: int) -> Subscription:
        return (await self._change(owner, subscription_id, removed=True)).subscription

    async def restore(self, owner: Recipient, subscription_id: int) -> Changed:
        """Takes a removal back. Raises BadInputError over the limit of subscriptions."""
        return await self._change(owner, subscription_id, removed=False)

    async def reword(self, owner: Recipient, subscription_id: int, typed: str) -> Subscription:
        """Gives a subscription other words. What it brought stays brought; what waits and the new words do not ask for is not sent.

        Raises QueryError, NotFoundError as the others, and BadInputError where another one of the owner means the same.
        """
        before = await self.owned(owner, subscription_id)
        wanted = canonical(before.kind, typed)
        await self._prepare(replace(before, query=wanted))
        async with self._database.transaction() as write:
            before = await owned(write, owner, subscription_id)
            twin = _same([s for s in await store.load_for(write, owner) if s.id != before.id], before.kind, wanted)
            if twin is not None:
                raise BadInputError(f"You follow {subscription_name(twin)} already, which means the same.")
            if is_same(before, before.kind, wanted):
                await store.set_query(write, before.id, wanted)
            else:
                await store.reword(write, before.id, wanted, self._clock())
            (after,) = await store.load_active(write, [before.id])
            seeds = await self._search.similar.seeds_of(queries_of([after]))
            await ask_again(write, after, seeds, NOT_ASKED)
            await _settle(write, owner)
        await self._listen(after)
        return after

    async def set_cadence(self, owner: Recipient, subscription_id: int, cadence: Cadence) -> Subscription:
        return (await self._change(owner, subscription_id, cadence=cadence)).subscription

    async def _change(
        self,
        owner: Recipient,
        subscription_id: int,
        *,
        paused: bool | None = None,
        removed: bool | None = None,
        cadence: Cadence | None = None,
    ) -> Changed:
        """Raises NotFoundError for a subscription that is not this owner's; a removed one can only be restored."""
        async with self._database.transaction() as write:
            subscription_id = await store.kept_id(write, subscription_id)
            subscription = await store.load_one(write, subscription_id)
            stands = removed is not None or await store.load_active(write, [subscription_id])
            if subscription is None or subscription.owner != owner or not stands:
                raise NotFoundError(GONE)
            now = self._clock()
            if paused is not None:
                await store.set_paused(write, subscription_id, paused, now)
            if cadence is not None:
                await store.set_cadence(write, subscription_id, cadence)
            if removed is not None:
                standing = await store.load_for(write, owner)
                twin = _same(standing, subscription.kind, subscription.query)
                if not removed and twin is None:
                    check_room(len(standing) + 1)
                if removed or twin is None:
                    await store.set_removed(write, subscription_id, removed, now)
                else:
                    subscription_id = twin.id
            changed = await store.load_one(write, subscription_id)
            assert changed is not None
            again = await _settle(write, owner)
        if removed:
            self._matcher.remove(subscription_id)
        else:
            await self._listen(changed)
        return Changed(changed, again)

    async def pause_all(self, user_id: int, days: int) -> datetime | None:
        """No DMs for so many days; 0 takes it back. What matches meanwhile waits. Returns until when."""
        async with self._database.transaction() as write:
            now = self._clock()
            until = now + timedelta(days=min(days, LONGEST_PAUSE.days)) if days > 0 else None
            await users.ensure(write, user_id, now)
            await users.set_paused_until(write, user_id, until)
        return until

    async def remove_all(self, owner: Recipient) -> list[Subscription]:
        """Removes every subscription; `restore` brings each back. Returns those removed."""
        async with self._database.transaction() as write:
            removed = await store.load_for(write, owner)
            now = self._clock()  # one instant for all, by which `restore_all` knows what went together
            for subscription in removed:
                await store.set_removed(write, subscription.id, True, now)
            await _settle(write, owner)
        for subscription in removed:
            self._matcher.remove(subscription.id)
        return removed

    async def restore_all(self, owner: Recipient, first: int, last: int) -> int:
        """Takes `remove_all` back: the owner's subscriptions with ids from `first` to `last` that went together. Returns how many
        papers wait again. Raises BadInputError over the limit of subscriptions."""
        async with self._database.transaction() as write:
            now = self._clock()
            standing = await store.load_for(write, owner)
            removed = await store.load_removed(write, owner, first, last)
            gone: list[Subscription] = []
            for subscription in removed:
                if _same([*standing, *gone], subscription.kind, subscription.query) is None:
                    gone.append(subscription)
            check_room(len(standing) + len(gone))
            for subscription in gone:
                await store.set_removed(write, subscription.id, False, now)
            again = await _settle(write, owner)
        for subscription in gone:
            await self._listen(subscription)
        return again

    async def try_dms_again(self, user_id: int) -> int:
        """After a person opened their DMs: what waited is due at once. Returns how many papers wait."""
        async with self._database.transaction() as write:
            now = self._clock()
            await users.ensure(write, user_id, now)
            await users.set_dm_state(write, user_id, DmState.UNKNOWN, None, now)
            return await alerts.count_waiting(write, Recipient(OwnerKind.USER, user_id))


def _same(standing: Sequence[Subscription], kind: SubscriptionKind, text: str) -> Subscription | None:
    """The one that means the same."""
    return next((s for s in standing if is_same(s, kind, text)), None)


def _with_spellings(standing: Subscription, wanted: str) -> str:
    """The text of a subscription together with spellings that it has not yet. Raises BadInputError for too many."""
    if standing.kind is not SubscriptionKind.AUTHOR:
        return standing.query
    return canonical(standing.kind, f"{standing.query} OR {wanted}")


def check_room(count: int) -> None:
    """Raises BadInputError for more subscriptions than one person can have, however they come to be."""
    if count == MAX_SUBSCRIPTIONS + 1:
        raise BadInputError(
            f"You have {MAX_SUBSCRIPTIONS} subscriptions, the most one person can have. Remove one in `/subscriptions` first."
        )
    if count > MAX_SUBSCRIPTIONS:
        raise BadInputError(
            f"That would be {count:,} subscriptions; one person can have {MAX_SUBSCRIPTIONS}. Remove some in `/subscriptions` first."
        )


async def _settle(write: Connection, owner: Recipient) -> int:
    """What waits follows what is wanted: what had matched and was not sent waits again when its subscription does.
    Returns how many papers wait again."""
    return await holding.settle(write, owner, Wishes.of(await store.load_for(write, owner)))


async def _tell_reasons(write: Connection, subscription: Subscription, preview: Preview, now: datetime) -> None:
    """Papers that wait already get the new subscription as one more reason."""
    own = [_own(match, subscription) for _, match in preview.matched.papers]
    waiting = await holding.undelivered(write, subscription.owner, [match.paper_id for match in own])
    await alerts.enqueue(write, [match for match in own if match.paper_id in waiting], now)


def _own(match: Match, subscription: Subscription) -> Match:
    """A match of the preview as one of the subscription that came of it."""
    reasons = tuple(replace(reason, subscription_id=subscription.id) for reason in match.reasons)
    return replace(match, recipient=subscription.owner, cadence=subscription.cadence, reasons=reasons)


async def _welcome(write: Connection, user: User, subscription: Subscription, preview: Preview, now: datetime) -> None:
    """The first DM, with up to three papers that are thereby delivered."""
    taste = preview.matched.papers[:WELCOME_PAPERS]
    await alerts.enqueue(write, [_own(match, subscription) for _, match in taste], now)
    by_paper = {paper.id: paper for paper, _ in taste}
    waiting: list[Alert] = await alerts.waiting(write, subscription.owner, tuple(Cadence))
    day = schedule.local_date(now, schedule.known_zone(user.timezone))
    chosen = [alert for alert in waiting if alert.paper_id in by_paper]
    standings = await scores.load_standings(write, by_paper)
    taken = digest.compose(day, chosen, by_paper, standings, Wishes.of([subscription]))
    made = Welcome(
        subscription.id, subscription.kind, subscription.query, subscription.cadence, user.next_digest, user.weekdays
    )
    content = replace(content_of(MessageKind.WELCOME, taken, user), welcome=made)
    await enqueue(write, subscription.owner, content, now)
