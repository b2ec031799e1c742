"""Queries of every shape, one document: cover and check.

The cover of a query is a set of signs of which a paper that agrees has at least one: of what must all hold the best part's, of a
choice every side's, of an absence none. A query waits under each sign of its cover, one without under every paper; what a
paper's signs bring up is checked term by term. Must not know subscriptions, recipients or papers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final

from bot.language import name_matching
from bot.papers import categories
from bot.query.document import Document
from bot.query.facts import Author, Category
from bot.query.language import Query
from bot.query.nodes import And, Node, Not, Or
from bot.query.words import Phrase, Prefix, Word

__all__ = ["Cover"]

Sign = tuple[str, str]
"""What kind of sign, and which: a stem, a form, the beginning of a form, a category, a key of a name."""

Check = Callable[[Document, set[str]], bool]
"""Whether a paper, of which these are the stems, agrees."""

_STEM, _FORM, _START, _CATEGORY, _NAME = "stem", "form", "start", "category", "name"
#: How common a sign of each kind is, beside the others; a long word is rarer than a short one. So the best part is chosen.
_COMMON: Final = {_NAME: 1, _FORM: 80, _STEM: 100, _START: 150, _CATEGORY: 1_000}
_RARER: Final = 7  # with each letter


class _Group:
    """A distinct query with those who ask it."""

    __slots__ = ("check", "cover", "ids")

    def __init__(self, query: Query) -> None:
        self.check = check_of(query.root)
        self.cover = cover_of(query.root)
        self.ids: dict[int, None] = {}


class Cover:
    """Standing queries by number, whatever their shape."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, _Group] = {}
        self._under: dict[str, dict[str, dict[_Group, None]]] = {kind: {} for kind in _COMMON}
        self._lengths: dict[int, int] = {}  # of beginnings → how many are so long
        self._everywhere: dict[_Group, None] = {}

    def add(self, number: int, query: Query) -> None:
        """Lets `number` wait for `query`."""
        group = self._groups.get(query.exactly)
        if group is None:
            group = self._groups[query.exactly] = _Group(query)
            self._place(group)
        group.ids[number] = None

    def remove(self, number: int, query: Query) -> None:
        """Forgets that `number` waits for `query`."""
        group = self._groups[query.exactly]
        del group.ids[number]
        if not group.ids:
            del self._groups[query.exactly]
            self._displace(group)

    def ids(self, doc: Document) -> list[int]:
        """The numbers whose query holds for the document, each once, in no order."""
        if not self._groups:
            return []
        raised = dict(self._everywhere)
        for kind, waiting in self._under.items():
            if waiting:
                for sign in waiting.keys() & self._signs(kind, doc):
                    raised |= waiting[sign]
        found: list[int] = []
        stems = doc.stems
        for group in raised:
            if group.check(doc, stems):
                found += group.ids
        return found

    def _signs(self, kind: str, doc: Document) -> set[str]:
        """All signs of one kind that a paper has."""
        if kind == _STEM:
            return doc.stems
        if kind == _FORM:
            return {form for text in doc.fields for form in text.forms}
        if kind == _START:
            forms = {form for text in doc.fields for form in text.forms}
            forms.update(form for text in doc.fields for form, _, _ in text.joined)
            return {form[:length] for length in self._lengths for form in forms}
        if kind == _CATEGORY:
            return {code for category in doc.categories for code in categories.within(category)}
        return {key for name in doc.names for key in name_matching.key(name)}

    def _place(self, group: _Group) -> None:
        if not group.cover:
            self._everywhere[group] = None
        for kind, sign in group.cover:
            self._under[kind].setdefault(sign, {})[group] = None
            if kind == _START:
                self._lengths[len(sign)] = self._lengths.get(len(sign), 0) + 1

    def _displace(self, group: _Group) -> None:
        self._everywhere.pop(group, None)
        for kind, sign in group.cover:
            waiting = self._under[kind]
            del waiting[sign][group]
            if not waiting[sign]:
                del waiting[sign]
            if kind == _START:
                self._lengths[len(sign)] -= 1
                if not self._lengths[len(sign)]:
                    del self._lengths[len(sign)]


def check_of(node: Node) -> Check:
    """The tree's own `holds`, made once for many papers: several times faster, since no tree is walked."""
    if isinstance(node, Not):
        absent = check_of(node.part)
        return lambda doc, stems: not absent(doc, stems)
    if isinstance(node, (And, Or)):
        return _joined(isinstance(node, And), [check_of(part) for part in node.parts])
    if isinstance(node, Word) and not node.where and all(len(way) == 1 for way in node.ways):
        roots = frozenset(way[0] for way in node.ways)
        if len(roots) == 1:
            (root,) = roots
            return lambda _, stems: root in stems
        return lambda _, stems: not roots.isdisjoint(stems)
    holds = node.holds
    return lambda doc, _: holds(doc)


def _joined(is_all: bool, checks: list[Check]) -> Check:
    """All, or one, of at least one check, which are asked in order."""
    first, *others = checks
    if not others:
        return first
    rest = _joined(is_all, others)
    if is_all:
        return lambda doc, stems: first(doc, stems) and rest(doc, stems)
    return lambda doc, stems: first(doc, stems) or rest(doc, stems)


def cover_of(node: Node) -> frozenset[Sign]:
    """Signs of which every paper that agrees has at least one; none when nothing is known of such papers."""
    if isinstance(node, And):
        return min((own for part in node.parts if (own := cover_of(part))), key=_cost, default=frozenset())
    if isinstance(node, Or):
        sides = [cover_of(side) for side in node.parts]
        return frozenset().union(*sides) if all(sides) else frozenset()
    if isinstance(node, Not):
        return frozenset()
    return frozenset(_signs_of(node))


def _signs_of(term: Node) -> Iterable[Sign]:
    if isinstance(term, (Word, Phrase, Prefix)) and term.where not in ("", "title", "abstract"):
        return ()
    if isinstance(term, Word):
        return [(_STEM, max(stems, key=len)) for stems in term.ways]
    if isinstance(term, Phrase):
        return [(_FORM, max(term.forms, key=len))]
    if isinstance(term, Prefix):
        return [(_START, term.start)]
    if isinstance(term, Category):
        return [(_CATEGORY, categories.normal(term.code))]
    if isinstance(term, Author):
        keys = [name_matching.key(name) for name in term.names]
        return [(_NAME, key) for own in keys for key in own] if all(keys) else ()
    return ()


def _cost(cover: frozenset[Sign]) -> int:
    return sum(
        max(1, _COMMON[kind] - _RARER * len(sign)) if kind != _CATEGORY else _COMMON[kind] for kind, sign in cover
    )
