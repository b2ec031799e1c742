"""The parts of a control as text, both ways: ids, pages, hours, days, zones. PURE.

Reading is strict: it raises ValueError for what writing never wrote, since anybody can forge a control.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from bot.models import Cadence, QuietMode, Sorting, SubscriptionKind
from bot.when.places import exact_place

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """One part as text, both ways. `read` raises ValueError for what `write` never wrote."""

    read: Callable[[str], T]
    write: Callable[[T], str] = str


def number(low: int, high: int) -> Codec[int]:
    """Plain digits within the limits; SQLite and datetime hold no larger ones."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 19 and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return Codec(read)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _zone(text: str) -> str:
    """One of the zones that are offered, by its IANA name."""
    place = exact_place(text)
    if place is None or place.zone != text:
        raise ValueError(text)
    return text


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return ID.read(first), ID.read(last)


def _period(text: str) -> str:
    if text not in ("day", "week", "month"):
        raise ValueError(text)
    return text


def _is_literal(text: str) -> bool:
    return {"l": True, "f": False}[text]


def or_none(codec: Codec[T]) -> Codec[T | None]:
    return Codec(
        lambda text: codec.read(text) if text else None, lambda value: "" if value is None else codec.write(value)
    )


ID: Final = number(0, 2**63 - 1)
PAGE: Final = number(0, 99_999)
HOUR: Final = number(0, 23)
WEEKDAY: Final = number(0, 6)
DAYS: Final = number(0, 366)
SHOWN: Final = number(1, 6)
ON: Final[Codec[bool]] = Codec(lambda text: {"1": True, "0": False}[text], lambda on: "1" if on else "0")
QUIET: Final[Codec[QuietMode]] = Codec(QuietMode)
WORDS: Final[Codec[str]] = Codec(str)
DAY: Final = Codec(_day, date.isoformat)
ZONE: Final = Codec(_zone)
SPAN: Final[Codec[tuple[int, int]]] = Codec(_span, lambda span: f"{span[0]}-{span[1]}")
PERIOD: Final = Codec(_period)
LITERAL: Final[Codec[bool]] = Codec(_is_literal, lambda literal: "l" if literal else "f")
KIND: Final[Codec[SubscriptionKind]] = Codec(SubscriptionKind)
CADENCE: Final[Codec[Cadence]] = Codec(Cadence)
SORTING: Final[Codec[Sorting]] = Codec(Sorting)
