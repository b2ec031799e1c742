"""Channels' daily lists: when each is due, what became of the last one, and why one stopped. Knows no paper's content."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from bot.models import Notice, OwnerKind, StopCause, Summary
from bot.store.database import Connection, Row
from bot.store.faults import RESTING
from bot.store.rows import readable_date, readable_instant, seconds

#: A list is due within a week; a time further ahead was noted by a clock that was ahead.
HORIZON: Final = timedelta(days=9)


def read_summary(row: Row) -> Summary:
    return Summary(
        channel_id=row["channel_id"],
        guild_id=row["guild_id"],
        server_name=row["server_name"],
        timezone=row["timezone"],
        minute=row["minute"],
        weekdays=row["weekdays"],
        categories=tuple(row["categories"].split()),
        words=row["words"],
        size=row["size"],
        created_by=row["created_by"],
        next_at=readable_instant(row["next_at"]),
        next_on=readable_date(row["next_on"]),
        composed=readable_instant(row["composed_at"]),
        last_on=readable_date(row["last_on"]),
        outcome=row["outcome"],
        stop_reason=row["stop_reason"] if row["stopped_at"] is not None else None,
        stop_cause=StopCause(row["stop_cause"] or StopCause.ASKED) if row["stopped_at"] is not None else None,
        stopped=readable_instant(row["stopped_at"]),
        channel_name=row["channel_name"],
        notices=None if row["notices"] is None else bool(row["notices"]),
        notice=Notice(row["notice"]),
        failure=row["failure"],
        locale=row["locale"],
        mention_role=row["mention_role_id"],
        mention_words=row["mention_words"],
        silent=bool(row["silent"]),
    )


#: What became of the DM about the present stop: one that cannot arrive while the person's DMs are closed has failed so far.
SUMMARIES: Final = """SELECT s.*, f.failure, CASE WHEN s.notice_id IS NULL THEN 'none' WHEN m.state = 'sent' THEN 'sent'
                 WHEN m.state IN ('failed', 'closed') OR u.dm_state = 'closed' THEN 'failed' ELSE 'waiting' END AS notice
          FROM summaries AS s LEFT JOIN messages AS m ON m.id = s.notice_id LEFT JOIN users AS u ON u.id = s.created_by
          LEFT JOIN faults AS f ON f.owner_kind = 'channel' AND f.owner_id = s.channel_id"""


async def save(write: Connection, summary: Summary, now: datetime) -> None:
    """A new wish, or a changed one, what was sent already stays known."""
    await write.execute(
        """INSERT INTO summaries (channel_id, guild_id, server_name, channel_name, timezone, minute, weekdays, categories,
                                  words, size, created_by, notices, created_at, next_at, next_on, locale,
                                  mention_role_id, mention_words, silent)
           VALUES (:channel, :guild, :server, :name, :zone, :minute, :weekdays, :categories,
                   :words, :size, :by, :notices, :now, :next_at, :next_on, :locale, :mention_role, :mention_words, :silent)
           ON CONFLICT (channel_id) DO UPDATE SET
               channel_name = excluded.channel_name, notices = excluded.notices,
               server_name = excluded.server_name, timezone = excluded.timezone, minute = excluded.minute,
               weekdays = excluded.weekdays, categories = excluded.categories, words = excluded.words,
               size = excluded.size, created_by = excluded.created_by, next_at = excluded.next_at,
               next_on = excluded.next_on, locale = excluded.locale,
               mention_role_id = excluded.mention_role_id, mention_words = excluded.mention_words,
               silent = excluded.silent""",
        {
            "channel": summary.channel_id,
            "guild": summary.guild_id,
            "server": summary.server_name,
            "name": summary.channel_name,
            "notices": None if summary.notices is None else int(summary.notices),
            "zone": summary.timezone,
            "minute": summary.minute,
            "weekdays": summary.weekdays,
            "categories": " ".join(summary.categories),
            "words": summary.words,
            "size": summary.size,
            "by": summary.created_by,
            "now": seconds(now),
            "next_at": summary.next_at and seconds(summary.next_at),
            "next_on": summary.next_on and summary.next_on.isoformat(),
            "locale": summary.locale,
            "mention_role": summary.mention_role,
            "mention_words": summary.mention_words,
            "silent": int(summary.silent),
        },
    )


async def load(read: Connection, channel_id: int) -> Summary | None:
    row = await read.one(f"{SUMMARIES} WHERE s.channel_id = :id", {"id": channel_id})
    return None if row is None else read_summary(row)


async def is_silent(read: Connection, channel_id: int) -> bool:
    """Whether a channel's list makes no sound."""
    return bool(await read.value("SELECT silent FROM summaries WHERE channel_id = :id", {"id": channel_id}))


async def load_for_guild(read: Connection, guild_id: int) -> list[Summary]:
    rows = await read.all(f"{SUMMARIES} WHERE s.guild_id = :id ORDER BY s.created_at, s.channel_id", {"id": guild_id})
    return [read_summary(row) for row in rows]


async def load_words(read: Connection) -> list[tuple[int, str]]:
    """(channel, words) of every list."""
    return [(row["channel_id"], row["words"]) for row in await read.all("SELECT channel_id, words FROM summaries")]


async def set_words(write: Connection, channel_id: int, words: str) -> None:
    await write.execute(
        "UPDATE summaries SET words = :words WHERE channel_id = :channel", {"words": words, "channel": channel_id}
    )


async def due(read: Connection, now: datetime) -> list[int]:
    """Channels whose list is due, not those whose fault waits for its retry; also those whose next list is so far ahead that
    only a wrong clock can have put it there."""
    rows = await read.all(
        f"""SELECT channel_id FROM summaries WHERE (next_at <= :now OR next_at > :horizon) AND stopped_at IS NULL
           AND channel_id NOT IN ({RESTING}) ORDER BY next_at, channel_id""",  # noqa: S608
        {"now": seconds(now), "horizon": seconds(now + HORIZON), "owners": OwnerKind.CHANNEL},
    )
    return [row["channel_id"] for row in rows]


async def note_composed(
    write: Connection,
    channel_id: int,
    now: datetime,
    next_at: datetime,
    next_on: date,
    last_on: date | None,
    outcome: str,
) -> None:
    """The day is done for this channel. `last_on` is None when nothing was sent."""
    await write.execute(
        """UPDATE summaries SET composed_at = :now, next_at = :next_at, next_on = :next_on,
               last_on = coalesce(:last_on, last_on), outcome = :outcome WHERE channel_id = :id""",
        {
            "id": channel_id,
            "now": seconds(now),
            "next_at": seconds(next_at),
            "next_on": next_on.isoformat(),
            "last_on": last_on and last_on.isoformat(),
            "outcome": outcome,
        },
    )


async def next_due(read: Connection, now: datetime) -> datetime | None:
    """When the next of these lists is due, or its stop is to be told; None when no channel has one."""
    at = await read.value(
        f"""SELECT min(CASE WHEN next_at > :horizon OR stopped_at IS NOT NULL THEN 0 ELSE next_at END) FROM summaries
           WHERE (stopped_at IS NULL OR stop_settled = 0) AND channel_id NOT IN ({RESTING})""",  # noqa: S608
        {"now": seconds(now), "horizon": seconds(now + HORIZON), "owners": OwnerKind.CHANNEL},
    )
    return readable_instant(at)


async def note_outcome(write: Connection, channel_id: int, outcome: str) -> None:
    """What became of the last list, in words."""
    await write.execute(
        "UPDATE summaries SET outcome = :outcome WHERE channel_id = :id", {"id": channel_id, "outcome": outcome}
    )


async def reschedule(write: Connection, channel_id: int, next_at: datetime, next_on: date) -> None:
    await write.execute(
        "UPDATE summaries SET next_at = :at, next_on = :on WHERE channel_id = :id",
        {"id": channel_id, "at": seconds(next_at), "on": next_on.isoformat()},
    )


async def stop(write: Connection, channel_id: int, reason: str, now: datetime, cause: StopCause) -> bool:
    """Returns whether one was running. Its messages and the DM about it are `unsettled` business from then on."""
    changed = await write.execute(
        """UPDATE summaries SET stopped_at = :now, stop_reason = :reason, stop_cause = :cause, stop_settled = 0,
               notice_id = NULL, returned_at = NULL WHERE channel_id = :id AND stopped_at IS NULL""",
        {"id": channel_id, "reason": reason, "cause": cause, "now": seconds(now)},
    )
    return changed > 0


async def candidates(read: Connection, channel_id: int, days: tuple[date, ...], announced_since: datetime) -> list[int]:
    """Papers listed on these days or announced since then, that the channel has not had, and those of a list that was closed."""
    rows = await read.all(
        """SELECT id FROM papers WHERE merged_into IS NULL
           AND (id IN (SELECT paper_id FROM listings WHERE day IN :days)
                OR announced_at >= :since)
           AND id NOT IN (SELECT paper_id FROM alerts WHERE recipient_kind = 'channel' AND recipient_id = :channel)
           UNION
           SELECT paper_id FROM alerts
           WHERE recipient_kind = 'channel' AND recipient_id = :channel AND state = 'pending' AND message_id IS NULL""",
        {"days": [d.isoformat() for d in days], "since": seconds(announced_since), "channel": channel_id},
    )
    return [row["id"] for row in rows]


async def left_over(read: Connection, channel_id: int) -> list[int]:
    """Papers of a list that did not come through, which wait for the next one."""
    return await read.ids(
        """SELECT paper_id AS id FROM alerts
           WHERE recipient_kind = 'channel' AND recipient_id = :channel AND state = 'pending' AND message_id IS NULL""",
        {"channel": channel_id},
    )


async def recorded_since(read: Connection, paper_ids: list[int], since: datetime) -> set[int]:
    """Those of these papers to which something happened since then: the rest is yesterday's news."""
    rows = await read.all(
        """SELECT DISTINCT paper_id FROM events WHERE recorded_at > :since AND kind IN ('announced', 'cross-listed', 'listed')
           AND paper_id IN :ids""",
        {"since": seconds(since), "ids": paper_ids},
    )
    return {row["paper_id"] for row in rows}
