"""`python -m playground.upstreams`: the sample upstreams as a process of their own.

Knows the command line; everything else is in server.py.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from playground.upstreams import server
from playground.upstreams.samples import EASTERN
from playground.upstreams.server import Upstream, shifted_clock


async def _serve(options: argparse.Namespace) -> None:
    clock = shifted_clock(options.clock_file)
    async with Upstream(
        host=options.host,
        port=options.port,
        anchor=_first_day(options.anchor_file, clock) if options.anchor_file else options.anchor,
        clock=clock,
        folder=options.folder,
        keep_last=not options.empty_days,
    ) as upstream:
        sys.stdout.write(
            f"PAPERBOY_ARXIV_RSS_URL={upstream.rss_url}\nPAPERBOY_ARXIV_OAI_URL={upstream.oai_url}\n"
            f"PAPERBOY_ARXIV_API_URL={upstream.api_url}\nPAPERBOY_HUGGINGFACE_URL={upstream.huggingface_url}\n"
            f"PAPERBOY_SEMANTIC_SCHOLAR_URL={upstream.semantic_scholar_url}\nPAPERBOY_OPENALEX_URL={upstream.openalex_url}\n"
        )
        sys.stdout.flush()
        if options.port_file:
            options.port_file.write_text(upstream.url.rpartition(":")[2], encoding="ascii")
        await asyncio.Event().wait()


def _first_day(file: Path, clock: Callable[[], datetime]) -> date:
    """The day that the file holds; today is put there the first time, so that a later start shows the same papers."""
    if not file.exists():
        file.write_text(clock().astimezone(EASTERN).date().isoformat(), encoding="ascii")
    return date.fromisoformat(file.read_text(encoding="ascii").strip())


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m playground.upstreams", description=server.__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--anchor", type=date.fromisoformat, help="the day of the newest batch (default: today)")
    parser.add_argument("--anchor-file", type=Path, help="the same, kept in a file from one start to the next")
    parser.add_argument("--port-file", type=Path, help="write the real port here once it listens")
    parser.add_argument("--clock-file", type=Path, help="a file with the seconds by which the clock is ahead")
    parser.add_argument("--folder", type=Path, help="recorded pages, served under /files/ and in faults")
    parser.add_argument(
        "--empty-days",
        action="store_true",
        help="empty feeds on days without a batch, as arXiv's are (default: the last batch stays)",
    )
    try:
        asyncio.run(_serve(parser.parse_args(None if arguments is None else list(arguments))))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
