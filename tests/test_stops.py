"""A channel's list that stops by itself: who set it up is told once, or reads of it in the next answer, and one button resumes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from playground.discord.permissions import EVERYONE, Permission
from tests.house import START, House, check_manners, labels, open_all, text_of, until

NINE = START.replace(hour=9) + timedelta(days=1)  # Thursday, 2031-11-20


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[House]:
    """The house with the daily lists of Hugging Face as well."""
    async with open_all(tmp_path, feed_alone=False) as opened:
        await opened.start()
        await opened.first_look()
        yield opened
        check_manners(opened.play)


def channel(house: House, name: str = "papers") -> str:
    return next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == name)


async def set_up(house: House, who: str | None = None, name: str = "papers") -> Any:
    done = await house.run("summary setup", who, channel=channel(house, name), hour=9, size=3, days="every day")
    return done["message"]


async def day(house: House, instant: datetime) -> int:
    """What the ticks do at that instant: read, compose, send; twice, as a stop is told in the tick after it."""
    await house.move_to(instant)
    await house.app.ingest.ingest_due()
    assert house.bot.deliverer is not None
    sent = 0
    for _ in range(2):
        await house.app.services.summaries.compose_due()
        sent += (await house.bot.deliverer.deliver()).sent
    return sent


async def deny(house: House, permission: Permission, name: str = "papers", allow: int = 0) -> None:
    """Takes a permission from the bot in one channel; with `allow` gives it back."""
    body = {"id": house.bot_id, "type": 1, "deny": str(int(permission) if not allow else 0), "allow": str(allow)}
    where = channel(house, name)
    await house.ask("POST", f"/channels/{where}/overwrites", body)
    cached = house.bot.get_channel

    def known() -> bool:
        found: Any = cached(int(where))
        own = found.permissions_for(found.guild.me)
        return bool(own.value & int(permission)) == bool(allow)

    await until(known)


async def gone(house: House) -> None:
    await house.ask("DELETE", f"/channels/{channel(house)}")


async def kicked(house: House) -> None:
    """Removed from the server, while everybody shares another one with the bot: else no DM could reach them."""
    await elsewhere(house)
    await house.ask("DELETE", f"/guilds/{house.guild}/members/{house.bot_id}")
    await until(lambda: house.bot.get_guild(int(house.guild)) is None)
    await stopped(house)


async def elsewhere(house: House) -> str:
    """Another server with the bot and the managers of the first one. Returns a channel there."""
    made = await house.ask("POST", "/guilds", {"as": house.nadia, "name": "Elsewhere", "bot_id": house.bot_id})
    await house.ask("POST", f"/guilds/{made['id']}/members/{house.tomasz}")
    await until(lambda: house.bot.get_guild(int(made["id"])))
    return str(made["channels"][0]["id"])


async def invited(house: House) -> None:
    await house.ask("POST", f"/guilds/{house.guild}/members/{house.bot_id}")
    await until(lambda: house.bot.get_guild(int(house.guild)))


async def stopped(house: House) -> None:
    await until(lambda: house.rows("SELECT 1 FROM summaries WHERE stopped_at IS NOT NULL"))


async def hidden(house: House) -> None:
    await deny(house, Permission.VIEW_CHANNEL)


async def silenced(house: House) -> None:
    await deny(house, Permission.SEND_MESSAGES)


async def without_embeds(house: House) -> None:
    await deny(house, Permission.EMBED_LINKS)


STOPS = [
    (gone, "The channel was deleted.", "Set up another channel"),
    (hidden, "I can no longer see the channel.", "Allow me *View Channel*"),
    (silenced, "Missing: Send Messages.", "Allow it in the channel's settings"),
    (kicked, "I was removed from the server.", "Invite me again"),
]


@pytest.mark.parametrize(("happens", "reason", "remedy"), STOPS)
async def test_whoever_set_a_list_up_gets_one_dm_when_it_stops(
    listed: House, happens: Any, reason: str, remedy: str
) -> None:
    saved = await set_up(listed, listed.tomasz)
    assert "I tell you by DM if this list stops." in text_of(saved)
    assert await listed.rows("SELECT opted_in_at FROM users WHERE id = :id", id=int(listed.tomasz)) in ([], [(None,)])
    where = channel(listed)
    await happens(listed)
    await day(listed, NINE)
    (told,) = await listed.dms_of(listed.tomasz, 1)
    for part in ("#papers", "Paper Lab", reason, remedy):
        assert part in text_of(told)
    assert ("Resume" in labels(told)) == (happens is not gone)
    tried = await listed.requests("POST", f"/channels/{where}/messages")
    assert len(tried) == (0 if happens is kicked else 1)
    for later in range(1, 4):
        await day(listed, NINE + timedelta(days=later))
    await listed.dms_of(listed.tomasz, 1)
    for nobody in (listed.nadia, listed.yuki):
        assert await listed.dms(nobody) == []


async def test_who_declined_gets_no_dm_and_every_manager_reads_of_it_once(listed: House) -> None:
    saved = await set_up(listed)
    declined = (await listed.press(saved, "No DM about it"))["message"]
    assert "I send you no DM" in text_of(declined)
    assert "Tell me by DM" in labels(declined)
    await silenced(listed)
    await day(listed, NINE)
    assert await listed.dms() == []
    for member in (listed.yuki, listed.samir):
        assert "has stopped" not in text_of((await listed.run("help", member))["message"])
    for manager in (listed.nadia, listed.tomasz):
        answer = (await listed.run("help", manager))["message"]
        assert "The daily list in" in text_of(answer)
        assert "Missing: Send Messages." in text_of(answer)
        assert answer["flags"] & 64
        assert "Resume" in labels(answer)
        for command in ("help", "status", "subscriptions"):
            assert "has stopped" not in text_of((await listed.run(command, manager))["message"])
    assert await listed.dms() == []


@pytest.mark.parametrize("command", ["help", "status", "subscriptions", "today", "summary preview", "trending"])
async def test_any_command_of_that_server_says_so_and_none_elsewhere(listed: House, command: str) -> None:
    saved = await set_up(listed)
    await listed.press(saved, "No DM about it")
    await silenced(listed)
    await day(listed, NINE)
    other = (await listed.run("help", where=await elsewhere(listed)))["message"]
    assert "has stopped" not in text_of(other)
    options = {"channel": channel(listed)} if command == "summary preview" else {}
    assert "has stopped" in text_of((await listed.run(command, **options))["message"])


async def test_a_dm_that_does_not_arrive_leaves_the_word_for_the_next_answer(listed: House) -> None:
    await set_up(listed, listed.tomasz)
    await silenced(listed)
    fault = {"method": "POST", "path": "/users/@me/channels", "status": 403,
             "body": {"code": 50007, "message": "Cannot send messages to this user"}}  # fmt: skip
    await listed.ask("POST", "/faults", fault)
    await day(listed, NINE)
    assert await listed.dms(listed.tomasz) == []
    assert "has stopped" in text_of((await listed.run("help", listed.tomasz))["message"])
    status = text_of((await listed.run("summary status", listed.tomasz))["message"])
    assert f"My DM to <@{listed.tomasz}> did not arrive." in status


async def test_a_dm_that_arrived_is_enough(listed: House) -> None:
    await set_up(listed)
    await silenced(listed)
    await day(listed, NINE)
    await listed.dms_of(None, 1)
    for manager in (listed.nadia, listed.tomasz):
        assert "has stopped" not in text_of((await listed.run("help", manager))["message"])
    status = text_of((await listed.run("summary status"))["message"])
    assert f"<@{listed.nadia}> was told by DM." in status
    assert "Missing: Send Messages." in status


async def test_a_list_set_up_before_anybody_was_asked_sends_no_dm(listed: House) -> None:
    await set_up(listed)
    async with listed.app.database.transaction() as write:
        await write.execute("UPDATE summaries SET notices = NULL")
    await silenced(listed)
    await day(listed, NINE)
    assert await listed.dms() == []
    assert "has stopped" in text_of((await listed.run("help"))["message"])


async def test_a_list_that_an_admin_stopped_is_no_news(listed: House) -> None:
    await set_up(listed)
    await listed.run("summary stop", channel=channel(listed))
    await day(listed, NINE)
    assert await listed.dms() == []
    assert "has stopped" not in text_of((await listed.run("help"))["message"])


async def test_a_dead_channel_makes_one_refused_request_however_much_waits_for_it(listed: House) -> None:
    await set_up(listed)
    papers = channel(listed)
    outage = {"method": "POST", "path": f"/channels/{papers}/messages", "status": 503, "body": {}, "count": 50}
    await listed.ask("POST", "/faults", outage)
    for ahead in range(2):
        await day(listed, NINE + timedelta(days=ahead))
    waiting = await listed.rows("SELECT count(*) FROM messages WHERE kind = 'summary' AND state = 'pending'")
    assert waiting == [(2,)]
    await listed.ask("DELETE", "/faults")
    await gone(listed)
    before = max(r["n"] for r in await listed.requests())
    for ahead in range(2, 5):
        await day(listed, NINE + timedelta(days=ahead))
    refused = [
        r for r in await listed.requests("POST", f"/channels/{papers}/messages", after=before) if r["status"] == 404
    ]
    tried = [r for r in await listed.requests("", f"/channels/{papers}/", after=before) if r["status"] >= 400]
    assert len(refused) <= len(tried) == 1
    states = await listed.rows("SELECT DISTINCT state FROM messages WHERE kind = 'summary'")
    assert ("pending",) not in states
    await listed.dms_of(None, 1)


async def test_a_list_that_was_given_up_says_so_and_its_papers_come_with_the_next_one(listed: House) -> None:
    await set_up(listed)
    where = f"/channels/{channel(listed)}/messages"
    await listed.ask("POST", "/faults", {"method": "POST", "path": where, "status": 503, "body": {}, "count": None})
    await day(listed, NINE)
    carried = await listed.rows("SELECT paper_id FROM alerts WHERE recipient_kind = 'channel' ORDER BY 1")
    assert carried
    hours = 0
    while not await listed.rows("SELECT 1 FROM messages WHERE kind = 'summary' AND state = 'closed'"):
        hours += 2
        await day(listed, NINE + timedelta(hours=hours))
        assert hours < 90  # three days of trying, and the last pause
    status = text_of((await listed.run("summary status"))["message"])
    assert "did not come through in 3 days; its papers come with the next one" in status
    await listed.ask("DELETE", "/faults")
    for further in (7, 14, 21, 28, 35):
        await day(listed, NINE + timedelta(hours=hours + further))
    again = await listed.rows("SELECT paper_id, state FROM alerts WHERE recipient_kind = 'channel' ORDER BY 1")
    assert {(paper, "sent") for (paper,) in carried} <= set(again)
    posts = await listed.ask("GET", f"/channels/{channel(listed)}/messages?as={listed.nadia}&limit=100")
    shown = "\n".join(json.dumps(post) for post in posts)
    for (paper,) in carried:
        assert shown.count(f'"value": "{paper}"') == 1


async def test_an_unknown_message_in_a_channel_ends_that_list_alone_and_status_says_so(listed: House) -> None:
    await set_up(listed)
    where = f"/channels/{channel(listed)}/messages"
    refusal = {"method": "POST", "path": where, "status": 404, "body": {"code": 10008, "message": "Unknown Message"}}
    await listed.ask("POST", "/faults", refusal | {"count": 1})
    assert await day(listed, NINE) == 0
    status = text_of((await listed.run("summary status"))["message"])
    assert "was not sent: The message was deleted." in status
    assert await listed.rows("SELECT stopped_at FROM summaries") == [(None,)]
    assert await day(listed, NINE + timedelta(days=1)) == 1


async def test_after_an_invitation_back_one_button_of_the_dm_resumes_the_list(listed: House) -> None:
    await set_up(listed)
    await kicked(listed)
    await day(listed, NINE)
    (told,) = await listed.dms_of(None, 1)
    away = (await listed.press(told, "Resume"))["message"]
    assert "Invite me again" in text_of(away)
    await invited(listed)
    back = (await listed.press(told, "Resume"))["message"]
    assert "runs again" in text_of(back)
    assert await listed.rows("SELECT stopped_at, stop_cause FROM summaries") == [(None, None)]
    await day(listed, NINE + timedelta(days=1))
    where = channel(listed)
    posted = await listed.ask("GET", f"/channels/{where}/messages?as={listed.yuki}&limit=100")
    assert [m for m in posted if "Daily Papers" in text_of(m)]


async def test_after_an_invitation_back_the_next_answer_has_the_button_too(listed: House) -> None:
    await set_up(listed)
    await kicked(listed)
    await day(listed, NINE)
    await listed.dms_of(None, 1)
    await invited(listed)
    await until(lambda: listed.rows("SELECT 1 FROM summaries WHERE returned_at IS NOT NULL"))
    answer = (await listed.run("help", listed.tomasz))["message"]
    assert "I was removed from the server." in text_of(answer)
    assert "runs again" in text_of((await listed.press(answer, "Resume", listed.tomasz))["message"])
    assert "has stopped" not in text_of((await listed.run("help"))["message"])


async def test_resume_names_what_is_still_missing_and_what_was_not_posted_comes_after_it(listed: House) -> None:
    await set_up(listed)
    await silenced(listed)
    await day(listed, NINE)
    (told,) = await listed.dms_of(None, 1)
    assert "Send Messages" in text_of((await listed.press(told, "Resume"))["message"])
    assert await listed.rows("SELECT 1 FROM summaries WHERE stopped_at IS NULL") == []
    lost = await listed.rows("SELECT paper_id FROM alerts WHERE recipient_kind = 'channel'")
    await deny(listed, Permission.SEND_MESSAGES, allow=EVERYONE)
    status = (await listed.run("summary status"))["message"]
    assert "runs again" in text_of((await listed.choose(status, "#papers"))["message"])
    assert "Post one now" not in labels(status)
    await day(listed, NINE + timedelta(hours=24))
    sent = await listed.rows("SELECT paper_id FROM alerts WHERE recipient_kind = 'channel' AND state = 'sent'")
    assert sent
    assert lost


async def test_a_server_left_while_the_bot_was_away_is_noticed_at_the_start(listed: House) -> None:
    await set_up(listed)
    await elsewhere(listed)
    await listed.stop()
    await listed.ask("DELETE", f"/guilds/{listed.guild}/members/{listed.bot_id}")
    await listed.start()
    await stopped(listed)
    await day(listed, NINE)
    (told,) = await listed.dms_of(None, 1)
    assert "I was removed from the server." in text_of(told)


async def test_status_warns_of_a_missing_permission_before_the_list_stops(listed: House) -> None:
    await set_up(listed)
    status = text_of((await listed.run("summary status"))["message"])
    assert f"If it stops, <@{listed.nadia}> gets a DM." in status
    await without_embeds(listed)
    assert "I lack *Embed Links* there" in text_of((await listed.run("summary status"))["message"])


async def test_a_dm_that_was_not_sent_yet_is_not_sent_once_the_list_runs_again(listed: House) -> None:
    await set_up(listed)
    await silenced(listed)
    fault = {"method": "POST", "path": "/users/@me/channels", "status": 503, "body": {}, "count": 50}
    await listed.ask("POST", "/faults", fault)
    await day(listed, NINE)
    assert "on its way" in text_of((await listed.run("summary status"))["message"])
    await deny(listed, Permission.SEND_MESSAGES, allow=EVERYONE)
    await set_up(listed)
    await listed.ask("DELETE", "/faults")
    await day(listed, NINE + timedelta(days=1))
    assert await listed.dms() == []


async def test_without_any_shared_server_the_word_waits_for_the_invitation_back(listed: House) -> None:
    await set_up(listed)
    await listed.ask("DELETE", f"/guilds/{listed.guild}/members/{listed.bot_id}")
    await stopped(listed)
    await day(listed, NINE)
    assert await listed.rows("SELECT dm_state FROM users") == [("closed",)]
    await invited(listed)
    answer = (await listed.run("help"))["message"]
    assert "I was removed from the server." in text_of(answer)
    assert "runs again" in text_of((await listed.press(answer, "Resume"))["message"])
    await day(listed, NINE + timedelta(days=1))
    assert await listed.dms() == []


async def test_a_list_that_is_stopped_posts_nothing_at_once_either(listed: House) -> None:
    saved = await set_up(listed)
    await listed.run("summary stop", channel=channel(listed))
    assert "This list is stopped" in text_of((await listed.press(saved, "Post one now"))["message"])
    assert await listed.rows("SELECT 1 FROM messages") == []


async def test_a_stop_is_told_at_once_and_not_with_the_next_list(listed: House) -> None:
    await set_up(listed)
    await silenced(listed)
    await listed.move_to(NINE)  # nothing but the bot's own clockwork from here on
    (told,) = await listed.dms_of(None, 1)
    assert "has stopped" in text_of(told)


async def test_rounds_that_overlap_tell_of_a_stop_once(listed: House) -> None:
    await set_up(listed)
    await kicked(listed)
    told = listed.app.services.summaries.stops
    await asyncio.gather(*(told.settle() for _ in range(4)))
    assert len(await listed.rows("SELECT 1 FROM messages WHERE kind = 'notice'")) == 1
