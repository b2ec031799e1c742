"""Ends the process when its database is damaged or no longer in its place: what is written from then on would be lost.

Part of the composition root: only `online` imports this.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot.errors import DamagedError
from bot.store.database import Database
from bot.when.jobs import Jobs

TICK: Final = timedelta(minutes=1)
#: Seconds in which whoever met the damage gets an answer.
GRACE: Final = 2.0


@contextlib.asynccontextmanager
async def watched(
    database: Database, stopping: asyncio.Event, tell: Callable[[DamagedError], Awaitable[None]]
) -> AsyncIterator[Jobs]:
    """Sets `stopping` once somebody met damage, or the file was deleted or replaced: its place is looked at once a minute,
    by the job `file`. At its end it tells the owner and raises DamagedError."""
    jobs = Jobs()
    waiting = asyncio.create_task(database.wait_for_damage())
    waiting.add_done_callback(lambda _: asyncio.get_running_loop().call_later(GRACE, stopping.set))
    jobs.every(TICK, "file", database.check_place)
    jobs.start()
    try:
        yield jobs
    finally:
        await jobs.stop()
        error = waiting.result() if waiting.done() and not waiting.cancelled() else None
        waiting.cancel()
        if error is not None:
            await tell(error)
            raise error
