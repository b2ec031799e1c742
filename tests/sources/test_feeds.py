"""Journals' feeds in the three formats, and what in them is a paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import SourceUnhealthyError
from bot.models import Author, EventKind, PaperId
from bot.sources.feeds import JournalFeed, feed_name, feed_service, parse_articles

if TYPE_CHECKING:
    from tests.sources.conftest import Lab

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_rdf_with_prism(pages: Path) -> None:
    found = parse_articles((pages / "journal_rdf.xml").read_bytes(), "feed:x", NOW)
    (record,) = found.records
    assert record.ids == (PaperId("doi", "10.1038/s41586-021-03819-2"),)
    assert record.title == "Highly accurate protein structure prediction with AlphaFold"
    assert record.authors == (Author("John Jumper"), Author("Richard Evans"))
    assert (record.published, record.journal_ref) == (date(2021, 7, 15), "Nature")
    assert record.abstract is not None
    assert record.abstract.endswith("A network predicts how proteins fold & how sure it is.")
    assert found.skipped == ("entry 2: no DOI ('A word from the editors')",)


def test_rss_with_dois_in_links_only(pages: Path) -> None:
    article, preprint = parse_articles((pages / "journal_rss.xml").read_bytes(), "feed:x", NOW).records
    assert article.ids == (PaperId("doi", "10.1103/physrevlett.107.020401"),)
    assert article.title == "Observation of CP violation"
    assert article.event.at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert article.event.kind is EventKind.ANNOUNCED
    assert [a.name for a in article.authors] == ["Emmy Noether", "van der Waals, Johannes", "A. Person"]
    assert preprint.ids == (PaperId("arxiv", "2506.05240"),)
    assert preprint.authors == (Author("A. Person"),)
    assert preprint.event.at == NOW  # it does not say when


def test_atom(pages: Path) -> None:
    (record,) = parse_articles((pages / "journal_atom.xml").read_bytes(), "feed:x", NOW).records
    assert record.ids == (PaperId("doi", "10.1000/abc.1"),)
    assert record.title == "Learning & forgetting"
    assert record.event.at == datetime(2026, 11, 18, 0, 30, tzinfo=UTC)
    assert record.authors == (Author("A. Person"), Author("B. Person"))
    assert record.abstract == "What is learnt is forgotten, unless it is repeated often enough."


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<!DOCTYPE rss><rss/>", b"<rss><channel><item>", b"<opml/>"])
def test_what_is_no_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceUnhealthyError):
        parse_articles(body, "feed:x", NOW)


def test_a_feed_without_any_paper_is_an_error_and_an_empty_one_is_not() -> None:
    with pytest.raises(SourceUnhealthyError, match="none of 1 entries is a paper"):
        parse_articles(b"<rss><channel><item><title>News</title></item></channel></rss>", "feed:x", NOW)
    assert parse_articles(b"<rss><channel/></rss>", "feed:x", NOW).records == ()


IEEE = "<link>http://ieeexplore.ieee.org/document/11711131</link>"


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ("<dc:creator><![CDATA[ Marlow, C. D., Winter, M. ]]></dc:creator>", ["C. D. Marlow", "M. Winter"]),
        ("<dc:creator>Ada Marlow</dc:creator><dc:creator>Max Winter</dc:creator>", ["Ada Marlow", "Max Winter"]),
        ("<dc:creator>\n Ada Marlow, \n Max Winter\n</dc:creator>", ["Ada Marlow", "Max Winter"]),
        ("<dc:creator>Ada Marlow&lt;br/&gt;Max Winter</dc:creator>", ["Ada Marlow", "Max Winter"]),
        ("<dc:creator>Ada Marlow&lt;sup&gt;1&lt;/sup&gt;, Max Winter&lt;sup&gt;1,2&lt;/sup&gt;</dc:creator>", ["Ada Marlow", "Max Winter"]),
        ("<dc:creator><rdf:Seq><rdf:li>A. Marlow</rdf:li><rdf:li>Winter, Max</rdf:li></rdf:Seq></dc:creator>", ["A. Marlow", "Max Winter"]),
        ("<author>a@x.example (Ada Marlow)</author><author>Max Winter</author>", ["Ada Marlow", "Max Winter"]),
        ("<author>a@x.example (Ada Marlow, Max Winter)</author>", ["Ada Marlow", "Max Winter"]),
        ("<author>Marlow C, Winter M, et al. </author>", ["C. Marlow", "M. Winter"]),
        ("<author><name>Ada Marlow</name><name>Max Winter</name><email>a@x.example</email></author>", ["Ada Marlow", "Max Winter"]),
        ("<author><name>Ada Marlow, Max Winter and Dana Frost</name></author>", ["Ada Marlow", "Max Winter", "Dana Frost"]),
        ("<authors><![CDATA[ Ada Marlow;Max Winter; ]]></authors>", ["Ada Marlow", "Max Winter"]),
        ("<authors><author><name>Ada Marlow</name></author></authors>", ["Ada Marlow"]),
        ("<description>&lt;p&gt;Author(s): Ada Marlow, Max Winter&lt;/p&gt;</description>", ["Ada Marlow", "Max Winter"]),
        ("<description>Author(s): Ada Marlow, and Max Winter&lt;br/&gt;We heat it.</description>", ["Ada Marlow", "Max Winter"]),
        ("<content>&lt;p&gt;by Ada Marlow, Max Winter&lt;/p&gt; We heat it.</content>", ["Ada Marlow", "Max Winter"]),
        ("<dc:creator/><author></author>", []),
    ],
)  # fmt: skip
def test_everybody_who_wrote_it(people: str, expected: list[str]) -> None:
    body = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>T</title>{IEEE}{people}</item></rdf:RDF>'
    )
    (record,) = parse_articles(body.encode(), "feed:x", NOW).records
    assert [author.name for author in record.authors] == expected


def test_an_address_is_the_identity_where_there_is_no_other(pages: Path) -> None:
    (atom,) = parse_articles((pages / "journal_atom.xml").read_bytes(), "feed:x", NOW).records
    assert atom.address == PaperId("url", "journals.example.org/abc/1")
    body = f"<rss><channel><item><title>T</title>{IEEE}</item><item><title>U</title><guid>tag:x,1</guid></item></channel></rss>"
    found = parse_articles(body.encode(), "feed:x", NOW)
    assert [record.ids for record in found.records] == [(PaperId("url", "ieeexplore.ieee.org/document/11711131"),)]
    assert found.skipped == ("entry 2: no DOI ('U')",)


async def test_a_feed_is_a_source(lab: Lab, pages: Path) -> None:
    url = f"{lab.upstream.url}/journal.xml"
    lab.upstream.put("/journal.xml", (pages / "journal_rss.xml").read_bytes())
    async with lab.client(feed_service(url)) as client:
        source = JournalFeed(client, url)
        (batch,) = [b async for b in source.batches(None, NOW)]
        assert len(batch.records) == 2
        assert [b async for b in source.batches(batch.cursor, NOW)] == []
        lab.upstream.put("/journal.xml", (pages / "journal_rss.xml").read_bytes().replace(b"Recent", b"Latest"))
        (same,) = [b async for b in source.batches(batch.cursor, NOW)]
        assert same.records == ()  # the page changed, its papers did not
    assert source.next_poll(batch.cursor, NOW, NOW) == NOW + timedelta(hours=6)
    assert source.next_poll(None, None, NOW) == NOW


def test_names_tell_feeds_apart() -> None:
    assert feed_name("https://www.nature.com/nature.rss") == "feed:www.nature.com/nature.rss"
    assert feed_name("https://x.org/feed?jc=1") != feed_name("https://x.org/feed?jc=2")
