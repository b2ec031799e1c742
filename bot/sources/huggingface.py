"""Hugging Face papers: the daily list as a source, topic search and single papers as look-ups.

Knows the calls, their paging and limits; the rows are read by huggingface_rows.
https://huggingface.co/.well-known/openapi.json , https://huggingface.co/docs/hub/rate-limits
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.errors import SourceUnhealthyError
from bot.models import Batch, EventKind, PaperId, Record, SourceKind, SourceName
from bot.sources.base import cursor_number, cursor_text, read_cursor, stored_day, write_cursor
from bot.sources.http import Answer, PoliteClient, Service, Validators
from bot.sources.huggingface_rows import parse_list, parse_paper
from bot.when import timetable

PAGE = 100  # rows asked for at once; without `limit` a day is cut at 50 silently
_PAGES = 10  # a day never came near a thousand papers
_REVISITED = timedelta(days=1)  # votes grow: a day is read again until it is older than this
_BACK = timedelta(days=14)  # after a long pause no more than this is read
_FIRST_LOOK = timedelta(days=7)  # without a cursor
LONGEST_QUERY = 250  # characters; a longer `q` is refused
MOST_HITS = 120


def huggingface_service(base_url: str) -> Service:
    """Hugging Face under its five-minute windows; when it refuses without a word, one window is waited."""
    return Service("huggingface", base_url, first_pause=300.0, longest_pause=3600.0)


class HuggingFace:
    """Daily Papers by date. The same day is read again and again, unchanged pages are not sent."""

    def __init__(self, client: PoliteClient, base_url: str, *, token: str | None = None) -> None:
        """`token` raises the limits and is not needed."""
        self._client = client
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @property
    def name(self) -> str:
        return str(SourceName(SourceKind.HUGGINGFACE))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """Hourly, every four hours at the weekend."""
        return timetable.next_list_poll(polled, now)

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """One batch for each page that changed, oldest day first: yesterday and today, and what a pause left out.

        When nothing was listed for two weekdays, all pages are asked in full, and still nothing is a fault.
        """
        known = read_cursor(cursor)
        today = now.astimezone(UTC).date()
        reached, newest = stored_day(known, "day", now), stored_day(known, "listed", now)
        start = today - _FIRST_LOOK if reached is None else max(min(reached, today) - _REVISITED, today - _BACK)
        due = timetable.overdue_list_day(now)
        is_late = newest is not None and newest < due
        pages = _pages(known, start, today)
        latest = newest
        for listed in (start + timedelta(days=n) for n in range((today - start).days + 1)):
            for page in range(_PAGES):
                key = f"{listed}/{page}"
                before = pages.get(key, {})
                answer = await self.daily(listed, page, Validators(None if is_late else cursor_text(before, "etag")))
                if answer.not_modified:
                    rows = int(cursor_number(before, "rows") or 0)
                else:
                    found = await asyncio.to_thread(parse_list, answer.body, self.name, listed)
                    rows = found.rows
                    pages[key] = {"rows": rows, "etag": answer.validators.etag}
                    # a list of long ago says nothing about today's
                    seen = _newest(found.records, today - _BACK)
                    latest = max(filter(None, (latest, seen)), default=None)
                    fields = {"day": listed.isoformat(), "pages": pages, "listed": latest and latest.isoformat()}
                    yield Batch(found.records, write_cursor(fields), found.skipped)
                if rows < PAGE:
                    break
        if newest is not None and latest is not None and latest < due:
            raise SourceUnhealthyError(
                f"{self.name}: nothing was listed since {latest}, though two weekdays have passed."
            )

    async def search(self, query: str, limit: int = MOST_HITS) -> tuple[Record, ...]:
        """Papers on a topic, best first, as Hugging Face finds them (at most 120). Raises as every source."""
        answer = await self._client.get(
            self.name,
            f"{self._base}/api/papers/search",
            params={"q": query[:LONGEST_QUERY], "limit": max(1, min(limit, MOST_HITS))},
            content_type="application/json",
            headers=self._headers,
        )
        return (await asyncio.to_thread(parse_list, answer.body, self.name, None)).records

    async def paper(self, identity: PaperId) -> Record | None:
        """One paper by its arXiv id with its present votes and code; None when Hugging Face does not hold it."""
        answer = await self._client.get(
            self.name,
            f"{self._base}/api/papers/{quote(identity.value, safe='')}",
            accept=frozenset({200, 404}),
            content_type="application/json",
            headers=self._headers,
        )
        return None if answer.status == 404 else parse_paper(answer.body, self.name)

    async def daily(self, listed: date, page: int, validators: Validators) -> Answer:
        return await self._client.get(
            self.name,
            f"{self._base}/api/daily_papers",
            params={"date": listed.isoformat(), "limit": PAGE, "p": page},
            validators=validators,
            content_type="application/json",
            headers=self._headers,
        )


def _pages(known: Mapping[str, Any], start: date, today: date) -> dict[str, dict[str, Any]]:
    """What the cursor knows of each page (`YYYY-MM-DD/number`) of the days that are read again."""
    pages = known.get("pages")
    return {
        key: page
        for key, page in (pages.items() if isinstance(pages, dict) else ())
        if isinstance(page, dict) and start.isoformat() <= key[:10] <= today.isoformat()
    }


def _newest(records: Iterable[Record], since: date) -> date | None:
    """The newest day, not before `since`, on which one of them was listed by its own word."""
    days = (timetable.day_of(record.event.at) for record in records if record.event.kind is EventKind.LISTED)
    return max((listed for listed in days if listed >= since), default=None)
