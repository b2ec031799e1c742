"""What a channel allows: to Paperboy, and to a person who wants something done there.

Knows discord.py's permissions; knows neither the store nor what is to be done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord
from discord import app_commands

from bot.errors import BadInputError, NotFoundError

#: What a channel has to allow for lists: see it, send, embed, read history (to settle a send after a crash).
PERMISSIONS: Final = discord.Permissions(
    view_channel=True, send_messages=True, embed_links=True, read_message_history=True
)
#: What it has to allow beside that for discussions.
THREADS: Final = discord.Permissions(create_public_threads=True, send_messages_in_threads=True)


def missing(channel: discord.abc.GuildChannel) -> list[str]:
    """The permissions that lists need and that the channel does not give us; not those that follow from another."""
    own = channel.permissions_for(channel.guild.me)
    wanting = [name for name, needed in PERMISSIONS if needed and not getattr(own, name)]
    if "view_channel" in wanting:
        return ["view_channel"]
    return [name for name in wanting if not (name == "embed_links" and "send_messages" in wanting)]


def missing_for_threads(channel: discord.TextChannel) -> list[str]:
    """The permissions that discussions need and that the channel does not give us."""
    own = channel.permissions_for(channel.guild.me)
    return [name for name, needed in PERMISSIONS | THREADS if needed and not getattr(own, name)]


def names_of(permissions: Sequence[str]) -> str:
    """As Discord's own settings call them: Embed Links, Send Messages."""
    return ", ".join(name.replace("_", " ").title() for name in permissions)


def check_own(channel: discord.TextChannel) -> None:
    """Raises BadInputError that names what we still lack in the channel."""
    if wanting := missing(channel):
        raise BadInputError(
            f"In {channel.mention} I still need: *{names_of(wanting)}*. Allow it in the channel's settings, then try again."
        )


def check_manages(permissions: discord.Permissions) -> None:
    """Raises MissingPermissions for somebody who does not manage the server."""
    if not permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


def moderates(person: discord.abc.User | None) -> bool:
    """Whether somebody manages messages in the whole server, or the server: in one channel is not enough."""
    if not isinstance(person, discord.Member):
        return False
    own = person.guild_permissions
    return own.manage_messages or own.manage_guild


def check_moderates(person: discord.abc.User | None) -> None:
    """Raises MissingPermissions for somebody who does not moderate the server."""
    if not moderates(person):
        raise app_commands.MissingPermissions(["manage_messages"])


def sees(guild: discord.Guild | None, person: discord.abc.User | None, channel_id: int) -> bool:
    """Whether this person sees the channel. Of one that is gone there is nothing to hide."""
    channel = guild.get_channel(channel_id) if guild else None
    return channel is None or (isinstance(person, discord.Member) and channel.permissions_for(person).view_channel)


def check_sees(guild: discord.Guild | None, person: discord.abc.User | None, channel_id: int) -> None:
    """Raises NotFoundError, in the words for a channel without a list, for a channel out of this person's sight."""
    if not sees(guild, person, channel_id):
        raise NotFoundError("This channel has no daily list. Set one up with `/summary setup`.")


def check_writes(guild: discord.Guild | None, person: discord.abc.User | None, channel_id: int) -> None:
    """Raises BadInputError for somebody who may not write in the channel, or does not even see it: nobody posts through us
    where they cannot."""
    channel = guild.get_channel(channel_id) if guild else None
    if channel is not None and isinstance(person, discord.Member) and not channel.permissions_for(person).send_messages:
        raise BadInputError("You cannot write in that channel yourself, so I do not post there for you.")


async def member(guild: discord.Guild, user_id: int) -> discord.Member | None:
    """Somebody as a member of this server; None for a person who is not. Asks Discord: members are not kept."""
    try:
        return await guild.fetch_member(user_id)
    except discord.NotFound:
        return None
