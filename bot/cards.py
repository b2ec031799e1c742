"""What a reader sees: papers, digests and answers as cards. All of Discord's length limits live here.

PURE and discord-free: a card is stored as a message's payload and turned into Discord's objects by the messenger.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

# Discord's limits, in characters (developer documentation: resources/message, components/reference).
CONTENT: Final = 2000
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4096
EMBED_FOOTER: Final = 2048
EMBEDS: Final = 10
EMBED_TOTAL: Final = 6000  # over all embeds of a message
ROWS: Final = 5
OPTIONS: Final = 25
OPTION_TEXT: Final = 100
BUTTON_LABEL: Final = 80
CUSTOM_ID: Final = 100

#: One calm colour for papers, one for "look here".
BLUE: Final = 0x3B6EA5
AMBER: Final = 0xB7791F


@dataclass(frozen=True, slots=True)
class Button:
    """Does `action` (`verb:arguments`) or opens `url`. `style`: primary, secondary, success, danger or link."""

    label: str
    action: str = ""
    style: str = "secondary"
    url: str | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    description: str | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """One choice out of up to 25; does `action` with the chosen value."""

    action: str
    placeholder: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    title: str = ""
    url: str | None = None
    description: str = ""
    footer: str = ""
    thumbnail_url: str | None = None
    color: int = BLUE

    @property
    def size(self) -> int:
        """Characters that count towards the message's total."""
        return len(self.title) + len(self.description) + len(self.footer)


Row = tuple[Button, ...] | Select


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form, answered in text or, with `options`, by choosing one."""

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    description: str | None = None
    options: tuple[Option, ...] = ()
    required: bool = True
    max_length: int = 200
    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A few questions at once; does `action` with the answers, keyed by field name."""

    action: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One message: text, embeds, and rows of controls."""

    text: str = ""
    embeds: tuple[Embed, ...] = ()
    rows: tuple[Row, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Card:
        """The card that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        raw = json.loads(text)
        return cls(raw["text"], tuple(Embed(**e) for e in raw["embeds"]), tuple(_row(r) for r in raw["rows"]))


def _row(raw: Any) -> Row:
    if isinstance(raw, dict):
        return Select(raw["action"], raw["placeholder"], tuple(Option(**o) for o in raw["options"]))
    return tuple(Button(**b) for b in raw)


def pack(head: str, embeds: Sequence[Embed], rows: tuple[Row, ...]) -> list[Card]:
    """The fewest messages that hold these embeds in order, split between papers; the head stands on the first one."""
    groups: list[list[Embed]] = [[]]
    for embed in embeds:
        group = groups[-1]
        if len(group) == EMBEDS or sum(e.size for e in group) + embed.size > EMBED_TOTAL:
            groups.append([])
        groups[-1].append(embed)
    return [
        Card(cut(head if n == 0 else f"{head.splitlines()[0]} ({n + 1}/{len(groups)})", CONTENT), tuple(group), rows)
        for n, group in enumerate(groups)
    ]


def cut(text: str, limit: int) -> str:
    """`text`, ended by … where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def label(text: str) -> str:
    """`text` as far as it fits an option of a select."""
    return cut(text, OPTION_TEXT)
