"""What a control may say. PURE: read first, act after.

A control's id and a form's answers come back from Discord as outside text: old messages keep old ones for years, and anybody
can forge one. Each is held against the shape of its verb before anything is done, so that a service meets numbers where it
expects numbers. What does not fit is a control of another time, never a fault of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.errors import OldControlError
from bot.models import Cadence, SubscriptionKind
from bot.when.places import exact_place

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands behind a verb, and the answers that must come with it: a select's `value`, or a form's fields by name."""

    argument: Check
    values: Mapping[str, Check] = field(default_factory=dict)

    def fits(self, argument: str, values: Mapping[str, str]) -> bool:
        named = all(name in values and check(values[name]) for name, check in self.values.items())
        return named and self.argument(argument)


def number(low: int, high: int) -> Check:
    """Plain digits within the limits; SQLite and datetime hold no larger ones."""
    return lambda text: text.isascii() and text.isdigit() and len(text) <= 19 and low <= int(text) <= high


def _nothing(text: str) -> bool:
    return text == ""


def _anything(text: str) -> bool:
    return True


def _either(*checks: Check) -> Check:
    return lambda text: any(check(text) for check in checks)


def _parts(*checks: Check) -> Check:
    def fits(text: str) -> bool:
        parts = text.split(":")
        return len(parts) == len(checks) and all(check(part) for check, part in zip(checks, parts, strict=True))

    return fits


def _day(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _zone(text: str) -> bool:
    """One of the zones that are offered, by its IANA name."""
    place = exact_place(text)
    return place is not None and place.zone == text


def _span(text: str) -> bool:
    """Two ids, `first-last`."""
    first, _, last = text.partition("-")
    return _ID(first) and _ID(last)


_ID: Final = number(0, 2**63 - 1)
_PAGE: Final = number(0, 99_999)
_HOUR: Final = number(0, 23)
_KIND: Final = frozenset(kind.value for kind in SubscriptionKind).__contains__
_CADENCE: Final = frozenset(cadence.value for cadence in Cadence).__contains__
_FOUND: Final = _parts(_ID, _PAGE, frozenset("lf").__contains__)
_DAILY: Final = _parts(_day, _PAGE)
_TRENDING: Final = _parts(frozenset({"week", "month"}).__contains__, _PAGE)


def _shared(text: str) -> bool:
    kind, _, rest = text.partition(":")
    check = {"paper": _ID, "found": _FOUND, "daily": _DAILY, "trending": _TRENDING}.get(kind)
    return check is not None and check(rest)


#: Every verb that a control of ours ever says.
SHAPES: Final[Mapping[str, Shape]] = {
    "follow": Shape(_KIND, {"words": _anything, "city": _anything, "hour": _HOUR, "cadence": _CADENCE}),
    "follow-start": Shape(_KIND, {"words": _anything}),
    "follow-list": Shape(_nothing),
    "zone": Shape(_HOUR, {"value": _zone}),
    "time": Shape(_nothing),
    "time-set": Shape(_nothing, {"city": _anything, "hour": _HOUR, "day": number(0, 6)}),
    "today": Shape(_PAGE),
    "subs": Shape(_either(_nothing, _PAGE)),
    "sub": Shape(_nothing, {"value": _ID}),
    **{f"sub-{word}": Shape(_ID) for word in ("pause", "resume", "remove", "restore", *(c.value for c in Cadence))},
    "pause": Shape(number(0, 366)),
    "stop-all": Shape(_nothing),
    "stop-all-yes": Shape(_nothing),
    "stop-undo": Shape(_span),
    "dm-retry": Shape(_nothing),
    "summary-now": Shape(_ID),
    "summary-preview": Shape(_ID),
    "summary-page": Shape(_PAGE),
    "summary-quiet": Shape(_ID),
    "summary-tell": Shape(_ID),
    "summary-resume": Shape(_either(_nothing, _ID)),
    "abstract": Shape(_nothing, {"value": _ID}),
    "share": Shape(_shared),
    "found": Shape(_FOUND),
    "daily": Shape(_DAILY),
    "trending": Shape(_TRENDING),
}


def check(verb: str, argument: str, values: Mapping[str, str]) -> None:
    """Raises OldControlError for a control that says what none of ours says."""
    shape = SHAPES.get(verb)
    if shape is None or not shape.fits(argument, values):
        raise OldControlError
    if verb == "summary-resume" and not argument and not _ID(values.get("value", "")):
        raise OldControlError  # chosen from a list: the choice names it
