"""`paper`, `why`, `similar`, `search`, `daily`, `trending`, `status`, `doctor`: questions, answered beside the running bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Final

import click

from bot.commands.frame import Words, argument, command, limit, option, show
from bot.config import Settings
from bot.daily.listings import PERIODS, DailyLists, read_day
from bot.following.why import Tracer
from bot.health import doctor
from bot.health.status import StatusService
from bot.language.text import clean
from bot.models import DailyListPage, Paper, Status
from bot.search.search import Search
from bot.show.printing import list_lines, paper_json, paper_lines, trace_json, trace_lines
from bot.show.reports import audited_text
from bot.show.wording import counted
from bot.similar.nearest import Similar, similar_to
from bot.store import tracing
from bot.store.database import open_read_only
from bot.when.clock import clock_of


async def _paper(settings: Settings, paper: tuple[str, ...], as_json: bool) -> int:
    clock = clock_of(settings.clock_file)
    async with open_read_only(settings.database) as database:
        found = await Search(database, clock).named(" ".join(paper))
    today = clock().date()
    if len(found) == 1:
        show(as_json, paper_json(found[0]), paper_lines(found[0], today))
    else:
        _show_candidates(found, today, as_json)
    return 0


def _show_candidates(found: Sequence[Paper], today: date, as_json: bool) -> None:
    head = f"{len(found)} papers could be meant; name one by its id:"
    show(as_json, {"candidates": [paper_json(p) for p in found]}, [head, *list_lines(found, today)])


async def _why(settings: Settings, paper: tuple[str, ...], user: int | None, as_json: bool) -> int:
    clock = clock_of(settings.clock_file)
    async with open_read_only(settings.database) as database:
        found = await Search(database, clock).named(" ".join(paper))
        if len(found) == 1:
            trace = await Tracer(database, Similar(database), clock).trace(found[0], user or 0)
            async with database.reading() as read:
                alerts = await tracing.count_alerts(read, found[0].id)
            show(as_json, trace_json(trace, alerts, user), trace_lines(trace, alerts, user, clock().date()))
            return 0
    _show_candidates(found, clock().date(), as_json)
    return 0


async def _search(settings: Settings, query: tuple[str, ...], limit: int, literal: bool, as_json: bool) -> int:
    text, clock = " ".join(query), clock_of(settings.clock_file)
    async with open_read_only(settings.database) as database:
        find = Search(database, clock, similar=Similar(database, enabled=settings.similar == "on"))
        found = await find.search(text, limit=limit, literal=literal, ask=False)
    count = max(found.total, found.matching)
    how = "more than " if found.is_beyond and count else "about " if found.is_about else ""
    head = how + counted(count, "paper")
    lines = [head + (f", {found.matching} of them exactly so" if found.matching < count else "")]
    if found.person:
        lines.append(f"{counted(len(found.person.papers), 'paper')} by {found.person.name}")
    if found.corrected:
        lines.insert(0, f"Showing results for: {clean(found.corrected)} (--literal searches exactly as written)")
    value = {
        "query": text, "corrected": found.corrected, "total": count, "matching": found.matching,
        "papers": [paper_json(p) for p in found.papers],
    }  # fmt: skip
    show(as_json, value, lines + list_lines(found.papers, clock().date(), found.alike))
    return 0


async def _similar(settings: Settings, paper: tuple[str, ...], only: str, limit: int, as_json: bool) -> int:
    clock = clock_of(settings.clock_file)
    async with open_read_only(settings.database) as database:
        find = Search(database, clock, similar=Similar(database, enabled=settings.similar == "on"))
        meant = await find.named(" ".join(paper))
        if len(meant) > 1:
            _show_candidates(meant, clock().date(), as_json)
            return 0
        found = await find.search(similar_to(meant[0].main_id, only), limit=limit, ask=False)
    value = {
        "paper": paper_json(meant[0]),
        "total": found.matching,
        "papers": [paper_json(p) | {"alike": asdict(found.alike[p.id])} for p in found.papers],
    }
    how = "more than " if found.is_beyond else "about " if found.is_about else ""
    lines = [f"{how}{counted(found.matching, 'paper')} like {clean(meant[0].title)}"]
    show(as_json, value, lines + list_lines(found.papers, clock().date(), found.alike))
    return 0


async def _daily(settings: Settings, day: str | None, limit: int, as_json: bool) -> int:
    today = clock_of(settings.clock_file)().date()
    async with open_read_only(settings.database) as database:
        listings = DailyLists(database)
        wanted = read_day(day, today) if day else await listings.newest_day(today)
        listed = await listings.daily(wanted, limit=limit)
    _show_list(as_json, f"Daily Papers of {wanted.isoformat()}", listed, today)
    return 0


async def _trending(settings: Settings, period: str, limit: int, as_json: bool) -> int:
    today = clock_of(settings.clock_file)().date()
    async with open_read_only(settings.database) as database:
        listed = await DailyLists(database).trending(period, today, limit=limit)
    _show_list(as_json, f"Most upvoted from {listed.first} to {listed.last}", listed, today)
    return 0


def _show_list(as_json: bool, head: str, listed: DailyListPage, today: date) -> None:
    value = {
        "first": listed.first, "last": listed.last, "total": listed.total, "papers": [paper_json(p) for p in listed.papers]
    }  # fmt: skip
    show(as_json, value, [f"{head}: {counted(listed.total, 'paper')}", *list_lines(listed.papers, today)])


async def _status(settings: Settings, as_json: bool) -> int:
    async with open_read_only(settings.database) as database:
        state = await StatusService(database, clock_of(settings.clock_file)).status()
    show(as_json, state, _status_lines(state))
    return 0


def _status_lines(state: Status) -> list[str]:
    lines = [f"{state.papers} papers; next arXiv announcement {state.next_announcement:%Y-%m-%d %H:%M} UTC"]
    for source in state.sources:
        good = f"last good answer {source.last_ok:%Y-%m-%d %H:%M} UTC" if source.last_ok else "no good answer yet"
        lines.append(f"{source.name}: {good}" + (f"; {source.failure}" if source.failure else ""))
    if audited := audited_text(state):
        lines.append(audited)
    if state.announced_since:
        lines.append(f"reaches back with arXiv to {state.announced_since}")
    if state.listed_since:
        lines.append(f"reaches back with Daily Papers to {state.listed_since}")
    for backfill in state.pending_backfills:
        fault = f"; {backfill.failure}" if backfill.failure else ""
        lines.append(f"still to be read: {backfill.source} {backfill.since} to {backfill.until}{fault}")
    for pause in state.pauses:
        where = f" ({pause.place})" if pause.place else ""
        lines.append(f"Discord asked me to wait until {pause.until:%Y-%m-%d %H:%M:%S} UTC{where}: {pause.reason}")
    box = state.outbox
    lines.append(
        f"outbox: {box.waiting} alerts wait, {box.open_messages} messages open, {box.sent_messages} sent, {box.failed_messages} failed"
    )
    return lines


async def _doctor(settings: Settings, as_json: bool) -> int:
    findings, code = await doctor.examine(settings)
    show(as_json, findings, [f"{'ok' if f.good else 'WRONG':5} {f.what}: {f.detail}" for f in findings])
    return code


COMMANDS: Final = (
    command(
        _paper, "paper", "show one stored paper",
        argument("paper", many=True, metavar="PAPER...", help="its title, an arXiv id, a DOI, or a link"), answers=True,
    ),
    command(
        _why, "why", "why a paper was told, or was not: where it came from and what became of it",
        argument("paper", many=True, metavar="PAPER...", help="its title, an arXiv id, a DOI, or a link"),
        option("--user", type=int, metavar="ID", text="the Discord id of the person who asks why"), answers=True,
    ),
    command(
        _similar, "similar", "the stored papers whose words are most like those of one paper",
        argument("paper", many=True, metavar="PAPER...", help="its title, an arXiv id, a DOI, or a link"),
        option("--only", default="", metavar="QUERY", text="a query that they have to meet too, like cat:cs.RO or has:code"),
        limit(10), answers=True,
    ),
    command(
        _search, "search", "search the stored papers; typing errors are forgiven",
        argument("query", many=True, metavar="QUERY...", help='words, an author, "exact phrases", -exclusions'), limit(10),
        option("--literal", is_flag=True, text="take the query exactly as written"), answers=True, kind=Words,
    ),
    command(
        _daily, "daily", "the Daily Papers of a day, most upvoted first",
        argument("day", metavar="[DATE]", required=False, help="as 2026-11-20, or yesterday (default: the newest list)"),
        limit(100), answers=True,
    ),
    command(
        _trending, "trending", "the most upvoted papers of the week or the month",
        argument("period", required=False, type=click.Choice(tuple(PERIODS)), default="week", help="default: week"),
        limit(20), answers=True,
    ),
    command(_status, "status", "sources, papers and outbox", answers=True),
    command(_doctor, "doctor", "look for what is wrong with settings, database and index", answers=True),
)  # fmt: skip
