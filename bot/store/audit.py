"""What upstreams carried, day by day, and what became of it. Knows SQL for the audit; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from bot.models import Record
from bot.store.database import Connection
from bot.store.rows import seconds

#: How long it is kept what an upstream carried: twice what an audit looks back on.
KEPT: Final = timedelta(days=30)


async def note_carried(
    write: Connection, source: str, records: Iterable[tuple[Record, date]], now: datetime, *, dated: bool
) -> None:
    """Notes what a source said, each record with its announcement day; the first time counts. `dated` as in a Batch.

    A first announcement happens once: an upstream that dates it anew each time is believed the first time.
    """
    oldest = (now - KEPT).date()
    rows = [
        {
            "scheme": record.ids[0].scheme, "value": record.ids[0].value, "source": source, "kind": record.event.kind,
            "day": day.isoformat(), "at": seconds(record.event.at), "now": seconds(now),
            "dated": int(dated),
        }
        for record, day in records
        if day >= oldest
    ]  # fmt: skip
    await write.execute_many(
        """INSERT INTO carried (scheme, value, source, kind, day, at, read_at, dated)
           SELECT :scheme, :value, :source, :kind, :day, :at, :now, :dated
           WHERE :kind <> 'announced' OR NOT EXISTS (
               SELECT 1 FROM carried
               WHERE scheme = :scheme AND value = :value AND source = :source AND kind = :kind)
           ON CONFLICT DO NOTHING""",
        rows,
    )


async def note_day_read(write: Connection, source: str, day: date, now: datetime) -> None:
    """The source has seen the list of that day, were it empty."""
    await write.execute(
        "INSERT INTO days_read (source, day, read_at) VALUES (:source, :day, :now) ON CONFLICT DO NOTHING",
        {"source": source, "day": day.isoformat(), "now": seconds(now)},
    )
