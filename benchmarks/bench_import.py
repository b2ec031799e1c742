"""Bulk import beside bare sqlite3: the same real rows, the same tables and tokens, in the same run.

The bare writer gets everything ready: parsed, merged, analysed. What is above 1.0 is what reading, merging and analysing cost.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import resource
import sqlite3
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.language.tokens import index_text
from bot.process.bulk import import_files
from bot.store import migrations

SLICE = 1000
TABLES = ("papers", "paper_ids", "community", "listings", "votes", "events")
FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    options = parser.parse_args()
    file = Path(os.environ.get("PAPERBOY_DATA", FOLDER)) / "arxiv_dev.jsonl.gz"
    if not file.exists():
        print(f"skipped: no real rows at {file} (set PAPERBOY_DATA)")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with gzip.open(file) as rows, (folder / "rows.jsonl").open("wb") as part:
            part.writelines(islice(rows, options.rows))
        ours, count = imported(folder)
        bare = written(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"papers                {count:>9,}")
    print(f"import                {count / ours:>9,.0f} papers/s")
    print(f"bare sqlite3          {count / bare:>9,.0f} papers/s")
    print(f"import / bare sqlite3 {ours / bare:>9.2f} times the time")
    print(f"peak memory           {peak:>9.0f} MiB (the bare writer's prepared rows included)")


def imported(folder: Path) -> tuple[float, int]:
    """Seconds, and how many papers."""
    settings = Settings(_env_file=None).model_copy(update={"database": folder / "ours.db"})  # type: ignore[call-arg]
    start = time.perf_counter()
    (found,) = asyncio.run(import_files(settings, [folder / "rows.jsonl"]))
    return time.perf_counter() - start, found.state.new_papers


def written(folder: Path) -> float:
    """Seconds that sqlite3 alone takes for the same rows, a transaction for each thousand papers."""
    source = sqlite3.connect(folder / "ours.db")
    tables = {name: prepared(source, name) for name in TABLES}
    tokens = {
        paper: tuple(
            index_text(text) for text in (title, abstract, " ; ".join(name for name, _ in json.loads(authors)))
        )
        for paper, title, abstract, authors in source.execute("SELECT id, title, abstract, authors FROM papers")
    }
    source.close()
    migrations.migrate(folder / "bare.db")
    target = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -32000", "wal_autocheckpoint = 8000"):
        target.execute(f"PRAGMA {pragma}")
    start = time.perf_counter()
    ids = sorted(tokens)
    for at in range(0, len(ids), SLICE):
        part = ids[at : at + SLICE]
        target.execute("BEGIN")
        for name in TABLES:
            rows = [row for paper in part for row in tables[name].get(paper, ())]
            if rows:
                target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        target.executemany(
            "INSERT INTO paper_index (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)",
            [(paper, *tokens[paper]) for paper in part],
        )
        target.executemany(
            "INSERT INTO title_index (rowid, title, authors) VALUES (?, ?, ?)",
            [(paper, tokens[paper][0], tokens[paper][2]) for paper in part],
        )
        target.execute("COMMIT")
    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    took = time.perf_counter() - start
    target.close()
    return took


def prepared(source: sqlite3.Connection, table: str) -> dict[int, list[tuple[Any, ...]]]:
    """The table's rows by paper."""
    cursor = source.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    key = names.index("id" if table == "papers" else "paper_id")
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in cursor:
        found.setdefault(row[key], []).append(row)
    return found


if __name__ == "__main__":
    main()
