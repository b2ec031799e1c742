"""Hugging Face's daily lists of a past span, each day once, newest first.

Knows how far it got; the calls and the rows are huggingface's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

from bot.models import Batch, SourceKind, SourceName
from bot.sources.base import read_cursor, stored_day, write_cursor
from bot.sources.http import PoliteClient
from bot.sources.huggingface import PAGE, HuggingFace
from bot.sources.huggingface_rows import parse_list
from bot.sources.rate_policy import Validators

_PAGES = 10


class HuggingFaceArchive:
    """The lists from `until` back to `since`, both included. A stop goes on with the day that was not stored."""

    def __init__(self, client: PoliteClient, base_url: str, *, since: date, until: date) -> None:
        self._lists = HuggingFace(client, base_url)
        self._since = since
        self._until = until

    @property
    def name(self) -> str:
        return str(SourceName(SourceKind.HUGGINGFACE, "", self._since, self._until))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """At once: who is read to the end is not asked again."""
        return now

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """One batch a page. See Source.batches."""
        done = stored_day(read_cursor(cursor), "day", now)
        listed = min(done - timedelta(days=1), self._until) if done else self._until
        while listed >= self._since:
            for page in range(_PAGES):
                answer = await self._lists.daily(listed, page, Validators())
                found = await asyncio.to_thread(parse_list, answer.body, self.name, listed)
                last = found.rows < PAGE or page == _PAGES - 1
                reached = listed if last else listed + timedelta(days=1)
                yield Batch(found.records, write_cursor({"day": reached.isoformat()}), found.skipped)
                if last:
                    break
            listed -= timedelta(days=1)
