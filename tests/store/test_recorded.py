"""Everything that was captured from arXiv and Hugging Face, stored for real and counted against the bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.models import Record
from bot.sources.arxiv_api import parse_answer
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.huggingface_rows import parse_list
from bot.store import collection, papers, search
from bot.store.database import Database
from tests.conftest import NOW


def bare(identity: str) -> str:
    """Without version and subject class."""
    return re.sub(r"^([a-z-]+)\.[A-Z]{2}/", r"\1/", re.sub(r"v\d+$", "", identity))


def found(pattern: bytes, body: bytes) -> set[str]:
    return {bare(value.decode()) for value in re.findall(pattern, body)}


def documents(data: Path, *folders: str, suffix: str = ".xml") -> Iterator[tuple[Path, bytes]]:
    for folder in folders:
        for path in sorted((data / "recorded" / folder).iterdir()):
            if path.suffix == suffix:
                yield path, path.read_bytes()


async def store(database: Database, records: tuple[Record, ...]) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, records, NOW, eligible=False)


async def stored(database: Database) -> set[str]:
    """arXiv ids of papers; each is one row, and the index holds every row."""
    async with database.reading() as read:
        rows = await read.all("SELECT value, paper_id FROM paper_ids WHERE scheme = 'arxiv'")
        assert len({row["paper_id"] for row in rows}) == len(rows) == await collection.count_papers(read)
        assert await search.check_index(read) == (len(rows), len(rows))
        return {row["value"] for row in rows}


async def test_every_paper_of_every_capture_is_one_row(database: Database, data: Path) -> None:
    expected: set[str] = set()
    for _, body in documents(data, "arxiv_rss", "derived_arxiv_rss"):
        expected |= found(rb"<(?:guid[^>]*|id)>oai:arXiv\.org:([^<]+)<", body)
        await store(database, parse_feed(body, "arxiv:x").records)
    assert await stored(database) == expected
    feeds = len(expected)
    for path, body in documents(data, "arxiv_oai", "derived_arxiv_oai"):
        if b"oai_dc:dc" in body or path.name.startswith("error_"):
            continue
        expected |= found(rb"<identifier>oai:arXiv\.org:([^<]+)<", body)
        await store(database, parse_page(body, "arxiv-oai").records)
    assert await stored(database) == expected
    lists = len(expected)
    for path, body in documents(data, "arxiv_atom"):
        if "http400" in path.name:
            continue
        expected |= found(rb"<id>http://arxiv\.org/abs/([^<]+)</id>", body)
        await store(database, parse_answer(body, "arxiv-api").records)
    assert await stored(database) == expected
    answers = len(expected)
    for path, body in documents(data, "hf_daily_papers", suffix=".json"):
        rows = [row for row in json.loads(body) if isinstance(row, dict)]
        if rows:
            listed = date.fromisoformat(path.name[:10]) if path.name[0] == "2" else date(2026, 6, 12)
            expected |= {row["paper"]["id"] for row in rows}
            await store(database, parse_list(body, "huggingface", listed).records)
    assert await stored(database) == expected
    assert (feeds, lists, answers, len(expected)) == (359, 885, 1006, 1264)


async def test_the_captures_again_and_backwards_change_no_paper(database: Database, data: Path) -> None:
    pages = [
        parse_page(body, "arxiv-oai").records
        for path, body in documents(data, "derived_arxiv_oai")
        if path.name.startswith("ListRecords_arXivRaw")
    ]
    for records in pages:
        await store(database, records)

    async def rows() -> list[tuple[object, ...]]:
        async with database.reading() as read:
            return [tuple(row) for row in await read.all("SELECT * FROM papers ORDER BY id")]

    before = await rows()
    assert len(before) > 100
    for records in [*pages, *reversed(pages)]:
        await store(database, records)
    assert await rows() == before
