"""How good and how fast a search is: for topics and for damaged wordings, beside FTS5 bm25, FTS5 trigrams, rapidfuzz and tantivy.

    python benchmarks/bench_search.py [--database FILE] [--wordings 40] [--slow 10]

FILE is a store made by `paperboy import` of PAPERBOY_DATA's two dumps (default ../shared/data); without one it is made first, in a
few minutes. tantivy is left out where its package is not installed. Topics (benchmarks/topics.tsv): the share of the first ten with
the phrase in the title, where ten have it; and, since any list of the newest would do for that, share and nDCG@10 of those that bear
the topic as a Hugging Face keyword, with their votes as gain. Wordings (benchmarks/wordings.py): the paper among the first ten, and
the first. Times are CPU milliseconds of the process for one question, SQLite's work included. Seeds are fixed.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import importlib
import json
import math
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from benchmarks import bench_matching as samples
from benchmarks.wordings import KINDS
from bot.language.text import plain
from bot.language.tokens import scan
from bot.search.search import Search
from bot.store.database import Database, open_read_only
from bot.store.search import load_titles, texts_with

SEED = 20_260_602
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("PAPERBOY_DATA", ROOT / "../shared/data"))
TOPICS = ROOT / "benchmarks" / "topics.tsv"

Ask = Callable[[str], Awaitable[list[str]]]


def read_rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def normal(title: str) -> str:
    """A title as its compared words: what is the same paper here."""
    return " ".join(scan(plain(title)).forms)


@dataclass
class Tally:
    """One technique's values and its CPU seconds."""

    values: dict[str, list[float]] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)

    def mean(self, name: str) -> float:
        values = self.values.get(name, [])
        return sum(values) / len(values) if values else float("nan")

    def quantile(self, share: float) -> float:
        times = sorted(self.times)
        return times[min(len(times) - 1, int(len(times) * share))] * 1e3 if times else float("nan")


async def timed(tally: Tally, ask: Ask, wording: str) -> list[str]:
    start = time.process_time()
    titles = await ask(wording)
    tally.times.append(time.process_time() - start)
    return titles


class Peers:
    """Every technique over the same titles, each as a question that answers with titles."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._search = Search(database, lambda: NOW)
        self._titles: list[str] = []
        self._trigrams = sqlite3.connect(":memory:")
        self._tantivy: Any = None

    async def prepare(self) -> None:
        await self._search.search("warm up", ask=False)
        async with self._database.reading() as read:
            rows = await read.all("SELECT id, title, authors FROM papers WHERE merged_into IS NULL")
        self._titles = [normal(row["title"]) for row in rows]
        self._trigrams.execute("CREATE VIRTUAL TABLE t USING fts5 (title, tokenize = 'trigram')")
        self._trigrams.executemany("INSERT INTO t VALUES (?)", [(title,) for title in self._titles])
        try:
            self._tantivy = importlib.import_module("tantivy")
        except ImportError:
            return
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field("title", stored=True)
        builder.add_text_field("authors")
        self._index = self._tantivy.Index(builder.build())
        writer = self._index.writer()
        for title, row in zip(self._titles, rows, strict=True):
            people = " ".join(name if isinstance(name, str) else name[0] for name in json.loads(row["authors"]))
            writer.add_document(self._tantivy.Document(title=title, authors=normal(people)))
        writer.commit()
        self._index.reload()

    def askers(self) -> dict[str, Ask]:
        found: dict[str, Ask] = {
            "Paperboy": self.search,
            "typing": self.suggest,
            "FTS5 bm25": self.bm25,
            "trigrams": self.trigrams,
        }
        if self._tantivy:
            found["tantivy"] = self.tantivy
        return found | {"rapidfuzz": self.scan}

    async def search(self, wording: str) -> list[str]:
        return [normal(paper.title) for paper in (await self._search.search(wording, ask=False)).papers]

    async def suggest(self, wording: str) -> list[str]:
        return [normal(found.title) for found in await self._search.suggest(wording, 10)]

    async def bm25(self, wording: str) -> list[str]:
        words = " AND ".join(f'"{form}"' for form in scan(plain(wording)).forms)
        async with self._database.reading() as read:
            ids = await read.ids(
                """SELECT (rowid & 4294967295) AS id FROM paper_index WHERE paper_index MATCH :words
                   ORDER BY bm25(paper_index, 8.0, 1.0, 4.0) LIMIT 10""",
                {"words": words},
            )
            titles = await load_titles(read, ids)
        return [normal(titles[i]) for i in ids]

    async def trigrams(self, wording: str) -> list[str]:
        words = " OR ".join(f'"{form}"' for form in scan(plain(wording)).forms if len(form) > 2)
        rows = self._trigrams.execute("SELECT title FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", (words or '"xxx"',))
        return [title for (title,) in rows]

    async def tantivy(self, wording: str) -> list[str]:
        t, words = self._tantivy, scan(plain(wording)).forms
        one = [
            (
                t.Occur.Should,
                t.Query.fuzzy_term_query(self._index.schema, place, word, distance=1 if len(word) > 3 else 0),
            )
            for word in words
            for place in ("title", "authors")
        ]
        searcher = self._index.searcher()
        hits = searcher.search(t.Query.boolean_query(one), 10).hits
        return [searcher.doc(address)["title"][0] for _, address in hits]

    async def scan(self, wording: str) -> list[str]:
        hits = process.extract(normal(wording), self._titles, scorer=fuzz.token_set_ratio, limit=10)
        return [title for title, _, _ in hits]


def gain(votes: int) -> float:
    return math.log2(2 + votes)


def ndcg(gains: Sequence[float], best: Sequence[float]) -> float:
    def summed(values: Sequence[float]) -> float:
        return sum(value / math.log2(at + 2) for at, value in enumerate(values))

    return summed(gains) / summed(sorted(best, reverse=True)[:10])


def topics() -> list[str]:
    lines = TOPICS.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


async def judge_topics(askers: dict[str, Ask], listed: Sequence[dict[str, Any]], titles: Sequence[str]) -> None:
    bear: dict[str, dict[str, int]] = {}
    for row in listed:
        for word in row.get("ai_keywords") or []:
            bear.setdefault(normal(word), {})[normal(row["title"])] = row["upvotes"] or 0
    samples.tell(f"{'topics':14} phrase@10  keyword@10  nDCG@10   p50     p95 ms")
    for name, ask in askers.items():
        tally = Tally()
        for topic in topics():
            said = normal(topic)
            found = await timed(tally, ask, topic)
            if sum(f" {said} " in f" {title} " for title in titles) >= 10:
                tally.add("phrase", sum(f" {said} " in f" {title} " for title in found) / 10)
            if votes := bear.get(said):
                gains = [gain(votes[title]) if title in votes else 0.0 for title in found]
                tally.add("keyword", sum(map(bool, gains)) / min(10, len(votes)))
                tally.add("ndcg", ndcg(gains, [gain(count) for count in votes.values()]))
        samples.tell(
            f"{name:14} {tally.mean('phrase'):9.3f}  {tally.mean('keyword'):10.3f} {tally.mean('ndcg'):8.3f} "
            f"{tally.quantile(0.5):6.1f} {tally.quantile(0.95):9.1f}"
        )


async def judge_wordings(askers: dict[str, Ask], rows: Sequence[samples.Row], asked: int, slow: int) -> None:
    whole = {name: Tally() for name in askers}
    samples.tell(f"\n{'r@1 / r@10':27}" + "".join(f"{name:^15}" for name in askers))
    for kind, make in KINDS.items():
        rng = random.Random(SEED)
        tallies = {name: Tally() for name in askers}
        wordings = ((row, wording) for row in rng.sample(rows, len(rows)) if (wording := make(rng, row)))
        for number, (row, wording) in enumerate(islice(wordings, asked)):
            for name, ask in askers.items():
                if name == "rapidfuzz" and number >= slow:
                    continue
                titles = await timed(whole[name], ask, wording)
                for tally in (tallies[name], whole[name]):
                    tally.add("first", titles[:1] == [normal(row.title)])
                    tally.add("ten", normal(row.title) in titles)
        samples.tell(f"{kind:27}" + "".join(f"{t.mean('first'):6.3f}/{t.mean('ten'):6.3f}  " for t in tallies.values()))
    samples.tell(f"{'all':27}" + "".join(f"{t.mean('first'):6.3f}/{t.mean('ten'):6.3f}  " for t in whole.values()))
    samples.tell(
        f"{'p50 / p95 ms':27}" + "".join(f"{t.quantile(0.5):6.1f}/{t.quantile(0.95):6.1f}  " for t in whole.values())
    )


@asynccontextmanager
async def opened(path: Path | None) -> Any:
    """The store; one that is made for this run where none is given."""
    with tempfile.TemporaryDirectory() as folder:
        if path is None:
            files = [str(DATA / name) for name in ("arxiv_dev.jsonl.gz", "hf_daily_dev.jsonl.gz")]
            own = {**os.environ, "PAPERBOY_DATABASE": str(path := Path(folder, "paperboy.db")), "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-m", "bot", "import", *files]
            subprocess.run(command, cwd=folder, env=own, check=True, capture_output=True)
        async with open_read_only(path) as database:
            yield database


async def run(options: argparse.Namespace) -> None:
    if not (DATA / "arxiv_dev.jsonl.gz").exists():
        samples.tell("PAPERBOY_DATA is absent: nothing is measured, for made-up titles say nothing about a search")
        return
    rows = samples.real_rows() or []
    listed = read_rows("hf_daily_dev.jsonl.gz")
    async with opened(options.database) as database:
        peers = Peers(database)
        await peers.prepare()
        async with database.reading() as read:
            count = len(await texts_with(read, '"the"', 10**6))
        samples.tell(f"{count:,} papers with abstracts, and their titles and authors for the peers")
        askers = peers.askers()
        titles = [normal(row.title) for row in rows] + [normal(row["title"]) for row in listed]
        fast = {name: ask for name, ask in askers.items() if name not in ("rapidfuzz", "typing")}
        await judge_topics(fast, listed, titles)
        await judge_wordings(askers, rows, options.wordings, options.slow)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--database", type=Path, help="a store with both dumps")
    options.add_argument("--wordings", type=int, default=40, help="of each kind")
    options.add_argument("--slow", type=int, default=10, help="wordings of each kind for rapidfuzz")
    asyncio.run(run(options.parse_args()))


if __name__ == "__main__":
    main()
