"""`backup` and `restore`: a copy while the bot runs, and a copy in the database's place while it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.commands.frame import FILE, argument, command, show
from bot.config import Settings
from bot.health.backups import Backups, back_up_to, refuse_unusable
from bot.health.rotation import file_name
from bot.store import files
from bot.store.copies import in_thread
from bot.store.files import process_lock
from bot.store.restoring import restore
from bot.when.clock import clock_of


async def _backup(settings: Settings, file: Path | None, as_json: bool) -> int:
    refuse_unusable(settings.database)
    clock = clock_of(settings.clock_file)
    if file is None or files.is_folder(file):
        folder = file or settings.backups or settings.database.parent / "backups"
        copy = await Backups(settings.database, folder, clock).make()
    else:
        copy = file
        await back_up_to(settings.database, copy)
    size = copy.stat().st_size
    show(as_json, {"file": str(copy), "bytes": size}, [f"{copy}: {size:,} bytes, verified"])
    return 0


async def _restore(settings: Settings, file: Path, as_json: bool) -> int:
    stamp = file_name("", clock_of(settings.clock_file)()).removeprefix("-").removesuffix(".db")
    with process_lock(settings.database):
        done = await in_thread(lambda stopped: restore(file, settings.database, stamp, stopped=stopped))
    value = {"restored": str(file), "kept": str(done.kept) if done.kept else None, "applied": list(done.applied)}
    lines = [f"{settings.database} is what {file} was; what was sent since then may come once more"]
    lines += [f"the old file is {done.kept}"] if done.kept else []
    show(as_json, value, lines + [f"applied {name}" for name in done.applied])
    return 0


COMMANDS: Final = (
    command(
        _backup, "backup", "copy the database, verified, while the bot runs",
        argument(
            "file", required=False, metavar="[FILE]", type=FILE,
            help="the copy, or its folder (default: a dated file in PAPERBOY_BACKUPS, or in backups/ beside the database)",
        ),
        answers=True,
    ),
    command(
        _restore, "restore", "put a copy in the database's place while the bot is stopped; the old file is kept",
        argument("file", metavar="FILE", type=FILE, help="a copy that `backup` made"), answers=True,
    ),
)  # fmt: skip
