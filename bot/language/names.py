"""Person names: how they are written and when two spellings can be one person. Knows customs of many countries.

Must not know papers, subscriptions or who the persons are: it compares spellings, not identities.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import Final

from bot.language.text import plain
from bot.language.tokens import index_text

__all__ = ["Certainty", "Name", "compatible", "index_expression", "key", "parse", "split_creators", "words_of"]


LONGEST: Final = 300  # characters of a name; what is longer is none


class Certainty(IntEnum):
    """How well two spellings agree; the larger, the surer."""

    POSSIBLE = 1
    INITIALS = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts, folded for comparison: lower case, without accents and dots. `family` includes particles
    (`van der berg`). `group` is a collaboration or institution; then all its words are in `family`."""

    text: str
    given: tuple[str, ...]
    middle: tuple[str, ...]
    family: tuple[str, ...]
    suffix: str = ""
    group: bool = False
    comma: bool = False  # family and given name were told apart by a comma

    def __hash__(self) -> int:
        return hash(self.text)  # a look-up by name happens for every author of every paper

    @property
    def forenames(self) -> tuple[str, ...]:
        return self.given + self.middle


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PARTICLES: Final = _set(
    """van von der den de del della dello degli di da das do dos du la le los las el al bin ibn ben bint ter ten te
    t op zu zur zum vom af av y e i san santa st saint der vander vanden dela abu abd mac ap o"""
)
_LEADING: Final = _PARTICLES - {"e", "i", "y", "o", "san", "santa", "ben", "al", "st", "saint", "abd", "ap", "mac"}
_SUFFIX: Final = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th|phd|md)\.?", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"\b(?:collaborations?|team|consortium|group|project|survey|institute|laborator(?:y|ies)|university|society|network|"
    r"committee|initiative|foundation|center|centre|department|council|community|alliance|association|"
    r"working|experiment|observatory|inc|ltd|openai|deepmind|google|microsoft|nvidia|others|et al)\b",
    re.IGNORECASE,
)
_SPECIAL: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ß": "ss",
     "’": "'", "‘": "'", "`": "'", "ʼ": "'", "‐": "-", "‑": "-", "–": "-", "−": "-", "-": "-"}
)  # fmt: skip
_WIDE: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff]")
_CJK_NAME: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af]{2,4}")
_TWO_SYLLABLE_FAMILIES: Final = _set(
    "欧阳 司马 诸葛 上官 东方 皇甫 尉迟 公孙 令狐 夏侯 歐陽 司馬 諸葛 남궁 황보 제갈 선우 독고"
)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", text.translate(_SPECIAL))


@lru_cache(maxsize=100_000)
def parse(name: str) -> Name:
    """Reads a name as printed: `Kempe, Julia`, `Julia Kempe`, `J. van der Berg`, `Madonna`, `王伟`, a collaboration.
    TeX is read, never raises; an unreadable name has an empty family."""
    text = plain(name[:LONGEST]).strip(" ,;")
    folded = _fold(text)
    if _GROUP.search(folded) and not _SUFFIX.fullmatch(folded):
        return Name(text, (), (), tuple(re.findall(r"\w+", folded)), group=True)
    parts = [part.strip() for part in folded.split(",") if part.strip(" .")]
    suffix = ""
    while len(parts) > 1 and _SUFFIX.fullmatch(parts[-1]):
        suffix = parts.pop().strip(".")
    if len(parts) >= 2:
        family, forenames = _words(parts[0]), _words(" ".join(parts[1:]))
        if forenames and forenames[-1] in _LEADING:  # "Berg, J. van der"
            cut = len(forenames)
            while cut > 1 and forenames[cut - 1] in _LEADING:
                cut -= 1
            family, forenames = forenames[cut:] + family, forenames[:cut]
        return _name(text, forenames, family, suffix, comma=True)
    words = _words(parts[0]) if parts else []
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) and words[-1] not in ("md",):
        suffix = words.pop()
    if len(words) == 1:
        return _single(text, words[0], suffix)
    return _name(text, *_divided(words, text), suffix)


def _words(text: str) -> list[str]:
    """Words of a name; initials written together come apart (`j.-p.` → j, p); hyphens in long words stay inside."""
    words: list[str] = []
    for chunk in text.replace(".", ". ").split():
        bare = chunk.strip(".-'").replace("'", "")
        if not bare:
            continue
        pieces = [piece for piece in bare.split("-") if piece]
        words.extend(pieces if all(len(piece) == 1 for piece in pieces) else [bare])
    return words


def _single(text: str, word: str, suffix: str) -> Name:
    if _CJK_NAME.fullmatch(word):
        cut = 2 if word[:2] in _TWO_SYLLABLE_FAMILIES and len(word) > 2 else 1
        return Name(text, (word[cut:],), (), (word[:cut],), suffix)
    return Name(text, (), (), (word,), suffix)


def _divided(words: list[str], text: str) -> tuple[list[str], list[str]]:
    """Forenames and family of a name without a comma."""
    if len(words) < 2:
        return [], words
    shouted = [w for w in text.split() if len(w.strip(".,-")) > 1 and w.isupper() and "." not in w]
    if (
        shouted
        and len(shouted) < len(text.split())
        and text.split()[0] == shouted[0]
        and len(words) == len(text.split())
    ):
        cut = len(shouted)
        if text.split()[:cut] == shouted and any(len(w.strip(".")) > 1 for w in text.split()[cut:]):  # "KEMPE Julia"
            return words[cut:], words[:cut]
    if _WIDE.search(words[0]) and len(words[0]) <= 2 and len(words) == 2:
        return words[1:], words[:1]
    cut = len(words) - 1
    while cut > 1 and words[cut - 1] in _PARTICLES and len(words[cut - 1]) > 1:
        cut -= 1
    if cut > 2 and words[cut - 1] in ("y", "e", "i"):  # Ortega y Gasset
        cut -= 2
    return words[:cut], words[cut:]


def _name(text: str, forenames: list[str], family: list[str], suffix: str, *, comma: bool = False) -> Name:
    return Name(text, tuple(forenames[:1]), tuple(forenames[1:]), tuple(family), suffix, comma=comma)


# --- comparing


def _squeezed(words: tuple[str, ...]) -> str:
    return "".join(words).replace("-", "")


@lru_cache(maxsize=100_000)
def _families(family: tuple[str, ...]) -> frozenset[str]:
    """Ways to write one family name: whole, without particles, with ü as ue."""
    whole = _squeezed(family)
    bare = tuple(word for word in family if word not in _PARTICLES)
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
    words = [word for word in family if word not in _PARTICLES] or list(family)
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
        for particle in _LEADING:
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
    return len(forename) == 1 and not _WIDE.match(forename)


_SHORT: Final = {
    frozenset(pair.split("/"))
    for pair in _set(
        """dave/david mike/michael bob/robert rob/robert bill/william will/william jim/james tom/thomas
    dan/daniel ben/benjamin sam/samuel matt/matthew chris/christopher chris/christian alex/alexander alex/alexandra
    alex/alexandre alex/alexey andy/andrew nick/nicholas tony/anthony steve/steven steve/stephen joe/joseph ed/edward
    greg/gregory jeff/jeffrey ken/kenneth kate/katherine liz/elizabeth beth/elizabeth sue/susan jen/jennifer
    phil/philip max/maximilian tim/timothy pete/peter ron/ronald don/donald larry/lawrence josh/joshua jon/jonathan
    zach/zachary gabe/gabriel fred/frederick vlad/vladimir"""
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


# --- dc:creator


def split_creators(text: str) -> list[tuple[str, str | None]]:
    """Reads arXiv's `dc:creator`: names joined by ", " in one string, affiliations in parentheses (they may hold commas
    and parentheses), suffixes behind a comma (`, Jr.`). TeX stays in the names. Returns (name, affiliation or None)."""
    people: list[tuple[str, str | None]] = []
    for part in _top_level(text):
        opened = part.find("(")
        name = " ".join((part if opened < 0 else part[:opened]).split())
        affiliation = None
        if opened >= 0:
            inner = part[opened + 1 :].rstrip()
            inner = inner[:-1] if inner.endswith(")") else inner
            affiliation = " ".join(inner.split()) or None
        if _SUFFIX.fullmatch(name) and people:
            before, known = people[-1]
            people[-1] = (f"{before}, {name}" if len(before) < LONGEST else before, known or affiliation)
        elif name:
            people.append((name, affiliation))
        elif affiliation and people and people[-1][1] is None:
            people[-1] = (people[-1][0], affiliation)
    return people


def _top_level(text: str) -> list[str]:
    """Splits at commas outside parentheses and braces; an unclosed one is taken to close at the end."""
    parts, start, depth = [], 0, 0
    for at, character in enumerate(text):
        if character in "({":
            depth += 1
        elif character in ")}":
            depth = max(0, depth - 1)
        elif character == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
