"""`/summary`: a channel's daily list, in Discord's words. Reads the command, checks who may, calls one service."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot import categories, messenger, outgoing, reports
from bot.app import PERMISSIONS, Interaction, PaperBot
from bot.errors import BadInputError
from bot.models import SubscriptionKind
from bot.places import find_places, meant_place
from bot.summaries import Summaries
from bot.text import safe

Days = Literal["Monday to Friday", "every day"]
_WEEKDAYS = {"Monday to Friday": 0b0011111, "every day": 0b1111111}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Summary(commands.GroupCog, name="summary", description="A channel's daily list of papers"):
    """A channel's daily list."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Summaries:
        return self.bot.services.summaries

    async def cog_load(self) -> None:
        self.bot.add_action("follow-list", self.follow_list)
        self.bot.add_action("summary-now", self.post_now)
        self.bot.add_action("summary-preview", self.show_preview)

    async def interaction_check(self, interaction: Interaction) -> bool:  # type: ignore[override]
        return _may_manage(interaction)

    @app_commands.command(name="setup", description="Post the day's papers in a channel, every day at your hour")
    @app_commands.describe(
        channel="Where the list is posted (default: here)",
        hour="At what hour, 0 to 23 (default: 9)",
        city="Whose time zone (default: UTC)",
        days="On which days (default: Monday to Friday)",
        categories_only="Only these arXiv categories, like: cs.LG cs.CL",
        words='Only papers with these words, "phrases", -exclusions',
        size="How many papers at most (default: 10)",
    )
    @app_commands.rename(categories_only="categories")
    async def setup_list(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        hour: Range[int, 0, 23] = 9,
        city: Range[str, 1, 60] | None = None,
        days: Days = "Monday to Friday",
        categories_only: Range[str, 1, 200] | None = None,
        words: Range[str, 1, 200] | None = None,
        size: Range[int, 1, 25] = 10,
    ) -> None:
        target = channel or interaction.channel
        if not isinstance(target, discord.TextChannel) or interaction.guild is None:
            raise BadInputError("A daily list needs a text channel. Name one with the option `channel`.")
        _check_permissions(target)
        await messenger.thinking(interaction)
        saved = await self.service.set_up(
            channel_id=target.id,
            guild_id=interaction.guild.id,
            server_name=interaction.guild.name,
            zone=_zone(city),
            minute=hour * 60,
            weekdays=_WEEKDAYS[days],
            category_codes=_codes(categories_only or ""),
            words=words or "",
            size=size,
            created_by=interaction.user.id,
        )
        await messenger.answer(interaction, reports.summary_saved(saved))

    @setup_list.autocomplete("city")
    async def cities(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return messenger.choices((p.label, p.label[:60]) for p in find_places(current))

    @app_commands.command(name="preview", description="See the list as it would be now; only you see it")
    @app_commands.describe(channel="Whose list (default: this channel's)")
    async def preview(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        await messenger.thinking(interaction)
        await self._preview(interaction, channel.id if channel else interaction.channel_id or 0)

    async def _preview(self, interaction: Interaction, channel_id: int) -> None:
        content = await self.service.preview(channel_id)
        card = outgoing.daily_card(content) if content.papers else reports.nothing_to_list(content)
        await messenger.answer(interaction, card)

    @app_commands.command(
        name="status", description="This server's lists: last one, next one, what was skipped and why"
    )
    async def status(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        own = await self.service.of_server(interaction.guild_id or 0)
        await messenger.answer(interaction, reports.summary_status(own))

    @app_commands.command(name="stop", description="Stop a channel's daily list")
    @app_commands.describe(channel="Whose list (default: this channel's)")
    async def stop(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        summary = await self.service.of_channel(channel.id if channel else interaction.channel_id or 0)
        await self.service.stop(summary.channel_id, "stopped by an admin")
        await messenger.answer(interaction, reports.summary_stopped(summary))

    # -- controls -----------------------------------------------------------------------------------------------------

    async def post_now(self, interaction: Interaction, argument: str, values: dict[str, str]) -> None:
        _may_manage(interaction)
        await messenger.thinking(interaction)
        count = await self.service.post_now(int(argument))
        self.bot.jobs.kick("deliver")
        await messenger.answer(interaction, reports.posted_now(int(argument), count))

    async def show_preview(self, interaction: Interaction, argument: str, values: dict[str, str]) -> None:
        _may_manage(interaction)
        await messenger.thinking(interaction)
        await self._preview(interaction, int(argument))

    async def follow_list(self, interaction: Interaction, argument: str, values: dict[str, str]) -> None:
        """Anybody who reads the list gets the same papers by DM."""
        words = ""
        if interaction.channel_id and interaction.guild_id:
            own = await self.service.of_server(interaction.guild_id)
            words = next((s.words for s in own if s.channel_id == interaction.channel_id), "")
        await self.bot.follow(interaction, SubscriptionKind.TRENDING, words)


def _may_manage(interaction: Interaction) -> bool:
    """An admin can open the commands to others; what they do stays with those who manage the server."""
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
    return True


def _check_permissions(channel: discord.TextChannel) -> None:
    missing = [
        name for name, needed in PERMISSIONS if needed and not getattr(channel.permissions_for(channel.guild.me), name)
    ]
    if missing:
        names = ", ".join(f"*{name.replace('_', ' ').title()}*" for name in missing)
        raise BadInputError(
            f"In {channel.mention} I still need: {names}. Allow it in the channel's settings, then try again."
        )


def _zone(city: str | None) -> str:
    if city is None:
        return "UTC"
    place, likely = meant_place(city)
    if place is None:
        near = ", ".join(p.city for p in likely[:5]) or "Berlin, Boston, Tokyo"
        raise BadInputError(f"I do not know the city “{safe(city, 60)}”. Choose one from the list, for example {near}.")
    return place.zone


def _codes(text: str) -> tuple[str, ...]:
    codes = []
    for part in text.replace(",", " ").split():
        found = categories.resolve(part)
        if not found or found[0].casefold() != part.casefold().removesuffix(".*"):
            hint = f" Did you mean {found[0]}?" if found else ""
            raise BadInputError(
                f"“{safe(part, 80)}” is no arXiv category.{hint} Write codes like cs.LG or an archive like cs."
            )
        codes.append(found[0])
    return tuple(dict.fromkeys(codes))


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Summary(bot))
