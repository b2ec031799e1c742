"""The gateway itself: close codes, shards, intents, compression, over a bare WebSocket."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
import zstandard

from playground.server import Playground
from tests.patience import PATIENCE

from .conftest import Human, Rest, Start, until


class Wire:
    """One bare connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, op: int, data: Any = None) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def next(self, event: str | None = None) -> Any:
        async with asyncio.timeout(PATIENCE):
            while True:
                payload = json.loads((await self.socket.receive()).data)
                if event is None or payload["t"] == event:
                    return payload

    async def close_code(self) -> int | None:
        async with asyncio.timeout(PATIENCE):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        return self.socket.close_code


@pytest.fixture
async def wire(play: Playground, session: aiohttp.ClientSession) -> AsyncIterator[Wire]:
    async with session.ws_connect(f"{play.gateway_url}/?v=10&encoding=json") as socket:
        made = Wire(socket)
        hello = await made.next()
        assert hello["op"] == 10
        assert hello["d"]["heartbeat_interval"] > 1000
        yield made


def identify(play: Playground, **changes: Any) -> dict[str, Any]:
    return {"token": play.token, "intents": 1, "properties": {}} | changes


async def test_too_many_guilds_for_one_shard_is_4011(
    play: Playground, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.gateway.connection.GUILDS_PER_SHARD", 0)
    await wire.send(2, identify(play))
    assert await wire.close_code() == 4011


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"shard": [2, 2]}, 4010),
        ({"shard": [0]}, 4010),
        ({"intents": -1}, 4013),
        ({"intents": 1 << 60}, 4013),
        ({"intents": 1 << 15}, 4014),
        ({"intents": 1 << 1}, 4014),
    ],
)
async def test_a_wrong_identify_is_closed_with_its_code(
    play: Playground, wire: Wire, changes: dict[str, Any], code: int
) -> None:
    await wire.send(2, identify(play, **changes))
    assert await wire.close_code() == code


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{"op": 99}', 4001),
        ("not json", 4002),
        ('{"op": 1, "d": "%s"}' % ("x" * 4100), 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 6, "d": {"token": "x", "session_id": "y", "seq": 1}}', 4004),
    ],
)
async def test_a_wrong_payload_is_closed_with_its_code(wire: Wire, payload: str, code: int) -> None:
    await wire.socket.send_str(payload)
    assert await wire.close_code() == code


async def test_a_second_identify_is_4005_and_too_many_events_4008(play: Playground, wire: Wire) -> None:
    await wire.send(2, identify(play))
    ready = await wire.next("READY")
    assert "shard" not in ready["d"]
    for _ in range(118):
        await wire.send(1)
    await wire.send(2, identify(play))
    assert await wire.close_code() == 4005


async def test_more_than_120_events_a_minute_are_4008(wire: Wire) -> None:
    for _ in range(121):
        await wire.send(1)
    assert await wire.close_code() == 4008


@pytest.mark.parametrize("compress", ["zlib-stream", "zstd-stream"])
async def test_a_compressed_connection_is_one_stream_over_its_messages(
    play: Playground, session: aiohttp.ClientSession, compress: str
) -> None:
    opened = zlib.decompressobj() if compress == "zlib-stream" else zstandard.ZstdDecompressor().decompressobj()
    async with session.ws_connect(f"{play.gateway_url}/?v=10&encoding=json&compress={compress}") as socket:
        wire = Wire(socket)
        hello = json.loads(opened.decompress((await socket.receive()).data))
        assert hello["op"] == 10
        await wire.send(2, identify(play))
        ready = json.loads(opened.decompress((await socket.receive()).data))
        assert (ready["t"], ready["s"]) == ("READY", 1)
        await wire.send(1, 1)
        async with asyncio.timeout(PATIENCE):
            while json.loads(opened.decompress((await socket.receive()).data))["op"] != 11:
                pass


async def test_another_version_is_4012(play: Playground, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(f"{play.gateway_url}?v=3") as socket:
        assert await Wire(socket).close_code() == 4012


async def test_a_future_sequence_is_4007_and_an_unknown_session_op_9(
    play: Playground, wire: Wire, session: aiohttp.ClientSession
) -> None:
    await wire.send(2, identify(play))
    known = (await wire.next("READY"))["d"]["session_id"]
    resume = {"token": play.token, "seq": 999}
    async with session.ws_connect(play.gateway_url) as socket:
        other = Wire(socket)
        await other.next()
        await other.send(6, resume | {"session_id": "unknown"})
        assert await other.next() == {"op": 9, "d": False, "s": None, "t": None}
        await other.send(6, resume | {"session_id": known})
        assert await other.close_code() == 4007


async def test_a_session_closed_with_1000_is_over(play: Playground, wire: Wire) -> None:
    await wire.send(2, identify(play))
    await wire.next("READY")
    await wire.socket.close(code=1000)
    await until(lambda: not play.hub.sessions)


async def test_a_session_that_stayed_away_too_long_is_over(
    play: Playground, human: Human, wire: Wire, session: aiohttp.ClientSession
) -> None:
    await wire.send(2, identify(play))
    known = (await wire.next("READY"))["d"]["session_id"]
    await wire.socket.close(code=4000)
    await until(lambda: not play.hub.anyone_online())
    await human.ask("POST", "/clock", {"shift": 301})
    async with session.ws_connect(play.gateway_url) as socket:
        other = Wire(socket)
        await other.next()
        await other.send(6, {"token": play.token, "session_id": known, "seq": 1})
        assert (await other.next())["op"] == 9


async def test_privileged_intents_can_be_granted(play: Playground, human: Human, wire: Wire) -> None:
    granted = await human.ask("POST", f"/bots/{human.bot}", {"privileged_intents": ["members", "message_content"]})
    assert granted["flags"] == 1 << 15 | 1 << 19
    await wire.send(2, identify(play, intents=1 | 1 << 1 | 1 << 9 | 1 << 15))
    await wire.next("GUILD_CREATE")
    await human.ask("POST", f"/channels/{human.general}/messages", {"as": human.yuki, "content": "readable"})
    assert (await wire.next("MESSAGE_CREATE"))["d"]["content"] == "readable"
    await wire.send(8, {"guild_id": human.guild, "query": "", "limit": 0, "nonce": "n"})
    chunk = (await wire.next("GUILD_MEMBERS_CHUNK"))["d"]
    assert (len(chunk["members"]), chunk["nonce"]) == (5, "n")
    await human.ask("POST", f"/guilds/{human.guild}/members/{human.outsider}", {})
    assert (await wire.next("GUILD_MEMBER_ADD"))["d"]["user"]["username"] == "lena"
    await human.ask("DELETE", f"/guilds/{human.guild}/members/{human.outsider}")
    assert (await wire.next("GUILD_MEMBER_REMOVE"))["d"]["user"]["username"] == "lena"


async def test_without_the_intent_a_strangers_text_is_empty_but_a_mention_is_not(
    play: Playground, human: Human, wire: Wire
) -> None:
    await wire.send(2, identify(play, intents=1 | 1 << 9))
    await wire.next("GUILD_CREATE")
    for content in ("secret", f"<@{human.bot}> hello"):
        await human.ask("POST", f"/channels/{human.general}/messages", {"as": human.yuki, "content": content})
    got = [(await wire.next("MESSAGE_CREATE"))["d"]["content"] for _ in range(2)]
    assert got == ["", f"<@{human.bot}> hello"]


async def test_shards_divide_the_guilds_and_dms_go_to_shard_0(play: Playground, human: Human) -> None:
    for number in range(3):
        await human.ask("POST", "/guilds", {"as": human.owner, "name": f"Guild {number}", "bot_id": human.bot})
    await human.ask("POST", "/faults", {"shards": 2})

    class Sharded(discord.AutoShardedClient):
        said: list[discord.Message] = []  # noqa: RUF012

        async def on_message(self, message: discord.Message) -> None:
            self.said.append(message)

    client = Sharded(intents=discord.Intents._from_value(1 | 1 << 12))
    client._connection.guild_ready_timeout = 0.0
    task = asyncio.create_task(client.start(play.token))
    try:
        await until(client.is_ready)
        assert len(client.guilds) == 4
        assert sorted(s.shard for s in play.hub.sessions.values()) == [(0, 2), (1, 2)]
        assert all((g.id >> 22) % 2 == g.shard_id for g in client.guilds)
        dm = await human.ask("POST", "/dms", {"as": human.yuki, "user_id": human.bot})
        await human.ask("POST", f"/channels/{dm['id']}/messages", {"as": human.yuki, "content": "hi"})
        await until(lambda: client.said)
    finally:
        await client.close()
        await task


async def test_a_guild_comes_and_goes_while_connected(start: Start, human: Human) -> None:
    client = await start()
    made = await human.ask("POST", "/guilds", {"as": human.yuki, "name": "Second", "bot_id": human.bot})
    await until(lambda: "guild_join" in client.heard)
    await human.ask("DELETE", f"/guilds/{made['id']}/members/{human.bot}")
    await until(lambda: "guild_remove" in client.heard)
    await human.ask("DELETE", f"/guilds/{human.guild}")
    await until(lambda: client.heard.count("guild_remove") == 2)
    assert list(client.guilds) == []


async def test_the_1001st_identify_of_a_day_resets_the_token(play: Playground, rest: Rest, wire: Wire) -> None:
    app, day = play.world.bots()[0], int(play.clock.now() // 86_400)
    play.state.set_meta(f"identifies:{app['id']}:{day}", "1000")
    old = play.token
    assert (await rest("GET", "/gateway/bot"))[1]["session_start_limit"]["remaining"] == 0
    await wire.send(2, identify(play))
    assert await wire.close_code() == 4004
    assert play.token != old
    assert (await rest("GET", "/users/@me", token=old))[0] == 401


async def test_every_close_code_ends_or_resumes_as_discord_says(start: Start, human: Human) -> None:
    client = await start()
    for code in (4000, 4009):
        client.heard.clear()
        await human.ask("POST", "/gateway", {"op": "close", "code": code})
        await until(lambda: "resumed" in client.heard)
    await human.ask("POST", "/gateway", {"op": "close", "code": 4004})
    task = client.running
    assert task is not None
    await until(task.done)
    error = task.exception()
    assert isinstance(error, discord.ConnectionClosed)
    assert error.code == 4004
