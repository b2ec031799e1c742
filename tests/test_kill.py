"""The bot as a real process, killed and stopped in the middle of its deliveries: nothing lost, nothing twice.

`PAPERBOY_SOAK_KILLS=300` (or `make soak`) does it hundreds of times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.config import environment
from tests.house import WEDNESDAY, House, london, open_all, page, papers_of, sample, until
from tests.processes import ended, running_async

KILLS = int(os.environ.get("PAPERBOY_SOAK_KILLS", "12"))  # half with each nonce window
PEOPLE = 9
PAPERS = 12  # a day: two messages for each person
SENDS = r"^/channels/\d+/messages$"


class Bot:
    """`python -m bot run` as a process of its own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stack = contextlib.AsyncExitStack()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        own = {k: v for k, v in os.environ.items() if not k.startswith("PAPERBOY_")}
        variables = {**own, **environment(self._house.settings), "PYTHONDONTWRITEBYTECODE": "1"}
        with (self._house.folder / "bot.log").open("ab") as output:
            command = (sys.executable, "-m", "bot", "run")
            self._process = await self._stack.enter_async_context(
                running_async(*command, stdout=output, stderr=output, env=variables)
            )

    async def stop(self, number: signal.Signals) -> int:
        """Sends the signal and waits for the end. Returns the exit code."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return await ended(self._process)

    async def end(self) -> None:
        await self._stack.aclose()


@dataclass
class Story:
    """Days of announcements, and who is to have what."""

    house: House
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
        await self.house.move_to(london(self.day, 7))

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


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_all(tmp_path) as opened:
        yield opened


@pytest.fixture
async def bot(house: House) -> AsyncIterator[Bot]:
    made = Bot(house)
    try:
        yield made
    finally:
        await made.end()


@pytest.fixture
async def story(house: House, bot: Bot) -> Story:
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
    return Story(house, people)


async def settle(story: Story, bot: Bot) -> None:
    """Waits until the bot has recorded everything as sent, and stops it with SIGTERM."""
    await until(story.all_arrived)
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


async def moment(story: Story, dice: random.Random) -> None:
    """Waits for the moment to strike: a source is being read, or the n-th message is being sent or looked for."""
    house = story.house
    last, asked = house.play.log.after(0)[-1]["n"], len(house.upstream.requests)
    wanted = set(story.announced)
    missing = sum(not wanted <= set(found) for found in (await story.arrived()).values())
    count, early = dice.randint(1, max(1, 2 * missing - 1)), dice.random() < 0.2

    def has_come() -> bool:
        begun = [r for r in house.play.log.after(last) if r["path"].endswith("/messages")]
        return len(begun) >= count or (early and len(house.upstream.requests) > asked)

    await until(has_come)
    loop = asyncio.get_running_loop()
    strike = loop.time() + dice.random() * 0.12
    await until(lambda: loop.time() >= strike)


@pytest.mark.parametrize("nonce_window", [300.0, 0.2])
async def test_no_kill_loses_or_repeats_a_paper(house: House, bot: Bot, story: Story, nonce_window: float) -> None:
    """With the short window Discord has forgotten the nonce before the bot is back: then only the channel's history tells."""
    dice, kills = random.Random(f"{nonce_window} {KILLS}"), (KILLS + 1) // 2
    await house.ask("POST", "/faults", {"nonce_window": nonce_window})
    await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", "latency": 0.06, "count": None})
    assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
    doubtful = days = 0
    for _ in range(kills):
        if await story.all_arrived():
            await story.next_day()
            days += 1
        await bot.start()
        await moment(story, dice)
        assert await bot.stop(signal.SIGKILL) == -signal.SIGKILL
        doubtful += len(stored(house, "SELECT 1 FROM messages WHERE state = 'sending'"))
    await bot.start()
    await settle(story, bot)
    arrived = await story.arrived()
    print(
        f"\nnonce window {nonce_window:g} s: {kills} kills over {days} days, {doubtful} sends in doubt, "
        f"{sum(found.total() for found in arrived.values())} papers for {PEOPLE} people, each once"
    )
    assert doubtful > 0
    check(story, arrived)


async def test_a_polite_stop_finishes_the_sends_in_flight_and_leaves_nothing_in_doubt(
    house: House, bot: Bot, story: Story
) -> None:
    await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", "latency": 0.2, "count": None})
    dice = random.Random(15)
    for _ in range(3):
        if await story.all_arrived():
            await house.move_to(house.now() + timedelta(minutes=1))
            await story.next_day()
        await moment(story, dice)
        assert await bot.stop(signal.SIGTERM) == 0
        assert not stored(house, "SELECT 1 FROM messages WHERE state = 'sending'")
        await bot.start()
    await settle(story, bot)
    check(story, await story.arrived())
    assert "Traceback" not in (house.folder / "bot.log").read_text(encoding="utf-8")
