"""How long somebody waits for an answer while the bot works for others: over 62,000 papers, the real bot as a process of its own.

    python benchmarks/bench_responses.py [--papers 62000] [--people 2000] [--seconds 6]

One person presses `/help` ten times a second; meanwhile others use one command again and again, 1,000 papers are read, or
2,000 people's digests are due. A line for each: acknowledgements, median, p99 and longest in milliseconds, and p99 over that of an idle bot
in the same run. Wanted: p99 under 500 ms, none over 3 s. Real papers from PAPERBOY_DATA (default ../shared/data), without it
synthetic ones, which is said in the first line. All of them are dated within the last three days: the worst case.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import bench_matching as samples
from bot.config import environment
from bot.models import Author, Event, EventKind, PaperId, Record
from bot.store import papers
from bot.store.database import open_database
from bot.store.search import mark_current
from tests.house import THURSDAY, House, london, open_all, page, sample, until

ROOT = Path(__file__).resolve().parents[1]
GAP = 0.1

Load = Callable[[], Awaitable[object]]


async def fill(house: House, count: int) -> str:
    """Papers of the last three days. Returns what they are."""
    real = samples.real_rows()
    chosen = (real or samples.synthetic_rows(count))[:count]
    now = house.now()
    async with open_database(house.settings.database) as database:
        for start in range(0, len(chosen), 500):
            records = [record(start + n, row, now) for n, row in enumerate(chosen[start : start + 500])]
            async with database.transaction() as write:
                await papers.add_records(write, records, now, eligible=False)
        async with database.transaction() as write:
            await mark_current(write)
    return f"{len(chosen):,} {'real' if real else 'synthetic'} papers"


def record(number: int, row: samples.Row, now: datetime) -> Record:
    return Record(
        source="bench",
        ids=(PaperId("arxiv", f"{3000 + number // 90_000 + 1}.{number % 90_000:05}"),),
        title=row.title,
        abstract=row.abstract,
        authors=tuple(Author(name) for name in row.authors),
        categories=row.categories,
        event=Event(EventKind.ANNOUNCED, now - timedelta(seconds=number * 37 % 250_000)),
    )


@contextlib.asynccontextmanager
async def bot_of(house: House) -> AsyncIterator[None]:
    own = {k: v for k, v in os.environ.items() if not k.startswith("PAPERBOY_")}
    with (house.folder / "bot.log").open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", stdout=output, stderr=output, cwd=ROOT,
            env={**own, **environment(house.settings)},
        )  # fmt: skip
        try:
            await until(lambda: any(s.socket for s in house.play.hub.sessions_of(house.bot_id)), 120)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def rows(house: House, sql: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(house.settings.database, timeout=30)) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


async def listen(house: House, ended: asyncio.Event) -> list[float]:
    """Presses `/help` until the load has ended. Returns the milliseconds to each acknowledgement."""
    waits: list[float] = []

    async def press() -> None:
        done = await house.run("help", house.samir)
        waits.append(float(done["acknowledged_ms"] or 9999))

    async with asyncio.TaskGroup() as group:
        while not ended.is_set():
            group.create_task(press())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), GAP)
    return waits


async def measure(house: House, name: str, load: Load, idle: float | None) -> float:
    """Prints one line. Returns the p99."""
    ended = asyncio.Event()
    listening = asyncio.create_task(listen(house, ended))
    try:
        await load()
    finally:
        ended.set()
    waits = sorted(await listening)
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    ratio = "" if idle is None else f" {p99 / idle:5.1f} x idle"
    verdict = "" if p99 < 500 and waits[-1] < 3000 else "  <-- TOO LONG"
    print(
        f"{name:44} {len(waits):4} answers, median {statistics.median(waits):5.0f}, p99 {p99:5.0f},"
        f" longest {waits[-1]:5.0f} ms{ratio}{verdict}",
        flush=True,
    )
    return p99


def again(house: House, seconds: float, command: str, **options: Any) -> Load:
    """The command over and over, by one person."""

    async def load() -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            done = await house.run(command, house.nadia, **options)
            assert done["state"] in ("answered", "deferred"), (command, done["state"], done["error"])

    return load


def typing(house: House, seconds: float) -> Load:
    async def load() -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            for text in ("t", "th", "the", "the g", "grpah neural", "2611.0"):
                await house.suggest("paper", "paper", text)

    return load


async def follow_much(house: House) -> None:
    for name, options in (
        ("subscribe keyword", {"words": "the"}), ("subscribe author", {"name": "Wei Zhang"}),
        ("subscribe category", {"category": "cs"}), ("subscribe trending", {}),
    ):  # fmt: skip
        await house.run(name, house.nadia, city="London", hour=8, **options)


def read_thousand(house: House) -> Load:
    """The night's announcement: a feed of 1,000 papers, against everybody's subscriptions."""

    async def load() -> None:
        new = [sample(f"3111.{n:05}", f"The alert number {n}", "On graph networks. " * 50) for n in range(1000)]
        house.upstream.put("/rss/cs.CV", page(THURSDAY, new))
        await house.move_to(london(THURSDAY, 7))
        wanted = "SELECT count(*) FROM paper_ids WHERE value LIKE '3111.%'"
        await until(lambda: rows(house, wanted) == [(1000,)], 300)

    return load


async def everybody_follows(house: House, count: int) -> None:
    """People with an open DM who follow one word, as many earlier days would have left them."""
    made: list[tuple[int, int]] = []
    for number in range(count):
        person = (await house.ask("POST", "/users", {"username": f"reader{number}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        channel = (await house.ask("POST", "/dms", {"as": person, "user_id": house.bot_id}))["id"]
        made.append((int(person), int(channel)))
    due = int(london(THURSDAY, 8).timestamp())
    with contextlib.closing(sqlite3.connect(house.settings.database, timeout=30)) as connection, connection:
        connection.executemany(
            """INSERT INTO users (id, timezone, digest_minute, next_digest_at, next_digest_on, dm_channel_id, dm_state,
                                  opted_in_at, created_at) VALUES (?, 'Europe/London', 480, ?, ?, ?, 'open', 1, 1)""",
            [(person, due, THURSDAY.isoformat(), channel) for person, channel in made],
        )
        connection.executemany(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
               VALUES ('user', ?, 'keyword', 'graph', 'daily', 1)""",
            [(person,) for person, _ in made],
        )


def send_everybody(house: House, count: int) -> Load:
    async def load() -> None:
        await house.move_to(london(THURSDAY, 8))
        sent = "SELECT count(DISTINCT recipient_id) FROM messages WHERE state = 'sent' AND kind = 'digest'"
        await until(lambda: int(str(rows(house, sent)[0][0])) >= count, 900)

    return load


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=62_000)
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--seconds", type=float, default=6.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with open_all(Path(folder), feed_alone=True) as house:
            what = await fill(house, chosen.papers)
            await everybody_follows(house, chosen.people)
            async with bot_of(house):
                await follow_much(house)
                print(f"{what}, {chosen.people:,} people", flush=True)
                s = chosen.seconds
                idle = await measure(house, "idle", lambda: asyncio.sleep(s), None)
                for name, given in (
                    ("subscribe keyword", {"words": "the"}), ("subscribe author", {"name": "Wei Zhang"}),
                    ("subscribe category", {"category": "cs.LG"}), ("subscribe trending", {}), ("today", {}),
                    ("search", {"text": "the"}), ("search", {"text": "grpah neural netwrok"}),
                    ("search", {"text": '"language model" -survey'}), ("paper", {"paper": "graph networks"}),
                    ("daily", {}), ("trending", {"period": "month"}), ("subscriptions", {}), ("status", {}),
                ):  # fmt: skip
                    label = f"/{name} {' '.join(map(str, given.values()))}".strip()
                    await measure(house, label, again(house, s, name, **given), idle)
                await measure(house, "typing a title (autocomplete)", typing(house, s), idle)
                await measure(house, "reading 1,000 new papers", read_thousand(house), idle)
                people = f"digests for {chosen.people:,} people"
                await measure(house, people, send_everybody(house, chosen.people), idle)
            log = (house.folder / "bot.log").read_text(encoding="utf-8", errors="replace")
            held = [line for line in log.splitlines() if "event loop" in line]
            print(f"the loop was held {sum('is held' in line for line in held)} times")
            print("\n".join(held[:20]))


if __name__ == "__main__":
    asyncio.run(main())
