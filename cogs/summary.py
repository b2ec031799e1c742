"""`/summary`: a channel's daily list, in Discord's words. Reads the command, checks who may, calls one service."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.chat import messenger, permissions
from bot.chat.acknowledging import in_time, is_acknowledged
from bot.chat.app import Interaction, PaperBot
from bot.daily.stops import Stops
from bot.daily.summaries import Summaries, Wish
from bot.daily.summaries import Summary as ChannelList
from bot.errors import BadInputError
from bot.models import SubscriptionKind
from bot.papers import categories
from bot.show import channel_lists, controls, reports
from bot.show.cards import Card
from bot.show.safe import safe
from bot.when.places import find_places, meant_place

Days = Literal["Monday to Friday", "every day"]
Clear = Literal["words", "categories", "words and categories", "mention"]
_WEEKDAYS = {"Monday to Friday": 0b0011111, "every day": 0b1111111}


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Summary(commands.GroupCog, name="summary", description="A channel's daily list of papers"):
    """A channel's daily list."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Summaries:
        return self.bot.services.summaries

    async def cog_load(self) -> None:
        self.bot.add_action(controls.FollowList, self.follow_list)
        self.bot.add_action(controls.PostNow, self.post_now)
        self.bot.add_action(controls.PreviewList, self.show_preview)
        self.bot.add_action(controls.ShowLists, self.turn_status)
        self.bot.add_action(controls.ResumeList, self.resume)
        self.bot.add_action(controls.DeclineNotices, self.decline_notices)
        self.bot.add_action(controls.AcceptNotices, self.accept_notices)
        self.bot.leading = self.lead_with_stops

    @property
    def stops(self) -> Stops:
        return self.service.stops

    async def interaction_check(self, interaction: Interaction) -> bool:  # type: ignore[override]
        """An admin can open the commands to others; what they do stays with those who manage the server."""
        permissions.check_manages(interaction.permissions)
        return True

    async def _acted_upon(self, interaction: Interaction, channel_id: int, *, posts: bool = False) -> ChannelList:
        """The list of a channel of this very server that this person sees, and may write in where it `posts`.

        A control's id can be forged, so that what it names is judged, not where it stood. Raises NotFoundError in the same
        words for a list elsewhere, for one out of this person's sight, and for none.
        """
        summary = await self.service.of_channel(channel_id, interaction.guild_id)
        permissions.check_sees(interaction.guild, interaction.user, channel_id)
        if posts:
            permissions.check_writes(interaction.guild, interaction.user, channel_id)
        return summary

    @app_commands.command(name="setup", description="Post the day's papers in a channel, every day at your hour")
    @app_commands.describe(
        channel="Where the list is posted (default: here)",
        hour="At what hour, 0 to 23 (default: 9)",
        city="Whose time zone (default: UTC)",
        days="On which days (default: Monday to Friday)",
        categories_only="Only these arXiv categories, like: cs.LG cs.CL",
        words='Only papers that agree: words, "phrases", -exclusions, ti:robot, has:code, …',
        size="How many papers at most (default: 10)",
        mention="A role to call, only when a paper is for it",
        mention_words="For which papers: words or a query, like: robot OR drone",
        silent="Post without a sound (default: no)",
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
        words: Range[str, 1, 500] | None = None,
        size: Range[int, 1, 25] = 10,
        mention: discord.Role | None = None,
        mention_words: Range[str, 1, 500] | None = None,
        silent: bool = False,
    ) -> None:
        wanted = channel.id if channel else interaction.channel_id or 0
        target = (
            interaction.guild.get_channel(wanted) if interaction.guild else None
        )  # of this server, never of another
        if not isinstance(target, discord.TextChannel) or interaction.guild is None:
            raise BadInputError("A daily list needs a text channel of this server. Name one with the option `channel`.")
        permissions.check_writes(interaction.guild, interaction.user, target.id)
        permissions.check_own(target)
        _check_mention(interaction, target, mention, mention_words)
        _check_called(mention_words, mention)
        await messenger.thinking(interaction)
        narrowed = (_codes(categories_only or ""), words or "")
        saved = await self.service.set_up(
            Wish(
                _zone(city),
                hour * 60,
                _WEEKDAYS[days],
                *narrowed,
                size,
                mention.id if mention else None,
                mention_words or "",
                silent,
            ),
            channel_id=target.id,
            channel_name=target.name,
            guild_id=interaction.guild.id,
            server_name=interaction.guild.name,
            created_by=interaction.user.id,
            locale=str(interaction.guild_locale or interaction.locale),
        )
        await messenger.answer(interaction, reports.summary_saved(saved))

    @app_commands.command(
        name="edit", description="Change some of what a channel's list was set up with; the rest stays"
    )
    @app_commands.describe(
        channel="Whose list (default: this channel's)",
        hour="At what hour, 0 to 23",
        city="Whose time zone",
        days="On which days",
        categories_only="Only these arXiv categories, like: cs.LG cs.CL",
        words='Only papers that agree: words, "phrases", -exclusions, ti:robot, has:code, …',
        size="How many papers at most",
        mention="A role to call, only when a paper is for it",
        mention_words="For which papers: words or a query, like: robot OR drone",
        silent="Whether it is posted without a sound",
        clear="What the list is no longer narrowed by, or that it calls nobody",
    )
    @app_commands.rename(categories_only="categories")
    async def edit(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        hour: Range[int, 0, 23] | None = None,
        city: Range[str, 1, 60] | None = None,
        days: Days | None = None,
        categories_only: Range[str, 1, 200] | None = None,
        words: Range[str, 1, 500] | None = None,
        size: Range[int, 1, 25] | None = None,
        mention: discord.Role | None = None,
        mention_words: Range[str, 1, 500] | None = None,
        silent: bool | None = None,
        clear: Clear | None = None,
    ) -> None:
        await messenger.thinking(interaction)
        before = await self._acted_upon(interaction, channel.id if channel else interaction.channel_id or 0, posts=True)
        cleared = clear or ""
        target = interaction.guild.get_channel(before.channel_id) if interaction.guild else None
        words_then = mention_words or (before.mention_words if before.mention_role else None)
        if isinstance(target, discord.TextChannel):
            _check_mention(interaction, target, mention, words_then)
        _check_called(mention_words, mention or before.mention_role)
        calls = cleared != "mention"
        codes = _codes(categories_only) if categories_only else None
        zone = _zone(city) if city else None

        def change(now: ChannelList) -> Wish:
            return Wish(
                zone=zone or now.timezone,
                minute=now.minute if hour is None else hour * 60,
                weekdays=_WEEKDAYS[days] if days else now.weekdays,
                categories=codes or (() if "categories" in cleared else now.categories),
                words=words or ("" if "words" in cleared else now.words),
                size=size or now.size,
                mention_role=(mention.id if mention else now.mention_role) if calls else None,
                mention_words=(mention_words or now.mention_words) if calls else "",
                silent=now.silent if silent is None else silent,
            )

        saved = await self.service.change(before.channel_id, change)
        await messenger.answer(interaction, reports.summary_saved(saved))

    @edit.autocomplete("city")
    @setup_list.autocomplete("city")
    async def cities(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        return messenger.choices((p.label, p.label[:60]) for p in find_places(current))

    @app_commands.command(name="preview", description="See the list as it would be now; only you see it")
    @app_commands.describe(channel="Whose list (default: this channel's)")
    async def preview(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        await messenger.thinking(interaction)
        await self._preview(interaction, channel.id if channel else interaction.channel_id or 0)

    async def _preview(self, interaction: Interaction, channel_id: int) -> None:
        content = await self.service.preview(await self._acted_upon(interaction, channel_id))
        card = channel_lists.render(content).without_controls() if content.items else reports.nothing_to_list(content)
        await messenger.answer(interaction, card)

    @app_commands.command(
        name="status", description="This server's lists: last one, next one, what was skipped and why"
    )
    async def status(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._status(interaction, 0))

    async def _status(self, interaction: Interaction, page: int) -> Card:
        every = await self.service.of_server(interaction.guild_id or 0)
        own = [s for s in every if permissions.sees(interaction.guild, interaction.user, s.channel_id)]
        await self.stops.note_read([s for s in own if s.stopped], interaction.user.id)  # they read of it here
        missing = _wanting(interaction.guild, own)
        pages = reports.summary_pages(own, missing)
        return reports.summary_status(pages, min(page, len(pages) - 1), missing)

    @app_commands.command(name="stop", description="Stop a channel's daily list")
    @app_commands.describe(channel="Whose list (default: this channel's)")
    async def stop(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        await messenger.thinking(interaction)
        summary = await self._acted_upon(interaction, channel.id if channel else interaction.channel_id or 0)
        await self.stops.stop(summary)
        await messenger.answer(interaction, reports.summary_stopped(summary))

    # -- controls -----------------------------------------------------------------------------------------------------

    async def post_now(self, interaction: Interaction, control: controls.PostNow) -> None:
        permissions.check_manages(interaction.permissions)
        await messenger.thinking(interaction)
        summary = await self._acted_upon(interaction, control.channel, posts=True)
        count = await self.service.post_now(summary)
        self.bot.jobs.run_soon("deliver")
        await messenger.answer(interaction, reports.posted_now(summary.channel_id, count))

    async def turn_status(self, interaction: Interaction, control: controls.ShowLists) -> None:
        permissions.check_manages(interaction.permissions)
        await messenger.changing(interaction)
        await messenger.update(interaction, await self._status(interaction, control.page))

    async def show_preview(self, interaction: Interaction, control: controls.PreviewList) -> None:
        permissions.check_manages(interaction.permissions)
        await messenger.thinking(interaction)
        await self._preview(interaction, control.channel)

    async def resume(self, interaction: Interaction, control: controls.ResumeList) -> None:
        """A stopped list runs again: from an answer in its server, or from the DM that told of the stop."""
        channel_id = control.channel
        await messenger.thinking(interaction)
        if interaction.guild_id is None:
            summary = await self.service.of_person(channel_id, interaction.user.id)
            guild = self.bot.get_guild(summary.guild_id)
            if guild is None:
                await messenger.answer(interaction, reports.still_away(summary, self.bot.invite_url()))
                return
            member = await permissions.member(guild, interaction.user.id)
            permissions.check_manages(member.guild_permissions if member else discord.Permissions.none())
            permissions.check_writes(guild, member, channel_id)
        else:
            permissions.check_manages(interaction.permissions)
            summary = await self._acted_upon(interaction, channel_id, posts=True)
            guild = interaction.guild
        channel = guild.get_channel(channel_id) if guild else None
        if not isinstance(channel, discord.TextChannel):
            raise BadInputError("That channel is gone. Set up a list in another one with `/summary setup`.")
        permissions.check_own(channel)
        await messenger.answer(interaction, reports.resumed(await self.stops.resume(summary)))

    async def decline_notices(self, interaction: Interaction, control: controls.DeclineNotices) -> None:
        await self._set_notices(interaction, control.channel, False)

    async def accept_notices(self, interaction: Interaction, control: controls.AcceptNotices) -> None:
        await self._set_notices(interaction, control.channel, True)

    async def _set_notices(self, interaction: Interaction, channel_id: int, agreed: bool) -> None:
        """Whether a DM comes is the decision of the one person who would get it, wherever they press."""
        await messenger.thinking(interaction)
        summary = await self.service.of_person(channel_id, interaction.user.id)
        await self.stops.set_notices(summary, agreed)
        await messenger.answer(interaction, reports.notices_set(summary, agreed))

    async def follow_list(self, interaction: Interaction, control: controls.FollowList) -> None:
        """Anybody who reads the list gets the same papers by DM."""
        await messenger.thinking(interaction)
        words = await self._words_here(interaction)
        await self.bot.follow(interaction, SubscriptionKind.TRENDING, words)

    async def _words_here(self, interaction: Interaction) -> str:
        """What the list of this channel is about; nothing where it has all papers, and where there is no list."""
        own = await self.service.of_server(interaction.guild_id) if interaction.guild_id else []
        return next((s.words for s in own if s.channel_id == interaction.channel_id), "")

    # -- what happens to lists ----------------------------------------------------------------------------------------

    async def lead_with_stops(self, interaction: Interaction) -> messenger.Lead | None:
        """Who manages a server reads once, in whatever they ask next, of a stop that no DM told."""
        if interaction.guild_id is None or not interaction.permissions.manage_guild:
            return None
        asked = self.stops.untold(interaction.guild_id, interaction.user.id)
        untold = await (asked if is_acknowledged(interaction) else in_time(asked))  # else the next answer tells it
        stopped = [s for s in untold or () if permissions.sees(interaction.guild, interaction.user, s.channel_id)]
        if not stopped:
            return None
        await messenger.thinking(interaction)  # to note it may take a while
        person = interaction.user.id
        await self.stops.note_read(stopped, person)
        return messenger.Lead(reports.stops_lead(stopped), lambda: self.stops.note_read(stopped, person, lost=True))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.stops.leave_all_but([guild.id for guild in self.bot.guilds])
        self.bot.jobs.run_soon("deliver")

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.stops.leave(guild.id)
        self.bot.jobs.run_soon("deliver")

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.stops.come_back(guild.id)


def _wanting(guild: discord.Guild | None, own: list[ChannelList]) -> dict[int, str]:
    """The permissions that I lack now, by channel."""
    channels = [channel for s in own if guild and (channel := guild.get_channel(s.channel_id))]
    return {c.id: permissions.names_of(names) for c in channels if (names := permissions.missing(c))}


def _check_mention(
    interaction: Interaction, channel: discord.TextChannel, role: discord.Role | None, words: str | None
) -> None:
    """Raises BadInputError for a role without papers, and for one that this person, or Paperboy, may not call."""
    if role is None:
        return
    if not words:
        raise BadInputError("Say with `mention_words` for which papers the role is called, like: robot OR drone.")
    if role.is_default():
        raise BadInputError("I do not call everybody. Choose a role that people take because they want to be called.")
    if not role.mentionable and not interaction.permissions.mention_everyone:
        raise BadInputError("You cannot call that role yourself, so I do not do it for you.")
    if not role.mentionable and not channel.permissions_for(channel.guild.me).mention_everyone:
        raise BadInputError(
            f"I cannot call {role.mention}: allow everybody to mention it in the role's settings, or give me *Mention Everyone*."
        )


def _check_called(words: str | None, role: discord.Role | int | None) -> None:
    """Raises BadInputError for papers that call nobody."""
    if words and not role:
        raise BadInputError("Say with `mention` which role is called for these papers.")


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
