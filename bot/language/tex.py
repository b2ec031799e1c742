"""TeX to readable Unicode. Knows the commands that occur in titles, abstracts and names, and how they are read.

Must not know tokens, Discord or who asks. Never raises; linear time: a character is read a bounded number of times.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from bot.language.texsymbols import (
    ACCENTS,
    BLACKBOARD,
    DROPPED,
    FENCES,
    FUNCTIONS,
    LONG_ARROWS,
    LOOKS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
    WORDS,
)

_SPECIAL: Final = re.compile(r"\\(?:[A-Za-z]+\*?|.|$)|[{}$^_~]|``|`|''|---?", re.DOTALL)
_DEEPEST: Final = 12  # groups nested deeper than this are read flat
_BUDGET: Final = 2_000  # special places read with care; what follows is only stripped (the most in 58,195 papers: 269)
_FLAT: Final = re.compile(r"\\[A-Za-z]*\*?|[{}$]")
_PRICE: Final = re.compile(r"[0-9][0-9.,]*\s*(?:(?:[kKmMbB]|bn|million|billion)\s*)?(?:[-–/,]\s*)?")
_PROSE: Final = re.compile(r"\s[A-Za-z]{2,}")
_MATHS: Final = re.compile(r"[\\^_=]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,6}")
_STACKED: Final = {"<∼": "≲", ">∼": "≳"}
_UNIT_PREFIX: Final = re.compile(r"\\(?:kilo|milli|centi|deci|mega|giga|tera|nano|pico|femto)$")
_SIGNS: Final = frozenset("⊙⊕∗★†‡∥⊥°′″*⋆●•∘")


def readable(text: str) -> str:
    """`text` with TeX said in Unicode. White space is not collapsed here; the result is not normalised."""
    return _Reader(text).read()


def raised(content: str) -> str:
    """`content` as a superscript: Unicode where every character has one, `^x` otherwise (`2` → `²`, `{ab}` → `^ab`)."""
    return _script(content, SUPERSCRIPTS, "^", 2)


def lowered(content: str) -> str:
    """`content` as a subscript: Unicode for digits, signs and single letters, `_x` otherwise (`max` → `_max`)."""
    return _script(content, SUBSCRIPTS, "_", 1)


def _script(content: str, table: dict[str, str], mark: str, letters: int) -> str:
    content = content.strip().replace("−", "-")
    if not content:
        return ""
    if len(content) <= 2 and all(c in _SIGNS for c in content):
        return "°" if content == "∘" else content
    if len(content) <= 8 and all(c in table for c in content) and sum(c.isalpha() for c in content) <= letters:
        return "".join(table[c] for c in content)
    simple = content.isalnum() or len(content) == 1 or _NUMBER.fullmatch(content)
    return f"{mark}{content}" if simple else f"{mark}({content})"


class _Reader:
    """One pass over one text. `at` only grows; groups recurse at most `_DEEPEST` deep."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.command_at = 0
        self.maths = False
        self.spent = 0

    def read(self) -> str:
        parts: list[str] = []
        while self.at < len(self.text):  # a stray "}" ends a run early: go on behind it
            parts.append(self._run(0))
        return "".join(parts)

    def _run(self, depth: int) -> str:
        """Reads until the group's closing brace (consumed) or the end."""
        out: list[str] = []
        text = self.text
        while self.at < len(text):
            self.spent += 1
            if self.spent > _BUDGET:
                out.append(_FLAT.sub(" ", text[self.at :]))
                self.at = len(text)
                break
            found = _SPECIAL.search(text, self.at)
            if found is None:
                out.append(text[self.at :])
                self.at = len(text)
                break
            if found.start() > self.at:
                out.append(text[self.at : found.start()])
            self.at, self.command_at = found.end(), found.start()
            sign = found.group()
            if sign == "}":
                break
            if sign == "{":
                if depth < _DEEPEST:
                    out.append(self._run(depth + 1))
            elif sign[0] == "\\":
                out.append(self._command(sign[1:], depth))
            else:
                if out and self.maths and sign in "^_":
                    out[-1] = out[-1].rstrip()
                out.append(self._mark(sign, found.start(), depth))
        return "".join(out)

    # --- single characters that mean something

    def _mark(self, sign: str, start: int, depth: int) -> str:
        if sign == "$":
            return self._dollar(start)
        if sign in "^_":
            return self._scripts(sign, depth)
        if sign == "~":
            before = self.text[start - 1 : start]
            approximately = (
                not self.maths and (not before or before.isspace() or before in "([") and self._next().isalnum()
            )
            return "~" if approximately else " "
        if sign == "--":
            before, after = self.text[start - 1 : start], self._next()
            return "--" if after.isalpha() and not before.strip() else "–"
        if sign == "`":
            return self._backtick()
        return {"``": "“", "''": "”", "---": "—"}.get(sign, sign)

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _backtick(self) -> str:
        """`` `so' `` is a quotation; `` `so` `` is somebody's code and stays."""
        window = self.text[self.at : self.at + 80]
        other, end = window.find("`"), window.find("'")
        return "'" if end > 0 and not 0 <= other < end and not window[0].isspace() else "`"

    def _dollar(self, start: int) -> str:
        text = self.text
        if self.maths:
            self.maths = False
            if self._next() == "$":
                self.at += 1
            return ""
        if self._next() == "$":  # display mathematics
            self.at += 1
        end = text.find("$", self.at, self.at + 2_000)
        if end < 0:
            return "$"
        inner = text[self.at : end]
        if inner[:1].isdigit() and not _MATHS.search(inner):
            follows_digit = text[end + 1 : end + 2].isdigit()
            if _PROSE.search(inner) or (follows_digit and _PRICE.fullmatch(inner)):
                return "$"  # prices: "$5 and $10", "$5-$10 million"
        self.maths = True
        return ""

    def _scripts(self, sign: str, depth: int) -> str:
        following = self._next()
        if not self.maths and following != "{":
            if sign == "^":
                number = _WHOLE.match(self.text, self.at)
                if number:
                    self.at = number.end()
                    return raised(number.group())
            if following != "\\":
                return sign
        content = self._argument(depth)
        return raised(content) if sign == "^" else lowered(content)

    # --- commands

    def _argument(self, depth: int) -> str:
        """The next group, command or character: what TeX takes as an argument."""
        self._skip_space()
        following = self._next()
        self.spent += 1
        if following == "{":
            self.at += 1
            if depth >= _DEEPEST:
                return ""
            return self._run(depth + 1)
        if following == "\\" and depth < _DEEPEST:
            found = _SPECIAL.match(self.text, self.at)
            if found is not None:
                self.at, self.command_at = found.end(), found.start()
                return self._command(found.group()[1:], depth + 1)
        if not following or following in "}$":
            return ""
        self.at += 1
        return following

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _skip_option(self) -> None:
        """Skips `[...]` where it follows at once and ends soon."""
        for _ in range(2):
            if self._next() == "[":
                end = self.text.find("]", self.at, self.at + 200)
                if end < 0:
                    return
                self.at = end + 1

    def _command(self, name: str, depth: int) -> str:
        if not name:
            return ""
        name = name.removesuffix("*") if len(name) > 1 else name
        if name in ACCENTS and (not self.maths or name not in ("=", ".")):
            return self._accent(name, depth)
        if not name.isascii() or not name.isalpha():
            return self._sign(name)
        if name in SYMBOLS:
            symbol = SYMBOLS[name]
            if not self.maths and self._next() == " ":  # TeX eats the space; "\o re" does not occur, "\pm 5" does
                self.at += symbol.isalpha()
            return symbol
        if name in LOOKS:
            self._skip_space()
            return ""
        special = _SPECIAL_COMMANDS.get(name)
        if special is not None:
            return special(self, depth)
        if name in DROPPED:
            self._skip_option()
            if self._next() == "{":
                self._argument(depth)
            return ""
        if name in LONG_ARROWS:
            self._skip_option()
            self._argument(depth)
            return LONG_ARROWS[name]
        if name in FENCES and (self._next() == "{" or name in ("pmod", "bra", "ket")):
            return self._fenced(FENCES[name], depth)
        return self._word(WORDS.get(name, name), is_function=name in FUNCTIONS)

    def _word(self, word: str, *, is_function: bool = False) -> str:
        """The name of a function or of a command that nobody knows, apart from the letters around it."""
        before = self.text[max(0, self.command_at - 6) : self.command_at]
        if (before[-1:].isalnum() or before[-1:] in ("}", ")")) and not _UNIT_PREFIX.search(before):
            word = f" {word}"
        if self.text.startswith("{}", self.at):  # `\\ours{}s` has its plural
            self.at += 2
            return word
        following = self._next()
        apart = following.isalnum() or following == "{" or (following == "\\" and is_function)
        return f"{word} " if apart else word

    def _fenced(self, fences: tuple[str, ...], depth: int) -> str:
        first, *others = fences
        return first + "".join(self._argument(depth).strip() + fence for fence in others)

    def _braket(self, depth: int) -> str:
        """`\\braket{a|b}` and `\\braket{a}{b}`"""
        left = self._argument(depth).strip()
        return f"⟨{left}|{self._argument(depth).strip()}⟩" if self._next() == "{" else f"⟨{left}⟩"

    def _not(self, depth: int) -> str:
        """The next sign with a stroke through it: `\\not=`, `\\not\\in`, `\\not\\!\\!E`."""
        for _ in range(4):
            sign = self._argument(depth).strip()
            if sign or self._next() in ("", "$", "}"):
                break
        return f"{sign[0]}\u0338{sign[1:]}" if sign else ""

    def _operator(self, depth: int) -> str:
        start = self.command_at
        name = self._argument(depth).strip()
        self.command_at = start
        return self._word(name, is_function=True)

    def _over(self, depth: int) -> str:
        above, base = self._argument(depth).strip(), self._argument(depth).strip()
        return _STACKED.get(above + base.lstrip("_")) or base + raised(above)

    def _under(self, depth: int) -> str:
        below, base = self._argument(depth).strip(), self._argument(depth).strip()
        return _STACKED.get(base + below) or base + lowered(below) + (" " if self._next().isalnum() else "")

    def _sign(self, name: str) -> str:
        if name in "()[]":
            self.maths = name in "(["
            return ""
        if name in ",;: \\\n\t":
            return " "
        if name in "!-/@|" or name.isspace():
            return "‖" if name == "|" else ""
        return name

    def _accent(self, name: str, depth: int) -> str:
        if (name.isalpha() and self._next() not in ("{", "\\", " ")) or (name in "bdt" and self._next() != "{"):
            return "" if name == "b" else name
        content = self._argument(depth)
        if content == "ı" and name != "k":
            content = "i"
        elif content == "ȷ":
            content = "j"
        letters = content.strip()
        if not letters:
            return {"~": "~", "^": "^"}.get(name, "")
        if len(letters) > 2 or not letters[0].isalpha():
            return content if name not in "'`\"^~=." or self.maths else letters
        return unicodedata.normalize("NFC", letters[0] + ACCENTS[name]) + letters[1:]

    def _fraction(self, depth: int) -> str:
        over, under = self._argument(depth).strip(), self._argument(depth).strip()
        over = over if over.isalnum() else f"({over})"
        return f"{over}/{under}" if under.isalnum() else f"{over}/({under})"

    def _root(self, depth: int) -> str:
        self._skip_option()
        content = self._argument(depth).strip()
        return f"√{content}" if content.isalnum() else f"√({content})"

    def _second(self, depth: int) -> str:
        """`\\href{address}{words}`, `\\textcolor{red}{words}`, `\\texorpdfstring{tex}{words}` → words."""
        self._skip_option()
        self._argument(depth)
        return self._argument(depth)

    def _blackboard(self, depth: int) -> str:
        content = self._argument(depth)
        return BLACKBOARD.get(content.strip(), content)

    def _code_point(self, depth: int) -> str:
        digits = self._argument(depth).strip().lower()
        try:
            value = int(digits[1:], 16) if digits.startswith("x") else int(digits)
            return chr(value) if value >= 32 and not 0xD800 <= value < 0xE000 else ""
        except (ValueError, OverflowError):
            return ""

    def _ion(self, depth: int) -> str:
        return f"{self._argument(depth)} {self._argument(depth).upper()}"

    def _quantity(self, depth: int) -> str:
        return f"{self._argument(depth)} {self._argument(depth)}"

    def _binomial(self, depth: int) -> str:
        return f"({self._argument(depth)} choose {self._argument(depth)})"

    def _raised(self, depth: int) -> str:
        return raised(self._argument(depth))

    def _lowered(self, depth: int) -> str:
        return lowered(self._argument(depth))

    def _quoted(self, depth: int) -> str:
        return f"“{self._argument(depth)}”"

    def _delimiter(self, depth: int) -> str:
        """`\\left(` → `(`; `\\left.` → nothing."""
        if self._next() == ".":
            self.at += 1
        return ""


_SPECIAL_COMMANDS: Final[dict[str, Callable[[_Reader, int], str]]] = {
    "frac": _Reader._fraction,
    "tfrac": _Reader._fraction,
    "dfrac": _Reader._fraction,
    "nicefrac": _Reader._fraction,
    "sfrac": _Reader._fraction,
    "sqrt": _Reader._root,
    "href": _Reader._second,
    "hyperlink": _Reader._second,
    "textcolor": _Reader._second,
    "colorbox": _Reader._second,
    "texorpdfstring": _Reader._second,
    "mathbb": _Reader._blackboard,
    "mathbbm": _Reader._blackboard,
    "unicode": _Reader._code_point,
    "ion": _Reader._ion,
    "SI": _Reader._quantity,
    "qty": _Reader._quantity,
    "binom": _Reader._binomial,
    "textsuperscript": _Reader._raised,
    "textsubscript": _Reader._lowered,
    "enquote": _Reader._quoted,
    "braket": _Reader._braket,
    "Braket": _Reader._braket,
    "not": _Reader._not,
    "centernot": _Reader._not,
    "slashed": _Reader._not,
    "operatorname": _Reader._operator,
    "mathop": _Reader._operator,
    "overset": _Reader._over,
    "stackrel": _Reader._over,
    "underset": _Reader._under,
    "cancel": _Reader._argument,
    "left": _Reader._delimiter,
    "right": _Reader._delimiter,
}
