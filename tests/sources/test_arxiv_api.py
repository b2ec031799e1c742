"""Look-ups by id: both documents, errors, unknown ids, patience."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from bot.errors import SourceUnavailableError, SourceUnhealthyError
from bot.models import Author, PaperId
from bot.sources.arxiv_api import AT_ONCE, ArxivApi, parse_answer
from bot.sources.http import PoliteClient

if TYPE_CHECKING:
    from tests.sources.conftest import Lab


def arxiv(value: str) -> PaperId:
    return PaperId("arxiv", value)


def test_the_present_document_is_read_by_name_not_by_order(pages: Path) -> None:
    (record,) = parse_answer((pages / "api_present.xml").read_bytes(), "arxiv-api").records
    assert record.ids == (arxiv("1707.08567"),)
    assert record.categories == ("cs.IT", "math.IT")  # the primary one first, MSC classes left out
    assert record.authors == (Author("Kees A. Schouhamer Immink", "Turing Machines Inc"), Author("Dirk Wübben"))
    assert (record.version, record.published, record.comment) == (1, date(2017, 7, 27), "44 pages")
    assert record.updated == datetime(2017, 7, 27, 8, 18, 33, tzinfo=UTC)


def test_the_old_document_is_read_too(pages: Path) -> None:
    (record,) = parse_answer((pages / "api_legacy.xml").read_bytes(), "arxiv-api").records
    assert record.ids == (arxiv("1111.2011"), PaperId("doi", "10.1103/physrevb.85.115117"))
    assert record.title == "Quantum Criticality for Extended Nodes on a Bethe Lattice in the Large Connectivity Limit"
    assert record.abstract == "Nodes of a tree that are wires themselves undergo a phase transition."
    assert (record.version, record.published) == (2, date(2011, 11, 8))
    assert record.journal_ref == "Phys. Rev. B 85, 115117 (2012)"
    assert record.categories == ("cond-mat.str-el", "cond-mat.stat-mech")


async def test_papers_are_found_by_id_and_unknown_ones_are_missing(lab: Lab, client: PoliteClient) -> None:
    api = ArxivApi(client, lab.upstream.api_url)
    wanted = [
        arxiv("2512.16093"),
        arxiv("9912.00001"),
        arxiv("2602.22661"),
        arxiv("2512.16093"),
        PaperId("doi", "10.1/x"),
    ]
    found = await api.look_up(wanted)
    assert set(found) == {arxiv("2512.16093"), arxiv("2602.22661")}
    assert found[arxiv("2602.22661")].title == "dLLM: Simple Diffusion Language Modeling"
    assert await api.look_up([arxiv("9912.00001")]) == {}


async def test_many_ids_go_out_in_few_requests(lab: Lab, client: PoliteClient) -> None:
    ids = [arxiv(item.paper.id) for item in lab.upstream.papers]
    assert len(ids) > AT_ONCE
    held = await ArxivApi(client, lab.upstream.api_url).look_up(ids)
    assert set(held) == {arxiv(i.paper.id) for i in lab.upstream.papers if i.day <= date(2026, 11, 20)}
    assert len(lab.upstream.requests) == 2
    sent = dict(parse_qsl(lab.upstream.requests[0]["query"]))
    assert sent["max_results"] == str(AT_ONCE)


async def test_the_servers_error_entry_is_an_error(lab: Lab, client: PoliteClient) -> None:
    with pytest.raises(SourceUnhealthyError, match="incorrect id format for abc"):
        await ArxivApi(client, lab.upstream.api_url).look_up([arxiv("abc")])


async def test_an_empty_page_of_a_counted_result_is_an_error(pages: Path) -> None:
    body = (pages / "api_present.xml").read_text()
    with pytest.raises(SourceUnhealthyError, match="although 1 papers were counted"):
        parse_answer((body[: body.index("  <entry>")] + "</feed>").encode(), "x")


def test_an_entry_without_a_title_is_named(pages: Path) -> None:
    body = (pages / "api_present.xml").read_text()
    found = parse_answer(
        body.replace("Proceedings of Workshop AEW10: Concepts in Information Theory and Communications", "").encode(),
        "x",
    )
    assert found.skipped == ("http://arxiv.org/abs/1707.08567v1: no title",)
    zero = parse_answer(
        body.replace("Proceedings of Workshop AEW10: Concepts in Information Theory and Communications", "0").encode(),
        "x",
    )
    assert zero.records[0].title == "0"  # 2104.12255 is called that


async def test_a_refused_look_up_is_tried_once_and_then_rests(lab: Lab, client: PoliteClient) -> None:
    api = ArxivApi(client, lab.upstream.api_url)
    lab.upstream.fail("/api/query", count=99, status=429, body="Rate exceeded.")
    begun = lab.time.now
    while lab.time.now - begun < timedelta(hours=5):
        with pytest.raises(SourceUnavailableError):
            await api.look_up([arxiv("2602.22661")])
        lab.time.forward(minutes=1)
    assert len(lab.upstream.requests) == 5


@pytest.mark.parametrize("fault", [{"html": True}, {"empty": True}, {"truncate": 900}, {"body": "Rate exceeded."}])
async def test_what_is_no_feed_is_an_error(lab: Lab, client: PoliteClient, fault: dict[str, object]) -> None:
    lab.upstream.fail("/api/query", **fault)
    with pytest.raises(SourceUnhealthyError):
        await ArxivApi(client, lab.upstream.api_url).look_up([arxiv("2602.22661")])


async def test_papers_that_were_not_asked_for_are_left_out(lab: Lab, client: PoliteClient, pages: Path) -> None:
    lab.upstream.put("/api/query", (pages / "api_present.xml").read_bytes())
    assert await ArxivApi(client, lab.upstream.api_url).look_up([arxiv("2602.22661")]) == {}
