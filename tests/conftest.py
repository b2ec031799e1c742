"""What every test may use: a real database in a temporary folder, a clock that is set by hand, and the data where it is at hand."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.models import Author, Event, EventKind, PaperId, Record
from bot.store.database import Database, open_database
from bot.store.search import mark_current
from tests import properties as properties  # its profile holds for every test
from tests.house import House, check_manners, open_all
from tests.processes import ROOT as ROOT
from tests.processes import RUN, end_family
from tests.story import Story, told

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday


def pytest_sessionstart() -> None:
    """Marks every process that this run starts."""
    os.environ[RUN] = uuid.uuid4().hex


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends what is left of them, which is a fault of a test."""
    if left := end_family(RUN, os.environ[RUN]):
        print(f"\n{len(left)} processes outlived their test")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "paperboy.db") as opened:
        async with opened.transaction() as write:
            await mark_current(write)
        yield opened


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The house with the bot in it, the sample upstream's newest announcement taken in; its manners are checked at the end."""
    async with open_all(tmp_path) as opened:
        await opened.start()
        await opened.first_look()
        yield opened
        check_manners(opened.play)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """Nine people follow alerts at once, and the bot is a process of its own."""
    async with told(tmp_path) as begun:
        yield begun


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("PAPERBOY_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PAPERBOY_DATA to its folder")
    return folder


def arxiv(value: str) -> PaperId:
    return PaperId("arxiv", value)


def record(
    value: str = "2611.00001",
    title: str = "A paper about diffusion",
    *,
    kind: EventKind = EventKind.ANNOUNCED,
    occurrence: str = "",
    at: datetime = NOW,
    source: str = "arxiv:cs.LG",
    ids: tuple[PaperId, ...] | None = None,
    abstract: str | None = "We say something new about it.",
    authors: tuple[str, ...] = ("Ada Example", "Ben Sample"),
    categories: tuple[str, ...] = ("cs.LG",),
    version: int | None = 1,
    **fields: object,
) -> Record:
    """A record as a source would give it."""
    return Record(
        source=source,
        ids=ids or (arxiv(value),),
        title=title,
        event=Event(kind, at, occurrence),
        abstract=abstract,
        authors=tuple(Author(name) for name in authors),
        categories=categories,
        version=version,
        **fields,  # type: ignore[arg-type]
    )
