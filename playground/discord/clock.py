"""The one clock of the playground: real time plus a shift, and the snowflakes made from it.
It knows neither Discord's objects nor who asks."""

from __future__ import annotations

import time
from pathlib import Path

from playground.discord.state import State
from playground.discord.wire import DISCORD_EPOCH_MS, iso


class Clock:
    """Real time plus a shift that survives restarts; the shift is written to a file for other processes."""

    def __init__(self, state: State, shift_file: Path | None = None) -> None:
        self._state = state
        self._file = shift_file
        self.shift = float(state.meta("clock_shift") or 0.0)
        self._last_snowflake = int(state.meta("last_snowflake") or 0)
        self._write()

    def now(self) -> float:
        return time.time() + self.shift

    def iso(self) -> str:
        return iso(self.now())

    def set_shift(self, shift: float) -> None:
        self.shift = shift
        self._state.set_meta("clock_shift", repr(shift))
        self._write()

    def snowflake(self) -> int:
        """A new id, always above the last one, also after a restart or a clock that went back."""
        wanted = (int(self.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last_snowflake = max(wanted, self._last_snowflake + 1)
        self._state.set_meta("last_snowflake", str(self._last_snowflake))
        return self._last_snowflake

    def _write(self) -> None:
        if self._file is not None:
            partial = self._file.with_name(self._file.name + ".part")
            partial.write_text(f"{self.shift!r}\n")
            partial.replace(self._file)
