"""What goes wrong with one person or one channel, and when it is tried again. Knows neither what was tried nor why it failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.models import Fault, Recipient
from bot.store.database import Connection
from bot.store.rows import readable_instant, seconds
from bot.when.backoff import doubling, pause_after

_PAUSES: Final = doubling(timedelta(minutes=15), timedelta(hours=6))
#: Whose next try is still to come. A time that lies further ahead than any pause was noted by a
#: clock that was ahead.
RESTING: Final = """SELECT owner_id FROM faults
                    WHERE owner_kind = :owners AND retry_at > :now AND retry_at <= :now + 21600"""


async def load(read: Connection, owner: Recipient) -> Fault | None:
    row = await read.one(
        "SELECT * FROM faults WHERE owner_kind = :kind AND owner_id = :id", {"kind": owner.kind, "id": owner.id}
    )
    return None if row is None else Fault(row["failures"], readable_instant(row["retry_at"]), row["failure"])


async def note(write: Connection, owner: Recipient, now: datetime, failure: str) -> Fault:
    """One more failure; the pauses grow from a quarter of an hour to six hours."""
    before = await load(write, owner)
    failures = before.failures + 1 if before else 1
    retry = now + pause_after(failures, _PAUSES)
    await write.execute(
        """INSERT INTO faults (owner_kind, owner_id, failures, retry_at, failure)
           VALUES (:kind, :id, :failures, :retry, :failure)
           ON CONFLICT (owner_kind, owner_id) DO UPDATE SET
               failures = excluded.failures, retry_at = excluded.retry_at, failure = excluded.failure""",
        {"kind": owner.kind, "id": owner.id, "failures": failures, "retry": seconds(retry), "failure": failure},
    )
    return Fault(failures, retry, failure)


async def clear(write: Connection, owner: Recipient) -> None:
    await write.execute(
        "DELETE FROM faults WHERE owner_kind = :kind AND owner_id = :id", {"kind": owner.kind, "id": owner.id}
    )
