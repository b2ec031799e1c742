"""Terms by number, and which papers have them: all terms are looked for at once, in each paper once.

A term that can be found so is an atom: a word, phrase or beginning of a word in title or abstract, a category, a person. Words are
found by set intersection, sequences by a trie over the paper's words. Must not know how terms are put together.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final, TypeGuard

from bot.language.name_blocks import Wanted
from bot.language.names import Name
from bot.papers import categories
from bot.query.document import Document, Field
from bot.query.facts import Author, Category
from bot.query.nodes import Node
from bot.query.words import Phrase, Prefix, Word

__all__ = ["Atom", "Atoms", "is_atom"]

Atom = Word | Phrase | Prefix | Category | Author
_Ways = tuple[tuple[str, ...], ...]
#: A term, the ways to write a word, one of these ways, or the spellings of a person.
_Key = Phrase | Prefix | Category | _Ways | tuple[str, ...] | tuple[Name, ...]
_END: Final = ""  # no form is empty
_Trie = dict[str, Any]  # form → the node below; _END → atom


def is_atom(term: Node) -> TypeGuard[Atom]:
    """Whether the term is looked for in title and abstract, or is one of all the paper's categories or people."""
    if isinstance(term, (Word, Phrase, Prefix)):
        return not term.where
    return isinstance(term, Author) or (isinstance(term, Category) and not term.primary)


class Atoms:
    """The terms of standing queries. Each has a number as long as somebody uses it."""

    def __init__(self) -> None:
        self._numbers: dict[_Key, int] = {}
        self._uses: dict[int, int] = {}
        self._next = 0
        self._words: dict[str, int] = {}  # stem → atom, for words of one part
        self._implied: dict[int, set[int]] = {}  # one way to write a word → the words
        self._stems: _Trie = {}  # sequences of stems → atom
        self._single: dict[str, int] = {}  # form → atom, for phrases of one
        self._forms: _Trie = {}  # longer phrases → atom
        self._starts: dict[int, dict[str, int]] = {}  # length → beginning of so many letters → atom
        self._categories: dict[str, int] = {}
        self._people: Wanted[int] = Wanted()

    def uses(self, atom: int) -> int:
        """How often it is used."""
        return self._uses[atom]

    def known(self, term: Atom) -> int:
        """The number of a term that is used."""
        return self._numbers[_key(term)]

    # --- which are in a paper

    def note(self, doc: Document, bit: int, masks: defaultdict[int, int]) -> None:
        """Sets the paper's bit in the mask of each atom that it has."""
        words = self._words
        present = [words[root] for root in doc.stems & words.keys()]
        for field in doc.fields:
            if self._stems:
                self._find_stems(field, present)
            if self._forms:
                _find_forms(self._forms, field.forms, present)
            if self._single:
                present += [self._single[form] for form in self._single.keys() & field.forms]
        if self._starts:
            self._find_starts(doc, present)
        if self._categories:
            codes = {code for category in doc.categories for code in categories.within(category)}
            present += [self._categories[code] for code in codes & self._categories.keys()]
        if self._people:
            for name in doc.names:
                present += self._people.agreeing(name)
        implied = self._implied
        if implied:
            present += [word for way in implied.keys() & set(present) for word in implied[way]]
        for atom in present:
            masks[atom] |= bit

    def _find_stems(self, field: Field, present: list[int]) -> None:
        top, stems = self._stems, field.stems
        for at, (node, following) in enumerate(zip(map(top.get, stems), stems[1:], strict=False), 1):
            if node is not None and following in node:
                _follow(node, field, at, present)
        for at, edges in field.edges.items():
            if at and (node := top.get(stems[at - 1])) is not None:
                _follow(node, field, at, present)
            for root, width in edges:
                if root in top:
                    _follow(top[root], field, at + width, present)

    def _find_starts(self, doc: Document, present: list[int]) -> None:
        forms = {form for text in doc.fields for form in text.forms}
        forms.update(form for text in doc.fields for form, _, _ in text.joined)
        for length, starts in self._starts.items():
            present += [starts[start] for start in starts.keys() & {form[:length] for form in forms}]

    # --- keeping them

    def take(self, term: Atom) -> int:
        """The number of a term, one use more."""
        if isinstance(term, Word) and len(term.ways) == 1:
            return self._sequence(term.ways[0])
        atom, new = self._number(_key(term))
        if isinstance(term, Word):
            for stems in term.ways:  # used once more each, whether the word is new or not
                self._implied.setdefault(self._sequence(stems), set()).add(atom)
        elif new:
            self._look_for(term, atom)
        return atom

    def _look_for(self, term: Phrase | Prefix | Category | Author, atom: int) -> None:
        if isinstance(term, Phrase) and len(term.forms) == 1:
            self._single[term.forms[0]] = atom
        elif isinstance(term, Phrase):
            trie_insert(self._forms, term.forms, atom)
        elif isinstance(term, Prefix):
            self._starts.setdefault(len(term.start), {})[term.start] = atom
        elif isinstance(term, Category):
            self._categories[categories.normal(term.code)] = atom
        else:
            for name in term.names:
                self._people.add(name, atom)

    def _sequence(self, stems: tuple[str, ...]) -> int:
        atom, new = self._number(stems)
        if new and len(stems) == 1:
            self._words[stems[0]] = atom
        elif new:
            trie_insert(self._stems, stems, atom)
        return atom

    def _number(self, key: _Key) -> tuple[int, bool]:
        known = self._numbers.get(key)
        if known is not None:
            self._uses[known] += 1
            return known, False
        self._next += 1
        self._numbers[key] = self._next
        self._uses[self._next] = 1
        return self._next, True

    def release(self, term: Atom) -> None:
        """One use less; what nobody uses is looked for no more."""
        if isinstance(term, Word) and len(term.ways) == 1:
            self._release_sequence(term.ways[0])
            return
        key = _key(term)
        atom = self._numbers[key]
        gone = self._unnumber(key)
        if isinstance(term, Word):
            self._release_ways(term, atom, gone=gone)
        elif gone:
            self._forget(term, atom)

    def _release_ways(self, word: Word, atom: int, *, gone: bool) -> None:
        for stems in word.ways:
            way = self._numbers[stems]
            if gone:
                self._implied[way].discard(atom)
                if not self._implied[way]:
                    del self._implied[way]
            self._release_sequence(stems)

    def _forget(self, term: Phrase | Prefix | Category | Author, atom: int) -> None:
        if isinstance(term, Phrase) and len(term.forms) == 1:
            del self._single[term.forms[0]]
        elif isinstance(term, Phrase):
            trie_remove(self._forms, term.forms)
        elif isinstance(term, Prefix):
            length = len(term.start)
            del self._starts[length][term.start]
            if not self._starts[length]:
                del self._starts[length]
        elif isinstance(term, Category):
            del self._categories[categories.normal(term.code)]
        else:
            for name in term.names:
                self._people.remove(name, atom)

    def _release_sequence(self, stems: tuple[str, ...]) -> None:
        if not self._unnumber(stems):
            return
        if len(stems) == 1:
            del self._words[stems[0]]
        else:
            trie_remove(self._stems, stems)

    def _unnumber(self, key: _Key) -> bool:
        """One use less; whether that was the last."""
        atom = self._numbers[key]
        self._uses[atom] -= 1
        if self._uses[atom]:
            return False
        del self._numbers[key], self._uses[atom]
        return True


def _key(term: Atom) -> _Key:
    """What a term is looked for by. Words may be equal without it: `llms` also stands for LLMS."""
    if isinstance(term, Word):
        return term.ways if len(term.ways) > 1 else term.ways[0]
    if isinstance(term, Author):
        return term.names
    return Category(categories.normal(term.code)) if isinstance(term, Category) else term


def _find_forms(top: _Trie, forms: tuple[str, ...], present: list[int]) -> None:
    count = len(forms)
    for at, (first, following) in enumerate(zip(map(top.get, forms), forms[1:], strict=False), 2):
        if first is None or following not in first:
            continue
        node = first[following]
        while node is not None:
            if _END in node:
                present.append(node[_END])
            if at >= count:
                break
            node = node.get(forms[at])
            at += 1


def _follow(node: _Trie, field: Field, at: int, present: list[int]) -> None:
    """Walks on from `node` with what can be read at position `at`."""
    stems, edges = field.stems, field.edges
    while True:
        if _END in node:
            present.append(node[_END])
        if at in edges:
            for root, width in edges[at]:
                if root in node:
                    _follow(node[root], field, at + width, present)
        if at >= len(stems) or stems[at] not in node:
            return
        node = node[stems[at]]
        at += 1


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
