"""A text → a tree of terms and an order, or an error with its place: how queries are divided into their parts.

    either  := all (OR all)*            words side by side bind tighter than OR
    all     := part ((AND)? part)*
    part    := (NOT | -)* term          and exclusions tightest
    term    := ( either ) | field:( either ) | field:value | "phrase" | word | word* | upvotes>=10

Every step moves on in the text, and depth and terms are bounded. Must not know papers.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from bot.errors import QueryError
from bot.query.fields import FIELDS, LONG, SEARCH_ONLY, SORTS, TEXTS, VALUES, count, counted, nearest_field, refusal
from bot.query.nodes import Node, Term, all_of, none_of, one_of
from bot.query.reading import LEAST_BEGINNING, beginning, phrase, word
from bot.query.words import Word

__all__ = ["MOST_TERMS", "Parser"]

MOST_TERMS: Final = 50
_DEEPEST: Final = 10
_OPENING: Final = {'"': '"', "“": "”", "”": "”", "„": "“”", "«": "»", "＂": "＂"}
_SPACE: Final = re.compile(r"[\s\u200b\u00ad\ufeff]*")
_BOUNDARY: Final = r"(?=[\s()|\"“”„«»＂\u200b\u00ad\ufeff]|$)"
_OR: Final = re.compile(rf"\|+|OR{_BOUNDARY}")
_AND: Final = re.compile(rf"AND{_BOUNDARY}")
_NOT: Final = re.compile(rf"NOT{_BOUNDARY}")
#: One dash with something behind it; more are a dash between words.
_MINUS: Final = re.compile(r"[-−–](?=[^\s\-−–])")
_FIELD: Final = re.compile(r"([A-Za-z]{2,14})[:：]")
_COUNTED: Final = re.compile(r"([A-Za-z]{3,12})[ \t]*:?[ \t]*(>=|=>|<=|=<|==|≥|≤|>|<|=)[ \t]*")
_NUMBER: Final = re.compile(rf"[0-9]{{1,9}}{_BOUNDARY}")
_CHUNK: Final = re.compile(r'(?:\\.|[^\s"“”„«»＂\\])+|\\', re.DOTALL)
_ENDS: Final = frozenset("\u200b\u00ad\ufeff") | _OPENING.keys() | {"»"}


class Parser:
    """Reads one text. `standing`: for a subscription, which looks ahead. `only_words`: as it was before there were operators,
    fields and counts, when all these were words."""

    def __init__(self, text: str, *, standing: bool = False, only_words: bool = False, again: bool = True) -> None:
        self.text = text
        self.at = 0
        self.sort = ""
        self.meant = False  # whether something was seen that only a query has
        self.places: list[tuple[Term, int]] = []
        self._standing = standing
        self._only_words = only_words
        self._again = again  # whether what is read differently the second time is tried a second time
        self._depth = 0

    def tree(self) -> Node | None:
        """The whole text; None when it holds nothing. Raises `QueryError`."""
        found = self._either("")
        if self.at < len(self.text):
            raise QueryError(
                "No parenthesis is open that this one could close. Remove it, or open one before.",
                self.at,
                suggestion=self._without(self.at, self.at + 1),
            )
        return found

    def place_of(self, term: Term) -> int:
        """Where a term of the tree stands."""
        return next((at for one, at in self.places if one is term), 0)

    # --- operators

    def _either(self, field: str) -> Node | None:
        sides: list[Node] = []
        bar: re.Match[str] | None = None
        while True:
            side = self._all(field)
            if side is not None:
                sides.append(side)
            before, bar = bar, self._operator(_OR)
            if side is None and (before or bar):
                where, mark = ("right", before) if before else ("left", bar)
                assert mark is not None
                raise QueryError(
                    f"There is nothing on the {where} of this {mark[0]}. Write what else may be there, or remove it.",
                    mark.start(),
                    suggestion=self._without(*mark.span()),
                )
            if bar is None:
                return one_of(sides) if sides else None

    def _all(self, field: str) -> Node | None:
        parts: list[Node] = []
        waiting: re.Match[str] | None = None
        while not self._at_end():
            mark = self._operator(_AND)
            if mark and (waiting or not parts):
                self._refuse_and(mark, "left")
            waiting = mark or waiting
            if mark:
                continue
            part = self._part(field)
            if part is not None:
                parts.append(part)
                waiting = None
        if waiting:
            self._refuse_and(waiting, "right")
        return all_of(parts) if parts else None

    def _refuse_and(self, mark: re.Match[str], where: str) -> None:
        raise QueryError(
            f"There is nothing on the {where} of this AND. Words side by side need none: remove it.",
            mark.start(),
            suggestion=self._without(*mark.span()),
        )

    def _operator(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._skip()
        found = None if self._only_words and pattern is _OR else pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def _at_end(self) -> bool:
        """Whether what stands side by side ends here."""
        self._skip()
        if self.at >= len(self.text):
            return True
        return not self._only_words and (self.text[self.at] == ")" or _OR.match(self.text, self.at) is not None)

    def _skip(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def _part(self, field: str) -> Node | None:
        wanted = True
        while True:
            self._skip()
            mark = _NOT.match(self.text, self.at) or _MINUS.match(self.text, self.at)
            if mark is None:
                break
            wanted = not wanted
            self.at = mark.end()
            if self._at_end():
                raise QueryError("There is nothing behind this NOT. Write what to leave out.", mark.start())
        found = self._term(field, excluded=not wanted)
        return found if wanted or found is None else none_of(found)

    # --- terms

    def _term(self, field: str, *, excluded: bool) -> Node | None:
        here, start = self.text[self.at], self.at
        if here in _OPENING:
            return self._noted(self._quoted(field), start)
        if self._only_words:
            return self._noted(self._chunk_as_word(_CHUNK), start)
        if here == "(":
            return self._group(field, start)
        if not field:
            if (condition := self._count()) is not None:
                return self._noted(condition, start)
            named = _FIELD.match(self.text, self.at)
            if named and (known := self._known_field(named)):
                return self._of_field(known, named, excluded=excluded)
        elif (named := _FIELD.match(self.text, self.at)) and named[1].casefold() in FIELDS:
            raise QueryError(f"No field can stand in another one. Close the parenthesis before “{named[0]}”.", start)
        return self._noted(self._value(field), start)

    def _noted(self, term: Term | None, start: int) -> Term | None:
        if term is None:
            return None
        self.places.append((term, start))
        if len(self.places) > MOST_TERMS:
            raise QueryError(f"A query has at most {MOST_TERMS} terms. Leave out those from here on.", start)
        return term

    def _group(self, field: str, start: int) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError(f"Parentheses stand in each other at most {_DEEPEST} deep. Leave some out.", start)
        self.at += 1
        found = self._either(field)
        if self.at >= len(self.text):
            raise QueryError(
                "The parenthesis that opens here does not end. Close it.", start, suggestion=f"{self.text.strip()})"
            )
        self.at += 1
        self._depth -= 1
        if found is None:
            raise QueryError(
                "There is no word between these parentheses. Write one, or remove them.",
                start,
                suggestion=self._without(start, self.at),
            )
        return found

    def _known_field(self, named: re.Match[str]) -> str | None:
        """The short name of the field that begins here; None for ordinary words before a colon."""
        behind = self.text[named.end() : named.end() + 1]
        known = FIELDS.get(named[1].casefold())
        if known:
            if not behind or not behind.strip() or behind == ")":
                raise QueryError(
                    f"Nothing stands behind “{named[0]}”. Write it without a space, such as {self._example(known)}.",
                    named.start(),
                    suggestion=self._replaced(named.end(), _SPACE.match(self.text, named.end()).end(), ""),  # type: ignore[union-attr]
                )
            self.meant = True
            return known
        if not behind.strip() or behind in "/:)":
            return None
        value = self.text[named.end() : named.end() + 10].partition(" ")[0]
        meant = counted(named[1]) if value.isdigit() else None
        near = nearest_field(named[1], value)
        if meant:
            wording = f"{meant[0]}>="
        elif near:
            wording = f"{near}:"
        else:
            return None
        self.meant = True
        raise QueryError(
            f"There is no field “{named[0]}”. Is “{wording}” meant? If it is a word, put it in quotation marks.",
            named.start(),
            suggestion=self._replaced(named.start(), named.end(), wording),
        )

    def _example(self, field: str) -> str:
        values = {"au": 'au:"Ada Lovelace"', "cat": "cat:cs.LG", "primary": "primary:cs.LG"}
        values |= {"id": "id:2106.15928", "like": "like:2106.15928", "doi": "doi:10.1000/xyz"}
        values |= {"has": "has:code", "is": "is:new", "sort": "sort:new", "year": "year:2024"}
        return values.get(field, f"{field}:{'2024-05' if field in SEARCH_ONLY else 'robot'}")

    def _of_field(self, field: str, named: re.Match[str], *, excluded: bool) -> Node | None:
        if self._standing and field in SEARCH_ONLY:
            raise QueryError(refusal(field), named.start(), suggestion=self._without(*self._extent(named)))
        self.at = named.end()
        here = self.text[self.at]
        if field == "sort":
            self._sort(named, excluded=excluded)
            return None
        if here == "(" and field != "au":
            return self._group(field, self.at)
        if here in "-−–" and field in TEXTS:
            raise QueryError(
                f"An exclusion stands before the field: “-{named[0]}”.",
                self.at,
                suggestion=self._replaced(named.start(), self.at + 1, f"-{named[0]}"),
            )
        return self._noted(self._in_parentheses() if here == "(" else self._value(field), named.start())

    def _extent(self, named: re.Match[str]) -> tuple[int, int]:
        value = _CHUNK.match(self.text, named.end())
        return named.start(), value.end() if value else named.end()

    def _sort(self, named: re.Match[str], *, excluded: bool) -> None:
        value = self.text[self.at : self._end_of_chunk()]
        if self._depth or excluded:
            raise QueryError(
                "sort: is for the whole list. Write it outside of parentheses, without a minus.", named.start()
            )
        if value.casefold() not in SORTS:
            raise QueryError(f"Behind sort: stands one of {', '.join(SORTS)}.", self.at)
        if self.sort and self.sort != value.casefold():
            raise QueryError(f"The list is sorted by {self.sort} already. Leave one of them out.", named.start())
        self.sort = value.casefold()
        self.at += len(value)

    def _count(self) -> Term | None:
        """A condition on a number that begins here."""
        found = _COUNTED.match(self.text, self.at)
        meant = counted(found[1]) if found else None
        if found is None or meant is None:
            return None
        digits = _NUMBER.match(self.text, found.end())
        self.meant = self.meant or digits is not None
        if digits and meant[1]:
            self.at = digits.end()
            return count(meant[0], found[2], digits[0])
        if digits:
            raise QueryError(
                f"{found[1]} cannot be counted. Is {meant[0]} meant?",
                self.at,
                suggestion=self._replaced(found.start(1), found.end(1), meant[0]),
            )
        if meant[1] and not found[0].endswith((" ", "\t")):
            raise QueryError(f"A whole number belongs here, such as {meant[0]}>=10.", found.end())
        return None

    # --- values

    def _value(self, field: str) -> Term | None:
        """What stands behind a field, or by itself."""
        if self.text[self.at] in _OPENING:
            return self._quoted(field)
        if field in VALUES:
            start = self.at
            self.at = self._end_of_chunk()
            return self._read(field, self.text[start : self.at], start)
        return self._chunk_as_word(None, field)

    def _read(self, field: str, value: str, start: int) -> Term:
        try:
            return VALUES[field](value)
        except QueryError as error:
            meant = self._replaced(start, self.at, error.suggestion) if error.suggestion else ""
            raise QueryError(str(error), start, suggestion=meant) from error

    def _in_parentheses(self) -> Term:
        """A name may stand in parentheses as well as in quotation marks."""
        start = self.at
        end = self.text.find(")", start)
        if end < 0:
            raise QueryError(
                "The parenthesis that opens here does not end. Close it.", start, suggestion=f"{self.text})"
            )
        self.at = end + 1
        return self._read("au", self.text[start + 1 : end], start)

    def _quoted(self, field: str) -> Term:
        start = self.at
        ends = [end for mark in _OPENING[self.text[start]] if (end := self.text.find(mark, start + 1)) > 0]
        if not ends:
            raise QueryError(
                "The quotation that opens here does not end. Add the closing quotation mark.",
                start,
                suggestion=self.text.strip() + _OPENING[self.text[start]][0],
            )
        self.at = min(ends) + 1
        written = self.text[start + 1 : min(ends)]
        if field == "like":  # how like stands behind
            behind, self.at = self.at, self._end_of_chunk()
            written += self.text[behind : self.at]
        if field in VALUES:
            return self._read(field, written, start)
        found = phrase(written)
        if found is None:
            raise QueryError(
                "There is no word between these quotation marks. Write one, or remove them.",
                start,
                suggestion=self._without(start, self.at),
            )
        return replace(found, where=LONG[field]) if field else found

    def _chunk_as_word(self, pattern: re.Pattern[str] | None, field: str = "") -> Term | None:
        start = self.at
        chunk = pattern.match(self.text, start) if pattern else None
        self.at = max(start + 1, chunk.end() if chunk else self._end_of_chunk())
        written = self.text[start : self.at]
        begun = beginning(written) if not pattern and "*" in written else None
        if isinstance(begun, int):
            raise QueryError(
                f"A star needs at least {LEAST_BEGINNING} letters before it; here are {begun}. Write more of the word."
                if begun
                else "A star goes behind the beginning of one word, such as transform*.",
                start,
            )
        found = begun or word(written, self._reads_as, as_typed=not self._only_words)
        return replace(found, where=LONG[field]) if found and field else found

    def _reads_as(self, wording: str) -> Word | None:
        """What a wording means as a text of its own; None when it is not one word that is written so."""
        apart = Parser(wording, again=False)
        try:
            found = apart.tree() if self._again else None
        except QueryError:
            return None
        return found if isinstance(found, Word) and found.text == wording else None

    def _end_of_chunk(self) -> int:
        """Where the word that begins here ends: at a space, a quotation mark, a bar, or a parenthesis that is not its own."""
        at, opened = self.at, []
        while at < len(self.text):
            here = self.text[at]
            if here.isspace() or here in _ENDS:
                break
            if here == "\\":
                at += 2
                continue
            if here == "(":
                opened.append(at)
            elif here == ")" and opened:
                opened.pop()
            elif here == ")" or (here == "|" and not opened):
                break
            at += 1
        return opened[0] if opened else min(at, len(self.text))

    # --- what may be meant instead

    def _replaced(self, start: int, end: int, by: str) -> str:
        return " ".join((self.text[:start] + by + self.text[end:]).split())

    def _without(self, start: int, end: int) -> str:
        return self._replaced(start, end, " ")
