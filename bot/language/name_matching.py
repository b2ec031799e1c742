"""When two spellings of a person's name can be one person. Knows customs of many countries.

Every name has readings: which of its words are forenames, which are the family name. Those by custom are as good as each other;
further ones rest on a guess. Two names agree when a reading of one agrees with a reading of the other, with one guess at most.

PURE. It compares spellings, not identities: must not know papers, subscriptions or who the persons are.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from bot.language.customs import (
    LOOSE_PARTICLES,
    MIDDLE_VIETNAMESE,
    PARTICLES,
    VIETNAMESE,
    is_spanish_family,
    is_syllable,
)
from bot.language.names import WIDE, Name, parse
from bot.language.romanising import (
    chinese,
    expanded,
    in_one_spelling,
    is_slavic,
    is_slavic_forename,
    reduced,
    romanised,
    romanised_forename,
    with_other_article,
    with_servant,
)


class Certainty(IntEnum):
    """How well two spellings agree; the larger, the surer."""

    POSSIBLE = 1
    INITIALS = 2
    EXACT = 3


class Guess(Enum):
    """What a reading rests on."""

    NONE = "as it is printed"
    TURNED = "the family name stands first"
    DOUBLE = "the last forename is half of the family name"
    HALF_FAMILY = "half of a double family name is left out"
    HALF_GIVEN = "half of a double given name is left out"
    DROPPED = "the initial before the used given name is left out"
    LETTERS = "ü is written as two letters"
    STRIPPED = "ue may be ü that is written as u"
    ARTICLE = "the Arabic article is el for al, or al for el"
    ROMAN = "the name is romanised in another way"


class Reading(NamedTuple):
    """One way to read a name. `whole` is the family name in one word, `ways` also without particles."""

    forenames: tuple[str, ...]
    family: tuple[str, ...]
    whole: str
    ways: frozenset[str]
    guess: Guess


#: These need every forename to be the same, since the guess alone makes many people one.
_WRITTEN_OUT: Final = frozenset((Guess.HALF_FAMILY, Guess.HALF_GIVEN, Guess.DROPPED, Guess.STRIPPED))
_POSSIBLE: Final = _WRITTEN_OUT | {Guess.LETTERS, Guess.ARTICLE, Guess.ROMAN}

#: Letters of a word that may be two written together.
_LONGEST_TOGETHER: Final = 40
_SUFFIXES: Final = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii", "4th": "iv"}


def _squeezed(words: tuple[str, ...]) -> str:
    if len(words) == 1 and words[0].isalpha():
        return words[0]
    return "".join(words).replace("-", "")


@lru_cache(maxsize=100_000)
def key(name: Name) -> frozenset[str]:
    """Blocking keys: two names can only be `compatible` if they share one."""
    if not name.family:
        return frozenset()  # nobody: "-, Mary-Ann"
    if name.group:
        called = _squeezed(name.family[1:])
        own = f"{called}|{name.family[0]}|group"
        return frozenset((own, f"{called}|") if _is_called_in_a_word(name) else (own,))
    if not name.forenames:
        return _keys_of_one(_squeezed(name.family))
    found = set()
    for reading in readings(name):
        for way in reading.ways:
            found.add(f"{way}|{reading.forenames[0][0]}")
        if reading.whole in VIETNAMESE:
            found.update(f"{reading.whole}|{word[0]}" for word in reading.forenames)
    return frozenset(found)


def _is_called_in_a_word(group: Name) -> bool:
    """Whether a list of authors may name the group by this word alone: `LHCb`."""
    return len(group.family) == 2 and bool(group.family[0])


def _keys_of_one(word: str) -> frozenset[str]:
    """Those of a single word, which may be two written together, whichever is the family name."""
    cuts = range(1, len(word)) if len(word) <= _LONGEST_TOGETHER else ()
    found = {f"{word}|"}
    for at in cuts:
        found.add(f"{word[at:]}|{word[0]}")
        found.add(f"{word[:at]}|{word[at]}")
    return frozenset(found)


@lru_cache(maxsize=100_000)
def readings(name: Name) -> tuple[Reading, ...]:
    """Every way to read a person's name that has forenames, the printed one first."""
    return tuple(_readings(name)) if name.forenames and name.family else ()


def _readings(name: Name) -> Iterator[Reading]:
    plain = [(name.forenames, name.family), *name.also]
    for forenames, family in plain:
        yield _reading(forenames, family)
        yield from _halves(forenames, family)
        if used := _without_first_initials(forenames, family):
            yield _guessed(used, family, Guess.DROPPED)
        short = reduced(whole := _squeezed(family))
        if short != whole:
            yield _guessed(forenames, (short,), Guess.STRIPPED)
        if article := with_other_article(family):
            yield _guessed(forenames, (article,), Guess.ARTICLE)
        if roman := _romanised(forenames, family):
            yield _guessed(*roman, Guess.ROMAN)
    if not name.comma:
        yield from _turned(name)
    for spelled in {expanded(name.text), chinese(name.text)} - {name.text}:
        other = parse(spelled)
        if other.forenames:
            yield _guessed(other.forenames, other.family, Guess.LETTERS)


def _without_first_initials(forenames: tuple[str, ...], family: tuple[str, ...]) -> tuple[str, ...]:
    """The forename by which somebody is called, and those behind it, where initials stand before; else nothing. `J. Wei Zhang` is not
    every Wei Zhang."""
    at = next((at for at, word in enumerate(forenames) if not _is_initial(word)), 0)
    return forenames[at:] if at and not all(map(is_syllable, (*forenames[at:], *family))) else ()


def _reading(forenames: tuple[str, ...], family: tuple[str, ...]) -> Reading:
    whole = _squeezed(family)
    if len(family) == 1:
        return Reading(forenames, family, whole, frozenset((whole,)), Guess.NONE)
    bare = tuple(word for word in family if word not in LOOSE_PARTICLES)
    ways = frozenset((whole, _squeezed(bare))) if bare and bare != family else frozenset((whole,))
    return Reading(forenames, family, whole, ways, Guess.NONE)


def _guessed(forenames: tuple[str, ...], family: tuple[str, ...], guess: Guess) -> Reading:
    whole = _squeezed(family)
    return Reading(forenames, family, whole, frozenset((whole,)), guess)


def _turned(name: Name) -> Iterator[Reading]:
    """The words in another order, where nothing tells them apart."""
    words = name.forenames + name.family
    if any(map(_is_initial, words)):
        if len(name.family) == 1 and len(name.forenames) > 1 and len(name.forenames[-1]) > 2:
            yield _guessed(name.forenames[:-1], (name.forenames[-1], *name.family), Guess.DOUBLE)
        return
    yield _guessed(words[1:], words[:1], Guess.TURNED)
    if len(words) > 2:
        yield _guessed(words[-1:], words[:-1], Guess.TURNED)
        if len(name.family) == 1 and len(name.forenames[-1]) > 2:
            yield _guessed(name.forenames[:-1], (name.forenames[-1], *name.family), Guess.DOUBLE)


def _halves(forenames: tuple[str, ...], family: tuple[str, ...]) -> Iterator[Reading]:
    """With half of a double name, beside a forename that is written out."""
    if _is_initial(forenames[0]) or (len(family) == 1 and "-" not in family[0] and "-" not in forenames[0]):
        return
    pieces = pieces_of(family)
    if len(pieces) > 1 and not all(map(is_syllable, pieces)):
        first_stays = is_spanish_family(pieces[0]) or is_spanish_family(pieces[-1])
        for piece in pieces[:1] if first_stays else (pieces[0], pieces[-1]):
            if len(piece) > 2:
                yield _guessed(forenames, (piece,), Guess.HALF_FAMILY)
    parts = forenames[0].split("-")
    if len(parts) > 1 and len(parts[0]) > 1 and not all(map(is_syllable, parts)) and pieces[-1] not in VIETNAMESE:
        yield _guessed((parts[0], *forenames[1:]), family, Guess.HALF_GIVEN)


def _romanised(forenames: tuple[str, ...], family: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The name as romanised in the one way that stands for all, for names that are romanised in several."""
    one_form = with_servant(forenames), with_servant(family)
    if one_form != (forenames, family):
        return one_form
    whole = _squeezed(family)
    slavic = is_slavic(whole)
    first = romanised_forename(forenames[0].replace("-", ""))
    if not slavic and not is_slavic_forename(first):
        alike = in_one_spelling(forenames), in_one_spelling(family)
        return alike if alike != (forenames, family) else None
    further = (word if _is_initial(word) else romanised_forename(word) for word in forenames[1:])
    return (first, *further), ((romanised(whole),) if slavic else family)


def pieces_of(family: tuple[str, ...]) -> list[str]:
    """The parts of a double family name, without particles."""
    words = [word for word in family if word not in PARTICLES] or list(family)
    return [piece for word in words for piece in word.split("-") if piece]


def compatible(one: Name, other: Name) -> Certainty | None:
    """How well two spellings agree, or None if they are different names.

    Exact: the same full first and family name (order, accents, particles and one missing middle name aside). Initials: one
    of them writes only an initial. Possible: they agree by a guess, such as half of a double name or another romanisation.
    """
    return None if key(one).isdisjoint(key(other)) else agree(one, other)


def agree(one: Name, other: Name) -> Certainty | None:
    """The same without a look at the keys, for every two names."""
    if not one.family or not other.family:
        return None
    if one.group and other.group:
        return Certainty.EXACT if key(one) == key(other) else None
    if one.group or other.group:
        group, person = (one, other) if one.group else (other, one)
        is_it = not key(one).isdisjoint(key(other)) and f" {person.text} " in f" {group.text} "  # ATLAS, not Mr Atlas
        return Certainty.POSSIBLE if is_it and not person.forenames else None
    if not one.forenames and not other.forenames:
        return Certainty.EXACT if _squeezed(one.family) == _squeezed(other.family) else None
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


def _generation(name: Name) -> str:
    return _SUFFIXES.get(name.suffix, name.suffix)


def _written_together(one: Name, other: Name) -> bool:
    """Whether both are the same letters, with other spaces: `XiaofanXia`, or `Lee Hyung Mok` and `Lee Hyung-Mok`."""
    ours, theirs = one.forenames + one.family, other.forenames + other.family
    if ours[0][0] != theirs[0][0] or _squeezed(ours) != _squeezed(theirs) or any(map(_is_initial, ours + theirs)):
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
        return _same_given(one.forenames, other.forenames, one.whole)
    both = one.guess is other.guess
    if one.whole != other.whole or not (both or Guess.NONE in (one.guess, other.guess)):
        return None
    if both is not (guess is Guess.ROMAN) and guess is not Guess.LETTERS:
        return None
    if guess is Guess.TURNED:
        return _turned_given(one.forenames, other.forenames, one.whole)
    found = _same_given(one.forenames, other.forenames, one.whole)
    if found is None or (guess in _WRITTEN_OUT and found is not Certainty.EXACT):
        return None
    if guess is Guess.HALF_FAMILY:  # who leaves out half of a name writes no longer forenames
        half, whole = (one, other) if one.guess is guess else (other, one)
        if len(whole.forenames) > len(half.forenames):
            return None
    return Certainty.POSSIBLE if guess in _POSSIBLE else found


def _turned_given(ours: tuple[str, ...], theirs: tuple[str, ...], family: str) -> Certainty | None:
    """With the family name in another place, every other word must be there."""
    if _squeezed(ours) == _squeezed(theirs):
        return Certainty.EXACT
    return _around(_parts(ours), _parts(theirs)) if family in VIETNAMESE else None


def _is_initial(forename: str) -> bool:
    return len(forename) == 1 and not WIDE.match(forename)


def _same_given(ours: tuple[str, ...], theirs: tuple[str, ...], family: str) -> Certainty | None:
    if _squeezed(ours) == _squeezed(theirs):
        return Certainty.INITIALS if _is_initial(ours[0]) or _is_initial(theirs[0]) else Certainty.EXACT
    if family in VIETNAMESE and (turned := _vietnamese(ours, theirs)) is not None:
        return turned
    grade = _same_forename(ours, theirs)
    if grade is None or _middles_clash(ours, theirs):
        return None
    short, long = sorted((ours, theirs), key=len)
    if family in VIETNAMESE:
        return _shortened(short, long, grade)
    if _is_half(ours, theirs) or _goes_by_another(ours, theirs):
        return None
    is_first_family_left_out = len(short) < len(long) and is_spanish_family(long[-1])
    return min(grade, Certainty.POSSIBLE) if is_first_family_left_out else grade


def _shortened(short: tuple[str, ...], long: tuple[str, ...], grade: Certainty) -> Certainty | None:
    """Of `Van Hung` nobody is called Van, and of `Minh Hang` few are called Minh."""
    if len(short) == len(long) or len(short[0]) == 1 or len(long[1]) == 1:
        return grade
    return None if short[0] in MIDDLE_VIETNAMESE else min(grade, Certainty.POSSIBLE)


def _vietnamese(ours: tuple[str, ...], theirs: tuple[str, ...]) -> Certainty | None:
    """The same names in whatever order; the middle name Van or Thi may be left out."""
    if (turned := _around(_parts(ours), _parts(theirs))) is not None:
        return turned
    called = [[part for part in _parts(names) if part not in MIDDLE_VIETNAMESE] for names in (ours, theirs)]
    is_same = bool(called[0]) and sorted(called[0]) == sorted(called[1]) and max(map(len, called[0])) > 1
    return Certainty.POSSIBLE if is_same else None


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
        return Certainty.INITIALS if _is_initial(first) else Certainty.EXACT
    if _is_initial(first) or _is_initial(second):
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
    return len(short) == 1 < len(long) and len(short[0]) > 1 and _is_initial(long[0]) and len(long[1]) > 1


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
