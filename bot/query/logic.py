"""What trees mean beside each other: which mean the same, which hold for nearly everything, which can hold for nothing.

Every rule here is sure and none is complete: two texts may mean the same in a way that nobody sees. Must not know papers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.language.stems import GRAMMAR, spellings, stem
from bot.papers import categories
from bot.query.facts import PERCENTS, Author, Category, Count, Date, Flag, people
from bot.query.nodes import And, Node, Not, Or, Term
from bot.query.words import Phrase, Prefix, Textual, Word

__all__ = ["Clash", "clash", "meaning_of", "only_excludes"]

#: Pairs of terms that are compared before a text is believed to be possible.
_MOST_PAIRS: Final = 4_000
_REVISED: Final = (Flag("is:new"), Flag("is:revision"))


def only_excludes(node: Node) -> bool:
    """Whether a paper can agree that has nothing of what is written: `-a`, `-(a b)`, `a OR -b`."""
    return _only_excludes(node, True)


def _only_excludes(node: Node, wanted: bool) -> bool:
    if isinstance(node, Not):
        return _only_excludes(node.part, not wanted)
    if isinstance(node, (And, Or)):
        within = (_only_excludes(part, wanted) for part in node.parts)
        return all(within) if isinstance(node, And) is wanted else any(within)
    return not wanted


# --- the same


def meaning_of(node: Node) -> Hashable:
    """Equal for trees that mean the same, whatever the order, repetition and nesting of their parts."""
    return _meaning(node, True)


def _meaning(node: Node, wanted: bool) -> Hashable:
    if isinstance(node, Not):
        return _meaning(node.part, not wanted)
    if not isinstance(node, (And, Or)):
        return node if wanted else (Not, node)
    kind: type = And if isinstance(node, And) is wanted else Or
    found: set[Hashable] = set()
    for part in node.parts:
        own = _meaning(part, wanted)
        found |= _parts(own, kind)
    other: type = Or if kind is And else And
    kept = _absorbed(found, other)
    return next(iter(kept)) if len(kept) == 1 else (kind, frozenset(kept))


def _parts(meaning: Hashable, kind: type) -> frozenset[Hashable]:
    """The parts of what is built so; anything else is its own only part."""
    if isinstance(meaning, tuple) and meaning[0] is kind and isinstance(meaning[1], frozenset):
        return meaning[1]
    return frozenset((meaning,))


def _absorbed(found: set[Hashable], other: type) -> set[Hashable]:
    """Without what says more than its neighbour in vain: `a OR (a b)` is `a`, and so is `a (a OR b)`."""
    apart = {one: _parts(one, other) for one in found}
    return {one for one, own in apart.items() if not any(less < own for less in apart.values())}


# --- impossible


@dataclass(frozen=True, slots=True)
class Clash:
    """Why nothing can agree: the term that stands in the way, and the one beside which it cannot hold. `wanted` and `excluded` are
    these two where one of them is excluded."""

    term: Term
    beside: Term | None
    wanted: Term | None = None
    excluded: Term | None = None


@dataclass(slots=True)
class _Search:
    left: int = _MOST_PAIRS
    clash: Clash | None = None

    def refuses(self, literal: _Literal, known: list[_Literal]) -> bool:
        """Whether the literal cannot hold beside those known."""
        if literal.wanted and _is_empty(literal.term):
            self.clash = Clash(literal.term, None)
            return True
        for other in known:
            self.left -= 1
            if self.left > 0 and _contradict(other, literal):
                self.clash = _clash_of(literal, other)
                return True
        return False


@dataclass(frozen=True, slots=True)
class _Literal:
    term: Term
    wanted: bool


def _clash_of(one: _Literal, other: _Literal) -> Clash:
    if one.wanted is other.wanted:
        return Clash(one.term, other.term)
    wanted, excluded = (one.term, other.term) if one.wanted else (other.term, one.term)
    return Clash(one.term, other.term, wanted, excluded)


@dataclass(slots=True)
class _Choice:
    sides: list[_All]


@dataclass(slots=True)
class _All:
    literals: list[_Literal] = field(default_factory=list)
    choices: list[_Choice] = field(default_factory=list)


def clash(node: Node) -> Clash | None:
    """What keeps the tree, or one side of a choice in it, from ever being true; None when nothing is seen to."""
    search = _Search()
    whole = _all(node, True)
    for side in (*_sides(whole), whole):
        if _never(side, [], search):
            return search.clash
    return None


def _sides(whole: _All) -> Iterator[_All]:
    for choice in whole.choices:
        for side in choice.sides:
            yield from _sides(side)
            yield side


def _all(node: Node, wanted: bool) -> _All:
    found = _All()
    _gather(node, wanted, found)
    return found


def _gather(node: Node, wanted: bool, into: _All) -> None:
    if isinstance(node, Not):
        _gather(node.part, not wanted, into)
    elif not isinstance(node, (And, Or)):
        into.literals.append(_Literal(node, wanted))
    elif isinstance(node, And) is wanted:
        for part in node.parts:
            _gather(part, wanted, into)
    else:
        into.choices.append(_Choice([_all(part, wanted) for part in node.parts]))


def _never(side: _All, known: list[_Literal], search: _Search) -> bool:
    """Whether all of it cannot hold beside what is known: what one choice leaves no freedom is known to the next."""
    known = list(known)
    for literal in side.literals:
        if search.refuses(literal, known):
            return True
        known.append(literal)
    open_choices = list(side.choices)
    progress = True
    while progress and open_choices and search.left > 0:
        progress = False
        for choice in list(open_choices):
            free = [one for one in choice.sides if not _never(one, known, search)]
            if not free:
                return True
            if len(free) == 1 and not free[0].choices:
                open_choices.remove(choice)
                known += free[0].literals
                progress = True
    return False


def _contradict(one: _Literal, other: _Literal) -> bool:
    if one.wanted and other.wanted:
        return _exclude(one.term, other.term)
    if one.wanted is other.wanted:
        return False
    has, lacks = (one.term, other.term) if one.wanted else (other.term, one.term)
    return _implies(has, lacks)


def _is_empty(term: Term) -> bool:
    if isinstance(term, Count):
        most = 100 if term.fact in PERCENTS else None
        low = max(0, term.low or 0)
        return (term.high is not None and term.high < low) or (most is not None and low > most)
    return isinstance(term, Date) and term.high < term.low


def _exclude(one: Term, other: Term) -> bool:
    """Whether no paper has both."""
    if isinstance(one, Count) and isinstance(other, Count) and one.fact == other.fact:
        lows = [term.low for term in (one, other) if term.low is not None]
        highs = [term.high for term in (one, other) if term.high is not None]
        return bool(lows and highs) and max(lows) > min(highs)
    if isinstance(one, Date) and isinstance(other, Date):
        return (one.name == "year") is (other.name == "year") and max(one.low, other.low) > min(one.high, other.high)
    if isinstance(one, Category) and isinstance(other, Category) and one.primary and other.primary:
        return not (categories.contains(one.code, other.code) or categories.contains(other.code, one.code))
    return one != other and one in _REVISED and other in _REVISED


def _implies(one: Term, other: Term) -> bool:
    """Whether every paper that has the one has the other."""
    if isinstance(one, Textual) and isinstance(other, Textual):
        return (one.where == other.where or (not other.where and one.where in ("title", "abstract"))) and _says(
            one, other
        )
    if isinstance(one, Author) and isinstance(other, Author):
        return people(one.names) <= people(other.names)
    if isinstance(one, Category) and isinstance(other, Category):
        return (one.primary or not other.primary) and categories.normal(other.code) in categories.within(one.code)
    if isinstance(one, Count) and isinstance(other, Count):
        return one.fact == other.fact and _within((one.low, one.high), (other.low, other.high))
    if isinstance(one, Date) and isinstance(other, Date):
        return (one.name == "year") is (other.name == "year") and other.low <= one.low and one.high <= other.high
    return one == other


def _within(inner: tuple[int | None, int | None], outer: tuple[int | None, int | None]) -> bool:
    above = not outer[0] or (inner[0] is not None and inner[0] >= outer[0])
    below = outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    return above and below


def _says(one: Textual, other: Textual) -> bool:
    """Whether a text that has the one has the other."""
    if isinstance(one, Word) and isinstance(other, Word):
        return set(one.ways) <= set(other.ways)
    if isinstance(one, Prefix):
        return isinstance(other, Prefix) and one.start.startswith(other.start)
    if isinstance(other, Prefix):
        if isinstance(one, Phrase):
            return any(form.startswith(other.start) for form in one.forms)
        return isinstance(one, Word) and all(_begins(way, other.start) for way in one.ways)
    if isinstance(one, Phrase) and isinstance(other, Phrase):
        return _has_run(one.forms, other.forms)
    if isinstance(one, Phrase) and isinstance(other, Word):
        return any(len(way) == 1 and way[0] in map(_surely, one.forms) for way in other.ways)
    return False


def _begins(way: tuple[str, ...], start: str) -> bool:
    return any(all(form.startswith(start) for form in spellings(root)) for root in way)


def _surely(form: str) -> str:
    """The stem of a form in whatever capitals; nothing for one that may be another word in some."""
    return "" if form in GRAMMAR or form.endswith("s") else stem(form)


def _has_run(forms: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(forms[at : at + len(run)] == run for at in range(len(forms) - len(run) + 1))
