"""The gateway, version 10: hello, identify, heartbeat, resume, and every close code.
It knows connections and sessions; it must not know what the events mean."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

from playground.discord.core import Discord
from playground.discord.hub import GUILD_PRESENCES, GUILDS, Session
from playground.discord.wire import Json, public, snowflake
from playground.gateway.rules import (
    ALL_INTENTS,
    IDENTIFY,
    PRIVILEGED,
    REASONS,
    RESUME,
    ConnectionEndError,
    check_query,
    fits,
)
from playground.http import PLAYGROUND

HEARTBEAT_MS = 41_250


def _packer(compress: str | None) -> Callable[[bytes], bytes] | None:
    """What packs the texts of one connection, each flushed; None for a connection that is not compressed."""
    if compress is None:
        return None
    if compress == "zstd-stream":
        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda text: zstd.compress(text) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    deflate = zlib.compressobj()
    return lambda text: deflate.compress(text) + deflate.flush(zlib.Z_SYNC_FLUSH)


PAYLOAD_LIMIT = 4096
EVENTS_PER_MINUTE = 120
GUILDS_PER_SHARD = 2500


def add_to(app: web.Application) -> None:
    """Serve the gateway of the application's Discord."""
    for path in ("/gateway", "/gateway/"):
        app.router.add_get(path, handle)


async def handle(request: web.Request) -> web.StreamResponse:
    """GET /gateway: one bot's connection from upgrade to close."""
    play = request.app[PLAYGROUND]
    if play.faults.take_handshake():
        return web.Response(status=503, text="Service Unavailable")
    ws = web.WebSocketResponse(heartbeat=None, autoping=True, compress=False, max_msg_size=1 << 20)
    await ws.prepare(request)
    connection = Connection(play, ws, request)
    play.connections.add(connection)
    try:
        await connection.run()
    finally:
        play.connections.discard(connection)
    return ws


class Connection:
    """One WebSocket: a reader (run) and a writer fed by a queue, so that events are sent without waiting."""

    def __init__(self, play: Discord, ws: web.WebSocketResponse, request: web.Request) -> None:
        self._play = play
        self._ws = ws
        self._query = request.query
        self._transport = request.transport
        self._queue: asyncio.Queue[str | tuple[int, str]] = asyncio.Queue()
        self._pack = _packer(self._query.get("compress"))
        self._received: deque[float] = deque()
        self._beat_at = time.monotonic()
        self._our_code: int | None = None  # the server closed first, with this
        self.session: Session | None = None

    def send(self, payload: str) -> None:
        if not self._play.faults.silent_gateway:
            self._queue.put_nowait(payload)

    def send_op(self, op: int, data: object = None) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int, reason: str = "") -> None:
        """Close after everything queued so far is sent."""
        self._queue.put_nowait((code, reason or REASONS.get(code, "")))

    def invalidate(self, *, resumable: bool) -> None:
        """Op 9: the session is over, or the bot is only to resume it."""
        if not resumable and self.session is not None:
            self._play.hub.sessions.pop(self.session.id, None)
            self.session.socket, self.session = None, None
        self.send_op(9, resumable)

    def drop(self) -> None:
        """Cut the wire without a word."""
        if self._transport is not None:
            self._transport.abort()

    async def run(self) -> None:
        writer = asyncio.create_task(self._write())
        code: int | None = None
        try:
            check_query(self._query)
            self.send_op(10, {"heartbeat_interval": HEARTBEAT_MS, "_trace": ["playground"]})
            await self._read()
            code = self._our_code or self._ws.close_code
        except ConnectionEndError as end:
            code = end.code
            self.close(end.code, end.reason)
            await writer
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._leave(code)

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            if isinstance(item, tuple):
                self._our_code, reason = item
                await self._ws.close(code=self._our_code, message=reason.encode())
                return
            try:
                if self._pack is None:
                    await self._ws.send_str(item)
                else:
                    await self._ws.send_bytes(self._pack(item.encode()))
            except (ConnectionError, RuntimeError):
                return  # the bot is gone; its session keeps what was meant for it

    async def _read(self) -> None:
        while True:
            patience = self._beat_at + HEARTBEAT_MS * 1.5 / 1000 - time.monotonic()
            if patience <= 0:
                raise ConnectionEndError(4009)
            try:
                frame = await self._ws.receive(timeout=patience)
            except TimeoutError:
                continue
            if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            await self._on_frame(frame.data)

    async def _on_frame(self, data: str | bytes) -> None:
        raw = data.encode() if isinstance(data, str) else data
        now = time.monotonic()
        self._received.append(now)
        while self._received[0] < now - 60:
            self._received.popleft()
        if len(self._received) > EVENTS_PER_MINUTE:
            raise ConnectionEndError(4008)
        if len(raw) > PAYLOAD_LIMIT:
            raise ConnectionEndError(4002)
        try:
            payload = json.loads(raw)
            op = payload["op"]
        except (ValueError, TypeError, KeyError):
            raise ConnectionEndError(4002) from None
        self._on_op(op, payload.get("d"))

    def _on_op(self, op: object, data: Any) -> None:
        if op == 1:
            self._beat_at = time.monotonic()
            self.send_op(11)
        elif op == 2:
            self._identify(data)
        elif op == 6:
            self._resume(data)
        elif op not in (3, 4, 8, 31, 43):
            raise ConnectionEndError(4001)
        elif self.session is None:
            raise ConnectionEndError(4003)
        elif op == 8:
            self._send_members(self.session, data if isinstance(data, dict) else {})

    # Identify.

    def _identify(self, data: Any) -> None:
        if self.session is not None:
            raise ConnectionEndError(4005)
        if not fits(data, IDENTIFY, required=("token", "properties")):
            raise ConnectionEndError(4002)
        app = self._play.world.application_of(data["token"].removeprefix("Bot "))
        if app is None or not self._play.identifies.count(app):
            raise ConnectionEndError(4004)
        intents = data.get("intents")
        if not isinstance(intents, int) or intents < 0 or intents & ~ALL_INTENTS:
            raise ConnectionEndError(4013)
        if any(intents & intent and not app["flags"] & flags for intent, flags in PRIVILEGED.items()):
            raise ConnectionEndError(4014)
        if not self._play.identifies.may_start(app):
            self.send_op(9, False)
            return
        self._play.hub.expire(self._play.clock.now())  # those of killed bots
        self.session = self._new_session(app, intents, data)
        self._greet(self.session, app)

    def _new_session(self, app: Json, intents: int, data: Json) -> Session:
        shard = data.get("shard", [0, 1])
        numbers = isinstance(shard, list) and len(shard) == 2 and all(isinstance(n, int) for n in shard)
        if not numbers or not 0 <= shard[0] < shard[1]:
            raise ConnectionEndError(4010)
        session = Session(app["id"], intents, (shard[0], shard[1]), sharded="shard" in data)
        if sum(session.serves(g["id"]) for g in self._play.world.guilds_of(app["id"])) > GUILDS_PER_SHARD:
            raise ConnectionEndError(4011)
        session.socket = self
        self._play.hub.sessions[session.id] = session
        return session

    def _greet(self, session: Session, app: Json) -> None:
        world = self._play.world
        guilds = [g for g in world.guilds_of(session.bot_id) if session.serves(g["id"])]
        ready: Json = {
            "v": 10,
            "user": public(world.user(session.bot_id)) | {"mfa_enabled": False, "verified": True, "email": None},
            "guilds": [{"id": g["id"], "unavailable": True} for g in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._play.faults.resume_url or self._play.gateway_url,
            "application": {"id": app["id"], "flags": app["flags"], "flags_new": str(app["flags"])},
        }
        if session.sharded:
            ready["shard"] = list(session.shard)
        session.emit("READY", ready)
        if session.intents & GUILDS:
            for guild in guilds:
                everyone = session.intents & GUILD_PRESENCES
                shown = world.members(guild["id"]) if everyone else [world.member(guild["id"], session.bot_id)]
                session.emit("GUILD_CREATE", world.gateway_guild(guild, session.bot_id, shown))
        self._play.events.presence(session.bot_id)

    # Resume.

    def _resume(self, data: Any) -> None:
        if self.session is not None:
            raise ConnectionEndError(4005)
        if not fits(data, RESUME, required=("token", "session_id")):
            raise ConnectionEndError(4002)
        hub = self._play.hub
        app = self._play.world.application_of(data["token"].removeprefix("Bot "))
        if app is None:
            raise ConnectionEndError(4004)
        hub.expire(self._play.clock.now())
        session = hub.sessions.get(data["session_id"])
        seq = data.get("seq")
        if session is None or session.bot_id != app["id"]:
            self.send_op(9, False)
            return
        if not isinstance(seq, int) or seq > session.seq:
            raise ConnectionEndError(4007)
        missed = session.missed_since(seq)
        if missed is None:
            del hub.sessions[session.id]
            self.send_op(9, False)
            return
        if isinstance(session.socket, Connection):
            session.socket.session = None
            session.socket.close(4000)
        self.session, session.socket, session.left_at = session, self, None
        for payload in missed:
            self.send(payload)
        session.emit("RESUMED", {"_trace": ["playground"]})
        self._play.events.presence(session.bot_id)

    def _leave(self, code: int | None) -> None:
        """The connection is over; the session waits for a resume unless it was closed for good."""
        session, self.session = self.session, None
        if session is None or session.socket is not self:
            return
        session.socket = None
        session.left_at = self._play.clock.now()
        if code in (1000, 1001):
            self._play.hub.sessions.pop(session.id, None)
        self._play.events.presence(session.bot_id)

    # Members on request.

    def _send_members(self, session: Session, data: Json) -> None:
        guild_id = snowflake(data.get("guild_id"))
        world = self._play.world
        if guild_id is None or not world.is_member(guild_id, session.bot_id):
            return
        everyone = world.members(guild_id)
        wanted = data.get("user_ids")
        if wanted is not None:
            ids = {str(w) for w in (wanted if isinstance(wanted, list) else [wanted])}
            found = [m for m in everyone if m["id"] in ids]
        else:
            query = str(data.get("query", "")).casefold()
            found = [m for m in everyone if world.user(m["id"])["username"].startswith(query)]
            found = found[: int(data.get("limit") or 0) or None]
        chunk: Json = {
            "guild_id": str(guild_id),
            "members": [world.shown_member(m) for m in found],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        session.emit("GUILD_MEMBERS_CHUNK", chunk)
