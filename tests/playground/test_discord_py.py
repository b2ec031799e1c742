"""The unmodified discord.py against a running playground."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands, ui

from playground.server import Playground

from .conftest import Client, Human, Start, aim, until


async def test_login_gives_the_bot_its_guild_with_channels_and_roles(start: Start, human: Human) -> None:
    client = await start()
    assert client.user is not None
    assert str(client.user.id) == human.bot
    (guild,) = client.guilds
    assert guild.name == "Paper Lab"
    assert [c.name for c in guild.text_channels] == ["general", "papers", "reading-group"]
    assert guild.me.guild_permissions.send_messages
    state = await human.ask("GET", f"/state?as={human.owner}")
    assert state["bots"] == [{"id": human.bot, "name": "Paper Bot", "online": True}]


async def test_a_synced_command_answers_with_its_options(start: Start, human: Human) -> None:
    client = await start()
    seen: list[Any] = []

    @client.tree.command()
    @app_commands.choices(size=[app_commands.Choice(name="Big", value=9)])
    async def say(
        i: discord.Interaction[Client],
        text: str,
        count: app_commands.Range[int, 1, 3],
        who: discord.Member,
        where: discord.TextChannel,
        size: app_commands.Choice[int] | None = None,
        loud: bool = False,
    ) -> None:
        """Says it."""
        seen.append((text, count, who.id, where.name, size and size.value, loud))
        await i.response.send_message(f"**{text}** by {i.user.mention}")

    await client.tree.sync()
    given: dict[str, Any] = {
        "text": "hi",
        "count": 2,
        "who": human.yuki,
        "where": human.papers,
        "size": "Big",
        "loud": True,
    }
    done = await human.run("say", given)
    assert seen == [("hi", 2, int(human.yuki), "papers", 9, True)]
    assert done["state"] == "answered"
    assert done["message"]["html"]["content"] == (
        f'<p><strong>hi</strong> by <span class="mention" data-kind="user" data-id="{human.owner}">@Nadia Okonkwo</span></p>'
    )
    for wrong, words in (
        ({"text": None}, "required"),
        ({"count": 9}, "between 1 and 3"),
        ({"size": "Small"}, "one of: Big"),
        ({"who": "1"}, "nothing with the id"),
        ({"colour": "red"}, "no option 'colour'"),
    ):
        body = {"as": human.owner, "channel_id": human.general, "name": "say", "options": given | wrong}
        assert words in (await human.ask("POST", "/commands", body, status=400))["message"]
    assert len(seen) == 1


async def test_a_deferred_answer_is_final_only_with_its_follow_up(start: Start, human: Human) -> None:
    client = await start()
    go_on = asyncio.Event()

    @client.tree.command()
    async def slow(i: discord.Interaction[Client]) -> None:
        """Slow."""
        await i.response.defer(ephemeral=True)
        await go_on.wait()
        await i.followup.send("first")
        await i.followup.send("second")

    await client.tree.sync()
    body = {"as": human.owner, "channel_id": human.general, "name": "slow", "wait": 0}
    begun = await human.ask("POST", "/commands", body)
    id_ = begun["id"]
    await until(lambda: human.play.interactions.get(id_)["state"] == "deferred")
    deferred = await human.ask("GET", f"/interactions/{id_}")
    assert deferred["message"]["flags"] == 64 | 128
    go_on.set()
    await until(lambda: human.play.interactions.get(id_)["followups"])
    done = await human.ask("GET", f"/interactions/{id_}")
    assert (done["state"], done["message"]["content"], done["message"]["flags"]) == ("answered", "first", 64)
    assert [m["content"] for m in done["followups"]] == ["second"]


async def test_an_ephemeral_answer_is_seen_by_its_person_only(start: Start, human: Human) -> None:
    client = await start()

    @client.tree.command()
    async def secret(i: discord.Interaction[Client]) -> None:
        """Secret."""
        await i.response.send_message("psst", ephemeral=True)

    await client.tree.sync()
    await human.run("secret", who=human.yuki)
    assert [m["content"] for m in await human.messages(human.general, human.yuki)] == ["psst"]
    assert await human.messages(human.general, human.samir) == []
    channel = client.get_channel(int(human.general))
    assert isinstance(channel, discord.TextChannel)
    assert [m async for m in channel.history()] == []


async def test_buttons_selects_and_modals_go_round(start: Start, human: Human) -> None:
    client = await start()
    got: list[Any] = []

    class Ask(ui.Modal, title="A question"):
        text: ui.TextInput[Any] = ui.TextInput(label="Name", max_length=5)
        kind: ui.Label[Any] = ui.Label(
            text="Kind", component=ui.Select(custom_id="kind", options=[discord.SelectOption(label="A", value="a")])
        )

        async def on_submit(self, i: discord.Interaction) -> None:
            assert isinstance(self.kind.component, ui.Select)
            got.append((self.text.value, self.kind.component.values))
            await i.response.edit_message(content="thanks")

    class View(ui.View):
        @ui.button(label="More", custom_id="more")
        async def more(self, i: discord.Interaction, _: ui.Button[View]) -> None:
            await i.response.edit_message(content="more")

        @ui.select(
            custom_id="pick", max_values=2, options=[discord.SelectOption(label=v.upper(), value=v) for v in "abc"]
        )
        async def pick(self, i: discord.Interaction, select: ui.Select[View]) -> None:
            await i.response.send_message(" ".join(select.values))

        @ui.select(cls=ui.UserSelect, custom_id="person")
        async def person(self, i: discord.Interaction, select: ui.UserSelect[View]) -> None:
            await i.response.send_message(select.values[0].display_name)

        @ui.button(label="Ask", custom_id="ask")
        async def ask(self, i: discord.Interaction, _: ui.Button[View]) -> None:
            await i.response.send_modal(Ask())

    channel = client.get_channel(int(human.general))
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("start", view=View(timeout=None))
    assert sent.components
    (message,) = await human.messages(human.general)
    assert (await human.click(message, "more"))["message"]["content"] == "more"
    assert (await human.click(message, "pick", ["a", "c"]))["message"]["content"] == "a c"
    assert (await human.click(message, "person", [human.yuki]))["message"]["content"] == "Yuki Marlow"
    opened = await human.click(message, "ask")
    assert (opened["state"], opened["modal"]["title"]) == ("modal", "A question")
    name = opened["modal"]["components"][0]["components"][0]["custom_id"]
    submit = {"as": human.owner, "interaction_id": opened["id"]}
    too_long = await human.ask("POST", "/modals", submit | {"fields": {name: "too long", "kind": "a"}}, status=400)
    assert "0 to 5 characters" in too_long["message"]
    done = await human.ask("POST", "/modals", submit | {"fields": {name: "Ann", "kind": ["a"]}})
    assert (done["state"], done["message"]["content"], got) == ("answered", "thanks", [("Ann", ["a"])])


async def test_autocomplete_sub_commands_and_context_menus(start: Start, human: Human) -> None:
    client = await start()
    group = app_commands.Group(name="list", description="Lists")

    @group.command(name="add")
    async def add(i: discord.Interaction, word: str) -> None:
        """Adds."""
        await i.response.send_message(f"added {word}")

    @add.autocomplete("word")
    async def words(i: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}-{n}", value=f"{current}{n}") for n in (1, 2)]

    async def cite(i: discord.Interaction, message: discord.Message) -> None:
        await i.response.send_message(f"cited {message.content}")

    async def who(i: discord.Interaction, user: discord.Member) -> None:
        await i.response.send_message(f"it is {user.display_name}")

    client.tree.add_command(group)
    client.tree.add_command(app_commands.ContextMenu(name="Cite", callback=cite))
    client.tree.add_command(app_commands.ContextMenu(name="Who is", callback=who))
    await client.tree.sync()
    body = {"as": human.owner, "channel_id": human.general, "name": "list add", "options": {"word": "x"}}
    answer = await human.ask("POST", "/autocomplete", body | {"focused": "word"})
    assert answer["choices"] == [{"name": "x-1", "value": "x1"}, {"name": "x-2", "value": "x2"}]
    assert (await human.run("list add", {"word": "x1"}))["message"]["content"] == "added x1"
    (message,) = await human.messages(human.general)
    on_message = {"as": human.yuki, "channel_id": human.general, "name": "Cite", "target_id": message["id"]}
    assert (await human.ask("POST", "/context", on_message))["message"]["content"] == "cited added x1"
    on_user = {"as": human.yuki, "channel_id": human.general, "name": "Who is", "target_id": human.samir}
    assert (await human.ask("POST", "/context", on_user))["message"]["content"] == "it is Samir Velde"


async def test_dms_go_both_ways_and_closed_ones_are_50007(start: Start, human: Human) -> None:
    client = await start(Client(1 | 1 << 12))
    user = await client.fetch_user(int(human.yuki))
    message = await user.send("hello")
    assert [m["content"] for m in await human.messages(str(message.channel.id), human.yuki)] == ["hello"]
    await human.ask("POST", f"/channels/{message.channel.id}/messages", {"as": human.yuki, "content": "hi back"})
    await until(lambda: [m for m in client.said if m.content == "hi back"])
    await human.ask("POST", f"/users/{human.yuki}", {"dms": "closed"})
    with pytest.raises(discord.Forbidden) as closed:
        await user.send("again")
    assert (closed.value.status, closed.value.code) == (403, 50007)
    outsider = await client.fetch_user(int(human.outsider))
    with pytest.raises(discord.Forbidden) as stranger:
        await outsider.send("hello")
    assert (stranger.value.status, stranger.value.code) == (403, 50278)


async def test_the_bot_reads_its_own_history_with_custom_ids(start: Start, human: Human) -> None:
    client = await start()
    channel = client.get_channel(int(human.papers))
    assert isinstance(channel, discord.TextChannel)
    view = ui.View()
    view.add_item(ui.Button(label="x", custom_id="delivery:7"))
    sent = [await channel.send(str(n), view=view) for n in range(5)]
    await human.ask("POST", f"/channels/{human.papers}/messages", {"as": human.yuki, "content": "mine"})
    read = [m async for m in channel.history(limit=100)]
    assert [m.content for m in read] == ["", "4", "3", "2", "1", "0"]  # a stranger's text needs an intent
    assert isinstance(row := read[1].components[0], discord.ActionRow)
    assert isinstance(button := row.children[0], discord.Button)
    assert button.custom_id == "delivery:7"
    assert [m.content async for m in channel.history(after=sent[1], limit=2)] == ["2", "3"]
    assert [m.content async for m in channel.history(before=sent[2], limit=1)] == ["1"]
    assert [m.content async for m in channel.history(around=sent[2], limit=3)] == ["3", "2", "1"]


async def test_the_same_nonce_sends_one_message_and_a_deleted_one_stays_gone(start: Start, human: Human) -> None:
    client = await start()
    channel = client.get_channel(int(human.papers))
    assert isinstance(channel, discord.TextChannel)
    first = await channel.send("a", nonce="n1")
    assert (await channel.send("a", nonce="n1")).id == first.id
    assert (await channel.send("a", nonce="n2")).id != first.id
    human.play.messages.nonce_window = -1.0
    assert (await channel.send("a", nonce="n1")).id != first.id
    human.play.messages.nonce_window = 300.0
    second = await channel.send("b", nonce="n3")
    await second.delete()
    with pytest.raises(discord.NotFound) as gone:
        await channel.send("b", nonce="n3")
    assert gone.value.code == 10008


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(start: Start, human: Human) -> None:
    client = await start(Client(1 | 1 << 9 | 1 << 12))
    (before,) = await human.ask("GET", "/gateway")
    play = human.play
    assert play.each_connection(play.hub.sessions_of(), lambda connection: connection.drop()) == 1
    # Written before anybody noticed that the wire is cut: it reaches the bot by replay only.
    general = play.world.channel(human.general)
    play.messages.create(general, human.yuki, {"content": f"<@{human.bot}> miss me"})
    await until(lambda: client.said)
    assert client.said[0].content.endswith("miss me")
    await until(lambda: "resumed" in client.heard)
    (after,) = await human.ask("GET", "/gateway")
    assert after["id"] == before["id"]
    assert client.heard.count("ready") == 1


async def test_op_7_resumes_and_op_9_identifies_anew(start: Start, human: Human) -> None:
    client = await start()
    (before,) = human.play.hub.sessions
    await human.ask("POST", "/gateway", {"op": "reconnect"})
    await until(lambda: "resumed" in client.heard)
    assert list(human.play.hub.sessions) == [before]
    await human.ask("POST", "/gateway", {"op": "invalid_session"})
    await until(lambda: client.heard.count("ready") == 2)
    assert before not in human.play.hub.sessions


async def test_attachments_go_up_and_come_down(start: Start, human: Human, session: aiohttp.ClientSession) -> None:
    client = await start()
    channel = client.get_channel(int(human.general))
    assert isinstance(channel, discord.TextChannel)
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02" + b"\x00" * 20
    embed = discord.Embed(title="chart").set_image(url="attachment://a.png")
    files = [discord.File(io.BytesIO(png), "a.png"), discord.File(io.BytesIO(b"text"), "b.txt", description="words")]
    sent = await channel.send(embed=embed, files=files)
    assert [(a.filename, a.description) for a in sent.attachments] == [("b.txt", "words")]
    assert await sent.attachments[0].read() == b"text"
    assert (sent.embeds[0].image.width, sent.embeds[0].image.height) == (3, 2)
    async with session.get(sent.embeds[0].image.url or "") as response:
        assert (response.content_type, await response.read()) == ("image/png", png)
    edited = await sent.edit(attachments=[])
    assert edited.attachments == []


async def test_a_layout_shows_the_files_that_its_message_has(start: Start, human: Human) -> None:
    client = await start()
    channel = client.get_channel(int(human.general))
    assert isinstance(channel, discord.TextChannel)

    def layout() -> discord.ui.LayoutView:
        made = discord.ui.LayoutView()
        made.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png", description="A picture")))
        return made

    sent = await channel.send(view=layout(), file=discord.File(io.BytesIO(b"a"), "a.png"))
    kept = await sent.edit(view=layout())
    assert [a.id for a in kept.attachments] == [a.id for a in sent.attachments]
    with pytest.raises(discord.HTTPException, match="referenced attachment"):
        await sent.edit(view=layout(), attachments=[])
    with pytest.raises(discord.HTTPException, match="referenced attachment"):
        await sent.edit(view=layout(), attachments=[discord.File(io.BytesIO(b"b"), "b.png")])
    again = await sent.edit(view=layout(), attachments=[discord.File(io.BytesIO(b"b"), "a.png")])
    assert await again.attachments[0].read() == b"b"


async def test_playground_and_bot_restart_and_go_on(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    state = tmp_path / "kept.db"
    token = ""
    for turn in (1, 2):
        async with Playground(state, rate_limits=False) as play:
            aim(play)
            human = Human(play, session)
            assert token in ("", play.token)
            token = play.token
            client = Client()

            @client.tree.command()
            async def ping(i: discord.Interaction) -> None:
                """Ping."""
                await i.response.send_message("pong")

            task = asyncio.create_task(client.start(token))
            await until(client.is_ready)
            if turn == 1:
                await client.tree.sync()
            assert (await human.run("ping"))["message"]["content"] == "pong"
            assert [m["content"] for m in await human.messages(human.general)] == ["pong"] * turn
            await client.close()
            await task
