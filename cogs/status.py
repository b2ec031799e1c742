"""`/status` and `/help`: is it working, and what can it do."""

from __future__ import annotations

from typing import Any, Literal

from discord import app_commands
from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.show import helping, reports


class Status(commands.Cog):
    """How Paperboy is doing."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @app_commands.command(name="status", description="Sources, the next announcement, and your deliveries")
    async def status(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        services, person = self.bot.services, interaction.user.id
        found, own = await services.status.status(), await services.status.personal(person)
        card = reports.status_card(found, own, is_owner=person == services.owner_id)
        await messenger.answer(interaction, card)

    @app_commands.command(name="help", description="What Paperboy can do")
    @app_commands.describe(topic="One matter alone: how queries are written, or what the figures say")
    async def help(self, interaction: Interaction, topic: Literal["query", "scores"] | None = None) -> None:
        if topic == "query":
            await messenger.answer(interaction, helping.query_help())
            return
        if topic == "scores":
            await messenger.answer(interaction, helping.scores_help())
            return
        names = [
            command.qualified_name
            for command in self.bot.tree.walk_commands()
            if isinstance(command, app_commands.Command) and _may_use(interaction, command)
        ]
        await messenger.answer(interaction, helping.help_layout(names, self.bot.command_ids))


def _may_use(interaction: Interaction, command: app_commands.Command[Any, ..., Any]) -> bool:
    """Whether Discord, by what we told it, shows the command to this person where they are."""
    top = command.root_parent or command
    needed = top.default_permissions
    return (interaction.guild_id is not None or not top.guild_only) and (
        needed is None or interaction.permissions >= needed
    )


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Status(bot))
