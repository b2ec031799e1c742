"""A database with every migration and nothing in it, made once and copied for each test: making it anew takes longer than most tests."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path

from bot.store import migrations


@functools.cache
def _ready() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ready.db")
        migrations.migrate(path)
        return path.read_bytes()


def ready(path: Path) -> Path:
    """Puts it at `path`. What a first start makes by itself is tested where no test has called this."""
    with path.open("xb") as new:  # never over what a test has written
        new.write(_ready())
    path.chmod(0o600)  # as the bot makes its own
    return path


def made_before(number: str, folder: Path) -> Path:
    """A database in `folder` as it was before this migration and all that follow it, with nothing in it."""
    older = folder / "older"
    older.mkdir()
    for path in migrations.FOLDER.glob("*.sql"):
        if path.name < number:
            shutil.copy(path, older)
    file = folder / "paperboy.db"
    migrations.migrate(file, older)
    return file
