"""bioRxiv and medRxiv: preprints by day of posting, new ones and revisions.

Knows the `details` call of the openRxiv API; must not know how records are kept. https://api.biorxiv.org/
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from bot.errors import SourceUnhealthyError
from bot.models import Author, Batch, Event, EventKind, Record, SourceKind, SourceName
from bot.papers.paper_ids import parse_doi
from bot.sources import documents
from bot.sources.abstracts import unflattened
from bot.sources.base import read_cursor, stored_day, write_cursor
from bot.sources.documents import day, line, number, parse_json, without_markup
from bot.sources.http import PoliteClient, Service
from bot.sources.limits import cut_json, told
from bot.sources.standing import read_counts, refuse_the_never_heard, stands_still, write_counts

_PERIOD = timedelta(hours=6)
_FIRST_LOOK = timedelta(days=3)
_BACK = timedelta(days=30)
_OVERLAP = timedelta(days=1)  # a day fills up until it is over in every zone
_PAGES = 100


@dataclass(frozen=True, slots=True)
class Details:
    """One page: `rows` were sent of `total`."""

    rows: int
    total: int
    records: tuple[Record, ...]
    skipped: tuple[str, ...]


def openrxiv_service(base_url: str) -> Service:
    """Both servers answer at one address; a request a second is plenty."""
    return Service("openrxiv", base_url, gate="openrxiv", interval=1.0, first_pause=900.0, longest_pause=6 * 3600.0)


class BioRxiv:
    """One of the two servers as a source, in all subjects or one (`bioinformatics`, `cell biology`)."""

    def __init__(
        self,
        client: PoliteClient,
        base_url: str,
        *,
        server: Literal["biorxiv", "medrxiv"] = "biorxiv",
        category: str | None = None,
    ) -> None:
        """`base_url` as in `https://api.biorxiv.org`."""
        self._client = client
        self._base = base_url.rstrip("/")
        self._server = server
        self._category = category

    @property
    def name(self) -> str:
        kind = SourceKind.MEDRXIV if self._server == "medrxiv" else SourceKind.BIORXIV
        return str(SourceName(kind, self._category or ""))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """Every six hours."""
        return now if polled is None else polled + _PERIOD

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """One batch a page of everything posted since the day before the newest that had something. See Source.batches.

        So what an outage of theirs posts late, under days that have passed, is read; a server that posts nothing for longer
        than it can is a fault.
        """
        known = read_cursor(cursor)
        today = now.astimezone(UTC).date()
        counts = read_counts(known.get("posted"), today)
        begun = stored_day(known, "begun", now) or today
        reached = min(filter(None, (stored_day(known, "day", now), max(counts, default=None))), default=None)
        start = max(reached - _OVERLAP if reached else today - _FIRST_LOOK, today - _BACK)
        found: Counter[date] = Counter()
        place = 0
        for _ in range(_PAGES):
            url = f"{self._base}/details/{self._server}/{start}/{today}/{place}/json"
            params = {"category": self._category.replace(" ", "_")} if self._category else None
            answer = await self._client.get("openrxiv", url, params=params, content_type="application/json")
            page = await asyncio.to_thread(parse_details, answer.body, self.name)
            place += page.rows
            found.update(record.event.at.date() for record in page.records)
            finished = place >= page.total or not page.rows
            if finished:
                counts |= {on: count for on, count in found.items() if on <= today}
            # until the last page is stored the old day stands: a stop in between reads all pages again
            reached = today if finished else start
            fields = {"day": reached.isoformat(), "posted": write_counts(counts)}
            if not (counts or found):
                fields["begun"] = begun.isoformat()
            yield Batch(page.records, write_cursor(fields), page.skipped)
            if finished:
                break
        refuse_the_never_heard(self.name, None if counts or found else begun, today)
        if stands_still(counts, today):
            raise SourceUnhealthyError(
                f"{self.name}: nothing was posted since {max(counts)}, which is not usual there."
            )


def parse_details(body: bytes, source: str) -> Details:
    """A page of `/details/{server}/{from}/{to}/{cursor}/json`. Pure.

    Raises SourceUnhealthyError when the page reports an error or none of its rows can be read; "no posts found" is an
    empty page.
    """
    page = parse_json(body, dict, source)
    cut = cut_json(page)
    messages, rows = page.get("messages"), page.get("collection", [])
    message = messages[0] if isinstance(messages, list) and messages and isinstance(messages[0], dict) else {}
    status = str(message.get("status", ""))
    if status != "ok":
        if status.lower().startswith("no posts found"):
            return Details(0, 0, (), ())
        raise SourceUnhealthyError(f"{source}: the server reports {line(status)[:120]!r}.")
    if not isinstance(rows, list):
        raise SourceUnhealthyError(f"{source}: the page has no list of papers.")
    records: list[Record] = []
    skipped = list(told(cut))
    for place, row in enumerate(rows, 1):
        found = _record(row, source)
        if isinstance(found, str):
            skipped.append(f"row {place}: {found}")
        else:
            records.append(found)
    if rows and not records:
        raise SourceUnhealthyError(f"{source}: none of {len(rows)} rows can be read ({skipped[0]}).")
    total = number(message.get("total"))
    return Details(len(rows), len(rows) if total is None else total, tuple(records), tuple(skipped))


def _record(row: object, source: str) -> Record | str:
    """The record, or why there is none."""
    if not isinstance(row, dict):
        return f"not an object but {type(row).__name__}"
    identity = parse_doi(_text(row, "doi"))
    title = without_markup(_text(row, "title"))
    posted = day(_text(row, "date"))
    if identity is None:
        return "no DOI"
    if not title:
        return f"{identity.value} has no title"
    if posted is None:
        return f"{identity.value} has no date"
    version = documents.version(row.get("version")) or 1
    withdrawn = _text(row, "type").lower() == "withdrawn" or title.upper().startswith("WITHDRAWN:")
    journal = parse_doi(_text(row, "published")) if _text(row, "published").upper() != "NA" else None
    return Record(
        source=source,
        ids=(identity, journal) if journal and journal != identity else (identity,),
        title=title,
        event=_event(posted, version, withdrawn),
        abstract=unflattened(without_markup(_text(row, "abstract"))) or None,
        authors=_people(row),
        categories=tuple(filter(None, [_text(row, "category").replace("_", " ")])),
        version=version,
        published=posted if version == 1 else None,
        updated=datetime.combine(posted, time(0), UTC),
        license_url=_license(_text(row, "license")),
        withdrawn=withdrawn,
    )


def _event(posted: date, version: int, withdrawn: bool) -> Event:
    at = datetime.combine(posted, time(0), UTC)
    if version == 1:
        return Event(EventKind.ANNOUNCED, at)
    return Event(EventKind.WITHDRAWN if withdrawn else EventKind.REVISED, at, f"v{version}")


def _people(row: dict[str, Any]) -> tuple[Author, ...]:
    """`Curie, M.; Meitner, L.` turned forward; the corresponding author's institution is the only one stated."""
    corresponding = line(_text(row, "author_corresponding"))
    institution = line(_text(row, "author_corresponding_institution")) or None
    family = corresponding.split()[-1].lower() if corresponding else None
    people = []
    for part in _text(row, "authors").split(";"):
        last, *further = (piece.strip() for piece in line(part).split(","))
        if last:
            given, suffix = further[:1], further[1:]  # "Brown, R., Jr."
            mine = family is not None and last.lower().endswith(family) and "".join(given)[:1] == corresponding[:1]
            people.append(Author(" ".join(filter(None, (*given, last, *suffix))), institution if mine else None))
    return tuple(people)


def _license(name: str) -> str | None:
    """The Creative Commons page of `cc_by_nc_nd`; None for `cc_no`, which reserves all rights."""
    words = name.lower().split("_")
    if words[0] == "cc0":
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if words[0] != "cc" or len(words) < 2 or words[1] != "by":
        return None
    return f"https://creativecommons.org/licenses/{'-'.join(words[1:])}/4.0/"


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return line(value) if isinstance(value, str) else ""
