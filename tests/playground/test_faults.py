"""Misbehaviour on command, and the limits that are on by default."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import aiohttp
import discord
import pytest

from playground.server import Playground
from tests.patience import PATIENCE

from .conftest import Client, Human, Rest, Start, aim, until


async def test_a_status_is_answered_as_often_as_told_and_then_no_more(rest: Rest, human: Human) -> None:
    fault = {"method": "POST", "path": "/messages$", "status": 503, "count": 2, "skip": 1}
    await human.ask("POST", "/faults", fault)
    path = f"/channels/{human.general}/messages"
    assert [(await rest("POST", path, {"content": "x"}))[0] for _ in range(4)] == [200, 503, 503, 200]
    assert len(await human.messages(human.general)) == 2
    await human.ask("POST", "/faults", {"path": "/users/@me", "status": 403, "body": {"code": 50007, "message": "no"}})
    assert (await rest("GET", "/users/@me"))[:2] == (403, {"code": 50007, "message": "no"})
    await human.ask("POST", "/faults", {"status": 500, "count": None})
    await human.ask("DELETE", "/faults")
    assert (await rest("GET", "/users/@me"))[0] == 200
    assert "kind is one of" in (await human.ask("POST", "/faults", {"kind": "x"}, status=400))["message"]


async def test_an_accepted_message_whose_answer_is_lost_is_there_once(start: Start, human: Human) -> None:
    client = await start()
    channel = client.get_partial_messageable(int(human.general))
    await human.ask("POST", "/faults", {"kind": "accept_then_reset", "path": "/messages"})
    with pytest.raises(aiohttp.ClientError):
        await channel.send("one", nonce="k1")
    again = await channel.send("one", nonce="k1")
    assert [m["id"] for m in await human.messages(human.general)] == [str(again.id)]
    await human.ask("POST", "/faults", {"kind": "accept_then_502", "path": "/messages"})
    await channel.send("two", nonce="k2")  # discord.py tries a 502 again by itself
    assert [m["content"] for m in await human.messages(human.general)] == ["one", "two"]
    log = [e for e in await human.ask("GET", "/requests") if e["path"].endswith("/messages")]
    assert [(e["status"], e.get("accepted")) for e in log] == [(599, 200), (200, None), (502, 200), (200, None)]


async def test_a_dropped_request_was_not_accepted(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"kind": "drop", "path": "/messages"})
    with pytest.raises(aiohttp.ClientError):
        await rest("POST", f"/channels/{human.general}/messages", {"content": "x"})
    assert await human.messages(human.general) == []


async def test_a_429_is_waited_for_and_a_ban_is_raised_at_once(start: Start, human: Human) -> None:
    client = await start()
    channel = client.get_partial_messageable(int(human.general))
    await human.ask(
        "POST", "/faults", {"kind": "rate_limit", "path": "/messages", "retry_after": 0.05, "scope": "shared"}
    )
    await channel.send("after the wait")
    assert [m["content"] for m in await human.messages(human.general)] == ["after the wait"]
    await human.ask("POST", "/faults", {"kind": "cloudflare", "path": "/messages", "retry_after": 60})
    with pytest.raises(discord.HTTPException) as banned:
        await channel.send("no")
    assert banned.value.status == 429
    assert "Via" not in banned.value.response.headers


async def test_a_fault_for_a_time_refuses_until_it_is_over_and_says_what_is_left(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"kind": "cloudflare", "seconds": 600})
    first = await rest("GET", "/users/@me")
    assert (first[0], "Via" in first[2], first[2]["Retry-After"]) == (429, False, "600")
    await human.ask("POST", "/clock", {"shift": human.play.clock.shift + 500})
    later = await rest("GET", "/gateway")
    assert (later[0], 95 <= int(later[2]["Retry-After"]) <= 100) == (429, True)
    await human.ask("POST", "/clock", {"shift": human.play.clock.shift + 101})
    assert (await rest("GET", "/users/@me"))[0] == 200


async def test_a_global_limit_for_a_time_holds_all_but_answers_to_interactions(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"kind": "rate_limit", "scope": "global", "seconds": 90})
    status, body, headers = await rest("GET", "/users/@me")
    assert (status, body["global"], 85 < body["retry_after"] <= 90) == (429, True, True)
    assert headers["X-RateLimit-Scope"] == "global"
    assert (await rest("POST", "/interactions/1/none/callback", {"type": 5}))[0] == 404
    await human.ask("POST", "/clock", {"shift": human.play.clock.shift + 91})
    assert (await rest("GET", "/users/@me"))[0] == 200


async def test_latency_delays_and_the_clock_skew_is_in_the_reset(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"latency": 0.05, "path": "/users/@me"})
    assert (await rest("GET", "/users/@me"))[0] == 200
    assert (await human.ask("GET", "/requests"))[-1]["ms"] >= 50
    await human.ask("POST", "/faults", {"clock_skew": 3600, "rate_limits": True})
    before = time.time()
    headers = (await rest("GET", "/users/@me"))[2]
    until = float(headers["X-RateLimit-Reset"]) - float(headers["X-RateLimit-Reset-After"])
    assert before + 3600 - 0.001 <= until <= time.time() + 3600 + 0.001


async def test_a_dead_resume_address_and_a_refused_handshake(
    start: Start, human: Human, play: Playground, session: aiohttp.ClientSession
) -> None:
    await human.ask("POST", "/faults", {"dead_resume": True})
    await start()
    (kept,) = play.hub.sessions.values()
    assert "127.0.0.1:9/" in kept.replay[0][1]
    await human.ask("POST", "/faults", {"handshake_503": 1})
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(play.gateway_url)
    assert refused.value.status == 503
    async with session.ws_connect(play.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_buckets_per_channel_with_discords_headers(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"rate_limits": True})
    path = f"/channels/{human.general}/messages"
    answers = [await rest("POST", path, {"content": str(n)}) for n in range(6)]
    assert [a[0] for a in answers] == [200] * 5 + [429]
    assert [a[2]["X-RateLimit-Remaining"] for a in answers[:5]] == list("43210")
    _, body, headers = answers[5]
    assert body["global"] is False
    assert 0 < body["retry_after"] <= 5
    assert headers["X-RateLimit-Scope"] == "user"
    assert headers["Via"]
    assert headers["Content-Type"] == "application/json"
    assert (await rest("POST", f"/channels/{human.papers}/messages", {"content": "x"}))[0] == 200


async def test_fifty_requests_a_second_are_the_global_limit(rest: Rest, human: Human, play: Playground) -> None:
    await human.ask("POST", "/faults", {"rate_limits": True})
    play.limiter.recent.extend(
        [time.monotonic() + PATIENCE] * 50
    )  # a second that is not over, however slow the machine
    status, body, headers = await rest("GET", "/users/@me")
    assert (status, body["global"], headers["X-RateLimit-Global"]) == (429, True, "true")


async def test_too_many_invalid_requests_are_a_ban_and_shared_429s_do_not_count(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"rate_limits": True, "invalid_limit": 3})
    await human.ask("POST", "/faults", {"kind": "rate_limit", "scope": "shared", "count": 5})
    for _ in range(5):
        await rest("GET", "/users/@me")
    for _ in range(3):
        assert (await rest("GET", "/users/@me", token="wrong"))[0] == 401
    status, body, headers = await rest("GET", "/users/@me")
    assert status == 429
    assert "Via" not in headers
    assert "<html>" in body
    await human.ask("DELETE", "/faults")
    assert (await rest("GET", "/users/@me"))[0] == 200


async def test_opening_dms_too_fast_is_40003(rest: Rest, human: Human) -> None:
    await human.ask("POST", "/faults", {"dm_opens_per_minute": 1})
    for _ in range(2):
        assert (await rest("POST", "/users/@me/channels", {"recipient_id": human.yuki}))[0] == 200
    status, body, _ = await rest("POST", "/users/@me/channels", {"recipient_id": human.samir})
    assert (status, body["code"]) == (403, 40003)


async def test_the_shift_of_the_clock_is_written_for_other_processes(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    shift = tmp_path / "shift"
    async with Playground(tmp_path / "d.db", clock_file=shift, rate_limits=False) as play:
        aim(play)
        human = Human(play, session)
        assert float(shift.read_text()) == 0.0
        await human.ask("POST", "/clock", {"to": "2030-01-01T00:00:00Z"})
        assert (await human.ask("GET", "/clock"))["now"].startswith("2030-01-01T00:00:0")
        assert float(shift.read_text()) == play.clock.shift > 10**7
        client = Client()
        task = asyncio.create_task(client.start(play.token))
        await until(client.is_ready)
        back = await human.ask("POST", "/clock", {"reset": True}, status=400)
        assert "only moves forward" in back["message"]
        await client.close()
        await task
        await until(lambda: not play.hub.anyone_online())
        before = play.clock.snowflake()
        await human.ask("POST", "/clock", {"reset": True})
        assert play.clock.snowflake() > before
