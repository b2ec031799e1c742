"""Instants that a clock which was ahead has left in the file, and for which somebody would wait a year.

Knows how far ahead each kind of instant can lie at the most; knows nothing of what it is for. Digests, lists and sources look at
their own instants when they read them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.store.database import Database
from bot.store.rows import seconds
from bot.when.schedule import STEP

#: No pause of a person is longer.
LONGEST_PAUSE: Final = timedelta(days=31)
#: A send is tried again after hours, whatever Discord asks for.
_LONGEST_RETRY: Final = timedelta(days=1)
_LONGEST_LEASE: Final = timedelta(hours=1)

#: Which rows are wrong, and what is right: as near as can be known, and never later than the true instant.
_WRONG: Final = (
    ("messages", "state = 'pending' AND next_attempt_at > :latest_retry", "next_attempt_at = :now"),
    ("messages", "state = 'sending' AND lease_until > :latest_lease", "lease_until = :now"),
    # Where the history is searched from: the attempt was made while the clock was wrong, so hardly longer ago than a day.
    ("messages", "state IN ('pending', 'sending') AND sending_since > :soon", "sending_since = :yesterday"),
    ("users", "paused_until > :latest_pause", "paused_until = :latest_pause"),
    ("summaries", "composed_at > :soon", "composed_at = NULL"),
    ("summaries", "last_on > :tomorrow", "last_on = NULL"),
    ("dm_openings", "at > :soon", "at = :now"),
    ("searches", "used_at > :soon", "used_at = :now"),
    ("topic_searches", "asked_at > :soon", "asked_at = 0"),
)


async def mend(database: Database, now: datetime) -> int:
    """Mends what lies ahead by more than it can. Returns how many rows that were; nearly always none, and then nothing is
    written."""
    parameters = {
        "now": seconds(now),
        "soon": seconds(now + STEP),
        "yesterday": seconds(now - timedelta(days=1)),
        "latest_retry": seconds(now + _LONGEST_RETRY),
        "latest_lease": seconds(now + _LONGEST_LEASE),
        "latest_pause": seconds(now + LONGEST_PAUSE),
        "tomorrow": (now + timedelta(days=2)).date().isoformat(),  # it is tomorrow already somewhere
    }
    async with database.reading() as read:
        wrong = [
            (table, where, right)
            for table, where, right in _WRONG
            if await read.value(f"SELECT 1 FROM {table} WHERE {where} LIMIT 1", parameters)  # noqa: S608
        ]
    if not wrong:
        return 0
    async with database.transaction() as write:
        return sum(
            [
                await write.execute(f"UPDATE {table} SET {right} WHERE {where}", parameters)  # noqa: S608
                for table, where, right in wrong
            ]
        )
