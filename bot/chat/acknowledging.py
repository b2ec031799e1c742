"""The first answer to an interaction, of which Discord takes exactly one. Knows when it was taken although nobody heard so,
and whether it promised a new message or a change of the one whose control was used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import aiohttp
import discord

log = logging.getLogger(__name__)

#: An answer that did not come back: taken or not, nobody knows.
LOST: Final = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
#: Seconds for which a first answer, a form for instance, is held back for what it would say.
_SOON: Final = 0.7
_ALREADY: Final = 40060
_MARK: Final = "acknowledged"
_CHANGES: Final = "changes"


T = TypeVar("T")


async def in_time(question: Coroutine[Any, Any, T]) -> T | None:
    """What is found, when it comes soon enough for a first answer; else None: Discord takes none after three seconds. At most
    three such questions are asked before one answer."""
    asked = asyncio.create_task(question)
    asked.add_done_callback(lambda task: task.cancelled() or task.exception())
    try:
        done, _ = await asyncio.wait({asked}, timeout=_SOON)
        return asked.result() if done else None
    finally:
        asked.cancel()  # nobody waits for its end: what hangs would hold the answer, too


def is_acknowledged(interaction: discord.Interaction[Any]) -> bool:
    """Whether the first answer is given, so that only `@original` can be changed."""
    return interaction.response.is_done() or _MARK in interaction.extras


def is_changing(interaction: discord.Interaction[Any]) -> bool:
    """Whether the first answer promised to change a message, so that `@original` is that message and no answer of its own."""
    return _CHANGES in interaction.extras


async def acknowledge_change(interaction: discord.Interaction[Any]) -> None:
    """Promises within Discord's three seconds that the message whose control was used will change."""
    interaction.extras[_CHANGES] = True
    await acknowledge(interaction, interaction.response.defer)


async def acknowledge(interaction: discord.Interaction[Any], callback: Callable[[], Awaitable[object]]) -> bool:
    """Gives the first answer. Returns False when Discord has one already: an attempt arrived and its answer was lost.

    What was lost is said once more: taken, it had not arrived; refused with 40060, it had. Lost twice it counts as arrived.
    """
    for _ in range(2):
        try:
            await callback()
        except discord.HTTPException as error:
            if error.code == _ALREADY:
                break
            if not isinstance(error, discord.DiscordServerError):
                raise
        except LOST as error:
            log.info("the answer to an interaction was lost (%s)", type(error).__name__)
        else:
            return True
    interaction.extras[_MARK] = True
    return False
