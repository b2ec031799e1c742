"""Many queries, one document: which of them hold? Knows the terms of queries and how to look for all of them at once.

Must not know subscriptions, recipients or papers.

Each distinct query is kept once. Its terms ("atoms") are shared with other queries and found together: single words by
set intersection, sequences by a trie over the document's tokens. A query of words side by side waits under its rarest required
atom, so only queries with that atom present are looked at. Any other query waits under a cover (bot/query/cover.py), and what
is covered is checked.
"""

from __future__ import annotations

from typing import Any

from bot.query.cover import Cover
from bot.query.document import Document, Field
from bot.query.language import Query
from bot.query.nodes import Not
from bot.query.words import Phrase, Word

__all__ = ["Percolator"]

_Ways = tuple[tuple[str, ...], ...]
_Key = Phrase | _Ways | tuple[str, ...]  # a term, or one way to write a word that has two
_END = ""  # no form is empty
_Trie = dict[str, Any]  # form → the node below; _END → atom


class StoredQuery:
    """A distinct query with those who ask it."""

    __slots__ = ("anchor", "ids", "others", "query", "unwanted")

    def __init__(self, query: Query, anchor: int, others: frozenset[int], unwanted: frozenset[int]) -> None:
        self.query = query
        self.anchor = anchor
        self.others = others
        self.unwanted = unwanted
        self.ids: list[int] = []


class Percolator:
    """Standing queries by number."""

    def __init__(self) -> None:
        self._groups: dict[object, StoredQuery] = {}
        self._query_of: dict[int, Query] = {}
        self._atoms: dict[_Key, int] = {}
        self._uses: dict[int, int] = {}
        self._next = 0
        self._words: dict[str, int] = {}  # stem → atom, for words of one part
        self._implied: dict[int, set[int]] = {}  # one way to write a word → the words
        self._stems: _Trie = {}  # sequences of stems → atom
        self._forms: _Trie = {}  # phrases → atom
        self._alone: dict[int, list[int]] = {}  # atom → the numbers of the query that needs nothing else
        self._pairs: dict[int, dict[int, list[StoredQuery]]] = {}  # atom → second atom → queries that need just these
        self._rest: dict[int, list[StoredQuery]] = {}  # atom → all other plain queries
        self._trees = Cover()

    def __len__(self) -> int:
        return len(self._query_of)

    def add(self, number: int, query: Query) -> None:
        """Lets `number` wait for `query`; a former query of the same number is forgotten."""
        self.remove(number)
        self._query_of[number] = query
        if not query.is_plain:
            self._trees.add(number, query)
            return
        key = query.exactly
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._new_group(query)
        group.ids.append(number)

    def remove(self, number: int) -> None:
        """Forgets a number; an unknown one is no error."""
        query = self._query_of.pop(number, None)
        if query is None:
            return
        if not query.is_plain:
            self._trees.remove(number, query)
            return
        key = query.exactly
        group = self._groups[key]
        group.ids.remove(number)
        if not group.ids:
            del self._groups[key]
            self._drop_group(group)

    def query(self, number: int) -> Query:
        """The query that `number` waits for. Raises `KeyError` if there is none."""
        return self._query_of[number]

    def ids(self, doc: Document) -> list[int]:
        """The numbers whose query holds for the document, each once, in no order."""
        if not self._groups:
            return self._trees.ids(doc)
        present = self._present(doc)
        found = self._trees.ids(doc)
        alone, pairs, rest = self._alone, self._pairs, self._rest
        for atom in present & alone.keys():
            found += alone[atom]
        for atom in present & pairs.keys():
            seconds = pairs[atom]
            for second in present & seconds.keys():
                for group in seconds[second]:
                    found += group.ids
        for atom in present & rest.keys():
            for group in rest[atom]:
                if group.others <= present and group.unwanted.isdisjoint(present):
                    found += group.ids
        return found

    # --- which atoms are in the document

    def _present(self, doc: Document) -> set[int]:
        words = self._words
        present = {words[root] for root in doc.stems & words.keys()}
        for field in doc.fields:
            if self._stems:
                self._find_stems(field, present)
            if self._forms:
                self._find_forms(field.forms, present)
        for way in present & self._implied.keys():
            present |= self._implied[way]
        return present

    def _find_stems(self, field: Field, present: set[int]) -> None:
        top = self._stems
        for at, root in enumerate(field.stems):
            if root in top:
                _follow(top[root], field, at + 1, present)
        for at, edges in field.edges.items():
            for root, width in edges:
                if root in top:
                    _follow(top[root], field, at + width, present)

    def _find_forms(self, forms: tuple[str, ...], present: set[int]) -> None:
        top = self._forms
        count = len(forms)
        for at, form in enumerate(forms):
            node = top.get(form)
            at += 1
            while node is not None:
                if _END in node:
                    present.add(node[_END])
                if at >= count:
                    break
                node = node.get(forms[at])
                at += 1

    # --- keeping the index

    def _new_group(self, query: Query) -> StoredQuery:
        asked, excluded = _terms(query)
        wanted = [self._atom(term) for term in asked]
        unwanted = frozenset(self._atom(term) for term in excluded)
        terms = dict(zip(wanted, asked, strict=True))
        ranked = sorted(terms, key=lambda atom: (_commonness(terms[atom]), self._uses[atom], atom))
        group = StoredQuery(query, ranked[0], frozenset(ranked[1:]), unwanted)
        if group.unwanted or len(group.others) > 1:
            self._rest.setdefault(group.anchor, []).append(group)
        elif group.others:
            (second,) = group.others
            self._pairs.setdefault(group.anchor, {}).setdefault(second, []).append(group)
        else:
            self._alone[group.anchor] = group.ids
        return group

    def _drop_group(self, group: StoredQuery) -> None:
        if group.unwanted or len(group.others) > 1:
            _take(self._rest, group.anchor, group)
        elif group.others:
            (second,) = group.others
            _take(self._pairs[group.anchor], second, group)
            if not self._pairs[group.anchor]:
                del self._pairs[group.anchor]
        else:
            del self._alone[group.anchor]
        for terms in _terms(group.query):
            for term in terms:
                self._release(term)

    def _atom(self, term: Word | Phrase) -> int:
        """The number of a term, one use more."""
        key = _key(term)
        if isinstance(term, Word) and len(term.ways) == 1:
            return self._sequence(term.ways[0])
        atom, new = self._number(key)
        if isinstance(term, Word):
            for stems in term.ways:
                self._implied.setdefault(self._sequence(stems), set()).add(atom)
        elif new:
            trie_insert(self._forms, term.forms, atom)
        return atom

    def _sequence(self, stems: tuple[str, ...]) -> int:
        atom, new = self._number(stems)
        if new and len(stems) == 1:
            self._words[stems[0]] = atom
        elif new:
            trie_insert(self._stems, stems, atom)
        return atom

    def _number(self, key: _Key) -> tuple[int, bool]:
        known = self._atoms.get(key)
        if known is not None:
            self._uses[known] += 1
            return known, False
        self._next += 1
        self._atoms[key] = self._next
        self._uses[self._next] = 1
        return self._next, True

    def _release(self, term: Word | Phrase) -> None:
        key = _key(term)
        if isinstance(term, Word) and len(term.ways) == 1:
            self._release_sequence(term.ways[0])
            return
        atom = self._atoms[key]
        gone = self._unnumber(key)
        if isinstance(term, Phrase):
            if gone:
                trie_remove(self._forms, term.forms)
            return
        for stems in term.ways:
            way = self._atoms[stems]
            if gone:
                self._implied[way].discard(atom)
                if not self._implied[way]:
                    del self._implied[way]
            self._release_sequence(stems)

    def _release_sequence(self, stems: tuple[str, ...]) -> None:
        if not self._unnumber(stems):
            return
        if len(stems) == 1:
            del self._words[stems[0]]
        else:
            trie_remove(self._stems, stems)

    def _unnumber(self, key: _Key) -> bool:
        """One use less; whether that was the last."""
        atom = self._atoms[key]
        self._uses[atom] -= 1
        if self._uses[atom]:
            return False
        del self._atoms[key], self._uses[atom]
        return True


def _key(term: Word | Phrase) -> _Ways | Phrase:
    """What a term is looked for by. Words may be equal without it: `llms` also stands for LLMS."""
    return term.ways if isinstance(term, Word) else term


def _terms(query: Query) -> tuple[list[Word | Phrase], list[Word | Phrase]]:
    """The terms that must be found, and those that must not, of a plain query."""
    wanted: list[Word | Phrase] = []
    unwanted: list[Word | Phrase] = []
    for part in query.parts:
        term = part.part if isinstance(part, Not) else part
        if isinstance(term, (Word, Phrase)):
            (unwanted if isinstance(part, Not) else wanted).append(term)
    return wanted, unwanted


def _follow(node: _Trie, field: Field, at: int, present: set[int]) -> None:
    """Walks on from `node` with what can be read at position `at`."""
    stems, edges = field.stems, field.edges
    while True:
        if _END in node:
            present.add(node[_END])
        if at in edges:
            for root, width in edges[at]:
                if root in node:
                    _follow(node[root], field, at + width, present)
        if at >= len(stems) or stems[at] not in node:
            return
        node = node[stems[at]]
        at += 1


def _commonness(term: Word | Phrase) -> int:
    """0 for what is rare by itself (several words side by side), 1 for single words."""
    return 0 if isinstance(term, Phrase) and len(term.forms) > 1 else 1


def _take(groups: dict[int, list[StoredQuery]], atom: int, group: StoredQuery) -> None:
    groups[atom].remove(group)
    if not groups[atom]:
        del groups[atom]


def trie_insert(trie: _Trie, sequence: tuple[str, ...], atom: int) -> None:
    node = trie
    for step in sequence:
        node = node.setdefault(step, {})
    node[_END] = atom


def trie_remove(trie: _Trie, sequence: tuple[str, ...]) -> None:
    path: list[tuple[_Trie, str]] = []
    node = trie
    for step in sequence:
        path.append((node, step))
        node = node[step]
    del node[_END]
    for above, step in reversed(path):
        if above[step]:
            break
        del above[step]
