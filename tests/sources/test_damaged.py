"""Whatever happens to an answer of any upstream: records that can be kept or a named fault of the source, and the others go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SourceError
from bot.ingest.ingest import Ingest
from bot.models import Record
from bot.query.matching import Matcher
from bot.sources.arxiv import oai_set
from bot.sources.arxiv_api import parse_answer
from bot.sources.arxiv_feed import ArxivFeed, parse_feed
from bot.sources.arxiv_oai import ArxivOai
from bot.sources.arxiv_oai_records import parse_page
from bot.sources.biorxiv import BioRxiv, openrxiv_service, parse_details
from bot.sources.feeds import JournalFeed, feed_service, parse_articles
from bot.sources.http import PoliteClient, arxiv_service
from bot.sources.huggingface import HuggingFace, huggingface_service
from bot.sources.huggingface_rows import parse_list, parse_paper
from bot.store.database import open_database
from bot.store.sources import GateState
from playground.upstreams.server import Upstream
from tests.conftest import HandClock
from tests.properties import tries
from tests.ready import ready
from tests.sources.damage import PAGES, damaged, every_field_as_every_value, pages

NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
READERS: dict[str, Callable[[bytes], Sequence[Record]]] = {
    "announcement feed": lambda body: parse_feed(body, "a").records,
    "OAI-PMH": lambda body: parse_page(body, "a").records,
    "query API": lambda body: parse_answer(body, "a").records,
    "daily list": lambda body: parse_list(body, "a", NOW.date()).records,
    "bioRxiv": lambda body: parse_details(body, "a").records,
    "journal": lambda body: parse_articles(body, "a", NOW).records,
}


def check(record: Record) -> None:
    """Whether it can be kept and shown: with a name and a title, in text that UTF-8 holds, at an instant that calendars hold."""
    assert record.ids
    assert record.title.strip()
    json.dumps(asdict(record), default=str, ensure_ascii=False).encode()
    assert all(identity.value.isprintable() for identity in record.ids)
    for identity in record.ids:
        assert identity.scheme != "arxiv" or identity.value.isascii()
    assert record.version is None or 0 <= record.version < 2**31
    dates = [d for d in (record.event.at, record.updated, record.published) if d is not None]
    assert all(1500 < d.year < 3100 for d in dates)
    assert record.event.at.tzinfo is not None
    assert all(author.name.strip() for author in record.authors)
    if record.community:
        numbers = (record.community.upvotes, record.community.comments, record.community.code_stars or 0)
        assert all(0 <= n < 2**63 for n in numbers)


def read(upstream: str, body: bytes) -> None:
    """Reads the answer: records that can be kept, or a fault of the source in few words."""
    fault = None
    records: Sequence[Record] = ()
    try:
        records = READERS[upstream](body)
    except SourceError as error:
        fault = error
    assert fault is None or (str(fault).startswith("a: ") and len(str(fault)) < 1_000)
    for record in records:
        check(record)


@pytest.mark.parametrize("upstream", PAGES)
@tries(100)
@given(data=st.data())
def test_a_damaged_answer_gives_records_that_can_be_kept_or_a_named_fault(upstream: str, data: st.DataObject) -> None:
    read(upstream, data.draw(damaged(upstream)))


@pytest.mark.parametrize("upstream", PAGES)
def test_so_does_every_field_with_every_value(upstream: str) -> None:
    for body in every_field_as_every_value(upstream):
        read(upstream, body)


@tries(100)
@given(data=st.data())
def test_a_damaged_answer_about_one_paper_does_so_too(data: st.DataObject) -> None:
    """A row of a list has the fields of one paper's own page."""
    body = data.draw(damaged("daily list"))
    with contextlib.suppress(SourceError):
        check(parse_paper(body.strip().removeprefix(b"[").partition(b"}, {")[0] + b"}", "a"))


@pytest.mark.parametrize("upstream", PAGES)
def test_every_page_is_read_before_it_is_damaged(upstream: str) -> None:
    assert any(READERS[upstream](body) for body in pages(upstream)[: len(PAGES[upstream][0])])


@tries(10)
@given(data=st.data())
def test_what_happens_to_every_answer_at_once_holds_no_other_source_up(data: st.DataObject) -> None:
    bodies = {name: data.draw(damaged(name)) for name in PAGES if name != "query API"}
    failures, stored = asyncio.run(_visited(bodies))
    assert failures[-1] is None
    assert stored > 0
    assert not [failure for failure in failures if failure and "could not work with its answer" in failure]


async def _visited(bodies: dict[str, bytes]) -> tuple[list[str | None], int]:
    """What became of a visit to a source of every kind with these answers, and last to one that is sound."""
    clock = HandClock(NOW)

    async def wait(seconds: float) -> None:
        clock.move(seconds=seconds)

    with tempfile.TemporaryDirectory() as folder:
        async with open_database(ready(Path(folder, "paperboy.db"))) as database, Upstream(clock=clock) as upstream:
            for path, name, kind in (
                ("/rss/cs.CV", "announcement feed", "text/xml"),
                ("/oai", "OAI-PMH", "text/xml"),
                ("/api/daily_papers", "daily list", "application/json"),
                (f"/details/biorxiv/2026-11-17/{NOW.date()}/0/json", "bioRxiv", "application/json"),
                ("/journal", "journal", "text/xml"),
            ):
                upstream.put(path, bodies[name], kind)
            services = [
                arxiv_service("arxiv-rss", upstream.rss_url),
                arxiv_service("arxiv-oai", upstream.oai_url),
                huggingface_service(upstream.huggingface_url),
                openrxiv_service(upstream.url),
                feed_service(f"{upstream.url}/journal"),
            ]
            gate_state = GateState(database)
            client = PoliteClient(services, user_agent="Paperboy/test", gate_state=gate_state, clock=clock, wait=wait)
            async with client:
                sources = (
                    ArxivFeed(client, upstream.rss_url, "cs.CV"),
                    ArxivOai(client, upstream.oai_url, oai_set=oai_set("cs.CV")),
                    HuggingFace(client, upstream.huggingface_url),
                    BioRxiv(client, upstream.url),
                    JournalFeed(client, f"{upstream.url}/journal"),
                    ArxivFeed(client, upstream.rss_url, "cs.LG"),
                )
                reports = await Ingest(database, sources, Matcher(), clock).ingest_all()
            async with database.reading() as read:
                left_out = await read.value("SELECT count(*) FROM events WHERE at > :at", {"at": _late()})
            assert left_out == 0
            return [report.failure for report in reports], reports[-1].records


def _late() -> int:
    return int((NOW + timedelta(days=2)).timestamp())


LONG: Final = "{" * 3_000
HEAD: Final = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-18T17:00:00Z</responseDate>'


@pytest.mark.parametrize(
    ("upstream", "body"),
    [
        (
            "announcement feed",
            f"<rss><channel><pubDate>2026-11-20</pubDate><item><guid>{LONG}</guid></item></channel></rss>",
        ),
        ("announcement feed", f"<{'x' * 3_000}/>"),
        (
            "OAI-PMH",
            f"{HEAD}<ListRecords><record><header><identifier>{LONG}</identifier></header></record></ListRecords></OAI-PMH>",
        ),
        (
            "OAI-PMH",
            f"{HEAD}<ListRecords><record><metadata><{'x' * 3_000}/></metadata></record></ListRecords></OAI-PMH>",
        ),
    ],
)
def test_a_fault_is_told_in_few_words_whatever_it_is_about(upstream: str, body: str) -> None:
    with pytest.raises(SourceError) as fault:
        READERS[upstream](body.encode())
    assert len(str(fault.value)) < 400
