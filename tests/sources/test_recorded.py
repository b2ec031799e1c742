"""Everything that was captured from arXiv and Hugging Face, counted against the bytes by another way of reading."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import SourceUnhealthyError
from bot.models import EventKind
from bot.sources.arxiv_api import parse_answer
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.http import PoliteClient
from bot.sources.huggingface import HuggingFace
from bot.sources.huggingface_rows import parse_list

if TYPE_CHECKING:
    from tests.sources.conftest import Lab


def count(pattern: bytes, body: bytes) -> int:
    return len(re.findall(pattern, body))


def ids_in(pattern: bytes, body: bytes) -> list[str]:
    """Ids by regular expression, without version and subject class."""
    found = [re.sub(r"v\d+$", "", match.decode()) for match in re.findall(pattern, body)]
    return [re.sub(r"^([a-z-]+)\.[A-Z]{2}/", r"\1/", value) for value in found]


def files(folder: Path, *parts: str) -> list[Path]:
    return sorted(path for part in parts for path in (folder / part).iterdir() if path.suffix == ".xml")


def test_every_feed_has_as_many_records_as_entries(recorded: Path) -> None:
    counted = {}
    for path in files(recorded, "arxiv_rss", "derived_arxiv_rss"):
        body = path.read_bytes()
        feed = parse_feed(body, "x")
        guids = ids_in(rb"<(?:guid[^>]*|id)>oai:arXiv\.org:([^<]+)<", body)
        assert [r.ids[0].value for r in feed.records] == guids
        assert len(feed.records) == count(rb"<item>|<entry>", body)
        assert feed.skipped == ()
        kinds = [kind.decode() for kind in re.findall(rb"<arxiv:announce_type>([^<]+)<", body)]
        expected = {"new": EventKind.ANNOUNCED, "cross": EventKind.CROSS_LISTED}
        assert [r.event.kind for r in feed.records] == [expected.get(kind, EventKind.REVISED) for kind in kinds]
        assert all(r.title and r.abstract and r.authors and r.categories and r.version for r in feed.records)
        counted[path.name] = len(feed.records)
    assert sum(counted.values()) == 409
    assert counted["rss_cs.AI_2026-06-30_rendered_from_corpus.xml"] == 214
    assert sorted(name for name, n in counted.items() if n == 0) == [
        "rss_cs.CL_2026-06-27_weekend_empty.xml",
        "rss_cs.CL_2026-07-03_holiday_empty.xml",
    ]


def test_every_page_of_the_lists_has_as_many_papers_as_records(recorded: Path) -> None:
    papers = refused = errors = 0
    for path in files(recorded, "arxiv_oai", "derived_arxiv_oai"):
        body = path.read_bytes()
        if b"oai_dc:dc" in body:  # a format that is never asked for
            with pytest.raises(SourceUnhealthyError):
                parse_page(body, "x")
            refused += 1
            continue
        page = parse_page(body, "x")
        if path.name.startswith("error_"):
            assert page.error == path.name.split("_")[1]
            assert not page.records
            errors += 1
            continue
        listed = ids_in(rb"<identifier>oai:arXiv\.org:([^<]+)<", body)
        assert list(dict.fromkeys(r.ids[0].value for r in page.records)) == listed
        assert len(listed) == count(rb"<record>", body)
        assert page.skipped == ()
        token = re.search(rb"<resumptionToken [^>]*>([^<]+)<", body)
        assert page.token == (token.group(1).decode() if token else None)
        papers += len(listed)
    assert (papers, refused, errors) == (1041, 10, 6)


def test_raw_lists_tell_the_last_version_and_who_was_withdrawn(recorded: Path) -> None:
    withdrawn = set()
    for path in sorted((recorded / "derived_arxiv_oai").glob("ListRecords_arXivRaw_*")):
        body = path.read_bytes()
        last = {
            ids_in(rb"<id>([^<]+)<", record)[0]: max(int(n) for n in re.findall(rb'<version version="v(\d+)"', record))
            for record in body.split(b"<record>")[1:]
        }
        records = parse_page(body, "x").records
        assert {r.ids[0].value: r.version for r in records} == last
        withdrawn |= {r.ids[0].value for r in records if r.withdrawn}
    assert withdrawn == {
        "0901.3666",
        "0903.0442",
        "0906.3336",  # its source is still TeX: the comment tells
        "1101.2483",
        "1101.6031",
        "1102.0219",
        "cond-mat/0703772",
    }


def test_every_answer_of_the_query_api_has_as_many_records_as_entries(recorded: Path) -> None:
    papers = 0
    for path in files(recorded, "arxiv_atom"):
        body = path.read_bytes()
        if "http400" in path.name:
            with pytest.raises(SourceUnhealthyError, match="incorrect id format for abc"):
                parse_answer(body, "x")
            continue
        found = parse_answer(body, "x")
        assert [r.ids[0].value for r in found.records] == ids_in(rb"<id>http://arxiv\.org/abs/([^<]+)</id>", body)
        assert len(found.records) == count(rb"<entry>", body)
        assert sum(len(r.authors) for r in found.records) == count(rb"<author>", body)
        total = re.search(rb"totalResults[^>]*>(\d+)<", body)
        assert total is not None
        assert found.total == int(total.group(1))
        papers += len(found.records)
    assert papers == 229


def test_every_daily_list_has_as_many_records_as_rows(recorded: Path) -> None:
    readable = unreadable = 0
    for path in sorted((recorded / "hf_daily_papers").glob("*.json")):
        body = path.read_bytes()
        listed = date.fromisoformat(path.name[:10]) if path.name[0] == "2" else date(2026, 6, 12)
        rows = [row for row in json.loads(body) if isinstance(row, dict)]
        if not rows:  # the crawler stored texts instead of objects
            with pytest.raises(SourceUnhealthyError, match="not an object but str"):
                parse_list(body, "x", listed)
            unreadable += 1
            continue
        found = parse_list(body, "x", listed)
        assert [r.ids[0].value for r in found.records] == [row["paper"]["id"] for row in rows]
        assert found.skipped == ()
        for record, row in zip(found.records, rows, strict=True):
            assert record.community is not None
            assert record.community.upvotes == row["paper"]["upvotes"]
            assert record.community.listed_on == listed
            assert record.community.summary == (
                row["paper"].get("ai_summary") and " ".join(row["paper"]["ai_summary"].split())
            )
            assert len(record.authors) == len(row["paper"]["authors"])
            assert (record.community.organization is not None) == bool(
                row["paper"].get("organization") or row.get("organization") or row.get("submitterOrganization")
            )
        readable += len(rows)
    assert (readable, unreadable) == (258, 4)


async def test_a_day_captured_twice_over_http(lab: Lab, client: PoliteClient, recorded: Path) -> None:
    body = (recorded / "hf_daily_papers" / "2026-08-21.json").read_bytes()
    lab.upstream.put("/api/daily_papers", body, "application/json")
    source = HuggingFace(client, lab.upstream.huggingface_url)
    cursor = '{"day": "2026-11-20"}'
    batches = [b async for b in source.batches(cursor, lab.time.now)]
    assert [len(b.records) for b in batches] == [17, 17]
    assert [b async for b in source.batches(batches[-1].cursor, lab.time.now)] == []


async def test_a_recorded_feed_over_http(lab: Lab, client: PoliteClient, recorded: Path) -> None:
    path = recorded / "derived_arxiv_rss" / "rss_cs.CV_2026-01-20_rendered_from_corpus.xml"
    lab.upstream.put("/rss/cs.CV", path.read_bytes())
    (batch,) = [b async for b in lab.feed(client, "cs.CV").batches(None, lab.time.now)]
    assert len(batch.records) == 51
