"""A channel's daily list, end to end through the local Discord: one message a day, ranked by votes, and never the same paper again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.house import START, House, check_manners, controls, heading, open_all, text_of

NINE = START.replace(hour=9) + timedelta(days=1)  # Thursday, 2031-11-20


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[House]:
    """The house with the daily lists of Hugging Face as well."""
    async with open_all(tmp_path, feed_alone=False) as opened:
        await opened.start()
        await opened.first_look()
        yield opened
        check_manners(opened.play)


def channel(house: House, name: str) -> str:
    return next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == name)


async def lists_in(house: House, name: str = "papers") -> list[Any]:
    """The daily lists that stand in a channel, oldest first."""
    where = channel(house, name)
    found = await house.ask("GET", f"/channels/{where}/messages?as={house.yuki}&limit=100")
    return [m for m in found if "Daily Papers ·" in text_of(m)]


async def set_up(house: House, **options: Any) -> Any:
    done = await house.run("summary setup", channel=channel(house, "papers"), **options)
    assert done["state"] == "answered", done
    return done["message"]


async def day(house: House, instant: datetime) -> int:
    await house.move_to(instant)
    await house.app.ingest.ingest_due()
    await house.app.services.summaries.compose_due()
    assert house.bot.deliverer is not None
    return (await house.bot.deliverer.deliver()).sent


async def test_one_message_a_day_ranked_by_votes_with_every_fact_of_each_paper(listed: House) -> None:
    saved = await set_up(listed, hour=9, size=5)
    assert "up to 5 papers from Monday to Friday at 9:00 (UTC)" in text_of(saved)
    assert await day(listed, NINE - timedelta(minutes=1)) == 0
    await day(listed, NINE)
    (message,) = await lists_in(listed)
    assert heading(message) == "Paper Lab Daily Papers · Thu Nov 20"
    text = text_of(message)
    votes = [int(v) for v in re.findall(r"(\d+) upvotes?", text)]
    assert len(votes) == 5
    assert votes == sorted(votes, reverse=True)
    first = text[text.index("**1.** ") : text.index("**2.** ")]
    assert re.search(
        r"\*\*1\.\*\* \[.+\]\(https://arxiv\.org/abs/\d+\.\d+\)\n-# .+ · [A-Z]+ · .*Nov \d+ · \d+ upvotes.*\n-# .+",
        first,
    )
    await day(listed, NINE + timedelta(hours=1))
    assert len(await lists_in(listed)) == 1


async def test_the_next_days_list_has_new_papers_only_and_a_weekend_has_none(listed: House) -> None:
    await set_up(listed, hour=9, size=25, days="every day")
    for ahead in range(5):  # Thursday to Monday
        await day(listed, NINE + timedelta(days=ahead))
    lists = await lists_in(listed)
    papers = [re.findall(r"arxiv\.org/abs/([\d.]+)\)", text_of(m)) for m in lists]
    every = [p for found in papers for p in found]
    assert len(every) == len(set(every))
    days = [re.search(r"Nov (\d+)$", heading(m))[1] for m in lists]  # type: ignore[index]
    assert days[0] == "20"
    assert "23" not in days  # Sunday: nothing was listed on Saturday
    status = await listed.run("summary status")
    assert "Last: " in text_of(status["message"])


async def test_choosing_a_paper_opens_its_whole_abstract_for_the_reader_alone(listed: House) -> None:
    await set_up(listed, hour=9, size=5)
    await day(listed, NINE)
    (message,) = await lists_in(listed)
    (select,) = [c for c in controls(message) if c["type"] == 3]
    opened = await listed.choose(message, select["options"][0]["label"], listed.yuki)
    assert opened["message"]["flags"] & 64
    assert "(sample text)" in text_of(opened["message"])
    assert "[PDF](https://arxiv.org/pdf/" in text_of(opened["message"])


async def test_get_these_by_dm_follows_the_list_for_whoever_presses_it(listed: House) -> None:
    await set_up(listed, hour=9, size=5)
    await day(listed, NINE)
    (message,) = await lists_in(listed)
    asked = await listed.press(message, "Get these by DM", listed.yuki)
    assert "Follow the **Daily Papers**? Nothing is saved yet." in text_of(asked["message"])
    assert asked["message"]["flags"] & 64
    done = await listed.press(asked["message"], "Follow", listed.yuki)
    assert "You now follow the **Daily Papers**." in text_of(done["message"])
    (welcome,) = await listed.dms_of(listed.yuki, 1)
    assert "-# on the Daily Papers list" in text_of(welcome)
    assert "You now follow the **Daily Papers**." in welcome["content"]


async def test_it_waits_for_a_late_source_and_then_goes_without_and_says_so(listed: House) -> None:
    await set_up(listed, hour=9, size=5)
    listed.upstream.put("/api/daily_papers", "<html>maintenance</html>", "text/html")
    for hour in range(-8, 2):
        await day(listed, NINE + timedelta(hours=hour))
    assert await lists_in(listed) == []
    await day(listed, NINE + timedelta(hours=2))
    (message,) = await lists_in(listed)
    assert "Hugging Face could not be read in time" in text_of(message)


async def test_categories_and_words_narrow_the_list(listed: House) -> None:
    await set_up(listed, hour=9, size=25, categories="cs.CV", words="diffusion")
    await day(listed, NINE)
    (message,) = await lists_in(listed)
    ids = re.findall(r"arxiv\.org/abs/([\d.]+)\)", text_of(message))
    assert ids
    for identity in ids:
        paper = await listed.app.services.search.look_up(identity)
        assert "cs.CV" in paper.categories
        assert "diffusion" in f"{paper.title} {paper.abstract}".casefold()


async def test_a_preview_is_seen_by_the_admin_alone_and_changes_nothing(listed: House) -> None:
    await set_up(listed, hour=9, size=3)
    shown = await listed.run("summary preview", channel=channel(listed, "papers"))
    assert shown["message"]["flags"] & 64
    assert "Daily Papers" in text_of(shown["message"])
    assert await lists_in(listed) == []
    assert await listed.rows("SELECT count(*) FROM alerts WHERE recipient_kind = 'channel'") == [(0,)]


async def test_post_one_now_posts_and_the_due_list_does_not_repeat_it(listed: House) -> None:
    saved = await set_up(listed, hour=9, size=3)
    await listed.press(saved, "Post one now")
    assert listed.bot.deliverer is not None
    await listed.bot.deliverer.deliver()
    await day(listed, NINE)
    lists = await lists_in(listed)
    papers = [p for m in lists for p in re.findall(r"arxiv\.org/abs/([\d.]+)\)", text_of(m))]
    assert len(papers) == len(set(papers)) >= 3


async def test_a_member_who_may_not_manage_the_server_does_not_see_the_command(listed: House) -> None:
    body = {"as": listed.yuki, "channel_id": listed.general, "name": "summary setup", "options": {}}
    await listed.ask("POST", "/commands", body, status=404)


async def test_even_where_an_admin_opens_the_command_to_all_only_managers_of_the_server_are_served(
    listed: House,
) -> None:
    state = await listed.ask("GET", f"/state?as={listed.nadia}")
    command = next(c["id"] for c in state["commands"] if c["name"] == "summary")
    opened = {"permissions": [{"id": listed.yuki, "type": 2, "permission": True}]}
    await listed.ask("PUT", f"/guilds/{listed.guild}/commands/{command}/permissions", opened)
    done = await listed.run("summary setup", listed.yuki, channel=channel(listed, "papers"))
    assert "You need the *Manage Server* permission" in text_of(done["message"])
    assert await listed.rows("SELECT * FROM summaries") == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"categories": "cs.XX"}, "is no arXiv category"),
        ({"words": '"open'}, "quot"),
        ({"city": "Qwertzuiop"}, "I do not know the city"),
    ],
)
async def test_bad_wishes_are_refused_with_what_can_be_written(
    listed: House, options: dict[str, str], words: str
) -> None:
    done = await listed.run("summary setup", channel=channel(listed, "papers"), **options)
    assert words in text_of(done["message"])
    assert await listed.rows("SELECT * FROM summaries") == []


async def test_stop_stops_and_setup_starts_again(listed: House) -> None:
    await set_up(listed, hour=9, size=3)
    stopped = await listed.run("summary stop", channel=channel(listed, "papers"))
    assert "gets no more daily lists" in text_of(stopped["message"])
    await day(listed, NINE)
    assert await lists_in(listed) == []
    assert "It is stopped: stopped by an admin" in text_of((await listed.run("summary status"))["message"])
    await set_up(listed, hour=10, size=3)
    await day(listed, NINE + timedelta(hours=1))
    assert len(await lists_in(listed)) == 1


async def test_a_channel_that_is_gone_stops_its_list_with_the_reason(listed: House) -> None:
    await set_up(listed, hour=9, size=3)
    papers = channel(listed, "papers")
    fault = {
        "method": "POST",
        "path": f"/channels/{papers}/messages",
        "status": 404,
        "body": {"code": 10003, "message": "Unknown Channel"},
    }
    await listed.ask("POST", "/faults", fault)
    await day(listed, NINE)
    await day(listed, NINE + timedelta(days=1))
    assert len(await listed.requests("POST", f"/channels/{papers}/messages")) == 1
    status = text_of((await listed.run("summary status"))["message"])
    assert "The channel was deleted." in status


async def test_times_are_the_channels_own(listed: House) -> None:
    saved = await set_up(listed, hour=9, city="Tokyo", size=3)
    assert "9:00 (Asia/Tokyo)" in text_of(saved)
    tokyo_nine = datetime(2031, 11, 20, 0, 0, tzinfo=UTC)
    assert await listed.rows("SELECT next_at FROM summaries") == [(int(tokyo_nine.timestamp()),)]


async def test_a_list_missed_while_away_does_not_come_at_an_odd_hour(listed: House) -> None:
    await set_up(listed, hour=9, size=3)
    await day(listed, NINE + timedelta(hours=20))  # Friday 5:00, Thursday's hour was missed
    assert await lists_in(listed) == []
    await day(listed, NINE + timedelta(days=1))
    (message,) = await lists_in(listed)
    assert heading(message).endswith("Nov 21")


async def test_what_did_not_make_yesterdays_list_is_no_news_today(listed: House) -> None:
    await set_up(listed, hour=9, size=2, days="every day")
    for ahead in range(3):  # Thursday, Friday, and a Saturday to which nothing new came
        await day(listed, NINE + timedelta(days=ahead))
    assert [heading(m)[-6:] for m in await lists_in(listed)] == ["Nov 20", "Nov 21"]
    left = await listed.rows(
        """SELECT count(*) FROM listings WHERE day = '2031-11-21'
           AND paper_id NOT IN (SELECT paper_id FROM alerts WHERE recipient_kind = 'channel')"""
    )
    assert left[0][0] > 0


# -- one channel's fault -----------------------------------------------------------------------------------------------


async def two_lists(house: House, **options: Any) -> None:
    """Lists in #papers and in #general, both due at nine."""
    await set_up(house, hour=9, size=3, **options)
    done = await house.run("summary setup", channel=house.general, hour=9, size=3)
    assert done["state"] == "answered", done


async def change(house: House, column: str, value: Any, name: str = "papers") -> None:
    async with house.app.database.transaction() as write:
        await write.execute(
            f"UPDATE summaries SET {column} = :value WHERE channel_id = :id",
            {"value": value, "id": int(channel(house, name))},
        )


@pytest.mark.parametrize("bad", ['"open', "()", "a OR", "NOT"])
async def test_words_that_cannot_be_read_stop_their_own_list_alone_and_its_status_says_so(
    listed: House, bad: str
) -> None:
    await two_lists(listed, words="model")
    await change(listed, "words", bad)
    await day(listed, NINE)
    assert (len(await lists_in(listed)), len(await lists_in(listed, "general"))) == (0, 1)
    status = text_of((await listed.run("summary status"))["message"])
    assert status.count("The last try failed: Its words cannot be read") == 1
    for minute in (1, 2, 3):  # not at every tick
        await day(listed, NINE + timedelta(minutes=minute))
    assert await listed.rows("SELECT owner_kind FROM faults") == [("channel",)]  # tried once more on a slow machine
    await day(listed, NINE + timedelta(minutes=16))
    assert await listed.rows("SELECT failures FROM faults") == [(2,)]
    await set_up(listed, hour=9, size=3, words="model")
    assert "last try failed" not in text_of((await listed.run("summary status"))["message"])
    await day(listed, NINE + timedelta(days=1))
    assert len(await lists_in(listed)) == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe/Berlin\x00"])
async def test_a_zone_that_is_not_known_any_more_is_told_and_taken_as_utc(listed: House, zone: str) -> None:
    await two_lists(listed)
    await change(listed, "timezone", zone)
    await day(listed, NINE)
    assert (len(await lists_in(listed)), len(await lists_in(listed, "general"))) == (1, 1)
    status = text_of((await listed.run("summary status"))["message"])
    assert status.count("UTC, since the time zone") == 1
    assert "Daily Papers" in text_of(
        (await listed.run("summary preview", channel=channel(listed, "papers")))["message"]
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("next_on", "tomorrow"),
        ("last_on", "9999-12-31"),
        ("composed_at", 10**17),
        ("next_at", int((NINE + timedelta(days=366)).timestamp())),
        ("categories", "no.such"),
        ("server_name", "\u3164"),
        ("outcome", "**"),
    ],
)
async def test_what_cannot_be_read_of_a_list_stops_no_list(listed: House, column: str, value: Any) -> None:
    await two_lists(listed)
    await change(listed, column, value)
    await listed.run("summary status")
    for ahead in range(2):
        await day(listed, NINE + timedelta(days=ahead))
    assert len(await lists_in(listed, "general")) == 2
    assert len(await lists_in(listed)) == (0 if column == "categories" else 1 if column == "next_at" else 2)
    await set_up(listed, hour=9, size=3)
    await day(listed, NINE + timedelta(days=4))
    assert len(await lists_in(listed)) >= 1
