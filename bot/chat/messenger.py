"""Cards and layouts → Discord, Discord's errors → ours.

Knows discord.py and how a message of ours is found again; knows neither the store nor what an action does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.chat import permissions
from bot.chat.acknowledging import LOST, acknowledge, acknowledge_change, is_acknowledged, is_changing
from bot.chat.drawing import modal, put, sent, walk
from bot.errors import (
    DeliveryDelayedError,
    DeliveryError,
    MessageRefusedError,
    OldControlError,
    PaperboyError,
    RecipientClosedError,
    TargetGoneError,
)
from bot.models import Page
from bot.show import wire
from bot.show.blocks import AnyCard, Layout, as_layout, preceded
from bot.show.cards import Card, Form, Option, choosable
from bot.show.control import Control

#: Messages of a channel's history in one request.
_PAGE: Final = 100
#: That a layout was put in the place of an interaction's first answer.
_LAYOUT: Final = "layout"

#: Discord's JSON error codes and what they mean for a delivery (developer documentation, topics/opcodes-and-status-codes).
_CLOSED: Final = {
    50007: "Your privacy settings do not let me send you direct messages.",
    50278: "We share no server, so Discord does not let me send you direct messages. Add me to a server that you are in.",
}
_GONE: Final = {
    10003: "The channel was deleted.",
    10008: "The message was deleted.",
    50001: "I can no longer see the channel.",
    50013: "I am not allowed to write in the channel.",
}
_REFUSED: Final = frozenset({40005, 50006, 50035, 200000, 240000})


def read_control(interaction: discord.Interaction[Any]) -> Control:
    """What a control says, with the choice or the form's answers. Raises OldControlError for what none of ours says."""
    try:
        data: Any = interaction.data
        identity = str(data["custom_id"])
        if interaction.type is discord.InteractionType.modal_submit:
            values = form_answers(interaction)
        else:
            values = {"value": str((data.get("values") or [""])[0])}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise OldControlError from None
    return wire.decode(identity, values)


def nonce_of(interaction: discord.Interaction[Any]) -> str:
    """The nonce in a pressed control, by which a message of the outbox is found; empty for a control without."""
    data: Any = interaction.data
    return wire.nonce_of(str(data["custom_id"])) or ""


def form_answers(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """The answers of a submitted form, by field name."""
    data: Any = interaction.data
    answers = {}
    for part in _parts(data.get("components", [])):
        values = part.get("values")
        answers[part["custom_id"]] = str(values[0]) if values else str(part.get("value") or "")
    return answers


def _parts(components: list[Any]) -> Iterator[Any]:
    for component in components:
        if "custom_id" in component:
            yield component
        nested = component.get("component")
        yield from _parts([nested] if nested else component.get("components", []))


class DiscordMessenger:
    """Sends cards and layouts through a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def open_dm(self, user_id: int) -> int:
        try:
            # `create_dm` answers from memory; a channel that is gone has to be asked for.
            return int((await self._client.http.start_private_message(user_id))["id"])
        except Exception as error:
            raise _translated(error) from error

    async def send(self, channel_id: int, card: AnyCard, nonce: str, *, silent: bool = False) -> int:
        """Sends once: Discord answers a repeated nonce with the message it already has. Raises DeliveryError."""
        channel = self._client.get_partial_messageable(channel_id)
        if isinstance(card, Card) and card.embeds and "embed_links" in self._missing(channel_id):
            # A list without its embeds would be an empty heading, so that it is not even tried.
            raise self._named(TargetGoneError(_GONE[50013], 50013), channel_id)
        try:
            message = await channel.send(nonce=nonce, silent=silent, **sent(card, nonce))
        except Exception as error:
            raise self._named(_translated(error), channel_id) from error
        return int(message.id)

    def _missing(self, channel_id: int) -> list[str]:
        channel = self._client.get_channel(channel_id)
        return permissions.missing(channel) if isinstance(channel, discord.abc.GuildChannel) else []

    def _named(self, error: Exception, channel_id: int) -> Exception:
        """The same error; where permissions are wanting, it says which."""
        if isinstance(error, TargetGoneError) and error.code == 50013 and (wanting := self._missing(channel_id)):
            return TargetGoneError(f"{error} Missing: {permissions.names_of(wanting)}.", error.code)
        return error

    async def edit(self, channel_id: int, message_id: int, card: AnyCard, nonce: str) -> None:
        """Replaces words, pictures and controls. A card in the place of a layout is refused. Raises DeliveryError."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        try:
            await message.edit(**put(card, nonce))
        except Exception as error:
            raise _translated(error) from error

    async def find(self, channel_id: int, nonce: str, after: int) -> Page:
        """Looks for our message that carries this nonce in its controls. Raises DeliveryError."""
        channel = self._client.get_partial_messageable(channel_id)
        count, last = 0, after
        try:
            async for message in channel.history(limit=_PAGE, after=discord.Object(after), oldest_first=True):
                if self._client.user and message.author.id == self._client.user.id and nonce in _nonces(message):
                    return Page(message.id, None)
                count, last = count + 1, message.id
        except Exception as error:
            raise _translated(error) from error
        return Page(None, last if count == _PAGE else None)


def _nonces(message: discord.Message) -> set[str]:
    """The nonces in its controls, wherever they stand in it."""
    found = {wire.nonce_of(getattr(component, "custom_id", None) or "") for component in walk(message.components)}
    return {nonce for nonce in found if nonce}


def _translated(error: Exception) -> PaperboyError | Exception:
    """Our error for one of Discord's; ours (from the gate) and bugs stay what they are."""
    if isinstance(error, discord.HTTPException):
        return _from_http(error)
    if isinstance(error, discord.RateLimited):
        return DeliveryDelayedError("Discord asked us to wait.", retry_after=error.retry_after)
    if isinstance(error, (aiohttp.ClientError, asyncio.TimeoutError, OSError)):
        return DeliveryDelayedError(f"Discord did not answer ({type(error).__name__}).")
    return error


def _from_http(error: discord.HTTPException) -> DeliveryError:
    if error.code in _CLOSED:
        return RecipientClosedError(_CLOSED[error.code], error.code)
    if error.code in _GONE:
        return TargetGoneError(_GONE[error.code], error.code)
    if error.code in _REFUSED:
        return MessageRefusedError(f"Discord refused the message (code {error.code}).", error.code)
    retry_after = _retry_after(error) if error.status == 429 else None
    return DeliveryDelayedError(f"Discord answered {error.status} (code {error.code}).", error.code, retry_after)


def _retry_after(error: discord.HTTPException) -> float:
    """Seconds; an hour when the answer does not say, as Cloudflare's bans do not."""
    try:
        seconds = float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return 3600.0
    return min(seconds, 24 * 3600.0) if seconds >= 0 else 3600.0  # `nan` is no number of seconds, nor is `-1`


@dataclass(frozen=True, slots=True)
class Lead:
    """What comes before an answer, once, and what to do when that answer did not arrive."""

    card: Card
    was_lost: Callable[[], Awaitable[None]]


# -- answers to interactions -------------------------------------------------------------------------------------------


async def answer(interaction: discord.Interaction[Any], card: AnyCard, *, public: bool = False) -> None:
    """Shows a card as the answer: for the person alone in a server unless `public`, plainly in a DM.

    What this person has to know first leads the answer that they alone see.
    """
    private = not public and _others_read(interaction)
    lead = await interaction.client.lead(interaction) if private and interaction.guild_id is not None else None
    try:
        await _show(interaction, preceded(lead.card, card) if lead else card, private)
    except (discord.HTTPException, DeliveryDelayedError):
        if lead:
            await interaction.client.lead_was_lost(lead)
        raise


def _others_read(interaction: discord.Interaction[Any]) -> bool:
    """Whether others are where somebody asks: in a server, and in messages that they exchange without us."""
    return interaction.guild_id is not None or interaction.context.private_channel


async def _show(interaction: discord.Interaction[Any], card: AnyCard, private: bool) -> None:
    async def send() -> object:
        return await interaction.response.send_message(**sent(card), ephemeral=private)

    if is_changing(interaction):
        await _follow_up(interaction, card, private)
        return
    card = _as_it_stands(interaction, card)
    if is_acknowledged(interaction) or not await acknowledge(interaction, send):
        await _edit(interaction, card)


async def _follow_up(interaction: discord.Interaction[Any], card: AnyCard, private: bool) -> None:
    """A message of its own beside the one that was to change. Said once: twice it would stand there twice."""
    try:
        await interaction.followup.send(**sent(card), ephemeral=private)
    except LOST as error:
        raise _translated(error) from error


def _as_it_stands(
    interaction: discord.Interaction[Any], card: AnyCard, stands: discord.Message | None = None
) -> AnyCard:
    """A card as a layout where a layout stands: in `stands`, or as the answer that was given already. Discord takes no way back."""
    if isinstance(card, Layout):
        interaction.extras[_LAYOUT] = True
        return card
    is_layout = _LAYOUT in interaction.extras or (stands is not None and stands.flags.components_v2)
    return as_layout(card) if is_layout else card


async def thinking(interaction: discord.Interaction[Any]) -> None:
    """Says within Discord's three seconds that the answer comes: whoever waits for the database says so first."""
    private = _others_read(interaction)
    if not is_acknowledged(interaction):
        await acknowledge(interaction, lambda: interaction.response.defer(ephemeral=private, thinking=True))


async def changing(interaction: discord.Interaction[Any]) -> None:
    """The same where `update` follows; what is answered instead of it stands beside the message, which stays."""
    await acknowledge_change(interaction)


async def update(interaction: discord.Interaction[Any], card: AnyCard, nonce: str = "") -> None:
    """Puts a card in the place of the message whose control was used, or of "thinking". A message of the outbox keeps its nonce: by it
    the message is found again, and a control keeps its name for those who have not seen the change."""
    card = _as_it_stands(interaction, card, interaction.message)

    async def change() -> object:
        return await interaction.response.edit_message(**put(card, nonce))

    if is_acknowledged(interaction) or not await acknowledge(interaction, change):
        await _edit(interaction, card, nonce)


def choices(found: Iterable[tuple[str, str]]) -> list[app_commands.Choice[str]]:
    """What a completion offers, as (name, value) pairs in order; what Discord would refuse is mended or left out."""
    options = choosable(Option(name, value) for name, value in found)
    return [app_commands.Choice(name=o.label, value=o.value) for o in options]


async def ask(interaction: discord.Interaction[Any], form: Form) -> None:
    """Opens a form as the answer. One whose answer was lost stands open already; there is no other way to open it."""
    await acknowledge(interaction, lambda: interaction.response.send_modal(modal(form)))


async def _edit(interaction: discord.Interaction[Any], card: AnyCard, nonce: str = "") -> None:
    """Puts a card in the place of the first answer; said twice it changes nothing. Raises DeliveryDelayedError."""
    for last in (False, True):
        try:
            await interaction.edit_original_response(**put(card, nonce))
        except LOST as error:
            if last:
                raise _translated(error) from error
        else:
            return
