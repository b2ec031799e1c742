"""Who uses a control or a command in a server, as far as its rules ask.

Knows discord.py; knows no rule.
"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.chat import permissions
from bot.models import Member


def channel_of(interaction: discord.Interaction[Any]) -> int:
    """The text channel in which somebody acts, also from one of its threads."""
    parent = (
        getattr(interaction.channel, "parent_id", None) if isinstance(interaction.channel, discord.Thread) else None
    )
    return parent or interaction.channel_id or 0


def member_of(interaction: discord.Interaction[Any]) -> tuple[discord.Guild, Member]:
    """The server, and the person in it. Raises NoPrivateMessage outside a server, and where Paperboy is not a member."""
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        raise app_commands.NoPrivateMessage
    roles = frozenset(role.id for role in person.roles)
    every = frozenset(role.id for role in guild.roles)
    return guild, Member(person.id, person.display_name, roles, person.joined_at, permissions.moderates(person), every)
