"""A clock that only moves when something waits, the sample upstreams on loopback, and the real state of gates in a real file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.biorxiv import openrxiv_service
from bot.sources.http import Limits, PoliteClient, RateState, Service, arxiv_service
from bot.sources.huggingface import huggingface_service
from bot.store.database import open_database
from bot.store.sources import GateState
from playground.upstreams.server import Upstream
from tests.ready import ready

ROOT = Path(__file__).parents[2]


class Time:
    """Says `now`; waiting moves it on at once and is written down."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class Lab:
    """Upstream, clock, state of gates and clients of one test."""

    def __init__(self, upstream: Upstream, time: Time, gate_state: RateState) -> None:
        self.upstream = upstream
        self.time = time
        self.gate_state = gate_state

    def services(self) -> list[Service]:
        up = self.upstream
        return [
            arxiv_service("arxiv-rss", up.rss_url),
            arxiv_service("arxiv-oai", up.oai_url),
            arxiv_service("arxiv-api", up.api_url),
            huggingface_service(up.huggingface_url),
            openrxiv_service(up.url),
        ]

    def client(self, *more: Service, limits: Limits | None = None) -> PoliteClient:
        return PoliteClient(
            [*self.services(), *more],
            user_agent="Paperboy/test (mailto:test@example.org)",
            gate_state=self.gate_state,
            clock=self.time,
            wait=self.time.wait,
            limits=limits or Limits(),
        )

    def feed(self, client: PoliteClient, category: str = "cs.LG") -> ArxivFeed:
        return ArxivFeed(client, self.upstream.rss_url, category)

    def paths(self) -> list[str]:
        return [entry["path"] for entry in self.upstream.requests]


@pytest.fixture
def time() -> Time:
    """Friday, 20 November 2026, 07:00 in New York."""
    return Time(datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.fixture
async def lab(time: Time, tmp_path: Path) -> AsyncIterator[Lab]:
    async with open_database(ready(tmp_path / "paperboy.db")) as database, Upstream(clock=time) as upstream:
        yield Lab(upstream, time, GateState(database))


@pytest.fixture
async def client(lab: Lab) -> AsyncIterator[PoliteClient]:
    async with lab.client() as client:
        yield client


@pytest.fixture
def pages() -> Path:
    return ROOT / "tests" / "pages"


@pytest.fixture
def recorded() -> Path:
    """The captured answers, which are not part of the repository."""
    folder = Path(os.environ.get("PAPERBOY_DATA", ROOT.parent / "shared" / "data")) / "recorded"
    if not folder.is_dir():
        pytest.skip(f"captures are not at hand: no {folder} (set PAPERBOY_DATA)")
    return folder
