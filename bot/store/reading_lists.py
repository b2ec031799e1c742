"""How far the past daily lists are read: what the back-fill has done, and what an import has brought before it. Knows SQL and cursors."""

from __future__ import annotations

from datetime import date, timedelta

from bot.models import SourceKind, SourceState
from bot.store import past_lists, sources
from bot.store.database import Connection
from bot.store.rows import readable_date, readable_json

__all__ = ["progress"]


async def progress(read: Connection) -> tuple[int, int] | None:
    """(days read, days in all) of the back-fill of daily lists, weekends among them; None once it is done, and where there is none. A
    day that has a list already is read, whoever brought it."""
    done = total = 0
    pending = False
    for state in await sources.load_sources(read):
        key = state.key
        if key is None or key.kind is not SourceKind.HUGGINGFACE or key.since is None or key.until is None:
            continue
        days = max(0, (key.until - key.since).days + 1)
        total += days
        if state.first_sync_done:
            done += days
            continue
        pending = True
        reached = _reached(state)  # from the newest day back
        left = reached - timedelta(days=1) if reached and key.since < reached <= key.until else key.until
        done += (key.until - left).days + await past_lists.count_between(read, key.since, left)
    return (min(done, total), total) if pending else None


def _reached(state: SourceState) -> date | None:
    cursor = readable_json(state.cursor)
    return readable_date(cursor["day"]) if isinstance(cursor, dict) and isinstance(cursor.get("day"), str) else None
