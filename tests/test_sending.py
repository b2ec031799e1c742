"""How sending keeps going: doubt over wrong clocks, faults of one message, slow channels, DM channels that are opened slowly."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.delivery.openings import free_at, left
from bot.delivery.pace import Window
from bot.models import Cadence, SubscriptionKind
from bot.store import ahead, messages, openings
from bot.store.commits import Commits
from bot.store.database import Connection, Database
from bot.store.messages import Message
from tests.house import (
    FRIDAY,
    THURSDAY,
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

SENDS = r"^/channels/\d+/messages$"


async def announce(house: House, day: Any, *ids: str) -> None:
    house.upstream.put("/rss/cs.CV", page(day, [sample(i, f"A tokamak, number {i}") for i in ids]))


async def follower(house: House, who: str | None = None, **options: Any) -> str:
    """Somebody who has had the welcome. Returns their DM channel."""
    await house.follow("tokamak", who, **options)
    await house.dms_of(who, 1)
    return str((await house.ask("POST", "/dms", {"as": who or house.nadia, "user_id": house.bot_id}))["id"])


async def fault(house: House, path: str, method: str = "POST", **how: Any) -> None:
    await house.ask("POST", "/faults", {"path": path, "method": method, **how})


async def later(house: House, **by: float) -> None:
    await house.move_to(house.now() + timedelta(**by))
    await house.round()


async def papers_in(house: House, who: str | None = None) -> list[str]:
    return [p for dm in await house.dms(who) for p in papers_of(dm)]


async def states(house: House) -> list[str]:
    return [state for (state,) in await house.rows("SELECT state FROM messages ORDER BY id")]


# -- doubt ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[-3600, -300, 0, 300, 3600])
async def askew(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A bot whose own clock is so many seconds ahead of Discord's; Discord has forgotten every nonce."""
    async with open_all(tmp_path) as house:
        own = tmp_path / "own-clock"
        shift = float((tmp_path / "clock").read_text())
        own.write_text(repr(shift + request.param))
        house.settings = house.settings.model_copy(update={"clock_file": own})
        await house.start()
        await house.first_look()
        await house.ask("POST", "/faults", {"nonce_window": 0})
        yield house
        check_manners(house.play)


async def test_whether_a_message_arrived_is_known_whatever_the_clock_says(askew: House) -> None:
    house = askew

    async def move(by: timedelta) -> None:
        """Both clocks go on, as far apart as they are."""
        await house.ask(
            "POST", "/clock", {"to": (datetime.fromtimestamp(house.play.clock.now(), UTC) + by).isoformat()}
        )
        own = house.settings.clock_file
        assert own is not None
        own.write_text(repr(float(own.read_text()) + by.total_seconds()))
        await house.round()

    await follower(house, how_often="at once")
    await fault(house, SENDS, kind="accept_then_reset", count=1)
    await announce(house, THURSDAY, "2511.00001", "2511.00002", "2511.00003")
    await house.visit_feed()
    house.bot.jobs.run_soon("deliver")
    await until(lambda: house.rows("SELECT 1 FROM messages WHERE attempts = 1"))
    for _ in range(4):
        await move(timedelta(minutes=20))
    assert Counter(await papers_in(house)) == Counter(["2511.00001", "2511.00002", "2511.00003"])
    assert await states(house) == ["sent", "sent"]


# -- faults ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["<html>a proxy</html>", "[]", '"text"', "{}", "null"])
async def test_an_odd_answer_to_a_send_gives_the_message_back_and_stops_nobody(house: House, body: str) -> None:
    channel = await follower(house)
    await follower(house, house.yuki)
    await fault(house, f"/channels/{channel}/messages", status=200, body=body, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert await papers_in(house, house.yuki) == ["2511.00001"]
    assert "sending" not in await states(house)
    await later(house, minutes=1)
    assert await papers_in(house) == ["2511.00001"]
    assert set(await states(house)) == {"sent"}


async def test_a_database_error_at_the_mark_gives_the_message_back_without_a_restart(house: House) -> None:
    await follower(house)
    await follower(house, house.yuki)
    async with house.app.database.transaction() as write:
        await write.execute(
            f"""CREATE TRIGGER fault BEFORE UPDATE OF state ON messages
                WHEN NEW.state = 'sent' AND NEW.recipient_id = {house.nadia} AND OLD.attempts = 0
                BEGIN SELECT RAISE(ABORT, 'a fault'); END"""
        )
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert await papers_in(house, house.yuki) == ["2511.00001"]
    assert "sending" not in await states(house)
    await later(house, minutes=1)  # the history tells that it arrived
    assert set(await states(house)) == {"sent"}
    assert await papers_in(house) == ["2511.00001"]


async def test_a_message_whose_fault_could_not_be_noted_is_free_when_its_lease_ends(house: House) -> None:
    await follower(house)
    async with house.app.database.transaction() as write:
        await write.execute(
            """CREATE TRIGGER fault BEFORE UPDATE OF state ON messages WHEN OLD.state = 'sending'
               BEGIN SELECT RAISE(ABORT, 'a fault'); END"""
        )
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert await states(house) == ["sent", "sending"]
    async with house.app.database.transaction() as write:
        await write.execute("DROP TRIGGER fault")
    await later(house, minutes=1)
    assert await states(house) == ["sent", "sending"]
    await later(house, minutes=5)
    assert await states(house) == ["sent", "sent"]
    assert await papers_in(house) == ["2511.00001"]


async def test_a_stored_body_that_cannot_be_read_is_made_anew_from_its_papers(house: House) -> None:
    await follower(house)
    await fault(house, SENDS, status=503, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE messages SET payload = '{\"text\": 1' WHERE state = 'pending'")
    await later(house, minutes=1)
    assert await papers_in(house) == ["2511.00001"] or "2511.00001" in text_of((await house.dms())[-1])


# -- channels that are lost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [10003, 50001, 10008])
async def test_a_lost_dm_channel_is_opened_anew_once(house: House, code: int) -> None:
    await follower(house)
    await fault(house, SENDS, status=404, body={"code": code, "message": "no"}, count=1)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    assert await papers_in(house) == ["2511.00001"]
    assert len(await house.requests("POST", "/users/@me/channels")) == 2
    assert "DMs reach you" in text_of((await house.run("status"))["message"])


@pytest.mark.parametrize("code", [10003, 50001, 10008])
async def test_a_dm_channel_that_stays_lost_closes_the_door_and_says_so(house: House, code: int) -> None:
    await follower(house)
    await fault(house, SENDS, status=404, body={"code": code, "message": "no"}, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    for _ in range(5):
        await later(house, hours=7)
    assert len(await house.sends()) == 3  # the welcome, one refusal in each channel
    assert "DMs do not reach you" in text_of((await house.run("status"))["message"])
    await house.ask("DELETE", "/faults")
    await house.press((await house.run("subscriptions"))["message"], "Try again")
    await house.round()
    assert await papers_in(house) == ["2511.00001"]


# -- side by side ---------------------------------------------------------------------------------------------------------


async def test_nobody_waits_for_a_slow_channel_not_even_who_comes_later(house: House) -> None:
    channel = await follower(house, how_often="at once")
    await follower(house, house.yuki, how_often="at once")
    await fault(house, f"/channels/{channel}/messages", kind="latency", latency=3600.0, count=None)
    assert house.bot.deliverer is not None
    await announce(house, THURSDAY, "2511.00001")
    await house.visit_feed()
    await house.bot.deliverer.begin()
    await until(lambda: papers_in(house, house.yuki))
    await announce(house, FRIDAY, "2511.00002")
    await house.move_to(london(FRIDAY, 7))
    await house.visit_feed()
    await house.bot.deliverer.begin()

    async def both() -> bool:
        return len(await papers_in(house, house.yuki)) == 2

    await until(both)
    assert await papers_in(house) == []
    await house.ask("DELETE", "/faults")


async def test_when_every_answer_takes_long_nobody_waits_for_anybody_elses(house: House) -> None:
    """Sixty requests are under way at once: more than Discord permits in a second, and than get ready side by side."""
    people = []
    for number in range(60):
        person = (await house.ask("POST", "/users", {"username": f"reader{number}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        people.append(person)
        await house.follow("tokamak", person, how_often="at once")
        channel = (await house.ask("POST", "/dms", {"as": person, "user_id": house.bot_id}))["id"]
        async with house.app.database.transaction() as write:
            await write.execute(
                "UPDATE users SET dm_channel_id = :channel WHERE id = :id", {"channel": int(channel), "id": int(person)}
            )
    await house.round()
    assert {len(await house.dms(person)) for person in people} == {1}
    before = (await house.requests())[-1]["n"]
    await fault(house, SENDS, kind="latency", latency=3600.0, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.move_to(london(THURSDAY, 9))
    await house.visit_feed()
    assert house.bot.deliverer is not None
    await house.bot.deliverer.begin()

    async def under_way() -> list[str]:
        asked = await house.requests("POST", "/messages", after=before)
        return [r["path"] for r in asked if r["status"] is None]

    async def all_under_way() -> bool:
        return len(await under_way()) >= len(people)

    await until(all_under_way)
    paths = await under_way()
    assert len(paths) == len(set(paths)) == len(people)  # one each, and nobody twice
    await house.ask("DELETE", "/faults")
    await follower(house, house.yuki)  # whoever comes now does not wait for them either
    assert len(await under_way()) == len(people)
    await house.restart()
    await house.round()
    for person in people:
        assert await papers_in(house, person) == ["2511.00001"]


async def test_a_recipients_messages_keep_their_order_while_the_first_waits(house: House) -> None:
    await follower(house, how_often="at once")
    await fault(house, SENDS, status=503, count=1)
    await announce(house, THURSDAY, *(f"2511.{n:05}" for n in range(1, 21)))
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    assert len(await house.sends()) == 2  # the welcome; the first part, which is delayed; no part overtakes it
    await later(house, minutes=1)
    heads = [dm["content"].splitlines()[0] for dm in (await house.dms())[1:]]
    assert len(heads) > 1
    assert [f"({n}/{len(heads)})" in head for n, head in enumerate(heads, 1)] == [False, *[True] * (len(heads) - 1)]
    assert len(await papers_in(house)) == 20


async def test_what_is_due_is_sent_at_its_instant_without_being_asked(house: House) -> None:
    await follower(house)
    await announce(house, THURSDAY, "2511.00001")
    await house.move_to(london(THURSDAY, 7))
    await house.app.ingest.ingest_due()
    assert house.bot.deliverer is not None
    left_now = await house.bot.deliverer.due_in()
    assert left_now is not None
    assert timedelta(minutes=59) < left_now <= timedelta(hours=1)
    await house.move_to(london(THURSDAY, 8))
    await until(lambda: papers_in(house))


async def test_a_fault_of_one_write_undoes_no_other_of_its_group(database: Database) -> None:
    commits = Commits(database)

    async def add(write: Connection, key: str) -> str:
        await write.execute("INSERT INTO meta (key, value) VALUES (:key, '1')", {"key": key})
        return key

    keys = ["a", "b", "a", "c"]
    outcomes = await asyncio.gather(*(commits.write(partial(add, key=key)) for key in keys), return_exceptions=True)
    assert [o for o in outcomes if isinstance(o, str)] == ["a", "b", "c"]
    async with database.reading() as read:
        assert await read.value("SELECT group_concat(key, '') FROM meta WHERE length(key) = 1") == "abc"


# -- new DM channels --------------------------------------------------------------------------------------------------------


async def test_ten_new_dm_channels_a_minute_and_the_answer_says_when(house: House) -> None:
    await house.ask("POST", "/faults", {"dm_opens_per_minute": 10})
    people = []
    for number in range(23):
        person = (await house.ask("POST", "/users", {"username": f"newcomer{number}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        people.append(person)
    begun = house.now()
    said = [text_of((await house.follow("tokamak", person))["message"]) for person in people]
    if house.now() - begun > timedelta(seconds=50):  # the local Discord's clock cannot stand still
        pytest.skip("this machine is too busy for 23 commands in the minute that this is about")
    assert all("A first DM is on its way" in text for text in said[:10])
    assert all("Your first message comes in about" in text for text in said[10:])
    assert "about 1 minute" in said[10] or "about 2 minutes" in said[10]
    assert "about 3 minutes" in said[22] or "about 2 minutes" in said[22]
    await house.round()
    opens = "/users/@me/channels"
    assert len(await house.requests("POST", opens)) == 10
    await later(house, seconds=30)
    assert len(await house.requests("POST", opens)) == 10
    # The local Discord counts in real time, the bot by the clock that is moved.
    await house.ask("POST", "/faults", {"dm_opens_per_minute": None})
    await later(house, seconds=40)
    assert len(await house.requests("POST", opens)) == 20
    await later(house, seconds=70)
    assert len(await house.requests("POST", opens)) == 23
    for person in people:
        await house.dms_of(person, 1)


async def test_many_who_start_at_one_instant_are_told_how_long_they_wait(house: House) -> None:
    """An answer may come while a message is looked at and its DM channel is not asked for yet."""
    people = []
    for number in range(13):
        person = (await house.ask("POST", "/users", {"username": f"newcomer{number}"}))["id"]
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        people.append(person)
    answers = await asyncio.gather(*(house.follow("tokamak", person) for person in people))
    said = [text_of(answer["message"]) for answer in answers]
    assert sum("A first DM is on its way" in text for text in said) == 10
    assert sum("Your first message comes in about" in text for text in said) == 3


async def test_an_opening_that_is_refused_takes_nobody_elses_back(house: House) -> None:
    """A question, an opening and one too many in one commit: the question counts the opening that was taken."""
    deliverer = house.bot.deliverer
    assert deliverer is not None
    await house.bot.jobs.stop()
    people = [(await house.ask("POST", "/users", {"username": f"newcomer{number}"}))["id"] for number in range(3)]
    for person in people:
        await house.ask("POST", f"/guilds/{house.guild}/members/{person}")
        follow = house.app.services.subscriptions.subscribe
        await follow(int(person), SubscriptionKind.KEYWORD, "tokamak", Cadence.DAILY)
    async with house.app.database.transaction() as write:
        for _ in range(9):
            await openings.add(write, house.now())
        first, second, _ = await messages.load_ready(write, house.now(), busy=(), opening=(), openings=3, limit=3)
    commits, make = deliverer._commits, deliverer._sender._attempts.make
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def stay(_: Connection) -> None:
        begun.set()
        await go_on.wait()

    before = asyncio.create_task(commits.write(stay))
    await begun.wait()
    question = deliverer.first_message_in(int(people[1]))
    asked: list[asyncio.Task[Any]] = []
    for what in (question, make(first, lambda: None), make(second, lambda: None)):
        asked.append(asyncio.create_task(what))
        await until(lambda: len(commits._waiting) == len(asked))
    go_on.set()
    await before
    wait, *outcomes = await asyncio.gather(*asked)
    assert [outcome.name for outcome in outcomes] == ["SENT", "LATER"]
    assert wait > timedelta(seconds=30)


async def test_who_has_just_pressed_comes_before_digests(house: House) -> None:
    for who in (house.nadia, house.yuki):
        await follower(house, who)
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE users SET dm_channel_id = NULL")
        now = int(house.now().timestamp())
        for _ in range(9):
            await write.execute("INSERT INTO dm_openings (at) VALUES (:now)", {"now": now})
        await write.execute("DELETE FROM dm_openings WHERE id <= 2")  # their own two, of the welcomes
        await write.execute("INSERT INTO dm_openings (at) VALUES (:now)", {"now": now})
    await announce(house, THURSDAY, "2511.00001")
    await house.move_to(london(THURSDAY, 7))
    await house.app.ingest.ingest_due()
    await house.move_to(london(THURSDAY, 8))
    async with house.app.database.transaction() as write:
        now = int(house.now().timestamp())
        for _ in range(10):
            await write.execute("INSERT INTO dm_openings (at) VALUES (:now)", {"now": now})
    await house.round()
    await house.follow("stellarator", house.samir)
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM dm_openings WHERE id = (SELECT max(id) FROM dm_openings)")
    await house.round()
    assert len(await house.dms(house.samir)) == 1
    assert await papers_in(house) == await papers_in(house, house.yuki) == []
    await later(house, minutes=2)
    assert await papers_in(house) == await papers_in(house, house.yuki) == ["2511.00001"]


async def test_who_comes_while_it_looks_is_not_forgotten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.bot.deliverer is not None
    await house.bot.jobs.stop()
    sender = house.bot.deliverer._sender
    look, looked, go_on = sender._ready, asyncio.Event(), asyncio.Event()

    async def look_long() -> list[Message]:
        found = await look()
        looked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(sender, "_ready", look_long)
    delivering = asyncio.create_task(house.bot.deliverer.deliver())
    await looked.wait()
    await house.app.services.subscriptions.subscribe(
        int(house.nadia), SubscriptionKind.KEYWORD, "tokamak", Cadence.DAILY
    )
    sender.wake()
    go_on.set()
    await delivering
    assert len(await house.dms()) == 1


NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def test_no_minute_holds_more_than_ten_openings() -> None:
    opened: list[datetime] = []
    for before in range(35):
        opened.append(free_at(NOW, [], None, before))
    for n, at in enumerate(opened):
        assert sum(at <= other < at + timedelta(minutes=1) for other in opened) <= 10, n
    assert opened[9] == NOW
    assert timedelta(minutes=3) <= opened[34] - NOW <= timedelta(minutes=4)


def test_after_too_fast_nothing_is_opened_for_ten_minutes() -> None:
    assert left(NOW, [], NOW - timedelta(minutes=9)) == 0
    assert left(NOW, [], NOW - timedelta(minutes=10)) == 10
    assert free_at(NOW, [], NOW) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize("stall", [0.0, 0.05, 0.3, 1.5])
def test_no_second_at_discord_holds_more_than_fifty_requests_however_long_they_were_on_their_way(stall: float) -> None:
    """Every two seconds nothing reaches Discord for a while; then what has gathered arrives at once."""
    window, now, counted = Window(), 0.0, list[float]()
    flying: list[tuple[float, int]] = []
    while now < 12:
        while flying and flying[0][0] + 0.005 <= now:
            arrived, number = flying.pop(0)
            window.end(number, arrived + 0.005)
        if window.free_at(now) <= now:
            arrives = now + 0.005
            if arrives % 2 < stall:
                arrives += stall - arrives % 2
            flying.append((arrives, window.begin(now)))
            counted.append(arrives)
        now += 1 / 48
    assert max(sum(at <= other < at + 1 for other in counted) for at in counted) <= 50
    assert len(counted) >= (12 - 6 * stall) * 48 * 0.5


async def test_a_clock_that_went_back_forgets_no_opening(database: Database) -> None:
    async with database.transaction() as write:
        for _ in range(10):
            await openings.add(write, NOW + timedelta(hours=1))
        await openings.add(write, NOW)
    async with database.reading() as read:
        known = [o.at for o in await openings.load(read, NOW)]
    assert known == [NOW] * 11
    assert left(NOW, known, None) == 0
    assert await ahead.mend(database, NOW) == 10  # so that they end a minute from now, and not in an hour
    async with database.reading() as read:
        after = [o.at for o in await openings.load(read, NOW + timedelta(minutes=2))]
    assert left(NOW + timedelta(minutes=2), after, None) == 10


async def test_a_message_to_somebody_whose_data_was_deleted_is_closed_at_the_next_start(house: House) -> None:
    await follower(house)
    await follower(house, house.yuki)
    await fault(house, SENDS, status=503, count=None)
    await announce(house, THURSDAY, "2511.00001")
    await house.morning(THURSDAY)
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM users WHERE id = :id", {"id": int(house.nadia)})
    await house.restart()
    assert await house.rows(
        "SELECT state, error FROM messages WHERE recipient_id = :id AND state <> 'sent'", id=int(house.nadia)
    ) == [("closed", "the person's data was deleted")]
    assert await house.rows("SELECT recipient_id FROM alerts WHERE state = 'pending'") == [(int(house.yuki),)]
    await house.ask("DELETE", "/faults")
    await later(house, hours=2)
    assert (await papers_in(house), await papers_in(house, house.yuki)) == ([], ["2511.00001"])


@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.4])
def test_where_answers_vary_fewer_are_sent_and_still_no_second_holds_too_many(jitter: float) -> None:
    """How long a request is on its way, and when within that Discord counts it, nobody here knows beforehand."""
    chance = random.Random(7)
    window, now, counted = Window(), 0.0, list[float]()
    flying: list[tuple[float, int]] = []
    while now < 20:
        for end, number in [one for one in flying if one[0] <= now]:
            window.end(number, end)
            flying.remove((end, number))
        if window.free_at(now) <= now:
            took = 0.02 + chance.random() * jitter
            flying.append((now + took, window.begin(now)))
            counted.append(now + chance.random() * took)
        now += 1 / 48
    assert max(sum(at <= other < at + 1 for other in counted) for at in counted) <= 50
    rate = len(counted) / 20
    assert rate >= 47 if jitter == 0.0 else 30 <= rate <= 48
    if jitter > 0.075:
        assert rate < 47.5
