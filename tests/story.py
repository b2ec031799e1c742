"""Days of announcements for nine people, and the bot as a process that can be killed, misled and disturbed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.config import environment
from tests.house import WEDNESDAY, House, london, open_all, page, papers_of, sample, until
from tests.processes import ended, running_async

PEOPLE = 9
PAPERS = 12  # a day: two messages for each person
SENDS = r"^/channels/\d+/messages$"


class Bot:
    """`python -m bot run` as a process of its own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stack = contextlib.AsyncExitStack()
        self._process: asyncio.subprocess.Process | None = None
        self._clock = house.folder / "bot.when.clock"
        self._skew = 0.0
        self.log = house.folder / "bot.log"

    def set_clock(self) -> None:
        """Lets its clock follow Discord's, at its distance."""
        shift = self._house.play.clock.shift + self._skew
        self._clock.with_suffix(".new").write_text(str(shift), encoding="ascii")
        self._clock.with_suffix(".new").replace(self._clock)

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def struck(self) -> int:
        """How many faults have struck so far."""
        return self.log.read_text(encoding="utf-8", errors="replace").count("fault struck\n")

    async def start(self, *, skew: float = 0.0, fault: str = "") -> None:
        """Its clock goes `skew` seconds ahead of Discord's; `fault` is one for `tests.faulty_bot`."""
        self._skew = skew
        self.set_clock()
        own = {k: v for k, v in os.environ.items() if not k.startswith("PAPERBOY_")}
        settings = self._house.settings.model_copy(update={"clock_file": self._clock})
        variables = {**own, **environment(settings), "PYTHONDONTWRITEBYTECODE": "1", "PAPERBOY_TEST_FAULT": fault}
        with self.log.open("ab") as output:
            command = (sys.executable, "-m", "tests.faulty_bot")
            self._process = await self._stack.enter_async_context(
                running_async(*command, stdout=output, stderr=output, env=variables)
            )

    async def stop(self, number: signal.Signals) -> int:
        """Sends the signal and waits for the end. Returns the exit code."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await ended(self._process)

    @contextlib.asynccontextmanager
    async def halted(self) -> AsyncIterator[None]:
        """It stands still for as long as the block lasts, with whatever it holds."""
        assert self._process is not None
        stat = Path(f"/proc/{self._process.pid}/stat")
        self._process.send_signal(signal.SIGSTOP)
        try:
            await until(lambda: ") T " in stat.read_text())
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        await self._stack.aclose()


@dataclass
class Story:
    """Days of announcements, and who is to have what."""

    house: House
    bot: Bot
    people: list[str]
    day: date = WEDNESDAY
    announced: list[str] = field(default_factory=list)

    async def next_day(self) -> None:
        self.day += timedelta(days=3 if self.day.weekday() == 4 else 1)
        first = len(self.announced)
        ids = [f"3101.{n:05}" for n in range(first, first + PAPERS)]
        papers = [sample(i, f"An alert, number {i}", "On alerts. " * 40) for i in ids]
        self.house.upstream.put("/rss/cs.CV", page(self.day, papers))
        self.announced += ids
        await self.move_to(max(london(self.day, 7), self.house.now() + timedelta(minutes=1)))

    async def move_to(self, instant: datetime) -> None:
        await self.house.move_to(instant)
        self.bot.set_clock()

    async def arrived_as_time_passes(self) -> bool:
        """Asked again and again: a minute passes each time, so that what waits for its next attempt is due soon."""
        await self.move_to(self.house.now() + timedelta(minutes=1))
        return await self.all_arrived()

    async def arrived(self) -> dict[str, Counter[str]]:
        """What each person has in their DMs."""
        return {who: Counter(p for dm in await self.house.dms(who) for p in papers_of(dm)) for who in self.people}

    async def all_arrived(self) -> bool:
        wanted = set(self.announced)
        return all(wanted <= set(found) for found in (await self.arrived()).values())


def stored(house: House, sql: str) -> list[tuple[object, ...]]:
    """Read from the file, beside whoever uses it or nobody."""
    with contextlib.closing(sqlite3.connect(house.settings.database)) as connection:
        return connection.execute(sql).fetchall()


@contextlib.asynccontextmanager
async def told(folder: Path) -> AsyncIterator[Story]:
    """A story that has begun; its bot runs."""
    async with open_all(folder) as house:
        bot = Bot(house)
        try:
            yield await _begin(house, bot)
        finally:
            await bot.end()


async def _begin(house: House, bot: Bot) -> Story:
    """Everybody follows alerts at once; the first look is over, and the welcome DMs have come."""
    people = [house.nadia, house.tomasz, house.yuki, house.samir]
    while len(people) < PEOPLE:
        person = (await house.ask("POST", "/users", {"username": f"reader{len(people)}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        people.append(person)
    await bot.start()
    await until(lambda: any(s.socket for s in house.play.hub.sessions_of(house.bot_id)))
    looked = "SELECT 1 FROM sources WHERE name LIKE 'arxiv-oai%' AND last_ok_at IS NOT NULL"
    await until(lambda: stored(house, looked))
    for person in people:
        await house.follow("alert", person, how_often="at once")
    for person in people:
        await house.dms_of(person, 1)
    await until(lambda: not stored(house, "SELECT 1 FROM messages WHERE state <> 'sent'"))
    return Story(house, bot, people)


async def settle(story: Story) -> None:
    """Waits until the bot has recorded everything as sent, and stops it with SIGTERM."""
    bot = story.bot
    await until(story.arrived_as_time_passes)
    await until(lambda: not stored(story.house, "SELECT 1 FROM messages WHERE state <> 'sent'"))
    # Before it listens for signals, a process that is still starting ends by the signal itself.
    house = story.house
    await until(lambda: any(s.socket for s in house.play.hub.sessions_of(house.bot_id)))
    assert await bot.stop(signal.SIGTERM) == 0


def check(story: Story, arrived: dict[str, Counter[str]]) -> None:
    once = Counter(story.announced)
    for who, found in arrived.items():
        assert not once - found, f"lost for {who}"
        assert not found - once, f"twice for {who}"
    assert stored(story.house, "PRAGMA integrity_check") == [("ok",)]
    assert stored(story.house, "SELECT DISTINCT state FROM alerts") == [("sent",)]
