"""How long a test waits for what must come before it says that it does not come: one setting for every deadline.

A deadline is there to end a test that would hang, never to measure: on a busy machine everything takes longer and nothing is wrong.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import time
from collections.abc import Callable
from typing import Any, Final

#: Seconds for one step.
PATIENCE: Final = float(os.environ.get("PAPERBOY_TEST_PATIENCE") or 120)
#: Seconds for a whole program that works for a while by itself: an import of real data, a day that is played.
LONG: Final = 5 * PATIENCE
#: The same step for Playwright, which counts milliseconds.
MILLISECONDS: Final = 1000 * PATIENCE


async def until(check: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Waits by condition. Returns the first true value of `check`, which may be a coroutine function."""
    async with asyncio.timeout(patience):
        while True:
            found = check()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.005)


def wait_until(check: Callable[[], Any], what: str) -> Any:
    """The same without an event loop; `what` says in the failure what did not come."""
    end = time.monotonic() + PATIENCE
    while not (found := check()):
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s in vain for: {what}"
        time.sleep(0.05)
    return found
