"""Keeps one bot online: starts it, waits, starts a new one after a failure, and stops cleanly on a signal.

Part of the composition root: only `__main__` imports this.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import signal
from typing import Final

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.app import PaperBot
from bot.compose import House, open_house
from bot.config import Settings
from bot.errors import ConfigurationError
from bot.guard import guarded
from bot.jobs import Jobs
from bot.owner import tell_owner

log = logging.getLogger(__name__)

#: Seconds between attempts to come online. Discord resets the token of a bot that identifies 1,000 times a day.
_PAUSES: Final = (5, 30, 90, 120, 180, 300)


async def stay_online(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT. Raises ConfigurationError when Discord refuses the token or the intents, and DamagedError
    when the database is damaged or no longer in its place."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # Paperboy does not speak
    Route.BASE = settings.discord_api.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, stopping.set)
    tell = functools.partial(tell_owner, settings)
    async with open_house(settings) as house, guarded(house.database, stopping, tell):
        attempt = 0
        while not stopping.is_set():
            attempt = 0 if await _one_life(house, settings, stopping) else attempt + 1
            if not stopping.is_set():
                pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
                log.warning("offline; trying again in %d s", pause)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), pause)


async def _one_life(house: House, settings: Settings, stopping: asyncio.Event) -> bool:
    """One client from login to its end. Returns whether it came online."""
    assert settings.discord_token is not None
    bot = PaperBot(house.services, Jobs())
    life = asyncio.create_task(bot.start(settings.discord_token.get_secret_value()))
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
        if life.done():
            _judge(life.exception())
        return bot.came_online
    finally:
        stop.cancel()
        await bot.close()
        with contextlib.suppress(Exception, asyncio.CancelledError):
            await life


def _judge(error: BaseException | None) -> None:
    """Raises for an end that no retry can mend; logs the others."""
    if isinstance(error, discord.LoginFailure):
        raise ConfigurationError(
            "Discord refused the token. Copy a fresh one from the developer portal into .env: DISCORD_TOKEN=…"
        )
    if isinstance(error, discord.PrivilegedIntentsRequired):
        raise ConfigurationError(
            "Discord refused the intents, although Paperboy asks for `guilds` only. Check the application."
        )
    if isinstance(error, discord.ConnectionClosed) and error.code == 4004:
        raise ConfigurationError(
            "Discord no longer accepts the token. Copy a fresh one from the developer portal into .env."
        )
    if isinstance(error, commands.ExtensionError):
        raise error
    # AttributeError: discord.py trips over its own missing socket when the first handshake fails (Rapptz/discord.py#10520).
    if isinstance(
        error, (discord.DiscordException, aiohttp.ClientError, OSError, asyncio.TimeoutError, AttributeError)
    ):
        log.warning("the connection to Discord ended: %s", error)
    elif error is not None:
        raise error
