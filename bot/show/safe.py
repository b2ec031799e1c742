"""Text made inert for Discord: no markup of its own comes alive, and it fits the room it has.

PURE. Knows Discord's markup; knows neither papers nor where text is sent.
"""

from __future__ import annotations

import re
from typing import Final

from bot.language.text import clean, plain

_ACTIVE: Final = re.compile(
    r"[\\*_~`|<>\[\]@]"  # emphasis, code, spoilers, mentions, links, escapes
    r"|:(?=//)"  # a bare address would become a link
    r"|:(?=[\w+-]{1,64}:)"  # :shortcode:
    r"|(?<=discord)\.(?=gg|com|me|new)|(?<=discordapp)\.(?=com)",  # invitations unfold without an address scheme
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"(?:[0-9]{1,9}(?=[.)])|(?=[-+#]))")  # lists, headings, small print at a line's start


def safe(text: str, limit: int) -> str:
    """`text` cleaned and with all Discord markup escaped; at most `limit` characters, escapes counted.

    What does not fit is cut at a word and ends with "…". For embed titles, fields, descriptions and messages; places
    where Discord shows no markup (footers, author lines, buttons) take `clean`.
    """
    text = clean(text)
    if limit <= 0:
        return ""
    if len(text) <= limit and len(whole := _escaped(text)) <= limit:
        return whole
    head = text[: _room(text, limit - 1)]
    if not text[len(head)].isspace():
        at = head.rfind(" ")
        if at > len(head) * 0.6:
            head = head[:at]
    return _escaped(head.rstrip(" ,;:-–—(")) + "…"


def inert(text: str) -> str:
    """`safe` for a part of a clean text: nothing is cut and nothing trimmed."""
    return _ACTIVE.sub(r"\\\g<0>", text)


def shown(text: str, limit: int) -> str:
    """A paper's own words for a place with markup: TeX said in Unicode, everything inert, at most `limit` characters."""
    return safe(plain(text), limit)


def _room(text: str, limit: int) -> int:
    """How many characters of `text` fit into `limit` once escaped."""
    room = limit - (1 if _LEADING.match(text) else 0)
    for count, found in enumerate(_ACTIVE.finditer(text[:limit])):
        if found.start() + count + 2 > room:  # it and its backslash do not fit
            return min(found.start(), room - count)
        room_used = count + 1
        if found.end() + room_used >= room:
            return found.end()
    escapes = len(_ACTIVE.findall(text[:limit]))
    return max(0, room - escapes)


def _escaped(text: str) -> str:
    text = inert(text)
    lead = _LEADING.match(text)
    return f"{lead.group()}\\{text[lead.end() :]}" if lead else text


_SENTENCE_END: Final = re.compile(r"[.!?。！？][”\"')\]]?(?=\s|$)|[。！？]")


def excerpt(text: str, limit: int) -> str:
    """The beginning of `text` (cleaned, not escaped), at most `limit` characters: whole sentences where one ends in the
    second half of the room, else cut at a word with "…"."""
    text = clean(text)
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    ends = [m.end() for m in _SENTENCE_END.finditer(text[: limit + 1]) if limit // 2 <= m.end() <= limit]
    if ends:
        return text[: ends[-1]].rstrip()
    head = text[: limit - 1]
    if not text[limit - 1].isspace() and (at := head.rfind(" ")) > limit * 0.6:
        head = head[:at]
    return head.rstrip(" ,;:-–—(") + "…"
