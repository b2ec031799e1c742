"""How far each file of papers was read. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Connection
from bot.store.rows import readable_instant, seconds


@dataclass(frozen=True, slots=True)
class ImportState:
    """One file: `position` rows are read, `bad` of them were not usable; `finished` once it was read to its end."""

    position: int = 0
    records: int = 0
    new_papers: int = 0
    bad: int = 0
    finished: datetime | None = None


async def load_import(read: Connection, identity: str) -> ImportState:
    """The file's state; an unknown one is at its beginning."""
    row = await read.one("SELECT * FROM imports WHERE identity = :identity", {"identity": identity})
    if row is None:
        return ImportState()
    finished = readable_instant(row["finished_at"])
    return ImportState(row["position"], row["records"], row["new_papers"], row["bad"], finished)


async def save_import(write: Connection, identity: str, name: str, state: ImportState, now: datetime) -> None:
    """Keeps the state in the transaction that stored what it stands for."""
    await write.execute(
        """INSERT INTO imports (identity, name, position, records, new_papers, bad, started_at, finished_at)
           VALUES (:identity, :name, :position, :records, :new_papers, :bad, :now, :finished)
           ON CONFLICT (identity) DO UPDATE SET name = excluded.name, position = excluded.position,
               records = excluded.records, new_papers = excluded.new_papers, bad = excluded.bad,
               finished_at = excluded.finished_at""",
        {
            "identity": identity,
            "name": name,
            "position": state.position,
            "records": state.records,
            "new_papers": state.new_papers,
            "bad": state.bad,
            "now": seconds(now),
            "finished": state.finished and seconds(state.finished),
        },
    )
