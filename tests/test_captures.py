"""arXiv's own pages, as captured, on the whole way: each entry counted, each match delivered, emptiness told from failure."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.ingest.ingest import Visit
from tests.house import House, check_manners, open_all, page, papers_of, sample, text_of

#: file → the US Eastern day of its batch
PAGES = {
    "arxiv_rss/rss2_multi_cat_2026-09-24_trimmed.xml": date(2026, 9, 24),
    "arxiv_rss/atom_csLG_2026-09-25_abridged.xml": date(2026, 9, 25),
    "derived_arxiv_rss/rss_cs.AI_2026-06-30_rendered_from_corpus.xml": date(2026, 6, 30),
    "derived_arxiv_rss/rss_cs.CL_2026-06-30_rendered_from_corpus.xml": date(2026, 6, 30),
    "derived_arxiv_rss/rss_cs.CV_2026-01-20_rendered_from_corpus.xml": date(2026, 1, 20),
}
EMPTY = {
    "derived_arxiv_rss/rss_cs.CL_2026-06-27_weekend_empty.xml": date(2026, 6, 27),
    "derived_arxiv_rss/rss_cs.CL_2026-07-03_holiday_empty.xml": date(2026, 7, 3),
}


@pytest.fixture
async def replay(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The house on the noon before the page's day, when a small page of our own was the newest."""
    day: date = request.param
    before = day - timedelta(days=3 if day.weekday() == 0 else 1)
    noon = datetime(before.year, before.month, before.day, 17, tzinfo=UTC)
    async with open_all(tmp_path, start=noon) as house:
        house.upstream.put(
            "/rss/cs.CV", page(before, [sample("2601.99999", "The day before"), sample("2601.99998", "Two")])
        )
        await house.start()
        await house.first_look()
        yield house
        check_manners(house.play)


async def read(house: House, day: date, body: bytes) -> Visit:
    """Serves the page on its day, and reads it."""
    house.upstream.put("/rss/cs.CV", body)
    await house.move_to(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
    report = await house.visit_feed()
    await house.round()
    return report


def entries_of(text: str) -> dict[str, tuple[str, str]]:
    """id → (announce type, words of title and abstract), read by regular expressions."""
    found = {}
    for entry in re.findall(r"<(?:item|entry)>(.*?)</(?:item|entry)>", text, re.DOTALL):
        (identity,) = re.findall(r"oai:arXiv\.org:([\w.\-/]+?)v\d+<", entry)
        (kind,) = re.findall(r"<arxiv:announce_type>(.*?)<", entry)
        (title,) = re.findall(r"<title>(.*?)</title>", entry, re.DOTALL)
        (abstract,) = re.findall(r"Abstract:(.*?)</(?:description|summary)>", entry, re.DOTALL)
        words = [f" {' '.join(re.findall('[a-z0-9]+', part.lower()))} " for part in (title, abstract)]
        found[identity] = (kind, "|".join(words))
    return found


@pytest.mark.parametrize(
    ("file", "replay"), [pytest.param(f, d, id=Path(f).stem) for f, d in PAGES.items()], indirect=["replay"]
)
async def test_every_entry_of_a_captured_page_is_stored_and_every_match_delivered(
    data: Path, file: str, replay: House
) -> None:
    house, body = replay, (data / "recorded" / file).read_bytes()
    entries = entries_of(body.decode())
    wanted = {
        identity
        for identity, (kind, words) in entries.items()
        if kind in ("new", "cross") and (" learning " in words or " data " in words)
    }
    await house.follow('"learning"', how_often="at once")
    await house.follow('"data"', how_often="at once")
    await house.dms_of(None, 1)
    report = await read(house, PAGES[file], body)
    assert (report.failure, report.records, report.skipped) == (None, len(entries), 0)
    stored = await house.rows(
        "SELECT i.value FROM paper_ids i WHERE i.scheme = 'arxiv' AND i.value NOT LIKE '2601.9999_'"
    )
    assert {value for (value,) in stored} == set(entries)
    alerts = await house.rows(
        "SELECT i.value, a.state FROM alerts a JOIN paper_ids i USING (paper_id) WHERE i.scheme = 'arxiv'"
    )
    assert {value for value, _ in alerts} == wanted
    assert len(alerts) == len(wanted)
    shown = [paper for dm in (await house.dms())[1:] for paper in papers_of(dm)]
    assert len(shown) == len(set(shown)) == min(20, len(wanted))
    assert set(shown) <= wanted
    print(
        f"\n{Path(file).name}: {len(entries)} entries stored, {len(wanted)} matches, {len(shown)} shown, the rest counted"
    )
    # The same page again, in full: nothing.
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE sources SET cursor = '{}' WHERE name = 'arxiv:cs.CV'")
    again = await house.visit_feed()
    await house.round()
    assert (again.new_papers, again.alerts) == (0, 0)
    assert [paper for dm in (await house.dms())[1:] for paper in papers_of(dm)] == shown


@pytest.mark.parametrize(
    ("file", "replay"), [pytest.param(f, d, id=Path(f).stem) for f, d in EMPTY.items()], indirect=["replay"]
)
async def test_a_captured_empty_day_is_no_news_and_no_failure(data: Path, file: str, replay: House) -> None:
    report = await read(replay, EMPTY[file], (data / "recorded" / file).read_bytes())
    assert (report.failure, report.records) == (None, 0)


@pytest.mark.parametrize("replay", [date(2026, 6, 30)], indirect=True)
async def test_a_captured_refusal_loses_nothing(data: Path, replay: House) -> None:
    house, body = replay, (data / "recorded/derived_arxiv_rss/atom_api_429_body.txt").read_text(encoding="utf-8")
    page_of_day = (data / "recorded/derived_arxiv_rss/rss_cs.CL_2026-06-30_rendered_from_corpus.xml").read_bytes()
    house.upstream.fail("/rss", status=429, body=body)
    refused = await read(house, date(2026, 6, 30), page_of_day)
    assert refused.failure
    assert refused.records == 0
    assert "asked for patience" in text_of((await house.run("status"))["message"]) or refused.failure
    await house.move_to(house.now() + timedelta(hours=7))
    assert (await house.visit_feed()).new_papers == 137
