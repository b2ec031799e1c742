"""Small facts about this installation, one value a key. Knows nothing of what they mean."""

from __future__ import annotations

from bot.store.database import Connection


async def get_value(read: Connection, key: str) -> str | None:
    value = await read.value("SELECT value FROM meta WHERE key = :key", {"key": key})
    return None if value is None else str(value)


async def set_value(write: Connection, key: str, value: str) -> None:
    await write.execute(
        "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        {"key": key, "value": value},
    )


async def reserve(write: Connection, key: str, count: int) -> int:
    """Takes `count` numbers of a series that is never used twice. Returns the first of them."""
    after = await write.value(
        """INSERT INTO meta (key, value) VALUES (:key, :first) ON CONFLICT (key)
           DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + :count AS TEXT) RETURNING value""",
        {"key": key, "first": str(1 + count), "count": count},
    )
    return int(after) - count
