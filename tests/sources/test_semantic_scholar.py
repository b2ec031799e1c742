"""Semantic Scholar: captured answers to the field, nulls everywhere, batches, and every way in which it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from bot.errors import SourceError, SourceUnavailableError, SourceUnhealthyError
from bot.models import Author, Cited, Credit, PaperId, Profile, Registry
from bot.sources import semantic_scholar_rows as rows
from bot.sources.http import Limits
from bot.sources.semantic_scholar import SemanticScholar, semantic_scholar_service
from playground.upstreams import registries as samples
from tests.conftest import arxiv

if TYPE_CHECKING:
    from tests.sources.conftest import Lab

S2 = Registry.SEMANTIC_SCHOLAR
PAPERS, AUTHORS = "/graph/v1/paper/batch", "/graph/v1/author/batch"


class Purse:
    """Counts what is taken."""

    def __init__(self) -> None:
        self.taken = 0

    async def take(self, registry: Registry) -> None:
        self.taken += 1


@pytest.fixture
def purse() -> Purse:
    return Purse()


@pytest.fixture
async def scholar(lab: Lab, purse: Purse) -> AsyncIterator[SemanticScholar]:
    url = lab.upstream.semantic_scholar_url
    async with lab.client(semantic_scholar_service(url, has_key=False)) as client:
        yield SemanticScholar(client, url, lab.time, purse)


def test_a_page_of_papers_is_read_to_the_field(pages: Path) -> None:
    found = rows.parse_data((pages / "semantic_scholar_papers.json").read_bytes())
    papers = [rows.paper(row) for row in found]
    assert [paper and str(paper.ids[0]) for paper in papers] == [
        "arxiv:2602.00001",
        "doi:10.1000/article.2",
        None,
        None,
        "arxiv:0712.00005",
    ]
    first, second, last = papers[0], papers[1], papers[4]
    assert first
    assert (first.title, first.published) == ("A sample of diffusion", date(2026, 2, 3))
    assert first.authors == (Author("A. Example"), Author("Ben Sample"))
    assert second
    assert (second.published, second.event.at.date(), second.abstract) == (None, date(2019, 1, 1), None)
    assert last
    assert (last.event.at.date(), last.authors) == (date(2007, 12, 1), ())


def test_who_is_on_a_paper_and_how_often_it_is_cited(pages: Path, lab: Lab) -> None:
    found = rows.parse_data((pages / "semantic_scholar_papers.json").read_bytes())
    now = lab.time.now
    assert rows.cited(found[0], now) == Cited(
        S2, 12, (Credit("A. Example", "2262347"), Credit("Ben Sample", None)), now
    )
    assert rows.cited(found[1], now) == Cited(S2, 7, (Credit("Ada Example", "2262347"),), now)
    assert [rows.cited(row, now).citations for row in found[2:]] == [None, None, None]


def test_a_person_is_read_to_the_field(pages: Path, lab: Lab) -> None:
    found = rows.parse_data((pages / "semantic_scholar_authors.json").read_bytes())
    ada, ben, *nobody = [rows.profile(row, lab.time.now) for row in found]
    assert ada == Profile(
        S2,
        "2262347",
        "Ada Example",
        lab.time.now,
        h_index=23,
        papers=60,
        citations=12415,
        affiliation="Sample University",
        orcid="0000-0002-1825-0097",
        homepage="https://ada.example.org/",
    )
    assert ben == Profile(S2, "3", "B. Sample", lab.time.now, citations=17)
    assert nobody == [None, None]


def test_captured_answers_are_read(recorded: Path, lab: Lab) -> None:
    folder, now = recorded / "semantic_scholar", lab.time.now
    turing = json.loads((folder / "Author.json").read_bytes())
    assert rows.profile(turing, now) == Profile(S2, "2262347", "A. Turing", now, 23, 60, 12415)
    theirs = [paper for row in turing["papers"] if (paper := rows.paper(row))]
    assert len(turing["papers"]) > len(theirs) > 20
    bodies = folder / "bodies"
    batch = rows.parse_batch((bodies / "test_get_papers_return_not_found.0.http200.json").read_bytes(), 200, 4)
    assert batch[0] is None
    assert batch[1]
    assert rows.cited(batch[1], now).citations == 10670
    people = rows.parse_batch((bodies / "test_get_authors_return_not_found.0.http200.json").read_bytes(), 200, 4)
    assert [row and row["authorId"] for row in people] == [None, "3234559", "1726629", "1711844"]
    assert rows.parse_data((bodies / "test_empty_paginated_results.0.http200.json").read_bytes()) == []
    names = rows.parse_data((bodies / "test_search_author.0.http200.json").read_bytes())
    assert sum(rows.profile(row, now) is not None for row in names) == 59
    nulls = json.loads((folder / "PaperWithNullValues.json").read_bytes())
    assert rows.cited(nulls, now) == Cited(S2, None, (), now)
    with pytest.raises(SourceUnhealthyError, match="Unrecognized or unsupported fields"):
        rows.parse_batch((bodies / "test_bad_query_parameters.0.http400.json").read_bytes(), 400, 1)


async def test_papers_are_asked_for_in_one_post_by_their_ids(scholar: SemanticScholar, lab: Lab, purse: Purse) -> None:
    known, unknown, doi = arxiv("2512.17220"), arxiv("1401.00001"), PaperId("doi", "10.1000/none")
    address = PaperId("url", "example.org/a")
    found = await scholar.cited([known, unknown, doi, address])
    assert set(found) == {known}
    item = next(i for i in lab.upstream.papers if i.paper.id == known.value)
    assert found[known].credits == tuple(Credit(p.name, str(p.number)) for p in samples.people_of(item))
    assert found[known].citations == samples.citations(item)
    (entry,) = lab.upstream.requests
    assert (entry["method"], entry["path"]) == ("POST", PAPERS)
    assert dict(parse_qsl(entry["query"])) == {"fields": "externalIds,citationCount,authors.authorId,authors.name"}
    assert entry["headers"]["Content-Type"] == "application/json"
    assert "x-api-key" not in entry["headers"]
    assert purse.taken == 1


async def test_a_key_is_sent_and_makes_it_faster(lab: Lab, purse: Purse) -> None:
    url = lab.upstream.semantic_scholar_url
    for key, pause in ((None, 4.0), ("a-secret", 1.1)):
        async with lab.client(semantic_scholar_service(url, has_key=key is not None)) as client:
            scholar = SemanticScholar(client, url, lab.time, purse, key=key)
            lab.time.forward(minutes=1)
            before = lab.time.now
            for _ in range(3):
                await scholar.cited([arxiv("2512.17220")])
            assert lab.time.now - before == pytest.approx(timedelta(seconds=2 * pause), abs=timedelta(seconds=0.01))
        assert lab.upstream.requests[-1]["headers"].get("x-api-key") == key


async def test_namesakes_have_ids_of_their_own_and_figures_too(scholar: SemanticScholar) -> None:
    one, other = arxiv("2512.17220"), arxiv("2510.27688")
    found = await scholar.cited([one, other])
    ids = [next(c.id for c in found[p].credits if c.name == samples.NAMESAKES) for p in (one, other)]
    assert None not in ids
    assert len(set(ids)) == 2
    people = await scholar.profiles([*map(str, ids), "99999999999", "no number"])
    assert [people[str(known_as)].name for known_as in ids] == [samples.NAMESAKES] * 2
    assert len(people) == 2
    assert {profile.h_index for profile in people.values()} != {None}


async def test_more_ids_than_a_request_takes_are_several_requests(
    scholar: SemanticScholar, lab: Lab, purse: Purse
) -> None:
    await scholar.profiles([str(n) for n in range(1, 251)])
    assert (purse.taken, len(lab.upstream.requests)) == (3, 3)


async def test_a_search_has_no_hyphens_and_may_find_nobody(scholar: SemanticScholar, lab: Lab) -> None:
    found = await scholar.search("Fu-En Yang", 5)
    assert [one.name for one in found] == ["Fu-En Yang"]
    assert dict(parse_qsl(lab.upstream.requests[-1]["query"]))["query"] == "Fu En Yang"
    assert await scholar.search("Nobody at all", 5) == ()


async def test_the_papers_of_a_person_come_the_newest_first_and_of_nobody_none(scholar: SemanticScholar) -> None:
    number = str(samples.person(samples.MERGED).number)
    found = await scholar.papers_by(number, 10)
    assert {str(one.ids[0]) for one in found} == {"arxiv:2601.09708", "arxiv:2511.08923"}
    assert [one.event.at for one in found] == sorted((one.event.at for one in found), reverse=True)
    assert all(one.source == "semantic-scholar" and one.authors for one in found)
    assert len(await scholar.papers_by(number, 1)) == 1
    assert await scholar.papers_by("1", 10) == ()


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><title>Just a moment</title>",
        "",
        "[",
        "{}",
        "[null]",
        '{"message": "Endpoint request timed out"}',
        "[" * 50_000,
    ],
)
async def test_what_is_no_answer_to_a_batch_is_a_fault(scholar: SemanticScholar, lab: Lab, body: str) -> None:
    lab.upstream.put(PAPERS, body, "application/json")
    with pytest.raises(SourceUnhealthyError):
        await scholar.cited([arxiv("2512.17220"), arxiv("2510.27688")])


@pytest.mark.parametrize("path", ["author/search", "author/7/papers"])
@pytest.mark.parametrize("body", ["<html></html>", "", "[]", '{"message": "Forbidden"}', '{"error": "x"}'])
async def test_what_is_no_page_is_a_fault(scholar: SemanticScholar, lab: Lab, path: str, body: str) -> None:
    lab.upstream.put(f"/graph/v1/{path}", body, "application/json")
    with pytest.raises(SourceUnhealthyError):
        await (scholar.search("Ada", 5) if "search" in path else scholar.papers_by("7", 5))


NOW_ON = "Wed, 25 Nov 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ({"status": 429, "body": '{"message": "Too Many Requests.", "code": "429"}'}, 60),
        ({"status": 429, "headers": {"Retry-After": "7200"}}, 7200),
        ({"status": 429, "headers": {"Retry-After": NOW_ON}}, 86400),  # further away than a day counts as a day
        ({"status": 403, "body": '{"message": "Forbidden"}'}, 86400),
        ({"status": 503}, 60),
    ],
)
async def test_a_refusal_is_respected_and_outlives_the_client(
    lab: Lab, scholar: SemanticScholar, purse: Purse, fault: dict[str, Any], seconds: int
) -> None:
    lab.upstream.fail(PAPERS, count=9, **fault)
    with pytest.raises(SourceUnavailableError) as refused:
        await scholar.cited([arxiv("2512.17220")])
    assert refused.value.retry_after == seconds
    url = lab.upstream.semantic_scholar_url
    async with lab.client(semantic_scholar_service(url, has_key=False)) as client:
        lab.time.forward(seconds=seconds - 1)
        with pytest.raises(SourceUnavailableError, match="asked for patience"):
            await SemanticScholar(client, url, lab.time, purse).search("Ada", 5)
    assert len(lab.upstream.requests) == 1
    lab.upstream.heal()
    lab.time.forward(seconds=2)
    assert await scholar.cited([arxiv("2512.17220")])


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": '{"message": "Unauthorized"}'},
        {"status": 404},
        {"status": 500},
        {"status": 504},
        {"status": 400, "body": "Bad Request"},
        {"status": 400, "body": '{"error": "Response would exceed maximum size."}'},
        {"empty": True},
        {"html": True},
        {"truncate": 40},
        {"cut": 20},
        {"bomb": 30},
        {"redirect": "/graph/v1/author/batch", "status": 301},
        {"redirect": "http://169.254.169.254/", "status": 307},
    ],
)
async def test_every_fault_on_the_way_is_a_fault_of_the_source(
    scholar: SemanticScholar, lab: Lab, fault: dict[str, Any]
) -> None:
    lab.upstream.fail(PAPERS, **fault)
    with pytest.raises(SourceError):
        await scholar.cited([arxiv("2512.17220")])


async def test_an_answer_that_is_too_long_is_thrown_away(lab: Lab, purse: Purse) -> None:
    url = lab.upstream.semantic_scholar_url
    service = semantic_scholar_service(url, has_key=False)
    async with lab.client(service, limits=Limits(body=100)) as client:
        with pytest.raises(SourceUnhealthyError, match="thrown away"):
            await SemanticScholar(client, url, lab.time, purse).cited([arxiv("2512.17220")])


async def test_a_key_stands_in_no_error_and_no_log(lab: Lab, purse: Purse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="bot")
    url = lab.upstream.semantic_scholar_url
    async with lab.client(semantic_scholar_service(url, has_key=True)) as client:
        scholar = SemanticScholar(client, url, lab.time, purse, key="S3CRET")
        for status in (401, 429):
            lab.upstream.fail(PAPERS, status=status)
            with pytest.raises(SourceError) as fault:
                await scholar.cited([arxiv("2512.17220")])
            assert "S3CRET" not in str(fault.value)
    assert "S3CRET" not in caplog.text


def test_the_month_of_an_old_id_is_known() -> None:
    found = rows.paper({"externalIds": {"ArXiv": "hep-th/9901001"}, "title": "T", "year": 2005})
    assert found
    assert found.event.at == datetime(1999, 1, 1, tzinfo=found.event.at.tzinfo)
