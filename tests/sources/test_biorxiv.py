"""bioRxiv and medRxiv: rows, pages, revisions."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import SourceUnhealthyError
from bot.models import Author, Event, EventKind, PaperId
from bot.sources.biorxiv import BioRxiv, parse_details
from bot.sources.http import PoliteClient

if TYPE_CHECKING:
    from tests.sources.conftest import Lab


def page(count: int, start: int, total: int) -> str:
    rows: list[dict[str, Any]] = [
        {"doi": f"10.1101/2026.11.20.{start + n:06}", "title": f"T{n}", "date": "2026-11-20", "version": "1"}
        for n in range(count)
    ]
    return json.dumps(
        {"messages": [{"status": "ok", "cursor": start, "count": count, "total": str(total)}], "collection": rows}
    )


def test_a_version_that_no_preprint_has_is_left_out_and_not_its_preprint() -> None:
    found = parse_details(page(1, 0, 1).replace('"1"}', '"999999999"}').encode(), "biorxiv")
    assert [r.version for r in found.records] == [1]


def test_a_row_is_read_to_the_field(pages: Path) -> None:
    found = parse_details((pages / "biorxiv.json").read_bytes(), "biorxiv")
    new, revised = found.records
    assert new.ids == (PaperId("doi", "10.1101/2026.11.18.123456"),)
    assert new.title == "Cells that remember light"
    assert new.abstract == "Some cells remember light for days."
    assert new.authors == (
        Author("M. S. Curie"),
        Author("L. Meitner", "Institute for Cells"),
        Author("The Light Consortium"),
    )
    assert new.event == Event(EventKind.ANNOUNCED, datetime(2026, 11, 19, tzinfo=UTC), "")
    assert (new.version, new.published, new.categories) == (1, date(2026, 11, 19), ("cell biology",))
    assert new.license_url == "https://creativecommons.org/licenses/by-nc-nd/4.0/"
    assert revised.ids == (PaperId("doi", "10.64898/2026.01.02.000001"), PaperId("doi", "10.1038/s41586-026-00001-2"))
    assert revised.event == Event(EventKind.REVISED, datetime(2026, 11, 20, tzinfo=UTC), "v3")
    assert (revised.published, revised.license_url) == (None, None)
    assert found.skipped == ("row 3: no DOI",)
    assert found.total == 5


def test_what_cannot_be_stored_is_dropped_from_every_field() -> None:
    fields = ("category", "license", "authors", "author_corresponding", "author_corresponding_institution", "abstract")
    row = {"doi": "10.1101/\ud800x", "title": "A \udfff title", "date": "2026-11-20", "published": "10.1000/\udc00y"}
    row |= dict.fromkeys(fields, "cc_by\ud800\x00")
    page = {"messages": [{"status": "ok"}], "collection": [row, {"doi": "10.1101/\ud800z"}]}
    found = parse_details(json.dumps(page).encode(), "biorxiv")
    assert found.records[0].ids == (PaperId("doi", "10.1101/x"), PaperId("doi", "10.1000/y"))
    assert found.records[0].license_url == "https://creativecommons.org/licenses/by/4.0/"
    assert found.skipped == ("row 2: 10.1101/z has no title",)
    assert not re.search(r"\\[ux]", repr(found))


async def test_all_pages_are_read_and_the_day_is_stored_with_the_last(lab: Lab, client: PoliteClient) -> None:
    for place, count in ((0, 100), (100, 100), (200, 3)):
        lab.upstream.put(
            f"/details/biorxiv/2026-11-17/2026-11-20/{place}/json", page(count, place, 203), "application/json"
        )
    source = BioRxiv(client, lab.upstream.url)
    batches = [b async for b in source.batches(None, lab.time.now)]
    assert sum(len(b.records) for b in batches) == 203
    assert [json.loads(b.cursor)["day"] for b in batches] == ["2026-11-17", "2026-11-17", "2026-11-20"]
    lab.upstream.put("/details/biorxiv/2026-11-19/2026-11-21/0/json", page(1, 0, 1), "application/json")
    lab.time.forward(days=1)
    (next_one,) = [b async for b in source.batches(batches[-1].cursor, lab.time.now)]
    assert len(next_one.records) == 1  # from the day before the last visit
    assert source.next_poll(None, lab.time.now, lab.time.now) == lab.time.now + timedelta(hours=6)


async def test_a_quiet_day_is_empty_and_healthy(lab: Lab, client: PoliteClient) -> None:
    body = '{"messages": [{"status": "no posts found"}], "collection": []}'
    lab.upstream.put("/details/medrxiv/2026-11-17/2026-11-20/0/json", body, "application/json")
    source = BioRxiv(client, lab.upstream.url, server="medrxiv", category="cardiovascular medicine")
    (batch,) = [b async for b in source.batches(None, lab.time.now)]
    assert batch.records == ()
    assert source.name == "medrxiv:cardiovascular medicine"
    assert lab.upstream.requests[0]["query"] == "category=cardiovascular_medicine"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html/>",
        b'{"messages": [{"status": "Error in interval"}], "collection": []}',
        b'{"collection": []}',
        b'{"messages": [{"status": "ok"}], "collection": {}}',
        b'{"messages": [{"status": "ok"}], "collection": [1, null]}',
    ],
)
def test_what_is_no_page_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceUnhealthyError):
        parse_details(body, "biorxiv")
