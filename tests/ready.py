"""A database with every migration and nothing in it, made once and copied for each test: making it anew takes longer than most tests."""

from __future__ import annotations

import functools
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
