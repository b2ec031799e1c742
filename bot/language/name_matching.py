"""When two spellings of a person's name can be one person. Knows customs of many countries.

PURE. It compares spellings, not identities: must not know papers, subscriptions or who the persons are.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import Final

from bot.language.names import LEADING_PARTICLES, PARTICLES, WIDE, Name
from bot.language.tokens import index_text


class Certainty(IntEnum):
    """How well two spellings agree; the larger, the surer."""

    POSSIBLE = 1
    INITIALS = 2
    EXACT = 3


def _squeezed(words: tuple[str, ...]) -> str:
    return "".join(words).replace("-", "")


@lru_cache(maxsize=100_000)
def _families(family: tuple[str, ...]) -> frozenset[str]:
    """Ways to write one family name: whole, without particles, with ü as ue."""
    whole = _squeezed(family)
    bare = tuple(word for word in family if word not in PARTICLES)
    found = {whole, _squeezed(bare)} if bare else {whole}
    return frozenset(found)


def key(name: Name) -> frozenset[str]:
    """Blocking keys: two names can only be `compatible` if they share one. `family|initial`, in both orders."""
    return _keys(name)


@lru_cache(maxsize=100_000)
def _keys(name: Name) -> frozenset[str]:
    if name.group or not name.forenames:
        return frozenset((f"{_squeezed(name.family)}|",))
    found = set()
    for given, family, _ in _orders(name):
        initial = given[0][:1]
        for whole in _families(family):
            found.add(f"{_plain_vowels(whole)}|{initial}")
        if len(pieces := _pieces(family)) > 1:
            found.update(f"{_plain_vowels(piece)}|{initial}" for piece in (pieces[0], pieces[-1]))
    return frozenset(found)


def _pieces(family: tuple[str, ...]) -> list[str]:
    """The parts of a double family name, without particles."""
    words = [word for word in family if word not in PARTICLES] or list(family)
    return [piece for word in words for piece in word.split("-") if piece]


def _plain_vowels(family: str) -> str:
    """One key for ü, ue and u (Müller, Mueller, Muller), and likewise ö and ä."""
    return family.replace("ae", "a").replace("oe", "o").replace("ue", "u") if len(family) > 4 else family


class NameOrder(IntEnum):
    """How an order of the words was come by."""

    AS_READ = 0  # as `parse` read it
    FAMILY_FIRST = 1  # family name first
    DOUBLE_FAMILY = 2  # the last forename taken for the first half of a double family name


_Order = tuple[tuple[str, ...], tuple[str, ...], NameOrder]


@lru_cache(maxsize=50_000)
def _orders(name: Name) -> tuple[_Order, ...]:
    """(forenames, family, how): as read, and otherwise where nothing told them apart."""
    forenames = name.forenames
    orders: list[_Order] = [(forenames, name.family, NameOrder.AS_READ)]
    if not name.comma and forenames:
        words = forenames + name.family
        if len(words[0]) > 1:
            orders.append((words[1:], words[:1], NameOrder.FAMILY_FIRST))
        if len(name.family) == 1 and len(forenames) > 1 and len(forenames[-1]) > 2:
            orders.append((forenames[:-1], (forenames[-1], *name.family), NameOrder.DOUBLE_FAMILY))
    return tuple(orders)


def index_expression(name: Name) -> str:
    """FTS5 MATCH text for a superset of the papers with a `compatible` author: column `authors` holds `text.index_text`,
    tokenised by `ascii`. Empty for a name without a family."""
    if name.group:
        words = [_phrase(word) for word in name.family]
        return f"authors : ({' AND '.join(word for word in words if word)})" if any(words) else ""
    phrases = sorted({phrase for word in words_of(name) if (phrase := _phrase(word))})
    return f"authors : ({' OR '.join(phrases)})" if phrases else ""


@lru_cache(maxsize=10_000)
def words_of(name: Name) -> frozenset[str]:
    """Folded words of which one stands in every `compatible` spelling: the ways to print its family name, whichever part
    of the name that is."""
    return frozenset(way for _, family, _ in _orders(name) for way in _wordings(family))


def _phrase(word: str) -> str:
    forms = index_text(word)
    return f'"{forms}"' if forms else ""


def _wordings(family: tuple[str, ...]) -> set[str]:
    """Words of which one stands in every compatible way to print this family name: its first and last part and the whole,
    with umlauts in both spellings, and without particles that are written together with it (Vandenberg)."""
    pieces = _pieces(family)
    found = {_squeezed(family), *pieces[:1], *pieces[-1:]}
    for whole in list(found):
        for particle in LEADING_PARTICLES:
            rest = whole.removeprefix(particle)
            if len(particle) > 1 and rest != whole and len(rest) > 3:
                found.add(rest)
    return {spelling for word in found for spelling in _umlauts(word)}


def _umlauts(word: str) -> set[str]:
    """The word with each a, o and u (the first four) written with and without an e: what `_plain_vowels` takes for one."""
    if len(word) < 4 or not word.isascii():
        return {word}
    parts = re.split("([aou]e?)", word)
    choices = [(part[0], f"{part[0]}e") if at % 2 and at < 9 else (part,) for at, part in enumerate(parts)]
    return {word, *map("".join, product(*choices))}


def compatible(one: Name, other: Name) -> Certainty | None:
    """How well two spellings agree, or None if they are different names.

    Exact: the same full first and family name (order, accents and one missing middle name aside). Initials: one of them
    writes only an initial. Possible: one half of a double name, a short form of the given name, or umlauts written
    differently.
    """
    if one.group or other.group or not one.forenames or not other.forenames:
        same = _squeezed(one.family) == _squeezed(other.family) and bool(one.family)
        return Certainty.EXACT if same and bool(one.forenames) == bool(other.forenames) else None
    if (
        one.suffix
        and other.suffix
        and _SUFFIXES.get(one.suffix, one.suffix) != _SUFFIXES.get(other.suffix, other.suffix)
    ):
        return None
    best: Certainty | None = None
    theirs = _spelled(other)
    for order, initial, families in _spelled(one):
        for other_order, other_initial, other_families in theirs:
            if initial == other_initial and not families.isdisjoint(other_families):
                grade = _grade(order, other_order)
                if grade is not None and (best is None or grade > best):
                    best = grade
    return best


@lru_cache(maxsize=50_000)
def _spelled(name: Name) -> tuple[tuple[_Order, str, frozenset[str]], ...]:
    """Each order with its initial and every way to write its family name: what must agree before looking closer."""
    found = []
    for order in _orders(name):
        forenames, family, _ = order
        ways = {*_families(family), _plain_vowels(_squeezed(family)), *_pieces(family)}
        found.append((order, forenames[0][:1], frozenset(ways)))
    return tuple(found)


_SUFFIXES: Final = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}


def _grade(one: _Order, other: _Order) -> Certainty | None:
    (ours, our_family, we), (theirs, their_family, they) = one, other
    kin = _same_family(our_family, their_family, guessed=NameOrder.DOUBLE_FAMILY in (we, they))
    if kin is None:
        return None
    if we is they is NameOrder.FAMILY_FIRST:  # then what is left must be all of it: "Lee Hyung Mok" and "Lee Hyung-Mok"
        return kin if _squeezed(ours) == _squeezed(theirs) and not _is_initial(ours[0]) else None
    first = _same_given(ours, theirs)
    return None if first is None else min(kin, first)


def _same_family(one: tuple[str, ...], other: tuple[str, ...], *, guessed: bool) -> Certainty | None:
    """`guessed`: one of the double names is our guess; then only its first half counts for the whole."""
    if not one or not other:
        return None
    if _families(one) & _families(other):
        return Certainty.EXACT
    whole, other_whole = _squeezed(one), _squeezed(other)
    if len(whole) < 2 or len(other_whole) < 2:
        return None
    if _plain_vowels(whole) == _plain_vowels(other_whole):
        return Certainty.POSSIBLE
    ours, theirs = _pieces(one), _pieces(other)
    short, long = (ours, theirs) if len(ours) < len(theirs) else (theirs, ours)
    halves = long[:1] if guessed else [long[0], long[-1]]
    if len(short) == 1 and len(long) > 1 and len(short[0]) > 2 and short[0] in halves:
        return Certainty.POSSIBLE
    return None


def _is_initial(forename: str) -> bool:
    return len(forename) == 1 and not WIDE.match(forename)


_SHORT: Final = {
    frozenset(pair.split("/"))
    for pair in (
        [
            "dave/david",
            "mike/michael",
            "bob/robert",
            "rob/robert",
            "bill/william",
            "will/william",
            "jim/james",
            "tom/thomas",
            "dan/daniel",
            "ben/benjamin",
            "sam/samuel",
            "matt/matthew",
            "chris/christopher",
            "chris/christian",
            "alex/alexander",
            "alex/alexandra",
            "alex/alexandre",
            "alex/alexey",
            "andy/andrew",
            "nick/nicholas",
            "tony/anthony",
            "steve/steven",
            "steve/stephen",
            "joe/joseph",
            "ed/edward",
            "greg/gregory",
            "jeff/jeffrey",
            "ken/kenneth",
            "kate/katherine",
            "liz/elizabeth",
            "beth/elizabeth",
            "sue/susan",
            "jen/jennifer",
            "phil/philip",
            "max/maximilian",
            "tim/timothy",
            "pete/peter",
            "ron/ronald",
            "don/donald",
            "larry/lawrence",
            "josh/joshua",
            "jon/jonathan",
            "zach/zachary",
            "gabe/gabriel",
            "fred/frederick",
            "vlad/vladimir",
        ]
    )
}


def _same_given(one: tuple[str, ...], other: tuple[str, ...]) -> Certainty | None:
    first, second = one[0], other[0]
    grade = _same_forename(one, other)
    if grade is None:
        return None
    if _squeezed(one) == _squeezed(other):
        return Certainty.INITIALS if _is_initial(first) or _is_initial(second) else Certainty.EXACT
    return None if _middles_clash(one, other) else grade


def _same_forename(one: tuple[str, ...], other: tuple[str, ...]) -> Certainty | None:
    first, second = one[0].replace("-", ""), other[0].replace("-", "")
    if first == second:
        return Certainty.INITIALS if _is_initial(first) else Certainty.EXACT
    if _is_initial(first) or _is_initial(second):
        return Certainty.INITIALS if first[0] == second[0] else None
    if _squeezed(one) == _squeezed(other):
        return Certainty.EXACT  # "Xiao Ming" and "Xiaoming"
    for words, whole in ((one, second), (other, first)):  # "Jean Pierre X" and "JP X" or "Jean-Pierre"
        if len(whole) == 2 and len(words) > 1 and whole == words[0][:1] + words[1][:1]:
            return Certainty.INITIALS
    for hyphened, whole in ((one[0], second), (other[0], first)):
        if len(whole) == 2 and "-" in hyphened and whole == "".join(p[:1] for p in hyphened.split("-")):
            return Certainty.INITIALS
    if one[0].startswith(f"{other[0]}-") or other[0].startswith(f"{one[0]}-"):
        return Certainty.POSSIBLE  # "Jean-Pierre" and "Jean"
    return Certainty.POSSIBLE if frozenset((first, second)) in _SHORT else None


def _middles_clash(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether both state further forenames and these cannot be the same. A hyphenated first name states two."""
    ours, theirs = _parts(one)[1:], _parts(other)[1:]
    if not ours or not theirs:
        return False
    if "".join(_parts(one)) == "".join(_parts(other)):
        return False
    for mine, yours in zip(ours, theirs, strict=False):
        if mine == yours or (mine[:1] == yours[:1] and (len(mine) == 1 or len(yours) == 1)):
            continue
        return True
    return False


def _parts(forenames: tuple[str, ...]) -> list[str]:
    return [piece for name in forenames for piece in name.split("-") if piece]
