"""The one analyzer of index and matcher: readable text → the words that are compared.

Knows Unicode and English inflection; knows neither queries nor papers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from bot.language.stems import ACRONYMS, GRAMMAR, TELLING
from bot.language.texsymbols import SYMBOLS
from bot.language.text import plain

ANALYZER_VERSION: Final = 3
"""Changes whenever `plain`, `tokens` or `index_text` may answer differently: a stored index must then be built anew."""

LONGEST_FORM: Final = 64  # characters kept of one token


class Token(NamedTuple):
    """One searchable word: `form` as compared, `start:end` its wording in the text, `position` the number of the word
    there, `width` how many positions it spans (more than 1 for the joined form of a hyphenated word)."""

    form: str
    start: int
    end: int
    position: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Scan:
    """The words of one text without their places: `forms` in order, `joined` forms as (form, position, width), and the
    words whose `capitals` say something as (position, wording)."""

    forms: tuple[str, ...]
    joined: tuple[tuple[str, int, int], ...] = ()
    capitals: tuple[tuple[int, str], ...] = ()


def _mark_class() -> str:
    ranges = ((0x300, 0x1100), (0x1A00, 0x1E00), (0x20D0, 0x2100), (0x3099, 0x309B), (0xFE20, 0xFE30))
    return "".join(chr(c) for low, high in ranges for c in range(low, high) if unicodedata.category(chr(c))[0] == "M")


_JOINERS: Final = frozenset("-‐‑–'’")
_CJK: Final = (
    "\u3005-\u3007\u3040-\u3098\u309b-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_M: Final = _mark_class()
_RUN: Final = re.compile(rf"[{_CJK}][{_M}]*|(?:(?![{_CJK}])[^\W_][{_M}]*)+")
_ASCII_RUN: Final = re.compile(r"[A-Za-z0-9]+")
_CAPITALS: Final = re.compile(r"[A-Z](?:[A-Z]|[a-z]{1,4}+[A-Z])[A-Za-z0-9]*")
_TELLING_WORDS: Final = frozenset(word.upper() for word in GRAMMAR | ACRONYMS)
_NET: Final = ("NET", "Net", "net")
_WIDE: Final = re.compile(rf"[{_CJK}]")
_POSSESSIVE: Final = re.compile(r"([A-Za-z0-9])'[sS](?![A-Za-z0-9])")
_SPLIT: Final = str.maketrans(
    {c: (c.lower() if c.isalnum() else "-" if c in "-'" else " ") for c in map(chr, range(128))}
)
_MOST_PARTS: Final = 6
_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ƒ": "f"}
)
_GREEK: Final = {
    symbol: name.lower() for name, symbol in SYMBOLS.items() if "α" <= symbol <= "ω" and not name.startswith("var")
} | {"ϵ": "epsilon", "ϕ": "phi", "ο": "omicron", "ς": "sigma"}


def tokens(text: str) -> list[Token]:
    """The words of `text` (already `plain`) with their places in it: those in order first, then the joined forms.

    A form is case-folded, without accents, ligatures and TeX, made of ASCII letters and digits and of non-ASCII
    characters, at most 64 long. `fine-tuning` gives `fine`, `tuning` and, over both, `finetuning`; so do words joined
    by an apostrophe or an en dash; a possessive `'s` is no word. Chinese and Japanese: one token a character. A Greek
    letter in formulas and in mixed words is its name (`Lyα` → `lyalpha`); `C++` is `cplusplus`, `C#` is `csharp`, `A*` is
    `astar`, `.NET` is `dotnet`.
    """
    found: list[Token] = []
    chains: list[list[Token]] = []  # hyphenated neighbours
    new, last = tuple.__new__, len(text)
    end = -2
    for match in (_ASCII_RUN if text.isascii() else _RUN).finditer(text):
        run, (start, stop) = match.group(), match.span()
        beside = start == end + 1 and text[end] in _JOINERS
        if beside and run in ("s", "S") and text[end] in "'’":
            end = stop
            continue
        form = fold(run)
        if not form:
            continue
        if len(run) == 1 and stop < last and text[stop] in "+#*":
            form, stop = _signed(form, text, stop)
        elif run in _NET and start and text[start - 1] == ".":
            form, start = "dotnet", start - 1
        token = new(Token, (form, start, stop, len(found), 1))
        if beside and found:
            if not chains or chains[-1][-1] is not found[-1]:
                chains.append([found[-1]])
            chains[-1].append(token)
        found.append(token)
        end = stop
    for chain in chains:
        found.extend(_joined(chain))
    return found


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where the words of `text` stand, without the joined ones; those of plain ASCII all at once."""
    if text.isascii() and "'" not in text and not _signs(text):
        return tuple(match.span() for match in _ASCII_RUN.finditer(text))
    return tuple((token.start, token.end) for token in tokens(text) if token.width == 1)


def _signed(form: str, text: str, stop: int) -> tuple[str, int]:
    if text.startswith("++", stop) and not text[stop + 2 : stop + 3].isalnum() and form.isalpha():
        return f"{form}plusplus", stop + 2
    if text[stop] == "#" and form in ("c", "f", "j") and not text[stop + 1 : stop + 2].isalnum():
        return f"{form}sharp", stop + 1
    beside = text[max(0, stop - 2) : stop - 1] + text[stop + 1 : stop + 2]  # *a* is emphasis, a*b a product
    if text[stop] == "*" and form.isalpha() and "*" not in beside and not text[stop + 1 : stop + 2].isalnum():
        return f"{form}star", stop + 1
    return form, stop


def _signs(text: str) -> bool:
    """Whether a sign in it may be part of a word."""
    return "+" in text or "#" in text or "*" in text or ".NET" in text or ".Net" in text or ".net" in text


def _joined(chain: list[Token]) -> list[Token]:
    """Neighbours in pairs, and the whole where it has at most six parts."""
    spans = [(i, i + 2) for i in range(len(chain) - 1)]
    if 3 <= len(chain) <= _MOST_PARTS:
        spans.append((0, len(chain)))
    made = []
    for first, last in spans:
        form = "".join(t.form for t in chain[first:last])[:LONGEST_FORM]
        made.append(Token(form, chain[first].start, chain[last - 1].end, chain[first].position, last - first))
    return made


@lru_cache(maxsize=100_000)
def fold(run: str) -> str:
    """The compared form of one word: `Schrödinger` → `schrodinger`, `²` → `2`, `ß` → `ss`, `α` → `alpha`."""
    if run.isascii():
        return run.lower()[:LONGEST_FORM]
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", run).casefold()).casefold()
    folded = "".join(c for c in folded if unicodedata.combining(c) < 10).translate(_LETTERS)
    greek = sum("α" <= c <= "ϵ" for c in folded)
    if greek and not (greek == len(folded) and greek > 2):
        folded = "".join(_GREEK.get(c, c) for c in folded)
    folded = unicodedata.normalize("NFC", folded)
    return "".join(c for c in folded if c.isalnum() or (not c.isascii() and unicodedata.category(c)[0] == "M"))[
        :LONGEST_FORM
    ]


def scan(text: str) -> Scan:
    """The forms of `tokens(text)` without places, several times faster: no word reaches over white space, so that each
    can be read by itself, and those of plain ASCII all at once."""
    seen = _Seen([], [], [])
    signs = _signs(text)
    if text.isascii() and not signs:
        _scan_ascii(text, seen)
        return seen.scan()
    words = text.split()
    start = 0
    for at, word in enumerate(words):
        if word.isascii() and not (signs and _signs(word)):
            continue
        if start < at:
            _scan_ascii(" ".join(words[start:at]), seen)
        seen.add(_scan_word(word) if len(word) <= LONGEST_FORM else _scanned(word))
        start = at + 1
    if start < len(words):
        _scan_ascii(" ".join(words[start:]), seen)
    return seen.scan()


class _Seen(NamedTuple):
    """A scan that is being made."""

    forms: list[str]
    joined: list[tuple[str, int, int]]
    capitals: list[tuple[int, str]]

    def add(self, part: Scan) -> None:
        here = len(self.forms)
        self.forms.extend(part.forms)
        self.joined.extend((form, here + position, width) for form, position, width in part.joined)
        self.capitals.extend((here + position, run) for position, run in part.capitals)

    def scan(self) -> Scan:
        return Scan(tuple(self.forms), tuple(self.joined), tuple(self.capitals))


def _scan_ascii(text: str, seen: _Seen) -> None:
    if "'" in text:
        text = _POSSESSIVE.sub(r"\1", text)
    _scan_capitals(text, seen)
    chunks = text.translate(_SPLIT).split()
    if max(map(len, chunks), default=0) > LONGEST_FORM:
        chunks = ["-".join(part[:LONGEST_FORM] for part in chunk.split("-")) for chunk in chunks]
    done = 0
    forms = seen.forms
    if "-" in text or "'" in text:
        for at in [i for i, chunk in enumerate(chunks) if "-" in chunk]:
            forms += chunks[done:at]
            _scan_hyphenated(chunks[at], seen)
            done = at + 1
    forms += chunks[done:] if done else chunks


def _scan_capitals(text: str, seen: _Seen) -> None:
    position, counted = len(seen.forms), 0
    for found in _CAPITALS.finditer(text):
        run, end = found.group(), found.end()
        if run[-1] not in "sS" and run.upper() not in _TELLING_WORDS:
            continue
        start = found.start()
        while start and text[start - 1].isalnum():
            start -= 1
        if TELLING.fullmatch(text, start, end):
            position += len(text[counted:start].translate(_SPLIT).replace("-", " ").split())
            seen.capitals.append((position, text[start:end]))
            counted = start


def _scan_hyphenated(chunk: str, seen: _Seen) -> None:
    forms = seen.forms
    first = len(forms)
    for part in chunk.split("-"):
        if part:
            forms.append(part)
        else:  # two hyphens, or one at the edge, join nothing
            seen.joined.extend(_joints(forms, first))
            first = len(forms)
    seen.joined.extend(_joints(forms, first))


@lru_cache(maxsize=20_000)
def _scan_word(word: str) -> Scan:
    return _scanned(word)


def _joints(forms: list[str], first: int) -> list[tuple[str, int, int]]:
    """The joined forms of the hyphenated word whose parts are `forms[first:]`."""
    last = len(forms)
    if last - first < 2:
        return []
    spans = [(i, i + 2) for i in range(first, last - 1)]
    if 3 <= last - first <= _MOST_PARTS:
        spans.append((first, last))
    return [("".join(forms[i:j])[:LONGEST_FORM], i, j - i) for i, j in spans]


def _scanned(text: str) -> Scan:
    found = tokens(text)
    words = [t for t in found if t.width == 1]
    runs = [text[t.start : t.end] for t in words]
    return Scan(
        tuple(t.form for t in words),
        tuple((t.form, t.position, t.width) for t in found if t.width > 1),
        tuple((position, run) for position, run in enumerate(runs) if TELLING.fullmatch(run)),
    )


def index_text(text: str) -> str:
    """What a full-text column tokenised by `ascii` must hold for raw `text`: its forms in order, then the joined forms
    (they stand behind, so that a phrase finds its words side by side)."""
    scanned = scan(plain(text))
    return " ".join((*scanned.forms, *(form for form, _, _ in scanned.joined)))
