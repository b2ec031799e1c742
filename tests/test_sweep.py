"""A cycle — reading, matching, composing, sending, marking — in which call number n goes wrong, for every n: nothing lost, nothing twice.

`make test` tries a fixed sample; `PAPERBOY_SWEEP_STEP=12` (or `make soak`) tries every twelfth call to the database and every request.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable

import pytest

from tests.patience import until
from tests.story import Story, check, settle

#: Every so many calls to the database one is tried, and every request; 0: those of the sample.
STEP = int(os.environ.get("PAPERBOY_SWEEP_STEP", "0"))
#: More calls than a cycle makes: where nothing struck any more, the sweep is over.
MOST = 2_000
SAMPLE = {"database": (120,), "discord": (8,), "upstream": (2,)}
#: The process dies, or the library raises its own error: before the call is done, or after, so that nobody hears of it.
MODES = tuple((what, when) for what in ("kill", "raise") for when in ("before", "after"))


@pytest.mark.parametrize("where", SAMPLE)
async def test_one_call_that_goes_wrong_loses_and_repeats_nothing(story: Story, where: str) -> None:
    await story.bot.stop(signal.SIGKILL)
    for what, when in MODES:
        before = story.bot.struck
        await _sweep(story, f"{where}:{what}:{when}", _numbers(where))
        print(f"\n{where} {what} {when}: {story.bot.struck - before} calls went wrong", end="")
        assert story.bot.struck > before
    await story.bot.start()
    await settle(story)
    print(f"; {len(story.announced)} papers for {len(story.people)} people, each once")
    check(story, await story.arrived())


def _numbers(where: str) -> Iterable[int]:
    if not STEP:
        return SAMPLE[where]
    return range(1, MOST, STEP if where == "database" else 1)


async def _sweep(story: Story, kind: str, numbers: Iterable[int]) -> None:
    """Begins a cycle for each number and lets the call of that number go wrong, until a cycle has no such call."""
    bot = story.bot
    for number in numbers:
        if await story.all_arrived():  # a feed shows one day alone
            await story.next_day()
        struck = bot.struck
        await bot.start(fault=f"{kind}:{number}")
        await until(lambda: not bot.runs or story.arrived_as_time_passes())
        if bot.runs:
            await bot.stop(signal.SIGKILL)
        if STEP and bot.struck == struck:
            return
