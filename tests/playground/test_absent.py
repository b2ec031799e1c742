"""What the local Discord does not have is refused: never taken and left out, never an empty message. Its README lists it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest

from playground.server import Playground

from .conftest import Client, Human, Rest, Start
from .test_gateway import Wire, identify

README = (Path(__file__).parents[2] / "playground" / "README.md").read_text(encoding="utf-8")
POLL = {"question": {"text": "Which?"}, "answers": [{"poll_media": {"text": "This"}}], "duration": 24}


async def begin(rest: Rest, human: Human) -> tuple[str, str]:
    """A command that waits for its answer → the routes of its callback and of its token."""
    await rest("PUT", f"/applications/{human.bot}/commands", [{"name": "cmd", "description": "d"}])
    body = {"as": human.owner, "channel_id": human.general, "name": "cmd", "wait": 0}
    inter = await human.ask("POST", "/commands", body)
    found = human.play.interactions.get(inter["id"])
    return f"/interactions/{inter['id']}/{found['token']}/callback", f"/webhooks/{human.bot}/{found['token']}"


@pytest.mark.parametrize("beside", [{}, {"content": "words"}])
@pytest.mark.parametrize(
    ("body", "codes"), [({"poll": POLL}, {520002, 520003}), ({"poll": {}}, {520002, 520003}), ({"sticker_ids": ["1"]}, {50081})]
)  # fmt: skip
async def test_polls_and_stickers_are_refused_wherever_a_message_is_written(
    rest: Rest, human: Human, body: dict[str, Any], codes: set[int], beside: dict[str, Any]
) -> None:
    given = body | beside
    path = f"/channels/{human.general}/messages"
    written = (await rest("POST", path, {"content": "before"}))[1]
    forum = await human.ask("POST", f"/guilds/{human.guild}/channels", {"name": "ideas", "forum": True, "tags": []})
    answer = await rest("POST", path, given)
    assert (answer[0], answer[1]["code"] in codes) == (400, True), answer[1]
    callback, hook = await begin(rest, human)
    tried = [
        await rest("PATCH", f"{path}/{written['id']}", given),
        await rest("POST", f"/channels/{forum['id']}/threads", {"name": "Post", "message": given}),
        await rest("POST", callback, {"type": 4, "data": given}),
    ]
    assert (await rest("POST", callback, {"type": 4, "data": {"content": "answer"}}))[0] == 204
    tried += [
        await rest("PATCH", f"{hook}/messages/@original", given),
        await rest("POST", hook, given),
    ]
    for status, error, _ in tried:
        assert (status, error["code"] in codes) == (400, True), error
    assert [m["content"] for m in await human.messages(human.general)] == ["before", "answer"]
    assert not [c for c in human.play.world.guild_channels(human.guild) if c.get("parent_id") == forum["id"]]


async def test_a_library_hears_that_its_poll_is_not_taken(start: Start, human: Human) -> None:
    client: Client = await start()
    poll = discord.Poll("Which?", discord.utils.utcnow() - discord.utils.utcnow().replace(hour=0))
    poll.add_answer(text="This")
    with pytest.raises(discord.HTTPException) as refused:
        await client.get_partial_messageable(int(human.general)).send(poll=poll)
    assert refused.value.code == 520002


@pytest.mark.parametrize(
    ("button", "where", "code"),
    [
        ({"sku_id": "123"}, "sku_id", "BUTTON_COMPONENT_SKU_UNKNOWN"),
        ({}, "sku_id", "BASE_TYPE_REQUIRED"),
        ({"sku_id": "123", "label": "Buy"}, "label", "BUTTON_COMPONENT_PREMIUM_FIELD"),
        ({"sku_id": "123", "custom_id": "x"}, "custom_id", "BUTTON_COMPONENT_PREMIUM_FIELD"),
    ],
)
async def test_a_premium_button_has_no_sku_to_sell(
    rest: Rest, human: Human, button: dict[str, Any], where: str, code: str
) -> None:
    body = {"components": [{"type": 1, "components": [{"type": 2, "style": 6} | button]}]}
    status, error, _ = await rest("POST", f"/channels/{human.general}/messages", body)
    assert (status, error["code"]) == (400, 50035)
    fault = error["errors"]["components"]["0"]["components"]["0"][where]["_errors"][0]
    assert fault["code"] == code


async def test_routes_without_a_version_answer_and_other_versions_are_refused(
    play: Playground, session: aiohttp.ClientSession
) -> None:
    headers = {"Authorization": f"Bot {play.token}", "User-Agent": "DiscordBot (https://x.org, 1)"}

    async def get(path: str) -> tuple[int, Any]:
        async with session.get(f"{play.origin}/api{path}", headers=headers) as response:
            assert response.content_type == "application/json"
            return response.status, await response.json()

    for version in ("", "/v9", "/v10"):
        assert await get(f"{version}/gateway") == (200, {"url": play.gateway_url})
        assert (await get(f"{version}/users/@me"))[0] == 200
        assert (await get(f"{version}/gateway/bot"))[1]["url"] == play.gateway_url
    for version in ("/v6", "/v8", "/v11", "/v100"):
        status, error = await get(f"{version}/gateway")
        assert (status, error["code"]) == (400, 50041)
    assert (await get("/nothing"))[0] == 404
    assert play.log.after(0)[-1]["path"] == "/nothing"


@pytest.mark.parametrize(
    "query", ["encoding=etf", "v=10&encoding=etf&compress=zlib-stream", "encoding=xml", "compress=gzip"]
)  # fmt: skip
async def test_an_encoding_that_is_not_spoken_is_refused_before_a_word_is_said(
    play: Playground, session: aiohttp.ClientSession, query: str
) -> None:
    async with session.ws_connect(f"{play.gateway_url}?{query}") as socket:
        closed = await socket.receive()
        assert (closed.type, socket.close_code) == (aiohttp.WSMsgType.CLOSE, 4012)
        assert "Here " in str(closed.extra)


@pytest.mark.parametrize(
    "changes",
    [
        {"properties": None}, {"properties": "linux"}, {"properties": []}, {"token": None}, {"token": 5},
        {"compress": "yes"}, {"large_threshold": "many"}, {"presence": "online"},
    ],
)  # fmt: skip
async def test_an_identify_that_lacks_what_it_must_have_is_a_decode_error(
    play: Playground, session: aiohttp.ClientSession, changes: dict[str, Any]
) -> None:
    async with session.ws_connect(play.gateway_url) as socket:
        wire = Wire(socket)
        await wire.next()
        await wire.send(2, {k: v for k, v in identify(play, **changes).items() if v is not None})
        assert await wire.close_code() == 4002


@pytest.mark.parametrize("missing", ["token", "session_id"])
async def test_a_resume_that_lacks_what_it_must_have_is_a_decode_error(
    play: Playground, session: aiohttp.ClientSession, missing: str
) -> None:
    async with session.ws_connect(play.gateway_url) as socket:
        wire = Wire(socket)
        await wire.next()
        whole = {"token": play.token, "session_id": "x", "seq": 1}
        await wire.send(6, {k: v for k, v in whole.items() if k != missing})
        assert await wire.close_code() == 4002


async def test_what_the_readme_says_is_not_here_has_no_route(rest: Rest, human: Human) -> None:
    absent = {
        "webhooks of their own": f"/channels/{human.general}/webhooks", "invites": f"/channels/{human.general}/invites",
        "audit log": f"/guilds/{human.guild}/audit-logs", "bans": f"/guilds/{human.guild}/bans",
        "voice": "/voice/regions", "scheduled events": f"/guilds/{human.guild}/scheduled-events",
        "emojis and stickers": f"/guilds/{human.guild}/emojis", "AutoMod rules": f"/guilds/{human.guild}/auto-moderation/rules",
        "templates": f"/guilds/{human.guild}/templates", "welcome screen": f"/guilds/{human.guild}/welcome-screen",
        "entitlements": f"/applications/{human.bot}/entitlements", "soundboard": "/soundboard-default-sounds",
    }  # fmt: skip
    for name, path in absent.items():
        assert name in README
        assert (await rest("GET", path))[0] == 404, path
