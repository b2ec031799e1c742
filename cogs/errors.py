"""The only place where an exception becomes a message. Knows the error tree and how to speak; nothing of any command."""

from __future__ import annotations

import logging
import secrets
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat import messenger
from bot.chat.app import Interaction, PaperBot
from bot.chat.signatures import ChangedCommandError
from bot.errors import BusyError, CannotWriteError, DamagedError, DeliveryDelayedError, PaperboyError, QueryError
from bot.show.cards import AMBER, Card, Embed
from bot.show.pointing import pointed

log = logging.getLogger(__name__)


_CHANGED: Final = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, ChangedCommandError)


class Errors(commands.Cog):
    """Speaks of what went wrong, to the person alone."""

    async def speak(self, interaction: Interaction, error: Exception) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, discord.NotFound) and cause.code in (10062, 10015):
            log.warning("an answer came too late for Discord (code %d)", cause.code)
            return
        try:
            await messenger.answer(interaction, Card(embeds=(Embed(description=sentence(cause), color=AMBER),)))
        except discord.HTTPException as refused:
            log.warning(
                "could not tell a person of an error: Discord answered %d (code %d)", refused.status, refused.code
            )
        except DeliveryDelayedError as held:
            log.warning("could not tell a person of an error: %s", held)


def sentence(error: Exception) -> str:
    """What a person reads of an error: what happened, and what to do next."""
    if isinstance(error, QueryError):
        return pointed(error)
    if isinstance(error, (DamagedError, CannotWriteError, BusyError)):  # where the file stands is its owner's business
        log.error("a command could not use the database: %s", error)
        if isinstance(error, DamagedError):
            return "My database is damaged. I stop here, before anything gets worse; my owner has to put a backup in its place."
        return "I cannot save anything right now; searching and reading work. Try again later, or tell my owner."
    if isinstance(error, DeliveryDelayedError):
        return "Discord did not take my answer. Try again in a moment."
    if isinstance(error, PaperboyError):
        return str(error)
    if isinstance(error, app_commands.CommandOnCooldown):
        return f"That was a little fast. Try again <t:{int(discord.utils.utcnow().timestamp() + error.retry_after) + 1}:R>."
    if isinstance(error, app_commands.MissingPermissions):
        needed = "Manage Messages" if "Manage Messages" in str(error) else "Manage Server"
        return f"You need the *{needed}* permission for this. Ask somebody who runs this server."
    if isinstance(error, app_commands.NoPrivateMessage):
        return "This works inside a server only. Type it in one of the server's channels."
    if isinstance(error, _CHANGED):
        return "This command has changed; type it again."
    if isinstance(error, app_commands.TransformerError):
        return "I cannot use one of the options. Choose it from the list that Discord shows, and try again."
    if isinstance(error, app_commands.BotMissingPermissions):
        return "I lack a permission for this here. Ask somebody who runs this server to allow it in the channel's settings."
    if isinstance(error, (app_commands.MissingRole, app_commands.MissingAnyRole)):
        return "You need another role for this. Ask somebody who runs this server."
    if isinstance(error, app_commands.CheckFailure):
        return "You cannot use this command here."
    code = secrets.token_hex(3)
    log.error("unexpected error %s", code, exc_info=error)
    return f"Something went wrong on my side, and it was noted as `{code}`. Try again; if it stays, tell my owner this code."


async def setup(bot: PaperBot) -> None:
    await bot.add_cog(Errors())
