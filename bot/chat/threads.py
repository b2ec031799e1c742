"""Threads in which members talk about a paper: opened, found again, their comments counted.

Knows discord.py; knows neither the store nor who may.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import discord

from bot.chat import permissions
from bot.chat.drawing import sent
from bot.errors import BadInputError
from bot.show.cards import Card

#: Minutes without a comment until Discord puts a thread away: three days.
_QUIET: Final = 4320
#: The first message of a thread is ours.
_OWN: Final = 1


async def open_thread(channel: discord.TextChannel, name: str, card: Card, taken: Collection[int]) -> discord.Thread:
    """A thread of its own in a channel, with the paper as its first message; one that a stop left without it, and that is not `taken`, is
    gone on with. Raises BadInputError for what the channel does not allow, and for what Discord refuses."""
    if wanting := permissions.missing_for_threads(channel):
        raise BadInputError(
            f"In {channel.mention} I still need: *{permissions.names_of(wanting)}*. Ask somebody who runs this server to allow it."
        )
    kind = discord.ChannelType.news_thread if channel.is_news() else discord.ChannelType.public_thread
    try:
        thread = await _left(channel, name, taken)
        if thread is None:
            thread = await channel.create_thread(name=name, type=kind, auto_archive_duration=_QUIET)
        if not thread.message_count:
            await thread.send(**sent(card))
    except discord.HTTPException as error:
        raise BadInputError(f"Discord did not open the thread (code {error.code}). Try again in a moment.") from error
    return thread


async def _left(channel: discord.TextChannel, name: str, taken: Collection[int]) -> discord.Thread | None:
    """A thread of this name that we opened in the channel and that is of no paper yet."""
    own = channel.guild.me.id
    for thread in await channel.guild.active_threads():
        if thread.parent_id == channel.id and thread.owner_id == own and thread.name == name and thread.id not in taken:
            return thread
    return None


async def find(guild: discord.Guild, thread_id: int) -> discord.Thread | None:
    """The thread with this number, put away or not; None for one that is gone."""
    try:
        found = await guild.fetch_channel(thread_id)
    except (discord.NotFound, discord.Forbidden, discord.InvalidData):
        return None
    return found if isinstance(found, discord.Thread) else None


async def count_comments(guild: discord.Guild) -> dict[int, int]:
    """How many comments stand in each open thread of ours, by its number: one request a server."""
    own = guild.me.id
    return {
        thread.id: max(0, thread.message_count - _OWN)
        for thread in await guild.active_threads()
        if thread.owner_id == own
    }
