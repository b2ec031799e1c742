"""A field that is longer than a field may be is cut before anything reads it, and counted; the others stay as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from bot.models import Record
from bot.sources.arxiv_api import parse_answer
from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.biorxiv import parse_details
from bot.sources.dumps import read_row
from bot.sources.feeds import parse_articles
from bot.sources.huggingface_rows import parse_list
from bot.sources.limits import AUTHORS, TEXT, TITLE

NOW = datetime(2026, 6, 1, tzinfo=UTC)
Read = tuple[Sequence[Record], Sequence[str]]


def announced(title: str, abstract: str, authors: str) -> Read:
    item = f"""<item><title>{title}</title><description>arXiv:2606.00001v1 Announce Type: new
        Abstract: {abstract}</description><guid>oai:arXiv.org:2606.00001v1</guid><pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate>
        <arxiv:announce_type>new</arxiv:announce_type><dc:creator>{authors}</dc:creator></item>"""
    head = '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    found = parse_feed(f"{head}<pubDate>Mon, 01 Jun 2026 00:00:00 -0400</pubDate>{item}</channel></rss>".encode(), "a")
    return found.records, found.skipped


def published(title: str, abstract: str, authors: str) -> Read:
    """A journal's feed whose texts have markup in them."""
    half = len(abstract) // 2
    item = f"""<item><title>{title}</title><description><p>{abstract[:half]}</p><p>{abstract[half:]}</p></description>
        <link>https://doi.org/10.1000/1</link><dc:creator>{authors}</dc:creator></item>"""
    head = '<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    found = parse_articles(f"{head}{item}</channel></rss>".encode(), "a", NOW)
    return found.records, found.skipped


def harvested(title: str, abstract: str, authors: str, form: str = "arXivRaw") -> Read:
    people = authors
    version = '<version version="v1"><date>Mon, 01 Jun 2026 00:00:00 GMT</date></version>'
    if form == "arXiv":
        version = "<created>2026-06-01</created>"
        people = "".join(f"<author><keyname>{name}</keyname></author>" for name in authors.split(", "))
    metadata = f"""<{form} xmlns="http://arxiv.org/OAI/{form}/"><id>2606.00001</id>{version}<title>{title}</title>
        <authors>{people}</authors><categories>cs.LG</categories><abstract>{abstract}</abstract></{form}>"""
    record = f"<record><header><datestamp>2026-06-01</datestamp></header><metadata>{metadata}</metadata></record>"
    head = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T00:00:00Z</responseDate>'
    found = parse_page(f"{head}<ListRecords>{record}</ListRecords></OAI-PMH>".encode(), "a")
    return found.records, found.skipped


def looked_up(title: str, abstract: str, authors: str) -> Read:
    entry = f"""<entry><id>http://arxiv.org/abs/2606.00001v1</id><title>{title}</title><summary>{abstract}</summary>
        <published>2026-06-01T00:00:00Z</published><updated>2026-06-01T00:00:00Z</updated><author><name>{authors}</name></author></entry>"""
    found = parse_answer(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode(), "a")
    return found.records, found.skipped


def listed(title: str, abstract: str, authors: str) -> Read:
    people = [{"name": name} for name in authors.split(", ")]
    row = {"paper": {"id": "2606.00001", "title": title, "summary": abstract, "authors": people}}
    found = parse_list(json.dumps([row]).encode(), "a", NOW.date())
    return found.records, found.skipped


def posted(title: str, abstract: str, authors: str) -> Read:
    row = {
        "doi": "10.1101/2026.06.01.1",
        "title": title,
        "authors": authors.replace(", ", "; "),
        "abstract": abstract,
        "date": "2026-06-01",
        "version": "1",
    }
    page = {"messages": [{"status": "ok", "total": 1}], "collection": [row]}
    found = parse_details(json.dumps(page).encode(), "a")
    return found.records, found.skipped


def imported(title: str, abstract: str, authors: str) -> Read:
    row = {
        "id": "2606.00001",
        "title": title,
        "abstract": abstract,
        "authors": authors.split(", "),
        "categories": "cs.LG",
    }
    found = read_row(json.dumps(row).encode())
    assert not isinstance(found, str), found
    return found.records, ()


READERS: dict[str, Callable[[str, str, str], Read]] = {
    "announcement feed": announced,
    "journal": published,
    "OAI-PMH": harvested,
    "OAI-PMH, split names": lambda title, abstract, authors: harvested(title, abstract, authors, "arXiv"),
    "query API": looked_up,
    "daily list": listed,
    "bioRxiv": posted,
    "file": imported,
}


@pytest.mark.parametrize("reader", READERS)
def test_what_is_too_long_is_cut_and_counted(reader: str) -> None:
    authors = ", ".join(f"Person Number{n}" for n in range(30_000))
    ((first, *_), skipped) = READERS[reader]("long title " * 400_000, "a long abstract, on and on " * 40_000, authors)
    assert TITLE - 50 < len(first.title) <= TITLE
    assert TEXT - 100 < len(first.abstract or "") <= TEXT
    assert sum(len(author.name) for author in first.authors) <= AUTHORS
    assert reader == "file" or any("longer than a field may be" in text for text in skipped)


@pytest.mark.parametrize("reader", READERS)
def test_the_longest_real_ones_stay_whole(reader: str) -> None:
    people = ["Ada Example"] if reader in ("query API",) else [f"Person Number{n:04}" for n in range(2_400)]
    title, abstract = "A title of many words " * 20, "What is known of it, at length. " * 900
    ((first, *_), skipped) = READERS[reader](title, abstract, ", ".join(people))
    assert first.title == title.strip()
    assert (first.abstract or "").split() == abstract.split()
    assert len(first.authors) == len(people)
    assert not skipped
