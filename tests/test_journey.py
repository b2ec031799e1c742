"""One paper's way, end to end: recorded pages in, a DM out. Real HTTP, WebSocket, SQLite and discord.py; only time is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.house import (
    FRIDAY,
    START,
    THURSDAY,
    House,
    check_manners,
    labels,
    london,
    open_all,
    page,
    papers_of,
    sample,
    text_of,
    until,
)


async def test_a_first_subscription_is_forecast_then_saved_and_welcomes_with_papers_that_never_come_again(
    house: House,
) -> None:
    asked = await house.run("subscribe keyword", words="diffusion")
    assert asked["message"]["flags"] & 64
    assert "Follow **diffusion**? Nothing is saved yet." in text_of(asked["message"])
    assert "matched **3 of 4 papers**" in text_of(asked["message"])
    assert await house.rows("SELECT count(*) FROM subscriptions") == [(0,)]
    done = await house.press(asked["message"], "Follow")
    assert done["message"]["id"] == asked["message"]["id"]
    assert "You now follow **diffusion**." in text_of(done["message"])
    assert "I take 8:00 UTC until I know where you live." in text_of(done["message"])
    form = await house.press(done["message"], "Change the time")
    await house.submit(form, city="London", hour="8", day="0")

    (welcome,) = await house.dms_of(None, 1)
    tasted = papers_of(welcome)
    assert sorted(tasted) == ["2505.22193", "2510.15510", "2512.16093"]
    assert "-# **diffusion** in the title" in text_of(welcome)
    assert labels(welcome) == ["Open 1", "Open 2", "Open 3", "Pause", "Manage"]
    await until(lambda: house.rows("SELECT 1 FROM messages WHERE state = 'sent'"))
    assert await house.rows("SELECT DISTINCT state FROM alerts") == [("sent",)]

    second = text_of((await house.subscribe("keyword", words="robots"))["message"])
    assert "A first DM is on its way" not in second
    assert "until I know where you live" not in second
    for day in (THURSDAY, FRIDAY):
        await house.morning(day)
    later = [paper for dm in (await house.dms())[1:] for paper in papers_of(dm)]
    assert later
    assert not set(later) & set(tasted)


async def test_a_days_papers_come_as_one_message_at_the_local_hour_with_every_reason(house: House) -> None:
    for words in ("flow", "GUI", "robot"):
        await house.follow(words)
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 7, 59))
    await house.round()
    assert (await house.rows("SELECT count(*) FROM alerts WHERE state = 'pending'")) == [(3,)]
    await house.dms_of(None, 1)

    await house.move_to(london(THURSDAY, 8))
    await house.round()
    digest = (await house.dms_of(None, 2))[1]
    assert digest["content"] == "**Your papers for Nov 20** · 3 papers"
    assert sorted(papers_of(digest)) == ["2506.05240", "2510.01623", "2512.24965"]
    shown = text_of(digest)
    assert shown.index("2512.24965") < shown.index("2506.05240")  # two words of it agree
    why, title, new = shown[shown.index("-# ") :].split("\n")[:3]
    assert why == "-# **flow** and **GUI** in the title · 3 authors · CV"
    assert title.startswith("**1.** [")
    assert title.endswith("](https://arxiv.org/abs/2512.24965)")
    assert 0 < len(new) <= 130
    opened = await house.press(digest, "Open 1")
    assert "3 authors · Siyuan Hu, Kevin Qinghong Lin, Mike Zheng Shou" in text_of(opened["message"])
    assert "Agents that only click" in text_of(opened["message"])
    # The message stands between 8:00 and the next tick.
    at = datetime.fromisoformat(digest["timestamp"])
    assert timedelta() <= at - london(THURSDAY, 8) < timedelta(minutes=1)


async def test_the_same_pages_again_bring_nothing(house: House) -> None:
    await house.follow("flow")
    await house.morning(THURSDAY)
    await house.dms_of(None, 2)
    before = await house.rows("SELECT * FROM papers"), await house.rows("SELECT * FROM events")
    # Once conditionally, once in full: the cursor is forgotten as after a restored backup, but for its day.
    await house.visit_feed()
    await house.move_to(house.now() + timedelta(minutes=1))
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE sources SET cursor = '{}' WHERE name = 'arxiv:cs.CV'")
    report = await house.visit_feed()
    assert (report.records, report.new_papers, report.alerts) == (3, 0, 0)
    await house.morning(FRIDAY)
    assert await house.rows("SELECT * FROM papers WHERE id <= :n", n=len(before[0])) == before[0]
    flow = [p for dm in await house.dms() for p in papers_of(dm) if p in ("2506.05240", "2512.24965")]
    assert sorted(flow) == ["2506.05240", "2512.24965"]


async def test_a_new_version_or_cross_list_of_a_known_paper_updates_it_without_a_second_alert(house: House) -> None:
    await house.follow("tokamak", how_often="at once")
    await house.dms_of(None, 1)
    first = [sample("2511.00001", "A tokamak"), sample("2511.00002", "Another tokamak")]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, first))
    await house.morning(THURSDAY)
    assert sorted(papers_of((await house.dms_of(None, 2))[1])) == ["2511.00001", "2511.00002"]

    again = [
        sample("2511.00001", "A better tokamak", version=2, announce="replace"),
        sample("2511.00002", "Another tokamak", categories=("cs.LG", "cs.CV")),
        sample("2511.00003", "A tokamak from elsewhere", categories=("cs.LG", "cs.CV")),
    ]
    house.upstream.put("/rss/cs.CV", page(FRIDAY, again))
    await house.morning(FRIDAY)
    # What is cross-listed and was not known is news; the others are not.
    assert papers_of((await house.dms_of(None, 3))[2]) == ["2511.00003"]
    assert await house.rows("SELECT title, version FROM papers WHERE title LIKE '%better%'") == [
        ("A better tokamak", 2)
    ]
    kinds = "SELECT e.kind FROM events e JOIN paper_ids i USING (paper_id) WHERE i.value = :id ORDER BY e.id"
    assert await house.rows(kinds, id="2511.00001") == [("announced",), ("revised",)]
    assert await house.rows(kinds, id="2511.00002") == [("announced",), ("cross-listed",)]
    shown = await house.run("paper", paper="2511.00001")
    assert "A better tokamak" in text_of(shown["message"])


async def test_what_is_wanted_at_once_comes_with_the_announcement_at_any_hour(house: House) -> None:
    await house.follow("flow", how_often="at once")
    await house.follow("robot", how_often="once a day")
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 5, 10))
    house.bot.jobs.run_soon("ingest")
    instant = (await house.dms_of(None, 2))[1]
    assert instant["content"] == "**2 new papers for you**"
    assert sorted(papers_of(instant)) == ["2506.05240", "2512.24965"]
    await house.morning(THURSDAY)
    assert papers_of((await house.dms_of(None, 3))[2]) == ["2510.01623"]


async def test_what_is_wanted_weekly_waits_for_its_day(house: House) -> None:
    await house.follow("tokamak", how_often="once a week")
    for day in range(20, 25):  # from Thursday to Monday, the weekly day unless said otherwise
        await house.dms_of(None, 1)
        if day not in (22, 23):
            house.upstream.put("/rss/cs.CV", page(date(2031, 11, day), [sample(f"2511.000{day}", "A tokamak")]))
        for hour in (7, 8):
            await house.dms_of(None, 1)
            await house.move_to(london(date(2031, 11, day), hour))
            await house.round()
    assert sorted(papers_of((await house.dms_of(None, 2))[1])) == ["2511.00020", "2511.00021", "2511.00024"]


async def test_each_person_gets_their_own_papers_and_nobody_a_dm_who_did_not_ask(house: House) -> None:
    await house.follow("flow", house.yuki)
    await house.follow("robot", house.samir, city="Tokyo")
    await house.dms_of(house.yuki, 1)
    await house.dms_of(house.samir, 1)
    await house.morning(THURSDAY)
    await house.morning(FRIDAY)
    assert [len(papers_of(dm)) for dm in await house.dms_of(house.yuki, 2)] == [0, 2]
    assert ["2510.01623"] in [papers_of(dm) for dm in await house.dms(house.samir)]
    for stranger in (house.nadia, house.tomasz):
        assert not await house.dms(stranger)
    # One DM channel per person, opened once and only because they subscribed.
    assert len(await house.requests("POST", "/users/@me/channels")) == 2


async def test_a_feed_that_is_not_a_feed_is_a_sick_source_and_nothing_is_lost(house: House) -> None:
    await house.follow("flow")
    await house.dms_of(None, 1)
    await house.move_to(london(THURSDAY, 5, 10))
    for fault in ({"html": True}, {"empty": True}, {"truncate": 900}, {"stale": True}, {"status": 500, "body": "no"}):
        house.upstream.fail("/rss", **fault)
        report = await house.visit_feed()
        assert report.failure, fault
        await house.move_to(house.now() + timedelta(minutes=1))
    said = text_of((await house.run("status"))["message"])
    assert "cannot be read now" in said
    assert "arxiv:cs.CV" not in said  # what exactly is wrong is the owner's business
    house.bot.services = replace(house.bot.services, owner_id=int(house.nadia))
    assert "`arxiv:cs.CV` (5 in a row): " in text_of((await house.run("status"))["message"])
    assert "For you as the owner" not in text_of((await house.run("status", house.yuki))["message"])
    report = await house.visit_feed()
    assert (report.failure, report.new_papers) == (None, 3)
    await house.morning(THURSDAY)
    assert len(papers_of((await house.dms_of(None, 2))[1])) == 2


async def test_commands_are_registered_once_and_the_intents_are_guilds_alone(house: House) -> None:
    for _ in range(3):
        await house.restart()
    assert len(await house.requests("PUT", "/commands")) == 1
    assert [s.intents for s in house.play.hub.sessions_of() if s.socket] == [1]
    assert await until(lambda: house.bot.user)
    assert house.bot.intents.value == 1


async def test_with_every_source_on_no_paper_comes_twice(tmp_path: Path) -> None:
    async with open_all(tmp_path, feed_alone=False) as house:
        await house.start()
        await house.first_look()
        for words in ("diffusion", "flow", "robot", "reasoning", "video"):
            await house.follow(words, how_often="at once" if words == "video" else "once a day")
        await house.dms_of(None, 1)
        for day in range(20, 28):
            for hour in (6, 8, 23):
                await house.move_to(london(date(2031, 11, day), hour, 30))
                await house.round()
        shown = [paper for dm in await house.dms() for paper in papers_of(dm)]
        assert len(shown) >= 10
        assert len(shown) == len(set(shown))
        several = "SELECT count(*) FROM (SELECT paper_id FROM events GROUP BY paper_id HAVING count(*) > 1)"
        assert (await house.rows(several))[0][0] > 5  # several sources spoke of the same papers
        check_manners(house.play)


async def test_what_a_fresh_store_took_in_first_comes_with_the_welcome_and_not_again(house: House) -> None:
    assert await house.rows("SELECT count(*) FROM events") == [(4,)]
    await house.follow("diffusion", how_often="at once")
    (welcome,) = await house.dms_of(None, 1)
    assert len(papers_of(welcome)) == 3
    await house.move_to(START + timedelta(hours=1))
    await house.round()
    await house.dms_of(None, 1)
