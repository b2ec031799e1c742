"""English inflection by rule: which spellings are one word. Knows plurals, -ing and -ed, and a few irregular plurals.

Must not know tokens or queries. Never joins different words by meaning or derivation (experiment is not experience).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_IRREGULAR: Final = {
    "matrices": "matrix", "vertices": "vertex", "indices": "index", "indexes": "index", "corpora": "corpus",
    "criteria": "criterion", "phenomena": "phenomenon", "nuclei": "nucleus", "stimuli": "stimulus",
    "spectra": "spectrum", "optima": "optimum", "minima": "minimum", "maxima": "maximum", "extrema": "extremum",
    "quanta": "quantum", "momenta": "momentum", "automata": "automaton", "simplices": "simplex", "helices": "helix",
    "formulae": "formula", "nebulae": "nebula", "supernovae": "supernova", "hypotheses": "hypothesis",
    "theses": "thesis", "crises": "crisis", "mice": "mouse", "lives": "life", "leaves": "leaf", "halves": "half",
    "children": "child", "gases": "gas", "buses": "bus", "lenses": "lens", "biases": "bias", "biased": "bias",
    "biasing": "bias", "axes": "axis", "viruses": "virus", "focusses": "focus", "radii": "radius",
}  # fmt: skip
_UNINFLECTED: Final = """
    bias atlas canvas alias lens plus thus opus this axis iris isis chaos cosmos ethos pathos does was has always
    perhaps across whereas mars maths texas kansas pandas christmas united indeed hundred sacred naked wicked need
    during string spring bring thing being everything something nothing anything morning evening ceiling sibling
    canvas pancreas species series news physics mathematics caucus
"""  # end like an inflection and have none, or are their own plural
_WHOLE: Final = frozenset(_UNINFLECTED.split())
_INFLECTED: Final = re.compile(r"[a-z]{4,48}")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_TIGHT: Final = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]")  # one short vowel, one consonant: tun(e), stat(e), cod(e)
_LETTERS: Final = re.compile(r"[a-z]{1,48}")
_SUFFIXES: Final = ("", "s", "es", "ing", "ings", "ed", "eds", "inges", "is")


@lru_cache(maxsize=200_000)
def stem(form: str) -> str:
    """The inflection class of a token form: `policies` → `policy`, `matching` and `matches` → `match`.

    Forms of three letters or fewer, and those with digits or other scripts, are their own class; of longer ones none is
    cut below four letters by -ing, -ed or -e, so that an acronym (RAG, ACT) never meets a verb (ragged, acting).
    """
    if not _INFLECTED.fullmatch(form):
        return form
    word = _IRREGULAR.get(form, form)
    if word in _WHOLE or len(word) < 4:
        return word
    word = _singular(word)
    if len(word) < 4 or word in _WHOLE:
        return word
    base = _base(word)
    return _settled(base if len(base) >= 4 else word)


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("sis") and len(word) >= 7:
        return word[:-2]
    if len(word) == 4:
        return word[:-1]  # gpus, rois, llms
    if word.endswith(("us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "sses")):
        return word[:-2]
    return word[:-1]


def _base(word: str) -> str:
    """Without -ing or -ed: `tuning` → `tune`, `planned` → `plan`, `studied` → `study`."""
    if word.endswith("ing"):
        base = word[:-3]
    elif word.endswith("ied") and len(word) >= 6:
        return word[:-3] + "y"
    elif word.endswith("ed") and not word.endswith("eed"):
        base = word[:-2]
    else:
        return word
    if len(base) < 3 or not _VOWELS.search(base):
        return word
    if _TIGHT.fullmatch(base):
        return base + "e"
    return base


def _settled(word: str) -> str:
    """One spelling for words that differ only in a final -e, -ie or doubled consonant."""
    if len(word) >= 5:
        if word.endswith("ie"):
            return word[:-2] + "y"
        if word.endswith("e") and not _TIGHT.fullmatch(word[:-1]):
            word = word[:-1]
    if len(word) >= 5 and word[-1] == word[-2] and word[-1] not in "aeiouy":
        word = word[:-1]
    return word


def variants(form: str) -> frozenset[str]:
    """Every form of the same class as `form`, itself included: all `v` with `stem(v) == stem(form)`, and no other."""
    return spellings(stem(form)) | {form}


@lru_cache(maxsize=20_000)
def spellings(root: str) -> frozenset[str]:
    """Every form whose stem is `root`."""
    if not _LETTERS.fullmatch(root):
        return frozenset((root,))
    roots = {root, root + "e", root + root[-1], root + root[-1] + "e", root[:-1] + "i", root[:-1] + "ie", root + "i"}
    if root.endswith("e"):
        roots.add(root[:-1])
        roots.add(root[:-1] + root[-2:-1])
    spelled = {base + suffix for base in roots for suffix in _SUFFIXES}
    spelled.update(_PLURALS.get(root, ()))
    uncached = stem.__wrapped__
    return frozenset(word for word in spelled if uncached(word) == root)


def _plurals() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in _IRREGULAR:
        found.setdefault(stem(word), []).append(word)
    return {root: tuple(words) for root, words in found.items()}


_PLURALS: Final = _plurals()
