"""How a control stands on the wire: the id that Discord keeps with a message and gives back when it is pressed. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.errors import OldControlError
from bot.show.control import Control
from bot.show.controls import CONTROLS

#: `pb1:<verb>:<parts>`, and in messages of the outbox `~<nonce>`, by which a message is found
#: again. Another wire form gets another number, and this one is still read.
VERSION: Final = 1
_ON_THE_WIRE: Final = re.compile(rf"pb{VERSION}:(?P<says>[^~]*)(?:~(?P<nonce>.*))?", re.DOTALL)


def custom_id(says: str, nonce: str = "") -> str:
    """A control's id on the wire. `says` is an encoded control."""
    return f"pb{VERSION}:{says}~{nonce}" if nonce else f"pb{VERSION}:{says}"


def nonce_of(identity: str) -> str | None:
    """The nonce in a control's id; None for one without, and for an id that is none of ours."""
    found = _ON_THE_WIRE.fullmatch(identity)
    return found["nonce"] if found else None


def decode(identity: str, values: Mapping[str, str]) -> Control:
    """The control that was pressed. Raises OldControlError for an id or for answers that none of ours has."""
    found = _ON_THE_WIRE.fullmatch(identity)
    if found is None:
        raise OldControlError
    verb, _, argument = found["says"].partition(":")
    try:
        return CONTROLS[verb].decode(argument, values)
    except (ValueError, LookupError):
        raise OldControlError from None
