"""*Not this person* and the way back: whom a followed name means, in Discord's words."""

from __future__ import annotations

from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.models import OwnerKind, Recipient
from bot.show import controls, persons


class Persons(commands.Cog):
    """Whom a followed name means."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.add_action(controls.NotThisPerson, self.disown)
        self.bot.add_action(controls.RightPerson, self.own)

    async def disown(self, interaction: Interaction, control: controls.NotThisPerson) -> None:
        """The author of a paper is somebody else."""
        await messenger.thinking(interaction)
        said = await self.bot.services.persons.disown(_owner(interaction), *control.span)
        await messenger.answer(interaction, persons.disowned(said))

    async def own(self, interaction: Interaction, control: controls.RightPerson) -> None:
        """That is taken back."""
        await messenger.changing(interaction)
        said = await self.bot.services.persons.own(_owner(interaction), *control.of)
        await messenger.update(interaction, persons.owned(said))


def _owner(interaction: Interaction) -> Recipient:
    return Recipient(OwnerKind.USER, interaction.user.id)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Persons(bot))
