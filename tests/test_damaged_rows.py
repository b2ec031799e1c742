"""Rows as damage or a hand can leave them: every column of every table in turn. A row's fault is its own; every job and every
question goes on. `make test` tries a fixed sample, `make soak` all."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from bot.commands import audit as audit_command
from bot.commands import questions
from bot.errors import BadDataError, BadInputError
from bot.models import Registry
from bot.models.messages import Held, Pause
from bot.scores.scorer import Scorer
from bot.search.search import Search
from bot.store import ahead, pauses, reading_lists, registry_queue, scores
from bot.store.database import Connection, Database
from tests.house import FRIDAY, THURSDAY, House, london, page, sample

#: What no writer of ours puts there: text that is neither a date nor JSON, JSON of another shape, instants of the years 31 million.
ODD: Final[dict[str, tuple[Any, ...]]] = {
    "TEXT": ("\x07no date, [no JSON", '{"a": [7]}'), "INTEGER": (10**15, -(10**15)), "REAL": (1e18, -1e18),
    "BLOB": (b"\x07odd", b"", bytes(12)),
}  # fmt: skip

#: Every so many columns, and always those that once stopped somebody.
STEP: Final = 1 if os.environ.get("PAPERBOY_SWEEP_STEP") else 6
ALWAYS: Final = {
    ("papers", "authors"), ("messages", "payload"), ("messages", "content"), ("message_papers", "reasons"),
    ("messages", "shown"), ("carried", "kind"), ("carried", "day"),
    ("scores", "parts"), ("listed_papers", "words"), ("listed_papers", "day"), ("list_days", "middle"), ("score_weights", "weights"),
    ("similar_papers", "counts"), ("similar_postings", "papers"), ("similar_words", "papers"), ("similar_words", "word"),
    ("novelty", "nearest"), ("novelty", "day"), ("title_rows", "number"),
    ("cited", "asked_at"), ("profiles", "years"), ("profiles", "fetched_at"), ("author_ids", "profile_id"),
    ("registry_requests", "requests"), ("wanted_papers", "wanted_at"),
    ("users", "paused_until"), ("users", "timezone"), ("subscriptions", "query"), ("summaries", "words"), ("listings", "day"),
}  # fmt: skip


async def columns(house: House) -> list[tuple[str, str, str]]:
    """(table, column, type) of everything that is not the search's own."""
    tables = await house.rows(
        """SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%' AND name <> 'meta'
           AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%index%' AND name NOT LIKE 'title_words%'"""
    )
    return [
        (table, name, kind)
        for (table,) in tables
        for name, kind in await house.rows(f"SELECT name, type FROM pragma_table_info('{table}')")
    ]


@pytest.fixture
async def lived_in(house: House) -> House:
    """Two people and a channel with papers, a digest that was sent, one that waits, and an audit behind them."""
    house.upstream.put(
        "/rss/cs.CV", page(THURSDAY, [sample(f"2511.0000{n}", f"A tokamak, number {n}") for n in (1, 2)])
    )
    for who in (house.nadia, house.yuki):
        await house.follow("tokamak", who)
        await house.follow("plasma", who)
        await house.dms_of(who, 1)
    papers = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    await house.run("summary setup", channel=papers, hour=8, days="every day")
    await house.run("search", text="tokamak")
    await house.morning(THURSDAY)
    await house.app.services.search.similar.catch_up()
    await house.app.novelty.catch_up()
    await house.subscribe("query", query="like:2511.00001>=5")
    await house.app.repairer.repair()
    stored = [paper for (paper,) in await house.rows("SELECT id FROM papers ORDER BY id")]
    registries = house.app.registries
    for profile in (await registries.fetch_now(stored, "Jun Zhu")).known.profiles.values():
        await registries.fetch_papers(profile)
    house.upstream.put("/rss/cs.CV", page(FRIDAY, [sample("2511.00009", "A tokamak, number 9")]))
    await house.move_to(london(FRIDAY, 7))
    await house.round()
    await house.app.repairer.run_if_due()
    async with house.app.database.transaction() as write:
        now = house.now()
        await pauses.save(write, Pause(Held.PLACE, "1", now, london(FRIDAY, 20), "asked to"))
        # What has changed since it was sent is what the messages' refreshing reads.
        await write.execute("UPDATE messages SET changes = changes + 1")
    await house.bot.jobs.stop()  # from here on the test alone runs them
    while await house.app.ingest.pending_backfills():
        await house.app.ingest.backfill()
    await house.app.scorer.catch_up()
    await registries.want([paper for (paper,) in await house.rows("SELECT id FROM papers")], "Jun Zhu")
    async with house.app.database.transaction() as write:
        await registry_queue.want_authors(write, Registry.OPENALEX, ["A1"], house.now())
    return house


def jobs(house: House) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What the bot does by itself, and what it is asked, there and on the command line."""
    bot, app, services, settings = house.bot, house.app, house.app.services, house.settings
    assert bot.deliverer is not None
    assert bot.refresher is not None
    return {
        "ingest": app.ingest.ingest_all, "backfill": app.ingest.backfill, "behind": app.ingest.is_behind,
        "compose": services.summaries.compose_due, "deliver": bot.deliverer.deliver, "due": bot.deliverer.due_in,
        "recover": bot.deliverer.recover, "refresh": bot.refresher.refresh, "repair": app.repairer.repair,
        "audit": app.repairer.run_if_due, "gate": app.gate.load, "load": services.subscriptions.load,
        "clock": lambda: ahead.mend(app.database, house.now()), "status": services.status.status,
        "personal": lambda: services.status.personal(int(house.yuki)), "search": lambda: services.search.search("tokamak"),
        "score": lambda: score_anew(house), "scores": lambda: read_by(app.database, lambda read: scores.load_scores(read, range(1, 30))),
        "lists": lambda: read_by(app.database, reading_lists.progress),
        "similar": services.search.similar.catch_up, "novelty": app.novelty.catch_up,
        "how new": lambda: app.novelty.of(range(1, 99)), "like": lambda: like_one(services.search),
        "registries": app.registries.catch_up, "people": lambda: app.registries.fetch_now([1, 2], "Jun Zhu"),
        "like anew": lambda: like_one(Search(app.database, services.clock)),
        "paperboy status": lambda: questions._status(settings, True), "paperboy doctor": lambda: questions._doctor(settings, True),
        "paperboy search": lambda: questions._search(settings, ("tokamak",), 10, False, True),
        "paperboy daily": lambda: questions._daily(settings, None, 10, True),
        "paperboy trending": lambda: questions._trending(settings, "month", 10, True),
        "paperboy audit": lambda: audit_command._audit(settings, 14, False, True),
    }  # fmt: skip


async def read_by(database: Database, load: Callable[[Connection], Awaitable[Any]]) -> Any:
    async with database.reading() as read:
        return await load(read)


async def score_anew(house: House) -> None:
    """Reads the lists and scores every paper, as a bot does that has just started."""
    async with house.app.database.transaction() as write:
        await scores.wait_for_all(write)
    await Scorer(house.app.database, house.now).catch_up()


async def like_one(search: Search) -> None:
    """Asks for papers like one; where that cannot be read, it is said."""
    with contextlib.suppress(BadDataError):
        await search.search("like:2511.00001>=1")


@contextlib.asynccontextmanager
async def kept(house: House) -> AsyncIterator[Callable[[], None]]:
    """Puts the whole database back as it is now, under everybody who has it open."""
    path: Path = house.settings.database
    with contextlib.closing(sqlite3.connect(path)) as live, contextlib.closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        yield lambda: copy.backup(live)


async def test_a_rows_fault_is_its_own(lived_in: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    faults: list[tuple[Any, ...]] = []
    tried = 0
    async with kept(lived_in) as put_back:
        for number, (table, column, kind) in enumerate(await columns(lived_in)):
            if number % STEP and (table, column) not in ALWAYS:
                continue
            for odd in ODD[kind]:
                # All rows, or the first where it must be another in each; a constraint may hold them all.
                every = f"UPDATE {table} SET {column} = :value"
                first = f"{every} WHERE {column} = (SELECT min({column}) FROM {table})"
                if await changed(lived_in, every, odd) or await changed(lived_in, first, odd):
                    tried += 1
                    faults += [(table, column, odd, *fault) for fault in await faults_of(jobs(lived_in))]
                    put_back()
        for key, _ in (await lived_in.rows("SELECT key, value FROM meta WHERE key <> 'analyzer'"))[::STEP]:
            for odd in ("\x07", "nan", "9" * 30, "2031-11-20T08:00:00"):
                await changed(lived_in, f"UPDATE meta SET value = :value WHERE key = '{key}'", odd)
                tried += 1
                faults += [(key, odd, *fault) for fault in await faults_of(jobs(lived_in))]
            put_back()
    assert tried > 150 // STEP
    assert not faults, "\n".join(map(str, faults))


async def faults_of(works: dict[str, Callable[[], Awaitable[Any]]]) -> list[tuple[str, str]]:
    found = []
    for name, work in works.items():
        try:
            await work()
        except BadInputError:  # there is no list, or no such paper any more
            pass
        except Exception as error:
            found.append((name, repr(error)[:200]))
    return found


async def changed(house: House, sql: str, value: Any) -> bool:
    try:
        async with house.app.database.transaction() as write:
            return await write.execute(sql, {"value": value}) > 0
    except sqlite3.IntegrityError:
        return False
