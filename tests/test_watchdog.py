"""What holds the event loop stands in the log, and nothing else does."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.process.watchdog import watch_loop
from tests.house import until
from tests.patience import PATIENCE


async def test_the_log_names_what_holds_the_loop_and_says_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    def a_greedy_computation() -> None:
        """Holds the loop until somebody noticed."""
        end = time.monotonic() + PATIENCE
        while not caplog.messages and time.monotonic() < end:
            sum(range(1000))

    with watch_loop(limit=0.02):
        await asyncio.sleep(0)
        a_greedy_computation()
        await until(lambda: len(caplog.messages) > 1)
    held, over = caplog.messages[:2]
    assert held.startswith("the event loop is held for more than 20 ms, in ")
    assert "a_greedy_computation (" in held
    assert "\n" not in held
    assert over.startswith("the event loop turns again; it was held for ")


async def test_a_loop_that_turns_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    with watch_loop(limit=60.0):
        for _ in range(1000):
            await asyncio.sleep(0)
    assert not caplog.messages
