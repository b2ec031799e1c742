"""Journals' own feeds, named by the owner: RSS 2.0, RSS 1.0 and Atom with whatever marks an article's DOI.

Knows the habits of publishers; must not know the journals. What has neither DOI nor arXiv id nor an address of its own is not a
paper here.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.models import Batch, Event, EventKind, PaperId, Record, SourceKind, SourceName
from bot.sources.base import cursor_number, read_cursor, read_validators, stored_day, write_cursor
from bot.sources.feed_entries import Entry
from bot.sources.http import Answer, PoliteClient, Service, Validators
from bot.sources.limits import cut_tree, told
from bot.sources.repair import read_xml
from bot.sources.standing import longest_rest, refuse_the_never_heard, rests_too_long

log = logging.getLogger(__name__)

_ATOM = "{http://www.w3.org/2005/Atom}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ROOTS = frozenset({"rss", f"{_ATOM}feed", _RDF})
_ENTRIES = ("item", "entry")
_PERIOD = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Articles:
    """One feed as read; `digest` stands for the set of its papers, `days` are those of which it says that they brought some."""

    records: tuple[Record, ...]
    skipped: tuple[str, ...]
    digest: str
    days: frozenset[date]


def feed_service(url: str) -> Service:
    """The manners for one journal's host; its name in the client is the name of the source."""
    return Service(feed_name(url), url, first_pause=3600.0, longest_pause=24 * 3600.0)


def feed_name(url: str) -> str:
    """The source's name: `feed:` with host and path."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return str(SourceName(SourceKind.JOURNAL, f"{parts.netloc}{parts.path.rstrip('/')}{query}"))


class JournalFeed:
    """One feed as a source. The client must know its `feed_service`."""

    def __init__(self, client: PoliteClient, url: str) -> None:
        self._client = client
        self._url = url

    @property
    def name(self) -> str:
        return feed_name(self._url)

    def next_poll(self, cursor: str | None, polled: datetime | None, now: datetime) -> datetime:
        """Every six hours."""
        return now if polled is None else polled + _PERIOD

    async def batches(self, cursor: str | None, now: datetime) -> AsyncIterator[Batch]:
        """At most one batch: everything in the feed, when it changed. See Source.batches.

        A feed that rests for far longer than ever before is asked in full, since a wrong 304 is what it may rest by.
        """
        known = read_cursor(cursor)
        newest, rest = stored_day(known, "newest", now), cursor_number(known, "rest")
        carried = bool(known.get("carried") or known.get("newest"))
        is_late = rests_too_long(newest, rest, now.date())
        answer = await self._client.get(
            self.name,
            self._url,
            validators=Validators() if is_late else read_validators(known),
            content_type="application/rss+xml, application/atom+xml, application/rdf+xml, application/xml;q=0.9",
        )
        if not answer.not_modified:
            articles = await asyncio.to_thread(parse_articles, answer.body, self.name, now)
            newest, rest = max(articles.days, default=None), longest_rest(articles.days)
            carried = carried or bool(articles.records)
            known["begun"] = None if carried else (stored_day(known, "begun", now) or now.date()).isoformat()
            batch = _news(articles, answer, cursor, rest, known["begun"])
            if batch is not None:
                yield batch
        refuse_the_never_heard(self.name, None if carried else stored_day(known, "begun", now), now.date())
        if rests_too_long(newest, rest, now.date()):
            raise SourceUnhealthyError(
                f"{self.name}: nothing new since {newest}; it never rested longer than {rest} days."
            )


def _news(
    articles: Articles, answer: Answer, cursor: str | None, rest: float | None, begun: str | None
) -> Batch | None:
    """What the feed has since the cursor; None when nothing is to be kept. `begun` as in `refuse_the_never_heard`."""
    newest = max(articles.days, default=None)
    new_cursor = write_cursor(
        {
            "newest": newest and newest.isoformat(),
            "rest": rest,
            "begun": begun,
            "carried": begun is None,
            "digest": articles.digest,
            "etag": answer.validators.etag,
            "modified": answer.validators.last_modified,
        }
    )
    if articles.digest != read_cursor(cursor).get("digest"):
        return Batch(articles.records, new_cursor, articles.skipped, dated=False)
    return Batch((), new_cursor) if new_cursor != cursor else None


def parse_articles(body: bytes, source: str, now: datetime) -> Articles:
    """The papers in a journal's feed; an article without a date counts as published `now`. Pure.

    Raises SourceUnhealthyError when it is not a whole feed, or when no entry is a paper.
    """
    root = read_xml(body, _ROOTS, source)
    cut = cut_tree(root)
    records: dict[PaperId, Record] = {}
    skipped = list(told(cut))
    entries = [Entry(e) for e in root.iter() if isinstance(e.tag, str) and e.tag.rpartition("}")[2].lower() in _ENTRIES]
    own = _own_addresses(root, entries)
    for place, (entry, address) in enumerate(zip(entries, own, strict=True), 1):
        try:
            found = _record(entry, address, source, now)
        except Exception as error:  # a fault of ours: the other entries are read
            log.exception("%s: entry %d cannot be read", source, place)
            found = f"{type(error).__name__} in our reading"
        if isinstance(found, str):
            skipped.append(f"entry {place}: {found}")
        else:
            records.setdefault(found.ids[0], found)
    if entries and not records:
        raise SourceUnhealthyError(f"{source}: none of {len(entries)} entries is a paper ({skipped[0]}).")
    names = "\n".join(sorted(str(identity) for identity in records))
    return Articles(
        records=tuple(records.values()),
        skipped=tuple(skipped),
        digest=hashlib.sha256(names.encode()).hexdigest()[:16],
        days=frozenset(record.event.at.date() for record in records.values() if record.event.at < now),
    )


def _record(entry: Entry, address: PaperId | None, source: str, now: datetime) -> Record | str:
    """The record, or why there is none. `address` is the entry's own, if it has one."""
    if entry.title is None:
        return "no title"
    ids = entry.ids() or ((address,) if address else ())
    if not ids:
        return f"no DOI ({entry.title[:60]!r})"
    at, published = entry.dated(now)
    return Record(
        source=source,
        ids=ids,
        title=entry.title,
        event=Event(EventKind.ANNOUNCED, at),
        abstract=entry.abstract(),
        authors=entry.authors(),
        published=published,
        journal_ref=entry.text("publicationname"),
        address=address if address not in ids else None,
    )


def _own_addresses(root: etree._Element, entries: Sequence[Entry]) -> list[PaperId | None]:
    """Each entry's address, where it is the address of no other one: some feeds link the page of the issue from each."""
    found = [entry.address() for entry in entries]
    titles: dict[PaperId | None, set[str | None]] = {}
    for entry, address in zip(entries, found, strict=True):
        titles.setdefault(address, set()).add(entry.title)
    front = {Entry(channel).address() for channel in (root, *root.iterfind("{*}channel"))}
    return [address if len(titles[address]) == 1 and address not in front else None for address in found]
