"""`audit`: was anything missed? Answered beside the running bot; `--repair` makes it good and needs the database for itself."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import click

from bot.audit.auditor import DAYS
from bot.audit.proof import DayProof, Proof, Repair
from bot.commands.frame import command, option, show
from bot.config import Settings
from bot.process.application import open_application, read_auditor
from bot.show.wording import counted
from bot.store.carried import KEPT
from bot.store.database import open_read_only

_HEADS: Final = ("day", "announced", "stored", "told", "matched", "alerted", "sent", "waiting", "held", "missed")


async def _audit(settings: Settings, days: int, repair: bool, as_json: bool) -> int:
    if repair:
        async with open_application(settings) as application:
            done = await application.repairer.repair(days)
        show(as_json, proof_json(done.proof, done), [*proof_lines(done.proof), *_repair_lines(done)])
        return 0
    async with open_read_only(settings.database) as database:
        found = await (await read_auditor(database, settings)).audit(days)
    show(as_json, proof_json(found), proof_lines(found))
    return 0


def proof_json(found: Proof, done: Repair | None = None) -> dict[str, Any]:
    """The facts for `--json`. Nobody is named: how many people were not told of which paper, and why."""
    days = [
        {
            "day": day.day, "over": day.is_over, "announced": day.announced, "stored": day.stored, "eligible": day.eligible,
            "matched": day.matched, "alerted": day.alerted, "sent": day.sent, "waiting": day.waiting, "held": day.held,
            "undeliverable": day.undeliverable, "sources": day.sources, "compared": day.compared, "unread": day.unread,
            "lost": day.lost, "unjudged": day.unjudged, "silent": len(day.silent), "missed": len(day.gaps), "gaps": _gaps(day),
        }
        for day in found.days
    ]  # fmt: skip
    value = {
        "at": found.at, "since": found.since, "gaps": len(found.gaps), "unread": len(found.unread),
        "silent": len(found.silent), "days": days,
    }  # fmt: skip
    return value | ({"asked": done.asked, "late": done.late} if done else {})


def _gaps(day: DayProof) -> list[dict[str, Any]]:
    people = Counter((gap.paper, gap.why) for gap in day.gaps)
    return [{"paper": paper, "people": count, "why": why} for (paper, why), count in sorted(people.items())]


def proof_lines(found: Proof) -> list[str]:
    """The proof as a table, then what was missed, then what the days' sources differ in."""
    if found.since is None or not found.days:
        return ["There is nothing to audit yet: no source was read since Paperboy keeps what sources carry."]
    rows = [_HEADS, *(_row(day) for day in found.days)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for day in found.days:
        lines += _day_lines(day)
    lines.append(
        f"{counted(len(found.gaps), 'alert')} missed, {counted(len(found.unread), 'list')} not read, "
        f"{counted(len(found.silent), 'event')} silent that should be news"
    )
    return lines


def _row(day: DayProof) -> tuple[str, ...]:
    numbers = (
        day.announced, day.stored, day.eligible, day.matched, day.alerted, day.sent, day.waiting,
        sum(day.held.values()) + sum(day.undeliverable.values()), len(day.gaps),
    )  # fmt: skip
    return (f"{day.day}{'' if day.is_over else ' so far'}", *(f"{number:,}" for number in numbers))


def _day_lines(day: DayProof) -> list[str]:
    lines = []
    for unread in day.unread:
        good = f"; {unread.made_good_by} brought that day" if unread.made_good_by else ""
        lines.append(f"{day.day}: nothing was read from {unread.source}{good}")
    for compared in day.compared:
        if compared.feed_lacks:
            lines.append(f"{day.day}: {compared.feed} lacks {_some(compared.feed_lacks)}")
        if compared.oai_lacks:
            lines.append(f"{day.day}: {compared.oai} lacks {_some(compared.oai_lacks)}")
    if day.lost:
        lines.append(f"{day.day}: carried and not stored: {_some(day.lost)}")
    if day.unjudged:
        lines.append(f"{day.day}: not matched anew because of a fault that the log shows: {_some(day.unjudged)}")
    if day.silent:
        lines.append(f"{day.day}: {counted(len(day.silent), 'event')} kept silent that should be news")
    for name, reasons in (("held", day.held), ("not deliverable", day.undeliverable)):
        lines += [f"{day.day}: {count} {name}: {why}" for why, count in sorted(reasons.items())]
    for gap in _gaps(day):
        lines.append(
            f"{day.day}: {gap['paper']} missed by {gap['people']:,} {'person' if gap['people'] == 1 else 'people'}: {gap['why']}"
        )
    return lines


def _some(names: tuple[str, ...], most: int = 5) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{counted(len(names), 'paper')}: {', '.join(names[:most])}{more}"


def _repair_lines(done: Repair) -> list[str]:
    asked = f"asked again: {', '.join(done.asked)}; " if done.asked else ""
    return [f"{asked}{counted(done.late, 'late alert')} made, for the next digests"]


COMMANDS: Final = (
    command(
        _audit, "audit", "was anything missed? What sources announced against what was stored, matched and sent",
        option(
            "--days", type=click.IntRange(1, KEPT.days), metavar="N", default=DAYS,
            text=f"how many days to look back (default: {DAYS})",
        ),
        option("--repair", is_flag=True, text="make good what was missed; the bot must not run"),
        answers=True,
    ),
)  # fmt: skip
