"""How much of the real data a test reads: in `make test` a fixed part of it, in `make soak` all."""

from __future__ import annotations

import os
import zlib
from typing import Final

#: `make soak` says so.
WHOLE: Final = bool(os.environ.get("PAPERBOY_WHOLE"))


def one_of(count: int) -> int:
    """How many there are for each that is read."""
    return 1 if WHOLE else count


def is_read(identity: str, count: int) -> bool:
    """Whether this is one of them, the same ones every time."""
    return zlib.crc32(identity.encode()) % one_of(count) == 0
