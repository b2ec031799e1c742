"""`/paper`, `/why`, `/similar`, `/search`, `/daily`, `/trending` and "Papers in this message": looking papers up, in Discord's words."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.chat.author_cards import shown_author
from bot.chat.drawing import words_in
from bot.daily.listings import check_day, read_day
from bot.errors import BadInputError
from bot.language.text import clean
from bot.models import Paper
from bot.search.search import Search
from bot.show import lists, paper_controls
from bot.show.author_controls import ShowAuthor
from bot.show.cards import Card
from bot.show.lists import PER_PAGE
from bot.show.paper_controls import Shown
from bot.show.scores import score_card
from bot.show.why import trace_card
from bot.show.wording import title_words
from bot.similar.nearest import similar_to

Period = Literal["day", "week", "month"]


class Papers(commands.Cog):
    """Looking papers up."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot
        self.menu = app_commands.ContextMenu(name="Papers in this message", callback=self.in_message)

    @property
    def service(self) -> Search:
        return self.bot.services.search

    async def cog_load(self) -> None:
        self.bot.tree.add_command(self.menu)
        self.bot.add_action(paper_controls.ReadAbstract, self.open_abstract)
        self.bot.add_action(paper_controls.OpenPaper, self.open_abstract)
        self.bot.add_action(paper_controls.AskWhy, self.tell_why)
        self.bot.add_action(paper_controls.FindSimilar, self.find_similar)
        self.bot.add_action(paper_controls.ExplainScore, self.explain_score)
        self.bot.add_action(paper_controls.Share, self.share)
        self.bot.add_action(paper_controls.FoundPage, self.turn)
        self.bot.add_action(paper_controls.DailyPage, self.turn)
        self.bot.add_action(paper_controls.PlainDailyPage, self.turn_plainly)
        self.bot.add_action(paper_controls.TrendingPage, self.turn)
        self._warming = asyncio.create_task(self.service.warm_up())

    async def cog_unload(self) -> None:
        self._warming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._warming
        self.bot.tree.remove_command(self.menu.name, type=self.menu.type)

    # -- commands -----------------------------------------------------------------------------------------------------

    @app_commands.command(name="paper", description="One paper with its whole abstract")
    @app_commands.describe(paper="Its title, an arXiv id, a DOI or a link: begin to type, and choose")
    async def paper(self, interaction: Interaction, paper: Range[str, 1, 1000]) -> None:
        await messenger.thinking(interaction)
        found = await self.service.named(paper)
        if len(found) == 1:
            card = lists.paper_answer(found[0], self.bot.today(), share=_in_server(interaction))
        else:
            card = lists.choice(found, self.bot.today())
        await messenger.answer(interaction, card)

    @app_commands.command(name="why", description="Why a paper came to you, or why it did not")
    @app_commands.describe(paper="Its title, an arXiv id, a DOI or a link: begin to type, and choose")
    async def why(self, interaction: Interaction, paper: Range[str, 1, 1000]) -> None:
        await messenger.thinking(interaction)
        found = await self.service.named(paper)
        if len(found) == 1:
            card = await self._way(interaction, found[0])
        else:
            card = lists.choice(found, self.bot.today(), paper_controls.AskWhy())
        await messenger.answer(interaction, card)

    @app_commands.command(name="similar", description="The papers whose words are most like those of one paper")
    @app_commands.describe(
        paper="Its title, an arXiv id, a DOI or a link: begin to type, and choose",
        only="A query that they have to meet too, like cat:cs.RO since:2026 or has:code",
    )
    async def similar(
        self, interaction: Interaction, paper: Range[str, 1, 1000], only: Range[str, 1, 300] | None = None
    ) -> None:
        await messenger.thinking(interaction)
        found = await self.service.named(paper)
        if len(found) == 1:
            await self._show_similar(interaction, found[0], clean(only or ""))
        else:
            await messenger.answer(interaction, lists.choice(found, self.bot.today()))

    async def _show_similar(self, interaction: Interaction, paper: Paper, only: str = "") -> None:
        wording = similar_to(paper.main_id, only)
        number = await self.service.remember(wording)
        await messenger.answer(interaction, await self._results(interaction, wording, number))

    @paper.autocomplete("paper")
    @similar.autocomplete("paper")
    @why.autocomplete("paper")
    async def titles(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found = await self.service.suggest(current)
        return messenger.choices((title_words(heading), str(heading.identity)) for heading in found)

    @app_commands.command(name="search", description="Search all papers; typing errors are forgiven")
    @app_commands.describe(
        text='Words, an author, "exact phrases", -exclusions; or ti:robot au:"Ada Lovelace" since:2024 sort:votes'
    )
    async def search(self, interaction: Interaction, text: Range[str, 1, 1000]) -> None:
        await messenger.thinking(interaction)
        number = await self.service.remember(text)
        await messenger.answer(interaction, await self._results(interaction, clean(text), number, ask=True))

    @app_commands.command(name="daily", description="The Daily Papers of a day, most upvoted first")
    @app_commands.describe(
        date="The day, as 2026-11-20 (default: the newest list)", plain="Without markup, for a screen reader"
    )
    async def daily(self, interaction: Interaction, date: Range[str, 1, 20] | None = None, plain: bool = False) -> None:
        await messenger.thinking(interaction)
        today = self.bot.today()
        day = read_day(date, today) if date else await self.bot.services.listings.newest_day(today)
        await messenger.answer(
            interaction, await self._daily(interaction, paper_controls.DailyPage(day, 0), plain=plain)
        )

    @daily.autocomplete("date")
    async def dates(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        days = await self.bot.services.listings.days(self.bot.today(), 60)
        named = [(f"{day:%A, %B} {day.day}, {day.year}", day.isoformat()) for day in days]
        wanted = current.strip().casefold()
        return messenger.choices((name, day) for name, day in named if wanted in f"{name} {day}".casefold())

    @app_commands.command(
        name="trending", description="The most upvoted papers of the newest list, the week or the month"
    )
    @app_commands.describe(period="How far back")
    async def trending(self, interaction: Interaction, period: Period = "week") -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._trending(interaction, paper_controls.TrendingPage(period, 0)))

    async def in_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Works on any message, without reading others: Discord sends the one that was chosen."""
        await messenger.thinking(interaction)
        found, unknown, left = await self.service.mentioned(_words_of(message))
        await messenger.answer(interaction, lists.mentioned(found, unknown, self.bot.today(), left=left))

    async def _way(self, interaction: Interaction, paper: Paper) -> Card:
        return trace_card(await self.bot.services.tracer.trace(paper, interaction.user.id), self.bot.today())

    # -- cards, from what their controls say --------------------------------------------------------------------------

    async def _card(self, interaction: Interaction, shown: Shown, *, public: bool = False) -> Card:
        if isinstance(shown, paper_controls.OnePaper):
            return lists.paper_answer(await self.service.paper(shown.paper), self.bot.today(), share=False)
        if isinstance(shown, paper_controls.DailyPage):
            return await self._daily(interaction, shown, public=public)
        if isinstance(shown, paper_controls.TrendingPage):
            return await self._trending(interaction, shown, public=public)
        if isinstance(shown, ShowAuthor):
            return await shown_author(interaction, shown)
        wording = await self.service.recall(shown.search)
        return await self._results(
            interaction, wording, shown.search, page=shown.page, literal=shown.literal, public=public
        )

    async def _results(
        self,
        interaction: Interaction,
        wording: str,
        number: int | None,
        *,
        page: int = 0,
        literal: bool = False,
        ask: bool = False,
        public: bool = False,
    ) -> Card:
        """What one person reads is as they want it; what everybody reads is one for all."""
        found = await self.service.search(wording, offset=page * PER_PAGE, literal=literal, ask=ask)
        return lists.found_list(
            wording,
            number,
            found,
            self.bot.today(),
            page,
            literal=literal,
            share=_in_server(interaction),
            plain_text=await self._reads_plainly(interaction, public),
        )

    async def _reads_plainly(self, interaction: Interaction, public: bool) -> bool:
        return not public and (await self.bot.services.subscriptions.user(interaction.user.id)).plain

    async def _daily(
        self, interaction: Interaction, shown: paper_controls.DailyPage, *, public: bool = False, plain: bool = False
    ) -> Card:
        today = self.bot.today()
        check_day(shown.day, today)  # a day that a control names is no more to be believed than one typed
        listed = await self.bot.services.listings.daily(shown.day, offset=shown.page * PER_PAGE)
        plain = plain or await self._reads_plainly(interaction, public)
        return lists.daily_list(listed, today, shown.page, share=_in_server(interaction), plain_text=plain)

    async def _trending(
        self, interaction: Interaction, shown: paper_controls.TrendingPage, *, public: bool = False
    ) -> Card:
        today = self.bot.today()
        listed = await self.bot.services.listings.trending(shown.period, today, offset=shown.page * PER_PAGE)
        plain = await self._reads_plainly(interaction, public)
        return lists.trending_list(
            shown.period, listed, today, shown.page, share=_in_server(interaction), plain_text=plain
        )

    # -- controls -----------------------------------------------------------------------------------------------------

    async def turn(self, interaction: Interaction, control: Shown) -> None:
        await messenger.changing(interaction)
        await messenger.update(interaction, await self._card(interaction, control))

    async def turn_plainly(self, interaction: Interaction, control: paper_controls.PlainDailyPage) -> None:
        await messenger.changing(interaction)
        shown = paper_controls.DailyPage(control.day, control.page)
        await messenger.update(interaction, await self._daily(interaction, shown, plain=True))

    async def open_abstract(
        self, interaction: Interaction, control: paper_controls.ReadAbstract | paper_controls.OpenPaper
    ) -> None:
        """A paper was chosen from a list, or a button names it: its whole abstract, for this person alone."""
        await messenger.thinking(interaction)
        paper = await self.service.paper(control.paper)
        card = lists.paper_answer(paper, self.bot.today(), share=_in_server(interaction))
        await messenger.answer(interaction, card)

    async def tell_why(self, interaction: Interaction, control: paper_controls.AskWhy) -> None:
        """A paper was chosen of several that could be meant."""
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._way(interaction, await self.service.paper(control.paper)))

    async def find_similar(self, interaction: Interaction, control: paper_controls.FindSimilar) -> None:
        """Under a paper: what is like it."""
        await messenger.thinking(interaction)
        await self._show_similar(interaction, await self.service.paper(control.paper))

    async def explain_score(self, interaction: Interaction, control: paper_controls.ExplainScore) -> None:
        """Under a paper: what its score and its novelty are made of."""
        await messenger.thinking(interaction)
        paper = await self.service.paper(control.paper)
        nearest = [number for number, _, _ in paper.novelty.nearest] if paper.novelty else []
        await messenger.answer(interaction, score_card(paper, await self.service.headings(nearest)))

    async def share(self, interaction: Interaction, control: paper_controls.Share) -> None:
        """Posts what one person saw for everybody in the channel."""
        if not _may_write(interaction):
            raise BadInputError("You cannot write here yourself, so I do not post here for you.")
        # The answer that only they see stays, and the shared one stands beside it.
        await messenger.changing(interaction)
        card = lists.shared(await self._card(interaction, control.shown, public=True), interaction.user.display_name)
        await messenger.answer(interaction, card, public=True)


def _in_server(interaction: Interaction) -> bool:
    """Only there an answer is seen by one person alone, so that sharing it means something."""
    return interaction.guild_id is not None


def _may_write(interaction: Interaction) -> bool:
    """Whether this person may post where they are; in a DM anybody may."""
    if interaction.guild_id is None:
        return True
    in_thread = isinstance(interaction.channel, discord.Thread)
    own = interaction.permissions
    return own.send_messages_in_threads if in_thread else own.send_messages


def _words_of(message: discord.Message) -> str:
    """Everything in a message that may name a paper: its text, its embeds, its components, what it forwards."""
    parts: list[str | None] = []
    holders: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    for holder in holders:
        parts.append(holder.content)
        for embed in holder.embeds:
            parts += [embed.url, embed.title, embed.description, embed.author.url, embed.footer.text]
            parts += [text for field in embed.fields for text in (field.name, field.value)]
        parts += words_in(holder.components)
    return "\n".join(part for part in parts if part)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Papers(bot))
