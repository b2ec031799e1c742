"""Everybody's digest due at one instant: the real bot as a process of its own against the local Discord with its limits on.

    python benchmarks/bench_delivery.py [--people 2000] [--others 200] [--papers 3]

Printed: how long after the due instant the first message was sent; messages a second, and their share of the lesser of 48 a
second (Discord permits 50) and what the processor allows (1,000 / CPU milliseconds a message); refusals (429). Wanted: 2 s, 95 %,
none. Then the same parts for `--others` people in the way that suggests itself: all is composed first, then sent in rounds that
wait for their slowest; the ratio of both rates stands last.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
from discord.http import Route

from benchmarks.bench_responses import ROOT, fill
from bot.chat.messenger import DiscordMessenger
from bot.config import environment
from bot.delivery.attempts import Attempts
from bot.delivery.composing import Composer
from bot.delivery.gate import Gate
from bot.delivery.pace import Pace
from bot.store import messages
from bot.store.commits import Commits
from bot.store.database import open_database
from tests.house import THURSDAY, House, london, open_all, until

DUE = london(THURSDAY, 8)
PER_SECOND = 48
ROUND, ABREAST = 200, 8


async def people_of(house: House, count: int, due: datetime, papers: int) -> None:
    """People with an open DM, each with so many papers that wait for the digest of that instant."""
    made = []
    for number in range(count):
        person = (await house.ask("POST", "/users", {"username": f"reader{due:%H}x{number}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        channel = (await house.ask("POST", "/dms", {"as": person, "user_id": house.bot_id}))["id"]
        made.append((int(person), int(channel)))
    at, minute = int(due.timestamp()), due.hour * 60
    with contextlib.closing(sqlite3.connect(house.settings.database, timeout=30)) as connection, connection:
        known = [row[0] for row in connection.execute("SELECT id FROM papers ORDER BY id LIMIT 500")]
        for n, (person, channel) in enumerate(made):
            connection.execute(
                """INSERT INTO users (id, timezone, digest_minute, next_digest_at, next_digest_on, dm_channel_id, dm_state,
                                      opted_in_at, created_at) VALUES (?, 'Europe/London', ?, ?, ?, ?, 'open', 1, 1)""",
                (person, minute, at, THURSDAY.isoformat(), channel),
            )
            followed = connection.execute(
                """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
                   VALUES ('user', ?, 'keyword', 'graph', 'daily', 1)""",
                (person,),
            ).lastrowid
            reasons = json.dumps([[followed, "keyword", "graph", [["graph", "title", "graph"]]]])
            connection.executemany(
                """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
                   VALUES ('user', ?, ?, 'daily', ?, 1)""",
                [(person, known[(n * papers + k) % len(known)], reasons) for k in range(papers)],
            )


def sends(house: House, after: int) -> list[Any]:
    return [r for r in house.play.log.after(after) if r["method"] == "POST" and r["path"].endswith("/messages")]


def cpu_seconds(pid: int) -> float:
    """What a process has used, its threads included (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(house: House, name: str, after: int, due: datetime, cpu: float) -> float:
    """Prints what was sent since the request `after`. Returns messages a second, from the due instant to the last one."""
    found = sends(house, after)
    refused = sum(r["status"] == 429 for r in house.play.log.after(after))
    times = sorted(datetime.fromisoformat(r["at"]) for r in found if r["status"] == 200)
    first, whole = (times[0] - due).total_seconds(), (times[-1] - times[0]).total_seconds()
    rate, milliseconds = (len(times) - 1) / whole, 1000 * cpu / len(times)
    possible = min(float(PER_SECOND), 1000 / milliseconds)
    print(
        f"{name}: {len(times):,} messages, first after {first:.2f} s, then {rate:.1f}/s in {whole:.1f} s;"
        f" {milliseconds:.1f} CPU ms a message, so {possible:.1f}/s were possible: {100 * rate / possible:.0f} %;"
        f" {refused} x 429",
        flush=True,
    )
    return len(times) / (times[-1] - due).total_seconds()


async def run_bot(house: House, count: int) -> float:
    """The bot is online before the instant, as on any day."""
    await house.move_to(DUE - timedelta(seconds=45))
    own = {k: v for k, v in os.environ.items() if not k.startswith("PAPERBOY_")}
    with (house.folder / "bot.log").open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", stdout=output, stderr=output, cwd=ROOT,
            env={**own, **environment(house.settings)},
        )  # fmt: skip
    try:
        await until(lambda: any(s.socket for s in house.play.hub.sessions_of(house.bot_id)), 120)
        await until(lambda: house.now() >= DUE - timedelta(seconds=2), 120)
        after, before = house.play.log.after(0)[-1]["n"], cpu_seconds(process.pid)

        async def all_sent() -> bool:
            await asyncio.sleep(0.5)
            return sum(bool(r["status"] == 200) for r in sends(house, after)) >= count

        await until(all_sent, 60 + count)
        return report(house, "workers", after, DUE, cpu_seconds(process.pid) - before)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def run_rounds(house: House, due: datetime) -> float:
    """The way that suggests itself, of the same parts: all composed, then rounds of 200, eight side by side."""
    await house.move_to(due)
    Route.BASE = house.settings.discord_api
    after, before, start = house.play.log.after(0)[-1]["n"], time.process_time(), house.now()
    async with (
        open_database(house.settings.database) as database,
        discord.Client(intents=discord.Intents.none()) as client,
    ):
        await client.login(house.play.token)
        gate, pace = Gate(database, house.now), Pace(PER_SECOND)
        attempts = Attempts(database, DiscordMessenger(client), house.now, gate, pace, Commits(database))
        composer = Composer(database, house.now)
        while (await composer.compose_portion())[1]:
            pass
        while ready := await _ready(database, house.now()):
            places = asyncio.Semaphore(ABREAST)

            async def send(message: messages.Message, places: asyncio.Semaphore = places) -> None:
                async with places:
                    await attempts.make(message, lambda: None)

            await asyncio.gather(*map(send, ready))
    # The local Discord runs in this process, too, so its share of the processor is in the figure.
    return report(house, "rounds ", after, start, time.process_time() - before)


async def _ready(database: Any, now: datetime) -> Sequence[messages.Message]:
    async with database.reading() as read:
        return await messages.load_ready(read, now, busy=[], opening=[], openings=0, limit=ROUND)


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--others", type=int, default=200)
    options.add_argument("--papers", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with open_all(Path(folder)) as house:
            what = await fill(house, 2_000)
            others = DUE + timedelta(hours=1)
            await people_of(house, chosen.people, DUE, chosen.papers)
            await people_of(house, chosen.others, others, chosen.papers)
            await house.ask("POST", "/faults", {"rate_limits": True})
            print(f"{what}; {chosen.people:,} people due at once, {chosen.papers} papers each", flush=True)
            ours = await run_bot(house, chosen.people)
            theirs = await run_rounds(house, others)
            print(f"workers / rounds: {ours / theirs:.2f} times the messages a second, counted from the due instant")


if __name__ == "__main__":
    asyncio.run(main())
