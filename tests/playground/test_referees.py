"""The judges themselves: they let the right through and catch the wrong."""

from __future__ import annotations

from typing import Any

from .referee import judge_dispatch, judge_exchange, needs_data

pytestmark = needs_data


def test_the_openapi_judge_catches_wrong_requests_and_responses() -> None:
    path = "/channels/1/messages"
    assert judge_exchange("POST", path, {"content": "x"}, 400, {"message": "no", "code": 50035}) == []
    assert judge_exchange("POST", path, {"embeds": [{"title": "x" * 257}]}, 200, None)
    assert judge_exchange("GET", path, None, 200, [{"id": "1"}])
    assert judge_exchange("GET", "/nowhere", None, 200, {})
    assert judge_exchange("POST", "/users/@me/channels", {"recipient_id": 7}, 400, {"message": "no", "code": 1}) == []


def test_the_gateway_judge_catches_a_missing_field() -> None:
    assert judge_dispatch("READY", {"v": 10})
    assert judge_dispatch("TYPING_START", {}) == []
    user: dict[str, Any] = {"id": "1", "username": "x", "discriminator": "0", "global_name": None, "avatar": None}
    ready = {"v": 10, "user": user, "guilds": [], "session_id": "s", "resume_gateway_url": "ws://x"}
    good = ready | {"application": {"id": "1", "flags": 0, "flags_new": "0"}}
    assert judge_dispatch("READY", good) == []
    assert judge_dispatch("READY", ready | {"application": {"id": "1", "flags": 0}})
