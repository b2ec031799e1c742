"""Many queries, many documents: which of them hold for which? Knows standing queries and where each waits.

Must not know subscriptions, recipients or papers.

Each distinct query is kept once. Its terms (bot/query/atoms.py) are shared with other queries and looked for together, in a batch of
documents: a mask has a bit for each document that has a term. A query of terms side by side waits under its rarest required atom, so
only queries of which that is present are looked at, each once a batch. Any other query waits under a cover (bot/query/cover.py), and
what is covered is checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.models import Hit
from bot.query.atoms import Atom, Atoms, is_atom
from bot.query.cover import Batch, Check, check_of, cover_of
from bot.query.document import Document
from bot.query.facts import Author, Category
from bot.query.language import Query
from bot.query.nodes import And, Node, Not, hits, leaves
from bot.query.words import Phrase

__all__ = ["Agreed", "Percolator", "StoredQuery"]


class StoredQuery:
    """A distinct query with those who ask it, and what decides it: atoms that must be there, the first of which it waits under, and
    atoms that must not; or a check, with the atoms of its cover."""

    __slots__ = ("atoms", "check", "ids", "root", "unwanted")

    def __init__(
        self, root: Node, atoms: tuple[int, ...], unwanted: tuple[int, ...] = (), check: Check | None = None
    ) -> None:
        self.root = root
        self.atoms = atoms
        self.unwanted = unwanted
        self.check = check
        self.ids: list[int] = []

    def agreeing(self, batch: Batch, among: int) -> int:
        """Which of these documents, which have its first atom or one of its cover, it holds for."""
        if self.check is not None:
            return self.check(batch, among)
        for atom in self.atoms[1:]:
            among &= batch.masks.get(atom, 0)
        for atom in self.unwanted:
            among &= ~batch.masks.get(atom, 0)
        return among

    def hits(self, doc: Document) -> tuple[Hit, ...]:
        """What in a document for which it holds agreed."""
        found = tuple(hits(self.root, doc))
        return found if len(found) < 2 else tuple(dict.fromkeys(found))


Agreed = tuple[int, StoredQuery]
"""The documents of a batch for which a query holds, a bit for each, and the query."""


class Percolator:
    """Standing queries by number."""

    def __init__(self) -> None:
        self._count = 0
        self._queries: dict[str, StoredQuery] = {}
        self._atoms = Atoms()
        self._alone: dict[int, list[StoredQuery]] = {}  # atom → queries that need nothing else
        self._under: dict[int, list[StoredQuery]] = {}  # atom → queries that need it, and something else
        self._covered: dict[int, list[StoredQuery]] = {}  # atom → queries that need it or another one
        self._everywhere: list[StoredQuery] = []  # those without a cover

    def __len__(self) -> int:
        return self._count

    def add(self, number: int, query: Query) -> None:
        """Lets `number`, which waits for nothing yet, wait for `query`."""
        text = str(query)
        stored = self._queries.get(text)
        if stored is None:
            stored = self._queries[text] = self._new(query.root)
            for waiting in self._places(stored):
                waiting.append(stored)
        stored.ids.append(number)
        self._count += 1

    def remove(self, number: int, query: Query) -> None:
        """Forgets that `number` waits for `query`."""
        text = str(query)
        stored = self._queries[text]
        stored.ids.remove(number)
        self._count -= 1
        if stored.ids:
            return
        del self._queries[text]
        for waiting in self._places(stored):
            waiting.remove(stored)
        for table in (self._alone, self._under, self._covered):
            for atom in stored.atoms:
                if table.get(atom) == []:
                    del table[atom]
        for term in _atoms_of(stored.root):
            self._atoms.release(term)

    def found(self, docs: Sequence[Document]) -> Iterator[list[Agreed]]:
        """Which queries hold for which documents, each query once, in no order; in parts, each the fruit of a little work. Of a
        query that comes or goes meanwhile nothing is sure."""
        batch = Batch(docs)
        for at, doc in enumerate(docs):
            self._atoms.note(doc, 1 << at, batch.masks)
            yield []
        masks = batch.masks
        for atom in self._alone.keys() & masks.keys():
            among = masks[atom]
            yield [(among, query) for query in self._alone.get(atom, ())]
        for atom in self._under.keys() & masks.keys():
            among = masks[atom]
            asked = ((query.agreeing(batch, among), query) for query in self._under.get(atom, ()))
            yield [found for found in asked if found[0]]
        raised: defaultdict[StoredQuery, int] = defaultdict(int, dict.fromkeys(self._everywhere, (1 << len(docs)) - 1))
        for atom in self._covered.keys() & masks.keys():
            for query in self._covered[atom]:
                raised[query] |= masks[atom]
        for query, among in raised.items():
            agreed = query.agreeing(batch, among)
            yield [(agreed, query)] if agreed else []

    def ids(self, doc: Document) -> list[int]:
        """The numbers whose query holds for one document, each once, in no order."""
        return [number for part in self.found((doc,)) for _, query in part for number in query.ids]

    # --- where a query waits

    def _new(self, root: Node) -> StoredQuery:
        for term in _atoms_of(root):
            self._atoms.take(term)
        number = self._atoms.known
        parts = root.parts if isinstance(root, And) else (root,)
        wanted = {number(part): part for part in parts if is_atom(part)}
        unwanted = [number(part.part) for part in parts if isinstance(part, Not) and is_atom(part.part)]
        if wanted and len(wanted) + len(unwanted) == len(parts):
            ranked = sorted(wanted, key=lambda atom: (_commonness(wanted[atom]), self._atoms.uses(atom), atom))
            return StoredQuery(root, tuple(ranked), tuple(unwanted))
        return StoredQuery(root, tuple({number(term) for term in cover_of(root)}), (), check_of(root, self._atoms))

    def _places(self, query: StoredQuery) -> list[list[StoredQuery]]:
        """The lists in which it waits."""
        atoms = query.atoms
        if not atoms:
            return [self._everywhere]
        if query.check is None:
            is_alone = len(atoms) == 1 and not query.unwanted
            return [(self._alone if is_alone else self._under).setdefault(atoms[0], [])]
        table = self._under if len(atoms) == 1 else self._covered
        return [table.setdefault(atom, []) for atom in atoms]


def _atoms_of(root: Node) -> list[Atom]:
    """All terms of a tree that are looked for together, and those of its cover."""
    return [*filter(is_atom, leaves(root)), *cover_of(root)]


def _commonness(term: Node) -> int:
    """0 for what is rare by itself (a person, several words side by side), 1 for single words, 2 for whole categories."""
    if isinstance(term, Category):
        return 2
    return 0 if isinstance(term, Author) or (isinstance(term, Phrase) and len(term.forms) > 1) else 1
