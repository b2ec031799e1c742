"""The pauses that Discord ordered, until they are over. Knows rows; knows neither Discord nor what a pause holds."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from bot.models import Held, Pause
from bot.store.database import Connection
from bot.store.rows import readable_instant, seconds


async def save(write: Connection, pause: Pause) -> None:
    """Keeps the pause; of two for the same place the newer order counts."""
    await write.execute(
        """INSERT INTO discord_pauses (holds, place, since, until, reason) VALUES (:holds, :place, :since, :until, :reason)
           ON CONFLICT (holds, place) DO UPDATE SET since = excluded.since, until = excluded.until, reason = excluded.reason""",
        {
            "holds": pause.holds.value, "place": pause.place, "since": seconds(pause.since),
            "until": ceil(pause.until.timestamp()), "reason": pause.reason,
        },
    )  # fmt: skip


async def forget_ended(write: Connection, now: datetime) -> None:
    await write.execute("DELETE FROM discord_pauses WHERE until <= :now", {"now": seconds(now)})


async def load(read: Connection) -> list[Pause]:
    """All that are kept, ended ones too, the longest first; one without a readable instant is none."""
    rows = await read.all("SELECT holds, place, since, until, reason FROM discord_pauses ORDER BY until DESC, place")
    return [
        Pause(Held(row["holds"]), row["place"], since, until, row["reason"])
        for row in rows
        if (since := readable_instant(row["since"])) and (until := readable_instant(row["until"]))
    ]
