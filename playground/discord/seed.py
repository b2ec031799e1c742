"""The world of a fresh state file: one bot, one guild with people, one person outside.
It knows names; it must not know the network."""

from __future__ import annotations

import secrets

from playground.discord import objects
from playground.discord.clock import Clock
from playground.discord.permissions import EVERYONE, MODERATOR
from playground.discord.state import State

PEOPLE = (
    ("nadia", "Nadia Okonkwo"),  # owns the guild
    ("tomasz", "Tomasz Wren"),  # moderator
    ("yuki", "Yuki Marlow"),
    ("samir", "Samir Velde"),
    ("lena", "Lena Outis"),  # shares no server with anybody
)
CHANNELS = ("general", "papers", "reading-group")


def seed(state: State, clock: Clock, bot_name: str = "Paper Bot") -> None:
    """Fill a fresh state; a state that has a bot is left alone."""
    if state.all("application"):
        return
    people = [objects.user(clock.snowflake(), name, display) for name, display in PEOPLE]
    for person in people:
        state.put("user", person)
    bot_id = add_bot(state, clock, bot_name, people[0]["id"])
    guild_id = clock.snowflake()
    guild = objects.guild(guild_id, "Paper Lab", people[0]["id"])
    everyone = objects.everyone_role(guild_id)
    moderators = objects.role(clock.snowflake(), "Moderators", MODERATOR, position=3, colour=0xF1C40F)
    readers = objects.role(clock.snowflake(), "Readers", 0, position=2, colour=0x2ECC71)
    for role in (everyone, moderators, readers):
        state.put("role", role, guild_id)
    for person in people[:-1]:
        held = [moderators["id"] if person in people[:2] else readers["id"]]
        state.put("member", objects.member(person["id"], clock.iso(), held), guild_id)
    for position, name in enumerate(CHANNELS):
        channel = objects.guild_channel(clock.snowflake(), guild["id"], name, position=position)
        state.put("channel", channel, guild_id)
        if position == 0:
            guild["system_channel_id"] = channel["id"]
    state.put("guild", guild)
    join_bot(state, clock, guild["id"], bot_id)


def add_bot(state: State, clock: Clock, name: str, owner_id: str) -> str:
    """A new application with its bot user; its id."""
    bot_id = clock.snowflake()
    bot = objects.user(bot_id, name, None, bot=True)
    owner = state.get("user", owner_id) or bot
    secret = f"{secrets.token_urlsafe(5)[:6]}.{secrets.token_urlsafe(29)[:38]}"
    state.put("user", bot)
    state.put("application", objects.application(bot_id, name, "", owner, secret))
    return str(bot["id"])


def join_bot(state: State, clock: Clock, guild_id: str, bot_id: str) -> None:
    """The bot becomes a member with its own managed role, as after an invitation."""
    bot = state.get("user", bot_id)
    name = bot["username"] if bot else "bot"
    role = objects.role(clock.snowflake(), name, EVERYONE, position=1, managed_by=bot_id)
    state.put("role", role, guild_id)
    state.put("member", objects.member(bot_id, clock.iso(), [role["id"]]), guild_id)
