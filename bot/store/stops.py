"""Lists that stopped: who is to be told, who has read of it, and how one runs again. Knows no card and no Discord."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.models import Notice, Summary
from bot.store.database import Connection
from bot.store.rows import seconds
from bot.store.summaries import SUMMARIES, read_summary


async def start(write: Connection, channel_id: int, next_at: datetime, next_on: date) -> None:
    """The list runs again; the DM about its stop need not go any more, and what it could not post may be listed again."""
    await write.execute(
        "UPDATE messages SET state = 'closed', error = 'the list runs again' WHERE state = 'pending' "
        "AND id = (SELECT notice_id FROM summaries WHERE channel_id = :id)",
        {"id": channel_id},
    )
    await write.execute(
        "DELETE FROM alerts WHERE recipient_kind = 'channel' AND recipient_id = :id AND state = 'undeliverable'",
        {"id": channel_id},
    )
    await write.execute("DELETE FROM stop_readers WHERE channel_id = :id", {"id": channel_id})
    await write.execute(
        """UPDATE summaries SET stopped_at = NULL, stop_reason = NULL, stop_cause = NULL, notice_id = NULL,
               returned_at = NULL, next_at = :at, next_on = :on WHERE channel_id = :id""",
        {"id": channel_id, "at": seconds(next_at), "on": next_on.isoformat()},
    )


async def unsettled(read: Connection) -> list[int]:
    """The channels whose list stopped, and of whose stop nobody was told yet."""
    sql = "SELECT channel_id FROM summaries WHERE stopped_at IS NOT NULL AND stop_settled = 0 ORDER BY stopped_at"
    return [row["channel_id"] for row in await read.all(sql)]


async def load_unsettled(read: Connection, channel_id: int) -> Summary | None:
    """The list, while nobody was told of its stop."""
    row = await read.one(
        f"{SUMMARIES} WHERE s.channel_id = :id AND s.stopped_at IS NOT NULL AND s.stop_settled = 0", {"id": channel_id}
    )
    return None if row is None else read_summary(row)


async def settle(write: Connection, channel_id: int, reason: str, notice_id: int | None) -> None:
    """The stop is told by this DM, if by any. The channel's other messages are not tried: each would be refused as well."""
    parameters = {"id": channel_id, "reason": reason, "notice": notice_id}
    await write.execute(
        """UPDATE alerts SET state = 'undeliverable', state_reason = :reason WHERE state = 'pending'
           AND recipient_kind = 'channel' AND recipient_id = :id""",
        parameters,
    )
    await write.execute(
        """UPDATE messages SET state = 'failed', error = :reason WHERE state = 'pending'
           AND recipient_kind = 'channel' AND recipient_id = :id""",
        parameters,
    )
    await write.execute("UPDATE summaries SET stop_settled = 1, notice_id = :notice WHERE channel_id = :id", parameters)


async def set_notices(write: Connection, channel_id: int, agreed: bool) -> None:
    """Whether a DM comes if this list stops."""
    await write.execute(
        "UPDATE summaries SET notices = :agreed WHERE channel_id = :id", {"id": channel_id, "agreed": int(agreed)}
    )


async def running_guilds(read: Connection) -> set[int]:
    """The servers that have a list which runs."""
    rows = await read.all("SELECT DISTINCT guild_id FROM summaries WHERE stopped_at IS NULL")
    return {row["guild_id"] for row in rows}


async def note_return(write: Connection, guild_id: int, now: datetime) -> None:
    """Paperboy is in the server again: its managers read once more of the lists that stopped meanwhile."""
    await write.execute(
        "UPDATE summaries SET returned_at = :now WHERE guild_id = :id AND stopped_at IS NOT NULL",
        {"id": guild_id, "now": seconds(now)},
    )
    await write.execute(
        "DELETE FROM stop_readers WHERE channel_id IN (SELECT channel_id FROM summaries WHERE guild_id = :id)",
        {"id": guild_id},
    )


async def untold_stops(read: Connection, guild_id: int, user_id: int) -> list[Summary]:
    """Lists of a server that stopped by themselves, of which no DM told, and of which this person has not read."""
    rows = await read.all(
        f"{SUMMARIES} WHERE s.guild_id = :id AND s.stop_cause <> 'asked' AND s.stop_settled = 1 ORDER BY s.stopped_at",
        {"id": guild_id},
    )
    if not rows:
        return []
    seen = await read.all("SELECT channel_id FROM stop_readers WHERE user_id = :user", {"user": user_id})
    known = {row["channel_id"] for row in seen}
    told = (Notice.WAITING, Notice.SENT)
    found = [(read_summary(row), row["returned_at"] is not None) for row in rows if row["channel_id"] not in known]
    return [summary for summary, is_back in found if is_back or summary.notice not in told]


async def note_read(write: Connection, channel_ids: Sequence[int], user_id: int, now: datetime) -> None:
    """This person has read of these stops."""
    await write.execute_many(
        "INSERT INTO stop_readers (channel_id, user_id, read_at) VALUES (:id, :user, :now) ON CONFLICT DO NOTHING",
        [{"id": channel_id, "user": user_id, "now": seconds(now)} for channel_id in channel_ids],
    )


async def forget_read(write: Connection, channel_ids: Sequence[int], user_id: int) -> None:
    """The answer with these stops did not arrive."""
    await write.execute_many(
        "DELETE FROM stop_readers WHERE channel_id = :id AND user_id = :user",
        [{"id": channel_id, "user": user_id} for channel_id in channel_ids],
    )
