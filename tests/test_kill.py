"""The bot as a real process, killed and stopped in the middle of its deliveries: nothing lost, nothing twice.

`PAPERBOY_SOAK_KILLS=300` (or `make soak`) does it hundreds of times.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import timedelta

import pytest

from tests.house import until
from tests.story import PEOPLE, SENDS, Story, check, settle, stored

KILLS = int(os.environ.get("PAPERBOY_SOAK_KILLS", "8"))  # half with each nonce window
PROMPT = 300  # looks at what the bot does, after which time passes quickly
SKEWS = (0.0, 0.0, 300.0, -300.0, 45.0, -45.0)  # seconds by which the bot's clock is ahead of Discord's


async def moment(story: Story, dice: random.Random) -> None:
    """Waits for the moment to strike: a source is being read, or the n-th message is being sent or looked for."""
    house = story.house
    last, asked = house.play.log.after(0)[-1]["n"], len(house.upstream.requests)
    wanted = set(story.announced)
    missing = sum(not wanted <= set(found) for found in (await story.arrived()).values())
    count, early = dice.randint(1, max(1, 2 * missing - 1)), dice.random() < 0.2

    polls = 0

    async def has_come() -> bool:
        nonlocal polls
        polls += 1
        if polls > PROMPT and await story.all_arrived():
            return True  # fewer requests were needed
        if polls > PROMPT:  # what was tried in vain waits for its next attempt
            await story.move_to(house.now() + timedelta(seconds=5))
        begun = [r for r in house.play.log.after(last) if r["path"].endswith("/messages")]
        return len(begun) >= count or (early and len(house.upstream.requests) > asked)

    await until(has_come)
    loop = asyncio.get_running_loop()
    strike = loop.time() + dice.random() * 0.12
    await until(lambda: loop.time() >= strike)


async def upset(story: Story, dice: random.Random) -> None:
    """Now and then an answer is lost although the message was accepted."""
    if dice.random() < 0.4:
        kind = dice.choice(("accept_then_reset", "accept_then_502"))
        fault = {"path": SENDS, "method": "POST", "kind": kind, "count": 1, "skip": dice.randint(0, 6)}
        await story.house.ask("POST", "/faults", fault)


@pytest.mark.parametrize("nonce_window", [300.0, 4.0])
async def test_no_kill_loses_or_repeats_a_paper(story: Story, nonce_window: float) -> None:
    """Its clock is right, or minutes ahead of Discord's or behind; answers get lost as well. With the short window Discord
    has forgotten the nonce when the bot tries again after a pause: then only the channel's history tells."""
    house, bot = story.house, story.bot
    dice, kills = random.Random(f"{nonce_window} {KILLS}"), (KILLS + 1) // 2
    await house.ask("POST", "/faults", {"nonce_window": nonce_window})
    assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
    doubtful = days = 0
    skews: Counter[float] = Counter()
    for _ in range(kills):
        if await story.all_arrived():
            await story.next_day()
            days += 1
        await house.ask("DELETE", "/faults")
        await upset(story, dice)
        await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", "latency": 0.06, "count": None})
        skew = dice.choice(SKEWS)
        skews[skew] += 1
        await bot.start(skew=skew)
        await moment(story, dice)
        assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
        doubtful += len(stored(house, "SELECT 1 FROM messages WHERE sending_since IS NOT NULL AND state <> 'sent'"))
    await house.ask("DELETE", "/faults")
    await bot.start()
    await settle(story)
    arrived = await story.arrived()
    lost = [r for r in house.play.log.after(0) if r.get("accepted")]
    print(
        f"\nnonce window {nonce_window:g} s: {kills} kills over {days} days, clocks {dict(skews)}, {len(lost)} answers lost, "
        f"{doubtful} sends in doubt, {len(await house.requests('POST', '/messages'))} sends, "
        f"{sum(found.total() for found in arrived.values())} papers for {PEOPLE} people, each once"
    )
    assert doubtful > 0
    check(story, arrived)


async def test_a_polite_stop_finishes_the_sends_in_flight_and_leaves_nothing_in_doubt(story: Story) -> None:
    house, bot = story.house, story.bot
    await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", "latency": 0.2, "count": None})
    dice = random.Random(15)
    for _ in range(3):
        if await story.all_arrived():
            await story.next_day()
        await moment(story, dice)
        assert await bot.stop(signal.SIGTERM) == 0
        assert not stored(house, "SELECT 1 FROM messages WHERE state = 'sending'")
        await bot.start()
    await settle(story)
    check(story, await story.arrived())
    assert "Traceback" not in bot.log.read_text(encoding="utf-8")
