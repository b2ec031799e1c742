"""The command line. Knows every command, its exit code and its output; builds nothing itself (`compose` does)."""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from bot import bulk, compose, local, online
from bot.config import Settings, load_settings
from bot.doctor import examine
from bot.errors import PaperboyError
from bot.listings import PERIODS, Listed, read_day
from bot.logs import set_up_logging
from bot.printing import list_lines, paper_json, paper_lines, plain_json
from bot.status import Status
from bot.store import migrations
from bot.store.database import open_read_only, process_lock
from bot.text import clean
from bot.wording import counted

EXIT_CODES: Final = """exit codes:
  0 done   64 bad usage or input   65 bad data   66 not found   69 upstream unavailable
  70 a fault in Paperboy   75 try again (another process is using the database)   78 configuration"""

Command = Callable[[argparse.Namespace, Settings], Awaitable[int]]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line, as `--help` shows it."""
    root = _Parser(
        prog="paperboy",
        description="Brings research papers to the people who want them, inside Discord.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = root.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, does: Command, text: str, *, answers: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(does=does, json=False)
        if answers:
            made.add_argument("--json", action="store_true", help="print the answer as JSON")
        return made

    add("run", _run, "run the bot; without DISCORD_TOKEN, the local Discord with the bot in it")
    played = add("playground", _play, "run the local Discord with the bot in it, whatever the settings say")
    played.add_argument("--port", type=int, default=8765, help="port of the page (default: 8765)")
    played.add_argument("--folder", type=Path, default=Path("var/playground"), help="where its state is kept")
    played.add_argument(
        "--samples", action=argparse.BooleanOptionalAction, help="sample papers, or real ones (default: real if online)"
    )
    add("ingest", _ingest, "read every source now, once", answers=True)
    imported = add("import", _import, "take files of papers into the store, silently", answers=True)
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE", help="arXiv's metadata snapshot, OAI-PMH, …")
    imported.add_argument("--again", action="store_true", help="read files anew that were imported before")
    paper = add("paper", _paper, "show one stored paper", answers=True)
    paper.add_argument("paper", nargs="+", help="its title, an arXiv id, a DOI, or a link")
    search = add("search", _search, "search the stored papers; typing errors are forgiven", answers=True)
    search.add_argument("query", nargs="+", help='words, an author, "exact phrases", -exclusions')
    search.add_argument("--limit", type=int, default=10, help="how many to show (default: 10)")
    search.add_argument("--literal", action="store_true", help="take the query exactly as written")
    daily = add("daily", _daily, "the Daily Papers of a day, most upvoted first", answers=True)
    daily.add_argument("date", nargs="?", help="as 2026-11-20, or yesterday (default: the newest list)")
    daily.add_argument("--limit", type=int, default=100, help="how many to show (default: 100)")
    trending = add("trending", _trending, "the most upvoted papers of the week or the month", answers=True)
    trending.add_argument("period", nargs="?", choices=tuple(PERIODS), default="week", help="default: week")
    trending.add_argument("--limit", type=int, default=20, help="how many to show (default: 20)")
    add("status", _status, "sources, papers and outbox", answers=True)
    add("doctor", _doctor, "look for what is wrong with settings, database and index", answers=True)
    add("migrate", _migrate, "bring the database to the newest schema", answers=True)
    return root


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # `search diffusion -survey`: an exclusion is not an option.
    options = parser().parse_args(_protected(words))
    try:
        settings = load_settings()
        set_up_logging(settings.log_level)
        code = asyncio.run(options.does(options, settings))
    except PaperboyError as error:
        print(f"paperboy: {error}", file=sys.stderr)
        code = error.exit_code
    except sqlite3.OperationalError as error:
        print(f"paperboy: the database cannot be used now: {error}", file=sys.stderr)
        code = 75
    except KeyboardInterrupt:
        code = 0
    sys.exit(code)


def _protected(words: list[str]) -> list[str]:
    if words[:1] != ["search"] or "--" in words:
        return words
    options = [w for w in words[1:] if w in ("--json", "--literal", "-h", "--help")]
    rest = [w for w in words[1:] if w not in options]
    if "--limit" in rest:
        at = rest.index("--limit")
        options, rest = options + rest[at : at + 2], rest[:at] + rest[at + 2 :]
    return ["search", *options, "--", *rest]


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    if settings.discord_token is None:
        await local.play(settings, local.Options())
    else:
        await online.stay_online(settings)
    return 0


async def _play(options: argparse.Namespace, settings: Settings) -> int:
    await local.play(settings, local.Options(options.port, options.folder, options.samples))
    return 0


async def _ingest(options: argparse.Namespace, settings: Settings) -> int:
    async with compose.open_house(settings) as house:
        reports = await house.ingest.ingest_all()
    failed = [r for r in reports if r.failure]
    lines = [
        f"{r.source}: {r.failure or f'{r.records} records, {r.new_papers} new papers, {r.alerts} alerts'}"
        for r in reports
    ]
    _show(options, reports, lines)
    return 69 if failed and len(failed) == len(reports) else 0


async def _import(options: argparse.Namespace, settings: Settings) -> int:
    found = await bulk.import_files(settings, options.files, again=options.again)
    _show(options, found, [line for one in found for line in bulk.lines(one)])
    return 0 if any(one.usable for one in found) else 65


async def _paper(options: argparse.Namespace, settings: Settings) -> int:
    async with open_read_only(settings.database) as database:
        search, _ = compose.read_services(database, settings)
        found = await search.named(" ".join(options.paper))
    today = compose.clock_of(settings)().date()
    if len(found) == 1:
        _show(options, paper_json(found[0]), paper_lines(found[0], today))
    else:
        head = f"{len(found)} papers could be meant; name one by its id:"
        _show(options, {"candidates": [paper_json(p) for p in found]}, [head, *list_lines(found, today)])
    return 0


async def _search(options: argparse.Namespace, settings: Settings) -> int:
    text = " ".join(options.query)
    async with open_read_only(settings.database) as database:
        search, _ = compose.read_services(database, settings)
        found = await search.search(text, limit=options.limit, literal=options.literal, ask=False)
    count = max(found.total, found.matching)
    lines = [counted(count, "paper") + (f", {found.matching} of them exactly so" if found.matching < count else "")]
    if found.corrected:
        lines.insert(0, f"Showing results for: {clean(found.corrected)} (--literal searches exactly as written)")
    value = {
        "query": text, "corrected": found.corrected, "total": count, "matching": found.matching,
        "papers": [paper_json(p) for p in found.papers],
    }  # fmt: skip
    _show(options, value, lines + list_lines(found.papers, compose.clock_of(settings)().date()))
    return 0


async def _daily(options: argparse.Namespace, settings: Settings) -> int:
    today = compose.clock_of(settings)().date()
    async with open_read_only(settings.database) as database:
        listings = compose.read_services(database, settings)[0].listings
        day = read_day(options.date, today) if options.date else await listings.newest_day(today)
        listed = await listings.daily(day, limit=options.limit)
    _show_list(options, f"Daily Papers of {day.isoformat()}", listed, today)
    return 0


async def _trending(options: argparse.Namespace, settings: Settings) -> int:
    today = compose.clock_of(settings)().date()
    async with open_read_only(settings.database) as database:
        listings = compose.read_services(database, settings)[0].listings
        listed = await listings.trending(options.period, today, limit=options.limit)
    _show_list(options, f"Most upvoted from {listed.first} to {listed.last}", listed, today)
    return 0


def _show_list(options: argparse.Namespace, head: str, listed: Listed, today: date) -> None:
    value = {
        "first": listed.first, "last": listed.last, "total": listed.total, "papers": [paper_json(p) for p in listed.papers]
    }  # fmt: skip
    _show(options, value, [f"{head}: {counted(listed.total, 'paper')}", *list_lines(listed.papers, today)])


async def _status(options: argparse.Namespace, settings: Settings) -> int:
    async with open_read_only(settings.database) as database:
        _, status = compose.read_services(database, settings)
        state = await status.status()
    _show(options, state, _status_lines(state))
    return 0


def _status_lines(state: Status) -> list[str]:
    lines = [f"{state.papers} papers; next arXiv announcement {state.next_announcement:%Y-%m-%d %H:%M} UTC"]
    for source in state.sources:
        good = f"last good answer {source.last_ok:%Y-%m-%d %H:%M} UTC" if source.last_ok else "no good answer yet"
        lines.append(f"{source.name}: {good}" + (f"; {source.failure}" if source.failure else ""))
    if state.announced_since:
        lines.append(f"reaches back with arXiv to {state.announced_since}")
    if state.listed_since:
        lines.append(f"reaches back with Daily Papers to {state.listed_since}")
    for owed in state.owed:
        lines.append(
            f"still to be read: {owed.source} {owed.since} to {owed.until}"
            + (f"; {owed.failure}" if owed.failure else "")
        )
    box = state.outbox
    lines.append(
        f"outbox: {box.waiting} alerts wait, {box.open_messages} messages open, {box.sent_messages} sent, {box.failed_messages} failed"
    )
    return lines


async def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    findings = await examine(settings)
    _show(options, findings, [f"{'ok' if f.good else 'WRONG':5} {f.what}: {f.detail}" for f in findings])
    return 0 if all(f.good for f in findings) else 65


async def _migrate(options: argparse.Namespace, settings: Settings) -> int:
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    with process_lock(settings.database):
        applied = migrations.migrate(settings.database)
    lines = [f"applied {name}" for name in applied] or [f"{settings.database} is up to date"]
    _show(options, {"applied": applied}, lines)
    return 0


# -- output ------------------------------------------------------------------------------------------------------------


def _show(options: argparse.Namespace, value: Any, lines: Sequence[str]) -> None:
    if options.json:
        print(json.dumps(plain_json(value), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
