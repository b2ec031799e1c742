"""What the buttons of a person's own paper do: its pages, and what stands behind it. In Discord's words."""

from __future__ import annotations

from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.models import OwnerKind, Recipient
from bot.show import own_controls
from bot.show.followed import behind_card


class OwnPapers(commands.Cog):
    """Messages that were sent to people."""

    def __init__(self, bot: PaperBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.add_action(own_controls.DigestPage, self.turn)
        self.bot.add_action(own_controls.ManageMessage, self.manage)

    async def turn(self, interaction: Interaction, control: own_controls.DigestPage) -> None:
        """Another page, in the place of the one that is shown."""
        await messenger.changing(interaction)
        nonce = messenger.nonce_of(interaction)
        card = await self.bot.services.own_paper.turn(_owner(interaction), nonce, control.page)
        await messenger.update(interaction, card, nonce)

    async def manage(self, interaction: Interaction, control: own_controls.ManageMessage) -> None:
        """What brought a message, beside it."""
        await messenger.thinking(interaction)
        behind = await self.bot.services.own_paper.behind(_owner(interaction), messenger.nonce_of(interaction))
        user = await self.bot.services.subscriptions.user(interaction.user.id)
        await messenger.answer(interaction, behind_card(behind.subscriptions, behind.items, user))


def _owner(interaction: Interaction) -> Recipient:
    return Recipient(OwnerKind.USER, interaction.user.id)


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(OwnPapers(bot))
