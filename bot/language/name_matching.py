"""When two spellings of a person's name can be one person. Knows customs of many countries.

Every name has readings: which of its words are forenames, which are the family name. Those by custom are as good as each other;
further ones rest on a guess. Two names agree when a reading of one agrees with a reading of the other, with one guess at most.

PURE. It compares spellings, not identities: must not know papers, subscriptions or who the persons are.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Final

from bot.language.customs import (
    LOOSE_PARTICLES,
    MIDDLE_VIETNAMESE,
    NEVER_CALLED,
    VIETNAMESE,
    is_spanish_family,
    is_syllable,
)
from bot.language.name_readings import Guess, Reading, is_initial, read_anew, readings, squeezed
from bot.language.names import Name, parse_anew
from bot.language.romanising import is_slavic_forename


class Certainty(IntEnum):
    """How well two spellings agree; the larger, the surer."""

    POSSIBLE = 1
    INITIALS = 2
    EXACT = 3


#: These need every forename to be the same, since the guess alone makes many people one.
_WRITTEN_OUT: Final = frozenset(
    (Guess.HALF_FAMILY, Guess.MATERNAL, Guess.HALF_GIVEN, Guess.DROPPED, Guess.STRIPPED, Guess.ALIKE, Guess.LONG)
)
_POSSIBLE: Final = _WRITTEN_OUT | {Guess.ARTICLE, Guess.ROMAN, Guess.SCRIPT}
#: Who leaves something out writes no longer forenames.
_LEFT_OUT: Final = frozenset((Guess.HALF_FAMILY, Guess.MATERNAL, Guess.HALF_GIVEN, Guess.DROPPED))
#: The one form that stands for all is read out of both names; two letters for ü out of either or both.
_OF_BOTH: Final = frozenset((Guess.ROMAN, Guess.ALIKE))
_OF_EITHER: Final = frozenset((Guess.LETTERS, Guess.LONG))
#: Every word must be there, in whatever place.
_IN_ANOTHER_PLACE: Final = frozenset((Guess.TURNED, Guess.MOVED))

#: Letters of a word that may be two written together.
_LONGEST_TOGETHER: Final = 40
_SUFFIXES: Final = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}


@lru_cache(maxsize=100_000)
def key(name: Name) -> frozenset[str]:
    """Blocking keys: two names can only be `compatible` if they share one."""
    return _keys(name, readings)


def _keys(name: Name, read: Callable[[Name], tuple[Reading, ...]]) -> frozenset[str]:
    if not name.family:
        return frozenset()  # nobody: "-, Mary-Ann"
    if name.group:
        called = squeezed(name.family[1:])
        own = f"{called}|{name.family[0]}|group"
        return frozenset((own, f"{called}|") if name.family[0] else (own,))  # a list may name LHCb alone
    if not name.forenames:
        return _keys_of_one(squeezed(name.family))
    found = set()
    for reading in read(name):
        for way in reading.ways:
            found.add(f"{way}|{reading.forenames[0][0]}")
        if not VIETNAMESE.isdisjoint(reading.ways):
            found.update(f"{way}|{part[0]}" for way in reading.ways for part in pieces(reading.forenames))
    return frozenset(found)


def _keys_of_one(word: str) -> frozenset[str]:
    """Those of a single word, which may be two written together, whichever is the family name."""
    cuts = range(1, len(word)) if len(word) <= _LONGEST_TOGETHER else ()
    found = {f"{word}|"}
    for at in cuts:
        found.add(f"{word[at:]}|{word[0]}")
        found.add(f"{word[:at]}|{word[at]}")
    return frozenset(found)


def compatible(one: Name, other: Name) -> Certainty | None:
    """How well two spellings agree, or None if they are different names.

    Exact: the same full first and family name (order, accents, particles and one missing middle name aside). Initials: one
    of them writes only an initial. Possible: they agree by a guess, such as half of a double name or another romanisation.
    """
    return None if key(one).isdisjoint(key(other)) else agree(one, other)


def compatible_once(one: Name, printed: str) -> Certainty | None:
    """The same of a printed name that is one of many, which nobody asks for again.

    Nothing is remembered of it unless it shares a key: what 50,000 names leave behind pushes out those of every day, and the garbage
    collector, which holds the event loop, walks through all of it at each full round (120 to 250 ms; 10 without).
    """
    other = parse_anew(printed)
    return None if key(one).isdisjoint(_keys(other, read_anew)) else agree(one, other)


def agree(one: Name, other: Name) -> Certainty | None:
    """The same without a look at the keys, for every two names."""
    if not one.family or not other.family:
        return None
    if one.group and other.group:
        return Certainty.EXACT if key(one) == key(other) else None
    if one.group or other.group:
        group, person = (one, other) if one.group else (other, one)
        return Certainty.POSSIBLE if _is_named_alone(group, person) else None
    if not one.forenames and not other.forenames:
        return Certainty.EXACT if squeezed(one.family) == squeezed(other.family) else None
    if one.suffix and other.suffix and _generation(one) != _generation(other):
        return None
    if _written_together(one, other):
        return Certainty.EXACT
    best: Certainty | None = None
    theirs = readings(other)
    for mine in readings(one):
        for yours in theirs:
            if not mine.ways.isdisjoint(yours.ways):
                grade = _grade(mine, yours)
                if grade is not None and (best is None or grade > best):
                    best = grade
    return best


def _is_named_alone(group: Name, person: Name) -> bool:
    """Whether what was read as a person is the group without its kind: `ATLAS`, not Mr Atlas."""
    printed, alone = (f" {name.text} ".replace("-", " ") for name in (group, person))
    return not person.forenames and alone in printed and not key(group).isdisjoint(key(person))


def _generation(name: Name) -> str:
    return _SUFFIXES.get(name.suffix, name.suffix)


def _written_together(one: Name, other: Name) -> bool:
    """Whether both are the same letters, with other spaces: `XiaofanXia`, or `Lee Hyung Mok` and `Lee Hyung-Mok`."""
    ours, theirs = one.forenames + one.family, other.forenames + other.family
    if ours[0][0] != theirs[0][0] or squeezed(ours) != squeezed(theirs) or any(map(is_initial, ours + theirs)):
        return False
    if len("".join(ours)) > _LONGEST_TOGETHER:
        return False
    return 1 in (len(ours), len(theirs)) or (ours[0] == theirs[0] and not one.comma and not other.comma)


def _grade(one: Reading, other: Reading) -> Certainty | None:
    """How well two readings agree whose family names may be one."""
    guess = one.guess if other.guess is Guess.NONE else other.guess
    if guess is Guess.NONE:
        if one.whole not in other.ways and other.whole not in one.ways:
            return None
        return _same_given(one.forenames, other.forenames, min(one.whole, other.whole, key=len))
    both = one.guess is other.guess
    if one.whole != other.whole or not (both or Guess.NONE in (one.guess, other.guess)):
        return None
    if both is not (guess in _OF_BOTH) and guess not in _OF_EITHER:
        return None
    if guess in _IN_ANOTHER_PLACE:
        return _turned_given(one.forenames, other.forenames, one.whole)
    found = _same_given(one.forenames, other.forenames, one.whole)
    if found is None or not _bears(guess, found, *((one, other) if one.guess is guess else (other, one))):
        return None
    return Certainty.POSSIBLE if guess in _POSSIBLE else found


def _bears(guess: Guess, found: Certainty, guessed: Reading, other: Reading) -> bool:
    """Whether forenames that agree so well bear the guess of the first reading beside what they leave open themselves."""
    ours, theirs = guessed.forenames, other.forenames
    if guess in _LEFT_OUT and len(theirs) > len(ours):
        return False
    if (
        guess is Guess.ROMAN and found is Certainty.INITIALS
    ):  # J and Y are one letter in the names that are known to begin so
        short, full = sorted((ours[0], theirs[0]), key=len)
        return short not in ("i", "e") or is_initial(full) or is_slavic_forename(full)
    if guess is Guess.ALIKE and len(ours) != len(theirs):
        return False
    if guess is Guess.MATERNAL and found is Certainty.INITIALS:  # J. L. García is Jose Luis García Márquez
        return len(ours) == len(theirs) > 1 and not (is_initial(ours[0]) and is_initial(theirs[0]))
    return found is Certainty.EXACT or guess not in _WRITTEN_OUT


def _turned_given(ours: tuple[str, ...], theirs: tuple[str, ...], family: str) -> Certainty | None:
    """With the family name in another place, every other word must be there."""
    if squeezed(ours) == squeezed(theirs):
        return Certainty.EXACT
    return _around(pieces(ours), pieces(theirs)) if family in VIETNAMESE else None


def _same_given(ours: tuple[str, ...], theirs: tuple[str, ...], family: str) -> Certainty | None:
    if squeezed(ours) == squeezed(theirs):
        return Certainty.INITIALS if is_initial(ours[0]) or is_initial(theirs[0]) else Certainty.EXACT
    if family in VIETNAMESE and (turned := _vietnamese(ours, theirs)) is not None:
        return turned
    grade = _same_forename(ours, theirs)
    if grade is None or _middles_clash(ours, theirs):
        return None
    short, long = sorted((ours, theirs), key=len)
    if family in VIETNAMESE:
        return None if _is_other_vietnamese(short, long) else grade
    if _is_half(ours, theirs) or _goes_by_another(ours, theirs):
        return None
    if len(short) < len(long) and is_spanish_family(long[-1]):  # the first family name is left out, which few do
        return Certainty.POSSIBLE if squeezed(short) == squeezed(long[:-1]) and not is_initial(short[0]) else None
    return grade


def _is_other_vietnamese(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether the longer one has a syllable more that tells two people apart; `Anh Totti Nguyen` has another kind of name."""
    if len(short) == len(long) or len(short[0]) == 1 or len(long[1]) == 1:
        return False
    return all(map(is_syllable, pieces(long)))


def _vietnamese(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Certainty | None:
    """The same names in whatever order; middle names like Van and Thi may be left out, but nobody is called by them alone."""
    if (turned := _around(pieces(ours), pieces(theirs))) is not None:
        return turned
    short, long = sorted((ours, theirs), key=len)
    left = list(long)
    for word in short:
        if word not in left:
            return None
        left.remove(word)
    is_same = bool(left) and MIDDLE_VIETNAMESE.issuperset(left) and not NEVER_CALLED.issuperset(short)
    return Certainty.POSSIBLE if is_same and max(map(len, short)) > 1 else None


def _around(ours: list[str], theirs: list[str]) -> Certainty | None:
    """`Van Hung` and `Hung Van`, all of it: whichever stands first, he is called Hung."""
    if len(ours) != len(theirs):
        return None
    if sorted(ours) == sorted(theirs):
        return Certainty.EXACT if max(map(len, ours)) > 1 else Certainty.INITIALS
    for at in range(1, len(theirs)):
        pairs = list(zip(ours, theirs[at:] + theirs[:at], strict=True))
        if all(a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in pairs):
            return Certainty.INITIALS
    return None


def _same_forename(one: tuple[str, ...], other: tuple[str, ...]) -> Certainty | None:
    first, second = one[0].replace("-", ""), other[0].replace("-", "")
    if first == second:
        return Certainty.INITIALS if is_initial(first) else Certainty.EXACT
    if is_initial(first) or is_initial(second):
        return Certainty.INITIALS if first[0] == second[0] else None
    for words, whole in ((one, second), (other, first)):  # "Jean Pierre X" and "JP X"
        if len(whole) == 2 and len(words) > 1 and whole == words[0][:1] + words[1][:1]:
            return Certainty.INITIALS
    for hyphened, whole in ((one[0], second), (other[0], first)):
        if len(whole) == 2 and "-" in hyphened and whole == "".join(p[:1] for p in hyphened.split("-")):
            return Certainty.INITIALS
    for words, whole in ((one, second), (other, first)):  # "Xiao Ming Peter" and "Xiaoming"
        if len(words) > 2 and words[0] + words[1] == whole:
            return Certainty.EXACT
    return None


def _is_half(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether one of them writes one syllable of a Chinese or Korean given name: that is another name."""
    short, long = (ours, theirs) if len(ours) < len(theirs) else (theirs, ours)
    return (
        len(short) == 1 and len(long) == 2 and len(long[1]) > 1 and short[0] == long[0] and all(map(is_syllable, long))
    )


def _goes_by_another(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether one of them is called by the second forename (`J. Santiago`), and the other by one that is not it (`Joaquim`)."""
    short, long = (ours, theirs) if len(ours) < len(theirs) else (theirs, ours)
    return len(short) == 1 < len(long) and len(short[0]) > 1 and is_initial(long[0]) and len(long[1]) > 1


def _middles_clash(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether both state further forenames and these cannot be the same. A hyphenated first name states two."""
    ours, theirs = pieces(one), pieces(other)
    if len(ours) == 1 or len(theirs) == 1 or "".join(ours) == "".join(theirs):
        return False
    return _further_clash(ours, theirs) and _further_clash(_without_inner(ours), _without_inner(theirs))


def _without_inner(parts: list[str]) -> list[str]:
    """Without particles inside a given name: `Maria del Carmen` is M. C."""
    return [part for at, part in enumerate(parts) if at in (0, len(parts) - 1) or part not in LOOSE_PARTICLES]


def _further_clash(one: list[str], other: list[str]) -> bool:
    ours, theirs = one[1:], other[1:]
    for mine, yours in zip(ours, theirs, strict=False):
        if mine == yours or (mine[:1] == yours[:1] and (len(mine) == 1 or len(yours) == 1)):
            continue
        return True
    return False


def pieces(forenames: tuple[str, ...]) -> list[str]:
    return [piece for name in forenames for piece in name.split("-") if piece]
