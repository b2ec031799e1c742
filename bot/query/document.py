"""A paper analysed once, for many questions: the words of its title and abstract, their stems and their places.

Its other texts, its people and its facts are read only when somebody asks for them. Knows text and papers. Must not know queries
or subscriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from bot.language import names
from bot.language.plurals import SEVERAL
from bot.language.stems import further_stems, stem, stem_of_capitals, stem_of_joined, stems_of
from bot.language.text import plain
from bot.language.tokens import Scan, scan, spans
from bot.models import Community, Paper
from bot.query.likeness import Seeds, counted, number_of, vector

__all__ = ["Document", "Field", "Place", "analyse", "of_paper"]


#: The stems of words that may be plurals of several.
_SEVERAL: Final = frozenset(stem(form) for form in SEVERAL)


class Field:
    """One text of a paper. `stems` go with `forms`, `roots` are the same, each once; `edges[position]` are the stems that a
    text has there beside them, as (stem, width): hyphenated words written as one, and second meanings of a word."""

    __slots__ = ("_places", "_spans", "edges", "forms", "joined", "name", "roots", "stems", "text")

    def __init__(self, name: str, text: str, scanned: Scan) -> None:
        self.name = name
        self.text = text
        self.forms = scanned.forms
        self.joined = scanned.joined
        self.edges: dict[int, list[tuple[str, int]]] = {}
        self.stems = self._stems(scanned)
        self.roots = set(self.stems)
        for form, position, width in scanned.joined:
            root = stem_of_joined(form, scanned.forms[position + width - 1])
            self.edges.setdefault(position, []).append((root, width))
        if not _SEVERAL.isdisjoint(self.roots):
            for position, form in enumerate(scanned.forms):
                for further in further_stems(form):
                    self.edges.setdefault(position, []).append((further, 1))
        self._spans: tuple[tuple[int, int], ...] | None = None
        self._places: dict[str, list[int]] | None = None

    def _stems(self, scanned: Scan) -> tuple[str, ...]:
        """Capitals say what a word is, but for a text that has no small letters: there it may be either."""
        stems = stems_of(scanned.forms)
        if not scanned.capitals:
            return stems
        if self.text.isupper():
            self.edges.update((position, [(stem_of_capitals(run), 1)]) for position, run in scanned.capitals)
            return stems
        said = list(stems)
        for position, run in scanned.capitals:
            said[position] = stem_of_capitals(run)
        return tuple(said)

    @property
    def places(self) -> dict[str, list[int]]:
        """Where each stem can be read, as a word or beside the words, in order: gathered when somebody asks."""
        if self._places is None:
            found: dict[str, list[int]] = {}
            for at, root in enumerate(self.stems):
                found.setdefault(root, []).append(at)
            for root in {root for edges in self.edges.values() for root, _ in edges}:
                beside = {at for at, edges in self.edges.items() if any(s == root for s, _ in edges)}
                found[root] = sorted(beside.union(found.get(root, ())))
            self._places = found
        return self._places

    def find_stems(self, wanted: Sequence[str]) -> tuple[int, int] | None:
        """The first place where the stems stand side by side, each as a word or as a hyphenated word written as one."""
        for start in self.places.get(wanted[0], ()):
            if len(wanted) == 1 and self.stems[start] == wanted[0]:
                return start, start + 1
            ends = {start}
            for root in wanted:
                ends = {end for at in ends for s, end in self.steps(at) if s == root}
            if ends:
                return start, min(ends)
        return None

    def steps(self, at: int) -> list[tuple[str, int]]:
        """The stems that can be read at a position, each with the position behind it."""
        if at >= len(self.stems):
            return []
        here = [(self.stems[at], at + 1)]
        if at in self.edges:
            here += [(s, at + width) for s, width in self.edges[at]]
        return here

    def find_forms(self, wanted: tuple[str, ...]) -> tuple[int, int] | None:
        """The first place where exactly these forms stand side by side."""
        at, count = -1, len(wanted)
        try:
            while True:
                at = self.forms.index(wanted[0], at + 1)
                if self.forms[at : at + count] == wanted:
                    return at, at + count
        except ValueError:
            return None

    def find_beginning(self, start: str) -> tuple[int, int] | None:
        """The first place of a form that begins so, or of a hyphenated word that does when it is written as one."""
        places = [(at, at + 1) for at, form in enumerate(self.forms) if form.startswith(start)][:1]
        places += [(at, at + width) for form, at, width in self.joined if form.startswith(start)][:1]
        return min(places, default=None)

    def wording(self, first: int, last: int) -> str:
        """The text from position `first` up to, without, position `last`."""
        if self._spans is None:
            self._spans = spans(self.text)
        return self.text[self._spans[first][0] : self._spans[last - 1][1]]


class Place(NamedTuple):
    """Where a term stands: a text of the paper, the positions of its first word and behind its last."""

    text: Field
    first: int
    last: int

    @property
    def wording(self) -> str:
        """The text's own words."""
        return self.text.wording(self.first, self.last)


class Document:
    """A paper's words (`title`, `abstract`), its authors as printed and its categories; with `paper`, whatever else is known; with
    `seeds`, how much it is like other papers."""

    def __init__(
        self,
        fields: tuple[Field, ...],
        authors: tuple[str, ...],
        categories: tuple[str, ...],
        paper: Paper | None = None,
        seeds: Seeds | None = None,
    ) -> None:
        self.fields = fields
        self.authors = authors
        self.categories = categories
        self.paper = paper
        self.seeds = seeds
        self.found: dict[object, Place | None] = {}
        """What was looked up before: term → place, or None where it is nowhere."""
        self._further: dict[str, tuple[Field, ...]] = {}

    @cached_property
    def stems(self) -> set[str]:
        """Every stem of title and abstract, those beside the words too."""
        found: set[str] = set()
        for field in self.fields:
            found |= field.roots
            for edges in field.edges.values():
                found.update(root for root, _ in edges)
        return found

    @cached_property
    def counts(self) -> dict[int, int]:
        """How often it has each of its words."""
        return counted(root for field in self.fields for root in field.stems)

    @cached_property
    def written(self) -> dict[int, str]:
        """How it writes each of its words, by number."""
        return {
            number_of(stem): form
            for text in reversed(self.fields)
            for stem, form in zip(text.stems, text.forms, strict=True)
        }

    @cached_property
    def weights(self) -> dict[int, float]:
        """How much each of its words says, among the papers of its seeds."""
        return vector(self.counts, self.seeds.frequencies) if self.seeds else {}

    @cached_property
    def names(self) -> tuple[names.Name, ...]:
        """Its authors, as they are read."""
        return tuple(map(names.parse, self.authors))

    def texts(self, name: str) -> tuple[Field, ...]:
        """The texts of one name: `title`, `abstract`, one of `FURTHER`, or "" for title and abstract."""
        if not name:
            return self.fields
        if name not in self._further:
            own = tuple(field for field in self.fields if field.name == name)
            said = FURTHER[name](self.paper) if name in FURTHER and self.paper else ()
            self._further[name] = own or tuple(_field(name, text) for text in dict.fromkeys(said) if text)
        return self._further[name]


def _organizations(paper: Paper) -> Iterable[str]:
    linked = (paper.community or _NOTHING).organization
    yield from (linked.name, linked.handle) if linked else ()
    yield from (author.affiliation or "" for author in paper.authors)


_NOTHING: Final = Community()
#: Texts of a paper beside title and abstract: what each is called, and where it stands.
FURTHER: Final[dict[str, Callable[[Paper], Iterable[str]]]] = {
    "keywords": lambda paper: (paper.community or _NOTHING).keywords,
    "comment": lambda paper: (paper.comment or "",),
    "journal": lambda paper: (paper.journal_ref or "",),
    "organization": _organizations,
}


def _field(name: str, raw: str) -> Field:
    text = plain(raw)
    return Field(name, text, scan(text))


def analyse(
    title: str,
    abstract: str,
    authors: Iterable[str] = (),
    categories: Iterable[str] = (),
    paper: Paper | None = None,
    seeds: Seeds | None = None,
) -> Document:
    """Reads raw title and abstract (TeX and all) once."""
    fields = (_field("title", title), _field("abstract", abstract))
    return Document(fields, tuple(authors), tuple(categories), paper, seeds)


def of_paper(paper: Paper, seeds: Seeds | None = None) -> Document:
    """The document of a stored paper. Without `seeds` it is like no other."""
    names = (author.name for author in paper.authors)
    return analyse(paper.title, paper.abstract, names, paper.categories, paper, seeds)
