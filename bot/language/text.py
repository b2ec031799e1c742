"""Raw text → readable text: what a reader would see of TeX, entities, tags and invisible characters.

Knows TeX and Unicode; knows nothing of words, papers or where text is shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from bot.language import markup, tex

_MARKS_IN_A_ROW: Final = 4

_TEXY: Final = ("\\", "$", "{", "}", "~", "`", "^", "--", "''")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def plain(text: str) -> str:
    """`text` as a reader would see it: TeX, HTML entities and tags said in Unicode, one line, NFC. Never raises."""
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m.group()), text)
    if "<" in text:
        text = markup.without_type(text)
    if any(sign in text for sign in _TEXY):
        text = tex.readable(text)
    return clean(text)


#: Letters and marks that count as printable although nothing is seen of them: fillers, variation selectors and their like
#: (Unicode's Default_Ignorable_Code_Point that are no format characters), the Braille blank, the null notehead.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]"
)


class _Hygiene(dict[int, str | int | None]):
    """What `str.translate` does to a character: removes what no reader sees or what turns the line around."""

    def __missing__(self, code: int) -> str | int | None:
        character = chr(code)
        category = unicodedata.category(character)
        kept: str | int | None = code
        if character.isspace() or code == 0x2800:
            kept = " "
        elif category[0] == "C" or _UNSEEN.match(character):
            kept = None
        self[code] = kept
        return kept


class _Marks(dict[int, str | int | None]):
    """`str.translate` table: every combining mark → U+0300, everything else → "." (to find runs of marks fast)."""

    def __missing__(self, code: int) -> str | int | None:
        self[code] = 0x300 if unicodedata.category(chr(code))[0] == "M" else "."
        return self[code]


_HYGIENE: Final = _Hygiene()
_IS_MARK: Final = _Marks()
#: Normalisation sorts marks in a row, in quadratic time: no word has more than this.
_MARKS_SORTED: Final = 16


def _few_marks(text: str, most: int) -> str:
    """The text with at most so many marks in a row."""
    shape = text.translate(_IS_MARK)
    if "\u0300" * (most + 1) not in shape:
        return text
    pieces, end = [], 0
    for run in re.finditer(f"\u0300{{{most + 1},}}", shape):
        pieces.append(text[end : run.start() + most])
        end = run.end()
    return "".join(pieces) + text[end:]


def clean(text: str) -> str:
    """NFC on one line, without controls, format characters, surrogates and private use; at most 4 marks in a row."""
    if "\n" in text:
        text = text.replace("\n", " ")
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _spaced(text)
    if not text.isprintable() or _UNSEEN.search(text):
        text = text.translate(_HYGIENE)
    if text.isascii():
        return _spaced(text)
    text = unicodedata.normalize("NFC", _few_marks(text, _MARKS_SORTED))
    return _spaced(_few_marks(text, _MARKS_IN_A_ROW))


_ODD_SPACE: Final = re.compile(r"\s\s+|[^\S ]")


def _spaced(text: str) -> str:
    """One plain space wherever there is white space, and none at the ends."""
    return _ODD_SPACE.sub(" ", text).strip()


def blank(text: str) -> bool:
    """Whether a reader sees nothing of `text`: spaces, controls, fillers, and marks that stand on no letter."""
    return not any(unicodedata.category(c)[0] not in "CMZ" and not _UNSEEN.match(c) for c in text)
