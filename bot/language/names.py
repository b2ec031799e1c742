"""Person names: how they are written, and which of their words are which. Knows customs of many countries.

PURE. Must not know papers, subscriptions or who the persons are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.language.text import plain

LONGEST: Final = 300  # characters of a name; what is longer is none


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


PARTICLES: Final = _set(
    """van von der den de del della dello degli di da das do dos du la le los las el al bin ibn ben bint ter ten te
    t op zu zur zum vom af av y e i san santa st saint der vander vanden dela abu abd mac ap o"""
)
#: Those that begin a family name whatever stands before them.
LEADING_PARTICLES: Final = PARTICLES - {
    "e",
    "i",
    "y",
    "o",
    "san",
    "santa",
    "ben",
    "al",
    "st",
    "saint",
    "abd",
    "ap",
    "mac",
}
SUFFIX: Final = re.compile(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd|4th|phd|md)\.?", re.IGNORECASE)
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
#: Signs of Chinese, Japanese and Korean.
WIDE: Final = re.compile("[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff]")
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
    if _GROUP.search(folded) and not SUFFIX.fullmatch(folded):
        return Name(text, (), (), tuple(re.findall(r"\w+", folded)), group=True)
    parts = [part.strip() for part in folded.split(",") if part.strip(" .")]
    suffix = ""
    while len(parts) > 1 and SUFFIX.fullmatch(parts[-1]):
        suffix = parts.pop().strip(".")
    if len(parts) >= 2:
        family, forenames = _words(parts[0]), _words(" ".join(parts[1:]))
        if forenames and forenames[-1] in LEADING_PARTICLES:  # "Berg, J. van der"
            cut = len(forenames)
            while cut > 1 and forenames[cut - 1] in LEADING_PARTICLES:
                cut -= 1
            family, forenames = forenames[cut:] + family, forenames[:cut]
        return _name(text, forenames, family, suffix, comma=True)
    words = _words(parts[0]) if parts else []
    if len(words) > 2 and SUFFIX.fullmatch(words[-1]) and words[-1] not in ("md",):
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
    if WIDE.search(words[0]) and len(words[0]) <= 2 and len(words) == 2:
        return words[1:], words[:1]
    cut = len(words) - 1
    while cut > 1 and words[cut - 1] in PARTICLES and len(words[cut - 1]) > 1:
        cut -= 1
    if cut > 2 and words[cut - 1] in ("y", "e", "i"):  # Ortega y Gasset
        cut -= 2
    return words[:cut], words[cut:]


def _name(text: str, forenames: list[str], family: list[str], suffix: str, *, comma: bool = False) -> Name:
    return Name(text, tuple(forenames[:1]), tuple(forenames[1:]), tuple(family), suffix, comma=comma)
