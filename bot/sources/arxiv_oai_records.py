"""One OAI-PMH page of arXiv → records: both metadata formats, legacy and present server.

Pure: knows the documents and their quirks; must not know how pages follow each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.language.creators import split_creators
from bot.models import Author, Event, EventKind, Record
from bot.sources import documents
from bot.sources.arxiv import arxiv_categories, identities, is_withdrawal
from bot.sources.documents import brief, day, instant, line, number, whole_text
from bot.sources.limits import cut_tree, told
from bot.sources.repair import read_xml
from bot.when.timetable import EASTERN, announcement_of

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RECENT = timedelta(days=14)  # a first version this young is told as an announcement too, though a second one exists
_PROMPT = timedelta(days=10)  # created to updated: a first version on its way through a long weekend


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `error` is the protocol's code, `token` what fetches the next page until `expires`; `size` is how many records
    the whole list has, where that is stated (arXiv's present server does not; it may be an estimate). Of `lines` of authors
    `joined` have an "and" between people."""

    records: tuple[Record, ...]
    skipped: tuple[str, ...]
    responded: datetime
    token: str | None = None
    expires: datetime | None = None
    size: int | None = None
    error: str | None = None
    reason: str = ""
    lines: int = 0
    joined: int = 0


def parse_page(body: bytes, source: str) -> Page:
    """Reads a ListRecords or GetRecord answer, or the error in its place (which comes with HTTP 200).

    A recent paper that has a second version already gives two records, one for each event. Raises
    SourceUnhealthyError when the document is not whole or not OAI-PMH; unreadable records are named in `skipped`.
    """
    root = read_xml(body, frozenset({f"{_OAI}OAI-PMH"}), source)
    cut = cut_tree(root)
    responded = instant(root.findtext(f"{_OAI}responseDate"))
    if responded is None:
        raise SourceUnhealthyError(f"{source}: the answer has no date.")
    error = root.find(f"{_OAI}error")
    if error is not None:
        return Page((), (), responded, error=brief(error.get("code")) or "error", reason=line(error.text))
    content = root.find(f"{_OAI}ListRecords")
    content = root.find(f"{_OAI}GetRecord") if content is None else content
    elements = [] if content is None else content.findall(f"{_OAI}record")
    records: list[Record] = []
    skipped = list(told(cut))
    for element in elements:
        found = read_record(element, source)
        if isinstance(found, str):
            skipped.append(f"{brief(element.findtext(f'{_OAI}header/{_OAI}identifier')) or 'a record'}: {found}")
        else:
            records += found
    if not records:
        why = f" ({skipped[0]})" if skipped else ""
        raise SourceUnhealthyError(f"{source}: the list holds no record that can be read{why}.")
    authors = [names for element in elements if (names := element.findtext(".//{*}authors")) and names.strip()]
    token = content.find(f"{_OAI}resumptionToken") if content is not None else None
    return Page(
        tuple(records),
        tuple(skipped),
        responded,
        token=None if token is None else line(token.text) or None,
        expires=None if token is None else instant(token.get("expirationDate")),
        size=None if token is None else number(token.get("completeListSize")),
        lines=len(authors),
        joined=sum(" and " in names for names in authors),
    )


class _Fields:
    """The children of one metadata element by local name: old captures and the new server differ in namespaces."""

    def __init__(self, element: etree._Element) -> None:
        self.attributes = element.attrib
        self.children: dict[str, list[etree._Element]] = {}
        for child in element:
            if isinstance(child.tag, str):
                self.children.setdefault(etree.QName(child).localname, []).append(child)

    def text(self, name: str) -> str | None:
        for child in self.children.get(name, ()):
            return line(whole_text(child)) or None
        return None

    def attribute(self, name: str) -> str | None:
        value = self.attributes.get(name)
        return None if value is None else str(value)

    def all(self, name: str) -> list[_Fields]:
        return [_Fields(child) for child in self.children.get(name, ())]


def read_record(element: etree._Element, source: str) -> list[Record] | str:
    """The records that one `record` element states, or why it states none."""
    header = element.find(f"{_OAI}header")
    if header is not None and header.get("status") == "deleted":
        return "deleted"
    metadata = element.find(f"{_OAI}metadata")
    content = metadata[0] if metadata is not None and len(metadata) else None
    if content is None:
        return "no metadata"
    form = etree.QName(content).localname
    if form not in ("arXiv", "arXivRaw"):
        return f"metadata in the format {brief(form)!r}"
    fields = _Fields(content)
    known = identities(fields.text("id") or "", fields.text("doi"))
    title = fields.text("title")
    if known is None:
        return "no arXiv id"
    if not title:
        return "no title"
    stamp = day(element.findtext(f"{_OAI}header/{_OAI}datestamp"))
    comment, abstract = fields.text("comments"), fields.text("abstract")
    base = Record(
        source=source,
        ids=known[0],
        title=title,
        event=Event(EventKind.ANNOUNCED, _noon(stamp or date(1991, 8, 14))),
        abstract=abstract,
        categories=arxiv_categories((fields.text("categories") or "").split()),
        comment=comment,
        journal_ref=fields.text("journal-ref"),
        license_url=fields.text("license"),
        withdrawn=is_withdrawal(comment, abstract),
    )
    if form == "arXivRaw":
        return _from_raw(base, fields, stamp)
    return _from_arxiv(base, fields, known[0][0].value)


def _from_raw(base: Record, fields: _Fields, stamp: date | None) -> list[Record] | str:
    versions: list[tuple[int, datetime, str | None]] = []
    others: list[datetime] = []  # of versions whose number says nothing
    for version in fields.all("version"):
        label, dated = documents.version(version.attribute("version") or ""), instant(version.text("date"))
        if label is not None and dated is not None:
            versions.append((label, dated, version.text("source_type")))
        elif dated is not None:
            others.append(dated)
    authors = tuple(Author(name, place) for name, place in split_creators(fields.text("authors") or ""))
    if not versions and others:
        return [replace(base, authors=authors, event=Event(EventKind.ANNOUNCED, announcement_of(min(others))))]
    if not versions:
        return "no version"
    versions.sort(key=lambda version: version[0])
    newest, at, source_type = versions[-1]
    first = versions[0][1] if versions[0][0] == 1 else None
    # a source type I leaves nothing to read, whatever the comment says
    withdrawn = newest > 1 and (base.withdrawn or source_type == "I")
    announced = Event(EventKind.ANNOUNCED, announcement_of(first or at))
    latest = replace(
        base,
        authors=authors,
        version=newest,
        published=first.date() if first else None,
        updated=at,
        withdrawn=withdrawn,
        event=announced,
    )
    if newest == 1:
        return [latest]
    kind = EventKind.WITHDRAWN if withdrawn else EventKind.REVISED
    revised = replace(latest, event=Event(kind, announcement_of(at), f"v{newest}"))
    young = first is not None and stamp is not None and stamp - announced.at.date() <= _RECENT
    return [latest, revised] if young else [revised]


def _from_arxiv(base: Record, fields: _Fields, arxiv_id: str) -> list[Record]:
    """Without version numbers: `created` is the first version's date on the old server and the present version's on
    the new one, `updated` is left out by the old server for first versions and never by the new one."""
    created, updated = day(fields.text("created")), day(fields.text("updated"))
    first = created if created is not None and _fits(arxiv_id, created) else None
    record = replace(base, authors=_people(fields), published=first)
    if first is not None and (updated is None or updated - first <= _PROMPT):
        return [replace(record, event=Event(EventKind.ANNOUNCED, announcement_of(_noon(first))))]
    changed = updated or created
    if changed is None:
        return [record]
    kind = EventKind.WITHDRAWN if base.withdrawn else EventKind.REVISED
    return [replace(record, updated=_noon(changed), event=Event(kind, _noon(changed), changed.isoformat()))]


def _fits(arxiv_id: str, created: date) -> bool:
    """Whether the paper can have been submitted that day: ids are given in the month of announcement or the next."""
    digits = arxiv_id.rpartition("/")[2]
    year, month = int(digits[:2]), int(digits[2:4])
    year += 1900 if year >= 91 else 2000
    return 0 <= (year - created.year) * 12 + month - created.month <= 1


def _people(fields: _Fields) -> tuple[Author, ...]:
    people = []
    for group in fields.all("authors"):
        for author in group.all("author"):
            parts = (author.text(part) for part in ("forenames", "keyname", "suffix"))
            name = " ".join(part for part in parts if part)
            if name:
                people.append(Author(name, author.text("affiliation")))
    return tuple(people)


def _noon(day_: date) -> datetime:
    return datetime.combine(day_, time(12, 0), EASTERN)
