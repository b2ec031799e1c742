"""The command line. Knows every command, its exit code and its output; builds nothing itself (`compose` does)."""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from bot import compose, local, online
from bot.cards import byline, facts_line, paper_date
from bot.config import Settings, load_settings
from bot.doctor import examine
from bot.errors import PaperboyError
from bot.links import paper_links
from bot.logs import set_up_logging
from bot.models import Paper
from bot.status import Status
from bot.store import migrations
from bot.store.database import open_read_only, process_lock
from bot.text import plain

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
    paper = add("paper", _paper, "show one stored paper", answers=True)
    paper.add_argument("id", help="an arXiv id, a DOI, or a link")
    search = add("search", _search, "search the stored papers", answers=True)
    search.add_argument("query", nargs="+", help='words, "exact phrases", -exclusions')
    search.add_argument("--limit", type=int, default=10, help="how many to show (default: 10)")
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
    options = [w for w in words[1:] if w in ("--json", "-h", "--help")]
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


async def _paper(options: argparse.Namespace, settings: Settings) -> int:
    async with open_read_only(settings.database) as database:
        search, _ = compose.read_services(database, settings)
        paper = await search.look_up(options.id)
    _show(options, paper_json(paper), _paper_lines(paper, compose.clock_of(settings)()))
    return 0


async def _search(options: argparse.Namespace, settings: Settings) -> int:
    text = " ".join(options.query)
    async with open_read_only(settings.database) as database:
        search, _ = compose.read_services(database, settings)
        found = await search.search(text, limit=options.limit)
    now = compose.clock_of(settings)()
    lines = [f"{found.total} papers"]
    for paper in found.papers:
        lines += ["", *_paper_lines(paper, now)[:3]]
    _show(options, {"total": found.total, "papers": [paper_json(p) for p in found.papers]}, lines)
    return 0


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


def _paper_lines(paper: Paper, now: datetime) -> list[str]:
    day = paper_date(paper)
    lines = [
        plain(paper.title),
        f"  {byline(paper)}".replace("\\", ""),
        f"  {paper.main_id} · {facts_line(paper, now.date())}".replace("\\", "") if day else f"  {paper.main_id}",
        "",
        plain(paper.abstract) or "No abstract is known.",
        "",
    ]
    return lines + [f"{label}: {url}" for label, url in paper_links(paper)]


def paper_json(paper: Paper) -> dict[str, Any]:
    """A paper for `--json`: text as stored, identities as `scheme:value`, links as shown."""
    return {
        "id": str(paper.main_id),
        "ids": [str(i) for i in paper.ids],
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [{"name": a.name, "affiliation": a.affiliation} for a in paper.authors],
        "categories": list(paper.categories),
        "version": paper.version,
        "published": paper.published,
        "updated": paper.updated,
        "announced": paper.announced,
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "withdrawn": paper.withdrawn,
        "community": paper.community,
        "links": dict(paper_links(paper)),
    }


def _show(options: argparse.Namespace, value: Any, lines: Sequence[str]) -> None:
    if options.json:
        print(json.dumps(_plain_json(value), ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))


def _plain_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_json(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


if __name__ == "__main__":
    main()
