"""One attempt to bring one message to its reader, and what follows from Discord's answer.

Knows doubt, refusals and lost channels; knows neither Discord nor SQL, nor whose turn it is. Every step is committed before the
next begins: payload and nonce, then `sending` with a lease, then the send, then `sent`.
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import Enum, auto
from typing import Final, Protocol

from bot.delivery.gate import Gate
from bot.delivery.openings import left
from bot.delivery.pace import Pace
from bot.errors import (
    DeliveryDelayedError,
    DeliveryError,
    MessageRefusedError,
    RecipientClosedError,
    TargetGoneError,
)
from bot.models import QUIET_HOURS, Detail, DmState, MessageKind, Page, QuietMode, StopCause, User
from bot.show import rendering
from bot.show.blocks import AnyCard, load_payload
from bot.show.wording import day_text
from bot.store import contents, messages, openings, refreshes, summaries, users
from bot.store.commits import Commits
from bot.store.database import Connection, Database
from bot.store.messages import Message
from bot.when import schedule
from bot.when.backoff import Ladder, pause_after
from bot.when.clock import Clock
from bot.when.quiet import quiet_until

log = logging.getLogger(__name__)

#: Seconds to wait after the n-th failed attempt; the last one repeats.
_PAUSES: Final[Ladder] = tuple(timedelta(seconds=s) for s in (30, 120, 600, 3600, 6 * 3600))
#: So long a message is tried: time in which the process ran and was online, and the recipient's door was open.
GIVE_UP: Final = timedelta(days=3)
#: Pages of 100 messages of a channel's history that are read for one message in doubt.
_PAGES: Final = 100
#: Ids that Discord gives on its many machines may be out of order by less than this (an id's upper bits are milliseconds).
_DISORDER: Final = 10_000 << 22
#: What comes by itself, at an hour that its reader did not choose just now.
_ON_ITS_OWN: Final = (MessageKind.INSTANT, MessageKind.DIGEST, MessageKind.NOTICE)
_OPENS_TOO_FAST, _UNKNOWN_MESSAGE = 40003, 10008
#: AutoMod, and Discord's filter of harmful links: what they dislike are words, not length.
_FILTERED: Final = frozenset({200000, 240000})


class Messenger(Protocol):
    """Where messages go. Raises DeliveryError and its kinds."""

    async def open_dm(self, user_id: int) -> int:
        """The id of the DM channel with a person."""
        ...

    async def send(self, channel_id: int, card: AnyCard, nonce: str, *, silent: bool = False) -> int:
        """Sends once per nonce, `silent` without a sound. Returns the message's id."""
        ...

    async def edit(self, channel_id: int, message_id: int, card: AnyCard, nonce: str) -> None:
        """Puts the card in the place of the message that was sent with this nonce."""
        ...

    async def find(self, channel_id: int, nonce: str, after: int) -> Page:
        """Our message with this nonce among the hundred that follow the id `after` in the channel."""
        ...


class Outcome(Enum):
    """What became of an attempt. LATER: none was made, or another one may be made at once."""

    SENT = auto()
    DELAYED = auto()
    FAILED = auto()
    LATER = auto()


class NotNowError(Exception):
    """The attempt is not made: the process stops, or the minute's DM channels are used up."""


class Attempts:
    """Makes attempts, any number side by side, at most one for each message."""

    def __init__(
        self, database: Database, messenger: Messenger, clock: Clock, gate: Gate, pace: Pace, commits: Commits
    ) -> None:
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._gate = gate
        self._pace = pace
        self._commits = commits
        self._newest = 0  # the highest id that Discord is known to have given
        self.stopping = False
        self.opening: set[int] = set()  # the messages whose DM channel is being opened

    def note_id(self, discord_id: int) -> None:
        """Discord gave this id just now, so every message that is sent from now on has a higher one."""
        self._newest = max(self._newest, discord_id)

    async def load(self) -> None:
        async with self._database.reading() as read:
            self.note_id(await messages.last_discord_id(read))

    async def make(self, message: Message, under_way: Callable[[], None]) -> Outcome:
        """One attempt; calls `under_way` when the first request begins. Whatever goes wrong is this message's own matter."""
        try:
            return await self._try(message, under_way)
        except NotNowError:
            return Outcome.LATER
        except RecipientClosedError as error:
            return await self._close_door(message, error)
        except TargetGoneError as error:
            return await self._leave_channel(message, error)
        except MessageRefusedError as error:
            return await self._say_it_plainer(message, error)
        except DeliveryError as error:
            return await self._delay(message, error)
        except Exception as error:
            log.exception("the attempt for message %d failed unexpectedly", message.id)
            return await self._delay(message, DeliveryDelayedError(f"Something unexpected: {type(error).__name__}."))

    # -- the way there ------------------------------------------------------------------------------------------------

    async def _try(self, message: Message, under_way: Callable[[], None]) -> Outcome:
        if message.tried >= GIVE_UP and message.sending_since is None:
            return await self._give_up(message)
        user = await self._reader(message)
        silent = await self._is_silent(message, user)
        channel_id = await self._channel(message, user, under_way)
        self._gate.check(channel_id)  # an attempt that is not made leaves nothing to doubt
        if message.sending_since is not None:
            # An attempt was made before: it may have arrived although nobody heard the answer, and Discord forgets nonces
            # after a few minutes, so the channel itself is asked.
            found = await self._find(message, channel_id, under_way)
            if found is not None:
                return await self._note_sent(message, channel_id, found)
        if message.tried >= GIVE_UP:
            return await self._give_up(message)
        if message.outdated and message.sending_since is None:
            await self._make_anew(message)
            return Outcome.LATER
        card = _card(message)
        after = max(self._newest - _DISORDER, channel_id)  # a channel is older than what stands in it
        begun = await self._commits.write(
            lambda write: messages.mark_sending(write, message, channel_id, after, self._clock())
        )
        if not begun:
            return Outcome.LATER
        async with self._turn(message, under_way):
            sent_id = await self._messenger.send(channel_id, card, message.nonce, silent=silent)
        self.note_id(sent_id)
        return await self._note_sent(message, channel_id, sent_id)

    @asynccontextmanager
    async def _turn(self, message: Message, under_way: Callable[[], None]) -> AsyncIterator[None]:
        """Waits for the right to make one request. Raises NotNowError when the process stops meanwhile."""
        if not self.stopping:
            async with self._pace.turn():
                if not self.stopping:
                    under_way()
                    yield
                    return
        await self._commits.write(lambda write: messages.take_back(write, message))
        raise NotNowError

    async def _reader(self, message: Message) -> User | None:
        """The person for whom it is; None for a channel."""
        if not message.is_for_person:
            return None
        async with self._database.reading() as read:
            return await users.load(read, message.recipient.id)

    async def _is_silent(self, message: Message, user: User | None) -> bool:
        """Whether a channel, or its reader, wants no sound now. Raises DeliveryDelayedError where they want it after their quiet hours."""
        if not message.is_for_person:
            async with self._database.reading() as read:
                return await summaries.is_silent(read, message.recipient.id)
        if user is None or message.kind not in _ON_ITS_OWN:
            return False
        now = self._clock()
        until = quiet_until(user.quiet, schedule.known_zone(user.timezone), now)
        if until is not None and user.quiet.mode is QuietMode.HOLD:
            raise DeliveryDelayedError(QUIET_HOURS, retry_after=(until - now).total_seconds())
        return until is not None

    async def _channel(self, message: Message, user: User | None, under_way: Callable[[], None]) -> int:
        """Where the message goes; a DM channel is opened where none is known. Raises NotNowError when too many were."""
        if not message.is_for_person:
            return message.recipient.id
        if user is not None and user.dm_channel_id is not None:
            return user.dm_channel_id
        now = self._clock()
        free_at = self._gate.dm_opens_free_at(now)
        if free_at is not None:
            raise DeliveryDelayedError(
                "Discord wants fewer new direct messages.", retry_after=(free_at - now).total_seconds()
            )
        try:
            opening = await self._take_opening(message)
            async with self._turn(message, under_way):
                channel_id = await self._messenger.open_dm(message.recipient.id)
            await self._commits.write(lambda write: users.set_dm_channel(write, message.recipient.id, channel_id))
        except DeliveryError as error:
            if error.code == _OPENS_TOO_FAST:
                await self._commits.write(lambda write: openings.note_refused(write, opening))
            raise
        finally:
            self.opening.discard(message.id)
        return channel_id

    async def _take_opening(self, message: Message) -> int:
        """The id of a noted opening. Raises NotNowError when the minute's are used up."""

        async def take(write: Connection) -> int | None:
            now = self._clock()
            known = await openings.load(write, now)
            # None is no fault: a fault would undo what others took in the same commit, while `opening` names them.
            if not left(now, [o.at for o in known], openings.last_refusal(known)):
                return None
            taken = await openings.add(write, now)
            self.opening.add(message.id)
            return taken

        opening = await self._commits.write(take)
        if opening is None:
            raise NotNowError
        return opening

    async def _find(self, message: Message, channel_id: int, under_way: Callable[[], None]) -> int | None:
        """Our message in the channel, read on from an id that Discord itself gave before: no clock of ours is asked."""
        after = message.after_id or channel_id
        for _ in range(_PAGES):
            async with self._turn(message, under_way):
                page = await self._messenger.find(channel_id, message.nonce, after)
            if page.found is not None or page.last is None:
                return page.found
            after = page.last
        raise DeliveryDelayedError("The channel's history is too long to be read through.")

    # -- what follows -------------------------------------------------------------------------------------------------

    async def _note_sent(self, message: Message, channel_id: int, sent_id: int) -> Outcome:
        now = self._clock()

        async def note(write: Connection) -> None:
            await messages.mark_sent(write, message.id, channel_id, sent_id, now)
            if message.is_for_person:
                await users.set_dm_state(write, message.recipient.id, DmState.OPEN, None, now)

        await self._commits.write(note)
        return Outcome.SENT

    async def _close_door(self, message: Message, error: DeliveryError) -> Outcome:
        """The person's papers wait until they say that it is open again."""
        now = self._clock()

        async def note(write: Connection) -> None:
            await messages.give_back(write, message.id, now, str(error), failed=False)
            await users.set_dm_state(write, message.recipient.id, DmState.CLOSED, str(error), now)

        await self._commits.write(note)
        log.info("a person's DMs are closed (code %d); their papers wait", error.code)
        return Outcome.DELAYED

    async def _leave_channel(self, message: Message, error: DeliveryError) -> Outcome:
        if not message.is_for_person:
            return await self._stop_channel(message, error)
        if message.reopened:
            said = f"Discord gives me no way to write to you directly (code {error.code})."
            return await self._close_door(message, RecipientClosedError(said, error.code))
        now = self._clock()

        async def note(write: Connection) -> None:
            await messages.give_back(write, message.id, now, str(error), failed=False)
            await messages.note_reopened(write, message.id)
            await users.forget_dm_channel(write, message.recipient.id)

        await self._commits.write(note)
        return Outcome.LATER

    async def _stop_channel(self, message: Message, error: DeliveryError) -> Outcome:
        """A channel that is gone gets no further lists; `/summary status` says since when and why."""

        async def note(write: Connection) -> None:
            if error.code == _UNKNOWN_MESSAGE:  # a message of ours that somebody deleted; the channel stands
                outcome = f"the list of {_day(message)} was not sent: {error}"
                await summaries.note_outcome(write, message.recipient.id, outcome)
            else:
                await summaries.stop(
                    write, message.recipient.id, str(error), self._clock(), StopCause.of_code(error.code)
                )
            await messages.mark_failed(write, message.id, str(error))

        await self._commits.write(note)
        log.error("message %d will not be sent: %s", message.id, error)
        return Outcome.FAILED

    async def _say_it_plainer(self, message: Message, error: DeliveryError) -> Outcome:
        """Once shorter or once bare, never the same body twice; then the message is parked and said so."""
        detail = _less_detail(message.detail, error.code)
        card = (await self._rendered(message, detail))[0] if detail else None
        if detail is None or card is None or card.to_json() == message.payload:
            return await self._park(message, error)
        payload, now = card.to_json(), self._clock()

        async def note(write: Connection) -> None:
            await messages.replace_payload(write, message.id, payload, detail)
            await messages.give_back(write, message.id, now, str(error), failed=False)

        await self._commits.write(note)
        log.warning("message %d is said in fewer words: %s", message.id, error)
        return Outcome.LATER

    async def _make_anew(self, message: Message) -> None:
        """A paper has changed since the card was made, and nobody has been asked to take the card yet."""
        card, changes = await self._rendered(message, message.detail)
        payload = card.to_json() if card else message.payload
        await self._commits.write(lambda write: refreshes.note_card(write, message.id, payload, changes))

    async def _rendered(self, message: Message, detail: Detail) -> tuple[AnyCard | None, int]:
        """The card of what the message is about, and how many changes it shows; none where it shows no paper."""
        async with self._database.reading() as read:
            found = await contents.load(read, message.id)
        if found is None or (not found[0].items and message.is_for_person):
            return None, message.changes
        content, changes = found
        return rendering.render(content, detail), changes

    async def _park(self, message: Message, error: DeliveryError) -> Outcome:
        said = (
            f"A filter did not let it through (Discord's code {error.code})." if error.code in _FILTERED else str(error)
        )

        async def note(write: Connection) -> None:
            await messages.mark_failed(write, message.id, said)
            if not message.is_for_person:
                outcome = f"the list of {_day(message)} was not sent: {said}"
                await summaries.note_outcome(write, message.recipient.id, outcome)

        await self._commits.write(note)
        log.error("message %d will not be sent: %s", message.id, said)
        return Outcome.FAILED

    async def _give_up(self, message: Message) -> Outcome:
        """Its papers go into the next digest or list; the message itself is never sent."""
        said = f"gave up after {GIVE_UP.days} days of trying"
        late = f"Discord did not take it on {_day(message)}."

        async def note(write: Connection) -> int:
            if not message.is_for_person:
                outcome = f"the list of {_day(message)} did not come through in {GIVE_UP.days} days; its papers come with the next one"
                await summaries.note_outcome(write, message.recipient.id, outcome)
            return await messages.close(write, message.id, said, late)

        count = await self._commits.write(note)
        log.error("message %d is closed: %s; %d papers come with the next one", message.id, said, count)
        return Outcome.FAILED

    async def _delay(self, message: Message, error: DeliveryError) -> Outcome:
        wait = pause_after(message.attempts + 1, _PAUSES).total_seconds() * random.uniform(1.0, 1.2)
        ordered = error.retry_after if isinstance(error, DeliveryDelayedError) else None
        if ordered is not None:  # a pause that Discord orders is no attempt that failed
            wait = ordered
        at = self._clock() + timedelta(seconds=wait)
        await self._commits.write(
            lambda write: messages.give_back(write, message.id, at, str(error), failed=ordered is None)
        )
        log.warning("message %d waits %.0f s: %s", message.id, wait, error)
        return Outcome.DELAYED


def _card(message: Message) -> AnyCard:
    """Raises MessageRefusedError for a stored body that is no card: it is made anew like one that Discord refused."""
    try:
        return load_payload(message.payload)
    except (KeyError, TypeError, ValueError) as error:
        raise MessageRefusedError(f"Its stored body cannot be read ({type(error).__name__}).") from error


def _day(message: Message) -> str:
    return day_text(message.local_date, message.local_date)


def _less_detail(detail: Detail, code: int) -> Detail | None:
    """What to try after a refusal; None when nothing is left."""
    if code in _FILTERED:
        return None if detail is Detail.PLAIN else Detail.PLAIN
    return Detail.SHORT if detail is Detail.FULL else None
