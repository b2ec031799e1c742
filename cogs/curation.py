"""`/submit`, and what members do with the papers of their server's list: votes, discussions, why one stands where it does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger, permissions, threads
from bot.chat.app import Interaction, PaperBot
from bot.chat.members import channel_of, member_of
from bot.chat.redrawing import Redrawing
from bot.daily.curation import Curation as Service
from bot.daily.curation import Shown
from bot.errors import BadInputError, DeliveryError
from bot.language.text import clean
from bot.models import Discussion, Member, Paper
from bot.show import channel_lists, curation, lists
from bot.show import curation_controls as controls
from bot.show.cards import Card
from bot.show.wording import title_words

log = logging.getLogger(__name__)

_COUNT: Final = timedelta(seconds=60)


class Curation(commands.Cog):
    """A server's own list, made by its members."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot
        self.redrawing = Redrawing()
        self._seen: dict[tuple[int, int], date] = {}  # on which day each (server, person) was noted last
        self._opening: set[tuple[int, int]] = set()  # (server, paper) whose thread is being made

    @property
    def service(self) -> Service:
        return self.bot.services.curation

    async def cog_load(self) -> None:
        self.bot.add_action(controls.Vote, self.vote)
        self.bot.add_action(controls.VoteFurther, self.vote_further)
        self.bot.add_action(controls.ShowFurther, self.show_further)
        self.bot.add_action(controls.OpenListed, self.open_listed)
        self.bot.add_action(controls.Discuss, self.discuss)
        self.bot.add_action(controls.ExplainPlace, self.explain)
        self.bot.add_action(controls.Propose, self.propose)
        self.bot.add_action(controls.ProposeForm, self.propose_form)
        self.bot.add_action(controls.ProposeFound, self.propose_found)
        self.bot.jobs.every(_COUNT, "comments", self.count_comments)

    # -- proposals ----------------------------------------------------------------------------------------------------

    @app_commands.command(name="submit", description="Propose a paper for this server's daily list")
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.describe(
        paper="Its title, an arXiv id, a DOI or a link: begin to type, and choose",
        note="Why others should read it; shown with your name",
    )
    async def submit(
        self, interaction: Interaction, paper: Range[str, 1, 1000], note: Range[str, 1, curation.NOTE] | None = None
    ) -> None:
        await messenger.thinking(interaction)
        await self._propose(interaction, paper, note or "")

    @submit.autocomplete("paper")
    async def titles(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found = await self.bot.services.search.suggest(current)
        return messenger.choices((title_words(heading), str(heading.identity)) for heading in found)

    async def propose(self, interaction: Interaction, control: controls.Propose) -> None:
        await messenger.ask(interaction, curation.proposal_form())

    async def propose_form(self, interaction: Interaction, control: controls.ProposeForm) -> None:
        await messenger.thinking(interaction)
        await self._propose(interaction, control.paper, control.note)

    async def propose_found(self, interaction: Interaction, control: controls.ProposeFound) -> None:
        await messenger.changing(interaction)
        search = self.bot.services.search
        note = await search.recall(control.note) if control.note is not None else ""
        paper = await search.paper(control.paper)
        await messenger.update(interaction, await self._submitted(interaction, paper, note))

    async def _propose(self, interaction: Interaction, wording: str, note: str) -> None:
        found = await self.bot.services.search.named(wording)
        if len(found) == 1:
            card = await self._submitted(interaction, found[0], note)
        else:
            number = await self.bot.services.search.remember(note) if note else None
            card = lists.choice(found, self.bot.today(), controls.ProposeFound(number))
        await messenger.answer(interaction, card)

    async def _submitted(self, interaction: Interaction, paper: Paper, note: str) -> Card:
        guild, member = member_of(interaction)
        sees = partial(permissions.sees, guild, interaction.user)
        summary = await self.service.list_for(guild.id, channel_of(interaction), sees)
        submitted = await self.service.submit(summary, paper, member, clean(note)[: curation.NOTE])
        return curation.proposed(submitted, paper)

    # -- votes --------------------------------------------------------------------------------------------------------

    async def vote(self, interaction: Interaction, control: controls.Vote) -> None:
        """The message is drawn anew for everybody; the person alone reads what became of their vote."""
        await messenger.changing(interaction)
        guild, member = member_of(interaction)
        voted = await self.service.vote(guild.id, control.paper, member)
        if interaction.message:
            await self.redrawing.draw(interaction.message.id, lambda: self._draw(interaction, guild.id))
        await messenger.answer(interaction, curation.voted(voted.paper, voted.votes, stands=voted.stands))

    async def _draw(self, interaction: Interaction, guild_id: int) -> None:
        """Nothing for a message that is no list. What is lost here is drawn within a minute, with what else has changed."""
        message = interaction.message
        shown = await self.service.shown(guild_id, message.channel.id, message.id) if message else None
        if shown is None:
            return
        card = channel_lists.render(shown.content)
        try:
            await messenger.update(interaction, card, shown.message.nonce)
        except (discord.HTTPException, DeliveryError) as error:
            log.info("a list is drawn later: %s", error)
            return
        await self.service.note_shown(shown, card.to_json())

    async def vote_further(self, interaction: Interaction, control: controls.VoteFurther) -> None:
        await messenger.changing(interaction)
        guild, member = member_of(interaction)
        await self.service.vote(guild.id, control.paper, member)
        shown = await self._shown(interaction, control.message)
        await messenger.update(interaction, channel_lists.further(shown.content, control.message, control.page))

    async def show_further(self, interaction: Interaction, control: controls.ShowFurther) -> None:
        if control.message is None:
            await messenger.thinking(interaction)
        else:
            await messenger.changing(interaction)
        message = control.message or (interaction.message.id if interaction.message else 0)
        card = channel_lists.further((await self._shown(interaction, message)).content, message, control.page)
        if control.message is None:
            await messenger.answer(interaction, card)
        else:
            await messenger.update(interaction, card)

    async def _shown(self, interaction: Interaction, message: int) -> Shown:
        """Raises BadInputError for a message that is no list of this channel any more."""
        shown = await self.service.shown(interaction.guild_id or 0, channel_of(interaction), message)
        if shown is None:
            raise BadInputError("I do not know what this list was about any more. `/daily` has the lists of past days.")
        return shown

    # -- one paper ----------------------------------------------------------------------------------------------------

    async def open_listed(self, interaction: Interaction, control: controls.OpenListed) -> None:
        await messenger.thinking(interaction)
        guild, _ = member_of(interaction)
        tally = await self.service.tally(guild.id, channel_of(interaction), control.paper)
        paper = await self.bot.services.search.paper(control.paper)
        await messenger.answer(interaction, curation.listed_paper(paper, tally, self.bot.today()))

    async def explain(self, interaction: Interaction, control: controls.ExplainPlace) -> None:
        await messenger.thinking(interaction)
        guild, _ = member_of(interaction)
        paper, tally, points = await self.service.explain(guild.id, channel_of(interaction), control.paper)
        await messenger.answer(interaction, curation.place_card(paper, tally, asdict(points), points.total))

    async def discuss(self, interaction: Interaction, control: controls.Discuss) -> None:
        """One thread a paper: the one that stands is named, whoever asks."""
        await messenger.thinking(interaction)
        guild, member = member_of(interaction)
        paper = await self.bot.services.search.paper(control.paper)
        channel = guild.get_channel(channel_of(interaction))
        if not isinstance(channel, discord.TextChannel):
            raise BadInputError("A discussion is opened from the list in its text channel.")
        sees = partial(permissions.sees, guild, interaction.user)
        found = await self._discussion(guild, channel, paper, member, sees)
        await messenger.answer(interaction, curation.discussion(found))

    async def _discussion(
        self,
        guild: discord.Guild,
        channel: discord.TextChannel,
        paper: Paper,
        member: Member,
        sees: Callable[[int], bool],
    ) -> Discussion:
        """Without a thread it is being opened for somebody else. A stop in between leaves a note of it, and the thread if Discord made
        it: the next press goes on from there."""
        name = curation.thread_name(paper)
        begin = partial(self.service.begin_discussion, guild.id, channel.id, paper.id, member, name, sees)
        found = await begin()
        if found.thread_id is not None:
            if await threads.find(guild, found.thread_id):
                return found
            await self.service.forget_discussion(guild.id, found)
            found = await begin()
        key = (guild.id, paper.id)
        if found.thread_id is not None or key in self._opening:
            return found
        self._opening.add(key)
        try:
            head = curation.thread_head(paper, self.bot.today())
            thread = await threads.open_thread(channel, found.name, head, await self.service.threads(guild.id))
        except BadInputError:
            await self.service.forget_discussion(guild.id, found)
            raise
        finally:
            self._opening.discard(key)
        opened = replace(found, thread_id=thread.id)
        await self.service.set_thread(guild.id, opened)
        return opened

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.service.forget_thread(payload.guild_id, payload.thread_id)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """What somebody follows counts in the servers where they use Paperboy."""
        seen, today = (interaction.guild_id or 0, interaction.user.id), self.bot.today()
        if interaction.guild_id is not None and self._seen.get(seen) != today:
            self._seen[seen] = today
            await self.service.note_member(*seen)

    async def count_comments(self) -> None:
        """What members write is not read, only counted: as Discord counts it."""
        for guild_id in await self.service.talking_guilds():
            guild = self.bot.get_guild(guild_id)
            if guild is None:
                continue
            try:
                counts = await threads.count_comments(guild)
            except discord.HTTPException as error:
                log.info("comments of one server are counted later: %s", error)
                continue
            await self.service.count_comments(guild_id, counts)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Curation(bot))
