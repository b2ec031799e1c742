"""`ingest`, `import`, `split`, `fit-scores`, `migrate`: what writes into the collection while the bot is stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bot.commands.frame import FILE, argument, command, option, show
from bot.config import Settings
from bot.papers import paper_ids
from bot.process import bulk
from bot.process.application import open_application
from bot.scores.refit import refit
from bot.show.wording import title_words
from bot.store import migrations, splitting
from bot.store.copies import in_thread
from bot.store.database import open_database
from bot.store.files import process_lock
from bot.when.clock import clock_of


async def _ingest(settings: Settings, as_json: bool) -> int:
    async with open_application(settings) as application:
        reports = await application.ingest.ingest_all()
    failed = [r for r in reports if r.failure]
    lines = [
        f"{r.source}: {r.failure or f'{r.records} records, {r.new_papers} new papers, {r.alerts} alerts'}"
        for r in reports
    ]
    show(as_json, reports, lines)
    return 69 if failed and len(failed) == len(reports) else 0


async def _import(settings: Settings, files: tuple[Path, ...], again: bool, as_json: bool) -> int:
    found = await bulk.import_files(settings, files, again=again)
    show(as_json, found, [line for one in found for line in bulk.lines(one)])
    whole = all(one.damage is None for one in found)
    return 0 if whole and any(one.usable for one in found) else 65


async def _split(settings: Settings, paper: tuple[str, ...], as_json: bool) -> int:
    identity = paper_ids.parse(" ".join(paper))
    async with open_application(settings) as application, application.database.transaction() as write:
        kept, new = await splitting.split(write, identity)
    value = {"kept": str(kept.main_id), "new": str(new.main_id), "title": kept.title}
    show(as_json, value, [f"{title_words(kept)}: {kept.main_id} and {new.main_id} are two papers from now on"])
    return 0


async def _fit_scores(settings: Settings, as_json: bool) -> int:
    with process_lock(settings.database):
        async with open_database(settings.database) as database:
            clock = clock_of(settings.clock_file)
            found = await refit(database, clock, progress=lambda said: print(said, file=sys.stderr, flush=True))
    text = f"fitted to {found.listed:,} listed and {found.announced:,} announced papers, lists of {found.days} days"
    show(as_json, found, [f"{text}; the bot scores every paper anew"])
    return 0


async def _migrate(settings: Settings, as_json: bool) -> int:
    with process_lock(settings.database):
        applied = await in_thread(lambda stopped: migrations.migrate(settings.database, stopped=stopped))
    lines = [f"applied {name}" for name in applied] or [f"{settings.database} is up to date"]
    show(as_json, {"applied": applied}, lines)
    return 0


COMMANDS: Final = (
    command(_ingest, "ingest", "read every source now, once", answers=True),
    command(
        _import, "import", "take files of papers into the store, silently",
        argument("files", many=True, metavar="FILE...", type=FILE, help="arXiv's metadata snapshot, OAI-PMH, …"),
        option("--again", is_flag=True, text="read files anew that were imported before"), answers=True,
    ),
    command(
        _split, "split", "make a preprint and an article two papers that were taken for one",
        argument("paper", many=True, metavar="PAPER...", help="an arXiv id, a DOI, or a link of either"), answers=True,
    ),
    command(_fit_scores, "fit-scores", "learn the weights of the scores anew, from this collection", answers=True),
    command(_migrate, "migrate", "bring the database to the newest schema", answers=True),
)  # fmt: skip
