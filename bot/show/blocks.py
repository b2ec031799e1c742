"""A message as blocks: texts, entries with a button or a picture beside them, pictures, lines and controls, in any order.

PURE and discord-free. The same blocks become Components V2 (`bot.chat.drawing`) or one embed (`as_card`). A card cuts what is
too long; a layout refuses it, because whoever makes one measures first (`fits`) and chooses what to leave out. For life a
message stays of one kind: Discord turns embeds into Components V2 by an edit, never back (`as_layout`, `as_it_stands`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, TypeAlias

from bot.language.text import blank
from bot.show.cards import (
    ALT_TEXT,
    BUTTONS,
    CHARACTERS,
    COMPONENTS,
    EMBED_DESCRIPTION,
    EMBED_URL,
    FILES,
    ROWS,
    Button,
    Card,
    Embed,
    Picture,
    Row,
    Select,
    cut,
    led,
    read_row,
)

_TOO_LONG: Final = "…"


def units(text: str) -> int:
    """The length of `text` in UTF-16 units. Which count is Discord's is not known; that of code points is never larger."""
    return len(text) + sum(c > "\uffff" for c in text)


def _check_text(text: str) -> None:
    if blank(text):
        raise ValueError("a text that shows nothing")


def _check_alt(alt: str) -> None:
    if blank(alt) or units(alt) > ALT_TEXT:
        raise ValueError(f"an alt text of 1 to {ALT_TEXT} characters is needed")


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown over the whole width. Raises ValueError when a reader would see nothing of it."""

    text: str

    def __post_init__(self) -> None:
        _check_text(self.text)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture by its address. `alt` says in words what it shows. Raises ValueError where Discord takes either not."""

    url: str
    alt: str

    def __post_init__(self) -> None:
        if not self.url.startswith(("https://", "http://")) or len(self.url) > EMBED_URL:
            raise ValueError("an address that Discord does not take")
        _check_alt(self.alt)


@dataclass(frozen=True, slots=True)
class Entry:
    """A text with a button or a small picture beside it; with neither it is a text. Raises ValueError for both, or for nothing."""

    text: str
    button: Button | None = None
    thumbnail: Thumbnail | Picture | None = None

    def __post_init__(self) -> None:
        _check_text(self.text)
        if self.button and self.thumbnail:
            raise ValueError("a button and a picture beside one text")


@dataclass(frozen=True, slots=True)
class Line:
    """A line between what is above and what is below it."""


Block: TypeAlias = Text | Entry | Picture | Line | Row


def size_of(blocks: Iterable[Block], framed: bool = False) -> tuple[int, int]:
    """What Discord counts: components with all that is in them, and characters over all texts."""
    components, characters = int(framed), 0
    for block in blocks:
        if isinstance(block, Text | Entry):
            characters += units(block.text)
            components += 3 if isinstance(block, Entry) and (block.button or block.thumbnail) else 1
        elif isinstance(block, tuple):
            components += 1 + len(block)
        else:
            components += 2 if isinstance(block, Select) else 1
    return components, characters


def fits(blocks: Sequence[Block], framed: bool = False) -> bool:
    """Whether a layout of these blocks is within Discord's two totals."""
    components, characters = size_of(blocks, framed)
    return components <= COMPONENTS and characters <= CHARACTERS


@dataclass(frozen=True, slots=True)
class Layout:
    """One message of blocks, top to bottom; `framed` puts a box around them. Of the roles in its texts it calls those in `mentions`.

    Raises ValueError for what Discord would refuse: over 40 components or 4,000 characters, no text and no picture, an empty or
    too wide row, a control that cannot stand, and one action twice.
    """

    blocks: tuple[Block, ...]
    framed: bool = False
    mentions: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        components, characters = self.size()
        if components > COMPONENTS or characters > CHARACTERS:
            raise ValueError(f"{components} components of {COMPONENTS}, {characters} characters of {CHARACTERS}")
        if not any(isinstance(block, Text | Entry | Picture) for block in self.blocks):
            raise ValueError("neither a text nor a picture")
        if any(isinstance(block, tuple) and not 1 <= len(block) <= BUTTONS for block in self.blocks):
            raise ValueError(f"a row holds 1 to {BUTTONS} buttons")
        if len(self.pictures) > FILES:
            raise ValueError(f"more than {FILES} pictures")
        for picture in self.pictures:
            _check_alt(picture.alt)
        actions = [_action_of(control) for control in _controls(self.blocks)]
        named = [action for action in actions if action]
        if len(named) > len(set(named)):
            raise ValueError("one action twice in a message")

    def size(self) -> tuple[int, int]:
        """(components, characters), as Discord counts them."""
        return size_of(self.blocks, self.framed)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that are sent along as files, in order."""
        shown = (block.thumbnail if isinstance(block, Entry) else block for block in self.blocks)
        return tuple(picture for picture in shown if isinstance(picture, Picture))

    def without_controls(self) -> Layout:
        """The same words and pictures with nothing to press."""
        return self.opening_only(selects=False)

    def opening_only(self, *, selects: bool = True) -> Layout:
        """The same without buttons: what its selects open is for everybody."""
        kept = (b for b in self.blocks if not isinstance(b, tuple) and (selects or not isinstance(b, Select)))
        return replace(self, blocks=tuple(replace(b, button=None) if isinstance(b, Entry) else b for b in kept))

    def to_json(self) -> str:
        blocks = [_raw(b) for b in self.blocks]
        return json.dumps({"blocks": blocks, "framed": self.framed, "mentions": self.mentions}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """The layout that `to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        raw = json.loads(text)
        blocks = tuple(_block(kind, value) for kind, value in raw["blocks"])
        return cls(blocks, bool(raw["framed"]), tuple(map(int, raw["mentions"])))


#: What a message shows, of either kind.
AnyCard: TypeAlias = Card | Layout


def _controls(blocks: Iterable[Block]) -> Iterator[Button | Select]:
    for block in blocks:
        if isinstance(block, tuple):
            yield from block
        elif isinstance(block, Select):
            yield block
        elif isinstance(block, Entry) and block.button:
            yield block.button


def _action_of(control: Button | Select) -> str:
    """Its action; nothing for a button that opens an address. Raises ValueError for what Discord would refuse."""
    if not control.can_stand:
        raise ValueError("a control that Discord does not take")
    return "" if isinstance(control, Button) and control.url else control.action


# -- as what is stored --------------------------------------------------------------------------------------------------------


def load_payload(text: str) -> AnyCard:
    """What `to_json` wrote, of either kind. Raises KeyError, TypeError or ValueError for anything else."""
    return Layout.from_json(text) if "blocks" in json.loads(text) else Card.from_json(text)


def _raw(block: Block) -> tuple[str, Any]:
    if isinstance(block, tuple | Select):
        return "row", [asdict(b) for b in block] if isinstance(block, tuple) else asdict(block)
    if isinstance(block, Text):
        return "text", block.text
    if isinstance(block, Entry):
        beside = block.button or block.thumbnail
        return "entry", [block.text, None if beside is None else _raw_beside(beside)]
    return ("line", None) if isinstance(block, Line) else _raw_beside(block)


def _raw_beside(part: Button | Thumbnail | Picture) -> tuple[str, Any]:
    if isinstance(part, Picture):
        return "picture", [base64.b64encode(part.data).decode("ascii"), part.alt]
    return ("button" if isinstance(part, Button) else "thumbnail"), asdict(part)


def _block(kind: str, value: Any) -> Block:
    if kind == "entry":
        text, beside = value
        made = None if beside is None else _beside(*beside)
        return Entry(text, made) if isinstance(made, Button) else Entry(text, thumbnail=made)
    if kind == "picture":
        return _picture(value)
    if kind == "text":
        return Text(value)
    if kind not in ("line", "row"):
        raise ValueError(f"no block: {kind}")
    return Line() if kind == "line" else read_row(value)


def _beside(kind: str, value: Any) -> Button | Thumbnail | Picture:
    if kind == "picture":
        return _picture(value)
    return Button(**value) if kind == "button" else Thumbnail(**value)


def _picture(value: Any) -> Picture:
    data, alt = value
    return Picture(base64.b64decode(data, validate=True), alt)


# -- the other kind -----------------------------------------------------------------------------------------------------------


def as_card(layout: Layout) -> Card:
    """The layout as one embed: its texts together, the buttons of its entries in rows below, its first picture last.

    Other pictures are said in words. Where five rows are too few, all buttons stand side by side, and the last are left out.
    """
    texts = [block.text for block in layout.blocks if isinstance(block, Text | Entry)]
    first, *others = layout.pictures or (None,)
    words = [f"-# {cut(picture.alt, 500)}" for picture in others if picture]
    if not texts and first:
        texts.append(first.alt)
    linked = (b.thumbnail.url for b in layout.blocks if isinstance(b, Entry) and isinstance(b.thumbnail, Thumbnail))
    description = "\n\n".join(texts)
    embeds = [Embed(description=description, thumbnail_url=next(linked, None))]
    if words:
        embeds.append(Embed(description=cut("\n".join(words), EMBED_DESCRIPTION)))
    return Card(embeds=tuple(embeds), rows=_rows(layout), picture=first)


def _rows(layout: Layout) -> tuple[Row, ...]:
    beside = [block.button for block in layout.blocks if isinstance(block, Entry) and block.button]
    rows = [block for block in layout.blocks if isinstance(block, tuple | Select)]
    plain = (*_in_rows(beside), *rows)
    if len(plain) <= ROWS:
        return plain
    buttons = [*beside, *(button for row in rows if isinstance(row, tuple) for button in row)]
    return (*_in_rows(buttons), *(row for row in rows if isinstance(row, Select)))


def _in_rows(buttons: Sequence[Button]) -> tuple[Row, ...]:
    return tuple(tuple(buttons[at : at + BUTTONS]) for at in range(0, len(buttons), BUTTONS))


def as_layout(card: Card) -> Layout:
    """The card as blocks, for a message that is of Components V2 already: its words in whole lines as far as they fit."""
    parts = [card.text]
    for embed in card.embeds:
        title = (
            f"**[{embed.title}]({embed.url})**" if embed.title and embed.url else embed.title and f"**{embed.title}**"
        )
        parts.append(
            "\n".join(part for part in (title, embed.description, embed.footer and f"-# {embed.footer}") if part)
        )
    text = _shortened("\n\n".join(part for part in parts if part), CHARACTERS)
    picture = (card.picture,) if card.picture else ()
    return Layout((Text(text), *picture, *card.rows))


def _shortened(text: str, limit: int) -> str:
    """`text` within `limit` UTF-16 units: whole lines and …, or as much of one line."""
    if units(text) <= limit:
        return text
    left = limit - 1 - len(_TOO_LONG)
    kept = text[:left]
    while units(kept) > left:
        kept = kept[: len(kept) - max(1, (units(kept) - left) // 2)]
    whole, found, _ = kept.rpartition("\n")
    return f"{whole}\n{_TOO_LONG}" if found and not blank(whole) else kept + _TOO_LONG


def as_it_stands(shown: AnyCard, payload: str) -> AnyCard:
    """`shown` in the kind in which a message of this payload stands: of Components V2 it stays, embeds become what is wanted."""
    if isinstance(shown, Layout):
        return shown
    try:
        return as_layout(shown) if isinstance(load_payload(payload), Layout) else shown
    except (KeyError, TypeError, ValueError):
        return shown


# -- with words before it -----------------------------------------------------------------------------------------------------


def headed(text: str, layout: Layout) -> AnyCard:
    """The layout with a line before its own; as an embed, with that line as its text, where both together are too much."""
    try:
        return replace(layout, blocks=(Text(text), *layout.blocks))
    except ValueError:
        return replace(as_card(layout), text=text)


def preceded(lead: Card, shown: AnyCard) -> AnyCard:
    """What is shown, of either kind, with a card's words and controls before it, as `cards.led` does it for cards."""
    if isinstance(shown, Card):
        return led(lead, shown)
    words = (Text(lead.text),) if lead.text else ()
    try:
        return replace(shown, blocks=(*words, *lead.rows, *shown.blocks))
    except ValueError:
        return led(lead, as_card(shown))
