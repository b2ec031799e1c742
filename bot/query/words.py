"""Terms that are words: a word, a phrase, the beginning of a word. Each says whether, and where, it stands in a paper.

Knows one analysed paper. Must not know how terms are put together or written by people (bot/query/parser.py).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from bot.language.stems import spellings
from bot.models import Hit
from bot.query.document import Document, Field, Place

__all__ = ["PREFIXES", "Phrase", "Prefix", "Textual", "Word"]

#: The texts in which a term can be looked for, and what is written in front of it; "" is title or abstract.
PREFIXES: Final = {
    "": "", "title": "ti:", "abstract": "abs:", "keywords": "kw:", "comment": "co:", "journal": "jr:", "organization": "org:",
}  # fmt: skip
_PLACES: Final = {
    "": "is neither in the title nor in the abstract", "title": "is not in the title", "abstract": "is not in the abstract",
    "keywords": "is not among the keywords", "comment": "is not in the comment", "journal": "is not in the journal reference",
    "organization": "is not among the organizations",
}  # fmt: skip


class Textual:
    """What all three can do. `where` is the name of a text, or "" for title or abstract."""

    __slots__ = ()
    where: str

    @property
    def key(self) -> Hashable:
        """What it is looked for by: terms with the same key are in the same papers."""
        raise NotImplementedError

    def find(self, text: Field) -> tuple[int, int] | None:
        """First and last-plus-one position in the text, or None."""
        raise NotImplementedError

    def expression(self) -> str:
        """FTS5 text for every paper that has it, and few others."""
        raise NotImplementedError

    def holds(self, doc: Document) -> bool:
        """Whether it stands where it is looked for."""
        return any(self.find(text) for text in doc.texts(self.where))

    def place(self, doc: Document) -> Place | None:
        """Where it stands first."""
        key = (self.where, self.key) if self.where else self.key
        if key in doc.found:
            return doc.found[key]
        place = None
        for text in doc.texts(self.where):
            if span := self.find(text):
                place = Place(text, *span)
                break
        doc.found[key] = place
        return place

    def hit(self, doc: Document) -> Hit | None:
        """Where it stands first, with the paper's own wording."""
        place = self.place(doc)
        return Hit(str(self), place.text.name, place.wording) if place else None

    def lack(self, doc: Document) -> str:
        """Why it does not hold, in words."""
        return f"{str(self).removeprefix(PREFIXES[self.where])} {_PLACES[self.where]}"


@dataclass(frozen=True, slots=True)
class Word(Textual):
    """A whole word, be it singular or plural. `alternatives` are sequences of stems, one of which must stand in the text:
    `fine-tuning` is (fine, tuning) or (finetuning). `in_capitals` is one more where small letters may stand for a name in
    capitals, such as `aids`; that and `text`, the wording as typed, take no part in comparisons: `llms` means `LLM`."""

    alternatives: tuple[tuple[str, ...], ...]
    text: str = field(compare=False)
    in_capitals: tuple[str, ...] = field(default=(), compare=False)
    where: str = ""

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """All sequences of stems, one of which must stand in the text."""
        return (*self.alternatives, self.in_capitals) if self.in_capitals else self.alternatives

    @property
    def key(self) -> Hashable:
        """Words may be equal and have another one: `llms` also stands for LLMS."""
        return (*self.alternatives, self.in_capitals) if self.in_capitals else self.alternatives

    def holds(self, doc: Document) -> bool:
        """As for every term; a word of one part needs no place."""
        if not self.where:
            seen = doc.stems
            ways = [way for way in self.ways if way[0] in seen]
            return any(len(way) == 1 for way in ways) or any(t.find_stems(way) for way in ways for t in doc.fields)
        return any(
            len(way) == 1 or text.find_stems(way)
            for text in doc.texts(self.where)
            for way in self.ways
            if way[0] in text.places
        )

    def find(self, text: Field) -> tuple[int, int] | None:
        ways = self.ways
        if len(ways) == 1:
            return text.find_stems(ways[0])
        return min((span for stems in ways if (span := text.find_stems(stems))), default=None)

    def expression(self) -> str:
        return either([both([_one_of(s) for s in dict.fromkeys(stems)]) for stems in self.alternatives])

    def __str__(self) -> str:
        return PREFIXES[self.where] + self.text


@dataclass(frozen=True, slots=True)
class Phrase(Textual):
    """Forms that must stand side by side exactly so (case, accents and hyphens aside)."""

    forms: tuple[str, ...]
    text: str = field(compare=False)
    where: str = ""

    @property
    def key(self) -> Hashable:
        return self.forms

    def find(self, text: Field) -> tuple[int, int] | None:
        return text.find_forms(self.forms)

    def expression(self) -> str:
        return f'"{" ".join(self.forms)}"'

    def __str__(self) -> str:
        return f'{PREFIXES[self.where]}"{self.text}"'


@dataclass(frozen=True, slots=True)
class Prefix(Textual):
    """The beginning of a word as it is printed: `transform*`."""

    start: str
    where: str = ""

    @property
    def key(self) -> Hashable:
        return self.start

    def find(self, text: Field) -> tuple[int, int] | None:
        return text.find_beginning(self.start)

    def expression(self) -> str:
        return f'"{self.start}"*'

    def __str__(self) -> str:
        return f"{PREFIXES[self.where]}{self.start}*"


def _one_of(root: str) -> str:
    return either([f'"{form}"' for form in sorted(spellings(root))])


def either(parts: list[str]) -> str:
    """FTS5 text for one of them."""
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def both(parts: list[str]) -> str:
    """FTS5 text for all of them."""
    return parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"
