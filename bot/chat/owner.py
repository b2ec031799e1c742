"""Tells the owner by DM why the process ends. Needs Discord's REST API and nothing else: neither the gateway nor the database.

Its requests pass the gate like all others: in a pause that Discord ordered none is made. Without a database, at a start that
found it damaged, there is no gate that knows of one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import aiohttp
import discord
from discord.http import Route

from bot.chat.tracing import trace_through
from bot.config import Settings
from bot.delivery.gate import Gate
from bot.errors import DeliveryDelayedError
from bot.show.safe import safe

log = logging.getLogger(__name__)

_PATIENCE: Final = 10.0  # seconds


async def tell_owner(settings: Settings, gate: Gate | None, error: Exception) -> None:
    """Sends one DM to PAPERBOY_OWNER_ID, if it is set. Discord may be away: then the log alone says it."""
    if settings.owner_id is None or settings.discord_token is None:
        return
    passing: dict[str, Any] = {"http_trace": trace_through(gate, Route.BASE)} if gate else {}
    client = discord.Client(
        intents=discord.Intents.none(),
        allowed_mentions=discord.AllowedMentions.none(),
        **passing,
    )
    try:
        async with asyncio.timeout(_PATIENCE), client:
            await client.login(settings.discord_token.get_secret_value())
            owner = await client.fetch_user(settings.owner_id)
            await owner.send(f"I had to stop, and I stay stopped until you have seen to it. {safe(str(error), 1500)}")
    except (DeliveryDelayedError, discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as refused:
        log.warning("the owner could not be told: %s", refused or type(refused).__name__)
