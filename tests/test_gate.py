"""A pause that Discord orders is kept: by every request, until it is over, over a restart. The address is never banned."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict

from bot.delivery.allowance import Allowance
from bot.delivery.gate import REFUSALS, SHORT, Answer, Gate, order_of
from bot.errors import DeliveryDelayedError
from bot.models import Held
from bot.store.database import Database
from tests.conftest import NOW, HandClock
from tests.house import THURSDAY, House, london, open_all, page, papers_of, sample, text_of, until
from tests.patience import PATIENCE

PAGE = b"<!DOCTYPE html><html>Error 1015</html>"
SENDS = "/channels/5/messages"


def answer(
    status: int,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    *,
    via: bool = True,
    method: str = "POST",
    path: str = SENDS,
) -> Answer:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Answer(method, path, status, CIMultiDict({**({"Via": "1.1 google"} if via else {}), **(headers or {})}), raw)


LIMITED = {"message": "slow", "retry_after": 7.5, "global": False}


@pytest.mark.parametrize(
    ("given", "holds", "place", "seconds"),
    [
        (answer(429, LIMITED, {"X-RateLimit-Scope": "user"}), Held.PLACE, "channel 5", 7.5),
        (answer(429, LIMITED, {"X-RateLimit-Scope": "shared"}), Held.PLACE, "channel 5", 7.5),
        (answer(429, {"code": 20016, "retry_after": 30}, via=False), Held.PLACE, "channel 5", 30),
        (answer(429, {"code": 20028, "retry_after": 30}), Held.PLACE, "channel 5", 30),
        (answer(429, LIMITED, method="PATCH", path="/channels/5/messages/6"), Held.PLACE, "channel 5", 7.5),
        (answer(429, LIMITED, path="/users/@me/channels"), Held.PLACE, "POST /users/@me/channels", 7.5),
        (answer(429, LIMITED, method="PUT", path="/applications/9/commands"), Held.PLACE, "PUT /applications/…/commands", 7.5),
        (answer(403, {"code": 40003}, path="/users/@me/channels"), Held.PLACE, "POST /users/@me/channels", 60),
        (answer(429, LIMITED | {"global": True}), Held.REQUESTS, "", 7.5),
        (answer(429, LIMITED, {"X-RateLimit-Global": "true"}), Held.REQUESTS, "", 7.5),
        (answer(429, PAGE, {"Retry-After": "600"}, via=False), Held.EVERYTHING, "", 600),
        (answer(429, PAGE, {"Retry-After": "600"}), Held.EVERYTHING, "", 600),
        (answer(429, LIMITED, via=False), Held.EVERYTHING, "", 7.5),
        (answer(429, PAGE, via=False), Held.EVERYTHING, "", 3600),
        (answer(429, b"", via=False), Held.EVERYTHING, "", 3600),
        (answer(403, PAGE, via=False), Held.EVERYTHING, "", 3600),
        (answer(403, {"code": 40333}), Held.EVERYTHING, "", 3600),
        (answer(429, PAGE, {"Retry-After": "9" * 400}), Held.EVERYTHING, "", 86_400),
        (answer(429, PAGE, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}), Held.EVERYTHING, "", 86_400),
        (answer(429, PAGE, {"Retry-After": "Wed, 18 Nov 2026 12:10:00 GMT"}), Held.EVERYTHING, "", 600),
        (answer(429, PAGE, {"Retry-After": "Mon, 99 Foo 99999999999 00:00:00 GMT"}), Held.EVERYTHING, "", 3600),
        (answer(429, PAGE, {"Retry-After": "-5"}), Held.EVERYTHING, "", 0),
        (answer(429, b'{"retry_after": NaN}', {"Retry-After": "4"}), Held.PLACE, "channel 5", 4),
        (answer(429, {"retry_after": "soon"}), Held.PLACE, "channel 5", 1),
        (answer(429, b"[" * 100_000, via=False), Held.EVERYTHING, "", 3600),
    ],
)  # fmt: skip
def test_an_answer_says_who_waits_and_how_long(given: Answer, holds: Held, place: str, seconds: float) -> None:
    order = order_of(given, NOW)
    assert order is not None
    assert (order.holds, order.place, order.seconds) == (holds, place, seconds)


@pytest.mark.parametrize(
    "given",
    [
        answer(200, {"id": "1"}),
        answer(403, {"code": 50007}),
        answer(403, {"code": 50013}, via=False),
        answer(401, {"code": 0}),
        answer(404, {"code": 10003}),
        answer(502, PAGE, via=False),
        answer(503, {"message": "x"}),
        answer(403),
    ],
)
def test_other_answers_order_nothing(given: Answer) -> None:
    assert order_of(given, NOW) is None


# -- the gate -----------------------------------------------------------------------------------------------------------


CALLBACK, EDIT = "/interactions/1/tok/callback", "/channels/5/messages/6"


def gate_of(database: Database, clock: HandClock) -> Gate:
    """Whoever waits here moves the clock."""

    async def sleep(seconds: float) -> None:
        clock.move(seconds=seconds)

    return Gate(database, clock, sleep)


async def passes(gate: Gate, path: str, method: str = "POST") -> bool:
    try:
        await gate.enter(method, path)
    except DeliveryDelayedError:
        return False
    gate.leave()
    return True


async def note(gate: Gate, given: Answer) -> None:
    """The answer comes in; whether its own request is to wait elsewhere does not matter here."""
    with contextlib.suppress(DeliveryDelayedError):
        await gate.note(given)


@pytest.mark.parametrize("again", [False, True], ids=["running", "restarted"])
async def test_each_pause_holds_what_it_is_about_until_it_is_over(
    database: Database, clock: HandClock, again: bool
) -> None:
    open_ways = {
        "route": (answer(429, LIMITED | {"retry_after": 60}), [False, False, True, True, True]),
        "global": (answer(429, LIMITED | {"retry_after": 60, "global": True}), [False, False, False, False, True]),
        "ban": (answer(429, PAGE, {"Retry-After": "60"}, via=False), [False] * 5),
    }
    for given, expected in open_ways.values():
        gate = gate_of(database, clock)
        await gate.load()
        await note(gate, given)
        if again:
            gate = gate_of(database, clock)
            await gate.load()
        clock.move(seconds=50)
        ways = [
            await passes(gate, SENDS), await passes(gate, EDIT, "PATCH"), await passes(gate, "/channels/7/messages"),
            await passes(gate, "/users/@me/channels"), await passes(gate, CALLBACK),
        ]  # fmt: skip
        assert ways == expected
        clock.move(seconds=10)
        assert await passes(gate, SENDS)


async def test_free_at_tells_the_deliverer_when(database: Database, clock: HandClock) -> None:
    gate = gate_of(database, clock)
    await note(gate, answer(429, LIMITED | {"retry_after": 60}))
    assert gate.free_at(5, NOW) == NOW + timedelta(seconds=60)
    assert gate.free_at(7, NOW) is gate.free_at(None, NOW) is gate.dm_opens_free_at(NOW) is None
    with pytest.raises(DeliveryDelayedError) as held:
        gate.check(5)
    assert (held.value.retry_after, held.value.everywhere) == (60, False)
    await note(gate, answer(429, PAGE, {"Retry-After": "600"}, via=False))
    with pytest.raises(DeliveryDelayedError) as held:
        gate.check(5)
    assert (held.value.retry_after, held.value.everywhere) == (600, True)
    assert gate.free_at(None, NOW) == gate.dm_opens_free_at(NOW) == NOW + timedelta(seconds=600)


async def test_a_shorter_order_does_not_end_a_longer_one(database: Database, clock: HandClock) -> None:
    gate = gate_of(database, clock)
    await note(gate, answer(429, PAGE, {"Retry-After": "600"}, via=False))
    await note(gate, answer(429, PAGE, {"Retry-After": "5"}, via=False))
    assert gate.free_at(None, NOW) == NOW + timedelta(seconds=600)


@pytest.mark.parametrize("days", [365, -365])
async def test_a_clock_that_was_wrong_makes_no_pause_longer_than_it_was(
    database: Database, clock: HandClock, days: int
) -> None:
    clock.move(days=days)
    gate = gate_of(database, clock)
    await note(gate, answer(429, PAGE, {"Retry-After": "600"}, via=False))
    for _ in range(REFUSALS.burst):
        await note(gate, answer(403, {"code": 50007}))
    clock.now = NOW
    gate = gate_of(database, clock)
    await gate.load()
    assert await passes(gate, SENDS)


async def test_a_short_pause_is_left_to_discord_py_and_a_long_one_is_an_error(
    database: Database, clock: HandClock
) -> None:
    gate = gate_of(database, clock)
    await gate.note(answer(429, LIMITED | {"retry_after": SHORT}))
    with pytest.raises(DeliveryDelayedError):
        await gate.note(answer(429, LIMITED | {"retry_after": SHORT + 1}))
    with pytest.raises(DeliveryDelayedError):
        await gate.note(answer(429, LIMITED | {"retry_after": 1}, via=False))


# -- refusals -----------------------------------------------------------------------------------------------------------


def test_an_allowance_is_never_exceeded_in_any_window() -> None:
    allowance, spent, times = Allowance(burst=5, period=10.0), 0.0, []
    for now in range(1000, 2000):
        while allowance.free_at(spent, now) <= now:
            spent = allowance.spend(spent, now)
            times.append(now)
    assert len([t for t in times if t == 1000]) == 5
    for start in range(1000, 1900):
        assert len([t for t in times if start <= t < start + 100]) <= 5 + 10
    assert allowance.free_at(10.0**12, 1000.0) == 1000


@pytest.mark.parametrize(
    "given", [answer(401), answer(403, {"code": 50007}), answer(429, LIMITED | {"retry_after": 0.0})]
)
async def test_at_most_500_requests_are_refused_in_ten_minutes_even_over_restarts(
    database: Database, clock: HandClock, given: Answer
) -> None:
    refused: list[float] = []
    gate = gate_of(database, clock)
    for step in range(2 * 600):
        second = (clock.now - NOW).total_seconds()
        if step % 97 == 0:
            gate = gate_of(database, clock)
            await gate.load()
        together = [path for path in [SENDS] * 8 + [CALLBACK] if await entered(gate, path)]
        for _ in together:
            await note(gate, given)
            gate.leave()
            refused.append(second)
        clock.move(seconds=1)
    for start in range(600):
        assert len([s for s in refused if start <= s < start + 600]) <= 500
    assert len(refused) > 500
    clock.move(minutes=10)
    assert await passes(gate, SENDS)


async def entered(gate: Gate, path: str) -> bool:
    try:
        await gate.enter("POST", path)
    except DeliveryDelayedError:
        return False
    return True


async def test_shared_limits_and_answers_that_are_no_refusal_cost_nothing(database: Database, clock: HandClock) -> None:
    gate = gate_of(database, clock)
    for _ in range(600):
        await note(gate, answer(429, LIMITED | {"retry_after": 0.0}, {"X-RateLimit-Scope": "shared"}))
        await note(gate, answer(404, {"code": 10003}))
    assert await passes(gate, SENDS)
    for _ in range(REFUSALS.burst):
        await note(gate, answer(403, {"code": 50007}))
    assert not await passes(gate, SENDS)
    assert gate.free_at(None, NOW) is not None


# -- the whole house ------------------------------------------------------------------------------------------------------


async def two_with_news(house: House) -> None:
    """Two people, each with a digest that is due."""
    for who in (house.nadia, house.yuki):
        await house.follow("tokamak", who)
        await house.dms_of(who, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.move_to(london(THURSDAY, 7))
    await house.round()


async def rest_of_pause(house: House, seconds: int) -> list[Any]:
    """Lives through the pause with everything that asks Discord. Returns the requests within it."""
    last = (await house.requests())[-1]["n"]
    for _ in range(4):
        await house.move_to(house.now() + timedelta(seconds=seconds / 5))
        await house.round()
        assert house.bot.refresher is not None
        await house.bot.refresher.refresh()
        with pytest.raises(DeliveryDelayedError):
            await house.bot.tree.sync()
        with pytest.raises(DeliveryDelayedError):
            await house.bot.create_dm(house.bot.get_partial_messageable(int(house.samir)))
    return await house.requests(after=last)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [({"kind": "cloudflare"}, 600), ({"kind": "rate_limit", "scope": "global"}, 90)],
    ids=["ban", "global"],
)
async def test_no_request_is_made_in_a_pause_that_holds_everything(
    house: House, fault: dict[str, Any], seconds: int
) -> None:
    await two_with_news(house)
    await house.move_to(london(THURSDAY, 8))
    await house.ask("POST", "/faults", {**fault, "seconds": seconds, "path": "^/(channels|users|applications)"})
    await house.round()
    assert len(await house.requests("POST", "/messages")) <= 2 + 8  # those under way together met it
    assert not await rest_of_pause(house, seconds)
    assert not (await house.dms())[1:]
    if fault["kind"] == "rate_limit":
        said = text_of((await house.run("status"))["message"])
        assert "Discord asked me to wait until" in said
    await house.move_to(house.now() + timedelta(seconds=seconds))
    await until(lambda: delivered(house))
    assert papers_of((await house.dms_of(house.nadia, 2))[1]) == ["2511.00001"]
    assert papers_of((await house.dms_of(house.yuki, 2))[1]) == ["2511.00001"]


async def delivered(house: House) -> bool:
    await house.move_to(house.now() + timedelta(seconds=20))
    await house.round()
    return not await house.rows("SELECT id FROM messages WHERE state <> 'sent'")


async def test_a_ban_holds_the_answers_to_people_too(tmp_path: Path) -> None:
    async with open_all(tmp_path) as house:
        await house.start()
        await house.first_look()
        await two_with_news(house)
        await house.move_to(london(THURSDAY, 8))
        await house.ask("POST", "/faults", {"kind": "cloudflare", "seconds": 600})
        await house.round()
        last = (await house.requests())[-1]["n"]
        await house.ask("POST", "/faults", {"answer_seconds": 1})
        assert (await house.run("status"))["state"] == "failed"
        await house.ask("POST", "/faults", {"answer_seconds": PATIENCE})
        await house.round()
        assert not await house.requests(after=last)
        await house.move_to(house.now() + timedelta(seconds=600))
        assert (await house.run("status"))["state"] == "answered"


async def test_one_channels_slow_mode_holds_that_channel_alone(house: House) -> None:
    await two_with_news(house)
    channel = (await house.ask("POST", "/dms", {"as": house.nadia, "user_id": house.bot_id}))["id"]
    fault = {"path": f"/channels/{channel}/messages$", "status": 429, "count": 1}
    await house.ask("POST", "/faults", {**fault, "body": {"code": 20016, "message": "slow", "retry_after": 120}})
    await house.move_to(london(THURSDAY, 8))
    await house.round()
    assert papers_of((await house.dms_of(house.yuki, 2))[1]) == ["2511.00001"]
    last = (await house.requests())[-1]["n"]
    for _ in range(3):
        await house.move_to(house.now() + timedelta(seconds=35))
        await house.round()
    assert not await house.requests("POST", f"/channels/{channel}/messages", after=last)
    await house.move_to(house.now() + timedelta(seconds=40))
    await house.round()
    assert papers_of((await house.dms_of(house.nadia, 2))[1]) == ["2511.00001"]
