"""What arrives, end to end: papers read by a source, stored, matched and their alerts in the outbox; page by page and one by one.

    python benchmarks/bench_ingest.py [--papers 2000] [--subscriptions 10000] [--alone 200]

Real papers from PAPERBOY_DATA (default ../shared/data). Seeds are fixed; times are CPU seconds of the whole process, its threads too.
"storing" is the same without subscriptions. "one by one" gives each paper in a page of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for the mix of subscriptions

from benchmarks.bench_matching import Row, count_titles, real_rows, sample, subscriptions, tell
from bot.ingest.ingest import Ingest
from bot.models import Author, Batch, Event, EventKind, PaperId, Record, Subscription
from bot.query.matching import Matcher
from bot.store.database import open_database

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    """A source that gives pages of records; the first time it has none."""

    pages: Sequence[Sequence[Record]]
    name: str = "arxiv:cs.LG"

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        for number, page in enumerate(self.pages if cursor else [()]):
            yield Batch(tuple(page), str(number))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        return now


def to_record(number: int, row: Row) -> Record:
    return Record(
        source="arxiv:cs.LG",
        ids=(PaperId("arxiv", f"2606.{number:05d}"),),
        title=row.title,
        event=Event(EventKind.ANNOUNCED, NOW),
        abstract=row.abstract,
        authors=tuple(map(Author, row.authors)),
        categories=row.categories,
        version=1,
    )


async def ingested(pages: Sequence[Sequence[Record]], matcher: Matcher) -> tuple[float, int]:
    """CPU seconds, and how many alerts."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "papers.db") as database:
            ingest = Ingest(database, [Shelf(pages)], matcher, lambda: NOW + timedelta(hours=1))
            await ingest.ingest_all()
            gc.collect()
            start = time.process_time()
            (visit,) = await ingest.ingest_all()
            return time.process_time() - start, visit.alerts


def measure(rows: list[Row], subs: list[Subscription], alone: int) -> None:
    records = [to_record(number, row) for number, row in enumerate(rows)]
    matcher = Matcher(subs)
    storing, _ = asyncio.run(ingested([records], Matcher()))
    paged, alerts = asyncio.run(ingested([records], matcher))
    few = records[:alone]
    single, _ = asyncio.run(ingested([[record] for record in few], matcher))
    single *= len(records) / len(few)
    tell(f"{len(records):,} papers, {len(matcher):,} subscriptions: {alerts:,} alerts")
    tell(f"  storing alone                {storing:>8.2f} s")
    tell(f"  page by page                 {paged:>8.2f} s, {len(records) / paged:,.0f} papers a second")
    tell(f"  one by one                   {single:>8.2f} s, {single / paged:.1f} x (from {len(few)} papers)")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--papers", type=int, default=2_000)
    options.add_argument("--subscriptions", type=int, default=10_000)
    options.add_argument("--alone", type=int, default=200)
    chosen = options.parse_args()
    every = real_rows()
    if every is None:
        tell("skipped: no real papers (set PAPERBOY_DATA)")
        return
    count_titles(every)
    measure(sample(every, chosen.papers), subscriptions(chosen.subscriptions, every), chosen.alone)


if __name__ == "__main__":
    main()
