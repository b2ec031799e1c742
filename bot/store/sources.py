"""How each source is doing, and when a group of hosts may be asked again. Knows no upstream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.models import SourceState
from bot.store.database import Connection, Database, Row
from bot.store.rows import instant, readable_instant, seconds
from bot.when.schedule import STEP, believable


def at(state: SourceState, now: datetime) -> SourceState:
    """The same source at this instant: what a clock that was ahead has noted is not known."""
    past = (
        believable(at, now) for at in (state.asked, state.first_sync_done, state.last_ok, state.last_new, state.failed)
    )
    asked, settled, last_ok, last_new, failed = past
    return replace(
        state,
        asked=asked,
        first_sync_done=settled or (state.first_sync_done and now),  # it was read to its end, whenever that was
        last_ok=last_ok,
        last_new=last_new,
        failed=failed,
    )


def _state(row: Row) -> SourceState:
    return SourceState(
        name=row["name"],
        cursor=row["cursor"],
        asked=readable_instant(row["asked_at"]),
        first_sync_done=readable_instant(row["settled_at"]),
        last_ok=readable_instant(row["last_ok_at"]),
        last_new=readable_instant(row["last_new_at"]),
        failures=row["failures"],
        failed=readable_instant(row["failed_at"]),
        failure=row["failure"],
    )


async def load_source(read: Connection, name: str) -> SourceState:
    row = await read.one("SELECT * FROM sources WHERE name = :name", {"name": name})
    return SourceState(name) if row is None else _state(row)


async def load_sources(read: Connection) -> list[SourceState]:
    return [_state(row) for row in await read.all("SELECT * FROM sources ORDER BY name")]


async def register(write: Connection, live: Iterable[str], backfills: Iterable[str]) -> None:
    """Makes known what of the past is to be read; what is no longer wanted and was not read to its end is forgotten.

    A live source that comes back one day is then asked for the first time.
    """
    wanted = {"backfills": sorted(backfills), "live": sorted(live)}
    await write.execute(
        """DELETE FROM sources WHERE settled_at IS NULL AND name NOT IN :backfills
           AND name NOT IN :live""",
        wanted,
    )
    await write.execute_many(
        "INSERT INTO sources (name) VALUES (:name) ON CONFLICT DO NOTHING",
        [{"name": name} for name in wanted["backfills"]],
    )


async def note_asked(write: Connection, name: str, now: datetime) -> None:
    """The source is tried for the first time, whatever will come of it."""
    await write.execute(
        """INSERT INTO sources (name, asked_at) VALUES (:name, :now)
           ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at""",
        {"name": name, "now": seconds(now)},
    )


async def advance(write: Connection, name: str, cursor: str, now: datetime, *, brought_news: bool) -> None:
    """Moves the cursor in the transaction that stored what it stands for."""
    await write.execute(
        """INSERT INTO sources (name, cursor, last_ok_at, last_new_at) VALUES (:name, :cursor, :now, :new)
           ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor, last_ok_at = excluded.last_ok_at,
               last_new_at = coalesce(excluded.last_new_at, sources.last_new_at), failures = 0, failure = NULL""",
        {"name": name, "cursor": cursor, "now": seconds(now), "new": seconds(now) if brought_news else None},
    )


async def note_unchanged(write: Connection, name: str, now: datetime) -> None:
    """The source answered well and had nothing to say."""
    await write.execute(
        """INSERT INTO sources (name, last_ok_at) VALUES (:name, :now) ON CONFLICT (name)
           DO UPDATE SET last_ok_at = excluded.last_ok_at, failures = 0, failure = NULL""",
        {"name": name, "now": seconds(now)},
    )


async def note_first_sync_done(write: Connection, name: str, now: datetime) -> None:
    """The source's first visit was read to its end: what comes from now on is news."""
    await write.execute(
        "UPDATE sources SET settled_at = :now WHERE name = :name AND settled_at IS NULL",
        {"name": name, "now": seconds(now)},
    )


async def note_failure(write: Connection, name: str, now: datetime, failure: str) -> int:
    """The cursor stays. Returns the number of failures in a row."""
    await write.execute(
        """INSERT INTO sources (name, failures, failed_at, failure) VALUES (:name, 1, :now, :failure) ON CONFLICT (name)
           DO UPDATE SET failures = sources.failures + 1, failed_at = excluded.failed_at, failure = excluded.failure""",
        {"name": name, "now": seconds(now), "failure": failure},
    )
    return int(await write.value("SELECT failures FROM sources WHERE name = :name", {"name": name}))


class GateState:
    """The gate in front of each group of hosts, kept in the file so that a restart does not forget it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, group: str, interval: float, now: datetime) -> datetime:
        """Takes the next free place in the row: at least `interval` seconds after the one before. Returns its instant."""
        async with self._database.transaction() as write:
            row = await write.one("SELECT free_at, penalty_until FROM hosts WHERE name = :name", {"name": group})
            earliest = now.timestamp()
            if row is not None:
                # A place further away than one interval is left from a clock that was ahead.
                earliest = max(earliest, min(row["free_at"], earliest + 20 * interval))
            await write.execute(
                """INSERT INTO hosts (name, free_at) VALUES (:name, :free)
                   ON CONFLICT (name) DO UPDATE SET free_at = excluded.free_at""",
                {"name": group, "free": earliest + interval},
            )
        return instant(earliest)

    async def back_off(self, group: str, until: datetime) -> None:
        async with self._database.transaction() as write:
            await write.execute(
                """INSERT INTO hosts (name, penalty_until) VALUES (:name, :until)
                   ON CONFLICT (name) DO UPDATE SET penalty_until = CASE
                       WHEN hosts.penalty_until BETWEEN excluded.penalty_until AND excluded.penalty_until + :longest
                       THEN hosts.penalty_until ELSE excluded.penalty_until END""",
                # One that lies further ahead than any pause is left from a clock that was ahead.
                {"name": group, "until": until.timestamp(), "longest": 86400 + STEP.total_seconds()},
            )

    async def penalty(self, group: str) -> datetime | None:
        async with self._database.reading() as read:
            until = await read.value("SELECT penalty_until FROM hosts WHERE name = :name", {"name": group})
        return instant(until) if until else None
