"""The key by which two titles are one, and whether a title is long enough to tell a work from others.

PURE. Knows how differently one title is printed; knows no stored paper.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.language.names import WIDE
from bot.language.text import plain

#: What tells one title from another: D⁺ and D⁻, C and C++, n<N and n>N, 1.3 and 13.
_SIGNS: Final = frozenset("+−*<>≤≥=≠_")
_NUMBER: Final = re.compile(r"(?<=[0-9])[.,](?=[0-9])")
#: A title of fewer words or signs names many papers: "Introduction", "Editorial", "Reply to the authors".
_FEW_WORDS: Final = 4
_FEW_SIGNS: Final = 20
_FEW_WIDE: Final = 10
#: Words that begin what stands in every issue; with so few behind them a title says hardly more.
_OPENINGS: Final = frozenset(
    (
        "editorial",
        "preface",
        "introduction",
        "foreword",
        "afterword",
        "reply",
        "response",
        "comment",
        "comments",
        "letter",
        "letters",
        "issue",
        "contents",
        "news",
        "obituary",
    )
)
_FEW_BEHIND: Final = 6
#: Below this a title tells nothing even in one journal.
_BARE: Final = 8


def title_words(title: str) -> list[str]:
    """The words of a title as everybody prints them: without case, accents, marks and TeX."""
    text = plain(title)
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = text.casefold().replace("&", " and ")
    return "".join(sign if sign.isalnum() or sign in _SIGNS else " " for sign in _NUMBER.sub("_", text)).split()


@lru_cache(maxsize=2_000)
def title_key(title: str) -> str:
    """What two titles that are one have in common, whatever their hyphens, spaces and marks; empty where nothing is left."""
    key = ""
    for word in title_words(title):
        key += f"_{word}" if key[-1:].isdigit() and word[0].isdigit() else word  # "1-2 dimensions" are not 12
    return key


def is_telling(title: str) -> bool:
    """Whether hardly two works share so long a title."""
    words = title_words(title)
    if len(WIDE.findall("".join(words))) >= _FEW_WIDE:
        return True
    few = _FEW_BEHIND if words and words[0] in _OPENINGS else _FEW_WORDS
    return len(words) >= few and len(" ".join(words)) >= _FEW_SIGNS


def is_bare(title: str) -> bool:
    """Whether a title tells a paper not even from the others of its journal: "Correction", "Editorial"."""
    words = title_words(title)
    return (len(words) < 2 or len("".join(words)) < _BARE) and len(WIDE.findall("".join(words))) < _BARE // 2
