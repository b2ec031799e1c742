"""Person names: how they are written, and which of their words are which. Knows customs of many countries.

PURE. Must not know papers, subscriptions or who the persons are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.language import groups
from bot.language.customs import (
    DEGREES,
    INNER_VIETNAMESE,
    LEADING_PARTICLES,
    PARTICLES,
    SURELY_VIETNAMESE,
    TITLES,
    VIETNAMESE,
    is_spanish_family,
)
from bot.language.name_marks import without_brackets, without_marks, without_numbers, without_titles
from bot.language.tables import listed
from bot.language.text import plain

LONGEST: Final = 300  # characters of a name; what is longer is none

Parts = tuple[tuple[str, ...], tuple[str, ...]]
"""Forenames and family name."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts, folded for comparison: lower case, without accents and dots. `family` includes particles
    (`van der berg`). `group` is a collaboration or institution; then `family` is what it is and is called. `also` are other
    ways to read it that are as good."""

    text: str
    given: tuple[str, ...]
    middle: tuple[str, ...]
    family: tuple[str, ...]
    suffix: str = ""
    group: bool = False
    comma: bool = False  # family and given name were told apart by a comma
    also: tuple[Parts, ...] = ()

    def __hash__(self) -> int:
        return hash(self.text)  # a look-up by name happens for every author of every paper

    @property
    def forenames(self) -> tuple[str, ...]:
        return self.given + self.middle


SUFFIX: Final = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th|phd|md)\.?", re.IGNORECASE)
_SPECIAL: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ß": "ss",
     "’": "'", "‘": "'", "`": "'", "ʼ": "'", "‐": "-", "‑": "-", "–": "-", "−": "-", "-": "-"}
)  # fmt: skip
_NUMERALS: Final = frozenset(("ii", "iii", "iv"))
#: Signs of Chinese, Japanese and Korean.
WIDE: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff]")
_CJK_NAME: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af]{2,4}")
_TWO_SYLLABLE_FAMILIES: Final = listed(
    "欧阳 司马 诸葛 上官 东方 皇甫 尉迟 公孙 令狐 夏侯 歐陽 司馬 諸葛 남궁 황보 제갈 선우 독고"
)
#: The Arabic article with its hyphen, or written together: `El-Sayed`, `ElSayed`.
_ARTICLE: Final = re.compile(r"\b([AaEe]l)-(?=\w)|\b([AE]l)(?=[A-Z][a-z])")
#: Initials of two letters, of Cyrillic, German and Greek.
_DIGRAPHS: Final = listed("ya yu yo ye ia iu ja ju zh kh ts tz ch sh th ph ps")
#: Initials without points, behind the family name: `Marlow CD`.
_CAPITALS: Final = re.compile(r"[A-Z]{2,3}")
#: What most names look like.
_USUAL: Final = re.compile(r"[A-Z][a-z]+(?:-[A-Z]?[a-z]+)? (?:[A-Z](?:\.|[a-z]+) )?[A-Z][a-z]+(?:-[A-Z][a-z]+)?")
#: Words that say how to read the others.
_MEANING: Final = PARTICLES | TITLES | DEGREES | groups.WORDS | listed("jr sr junior senior ii iii iv md")
_BEGINS_FAMILY: Final = LEADING_PARTICLES - frozenset("t") | listed("abd abdul abdel abdal abdur")
_ARTICLES_BEFORE: Final = ("al-", "el-")


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower().replace("`", "'")
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", text.translate(_SPECIAL))


_OR: Final = re.compile(r"\sOR\s")


def spellings(text: str) -> tuple[str, ...]:
    """The spellings of one person in what a follower typed: `Jim Kurose OR James Kurose`."""
    return tuple(dict.fromkeys(" ".join(part.split()) for part in _OR.split(text)))


def parse_anew(name: str) -> Name:
    """Reads a name as printed: `Kempe, Julia`, `Julia Kempe`, `J. van der Berg`, `Madonna`, `王伟`, a collaboration.
    TeX is read, never raises; a name of nobody has an empty family. `text` is the name without marks and titles."""
    return _usual(name) or _read(plain(name[:LONGEST]))


@lru_cache(maxsize=100_000)
def parse(name: str) -> Name:
    """The same, remembered."""
    return parse_anew(name)


def _usual(name: str) -> Name | None:
    """The short way for most names: two or three words of Latin letters, none of which means anything. Reads as `_read` does."""
    if not _USUAL.fullmatch(name) or len(name) > LONGEST:
        return None
    words = name.replace(".", "").lower().split(" ")
    if words[0].startswith(_ARTICLES_BEFORE) or words[-1].startswith(_ARTICLES_BEFORE):
        return None
    if not _MEANING.isdisjoint(words):
        return None
    also = tuple(dict.fromkeys(_otherwise(words, name, 2))) if len(words) > 2 else ()
    return _name(name, words[:-1], words[-1:], "", also=also)


def _read(printed: str) -> Name:
    text = groups.person_of(without_numbers(without_brackets(without_marks(printed))))
    known = groups.apart(text)
    if groups.is_group(known) and not SUFFIX.fullmatch(text):
        text = printed.strip(" ,;:*†‡§¶")
        return Name(text, (), (), groups.called(_fold(groups.apart(text))), group=True)
    text = without_titles(text)
    readable = _ARTICLE.sub(lambda found: f"{found[1] or found[2]} ", text)
    parts = [part.strip() for part in _fold(readable).split(",") if part.strip(" .")]
    suffix = ""
    while len(parts) > 1 and SUFFIX.fullmatch(parts[-1]):
        suffix = parts.pop().strip(".")
    if len(parts) >= 2:
        return _around_comma(text, parts, suffix)
    words = _words(parts[0]) if parts else []
    if len(words) > 1 and words[-1].endswith(("-jr", "-sr")):
        words[-1:] = words[-1].rsplit("-", 1)
    if len(words) == 2 and words[-1] in _NUMERALS:  # Belle II
        return Name(text, (), (), tuple(words))
    if len(words) > 2 and SUFFIX.fullmatch(words[-1]) and words[-1] not in ("md",):
        suffix = words.pop()
    if len(words) == 1:
        return _single(text, words[0], suffix)
    forenames, family = _divided(words, readable)
    also = tuple(dict.fromkeys(_otherwise(words, readable, len(forenames))))
    return _name(text, forenames, family, suffix, also=also)


def _around_comma(text: str, parts: list[str], suffix: str) -> Name:
    """`Berg, J. van der`; initials may stand together: `Marlow, CD`."""
    family, forenames = _words(parts[0]), _words(" ".join(parts[1:]))
    for words in (family, forenames):
        if len(words) > 1 and SUFFIX.fullmatch(words[-1]) and words[-1] != "md":  # "Marlow III, G.", "Marlow, Guy Jr."
            suffix = words.pop()
    if forenames and forenames[-1] in LEADING_PARTICLES:
        cut = len(forenames)
        while cut > 1 and forenames[cut - 1] in LEADING_PARTICLES:
            cut -= 1
        family, forenames = forenames[cut:] + family, forenames[:cut]
    last = text.rsplit(",", 1)[1].strip()
    also: tuple[Parts, ...] = ()
    if len(forenames) == 1 and _CAPITALS.fullmatch(last) and not text.isupper():
        also = ((tuple(last.lower()), tuple(family)),)
    if len(forenames) > 1 and len(forenames[-1]) > 1 and forenames[-1] in PARTICLES:  # "Allal, Loubna Ben"
        also = (*also, (tuple(forenames[:-1]), (forenames[-1], *family)))
    return _name(text, forenames, family, suffix, comma=True, also=also)


def _words(text: str) -> list[str]:
    """Words of a name; initials written together come apart (`j.-p.` → j, p); hyphens in long words stay inside."""
    words: list[str] = []
    chunks = text.replace(".", ". ").split()
    whole = any(len(chunk) > 3 for chunk in chunks)  # there is more than initials
    for chunk in chunks:
        bare = chunk.strip(".-'").replace("'", "")
        if not bare.replace("-", "").isalnum():
            bare = "".join(c for c in bare if c.isalnum() or c == "-" or unicodedata.category(c)[0] == "M").strip("-")
        if not bare:
            continue
        if chunk.endswith(".") and bare in _DIGRAPHS and whole:  # "Yu. V. Sotnikova"
            bare = bare[0]
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
    if cut := _shouted(words, text.split()):
        return words[cut:], words[:cut]
    if WIDE.search(words[0]) and len(words[0]) <= 2 and len(words) == 2:
        return words[1:], words[:1]
    behind = _initials_behind(words)
    if behind and (behind > 1 or text.endswith(".")) and not _is_initial(words[0]):
        return words[-behind:], words[:-behind]
    cut = len(words) - 1
    if words[-1] in VIETNAMESE and words[cut - 1] in INNER_VIETNAMESE:  # a middle name there
        return words[:cut], words[cut:]
    while cut > 1 and words[cut - 1] in PARTICLES and len(words[cut - 1]) > 1:
        cut -= 1
    if cut > 2 and words[cut - 1] in ("y", "e", "i") and f" {words[cut - 1]} " in text:  # Ortega y Gasset
        cut -= 2
    return words[:cut], words[cut:]


def _shouted(words: list[str], written: list[str]) -> int:
    """How many words in capitals are the family name in front: `KEMPE Julia`."""
    if len(words) != len(written):
        return 0
    cut = 0
    while (
        cut < len(written) and len(written[cut].strip(".,-")) > 1 and written[cut].isupper() and "." not in written[cut]
    ):
        cut += 1
    rest = written[cut:]
    calm = not any(w.isupper() and len(w.strip(".,-")) > 1 and "." not in w for w in rest)
    return cut if calm and any(len(w.strip(".")) > 1 for w in rest) else 0


def _is_initial(word: str) -> bool:
    return len(word) == 1 and not WIDE.match(word)


def _initials_behind(words: list[str]) -> int:
    """How many initials stand at the end."""
    count = 0
    while count < len(words) and _is_initial(words[-1 - count]):
        count += 1
    return count if count < len(words) else 0


def _otherwise(words: list[str], text: str, given: int) -> list[Parts]:
    """What else the words can be by custom, without any guess; `given` is how many forenames were read."""
    found: list[Parts] = []
    last = text.rsplit(" ", 1)[-1]
    initials = words[-behind:] if (behind := _initials_behind(words)) else []
    is_generation = SUFFIX.fullmatch(last) and words[-1] != last.lower()
    if not initials and _CAPITALS.fullmatch(last) and not is_generation and not text.split(" ", 1)[0].isupper():
        initials, behind = list(last.lower()), 1
    first, _, rest = text.partition(" ")
    if _CAPITALS.fullmatch(first) and not rest.isupper():  # "JP Serre"
        found.append((tuple(first.lower()), tuple(words[1:])))
    if initials:
        front = words[:-behind]
        found.append((tuple(initials), tuple(front)))
        if len(front) > 1 and front[0] not in LEADING_PARTICLES:
            found.append(((*front[1:], *initials), (front[0],)))
    for at in range(1, given):
        if words[at] in _BEGINS_FAMILY and not (
            words[-1] in VIETNAMESE and words[at] in INNER_VIETNAMESE
        ):  # de Bruyn Kops, Abdul Aziz
            found.append((tuple(words[:at]), tuple(words[at:])))
            break
    if given > 1 and len(words) - given == 1 and is_spanish_family(words[given - 1]):
        found.append((tuple(words[: given - 1]), tuple(words[given - 1 :])))
    if len(words) > 2:
        found += _vietnamese(words)
    return found


def _vietnamese(words: list[str]) -> list[Parts]:
    """`Nguyen Van Hung`, also as `Hung Nguyen Van`: he is called Hung."""
    if words[-1] in VIETNAMESE:
        return []
    if words[0] in VIETNAMESE:
        return [((words[-1], *words[1:-1]), (words[0],))]
    if len(words) == 3 and words[1] in SURELY_VIETNAMESE:
        return [((words[0], words[2]), (words[1],))]
    return []


def _name(
    text: str,
    forenames: list[str],
    family: list[str],
    suffix: str,
    *,
    comma: bool = False,
    also: tuple[Parts, ...] = (),
) -> Name:
    return Name(text, tuple(forenames[:1]), tuple(forenames[1:]), tuple(family), suffix, comma=comma, also=also)
