"""When new DM channels were opened, so that a restart does not forget it. Knows no reason and no limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.store.database import Connection
from bot.store.rows import readable_instant, seconds

_KEPT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """One attempt to open a DM channel; `refused` when Discord said that there were too many."""

    at: datetime
    refused: bool = False


def last_refusal(known: Iterable[Opening]) -> datetime | None:
    """When Discord refused one last."""
    return max((opening.at for opening in known if opening.refused), default=None)


async def load(read: Connection, now: datetime) -> list[Opening]:
    """The attempts of the last hour, oldest first. One in the future was made, under a clock that was ahead: it counts as made now."""
    rows = await read.all(
        "SELECT at, refused FROM dm_openings WHERE at > :since ORDER BY id", {"since": seconds(now - _KEPT)}
    )
    return [Opening(min(readable_instant(row["at"]) or now, now), bool(row["refused"])) for row in rows]


async def add(write: Connection, now: datetime) -> int:
    """Notes an attempt before it is made. Returns its id."""
    await write.execute("DELETE FROM dm_openings WHERE at <= :since", {"since": seconds(now - _KEPT)})
    return await write.insert("INSERT INTO dm_openings (at) VALUES (:now)", {"now": seconds(now)})


async def note_refused(write: Connection, opening_id: int) -> None:
    await write.execute("UPDATE dm_openings SET refused = 1 WHERE id = :id", {"id": opening_id})
