"""What upstreams said, day by day, whatever the store made of it. Knows SQL; judges nothing."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.models import EventKind, PaperId, Record
from bot.store.database import Connection, Row
from bot.store.rows import readable_date, readable_instant, seconds

log = logging.getLogger(__name__)

#: How long it is kept what an upstream carried: twice what an audit looks back on.
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Said:
    """What a source said of a paper on one day. `paper_id` is None when the store has no such paper."""

    source: str
    identity: PaperId
    kind: EventKind
    day: date
    at: datetime
    read: datetime
    dated: bool
    paper_id: int | None


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
            "day": day.isoformat(), "at": seconds(record.event.at), "now": seconds(now), "dated": int(dated),
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


async def forget_old(write: Connection, now: datetime) -> None:
    """Forgets what no audit will ask for any more."""
    since = {"day": (now - KEPT).date().isoformat(), "at": seconds(now - KEPT)}
    await write.execute("DELETE FROM carried WHERE day < :day", since)
    await write.execute("DELETE FROM days_read WHERE day < :day", since)
    await write.execute("DELETE FROM audits WHERE day < :day", since)
    await write.execute("DELETE FROM pauses WHERE until < :at", since)


async def begin_keeping(write: Connection, now: datetime) -> None:
    """From now on it is kept what upstreams carry; the first time counts."""
    await write.execute(
        "INSERT INTO meta (key, value) VALUES ('carried_since', :now) ON CONFLICT DO NOTHING",
        {"now": str(seconds(now))},
    )


async def kept_since(read: Connection) -> datetime | None:
    """Since when it is kept what upstreams carry."""
    since = await read.value(
        """SELECT min(at) FROM (
               SELECT CAST(value AS BIGINT) AS at FROM meta WHERE key = 'carried_since'
               UNION ALL SELECT min(read_at) FROM carried UNION ALL SELECT min(read_at) FROM days_read) AS begun"""
    )
    return readable_instant(since)


async def said_on(read: Connection, day: date) -> list[Said]:
    """Everything that sources carried on that day, in no order."""
    rows = await read.all(
        """SELECT c.*, p.paper_id FROM carried AS c LEFT JOIN paper_ids AS p USING (scheme, value)
           WHERE c.day = :day""",
        {"day": day.isoformat()},
    )
    return [said for row in rows if (said := _said(row))]


async def said_of(read: Connection, paper_ids: Collection[int]) -> dict[int, list[Said]]:
    """Everything that sources carried of these papers, on any day, under whatever identity."""
    rows = await read.all(
        """SELECT c.*, p.paper_id FROM paper_ids AS p JOIN carried AS c USING (scheme, value)
           WHERE p.paper_id IN :ids""",
        {"ids": list(paper_ids)},
    )
    found: dict[int, list[Said]] = {}
    for row in rows:
        if said := _said(row):
            found.setdefault(row["paper_id"], []).append(said)
    return found


_KINDS: Final = frozenset(EventKind)


def _said(row: Row) -> Said | None:
    """None for a row that cannot be read: it is as if the source had not said it."""
    day, at, read = readable_date(row["day"]), readable_instant(row["at"]), readable_instant(row["read_at"])
    if day is None or at is None or read is None or row["kind"] not in _KINDS:
        log.error("what %s carried of %s:%s cannot be read", row["source"], row["scheme"], row["value"])
        return None
    return Said(
        source=row["source"],
        identity=PaperId(row["scheme"], row["value"]),
        kind=EventKind(row["kind"]),
        day=day,
        at=at,
        read=read,
        dated=bool(row["dated"]),
        paper_id=row["paper_id"],
    )


async def lacking(read: Connection, day: date, source: str, other: str) -> list[PaperId]:
    """What `source` announced on that day and `other` announced on no day, neither as new nor as cross-listed."""
    rows = await read.all(
        """SELECT c.scheme, c.value FROM carried AS c
           WHERE c.day = :day AND c.source = :source AND c.kind = 'announced' AND NOT EXISTS (
               SELECT 1 FROM carried AS o WHERE o.scheme = c.scheme AND o.value = c.value AND o.source = :other
               AND o.kind IN ('announced', 'cross-listed'))
           ORDER BY c.scheme, c.value""",
        {"day": day.isoformat(), "source": source, "other": other},
    )
    return [PaperId(row["scheme"], row["value"]) for row in rows]


async def days_read(read: Connection, since: date) -> set[tuple[str, date]]:
    """Which sources have seen the lists of which days."""
    rows = await read.all("SELECT source, day FROM days_read WHERE day >= :since", {"since": since.isoformat()})
    return {(row["source"], day) for row in rows if (day := readable_date(row["day"]))}
