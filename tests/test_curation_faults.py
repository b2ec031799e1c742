"""What goes wrong around a server's own list: two lists at once, stops, removals, merged papers, private channels, deleted roles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.daily.curation import load_signs
from bot.models import (
    Act,
    Community,
    Content,
    Deed,
    Discussion,
    Item,
    Member,
    MessageKind,
    Organization,
    Paper,
    PaperId,
)
from bot.show import channel_lists
from bot.store import curation as store
from bot.store import messages as outbox
from bot.store import papers
from bot.store.curation import FEW
from bot.store.database import Database
from playground.discord.permissions import Permission
from tests.conftest import HandClock, record
from tests.house import House, check_manners, controls, labels, open_all, shown_text, text_of, until
from tests.test_blocks import judge_layout
from tests.test_curation import NINE, messages, opened, press_vote, refreshed, the_list, votes
from tests.test_summaries import channel, day, set_up

ADA = Member(7, "Ada", frozenset(), None)


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[House]:
    async with open_all(tmp_path, feed_alone=False) as house:
        await house.start()
        await house.first_look()
        await set_up(house, hour=9, size=5)
        await day(house, NINE)
        yield house
        check_manners(house.play)


async def fresh(house: House) -> str:
    """A paper that no list has had."""
    ((found,),) = await house.rows(
        """SELECT value FROM paper_ids WHERE scheme = 'arxiv'
           AND paper_id NOT IN (SELECT paper_id FROM message_papers) ORDER BY value LIMIT 1"""
    )
    return str(found)


async def said(house: House, done: Any) -> str:
    """What a press was answered with, once it was."""

    async def answered() -> str:
        found = await house.ask("GET", f"/interactions/{done['id']}")
        return shown_text(found) if found["followups"] or found["message"] else ""

    return str(await until(answered))


async def compose(house: House, **later: float) -> None:
    await house.move_to(NINE + timedelta(**later))
    await house.app.ingest.ingest_due()
    await house.app.services.summaries.compose_due()


async def send(house: House) -> None:
    assert house.bot.deliverer is not None
    for _ in range(2):
        await house.bot.deliverer.deliver()


# -- once, and never lost --------------------------------------------------------------------------------------------------


async def test_a_proposal_of_a_list_that_was_not_sent_yet_is_on_no_second_one(listed: House) -> None:
    paper, where = await fresh(listed), channel(listed, "papers")
    await listed.run("submit", listed.yuki, where, paper=paper, note="mine!")
    await compose(listed, days=1)
    late = await listed.run("submit", listed.samir, where, paper=paper)
    assert "a paper comes once" in text_of(late["message"])
    await compose(listed, days=4)
    await send(listed)
    assert sum("mine!" in text_of(m) for m in await messages(listed)) == 1


async def test_two_who_post_at_once_post_a_proposal_once(listed: House) -> None:
    where = channel(listed, "papers")
    await listed.run("submit", listed.yuki, where, paper=await fresh(listed), note="mine!")
    service = listed.app.services.summaries
    await listed.move_to(NINE + timedelta(hours=12))
    own = await service.of_channel(int(where), int(listed.guild))
    await asyncio.gather(service.post_now(own), service.post_now(own))
    await send(listed)
    assert sum("mine!" in text_of(m) for m in await messages(listed)) == 1


async def test_the_papers_of_a_list_that_was_given_up_come_beside_proposals(listed: House) -> None:
    await compose(listed, days=1)
    ((number,),) = await listed.rows("SELECT max(id) FROM messages WHERE recipient_kind = 'channel'")
    async with listed.app.database.transaction() as write:
        count = await outbox.close(write, number, "gave up", "late")
    await listed.run("submit", listed.yuki, channel(listed, "papers"), paper=await fresh(listed), note="mine!")
    await listed.move_to(NINE + timedelta(days=4, hours=3))
    async with listed.app.database.transaction() as write:  # nothing was announced since the list before
        await write.execute("UPDATE summaries SET composed_at = :now", {"now": int(listed.now().timestamp()) - 60})
    await listed.app.services.summaries.compose_due()
    await send(listed)
    states = dict(
        await listed.rows("SELECT state, count(*) FROM alerts WHERE recipient_kind = 'channel' GROUP BY state")
    )
    assert "mine!" in text_of(await the_list(listed))
    assert count
    assert "pending" not in states
    assert len(votes(await the_list(listed))) == min(5, count + 1)


async def test_a_list_that_waits_for_a_source_waits_on_while_it_is_edited(listed: House) -> None:
    tomorrow = NINE + timedelta(days=1)
    listed.upstream.put("/api/daily_papers", "broken", "text/html")
    for hours in range(1, 9):
        await listed.move_to(tomorrow - timedelta(hours=9 - hours))
        await listed.app.ingest.ingest_due()
    await day(listed, tomorrow)
    await listed.move_to(tomorrow + timedelta(minutes=5))
    await listed.run("summary edit", channel=channel(listed, "papers"), size=6)
    await day(listed, tomorrow + timedelta(hours=3))
    assert "Hugging Face could not be read in time" in text_of(await the_list(listed))


async def test_edits_at_once_both_hold_and_a_stopped_list_stays_stopped(listed: House) -> None:
    where = channel(listed, "papers")
    await asyncio.gather(
        listed.run("summary edit", channel=where, size=7), listed.run("summary edit", channel=where, hour=11)
    )
    assert await listed.rows("SELECT size, minute FROM summaries") == [(7, 660)]
    await listed.run("summary stop", channel=where)
    await listed.run("summary edit", channel=where, size=8)
    assert await listed.rows("SELECT size, stopped_at IS NULL FROM summaries") == [(8, 0)]


def test_addresses_of_any_length_stop_no_list() -> None:
    liked = Community(upvotes=12_345, comments=678, organization=Organization("x", "An Institute of " + "_" * 90))
    long = [PaperId("url", f"https://journal.example/{n}/" + "x" * 240) for n in range(10)]
    shown = [
        Paper(n, (one,), f"Paper {n} " + "_" * 290, "A sentence.", (), ("cs.CV",), NINE, community=liked)
        for n, one in enumerate(long, 1)
    ]
    content = Content(MessageKind.SUMMARY, NINE.date(), tuple(Item(p) for p in shown), server_name="L" * 90, guild_id=1)
    judge_layout(channel_lists.render(content))


# -- removals --------------------------------------------------------------------------------------------------------------


async def test_what_is_removed_before_the_list_is_sent_does_not_go_out(listed: House) -> None:
    where = channel(listed, "general")
    await listed.run("summary setup", channel=where, hour=9, size=5, words="qqqq", days="every day")
    paper = await fresh(listed)
    await listed.run("submit", listed.yuki, where, paper=paper, note="buy my product")
    await compose(listed, days=1)
    await listed.run("curation remove", paper=paper)
    await send(listed)
    assert "buy my product" not in text_of(await the_list(listed, "general"))
    again = await listed.run("submit", listed.yuki, where, paper=paper)
    assert "a paper comes once" in text_of(again["message"])


async def test_a_removal_touches_no_list_that_has_the_paper_in_its_own_right(listed: House) -> None:
    where = channel(listed, "general")
    await listed.run("summary setup", channel=where, hour=10, size=5, words="qqqq")
    ((number, value),) = await listed.rows(
        """SELECT p.paper_id, value FROM message_papers AS p JOIN paper_ids AS i ON i.paper_id = p.paper_id
           WHERE scheme = 'arxiv' ORDER BY position LIMIT 1"""
    )
    await listed.run("submit", listed.yuki, where, paper=value)
    await listed.run("curation remove", paper=value)
    assert await listed.rows("SELECT count(*) FROM message_papers WHERE paper_id = :id", id=number) == [(1,)]


async def test_a_removed_paper_is_neither_voted_for_nor_discussed(listed: House) -> None:
    paper = await fresh(listed)
    await listed.run("submit", listed.yuki, channel(listed, "papers"), paper=paper)
    await day(listed, NINE + timedelta(days=1))
    place = next(n for n, label in enumerate(votes(await the_list(listed))) if label == "▲ 1")
    card = await opened(listed, listed.samir, place)
    await listed.run("curation remove", paper=paper)
    for label in (next(each for each in labels(card) if each.startswith("Upvote")), "Discuss"):
        assert "No list of this server" in await said(listed, await listed.press(card, label, listed.samir))


async def test_what_two_papers_were_in_a_server_is_joined(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        both = [record("2503.00001"), record("2503.00002", title="Another thing entirely")]
        await papers.add_records(write, both, clock(), eligible=False)
        for paper in (1, 2):
            await store.submit(write, 1, 5, paper, (7, "Ada"), "", clock())
            await store.begin_discussion(write, 1, Discussion(paper, 5, None, "A name"), 7, clock())
        await store.set_thread(write, 1, Discussion(2, 5, 99, "A name"))
        await store.set_comments(write, 1, {99: 30})
        await store.remove(write, 1, 1, clock())
        await papers.merge_papers(write, 2, 1)
        assert await store.proposed(write, 1, 5) == []
        (found,) = await store.discussions(write, 1, 1)
    assert (found.thread_id, found.comments) == (99, 30)


# -- who sees what -----------------------------------------------------------------------------------------------------------


async def test_who_does_not_see_a_discussion_opens_another(listed: House) -> None:
    hidden, where = channel(listed, "general"), channel(listed, "papers")
    ((number,),) = await listed.rows("SELECT paper_id FROM message_papers ORDER BY position LIMIT 1")
    name, service = "A name", listed.app.services.curation
    guild = int(listed.guild)
    first = await service.begin_discussion(guild, int(hidden), number, ADA, name, lambda _: True)
    same = await service.begin_discussion(guild, int(where), number, ADA, name, lambda _: True)
    assert same == first
    other = await service.begin_discussion(guild, int(where), number, ADA, name, lambda seen: seen != int(hidden))
    assert other.channel_id == int(where)


async def test_two_papers_of_one_title_have_a_thread_each(listed: House) -> None:
    async with listed.app.database.transaction() as write:
        await write.execute("UPDATE papers SET title = 'The same title'")
    for place in (0, 1):
        await said(listed, await listed.press(await opened(listed, listed.yuki, place), "Discuss", listed.yuki))
    threads = await listed.rows("SELECT DISTINCT thread_id FROM discussions")
    assert len(threads) == 2


async def test_a_thread_without_its_first_message_gets_it(listed: House) -> None:
    await listed.ask(
        "POST", "/faults", {"path": r"^/channels/\d+/messages$", "method": "POST", "status": 400, "count": 1}
    )
    card = await opened(listed, listed.yuki)
    assert "Try again" in await said(listed, await listed.press(card, "Discuss", listed.yuki))
    await said(listed, await listed.press(card, "Discuss", listed.yuki))
    ((thread,),) = await listed.rows("SELECT thread_id FROM discussions")
    stands = await listed.ask("GET", f"/channels/{thread}/messages?as={listed.yuki}&limit=10")
    assert [m for m in stands if "What do you think of it?" in m["content"]]
    assert len(await listed.requests("POST", "/threads")) == 1


async def test_a_deleted_thread_counts_no_more(listed: House) -> None:
    await said(listed, await listed.press(await opened(listed, listed.yuki), "Discuss", listed.yuki))
    ((thread,),) = await listed.rows("SELECT thread_id FROM discussions")
    await listed.ask("DELETE", f"/channels/{thread}")
    await until(lambda: gone(listed))


async def gone(house: House) -> bool:
    return await house.rows("SELECT 1 FROM discussions") == []


async def test_a_permission_in_one_channel_makes_no_moderator(listed: House) -> None:
    role = next(str(r["id"]) for r in listed.play.state.all("role", listed.guild) if r["name"] == "Readers")
    await listed.ask("POST", f"/guilds/{listed.guild}/members/{listed.yuki}", {"roles": []})
    await listed.run("curation rules", vote_role=role)
    allowed = {"id": listed.yuki, "type": 1, "allow": str(int(Permission.MANAGE_MESSAGES))}
    await listed.ask("POST", f"/channels/{channel(listed, 'papers')}/overwrites", allowed)
    done = await press_vote(listed, await the_list(listed), 1, listed.yuki)
    assert f"<@&{role}>" in shown_text(done)


async def test_what_one_or_two_members_follow_is_not_told(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001")], clock(), eligible=False)
        for person in range(1, FEW + 1):
            await write.execute(
                """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
                   VALUES ('user', :person, 1, 'daily', '[]', 1)""",
                {"person": person},
            )
            await store.note_member(write, 1, person, clock())
            signs = await load_signs(write, 1, [1], clock())
            assert signs[1].followers == (FEW if person == FEW else 0)


async def test_nobody_else_reads_what_is_asked_in_messages_between_people(listed: House) -> None:
    for who in (listed.nadia, listed.yuki):
        await listed.ask("POST", f"/users/{who}", {"install": listed.bot_id})
    between = (await listed.ask("POST", "/dms", {"as": listed.nadia, "user_id": listed.yuki}))["id"]
    for command in ("settings", "library list", "subscriptions", "today"):
        done = await listed.run(command, listed.nadia, between)
        assert done["message"]["flags"] & 64, command
    assert await listed.ask("GET", f"/channels/{between}/messages?as={listed.yuki}&limit=10") == []


# -- as time goes ------------------------------------------------------------------------------------------------------------


async def test_the_log_reaches_back_ninety_days(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001")], clock(), eligible=False)
        await store.note(write, 1, Deed(7, Act.VOTED, 1, clock()))
        for days, count in ((89, 1), (91, 0)):
            later = clock() + timedelta(days=days)
            assert (await store.deeds(write, 1, later, user_id=None, limit=10, offset=0))[1] == count


async def test_a_member_is_noted_once_a_day(listed: House) -> None:
    async def seen() -> Any:
        found = await listed.rows("SELECT seen_at FROM members WHERE user_id = :id", id=int(listed.yuki))
        return found[0][0] if found else None

    await listed.run("help", listed.yuki)
    first = await until(seen)
    await listed.move_to(listed.now() + timedelta(days=2))
    await listed.run("help", listed.yuki)

    async def later() -> bool:
        return bool(await seen() > first)

    await until(later)


async def test_a_list_from_before_has_votes_that_are_counted(listed: House) -> None:
    """Its content does not say in which server it stands."""
    before = await the_list(listed)
    number = int(next(c for c in controls(before) if c.get("label") == "▲ 0")["custom_id"].split(":")[2].split("~")[0])
    await listed.app.services.curation.vote(int(listed.guild), number, ADA)
    (menu,) = [c for c in controls(before) if c["type"] == 3]
    assert menu["options"]
    async with listed.app.database.transaction() as write:
        await write.execute("UPDATE messages SET changes = changes + 1 WHERE recipient_kind = 'channel'")
    assert votes(await refreshed(listed))[0] == "▲ 1"
