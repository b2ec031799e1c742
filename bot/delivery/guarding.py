"""One participant's fault is its own: it is noted, tried again later and later, and the others go on.

Knows who was served; knows neither what is done for them nor SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from bot.errors import PaperboyError
from bot.models import Recipient
from bot.store import faults
from bot.store.database import Connection, Database, is_damage
from bot.when.clock import Clock

log = logging.getLogger(__name__)


class Guard:
    """Does something for one person or one channel at a time, each in a transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def serve(self, owner: Recipient, work: Callable[[Connection], Awaitable[int]]) -> int:
        """What `work` returns; 0 after a fault, which is noted for its owner. Damage of the database is nobody's and is raised."""
        try:
            async with self._database.transaction() as write:
                done = await work(write)
                await faults.clear(write, owner)
                return done
        except Exception as error:
            if is_damage(error):
                raise
            await self._note(owner, error)
            return 0

    async def _note(self, owner: Recipient, error: Exception) -> None:
        said = str(error) if isinstance(error, PaperboyError) else f"{type(error).__name__}; the log says where"
        async with self._database.transaction() as write:
            before = await faults.load(write, owner)
            fault = await faults.note(write, owner, self._clock(), said)
        known = before is not None and before.failure == said  # the same fault is told with its stack once
        log.error(
            "nothing could be made for a %s (%d in a row): %s", owner.kind, fault.failures, said, exc_info=not known
        )
