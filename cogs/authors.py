"""`/author` and everything on a person's page, in Discord's words."""

from __future__ import annotations

from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.authors import references
from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.chat.author_cards import author_page, bearers_page, picked, shown_author
from bot.chat.forecasting import forecast
from bot.models import AuthorPage, Candidates, SubscriptionKind
from bot.show import author_controls
from bot.show.cards import Card
from bot.show.wording import author_choice


class Authors(commands.Cog):
    """People as authors."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        add = self.bot.add_action
        add(author_controls.ShowAuthor, self.turn)
        add(author_controls.SortAuthor, self.sort)
        add(author_controls.ShowBearers, self.show_bearers)
        add(author_controls.PickAuthor, self.pick)
        add(author_controls.AuthorOf, self.open_of_paper)
        add(author_controls.FollowAuthor, self.follow)

    @app_commands.command(name="author", description="A person: their figures, with sources, and their papers")
    @app_commands.describe(
        name="A name as printed on papers, an ORCID, or a link to Semantic Scholar or OpenAlex",
        beside="What tells them apart from others of that name: a co-author, an institution or a category",
    )
    @app_commands.rename(beside="with")
    async def author(
        self, interaction: Interaction, name: Range[str, 1, 200], beside: Range[str, 1, 100] | None = None
    ) -> None:
        await messenger.thinking(interaction)
        text = references.beside(name, beside)
        found = await self.bot.services.authors.find(text)
        await messenger.answer(interaction, await self._card(interaction, found, text))

    @author.autocomplete("name")
    async def names(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found, is_all = await self.bot.services.search.suggest_people(current)
        return messenger.choices((author_choice(name, count, is_all), name) for name, count in found)

    async def _card(self, interaction: Interaction, found: AuthorPage | Candidates, text: str) -> Card:
        if isinstance(found, Candidates):
            return await bearers_page(interaction, found, text, 0)
        return await author_page(interaction, found)

    async def turn(self, interaction: Interaction, control: author_controls.ShowAuthor) -> None:
        await messenger.changing(interaction)
        await messenger.update(interaction, await shown_author(interaction, control))

    async def sort(self, interaction: Interaction, control: author_controls.SortAuthor) -> None:
        """Their papers in another order, from the first."""
        await self.turn(interaction, author_controls.ShowAuthor(control.person, control.sorting, 0))

    async def show_bearers(self, interaction: Interaction, control: author_controls.ShowBearers) -> None:
        """*Not this person*: who else bears the name; or another page of them."""
        await messenger.changing(interaction)
        text = await self.bot.services.search.recall(control.name)
        found = await self.bot.services.authors.bearers(text)
        await messenger.update(interaction, await bearers_page(interaction, found, text, control.page))

    async def pick(self, interaction: Interaction, control: author_controls.PickAuthor) -> None:
        """One of them is meant."""
        await messenger.changing(interaction)
        page = await self.bot.services.authors.page(await picked(interaction, control))
        await messenger.update(interaction, await author_page(interaction, page))

    async def open_of_paper(self, interaction: Interaction, control: author_controls.AuthorOf) -> None:
        """An author of a paper was chosen."""
        await messenger.thinking(interaction)
        paper = await self.bot.services.search.paper(control.paper)
        page = await self.bot.services.authors.of_paper(paper, control.place)
        await messenger.answer(interaction, await author_page(interaction, page))

    async def follow(self, interaction: Interaction, control: author_controls.FollowAuthor) -> None:
        """What following them would bring."""
        await messenger.thinking(interaction)
        text = await self.bot.services.search.recall(control.person)
        await forecast(interaction, SubscriptionKind.AUTHOR, references.meant(text).name)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Authors(bot))
