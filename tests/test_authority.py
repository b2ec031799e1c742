"""Who may do what, judged by what is acted upon: every control and every command of lists, for every role, here and from elsewhere.

A control's id can be forged, so each one is pressed with the id of somebody else's thing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from bot.models import Act, Deed, OwnerKind, Recipient
from bot.store import curation
from playground.discord.permissions import Permission
from tests.conftest import NOW
from tests.house import THURSDAY, House, labels, london, page, sample, text_of, until

LISTED = "A tokamak for this list alone"
#: Who presses: everybody by role, and where.
OWNER, ADMIN, MANAGER, MEMBER = "owner", "admin", "manager", "member"
BLIND, MUTE = "manager who does not see the channel", "manager who may not write in the channel"
FOREIGN, BOTH = "manager of another server", "manager of both, from the other server"
DM_OWNER, DM_MAKER, DM_STRANGER = "owner by DM", "who set the list up, by DM", "stranger by DM"
MANAGERS = {OWNER, ADMIN, MANAGER}


@dataclass(frozen=True, slots=True)
class Right:
    """Who may use a control. `argument` names the list of the one server or the owner's subscription."""

    who: set[str]
    argument: str = "{channel}"
    value: str = ""


THE_OWNER = {OWNER, DM_OWNER}
MAKER = {MANAGER, DM_MAKER, BOTH}
RIGHTS = {
    # the list of a channel: those who manage its server, from there, and see (and to post: may write in) the channel
    "summary-preview": Right(MANAGERS | {MUTE}),
    "summary-page": Right(MANAGERS | {MUTE}, "0"),
    "summary-now": Right(MANAGERS),
    "summary-resume": Right(MANAGERS | {DM_MAKER}),
    # whether a DM comes: who would get it
    "summary-quiet": Right(MAKER),
    "summary-tell": Right(MAKER),
    # a subscription: its owner, wherever they are
    **{f"sub-{verb}": Right(THE_OWNER, "{subscription}") for verb in ("pause", "remove", "instant", "weekly")},
    "sub-reword": Right(THE_OWNER, "{subscription}"),
    "sub-take": Right(THE_OWNER, "{subscription}:{wording}"),
    "sub-resume": Right(THE_OWNER, "{paused}"),
    "sub-daily": Right(THE_OWNER, "{paused}"),
    "sub-restore": Right(THE_OWNER, "{removed}"),
    "stop-undo": Right(THE_OWNER, "{removed}-{removed}"),
    "sub": Right(THE_OWNER, "", "{subscription}"),
    # whom a followed name means
    "person-not": Right(THE_OWNER, "", "{author}-{paper}"),
    "person-is": Right(THE_OWNER, "{author}-{paper}"),
}
#: These name nobody's thing: they are about who presses, or about papers, which are for all.
OWN = {
    "subs": "0", "time": "", "time-set": "", "zone": "8", "pause": "7", "stop-all": "", "stop-all-yes": "", "dm-retry": "",
    "today": "1", "sub-words": "1", "lines": "", "lines-take": "1", "take": "keyword:daily:1", "follow-start": "keyword", "follow-list": "",
    "person": "daily", "digest": "1", "manage": "", "settings": "", "days": "", "day-set": "5:0", "quiet": "", "quiet-set": "", "shown": "",
    "plain": "1", "save": "1", "unsave": "1", "take-out": "", "library": "0", "hide": "1", "unhide": "1", "plain-take": "",
}  # fmt: skip
PAPERS = {
    "abstract": "",
    "open": "1",
    "why": "",
    "similar": "1",
    "found": "1:0:f",
    "follow-found": "1",
    "daily": "2031-11-20:0",
    "daily-plain": "2031-11-20:0",
    "trending": "week:0",
    "share": "paper:1",
    "score": "1",
    "author": "1:newest:0",
    "author-sort": "1",
    "authors": "1:0",
    "author-pick": "1",
    "author-of": "1",
    "author-follow": "1",
}


#: What members do for the list of the server in which they press; nobody reaches another server's by a forged id.
CURATED = {
    "vote": "{paper}", "vote-more": "{paper}:1:0", "list-more": "1:0", "listed": "", "discuss": "{paper}", "place": "{paper}",
    "propose": "", "propose-form": "", "propose-found": "", "deeds": ":0",
}  # fmt: skip


class Ground:
    """One server with a list and the owner's subscriptions, another server, and everybody in their place."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.papers = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
        self.names: dict[str, str] = {"channel": self.papers}
        self.places: dict[str, tuple[str, str]] = {}

    async def prepare(self) -> None:
        house = self.house
        house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", LISTED)]))
        await house.move_to(london(THURSDAY, 7))
        await house.round()
        options: dict[str, Any] = {"channel": self.papers, "hour": 23, "categories": "cs.CV", "words": "tokamak"}
        await house.run("summary setup", house.tomasz, **options)
        for words in ("stellarator", "plasma", "magnets"):
            await house.follow(words)
        ids = [i for (i,) in await house.rows("SELECT id FROM subscriptions ORDER BY id")]
        await house.subscribe("author", name="Ada Example")
        ((author,),) = await house.rows("SELECT id FROM subscriptions WHERE kind = 'author'")
        ((paper,),) = await house.rows("SELECT id FROM papers WHERE title = :title", title=LISTED)
        await house.app.services.persons.disown(Recipient(OwnerKind.USER, int(house.nadia)), author, paper)
        self.names |= {"subscription": str(ids[0]), "paused": str(ids[1]), "removed": str(ids[2])}
        self.names |= {"author": str(author), "paper": str(paper)}
        self.names["wording"] = str(await house.app.services.search.remember("stellarator arms"))
        await self.people()
        async with house.app.database.transaction() as write:
            await write.execute(
                "UPDATE subscriptions SET paused_at = 5, cadence = 'weekly' WHERE id = :id", {"id": ids[1]}
            )
            await write.execute("UPDATE subscriptions SET removed_at = 6 WHERE id = :id", {"id": ids[2]})
        self._kept = {table: await self.table(table) for table in ("summaries", "subscriptions", "namesakes")}
        self.before = self._kept

    async def people(self) -> None:
        house, play = self.house, self.house.play
        roles = {r["name"]: str(r["id"]) for r in play.state.all("role", house.guild)}
        here = house.general
        made = [
            str((await house.ask("POST", "/users", {"username": name, "global_name": name}))["id"])
            for name in ("blind", "mute")
        ]
        for person in made:
            await house.ask("POST", f"/guilds/{house.guild}/members/{person}", {"roles": [roles["Moderators"]]})
        await house.ask("POST", f"/guilds/{house.guild}/members/{house.samir}", {"roles": [roles["Readers"]]})
        await house.ask("POST", f"/guilds/{house.guild}/members/{house.yuki}", {"roles": []})
        admin = str(int(Permission.ADMINISTRATOR))
        await house.ask("POST", f"/guilds/{house.guild}/roles/{roles['Readers']}", {"permissions": admin})
        for person, denied in zip(made, (Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES), strict=True):
            body = {"id": person, "type": 1, "deny": str(int(denied))}
            await house.ask("POST", f"/channels/{self.papers}/overwrites", body)
        body = {"as": house.outsider, "name": "Elsewhere", "bot_id": house.bot_id}
        other = await house.ask("POST", "/guilds", body)
        there = str(other["channels"][0]["id"])
        managers = {r["name"]: r for r in play.state.all("role", other["id"])}["@everyone"]
        manage = str(int(managers["permissions"]) | int(Permission.MANAGE_GUILD))
        await house.ask("POST", f"/guilds/{other['id']}/roles/{managers['id']}", {"permissions": manage})
        await house.ask("POST", f"/guilds/{other['id']}/members/{house.tomasz}")
        await until(lambda: house.bot.get_guild(int(other["id"])))
        dms = {
            who: str((await house.ask("POST", "/dms", {"as": who, "user_id": house.bot_id}))["id"])
            for who in (house.nadia, house.tomasz, house.outsider)
        }
        self.places = {
            OWNER: (house.nadia, here), ADMIN: (house.samir, here), MANAGER: (house.tomasz, here), MEMBER: (house.yuki, here),
            BLIND: (made[0], here), MUTE: (made[1], here), FOREIGN: (house.outsider, there), BOTH: (house.tomasz, there),
            DM_OWNER: (house.nadia, dms[house.nadia]), DM_MAKER: (house.tomasz, dms[house.tomasz]),
            DM_STRANGER: (house.outsider, dms[house.outsider]),
        }  # fmt: skip

    async def table(self, table: str) -> list[tuple[Any, ...]]:
        """The rows about the list, or about the owner's subscriptions."""
        whose = " WHERE owner_id = :owner" if table == "subscriptions" else ""
        owner = {"owner": int(self.house.nadia)} if whose else {}
        return await self.house.rows(f"SELECT * FROM {table}{whose} ORDER BY 1", **owner)

    async def restore(self, **summary: Any) -> None:
        """Everything as prepared, with these values in the list's row."""
        async with self.house.app.database.transaction() as write:
            await write.execute("DELETE FROM alerts WHERE recipient_kind = 'channel'")
            await write.execute(
                "DELETE FROM message_papers WHERE message_id IN (SELECT id FROM messages WHERE recipient_kind = 'channel')"
            )
            await write.execute("DELETE FROM messages WHERE recipient_kind = 'channel'")
            await write.execute("DELETE FROM stop_readers")
            for table, rows in self._kept.items():
                for row in rows:
                    names = {f"v{n}": value for n, value in enumerate(row)}
                    await write.execute(f"REPLACE INTO {table} VALUES ({', '.join(f':{n}' for n in names)})", names)
            for column, value in summary.items():
                await write.execute(f"UPDATE summaries SET {column} = :value", {"value": value})
        self.before = {table: await self.table(table) for table in self._kept}

    async def press(self, role: str, verb: str, argument: str, value: str = "") -> Any:
        """What somebody gets who presses a control with this id."""
        who, where = self.places[role]
        shown = (await self.house.run("help", who, where=where))["message"]
        message = self.house.play.world.any_message(shown["channel_id"], shown["id"])
        forged = {"id": 2, "custom_id": f"pb1:{verb}:{argument}" if argument else f"pb1:{verb}", "disabled": False}
        if value:
            options = [{"label": "One", "value": value}]
            forged |= {"type": 3, "options": options, "min_values": 1, "max_values": 1}
        else:
            forged |= {"type": 2, "style": 2, "label": "One"}
        message["components"] = [{"type": 1, "id": 1, "components": [forged]}]
        self.house.play.messages.update(message)
        return await self.house._use(message, forged, [value] if value else None, who)

    async def was_done(self, answer: Any) -> bool:
        """Whether anything of the list or of the owner's subscriptions was changed, posted or shown."""
        text = text_of(answer["message"]) if answer.get("message") else json.dumps(answer.get("modal"))
        posted = await self.house.rows("SELECT 1 FROM messages WHERE recipient_kind = 'channel'")
        changed = any([await self.table(table) != rows for table, rows in self.before.items()])
        words = (LISTED, "stellarator", f"<#{self.papers}>: up to")
        return bool(posted) or changed or any(word in text for word in words)


@pytest.fixture
async def ground(house: House) -> Ground:
    made = Ground(house)
    await made.prepare()
    return made


async def test_every_control_is_in_one_of_the_tables(house: House) -> None:
    assert set(house.bot.actions) == RIGHTS.keys() | OWN.keys() | PAPERS.keys() | CURATED.keys()


async def test_each_role_can_use_exactly_the_controls_that_are_right_for_it(ground: Ground) -> None:
    stopped = {"stopped_at": 5, "stop_reason": "I lost it.", "stop_cause": "forbidden", "stop_settled": 1}
    wrong = []
    for verb, right in RIGHTS.items():
        argument, value = right.argument.format(**ground.names), right.value.format(**ground.names)
        for role in ground.places:
            before = stopped if verb == "summary-resume" else {"notices": int(verb == "summary-quiet")}
            await ground.restore(**before)
            done = await ground.was_done(await ground.press(role, verb, argument, value))
            if done != (role in right.who):
                wrong.append((verb, role, "could" if done else "could not"))
    assert wrong == []


async def test_a_control_about_oneself_touches_nothing_of_another_person(ground: Ground) -> None:
    wrong = []
    for verb, argument in OWN.items():
        for role in ground.places.keys() - THE_OWNER:
            await ground.restore()
            await ground.press(role, verb, argument)
            changed = [table for table, rows in ground.before.items() if await ground.table(table) != rows]
            wrong += [(verb, role, table) for table in changed]
    assert wrong == []


async def test_nobody_reaches_the_list_of_another_server(ground: Ground) -> None:
    house = ground.house
    async with house.app.database.transaction() as write:
        await curation.submit(
            write, int(house.guild), int(ground.papers), int(ground.names["paper"]), (1, "Ada"), "", NOW
        )
        await curation.note(write, int(house.guild), Deed(1, Act.SUBMITTED, int(ground.names["paper"]), NOW))
    tables = ("upvotes", "submissions", "discussions", "curation_acts")
    before = [await house.rows(f"SELECT * FROM {table}") for table in tables]
    for verb, argument in CURATED.items():
        value = ground.names["paper"] if verb in ("listed", "propose-found") else ""
        for role in (FOREIGN, BOTH, DM_OWNER, DM_STRANGER):
            answer = await ground.press(role, verb, argument.format(**ground.names), value)
            assert LISTED not in json.dumps(answer.get("message")), (verb, role)
    assert [await house.rows(f"SELECT * FROM {table}") for table in tables] == before


async def test_only_moderators_read_who_did_what(ground: Ground) -> None:
    for role in (OWNER, ADMIN, MANAGER, MEMBER):
        answer = await ground.press(role, "deeds", ":0")
        assert ("Nobody has proposed" in text_of(answer["message"])) == (role != MEMBER), role


async def test_nobody_proposes_for_a_channel_that_they_do_not_see(ground: Ground) -> None:
    who, where = ground.places[BLIND]
    answer = await ground.house.run("submit", who, where=where, paper="2511.00001")
    assert "no daily list" in text_of(answer["message"])


async def test_only_who_may_write_in_a_channel_shares_there(ground: Ground) -> None:
    for role in (OWNER, MANAGER, MEMBER, MUTE):
        who, _ = ground.places[role]
        ground.places[role] = (who, ground.papers)
        answer = await ground.press(role, "share", "paper:1")
        public = any(not shown["flags"] & 64 for shown in answer["followups"])
        assert public == (role != MUTE), role


#: The commands of lists, with what is seen of the list when they work.
COMMANDS = ["summary setup", "summary preview", "summary status", "summary stop"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_each_command_of_lists_serves_exactly_those_who_may(ground: Ground, command: str) -> None:
    house = ground.house
    state = await house.ask("GET", f"/state?as={house.nadia}")
    summary = next(c["id"] for c in state["commands"] if c["name"] == "summary")
    for guild in [str(g["id"]) for g in house.play.state.all("guild")]:
        opened = [{"id": who, "type": 2, "permission": True} for who, _ in ground.places.values()]
        body = {"permissions": list({p["id"]: p for p in opened}.values())}
        await house.ask("PUT", f"/guilds/{guild}/commands/{summary}/permissions", body)
    may = MANAGERS | ({MUTE} if command != "summary setup" else set())
    for role in (OWNER, ADMIN, MANAGER, MEMBER, BLIND, MUTE):
        await ground.restore()
        who, where = ground.places[role]
        options = {} if command == "summary status" else {"channel": ground.papers}
        answer = await house.run(command, who, where=where, **options)
        shown = f"<#{ground.papers}>: up to" in text_of(answer["message"])
        assert (await ground.was_done(answer) or shown) == (role in may), role


async def test_a_list_of_another_server_is_neither_seen_nor_changed_by_a_command(ground: Ground) -> None:
    house = ground.house
    for role in (FOREIGN, BOTH):
        who, where = ground.places[role]
        for command in COMMANDS:
            await ground.restore()
            options = {} if command == "summary status" else {"channel": ground.papers}
            body = {"as": who, "channel_id": where, "name": command, "options": options}
            async with house._session.post(f"{house.play.origin}/play/commands", json=body) as response:
                answer = await response.json()
            if response.status == 200:  # else Discord itself does not take another server's channel
                assert not await ground.was_done(answer), (role, command)
                assert ground.papers not in text_of(answer["message"]), (role, command)
                assert "Something went wrong" not in text_of(answer["message"]), (role, command)


async def test_who_does_not_see_a_channel_reads_nothing_of_its_stop(ground: Ground) -> None:
    await ground.restore(stopped_at=5, stop_reason="I lost it.", stop_cause="forbidden", stop_settled=1, notices=0)
    for role in (MEMBER, BLIND, FOREIGN, BOTH, DM_OWNER, MANAGER):
        who, where = ground.places[role]
        answer = (await ground.house.run("help", who, where=where))["message"]
        assert ("has stopped" in text_of(answer)) == (role == MANAGER), role
        assert ("Resume" in labels(answer)) == (role == MANAGER), role


async def test_who_set_a_list_up_but_may_no_longer_cannot_resume_it_by_dm(ground: Ground) -> None:
    house = ground.house
    await ground.restore(stopped_at=5, stop_reason="I lost it.", stop_cause="forbidden", stop_settled=1)
    silent = {"id": house.tomasz, "type": 1, "deny": str(int(Permission.SEND_MESSAGES))}
    await house.ask("POST", f"/channels/{ground.papers}/overwrites", silent)
    answer = await ground.press(DM_MAKER, "summary-resume", ground.papers)
    assert "You cannot write in that channel yourself" in text_of(answer["message"])
    await house.ask("POST", f"/guilds/{house.guild}/members/{house.tomasz}", {"roles": []})
    answer = await ground.press(DM_MAKER, "summary-resume", ground.papers)
    assert "*Manage Server*" in text_of(answer["message"])
    await house.ask("DELETE", f"/guilds/{house.guild}/members/{house.tomasz}")
    answer = await ground.press(DM_MAKER, "summary-resume", ground.papers)
    assert "*Manage Server*" in text_of(answer["message"])
    assert await house.rows("SELECT 1 FROM summaries WHERE stopped_at IS NULL") == []
