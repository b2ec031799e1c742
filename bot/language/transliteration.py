"""Cyrillic and Greek names in Latin letters.

PURE. One way of many; the others are those of `romanising`. Signs of Chinese are not read: several names have the same sound.
"""

from __future__ import annotations

import re
from typing import Final

_CYRILLIC: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "ђ": "dj", "ѓ": "g", "е": "e", "ё": "e", "є": "ie", "ж": "zh",
    "з": "z", "ѕ": "dz", "и": "i", "і": "i", "ї": "i", "й": "i", "ј": "j", "к": "k", "ќ": "k", "л": "l", "љ": "lj", "м": "m",
    "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ћ": "c", "у": "u", "ў": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "џ": "dz", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_GREEK: Final = {
    "α": "a", "ά": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "έ": "e", "ζ": "z", "η": "i", "ή": "i", "θ": "th", "ι": "i",
    "ί": "i", "ϊ": "i", "ΐ": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "ό": "o", "π": "p", "ρ": "r",
    "σ": "s", "ς": "s", "τ": "t", "υ": "y", "ύ": "y", "ϋ": "y", "ΰ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o", "ώ": "o",
}  # fmt: skip
_LOWER: Final = _CYRILLIC | _GREEK
_LATIN: Final = str.maketrans(
    _LOWER | {letter.upper(): latin.capitalize() for letter, latin in _LOWER.items() if len(letter.upper()) == 1}
)
_ANY: Final = re.compile("[Ͱ-Ͽἀ-῾Ѐ-ӿ]")
#: Two Greek letters that are one sound.
_TOGETHER: Final = (
    (re.compile("ο[υύ]"), "ou"),
    (re.compile("Ο[υύ]"), "Ou"),
    (re.compile("([αεΑΕ])[υύ](?=[βγδζλμνραεηιοωάέήίόώ])"), r"\1v"),
    (re.compile("([αεΑΕ])[υύ]"), r"\1f"),
    (re.compile(r"\bΜπ"), "B"),
    (re.compile(r"\bΝτ"), "D"),
    (re.compile(r"\bΓκ"), "G"),
    (re.compile("γγ"), "ng"),
    (re.compile("ъ(?=[бвгджзклмнпрстфхцчшщ])"), "a"),  # Bulgarian; elsewhere it has no sound
)

#: Which Latin letters the first letter of a name has in one way or another.
_BEGINS: Final = {
    "а": "a", "б": "b", "в": "vw", "г": "gh", "ґ": "g", "д": "d", "ђ": "d", "е": "eyij", "є": "eyij", "ж": "zj", "з": "z",
    "и": "iyj", "і": "iyj", "ј": "jiy", "к": "kc", "л": "l", "љ": "l", "м": "m", "н": "n", "њ": "n", "о": "o", "п": "p",
    "р": "r", "с": "s", "т": "t", "ћ": "ct", "у": "u", "ф": "fp", "х": "kh", "ц": "tc", "ч": "ct", "џ": "d", "ѕ": "d", "ш": "s",
    "щ": "s", "ы": "yij", "э": "ey", "ю": "iyju", "я": "iyja",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "iyj", "θ": "t", "ι": "iyj", "κ": "k", "λ": "l", "μ": "mb",
    "ν": "nd", "ξ": "xk", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "τ": "t", "υ": "yij", "φ": "fp", "χ": "ckh", "ψ": "p", "ω": "o",
}  # fmt: skip
_LETTERS: Final = {
    latin: frozenset(letter for letter, begins in _BEGINS.items() if latin in begins)
    for latin in "abcdefghijklmnopqrstuvwxyz"
}


def transliterated(text: str) -> str:
    """The text in Latin letters where it is Cyrillic or Greek; the same text where it is neither."""
    if text.isascii() or not _ANY.search(text):
        return text
    for letters, latin in _TOGETHER:
        text = letters.sub(latin, text)
    return text.translate(_LATIN)


def first_letters(word: str) -> frozenset[str]:
    """The Cyrillic and Greek letters that a folded Latin word can begin with in its own script."""
    return _LETTERS.get(word[:1].lower(), frozenset())
