"""What Discord refuses and allows over REST: limits, permissions, errors, threads, commands."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest

from playground.discord.permissions import EVERYONE, Permission
from playground.server import Playground

from .conftest import Human, Rest


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "a"} | changes


def rows(*components: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": list(components)}]}


def select(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}]} | changes


TEXT = {"type": 10, "content": "text"}
NOT_SENT = {"media": {"url": "attachment://nosuch.png"}}
GALLERY = {"type": 12, "items": [NOT_SENT]}
SECTION = {"type": 9, "components": [TEXT], "accessory": {"type": 11, **NOT_SENT}}
BOX = {"type": 17, "components": [TEXT, SECTION]}
V2 = 1 << 15
WRONG_MESSAGES: list[tuple[str, dict[str, Any], str]] = [
    ("content over 2000", {"content": "x" * 2001}, "content"),
    ("embed title over 256", {"embeds": [{"title": "x" * 257}]}, "embeds/0/title"),
    ("embed description over 4096", {"embeds": [{"description": "x" * 4097}]}, "embeds/0/description"),
    ("26 fields", {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "embeds/0/fields"),
    ("empty field value", {"embeds": [{"fields": [{"name": "n", "value": " "}]}]}, "embeds/0/fields/0/value"),
    ("embeds over 6000 in total", {"embeds": [{"description": "x" * 3001}] * 2}, "embeds"),
    ("11 embeds", {"embeds": [{"title": "x"}] * 11}, "embeds"),
    ("embed link that is none", {"embeds": [{"title": "x", "url": "javascript:x"}]}, "embeds/0/url"),
    ("colour over white", {"embeds": [{"title": "x", "color": 0x1000000}]}, "embeds/0/color"),
    ("empty embed", {"content": "x", "embeds": [{}]}, "embeds/0/description"),
    ("nonce over 25", {"content": "x", "nonce": "x" * 26}, "nonce"),
    ("6 rows", {"components": [rows(button(custom_id=str(n)))["components"][0] for n in range(6)]}, "components"),
    ("6 buttons in a row", rows(*(button(custom_id=str(n)) for n in range(6))), "components/0/components"),
    ("button beside select", rows(button(), select()), "components/0/components"),
    ("custom id twice", rows(button(), button()), "components/0/components/1/custom_id"),
    ("custom id over 100", rows(button(custom_id="x" * 101)), "components/0/components/0/custom_id"),
    ("button without custom id", rows(button(custom_id=None)), "components/0/components/0/custom_id"),
    ("link without url", rows({"type": 2, "style": 5, "label": "x"}), "components/0/components/0/url"),
    ("label over 80", rows(button(label="x" * 81)), "components/0/components/0/label"),
    ("26 options", rows(select(options=[{"label": "a", "value": str(n)} for n in range(26)])), "components/0/components/0/options"),
    ("more values than options", rows(select(max_values=2)), "components/0/components/0/max_values"),
    ("option value twice", rows(select(options=[{"label": "a", "value": "a"}] * 2)), "components/0/components/0/options/1/value"),
    ("text display without the flag", {"components": [TEXT]}, "components/0/type"),
    ("content beside V2", {"components": [TEXT], "flags": V2, "content": "x"}, "content"),
    ("41 V2 components", {"components": [TEXT] * 41, "flags": V2}, "components"),
    ("V2 text over 4000", {"components": [{"type": 10, "content": "x" * 2001}] * 2, "flags": V2}, "components"),
    ("V2 text over 4000 UTF-16 units", {"components": [{"type": 10, "content": "\U0001f600" * 1001}] * 2, "flags": V2}, "components"),
    ("one such text", {"components": [{"type": 10, "content": "\U0001f600" * 2001}], "flags": V2}, "components/0/content"),
    ("a picture that was not sent", {"components": [GALLERY], "flags": V2}, "components/0/items/0/media/url"),
    ("one in a box", {"components": [BOX], "flags": V2}, "components/0/components/1/accessory/media/url"),
    ("an embed that is a word", {"embeds": ["x"]}, "embeds/0"),
    ("embeds that are a word", {"embeds": "x"}, "embeds"),
    ("fields that are a word", {"embeds": [{"title": "x", "fields": "x"}]}, "embeds/0/fields"),
    ("a field that is a word", {"embeds": [{"title": "x", "fields": ["x"]}]}, "embeds/0/fields/0"),
    ("a footer that is a word", {"embeds": [{"title": "x", "footer": "x"}]}, "embeds/0/footer"),
    ("an image that is a list", {"embeds": [{"title": "x", "image": ["x"]}]}, "embeds/0/image"),
    ("a title that is an object", {"embeds": [{"title": {"x": 1}}]}, "embeds/0/title"),
    ("a colour that is a word", {"embeds": [{"title": "x", "color": "red"}]}, "embeds/0/color"),
    ("content that is a list", {"content": ["x"]}, "content"),
    ("flags that are a list", {"content": "x", "flags": [1]}, "flags"),
    ("components that are an object", {"content": "x", "components": {"a": 1}}, "components"),
    ("a component that is a word", {"content": "x", "components": ["x"]}, "components/0/type"),
    ("a component in a row that is a word", rows("x"), "components/0/components/0/type"),  # type: ignore[arg-type]
    ("options that are a word", rows(select(options="x")), "components/0/components/0/options"),
    ("an option that is a word", rows(select(options=["x"])), "components/0/components/0/options/0/label"),
    ("attachments that are a word", {"content": "x", "attachments": "x"}, "attachments"),
    ("an attachment that is a number", {"content": "x", "attachments": [5]}, "attachments/0"),
    ("mentions that are a list", {"content": "x", "allowed_mentions": ["users"]}, "allowed_mentions"),
    ("mentioned words that are a number", {"content": "x", "allowed_mentions": {"parse": 1}}, "allowed_mentions/parse"),
    ("mentioned people that are an object", {"content": "x", "allowed_mentions": {"users": {"a": 1}}}, "allowed_mentions/users"),
    ("users parsed and listed", {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "allowed_mentions"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path"), [w[1:] for w in WRONG_MESSAGES], ids=[w[0] for w in WRONG_MESSAGES])
async def test_a_wrong_message_is_50035_and_says_where(rest: Rest, human: Human, body: Any, path: str) -> None:
    status, answer, _ = await rest("POST", f"/channels/{human.general}/messages", {"content": ""} | body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    node = answer["errors"]
    for step in path.split("/"):
        node = node[step]
    assert node["_errors"][0]["message"]
    assert await human.messages(human.general) == []


async def test_the_largest_message_is_taken(rest: Rest, human: Human) -> None:
    embed: dict[str, Any] = {"title": "x" * 256, "description": "x" * 4096, "footer": {"text": "x" * 1648}}
    buttons: list[dict[str, Any]] = [
        {"type": 1, "components": [button(custom_id=f"{row}:{n}", label="x" * 80) for n in range(5)]}
        for row in range(5)
    ]
    body: dict[str, Any] = {"content": "x" * 2000, "embeds": [embed], "components": buttons, "nonce": "x" * 25}
    status, answer, _ = await rest("POST", f"/channels/{human.general}/messages", body)
    assert status == 200, answer
    container: dict[str, Any] = {"type": 17, "accent_color": 1, "components": [TEXT] * 36}
    section: dict[str, Any] = {"type": 9, "components": [TEXT], "accessory": button()}
    body = {"flags": V2, "components": [container, section]}
    status, answer, _ = await rest("POST", f"/channels/{human.general}/messages", body)
    assert status == 200, answer
    shown = (await human.messages(human.general))[-1]
    assert shown["html"]["components"]["0.35"] == shown["html"]["components"]["1.0"] == "<p>text</p>"
    cleared = await rest(
        "PATCH", f"/channels/{human.general}/messages/{shown['id']}", {"flags": 0, "components": [TEXT]}
    )
    assert cleared[1]["flags"] & V2, "the flag cannot be taken away"


async def test_an_empty_message_is_50006(rest: Rest, human: Human) -> None:
    bodies: list[dict[str, Any]] = [{}, {"content": "  "}, {"embeds": []}]
    for body in bodies:
        status, answer, _ = await rest("POST", f"/channels/{human.general}/messages", body)
        assert (status, answer["code"]) == (400, 50006)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/channels/1", 404, 10003),
        ("GET", "/guilds/1", 404, 10004),
        ("GET", "/users/1", 404, 10013),
        ("GET", "/channels/{general}/messages/1", 404, 10008),
        ("GET", "/guilds/{guild}/members/1", 404, 10007),
        ("GET", "/guilds/{guild}/roles/1", 404, 10011),
        ("GET", "/channels/nonsense", 400, 50035),
        ("GET", "/channels/{general}/messages?limit=101", 400, 50035),
        ("GET", "/nowhere", 404, 0),
        ("PUT", "/gateway/bot", 405, 0),
        ("POST", "/webhooks/1/token", 401, 50027),
        ("POST", "/interactions/1/token/callback", 404, 10062),
    ],
)
async def test_what_is_not_there_has_its_code(
    rest: Rest, human: Human, method: str, path: str, status: int, code: int
) -> None:
    got = await rest(method, path.format(general=human.general, guild=human.guild), {} if method == "POST" else None)
    assert (got[0], got[1]["code"]) == (status, code)


async def test_bad_tokens_bodies_and_agents_are_refused(rest: Rest, human: Human) -> None:
    assert await _code(rest("GET", "/users/@me", token="x")) == (401, 0)
    assert await _code(rest("GET", "/users/@me", headers={"User-Agent": "curl"})) == (403, 40333)
    path = f"/channels/{human.general}/messages"
    assert await _code(rest("POST", path, data=b"{", headers={"Content-Type": "application/json"})) == (400, 50109)
    form = aiohttp.FormData()
    form.add_field("files[0]", io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), filename="big")
    assert await _code(rest("POST", path, data=form)) == (413, 40005)


async def _code(call: Any) -> tuple[int, int]:
    status, answer, _ = await call
    return status, answer["code"]


async def test_permissions_of_roles_and_channels_are_enforced(rest: Rest, human: Human) -> None:
    path = f"/channels/{human.papers}/messages"
    deny = {"id": human.bot, "type": 1, "deny": str(int(Permission.SEND_MESSAGES))}
    await human.ask("POST", f"/channels/{human.papers}/overwrites", deny)
    assert await _code(rest("POST", path, {"content": "x"})) == (403, 50013)
    await human.ask("POST", f"/channels/{human.papers}/overwrites", deny | {"deny": str(int(Permission.EMBED_LINKS))})
    assert await _code(rest("POST", path, {"embeds": [{"title": "x"}]})) == (403, 50013)
    assert (await rest("POST", path, {"content": "x"}))[0] == 200
    await human.ask("POST", f"/channels/{human.papers}/overwrites", deny | {"deny": str(int(Permission.VIEW_CHANNEL))})
    assert await _code(rest("GET", path)) == (403, 50001)
    assert await _code(rest("GET", f"/channels/{human.papers}")) == (403, 50001)
    assert await _code(rest("POST", f"/guilds/{human.guild}/channels", {"name": "x"})) == (403, 50013)
    assert await _code(rest("DELETE", f"/channels/{human.general}")) == (403, 50013)
    mine = await human.ask("POST", f"/channels/{human.general}/messages", {"as": human.yuki, "content": "mine"})
    assert await _code(rest("DELETE", f"/channels/{human.general}/messages/{mine['id']}")) == (403, 50013)
    edit = rest("PATCH", f"/channels/{human.general}/messages/{mine['id']}", {"content": "x"})
    assert await _code(edit) == (403, 50005)


async def test_with_permission_the_bot_manages_channels_roles_and_members(rest: Rest, human: Human) -> None:
    roles = (await rest("GET", f"/guilds/{human.guild}/roles"))[1]
    own = next(r for r in roles if r.get("tags"))
    more = int(Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES | Permission.KICK_MEMBERS) | EVERYONE
    await human.ask("POST", f"/guilds/{human.guild}/roles/{own['id']}", {"permissions": str(more)})
    status, made, _ = await rest("POST", f"/guilds/{human.guild}/channels", {"name": "New One", "topic": "t"})
    assert (status, made["name"], made["topic"]) == (201, "new-one", "t")
    assert (await rest("PATCH", f"/channels/{made['id']}", {"topic": "u"}))[1]["topic"] == "u"
    over = {"type": 0, "deny": int(Permission.VIEW_CHANNEL)}
    assert (await rest("PUT", f"/channels/{made['id']}/permissions/{human.guild}", over))[0] == 204
    assert (await rest("DELETE", f"/channels/{made['id']}"))[0] in (200, 403)  # it hid the channel from itself
    role = (await rest("POST", f"/guilds/{human.guild}/roles", {"name": "readers"}))[1]
    path = f"/guilds/{human.guild}/members/{human.yuki}"
    assert await _code(rest("PUT", f"{path}/roles/{role['id']}")) == (403, 50013)  # not below its own role
    assert (await rest("DELETE", path))[0] == 204
    assert await _code(rest("GET", path)) == (404, 10007)


async def test_automod_words_are_200000(rest: Rest, human: Human) -> None:
    await human.ask("POST", f"/guilds/{human.guild}", {"automod": ["forbidden"]})
    body = {"content": "a Forbidden word"}
    assert await _code(rest("POST", f"/channels/{human.general}/messages", body)) == (400, 200000)


async def test_threads_archive_and_forum_posts_carry_tags(rest: Rest, human: Human) -> None:
    sent = (await rest("POST", f"/channels/{human.general}/messages", {"content": "talk"}))[1]
    path = f"/channels/{human.general}/messages/{sent['id']}/threads"
    status, thread, _ = await rest("POST", path, {"name": "a thread"})
    assert (status, thread["id"], thread["type"]) == (201, sent["id"], 11)
    assert await _code(rest("POST", path, {"name": "again"})) == (400, 160004)
    assert (await rest("POST", f"/channels/{thread['id']}/messages", {"content": "inside"}))[0] == 200
    assert (await rest("PATCH", f"/channels/{thread['id']}", {"archived": True}))[0] == 200
    listed = (await rest("GET", f"/channels/{human.general}/threads/archived/public"))[1]
    assert [t["id"] for t in listed["threads"]] == [thread["id"]]
    assert (await rest("POST", f"/channels/{thread['id']}/messages", {"content": "wakes it"}))[0] == 200
    active = (await rest("GET", f"/guilds/{human.guild}/threads/active"))[1]
    assert [t["message_count"] for t in active["threads"]] == [2]
    forum = await human.ask(
        "POST", f"/guilds/{human.guild}/channels", {"name": "forum", "forum": True, "tags": ["nlp", "cv"]}
    )
    tag = forum["available_tags"][0]["id"]
    post = {"name": "a post", "applied_tags": [tag], "message": {"content": "first"}}
    status, made, _ = await rest("POST", f"/channels/{forum['id']}/threads", post)
    assert (status, made["applied_tags"], made["message"]["id"]) == (201, [tag], made["id"])
    assert await _code(rest("POST", f"/channels/{forum['id']}/threads", post | {"applied_tags": ["1"]})) == (404, 10087)
    assert await _code(rest("POST", f"/channels/{forum['id']}/messages", {"content": "x"})) == (400, 50008)
    empty = rest("POST", f"/channels/{forum['id']}/threads", {"name": "x", "message": {}})
    assert await _code(empty) == (400, 50006)
    state = await human.ask("GET", f"/state?as={human.owner}")
    assert {t["name"] for t in state["guilds"][0]["threads"]} == {"a thread", "a post"}


async def test_a_person_posts_in_a_forum_by_the_rules_of_discord(rest: Rest, human: Human) -> None:
    forum = await human.ask(
        "POST", f"/guilds/{human.guild}/channels", {"name": "forum", "forum": True, "tags": ["nlp", "cv"]}
    )
    path = f"/channels/{forum['id']}/posts"
    body = {"as": human.yuki, "name": "A post", "content": "hello", "tags": ["cv"]}
    post = await human.ask("POST", path, body)
    assert post["applied_tags"] == [forum["available_tags"][1]["id"]]
    assert (post["message"]["id"], post["message"]["content"], post["owner_id"]) == (post["id"], "hello", human.yuki)
    status, seen, _ = await rest("GET", f"/channels/{post['id']}")
    assert (status, seen["name"], seen["message_count"]) == (200, "A post", 0)
    assert (await rest("GET", f"/channels/{post['id']}/messages/{post['id']}"))[1]["author"]["id"] == human.yuki
    assert "it has: nlp, cv" in (await human.ask("POST", path, body | {"tags": ["xy"]}, 400))["message"]
    await human.ask("POST", path, body | {"name": "x" * 101}, 400)
    await human.ask("POST", path, body | {"content": "x" * 2001}, 400)
    await human.ask("POST", f"/channels/{human.general}/posts", body, 400)
    await human.ask("POST", f"/guilds/{human.guild}", {"automod": ["forbidden"]})
    await human.ask("POST", path, body | {"content": "Forbidden"}, 400)
    assert len((await rest("GET", f"/guilds/{human.guild}/threads/active"))[1]["threads"]) == 1


async def test_reactions_pins_and_bulk_deletion(rest: Rest, human: Human) -> None:
    path = f"/channels/{human.general}/messages"
    ids = [(await rest("POST", path, {"content": str(n)}))[1]["id"] for n in range(3)]
    assert (await rest("PUT", f"{path}/{ids[0]}/reactions/👍/@me"))[0] == 204
    who = {"as": human.yuki, "emoji": "👍"}
    await human.ask("POST", f"/channels/{human.general}/messages/{ids[0]}/reactions", who)
    shown = (await rest("GET", f"{path}/{ids[0]}"))[1]
    assert [(r["emoji"]["name"], r["count"], r["me"]) for r in shown["reactions"]] == [("👍", 2, True)]
    assert len((await rest("GET", f"{path}/{ids[0]}/reactions/👍"))[1]) == 2
    assert await _code(rest("PUT", f"{path}/{ids[0]}/reactions/no/@me")) == (400, 10014)
    assert await _code(rest("PUT", f"/channels/{human.general}/pins/{ids[0]}")) == (403, 50013)
    assert await _code(rest("POST", f"{path}/bulk-delete", {"messages": ids})) == (403, 50013)


def command(**changes: Any) -> dict[str, Any]:
    return {"name": "cmd", "description": "d", "type": 1} | changes


def option(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": "opt", "description": "d"} | changes


WRONG_COMMANDS: list[tuple[str, list[dict[str, Any]]]] = [
    ("upper case", [command(name="Cmd")]),
    ("blank in name", [command(name="a b")]),
    ("name over 32", [command(name="x" * 33)]),
    ("no description", [command(description="")]),
    ("same name twice", [command(), command()]),
    ("101 commands", [command(name=f"c{n}") for n in range(101)]),
    ("26 options", [command(options=[option(name=f"o{n}") for n in range(26)])]),
    ("required after optional", [command(options=[option(), option(name="b", required=True)])]),
    ("26 choices", [command(options=[option(choices=[{"name": f"{n}", "value": f"{n}"} for n in range(26)])])]),
    ("choices and autocomplete", [command(options=[option(autocomplete=True, choices=[{"name": "a", "value": "a"}])])]),
    ("over 8000 characters", [command(options=[option(name=f"o{n}", description="x" * 100, choices=[
        {"name": f"{m}" + "y" * 90, "value": "z" * 90} for m in range(25)]) for n in range(3)])]),
    ("description of a context menu", [command(type=2)]),
    ("sub-command beside option", [command(options=[option(type=1), option(name="b")])]),
    ("unknown locale", [command(name_localizations={"xx": "y"})]),
]  # fmt: skip


@pytest.mark.parametrize("body", [w[1] for w in WRONG_COMMANDS], ids=[w[0] for w in WRONG_COMMANDS])
async def test_a_wrong_command_is_50035(rest: Rest, human: Human, body: Any) -> None:
    assert await _code(rest("PUT", f"/applications/{human.bot}/commands", body)) == (400, 50035)
    assert (await rest("GET", f"/applications/{human.bot}/commands"))[1] == []


async def test_commands_keep_their_ids_and_200_creates_a_day_are_the_limit(rest: Rest, human: Human) -> None:
    path = f"/applications/{human.bot}/guilds/{human.guild}/commands"
    first = (await rest("PUT", path, [command()]))[1][0]
    again = (await rest("PUT", path, [command()]))[1][0]
    changed = (await rest("PUT", path, [command(description="other")]))[1][0]
    assert first == again
    assert (changed["id"], changed["version"] != first["version"]) == (first["id"], True)
    assert (await rest("POST", path, command(name="two")))[0] == 201
    assert (await rest("POST", path, command(name="two")))[0] == 200
    edited = (await rest("PATCH", f"{path}/{first['id']}", {"description": "new"}))[1]
    assert edited["description"] == "new"
    assert (await rest("DELETE", f"{path}/{first['id']}"))[0] == 204
    for batch in range(1, 3):
        await rest("PUT", path, [command(name=f"b{batch}-{n}") for n in range(99)])
    assert await _code(rest("PUT", path, [command(name="one-more")])) == (400, 30034)
    assert await _code(rest("PUT", f"/applications/{human.yuki}/commands", [])) == (403, 20012)


async def test_a_person_sees_only_the_commands_they_may_use(rest: Rest, human: Human) -> None:
    admin = command(name="admin", default_member_permissions=int(Permission.MANAGE_GUILD))
    nobody = command(name="nobody", default_member_permissions=0)
    here = command(name="here", contexts=[0])
    mine = command(name="mine", integration_types=[1], contexts=[0, 1, 2])
    made = (await rest("PUT", f"/applications/{human.bot}/commands", [command(name="all"), admin, nobody, here, mine]))[
        1
    ]
    ids = {c["name"]: c["id"] for c in made}

    async def seen(who: str) -> dict[str, tuple[bool, bool]]:
        state = await human.ask("GET", f"/state?as={who}")
        return {c["name"]: (bool(c["guilds"]), c["dm"]) for c in state["commands"]}

    assert await seen(human.yuki) == {
        "all": (True, True),
        "admin": (False, True),
        "nobody": (False, True),
        "here": (True, False),
    }
    assert (await seen(human.moderator))["admin"] == (True, True)
    assert (await seen(human.owner))["nobody"] == (True, True)
    assert await seen(human.outsider) == {}
    await human.ask("POST", f"/users/{human.outsider}", {"install": human.bot})
    assert await seen(human.outsider) == {"mine": (False, True)}
    rules = {"permissions": [{"id": human.yuki, "type": 2, "permission": True}]}
    await human.ask("PUT", f"/guilds/{human.guild}/commands/{ids['admin']}/permissions", rules)
    assert (await seen(human.yuki))["admin"] == (True, True)
    read = await rest("GET", f"/applications/{human.bot}/guilds/{human.guild}/commands/permissions")
    assert [p["id"] for p in read[1]] == [ids["admin"]]


async def test_an_installed_command_says_whose_install_it_is_and_has_five_follow_ups(
    rest: Rest, human: Human, play: Playground
) -> None:
    await rest("PUT", f"/applications/{human.bot}/commands", [command(integration_types=[1], contexts=[0, 1, 2])])
    await human.ask("POST", f"/users/{human.outsider}", {"install": human.bot})
    dm = await human.ask("POST", "/dms", {"as": human.outsider, "user_id": human.yuki})
    body = {"as": human.outsider, "channel_id": dm["id"], "name": "cmd", "wait": 0}
    inter = play.interactions.get((await human.ask("POST", "/commands", body))["id"])
    assert (inter["owners"], inter["context"]) == ({"1": human.outsider}, 2)
    answer = {"type": 4, "data": {"content": "x"}}
    assert (await rest("POST", f"/interactions/{inter['id']}/{inter['token']}/callback", answer))[0] == 204
    hook = f"/webhooks/{human.bot}/{inter['token']}"
    answers = [await _status(rest("POST", hook, {"content": str(n)})) for n in range(6)]
    assert answers == [200] * 5 + [400]
    assert await _code(rest("POST", hook, {"content": "x"})) == (400, 40094)


async def _status(call: Any) -> int:
    return int((await call)[0])


async def test_an_interaction_is_answered_once_in_time_and_its_token_ends(
    rest: Rest, human: Human, play: Playground
) -> None:
    await rest("PUT", f"/applications/{human.bot}/commands", [command()])

    async def begin() -> dict[str, Any]:
        body = {"as": human.owner, "channel_id": human.general, "name": "cmd", "wait": 0}
        return play.interactions.get((await human.ask("POST", "/commands", body))["id"])

    inter = await begin()
    callback, hook = f"/interactions/{inter['id']}/{inter['token']}/callback", f"/webhooks/{human.bot}/{inter['token']}"
    assert await _code(rest("POST", hook, {"content": "early"})) == (404, 10015)
    assert await _code(rest("POST", callback, {"type": 4, "data": {"content": "x" * 2001}})) == (400, 50035)
    assert await _code(rest("POST", callback, {"type": 8, "data": {"choices": []}})) == (400, 50035)
    assert (await rest("POST", callback, {"type": 4, "data": {"content": "x"}}))[0] == 204
    assert await _code(rest("POST", callback, {"type": 4, "data": {"content": "x"}})) == (400, 40060)
    assert (await rest("PATCH", f"{hook}/messages/@original", {"content": "y"}))[1]["content"] == "y"
    assert (await rest("GET", f"{hook}/messages/@original"))[1]["content"] == "y"
    assert (await rest("DELETE", f"{hook}/messages/@original"))[0] == 204
    assert await _code(rest("GET", f"{hook}/messages/@original")) == (404, 10008)
    await human.ask("POST", "/clock", {"shift": 901})
    assert await _code(rest("POST", hook, {"content": "late"})) == (401, 50027)

    await human.ask("POST", "/faults", {"answer_seconds": 3})
    late = await begin()
    await human.ask("POST", "/clock", {"shift": 905})
    answer = {"type": 4, "data": {"content": "x"}}
    assert await _code(rest("POST", f"/interactions/{late['id']}/{late['token']}/callback", answer)) == (404, 10062)
    shown = await human.ask("GET", f"/interactions/{late['id']}")
    assert (shown["state"], shown["error"]) == ("failed", "The application did not respond")


async def test_mentions_follow_allowed_mentions_and_an_edit_parses_anew(rest: Rest, human: Human) -> None:
    path, text = f"/channels/{human.general}/messages", f"<@{human.yuki}> @everyone"
    quiet = (await rest("POST", path, {"content": text, "allowed_mentions": {"parse": []}}))[1]
    assert (quiet["mentions"], quiet["mention_everyone"]) == ([], False)
    loud = (await rest("PATCH", f"{path}/{quiet['id']}", {"content": text + "!"}))[1]
    assert ([u["id"] for u in loud["mentions"]], loud["mention_everyone"]) == ([human.yuki], True)


async def test_slow_mode_holds_people_back_but_neither_moderators_nor_bots(
    play: Playground, rest: Rest, human: Human
) -> None:
    channel = play.world.channel(human.general)
    play.state.put("channel", channel | {"rate_limit_per_user": 30}, human.guild)
    write = f"/channels/{human.general}/messages"

    async def says(who: str, status: int) -> Any:
        return await human.ask("POST", write, {"as": who, "content": "hello"}, status)

    await says(human.yuki, 200)
    refused = await says(human.yuki, 400)
    assert refused["code"] == 20016
    assert "Slow mode" in refused["message"]
    await says(human.samir, 200)
    for _ in range(2):
        await says(human.moderator, 200)
        assert (await rest("POST", write, {"content": "x"}))[0] == 200
    play.clock.set_shift(play.clock.shift + 31)
    await says(human.yuki, 200)
