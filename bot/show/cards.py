"""What a reader sees: papers, digests and answers as cards. All of Discord's length limits live here.

PURE and discord-free: a card is stored as a message's payload and turned into Discord's objects by the messenger.
A part fits itself to Discord's limits when it is made: what is too long is cut, what shows nothing says so honestly,
and what cannot stand (a control without an id, a menu without options) is left out. One field of one paper may never
cost somebody the whole message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bot.language.text import blank

# Discord's limits, in characters (developer documentation: resources/message, components/reference).
CONTENT: Final = 2000
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4096
EMBED_FOOTER: Final = 2048
EMBED_URL: Final = 2048
EMBEDS: Final = 10
EMBED_TOTAL: Final = 6000  # over all embeds of a message
COMPONENTS: Final = 40  # of a message of Components V2, nested ones and accessories counted
CHARACTERS: Final = 4000  # over all its texts
FILES: Final = 10
ROWS: Final = 5
BUTTONS: Final = 5  # in a row
OPTIONS: Final = 25  # of a menu, at least one; of a completion, at most
OPTION_TEXT: Final = 100
PLACEHOLDER: Final = 150
BUTTON_LABEL: Final = 80
BUTTON_URL: Final = 512
CUSTOM_ID: Final = 100
ALT_TEXT: Final = 1024
FORM_TITLE: Final = 45
FIELDS: Final = 5
FIELD_LABEL: Final = 45
FIELD_TEXT: Final = 4000
#: An action's length, with room for the name of our controls and a nonce in the custom id.
ACTION: Final = CUSTOM_ID - len("pb1:~") - 25

NOTHING: Final = "Nothing to show."

#: One calm colour for papers, one for "look here".
BLUE: Final = 0x3B6EA5
AMBER: Final = 0xB7791F


def cut(text: str, limit: int) -> str:
    """`text`, ended by … where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def said(text: str, limit: int, fallback: str = "") -> str:
    """`text` as far as it fits; `fallback` where a reader would see nothing of it."""
    return cut(fallback if blank(text) else text, limit)


def label(text: str, fallback: str = "Untitled") -> str:
    """`text` as far as it fits an option of a menu; `fallback` where a reader would see nothing of it."""
    return said(text, OPTION_TEXT, fallback)


def _fit(part: object, **values: object) -> None:
    """Sets fields of a frozen value while it is made."""
    for name, value in values.items():
        object.__setattr__(part, name, value)


@dataclass(frozen=True, slots=True)
class Button:
    """Does `action` (`verb:arguments`) or opens `url`. `style`: primary, secondary, success, danger or link."""

    label: str
    action: str = ""
    style: str = "secondary"
    url: str | None = None
    disabled: bool = False

    def __post_init__(self) -> None:
        _fit(self, label=said(self.label, BUTTON_LABEL, "Open"))

    @property
    def can_stand(self) -> bool:
        return len(self.url) <= BUTTON_URL if self.url else 1 <= len(self.action) <= ACTION


@dataclass(frozen=True, slots=True)
class Option:
    """`value` comes back when it is chosen; it stands for the label where that shows nothing."""

    label: str
    value: str
    description: str | None = None
    default: bool = False

    def __post_init__(self) -> None:
        _fit(self, label=label(self.label, self.value), description=said(self.description or "", OPTION_TEXT) or None)

    @property
    def can_stand(self) -> bool:
        return 1 <= len(self.value) <= OPTION_TEXT and not blank(self.label)


def choosable(options: Iterable[Option]) -> tuple[Option, ...]:
    """The options that Discord takes: each value once, 25 at most."""
    found: dict[str, Option] = {}
    for option in options:
        if option.can_stand:
            found.setdefault(option.value, option)
    return tuple(found.values())[:OPTIONS]


@dataclass(frozen=True, slots=True)
class Select:
    """One choice out of up to 25; does `action` with the chosen value."""

    action: str
    placeholder: str
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        _fit(self, placeholder=said(self.placeholder, PLACEHOLDER), options=choosable(self.options))

    @property
    def can_stand(self) -> bool:
        return 1 <= len(self.action) <= ACTION and bool(self.options)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that is shown below the first embed. `alt` says in words what it shows. No message of the outbox has one."""

    data: bytes
    alt: str

    def __post_init__(self) -> None:
        _fit(self, alt=said(self.alt, ALT_TEXT, "A picture"))


@dataclass(frozen=True, slots=True)
class Embed:
    title: str = ""
    url: str | None = None
    description: str = ""
    footer: str = ""
    thumbnail_url: str | None = None
    color: int = BLUE

    def __post_init__(self) -> None:
        title = said(self.title, EMBED_TITLE)
        _fit(
            self,
            title=title,
            url=self.url if self.url and len(self.url) <= EMBED_URL else None,
            description=said(self.description, EMBED_DESCRIPTION, "" if title else NOTHING),
            footer=said(self.footer, EMBED_FOOTER),
            thumbnail_url=self.thumbnail_url if self.thumbnail_url and len(self.thumbnail_url) <= EMBED_URL else None,
        )

    @property
    def size(self) -> int:
        """Characters that count towards the message's total."""
        return len(self.title) + len(self.description) + len(self.footer)


Row = tuple[Button, ...] | Select


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: free text, or a choice when it has options."""

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    description: str | None = None
    options: tuple[Option, ...] = ()
    required: bool = True
    max_length: int = 200
    paragraph: bool = False

    def __post_init__(self) -> None:
        value = self.value[:FIELD_TEXT]
        _fit(
            self,
            label=said(self.label, FIELD_LABEL, self.name),
            value=value,
            placeholder=said(self.placeholder, OPTION_TEXT),
            description=said(self.description or "", OPTION_TEXT) or None,
            options=choosable(self.options),
            max_length=min(max(self.max_length, len(value), 1), FIELD_TEXT),
        )


@dataclass(frozen=True, slots=True)
class Form:
    """A few questions at once; does `action` with the answers, keyed by field name."""

    action: str
    title: str
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        _fit(self, title=said(self.title, FORM_TITLE, "Your answer"), fields=self.fields[:FIELDS])


@dataclass(frozen=True, slots=True)
class Card:
    """One message: text, embeds, rows of controls, and a picture in the first embed."""

    text: str = ""
    embeds: tuple[Embed, ...] = ()
    rows: tuple[Row, ...] = ()
    picture: Picture | None = None

    def __post_init__(self) -> None:
        text, embeds = said(self.text, CONTENT), _within(self.embeds)
        _fit(self, text=text or ("" if embeds else NOTHING), embeds=embeds, rows=_standing(self.rows))

    def to_json(self) -> str:
        values = asdict(self)
        del values["picture"]
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """The card that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        raw = json.loads(text)
        return cls(raw["text"], tuple(Embed(**e) for e in raw["embeds"]), tuple(read_row(r) for r in raw["rows"]))


def _within(embeds: Sequence[Embed]) -> tuple[Embed, ...]:
    """The embeds as far as they fit one message together."""
    kept: list[Embed] = []
    room = EMBED_TOTAL
    for embed in embeds[:EMBEDS]:
        if embed.size > room:
            if room <= EMBED_TITLE:
                break
            embed = replace(embed, description=cut(embed.description, room - len(embed.title)), footer="")
        kept.append(embed)
        room -= embed.size
    return tuple(kept)


def _standing(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The controls that Discord takes: each action once in a message, no row without any."""
    taken: set[str] = set()
    kept: list[Row] = []
    for row in rows:
        if isinstance(row, Select):
            if row.can_stand and row.action not in taken:
                kept.append(row)
                taken.add(row.action)
            continue
        buttons: list[Button] = []
        for button in row[:BUTTONS]:
            if button.can_stand and (button.url or button.action not in taken):
                buttons.append(button)
                taken.add(button.action)
        if buttons:
            kept.append(tuple(buttons))
    return tuple(kept[:ROWS])


def read_row(raw: Any) -> Row:
    """A row that `asdict` wrote."""
    if isinstance(raw, dict):
        return Select(raw["action"], raw["placeholder"], tuple(Option(**o) for o in raw["options"]))
    return tuple(Button(**b) for b in raw)


def led(lead: Card, card: Card) -> Card:
    """The card with another one's words and controls before its own."""
    return Card(
        "\n\n".join(t for t in (lead.text, card.text) if t), card.embeds, (*lead.rows, *card.rows), card.picture
    )
