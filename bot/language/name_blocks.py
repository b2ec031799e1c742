"""Wanted names by key, so that a printed one is compared with few of them: those that may be `compatible` share a key with it.

PURE. Must not know what a wanted name stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

from bot.language.customs import VIETNAMESE
from bot.language.name_matching import compatible, key, pieces
from bot.language.name_readings import Reading, is_initial, readings, squeezed
from bot.language.names import Name

T = TypeVar("T")


class Wanted(Generic[T]):
    """Names that somebody waits for, each with whatever it stands for."""

    def __init__(self) -> None:
        self._names: dict[str, dict[Name, list[T]]] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def add(self, name: Name, meant: T) -> None:
        """One more thing that the name stands for."""
        for block in wanted_keys(name):
            self._names.setdefault(block, {}).setdefault(name, []).append(meant)

    def remove(self, name: Name, meant: T) -> None:
        """One thing less; it must have been added."""
        for block in wanted_keys(name):
            names = self._names[block]
            names[name].remove(meant)
            if not names[name]:
                del names[name]
            if not names:
                del self._names[block]

    def agreeing(self, printed: Name) -> list[T]:
        """What the wanted names that are `compatible` with a printed one stand for; several times where several names do."""
        found: list[T] = []
        asked: set[Name] = set()
        for block in self._names.keys() & printed_keys(printed):
            for name, meant in self._names[block].items():
                if name not in asked:
                    asked.add(name)
                    if compatible(name, printed) is not None:
                        found += meant
        return found


def wanted_keys(name: Name) -> frozenset[str]:
    """The keys under which a name waits."""
    return frozenset(_keys(name, is_wanted=True))


@lru_cache(maxsize=20_000)
def printed_keys(name: Name) -> frozenset[str]:
    """The keys under which a name that waits may agree with a printed one: `compatible` ones share a key."""
    return frozenset(_keys(name, is_wanted=False))


def _keys(name: Name, *, is_wanted: bool) -> Iterable[str]:
    if name.group or not name.family:
        return key(name)
    alone = f"{squeezed(name.forenames + name.family)}|"  # it may be printed in one word, or be a group's
    if not name.forenames:
        return (alone,)
    return (alone, *(one for reading in readings(name) for one in _keys_of(reading, is_wanted=is_wanted)))


def _keys_of(reading: Reading, *, is_wanted: bool) -> Iterator[str]:
    """Family and first forename; who writes only an initial agrees with all forenames that begin so."""
    forenames = reading.forenames
    letter = forenames[0][0]
    further = () if is_initial(forenames[0]) else _ways_to_call(forenames)
    if is_wanted:
        further = (*further, f"{letter}*") if further else (f"{letter}.",)
    else:
        further = (*further, f"{letter}.") if further else (f"{letter}.", f"{letter}*")
    for way in reading.ways:
        yield from (f"{way}|{one}" for one in further)
        if way in VIETNAMESE:  # forenames in whatever order
            yield from (f"{way}|{piece[0]}~" for piece in pieces(forenames))


def _ways_to_call(forenames: tuple[str, ...]) -> tuple[str, ...]:
    """Of those who are written out: two that can be one share one of these."""
    first = forenames[0]
    if len(forenames) == 1 and "-" not in first:
        return (first,)
    found = {first.replace("-", ""), squeezed(forenames)}
    if "-" in first:
        found.add("".join(part[:1] for part in first.split("-")))
    if len(forenames) > 1:
        found.add(first[:1] + forenames[1][:1])
    if len(forenames) > 2:
        found.add(first + forenames[1])
    return tuple(found)
