"""A query as a tree of frozen values: all of some parts, one of some parts, the absence of a part; terms are its leaves.

Says whether a tree holds for a paper, what in it agreed, and which part failed. Must not know how queries are written.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

from bot.models import Hit
from bot.query.document import Document
from bot.query.facts import Author, Category, Count, Date, Flag, Identifier, Like
from bot.query.words import Phrase, Prefix, Textual, Word

__all__ = [
    "And",
    "Explanation",
    "Node",
    "Not",
    "Or",
    "Term",
    "asked",
    "exactly",
    "explained",
    "hits",
    "leaves",
    "replaced",
    "when_absent",
]

Term = Word | Phrase | Prefix | Author | Category | Identifier | Like | Count | Flag | Date


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Node

    def holds(self, doc: Document) -> bool:
        return not self.part.holds(doc)

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, (And, Or)) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class And:
    """All of at least two parts."""

    parts: tuple[Node, ...]

    def holds(self, doc: Document) -> bool:
        return all(part.holds(doc) for part in self.parts)

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """One of at least two parts."""

    parts: tuple[Node, ...]

    def holds(self, doc: Document) -> bool:
        return any(part.holds(doc) for part in self.parts)

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Node = And | Or | Not | Term


def all_of(parts: Iterable[Node]) -> Node:
    """The parts together, each once, without needless brackets; at least one."""
    return _joined(And, parts)


def one_of(parts: Iterable[Node]) -> Node:
    """The choice between the parts, each once, without needless brackets; at least one."""
    return _joined(Or, parts)


def _joined(kind: type[And] | type[Or], parts: Iterable[Node]) -> Node:
    apart: dict[Hashable, Node] = {}
    for part in parts:
        for one in part.parts if isinstance(part, kind) else (part,):
            apart.setdefault(exactly(one), one)
    found = tuple(apart.values())
    return found[0] if len(found) == 1 else kind(found)


def none_of(part: Node) -> Node:
    """The absence of the part."""
    return part.part if isinstance(part, Not) else Not(part)


def exactly(node: Node) -> Hashable:
    """What a tree holds for, as it is built: equal terms may differ in it (`llms` also stands for LLMS)."""
    if isinstance(node, (And, Or)):
        return type(node), frozenset(map(exactly, node.parts))
    if isinstance(node, Not):
        return Not, exactly(node.part)
    return (node.where, node.key) if isinstance(node, Textual) else node


def replaced(node: Node, change: Callable[[Term], Node]) -> Node:
    """The tree with another part in the place of each term; exclusions stay as they are."""
    if isinstance(node, (And, Or)):
        return type(node)(tuple(replaced(part, change) for part in node.parts))
    return node if isinstance(node, Not) else change(node)


def when_absent(node: Node, gone: Callable[[Term], bool]) -> Node | None:
    """What is left to hold for a paper of which none of these terms holds, exclusions aside; None when nothing can."""
    if isinstance(node, And):
        parts = [when_absent(part, gone) for part in node.parts]
        return None if None in parts else all_of(part for part in parts if part)
    if isinstance(node, Or):
        sides = [side for part in node.parts if (side := when_absent(part, gone))]
        return one_of(sides) if sides else None
    return None if not isinstance(node, Not) and gone(node) else node


def leaves(node: Node) -> Iterator[Term]:
    """Every term, in order."""
    if isinstance(node, (And, Or)):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node


def asked(node: Node) -> Iterator[Term]:
    """Every term that is not excluded, in order."""
    if isinstance(node, (And, Or)):
        for part in node.parts:
            yield from asked(part)
    elif not isinstance(node, Not):
        yield node


def hits(node: Node, doc: Document) -> Iterator[Hit]:
    """What in the paper agreed: of a choice every part that holds, of an absence nothing."""
    if isinstance(node, (And, Or)):
        for part in node.parts:
            if isinstance(node, And) or part.holds(doc):
                yield from hits(part, doc)
    elif not isinstance(node, Not) and (hit := node.hit(doc)):
        yield hit


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something agreed with a paper or did not. `missing` are terms that do not hold, `lacks` the same in words, `blocked`
    what was found of excluded ones, `note` any other obstacle, in words."""

    agrees: bool
    hits: tuple[Hit, ...] = ()
    missing: tuple[str, ...] = ()
    blocked: tuple[Hit, ...] = ()
    note: str = ""
    lacks: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.agrees:
            found = "; ".join(
                hit.text if hit.field == "fact" else f"{hit.term} – “{hit.text}” ({hit.field})" for hit in self.hits
            )
            return f"Matches: {found}" if found else "Matches: nothing that you exclude is in it."
        return f"Does not match: {self.obstacles}."

    @property
    def obstacles(self) -> str:
        """What stands in the way, in words."""
        excluded = [f"{hit.term} is excluded, but {_found(hit)}" for hit in self.blocked]
        return "; ".join([*([self.note] if self.note else []), *self.lacks, *excluded])


def _found(hit: Hit) -> str:
    if hit.field == "fact":
        return f"it is so ({hit.text})"
    if hit.field in ("author", "category"):
        return f"“{hit.text}” is one of its {'authors' if hit.field == 'author' else 'categories'}"
    return f"“{hit.text}” is in the {hit.field}"


def explained(node: Node, doc: Document) -> Explanation:
    """Which terms were found, which were missing, which excluded ones stood in the way."""
    agrees = node.holds(doc)
    found = tuple(dict.fromkeys(hits(node, doc)))
    if agrees:
        return Explanation(True, found)
    missing: dict[str, str] = {}
    blocked: dict[Hit, None] = {}
    _failures(node, doc, missing, blocked)
    return Explanation(False, found, tuple(missing), tuple(blocked), lacks=tuple(missing.values()))


def _failures(node: Node, doc: Document, missing: dict[str, str], blocked: dict[Hit, None]) -> None:
    """Adds what keeps a tree from holding that does not hold."""
    if isinstance(node, And):
        for part in node.parts:
            if not part.holds(doc):
                _failures(part, doc, missing, blocked)
    elif isinstance(node, Or):
        within: dict[str, str] = {}
        for part in node.parts:
            _failures(part, doc, within, blocked)
        missing |= within if len(within) < 2 else {str(node): " and ".join(within.values())}
    elif isinstance(node, Not):
        if isinstance(node.part, Not):
            _failures(node.part.part, doc, missing, blocked)
        else:
            blocked.update(dict.fromkeys(hits(node.part, doc)))
    else:
        missing[str(node)] = node.lack(doc)
