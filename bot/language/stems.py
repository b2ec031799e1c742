"""What a word is compared by: its singular in American spelling, and what its capitals say.

`-ing`, `-ed`, `-ation` and `-er` forms are words of their own. Knows single words; knows neither texts nor queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from bot.language.dialects import american, british
from bot.language.plurals import SEVERAL, plurals, singular
from bot.language.tables import listed

#: Words of grammar that are something else in capitals: the US is not us, and IT is not it. Without the words of queries.
GRAMMAR: Final = listed(
    """
    a all am an any are as at be been by can did do few for had has have he her hers him his how if in into is it
    its may me more most my no nor now of off on our out own same she so some than that the their them then there
    these they this to too up us was we were what when where which who whom why will with you your
    """
)
#: Words that acronyms in capitals and small letters are also, and where titles and abstracts mean the acronym oftener than the word:
#: CoT is no cot, RoPE no rope.
ACRONYMS: Final = listed("coat cot cow duet fog goat got hit lamp mole palm recap rope sit tot vista")
#: A word whose capitals say something: a plural like AIs, a name like AIDS that is none, US, and CoT.
TELLING: Final = re.compile(
    rf"[A-Za-z]*[A-Z][A-Z]s|[A-Z]{{2,63}}S|{'|'.join(sorted(word.upper() for word in GRAMMAR if len(word) > 1))}"
    rf"|(?=[A-Z][a-z]*[A-Z])(?i:{'|'.join(sorted(ACRONYMS))})s?"
)
_LETTERS: Final = re.compile(r"[a-z]{1,48}")


class _Known(dict[str, str]):
    """Form → stem, for those met before: four times faster than a cache of calls, and every word of every paper asks."""

    def __missing__(self, form: str) -> str:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        root = american(singular(form)) if _LETTERS.fullmatch(form) else form
        self[form] = root
        return root


_MOST_KNOWN: Final = 200_000
_KNOWN: Final = _Known()


def stem(form: str) -> str:
    """`policies` → `policy`, `behaviours` → `behavior`; a word that is neither a plural nor British is its own."""
    return _KNOWN[form]


def stems_of(forms: Iterable[str]) -> tuple[str, ...]:
    """The stem of each."""
    return tuple(map(_KNOWN.__getitem__, forms))


def stem_of_capitals(run: str) -> str:
    """The stem of a word that is `TELLING`: `AIs` → `ai`, and in capitals where small letters mean another word: `AIDS`, `US`,
    `CoTs` → `COT`; but `GPS` → `gps`."""
    if run.endswith("s"):
        base = run[:-1].lower()
        return base.upper() if base in ACRONYMS else base
    lower = run.lower()
    return in_capitals(lower) if means_more_in_capitals(lower) else lower


def in_capitals(form: str) -> str:
    """The stem of a form in capitals, where that is another word: `us` → `US`; of an acronym its singular, `ropes` → `ROPE`."""
    base = stem(form)
    return (base if base in ACRONYMS else form).upper()


def means_more_in_capitals(form: str) -> bool:
    """Whether small letters are a plural, or a word of grammar, and capitals may be a name."""
    return form in GRAMMAR or form in ACRONYMS or stem(form) != form


@lru_cache(maxsize=50_000)
def stem_of_joined(form: str, last: str) -> str:
    """The stem of a hyphenated word written as one, of which `last` is the last part: only that can be a plural, so that
    the parts of a name never make another word (Li-Nes are no lines)."""
    if not form.endswith(last) or not form.isascii():
        return form
    return american(form[: len(form) - len(last)] + singular(last))


def further_stems(form: str) -> tuple[str, ...]:
    """What else a form in a text may be: `bases` are of a base and of a basis."""
    return tuple(american(word) for word in SEVERAL.get(form, ()) if word != singular(form))


@lru_cache(maxsize=20_000)
def spellings(root: str) -> frozenset[str]:
    """Every form that may have this stem, and few others: what an index is asked for."""
    lower = root.lower()
    if not _LETTERS.fullmatch(lower):
        return frozenset((lower,))
    return frozenset(form for word in british(lower) for form in plurals(word))
