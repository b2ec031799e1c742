"""What a bot may say when it connects to the gateway, and the code with which the connection ends otherwise. Pure.
It knows payloads; it must not know connections or sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.discord.hub import GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT

ALL_INTENTS = (1 << 26) - 1
# A privileged intent and the application flags (full, limited) that grant it.
PRIVILEGED = {
    GUILD_PRESENCES: (1 << 12) | (1 << 13),
    GUILD_MEMBERS: (1 << 14) | (1 << 15),
    MESSAGE_CONTENT: (1 << 18) | (1 << 19),
}
REASONS = {
    4000: "Unknown error.",
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4009: "Session timed out.",
    4010: "Invalid shard.",
    4011: "Sharding required.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}


#: What the fields of the two openings are; intents, shard and seq have close codes of their own.
IDENTIFY: dict[str, type] = {
    "token": str,
    "properties": dict,
    "compress": bool,
    "large_threshold": int,
    "presence": dict,
}
RESUME: dict[str, type] = {"token": str, "session_id": str}


def fits(data: Any, fields: dict[str, type], required: tuple[str, ...]) -> bool:
    """Whether the payload has what it must have, and everything in the right form."""
    if not isinstance(data, dict) or any(data.get(name) is None for name in required):
        return False
    return all(isinstance(data[name], kind) for name, kind in fields.items() if data.get(name) is not None)


class ConnectionEndError(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str = "") -> None:
        self.code = code
        self.reason = reason or REASONS.get(code, "")
        super().__init__(f"{code} {self.reason}")


def check_query(query: Mapping[str, str]) -> None:
    """Version, encoding and compression of the address.

    Discord documents no code for an encoding or a compression that it does not speak; the next of kin is the version's.
    """
    if query.get("v", "10") not in {"9", "10"}:
        raise ConnectionEndError(4012)
    for name, known in (("encoding", ("json",)), ("compress", ("zlib-stream", "zstd-stream"))):
        if query.get(name, known[0]) not in known:
            raise ConnectionEndError(4012, f"Here {name} is {' or '.join(known)}, nothing else.")
