"""The readings of a person's name: which of its words are forenames, which are the family name.

Those by custom are as good as each other; further ones rest on a guess, which they name.

PURE. Reads one name; must not know what it is compared with.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from bot.language.customs import COMMON_SPANISH, LOOSE_PARTICLES, PARTICLES, VIETNAMESE, is_spanish_family, is_syllable
from bot.language.name_variants import LONG, in_one_spelling, japanese
from bot.language.names import WIDE, Name, Parts, parse
from bot.language.romanising import (
    chinese,
    expanded,
    is_slavic,
    is_slavic_forename,
    reduced,
    romanised,
    romanised_forename,
    with_other_article,
    with_servant,
)
from bot.language.transliteration import transliterated


class Guess(Enum):
    """What a reading rests on."""

    NONE = "as it is printed"
    TURNED = "the family name stands first"
    DOUBLE = "the last forename is half of the family name"
    HALF_FAMILY = "half of a double family name is left out"
    MATERNAL = "the mother's family name is left out"
    HALF_GIVEN = "half of a double given name is left out"
    DROPPED = "the initial before the used given name is left out"
    MOVED = "the initial before the used given name stands behind it"
    LETTERS = "ü is written as two letters"
    STRIPPED = "ue may be ü that is written as u"
    ARTICLE = "the Arabic article is el for al, or al for el"
    ROMAN = "the name is romanised in another way"
    SCRIPT = "the name is in Latin letters, and in those of its own alphabet"
    LONG = "a long vowel of Japanese is written in another way"
    ALIKE = "a name that has several spellings is written in another of them"


class Reading(NamedTuple):
    """One way to read a name. `whole` is the family name in one word, `ways` also without particles."""

    forenames: tuple[str, ...]
    family: tuple[str, ...]
    whole: str
    ways: frozenset[str]
    guess: Guess


def squeezed(words: tuple[str, ...]) -> str:
    if len(words) == 1 and words[0].isalpha():
        return words[0]
    return "".join(words).replace("-", "")


def read_anew(name: Name) -> tuple[Reading, ...]:
    """Every way to read a person's name that has forenames, the printed one first."""
    return tuple(_readings(name)) if name.forenames and name.family else ()


@lru_cache(maxsize=100_000)
def readings(name: Name) -> tuple[Reading, ...]:
    """The same, remembered."""
    return read_anew(name)


def _readings(name: Name) -> Iterator[Reading]:
    plain = [(name.forenames, name.family), *name.also]
    may_be_long = LONG.search(name.text)
    for forenames, family in plain:
        yield _reading(forenames, family)
        if len(family) > 1 or "-" in family[0] or "-" in forenames[0]:
            yield from _halves(forenames, family)
        if used := _without_first_initials(forenames, family):
            yield _guessed(used, family, Guess.DROPPED)
            yield _guessed((*used, *forenames[: -len(used)]), family, Guess.MOVED)
        short = reduced(whole := squeezed(family))
        if short != whole:
            yield _guessed(forenames, (short,), Guess.STRIPPED)
        if len(family) > 1 and (article := with_other_article(family)):
            yield _guessed(forenames, (article,), Guess.ARTICLE)
        yield from _in_other_letters(forenames, family)
        if may_be_long and (short_vowels := japanese(forenames, family)):
            yield _guessed(*short_vowels, Guess.LONG)
    if not name.comma:
        yield from _turned(name)
    if name.text.isascii() and "v" not in name.text:
        return  # the short way for most names: nothing below changes such letters
    if (latin := transliterated(name.text)) != name.text:
        for forenames, family in _of(latin):
            yield _guessed(forenames, family, Guess.SCRIPT)
            yield from _in_other_letters(forenames, family)
    for spelled in dict.fromkeys((expanded(name.text), chinese(name.text))):
        if spelled != name.text:
            for forenames, family in _of(spelled):
                yield _guessed(forenames, family, Guess.LETTERS)


def _of(text: str) -> tuple[Parts, ...]:
    """How another spelling of the name is read by custom."""
    name = parse(text)
    return ((name.forenames, name.family), *name.also) if name.forenames else ()


def _in_other_letters(forenames: tuple[str, ...], family: tuple[str, ...]) -> Iterator[Reading]:
    """In the one spelling that stands for all in which the name is written."""
    if roman := _romanised(forenames, family):
        yield _guessed(*roman, Guess.ROMAN)
    if alike := _alike(forenames, family):
        yield _guessed(*alike, Guess.ALIKE)


def _without_first_initials(forenames: tuple[str, ...], family: tuple[str, ...]) -> tuple[str, ...]:
    """The forename by which somebody is called, and those behind it, where initials stand before; else nothing. `J. Wei Zhang` is not
    every Wei Zhang."""
    if len(forenames[0]) > 1:
        return ()
    at = next((at for at, word in enumerate(forenames) if not is_initial(word)), 0)
    return forenames[at:] if at and not all(map(is_syllable, (*forenames[at:], *family))) else ()


def _reading(forenames: tuple[str, ...], family: tuple[str, ...]) -> Reading:
    whole = squeezed(family)
    if len(family) == 1:
        return Reading(forenames, family, whole, frozenset((whole,)), Guess.NONE)
    bare = tuple(word for word in family if word not in LOOSE_PARTICLES)
    ways = frozenset((whole, squeezed(bare))) if bare and bare != family else frozenset((whole,))
    return Reading(forenames, family, whole, ways, Guess.NONE)


def _guessed(forenames: tuple[str, ...], family: tuple[str, ...], guess: Guess) -> Reading:
    whole = squeezed(family)
    return Reading(forenames, family, whole, frozenset((whole,)), guess)


def _turned(name: Name) -> Iterator[Reading]:
    """The words in another order, where nothing tells them apart."""
    words = name.forenames + name.family
    if any(map(is_initial, words)):
        if len(name.family) == 1 and len(name.forenames) > 1 and len(name.forenames[-1]) > 2:
            yield _guessed(name.forenames[:-1], (name.forenames[-1], *name.family), Guess.DOUBLE)
        return
    yield _guessed(words[1:], words[:1], Guess.TURNED)
    if len(words) > 2:
        yield _guessed(words[-1:], words[:-1], Guess.TURNED)
        if len(name.family) == 1 and len(name.forenames[-1]) > 2:
            yield _guessed(name.forenames[:-1], (name.forenames[-1], *name.family), Guess.DOUBLE)


def _halves(forenames: tuple[str, ...], family: tuple[str, ...]) -> Iterator[Reading]:
    """With half of a double name, where one has a hyphen or two words, beside a forename that is written out or several initials."""
    if is_initial(forenames[0]) and len(forenames) == 1:
        return
    pieces = pieces_of(family)
    is_spanish = all(map(is_spanish_family, pieces)) and "-" not in family[-1]
    if is_initial(forenames[0]) and not is_spanish:
        return
    if len(pieces) > 1 and not all(map(is_syllable, pieces)):
        first_stays = is_spanish_family(pieces[0]) or is_spanish_family(pieces[-1])
        for piece in pieces[:1] if first_stays else (pieces[0], pieces[-1]):
            if len(piece) > 2 and not ("-" in family[-1] and _tells_little(forenames, piece)):
                yield _guessed(forenames, (piece,), Guess.MATERNAL if is_spanish else Guess.HALF_FAMILY)
    parts = forenames[0].split("-")
    if len(parts) == 2 and len(parts[0]) > 1 and parts[1] not in PARTICLES and not _is_eastern(parts, pieces):
        yield _guessed((parts[0], *forenames[1:]), family, Guess.HALF_GIVEN)


def _tells_little(forenames: tuple[str, ...], family: str) -> bool:
    """Whether so many people are called so that a hyphen in the family name is there to tell one of them: David Rodríguez-Martínez."""
    return len(forenames) == 1 and forenames[0] in COMMON_SPANISH and (is_spanish_family(family) or family == "alonso")


def _is_eastern(given: list[str], family: list[str]) -> bool:
    """Whether the first syllable of the given name is no name by itself, as in Chinese, Korean and Vietnamese: Yu-Jhe Li."""
    if not is_syllable(given[0]):
        return False
    return family[-1] in VIETNAMESE or all(map(is_syllable, given)) or all(map(is_syllable, family))


def _romanised(forenames: tuple[str, ...], family: tuple[str, ...]) -> Parts | None:
    """The name as romanised in the one way that stands for all, for names that are romanised in several."""
    one_form = with_servant(forenames), with_servant(family)
    if one_form[0] is not forenames or one_form[1] is not family:
        return one_form
    whole = squeezed(family)
    slavic = is_slavic(whole)
    first = romanised_forename(forenames[0].replace("-", ""))
    if not slavic and not is_slavic_forename(first):
        return None
    further = (word if is_initial(word) else romanised_forename(word) for word in forenames[1:])
    return (first, *further), ((romanised(whole),) if slavic else family)


def _alike(forenames: tuple[str, ...], family: tuple[str, ...]) -> Parts | None:
    """The name with one spelling that stands for all, where a word of it has several."""
    one = in_one_spelling(forenames), in_one_spelling(family)
    if one[0] is forenames and one[1] is family:
        return None
    return with_servant(one[0]), with_servant(one[1])


def pieces_of(family: tuple[str, ...]) -> list[str]:
    """The parts of a double family name, without particles."""
    words = [word for word in family if word not in PARTICLES] or list(family)
    return [piece for word in words for piece in word.split("-") if piece]


def is_initial(forename: str) -> bool:
    return len(forename) == 1 and not WIDE.match(forename)
