"""The sentence that says what is new, beside the summaries that Hugging Face has: ROUGE-L, and milliseconds a paper.

PAPERBOY_DATA=/path/to/data python -m benchmarks.bench_telling
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import time
from pathlib import Path
from statistics import mean

from bot.language.telling import sentences, shortened, telling
from bot.language.text import plain

_WORD = re.compile(r"[^\W_]+")
PAPERS, SEED, LIMIT = 1_000, 12, 130


def rouge(text: str, wanted: str) -> float:
    """ROUGE-L's F by words."""
    ours, theirs = _WORD.findall(text.casefold()), _WORD.findall(wanted.casefold())
    above = [0] * (len(theirs) + 1)
    for word in ours:
        row = [0]
        for place, other in enumerate(theirs):
            row.append(above[place] + 1 if word == other else max(above[place + 1], row[-1]))
        above = row
    return 2 * above[-1] / (len(ours) + len(theirs)) if above[-1] else 0.0


def main() -> None:
    folder = Path(os.environ["PAPERBOY_DATA"])
    with gzip.open(folder / "hf_daily_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    known = [row for row in rows if row["title"] and row["abstract"] and row["ai_summary"]]
    chosen = random.Random(SEED).sample(known, min(PAPERS, len(known)))
    read = [(plain(row["title"]), plain(row["abstract"]), plain(row["ai_summary"])) for row in chosen]
    begun = time.perf_counter()
    found = [telling(abstract, title) for title, abstract, _ in read]
    took = (time.perf_counter() - begun) / len(read) * 1_000
    summaries = [summary for _, _, summary in read]
    lines_of = [sentences(abstract) for _, abstract, _ in read]
    for name, texts in (
        ("first sentence", [parts[0] for parts in lines_of]),
        ("telling", found),
        (f"telling, shortened to {LIMIT}", [shortened(text, LIMIT) for text in found]),
        (
            "best sentence there is",
            [max(p, key=lambda one: rouge(one, s)) for p, s in zip(lines_of, summaries, strict=True)],
        ),
    ):
        print(f"{name:28} ROUGE-L {mean(map(rouge, texts, summaries)):.3f}")
    print(f"{took:.2f} ms a paper, {len(read):,} papers")


if __name__ == "__main__":
    main()
