"""Channels' lists that stop by themselves: who is told, once, and how a list runs again.

Knows consent and causes; knows neither Discord nor SQL. A stop is written by whoever meets it; what follows from it is
done here, from the table, so that a stop of the process in between loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from bot.models import MessageKind, OwnerKind, Recipient, StopCause, Summary
from bot.show import reports
from bot.store import alerts, stops, summaries, users
from bot.store.database import Connection, Database
from bot.when import schedule
from bot.when.clock import Clock

log = logging.getLogger(__name__)


class Stops:
    """What becomes of lists that stopped. `invite_url` is where Paperboy is added to a server, once that is known."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.invite_url: str | None = None

    async def stop(self, summary: Summary) -> bool:
        """As an admin asked. Returns whether the list was running."""
        async with self._database.transaction() as write:
            return await summaries.stop(
                write, summary.channel_id, "stopped by an admin", self._clock(), StopCause.ASKED
            )

    async def settle(self) -> int:
        """Tells of the stops that are new, by DM where somebody agreed to one. Returns how many stops there were."""
        async with self._database.reading() as read:
            found = await stops.unsettled(read)
        for channel_id in found:
            try:
                async with self._database.transaction() as write:
                    await self._settle(write, channel_id)
            except Exception:
                log.exception("the stop of one channel's list could not be told")
        return len(found)

    async def _settle(self, write: Connection, channel_id: int) -> None:
        summary = await stops.load_unsettled(write, channel_id)
        if summary is None:  # another round told of it, or the list runs again
            return
        notice_id = None
        if summary.notices and summary.stop_cause is not StopCause.ASKED:
            now = self._clock()
            await users.ensure(write, summary.created_by, now)
            notice_id = await alerts.add_message(
                write,
                Recipient(OwnerKind.USER, summary.created_by),
                MessageKind.NOTICE,
                schedule.local_date(now, summary.timezone),
                reports.list_stopped(summary, self.invite_url).to_json(),
                [],
                now,
            )
        await stops.settle(write, summary.channel_id, summary.stop_reason or "", notice_id)
        log.info("a channel's list stopped (%s); %s", summary.stop_cause, "a DM tells of it" if notice_id else "no DM")

    async def resume(self, summary: Summary) -> Summary:
        """The list runs again from its next hour on."""
        now = self._clock()
        at, on = schedule.next_due(
            now, summary.timezone, summary.minute, weekdays=summary.weekdays, after=summary.last_on
        )
        async with self._database.transaction() as write:
            await stops.start(write, summary.channel_id, at, on)
            resumed = await summaries.load(write, summary.channel_id)
        assert resumed is not None
        return resumed

    async def set_notices(self, summary: Summary, agreed: bool) -> None:
        """Whether whoever set the list up gets a DM if it stops."""
        async with self._database.transaction() as write:
            await stops.set_notices(write, summary.channel_id, agreed)

    # -- servers ------------------------------------------------------------------------------------------------------

    async def leave(self, guild_id: int) -> None:
        """Paperboy is no longer in this server."""
        async with self._database.transaction() as write:
            for summary in await summaries.load_for_guild(write, guild_id):
                await summaries.stop(
                    write, summary.channel_id, "I was removed from the server.", self._clock(), StopCause.REMOVED
                )

    async def leave_all_but(self, guild_ids: Collection[int]) -> None:
        """Servers that Paperboy was removed from while it was not online."""
        async with self._database.reading() as read:
            gone = await stops.running_guilds(read) - set(guild_ids)
        for guild_id in gone:
            await self.leave(guild_id)

    async def come_back(self, guild_id: int) -> None:
        """Paperboy was invited to this server (again)."""
        async with self._database.transaction() as write:
            await stops.note_return(write, guild_id, self._clock())

    # -- those who read of it in an answer ----------------------------------------------------------------------------

    async def untold(self, guild_id: int, user_id: int) -> list[Summary]:
        """Lists of this server that stopped, of which no DM told, and of which this person has not read yet."""
        async with self._database.reading() as read:
            return await stops.untold_stops(read, guild_id, user_id)

    async def note_read(self, read: Sequence[Summary], user_id: int, *, lost: bool = False) -> None:
        """This person reads of these stops now; or does not after all, when the answer was `lost`."""
        ids = [summary.channel_id for summary in read]
        async with self._database.transaction() as write:
            if lost:
                await stops.forget_read(write, ids, user_id)
            else:
                await stops.note_read(write, ids, user_id, self._clock())
