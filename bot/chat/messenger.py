"""Cards → Discord, Discord's errors → ours.

Knows discord.py and how our controls are named on the wire; knows neither the store nor what an action does.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands, ui

from bot.chat import permissions
from bot.chat.acknowledging import LOST, acknowledge, acknowledge_change, is_acknowledged, is_changing
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
from bot.show.cards import CUSTOM_ID, Button, Card, Embed, Field, Form, Option, Select, choosable, led
from bot.show.control import Control

#: Messages of a channel's history in one request.
_PAGE: Final = 100

_PICTURE: Final = "picture.png"

_STYLES: Final = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}

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


def custom_id(says: str, nonce: str = "") -> str:
    """The control's name on the wire. Raises ValueError when it is longer than Discord allows."""
    name = wire.custom_id(says, nonce)
    if len(name) > CUSTOM_ID:
        raise ValueError(f"custom_id over {CUSTOM_ID} characters: {name}")
    return name


def embed(card: Embed) -> discord.Embed:
    made = discord.Embed(
        title=card.title or None, url=card.url, description=card.description or None, colour=discord.Colour(card.color)
    )
    if card.footer:
        made.set_footer(text=card.footer)
    if card.thumbnail_url:
        made.set_thumbnail(url=card.thumbnail_url)
    return made


def embeds(card: Card) -> list[discord.Embed]:
    """The card's embeds, the picture in the first."""
    made = [embed(one) for one in card.embeds]
    if card.picture and made:  # discord.py knows no words for a picture in an embed; Discord does
        image = {"url": f"attachment://{_PICTURE}", "description": card.picture.alt}
        made[0] = discord.Embed.from_dict({**made[0].to_dict(), "image": image})
    return made


def files(card: Card) -> list[discord.File]:
    """The card's picture as a file, new for each request: a sent one is read to its end."""
    picture = card.picture
    return [discord.File(io.BytesIO(picture.data), _PICTURE, description=picture.alt)] if picture else []


def view(card: Card, nonce: str = "") -> ui.View | None:
    """The card's controls. They carry their meaning in their ids, so discord.py need not remember them."""
    if not card.rows:
        return None
    made = ui.View(timeout=None)
    for number, row in enumerate(card.rows):
        if isinstance(row, Select):
            made.add_item(_select(row, nonce, number))
        else:
            for button in row:
                made.add_item(_button(button, nonce, number))
    made.stop()
    return made


def _button(button: Button, nonce: str, row: int) -> ui.Button[ui.View]:
    if button.url:
        return ui.Button(label=button.label, url=button.url, row=row)
    return ui.Button(
        label=button.label,
        custom_id=custom_id(button.action, nonce),
        style=_STYLES[button.style],
        disabled=button.disabled,
        row=row,
    )


def _select(select: Select, nonce: str, row: int | None = None) -> ui.Select[ui.View]:
    options = [
        discord.SelectOption(label=o.label, value=o.value, description=o.description, default=o.default)
        for o in select.options
    ]
    return ui.Select(
        custom_id=custom_id(select.action, nonce), placeholder=select.placeholder, options=options, row=row
    )


def modal(form: Form) -> ui.Modal:
    made = ui.Modal(title=form.title, timeout=900, custom_id=custom_id(form.action))
    for field in form.fields:
        made.add_item(ui.Label(text=field.label, description=field.description, component=_component(field)))
    made.stop()
    return made


def _component(field: Field) -> ui.Item[Any]:
    if field.options:
        options = [discord.SelectOption(label=o.label, value=o.value, default=o.default) for o in field.options]
        return ui.Select(custom_id=field.name, options=options, required=field.required)
    return ui.TextInput(
        custom_id=field.name,
        default=field.value or None,
        placeholder=field.placeholder or None,
        required=field.required,
        max_length=field.max_length,
        style=discord.TextStyle.paragraph if field.paragraph else discord.TextStyle.short,
    )


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
    """Sends cards through a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def open_dm(self, user_id: int) -> int:
        try:
            # `create_dm` answers from memory; a channel that is gone has to be asked for.
            return int((await self._client.http.start_private_message(user_id))["id"])
        except Exception as error:
            raise _translated(error) from error

    async def send(self, channel_id: int, card: Card, nonce: str) -> int:
        """Sends once: Discord answers a repeated nonce with the message it already has. Raises DeliveryError."""
        channel = self._client.get_partial_messageable(channel_id)
        if card.embeds and "embed_links" in self._missing(channel_id):
            # A list without its embeds would be an empty heading, so that it is not even tried.
            raise self._named(TargetGoneError(_GONE[50013], 50013), channel_id)
        try:
            message = await channel.send(
                card.text or None,
                embeds=embeds(card),
                nonce=nonce,
                view=view(card, nonce) or discord.utils.MISSING,
            )
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

    async def edit(self, channel_id: int, message_id: int, card: Card, nonce: str) -> None:
        """Replaces text, embeds and controls. Raises DeliveryError."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)
        try:
            await message.edit(content=card.text or None, embeds=embeds(card), view=view(card, nonce))
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
    found = set()
    for row in message.components:
        for child in getattr(row, "children", ()):
            if nonce := wire.nonce_of(getattr(child, "custom_id", None) or ""):
                found.add(nonce)
    return found


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


async def answer(interaction: discord.Interaction[Any], card: Card, *, public: bool = False) -> None:
    """Shows a card as the answer: for the person alone in a server unless `public`, plainly in a DM.

    What this person has to know first leads the answer that they alone see.
    """
    private = interaction.guild_id is not None and not public
    lead = await interaction.client.lead(interaction) if private else None
    try:
        await _show(interaction, led(lead.card, card) if lead else card, private)
    except (discord.HTTPException, DeliveryDelayedError):
        if lead:
            await interaction.client.lead_was_lost(lead)
        raise


async def _show(interaction: discord.Interaction[Any], card: Card, private: bool) -> None:
    async def send() -> object:
        return await interaction.response.send_message(
            card.text or None,
            embeds=embeds(card),
            files=files(card) or discord.utils.MISSING,
            view=view(card) or discord.utils.MISSING,
            ephemeral=private,
        )

    if is_changing(interaction):
        await _follow_up(interaction, card, private)
    elif is_acknowledged(interaction) or not await acknowledge(interaction, send):
        await _edit(interaction, card)


async def _follow_up(interaction: discord.Interaction[Any], card: Card, private: bool) -> None:
    """A message of its own beside the one that was to change. Said once: twice it would stand there twice."""
    try:
        await interaction.followup.send(
            card.text or discord.utils.MISSING,
            embeds=embeds(card),
            files=files(card) or discord.utils.MISSING,
            view=view(card) or discord.utils.MISSING,
            ephemeral=private,
        )
    except LOST as error:
        raise _translated(error) from error


async def thinking(interaction: discord.Interaction[Any]) -> None:
    """Says within Discord's three seconds that the answer comes: whoever waits for the database says so first."""
    private = interaction.guild_id is not None
    if not is_acknowledged(interaction):
        await acknowledge(interaction, lambda: interaction.response.defer(ephemeral=private, thinking=True))


async def changing(interaction: discord.Interaction[Any]) -> None:
    """The same where `update` follows; what is answered instead of it stands beside the message, which stays."""
    await acknowledge_change(interaction)


async def update(interaction: discord.Interaction[Any], card: Card) -> None:
    """Puts a card in the place of the message whose control was used, or of "thinking"."""

    async def change() -> object:
        return await interaction.response.edit_message(
            content=card.text or None, embeds=embeds(card), attachments=files(card), view=view(card)
        )

    if is_acknowledged(interaction) or not await acknowledge(interaction, change):
        await _edit(interaction, card)


def choices(found: Iterable[tuple[str, str]]) -> list[app_commands.Choice[str]]:
    """What a completion offers, as (name, value) pairs in order; what Discord would refuse is mended or left out."""
    options = choosable(Option(name, value) for name, value in found)
    return [app_commands.Choice(name=o.label, value=o.value) for o in options]


async def ask(interaction: discord.Interaction[Any], form: Form) -> None:
    """Opens a form as the answer. One whose answer was lost stands open already; there is no other way to open it."""
    await acknowledge(interaction, lambda: interaction.response.send_modal(modal(form)))


async def _edit(interaction: discord.Interaction[Any], card: Card) -> None:
    """Puts a card in the place of the first answer; said twice it changes nothing. Raises DeliveryDelayedError."""
    for last in (False, True):
        try:
            await interaction.edit_original_response(
                content=card.text or None, embeds=embeds(card), attachments=files(card), view=view(card)
            )
        except LOST as error:
            if last:
                raise _translated(error) from error
        else:
            return
