"""Hugging Face: every shape of a row since 2024, paging, re-reading, search."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from bot.errors import SourceUnavailableError, SourceUnhealthyError
from bot.models import Author, Batch, Community, Event, EventKind, Organization, PaperId, Record
from bot.sources.http import PoliteClient
from bot.sources.huggingface import HuggingFace
from bot.sources.huggingface_rows import parse_list, parse_paper

if TYPE_CHECKING:
    from tests.sources.conftest import Lab


async def read(source: HuggingFace, cursor: str | None, now: datetime) -> list[Batch]:
    return [batch async for batch in source.batches(cursor, now)]


def rows(count: int, start: int = 0) -> bytes:
    return json.dumps([{"paper": {"id": f"2611.{start + n:05}", "title": f"T{n}"}} for n in range(count)]).encode()


def test_a_present_row_is_read_to_the_field(pages: Path) -> None:
    row, *_ = parse_list((pages / "huggingface_2026.json").read_bytes(), "huggingface", date(2026, 3, 6)).records
    assert row == Record(
        source="huggingface",
        ids=(PaperId("arxiv", "2602.23229"),),
        title="Large multimodal models as general in-context classifiers",
        event=Event(EventKind.LISTED, datetime(2026, 3, 6, 3, 55, 12, 777000, tzinfo=UTC), "2026-03-06"),
        abstract="Examples in the prompt make classifiers of them.",
        authors=(Author("Marco Garosi"), Author("Someone Else")),
        published=date(2026, 2, 26),
        community=Community(
            upvotes=10,
            comments=1,
            listed_on=date(2026, 3, 6),
            submitter="Marco Garosi",
            organization=Organization("MHUGLab", "Multimedia and Human Understanding Group"),
            code_url="https://github.com/marco-garosi/CIRCLE",
            code_stars=9,
            code_is_guess=True,
            project_url="https://circle-lmm.github.io/",
            summary="Examples help.",
            keywords=("in-context learning", "open world"),
            thumbnail_url="https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2602.23229.png",
            discussion_id="69aa00000000000000000003",
        ),
    )


def test_bad_rows_are_counted_and_wrong_types_do_no_harm(pages: Path) -> None:
    found = parse_list((pages / "huggingface_2026.json").read_bytes(), "huggingface", date(2026, 3, 6))
    assert (found.rows, len(found.records)) == (6, 2)
    assert found.skipped == (
        "row 2: not an object but str",
        "row 3: no arXiv id ('not-an-id')",
        "row 4: 2602.00002 has no title",
        "row 5: 2602.00003: authors are not a list",
    )
    odd = found.records[1]
    odd.title.encode()  # a lone surrogate would not go into the database
    assert odd.authors == (Author("A. Person"),)
    assert odd.published is None
    assert odd.community == Community(
        listed_on=date(2026, 3, 6), organization=Organization("old-place", "The Old Place")
    )


def test_rows_of_2024_have_little_and_are_read(pages: Path) -> None:
    (row,) = parse_list((pages / "huggingface_2024.json").read_bytes(), "huggingface", date(2024, 5, 27)).records
    assert row.published == date(2024, 5, 24)  # the inner date; the outer one is four hours off
    assert row.event == Event(EventKind.LISTED, datetime(2024, 5, 27, tzinfo=UTC), "2024-05-27")
    assert row.title == "ConvLLaVA: Hierarchical Backbones as Visual Encoder for Large Multimodal Models"
    assert row.community == Community(upvotes=32, comments=3, listed_on=date(2024, 5, 27))


def test_the_outer_date_is_never_read() -> None:
    paper = {"id": "2607.00001", "title": "T", "publishedAt": "2026-07-29T00:00:00.000Z"}
    body = json.dumps([{"paper": paper, "publishedAt": "2026-07-28T20:00:00.000Z"}]).encode()
    assert parse_list(body, "x", None).records[0].published == date(2026, 7, 29)


def test_of_a_hundred_rows_three_bad_ones_are_skipped() -> None:
    listed: list[Any] = json.loads(rows(100))
    listed[3] = None
    listed[50]["paper"]["id"] = 2611.00050
    del listed[99]["paper"]["title"]
    found = parse_list(json.dumps(listed).encode(), "x", date(2026, 11, 20))
    assert (len(found.records), len(found.skipped)) == (97, 3)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"error":"x"}', b'["a"]', b'[{"paper":', b"[" * 50_000])
def test_what_is_no_list_of_papers_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceUnhealthyError):
        parse_list(body, "x", date(2026, 11, 20))


async def test_the_first_visit_reads_a_week_and_later_ones_yesterday_and_today(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url)
    batches = await read(source, None, lab.time.now)
    listed = {
        i.paper.id
        for i in lab.upstream.papers
        if i.paper.community and date(2026, 11, 13) <= i.day <= date(2026, 11, 20)
    }
    assert {r.ids[0].value for b in batches for r in b.records} == listed
    sent = [dict(parse_qsl(entry["query"])) for entry in lab.upstream.requests]
    assert sent[0] == {"date": "2026-11-13", "limit": "100", "p": "0"}
    lab.time.forward(hours=1)
    await read(source, batches[-1].cursor, lab.time.now)
    later = [dict(parse_qsl(entry["query"]))["date"] for entry in lab.upstream.requests[len(sent) :]]
    assert later == ["2026-11-19", "2026-11-20"]


async def test_votes_grow_and_unchanged_pages_are_not_sent(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url)
    first = await read(source, None, lab.time.now)
    votes = {r.ids: r.community.upvotes for b in first for r in b.records if r.community}
    assert await read(source, first[-1].cursor, lab.time.now) == []
    lab.time.forward(hours=20)
    second = await read(source, first[-1].cursor, lab.time.now)
    grown = {r.ids: r.community.upvotes for b in second for r in b.records if r.community}
    assert grown
    assert all(grown[ids] >= votes[ids] for ids in grown)
    assert any(grown[ids] > votes[ids] for ids in grown)


async def test_a_day_of_more_than_a_hundred_papers_is_read_to_its_end(lab: Lab, client: PoliteClient) -> None:
    pages: dict[str, bytes] = {"0": rows(100), "1": rows(100, 100), "2": rows(7, 200)}

    async def daily(day: date) -> int:
        source = HuggingFace(client, lab.upstream.huggingface_url)
        found = 0
        cursor = json.dumps({"day": (day + timedelta(days=1)).isoformat()})
        async for batch in source.batches(cursor, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            found += len(batch.records)
        return found

    lab.upstream.put_pages("/api/daily_papers", "p", pages)
    # yesterday and today, both of 207 papers
    assert await daily(date(2026, 11, 20)) == 414
    assert [dict(parse_qsl(e["query"]))["p"] for e in lab.upstream.requests] == ["0", "1", "2"] * 2


async def test_a_long_pause_is_caught_up(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url)
    first = await read(source, None, lab.time.now)
    lab.time.forward(days=6)
    caught = {r.ids[0].value for b in await read(source, first[-1].cursor, lab.time.now) for r in b.records}
    due = {
        i.paper.id
        for i in lab.upstream.papers
        if i.paper.community and date(2026, 11, 20) < i.day <= date(2026, 11, 26)
    }
    assert due
    assert due <= caught


async def test_an_empty_weekend_is_healthy(lab: Lab, client: PoliteClient) -> None:
    lab.time.forward(days=2)
    batches = await read(HuggingFace(client, lab.upstream.huggingface_url), '{"day": "2026-11-22"}', lab.time.now)
    assert [len(b.records) for b in batches] == [0, 0]


async def test_a_stop_in_the_middle_goes_on_with_the_day_that_was_not_stored(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url)
    batches = await read(source, None, lab.time.now)
    rest = await read(source, batches[3].cursor, lab.time.now)
    ids = {r.ids for b in batches[:4] + rest for r in b.records}
    assert ids == {r.ids for b in batches for r in b.records}


async def test_search_reads_both_wrappings(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url)
    found = await source.search("diffusion")
    assert found
    assert all("diffusion" in f"{r.title} {r.abstract}".lower() for r in found)
    assert dict(parse_qsl(lab.upstream.requests[0]["query"]))["limit"] == "120"
    flat = [{"id": "2611.00001", "title": "Flat", "upvotes": 3, "publishedAt": "2026-11-02T00:00:00.000Z"}]
    lab.upstream.put("/api/papers/search", json.dumps(flat), "application/json")
    (record,) = await source.search("x" * 999)
    assert record.community is not None
    assert (record.title, record.community.upvotes, record.community.listed_on) == ("Flat", 3, None)
    assert record.event == Event(EventKind.ANNOUNCED, datetime(2026, 11, 2, tzinfo=UTC))
    assert len(dict(parse_qsl(lab.upstream.requests[1]["query"]))["q"]) == 250


async def test_one_paper_by_id(lab: Lab, client: PoliteClient) -> None:
    source = HuggingFace(client, lab.upstream.huggingface_url, token="secret")
    paper = await source.paper(PaperId("arxiv", "2512.16093"))
    assert paper is not None
    assert paper.community is not None
    assert paper.community.organization == Organization("UCBerkeley", "University of California, Berkeley")
    assert await source.paper(PaperId("arxiv", "9912.00001")) is None
    assert await source.paper(PaperId("arxiv", "hep-th/9901001")) is None
    assert lab.upstream.requests[0]["headers"]["Authorization"] == "Bearer secret"


def test_a_paper_that_was_withdrawn_says_so() -> None:
    for fields, withdrawn in (('"withdrawnAt": "2026-11-18T09:00:00.000Z"', True), ('"withdrawnAt": null', False)):
        body = f'{{"id": "2407.21783", "title": "T", {fields}}}'.encode()
        assert parse_paper(body, "x").withdrawn is withdrawn


def test_a_flat_paper_is_read() -> None:
    record = parse_paper(
        b'{"id": "2407.21783", "title": "T", "numTotalModels": 72, "githubRepo": "https://github.com/a/b"}', "x"
    )
    assert record.community == Community(code_url="https://github.com/a/b")
    with pytest.raises(SourceUnhealthyError):
        parse_paper(b'{"id": "x"}', "x")


async def test_a_refusal_waits_one_window(lab: Lab, client: PoliteClient) -> None:
    lab.upstream.fail("/api/daily_papers", status=429, headers={"RateLimit": '"api";r=0;t=211'})
    with pytest.raises(SourceUnavailableError) as caught:
        await read(HuggingFace(client, lab.upstream.huggingface_url), None, lab.time.now)
    assert caught.value.retry_after == pytest.approx(211, abs=1)
