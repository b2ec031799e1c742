"""How fast papers meet standing subscriptions: Paperboy's index beside the naive loop and FTS5 in reverse, in one run.

    python benchmarks/bench_matching.py [--papers 2000] [--sizes 1000,10000,100000]

Real papers from PAPERBOY_DATA (default ../shared/data); without it, synthetic ones, which is said in the first line.
Seeds are fixed; times are CPU seconds of one core. "match" is the work of finding the subscriptions of each paper, the
papers' analysis included.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import random
import resource
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.errors import QueryError
from bot.language.name_matching import compatible
from bot.language.names import parse as parse_name
from bot.language.text import plain
from bot.language.tokens import scan, tokens
from bot.models import Author, Cadence, OwnerKind, Paper, PaperId, Recipient, Subscription, SubscriptionKind
from bot.query.document import Document, analyse
from bot.query.language import Query, index_text, parse
from bot.query.matching import Matcher, hits

ROOT = Path(__file__).resolve().parent.parent
SEED = 20_260_601
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]


def real_rows() -> list[Row] | None:
    path = Path(os.environ.get("PAPERBOY_DATA", ROOT / "../shared/data")) / "arxiv_dev.jsonl.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Row(r["title"], r["abstract"], tuple(r["authors"]), tuple(r["categories"])) for r in rows]


def synthetic_rows(count: int) -> list[Row]:
    """Papers of made-up words whose frequencies fall off as in English (Zipf)."""
    rng = random.Random(SEED)
    parts = ["ba", "co", "di", "fe", "gu", "la", "mi", "no", "pra", "qui", "re", "sto", "tra", "vel", "xan", "zo"]
    words = ["".join(rng.choices(parts, k=rng.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    rows = []
    for _ in range(count):
        text = rng.choices(words, weights, k=210)
        people = tuple(f"{rng.choice(words).title()} {rng.choice(words).title()}" for _ in range(5))
        rows.append(Row(" ".join(text[:10]), " ".join(text[10:]), people, ("cs.LG",)))
    return rows


def to_paper(number: int, row: Row) -> Paper:
    ids = (PaperId("arxiv", f"2606.{number:05d}"),)
    people = tuple(Author(name) for name in row.authors)
    return Paper(number, ids, row.title, row.abstract, people, row.categories, NOW)


@cache
def common(form: str) -> bool:
    """Whether a form is in more than 1% of the titles: nobody subscribes to it alone."""
    return TITLES[form] > sum(TITLES.values()) / 1_000 or len(form) < 3


TITLES: Counter[str] = Counter()


def count_titles(rows: list[Row]) -> None:
    """Lets `common` know how often a form stands in a title."""
    TITLES.update(form for row in rows for form in set(scan(plain(row.title)).forms))


def sample(rows: list[Row], count: int) -> list[Row]:
    return random.Random(SEED).sample(rows, min(count, len(rows)))


def keyword(rng: random.Random, rows: list[Row]) -> str | None:
    """A query as people write them: one or two words of a title, a phrase, with or without an exclusion."""
    words = plain(rng.choice(rows).title).replace('"', "").split()
    start = rng.randrange(len(words))
    if common(words[start].lower().strip(".,:;!?()")):
        return None
    kind = rng.random()
    if kind < 0.30:
        text = words[start]
    elif kind < 0.55:
        text = f"{words[start]} {rng.choice(words)}"
    elif kind < 0.90:
        text = '"' + " ".join(words[start : start + rng.choice((2, 2, 3))]) + '"'
    else:
        text = f"{words[start]} -{rng.choice(words)}"
    try:
        query = parse(text)
    except QueryError:
        return None
    return str(query)


def subscriptions(count: int, rows: list[Row]) -> list[Subscription]:
    """84% keywords, 15% authors, 1% categories; about five for each person."""
    rng = random.Random(SEED + count)
    made: list[Subscription] = []
    while len(made) < count:
        dice, row = rng.random(), rng.choice(rows)
        kind, text = SubscriptionKind.KEYWORD, keyword(rng, rows) if dice < 0.84 else None
        if dice >= 0.99 and row.categories:
            kind, text = SubscriptionKind.CATEGORY, rng.choice(row.categories)
        elif dice >= 0.84 and (people := [name for name in row.authors if parse_name(name).family]):
            kind, text = SubscriptionKind.AUTHOR, rng.choice(people)
        if text:
            owner = Recipient(OwnerKind.USER, rng.randrange(1, max(2, count // 5)))
            made.append(Subscription(len(made) + 1, owner, kind, text, Cadence.DAILY, NOW))
    return made


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


class Naive:
    """The loop: every subscription against every paper, each query read once."""

    def __init__(self, subs: list[Subscription]) -> None:
        self.subs = subs
        self.queries: dict[int, Query] = {s.id: parse(s.query) for s in subs if s.kind is SubscriptionKind.KEYWORD}

    def ids(self, doc: Document, paper: Paper) -> set[int]:
        found = set()
        for s in self.subs:
            query = self.queries.get(s.id)
            if query.matches(doc) if query else bool(hits(s, doc, paper)):
                found.add(s.id)
        return found


def fts_reverse(rows: list[Row], queries: list[str]) -> tuple[float, int]:
    """FTS5 over the papers, one MATCH a query (superset only: nothing is verified). Seconds, pairs found."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, authors, content='', tokenize='ascii')")
    pairs = 0

    def work() -> None:
        nonlocal pairs
        for number, row in enumerate(rows):
            values = (number, index_text(row.title), index_text(row.abstract), "")
            db.execute("INSERT INTO f (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)", values)
        for expression in queries:
            pairs += len(db.execute("SELECT rowid FROM f WHERE f MATCH ?", (expression,)).fetchall())

    seconds = timed(work)
    db.close()
    return seconds, pairs


@dataclass(frozen=True)
class Measured:
    """Processor seconds for all papers; `slow` and `reverse` are extrapolated, as their notes say."""

    build: float
    grown: float
    pairs: int
    seconds: float
    per_paper: list[float]
    alone: float
    full: float
    slow: float
    slow_note: str
    reverse: float
    reverse_note: str


def measure(subs: list[Subscription], papers: list[Paper], rows: list[Row]) -> Measured:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    matcher = Matcher()

    def fill() -> None:
        for subscription in subs:
            matcher.add(subscription)

    build = timed(fill)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    per_paper: list[float] = []
    found: list[list[int]] = []

    def ours() -> None:
        for row in rows:
            start = time.process_time()
            found.append(matcher.ids(analyse(row.title, row.abstract, row.authors, row.categories)))
            per_paper.append(time.process_time() - start)

    seconds = timed(ours)
    docs = [analyse(row.title, row.abstract, row.authors, row.categories) for row in rows]
    alone = timed(lambda: [matcher.ids(doc) for doc in docs])
    full = timed(lambda: [matcher.match(paper) for paper in papers[:50]]) * len(papers) / 50
    naive = Naive(subs)
    slow = naive_loop(naive, docs, papers, found)
    return Measured(
        build, grown, sum(map(len, found)), seconds, per_paper, alone, full, *slow, *in_reverse(naive, rows)
    )


def naive_loop(naive: Naive, docs: list[Document], papers: list[Paper], found: list[list[int]]) -> tuple[float, str]:
    """Seconds for all papers, from a sample whose answers are compared with those that were `found`."""
    sample = random.Random(SEED).sample(range(len(docs)), k=max(2, min(20, 2_000_000 // (len(naive.subs) * 10))))
    wrong = 0

    def loop() -> None:
        nonlocal wrong
        for i in sample:
            wrong += naive.ids(docs[i], papers[i]) != set(found[i])

    slow = timed(loop) * len(docs) / len(sample)
    return slow, f"extrapolated from {len(sample)} papers, {wrong} differ"


def in_reverse(naive: Naive, rows: list[Row]) -> tuple[float, str]:
    asked = [q.index_expression() for q in naive.queries.values()]
    few = asked[: min(len(asked), 10_000)]
    seconds, _ = fts_reverse(rows, few)
    note = f", extrapolated from {len(few):,}" if len(few) < len(asked) else ""
    return seconds * len(asked) / len(few), f"keywords only, unverified{note}"


def report(size: int, papers: list[Paper], rows: list[Row], every: list[Row]) -> None:
    m = measure(subscriptions(size, every), papers, rows)
    quick = sorted(m.per_paper)
    p50, p95 = statistics.median(quick) * 1e6, quick[int(len(quick) * 0.95)] * 1e6
    tell(
        f"{size:,} subscriptions x {len(rows):,} papers: {m.pairs:,} pairs, build {m.build:.2f} s (+{m.grown:.0f} MiB)"
    )
    tell(f"  {'technique':<44}{'seconds':>10}{'ratio':>9}   note")
    for technique, seconds, note in (
        ("index, papers analysed meanwhile", m.seconds, f"p50 {p50:.0f} us, p95 {p95:.0f} us a paper"),
        ("index, papers analysed before", m.alone, ""),
        ("with recipients, reasons and hits", m.full, "extrapolated from 50 papers"),
        ("naive loop over parsed subscriptions", m.slow, m.slow_note),
        ("FTS5 in reverse (index papers, run queries)", m.reverse, m.reverse_note),
    ):
        tell(f"  {technique:<44}{seconds:>10.2f}{seconds / m.seconds:>8.1f}x   {note}".rstrip())


def names_report(rows: list[Row], count: int = 300) -> None:
    """Author names alone: the blocked look-up beside `compatible` for every pair."""
    rng = random.Random(SEED)
    wanted = [parse_name(rng.choice(rng.choice(rows).authors)) for _ in range(count)]
    printed = [parse_name(a) for row in rows[:200] for a in row.authors]
    seconds = timed(lambda: [compatible(w, p) for w in wanted for p in printed])
    tell(f"names: compatible() {seconds / len(wanted) / len(printed) * 1e6:.2f} us a pair")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--papers", type=int, default=2_000)
    options.add_argument("--sizes", default="1000,10000,100000")
    chosen = options.parse_args()
    every = real_rows()
    if every is None:
        tell("PAPERBOY_DATA is absent: synthetic papers (real ones differ: longer tail, fewer distinct words)")
        every = synthetic_rows(max(chosen.papers * 2, 4_000))
    rows = sample(every, chosen.papers)
    count_titles(every)
    papers = [to_paper(i, row) for i, row in enumerate(rows)]
    readable = [plain(row.abstract) for row in rows]
    reading = timed(lambda: [plain(row.abstract) for row in rows]) / len(rows) * 1e6
    scanning = timed(lambda: [scan(text) for text in readable]) / len(rows) * 1e6
    placing = timed(lambda: [tokens(text) for text in readable]) / len(rows) * 1e6
    tell(
        f"{len(rows):,} papers; a mean abstract: plain {reading:.0f} us, scan {scanning:.0f} us, tokens with places {placing:.0f} us"
    )
    names_report(rows)
    for size in map(int, chosen.sizes.split(",")):
        report(size, papers, rows, every)


if __name__ == "__main__":
    main()
