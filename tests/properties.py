"""How properties are tried: in `make test` with the same examples every time, in `make fuzz` with new ones for as long as wished."""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, settings

#: How many times as many examples `make fuzz` tries in one round; none: the examples are the same every time.
ROUND: Final = int(os.environ.get("PAPERBOY_FUZZ") or 0)
#: How many examples `make test-fast` tries at the most; none: as many as each property needs.
MOST: Final = int(os.environ.get("PAPERBOY_EXAMPLES") or 0)

# A slow machine is no fault: neither a deadline for one example nor for making them.
settings.register_profile(
    "property",
    derandomize=not ROUND,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("property")


def tries(count: int) -> settings:
    """How many examples a property needs. For use as a decorator beside `given`."""
    return settings(settings.get_profile("property"), max_examples=min(count, MOST or count) * max(1, ROUND))


def rounds(count: int) -> int:
    """How often a test that throws its own dice, the same ones every time, throws them: a tenth in `make test-fast`."""
    return max(MOST, count // 10) if MOST else count
