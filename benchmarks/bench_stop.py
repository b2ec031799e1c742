"""How soon the process ends after SIGTERM while discord.py waits in its back-off, against what was left of that back-off.

    python benchmarks/bench_stop.py [--runs 5] [--tries 4]

The real process with the local Discord. Its resume host is dead, so that discord.py tries, waits at random up to 2, 4, 8, 16 s …,
and tries again; SIGTERM comes when it has begun to wait for the `--tries`th time. Without an end of our own the process would
have slept for the rest of that wait: the alternative.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.config import environment
from tests.house import House, open_all, until
from tests.processes import ended, running_async

_WAITS = re.compile(r"Attempting a reconnect in ([\d.]+)s")


async def one_run(folder: Path, tries: int) -> tuple[float, float]:
    """Returns the seconds from SIGTERM to the end, and those that were left of the back-off."""
    async with open_all(folder) as house:
        await house.ask("POST", "/faults", {"dead_resume": True})
        log = folder / "bot.log"
        variables = {**os.environ, **environment(house.settings)}
        with log.open("wb") as output:
            command = (sys.executable, "-m", "bot", "run")
            async with running_async(*command, env=variables, stdout=output, stderr=output) as bot:
                await until(lambda: _is_online(house))
                await house.ask("POST", "/gateway", {"op": "disconnect"})
                await until(lambda: len(_WAITS.findall(log.read_text())) >= tries)
                begun = time.perf_counter()
                left = float(_WAITS.findall(log.read_text())[-1])
                bot.send_signal(signal.SIGTERM)
                assert await ended(bot) == 0
                return time.perf_counter() - begun, left


def _is_online(house: House) -> bool:
    return any(s.socket for s in house.play.hub.sessions_of(house.bot_id))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tries", type=int, default=4)
    given = parser.parse_args()
    ours, theirs = [], []
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory() as folder:
            end, left = await one_run(Path(folder), given.tries)
        ours.append(end)
        theirs.append(left)
    for name, found in (("from SIGTERM to the end", ours), ("left of discord.py's back-off", theirs)):
        print(f"{name:30} median {statistics.median(found):6.2f} s, max {max(found):6.2f} s of {given.runs} runs")


if __name__ == "__main__":
    asyncio.run(main())
