"""`run` without a token: the local Discord, sample upstreams when the network does not answer, and the bot, each a process.

Part of the composition root. Starts `playground` as a program; imports nothing of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import httpx
from pydantic import SecretStr

from bot.config import Settings, environment
from bot.errors import BadDataError, BusyError, ConfigurationError, PaperboyError
from bot.store import files
from bot.store.database import open_read_only
from bot.store.meta import get_value
from bot.store.sources import load_source

log = logging.getLogger(__name__)

_READY: Final = 120.0  # seconds that a process may need to listen
_RESTART: Final = 2.0
_FINAL: Final = {error.exit_code: error for error in (BadDataError, BusyError, ConfigurationError)}


@dataclass(frozen=True, slots=True)
class Options:
    """How to play. `samples=None` asks the network first."""

    port: int = 8765
    folder: Path = Path("var/playground")
    samples: bool | None = None


async def play(settings: Settings, options: Options) -> None:
    """Runs until Ctrl+C, SIGTERM, or the end of its terminal. Prints one line: the page to open.

    Raises BusyError when another process plays in the folder.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _endings():
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    async with contextlib.AsyncExitStack() as stack:
        # Two local Discords on one state would answer for each other, and only one of them would have the bot.
        other = "open the page that it printed, or play in another folder: `python -m bot playground --folder FOLDER`"
        stack.enter_context(files.process_lock(options.folder / "discord.db", other=other))
        clock = options.folder / "clock"
        port = await _start_discord(stack, options, clock)
        token = await _token(options)
        changes: dict[str, object] = {
            "discord_token": token,
            "discord_api": f"http://127.0.0.1:{port}/api/v10",
            "discord_gateway": f"ws://127.0.0.1:{port}/gateway",
            "database": options.folder / "paperboy.db",
            "backups": options.folder / "backups" if settings.backups else None,
            "clock_file": clock,
        }
        samples = not await _online(settings) if options.samples is None else options.samples
        if samples:
            changes |= await _start_upstreams(stack, options, clock)
        own = settings.model_copy(update=changes)
        bot = asyncio.create_task(_keep_bot(own, token, options, stopping))
        stack.push_async_callback(_end, bot)
        greeting = asyncio.create_task(_greet(port, own.database))
        stack.push_async_callback(_end, greeting)
        papers = "sample papers" if samples else "today's papers"
        print(f"Paperboy is running with {papers}. Open http://127.0.0.1:{port}/ (Ctrl+C stops it)", flush=True)
        await asyncio.wait({asyncio.create_task(stopping.wait()), bot}, return_when=asyncio.FIRST_COMPLETED)


def _endings() -> list[signal.Signals]:
    """The signals that end it. Its terminal's end is one: the processes that it started would outlive it, and hold the folder."""
    found = [signal.SIGTERM, signal.SIGINT]
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:  # `nohup` wants it to go on
        found.append(hang_up)
    return found


async def _start_discord(stack: contextlib.AsyncExitStack, options: Options, clock: Path) -> int:
    for port in (options.port, 0):  # somebody else may sit on the usual port
        port_file = options.folder / "discord.port"
        port_file.unlink(missing_ok=True)
        arguments = ["--port", str(port), "--state", str(options.folder / "discord.db")]
        arguments += ["--port-file", str(port_file), "--clock-file", str(clock)]
        process = await _start(stack, "playground", arguments, options, "discord.log")
        found = await _wait_for_port(process, port_file)
        if found:
            return found
    raise PaperboyError(f"The local Discord did not start; {options.folder / 'discord.log'} says why.")


async def _start_upstreams(stack: contextlib.AsyncExitStack, options: Options, clock: Path) -> dict[str, object]:
    port_file = options.folder / "upstream.port"
    port_file.unlink(missing_ok=True)
    arguments = ["--port", "0", "--port-file", str(port_file), "--clock-file", str(clock)]
    anchor = options.folder / "anchor"  # the samples' first day stays, so that each start shows the same papers
    arguments += ["--anchor-file", str(anchor)]
    process = await _start(stack, "playground.upstreams", arguments, options, "upstream.log")
    port = await _wait_for_port(process, port_file)
    if not port:
        raise PaperboyError(f"The sample upstreams did not start; {options.folder / 'upstream.log'} says why.")
    base = f"http://127.0.0.1:{port}"
    return {
        "arxiv_rss_url": f"{base}/rss",
        "arxiv_oai_url": f"{base}/oai",
        "arxiv_api_url": f"{base}/api/query",
        "huggingface_url": base,
        "semantic_scholar_url": f"{base}/graph/v1",
        "openalex_url": f"{base}/openalex",
        # the samples ask for none, but OpenAlex is asked where there is one; nobody's own leaves for them
        "semantic_scholar_key": None,
        "openalex_key": SecretStr("a-sample-key"),
    }


async def _start(
    stack: contextlib.AsyncExitStack, module: str, arguments: list[str], options: Options, log_name: str
) -> asyncio.subprocess.Process:
    output = stack.enter_context((options.folder / log_name).open("ab"))
    process = await _spawn([module, *arguments], output, os.environ)
    stack.push_async_callback(_terminate, process)
    return process


async def _spawn(arguments: list[str], output: IO[bytes], variables: Mapping[str, str]) -> asyncio.subprocess.Process:
    # A session of its own: Ctrl+C in the terminal reaches this process, which stops the others in order. Their standard input
    # ends with this process, so that none outlives it.
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.process.leashed", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output, env=dict(variables), start_new_session=True,
    )  # fmt: skip


async def _wait_for_port(process: asyncio.subprocess.Process, file: Path) -> int | None:
    """The port that the process wrote once it listens; None when it ended instead."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READY):
            while process.returncode is None:
                with contextlib.suppress(OSError, ValueError):
                    return int(file.read_text(encoding="ascii"))
                await asyncio.sleep(0.05)
    return None


async def _token(options: Options) -> str:
    arguments = ["--state", str(options.folder / "discord.db"), "--print-token"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return output.decode("ascii").strip()


async def _online(settings: Settings) -> bool:
    """Whether arXiv can be reached from here."""
    try:
        async with httpx.AsyncClient(timeout=3.0) as client:
            return (await client.head(settings.arxiv_rss_url)).status_code < 500
    except (httpx.HTTPError, OSError):
        return False


async def _keep_bot(settings: Settings, token: str, options: Options, stopping: asyncio.Event) -> None:
    """Runs the bot as its own process and starts it again whenever it ends before its time."""
    variables = {**os.environ, **environment(settings), "DISCORD_TOKEN": token}
    with (options.folder / "bot.log").open("ab") as output:
        while not stopping.is_set():
            process = await _spawn(["bot", "run"], output, variables)
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                await _terminate(process)
                raise
            # No restart mends a damaged file or wrong settings, or ends a bot that outlived a process that was killed.
            if code in _FINAL:
                raise _FINAL[code](f"The bot cannot run; {options.folder / 'bot.log'} says why.")
            log.warning("the bot ended with code %s; starting it again", code)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _RESTART)


async def _greet(port: int, database: Path) -> None:
    """The first screen is beside the point: its fault, or a page that somebody has changed already, ends nothing."""
    try:
        await _set_up_papers_channel(port, database)
    except Exception:
        log.exception("#papers could not be set up; `/summary setup` does it by hand")


async def _set_up_papers_channel(port: int, database: Path) -> None:
    """Plays the server's owner once, so that the first screen is not empty: a daily list in #papers, posted now.

    Everything goes through the same door as the page; the bot knows nothing of it.
    """
    # The environment may name a proxy, which does not lead to this machine.
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as page:
        state = (await page.get("/play/state")).json()
        guild = state["guilds"][0]
        owner = guild["owner_id"]
        channels = {channel["name"]: channel["id"] for channel in guild["channels"]}
        if (await page.get(f"/play/channels/{channels['papers']}/messages", params={"as": owner})).json():
            return  # an earlier start did it
        await _first_papers(database)
        where = {"as": owner, "channel_id": channels["reading-group"], "wait": 10}
        options = {"channel": channels["papers"], "size": 10}
        command = {**where, "name": "summary setup", "options": options}
        answer = await _answered(page, "commands", command)
        buttons = [button for row in answer["components"] for button in row["components"]]
        post_now = next(button["custom_id"] for button in buttons if "summary-now" in button["custom_id"])
        await _answered(page, "components", {**where, "message_id": answer["id"], "custom_id": post_now})


async def _answered(page: httpx.AsyncClient, what: str, body: Mapping[str, object]) -> Any:
    """Does it until the bot has answered: on a slow machine Discord's three seconds may be over before. Returns the message."""
    while True:
        done = (await page.post(f"/play/{what}", json=body)).raise_for_status().json()
        if done.get("state") == "answered":
            return done["message"]
        await asyncio.sleep(_RESTART)


async def _first_papers(path: Path) -> None:
    """Returns once the bot has read the daily lists for the first time and is online."""
    while True:
        with contextlib.suppress(PaperboyError):
            async with open_read_only(path) as database:
                while True:
                    async with database.reading() as read:
                        if (await load_source(read, "huggingface")).first_sync_done and await get_value(
                            read, "commands"
                        ):
                            return
                    await asyncio.sleep(0.5)
        await asyncio.sleep(0.5)


async def _terminate(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _end(task: asyncio.Task[None]) -> None:
    """Stops the task; an error of its own is raised here."""
    if not task.done():
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
