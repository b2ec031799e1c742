"""Entries a second out of an arXiv feed, an OAI-PMH page, a journal's feed and a Hugging Face list, beside other ways to read them,
and out of feeds that are no XML and are mended first.

Run it: .venv/bin/python benchmarks/bench_parse.py. Pages are made here; the ratios are to the fastest plain reading.
"""

from __future__ import annotations

import io
import json
import logging
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

from lxml import etree

from bot.sources.arxiv_feed import parse_feed
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.feeds import parse_articles
from bot.sources.huggingface_rows import parse_list

PAGES = Path(__file__).parents[1] / "tests" / "pages"
ENTRIES = 2000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ABSTRACT = "A sentence of an ordinary abstract, which goes on for a while with $x^2$ and more. " * 14
CREATORS = ", ".join(f"Given{n} Family{n}" for n in range(7))


def feed_page() -> bytes:
    text = (PAGES / "arxiv_atom_friday.xml").read_text(encoding="utf-8")
    start, end = text.index("    <entry>"), text.index("</feed>")
    entry = text[start:end].replace("A flow model", ABSTRACT).replace("Yuying Ge", CREATORS)
    return (
        text[:start] + "".join(entry.replace("2506.05240", f"2611.{n:05}") for n in range(ENTRIES)) + "</feed>"
    ).encode()


def list_page() -> bytes:
    text = (PAGES / "oai_raw.xml").read_text(encoding="utf-8")
    start, end = text.index("<record>"), text.index("</record>") + len("</record>")
    record = text[start:end].replace("A prior for latent spaces.", ABSTRACT)
    records = "".join(record.replace("2506.05240", f"2611.{n:05}") for n in range(ENTRIES))
    return (text[:start] + records + "\n</ListRecords></OAI-PMH>").encode()


def journal_page() -> bytes:
    item = (PAGES / "journal_rss.xml").read_text(encoding="utf-8")
    start, end = item.index("<item>"), item.index("</item>") + len("</item>")
    entry = item[start:end].replace("Matter and antimatter", ABSTRACT)
    return (
        item[:start] + "".join(entry.replace("107.020401", f"107.{n:06}") for n in range(ENTRIES)) + "</channel></rss>"
    ).encode()


def with_entity(body: bytes) -> bytes:
    """With a character that XML does not know in one title."""
    at = body.rindex(b"<title") + len(b"<title>")
    return body[:at] + b"&nbsp;" + body[at:]


def with_lone_tag(body: bytes) -> bytes:
    """With one tag that nobody closes."""
    at = body.rindex(b"</title>")
    return body[:at] + b" when n<N>M" + body[at:]


def community_page() -> bytes:
    row = json.loads((PAGES / "huggingface_2026.json").read_text(encoding="utf-8"))[0]
    row["paper"]["summary"] = row["summary"] = ABSTRACT
    return json.dumps([row] * ENTRIES).encode()


def plain_lxml(body: bytes) -> int:
    """Titles only, by lxml, nothing checked."""
    return len([entry.findtext("{*}title") for entry in etree.fromstring(body).iter("{*}entry", "{*}record")])


def plain_standard(body: bytes) -> int:
    """Titles only, by the standard library."""
    entries = [e for e in ElementTree.fromstring(body).iter() if e.tag.endswith(("}entry", "}record"))]
    return len([entry.find("{*}title") for entry in entries])


def plain_iterparse(body: bytes) -> int:
    """Titles only, by lxml, entry by entry with little memory."""
    found = 0
    for _, entry in etree.iterparse(io.BytesIO(body), events=("end",), tag=("{*}entry", "{*}record")):
        entry.findtext("{*}title")
        entry.clear()
        found += 1
    return found


def plain_json(body: bytes) -> int:
    """Titles only, by the standard library."""
    return len([row["paper"]["title"] for row in json.loads(body)])


def measure(work: Callable[[], int]) -> float:
    """Entries a second, the median of five runs."""
    rates = []
    for _ in range(5):
        start = time.perf_counter()
        entries = work()
        rates.append(entries / (time.perf_counter() - start))
    return statistics.median(rates)


def report(title: str, body: bytes, ways: dict[str, Callable[[], int]]) -> None:
    rates = {name: measure(work) for name, work in ways.items()}
    best = max(rates.values())
    print(f"{title}: {ENTRIES} entries, {len(body) / 1e6:.1f} MB")
    for name, rate in rates.items():
        print(f"  {name:<42} {rate:>9,.0f} entries/s   {best / rate:4.1f} x the fastest's time")


def main() -> None:
    feed, lists, journal, community = feed_page(), list_page(), journal_page(), community_page()
    plain = {"lxml": plain_lxml, "lxml iterparse": plain_iterparse, "standard library": plain_standard}

    def others(body: bytes) -> dict[str, Callable[[], int]]:
        return {f"{name}, titles only": (lambda read=read: read(body)) for name, read in plain.items()}  # type: ignore[misc]

    logging.disable()
    mended, lone = with_entity(feed), with_lone_tag(feed)
    report(
        "arXiv feed",
        feed,
        {
            "parse_feed, every field checked": lambda: len(parse_feed(feed, "x").records),
            "the same, one character mended": lambda: len(parse_feed(mended, "x").records),
            "the same, one entry's tags mended": lambda: len(parse_feed(lone, "x").records),
            **others(feed),
        },
    )
    report(
        "OAI-PMH page",
        lists,
        {"parse_page, every field checked": lambda: len(parse_page(lists, "x").records), **others(lists)},
    )
    bad_journal, lone_journal = with_entity(journal), with_lone_tag(journal)
    report(
        "journal's feed",
        journal,
        {
            "parse_articles, every field checked": lambda: len(parse_articles(journal, "x", NOW).records),
            "the same, one character mended": lambda: len(parse_articles(bad_journal, "x", NOW).records),
            "the same, one entry's tags mended": lambda: len(parse_articles(lone_journal, "x", NOW).records),
        },
    )
    report(
        "Hugging Face list",
        community,
        {
            "parse_list, every field checked": lambda: len(parse_list(community, "x", date(2026, 3, 6)).records),
            "json, titles only": lambda: plain_json(community),
        },
    )


if __name__ == "__main__":
    main()
