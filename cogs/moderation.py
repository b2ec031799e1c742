"""`/curation`: who may take part in making a server's list, and what moderators put right."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger, permissions
from bot.chat.app import Interaction, PaperBot
from bot.chat.members import member_of
from bot.daily.curation import PER_PAGE
from bot.daily.curation import Curation as Service
from bot.errors import BadInputError
from bot.models import Paper, Rules
from bot.show import curation
from bot.show.cards import Card
from bot.show.curation_controls import ShowDeeds
from bot.show.wording import title_words


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_messages=True)
class Moderation(commands.GroupCog, name="curation", description="Who makes this server's list, and what they did"):
    """Rules and repairs of a server's own list."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Service:
        return self.bot.services.curation

    async def cog_load(self) -> None:
        self.bot.add_action(ShowDeeds, self.turn_log)

    async def interaction_check(self, interaction: Interaction) -> bool:  # type: ignore[override]
        """An admin can open the commands to others; what they do stays with moderators."""
        permissions.check_moderates(interaction.user)
        return True

    @app_commands.command(name="rules", description="See or change who may propose, vote and open discussions")
    @app_commands.describe(
        submit_role="Who may propose papers (@everyone: all)",
        vote_role="Who may vote (@everyone: all)",
        discuss_role="Who may open discussions (@everyone: all)",
        member_days="For how many days somebody has to be a member first",
        submissions="How many papers a member may propose a day",
        discussions="How many discussions may be opened a day, in all",
    )
    async def rules(
        self,
        interaction: Interaction,
        submit_role: discord.Role | None = None,
        vote_role: discord.Role | None = None,
        discuss_role: discord.Role | None = None,
        member_days: Range[int, 0, 365] | None = None,
        submissions: Range[int, 0, 50] | None = None,
        discussions: Range[int, 0, 50] | None = None,
    ) -> None:
        await messenger.thinking(interaction)
        guild, _ = member_of(interaction)
        given = (submit_role, vote_role, discuss_role, member_days, submissions, discussions)
        if all(one is None for one in given):
            wanted = await self.service.rules(guild.id)
        else:
            permissions.check_manages(interaction.permissions)

            def change(rules: Rules) -> Rules:
                return replace(
                    rules,
                    submit_role=_role(submit_role, rules.submit_role),
                    vote_role=_role(vote_role, rules.vote_role),
                    discuss_role=_role(discuss_role, rules.discuss_role),
                    member_days=rules.member_days if member_days is None else member_days,
                    submissions=rules.submissions if submissions is None else submissions,
                    discussions=rules.discussions if discussions is None else discussions,
                )

            wanted = await self.service.set_rules(guild.id, change)
        await messenger.answer(interaction, curation.rules_card(wanted))

    @app_commands.command(name="remove", description="Take a proposed paper away, from lists that were sent too")
    @app_commands.describe(paper="Its title, an arXiv id, a DOI or a link")
    async def remove(self, interaction: Interaction, paper: Range[str, 1, 1000]) -> None:
        await messenger.thinking(interaction)
        guild, moderator = member_of(interaction)
        named = await self._named(paper)
        count = await self.service.remove(guild.id, named, moderator.id)
        await messenger.answer(interaction, curation.removed(named, count))

    @app_commands.command(name="reset", description="Take the votes for a paper away, all or one member's")
    @app_commands.describe(paper="Its title, an arXiv id, a DOI or a link", member="Whose vote (default: all)")
    async def reset(
        self, interaction: Interaction, paper: Range[str, 1, 1000], member: discord.User | None = None
    ) -> None:
        await messenger.thinking(interaction)
        guild, moderator = member_of(interaction)
        named = await self._named(paper)
        count = await self.service.reset(guild.id, named, moderator.id, member.id if member else None)
        await messenger.answer(interaction, curation.votes_reset(named, count))

    @app_commands.command(name="log", description="Who proposed, voted, discussed and moderated here")
    @app_commands.describe(member="Only what this person did")
    async def log(self, interaction: Interaction, member: discord.User | None = None) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._log(interaction, ShowDeeds(member.id if member else None, 0)))

    async def turn_log(self, interaction: Interaction, control: ShowDeeds) -> None:
        permissions.check_moderates(interaction.user)
        await messenger.changing(interaction)
        await messenger.update(interaction, await self._log(interaction, control))

    async def _log(self, interaction: Interaction, asked: ShowDeeds) -> Card:
        guild, _ = member_of(interaction)
        deeds, papers, total = await self.service.deeds(guild.id, asked.page, asked.member)
        pages = max(1, (total - 1) // PER_PAGE + 1)
        return curation.deeds_card(deeds, papers, asked.page, pages, asked.member)

    @remove.autocomplete("paper")
    @reset.autocomplete("paper")
    async def titles(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        found = await self.bot.services.search.suggest(current)
        return messenger.choices((title_words(heading), str(heading.identity)) for heading in found)

    async def _named(self, wording: str) -> Paper:
        found = await self.bot.services.search.named(wording)
        if len(found) > 1:
            raise BadInputError("Several papers may be meant. Choose one from the list while you type, or give its id.")
        return found[0]


def _role(given: discord.Role | None, before: int | None) -> int | None:
    """The role that is asked for; everybody's is none."""
    if given is None:
        return before
    return None if given.is_default() else given.id


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Moderation(bot))
