"""arXiv's OAI-PMH interface as a source: catching up and back-filling by date of modification.

Knows the protocol's course (pages, tokens, error codes); the records are read by arxiv_oai_records.
https://info.arxiv.org/help/oa/index.html , https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from bot.errors import SourceUnhealthyError
from bot.models import Batch, PaperId, Record, SourceKind, SourceName
from bot.sources.arxiv_oai_records import Page, parse_page
from bot.sources.base import cursor_number, cursor_text, read_cursor, stored_day, write_cursor
from bot.sources.documents import instant
from bot.sources.http import PoliteClient
from bot.when import timetable

log = logging.getLogger(__name__)

EARLIEST = date(2005, 9, 16)  # the repository refuses an earlier `from`
_FIRST_LOOK = timedelta(days=7)  # how far back a catch-up without cursor begins
_OVERLAP = timedelta(days=1)
# An empty list is no chance when so many announcements passed, in which so many records were to be expected: were they
# independent, one list in 150 would be empty all the same.
_MISSED = 2
_EXPECTED = 5.0
# Pages of one visit; at a thousand records each they are more than arXiv changes in a quarter of a year.
_PAGES = 500
# Pages one after the other without an identifier that is new in the list.
_STALE = 2
# A list may hold so many times what it says, and so many records more: that is an estimate, and the list may grow.
_TIMES, _MORE = 2, 2_000


@dataclass(frozen=True, slots=True)
class _Harvest:
    """What lists of this set usually hold: `seen` is the UTC day on which the last one that was not empty was read, `rate`
    how many records it had for each announcement, `got` how many the present one had up to here."""

    seen: date | None = None
    rate: float = 0.0
    got: int = 0

    @classmethod
    def read(cls, known: Mapping[str, Any], now: datetime) -> _Harvest:
        return cls(
            stored_day(known, "seen", now), cursor_number(known, "rate") or 0.0, int(cursor_number(known, "got") or 0)
        )

    def fields(self) -> dict[str, Any]:
        return {
            "seen": self.seen.isoformat() if self.seen else None,
            "rate": self.rate or None,
            "got": self.got or None,
        }


class _Bounds:
    """How one visit knows that a list does not end, although each of its tokens is new."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: set[PaperId] = set()
        self._used: set[str] = set()
        self._pages = self._stale = 0

    def check(self, page: Page, token: str | None) -> None:
        """`page` is what `token` fetched. Raises SourceUnhealthyError."""
        self._used |= {token} if token else set()
        before = len(self._known)
        self._known |= {record.ids[0] for record in page.records}
        self._pages += 1
        self._stale = self._stale + 1 if len(self._known) == before else 0
        if page.token in self._used:
            raise SourceUnhealthyError(f"{self._name}: the list goes round in a circle; it is not read further.")
        if page.token and (why := self._why_endless(page.size)):
            raise SourceUnhealthyError(f"{self._name}: the list does not end ({why}); it is not read further.")

    def _why_endless(self, size: int | None) -> str:
        if self._stale >= _STALE:
            return f"{self._stale} pages brought nothing new"
        if size is not None and len(self._known) > _TIMES * size + _MORE:
            return f"it says that it has {size:,} records, and had {len(self._known):,} up to here"
        return f"{self._pages:,} pages" if self._pages >= _PAGES else ""


class ArxivOai:
    """Everything modified since the last visit, in one set or in all.

    `arXivRaw` tells versions and so what is new; `arXiv` splits names and has accents in place of TeX. With `since`
    and `until` it back-fills that span (both days included) once and is then done.
    """

    def __init__(
        self,
        client: PoliteClient,
        base_url: str,
        *,
        oai_set: str | None = None,
        prefix: Literal["arXivRaw", "arXiv"] = "arXivRaw",
        since: date | None = None,
        until: date | None = None,
        service: str = "arxiv-oai",
    ) -> None:
        """`oai_set` as in `cs:cs:LG` (see arxiv.oai_set), None: all of arXiv. `service` is its name in the client."""
        self._client = client
        self._url = base_url
        self._set = oai_set
        self._prefix = prefix
        self._since = since
        self._until = until
        self._service = service

    @property
    def name(self) -> str:
        since = (self._since or EARLIEST) if self._until else None
        return str(SourceName(SourceKind.ARXIV_OAI, self._set or "", since, self._until))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """After each announcement has reached the lists; at once while a list is not read to its end."""
        known = read_cursor(cursor)
        if cursor_text(known, "token") or (self._until and not known.get("done")):
            return now
        return timetable.next_oai_poll(polled, now)

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """One batch a page; the cursor of a page that is not the last resumes the list. See Source.batches."""
        known = read_cursor(cursor)
        if known.get("done"):
            return
        start = stored_day(known, "from", now) or self._since or (now - _FIRST_LOOK).date()
        began = stored_day(known, "began", now)
        token, expires = cursor_text(known, "token"), instant(cursor_text(known, "expires"))
        if expires is not None and expires <= now:
            token = None
        harvest, bounds, anew = _Harvest.read(known, now), _Bounds(self.name), False
        while True:
            page = await self._fetch(self._resuming(token) if token else self._listing(start, now))
            if page.error == "badResumptionToken" and token and not anew:
                # It expired under our hands: the list is read anew, once.
                token, began, bounds, anew = None, None, _Bounds(self.name), True
                continue
            self._refuse(page)
            bounds.check(page, token)
            # Their clock or ours may be wrong: no day is left out, and nothing is read that was read before this list.
            began = began or max(start, min(page.responded, now).date())
            token = page.token
            harvest = replace(harvest, got=harvest.got + len(page.records))
            yield Batch(page.records, self._after(start, began, page, harvest, now), page.skipped)
            if not token:
                return

    async def record(self, identity: PaperId) -> Record | None:
        """One paper by its arXiv id; None when the repository does not hold it."""
        page = await self._fetch(
            {"verb": "GetRecord", "metadataPrefix": self._prefix, "identifier": f"oai:arXiv.org:{identity.value}"}
        )
        if page.error == "idDoesNotExist":
            return None
        self._refuse(page)
        return page.records[-1] if page.records else None

    def _listing(self, start: date, now: datetime) -> dict[str, str]:
        arguments = {
            "verb": "ListRecords",
            "metadataPrefix": self._prefix,
            "from": max(start if self._until else start - _OVERLAP, EARLIEST).isoformat(),
        }
        if self._until and self._until < now.date():  # a day in the future is refused
            arguments["until"] = self._until.isoformat()
        if self._set:
            arguments["set"] = self._set
        return arguments

    @staticmethod
    def _resuming(token: str) -> dict[str, str]:
        # The token is percent-encoded as it stands in the page and is encoded once more on the way, like any value.
        return {"verb": "ListRecords", "resumptionToken": token}

    def _after(self, start: date, began: date, page: Page, harvest: _Harvest, now: datetime) -> str:
        """The cursor behind a page. Raises SourceUnhealthyError when the whole list is empty and cannot be so."""
        if page.token:
            rest: dict[str, Any] = {"from": start.isoformat(), "began": began.isoformat(), "token": page.token}
            rest["expires"] = page.expires.isoformat() if page.expires else None
            return write_cursor({**rest, **harvest.fields()})
        if self._until:
            return write_cursor({"done": self._until.isoformat()})
        if harvest.got:
            first = datetime.combine(start - _OVERLAP, time(0), UTC)
            rate = harvest.got / max(timetable.announcements_between(first, now), 1)
            return write_cursor({"from": began.isoformat(), **_Harvest(seen=now.date(), rate=rate).fields()})
        if harvest.seen is None:
            return write_cursor({"from": began.isoformat()})
        missed = timetable.announcements_between(datetime.combine(harvest.seen, time(12), UTC), now)
        if missed >= _MISSED and missed * harvest.rate >= _EXPECTED:
            raise SourceUnhealthyError(
                f"{self.name}: arXiv has no record since {harvest.seen}, though it announced on {missed} days."
            )
        # What is empty by mistake is read once it is not: the next list begins where something was last seen.
        return write_cursor({"from": start.isoformat(), **harvest.fields()})

    async def _fetch(self, arguments: dict[str, str]) -> Page:
        answer = await self._client.get(self._service, self._url, params=arguments, content_type="text/xml")
        page = await asyncio.to_thread(parse_page, answer.body, self.name)
        if page.lines:
            log.info('%s: %d of %d lines of authors have an "and"', self.name, page.joined, page.lines)
        return page

    def _refuse(self, page: Page) -> None:
        """Raises on every error but an empty list, which is what a quiet day looks like."""
        if page.error and page.error != "noRecordsMatch":
            raise SourceUnhealthyError(f"{self.name}: arXiv refused the request ({page.error}: {page.reason[:200]}).")
