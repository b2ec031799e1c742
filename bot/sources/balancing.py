"""Tags without partners: what holds an entry together is closed where it must end, everything else becomes text.

Knows which elements hold entries; must not know what the fields of an entry mean. PURE.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Final

from bot.language.tables import listed

#: A tag as XML has it. Attributes hold no `<`, so that no search goes past the next one.
_TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z_][\w.-]*+(?::[\w.-]++)?)"
    r"(?P<more>(?:\s++[A-Za-z_][\w:.-]*+\s*+=\s*+(?:\"[^<\"]*+\"|'[^<']*+'))*+)\s*+(?P<empty>/?)>",
    re.ASCII,
)
_ATTRIBUTE: Final = re.compile(r"\s([\w:.-]++)\s*+=", re.ASCII)
_QUOTED: Final = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_INSTRUCTION: Final = re.compile(r"<\?[^<>]*+>")
_ENTRIES: Final = listed("item entry record")
_OUTER: Final = listed("rss feed rdf:rdf channel oai-pmh listrecords getrecord")
#: It stands behind the entries.
_BEHIND: Final = "resumptiontoken"
#: Fields inside of fields: unclosed, they end where the next begins. Others are signs of the text's: `n<N>M`.
_INNER: Final = listed("name email uri li bag seq rdf:li rdf:bag rdf:seq")
#: No feed nests as deeply, and no parser follows deeper.
_DEEPEST: Final = 100
_TITLE: Final = re.compile(
    r"<(?:[\w.-]+:)?(?:title|identifier|guid|id|link)[^<>]{0,300}>\s*([^<]{1,300})", re.IGNORECASE
)
#: Where its name is looked for.
_BEGINNING: Final = 20


@dataclass(slots=True)
class _Frame:
    """An entry, or what holds entries, with what is open inside it: names as they are written, and their places."""

    name: str
    place: int
    entry: int
    opened: list[tuple[str, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    is_mended: bool = False


def balanced(text: str) -> tuple[str, tuple[str, ...]]:
    """The document, without CDATA and comments, with a partner for each tag, and the entries that were mended for it, by number and
    name. What is no tag, or one that nobody closes, is text: so `n<N` and `<br>` stay in their fields."""
    return _Balancer().read(text)


class _Balancer:
    """One document, from its root's tag to the one that closes it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []  # a text, a tag, a text, …
        self._frames: list[_Frame] = []
        self._depth = 0
        self._entries = 0
        self._mended: list[str] = []

    def read(self, text: str) -> tuple[str, tuple[str, ...]]:
        at = 0
        for tag in _TAG.finditer(text):
            self._between(text[at : tag.start()])
            at = tag.end()
            if tag["end"]:
                self._close(tag["name"])
            elif not _is_sound(tag["more"]) or (self._depth >= _DEEPEST and not tag["empty"]):
                self._as_text(tag[0], tag["name"].lower())
            else:
                self._open(tag)
        self._between(text[at:])
        return "".join(self._pieces), tuple(self._mended)

    def _between(self, text: str) -> None:
        if "<" in text:
            bare = _INSTRUCTION.sub("", text)
            if "<" in bare:
                self._is_mended()
            text = bare.replace("<", "&lt;")
        self._pieces.append(text)

    def _open(self, tag: re.Match[str]) -> None:
        name, lower = tag["name"], tag["name"].lower()
        is_entry = lower.rpartition(":")[2] in _ENTRIES
        if is_entry or lower == _BEHIND:
            for place, frame in enumerate(self._frames):
                if frame.entry and (lower in (frame.name.lower(), _BEHIND)):
                    self._end_frames(place)
                    break
        if not tag["empty"]:
            self._depth += 1
            if is_entry or lower in _OUTER:
                self._entries += is_entry
                self._frames.append(_Frame(name, len(self._pieces), self._entries if is_entry else 0))
            elif self._frames:
                self._frames[-1].opened.append((name, len(self._pieces)))
                self._frames[-1].counts[lower] += 1
        self._pieces.append(tag[0])

    def _close(self, name: str) -> None:
        lower = name.lower()
        frame = self._frames[-1] if self._frames else None
        if frame and frame.counts[lower]:
            while frame.opened[-1][0].lower() != lower:
                self._leave_lone(frame)
            opened, _ = self._pop(frame)
            frame.is_mended |= opened != name
            self._pieces.append(f"</{opened}>")
            return
        place = next((p for p in reversed(range(len(self._frames))) if self._frames[p].name.lower() == lower), None)
        if place is not None:
            self._end_frames(place + 1)
            outer = self._frames[-1]
            outer.is_mended |= outer.name != name
            self._end_frame()
            self._pieces.append(f"</{outer.name}>")
        elif frame and frame.texts[lower]:
            frame.texts[lower] -= 1
            self._pieces.append(f"&lt;/{name}>")
        else:
            self._is_mended()
            self._pieces.append("")

    def _as_text(self, tag: str, lower: str) -> None:
        self._is_mended()
        if self._frames and not tag.endswith("/>"):
            self._frames[-1].texts[lower] += 1
        self._pieces.append(f"&lt;{tag[1:]}")

    def _end_frames(self, kept: int) -> None:
        """Closes all frames but so many, which nobody closed."""
        while len(self._frames) > kept:
            self._is_mended()
            name = self._end_frame()
            self._pieces[-1] += f"</{name}>"

    def _end_frame(self) -> str:
        frame = self._frames[-1]
        while frame.opened:
            self._leave_lone(frame)
        if frame.is_mended:
            name = (
                _TITLE.search("".join(self._pieces[frame.place + 1 : frame.place + _BEGINNING]))
                if frame.entry
                else None
            )
            said = f" {unescape(name[1].strip())[:100]!r}" if name else ""
            self._mended.append(f"entry {frame.entry}{said}" if frame.entry else f"<{frame.name[:100]}>")
        self._frames.pop()
        self._depth -= 1
        return frame.name

    def _leave_lone(self, frame: _Frame) -> None:
        """What nobody closed: a field ends where the next tag begins, other tags are text."""
        frame.is_mended = True
        is_field = len(frame.opened) == 1
        name, place = self._pop(frame)
        if is_field or name.lower() in _INNER:
            self._pieces[place + 1] += f"</{name}>"
        else:
            self._pieces[place] = f"&lt;{self._pieces[place][1:]}"

    def _pop(self, frame: _Frame) -> tuple[str, int]:
        name, place = frame.opened.pop()
        frame.counts[name.lower()] -= 1
        self._depth -= 1
        return name, place

    def _is_mended(self) -> None:
        if self._frames:
            self._frames[-1].is_mended = True


def _is_sound(attributes: str) -> bool:
    """Whether no attribute stands there twice."""
    names = list(_names(attributes)) if attributes else []
    return len(names) == len(set(names))


def _names(attributes: str) -> Iterator[str]:
    for found in _ATTRIBUTE.finditer(_QUOTED.sub("", attributes)):
        yield found[1]
