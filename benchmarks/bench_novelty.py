"""Novelty: how often the true nearest earlier paper is found and how exact the distance is, CPU of a paper and memory; beside an exact
comparison with all by matrices, beside the way in which papers were named before, beside `/similar`'s way and beside SQLite's full text
(bm25 over the same heaviest words).

Run it: PAPERBOY_DATA=../shared/data .venv/bin/python benchmarks/bench_novelty.py [--papers 58000] [--asked 400]. More papers than the
data have are recombined: each takes the sentences of several papers of one category. A file is made in a temporary folder.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import re
import resource
import statistics
import tempfile
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.models import Event, EventKind, PaperId, Record
from bot.query.document import analyse
from bot.query.facts import Like
from bot.query.language import Query
from bot.query.likeness import LOGARITHMS, Counts, Frequencies, counted, heaviest, vector
from bot.query.novelty import NEAREST, distance_from
from bot.similar.earlier import Asked, Calendar, Earlier, Near
from bot.similar.nearest import Similar
from bot.similar.novelty import Novelties
from bot.store import novelty, papers, similar
from bot.store.database import Database, open_database
from bot.store.narrowing import DAY

DATA = Path(os.environ.get("PAPERBOY_DATA", "../shared/data"))
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FIRST: Final = 739_000  # a day of 2024
BATCH: Final = 40
COMPARED: Final = 40
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def rows() -> list[Any]:
    with gzip.open(DATA / "arxiv_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def memory() -> float:
    """MiB of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def recombined(real: list[Any], count: int) -> Iterator[Counts]:
    """The words of so many papers: real ones first, then such as are made of sentences of one category."""
    sentences: dict[str, list[dict[int, int]]] = defaultdict(list)
    for row in real[:count]:
        own = [words_of(text) for text in (row["title"], *_SENTENCE.split(row["abstract"]))]
        sentences[row["categories"][0]] += own[1:]
        yield added(own)
    dice = random.Random(5)
    category = [row["categories"][0] for row in real]
    for _ in range(count - len(real)):
        pool = sentences[dice.choice(category)]
        yield added(dice.choices(pool, k=8))


def words_of(text: str) -> dict[int, int]:
    return counted(analyse(text, "").fields[0].stems)


def added(parts: list[dict[int, int]]) -> Counts:
    found: Counter[int] = Counter()
    for own in parts:
        found.update(own)
    return {word: min(255, often) for word, often in found.items()}


async def fill(database: Database, docs: Iterator[Counts], count: int) -> Frequencies:
    """The tables as counting would leave them, written at once: the postings of 1,000,000 papers take hours otherwise."""
    counts = [(np.array(sorted(own), "<u4"), bytes(own[w] for w in sorted(own))) for own in docs]
    words = np.concatenate([own for own, _ in counts])
    often = np.frombuffer(b"".join(b for _, b in counts), np.uint8)
    sizes = np.array([len(b) for _, b in counts])
    vocabulary, places, frequent = np.unique(words, return_inverse=True, return_counts=True)
    frequencies = Frequencies(vocabulary.tolist(), frequent.tolist(), count)
    weights = weighed(places, often, sizes, frequent, count)
    ids = np.repeat(np.arange(1, count + 1, dtype="<u4"), sizes)
    useful = (frequent <= frequencies.most_papers)[places]
    order = np.argsort(places[useful], kind="stable")
    owners, bytes_ = ids[useful][order], np.minimum(255, np.rint(weights[useful][order] * 400)).astype(np.uint8)
    ends = np.cumsum(np.bincount(places[useful], minlength=len(vocabulary)))
    del words, places, weights, ids, useful, order
    async with database.transaction() as write:
        await write.execute_many(
            "INSERT INTO papers (id, title, first_seen_at) VALUES (:id, 'A', 0)",
            ({"id": n} for n in range(1, count + 1)),
        )
        await write.execute_many(
            "INSERT INTO similar_papers (paper_id, words, counts) VALUES (:id, :words, :counts)",
            ({"id": n, "words": own.tobytes(), "counts": b} for n, (own, b) in enumerate(counts, 1)),
        )
        await write.execute_many(
            "INSERT INTO similar_postings (word, block, papers, weights) VALUES (:word, :block, :papers, :weights)",
            (
                {
                    "word": int(word),
                    "block": block,
                    "papers": owners[start : min(end, start + 700)].tobytes(),
                    "weights": bytes_[start : min(end, start + 700)].tobytes(),
                }
                for word, begin, end in zip(vocabulary, [0, *ends[:-1]], ends, strict=True)
                for block, start in enumerate(range(begin, end, 700))
            ),
        )
    return frequencies


def weighed(places: Any, often: Any, sizes: Any, frequent: Any, count: int) -> Any:
    """The weight of every word of every paper, each paper of length 1."""
    rarity = np.maximum(0, np.log((count + 1) / (frequent + 0.5))).astype(np.float32)
    found = rarity[places] * np.array(LOGARITHMS, np.float32)[often]
    lengths = np.sqrt(np.add.reduceat(found * found, np.cumsum(sizes) - sizes))
    return found / np.repeat(np.maximum(lengths, 1e-9), sizes)


class Everything:
    """All papers as one matrix: the exact likeness of a paper to every other."""

    def __init__(self, packed: dict[int, tuple[bytes, bytes]], days: Any) -> None:
        self.ids = np.array(sorted(packed))
        words = np.frombuffer(b"".join(packed[n][0] for n in self.ids.tolist()), "<u4")
        often = np.frombuffer(b"".join(packed[n][1] for n in self.ids.tolist()), np.uint8)
        sizes = np.array([len(packed[n][1]) for n in self.ids.tolist()])
        self.starts = np.cumsum(sizes) - sizes
        self.ends = np.cumsum(sizes)
        _, inverse, frequent = np.unique(words, return_inverse=True, return_counts=True)
        self.places = inverse.astype(np.int32)
        self.weights = weighed(self.places, often, sizes, frequent, len(sizes))
        self.row = np.zeros(len(frequent), np.float32)
        self.days = days[self.ids]

    def nearest(self, paper: int, day: int) -> tuple[Any, Any]:
        """The ten nearest earlier papers, and how like each is."""
        at = int(np.searchsorted(self.ids, paper))
        own = slice(self.starts[at], self.ends[at])
        self.row[self.places[own]] = self.weights[own]
        shares = np.add.reduceat(self.row[self.places] * self.weights, self.starts)
        self.row[self.places[own]] = 0
        shares[self.days >= day] = -1
        top = np.argpartition(-shares, NEAREST)[:NEAREST]
        top = top[np.argsort(-shares[top])]
        return self.ids[top], shares[top]


class ByLimits(Earlier):
    """Names papers as before: all of them are held against the day, then against one limit after the other."""

    def _named(self, asked: Asked, postings: Any) -> list[int]:
        sums = self._sums
        for word, weight in asked.heaviest:
            if word in postings:
                own, shares = postings[word]
                sums[own] += shares * np.float32(weight)
        told = np.multiply(sums, self._before(asked.day), out=self._scratch)
        sums.fill(0)
        most = float(told.max(initial=0))
        limit = most * 0.4
        while limit > most * 1e-3 and np.count_nonzero(told > limit) < COMPARED:
            limit *= 0.7
        found = np.flatnonzero(told > limit)
        if len(found) > COMPARED:
            found = found[np.argpartition(-told[found], COMPARED)[:COMPARED]]
        return [int(place) for place in found]


async def beside_limits(database: Database, earlier: Earlier, before: Earlier, chosen: list[int]) -> None:
    """Prints how long it takes to name papers, in turns with the way before, and how many of those are the same."""
    spent, same, count, number = [0.0, 0.0], 0, 0, 0
    left = chosen
    while left:
        async with database.reading() as read:
            asked, again = earlier.ask(await similar.load_packed_counts(read, left[:BATCH]))
            words = {word for one in asked for word, _ in one.heaviest}
            postings = await similar.load_packed_postings(read, words)
        named = []
        for way, one in enumerate((before, earlier)):
            began = time.process_time()
            named.append(one.name(asked, postings))
            spent[way] += time.process_time() - began
        same += sum(len(set(named[0][paper]) & set(found)) for paper, found in named[1].items())
        count += sum(map(len, named[0].values()))
        number += len(asked)
        left = again + left[BATCH:]
    each = [one / number * 1e3 for one in spent]
    print(f"  to name them {each[1]:.2f} ms, by limits {each[0]:.2f} ms, {each[0] / each[1]:.2f} x", end="")
    print(f" ours; {same / max(1, count):.3f} of those are the same")


async def find(database: Database, earlier: Earlier, chosen: list[int]) -> dict[int, tuple[Asked, list[Near]]]:
    """What the background does for each batch, without what is written."""
    found: dict[int, tuple[Asked, list[Near]]] = {}
    for start in range(0, len(chosen), BATCH):
        left = chosen[start : start + BATCH]
        while left:
            async with database.reading() as read:
                own = await similar.load_packed_counts(read, left)
            asked, left = earlier.ask(own)
            async with database.reading() as read:
                postings = await similar.load_packed_postings(read, {word for one in asked for word, _ in one.heaviest})
            named = earlier.name(asked, postings)
            async with database.reading() as read:
                others = await similar.load_packed_counts(read, {p for near in named.values() for p in near})
            near = earlier.compare(asked, named, others)
            found |= {one.paper: (one, near[one.paper]) for one in asked}
    return found


async def judge(database: Database, frequencies: Frequencies, days: Any, asked: int) -> dict[int, tuple[Any, Any]]:
    """Prints how true and how fast it is; returns the true nearest of the papers that were asked for."""
    numbers = array("q", np.sort(days[1:].astype(np.int64) * DAY + np.arange(1, len(days))).tolist())
    before = memory()
    earlier = Earlier(frequencies, Calendar([numbers], DAY))
    ids = np.arange(1, len(days))
    old = np.sort(days[1:])[min(1000, len(ids) // 2)]
    chosen = random.Random(1).sample(ids[days[1:] > old].tolist(), asked * 3)
    await find(
        database, earlier, chosen[asked : asked * 3]
    )  # pages and lengths of papers come to hand, as in a long run
    began = time.process_time()
    found = await find(database, earlier, chosen[:asked])
    ours = (time.process_time() - began) / len(found) * 1e3
    print(f"  {ours:.2f} ms of CPU a paper, and {memory() - before:.0f} MiB of memory (SQLite's pages among them)")
    await beside_limits(database, earlier, ByLimits(frequencies, earlier.calendar), chosen[:asked])
    async with database.reading() as read:
        packed = await similar.load_packed_counts(read, ids.tolist())
    everything = Everything(packed, days)
    del packed
    began = time.process_time()
    truth = {paper: everything.nearest(paper, one.day) for paper, (one, _) in found.items()}
    exact = (time.process_time() - began) / len(truth) * 1e3
    right, ten, off = 0, 0.0, []
    for paper, (_, near) in found.items():
        shares = [one.share for one in near]
        right += bool(shares) and shares[0] >= truth[paper][1][0] - 1e-4
        ten += sum(share >= truth[paper][1][-1] - 1e-4 for share in shares[:NEAREST]) / NEAREST
        ours_is, true_is = distance_from(shares, NEAREST), distance_from(truth[paper][1].tolist(), NEAREST)
        off.append((ours_is or 0) - (true_is or 0))
    print(f"  true nearest found for {right / len(found):.3f} of {len(found)}, of the true ten {ten / len(found):.3f};")
    print(f"  the distance is too great by {statistics.mean(off):.4f} on average, {max(off):.3f} at the most")
    print(f"  beside the exact comparison with all: {exact:.1f} ms, {exact / ours:.0f} x ours")
    return truth


async def beside_others(database: Database, real: list[Any], chosen: list[int]) -> None:
    """`/similar`'s way and bm25, over the real papers; neither knows which papers are earlier."""
    service = Similar(database)
    async with database.reading() as read:
        loaded = await papers.load_papers(read, chosen)
    wanted = {number: Like(loaded[number].main_id, 1) for number in chosen}
    await service.learn(map(Query, wanted.values()))
    earlier = await Novelties(database, service, lambda: NOW)._earlier()
    began = time.process_time()
    await find(database, earlier, chosen)
    ours = (time.process_time() - began) / len(chosen) * 1e3
    began = time.process_time()
    for like in wanted.values():
        await service.nearest(like, service.seeds)
    theirs = (time.process_time() - began) / len(chosen) * 1e3
    began = time.process_time()
    for number in chosen:
        row = real[number - 1]
        doc = analyse(row["title"], row["abstract"])
        known = service.seeds.frequencies
        words = [doc.written[n] for n in heaviest(vector(doc.counts, known), known)]
        expression = " OR ".join(f'"{word}"' for word in words)
        async with database.reading() as read:
            await read.ids(
                "SELECT rowid & 4294967295 AS id FROM paper_index WHERE paper_index MATCH :wanted ORDER BY rank LIMIT 11",
                {"wanted": expression},
            )
    full_text = (time.process_time() - began) / len(chosen) * 1e3
    print(f"beside others, {len(chosen)} papers of {len(real):,}: ours {ours:.2f} ms")
    print(f"  /similar, 400 compared by dicts: {theirs:.1f} ms, {theirs / ours:.0f} x ours")
    print(f"  bm25 over the same words: {full_text:.1f} ms, {full_text / ours:.0f} x ours")


async def in_background(database: Database, real: list[Any]) -> None:
    """The whole way: words counted, novelty computed and kept, and read again."""
    for start in range(0, len(real), 500):
        made = [record_of(n, row) for n, row in enumerate(real[start : start + 500], start)]
        async with database.transaction() as write:
            await papers.add_records(write, made, NOW, eligible=False)
    service = Similar(database)
    await service.catch_up()
    novelties = Novelties(database, service, lambda: NOW)
    before, began, done = memory(), time.process_time(), 0
    while more := await novelties.catch_up():
        done += more
    spent = time.process_time() - began
    print(f"in the background: {spent / done * 1e3:.2f} ms of CPU a paper, {spent:.0f} s for all {done:,},")
    print(f"  the words in common looked up and all kept; {memory() - before:+.0f} MiB of memory at the end")
    chosen = random.Random(2).sample(range(1, done), 10)
    began = time.process_time()
    for _ in range(20):
        found = await novelties.of(chosen)
    print(f"  reading the novelty of ten: {(time.process_time() - began) / 20 * 1e3:.1f} ms", end="")
    print(f" among up to {max((one.category_size for one in found.values()), default=0):,} of a category")
    async with database.reading() as read:
        size = await read.value("SELECT count(*) FROM novelty WHERE distance IS NOT NULL")
        everything = await novelty.load_novelty(read, range(1, done + 1, 20))
    print(
        f"  {size:,} have a distance; a percentile {sum(one.percent is not None for one in everything.values())}",
        end="",
    )
    print(f" of {len(everything):,} looked at")


def record_of(number: int, row: Any) -> Record:
    identity = PaperId("arxiv", f"25{number // 90000 + 1:02}.{number % 90000:05}")
    at = datetime.fromisoformat(f"{row['first_seen'][:10]}T00:00:00+00:00")
    return Record(
        "bench",
        (identity,),
        row["title"],
        Event(EventKind.ANNOUNCED, at, "v1"),
        abstract=row["abstract"],
        categories=tuple(row["categories"]),
        published=at.date(),
    )


async def in_folder(work: Callable[[Database], Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "paperboy.db") as database:
            await work(database)


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--papers", type=int, default=58_000)
    options.add_argument("--asked", type=int, default=400)
    options.add_argument("--no-background", action="store_true")
    given = options.parse_args()
    real = rows()

    async def bare(database: Database) -> None:
        days = np.random.default_rng(3).integers(FIRST, FIRST + 800, given.papers + 1).astype(np.int32)
        frequencies = await fill(database, recombined(real, given.papers), given.papers)
        print(
            f"{given.papers:,} papers, {max(0, given.papers - len(real)):,} of them recombined, on 800 days by chance:"
        )
        await judge(database, frequencies, days, given.asked)

    async def whole(database: Database) -> None:
        own = real[: given.papers]
        await in_background(database, own)
        await beside_others(database, own, random.Random(4).sample(range(1, len(own)), 100))

    await in_folder(bare)
    if not given.no_background:
        await in_folder(whole)


if __name__ == "__main__":
    asyncio.run(main())
