"""The daily proof in the whole house: what a person, the command line and the clock see of it."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.audit.auditor import Auditor
from bot.audit.proof import Proof
from bot.audit.repairs import Repairer
from tests.house import (
    FRIDAY,
    THURSDAY,
    WEDNESDAY,
    House,
    check_manners,
    london,
    open_all,
    page,
    papers_of,
    sample,
    text_of,
    until,
)
from tests.story import SENDS, Story, stored
from tests.test_cli import paperboy, variables

SATURDAY, SUNDAY = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)


def repairer(house: House) -> Repairer:
    return house.app.repairer


async def proof(house: House) -> Proof:
    return await Auditor(house.app.database, house.now, house.app.ingest.live).audit()


async def status(house: House) -> str:
    return text_of((await house.run("status"))["message"])


async def test_eight_days_of_every_source_are_proven_and_said(tmp_path: Path) -> None:
    async with open_all(tmp_path, feed_alone=False) as house:
        await house.start()
        await house.first_look()
        for words in ("diffusion", "flow", "robot"):
            await house.follow(words)
        await house.subscribe("trending", how_often="once a day")
        for day in range(20, 28):
            for hour in (6, 8, 12, 23):
                await house.move_to(london(date(2031, 11, day), hour, 30))
                await house.round()
            found = await proof(house)
            assert (found.gaps, found.unread, found.silent) == ((), (), ()), day
        await house.move_to(london(date(2031, 11, 28), 9, 30))
        await house.round()
        await repairer(house).run_if_due()
        found = await proof(house)
        assert (found.gaps, found.unread, found.silent) == ((), (), ())
        assert sum(day.announced for day in found.days) > 10
        assert sum(day.matched for day in found.days) == sum(day.alerted for day in found.days) > 5
        last = found.days[1]
        assert last.day == date(2031, 11, 27)
        text = await status(house)
        assert (
            f"Nov 27: {last.announced:,} announced, all read; yours: {last.matched} matched, {last.sent} sent" in text
        )
        check_manners(house.play)


async def test_a_paper_that_was_kept_silent_comes_late_in_the_next_digest_and_once(house: House) -> None:
    await house.follow("tokamak")
    house.upstream.put(
        "/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak"), sample("2511.00002", "A stove")])
    )
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM alerts WHERE state = 'pending'")
        await write.execute("UPDATE events SET eligible = 0")
    house.upstream.put("/rss/cs.CV", page(FRIDAY, [sample("2511.00003", "A stove again")]))
    await house.morning(FRIDAY)
    before = len(await house.dms())
    assert not [paper for dm in await house.dms() for paper in papers_of(dm) if paper == "2511.00001"]
    await house.move_to(london(FRIDAY, 9, 30))
    await house.round()
    done = await repairer(house).run_if_due()
    assert done is not None
    assert done.late == 1
    text = await status(house)
    assert "Nov 20: 2 announced, all read; yours: 1 matched, 0 sent, 1 waiting" in text
    for day in (SATURDAY, SUNDAY):
        await house.move_to(london(day, 8))
        await house.round()
        await house.move_to(london(day, 9, 30))
        await repairer(house).run_if_due()
    later = (await house.dms_of(None, before + 1))[before:]
    assert [papers_of(dm) for dm in later] == [["2511.00001"]]


async def test_the_command_line_shows_the_proof_beside_the_bot_and_writes_nothing(house: House) -> None:
    given = variables(house)
    await house.follow("tokamak")
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.morning(THURSDAY)
    await house.dms_of(None, 2)
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM alerts")
    await house.move_to(london(FRIDAY, 12))
    database = house.settings.database
    before = _content(database)
    table = await paperboy("audit", database=database, **given)
    value = await paperboy("audit", "--json", "--days", "3", database=database, **given)
    assert (table.code, value.code) == (0, 0), table.err + value.err
    assert _content(database) == before
    assert "arxiv:2511.00001 missed by 1 person: no alert was made" in table.out
    (day,) = [d for d in value.json["days"] if d["day"] == THURSDAY.isoformat()]
    assert (day["announced"], day["matched"], day["missed"], value.json["gaps"]) == (1, 1, 1, 1)
    assert house.nadia not in value.out + table.out
    assert "tokamak" not in value.out + table.out
    refused = await paperboy("audit", "--repair", database=database, **given)
    assert refused.code == 75
    assert (await paperboy("audit", "--days", "31", database=database, **given)).code == 64
    await house.stop()
    repaired = await paperboy("audit", "--repair", "--json", database=database, **given)
    assert (repaired.code, repaired.json["late"]) == (0, 1), repaired.err
    again = await paperboy("audit", "--repair", "--json", database=database, **given)
    assert (again.json["gaps"], again.json["late"]) == (0, 0)
    await house.start()
    await house.move_to(london(SATURDAY, 8))
    await house.round()
    assert papers_of((await house.dms_of(None, 3))[2]) == ["2511.00001"]


async def test_it_answers_beside_a_process_that_is_writing_and_says_the_same_when_that_has_ended(story: Story) -> None:
    house, database = story.house, story.house.settings.database
    await house.ask("POST", "/faults", {"path": SENDS, "method": "POST", "latency": 0.1, "count": None})

    async def audit() -> Any:
        found = await paperboy("audit", "--json", database=database, **variables(house))
        assert (found.code, found.err) == (0, "")
        return {name: value for name, value in found.json.items() if name != "at"}

    def rows_of_the_bot() -> list[tuple[object, ...]]:
        return stored(
            house, "SELECT (SELECT count(*) FROM alerts), (SELECT count(*) FROM messages WHERE state = 'sent')"
        )

    beside_writes = 0
    while beside_writes < 2:
        if await story.all_arrived():
            await story.next_day()
        before = rows_of_the_bot()
        found = await audit()
        beside_writes += rows_of_the_bot() != before
        assert all(day["sent"] + day["waiting"] == day["alerted"] for day in found["days"])
    await until(story.arrived_as_time_passes)
    await until(lambda: not stored(house, "SELECT 1 FROM messages WHERE state <> 'sent'"))
    async with story.bot.halted():
        kept = _bytes(database)
        beside = await audit()
        assert _bytes(database) == kept
    assert beside["gaps"] == 0
    assert sum(day["sent"] for day in beside["days"]) >= len(story.people)
    assert await story.bot.stop(signal.SIGTERM) == 0
    kept = _bytes(database)
    assert await audit() == beside
    assert _bytes(database) == kept


def _bytes(database: Path) -> list[bytes]:
    """What is in the file and in its log."""
    log = database.with_name(f"{database.name}-wal")
    return [database.read_bytes(), log.read_bytes() if log.exists() else b""]


async def test_the_proof_is_made_once_a_day_and_a_missed_one_at_the_next_start(house: House) -> None:
    await house.move_to(london(WEDNESDAY, 23))
    await house.round()
    await repairer(house).run_if_due()  # what the start owed
    await house.move_to(london(THURSDAY, 8, 59))
    await house.round()
    assert await repairer(house).run_if_due() is None
    await house.move_to(london(THURSDAY, 9, 1))
    await house.round()
    assert await repairer(house).run_if_due() is not None
    assert await repairer(house).run_if_due() is None
    await house.stop()
    await house.move_to(london(SUNDAY, 15))
    await house.start()
    await house.round()

    async def last() -> str:
        return str((await house.rows("SELECT value FROM meta WHERE key = 'audited_at'"))[0][0])

    await repairer(house).run_if_due()
    assert (await last())[:10] == SUNDAY.isoformat()


def _content(database: Path) -> list[Any]:
    """Every row of what people and papers have; what the running bot notes by itself is left out."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall()
            for table in ("papers", "events", "alerts", "carried", "subscriptions", "audits", "pauses")
        ]
