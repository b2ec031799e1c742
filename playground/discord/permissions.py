"""Discord's permission arithmetic: roles, overwrites, what a person may do where. Pure.
It knows neither the store nor the network; objects come in, an integer goes out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag

from playground.discord.wire import Json


class Permission(IntFlag):
    """The bits this server acts on; the others are only carried."""

    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51


ALL = (1 << 53) - 1
# What @everyone has in a new guild, and what anybody has in a DM.
EVERYONE = int(
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
MODERATOR = EVERYONE | int(
    Permission.KICK_MEMBERS
    | Permission.MANAGE_MESSAGES
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_GUILD
    | Permission.MANAGE_THREADS
    | Permission.MANAGE_NICKNAMES
    | Permission.PIN_MESSAGES
)
NEEDS_SEND = Permission.MENTION_EVERYONE | Permission.ATTACH_FILES | Permission.EMBED_LINKS


def in_guild(guild: Json, roles: Iterable[Json], member: Json, user_id: str) -> int:
    """The permissions of a member before any channel has its say."""
    if guild["owner_id"] == user_id:
        return ALL
    held = {guild["id"], *member["roles"]}
    total = 0
    for role in roles:
        if role["id"] in held:
            total |= int(role["permissions"])
    return ALL if total & Permission.ADMINISTRATOR else total


def in_channel(base: int, guild_id: str, channel: Json, member: Json, user_id: str) -> int:
    """The permissions in a channel: @everyone's overwrite, then the roles' together, then the person's own."""
    if base & Permission.ADMINISTRATOR:
        return ALL
    overwrites = {o["id"]: o for o in channel.get("permission_overwrites", ())}
    total = base
    if everyone := overwrites.get(guild_id):
        total = total & ~int(everyone["deny"]) | int(everyone["allow"])
    allow = deny = 0
    for role_id in member["roles"]:
        if overwrite := overwrites.get(role_id):
            allow |= int(overwrite["allow"])
            deny |= int(overwrite["deny"])
    total = total & ~deny | allow
    if (own := overwrites.get(user_id)) and own["type"] == 1:
        total = total & ~int(own["deny"]) | int(own["allow"])
    if not total & Permission.VIEW_CHANNEL:
        return 0
    if not total & Permission.SEND_MESSAGES:
        total &= ~NEEDS_SEND
    return total
