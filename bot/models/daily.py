"""Daily lists: the upstream's by day, and a channel's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.models.following import OwnerKind, Recipient
from bot.models.papers import Paper


@dataclass(frozen=True, slots=True)
class DailyListPage:
    """One page of a list. `total` counts the papers over all pages; `before` and `after` are the nearest days with a list."""

    first: date
    last: date
    papers: tuple[Paper, ...]
    total: int
    before: date | None = None
    after: date | None = None


class StopCause(StrEnum):
    """Why a list does not run: somebody asked, or one of the ways in which a channel is lost."""

    ASKED = "asked"
    DELETED = "deleted"
    HIDDEN = "hidden"
    FORBIDDEN = "forbidden"
    REMOVED = "removed"

    @classmethod
    def of_code(cls, code: int) -> StopCause:
        """The cause behind Discord's error code (10003, 50001, 50013)."""
        return {10003: cls.DELETED, 50001: cls.HIDDEN}.get(code, cls.FORBIDDEN)


class Notice(StrEnum):
    """What became of the DM about a stop: nobody agreed to one, it is on its way, it arrived, it did not."""

    NONE = "none"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Summary:
    """One channel's wish. `minute` is local minutes since midnight, `weekdays` a bit mask (Monday 1 to Sunday 64).

    `mention_role` is called when a paper agrees with `mention_words`; a `silent` list makes no sound.
    `notices`: whoever set it up agreed to a DM if it stops, or declined; None when they were not asked.
    """

    channel_id: int
    guild_id: int
    server_name: str
    timezone: str
    minute: int
    weekdays: int
    categories: tuple[str, ...]
    words: str
    size: int
    created_by: int
    next_at: datetime | None  # None, as for the date: what the file holds cannot be read
    next_on: date | None
    composed: datetime | None = None
    last_on: date | None = None
    outcome: str | None = None
    stop_reason: str | None = None
    stop_cause: StopCause | None = None
    stopped: datetime | None = None
    channel_name: str = ""
    notices: bool | None = None
    notice: Notice = Notice.NONE
    failure: str | None = None
    locale: str | None = None
    mention_role: int | None = None
    mention_words: str = ""
    silent: bool = False

    @property
    def recipient(self) -> Recipient:
        return Recipient(OwnerKind.CHANNEL, self.channel_id)
