"""How well and how fast mistyped wordings find their papers: Paperboy beside rapidfuzz over all titles and plain FTS5 AND.

    python benchmarks/bench_search.py [--queries 200] [--papers 58195] [--slow 10]

Real papers from PAPERBOY_DATA (default ../shared/data); without it, synthetic ones, which is said in the first line.
Seeds are fixed. A hit is the paper, or one of the same title, among the first ten. Times are CPU milliseconds of the
process for one query, SQLite's work included; `x` is the peer's mean over ours. rapidfuzz is timed on few queries.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks import bench_matching as samples
from bot.language.text import plain
from bot.language.tokens import fold, scan
from bot.models import Author, Event, EventKind, PaperId, Record
from bot.search.search import Search
from bot.store import papers
from bot.store.database import Connection, Database, open_database
from bot.store.search import title_candidates

SEED = 20_260_602
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz"

Words = Sequence[str]
Make = Callable[[random.Random, Words, str], str]


def slip(rng: random.Random, word: str) -> str:
    """One letter left out, too many, or wrong."""
    at = rng.randrange(len(word))
    letter = rng.choice(LETTERS)
    return rng.choice([word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]])


def swap(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def some(rng: random.Random, words: Words, count: int = 4) -> list[str]:
    """Words of a title in its order."""
    return [words[i] for i in sorted(rng.sample(range(len(words)), min(count, len(words))))]


def spoiled(rng: random.Random, words: Sequence[str], count: int, how: Callable[[random.Random, str], str]) -> str:
    spoilt = list(words)
    long = [i for i, word in enumerate(spoilt) if len(word) > 3]
    for i in rng.sample(long, min(count, len(long))):
        spoilt[i] = how(rng, spoilt[i])
    return " ".join(spoilt)


def shuffled(rng: random.Random, words: Words) -> str:
    chosen = some(rng, words)
    rng.shuffle(chosen)
    return " ".join(chosen)


KINDS: dict[str, Make] = {
    "exact words": lambda rng, words, _: " ".join(some(rng, words)),
    "one slip": lambda rng, words, _: spoiled(rng, some(rng, words), 1, slip),
    "two slips": lambda rng, words, _: spoiled(rng, some(rng, words), 2, slip),
    "swapped letters": lambda rng, words, _: spoiled(rng, some(rng, words), 1, swap),
    "whole title, two slips": lambda rng, words, _: spoiled(rng, words, 2, slip),
    "words out of order": lambda rng, words, _: shuffled(rng, words),
    "beginning": lambda rng, words, _: " ".join(words[:4])[:-2],
    "beginning, one slip": lambda rng, words, _: spoiled(rng, words[:4], 1, slip),
    "author and two words": lambda rng, words, author: " ".join([author, *some(rng, words, 2)]),
    "no accents, TeX, hyphens": lambda rng, words, _: " ".join(fold(w) for w in some(rng, words, 5)),
}


@dataclass
class Tally:
    """One technique on one kind of wording."""

    hits: int = 0
    asked: int = 0
    times: list[float] | None = None

    def add(self, hit: bool, seconds: float) -> None:
        self.hits += hit
        self.asked += 1
        self.times = [*(self.times or []), seconds]

    def text(self) -> str:
        times = sorted(self.times or [0.0])
        p50, p95 = times[len(times) // 2] * 1e3, times[int(len(times) * 0.95)] * 1e3
        return f"{self.hits / max(self.asked, 1):.3f} {p50:8.1f} {p95:8.1f}"

    @property
    def mean(self) -> float:
        return sum(self.times or [0.0]) / max(self.asked, 1)


async def measure(tally: Tally, wanted: str, ask: Callable[[], Awaitable[Sequence[str]]]) -> None:
    start = time.process_time()
    titles = await ask()
    tally.add(wanted in titles, time.process_time() - start)


async def fill(database: Database, rows: Sequence[samples.Row]) -> None:
    event = Event(EventKind.ANNOUNCED, NOW)
    for start in range(0, len(rows), 2_000):
        records = [
            Record("import", (PaperId("arxiv", f"2606.{n:06d}"),), row.title, event, authors=tuple(map(Author, row.authors)))
            for n, row in enumerate(rows[start : start + 2_000], start)
        ]  # fmt: skip
        async with database.transaction() as write:
            await papers.add_records(write, records, NOW, eligible=False)


async def plain_and(read: Connection, wording: str) -> list[int]:
    """All words, the last one unfinished: what FTS5 offers without more work."""
    forms = scan(plain(wording)).forms
    return await title_candidates(read, " AND ".join(f'"{form}"' for form in forms) + "*", 10) if forms else []


async def kind_of(
    make: Make, search: Search, database: Database, rows: Sequence[samples.Row], asked: int, slow: int
) -> list[Tally]:
    rng = random.Random(SEED)
    titles = [plain(row.title).casefold() for row in rows]
    tallies = [Tally(), Tally(), Tally(), Tally()]
    chosen = [row for row in rng.sample(rows, min(len(rows), asked * 3)) if len(wordsof(row)) >= 4 and row.authors]
    for number, row in enumerate(chosen[:asked]):
        wording = make(rng, wordsof(row), row.authors[0].split()[-1])
        wanted = plain(row.title).casefold()

        async def ours(wording: str = wording) -> list[str]:
            return [plain(p.title).casefold() for p in (await search.search(wording, ask=False)).papers]

        async def typing(wording: str = wording) -> list[str]:
            return [plain(p.title).casefold() for p, _ in await search.suggest(wording, 10)]

        async def fts(wording: str = wording) -> list[str]:
            async with database.reading() as read:
                found = await papers.load_papers(read, await plain_and(read, wording))
            return [plain(p.title).casefold() for p in found.values()]

        async def scanning(wording: str = wording) -> list[str]:
            hits = process.extract(wording.casefold(), titles, scorer=fuzz.token_set_ratio, limit=10)
            return [title for title, _, _ in hits]

        for tally, ask in zip(tallies, (ours, typing, fts, scanning), strict=True):
            if ask is not scanning or number < slow:
                await measure(tally, wanted, ask)
    return tallies


def wordsof(row: samples.Row) -> list[str]:
    words = [word.strip(".,:;!?()\"'$") for word in plain(row.title).split()]
    return [word for word in words if len(word) > 2]


async def run(options: argparse.Namespace) -> None:
    rows = samples.real_rows()
    if rows is None:
        samples.tell("PAPERBOY_DATA is absent: synthetic papers (recall says little about real titles)")
        rows = samples.synthetic_rows(min(options.papers, 10_000))
    rows = rows[: options.papers]
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "bench.db") as database:
            await fill(database, rows)
            search = Search(database, lambda: NOW)
            start = time.process_time()
            await search.suggest("warm up")
            samples.tell(
                f"{len(rows):,} papers, titles and authors; vocabulary read in {time.process_time() - start:.2f} s"
            )
            names = ("search", "autocomplete", "FTS5 AND", "rapidfuzz token_set")
            samples.tell(f"{'':26}" + "  ".join(f"{name:^23}" for name in names))
            samples.tell(f"{'wording':26}" + "  ".join([f"{'r@10':5} {'p50':>8} {'p95 ms':>8}"] * 4))
            whole = [Tally(), Tally(), Tally(), Tally()]
            for name, make in KINDS.items():
                tallies = await kind_of(make, search, database, rows, options.queries, options.slow)
                samples.tell(f"{name:26}" + "  ".join(t.text() for t in tallies))
                for total, tally in zip(whole, tallies, strict=True):
                    for seconds in tally.times or []:
                        total.add(False, seconds)
                    total.hits += tally.hits
            samples.tell(f"{'all':26}" + "  ".join(t.text() for t in whole))
            ours = whole[0].mean
            samples.tell(
                f"cost beside search: autocomplete {whole[1].mean / ours:.2f}x, FTS5 AND {whole[2].mean / ours:.2f}x, "
                f"rapidfuzz {whole[3].mean / ours:.1f}x"
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--queries", type=int, default=200, help="of each kind")
    options.add_argument("--papers", type=int, default=58_195)
    options.add_argument("--slow", type=int, default=10, help="queries of each kind for rapidfuzz")
    asyncio.run(run(options.parse_args()))


if __name__ == "__main__":
    main()
