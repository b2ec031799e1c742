"""What people said of single papers: those they saved, and those that are not for them. Knows no message and no card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.models import NOT_FOR_YOU, OwnerKind
from bot.store.database import Connection
from bot.store.rows import seconds

__all__ = ["count_saved", "forget_saved", "hidden", "hide", "is_saved", "save", "saved", "show_again"]


async def save(write: Connection, user_id: int, paper_id: int, now: datetime) -> None:
    await write.execute(
        """INSERT INTO saved_papers (user_id, paper_id, saved_at) VALUES (:user, :paper, :now)
           ON CONFLICT (user_id, paper_id) DO NOTHING""",
        {"user": user_id, "paper": paper_id, "now": seconds(now)},
    )


async def is_saved(read: Connection, user_id: int, paper_id: int) -> bool:
    found = await read.value(
        "SELECT 1 FROM saved_papers WHERE user_id = :user AND paper_id = :paper", {"user": user_id, "paper": paper_id}
    )
    return found is not None


async def forget_saved(write: Connection, user_id: int, paper_id: int) -> None:
    await write.execute(
        "DELETE FROM saved_papers WHERE user_id = :user AND paper_id = :paper", {"user": user_id, "paper": paper_id}
    )


async def count_saved(read: Connection, user_id: int) -> int:
    return int(await read.value("SELECT count(*) FROM saved_papers WHERE user_id = :user", {"user": user_id}))


async def saved(read: Connection, user_id: int, limit: int, offset: int = 0) -> list[int]:
    """The papers that somebody saved, the newest first."""
    return await read.ids(
        """SELECT paper_id AS id FROM saved_papers WHERE user_id = :user
           ORDER BY saved_at DESC, paper_id DESC LIMIT :limit OFFSET :offset""",
        {"user": user_id, "limit": limit, "offset": offset},
    )


async def hide(write: Connection, user_id: int, paper_id: int, now: datetime) -> None:
    """It comes in no later message; what waits of it is held."""
    row = {"user": user_id, "paper": paper_id, "now": seconds(now), "kind": OwnerKind.USER, "why": NOT_FOR_YOU}
    await write.execute(
        """INSERT INTO hidden_papers (user_id, paper_id, hidden_at) VALUES (:user, :paper, :now)
           ON CONFLICT (user_id, paper_id) DO NOTHING""",
        row,
    )
    await write.execute(
        """UPDATE alerts SET state = 'held', state_reason = :why, hold = NULL WHERE recipient_kind = :kind
           AND recipient_id = :user AND paper_id = :paper AND state = 'pending' AND message_id IS NULL""",
        row,
    )


async def show_again(write: Connection, user_id: int, paper_id: int) -> None:
    """Takes that back; what was held for it waits again."""
    row = {"user": user_id, "paper": paper_id, "kind": OwnerKind.USER, "why": NOT_FOR_YOU}
    await write.execute("DELETE FROM hidden_papers WHERE user_id = :user AND paper_id = :paper", row)
    await write.execute(
        """UPDATE alerts SET state = 'pending', state_reason = NULL WHERE recipient_kind = :kind AND recipient_id = :user
           AND paper_id = :paper AND state = 'held' AND hold IS NULL AND state_reason = :why AND message_id IS NULL""",
        row,
    )


async def hidden(read: Connection, user_id: int, paper_ids: Iterable[int]) -> frozenset[int]:
    """Those of these papers that are not for this person."""
    found = await read.ids(
        "SELECT paper_id AS id FROM hidden_papers WHERE user_id = :user AND paper_id IN :papers",
        {"user": user_id, "papers": sorted(set(paper_ids))},
    )
    return frozenset(found)
