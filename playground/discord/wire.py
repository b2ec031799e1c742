"""What every module shares about Discord's wire format: JSON objects, snowflakes, timestamps.
It knows no state and no network."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[
    str, Any
]  # Discord's objects are stored and sent as they are; classes would only rename their keys

DISCORD_EPOCH_MS = 1_420_070_400_000
CONTENT_TYPE = "application/json"  # discord.py hands back a string when a charset follows


def iso(seconds: float) -> str:
    """Epoch seconds as Discord writes them: 2026-11-21T12:00:00.000000+00:00."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def snowflake_time(snowflake: int | str) -> float:
    """The epoch seconds inside a snowflake."""
    return ((int(snowflake) >> 22) + DISCORD_EPOCH_MS) / 1000


def first_snowflake(seconds: float) -> int:
    """The smallest snowflake of this instant."""
    return max(0, int(seconds * 1000) - DISCORD_EPOCH_MS) << 22


def snowflake(value: object) -> int | None:
    """The id in a request, which may be a string or a number; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if 0 <= value < 1 << 64 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    return None


def token_head(bot_id: int | str) -> str:
    """The first dot-part of a bot token: the bot's id in base64; libraries read it from there."""
    return base64.urlsafe_b64encode(str(bot_id).encode()).decode().rstrip("=")


def public(thing: Json) -> Json:
    """The object without the keys only this server uses (they begin with an underscore)."""
    return {key: value for key, value in thing.items() if not key.startswith("_")}
