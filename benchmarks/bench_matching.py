"""How fast papers meet standing subscriptions: Paperboy's index beside the naive loop, FTS5 in reverse and rapidfuzz, in one run.

    python benchmarks/bench_matching.py [--papers 2000] [--sizes 1000,10000,100000,1000000] [--mix words|language]

Real papers from PAPERBOY_DATA (default ../shared/data); without it, synthetic ones, which is said in the first line.
Seeds are fixed; times are CPU seconds of one core. The mix `words` is words, phrases, exclusions, authors and categories; in `language`
a third of the keywords are choices, fields, beginnings and gates. Papers are matched in pages of 200, as an ingestion does.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import os
import random
import re
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
from itertools import chain
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.errors import QueryError
from bot.language.name_blocks import printed_keys
from bot.language.name_matching import compatible
from bot.language.name_readings import readings
from bot.language.names import parse as parse_name
from bot.language.text import plain
from bot.language.tokens import scan, tokens
from bot.models import Author, Cadence, OwnerKind, Paper, PaperId, Recipient, Subscription, SubscriptionKind
from bot.query.document import Document, analyse
from bot.query.language import Query, index_text, parse
from bot.query.matching import Matcher, hits
from bot.query.nodes import And, Node, Or
from bot.query.percolator import StoredQuery
from bot.query.words import Textual

ROOT = Path(__file__).resolve().parent.parent
SEED = 20_260_601
PAGE = 200  # papers that are matched together
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


def shaped(rng: random.Random, rows: list[Row]) -> str | None:
    """A query with what the language has beside words."""
    one, other = rng.choice(rows), rng.choice(rows)
    a, b = (sorted(re.findall(r"[A-Za-z]{4,}", row.title), key=len)[-2:] for row in (one, other))
    if len(a) < 2 or len(b) < 2 or not one.categories or not one.authors:
        return None
    text = rng.choice(
        (f"{a[1]} OR {b[1]}", f"({a[1]} OR {b[1]}) {a[0]}", f"{a[1]} -({b[1]} OR {b[0]})", f"ti:{a[1]} cat:{one.categories[0]}",
         f"ti:({a[1]} OR {a[0]})", f"{a[1][:6]}* {a[0]}", f'"{a[1]} {a[0]}" OR {b[1]}', f"{a[1]} upvotes>={rng.randint(5, 50)}",
         f'au:"{one.authors[0]}" {a[1]}', f"{a[1]} has:code", f"abs:{a[1]} -ti:{b[1]}")
    )  # fmt: skip
    try:
        return str(parse(text, standing=True))
    except QueryError:
        return None


def subscriptions(count: int, rows: list[Row], mix: str = "words") -> list[Subscription]:
    """84% keywords, 15% authors, 1% categories; about five for each person."""
    rng = random.Random(SEED + count)
    made: list[Subscription] = []
    while len(made) < count:
        dice, row = rng.random(), rng.choice(rows)
        write = shaped if mix == "language" and dice < 0.28 else keyword
        kind, text = SubscriptionKind.KEYWORD, write(rng, rows) if dice < 0.84 else None
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
    gc.freeze()  # the collector need not go through what was there before
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


def fts_reverse(rows: list[Row], queries: list[str]) -> float:
    """Seconds for FTS5 over the papers, with one MATCH a query; a superset, for nothing is verified."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, authors, content='', tokenize='ascii')")

    def work() -> None:
        for number, row in enumerate(rows):
            values = (number, index_text(row.title), index_text(row.abstract), "")
            db.execute("INSERT INTO f (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)", values)

    filled = timed(work)
    few = queries[:10_000]
    asked = timed(lambda: [db.execute("SELECT rowid FROM f WHERE f MATCH ?", (one,)).fetchall() for one in few])
    db.close()
    return filled + asked * len(queries) / max(1, len(few))


def fuzzy(printed: list[str], wanted: list[str]) -> float:
    """Seconds for rapidfuzz over the authors: words in any order, nine tenths alike."""
    some = printed[:: max(1, len(printed) // 100)]

    def work() -> None:
        for name in some:
            process.extract(name, wanted, scorer=fuzz.token_sort_ratio, score_cutoff=90, limit=None)

    return timed(work) * len(printed) / len(some)


def matched(matcher: Matcher, docs: list[Document]) -> list[list[StoredQuery]]:
    """The queries that hold for each paper."""
    found: list[list[StoredQuery]] = []
    for start in range(0, len(docs), PAGE):
        steps = matcher.found(docs[start : start + PAGE])
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found += end.value
                break
    return found


def read_reasons(found: list[list[StoredQuery]], docs: list[Document]) -> int:
    """Reads for each pair the subscription, and the field and the positions of each term; returns how many were read."""
    count = 0
    terms = {query: wanted(query.root) for query in set(chain.from_iterable(found))}
    for doc, queries in zip(docs, found, strict=True):
        for query in queries:
            places = [(p.text.name, p.first, p.last) for term in terms[query] if (p := term.place(doc))]
            for number in query.ids:
                count += (number, places) is not None
    return count


def wanted(node: Node) -> list[Textual]:
    """The words of a query that have a place in the papers for which it holds."""
    if isinstance(node, (And, Or)):
        return [term for part in node.parts for term in wanted(part)]
    return [node] if isinstance(node, Textual) else []


def resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def report(size: int, papers: list[Paper], rows: list[Row], every: list[Row], docs: list[Document], mix: str) -> None:
    subs = subscriptions(size, every, mix)
    matcher = Matcher()
    gc.collect()
    before = resident()

    def fill() -> None:
        for one in subs:
            matcher.add(one)

    build = timed(fill)
    grown = resident() - before
    found: list[list[StoredQuery]] = []
    ids: list[list[int]] = []

    def look() -> None:
        found[:] = matched(matcher, docs)
        ids[:] = [list(chain.from_iterable([query.ids for query in queries])) for queries in found]

    alone = statistics.median(timed(look) for _ in range(3))
    pairs = sum(map(len, ids))
    read = 0

    def reasons() -> None:
        nonlocal read
        for doc in docs:
            doc.found.clear()
        read = read_reasons(found, docs)

    told = alone + statistics.median(timed(reasons) for _ in range(3))
    assert read == pairs
    analysis = timed(lambda: analysed(rows))
    matches = timed(lambda: [matcher.match(paper) for paper in papers[:100]]) * len(papers) / 100
    whole = analysis + alone
    asked = [
        parse(s.query, standing=True).index_expression() for s in subs[:40_000] if s.kind is SubscriptionKind.KEYWORD
    ]
    share = len(subs) / min(len(subs), 40_000)
    reverse = fts_reverse(rows, [one for one in asked if one])
    people = fuzzy(
        [a for row in rows for a in row.authors], [s.query for s in subs if s.kind is SubscriptionKind.AUTHOR]
    )
    tell(
        f"{size:,} subscriptions x {len(rows):,} papers: {pairs:,} pairs, build {build:.2f} s, +{grown:.0f} MiB beside them"
    )
    tell(f"  {'technique':<52}{'seconds':>10}{'ratio':>9}   note")
    lines = [
        ("papers analysed, names too", analysis, f"{analysis / len(rows) * 1e6:.0f} us a paper"),
        ("ids, papers analysed before", alone, f"{alone / len(rows) * 1e6:.0f} us a paper"),
        ("ids, analysis counted", whole, ""),
        ("ids, and the field and positions of every term", told, f"{told / alone:.1f} x ids alone"),
        ("matches with wording, one paper at a time", matches, "extrapolated from 100 papers"),
        (
            "FTS5 in reverse (index papers, run queries)",
            reverse * share,
            "keywords only, unverified, from 10,000 queries",
        ),
        ("  with rapidfuzz for the names", reverse * share + people, "nine tenths alike, from 100 names"),
    ]
    if size <= 100_000:
        lines.append(("naive loop over parsed subscriptions", *naive_loop(Naive(subs), docs, papers, ids)))
    for technique, seconds, note in lines:
        tell(f"  {technique:<52}{seconds:>10.2f}{seconds / whole:>8.1f}x   {note}".rstrip())


def analysed(rows: list[Row]) -> list[Document]:
    """The papers as they are matched, their names read and their keys made; nothing is known of the names."""
    for cached in (parse_name, printed_keys, readings):
        cached.cache_clear()
    docs = [analyse(row.title, row.abstract, row.authors, row.categories) for row in rows]
    for doc in docs:
        assert doc.stems or not doc.fields[0].forms
        for name in doc.names:
            printed_keys(name)
    return docs


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
    options.add_argument("--sizes", default="1000,10000,100000,1000000")
    options.add_argument("--mix", choices=("words", "language"), default="words")
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
    docs = analysed(rows)
    for size in map(int, chosen.sizes.split(",")):
        report(size, papers, rows, every, docs, chosen.mix)


if __name__ == "__main__":
    main()
