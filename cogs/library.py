"""`/library`, *Save* and *Not for me*: what a person says of single papers, in Discord's words."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.errors import BadInputError
from bot.following.library import Library
from bot.show import own_controls
from bot.show.cards import Card
from bot.show.library import hidden_card, saved_card, saved_list, shown_again_card, unsaved_card
from bot.show.wording import title_words


class Libraries(commands.Cog):
    """Saved papers, and those that are not for somebody."""

    library = app_commands.Group(name="library", description="The papers that you saved")

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Library:
        return self.bot.services.library

    async def cog_load(self) -> None:
        add = self.bot.add_action
        add(own_controls.SavePaper, self.save)
        add(own_controls.UnsavePaper, self.unsave)
        add(own_controls.TakeOut, self.take_out)
        add(own_controls.LibraryPage, self.turn)
        add(own_controls.HidePaper, self.hide)
        add(own_controls.ShowAgain, self.show_again)

    @library.command(name="list", description="The papers that you saved, the newest first")
    async def saved(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._page(interaction, 0))

    @library.command(name="remove", description="Take a paper out of your library")
    @app_commands.describe(paper="One of your saved papers: begin to type its title, and choose")
    async def remove(self, interaction: Interaction, paper: Range[str, 1, 200]) -> None:
        await messenger.thinking(interaction)
        exactly = await self.service.named(interaction.user.id, paper)
        found = [exactly] if exactly else await self.service.suggest(interaction.user.id, paper)
        if len(found) != 1:
            what = "None of your saved papers is" if not found else "More than one of your saved papers may be"
            raise BadInputError(f"{what} meant by that. Choose one while you type, or see `/library list`.")
        await messenger.answer(interaction, unsaved_card(await self.service.forget(interaction.user.id, found[0].id)))

    @remove.autocomplete("paper")
    async def titles(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found = await self.service.suggest(interaction.user.id, current)
        return messenger.choices((title_words(paper), str(paper.main_id)) for paper in found)

    async def _page(self, interaction: Interaction, page: int) -> Card:
        return saved_list(await self.service.page(interaction.user.id, page), self.bot.today())

    # -- controls -----------------------------------------------------------------------------------------------------

    async def turn(self, interaction: Interaction, control: own_controls.LibraryPage) -> None:
        await messenger.changing(interaction)
        await messenger.update(interaction, await self._page(interaction, control.page))

    async def save(self, interaction: Interaction, control: own_controls.SavePaper) -> None:
        """Beside the paper, which stays."""
        await messenger.thinking(interaction)
        paper, is_new = await self.service.save(interaction.user.id, control.paper)
        await messenger.answer(interaction, saved_card(paper, is_new))

    async def unsave(self, interaction: Interaction, control: own_controls.UnsavePaper) -> None:
        await messenger.changing(interaction)
        paper = await self.service.forget(interaction.user.id, control.paper)
        await messenger.update(interaction, unsaved_card(paper))

    async def take_out(self, interaction: Interaction, control: own_controls.TakeOut) -> None:
        """One was chosen in the list."""
        await messenger.changing(interaction)
        paper = await self.service.forget(interaction.user.id, control.paper)
        await messenger.update(interaction, unsaved_card(paper))

    async def hide(self, interaction: Interaction, control: own_controls.HidePaper) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, hidden_card(await self.service.hide(interaction.user.id, control.paper)))

    async def show_again(self, interaction: Interaction, control: own_controls.ShowAgain) -> None:
        await messenger.changing(interaction)
        paper = await self.service.show_again(interaction.user.id, control.paper)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, shown_again_card(paper))


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Libraries(bot))
