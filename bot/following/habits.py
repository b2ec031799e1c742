"""How a person wants their papers: on which days, when nothing may be heard, how many at once, with markup or without.

Knows what follows for their next digest; knows neither Discord nor SQL.
"""

from __future__ import annotations

from dataclasses import replace

from bot.delivery.composing import reschedule
from bot.errors import BadInputError
from bot.models import QUIET_HOURS, OwnerKind, Quiet, QuietMode, Recipient, User
from bot.store import messages, users
from bot.store.database import Database
from bot.when.clock import Clock

__all__ = ["Habits"]


class Habits:
    """Keeps what `/settings` changes beside the hour."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def set_day(self, user_id: int, day: int, on: bool) -> User:
        """Whether digests come on a day of the week (Monday is 0). Raises BadInputError when none is left."""
        return await self._keep(user_id, day=(day, on))

    async def set_quiet(self, user_id: int, quiet: Quiet) -> User:
        """Raises BadInputError for hours that end when they begin."""
        if quiet.mode is not QuietMode.OFF and quiet.since == quiet.until:
            raise BadInputError("Quiet hours that end when they begin are none: choose two different hours.")
        return await self._keep(user_id, quiet=quiet)

    async def set_shown(self, user_id: int, shown: int) -> User:
        """How many papers of a digest are shown before a press, 1 to 6."""
        return await self._keep(user_id, shown=shown)

    async def set_plain(self, user_id: int, plain: bool) -> User:
        return await self._keep(user_id, plain=plain)

    async def _keep(
        self,
        user_id: int,
        *,
        day: tuple[int, bool] | None = None,
        quiet: Quiet | None = None,
        shown: int | None = None,
        plain: bool | None = None,
    ) -> User:
        """What is None stays. The next digest is found anew, never a second one on a local date."""
        async with self._database.transaction() as write:
            now = self._clock()
            before = await users.ensure(write, user_id, now)
            changed = replace(
                before,
                weekdays=before.weekdays if day is None else _with_day(before.weekdays, *day),
                quiet=quiet or before.quiet,
                shown=before.shown if shown is None else shown,
                plain=before.plain if plain is None else plain,
            )
            await users.set_habits(write, changed)
            if quiet is not None:
                await messages.release(write, Recipient(OwnerKind.USER, user_id), QUIET_HOURS, now)
            if before.next_digest is not None and (day is not None or quiet is not None):
                await reschedule(write, changed, now)
            after = await users.load(write, user_id)
        assert after is not None
        return after.at(now)


def _with_day(weekdays: int, day: int, on: bool) -> int:
    """A bit mask, Monday 1 to Sunday 64, with one day on or off. Raises BadInputError when none is left."""
    changed = weekdays | 1 << day if on else weekdays & ~(1 << day)
    if not changed:
        raise BadInputError("At least one day has to stay: *Pause* stops everything for a while.")
    return changed
