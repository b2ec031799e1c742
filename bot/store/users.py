"""People: when they want their papers, and whether a DM reaches them. Knows no paper and no query."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot.models import DmState, OwnerKind, Quiet, QuietMode, User
from bot.store.database import Connection, Row
from bot.store.faults import RESTING
from bot.store.rows import readable_date, readable_instant, seconds

#: A digest of one day a week is due within a week and two days, which a move to another zone may cost; a time further ahead was noted by
#: a clock that was ahead.
HORIZON: Final = timedelta(days=10)


def _user(row: Row) -> User:
    """A date or an instant that cannot be read is none: each can be found again."""
    return User(
        id=row["id"],
        timezone=row["timezone"],
        digest_minute=row["digest_minute"],
        weekly_day=row["weekly_day"],
        next_digest=readable_instant(row["next_digest_at"]),
        next_digest_on=readable_date(row["next_digest_on"]),
        weekly_on=readable_date(row["weekly_on"]),
        paused_until=readable_instant(row["paused_until"]),
        dm_channel_id=row["dm_channel_id"],
        dm_state=DmState(row["dm_state"]),
        dm_reason=row["dm_reason"],
        opted_in=readable_instant(row["opted_in_at"]),
        locale=row["locale"],
        weekdays=row["weekdays"],
        quiet=Quiet(QuietMode(row["quiet_mode"]), row["quiet_from"], row["quiet_until"]),
        shown=row["shown"],
        plain=bool(row["plain"]),
    )


async def load(read: Connection, user_id: int) -> User | None:
    row = await read.one("SELECT * FROM users WHERE id = :id", {"id": user_id})
    return None if row is None else _user(row)


async def ensure(write: Connection, user_id: int, now: datetime, locale: str | None = None) -> User:
    """The person, known from now on; `locale`, where it is known, is their language as Discord names it."""
    await write.execute(
        """INSERT INTO users (id, created_at, locale) VALUES (:id, :now, :locale)
           ON CONFLICT (id) DO UPDATE SET locale = coalesce(excluded.locale, users.locale)""",
        {"id": user_id, "now": seconds(now), "locale": locale},
    )
    user = await load(write, user_id)
    assert user is not None
    return user


async def opt_in(write: Connection, user_id: int, now: datetime) -> None:
    """The person asked for DMs; the first time counts."""
    await write.execute(
        "UPDATE users SET opted_in_at = coalesce(opted_in_at, :now) WHERE id = :id",
        {"id": user_id, "now": seconds(now)},
    )


async def set_time(write: Connection, user_id: int, timezone: str | None, digest_minute: int, weekly_day: int) -> None:
    await write.execute(
        "UPDATE users SET timezone = :zone, digest_minute = :minute, weekly_day = :day WHERE id = :id",
        {"id": user_id, "zone": timezone, "minute": digest_minute, "day": weekly_day},
    )


async def set_habits(write: Connection, user: User) -> None:
    """Keeps on which days their digests come, their quiet hours, how much is shown at once, and whether without markup."""
    await write.execute(
        """UPDATE users SET weekdays = :weekdays, quiet_mode = :mode, quiet_from = :since, quiet_until = :until, shown = :shown,
               plain = :plain WHERE id = :id""",
        {
            "id": user.id,
            "weekdays": user.weekdays,
            "mode": user.quiet.mode,
            "since": user.quiet.since,
            "until": user.quiet.until,
            "shown": user.shown,
            "plain": int(user.plain),
        },
    )


async def set_next_digest(write: Connection, user_id: int, at: datetime, on: date, weekly_on: date) -> None:
    await write.execute(
        "UPDATE users SET next_digest_at = :at, next_digest_on = :on, weekly_on = :weekly WHERE id = :id",
        {"id": user_id, "at": seconds(at), "on": on.isoformat(), "weekly": weekly_on.isoformat()},
    )


async def set_paused_until(write: Connection, user_id: int, until: datetime | None) -> None:
    await write.execute(
        "UPDATE users SET paused_until = :until WHERE id = :id", {"id": user_id, "until": until and seconds(until)}
    )


async def set_dm_channel(write: Connection, user_id: int, channel_id: int) -> None:
    await write.execute(
        "UPDATE users SET dm_channel_id = :channel WHERE id = :id", {"id": user_id, "channel": channel_id}
    )


async def forget_dm_channel(write: Connection, user_id: int) -> None:
    """It is gone: the next message opens it anew."""
    await write.execute("UPDATE users SET dm_channel_id = NULL WHERE id = :id", {"id": user_id})


async def set_dm_state(write: Connection, user_id: int, state: DmState, reason: str | None, now: datetime) -> None:
    await write.execute(
        """UPDATE users SET dm_state = :state, dm_reason = :reason, dm_changed_at = :now
           WHERE id = :id AND (dm_state <> :state OR coalesce(dm_reason, '') <> coalesce(:reason, ''))""",
        {"id": user_id, "state": state, "reason": reason, "now": seconds(now)},
    )


async def due(read: Connection, now: datetime, limit: int) -> list[int]:
    """At most `limit` people whose digest is due and whom a DM may reach, who waits longest first; not those whose fault waits
    for its retry.

    Also those whose next digest is so far ahead that only a wrong clock can have put it there.
    """
    rows = await read.all(
        f"""SELECT id FROM users WHERE (next_digest_at <= :now OR next_digest_at > :horizon)
           AND dm_state <> 'closed' AND opted_in_at IS NOT NULL
           AND (paused_until IS NULL OR paused_until <= :now)
           AND id NOT IN ({RESTING}) ORDER BY next_digest_at, id LIMIT :limit""",  # noqa: S608
        {"now": seconds(now), "horizon": seconds(now + HORIZON), "owners": OwnerKind.USER, "limit": limit},
    )
    return [row["id"] for row in rows]


async def next_due(read: Connection, now: datetime) -> datetime | None:
    """When the next of these digests is due, each person's pause included; None when nobody waits for one."""
    at = await read.value(
        f"""SELECT min(CASE WHEN next_digest_at > :horizon THEN 0 WHEN paused_until > next_digest_at THEN paused_until
                      ELSE next_digest_at END) FROM users
           WHERE next_digest_at IS NOT NULL AND dm_state <> 'closed' AND opted_in_at IS NOT NULL AND id NOT IN ({RESTING})""",  # noqa: S608
        {"now": seconds(now), "horizon": seconds(now + HORIZON), "owners": OwnerKind.USER},
    )
    return readable_instant(at)
