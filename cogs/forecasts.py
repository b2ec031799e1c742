"""What can be done with a forecast: read it, choose who is meant, follow. In Discord's words."""

from __future__ import annotations

from datetime import timedelta

from discord.ext import commands

from bot.chat import messenger
from bot.chat.acknowledging import in_time
from bot.chat.app import Interaction, PaperBot
from bot.chat.forecasting import forecast, forecast_person, reworded
from bot.following.subscriptions import check_room
from bot.models import Cadence, OwnerKind, Recipient, Wishes
from bot.show import answers, controls, paper_controls
from bot.show.followed import reword_form, subscription_card
from bot.show.wishes import wishes_card, wishes_taken
from bot.when.places import find_places


class Forecasts(commands.Cog):
    """What a forecast's controls do."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.add_action(controls.Follow, self.follow_from_control)
        self.bot.add_action(paper_controls.FollowFound, self.follow_found)
        self.bot.add_action(controls.PickPerson, self.pick)
        self.bot.add_action(controls.Take, self.take)
        self.bot.add_action(controls.LinesForm, self.read_lines)
        self.bot.add_action(controls.TakeLines, self.take_lines)
        self.bot.add_action(controls.Reword, self.open_reword)
        self.bot.add_action(controls.RewordForm, self.reword)
        self.bot.add_action(controls.TakeWords, self.take_words)

    async def follow_from_control(self, interaction: Interaction, control: controls.Follow) -> None:
        """A button somewhere says "get these by DM"."""
        await forecast(interaction, control.kind, control.words)

    async def follow_found(self, interaction: Interaction, control: paper_controls.FollowFound) -> None:
        """A search named a person, or papers like one."""
        await messenger.thinking(interaction)
        wording = await self.bot.services.search.recall(control.search)
        kind, words = await self.bot.services.forecaster.of_search(interaction.user.id, wording)
        await forecast(interaction, kind, words)

    async def pick(self, interaction: Interaction, control: controls.PickPerson) -> None:
        """One of the names was chosen that a typed one may mean."""
        await forecast_person(interaction, control.name, control.cadence)

    async def take(self, interaction: Interaction, control: controls.Take) -> None:
        """A forecast was read, and is wanted."""
        await messenger.changing(interaction)
        words = await self.bot.services.search.recall(control.wording)
        me, service = interaction.user.id, self.bot.services.subscriptions
        outcome = await service.subscribe(me, control.kind, words, control.cadence, str(interaction.locale))
        self.bot.jobs.run_soon("deliver")
        alone = interaction.is_user_integration() and not interaction.is_guild_integration()
        asks = outcome.user.timezone is None and control.cadence is not Cadence.INSTANT
        card = answers.subscribed(
            outcome,
            ask_place=answers.place_select("", find_places(""), outcome.user.digest_minute // 60) if asks else None,
            invite=self.bot.invite_url() if alone else None,
            first_in=await self.bot.first_message_in(me) if outcome.welcomed else timedelta(),
        )
        await messenger.update(interaction, card)

    async def read_lines(self, interaction: Interaction, control: controls.LinesForm) -> None:
        """A list of wishes: how each line is understood."""
        await messenger.thinking(interaction)
        wishes = await self._wishes(interaction, control.lines)
        number = await self.bot.services.search.remember(self.bot.services.many.kept(wishes))
        await messenger.answer(interaction, wishes_card(wishes, number))

    async def take_lines(self, interaction: Interaction, control: controls.TakeLines) -> None:
        """That was read, and is wanted."""
        await messenger.changing(interaction)
        wishes = await self._wishes(interaction, await self.bot.services.search.recall(control.wording))
        me, service = interaction.user.id, self.bot.services.subscriptions
        for wish in wishes.new:
            await service.subscribe(me, wish.kind, wish.query, Cadence.DAILY, str(interaction.locale))
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, wishes_taken(len(wishes.new)))

    async def _wishes(self, interaction: Interaction, lines: str) -> Wishes:
        """Raises BadInputError for more than a person may follow."""
        owner = Recipient(OwnerKind.USER, interaction.user.id)
        own = await self.bot.services.subscriptions.list_for(owner)
        wishes = await self.bot.services.many.read(owner, lines, own)
        check_room(len(own) + len(wishes.new))
        return wishes

    async def open_reword(self, interaction: Interaction, control: controls.Reword) -> None:
        """Asks for other words, with those that stand."""
        owner = Recipient(OwnerKind.USER, interaction.user.id)
        standing = await in_time(self.bot.services.subscriptions.owned(owner, control.subscription))
        await messenger.ask(interaction, reword_form(control.subscription, standing))

    async def reword(self, interaction: Interaction, control: controls.RewordForm) -> None:
        """What it would bring with these words."""
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await reworded(interaction, control.subscription, control.words))

    async def take_words(self, interaction: Interaction, control: controls.TakeWords) -> None:
        """That was read, and is wanted."""
        await messenger.changing(interaction)
        words = await self.bot.services.search.recall(control.wording)
        owner = Recipient(OwnerKind.USER, interaction.user.id)
        changed = await self.bot.services.subscriptions.reword(owner, control.subscription, words)
        self.bot.jobs.run_soon("deliver")
        await messenger.update(interaction, subscription_card(changed))


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Forecasts(bot))
