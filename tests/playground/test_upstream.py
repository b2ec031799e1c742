"""The sample upstreams: exact shapes, days that follow the clock, and misbehaviour on command."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from playground.upstreams import registries
from playground.upstreams.samples import announce, load_samples, weekday_from
from playground.upstreams.server import Upstream, shifted_clock

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday


async def fetch(url: str, **options: Any) -> tuple[int, bytes, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(options.pop("method", "GET"), url, **options) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


def test_about_sixty_real_papers_with_texts_of_our_own() -> None:
    samples = load_samples()
    assert 55 <= len(samples) <= 65
    assert len({paper.id for paper in samples}) == len(samples)
    for paper in samples:
        assert paper.abstract.endswith("(sample text)")
        assert re.fullmatch(r"\d{4}\.\d{5}", paper.id)
        assert paper.authors
        assert paper.categories
        if paper.community:
            assert paper.community.summary.endswith("(sample text)")
            assert paper.community.keywords
    batches = Counter(paper.batch for paper in samples)
    assert batches[0] == 14
    assert sum(n for batch, n in batches.items() if -6 <= batch <= 0) == 35
    assert all(batches[batch] for batch in range(-6, 6))
    everything = " ".join(f"{paper.title} {paper.abstract}" for paper in samples).lower()
    for topic in ("diffusion", "language model", "robot", "protein", "quantum", "$"):
        assert topic in everything
    assert any(not name.isascii() for paper in samples for name in paper.authors)


@pytest.mark.parametrize(
    ("anchor", "steps", "expected"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-22", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", -1, "2026-11-19"),
        ("2026-11-23", -1, "2026-11-20"),
        ("2026-11-21", -6, "2026-11-12"),
    ],
)
def test_batches_fall_on_weekdays(anchor: str, steps: int, expected: str) -> None:
    assert weekday_from(date.fromisoformat(anchor), steps) == date.fromisoformat(expected)


async def test_a_new_batch_comes_with_each_weekday() -> None:
    now = NOW
    async with Upstream(clock=lambda: now) as upstream:
        seen = []
        for _ in range(5):
            _, body, _ = await fetch(
                f"{upstream.rss_url}/cs+quant-ph+q-bio+astro-ph+hep-th+hep-ph+gr-qc+stat+physics+math"
            )
            channel = ET.fromstring(body).find("channel")
            assert channel is not None
            seen.append((channel.findtext("pubDate"), len(channel.findall("item"))))
            now += timedelta(days=1)
    assert seen == [
        ("Fri, 20 Nov 2026 00:00:00 -0500", 14),
        ("Sat, 21 Nov 2026 00:00:00 -0500", 0),
        ("Sun, 22 Nov 2026 00:00:00 -0500", 0),
        ("Mon, 23 Nov 2026 00:00:00 -0500", 6),
        ("Tue, 24 Nov 2026 00:00:00 -0500", 6),
    ]


async def test_the_last_batch_stays_when_it_shall() -> None:
    async with Upstream(clock=lambda: NOW + timedelta(days=1), keep_last=True) as upstream:
        _, body, _ = await fetch(f"{upstream.rss_url}/cs.LG")
    assert b"<pubDate>Fri, 20 Nov 2026" in body
    assert b"<item>" in body


async def test_feeds_order_and_type_their_entries_as_arxiv_does() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:
        _, body, headers = await fetch(f"{upstream.rss_url}/cs.LG")
        status, error, _ = await fetch(f"{upstream.rss_url}/no_such")
    kinds = re.findall(rb"<arxiv:announce_type>([^<]+)<", body)
    order = [b"new", b"cross", b"replace", b"replace-cross"]
    assert kinds == sorted(kinds, key=order.index)
    assert {b"cross", b"replace"} <= set(kinds)
    assert b"Announce Type: cross \nAbstract: " in body
    assert headers["Content-Type"].startswith("application/rss+xml")
    assert (status, b"Feed error for query" in error) == (400, True)


async def test_unchanged_pages_are_not_sent_twice() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:
        for url in (
            f"{upstream.rss_url}/cs.LG",
            f"{upstream.atom_url}/cs.LG",
            f"{upstream.url}/api/daily_papers?date=2026-11-20",
        ):
            _, _, headers = await fetch(url)
            status, body, _ = await fetch(url, headers={"If-None-Match": headers["ETag"]})
            assert (status, body) == (304, b"")


async def test_nothing_is_known_before_its_time() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:
        future = [item.paper.id for item in upstream.papers if item.day > NOW.date()]
        _, lists, _ = await fetch(f"{upstream.oai_url}?verb=ListRecords&metadataPrefix=arXiv")
        _, api, _ = await fetch(f"{upstream.api_url}?id_list={','.join(future)}&max_results=100")
        _, search, _ = await fetch(f"{upstream.url}/api/papers/search?q=the")
    assert future
    assert not [paper for paper in future if paper.encode() in lists]
    assert b"<entry>" not in api
    assert not [paper for paper in future if paper.encode() in search]


async def test_the_query_api_understands_the_usual_queries() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:

        async def titles(query: str) -> list[str]:
            _, body, _ = await fetch(upstream.api_url, params={"search_query": query, "max_results": "50"})
            return re.findall(r"<title>([^<]+)</title>", body.decode())[1:]

        assert await titles("ti:TurboDiffusion") == [
            "TurboDiffusion: Accelerating Video Diffusion Models by 100-200 Times"
        ]
        assert set(await titles("cat:quant-ph ANDNOT ti:diffusion")) < set(await titles("cat:quant-ph"))
        assert await titles('all:"nowhere to be found"') == []
        status, body, _ = await fetch(f"{upstream.api_url}?id_list=abc")
    assert (status, b"<title>Error</title>" in body) == (400, True)


async def test_hugging_faces_rules() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:
        daily = f"{upstream.huggingface_url}/api/daily_papers"
        _, body, headers = await fetch(daily)
        rows = json.loads(body)
        assert rows == sorted(rows, key=lambda row: -row["paper"]["upvotes"])
        assert headers["Content-Type"].startswith("application/json")
        row = rows[0]
        assert row["paper"]["publishedAt"].endswith("T00:00:00.000Z")
        assert row["publishedAt"].endswith("T19:00:00.000Z")  # the day before, New York, said to be UTC
        for wrong in ("date=tomorrow", "date=2026-12-24", "limit=101", "limit=0"):
            status, _, _ = await fetch(f"{daily}?{wrong}")
            assert status == 400
        _, first, _ = await fetch(f"{daily}?date=2026-11-20&limit=2&p=0")
        _, second, _ = await fetch(f"{daily}?date=2026-11-20&limit=2&p=1")
        assert [r["paper"]["id"] for r in rows[:4]] == [
            r["paper"]["id"] for r in json.loads(first) + json.loads(second)
        ]
        assert (await fetch(f"{upstream.url}/api/papers/9912.00001"))[0] == 404


async def test_misbehaviour_is_ordered_over_http_counted_and_forgotten(tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_text("<recorded/>")
    async with Upstream(clock=lambda: NOW, folder=tmp_path) as upstream:
        feed = f"{upstream.rss_url}/cs.LG"

        async def order(**fault: Any) -> int:
            return (await fetch(f"{upstream.url}/faults", method="POST", json={"path": "/rss", **fault}))[0]

        assert await order(status=429, body="Rate exceeded.", headers={"Retry-After": "7"}, count=2) == 200
        for _ in range(2):
            status, body, headers = await fetch(feed)
            assert (status, body, headers["Retry-After"]) == (429, b"Rate exceeded.", "7")
        whole = (await fetch(feed))[1]
        await order(truncate=100)
        assert (await fetch(feed))[1] == whole[:100]
        await order(html=True)
        assert (await fetch(feed))[1].startswith(b"<!DOCTYPE html>")
        await order(empty=True)
        assert (await fetch(feed))[1] == b""
        await order(file="page.xml")
        assert (await fetch(feed))[1] == b"<recorded/>"
        await order(stale=True)
        assert b"<pubDate>Fri, 20 Nov 2026" in (stale := (await fetch(feed))[1])
        assert stale != whole
        await order(cut=10)
        with pytest.raises(aiohttp.ClientError):
            await fetch(feed)
        await order(status=500, count=100)
        assert (await fetch(feed))[0] == 500
        await fetch(f"{upstream.url}/faults", method="DELETE")
        assert (await fetch(feed))[:2] == (200, whole)
        assert await order(catastrophe=True) == 400
        _, log, _ = await fetch(f"{upstream.url}/requests?after=1")
        entries = json.loads(log)
        assert [entry["n"] for entry in entries] == list(range(2, len(entries) + 2))
        assert entries[0]["status"] == 429
        assert (await fetch(f"{upstream.url}/files/page.xml"))[1] == b"<recorded/>"
        assert (await fetch(f"{upstream.url}/files/%2e%2e/secret"))[0] == 404


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    file = tmp_path / "shift"
    clock = shifted_clock(file)
    for written, shift in ((None, 0.0), ("86400.5", 86400.5), ("nonsense", 0.0)):
        if written is not None:
            file.write_text(written)
        before = datetime.now(UTC)
        assert before <= clock() - timedelta(seconds=shift) <= datetime.now(UTC)


def test_the_invented_figures_of_people_agree_with_each_other() -> None:
    items = announce(load_samples(), NOW.date())
    people = [one for item in items for one in registries.people_of(item)]
    assert len({one.number for one in people}) == len({one.key for one in people}) > 300
    for one in people:
        assert 0 < one.h_index <= one.papers
        assert one.citations >= one.h_index**2
        assert sum(written for _, written, _ in one.years) == one.papers
        assert all(written >= 0 and cited >= 0 for _, written, cited in one.years)
        row, other = registries.alex_author(one, 2026), registries.s2_author(one)
        assert row["cited_by_count"] == sum(year["cited_by_count"] for year in row["counts_by_year"])
        assert (other["paperCount"], other["hIndex"]) == (row["works_count"], row["summary_stats"]["h_index"])
    assert {one.place for one in people} > {None}
    said = [registries.s2_paper(item) for item in items]
    for name in ("abstract", "publicationDate", "citationCount"):
        assert {row[name] is None for row in said} == {True, False}, name
    namesakes = {one.number for one in people if one.name == registries.NAMESAKES}
    assert len(namesakes) == 2


async def test_registries_answer_in_batches_with_nulls_and_redirects() -> None:
    async with Upstream(clock=lambda: NOW) as upstream:
        scholar, alex = upstream.semantic_scholar_url, upstream.openalex_url
        asked = {"ids": ["ARXIV:2512.17220", "ARXIV:9999.00001", "DOI:10.48550/arXiv.2510.27688", "DOI:10.1/x"]}
        status, body, _ = await fetch(f"{scholar}/paper/batch?fields=citationCount", method="POST", json=asked)
        assert (status, [row and sorted(row) for row in json.loads(body)]) == (
            200,
            [["citationCount", "paperId"], None, ["citationCount", "paperId"], None],
        )
        status, body, _ = await fetch(f"{scholar}/author/batch", method="POST", json={"ids": ["0"]})
        assert (status, json.loads(body)) == (400, {"error": "No valid author ids given"})
        status, body, _ = await fetch(f"{scholar}/author/search?query=nobody")
        assert (status, json.loads(body)) == (200, {"total": 0, "offset": 0})
        status, body, _ = await fetch(f"{scholar}/author/0/papers")
        assert (status, json.loads(body)) == (404, {"error": "Author with id 0 not found"})
        merged = registries.person(registries.MERGED)
        status, _, headers = await fetch(f"{alex}/authors/{merged.alex_before}", allow_redirects=False)
        assert (status, headers["Location"]) == (301, f"/openalex/authors/{merged.alex}")
        status, body, _ = await fetch(f"{alex}/authors/{registries.NOBODY}")
        assert (status, json.loads(body)["display_name"]) == (200, "Deleted Author")
        status, body, _ = await fetch(f"{alex}/works?filter=doi:10.48550/arxiv.2512.17220|10.1/x&select=id,doi")
        assert [row["doi"] for row in json.loads(body)["results"]] == ["https://doi.org/10.48550/arxiv.2512.17220"]
        assert (await fetch(f"{alex}/works?per_page=101"))[0] == 400
        assert (await fetch(f"{alex}/authors/A1"))[0] == 404
        not_yet = next(item for item in upstream.papers if item.day > NOW.date() + timedelta(days=2))
        status, _, _ = await fetch(f"{scholar}/paper/batch", method="POST", json={"ids": [f"ARXIV:{not_yet.paper.id}"]})
        assert status == 400  # nobody knows it yet
        for path, how in (("/graph/v1", {"status": 429}), ("/openalex", {"html": True})):
            upstream.fail(path, **how)
        assert (await fetch(f"{scholar}/author/search?query=a"))[0] == 429
        assert b"<!DOCTYPE html>" in (await fetch(f"{alex}/authors?search=a"))[1]
