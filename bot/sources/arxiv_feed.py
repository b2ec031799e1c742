"""arXiv's announcement feeds, RSS 2.0 and Atom: one category, one batch a night.

Knows the feed documents and tells "nothing new" from "something is wrong"; must not know what becomes of a record.
https://info.arxiv.org/help/rss_specifications.html , https://github.com/arXiv/arxiv-feed
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.language.creators import split_creators
from bot.models import Author, Batch, Event, EventKind, Record, SourceKind, SourceName
from bot.sources.arxiv import arxiv_categories, identities, is_withdrawal
from bot.sources.base import (
    cursor_number,
    cursor_text,
    has_come,
    read_cursor,
    read_validators,
    stored_day,
    write_cursor,
)
from bot.sources.documents import brief, child_text, instant, line, whole_text
from bot.sources.http import Answer, PoliteClient, Validators
from bot.sources.limits import cut_tree, told
from bot.sources.repair import read_xml
from bot.when import timetable

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_ROOTS = frozenset({"rss", f"{_ATOM}feed"})

_HEAD = re.compile(r"\s*arXiv:(\S+)\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?")
_KINDS = {
    "new": EventKind.ANNOUNCED,
    "cross": EventKind.CROSS_LISTED,
    "replace": EventKind.REVISED,
    "replace-cross": EventKind.REVISED,
}

FULL = 2000  # entries at which arXiv cuts a feed off
_FEW = 9  # a category that had no more than this last time may well have none today
_LOOKS = 3  # empty looks at one weekday's feed before it is believed


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed as published. `day` is the US Eastern day of the batch; `digest` stands for the set of its entries."""

    day: date
    entries: int
    digest: str
    records: tuple[Record, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One item or entry, whichever the flavour."""

    guid: str
    title: str
    text: str
    published: str | None
    element: etree._Element


class ArxivFeed:
    """The feed of one category, e.g. `cs.LG`, as a source named `arxiv:cs.LG`."""

    def __init__(self, client: PoliteClient, base_url: str, category: str, *, service: str = "arxiv-rss") -> None:
        """`base_url` as in `https://rss.arxiv.org/rss` (or `/atom`); `service` is its name in the client."""
        self.category = category
        self._client = client
        self._url = f"{base_url.rstrip('/')}/{category}"
        self._service = service
        self._empty_looks: dict[date, int] = {}

    @property
    def name(self) -> str:
        return str(SourceName(SourceKind.ARXIV_FEED, self.category))

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """From 00:05 US Eastern until the day's batch is in; see timetable.next_feed_poll."""
        newest = stored_day(read_cursor(cursor), "day", max(polled or now, now))
        return timetable.next_feed_poll(newest, polled, now)

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """At most one batch: the newest announcement. See Source.batches.

        A feed that is three hours late is asked in full, since a wrong 304 is what it may be late by.
        """
        known = read_cursor(cursor)
        newest, due = stored_day(known, "day", now), timetable.overdue_feed_day(now)
        is_late = newest is not None and newest < due
        answer = await self._client.get(
            self._service,
            self._url,
            validators=Validators() if is_late else read_validators(known),
            accept=frozenset({200, 400}),
            content_type="application/rss+xml, application/atom+xml, application/xml;q=0.9",
        )
        if not answer.not_modified:
            feed = await asyncio.to_thread(parse_feed, answer.body, self.name)
            self._refuse_ahead(feed, now)
            batch = self._judge(feed, answer, cursor, newest)
            if batch is not None:
                yield batch
            is_late = newest is not None and feed.day < due
        if is_late:
            raise SourceUnhealthyError(f"{self.name}: the feed of {due} is more than three hours late.")

    def _judge(self, feed: Feed, answer: Answer, cursor: str | None, newest: date | None) -> Batch | None:
        """What of the feed is new since the cursor, whose day is `newest`; None when there is nothing to keep."""
        known = read_cursor(cursor)
        digest, count = cursor_text(known, "digest"), cursor_number(known, "count")
        if feed.entries:
            self._refuse_stale(feed, newest, digest)
        elif not self._believe_empty(feed.day, count):
            return None
        new_cursor = _cursor(feed, answer, digest, count)
        if newest == feed.day and digest == feed.digest:
            return Batch((), new_cursor) if new_cursor != cursor else None
        return Batch(feed.records, new_cursor, feed.skipped)

    def _refuse_ahead(self, feed: Feed, now: datetime) -> None:
        """Raises SourceUnhealthyError when the feed's day cannot have come: until then no other would be missed."""
        if not has_come(feed.day, now):
            raise SourceUnhealthyError(
                f"{self.name}: the feed is dated {feed.day}, which has not come yet. It or this machine's clock is wrong."
            )

    def _refuse_stale(self, feed: Feed, newest: date | None, digest: str | None) -> None:
        """Raises SourceUnhealthyError when a newer feed holds exactly what the last one held.

        Seen on 2026-08-12: one category repeated its batch under the new date, its siblings were current.
        """
        if digest == feed.digest and newest is not None and feed.day > newest:
            raise SourceUnhealthyError(
                f"{self.name}: the feed is stale. It says {feed.day} and holds exactly the batch of {newest}."
            )

    def _believe_empty(self, day: date, count: float | None) -> bool:
        """Whether the day really brought nothing: at once on days without announcement, else at the fourth look.

        Raises SourceUnhealthyError while a category that had many entries last time has none on a weekday. A small
        category, or one never seen with entries, is looked at again without alarm.
        """
        looks = self._empty_looks.get(day, 0)
        if not timetable.expects_entries(day) or looks >= _LOOKS:
            return True
        self._empty_looks = {day: looks + 1}
        if count is None or count <= _FEW:
            return False
        raise SourceUnhealthyError(f"{self.name}: the feed is empty on {day:%A}, {day}; it will be looked at again.")


def parse_feed(body: bytes, source: str) -> Feed:
    """The feed, whichever its flavour; records carry `source`. Pure.

    Raises SourceUnhealthyError when the document is not a whole, sound announcement feed. Entries that cannot be read
    are left out and named in `skipped`.
    """
    root = read_xml(body, _ROOTS, source)
    cut = cut_tree(root)
    channel = root if root.tag == f"{_ATOM}feed" else root.find("channel")
    if channel is None:
        raise SourceUnhealthyError(f"{source}: the feed has no channel.")
    atom = _ATOM if channel is root else ""
    title = child_text(channel, f"{atom}title") or ""
    if title.startswith("Feed error"):
        reason = child_text(channel, f"{atom}subtitle" if atom else "description") or title
        raise SourceUnhealthyError(f"{source}: arXiv cannot serve this feed: {reason[:200]}")
    built = instant(child_text(channel, f"{atom}updated" if atom else "pubDate"))
    if built is None:
        raise SourceUnhealthyError(f"{source}: the feed does not say of which day it is.")
    entries = [_entry(element, atom) for element in channel.findall(f"{atom}entry" if atom else "item")]
    records: dict[str, Record] = {}
    skipped = list(told(cut))
    for place, entry in enumerate(entries, 1):
        found = _record(entry, source)
        if isinstance(found, str):
            skipped.append(f"{brief(entry.guid) or f'entry {place}'}: {found}")
        else:
            records.setdefault(entry.guid, found)
    if entries and not records:
        raise SourceUnhealthyError(f"{source}: none of {len(entries)} entries can be read ({skipped[0]}).")
    if len(entries) >= FULL:
        skipped.append(f"the feed is full at {len(entries)} entries: arXiv left some out")
    return Feed(
        day=built.astimezone(timetable.EASTERN).date(),
        entries=len(entries),
        digest=hashlib.sha256("\n".join(sorted(entry.guid for entry in entries)).encode()).hexdigest()[:16],
        records=tuple(records.values()),
        skipped=tuple(skipped),
    )


def _entry(element: etree._Element, atom: str) -> _Entry:
    text = element.find(f"{atom}summary" if atom else "description")
    return _Entry(
        guid=child_text(element, f"{atom}id" if atom else "guid") or "",
        title=child_text(element, f"{atom}title") or "",
        text="" if text is None else whole_text(text),
        published=child_text(element, f"{atom}published" if atom else "pubDate"),
        element=element,
    )


def _record(entry: _Entry, source: str) -> Record | str:
    """The record, or why there is none."""
    head = _HEAD.match(entry.text)
    known = identities(entry.guid or (head.group(1) if head else ""), child_text(entry.element, f"{_ARXIV}DOI"))
    kind = child_text(entry.element, f"{_ARXIV}announce_type") or (head.group(2) if head else "")
    at = instant(entry.published)
    if known is None:
        return "no arXiv id"
    if not entry.title:
        return "no title"
    if kind not in _KINDS:
        return f"announce type {kind[:40]!r}"
    if at is None:
        return "no date"
    ids, version = known
    abstract = line(entry.text[head.end() :] if head else entry.text)
    withdrawn = is_withdrawal(None, abstract, version)
    return Record(
        source=source,
        ids=ids,
        title=entry.title,
        event=_event(_KINDS[kind], at, version, withdrawn),
        abstract=abstract or None,
        authors=tuple(
            Author(name, place) for name, place in split_creators(child_text(entry.element, f"{_DC}creator") or "")
        ),
        categories=_categories(entry.element),
        version=version,
        journal_ref=child_text(entry.element, f"{_ARXIV}journal_reference"),
        license_url=child_text(entry.element, f"{_DC}rights"),
        withdrawn=withdrawn,
    )


def _event(kind: EventKind, at: datetime, version: int | None, withdrawn: bool) -> Event:
    if kind is EventKind.CROSS_LISTED:
        return Event(kind, at, at.astimezone(timetable.EASTERN).date().isoformat())
    if kind is EventKind.REVISED:
        return Event(EventKind.WITHDRAWN if withdrawn else kind, at, f"v{version or 1}")
    return Event(kind, at)


def _categories(element: etree._Element) -> tuple[str, ...]:
    rss = [line(child.text) for child in element.findall("category")]
    return arxiv_categories(rss + [str(child.get("term", "")) for child in element.findall(f"{_ATOM}category")])


def _cursor(feed: Feed, answer: Answer, digest: str | None, count: float | None) -> str:
    """An empty day keeps the digest and the count of the batch before it, against which the next one is judged."""
    return write_cursor(
        {
            "day": feed.day.isoformat(),
            "digest": feed.digest if feed.entries else digest,
            "count": feed.entries if feed.entries else count,
            "etag": answer.validators.etag,
            "modified": answer.validators.last_modified,
        }
    )
