"""Which messages show papers that have changed since their card was made. Knows no card and no Discord."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.models import SentMessage
from bot.store.database import Connection, Row
from bot.store.rows import seconds


async def note_changed(write: Connection, paper_ids: Sequence[int]) -> None:
    """These papers have changed, so the cards that show them may be outdated."""
    if paper_ids:
        await write.execute(
            """UPDATE messages SET changes = changes + 1
               WHERE id IN (SELECT message_id FROM message_papers WHERE paper_id IN :papers)""",
            {"papers": list(paper_ids)},
        )


async def merge_papers(write: Connection, duplicate: int, kept: int) -> None:
    """Puts a paper in the places of another one. A message that shows both shows it where the first of them stood."""
    ids = {"old": duplicate, "new": kept}
    await note_changed(write, [duplicate])
    await write.execute(
        """DELETE FROM message_papers WHERE paper_id IN (:old, :new) AND EXISTS (
               SELECT 1 FROM message_papers AS before WHERE before.message_id = message_papers.message_id
               AND before.paper_id IN (:old, :new) AND before.position < message_papers.position)""",
        ids,
    )
    await write.execute("UPDATE message_papers SET paper_id = :new WHERE paper_id = :old", ids)


async def load_outdated(
    read: Connection, *, sent_since: datetime, edited_before: datetime, limit: int
) -> list[SentMessage]:
    """Messages sent since then, not edited since `edited_before`, with papers that have changed."""
    rows = await read.all(
        """SELECT id, coalesce(shown, payload) AS payload, nonce, channel_id, discord_id FROM messages
           WHERE state = 'sent' AND sent_at >= :since AND edits_stopped_reason IS NULL
           AND channel_id IS NOT NULL AND discord_id IS NOT NULL AND coalesce(shown_at, 0) <= :edited
           AND changes > shown_changes ORDER BY id LIMIT :limit""",
        {"since": seconds(sent_since), "edited": seconds(edited_before), "limit": limit},
    )
    return [_sent(row) for row in rows]


def _sent(row: Row) -> SentMessage:
    return SentMessage(row["id"], row["payload"], row["nonce"], row["channel_id"], row["discord_id"])


async def find_list(read: Connection, channel_id: int, discord_id: int) -> SentMessage | None:
    """The list that stands in this message of a channel; None where there is none of ours."""
    row = await read.one(
        """SELECT id, coalesce(shown, payload) AS payload, nonce, channel_id, discord_id FROM messages
           WHERE recipient_kind = 'channel' AND discord_id = :message AND channel_id = :channel AND kind = 'summary'""",
        {"channel": channel_id, "message": discord_id},
    )
    return None if row is None else _sent(row)


async def note_card(write: Connection, message_id: int, payload: str, changes: int) -> None:
    """The card of a message that is about to be sent for the first time: it shows so many changes."""
    await write.execute(
        "UPDATE messages SET payload = :payload, shown_changes = :changes WHERE id = :id",
        {"id": message_id, "payload": payload, "changes": changes},
    )


async def note_checked(write: Connection, message_id: int, changes: int) -> None:
    """What is shown is what so many changes made of it."""
    await write.execute(
        "UPDATE messages SET shown_changes = :changes WHERE id = :id", {"id": message_id, "changes": changes}
    )


async def note_shown(write: Connection, message_id: int, payload: str, changes: int, at: datetime) -> None:
    """The payload stands in Discord now, and shows so many changes."""
    await write.execute(
        "UPDATE messages SET shown = :payload, shown_at = :at, shown_changes = :changes WHERE id = :id",
        {"id": message_id, "payload": payload, "at": seconds(at), "changes": changes},
    )


async def stop_editing(write: Connection, message_id: int, reason: str) -> None:
    """The message is not edited any more."""
    await write.execute(
        "UPDATE messages SET edits_stopped_reason = :reason WHERE id = :id", {"id": message_id, "reason": reason}
    )
