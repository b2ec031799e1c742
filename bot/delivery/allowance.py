"""So many at once, then one every so often: a limit per window of time that one number remembers.

PURE. The generic cell rate algorithm; the one number, `spent`, is the instant at which everything spent is made good again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` at once and one more every `period` seconds: in any window of w seconds at most burst + w / period."""

    burst: int
    period: float

    def free_at(self, spent: float, now: float, count: int = 1) -> float:
        """The first instant, in seconds, at which `count` more are allowed; `now` when they are."""
        return max(now, self._known(spent, now) + (count - self.burst) * self.period)

    def spend(self, spent: float, now: float, count: int = 1) -> float:
        """The new `spent`, allowed or not."""
        return self._known(spent, now) + count * self.period

    def _known(self, spent: float, now: float) -> float:
        # Twice a burst from now cannot be spent: it is left from a clock that was ahead.
        return now if spent > now + 2 * self.burst * self.period else max(spent, now)
