"""Which papers of one name are by one person. PURE.

Two papers are when a registry credits the name on both to one number, or when another author stands on both. Of different numbers,
two others are wanted, since registries often give one person two. Knows papers as keys; must not know where they are kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

__all__ = ["Byline", "Group", "groups_of"]

#: On a paper of more authors nobody is known by the others.
MOST_OTHERS: Final = 60
_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Byline:
    """The name on one paper: `numbers` to which registries credit it there (`semantic-scholar:1`), and who else, written out, is on it."""

    paper: int
    numbers: frozenset[str] = frozenset()
    others: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """Papers by one person, in the order in which they were given, and the numbers that registries have for them, the one with most
    papers first."""

    papers: tuple[int, ...]
    numbers: tuple[str, ...] = ()


def groups_of(bylines: Sequence[Byline]) -> list[Group]:
    """The people, who has most papers first."""
    joined = _Joined(range(len(bylines)))
    by_number: dict[str, list[int]] = defaultdict(list)
    by_other: dict[Hashable, list[int]] = defaultdict(list)
    for at, byline in enumerate(bylines):
        for number in byline.numbers:
            by_number[number].append(at)
        for other in byline.others if len(byline.others) <= MOST_OTHERS else ():
            by_other[other].append(at)
    for same in by_number.values():
        joined.join(same)
    _join_numbers(joined, bylines, by_other)
    _join_unknown(joined, bylines, by_other)
    return _groups(joined.groups(), bylines)


def _join_numbers(joined: _Joined, bylines: Sequence[Byline], by_other: Mapping[Hashable, Sequence[int]]) -> None:
    """People of different numbers who wrote with two others alike are one."""
    shared: Counter[tuple[int, int]] = Counter()
    for same in by_other.values():
        roots = {joined.root(at) for at in same if bylines[at].numbers}
        shared.update(combinations(sorted(roots), 2))
    for pair, count in shared.items():
        if count >= _ENOUGH:
            joined.join(pair)


def _join_unknown(joined: _Joined, bylines: Sequence[Byline], by_other: Mapping[Hashable, Sequence[int]]) -> None:
    """Papers without a number are one person's when an author stands on both; and that of a number, when it is the only one with whom
    they have an author in common."""
    known: dict[int, set[int]] = defaultdict(set)
    unknown = [[at for at in same if not bylines[at].numbers] for same in by_other.values()]
    for members in unknown:
        joined.join(members)
    for same, members in zip(by_other.values(), unknown, strict=True):
        if members:
            known[joined.root(members[0])] |= {joined.root(at) for at in same if bylines[at].numbers}
    for member, people in known.items():
        if len(people) == 1:
            joined.join([member, *people])


def _groups(found: Iterable[Sequence[int]], bylines: Sequence[Byline]) -> list[Group]:
    made = []
    for members in found:
        numbers = Counter(number for at in members for number in sorted(bylines[at].numbers))
        made.append(Group(tuple(bylines[at].paper for at in members), tuple(n for n, _ in numbers.most_common())))
    return sorted(made, key=lambda group: -len(group.papers))


class _Joined:
    """Which of some things are one: disjoint sets."""

    def __init__(self, members: Iterable[int]) -> None:
        self._parent = {member: member for member in members}

    def root(self, member: int) -> int:
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member

    def join(self, members: Sequence[int]) -> None:
        for one, other in pairwise(members):
            first, second = sorted((self.root(one), self.root(other)))
            self._parent[second] = first

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for member in self._parent:
            found[self.root(member)].append(member)
        return list(found.values())
