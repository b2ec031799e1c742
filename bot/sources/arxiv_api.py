"""arXiv's query API for looking up papers by id: old and present document, one attempt, then patience.

Knows the Atom documents of the API; must not be used for polling: it refuses at random since 2026.
https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from bot.errors import SourceUnhealthyError
from bot.models import Author, Event, EventKind, PaperId, Record
from bot.sources.arxiv import arxiv_categories, identities, is_withdrawal
from bot.sources.documents import brief, child_text, instant, line, number
from bot.sources.http import PoliteClient
from bot.sources.limits import cut_tree, told
from bot.sources.repair import read_xml
from bot.when.timetable import announcement_of

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"

AT_ONCE = 50  # ids in one request


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One page: `total` is how many papers the whole query has."""

    records: tuple[Record, ...]
    skipped: tuple[str, ...]
    total: int


class ArxivApi:
    """Look-ups. A refusal starts a pause of 15 minutes to 6 hours, during which nothing is sent."""

    def __init__(self, client: PoliteClient, base_url: str, *, service: str = "arxiv-api") -> None:
        """`base_url` as in `https://export.arxiv.org/api/query`; `service` is its name in the client."""
        self._client = client
        self._url = base_url
        self._service = service

    async def look_up(self, ids: Sequence[PaperId]) -> dict[PaperId, Record]:
        """The papers with these arXiv ids; those that arXiv does not know are missing from the answer.

        Raises SourceUnavailableError and SourceUnhealthyError like every source.
        """
        wanted = [identity for identity in dict.fromkeys(ids) if identity.scheme == "arxiv"]
        found: dict[PaperId, Record] = {}
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            answer = await self._client.get(
                self._service,
                self._url,
                params={"id_list": ",".join(identity.value for identity in part), "max_results": len(part)},
                accept=frozenset({200, 400}),
                content_type="application/atom+xml",
            )
            page = await asyncio.to_thread(parse_answer, answer.body, self._service)
            # by id, not by place: unknown ids are left out without a word
            found |= {record.ids[0]: record for record in page.records if record.ids[0] in part}
        return found


def parse_answer(body: bytes, source: str) -> LookedUp:
    """The papers on a page of the API. Pure.

    Raises SourceUnhealthyError when it is not a whole Atom feed, when it reports an error, and when it has no entries
    although papers were counted, which happens in the middle of a result.
    """
    root = read_xml(body, frozenset({f"{_ATOM}feed"}), source)
    cut = cut_tree(root)
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            reason = child_text(entry, f"{_ATOM}summary") or "no reason given"
            raise SourceUnhealthyError(f"{source}: arXiv did not understand the request ({reason[:200]}).")
    counted = number(root.findtext(_TOTAL))
    total = len(entries) if counted is None else counted
    if not entries and total and line(root.findtext(_TOTAL.replace("totalResults", "startIndex"))) == "0":
        raise SourceUnhealthyError(f"{source}: the page is empty although {total} papers were counted.")
    records: list[Record] = []
    skipped = list(told(cut))
    for entry in entries:
        record = _record(entry, source)
        if isinstance(record, str):
            skipped.append(f"{brief(entry.findtext(f'{_ATOM}id')) or 'an entry'}: {record}")
        else:
            records.append(record)
    return LookedUp(tuple(records), tuple(skipped), total)


def _record(entry: etree._Element, source: str) -> Record | str:
    """The record, or why there is none. By name, never by order: the server changed it in 2026."""
    known = identities(entry.findtext(f"{_ATOM}id") or "", child_text(entry, f"{_ARXIV}doi"))
    title = child_text(entry, f"{_ATOM}title")
    published = instant(child_text(entry, f"{_ATOM}published"))
    updated = instant(child_text(entry, f"{_ATOM}updated"))
    if known is None:
        return "no arXiv id"
    if title is None:
        return "no title"
    ids, version = known
    comment, abstract = child_text(entry, f"{_ARXIV}comment"), child_text(entry, f"{_ATOM}summary")
    primary = entry.find(f"{_ARXIV}primary_category")
    terms = [str(child.get("term", "")) for child in entry.findall(f"{_ATOM}category")]
    submitted = published or updated or datetime(1991, 8, 14, tzinfo=UTC)
    return Record(
        source=source,
        ids=ids,
        title=title,
        event=Event(EventKind.ANNOUNCED, announcement_of(submitted)),
        abstract=abstract,
        authors=tuple(
            Author(name, child_text(author, f"{_ARXIV}affiliation"))
            for author in entry.findall(f"{_ATOM}author")
            if (name := child_text(author, f"{_ATOM}name"))
        ),
        categories=arxiv_categories(([str(primary.get("term", ""))] if primary is not None else []) + terms),
        version=version,
        published=published.date() if published else None,
        updated=updated,
        comment=comment,
        journal_ref=child_text(entry, f"{_ARXIV}journal_ref"),
        withdrawn=is_withdrawal(comment, abstract, version),
    )
