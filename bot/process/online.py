"""Keeps one bot online: starts it, waits, starts a new one after a failure, and stops cleanly on a signal.

Part of the composition root: only `__main__` imports this.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

from bot.chat.app import PaperBot
from bot.chat.owner import tell_owner
from bot.chat.services import Application
from bot.config import Settings
from bot.errors import ConfigurationError, DamagedError, DeliveryDelayedError, PaperboyError
from bot.process.application import open_application
from bot.process.file_watch import watched
from bot.process.watchdog import watch_loop
from bot.when.jobs import Jobs
from bot.when.places import find_places

log = logging.getLogger(__name__)

#: How often the watchdog looks, in seconds.
_LOOK: Final = 0.5
#: Seconds from a signal to the end of the process, whatever hangs; and how long threads have once all else has ended.
_END: Final = 1.9
_THREADS: Final = 1.0


#: Close codes after which Discord wants no new try, and what the owner can do
#: (developer documentation, topics/opcodes-and-status-codes). discord.py has an error of its own for 4014.
_FOR_GOOD: Final = {
    4004: "Discord no longer accepts the token. Copy a fresh one from the developer portal into .env.",
    4010: "Discord refused the shard (code 4010). Update Paperboy.",
    4011: "Discord wants more than one connection for so many servers (code 4011). Update Paperboy, or leave some servers.",
    4012: "Discord no longer speaks the version of its API that Paperboy speaks (code 4012). Update Paperboy.",
    4013: "Discord does not know the intents for which Paperboy asks (code 4013). Update Paperboy.",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds of the clock `now`.

    `offline`: without READY or RESUMED, until the client is given up for a new one. `pauses`: between one client and the
    next, counted from the last that came online; short at first, since a gateway that restarts is back within a minute.
    """

    now: Callable[[], float] = time.monotonic
    offline: float = 300.0
    pauses: tuple[float, ...] = (1, 2, 3, 5, 10, 20, 30, 60, 120, 300)


async def stay_online(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT. Raises ConfigurationError when Discord refuses the token or the intents, and DamagedError
    when the database is damaged or no longer in its place."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    threads = ThreadPoolExecutor(thread_name_prefix="paperboy")
    loop.set_default_executor(threads)
    end = threading.Timer(_END, _leave)
    end.daemon = True

    def begin_to_end() -> None:
        if not stopping.is_set():
            stopping.set()
            end.start()

    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, begin_to_end)
    opened = asyncio.Event()
    life = asyncio.create_task(_live(settings, stopping, opened))
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({life, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not opened.is_set():  # a migration, or an index of a million papers, takes minutes; the next start does it
            life.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await life
        except PaperboyError as error:
            _leave_threads(threads, error)
            raise
        _leave_threads(threads, None)
        end.cancel()


def _leave_threads(threads: ThreadPoolExecutor, error: PaperboyError | None) -> None:
    ending = threading.Thread(target=threads.shutdown, daemon=True)
    ending.start()
    ending.join(_THREADS)
    if ending.is_alive():
        _leave(error)


def _leave(error: PaperboyError | None = None) -> None:
    """Ends the process without whatever hangs: a thread at a dead network folder would keep it for ever. What is not committed
    is done by the next start, as after any other death."""
    log.warning(
        "something does not end in time; the process ends without it, and the next start takes up what was begun"
    )
    if error is not None:
        print(f"paperboy: {error}", file=sys.stderr)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(error.exit_code if error else 0)


async def _live(settings: Settings, stopping: asyncio.Event, opened: asyncio.Event) -> None:
    try:
        await _live_on(settings, stopping, opened)
    except DamagedError as error:
        if not opened.is_set():  # who is online already has been told by whoever met the damage
            Route.BASE = settings.discord_api.rstrip("/")
            await tell_owner(settings, None, error)
        raise


async def _live_on(settings: Settings, stopping: asyncio.Event, opened: asyncio.Event) -> None:
    with watch_loop():
        async with open_application(settings) as application:
            opened.set()
            telling = functools.partial(tell_owner, settings, application.gate)
            # What freezes reads the database, which is closed next.
            async with beside(_freeze_what_stays(application)), watched(application.database, stopping, telling):
                await keep_online(application, settings, stopping, Patience())


@contextlib.asynccontextmanager
async def beside(work: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Works beside the block, which does not need it: its fault is logged. When the block ends, however it does, the work has
    ended too."""
    task = asyncio.create_task(_spared(work))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _spared(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception as error:
        log.error(
            "what runs beside the bot has failed; it goes on without: %s",
            error,
            exc_info=not isinstance(error, PaperboyError),
        )


async def _freeze_what_stays(application: Application) -> None:
    """What stays for good (modules, the search's vocabulary, the table of cities) the garbage collector, whose full rounds hold the
    loop, need not walk through again and again."""
    await application.services.search.warm_up()
    await asyncio.to_thread(find_places, "")
    gc.freeze()


async def keep_online(
    application: Application, settings: Settings, stopping: asyncio.Event, patience: Patience
) -> None:
    """One client after the other until `stopping` is set. Raises ConfigurationError as `stay_online` does."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # Paperboy does not speak
    Route.BASE = settings.discord_api.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway)
    attempt = 0
    while not stopping.is_set():
        came, asked = await _one_life(application, settings, stopping, patience)
        attempt = 0 if came else attempt + 1
        if not stopping.is_set():
            pause = max(patience.pauses[min(max(attempt - 1, 0), len(patience.pauses) - 1)], asked)
            log.warning("offline; trying again in %.0f s", pause)
            await _wait(stopping, patience, pause)


async def _wait(stopping: asyncio.Event, patience: Patience, pause: float) -> None:
    until = patience.now() + pause
    while not stopping.is_set() and (left := until - patience.now()) > 0:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), min(left, _LOOK))


async def _one_life(
    application: Application, settings: Settings, stopping: asyncio.Event, patience: Patience
) -> tuple[bool, float]:
    """One client from login to its end. Returns whether it came online, and for how many seconds Discord wants no other."""
    assert settings.discord_token is not None
    bot = PaperBot(application, Jobs(), now=patience.now)
    life = asyncio.create_task(bot.start(settings.discord_token.get_secret_value()))
    stop = asyncio.create_task(stopping.wait())
    try:
        while not (life.done() or stop.done()):
            await asyncio.wait({life, stop}, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
            if bot.presence.is_lost(patience.now(), patience.offline):
                log.warning("no READY or RESUMED for %.0f s: a new client", patience.offline)
                break
        return bot.presence.came, _judge(life.exception()) if life.done() else 0.0
    finally:
        stop.cancel()
        await _end(bot, life)


async def _end(bot: PaperBot, life: asyncio.Task[None]) -> None:
    """Closes the client; then its task, which may sleep in discord.py's own back-off, in a login, or in a handshake."""
    await bot.close()
    life.cancel()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await life
    _stop_heartbeats(bot)


def _stop_heartbeats(bot: PaperBot) -> None:
    """Ends the client's heartbeat threads: one whose handshake is cut off after HELLO is left behind by discord.py for ever."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is bot._connection:
            thread.stop()


def _judge(error: BaseException | None) -> float:
    """Raises for an end that no retry can mend; logs the others. Returns for how many seconds Discord wants no new client."""
    if isinstance(error, discord.LoginFailure):
        raise ConfigurationError(
            "Discord refused the token. Copy a fresh one from the developer portal into .env: DISCORD_TOKEN=…"
        )
    if isinstance(error, discord.PrivilegedIntentsRequired):
        raise ConfigurationError(
            "Discord refused the intents, although Paperboy asks for `guilds` only. Check the application."
        )
    if isinstance(error, discord.ConnectionClosed) and error.code in _FOR_GOOD:
        raise ConfigurationError(_FOR_GOOD[error.code])
    if isinstance(error, commands.ExtensionError):
        raise error
    if isinstance(error, DeliveryDelayedError):
        log.warning("not online: %s", error)
        return error.retry_after or 0.0
    # AttributeError: discord.py trips over its own missing socket when the first handshake fails (Rapptz/discord.py#10520).
    if isinstance(
        error, (discord.DiscordException, aiohttp.ClientError, OSError, asyncio.TimeoutError, AttributeError)
    ):
        log.warning("the connection to Discord ended: %s", error)
    elif error is not None:
        raise error
    return 0.0
