"""The judges themselves: they let the right through and catch the wrong."""

from __future__ import annotations

from typing import Any

import pytest

from playground.discord.errors import DiscordError
from playground.discord.limits import check_message

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


TEXT: dict[str, Any] = {"type": 10, "content": "x"}
V2 = 1 << 15


def section(custom_id: str) -> dict[str, Any]:
    return {"type": 9, "components": [TEXT], "accessory": {"type": 2, "style": 1, "label": "x", "custom_id": custom_id}}


@pytest.mark.parametrize(
    "body",
    [
        {"flags": V2, "components": [*(section(str(n)) for n in range(14)), TEXT]},  # 43 with those inside
        {"flags": V2, "components": [{**TEXT, "content": "x" * 2000}, {**TEXT, "content": "x" * 2001}]},
        {"components": [TEXT]},
        {"flags": V2, "components": [TEXT], "content": "x"},
        {"flags": V2, "components": [section("a"), section("a")]},
    ],
    ids=["43 nested", "4,001 characters", "no flag", "content beside", "one id twice"],
)
def test_what_the_description_lets_through_the_playground_refuses(body: dict[str, Any]) -> None:
    """Else a bot's faults would be seen on the real Discord first."""
    assert judge_exchange("POST", "/channels/1/messages", body, 200, None) == []
    with pytest.raises(DiscordError) as refused:
        check_message(body)
    assert refused.value.code == 50035
