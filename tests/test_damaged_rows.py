"""Rows as damage or a hand can leave them: every column of every table in turn. One row's fault is its own; every job goes on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from bot.store import ahead
from tests.house import FRIDAY, THURSDAY, House, london, page, sample

#: What no writer of ours puts there: text that is neither a date nor JSON, and an instant of the year 31 million.
ODD: Final = {"TEXT": "\x07no date, [no JSON", "INTEGER": 10**15, "REAL": 1e18}


async def columns(house: House) -> list[tuple[str, str, str]]:
    """(table, column, type) of everything that can be damaged without losing the row."""
    tables = await house.rows(
        """SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'
           AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%index%' AND name NOT LIKE 'title_words%'"""
    )
    found = []
    for (table,) in tables:
        for row in await house.rows(f"SELECT name, type, pk FROM pragma_table_info('{table}')"):
            if not row[2]:  # a key says which row it is
                found.append((table, row[0], row[1]))
    return found


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
    await house.app.repairer.repair()
    house.upstream.put("/rss/cs.CV", page(FRIDAY, [sample("2511.00009", "A tokamak, number 9")]))
    await house.move_to(london(FRIDAY, 7))
    await house.round()
    await house.app.repairer.run_if_due()
    return house


def jobs(house: House) -> list[Callable[[], Awaitable[Any]]]:
    """What the bot does by itself, and what it is asked."""
    bot, app, services = house.bot, house.app, house.app.services
    assert bot.deliverer is not None
    assert bot.refresher is not None
    return [
        app.ingest.ingest_all, app.ingest.backfill, app.ingest.is_behind, services.summaries.compose_due, bot.deliverer.deliver,
        bot.deliverer.due_in, bot.refresher.refresh, app.repairer.repair, app.repairer.run_if_due, app.gate.load,
        lambda: ahead.mend(app.database, house.now()), services.status.status,
        lambda: services.status.personal(int(house.yuki)), lambda: services.search.search("tokamak"),
    ]  # fmt: skip


async def test_one_rows_fault_is_its_own(lived_in: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    faults = []
    tried = 0
    for table, column, kind in await columns(lived_in):
        key = f"(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1)" if await has_rowid(lived_in, table) else None
        where = f"rowid = {key}" if key else await first_key(lived_in, table)
        if where is None:
            continue
        found = await lived_in.rows(f"SELECT {column} FROM {table} WHERE {where}")
        if not found:
            continue
        ((before,),) = found
        if not await changed(lived_in, f"UPDATE {table} SET {column} = :value WHERE {where}", ODD[kind]):
            continue  # a constraint holds it
        tried += 1
        faults += [(table, column, *fault) for fault in await faults_of(jobs(lived_in))]
        await changed(lived_in, f"UPDATE {table} SET {column} = :value WHERE {where}", before)
    for key, value in await lived_in.rows("SELECT key, value FROM meta WHERE key <> 'analyzer'"):
        for odd in ("\x07", "nan", "9" * 30, "2031-11-20T08:00:00"):
            await changed(lived_in, f"UPDATE meta SET value = :value WHERE key = '{key}'", odd)
            tried += 1
            faults += [(key, odd, *fault) for fault in await faults_of(jobs(lived_in))]
        await changed(lived_in, f"UPDATE meta SET value = :value WHERE key = '{key}'", value)
    assert tried > 60
    assert not faults, "\n".join(map(str, faults))


async def faults_of(works: list[Callable[[], Awaitable[Any]]]) -> list[tuple[str, str]]:
    found = []
    for work in works:
        try:
            await work()
        except Exception as error:
            found.append((getattr(work, "__qualname__", "?"), repr(error)[:200]))
    return found


async def has_rowid(house: House, table: str) -> bool:
    ((sql,),) = await house.rows("SELECT sql FROM sqlite_master WHERE name = :name", name=table)
    return "WITHOUT ROWID" not in sql


async def first_key(house: House, table: str) -> str | None:
    """Names the first row of a table without rowids; None for a table without rows."""
    keys = [name for name, pk in await house.rows(f"SELECT name, pk FROM pragma_table_info('{table}')") if pk]
    rows = await house.rows(f"SELECT {', '.join(f'quote({k})' for k in keys)} FROM {table} LIMIT 1")
    return " AND ".join(f"{k} = {v}" for k, v in zip(keys, rows[0], strict=True)) if rows else None


async def changed(house: House, sql: str, value: Any) -> bool:
    try:
        async with house.app.database.transaction() as write:
            return await write.execute(sql, {"value": value}) > 0
    except Exception:
        return False
