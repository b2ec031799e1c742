"""Whether the gateway is there: what a watchdog has to know of a connection. PURE; whoever asks says what time it is.

discord.py can stay offline for ever with a resume host that is dead (Rapptz/discord.py#10511), so that it is judged by what
counts: READY or RESUMED, and after it anything at all from the gateway.
"""

from __future__ import annotations


class Presence:
    """One client's connection, in seconds of one clock."""

    def __init__(self, now: float) -> None:
        self.came = False
        self.online = False
        self._since = now

    def came_online(self, now: float) -> None:
        """READY or RESUMED."""
        self.came = self.online = True
        self._since = now

    def heard(self, now: float) -> None:
        """Anything came from the gateway. While offline it is no sign: a gateway may greet and then refuse for ever."""
        if self.online:
            self._since = now

    def went_offline(self, now: float) -> None:
        if self.online:
            self.online = False
            self._since = now

    def is_lost(self, now: float, patience: float) -> bool:
        """Whether nothing good has come for that long: no READY or RESUMED while offline, nothing at all while online."""
        return now - self._since >= patience
