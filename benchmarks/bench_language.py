"""What the query language costs: hostile texts read, and queries of every shape beside words side by side, in one run.

    python benchmarks/bench_language.py [--papers 1000] [--queries 20000]

Real papers from PAPERBOY_DATA (default ../shared/data). Seeds are fixed; times are CPU seconds of one core. Ends with 1 when a
hostile text takes more than 5 ms.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for the second reading

from bot.errors import QueryError  # noqa: E402
from bot.models import Paper  # noqa: E402
from bot.query.document import of_paper  # noqa: E402
from bot.query.language import LONGEST, Query, parse  # noqa: E402
from bot.query.percolator import Percolator  # noqa: E402
from tests.second_reading import generated, written  # noqa: E402
from tests.test_language import HOSTILE  # noqa: E402
from tests.test_second_reading import real_papers  # noqa: E402

SEED = 20_260_601
MOST = 0.005  # seconds for one text
UNITS = ("(", "-(", "a(", "NOT ", "a OR ", "(a OR b) ", "x (a OR -b) ", "au:", '"a" ', "\\", "a|", "ti:(a ", "中", "é", "\u0301", "$",
         "{", "a*", "a-", "xyz:", "catt:", "-a ", "upvotes>", "upvotes>=1 ", "cat:", "https://")  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def refused(text: str) -> bool:
    try:
        parse(text)
    except QueryError:
        return True
    return False


def hostile(count: int) -> float:
    """The most that one of so many texts took, the better of three times."""
    rng = random.Random(SEED)
    texts = [
        "".join(rng.choice(HOSTILE) + rng.choice(("", " ")) for _ in range(rng.randint(0, 40)))[:LONGEST]
        for _ in range(count)
    ]
    texts += [(f"x {unit * LONGEST}")[:LONGEST] for unit in UNITS]
    texts += [" ".join(f"{sign}w{n}" for n in range(49)) + " x" for sign in ("", "-", "ti:")]
    worst, which = max((min(once(text) for _ in range(3)), text) for text in texts)
    tell(f"{len(texts):,} hostile texts: none over {worst * 1000:.2f} ms ({which[:40]!r})")
    return worst


def once(text: str) -> float:
    start = time.process_time()
    refused(text)
    return time.process_time() - start


def queries(rng: random.Random, papers: list[Paper], count: int) -> list[Query]:
    found: list[Query] = []
    while len(found) < count:
        text = written(generated(rng, papers), rng)
        if not refused(text):
            found.append(parse(text))
    return found


def usual(rng: random.Random, papers: list[Paper], count: int) -> list[Query]:
    """Queries as people write them: rare words of titles in choices, fields, beginnings, with people, categories and counts."""
    found: list[Query] = []
    while len(found) < count:
        one, other = rng.choice(papers), rng.choice(papers)
        a, b = (sorted(re.findall(r"[A-Za-z]{4,}", paper.title), key=len)[-2:] for paper in (one, other))
        if len(a) < 2 or len(b) < 2 or not one.categories or not one.authors:
            continue
        text = rng.choice(
            (f"{a[1]} OR {b[1]}", f"({a[1]} OR {b[1]}) {a[0]}", f"{a[1]} -({b[1]} OR {b[0]})", f"ti:{a[1]} cat:{one.categories[0]}",
             f"ti:({a[1]} OR {a[0]})", f"{a[1][:6]}* {a[0]}", f'"{a[1]} {a[0]}" OR {b[1]}', f"{a[1]} upvotes>=20",
             f'au:"{one.authors[0].name}" {a[1]}', f"cat:{one.categories[0]} ({a[1]} OR {b[0]}) -survey")
        )  # fmt: skip
        if not refused(text):
            found.append(parse(text))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--papers", type=int, default=1_000)
    options.add_argument("--queries", type=int, default=20_000)
    chosen = options.parse_args()
    worst = hostile(2_000)
    data = Path(os.environ.get("PAPERBOY_DATA", ROOT / "../shared/data"))
    if (data / "arxiv_dev.jsonl.gz").exists():
        shapes(data, chosen.papers, chosen.queries)
    else:
        tell("PAPERBOY_DATA is absent: no papers to hold queries against")
    sys.exit(worst > MOST)


def shapes(data: Path, size: int, count: int) -> None:
    """Queries on a percolator, beside asking each of them."""
    rng = random.Random(SEED)
    papers = real_papers(data, size)
    hold(papers, usual(rng, papers, count), "as people write them")
    hold(papers, queries(rng, papers, count // 10), "of every shape, most of them broad")


def hold(papers: list[Paper], made: list[Query], which: str) -> None:
    standing = Percolator()

    def fill() -> None:
        for number, query in enumerate(made):
            standing.add(number, query)

    build = timed(fill)
    docs = [of_paper(paper) for paper in papers]
    found: list[list[int]] = []
    ours = timed(lambda: found.extend(standing.ids(doc) for doc in docs))
    few = docs[:: max(1, len(docs) // 20)]
    naive = timed(lambda: [[query.matches(doc) for query in made] for doc in few]) * len(docs) / len(few)
    pairs = sum(map(len, found))
    tell(f"{len(made):,} queries {which} x {len(docs):,} papers: {pairs:,} pairs, build {build:.2f} s")
    tell(f"  cover and check {ours:.2f} s, {ours / len(docs) * 1e6:.0f} us a paper")
    tell(f"  each query asked {naive:.2f} s, {naive / ours:.1f} x (extrapolated from {len(few)} papers)")


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
