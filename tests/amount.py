"""How much of the real data a test reads: in `make test` a fixed part of it, in `make soak` all."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: `make soak` says so.
WHOLE: Final = bool(os.environ.get("PAPERBOY_WHOLE"))


def one_of(count: int) -> int:
    """How many there are for each that is read."""
    return 1 if WHOLE else count


def is_read(identity: str, count: int) -> bool:
    """Whether this is one of them, the same ones every time."""
    return zlib.crc32(identity.encode()) % one_of(count) == 0


def real_rows(path: Path, end: int | None = None, step: int = 1) -> Iterator[Any]:
    """Every so many of the first rows of a packed file, read."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, itertools.islice(lines, 0, end, step))
