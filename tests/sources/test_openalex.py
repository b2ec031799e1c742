"""OpenAlex: captured answers to the field, merged and deleted people, filters, its key, and every way in which it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from bot.errors import SourceError, SourceUnavailableError, SourceUnhealthyError
from bot.models import Author, Cited, Credit, PaperId, Profile, Registry, YearCount
from bot.sources import openalex_rows as rows
from bot.sources.openalex import OpenAlex, openalex_service
from playground.upstreams import registries as samples
from tests.conftest import arxiv
from tests.sources.test_semantic_scholar import Purse

if TYPE_CHECKING:
    from tests.sources.conftest import Lab

ALEX = Registry.OPENALEX
WORKS, AUTHORS = "/openalex/works", "/openalex/authors"


@pytest.fixture
def purse() -> Purse:
    return Purse()


@pytest.fixture
async def alex(lab: Lab, purse: Purse) -> AsyncIterator[OpenAlex]:
    url = lab.upstream.openalex_url
    async with lab.client(openalex_service(url)) as client:
        yield OpenAlex(client, url, lab.time, purse, key="S3CRET")


def sent(lab: Lab, place: int = -1) -> dict[str, str]:
    return dict(parse_qsl(lab.upstream.requests[place]["query"]))


def test_a_page_of_works_is_read_to_the_field(pages: Path, lab: Lab) -> None:
    found = rows.parse_page((pages / "openalex_works.json").read_bytes())
    first, second, review, empty = [rows.paper(row) for row in found]
    assert first
    assert (first.ids, first.published) == ((arxiv("2602.00001"),), date(2026, 2, 3))
    assert first.abstract == "What it is, and what is,"
    assert first.authors == (Author("A. Example"), Author("Ben Sample"))
    assert second
    assert (second.ids, second.published) == ((arxiv("2501.00002"),), None)  # the first of January is a year alone
    assert (review, empty) == (None, None)
    now = lab.time.now
    people = (Credit("A. Example", "A5023888391", "Sample University"), Credit("Ben Sample", None))
    assert rows.cited(found[0], now) == Cited(ALEX, 9, people, now)
    assert rows.cited(found[3], now) == Cited(ALEX, None, (), now)


def test_a_person_is_read_to_the_field(pages: Path, lab: Lab) -> None:
    found = rows.parse_page((pages / "openalex_authors.json").read_bytes())
    ada, nobody, ben = [rows.profile(row, lab.time.now) for row in found]
    assert ada == Profile(
        ALEX,
        "A5023888391",
        "Ada Example",
        lab.time.now,
        h_index=17,
        papers=62,
        citations=3890,
        affiliation="Sample University",
        affiliated=2023,
        orcid="0000-0001-6187-6610",
        aliases=("Example Ada", "A. Example"),
        years=(YearCount(2024, 1, 314), YearCount(2025, 0, 80)),
    )
    assert nobody is None
    assert ben == Profile(ALEX, "A7", "Ben Sample", lab.time.now)


def test_captured_answers_are_read(recorded: Path, lab: Lab) -> None:
    found = rows.parse_author((recorded / "openalex" / "A5023888391.json").read_bytes(), lab.time.now)
    assert found
    assert (found.id, found.name, found.orcid) == ("A5023888391", "Jason Priem", "0000-0001-6187-6610")
    assert (found.h_index, found.papers, found.citations) == (17, 62, 3890)
    assert (found.affiliation, found.affiliated, found.aliases) == ("OurResearch", 2023, ("Priem Jason",))
    assert [one.year for one in found.years] == sorted(one.year for one in found.years)
    assert YearCount(2024, 1, 314) in found.years
    assert rows.parse_author((recorded / "openalex" / "A5317838346.json").read_bytes(), lab.time.now) is None
    for name in ("C71924100", "F4320332161", "I27837315"):  # a concept, a funder, an institution
        assert rows.parse_author((recorded / "openalex" / f"{name}.json").read_bytes(), lab.time.now) is None


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"a": [0], "b": "1", "c": None, "d": [True, -1, 10**9, "x", None]}, "a d"),
        ({}, None),
        (None, None),
        (["a"], None),
        ({"x" * 50_000: [0, 1]}, None),
    ],
)
def test_an_abstract_is_put_together_of_its_places(index: Any, text: str | None) -> None:
    assert rows.unindexed(index) == text


async def test_works_are_asked_for_in_one_filter(alex: OpenAlex, lab: Lab, purse: Purse) -> None:
    known, unknown, doi = arxiv("2512.17220"), arxiv("1401.00001"), PaperId("doi", "10.1000/none")
    unspeakable = PaperId("doi", "10.1000/a|b,c")
    found = await alex.cited([known, unknown, doi, unspeakable])
    assert set(found) == {known}
    assert [one.name for one in found[known].credits][:2] == ["Yuqing Li", "Jiangnan Li"]
    assert any(one.affiliation for one in found[known].credits)
    assert sent(lab) == {
        "filter": "doi:10.48550/arxiv.2512.17220|10.48550/arxiv.1401.00001|10.1000/none",
        "select": "id,doi,cited_by_count,authorships",
        "per_page": "100",
        "api_key": "S3CRET",
    }
    assert purse.taken == 1


async def test_of_two_works_of_one_doi_the_more_cited_is_taken(alex: OpenAlex, lab: Lab) -> None:
    both = [{"doi": "https://doi.org/10.48550/arXiv.2512.17220", "cited_by_count": n} for n in (3, 9, None)]
    lab.upstream.put(WORKS, json.dumps({"results": both}), "application/json")
    assert (await alex.cited([arxiv("2512.17220")]))[arxiv("2512.17220")].citations == 9


async def test_one_who_was_merged_comes_under_the_new_id_and_the_key_goes_along(alex: OpenAlex, lab: Lab) -> None:
    one, other = samples.person(samples.MERGED), samples.person("Mike Zheng Shou")
    found = await alex.profiles([one.alex_before, other.alex, samples.NOBODY, "A999", "not an id"])
    assert {asked: profile.id for asked, profile in found.items()} == {
        one.alex_before: one.alex,
        other.alex: other.alex,
    }
    assert found[one.alex_before].years[-1].year == max(i.first.year for i in lab.upstream.papers)
    assert sum(y.citations or 0 for y in found[other.alex].years) == found[other.alex].citations
    paths = lab.paths()
    assert paths[0] == AUTHORS
    assert f"{AUTHORS}/{one.alex}" in paths
    assert all(dict(parse_qsl(e["query"])).get("api_key") == "S3CRET" for e in lab.upstream.requests)
    assert not [path for path in paths if samples.NOBODY in path]  # who was taken out is not even asked for


async def test_one_person_alone_is_asked_for_without_a_list(alex: OpenAlex, lab: Lab) -> None:
    other = samples.person("Mike Zheng Shou")
    assert set(await alex.profiles([other.alex])) == {other.alex}
    assert lab.paths() == [f"{AUTHORS}/{other.alex}"]


async def test_a_search_finds_people(alex: OpenAlex, lab: Lab) -> None:
    found = await alex.search(samples.NAMESAKES, 5)
    assert [one.name for one in found] == [samples.NAMESAKES] * 2
    assert sent(lab)["search"] == samples.NAMESAKES
    assert await alex.search("Nobody at all", 5) == ()


async def test_the_papers_of_a_person_come_the_newest_first_and_of_nobody_none(alex: OpenAlex, lab: Lab) -> None:
    one = samples.person(samples.MERGED)
    for known_as in (one.alex, one.alex_before):
        found = await alex.papers_by(known_as, 10)
        assert {str(paper.ids[0]) for paper in found} == {"arxiv:2601.09708", "arxiv:2511.08923"}
        assert any(paper.abstract and paper.abstract.endswith("(sample text)") for paper in found)
        assert all(paper.source == "openalex" for paper in found)
    asked = len(lab.upstream.requests)
    assert await alex.papers_by("A1", 10) == ()
    assert await alex.papers_by("A1,has_doi:false", 10) == ()
    assert len(lab.upstream.requests) == asked + 1  # what is no id is in no filter


@pytest.mark.parametrize(
    "body", ["<html></html>", "", "[]", "{}", '{"results": null}', '{"results": {}}', '{"error": "x", "message": "y"}']
)
async def test_what_is_no_list_is_a_fault(alex: OpenAlex, lab: Lab, body: str) -> None:
    lab.upstream.put(WORKS, body, "application/json")
    with pytest.raises(SourceUnhealthyError):
        await alex.cited([arxiv("2512.17220")])


@pytest.mark.parametrize(("hours", "seconds"), [("5", 5 * 3600), ("48", 86400)])
async def test_a_budget_that_is_used_up_is_respected_for_hours(
    alex: OpenAlex, lab: Lab, hours: str, seconds: int
) -> None:
    lab.upstream.fail(WORKS, status=429, headers={"Retry-After": str(int(hours) * 3600)})
    with pytest.raises(SourceUnavailableError) as refused:
        await alex.cited([arxiv("2512.17220")])
    assert refused.value.retry_after == seconds
    lab.time.forward(seconds=seconds - 60)
    with pytest.raises(SourceUnavailableError, match="asked for patience"):
        await alex.search("Ada", 3)
    assert len(lab.upstream.requests) == 1
    lab.time.forward(seconds=61)
    assert await alex.cited([arxiv("2512.17220")])


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 401, "body": '{"error": "Invalid API key"}'},
        {"status": 403},
        {"status": 404},
        {"status": 500},
        {"empty": True},
        {"html": True},
        {"truncate": 40},
        {"cut": 20},
        {"bomb": 30},
        {"redirect": "https://elsewhere.example/works", "status": 301},
    ],
)
async def test_every_fault_on_the_way_is_a_fault_of_the_source_and_names_no_key(
    alex: OpenAlex, lab: Lab, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    lab.upstream.fail(WORKS, **fault)
    with pytest.raises(SourceError) as told:
        await alex.cited([arxiv("2512.17220")])
    assert "S3CRET" not in str(told.value) + caplog.text
