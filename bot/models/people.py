"""People who use Paperboy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class DmState(StrEnum):
    """Whether a DM reaches this person, as far as is known."""

    UNKNOWN = "unknown"
    OPEN = "open"
    CLOSED = "closed"


class QuietMode(StrEnum):
    """What becomes of papers in somebody's quiet hours: nothing else than at other hours, held until they end, or sent without a sound."""

    OFF = "off"
    HOLD = "hold"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody's quiet hours, in local minutes since midnight: from `since`, up to `until`, which may be the next day's."""

    mode: QuietMode = QuietMode.OFF
    since: int = 22 * 60
    until: int = 7 * 60


@dataclass(frozen=True, slots=True)
class User:
    """A person who used Paperboy. `digest_minute` is local minutes since midnight, `weekly_day` 0 for Monday, `weekdays` a bit mask
    from Monday 1 to Sunday 64. `shown` papers of a digest stand in it before a press; `plain` wants no markup."""

    id: int
    timezone: str | None = None
    digest_minute: int = 480
    weekly_day: int = 0
    next_digest: datetime | None = None
    next_digest_on: date | None = None
    weekly_on: date | None = None  # from this local date on, the next digest brings the weekly papers too
    paused_until: datetime | None = None
    dm_channel_id: int | None = None
    dm_state: DmState = DmState.UNKNOWN
    dm_reason: str | None = None
    opted_in: datetime | None = None
    locale: str | None = None  # as Discord names it, for instance pt-BR
    weekdays: int = 127
    quiet: Quiet = Quiet()
    shown: int = 3
    plain: bool = False

    def at(self, now: datetime) -> User:
        """The same person at this instant: a pause that is over is none."""
        return replace(self, paused_until=None) if self.paused_until and self.paused_until <= now else self
