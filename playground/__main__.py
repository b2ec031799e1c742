"""`python -m playground`: the local Discord as a process of its own.
It knows the command line; everything else is in server.py."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from playground.discord.interactions import ANSWER_SECONDS
from playground.server import Playground


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground", description="A Discord on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8765, help="0: any free port, which is printed")
    parser.add_argument("--port-file", type=Path, help="write the real port here once it listens")
    parser.add_argument("--state", type=Path, default=Path("var/discord.db"), help="the file everything is kept in")
    parser.add_argument("--clock-file", type=Path, help="write the clock's shift in seconds here whenever it changes")
    parser.add_argument("--no-rate-limits", action="store_true", help="let bots ask as often as they like")
    parser.add_argument(
        "--answer-seconds", type=float, default=ANSWER_SECONDS, help="a bot's time for its first answer"
    )
    parser.add_argument("--print-token", action="store_true", help="print the bot's token and leave")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace) -> None:
    play = Playground(
        options.state,
        port=options.port,
        host=options.host,
        clock_file=options.clock_file,
        rate_limits=not options.no_rate_limits,
        answer_seconds=options.answer_seconds,
    )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with play:
        if options.port_file is not None:
            options.port_file.write_text(f"{play.port}\n")
        print(
            f"The local Discord listens: page {play.origin}/ · REST {play.url} · gateway {play.gateway_url}", flush=True
        )
        await stop.wait()


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    options.state.parent.mkdir(parents=True, exist_ok=True)
    if options.print_token:
        play = Playground(options.state)
        print(play.token)
        play.state.close()
        return 0
    try:
        asyncio.run(serve(options))
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 69
    return 0


if __name__ == "__main__":
    sys.exit(main())
