"""`/paper` and `/search`: look-ups, in Discord's words."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import Range
from discord.ext import commands

from bot import messenger
from bot.app import Interaction, PaperBot
from bot.cards import paper_card


class Papers(commands.Cog):
    """Looking papers up."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @app_commands.command(name="paper", description="One paper with its whole abstract")
    @app_commands.describe(paper="An arXiv id, a DOI, or a link: 2605.29955, 10.1038/…, https://arxiv.org/abs/…")
    async def paper(self, interaction: Interaction, paper: Range[str, 3, 300]) -> None:
        found = await self.bot.services.search.look_up(paper)
        await messenger.answer(interaction, paper_card(found, self.bot.today()))


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Papers(bot))
