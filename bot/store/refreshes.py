"""Messages that stand in Discord and whose papers have new votes. Knows no card and no Discord."""

from __future__ import annotations

from datetime import datetime

from bot.models import SentMessage
from bot.store.database import Connection
from bot.store.rows import instant, readable_date, seconds


async def load_outdated(
    read: Connection, *, sent_since: datetime, edited_before: datetime, limit: int
) -> list[SentMessage]:
    """Messages sent since then, not edited since `edited_before`, with papers whose votes, comments or code are newer."""
    rows = await read.all(
        """SELECT id, local_date, coalesce(shown, payload) AS payload, nonce, channel_id, discord_id FROM messages AS m
           WHERE state = 'sent' AND sent_at >= :since AND frozen IS NULL
           AND channel_id IS NOT NULL AND discord_id IS NOT NULL AND coalesce(shown_at, 0) <= :edited
           AND EXISTS (SELECT 1 FROM alerts AS a JOIN votes AS v ON v.paper_id = a.paper_id
                       WHERE a.message_id = m.id AND v.captured_at >= coalesce(m.checked_at, m.created_at))
           ORDER BY id LIMIT :limit""",
        {"since": seconds(sent_since), "edited": seconds(edited_before), "limit": limit},
    )
    return [
        SentMessage(
            row["id"], readable_date(row["local_date"]) or instant(0).date(), row["payload"], row["nonce"],
            row["channel_id"], row["discord_id"],
        )
        for row in rows
    ]  # fmt: skip


async def papers_of_message(read: Connection, message_id: int) -> list[int]:
    rows = await read.all("SELECT paper_id FROM alerts WHERE message_id = :id", {"id": message_id})
    return [row["paper_id"] for row in rows]


async def note_checked(write: Connection, message_id: int, at: datetime) -> None:
    """Nothing that is shown has changed up to then."""
    await write.execute("UPDATE messages SET checked_at = :at WHERE id = :id", {"id": message_id, "at": seconds(at)})


async def note_shown(write: Connection, message_id: int, payload: str, at: datetime) -> None:
    """The payload stands in Discord now."""
    await write.execute(
        "UPDATE messages SET shown = :payload, shown_at = :at, checked_at = :at WHERE id = :id",
        {"id": message_id, "payload": payload, "at": seconds(at)},
    )


async def stop_editing(write: Connection, message_id: int, reason: str) -> None:
    """The message is not edited any more."""
    await write.execute("UPDATE messages SET frozen = :reason WHERE id = :id", {"id": message_id, "reason": reason})
