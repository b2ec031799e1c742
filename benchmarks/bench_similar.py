"""Papers that are like one: CPU of counting a paper's words and of finding the nearest, and how often the true nearest is found, beside
a comparison with all and beside SQLite's full text (bm25 over the same heaviest words).

Run it: PAPERBOY_DATA=../shared/data .venv/bin/python benchmarks/bench_similar.py [PAPERS]. A file is made in a temporary folder.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.models import Event, EventKind, PaperId, Record
from bot.query.document import analyse
from bot.query.facts import Like
from bot.query.language import Query
from bot.query.likeness import Vector, counted, heaviest, likeness, vector
from bot.similar.nearest import Similar
from bot.store import collection, papers, similar
from bot.store.database import Database, open_database

DATA = Path(os.environ.get("PAPERBOY_DATA", "../shared/data"))
NOW = datetime(2026, 11, 20, tzinfo=UTC)
ASKED = 100


def rows(count: int) -> list[Any]:
    with gzip.open(DATA / "arxiv_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in itertools.islice(lines, count)]


def record_of(number: int, row: Any) -> Record:
    identity = PaperId("arxiv", f"25{number // 90000 + 1:02}.{number % 90000:05}")
    return Record(
        "bench",
        (identity,),
        row["title"],
        Event(EventKind.ANNOUNCED, NOW, "v1"),
        abstract=row["abstract"],
        categories=tuple(row["categories"]),
    )


async def measured(work: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, float]:
    """What it gives, and its CPU in milliseconds."""
    began = time.process_time()
    found = await work()
    return found, (time.process_time() - began) * 1e3


async def by_full_text(database: Database, words: list[str]) -> list[int]:
    """The best by bm25 of those that have one of the words."""
    expression = " OR ".join(f'"{word}"' for word in words)
    async with database.reading() as read:
        return await read.ids(
            "SELECT rowid & 4294967295 AS id FROM paper_index WHERE paper_index MATCH :wanted ORDER BY rank LIMIT 11",
            {"wanted": expression},
        )


async def bench(database: Database, texts: list[Any]) -> None:
    for start in range(0, len(texts), 500):
        async with database.transaction() as write:
            made = [record_of(n, row) for n, row in enumerate(texts[start : start + 500], start)]
            await papers.add_records(write, made, NOW, eligible=False)
    service = Similar(database)
    done, spent = await measured(service.catch_up)
    print(f"{done:,} papers: counting the words of one takes {spent / done:.2f} ms of CPU, in the background")
    fresh = Similar(database)
    async with database.reading() as read:
        ids = await collection.all_ids(read)
        counts = await similar.load_counts(read, ids)
    chosen = random.Random(1).sample(ids, ASKED)
    ours, all_of_them, full_text = [], [], []
    right = same_ten = bm25_right = 0
    async with database.reading() as read:
        loaded = await papers.load_papers(read, chosen)
    wanted = {number: Like(loaded[number].main_id, 1) for number in chosen}
    await fresh.learn(map(Query, wanted.values()))
    known = fresh.seeds.frequencies
    vectors: dict[int, Vector] = {number: vector(own, known) for number, own in counts.items()}
    for number in chosen:
        own = vectors[number]
        began = time.process_time()
        true = sorted(((likeness(own, other), n) for n, other in vectors.items() if n != number), reverse=True)[:10]
        all_of_them.append((time.process_time() - began) * 1e3)
        found, spent = await measured(lambda number=number: fresh.nearest(wanted[number], fresh.seeds))  # type: ignore[misc]
        ours.append(spent)
        right += bool(found) and likeness(own, vectors[found[0]]) >= true[0][0] - 1e-9
        same_ten += len(set(found[:10]) & {n for _, n in true})
        doc = analyse(loaded[number].title, loaded[number].abstract)
        written = {
            next(iter(counted([stem]))): form for f in doc.fields for stem, form in zip(f.stems, f.forms, strict=True)
        }
        words = [written[n] for n in heaviest(own, known)]
        ranked, spent = await measured(lambda words=words: by_full_text(database, words))  # type: ignore[misc]
        full_text.append(spent)
        first = [n for n in ranked if n != number][:1]
        bm25_right += bool(first) and first[0] == true[0][1]
    fast, slow, text = map(statistics.median, (ours, all_of_them, full_text))
    print(
        f"the nearest 250, compared word by word: {fast:.1f} ms of CPU (p95 {statistics.quantiles(ours, n=20)[-1]:.1f})"
    )
    print(f"  true nearest found for {right}/{ASKED}; of the true ten {same_ten / ASKED / 10:.3f}")
    print(f"beside all papers compared: {slow:.1f} ms, {slow / fast:.1f} x ours")
    print(
        f"beside bm25 over the same words: {text:.1f} ms, {text / fast:.1f} x ours; true nearest first for {bm25_right}/{ASKED}"
    )


async def main() -> None:
    texts = rows(int(sys.argv[1]) if len(sys.argv) > 1 else 58_000)
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "paperboy.db") as database:
            await bench(database, texts)


if __name__ == "__main__":
    asyncio.run(main())
