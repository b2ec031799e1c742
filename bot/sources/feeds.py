"""Journals' own feeds, named by the owner: RSS 2.0, RSS 1.0 and Atom with whatever marks an article's DOI.

Knows the habits of publishers; must not know the journals. What has neither DOI nor arXiv id nor an address of its own is not a
paper here.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.language.bylines import read_bylines
from bot.models import Author, Batch, Event, EventKind, PaperId, Record, SourceKind, SourceName
from bot.papers.addresses import parse_address
from bot.papers.paper_ids import parse_doi, parse_id
from bot.sources.abstracts import abstract_of
from bot.sources.base import cursor_number, read_cursor, read_validators, stored_day, write_cursor
from bot.sources.documents import day, instant, line, whole_text, without_markup
from bot.sources.http import Answer, PoliteClient, Service, Validators
from bot.sources.limits import cut_tree, told
from bot.sources.repair import read_xml
from bot.sources.standing import longest_rest, refuse_the_never_heard, rests_too_long

_ATOM = "{http://www.w3.org/2005/Atom}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_ROOTS = frozenset({"rss", f"{_ATOM}feed", _RDF})
_ENTRIES = ("item", "entry")
# where publishers put the identity, the surest place first: (local name, attribute or None for the text)
_IDENTITY = (("doi", None), ("identifier", None), ("guid", None), ("id", None), ("link", "href"), ("link", None))
_ADDRESS = (("origLink", None), ("link", "href"), ("link", None), ("guid", None), ("id", None), ("identifier", None))
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
#: The day on which it stood online before that of the issue, which may be months earlier or later.
_DATES = ("published", "pubDate", "date", "issued", "publicationDate", "coverDate", "updated")
_TEXTS = ("encoded", "description", "summary", "content")
_PEOPLE = ("creator", "author", "authors")
_NAMES = ("name", "li")
#: APS and Elsevier print the authors at the beginning of the description, PLOS behind "by".
_LED = re.compile(r"Author\(s\):\s{0,9}([^<]{1,9000})|^\s{0,99}<p>\s{0,9}by\s([^<]{1,9000})</p>")
_BEGINNING = 10_000
_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"<sup>[^<]{0,40}</sup>", re.IGNORECASE)
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
    root, lost = read_xml(body, _ROOTS, source)
    cut = cut_tree(root)
    records: dict[PaperId, Record] = {}
    skipped = [*lost, *told(cut)]
    entries = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in _ENTRIES]
    own = _own_addresses(root, entries)
    for place, (entry, address) in enumerate(zip(entries, own, strict=True), 1):
        found = _record(entry, address, source, now)
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


def _record(entry: etree._Element, address: PaperId | None, source: str, now: datetime) -> Record | str:
    """The record, or why there is none. `address` is the entry's own, if it has one."""
    title = next((text for text in _texts(entry, "title") if text), None)
    if title is None:
        return "no title"
    ids = _identities(entry) or ((address,) if address else ())
    if not ids:
        return f"no DOI ({title[:60]!r})"
    at, published = _dated(entry, now)
    said = (abstract_of(whole_text(child), title) for name in _TEXTS for child in _children(entry, name))
    return Record(
        source=source,
        ids=ids,
        title=title,
        event=Event(EventKind.ANNOUNCED, at),
        abstract=next(filter(None, said), None),
        authors=tuple(_people(entry)),
        published=published,
        journal_ref=next((text for text in _texts(entry, "publicationName") if text), None),
        address=address if address not in ids else None,
    )


def _dated(entry: etree._Element, now: datetime) -> tuple[datetime, date | None]:
    """When it appeared, and the day that is printed. What is dated later than now alone appeared now: issues of months to come."""
    dates = [text for name in _DATES for text in _texts(entry, name)]
    instants = [at for text in dates if (at := instant(text)) is not None]
    days = [on for text in dates if (on := day(text) or ((at := instant(text)) and at.date()))]
    at = next((at for at in instants if at <= now), now)
    return at, next((on for on in days if on <= now.date()), now.date() if days else None)


def _children(entry: etree._Element, name: str) -> Iterator[etree._Element]:
    for child in entry:
        if isinstance(child.tag, str) and etree.QName(child).localname == name:
            yield child


def _texts(entry: etree._Element, name: str) -> list[str]:
    """The texts of all children of that local name, markup removed."""
    return [without_markup(whole_text(child)) for child in _children(entry, name)]


def _own_addresses(root: etree._Element, entries: Sequence[etree._Element]) -> list[PaperId | None]:
    """Each entry's address, where it is the address of no other one: some feeds link the page of the issue from each."""
    found = [_address(entry) for entry in entries]
    titles: dict[PaperId | None, set[str]] = {}
    for entry, address in zip(entries, found, strict=True):
        titles.setdefault(address, set()).update(_texts(entry, "title")[:1])
    front = {_address(channel) for channel in (root, *_children(root, "channel"))}
    return [address if len(titles[address]) == 1 and address not in front else None for address in found]


def _address(element: etree._Element) -> PaperId | None:
    """Where it stands; None when its address says which DOI or arXiv id it has, or nothing."""
    stated = [text for name, attribute in _ADDRESS for text in _stated(element, name, attribute)]
    stated.append(str(element.get(_ABOUT) or ""))
    return next(
        (address for text in stated if "://" in text[:9] and not _named(text) and (address := parse_address(text))),
        None,
    )


def _stated(element: etree._Element, name: str, attribute: str | None) -> Iterator[str]:
    for child in _children(element, name):
        if child.get("rel", "alternate") == "alternate":
            yield line(str(child.get(attribute) or "") if attribute else child.text)


def _named(text: str) -> PaperId | None:
    """The arXiv id or DOI that the text is."""
    arxiv = parse_id(text)
    return arxiv[0] if arxiv else parse_doi(text)


def _identities(entry: etree._Element) -> tuple[PaperId, ...]:
    """DOI and arXiv id, each once, the surest first."""
    found: dict[PaperId, None] = {}
    for name, attribute in _IDENTITY:
        for child in _children(entry, name):
            identity = _named(line(str(child.get(attribute) or "") if attribute else child.text))
            if identity is not None:
                found.setdefault(identity)
    schemes: dict[str, PaperId] = {}
    for identity in found:
        schemes.setdefault(identity.scheme, identity)
    return tuple(schemes.values())


def _people(entry: etree._Element) -> list[Author]:
    """Who wrote it: `dc:creator`, Atom's and RSS's `author`, IEEE's `authors`, else what the text itself names in front of all."""
    for tag in _PEOPLE:
        people = read_bylines(_byline(text) for child in _children(entry, tag) for text in _names(child))
        if people:
            break
    else:
        texts = (whole_text(child) for name in _TEXTS for child in _children(entry, name))
        led = next((found for text in texts if (found := _LED.search(text[:_BEGINNING]))), None)
        people = read_bylines([_byline(led[1] or led[2])]) if led else []
    return [Author(name, place) for name, place in people]


def _names(element: etree._Element) -> list[str]:
    """The text of each name inside, or of the whole."""
    inner = [e for e in element.iter() if isinstance(e.tag, str) and etree.QName(e).localname in _NAMES]
    return [whole_text(e) for e in inner or (element,)]


def _byline(text: str) -> str:
    """Without markup and footnote signs, its lines kept apart."""
    lines = _BREAK.sub("\n", _FOOTNOTE.sub("", text)).split("\n")
    return "\n".join(filter(None, (without_markup(line) for line in lines)))
