"""A fresh store fills itself: the last 7 days at once and silently, then the 90 days before in the background."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.health.status import StatusService
from bot.ingest.ingest import Ingest
from bot.models import Cadence, OwnerKind, PendingBackfill, Recipient, Subscription, SubscriptionKind
from bot.process.application import backfill_sources, live_sources
from bot.query.matching import Matcher
from bot.show.reports import status_card
from bot.sources.http import PoliteClient
from bot.sources.huggingface import huggingface_service
from bot.sources.rate_policy import arxiv_service
from bot.store.database import Database, open_database
from bot.store.search import mark_current
from bot.store.sources import GateState
from playground.upstreams.server import Upstream

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)  # a Friday
SINCE, UNTIL = date(2026, 8, 22), date(2026, 11, 13)
CATEGORIES = ("cs.CV", "cs.CL")


class Time:
    """Says `now`; waiting moves it on at once."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Fresh:
    """A store that was never filled, with the sources of a real one over the sample upstreams, at arXiv's real pace."""

    def __init__(self, database: Database, upstream: Upstream, time: Time) -> None:
        self.database, self.upstream, self.time = database, upstream, time
        settings = Settings(_env_file=None).model_copy(  # type: ignore[call-arg]
            update={
                "arxiv_rss_url": upstream.rss_url,
                "arxiv_oai_url": upstream.oai_url,
                "huggingface_url": upstream.huggingface_url,
                "categories": CATEGORIES,
            }
        )
        self.client = PoliteClient(
            [
                arxiv_service("arxiv-rss", upstream.rss_url),
                arxiv_service("arxiv-oai", upstream.oai_url),
                huggingface_service(upstream.huggingface_url),
            ],
            user_agent="Paperboy/test (mailto:test@example.org)",
            gate_state=GateState(database),
            clock=time,
            wait=time.wait,
        )
        matcher = Matcher()
        everything = [
            Subscription(1, Recipient(OwnerKind.USER, 7), SubscriptionKind.KEYWORD, "the", Cadence.DAILY, NOW),
            Subscription(2, Recipient(OwnerKind.USER, 7), SubscriptionKind.CATEGORY, "cs", Cadence.DAILY, NOW),
            Subscription(3, Recipient(OwnerKind.USER, 7), SubscriptionKind.TRENDING, "daily", Cadence.DAILY, NOW),
        ]
        for subscription in everything:
            matcher.add(subscription)
        history = backfill_sources(settings, self.client, NOW.date())
        self.ingest = Ingest(database, live_sources(settings, self.client), matcher, time, backfills=history)
        self.status = StatusService(database, time)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.reading() as read:
            return [tuple(row) for row in await read.all(sql)]

    async def stored(self) -> set[str]:
        return {value for (value,) in await self.rows("SELECT value FROM paper_ids WHERE scheme = 'arxiv'")}

    def listed(self, since: date, until: date) -> set[str]:
        """What the sample lists of these days hold."""
        return {i.paper.id for i in self.upstream.papers if i.paper.community and since <= i.day <= until}

    def asked_days(self) -> list[str]:
        return [r["query"][5:15] for r in self.upstream.requests if r["path"] == "/api/daily_papers"]


@contextlib.asynccontextmanager
async def opened(folder: Path, upstream: Upstream, time: Time) -> AsyncIterator[Fresh]:
    async with open_database(folder / "p.db") as database:
        async with database.transaction() as write:
            await mark_current(write)
        fresh = Fresh(database, upstream, time)
        await fresh.ingest.register_backfills()
        async with fresh.client:
            yield fresh


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def upstream(time: Time) -> AsyncIterator[Upstream]:
    """Half of the samples in the last week, the other half before it; three records a page."""
    async with Upstream(clock=time, anchor=date(2026, 11, 16), page_size=3) as served:
        days = {item.day for item in served.papers}
        assert min(days) < UNTIL < max(days)
        yield served


async def fill(fresh: Fresh) -> None:
    """Minute after minute until nothing is pending_backfills, as the job does."""
    for _ in range(20):
        await fresh.ingest.backfill()
        if not await fresh.ingest.pending_backfills():
            return
        fresh.time.now += timedelta(minutes=1)
    raise AssertionError(await fresh.ingest.pending_backfills())


async def test_the_last_week_comes_first_and_silently_then_the_90_days_before(
    tmp_path: Path, upstream: Upstream, time: Time
) -> None:
    async with opened(tmp_path, upstream, time) as fresh:
        assert await fresh.ingest.backfill() == []  # the news come first
        assert not upstream.requests
        await fresh.ingest.ingest_due()
        week = fresh.listed(UNTIL, NOW.date())
        assert week
        assert week <= await fresh.stored()
        before = fresh.listed(SINCE, UNTIL - timedelta(days=3))  # OAI-PMH looks a day further back
        assert before
        assert not before & await fresh.stored()
        await fill(fresh)
        assert before <= await fresh.stored()
        today = f"at >= {int(NOW.replace(hour=0).timestamp())}"  # news, as it is on every day
        assert await fresh.rows(f"SELECT DISTINCT {today}, eligible FROM events ORDER BY 1") == [(0, 0), (1, 1)]
        told = f"SELECT paper_id FROM alerts WHERE paper_id NOT IN (SELECT paper_id FROM events WHERE {today})"
        assert await fresh.rows(told) == []
        days = fresh.asked_days()
        every = [(SINCE + timedelta(days=n)).isoformat() for n in range((NOW.date() - SINCE).days + 1)]
        assert set(days) == set(every)


async def test_after_it_is_full_nothing_of_the_past_is_asked_again(
    tmp_path: Path, upstream: Upstream, time: Time
) -> None:
    async with opened(tmp_path, upstream, time) as fresh:
        await fresh.ingest.ingest_due()
        await fill(fresh)
        count = len(upstream.requests)
        assert await fresh.ingest.backfill() == []
    async with opened(tmp_path, upstream, time) as fresh:  # nor after a restart
        assert await fresh.ingest.pending_backfills() == []
        assert await fresh.ingest.backfill() == []
    assert len(upstream.requests) == count


@pytest.mark.parametrize("stop_behind", [3, 30, 95])
async def test_stopped_half_way_it_goes_on_where_it_was(
    tmp_path: Path, upstream: Upstream, time: Time, stop_behind: int
) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    async with opened(whole, upstream, time) as fresh:
        await fresh.ingest.ingest_due()
        await fill(fresh)
        expected = await fresh.stored(), await fresh.rows("SELECT day, count(*) FROM listings GROUP BY day")
    upstream.requests.clear()
    time.now = NOW
    async with opened(stopped, upstream, time) as fresh:
        await fresh.ingest.ingest_due()
        begun = len(upstream.requests)
        filling = asyncio.create_task(fill(fresh))
        while len(upstream.requests) < begun + stop_behind and not filling.done():
            await asyncio.sleep(0)
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
    async with opened(stopped, upstream, time) as fresh:
        await fill(fresh)
        assert (await fresh.stored(), await fresh.rows("SELECT day, count(*) FROM listings GROUP BY day")) == expected
        past = [day for day in fresh.asked_days() if day < UNTIL.isoformat()]
        assert len(past) - len(set(past)) <= 1  # the one that was under way


async def test_news_and_history_share_one_queue_three_seconds_apart(
    tmp_path: Path, upstream: Upstream, time: Time
) -> None:
    async with opened(tmp_path, upstream, time) as fresh:
        await fresh.ingest.ingest_due()
        await asyncio.gather(fill(fresh), fresh.ingest.ingest_all())
    at = [datetime.fromisoformat(r["at"]) for r in upstream.requests if not r["path"].startswith("/api")]
    assert len(at) > 8
    assert all(later - earlier >= timedelta(seconds=3) for earlier, later in itertools.pairwise(at))


async def test_the_status_says_how_far_back_it_reaches_and_what_is_owed(
    tmp_path: Path, upstream: Upstream, time: Time
) -> None:
    async with opened(tmp_path, upstream, time) as fresh:
        fresh_status = await fresh.status.status()
        assert fresh_status.pending_backfills == (
            PendingBackfill("arxiv-oai:cs:cs:CL", SINCE, UNTIL),
            PendingBackfill("arxiv-oai:cs:cs:CV", SINCE, UNTIL),
            PendingBackfill("huggingface", SINCE, UNTIL),
        )
        assert fresh_status.sources == ()
        await fresh.ingest.ingest_due()
        filling = asyncio.create_task(fresh.ingest.backfill())
        while "2026-10-01" not in fresh.asked_days():
            await asyncio.sleep(0)
        filling.cancel()
        await asyncio.gather(filling, return_exceptions=True)
        half = await fresh.status.status()
        lists = next(
            pending_backfills
            for pending_backfills in half.pending_backfills
            if pending_backfills.source == "huggingface"
        )
        assert lists.until in (date(2026, 10, 1), date(2026, 10, 2))
        personal = await fresh.status.personal(7)
        text = status_card(half, personal).embeds[0].description
        assert f"- still to be read: `huggingface` 2026-08-22 to {lists.until}" in text
        await fill(fresh)
        full = await fresh.status.status()
        assert full.pending_backfills == ()
        days = {item.day for item in upstream.papers if item.day <= NOW.date() and item.paper.community}
        assert full.listed_since == min(days)
        assert full.announced_since is not None
        assert full.announced_since < UNTIL
        text = status_card(full, personal).embeds[0].description
        assert f"from the daily lists since {min(days)}" in text
        assert "still to be read" not in text


async def test_a_source_of_the_past_that_is_no_longer_wanted_is_not_owed(
    tmp_path: Path, upstream: Upstream, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, upstream, time):
        pass
    monkeypatch.setattr("tests.test_history.CATEGORIES", ("cs.CL",))
    async with opened(tmp_path, upstream, time) as fresh:
        pending_backfills = (await fresh.status.status()).pending_backfills
    assert [o.source for o in pending_backfills] == ["arxiv-oai:cs:cs:CL", "huggingface"]
