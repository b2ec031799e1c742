"""Bulk import: any file twice, cut, killed and resumed gives the same rows; nobody is alerted; memory stays small."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ingest.imports import Imported, Imports
from bot.models import Cadence, Match, OwnerKind, Reason, Recipient, SubscriptionKind
from bot.process import bulk
from bot.sources.documents import line
from bot.sources.dump_files import PORTION, DumpFile
from bot.store import alerts, collection, papers
from bot.store.database import Database
from bot.store.files import process_lock
from bot.store.imports import ImportState
from tests import processes
from tests.amount import WHOLE, is_read
from tests.conftest import ROOT, HandClock, arxiv, record
from tests.patience import LONG, wait_until

#: What differs from one run to the next by the clock alone.
CLOCKED = {"papers": {"first_seen_at", "provenance"}, "events": {"recorded_at"}}
CLOCKED |= {"imports": {"started_at", "finished_at"}, "meta": {"key", "value"}}

#: One of so many real papers is read, and how many those are: of the archive, of the lists, of both; all, and the part.
PART = 8
COUNTS = (58_195, 7_168, 2_770, 7_320, 937, 368)


def rows_of(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "id": f"2503.{n:05}",
            "title": f"Paper {n} on gloves",
            "abstract": f"About gloves, part {n}. " + "They keep hands warm. " * (n % 5),
            "authors": [f"Ada Example {n % 9}", "Ben Sample"],
            "categories": ["cs.LG", "cs.CL"],
            "comment": None,
            "published": "2025-03",
            "first_seen": f"2025-03-{n % 28 + 1:02}",
        }
        for n in range(first, first + count)
    ]


def write_rows(path: Path, rows: Sequence[Any]) -> Path:
    path.write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    return path


def environment(database: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PAPERBOY_", "DISCORD_"))}
    return {**kept, "PAPERBOY_DATABASE": str(database), "PYTHONPATH": str(ROOT)}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bot", "import", *map(str, arguments)]


def run(database: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return processes.run(*command(*arguments), env=environment(database), cwd=database.parent, patience=LONG)


def query(database: Path, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def tables(database: Path, *, clocked: bool = False) -> dict[str, str]:
    """A digest of each table's rows in order of their keys, the index's tokens included; what the clock alone makes only if asked."""
    connection = sqlite3.connect(database)
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, paper_index, 'row')")
    connection.execute("CREATE VIRTUAL TABLE temp.titles USING fts5vocab (main, title_index, 'row')")
    found = {}
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' "
            "AND name NOT LIKE '%index_%' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    for name in [*names, "temp.words", "temp.titles"]:
        cursor = connection.execute(f"SELECT * FROM {name}")
        skipped = set() if clocked else CLOCKED.get(name, set())
        kept = [n for n, column in enumerate(cursor.description) if column[0] not in skipped]
        rows = sorted(repr([row[n] for n in kept]) for row in cursor)
        found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    connection.close()
    return found


# -- on rows we wrote --------------------------------------------------------------------------------------------------


def test_the_command_imports_counts_and_names_and_says_so_the_second_time(tmp_path: Path) -> None:
    database, file = tmp_path / "p.db", tmp_path / "rows.jsonl"
    write_rows(file, [*rows_of(30), {"id": "x"}, *rows_of(20, 30), *({"bad": n} for n in range(25))])
    first = run(database, file)
    assert first.returncode == 0, first.stderr
    head, *named = first.stdout.splitlines()
    assert head.startswith("rows.jsonl: 76 rows, 50 records, 50 new papers, 26 bad rows; ")
    assert head.endswith("papers/s")
    assert named[0] == "  row 31: fields of no known format"
    assert len(named) == 21
    assert named[-1] == "  … and 6 more"
    before = tables(database, clocked=True)
    again = run(database, file)
    assert again.returncode == 0
    assert "nothing to do (--again reads it again)" in again.stdout
    assert tables(database, clocked=True) == before


def test_reading_anew_changes_no_row(tmp_path: Path) -> None:
    database, file = tmp_path / "p.db", write_rows(tmp_path / "rows", rows_of(60))
    run(database, file)
    before = tables(database, clocked=True)
    again = run(database, "--again", "--json", file)
    told = json.loads(again.stdout)[0]
    assert (told["known"], told["state"]["records"], told["state"]["new_papers"]) == (False, 60, 0)
    after = tables(database, clocked=True)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"imports"}


def test_a_file_with_nothing_usable_is_bad_data_and_a_missing_one_not_found(tmp_path: Path) -> None:
    bad = write_rows(tmp_path / "bad", [{"id": "x"}, [1]])
    (tmp_path / "other").write_text("<html></html>")
    database = tmp_path / "p.db"
    assert run(database, bad).returncode == 65
    other = run(database, tmp_path / "other")
    assert (other.returncode, "no file of papers" in other.stdout) == (65, True)
    good = write_rows(tmp_path / "good", rows_of(3))
    both = run(database, tmp_path / "other", good)
    assert (both.returncode, "3 new papers" in both.stdout) == (65, True)
    (tmp_path / "cut").write_bytes(good.read_bytes()[:-40])
    cut = run(database, tmp_path / "cut")
    assert (cut.returncode, "cut off or damaged behind row 2" in cut.stdout) == (65, True)
    assert run(database, tmp_path / "nothing").returncode == 66


def test_beside_a_running_bot_it_says_try_again(tmp_path: Path) -> None:
    database = tmp_path / "p.db"
    with process_lock(database):
        done = run(database, write_rows(tmp_path / "rows", rows_of(3)))
    assert done.returncode == 75
    assert "Stop it first" in done.stderr


def in_the_middle(
    tmp_path: Path,
    attempt: Callable[[Path, int], int | None],
    rows: Callable[[int], Sequence[Any]] = rows_of,
) -> int:
    """What an attempt to stop an import in the middle gave, with the file and its number of rows. On a busy machine the import
    can be over before it is stopped: the attempt gives None, and the next file is larger."""
    for portions in (5, 20, 80, 320):
        taken = rows(portions * PORTION)
        found = attempt(write_rows(tmp_path / f"rows{portions}", taken), len(taken))
        if found is not None:
            return found
    raise AssertionError("every import was over before it was stopped")


def kill_once_behind(database: Path, file: Path, rows: int) -> int | None:
    """Starts an import and ends it with SIGKILL once `rows` rows are stored. Returns how many were; None if it was over."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with processes.running(*command(file), env=environment(database), cwd=database.parent, **silent) as process:
        wait_until(lambda: process.poll() is not None or _position(database) >= rows, f"{rows} stored rows")
        if processes.stop(process, signal.SIGKILL) != -signal.SIGKILL:
            return None
    return _position(database)


def _position(database: Path) -> int:
    try:
        return int(query(database, "SELECT coalesce(max(position), 0) FROM imports")[0][0])
    except sqlite3.OperationalError:
        return 0


def test_killed_in_the_middle_and_resumed_it_gives_the_same_rows(tmp_path: Path) -> None:
    def killed_twice(file: Path, count: int) -> int | None:
        whole, killed = tmp_path / f"whole{count}.db", tmp_path / f"killed{count}.db"
        if kill_once_behind(killed, file, PORTION) is None:
            return None
        at = kill_once_behind(killed, file, 2 * PORTION)
        if at is None:
            return None
        assert 2 * PORTION <= at < count
        assert f"went on behind row {at:,}" in run(killed, file).stdout
        run(whole, file)
        assert tables(killed) == tables(whole)
        return at

    in_the_middle(tmp_path, killed_twice)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_it_says_so_and_goes_on_the_next_time(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    def stopped(file: Path, count: int) -> int | None:
        database = tmp_path / f"papers{count}.db"
        with processes.running(
            *command(file),
            env=environment(database),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            wait_until(lambda: database.exists() and _position(database), "the first portion")
            process.send_signal(number)
            _, said = process.communicate(timeout=LONG)
        if process.returncode == 0:
            return None
        assert process.returncode == code
        assert (
            said.splitlines()[-1] == "paperboy: stopped; what was finished until then is kept. Run it again to go on."
        )
        assert "Traceback" not in said
        at = _position(database)
        assert at < count
        assert f"went on behind row {at:,}" in run(database, file).stdout
        return at

    in_the_middle(tmp_path, stopped)


async def take(database: Database, clock: HandClock, file: Path) -> Imported:
    return await Imports(database, clock).take(DumpFile(file))


LISTED = {
    "id": "2503.00001",
    "title": "Gloves that lost their TeX",
    "abstract": "A copy.",
    "authors": ["Ada Example"],
    "upvotes": 9,
    "comments": 2,
    "days": ["2025-03-03", "2025-03-04"],
    "snapshots": [["2025-03-03T09:00:00+00:00", "2025-03-03", 4, 0, None], ["2025-03-04T09:00:00+00:00", "2025-03-04", 9, 2, 5]],
}  # fmt: skip


@pytest.mark.parametrize("lists_first", [True, False])
async def test_two_files_of_one_paper_are_one_row_with_arxivs_text(
    database: Database, clock: HandClock, tmp_path: Path, lists_first: bool
) -> None:
    files = [write_rows(tmp_path / "a", rows_of(3)), write_rows(tmp_path / "b", [LISTED])]
    for file in reversed(files) if lists_first else files:
        await take(database, clock, file)
    async with database.reading() as read:
        assert await collection.count_papers(read) == 3
        paper = await papers.find_paper(read, arxiv("2503.00001"))
        votes = [
            tuple(row) for row in await read.all("SELECT upvotes, comments, stars FROM votes ORDER BY captured_at")
        ]
        days = [row["day"] for row in await read.all("SELECT day FROM listings ORDER BY day")]
    assert paper is not None
    assert paper.title == "Paper 1 on gloves"
    assert paper.abstract.startswith("About gloves, part 1.")
    assert paper.community is not None
    assert (paper.community.upvotes, paper.community.comments) == (9, 2)
    assert votes == [(4, 0, None), (9, 2, 5)]
    assert days == ["2025-03-03", "2025-03-04"]


async def test_votes_captured_some_day_do_not_replace_newer_ones(
    database: Database, clock: HandClock, tmp_path: Path
) -> None:
    newer = {**LISTED, "days": ["2025-03-05"], "snapshots": [["2025-03-09T09:00:00+00:00", "2025-03-05", 50, 6, None]]}
    await take(database, clock, write_rows(tmp_path / "new", [newer]))
    await take(database, clock, write_rows(tmp_path / "old", [LISTED]))
    async with database.reading() as read:
        paper = await papers.find_paper(read, arxiv("2503.00001"))
        votes = [row[0] for row in await read.all("SELECT upvotes FROM votes ORDER BY captured_at")]
    assert paper is not None
    assert paper.community is not None
    assert paper.community.upvotes == 50
    assert str(paper.community.listed_on) == "2025-03-03"
    assert votes == [4, 9, 50]


async def test_what_arxiv_itself_said_is_not_replaced_by_a_file(
    database: Database, clock: HandClock, tmp_path: Path
) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001", "The third title", version=3)], clock(), eligible=True)
    await take(database, clock, write_rows(tmp_path / "rows", rows_of(3)))
    async with database.reading() as read:
        paper = await papers.find_paper(read, arxiv("2503.00001"))
    assert paper is not None
    assert paper.title == "The third title"


async def test_an_import_is_silent(database: Database, clock: HandClock, tmp_path: Path) -> None:
    today = [{**row, "published": "2026-11", "first_seen": "2026-11-18"} for row in rows_of(5)]
    await take(database, clock, write_rows(tmp_path / "rows", today))
    async with database.reading() as read:
        assert await read.value("SELECT count(*) FROM events WHERE eligible") == 0
        assert await read.value("SELECT count(*) FROM alerts") == 0


class Screen(io.StringIO):
    """Somewhere to write, which is a terminal or is not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def test_a_terminal_gets_a_bar_and_anything_else_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("bot.process.bulk.time.monotonic", lambda: now)
    terminal, file = Screen(True), Screen(False)
    shown = [bulk.Progress("rows", terminal), bulk.Progress("rows", file)]
    for second in range(1, 21):
        now = 100.0 + second
        for progress in shown:
            progress(ImportState(second * 1000, second * 1000), second / 20)
    for progress in shown:
        progress.end()
    assert terminal.getvalue().count("\r[") == 20
    assert "[###############...............] rows  50% 10,000 papers, 900/s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert file.getvalue().splitlines() == ["rows  75% 15,000 papers, 933/s"]


# -- on real data ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """What is read of both files in one store, imported by the real command."""

    database: Path
    files: tuple[Path, Path]
    papers: dict[str, dict[str, Any]]
    listed: dict[str, dict[str, Any]]


def rows_in(path: Path, folder: Path) -> tuple[Path, dict[str, dict[str, Any]]]:
    """The rows that are read, by their ids, and a file of them as they were written."""
    rows, part = {}, folder / path.name
    with gzip.open(path, "rb") as every, gzip.open(part, "wb", compresslevel=1) as kept:
        for written in every:
            row = json.loads(written)
            if is_read(row["id"], PART):
                rows[row["id"]] = row
                kept.write(written)
    return part, rows


@pytest.fixture(scope="module")
def library(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("library")
    lists, listed = rows_in(data / "hf_daily_dev.jsonl.gz", folder)
    archive, known = rows_in(data / "arxiv_dev.jsonl.gz", folder)
    done = run(folder / "p.db", lists, archive)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    return Library(folder / "p.db", (lists, archive), known, listed)


def test_every_paper_of_both_files_is_one_row(library: Library) -> None:
    known = query(library.database, "SELECT value FROM paper_ids WHERE scheme = 'arxiv'")
    both = library.papers.keys() & library.listed.keys()
    every = library.papers.keys() | library.listed.keys()
    assert (len(library.papers), len(library.listed), len(both)) == (COUNTS[:3] if WHOLE else COUNTS[3:])
    assert {value for (value,) in known} == every
    assert query(library.database, "SELECT count(*) FROM papers") == [(len(every),)]
    assert query(library.database, "SELECT count(*) FROM paper_index") == [(len(every),)]
    assert query(library.database, "SELECT count(*) FROM papers WHERE merged_into IS NOT NULL") == [(0,)]
    assert query(library.database, "SELECT sum(bad) FROM imports") == [(0,)]


def test_a_paper_of_both_files_has_arxivs_text(library: Library) -> None:
    rows = query(
        library.database,
        "SELECT value, title, abstract FROM papers JOIN paper_ids ON paper_id = id WHERE scheme = 'arxiv'",
    )
    wrong = [
        value
        for value, title, abstract in rows
        if value in library.papers
        and (title, abstract) != (line(library.papers[value]["title"]), line(library.papers[value]["abstract"]))
    ]
    assert not wrong


def test_each_days_list_is_as_it_was(library: Library) -> None:
    expected: dict[str, set[str]] = {}
    for row in library.listed.values():
        for day in row["days"]:
            expected.setdefault(day, set()).add(row["id"])
    stored: dict[str, set[str]] = {}
    for day, value in query(library.database, "SELECT day, value FROM listings JOIN paper_ids USING (paper_id)"):
        stored.setdefault(day, set()).add(value)
    assert stored == expected


def test_votes_are_kept_as_captured(library: Library) -> None:
    expected = {
        (row["id"], _seconds(at), upvotes, comments, stars)
        for row in library.listed.values()
        for at, _, upvotes, comments, stars in row["snapshots"]
    }
    assert len(expected) >= len(library.listed)
    assert len(expected) == 7_400 or not WHOLE
    stored = query(
        library.database,
        "SELECT value, captured_at, upvotes, comments, stars FROM votes JOIN paper_ids USING (paper_id)",
    )
    assert set(stored) == expected
    newest = {row["id"]: (row["upvotes"], row["comments"]) for row in library.listed.values()}
    shown = query(library.database, "SELECT value, upvotes, comments FROM community JOIN paper_ids USING (paper_id)")
    assert {value: counts for value, *pair in shown if (counts := tuple(pair))} == newest


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())


def test_the_large_import_alerts_nobody(library: Library) -> None:
    assert query(library.database, "SELECT count(*) FROM alerts") == [(0,)]
    assert query(library.database, "SELECT count(*) FROM events WHERE eligible") == [(0,)]


def test_the_large_file_twice_gives_the_same_rows(library: Library) -> None:
    before = tables(library.database, clocked=True)
    done = run(library.database, library.files[1])
    assert "nothing to do" in done.stdout
    assert tables(library.database, clocked=True) == before


def test_either_file_may_come_first(library: Library, tmp_path: Path) -> None:
    both = sorted(library.papers.keys() & library.listed.keys())
    known = write_rows(tmp_path / "papers", [library.papers[i] for i in both])
    listed = write_rows(tmp_path / "lists", [library.listed[i] for i in both])
    database = tmp_path / "p.db"
    assert run(database, known, listed).returncode == 0
    sql = """SELECT value, title, abstract, authors, categories, announced_at, comment, upvotes, comments, listed_on, summary
             FROM papers AS p JOIN paper_ids AS i ON i.paper_id = p.id JOIN community AS c ON c.paper_id = p.id
             WHERE scheme = 'arxiv' ORDER BY value"""
    stored = query(database, sql)
    assert len(stored) == len(both)
    wanted = set(both)
    assert stored == [row for row in query(library.database, sql) if row[0] in wanted]


def test_a_slice_of_real_rows_killed_and_read_anew_gives_the_same_rows(library: Library, tmp_path: Path) -> None:
    def killed_once(file: Path, count: int) -> int | None:
        whole, killed = tmp_path / f"whole{count}.db", tmp_path / f"killed{count}.db"
        at = kill_once_behind(killed, file, PORTION)
        if at is None:
            return None
        assert PORTION <= at < count
        run(killed, file)
        run(whole, file)
        assert tables(killed) == tables(whole)
        before = tables(killed, clocked=True)
        run(killed, "--again", file)
        after = tables(killed, clocked=True)
        assert {name for name in before if before[name] != after[name]} <= {"imports"}
        return at

    in_the_middle(tmp_path, killed_once, lambda count: list(library.papers.values())[:count])


async def test_a_listing_of_an_alerted_paper_brings_no_second_alert(
    database: Database, clock: HandClock, tmp_path: Path
) -> None:
    """The file's lists are history; a live listing of the same paper is proven in test_refresh."""
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001")], clock(), eligible=True)
        match = Match(Recipient(OwnerKind.USER, 7), 1, Cadence.DAILY, (Reason(1, SubscriptionKind.KEYWORD, "gloves"),))
        await alerts.enqueue(write, [match], clock())
    await take(database, clock, write_rows(tmp_path / "rows", [LISTED]))
    async with database.reading() as read:
        assert await read.value("SELECT count(*) FROM alerts") == 1
        paper = await papers.find_paper(read, arxiv("2503.00001"))
    assert paper is not None
    assert paper.community is not None
    assert paper.community.upvotes == 9
