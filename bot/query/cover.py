"""Queries of every shape on the papers of a batch: cover and check.

The cover of a query is a set of terms of which a paper that agrees has at least one: of what must all hold the best part's, of a
choice every side's, of an absence none. A query waits under each atom of its cover, one without under every paper; which of the
papers that bring it up agree is decided for all of them at once, a bit for each. Must not know subscriptions, recipients or papers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from bot.query.atoms import Atom, Atoms, is_atom
from bot.query.document import Document
from bot.query.facts import Author, Category
from bot.query.nodes import And, Node, Not, Or, Term, exactly
from bot.query.words import Phrase, Prefix, Word

__all__ = ["Batch", "Check", "bits", "check_of", "cover_of"]

#: How common a term of each kind is, beside the others; a long word is rarer than a short one. So the best part is chosen.
_COMMON: Final = {Author: 1, Phrase: 80, Word: 100, Prefix: 150, Category: 1_000}
_RARER: Final = 7  # with each letter


class Batch:
    """Papers that are asked together. `masks` has a bit for each paper that has an atom; other terms are asked when they are
    needed, each once a paper."""

    def __init__(self, docs: Sequence[Document]) -> None:
        self.docs = docs
        self.masks: defaultdict[int, int] = defaultdict(int)
        self._asked: defaultdict[Hashable, list[int]] = defaultdict(lambda: [0, 0])  # papers asked, papers that have it

    def having(self, term: Term, key: Hashable, among: int) -> int:
        """Which of these papers have the term; terms of one key are in the same papers."""
        known = self._asked[key]
        for at in bits(among & ~known[0]):
            known[1] |= term.holds(self.docs[at]) << at
        known[0] |= among
        return known[1] & among


Check = Callable[[Batch, int], int]
"""Which of these papers of the batch agree."""


def bits(mask: int) -> Iterable[int]:
    """The numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def check_of(node: Node, atoms: Atoms) -> Check:
    """What decides a tree, made once for many papers. Its atoms are known."""
    if isinstance(node, Not):
        part = check_of(node.part, atoms)
        return lambda batch, among: among & ~part(batch, among)
    if isinstance(node, (And, Or)):
        checks = [check_of(part, atoms) for part in node.parts]
        return _all(checks) if isinstance(node, And) else _one(checks)
    if is_atom(node):
        atom = atoms.known(node)
        return lambda batch, among: among & batch.masks.get(atom, 0)
    key = exactly(node)
    return lambda batch, among: batch.having(node, key, among)


def _all(checks: list[Check]) -> Check:
    def check(batch: Batch, among: int) -> int:
        for one in checks:
            if not among:
                break
            among = one(batch, among)
        return among

    return check


def _one(checks: list[Check]) -> Check:
    def check(batch: Batch, among: int) -> int:
        found = 0
        for one in checks:
            found |= one(batch, among & ~found)
        return found

    return check


def cover_of(node: Node) -> tuple[Atom, ...]:
    """Terms of which every paper that agrees has at least one; none when nothing is known of such papers."""
    if isinstance(node, And):
        return min((own for part in node.parts if (own := cover_of(part))), key=_cost, default=())
    if isinstance(node, Or):
        sides = [cover_of(side) for side in node.parts]
        return tuple(chain.from_iterable(sides)) if all(sides) else ()
    if isinstance(node, Not):
        return ()
    wider = _anywhere(node)
    return (wider,) if is_atom(wider) else ()


def _anywhere(term: Term) -> Term:
    """The atom that every paper with the term has, where there is one: what stands in the title stands in title or abstract."""
    if isinstance(term, (Word, Phrase, Prefix)) and term.where in ("title", "abstract"):
        return replace(term, where="")
    return replace(term, primary=False) if isinstance(term, Category) else term


def _cost(cover: tuple[Atom, ...]) -> int:
    return sum(max(1, _COMMON[type(term)] - _RARER * _length(term)) for term in cover)


def _length(term: Atom) -> int:
    """Of the word by which it is told apart."""
    if isinstance(term, Word):
        return min(max(map(len, stems)) for stems in term.ways)
    if isinstance(term, Phrase):
        return max(map(len, term.forms))
    return len(term.start) if isinstance(term, Prefix) else 0
