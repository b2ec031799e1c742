"""Who is listening: gateway sessions of bots, event streams of people; every event goes to those it is meant for.
It knows intents, shards and replay buffers; it must not know where events come from."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from playground.discord.wire import Json

GUILDS, GUILD_MEMBERS, GUILD_MODERATION, GUILD_PRESENCES = 1 << 0, 1 << 1, 1 << 2, 1 << 8
GUILD_MESSAGES, GUILD_REACTIONS, GUILD_TYPING = 1 << 9, 1 << 10, 1 << 11
DM_MESSAGES, DM_REACTIONS, DM_TYPING, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 14, 1 << 15

# The intent an event needs, in a guild and in a DM. Events that are not here are always sent.
INTENTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"), (GUILDS, 0)),
    **dict.fromkeys(("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"), (GUILDS, 0)),
    **dict.fromkeys(("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "CHANNEL_PINS_UPDATE"), (GUILDS, 0)),
    **dict.fromkeys(("THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE", "THREAD_LIST_SYNC"), (GUILDS, 0)),
    **dict.fromkeys(("GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"), (GUILD_MEMBERS, 0)),
    **dict.fromkeys(("GUILD_BAN_ADD", "GUILD_BAN_REMOVE"), (GUILD_MODERATION, 0)),
    **dict.fromkeys(("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"), (GUILD_MESSAGES, DM_MESSAGES)),
    "MESSAGE_DELETE_BULK": (GUILD_MESSAGES, 0),
    **dict.fromkeys(("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"), (GUILD_REACTIONS, DM_REACTIONS)),
    "TYPING_START": (GUILD_TYPING, DM_TYPING),
}
REPLAY_LIMIT = 20_000
SESSION_SECONDS = 300.0  # how long a session waits for its bot after a dropped connection


class Socket(Protocol):
    """One connection of a bot: what can be said to it, and how it can end."""

    def send(self, payload: str) -> None: ...

    def send_op(self, op: int, data: object = None) -> None: ...

    def invalidate(self, *, resumable: bool) -> None: ...

    def close(self, code: int, reason: str = "") -> None: ...

    def drop(self) -> None: ...


@dataclass(slots=True)
class Session:
    """What a bot identified as; it outlives its connection, so that the bot can resume."""

    bot_id: str
    intents: int
    shard: tuple[int, int]
    sharded: bool
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    replay: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REPLAY_LIMIT))
    socket: Socket | None = None
    left_at: float | None = None

    def emit(self, event: str, data: Json) -> None:
        self.seq += 1
        payload = json.dumps({"op": 0, "t": event, "s": self.seq, "d": data}, separators=(",", ":"))
        self.replay.append((self.seq, payload))
        if self.socket is not None:
            self.socket.send(payload)

    def missed_since(self, seq: int) -> list[str] | None:
        """The payloads after seq, or None when some of them are no longer kept."""
        if seq < self.seq and (not self.replay or self.replay[0][0] > seq + 1):
            return None
        return [payload for number, payload in self.replay if number > seq]

    def serves(self, guild_id: str | None) -> bool:
        """Whether this shard carries the guild; DMs are always on shard 0."""
        number, count = self.shard
        return number == ((int(guild_id) >> 22) % count if guild_id else 0)


class Hub:
    """The sessions and streams, and the way to them."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self._streams: dict[str, set[asyncio.Queue[str | None]]] = defaultdict(set)

    def tell_bots(self, event: str, data: Json, *, guild_id: str | None, bots: Collection[str]) -> None:
        """Send an event to those of the bots that asked for its kind."""
        in_guild, in_dm = INTENTS.get(event, (0, 0))
        needed = in_guild if guild_id else in_dm
        for session in list(self.sessions.values()):
            wanted = not needed or session.intents & needed
            if session.bot_id in bots and wanted and session.serves(guild_id):
                session.emit(event, readable(data, session) if event.startswith("MESSAGE_") else data)

    def tell_people(self, event: str, data: Json, people: Iterable[str]) -> None:
        listening = [queue for person in people for queue in self._streams.get(person, ())]
        if listening:
            payload = json.dumps({"t": event, "d": data}, separators=(",", ":"))
            for queue in listening:
                queue.put_nowait(payload)

    def tell_everyone(self, event: str, data: Json) -> None:
        self.tell_people(event, data, list(self._streams))

    def listeners(self) -> list[str]:
        """The ids of the bots with a session and the people with a stream."""
        bots = {session.bot_id for session in self.sessions.values()}
        return [*bots, *(person for person, queues in self._streams.items() if queues)]

    def people(self, ids: Iterable[str]) -> list[str]:
        return [person for person in ids if self._streams.get(person)]

    def online(self, bot_id: str) -> bool:
        return any(s.bot_id == bot_id and s.socket is not None for s in self.sessions.values())

    def anyone_online(self) -> bool:
        return any(s.socket is not None for s in self.sessions.values())

    def sessions_of(self, bot_id: str | None = None) -> list[Session]:
        return [s for s in self.sessions.values() if bot_id in (None, s.bot_id)]

    def expire(self, now: float) -> None:
        """Forget the sessions whose bot stayed away too long."""
        for session in list(self.sessions.values()):
            if session.left_at is not None and now - session.left_at > SESSION_SECONDS:
                del self.sessions[session.id]

    def open_stream(self, person: str) -> asyncio.Queue[str | None]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._streams[person].add(queue)
        return queue

    def close_stream(self, person: str, queue: asyncio.Queue[str | None]) -> None:
        self._streams[person].discard(queue)

    def close_streams(self) -> None:
        for queues in self._streams.values():
            for queue in queues:
                queue.put_nowait(None)


def readable(message: Json, session: Session) -> Json:
    """The message as a bot without the message-content intent sees it: empty, unless it is its own, a DM, or a mention."""
    if "content" not in message or session.intents & MESSAGE_CONTENT:
        return message
    return without_content(message, session.bot_id)


def without_content(message: Json, bot_id: str) -> Json:
    mentioned = any(user["id"] == bot_id for user in message["mentions"])
    if message["author"]["id"] == bot_id or "guild_id" not in message or mentioned:
        return message
    return message | {"content": "", "embeds": [], "attachments": [], "components": []}
