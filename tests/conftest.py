"""What every test may use: a real database in a temporary folder, a clock that is set by hand, and the data where it is at hand."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import uuid
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
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
from tests.ready import ready
from tests.story import Story, told

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday


def pytest_configure() -> None:
    """A shell lets what it starts in the background ignore Ctrl+C, and so would every process that a test starts and stops so."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Marks every process that this run starts, the workers of `-n 2` among them."""
    if not _works_for_another(session.config):
        os.environ[RUN] = uuid.uuid4().hex


@pytest.hookimpl(trylast=True)  # once the workers have ended
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends what is left of them, which is a fault of a test; also what a worker that broke has left."""
    if not _works_for_another(session.config) and (left := end_family(RUN, os.environ[RUN])):
        print(f"\n{len(left)} processes outlived their test:", *left.values(), sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _works_for_another(config: pytest.Config) -> bool:
    """Whether this process is one of several that run tests side by side."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed or logged may hold half of a character; a report goes from process to process as UTF-8."""
    report = yield
    report.sections = [(name, _sendable(text)) for name, text in report.sections]
    if report.longrepr is not None and (told := str(report.longrepr)) != _sendable(told):
        report.longrepr = _sendable(told)
    return report


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


#: A module that says one of these starts a bot, a Discord, a browser or another process.
_STARTS = re.compile(
    r"^from (?:tests\.(?:house|story|processes|browser)\b|tests import processes|playground\b|\.)|^import subprocess|\b(?:house|story): ",
    re.MULTILINE,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fast",
        action="store_true",
        help="only what starts nothing and reads no large file: pure code, parsers, stores",
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `--fast` the others are not even imported."""
    if not config.getoption("fast"):
        return None
    starts = collection_path.suffix == ".py" and _STARTS.search(collection_path.read_text(encoding="utf-8"))
    return True if starts or collection_path.name == "playground" else None


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """With `--fast` the real data stays in its folder: reading it takes longer than all the rest."""
    if config.getoption("fast"):
        items[:] = [item for item in items if "data" not in getattr(item, "fixturenames", ())]


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
    async with open_database(ready(tmp_path / "paperboy.db")) as opened:
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


@pytest.fixture
def cases(data: Path) -> Path:
    """The folder of the smallest inputs that failed, beside the real data."""
    folder = data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"no cases at {folder}")
    return folder


def shuffled_batches(records: Sequence[Record], dice: random.Random) -> Iterator[list[Record]]:
    """Each record twice, in any order and in any batches."""
    pool = [*records, *records]
    dice.shuffle(pool)
    while pool:
        size = dice.randint(1, 6)
        yield pool[:size]
        pool = pool[size:]


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
