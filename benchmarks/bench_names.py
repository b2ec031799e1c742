"""Who is meant by a name: how often rightly, how often somebody else, and how long it takes to find out.

    python benchmarks/bench_names.py [--followed 400] [--papers 60000]

Precision and recall are those of `tests/name_cases.txt`. False alerts: so many random authors of PAPERBOY_DATA (default
../shared/data), each held against every author of every paper there, in several draws; a "possible" alert rests on a guess. One
namesake with many papers makes a draw: the bound is for all of them together, and the worst is printed. Speed: names that are new,
and the look-up by key beside the comparison of every pair, in one run; times are CPU seconds of one core.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import itertools
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for tests.name_cases

from bot.language.name_matching import Certainty, agree, compatible, key  # noqa: E402
from bot.language.names import Name, parse  # noqa: E402
from tests.name_cases import Score, cases, score  # noqa: E402

SEED = 400
DRAWS = 25
MOST_POSSIBLE = 0.01  # of the exact ones


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def real_authors(papers: int) -> Counter[str] | None:
    """Each printed author with the number of their papers."""
    path = Path(os.environ.get("PAPERBOY_DATA", ROOT / "../shared/data")) / "arxiv_dev.jsonl.gz"
    if not path.exists():
        return None
    found: Counter[str] = Counter()
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, papers):
            found.update(set(json.loads(line)["authors"]))
    return found


def table() -> None:
    """Precision and recall for each half of the table, and what is wrong in it."""
    every = cases()
    for half in dict.fromkeys(case.half for case in every):
        told(half, score(case for case in every if case.half == half))
    told("all pairs", score(every))
    for case in every:
        if case.same is not (compatible(parse(case.one), parse(case.other)) is not None):
            tell(f"  wrong: {case.custom}: {case.one} | {case.other}")


def told(name: str, found: Score) -> None:
    tell(
        f"{name:40} precision {found.precision:.3f}, recall {found.recall:.3f}"
        f" ({found.right} right, {found.wrong} wrong, {found.missed} missed)"
    )


class Blocks:
    """Names by their keys."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names: dict[str, list[Name]] = {}
        for name in names:
            for block in key(name):
                self.names.setdefault(block, []).append(name)

    def near(self, name: Name) -> list[Name]:
        return list({other.text: other for block in key(name) for other in self.names.get(block, ())}.values())


def false_alerts(authors: Counter[str], blocks: Blocks, followed: int) -> bool:
    """Prints the alerts by certainty; whether those that rest on a guess are few enough."""
    papers: Counter[str] = Counter()
    for printed, count in authors.items():
        papers[parse(printed).text] += count
    draws = []
    for seed in range(SEED, SEED + DRAWS):
        alerts: Counter[Certainty] = Counter()
        for wanted in random.Random(seed).sample(sorted(authors), followed):
            name = parse(wanted)
            for other in blocks.near(name):
                if (certainty := compatible(name, other)) is not None:
                    alerts[certainty] += papers[other.text]
        draws.append(alerts)
    shares = sorted(alerts[Certainty.POSSIBLE] / max(alerts[Certainty.EXACT], 1) for alerts in draws)
    exact, initials, possible = (sum(alerts[grade] for alerts in draws) for grade in reversed(Certainty))
    tell(
        f"{DRAWS} x {followed} random authors against {len(authors):,} names: {exact} alerts exact, {initials} by initials,"
        f" {possible} possible: {possible / max(exact, 1):.2%} of the exact ones; by draw {shares[0]:.1%} to {shares[-1]:.1%},"
        f" {sum(share > MOST_POSSIBLE for share in shares)} above {MOST_POSSIBLE:.0%}"
    )
    return possible <= MOST_POSSIBLE * exact


def speed(authors: Counter[str]) -> None:
    fresh = sorted(authors)[::7][:20_000]
    parse.cache_clear()
    key.cache_clear()
    reading = timed(lambda: [parse(text) for text in fresh])
    names = [parse(text) for text in fresh]
    keys = timed(lambda: [key(name) for name in names])
    tell(f"a name that is new: read {reading / len(fresh) * 1e6:.1f} us, keys {keys / len(fresh) * 1e6:.1f} us")
    wanted, printed = names[::100], names[::5]
    blocks = Blocks(printed)
    pairs = len(wanted) * len(printed)
    blocked = timed(lambda: [compatible(w, p) for w in wanted for p in blocks.near(w)])
    every = timed(lambda: [compatible(w, p) for w in wanted for p in printed])
    slow = timed(lambda: [agree(w, p) for w in wanted for p in printed])
    tell(
        f"{len(wanted)} wanted x {len(printed):,} printed: by key {blocked * 1e3:.1f} ms; every pair {every / blocked:.0f} x"
        f" ({every / pairs * 1e6:.2f} us a pair), without keys {slow / blocked:.0f} x"
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--followed", type=int, default=400)
    options.add_argument("--papers", type=int, default=60_000)
    chosen = options.parse_args()
    table()
    authors = real_authors(chosen.papers)
    if authors is None:
        tell("PAPERBOY_DATA is absent: no false alerts of real authors, no speed")
        return 0
    speed(authors)
    blocks = Blocks({parse(text).text: parse(text) for text in authors}.values())
    return 0 if false_alerts(authors, blocks, chosen.followed) else 1


if __name__ == "__main__":
    sys.exit(main())
