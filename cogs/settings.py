"""`/settings`: when and how a person's papers come, in Discord's words.

Reads the command, calls one service, shows one card.
"""

from __future__ import annotations

import asyncio

from discord import app_commands
from discord.ext import commands

from bot.chat import messenger
from bot.chat.acknowledging import in_time
from bot.chat.app import Interaction, PaperBot
from bot.following.habits import Habits
from bot.following.subscriptions import Subscriptions
from bot.models import OwnerKind, Quiet, Recipient, User
from bot.show import answers, controls, own_controls
from bot.show.cards import Card
from bot.show.habits import days_card, plain_text, quiet_form, quiet_text, settings_card
from bot.show.wording import counted, days_text
from bot.when.places import Place, find_places, meant_place


class OwnSettings(commands.Cog):
    """When and how papers come."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    @property
    def service(self) -> Habits:
        return self.bot.services.habits

    @property
    def subscriptions(self) -> Subscriptions:
        return self.bot.services.subscriptions

    async def cog_load(self) -> None:
        await asyncio.to_thread(meant_place, "London")  # the table of places is read once, and nobody waits for it
        add = self.bot.add_action
        add(own_controls.ShowSettings, self.show)
        add(controls.ChooseZone, self.choose_zone)
        add(controls.ChangeTime, self.open_time_form)
        add(controls.TimeForm, self.time_form)
        add(own_controls.ShowDays, self.show_days)
        add(own_controls.SetDay, self.set_day)
        add(own_controls.ChangeQuiet, self.open_quiet_form)
        add(own_controls.QuietForm, self.quiet_form)
        add(own_controls.SetShown, self.set_shown)
        add(own_controls.SetPlain, self.set_plain)
        add(own_controls.TakePlain, self.take_plain)

    @app_commands.command(name="settings", description="Your hour, days, quiet hours, and how your papers look")
    async def settings(self, interaction: Interaction) -> None:
        await messenger.thinking(interaction)
        await messenger.answer(interaction, await self._card(interaction))

    async def show(self, interaction: Interaction, control: own_controls.ShowSettings) -> None:
        """In the place of an answer that led away from them, else beside the message."""
        in_place = bool(interaction.message and interaction.message.flags.ephemeral)
        await (messenger.changing if in_place else messenger.thinking)(interaction)
        await (messenger.update if in_place else messenger.answer)(interaction, await self._card(interaction))

    async def _card(self, interaction: Interaction, user: User | None = None, said: str = "") -> Card:
        me = interaction.user.id
        own = await self.subscriptions.list_for(Recipient(OwnerKind.USER, me))
        return settings_card(user or await self.subscriptions.user(me), own, said)

    # -- the hour -----------------------------------------------------------------------------------------------------

    async def open_time_form(self, interaction: Interaction, control: controls.ChangeTime) -> None:
        """Opens the form, with what is known when that is known in time."""
        await messenger.ask(interaction, answers.time_form(await self._known(interaction)))

    async def _known(self, interaction: Interaction) -> User:
        return await in_time(self.subscriptions.user(interaction.user.id)) or User(interaction.user.id)

    async def time_form(self, interaction: Interaction, control: controls.TimeForm) -> None:
        await messenger.thinking(interaction)
        place, likely = _place(control.city)
        if place is None:
            await messenger.answer(interaction, answers.place_select(control.city, likely, control.hour))
            return
        user = await self.subscriptions.set_time(interaction.user.id, place.zone, control.hour * 60, control.day)
        await messenger.answer(interaction, answers.time_set(user))

    async def choose_zone(self, interaction: Interaction, control: controls.ChooseZone) -> None:
        """A place was chosen after a city that was not understood."""
        await messenger.changing(interaction)
        user = await self.subscriptions.set_time(interaction.user.id, control.zone, control.hour * 60)
        await messenger.update(interaction, answers.time_set(user))

    # -- days, quiet hours, looks -------------------------------------------------------------------------------------

    async def show_days(self, interaction: Interaction, control: own_controls.ShowDays) -> None:
        await messenger.changing(interaction)
        await messenger.update(interaction, days_card(await self.subscriptions.user(interaction.user.id)))

    async def set_day(self, interaction: Interaction, control: own_controls.SetDay) -> None:
        await messenger.changing(interaction)
        user = await self.service.set_day(interaction.user.id, control.day, control.on)
        await messenger.update(interaction, days_card(user, f"Your digests come {days_text(user.weekdays)}."))

    async def open_quiet_form(self, interaction: Interaction, control: own_controls.ChangeQuiet) -> None:
        await messenger.ask(interaction, quiet_form(await self._known(interaction)))

    async def quiet_form(self, interaction: Interaction, control: own_controls.QuietForm) -> None:
        await messenger.thinking(interaction)
        quiet = Quiet(control.mode, control.since * 60, control.until * 60)
        user = await self.service.set_quiet(interaction.user.id, quiet)
        self.bot.jobs.run_soon("deliver")
        said = f"Your quiet hours: {quiet_text(user.quiet)}."
        await messenger.answer(interaction, await self._card(interaction, user, said))

    async def set_shown(self, interaction: Interaction, control: own_controls.SetShown) -> None:
        await messenger.changing(interaction)
        user = await self.service.set_shown(interaction.user.id, control.count)
        said = f"The next digest shows {counted(user.shown, 'paper')} at once."
        await messenger.update(interaction, await self._card(interaction, user, said))

    async def set_plain(self, interaction: Interaction, control: own_controls.SetPlain) -> None:
        await messenger.changing(interaction)
        user = await self.service.set_plain(interaction.user.id, control.plain)
        await messenger.update(interaction, await self._card(interaction, user, plain_text(user)))

    async def take_plain(self, interaction: Interaction, control: own_controls.TakePlain) -> None:
        """It was offered in an answer, which stays."""
        await messenger.thinking(interaction)
        user = await self.service.set_plain(interaction.user.id, True)
        await messenger.answer(interaction, await self._card(interaction, user, plain_text(user)))


def _place(text: str) -> tuple[Place | None, list[Place]]:
    """The place meant, if there is no doubt; else the likely ones, else well-known ones."""
    place, likely = meant_place(text)
    return place, likely or ([] if place else find_places(""))


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(OwnSettings(bot))
