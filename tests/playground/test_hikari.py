"""A second, stricter library as a client: hikari, unmodified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import hikari
import pytest

from playground.server import Playground
from tests.patience import PATIENCE

from .conftest import Human, until


@pytest.fixture
async def bot(play: Playground, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[hikari.GatewayBot]:
    made = hikari.GatewayBot(
        play.token,
        banner=None,
        logs=None,
        intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES | hikari.Intents.DM_MESSAGES,
        rest_url=play.url,
    )
    yield made
    if made.is_alive:
        await made.close()


async def test_hikari_logs_in_syncs_sends_answers_and_resumes(bot: hikari.GatewayBot, human: Human) -> None:
    heard: list[Any] = []

    @bot.listen()
    async def on_start(event: hikari.ShardReadyEvent) -> None:
        heard.append(event)

    @bot.listen()
    async def on_guild(event: hikari.GuildAvailableEvent) -> None:
        heard.append(event)

    @bot.listen()
    async def on_resumed(event: hikari.ShardResumedEvent) -> None:
        heard.append(event)

    @bot.listen()
    async def on_message(event: hikari.GuildMessageCreateEvent) -> None:
        heard.append(event)

    @bot.listen()
    async def on_interaction(event: hikari.InteractionCreateEvent) -> None:
        inter = event.interaction
        if isinstance(inter, hikari.CommandInteraction):
            await inter.create_initial_response(
                hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=hikari.MessageFlag.EPHEMERAL
            )
            await inter.edit_initial_response(
                "done",
                component=bot.rest.build_message_action_row().add_interactive_button(
                    hikari.ButtonStyle.PRIMARY, "again", label="Again"
                ),
            )
        elif isinstance(inter, hikari.ComponentInteraction):
            await inter.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "clicked", components=[])

    def count(kind: type) -> int:
        return sum(isinstance(event, kind) for event in heard)

    await bot.start(check_for_updates=False)
    await until(lambda: count(hikari.GuildAvailableEvent))
    app = await bot.rest.fetch_application()
    await bot.rest.set_application_commands(app, [bot.rest.slash_command_builder("work", "Works")])
    done = await human.run("work")
    assert (done["state"], done["message"]["content"], done["message"]["flags"]) == ("answered", "done", 64)
    assert (await human.click(done["message"], "again"))["message"]["content"] == "clicked"
    sent = await bot.rest.create_message(int(human.general), "from hikari", embed=hikari.Embed(title="t"))
    assert (await bot.rest.fetch_message(int(human.general), sent)).embeds[0].title == "t"
    await until(lambda: count(hikari.GuildMessageCreateEvent))

    play = human.play
    play.each_connection(play.hub.sessions_of(), lambda connection: connection.drop())
    play.messages.create(play.world.channel(human.general), human.yuki, {"content": "while away"})
    await until(lambda: count(hikari.ShardResumedEvent))
    await until(lambda: count(hikari.GuildMessageCreateEvent) == 2)
    assert count(hikari.ShardReadyEvent) == 1
    async with asyncio.timeout(PATIENCE):
        await bot.close()
