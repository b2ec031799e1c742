"""Twenty ways in which people remember a paper, made from real titles: each kind turns a paper into what somebody would type.

A kind returns "" for a paper that it does not fit. Seeds are the caller's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from benchmarks.bench_matching import Row
from bot.language.kin import kin
from bot.language.tables import listed
from bot.language.text import plain
from bot.language.tokens import fold

LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Words that say nothing of a paper: nobody types them alone.
EMPTY = listed(
    "the and for with from via using into toward towards based are can how what when not new its on of in to a an by"
)

Words = list[str]
Make = Callable[[random.Random, Row], str]


def words_of(row: Row) -> Words:
    """The words of a title as they are printed, without its punctuation."""
    words = [word.strip(".,:;!?()\"'$`“”") for word in plain(row.title).split()]
    return [word for word in words if word]


def telling(row: Row) -> Words:
    return [word for word in words_of(row) if len(word) > 2 and word.casefold() not in EMPTY]


def slip(rng: random.Random, word: str) -> str:
    """One letter left out, too many, wrong, or two swapped."""
    at = rng.randrange(1, len(word))
    letter = rng.choice(LETTERS)
    return rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        ]
    )


def slip_at_start(rng: random.Random, word: str) -> str:
    letter = rng.choice(LETTERS)
    return rng.choice([word[1:], letter + word[1:], word[1] + word[0] + word[2:]])


def some(rng: random.Random, words: Sequence[str], count: int) -> Words:
    """Words in their order."""
    return [words[i] for i in sorted(rng.sample(range(len(words)), min(count, len(words))))]


def spoiled(rng: random.Random, words: Sequence[str], count: int, how: Callable[[random.Random, str], str]) -> str:
    """The words with so many of the longer ones damaged; empty when there are not so many."""
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isascii() and word.isalpha()]
    if len(long) < count:
        return ""
    spoilt = list(words)
    for i in rng.sample(long, count):
        spoilt[i] = how(rng, spoilt[i])
    return " ".join(spoilt)


def four(rng: random.Random, row: Row) -> Words:
    words = telling(row)
    return some(rng, words, 4) if len(words) >= 4 else []


def three_in_a_row(rng: random.Random, row: Row) -> str:
    words = words_of(row)
    if len(words) < 6:
        return ""
    start = rng.randrange(len(words) - 2)
    chosen = words[start : start + 3]
    return " ".join(chosen) if sum(word.casefold() not in EMPTY for word in chosen) >= 2 else ""


def third_dropped(rng: random.Random, row: Row) -> str:
    words = words_of(row)
    return " ".join(some(rng, words, len(words) - len(words) // 3)) if len(words) >= 6 else ""


def one_wrong(rng: random.Random, row: Row) -> str:
    words = four(rng, row)
    if not words:
        return ""
    words[rng.randrange(4)] = rng.choice(
        ["efficient", "graph", "robust", "quantum", "neural", "adaptive", "galaxy", "unified"]
    )
    return " ".join(words)


def inflected(rng: random.Random, row: Row) -> str:
    words = four(rng, row)
    for i in rng.sample(range(len(words)), len(words)):
        others = sorted(kin(fold(words[i]), bool) - {fold(words[i])})
        if others and words[i].isalpha():
            words[i] = rng.choice(others)
            return " ".join(words)
    return ""


def glued(rng: random.Random, row: Row) -> str:
    words = words_of(row)
    pairs = [i for i in range(len(words) - 1) if all(len(w) > 2 and w.isalpha() for w in words[i : i + 2])]
    if not pairs or len(words) < 5:
        return ""
    at = rng.choice(pairs)
    rest = some(rng, [w for w in words[:at] + words[at + 2 :] if w.casefold() not in EMPTY], 2)
    return " ".join([words[at] + words[at + 1], *rest])


def hyphen(rng: random.Random, row: Row) -> str:
    words = telling(row)
    found = [i for i, word in enumerate(words) if re.fullmatch(r"[A-Za-z]{2,}-[A-Za-z]{2,}", word)]
    if not found or len(words) < 3:
        return ""
    at = rng.choice(found)
    said = words[at].replace("-", rng.choice(["", " "]))
    return " ".join([said, *some(rng, words[:at] + words[at + 1 :], 2)])


def no_accents(rng: random.Random, row: Row) -> str:
    words = telling(row)
    accented = [word for word in words if not word.isascii() and fold(word).isascii()]
    return " ".join(map(fold, some(rng, words, 5))) if accented and len(words) >= 3 else ""


def tex_aloud(rng: random.Random, row: Row) -> str:
    if not re.search(r"\$[^$]*\\?[A-Za-z]+[^$]*\$", row.title):
        return ""
    words = telling(row)
    return " ".join(map(fold, some(rng, words, 5))) if len(words) >= 4 else ""


def acronym(rng: random.Random, row: Row) -> str:
    name = re.match(r"([A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*): ", row.title)
    return name[1] if name else ""


def abstract_words(rng: random.Random, row: Row) -> str:
    words = {word.strip(".,:;!?()\"'") for word in plain(row.abstract).split()}
    long = sorted(word for word in words if len(word) > 6 and word.isalpha() and word.isascii())
    return " ".join(rng.sample(long, 6)) if len(long) >= 12 else ""


def prefix(rng: random.Random, row: Row) -> str:
    text = " ".join(words_of(row))
    return text[: rng.randrange(16, 30)].rstrip() if len(text) > 36 else ""


def author_and(rng: random.Random, row: Row, damage: bool) -> str:
    words = telling(row)
    if len(words) < 3 or not row.authors:
        return ""
    name = fold(plain(rng.choice(row.authors)).split()[-1])
    if damage:
        name = slip(rng, name) if len(name) > 4 else ""
    return " ".join([name, *some(rng, words, 2)]) if name else ""


KINDS: dict[str, Make] = {
    "exact title": lambda rng, row: " ".join(words_of(row)),
    "four words": lambda rng, row: " ".join(four(rng, row)),
    "three in a row": three_in_a_row,
    "a third dropped": third_dropped,
    "one slip in four words": lambda rng, row: spoiled(rng, four(rng, row), 1, slip),
    "two slips in five": lambda rng, row: spoiled(rng, some(rng, telling(row), 5), 2, slip),
    "three slips in a title": lambda rng, row: spoiled(rng, words_of(row), 3, slip),
    "slip in the first letter": lambda rng, row: spoiled(rng, four(rng, row), 1, slip_at_start),
    "one word wrong": one_wrong,
    "another inflection": inflected,
    "two words glued": glued,
    "hyphen joined or split": hyphen,
    "accents left out": no_accents,
    "TeX read aloud": tex_aloud,
    "acronym alone": acronym,
    "words of the abstract": abstract_words,
    "typed so far": prefix,
    "typed so far, one slip": lambda rng, row: spoiled(rng, prefix(rng, row).split()[:-1], 1, slip),
    "author and two words": lambda rng, row: author_and(rng, row, damage=False),
    "author misspelt, two words": lambda rng, row: author_and(rng, row, damage=True),
}
