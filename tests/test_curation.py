"""A server's own list, end to end through the local Discord: votes, proposals, discussions, rules, and what moderators put right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot.chat import permissions
from bot.daily.curation import Curation
from bot.errors import BadInputError, NotFoundError
from bot.models import Member, Summary
from bot.store import curation as store
from bot.store import papers
from bot.store.database import Database
from playground.discord.permissions import Permission
from tests.conftest import HandClock, arxiv, record
from tests.house import START, House, check_manners, controls, labels, open_all, shown_text, text_of, until
from tests.test_summaries import channel, day, set_up

#: Of a message that one person sees.
_PRIVATE = 64
#: Of one that was sent without a sound.
_SILENT = 4096
NINE = START.replace(hour=9) + timedelta(days=1)


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[House]:
    """The house with the daily lists of Hugging Face, one of which stands in #papers."""
    async with open_all(tmp_path, feed_alone=False) as opened:
        await opened.start()
        await opened.first_look()
        await set_up(opened, hour=9, size=5)
        await day(opened, NINE)
        yield opened
        check_manners(opened.play)


async def messages(house: House, name: str = "papers") -> list[Any]:
    """The lists in a channel, oldest first."""
    where = channel(house, name)
    found = await house.ask("GET", f"/channels/{where}/messages?as={house.yuki}&limit=100")
    return [m for m in found if m["author"]["id"] == house.bot_id and "Daily Papers" in text_of(m)]


async def the_list(house: House, name: str = "papers") -> Any:
    return (await messages(house, name))[-1]


def votes(message: Any) -> list[str]:
    return [label for label in labels(message) if label.startswith("▲")]


async def press_vote(house: House, message: Any, place: int, who: str) -> Any:
    """Presses the place-th ▲ of a message."""
    buttons = [c for c in controls(message) if c.get("label", "").startswith("▲")]
    done = await house._use(message, buttons[place - 1], None, who)

    async def told() -> Any:
        """The list is drawn first; then the person alone is told."""
        found = await house.ask("GET", f"/interactions/{done['id']}")
        return found if found["followups"] or message["flags"] & _PRIVATE else None

    return await until(told)


async def shown_votes(house: House, *wanted: str) -> Any:
    """The list, once it shows these votes first."""

    async def found() -> Any:
        message = await the_list(house)
        return message if tuple(votes(message)[: len(wanted)]) == wanted else None

    return await until(found)


# -- votes -----------------------------------------------------------------------------------------------------------------


async def test_each_paper_has_its_vote_beside_it_and_a_press_draws_the_list_anew(listed: House) -> None:
    message = await the_list(listed)
    assert votes(message) == ["▲ 0"] * 5
    done = await press_vote(listed, message, 3, listed.yuki)
    assert "You voted for" in shown_text(done)
    assert "1 vote here" in shown_text(done)
    await shown_votes(listed, "▲ 0", "▲ 0", "▲ 1")
    await press_vote(listed, message, 3, listed.samir)
    await shown_votes(listed, "▲ 0", "▲ 0", "▲ 2")
    done = await press_vote(listed, message, 3, listed.yuki)
    assert "is taken back: 1 vote here" in shown_text(done)
    await shown_votes(listed, "▲ 0", "▲ 0", "▲ 1")


async def test_fifty_presses_at_once_lose_none(listed: House) -> None:
    people = []
    for number in range(50):
        person = (await listed.ask("POST", "/users", {"username": f"voter{number}"}))["id"]
        await listed.ask("POST", f"/guilds/{listed.guild}/members/{person}")
        people.append(person)
    message = await the_list(listed)
    done = await asyncio.gather(*(press_vote(listed, message, 1, person) for person in people))
    assert all("You voted for" in shown_text(one) for one in done)
    assert await listed.rows("SELECT count(*) FROM upvotes") == [(50,)]
    await listed.bot.refresher.refresh()  # type: ignore[union-attr]
    await shown_votes(listed, "▲ 50")


async def test_two_lists_of_a_server_share_a_vote(listed: House) -> None:
    where = channel(listed, "general")
    await listed.run("summary setup", channel=where, hour=10, size=5)
    await day(listed, NINE + timedelta(hours=1))
    await press_vote(listed, await the_list(listed), 1, listed.yuki)
    await listed.move_to(listed.now() + timedelta(minutes=2))
    assert listed.bot.refresher is not None
    await listed.bot.refresher.refresh()
    assert votes(await the_list(listed, "general"))[0] == "▲ 1"


async def test_the_next_list_stands_in_the_order_of_votes(listed: House) -> None:
    """A paper that is proposed for another channel has its vote there too."""
    preview = await listed.run("summary preview", channel=channel(listed, "papers"))
    first = text_of(preview["message"])
    where = channel(listed, "general")
    await listed.run("summary setup", channel=where, hour=11, size=5)
    message = await the_list(listed)
    for who in (listed.yuki, listed.samir):
        await press_vote(listed, message, 5, who)
    await day(listed, NINE + timedelta(hours=2))
    assert votes(await the_list(listed, "general"))[0] == "▲ 2"
    assert first


async def test_a_forged_vote_for_a_paper_that_no_list_has_is_refused(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001")], clock(), eligible=False)
    service = Curation(database, clock)
    ada = Member(7, "Ada", frozenset(), None)
    with pytest.raises(NotFoundError, match="No list of this server"):
        await service.vote(1, 1, ada)
    with pytest.raises(NotFoundError):
        await service.vote(1, 99, ada)


async def test_votes_of_two_papers_that_are_one_are_one_a_person(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        await papers.add_records(
            write, [record("2503.00001"), record("2503.00002", title="Another thing entirely")], clock(), eligible=False
        )
        for person, paper in ((7, 1), (7, 2), (8, 2)):
            await store.cast(write, 1, paper, person, clock())
        for paper in (1, 2):
            await store.submit(write, 1, 5, paper, (7, "Ada"), "", clock())
        await papers.merge_papers(write, 2, 1)
        assert (await store.tallies(write, 1, 5, [1]))[1].votes == 2
        assert await store.proposed(write, 1, 5) == [1]


async def test_buttons_work_after_a_restart(listed: House) -> None:
    message = await the_list(listed)
    await listed.restart()
    await press_vote(listed, message, 1, listed.yuki)
    await shown_votes(listed, "▲ 1")


async def test_more_has_the_other_papers_with_votes_of_their_own(listed: House) -> None:
    where = channel(listed, "general")
    await listed.run("summary setup", channel=where, hour=10, size=25)
    await day(listed, NINE + timedelta(hours=1))
    message = await the_list(listed, "general")
    assert len(votes(message)) == 10
    (more,) = [label for label in labels(message) if label.startswith("More: ")]
    further = (await listed.press(message, more, listed.yuki))["message"]
    assert "11 to 18 of 18" in text_of(further)
    again = await press_vote(listed, further, 1, listed.yuki)
    assert votes(again["message"])[0] == "▲ 1"


# -- proposals -------------------------------------------------------------------------------------------------------------


async def test_a_proposed_paper_is_on_the_next_list_with_who_proposed_it_and_why(listed: House) -> None:
    known = await listed.rows("SELECT value FROM paper_ids WHERE scheme = 'arxiv' ORDER BY value")
    had = {row[0] for row in await listed.rows(
        "SELECT value FROM paper_ids JOIN message_papers USING (paper_id) WHERE scheme = 'arxiv'")}  # fmt: skip
    fresh = next(value for (value,) in known if value not in had)
    asked = await listed.run("submit", listed.yuki, channel(listed, "papers"), paper=fresh, note="read §3")
    assert "You proposed" in text_of(asked["message"])
    again = await listed.run("submit", listed.samir, channel(listed, "general"), paper=fresh)
    assert "was proposed before" in text_of(again["message"])
    await day(listed, NINE + timedelta(days=1))
    message = await the_list(listed)
    assert "read §3" in text_of(message)
    assert "▲ 2" in votes(message)
    late = await listed.run("submit", listed.yuki, channel(listed, "papers"), paper=fresh)
    assert "had this paper on its list" in text_of(late["message"])


async def test_propose_asks_in_a_form_and_an_unclear_title_which(listed: House) -> None:
    message = await the_list(listed)
    form = await listed.press(message, "Propose a paper", listed.yuki)
    done = await listed.submit(form, listed.yuki, paper="2511.999999", note="")
    assert done["state"] == "answered"
    assert "You proposed" not in text_of(done["message"])


async def test_a_member_proposes_so_many_a_day(listed: House) -> None:
    changed = await listed.run("curation rules", submissions=1)
    assert "1 paper a day each" in text_of(changed["message"])
    had = "SELECT paper_id FROM message_papers"
    rows = await listed.rows(f"SELECT value FROM paper_ids WHERE scheme = 'arxiv' AND paper_id NOT IN ({had}) LIMIT 3")
    first, second, _ = [row[0] for row in rows]
    assert "You proposed" in text_of((await listed.run("submit", listed.yuki, paper=first))["message"])
    assert "1 of the 1 that a member may" in text_of((await listed.run("submit", listed.yuki, paper=second))["message"])
    assert "You proposed" in text_of((await listed.run("submit", listed.samir, paper=second))["message"])


async def test_without_a_list_and_with_several_it_says_what_to_do(house: House) -> None:
    await house.visit_feed()
    (row, *_) = await house.rows("SELECT value FROM paper_ids WHERE scheme = 'arxiv'") or [("2511.00001",)]
    asked = await house.run("submit", house.yuki, paper=row[0])
    assert "no daily list yet" in text_of(asked["message"]) or "know no paper" in text_of(asked["message"])


# -- discussions -----------------------------------------------------------------------------------------------------------


async def opened(house: House, who: str, place: int = 0) -> Any:
    """The paper at a place of the list, opened by its select."""
    message = await the_list(house)
    (select,) = [c for c in controls(message) if c["type"] == 3]
    return (await house._use(message, select, [select["options"][place]["value"]], who))["message"]


async def test_a_paper_has_one_thread_with_its_name_and_its_comments_are_counted(listed: House) -> None:
    card = await opened(listed, listed.yuki)
    first, second = await asyncio.gather(
        listed.press(card, "Discuss", listed.yuki),
        listed.press(await opened(listed, listed.samir), "Discuss", listed.samir),
    )
    told = [shown_text(one) for one in (first, second)]
    assert any("Talk about it in <#" in text for text in told), told
    ((thread, name),) = await listed.rows("SELECT thread_id, name FROM discussions")
    assert name in text_of(card) or name[:40] in text_of(card)
    made = await listed.requests("POST", "/threads")
    assert len(made) == 1
    for text in ("I like §3.", "So do I."):
        await listed.ask("POST", f"/channels/{thread}/messages", {"as": listed.yuki, "content": text})
    await count(listed)
    assert await listed.rows("SELECT comments FROM discussions") == [(2,)]
    again = await listed.press(await opened(listed, listed.samir), "Discuss · 2", listed.samir)
    assert f"<#{thread}>" in shown_text(again)
    assert "2 comments here" in text_of(await refreshed(listed))


async def count(house: House) -> None:
    cog: Any = house.bot.get_cog("Curation")
    await cog.count_comments()


async def refreshed(house: House) -> Any:
    await house.move_to(house.now() + timedelta(minutes=2))
    assert house.bot.refresher is not None
    await house.bot.refresher.refresh()
    return await the_list(house)


async def test_a_thread_that_was_deleted_is_opened_anew(listed: House) -> None:
    await listed.press(await opened(listed, listed.yuki), "Discuss", listed.yuki)
    ((thread,),) = await listed.rows("SELECT thread_id FROM discussions")
    await listed.ask("DELETE", f"/channels/{thread}")
    await listed.press(await opened(listed, listed.yuki), "Discuss", listed.yuki)
    ((other,),) = await listed.rows("SELECT thread_id FROM discussions")
    assert other != thread


async def test_a_thread_that_a_stop_left_unnoted_is_found_again(listed: House) -> None:
    await listed.press(await opened(listed, listed.yuki), "Discuss", listed.yuki)
    before = await listed.rows("SELECT thread_id FROM discussions")
    async with listed.app.database.transaction() as write:
        await write.execute("UPDATE discussions SET thread_id = NULL")
    await listed.press(await opened(listed, listed.yuki), "Discuss", listed.yuki)
    assert await listed.rows("SELECT thread_id FROM discussions") == before


# -- who is called ---------------------------------------------------------------------------------------------------------


def readers(house: House) -> str:
    return next(str(r["id"]) for r in house.play.state.all("role", house.guild) if r["name"] == "Readers")


async def test_a_role_is_called_only_when_a_paper_is_for_it(listed: House) -> None:
    role, where = readers(listed), channel(listed, "general")
    options: dict[str, Any] = {"channel": where, "hour": 10, "size": 5, "mention": role}
    assert "with `mention_words`" in text_of((await listed.run("summary setup", **options))["message"])
    saved = await listed.run("summary setup", **options, mention_words="diffusion OR robot")
    assert f"calls <@&{role}> for papers about" in text_of(saved["message"])
    await day(listed, NINE + timedelta(hours=1))
    message = await the_list(listed, "general")
    assert message["mention_roles"] == [role]
    assert f"<@&{role}>: " in text_of(message)
    assert "with **diffusion OR robot**" in text_of(message)
    edited = await listed.run("summary edit", channel=where, mention_words="zebra")
    assert "zebra" in text_of(edited["message"])
    await day(listed, NINE + timedelta(days=1, hours=1))
    later = await the_list(listed, "general")
    assert later["id"] != message["id"]
    assert (later["mention_roles"], f"<@&{role}>" in text_of(later)) == ([], False)
    cleared = await listed.run("summary edit", channel=where, clear="mention")
    assert "calls" not in text_of(cleared["message"])


async def test_who_may_not_call_a_role_does_not_call_it_through_us(listed: House) -> None:
    everyone = next(str(r["id"]) for r in listed.play.state.all("role", listed.guild) if r["name"] == "@everyone")
    where = channel(listed, "general")
    told = await listed.run("summary setup", channel=where, mention=everyone, mention_words="robot")
    assert "I do not call everybody" in text_of(told["message"])
    alone = await listed.run("summary setup", channel=where, mention_words="robot")
    assert "which role is called" in text_of(alone["message"])
    denied = {"id": listed.tomasz, "type": 1, "deny": str(int(Permission.MENTION_EVERYONE))}
    await listed.ask("POST", f"/channels/{where}/overwrites", denied)
    told = await listed.run(
        "summary setup", listed.tomasz, channel=where, mention=readers(listed), mention_words="robot"
    )
    assert "You cannot call that role yourself" in text_of(told["message"])


async def test_a_silent_list_makes_no_sound(listed: House) -> None:
    where = channel(listed, "general")
    saved = await listed.run("summary setup", channel=where, hour=10, size=3, silent=True)
    assert "without a sound" in text_of(saved["message"])
    await day(listed, NINE + timedelta(hours=1))
    assert (await the_list(listed, "general"))["flags"] & _SILENT
    assert not (await the_list(listed))["flags"] & _SILENT
    loud = await listed.run("summary edit", channel=where, silent=False)
    assert "without a sound" not in text_of(loud["message"])


async def test_edit_changes_what_is_given_and_leaves_the_rest(listed: House) -> None:
    before = text_of((await listed.run("summary edit", channel=channel(listed, "papers"), words="robot"))["message"])
    assert "up to 5 papers" in before
    assert "about **robot**" in before
    after = await listed.run("summary edit", channel=channel(listed, "papers"), hour=7, city="Berlin", clear="words")
    assert "up to 5 papers from Monday to Friday at 7:00 (Europe/Berlin)" in text_of(after["message"])
    assert "robot" not in text_of(after["message"])


# -- rules and moderators --------------------------------------------------------------------------------------------------


async def test_who_lacks_the_role_reads_which(listed: House) -> None:
    role = next(r["id"] for r in listed.play.state.all("role") if r["name"] != "@everyone")
    await listed.run("curation rules", vote_role=role)
    done = await press_vote(listed, await the_list(listed), 1, listed.yuki)
    assert f"<@&{role}>" in shown_text(done)
    assert await listed.rows("SELECT count(*) FROM upvotes") == [(0,)]


async def test_only_moderators_moderate(listed: House) -> None:
    """Discord hides the commands from others; a forged control meets the same answer."""
    log = (await listed.run("curation log"))["message"]
    assert "Nobody has proposed" in text_of(log)
    guild = listed.bot.get_guild(int(listed.guild))
    assert guild is not None
    await listed.ask("POST", f"/channels/{channel(listed, 'general')}/overwrites", {
        "id": listed.yuki, "type": 1, "allow": str(int(Permission.MANAGE_MESSAGES))})  # fmt: skip
    with pytest.raises(app_commands.MissingPermissions):
        permissions.check_moderates(await guild.fetch_member(int(listed.yuki)))
    permissions.check_moderates(await guild.fetch_member(int(listed.nadia)))


async def test_a_removed_proposal_leaves_the_list_that_shows_it(listed: House) -> None:
    had = "SELECT paper_id FROM message_papers"
    ((fresh,), *_) = await listed.rows(
        f"SELECT value FROM paper_ids WHERE scheme = 'arxiv' AND paper_id NOT IN ({had}) LIMIT 1"
    )
    await listed.run("submit", listed.yuki, paper=fresh, note="buy my product")
    await day(listed, NINE + timedelta(days=1))
    assert "buy my product" in text_of(await the_list(listed))
    done = await listed.run("curation remove", paper=fresh)
    assert "no longer proposed here" in text_of(done["message"])
    assert "buy my product" not in text_of(await refreshed(listed))
    nothing = await listed.run("curation remove", paper=fresh)
    assert "Nobody proposed" in text_of(nothing["message"])


async def test_votes_are_reset_and_the_log_says_who_did_what(listed: House) -> None:
    message = await the_list(listed)
    for who in (listed.yuki, listed.samir):
        await press_vote(listed, message, 1, who)
    ((value,),) = await listed.rows(
        "SELECT value FROM paper_ids WHERE scheme = 'arxiv' AND paper_id IN (SELECT paper_id FROM upvotes)"
    )
    one = await listed.run("curation reset", paper=value, member=listed.yuki)
    assert "1 vote for" in text_of(one["message"])
    await listed.run("curation reset", paper=value)
    assert votes(await refreshed(listed))[0] == "▲ 0"
    log = text_of((await listed.run("curation log"))["message"])
    assert log.count("voted for") == 2
    assert log.count("reset the votes for") == 2
    assert f"<@{listed.yuki}> voted for" in log


async def test_why_a_paper_stands_where_it_does(listed: House) -> None:
    await press_vote(listed, await the_list(listed), 1, listed.yuki)
    why = await listed.press(await opened(listed, listed.yuki), "Why this place", listed.yuki)
    assert "10.0 from this server: 1 vote and 0 comments" in shown_text(why)


async def test_proposals_wait_while_rules_and_papers_forbid(database: Database, clock: HandClock) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record("2503.00001", withdrawn=True)], clock(), eligible=False)
        paper = await papers.find_paper(write, arxiv("2503.00001"))
    service = Curation(database, clock)
    with pytest.raises(NotFoundError, match="no daily list"):
        await service.list_for(1, 2, lambda _: True)
    assert paper is not None
    assert paper.withdrawn
    with pytest.raises(BadInputError):
        await service.submit(_summary(), paper, Member(7, "Ada", frozenset(), None), "")


def _summary() -> Summary:
    return Summary(5, 1, "Lab", "UTC", 540, 31, (), "", 10, 7, None, None)
