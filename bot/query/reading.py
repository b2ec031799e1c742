"""One word, phrase or beginning as typed → the term that is looked for, with a wording that reads the same again.

Knows TeX, hyphens and inflection. Must not know operators or fields (bot/query/parser.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from bot.language.stems import (
    TELLING,
    further_stems,
    in_capitals,
    means_more_in_capitals,
    stem,
    stem_of_capitals,
    stem_of_joined,
)
from bot.language.text import plain
from bot.language.tokens import LONGEST_FORM, Token, tokens
from bot.query.words import Phrase, Prefix, Word

__all__ = ["OPERATORS", "QUOTES", "beginning", "forms", "phrase", "word"]

OPERATORS: Final = ("AND", "OR", "NOT")
QUOTES: Final = re.compile(r'["“”„«»＂]')
LEAST_BEGINNING: Final = 3  # letters before the star
_SHORT_NAME: Final = 5  # letters
#: A star behind a word, and nothing but punctuation behind it.
_STARRED: Final = re.compile(r"([^*]*[^\W_])\*[^\w*]*")


def _words(readable: str) -> list[Token]:
    return [token for token in tokens(readable) if token.width == 1]


def forms(readable: str) -> tuple[str, ...]:
    """The compared forms of a readable text."""
    return tuple(token.form for token in _words(readable))


def phrase(written: str) -> Phrase | None:
    """What stands between quotation marks; None when that is no word."""
    readable = plain(written)
    words = _words(readable)
    if not words:
        return None
    own = tuple(token.form for token in words)
    typed = readable[words[0].start : words[-1].end]
    same = not QUOTES.search(typed) and plain(typed) == typed and forms(typed) == own
    return Phrase(own, typed if same else _spelled(readable, words, " "))


def word(written: str, reads_as: Callable[[str], Word | None], *, as_typed: bool = True) -> Word | None:
    """A word as typed; None when it is none. `reads_as` says what its wording means as a text of its own, where that is not what
    was typed, or may be read in another way today (without `as_typed`)."""
    if written.isascii() and written.isalnum() and len(written) <= LONGEST_FORM:
        return _single(written.lower(), written)
    readable = plain(written)
    words = _words(readable)
    if not words:
        return None
    typed = readable[words[0].start : words[-1].end]
    if typed in OPERATORS:
        typed = typed.lower()
    if len(words) == 1:
        return _single(words[0].form, typed)
    meaning = _meaning(readable, words)
    if (typed != written or not as_typed) and reads_as(typed) != Word(meaning, typed):
        typed = _spelled(readable, words, "/")
    return Word(meaning, typed)


def beginning(written: str) -> Prefix | int | None:
    """The beginning of a word, `transform*`. None when it is none, such as `A*`; how many letters it has when it is too short, 0
    for several words."""
    starred = _STARRED.fullmatch(written)
    if starred is None:
        return None
    readable = plain(starred[1])
    words = _words(readable)
    if not words or words[-1].end - words[-1].start < 2:
        return None
    if len(words) > 1 or forms(words[0].form) != (words[0].form,):
        return 0
    start = words[0].form
    return Prefix(start) if len(start) >= LEAST_BEGINNING else len(start)


def _single(form: str, typed: str) -> Word:
    root = _stem(form, typed)
    if root != stem(form):
        return Word(((root,),), typed)
    senses = (root, *further_stems(form)) if root != form else (root,)
    return Word(
        tuple((sense,) for sense in senses), typed, (in_capitals(form),) if means_more_in_capitals(form) else ()
    )


def _stem(form: str, typed: str) -> str:
    """Short names in capitals are meant as they stand, AIDS and GPS; whoever writes long words so only writes loudly."""
    if TELLING.fullmatch(typed) and (len(typed) <= _SHORT_NAME or typed.endswith("s")):
        return stem_of_capitals(typed)
    return stem(form)


def _meaning(readable: str, words: list[Token]) -> tuple[tuple[str, ...], ...]:
    """The word in its parts, and with every hyphenated part written as one: `GPT-3.5` → (gpt, 3, 5) or (gpt3, 5)."""
    if not words:
        return ()
    chains = [[words[0]]]
    for before, token in pairwise(words):
        if _is_joint(readable[before.end : token.start]):
            chains[-1].append(token)
        else:
            chains.append([token])
    apart = tuple(_stem(token.form, readable[token.start : token.end]) for token in words)
    at_once = tuple(
        stem_of_joined("".join(t.form for t in chain)[:LONGEST_FORM], chain[-1].form)
        if len(chain) > 1
        else _stem(chain[0].form, readable[chain[0].start : chain[0].end])
        for chain in chains
    )
    return (apart,) if at_once == apart else (apart, at_once)


def _is_joint(between: str) -> bool:
    return len(between) == 1 and between in "-‐‑–'’"


def _spelled(readable: str, words: list[Token], gap: str) -> str:
    """The words alone, each as it was written, for wording that would be read differently the second time.

    Not their forms: `ヿ` has the form `コト`, which would be read as two words.
    """
    spelled = readable[words[0].start : words[0].end]
    for before, token in pairwise(words):
        between = readable[before.end : token.start]
        joint = "-" if gap != " " and _is_joint(between) else between and gap
        spelled += joint + readable[token.start : token.end]
    return spelled
