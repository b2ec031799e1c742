"""A query that cannot be read, with the place: its text, a caret under where reading ended, and what may be meant.

PURE. Knows how wide signs are; knows neither the language nor who asked.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from bot.errors import QueryError
from bot.language.text import clean
from bot.show.cards import cut

__all__ = ["pointed", "pointed_lines"]

#: Columns of a text that are shown around the place.
_BEFORE: Final = 40
_AFTER: Final = 20
_SUGGESTED: Final = 500


def pointed_lines(error: QueryError) -> list[str]:
    """The text around the place and a caret under it, then what may be meant; nothing where there is no place."""
    if error.position is None or not error.text.strip():
        return []
    at = min(error.position, len(error.text))
    start, end = max(0, at - _BEFORE), at + _AFTER
    before, behind = _visible(error.text[start:at]), _visible(error.text[at:end])
    lead, tail = "…" if start else "", "…" if end < len(error.text) else ""
    lines = [f"{lead}{before}{behind}{tail}", " " * (len(lead) + _columns(before)) + "^"]
    return [*lines, f"Is this meant: {_suggested(error)}"] if error.suggestion else lines


def pointed(error: QueryError) -> str:
    """The same for a place with Discord's markup: what is wrong, the text with its caret as code, what may be meant."""
    lines = [line.replace("`", "ˋ") for line in pointed_lines(error)[:2]]
    shown = [str(error), *(["```", *lines, "```"] if lines else [])]
    if lines and error.suggestion:
        shown.append(f"Is this meant? `{_suggested(error).replace('`', 'ˋ')}`")
    return "\n".join(shown)


def _suggested(error: QueryError) -> str:
    return cut(clean(error.suggestion), _SUGGESTED)


def _visible(text: str) -> str:
    """The text sign for sign on one line: what nobody sees is a point, so that the caret stays under its place."""
    return "".join(" " if c.isspace() else c if unicodedata.category(c)[0] not in "CM" else "·" for c in text)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
