"""Small facts about this installation, one value a key. Knows nothing of what they mean."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from math import isfinite
from typing import TypeVar

from bot.store.database import Connection

log = logging.getLogger(__name__)
T = TypeVar("T")


async def get_value(read: Connection, key: str) -> str | None:
    value = await read.value("SELECT value FROM meta WHERE key = :key", {"key": key})
    return None if value is None else str(value)


async def read_value(read: Connection, key: str, parse: Callable[[str], T]) -> T | None:
    """The value as `parse` reads it; None where there is none, and for one that cannot be read, which is said in the log:
    whoever keeps the fact writes it anew."""
    value = await get_value(read, key)
    try:
        return None if value is None else parse(value)
    except (ValueError, TypeError, OverflowError) as error:
        log.error("the fact %s cannot be read and is forgotten: %s", key, error)
        return None


def number(text: str) -> float:
    """Raises ValueError also for one that is none or has no end."""
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no number to reckon with")
    return value


def moment(text: str) -> datetime:
    """Raises ValueError also for one without a zone."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return value


async def set_value(write: Connection, key: str, value: str) -> None:
    await write.execute(
        "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        {"key": key, "value": value},
    )


async def reserve(write: Connection, key: str, count: int, least: int) -> int:
    """Takes `count` numbers, from `least` on, of a series that is never used twice. Returns the first of them."""
    after = await write.value(
        """INSERT INTO meta (key, value) VALUES (:key, :first) ON CONFLICT (key)
           DO UPDATE SET value = CAST(CASE WHEN CAST(meta.value AS BIGINT) < :least THEN :least
               ELSE CAST(meta.value AS BIGINT) END + :count AS TEXT) RETURNING value""",
        {"key": key, "first": str(least + count), "least": least, "count": count},
    )
    return int(after) - count
