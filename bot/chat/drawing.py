"""Cards, layouts and forms → discord.py's objects: embeds, Components V2, controls, files. PURE, but for discord.py.

Controls carry their meaning in their ids, so that discord.py need not remember them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import discord
from discord import ui

from bot.show import wire
from bot.show.blocks import AnyCard, Block, Entry, Layout, Line, Text, Thumbnail
from bot.show.cards import BLUE, CUSTOM_ID, Button, Card, Embed, Field, Form, Picture, Row, Select

_PICTURE: Final = "picture.png"

_STYLES: Final = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


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


def files(shown: AnyCard) -> list[discord.File]:
    """The pictures as files, new for each request: a sent one is read to its end."""
    pictures = shown.pictures if isinstance(shown, Layout) else (shown.picture,) if shown.picture else ()
    return [
        discord.File(io.BytesIO(picture.data), _file_name(number), description=picture.alt)
        for number, picture in enumerate(pictures)
    ]


def _file_name(number: int) -> str:
    return f"picture-{number + 1}.png" if number else _PICTURE


def view(card: Card, nonce: str = "") -> ui.View | None:
    """The card's controls."""
    if not card.rows:
        return None
    made = ui.View(timeout=None)
    for number, row in enumerate(card.rows):
        for control in _row(row, nonce, number):
            made.add_item(control)
    made.stop()
    return made


def layout_view(layout: Layout, nonce: str = "") -> ui.LayoutView:
    """The layout as Components V2."""
    made = ui.LayoutView(timeout=None)
    addresses = iter([f"attachment://{_file_name(number)}" for number in range(len(layout.pictures))])
    items = [_item(block, nonce, addresses) for block in layout.blocks]
    for item in (ui.Container(*items, accent_colour=BLUE),) if layout.framed else items:
        made.add_item(item)
    made.stop()
    return made


def sent(shown: AnyCard, nonce: str = "") -> dict[str, Any]:
    """What discord.py wants to be given for a new message; empty parts are left out."""
    parts: dict[str, Any] = {"files": files(shown)}
    if isinstance(shown, Layout):
        parts["view"] = layout_view(shown, nonce)
        if shown.mentions:
            roles = [discord.Object(role) for role in shown.mentions]
            parts["allowed_mentions"] = discord.AllowedMentions(everyone=False, users=False, roles=roles)
    else:
        parts |= {"content": shown.text, "embeds": embeds(shown), "view": view(shown, nonce)}
    return {name: part for name, part in parts.items() if part}


def put(shown: AnyCard, nonce: str = "") -> dict[str, Any]:
    """What discord.py wants to be given for an edit: all that stood there goes, or Discord takes no Components V2."""
    if isinstance(shown, Layout):
        return {"content": None, "embeds": [], "attachments": files(shown), "view": layout_view(shown, nonce)}
    return {
        "content": shown.text or None,
        "embeds": embeds(shown),
        "attachments": files(shown),
        "view": view(shown, nonce),
    }


def _item(block: Block, nonce: str, addresses: Iterator[str]) -> ui.Item[Any]:
    if isinstance(block, Text):
        return ui.TextDisplay(block.text)
    if isinstance(block, Entry):
        return _entry(block, nonce, addresses)
    if isinstance(block, Picture):
        return ui.MediaGallery(discord.MediaGalleryItem(next(addresses), description=block.alt))
    return ui.Separator() if isinstance(block, Line) else ui.ActionRow(*_row(block, nonce))


def _entry(entry: Entry, nonce: str, addresses: Iterator[str]) -> ui.Item[Any]:
    """A section; Discord refuses one with nothing beside its text."""
    if entry.button:
        return ui.Section(entry.text, accessory=_button(entry.button, nonce))
    shown = entry.thumbnail
    if shown is None:
        return ui.TextDisplay(entry.text)
    address = shown.url if isinstance(shown, Thumbnail) else next(addresses)
    return ui.Section(entry.text, accessory=ui.Thumbnail(address, description=shown.alt))


def walk(components: Iterable[Any]) -> Iterator[Any]:
    """Every component of a message that discord.py read, outer before inner, the accessory of a section too."""
    for component in components:
        yield component
        accessory = getattr(component, "accessory", None)
        yield from walk([*getattr(component, "children", ()), *([accessory] if accessory is not None else [])])


def words_in(components: Iterable[Any]) -> Iterator[str]:
    """The words of such components, and where they lead: texts, alt texts, addresses of buttons."""
    for component in walk(components):
        pictures = [component, *getattr(component, "items", ())]
        found = (getattr(part, name, None) for part in pictures for name in ("content", "description", "url"))
        yield from (text for text in found if isinstance(text, str))


def _row(row: Row, nonce: str, number: int | None = None) -> list[ui.Item[Any]]:
    if isinstance(row, Select):
        return [_select(row, nonce, number)]
    return [_button(button, nonce, number) for button in row]


def _button(button: Button, nonce: str, row: int | None = None) -> ui.Button[Any]:
    if button.url:
        return ui.Button(label=button.label, url=button.url, row=row)
    return ui.Button(
        label=button.label,
        custom_id=custom_id(button.action, nonce),
        style=_STYLES[button.style],
        disabled=button.disabled,
        row=row,
    )


def _select(select: Select, nonce: str, row: int | None = None) -> ui.Select[Any]:
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
