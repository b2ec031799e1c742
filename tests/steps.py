"""How much work something is, without a clock: the lines of Python that it runs. The same on every machine and under every load."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from bot.errors import PaperboyError


def lines_run(work: Callable[[], object]) -> int:
    """The number of lines; a refusal is an answer as well. The second run is counted, so that caches are warm."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    with contextlib.suppress(PaperboyError):
        work()
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except PaperboyError:
        pass
    finally:
        sys.settrace(before)
    return count
