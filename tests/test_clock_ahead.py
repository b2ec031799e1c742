"""A clock that was wrong for one round: what it noted keeps nobody waiting once it is right again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import SourceUnavailableError
from bot.models import SourceState
from bot.process.application import open_application
from bot.sources.base import stored_day
from bot.store import ahead, searches, sources
from bot.store.database import Database
from bot.store.sources import GateState
from bot.when import schedule
from tests.conftest import NOW
from tests.house import CATEGORY, FRIDAY, THURSDAY, House, page, papers_of, sample, until
from tests.test_ingest import THURSDAY as FEED_DAY
from tests.test_ingest import Lab, eastern, paper
from tests.test_ingest import lab as lab  # a fixture

YEAR = timedelta(days=366)


@pytest.mark.parametrize("by", [timedelta(hours=3), timedelta(days=2), YEAR, 40 * YEAR])
async def test_after_a_clock_that_was_ahead_every_source_is_due_at_once(lab: Lab, by: timedelta) -> None:
    day = eastern(date(2026, 11, 18), 12)
    lab.announce(paper("2611.00001", FEED_DAY, listed=True))
    sources = (lab.face(), lab.feed(), lab.oai())
    lab.restart(*sources)
    await lab.look(day)
    await lab.look(day + by)
    lab.clock.now = eastern(FEED_DAY, 1)
    assert await lab.ingest.is_behind()
    assert [r.failure for r in await lab.ingest.ingest_due()] == [None] * 3
    assert await lab.told() == ["2611.00001"]
    assert not await lab.ingest.is_behind()
    assert await lab.ingest.ingest_due() == []
    lab.clock.move(hours=26)
    assert len(await lab.ingest.ingest_due()) == 3


async def test_a_refusal_under_a_wrong_clock_keeps_no_host_closed_and_a_new_one_does(lab: Lab) -> None:
    lab.restart(lab.oai())
    await lab.look(NOW)
    lab.upstream.fail("/oai", status=429, headers={"Retry-After": "3600"})
    (refused,) = await lab.look(NOW + YEAR)
    assert "429" in (refused.failure or "")
    (report,) = await lab.look(NOW + timedelta(hours=1))
    assert report.failure is None
    lab.upstream.fail("/oai", status=429, headers={"Retry-After": "3600"})
    await lab.look(NOW + timedelta(hours=2))
    (waits,) = await lab.look(NOW + timedelta(hours=2, minutes=50))
    assert "patience" in (waits.failure or "")
    (report,) = await lab.look(NOW + timedelta(hours=3, minutes=10))
    assert report.failure is None


async def test_pauses_of_a_host_double_from_the_beginning_after_a_wrong_clock(lab: Lab) -> None:
    lab.upstream.fail("/rss", status=429, count=3)
    lab.clock.now = NOW + YEAR
    for at, pause in ((NOW + YEAR, 900), (NOW, 900), (NOW + timedelta(minutes=16), 1800)):
        lab.clock.now = at
        with pytest.raises(SourceUnavailableError) as caught:
            await lab.client.get("arxiv-rss", f"{lab.upstream.rss_url}/cs.CV")
        assert caught.value.retry_after == pytest.approx(pause, abs=1)


async def test_a_gate_lets_the_next_one_through(database: Database) -> None:
    gate_state = GateState(database)
    await gate_state.reserve("arxiv", 3.0, NOW + YEAR)
    assert await gate_state.reserve("arxiv", 3.0, NOW) <= NOW + timedelta(minutes=1)


def test_an_instant_later_than_its_longest_span_is_none() -> None:
    assert schedule.believable(NOW, NOW) == NOW
    assert schedule.believable(NOW - YEAR, NOW) == NOW - YEAR
    assert schedule.believable(NOW + timedelta(minutes=4), NOW)  # a small correction of the clock
    assert schedule.believable(NOW + timedelta(minutes=6), NOW) is None
    assert schedule.believable(NOW + timedelta(days=1), NOW, timedelta(days=1))
    assert schedule.believable(NOW + timedelta(days=2), NOW, timedelta(days=1)) is None
    assert schedule.believable(None, NOW) is None


def test_a_sources_state_forgets_what_has_not_come_yet() -> None:
    later = NOW + YEAR
    state = sources.at(SourceState("x", "{}", later, later, later, later, 3, later, "no"), NOW)
    assert (state.asked, state.last_ok, state.last_new, state.failed, state.polled) == (None,) * 5
    assert (state.first_sync_done, state.failures, state.failure) == (NOW, 3, "no")
    assert sources.at(SourceState("x", last_ok=NOW, failed=later), NOW).polled == NOW


def test_a_day_in_a_cursor_that_has_not_come_is_none() -> None:
    assert stored_day({"from": "2026-11-18"}, "from", NOW) == date(2026, 11, 18)
    assert stored_day({"from": "2026-11-19"}, "from", NOW) == date(2026, 11, 19)  # it is that day already somewhere
    assert stored_day({"from": "2027-11-18"}, "from", NOW) is None


async def people(database: Database) -> None:
    """One row of everything that has an instant."""
    async with database.transaction() as write:
        for sql in (
            "INSERT INTO users (id, created_at, paused_until) VALUES (1, 0, :later)",
            """INSERT INTO summaries (channel_id, guild_id, server_name, timezone, minute, weekdays, size, created_by,
                                      created_at, next_at, next_on, composed_at, last_on)
               VALUES (1, 1, 's', 'UTC', 0, 127, 5, 1, 0, 0, '2026-11-18', :later, '2027-11-18')""",
            """INSERT INTO messages (id, recipient_kind, recipient_id, kind, local_date, part, payload, nonce, next_attempt_at,
                   created_at, sending_since) VALUES (1, 'user', 1, 'digest', '2026-11-18', 1, '{}', 'a', :later, 0, :later)""",
            """INSERT INTO messages (id, recipient_kind, recipient_id, kind, local_date, part, payload, nonce, next_attempt_at,
                   created_at, state, lease_until) VALUES (2, 'user', 1, 'digest', '2026-11-18', 2, '{}', 'b', 0, 0, 'sending', :later)""",
            "INSERT INTO searches (wording, used_at) VALUES ('x', :later)",
            "INSERT INTO topic_searches (topic, asked_at, papers) VALUES ('x', :later, '[]')",
        ):
            parameters = {"later": int((NOW + YEAR).timestamp())}
            await write.execute(sql, parameters if ":later" in sql else {})


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT paused_until FROM users", NOW + ahead.LONGEST_PAUSE),
        ("SELECT composed_at FROM summaries", None),
        ("SELECT last_on FROM summaries", None),
        ("SELECT next_attempt_at FROM messages WHERE id = 1", NOW),
        ("SELECT sending_since FROM messages WHERE id = 1", NOW - timedelta(days=1)),
        ("SELECT lease_until FROM messages WHERE id = 2", NOW),
        ("SELECT used_at FROM searches", NOW),
    ],
)
async def test_every_instant_that_somebody_would_wait_for_is_mended(
    database: Database, sql: str, expected: datetime | None
) -> None:
    await people(database)
    assert await ahead.mend(database, NOW) == 8
    async with database.reading() as read:
        assert await read.value(sql) == (expected and int(expected.timestamp()))
    assert await ahead.mend(database, NOW) == 0


async def test_what_a_right_clock_noted_is_let_be(database: Database) -> None:
    await people(database)
    soon = NOW + YEAR - timedelta(minutes=3)  # the clock was set back a little
    async with database.transaction() as write:
        await write.execute("UPDATE summaries SET last_on = '2027-11-19'")
    async with database.reading() as read:
        before = [tuple(row) for row in await read.all("SELECT * FROM messages")]
    assert await ahead.mend(database, soon) == 0
    async with database.reading() as read:
        assert [tuple(row) for row in await read.all("SELECT * FROM messages")] == before


async def test_topics_that_were_asked_under_a_wrong_clock_use_up_no_budget(database: Database) -> None:
    async with database.transaction() as write:
        for n in range(3):
            assert await searches.take_topic_turn(write, f"topic {n}", NOW + YEAR, 3)
        assert not await searches.take_topic_turn(write, "another", NOW + YEAR, 3)
        assert await searches.take_topic_turn(write, "another", NOW, 3)
    async with database.reading() as read:
        assert await searches.known_topic(read, "topic 1", NOW) is None


async def test_the_first_day_is_none_that_has_not_come(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text(str(YEAR.total_seconds()))
    settings = Settings(_env_file=None).model_copy(  # type: ignore[call-arg]
        update={"database": tmp_path / "p.db", "clock_file": tmp_path / "clock", "categories": (CATEGORY,)}
    )
    async with open_application(settings) as house:
        before = await house.ingest.pending_backfills()
    (tmp_path / "clock").write_text("0")
    async with open_application(settings) as house:
        pending_backfills = await house.ingest.pending_backfills()
        assert pending_backfills != before
        last = (datetime.now(UTC) - timedelta(days=7)).date()
        older = last - timedelta(days=84)  # of daily lists alone
        assert all(name.endswith((str(last), str(older))) for name in pending_backfills)
        assert {o.source.partition("@")[0] for o in (await house.services.status.status()).pending_backfills} == {
            name.partition("@")[0] for name in pending_backfills
        }
        assert len((await house.services.status.status()).pending_backfills) == len(pending_backfills)


async def a_round_in_the_wrong_time(house: House, by: timedelta) -> None:
    """The clock of this machine is wrong; Discord's goes right."""
    assert house.settings.clock_file is not None
    shift = house.settings.clock_file.read_text(encoding="ascii")
    house.settings.clock_file.write_text(str(float(shift) + by.total_seconds()), encoding="ascii")
    await house.round()
    house.settings.clock_file.write_text(shift, encoding="ascii")


async def test_a_day_under_a_clock_that_was_a_year_ahead_and_then_the_right_one(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await a_round_in_the_wrong_time(house, YEAR)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.morning(THURSDAY)
    assert papers_of((await house.dms_of(None, 2))[1]) == ["2511.00001"]
    house.upstream.put("/rss/cs.CV", page(FRIDAY, [sample("2511.00002", "A tokamak, too")]))
    await house.morning(FRIDAY)
    assert papers_of((await house.dms_of(None, 3))[2]) == ["2511.00002"]


async def test_a_day_under_a_clock_that_was_years_behind_and_then_the_right_one(house: House) -> None:
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    await a_round_in_the_wrong_time(house, -3 * YEAR)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "A tokamak")]))
    await house.morning(THURSDAY)
    assert ["2511.00001"] in [papers_of(dm) for dm in await house.dms()]
    assert sum(papers_of(dm) == ["2511.00001"] for dm in await house.dms()) == 1


async def test_the_running_bot_mends_by_itself(house: House) -> None:
    await people(house.app.database)
    later = int((house.now() + YEAR).timestamp())
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE users SET paused_until = :later WHERE id = 1", {"later": later})
    house.bot.jobs.run_soon("clock")
    await until(lambda: house.rows("SELECT 1 FROM users WHERE id = 1 AND paused_until < :later", later=later))
