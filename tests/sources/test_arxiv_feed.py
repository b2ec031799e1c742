"""Announcement feeds: what is in them, and the difference between nothing new and something wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import SourceUnavailableError, SourceUnhealthyError
from bot.models import Author, Batch, Event, EventKind, PaperId
from bot.sources.arxiv_feed import ArxivFeed, parse_feed
from bot.sources.http import PoliteClient

if TYPE_CHECKING:
    from tests.sources.conftest import Lab

MIDNIGHT = datetime(2026, 11, 20, 5, tzinfo=UTC)


async def read(feed: ArxivFeed, cursor: str | None, lab: Lab) -> list[Batch]:
    return [batch async for batch in feed.batches(cursor, lab.time.now)]


def test_every_announce_type_becomes_its_event(pages: Path) -> None:
    feed = parse_feed((pages / "arxiv_rss_friday.xml").read_bytes(), "arxiv:cs.LG")
    assert feed.day == date(2026, 11, 20)
    assert feed.entries == 6
    assert [(r.ids[0].value, r.event) for r in feed.records] == [
        ("2506.05240", Event(EventKind.ANNOUNCED, MIDNIGHT, "")),
        ("2504.11237", Event(EventKind.CROSS_LISTED, MIDNIGHT, "2026-11-20")),
        ("2504.14945", Event(EventKind.REVISED, MIDNIGHT, "v5")),
        ("quant-ph/0201082", Event(EventKind.WITHDRAWN, MIDNIGHT, "v2")),
    ]
    assert [r.withdrawn for r in feed.records] == [False, False, False, True]


def test_a_bad_entry_is_named_and_spoils_nothing(pages: Path) -> None:
    feed = parse_feed((pages / "arxiv_rss_friday.xml").read_bytes(), "arxiv:cs.LG")
    assert feed.skipped == (
        "oai:arXiv.org:2611.00001v1: no title",
        "oai:arXiv.org:2611.00002v1: announce type 'rumour'",
    )


@pytest.mark.parametrize("version", ["v1000", "v999999999", "v" + "9" * 40])
def test_a_version_that_no_paper_has_is_left_out_and_not_its_paper(pages: Path, version: str) -> None:
    body = (pages / "arxiv_rss_friday.xml").read_bytes()
    assert body.count(b"2506.05240v1<") == 1
    feed = parse_feed(body.replace(b"2506.05240v1<", f"2506.05240{version}<".encode()), "arxiv:cs.LG")
    assert [(r.ids[0].value, r.version) for r in feed.records[:1]] == [("2506.05240", None)]
    assert len(feed.records) == 4


def test_an_entry_is_read_to_the_field(pages: Path) -> None:
    flow, ions, *_ = parse_feed((pages / "arxiv_rss_friday.xml").read_bytes(), "arxiv:cs.LG").records
    assert flow.source == "arxiv:cs.LG"
    assert flow.title == "Aligning Latent Spaces with Flow Priors"
    assert flow.abstract == (
        "A flow model that was trained before gives a shape to latent spaces, at a cost of $O(n)$ & without solving any equation."
    )
    assert flow.authors[:2] == (
        Author("Yizhuo Li", "The University of Hong Kong, Hong Kong"),
        Author("Yuying Ge"),
    )
    assert len(flow.authors) == 5
    assert flow.categories == ("cs.LG", "cs.CV")  # ACM and MSC classes are not arXiv's
    assert (flow.version, flow.published, flow.community) == (1, None, None)
    assert flow.license_url == "http://creativecommons.org/licenses/by/4.0/"
    assert ions.ids == (PaperId("arxiv", "2504.11237"), PaperId("doi", "10.1103/bppp-53g1"))
    assert ions.journal_ref == "Phys. Rev. Research 7, L042071 (2025)"
    assert ions.authors[2] == Author("Zolt\\'an Harman")  # as published


def test_both_flavours_say_the_same(pages: Path) -> None:
    rss = parse_feed((pages / "arxiv_rss_friday.xml").read_bytes(), "x")
    atom = parse_feed((pages / "arxiv_atom_friday.xml").read_bytes(), "x")
    assert atom.records == rss.records[:1]
    assert atom.day == rss.day


async def test_a_batch_comes_once_and_then_nothing_until_it_changes(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    (batch,) = await read(feed, None, lab)
    shown = [item for item in lab.upstream.announced(date(2026, 11, 20)) if "cs.LG" in item.paper.categories]
    assert {r.ids[0].value for r in batch.records} == {item.paper.id for item in shown}
    assert await read(feed, batch.cursor, lab) == []
    assert lab.upstream.requests[1]["status"] == 304
    lab.time.forward(days=3)
    (monday,) = await read(feed, batch.cursor, lab)
    assert {r.event.at.date() for r in monday.records} == {date(2026, 11, 23)}


async def test_a_stop_between_fetching_and_storing_loses_nothing(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    first = await read(feed, None, lab)
    assert await read(feed, None, lab) == first  # the cursor was not stored: the validators were not either


async def test_the_same_feed_without_validators_is_no_second_batch(lab: Lab, client: PoliteClient, pages: Path) -> None:
    body = (pages / "arxiv_rss_friday.xml").read_bytes()
    lab.upstream.put("/rss/cs.LG", body)
    feed = lab.feed(client)
    (batch,) = await read(feed, None, lab)
    lab.upstream.put("/rss/cs.LG", body.replace(b"05:00:02", b"09:00:02"))
    (again,) = await read(feed, batch.cursor, lab)
    assert again.records == ()


async def test_both_flavours_can_be_configured(lab: Lab, client: PoliteClient) -> None:
    (rss,) = await read(lab.feed(client), None, lab)
    (atom,) = await read(ArxivFeed(client, lab.upstream.atom_url, "cs.LG"), None, lab)
    assert atom.records == rss.records


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"html": True}, "web page"),
        ({"empty": True}, "empty"),
        ({"body": "captcha"}, "not XML"),
        ({"truncate": 2000}, "cut off"),
        ({"truncate": 60}, "cut off"),
        ({"body": "<feed xmlns='urn:other'/>"}, "another document"),
        ({"body": "<rss version='2.0'/>"}, "no channel"),
        ({"body": "<rss><channel><title>x</title></channel></rss>"}, "of which day"),
    ],
)
async def test_a_broken_feed_is_an_error_and_never_an_empty_day(
    lab: Lab, client: PoliteClient, fault: dict[str, object], reason: str
) -> None:
    lab.upstream.fail("/rss", **fault)
    feed = lab.feed(client)
    with pytest.raises(SourceUnhealthyError, match=reason):
        await read(feed, None, lab)
    (batch,) = await read(feed, None, lab)
    assert batch.records


async def test_every_cut_of_a_feed_is_refused_as_a_whole(pages: Path) -> None:
    body = (pages / "arxiv_rss_friday.xml").read_bytes().rstrip()
    for length in range(0, len(body) - 1, 97):
        with pytest.raises(SourceUnhealthyError):
            parse_feed(body[:length], "x")


async def test_arxivs_own_error_feed_is_an_error(lab: Lab, client: PoliteClient) -> None:
    with pytest.raises(SourceUnhealthyError, match=r"cannot serve this feed: Bad archive 'no\+such'|cannot serve"):
        await read(ArxivFeed(client, lab.upstream.rss_url, "not_a_category"), None, lab)


async def test_a_feed_of_which_nothing_can_be_read_is_an_error(lab: Lab, client: PoliteClient, pages: Path) -> None:
    body = (
        (pages / "arxiv_rss_friday.xml").read_bytes().replace(b"<title>", b"<titel>").replace(b"</title>", b"</titel>")
    )
    lab.upstream.put("/rss/cs.LG", body)
    with pytest.raises(SourceUnhealthyError, match="none of 6 entries"):
        await read(lab.feed(client), None, lab)


async def test_a_stale_feed_is_noticed_and_leaves_the_cursor_alone(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    (friday,) = await read(feed, None, lab)
    lab.time.forward(days=3)
    lab.upstream.fail("/rss/cs.LG", stale=True)
    with pytest.raises(
        SourceUnhealthyError, match=r"stale. It says 2026-11-23 and holds exactly the batch of 2026-11-20"
    ):
        await read(feed, friday.cursor, lab)
    (monday,) = await read(feed, friday.cursor, lab)
    assert monday.records


async def test_an_empty_weekend_is_healthy_and_remembers_the_batch_before(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    (friday,) = await read(feed, None, lab)
    lab.time.forward(days=1)
    (saturday,) = await read(feed, friday.cursor, lab)
    assert (saturday.records, saturday.skipped) == ((), ())
    lab.time.forward(days=2)
    lab.upstream.fail("/rss/cs.LG", stale=True)
    with pytest.raises(SourceUnhealthyError, match="stale"):
        await read(feed, saturday.cursor, lab)


@pytest.mark.parametrize("day", ["Thu, 26 Nov 2026 00:00:00 -0500", "Fri, 27 Nov 2026 00:00:00 -0500"])
async def test_an_empty_holiday_is_healthy(lab: Lab, client: PoliteClient, day: str) -> None:
    feed = lab.feed(client)
    (friday,) = await read(feed, None, lab)
    lab.time.forward(days=7)
    lab.upstream.put("/rss/cs.LG", _empty(day))
    (holiday,) = await read(feed, friday.cursor, lab)
    assert holiday.records == ()


async def test_an_empty_weekday_is_suspicious_three_times_and_then_believed(
    lab: Lab, client: PoliteClient, pages: Path
) -> None:
    feed, friday = await _large_friday(lab, client, pages)
    lab.time.now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    lab.upstream.put("/rss/cs.LG", _empty("Mon, 23 Nov 2026 00:00:00 -0500"))
    for _ in range(3):
        with pytest.raises(SourceUnhealthyError, match="empty on Monday"):
            await read(feed, friday.cursor, lab)
    (monday,) = await read(feed, friday.cursor, lab)
    assert monday.records == ()
    assert feed.next_poll(monday.cursor, datetime(2026, 11, 23, 7, tzinfo=UTC), lab.time.now).date() == date(
        2026, 11, 24
    )


async def test_a_false_empty_day_is_caught_up_when_the_batch_appears(
    lab: Lab, client: PoliteClient, pages: Path
) -> None:
    feed, friday = await _large_friday(lab, client, pages)
    lab.time.forward(days=3)
    lab.upstream.put("/rss/cs.LG", _empty("Mon, 23 Nov 2026 00:00:00 -0500"))
    with pytest.raises(SourceUnhealthyError):
        await read(feed, friday.cursor, lab)
    lab.upstream.heal()
    (monday,) = await read(feed, friday.cursor, lab)
    assert monday.records


async def test_a_small_category_may_be_empty_without_alarm(lab: Lab, client: PoliteClient, pages: Path) -> None:
    feed = lab.feed(client, "cs.GL")
    lab.upstream.put("/rss/cs.GL", _empty("Fri, 20 Nov 2026 00:00:00 -0500"))
    for _ in range(3):  # no alarm, but no belief either: the day is asked for again
        assert await read(feed, None, lab) == []
    (believed,) = await read(feed, None, lab)
    assert believed.records == ()
    lab.upstream.put("/rss/cs.GL", (pages / "arxiv_atom_friday.xml").read_bytes())
    (one,) = await read(feed, None, lab)
    lab.time.now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    lab.upstream.put("/rss/cs.GL", _empty("Mon, 23 Nov 2026 00:00:00 -0500"))
    for _ in range(3):
        assert await read(feed, one.cursor, lab) == []
    (quiet,) = await read(feed, one.cursor, lab)
    assert quiet.records == ()


async def _large_friday(lab: Lab, client: PoliteClient, pages: Path) -> tuple[ArxivFeed, Batch]:
    """A category of fifteen entries that was read on Friday."""
    body = _repeated((pages / "arxiv_rss_friday.xml").read_text(), 15)
    lab.upstream.put("/rss/cs.LG", body)
    feed = lab.feed(client)
    (friday,) = await read(feed, None, lab)
    assert len(friday.records) == 15
    return feed, friday


def _repeated(text: str, count: int) -> str:
    """The page with its first entry so many times, each under an id of its own."""
    start, end = text.index("    <item>"), text.index("    <item>", text.index("    <item>") + 5)
    items = "".join(text[start:end].replace("2506.05240", f"2511.{n:05}") for n in range(count))
    return text[:start] + items + "  </channel>\n</rss>"


async def test_five_hours_of_refusals_cost_few_requests_and_no_paper(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    lab.upstream.fail("/rss", count=10_000, status=429, body="Rate exceeded.")
    begun = lab.time.now
    while (lab.time.now - begun).total_seconds() < 5 * 3600:
        with pytest.raises(SourceUnavailableError):
            await read(feed, None, lab)
        lab.time.forward(minutes=5)
    assert len(lab.upstream.requests) <= 8
    lab.upstream.heal()
    lab.time.forward(hours=6)
    (batch,) = await read(feed, None, lab)
    shown = [item for item in lab.upstream.announced(date(2026, 11, 20)) if "cs.LG" in item.paper.categories]
    assert len(batch.records) == len(shown)


async def test_a_full_feed_says_that_something_is_missing(pages: Path) -> None:
    feed = parse_feed(_repeated((pages / "arxiv_rss_friday.xml").read_text(), 2000).encode(), "x")
    assert len(feed.records) == 2000
    assert "full" in feed.skipped[0]


async def test_the_next_poll_follows_the_stored_day(lab: Lab, client: PoliteClient) -> None:
    feed = lab.feed(client)
    assert feed.next_poll(None, None, lab.time.now) == lab.time.now
    (batch,) = await read(feed, None, lab)
    assert feed.next_poll(batch.cursor, lab.time.now, lab.time.now) == datetime(2026, 11, 23, 5, 5, tzinfo=UTC)
    assert feed.next_poll(None, lab.time.now, lab.time.now) == datetime(2026, 11, 20, 13, tzinfo=UTC)


def _empty(day: str) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n<rss version=\"2.0\"><channel><title>cs.LG updates on arXiv.org</title>"
        f"<lastBuildDate>{day}</lastBuildDate><pubDate>{day}</pubDate></channel></rss>"
    )
