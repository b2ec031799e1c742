"""What it costs to compose a person's digest, alone and beside everybody else's waiting alerts.

    python benchmarks/bench_compose.py [--papers 500] [--others 2000]

Each person has an alert for each paper. Prints the milliseconds a person and the ratio of the two; it should be near 1. Synthetic papers.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.delivery.composing import Composer
from bot.models import Event, EventKind, Hit, PaperId, Reason, Record, SubscriptionKind
from bot.store import papers
from bot.store.alerts import reasons_text
from bot.store.database import Database, open_database

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SAMPLE = 50


async def fill(database: Database, count: int) -> None:
    records = [
        Record(
            "bench",
            (PaperId("arxiv", f"2611.{n:05}"),),
            f"A model numbered {n}",
            Event(EventKind.ANNOUNCED, NOW),
            abstract="On models. " * 80,
        )
        for n in range(count)
    ]
    for start in range(0, count, 200):
        async with database.transaction() as write:
            await papers.add_records(write, records[start : start + 200], NOW, eligible=False)


async def wait_for_digests(database: Database, first: int, people: int, *, due: bool) -> None:
    async with database.transaction() as write:
        for person in range(first, first + people):
            await write.execute(
                """INSERT INTO users (id, timezone, opted_in_at, created_at, next_digest_at, next_digest_on)
                   VALUES (:id, 'UTC', 1, 1, :at, :on)""",
                {"id": person, "at": 100 if due else 2_000_000_000, "on": "2026-11-26" if due else "2033-05-18"},
            )
            number = await write.insert(
                """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
                   VALUES ('user', :id, 'keyword', 'model', 'daily', 1)""",
                {"id": person},
            )
            hits = (Hit("model", "title", "model"),)
            await write.execute(
                """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
                   SELECT 'user', :id, id, 'daily', :reasons, 1 FROM papers""",
                {
                    "id": person,
                    "reasons": reasons_text((Reason(number, SubscriptionKind.KEYWORD, "model", hits),)),
                },
            )


async def measure(database: Database) -> float:
    """Milliseconds a person."""
    composer = Composer(database, lambda: NOW)
    begun = time.perf_counter()
    made, _ = await composer.compose_portion()
    assert made
    return (time.perf_counter() - begun) / SAMPLE * 1000


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=500)
    options.add_argument("--others", type=int, default=2_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "x.db") as database:
            await fill(database, chosen.papers)
            times: dict[str, list[float]] = {"alone": [], "beside": []}
            for turn, name in enumerate(("alone", "alone", "alone", "beside", "beside", "beside")):
                if turn == 3:
                    await wait_for_digests(database, 1_000_000, chosen.others, due=False)
                await wait_for_digests(database, turn * 1_000 + 1, SAMPLE, due=True)
                times[name].append(await measure(database))
    alone, beside = (statistics.median(times[name]) for name in ("alone", "beside"))
    print(f"{chosen.papers:,} alerts a person, synthetic papers")
    print(f"alone                        {alone:7.1f} ms a person")
    print(f"beside {chosen.others:,} others          {beside:7.1f} ms a person   {beside / alone:.2f} x alone")


if __name__ == "__main__":
    asyncio.run(main())
