"""How alike two papers are: the cosine of their words, of which rare ones weigh more (TF-IDF).

Knows counted words, how many papers have each, and the papers that others are held against. Must not know documents, queries or
where any of them is kept.
"""

from __future__ import annotations

import math
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest
from typing import Final

from bot.models import PaperId

__all__ = [
    "Counts",
    "Frequencies",
    "Seeds",
    "Vector",
    "compared",
    "counted",
    "heaviest",
    "likeness",
    "nominated",
    "number_of",
    "shared",
    "vector",
]

Counts = Mapping[int, int]
"""How often a text has each of its words; a word is its number."""

Vector = Mapping[int, float]
"""The weight of each word of a text; the squares of all of them add up to 1."""

#: So many of a paper's words name the papers that may be like it.
_HEAVIEST: Final = 24
_MOST_COUNTED: Final = 255
#: Papers that share one of the heaviest words; behind so many, the other words only add to them.
_ENOUGH: Final = 10_000
#: So many new words stand beside the sorted ones before they are sorted in.
_BESIDE: Final = 20_000


class _Numbers(dict[str, int]):
    """Word → number, for those met before."""

    def __missing__(self, stem: str) -> int:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        self[stem] = number = zlib.crc32(stem.encode())
        return number


_NUMBERS: Final = _Numbers()
#: Words whose number, and whose weight, is kept at hand.
_MOST_KNOWN: Final = 50_000


def number_of(stem: str) -> int:
    """The number of a word: 32 bits, of which two words in a million share one."""
    return _NUMBERS[stem]


def counted(stems: Iterable[str]) -> dict[int, int]:
    """How often each word stands there; 255 times at most."""
    found = Counter(map(_NUMBERS.__getitem__, stems))
    for number in [number for number, count in found.items() if count > _MOST_COUNTED]:
        found[number] = _MOST_COUNTED
    return found


class Frequencies:
    """In how many of `total` papers each word is. Two sorted arrays and a small dict: 8 bytes a word, where a dict takes 100."""

    __slots__ = ("_beside", "_counts", "_numbers", "_weights", "total")

    def __init__(self, numbers: Iterable[int] = (), counts: Iterable[int] = (), total: int = 0) -> None:
        """`numbers` ascend, each with its count."""
        self._numbers = array("I", numbers)
        self._counts = array("I", counts)
        self._beside: dict[int, int] = {}
        self._weights = _Weights(self)
        self.total = total

    def __len__(self) -> int:
        return len(self._numbers) + len(self._beside)

    def papers_with(self, number: int) -> int:
        """How many papers have the word."""
        at = bisect_left(self._numbers, number)
        if at < len(self._numbers) and self._numbers[at] == number:
            return self._counts[at]
        return self._beside.get(number, 0)

    def add(self, changes: Mapping[int, int], papers: int) -> None:
        """Takes in that so many more papers have each word, or fewer; and how many more papers there are."""
        self.total += papers
        self._weights.clear()
        for number, change in changes.items():
            at = bisect_left(self._numbers, number)
            if at < len(self._numbers) and self._numbers[at] == number:
                self._counts[at] = max(0, self._counts[at] + change)
            else:
                self._beside[number] = max(0, self._beside.get(number, 0) + change)
        if len(self._beside) > _BESIDE:
            self._sort_in()

    def _sort_in(self) -> None:
        merged = sorted([*zip(self._numbers, self._counts, strict=True), *self._beside.items()])
        self._numbers = array("I", (number for number, _ in merged))
        self._counts = array("I", (count for _, count in merged))
        self._beside = {}

    @property
    def weights(self) -> Mapping[int, float]:
        """How much each word says: the logarithm of how few papers have it. Ask for one at a time; it knows them all."""
        return self._weights

    @property
    def most_papers(self) -> int:
        """How many papers have a word at the most that is not common."""
        return self.total // _SHARE if self.total >= _MANY else self.total

    def is_common(self, number: int) -> bool:
        """Whether so many papers have the word that it names none."""
        return self.papers_with(number) > self.most_papers

    def copied(self) -> tuple[array[int], array[int]]:
        """All words, in no order, and how many papers have each."""
        beside = self._beside
        return self._numbers + array("I", beside), self._counts + array("I", beside.values())


class _Weights(dict[int, float]):
    """Word → weight, for those met since the last change."""

    def __init__(self, frequencies: Frequencies) -> None:
        super().__init__()
        self._frequencies = frequencies

    def __missing__(self, number: int) -> float:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        known = self._frequencies
        self[number] = weight = max(0.0, math.log((known.total + 1) / (known.papers_with(number) + 0.5)))
        return weight


#: Of so many papers, a word that more than a tenth of them have is common.
_MANY: Final = 1_000
_SHARE: Final = 10
LOGARITHMS: Final = (0.0, *(1 + math.log(count) for count in range(1, _MOST_COUNTED + 1)))


def vector(counts: Counts, frequencies: Frequencies) -> dict[int, float]:
    """The weight of each word, by how often it stands there and how rare it is; empty for a text without words."""
    weights, length = _weighed(counts, frequencies)
    return dict(zip(counts, [one / length for one in weights], strict=True)) if length else {}


def compared(wanted: Vector, counts: Counts, frequencies: Frequencies) -> float:
    """`likeness` of a text whose words were only counted, without a vector of its own."""
    weights, length = _weighed(counts, frequencies)
    alike = sum(wanted[number] * one for number, one in zip(counts, weights, strict=True) if number in wanted)
    return min(1.0, alike / length) if length else 0.0


def _weighed(counts: Counts, frequencies: Frequencies) -> tuple[list[float], float]:
    """The weight of each word, in order, and the length of all of them as one vector."""
    known = frequencies.weights
    weights = [LOGARITHMS[count] * known[number] for number, count in counts.items()]
    return weights, math.hypot(*weights)


def likeness(one: Vector, other: Vector) -> float:
    """From 0, no word in common, to 1, the same words."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return min(1.0, sum(weight * many[number] for number, weight in few.items() if number in many))


def heaviest(wanted: Vector, frequencies: Frequencies) -> list[int]:
    """The words that say most of the text and are not common, the heaviest first."""
    return nlargest(_HEAVIEST, (n for n in wanted if not frequencies.is_common(n)), key=wanted.__getitem__)


def shared(one: Vector, other: Vector) -> list[int]:
    """The words of both, those first that make them most alike."""
    return sorted(one.keys() & other.keys(), key=lambda number: -one[number] * other[number])


def nominated(wanted: Vector, postings: Iterable[tuple[int, Sequence[int], Sequence[float]]]) -> dict[int, float]:
    """What each paper shares with the text, of (word, papers, how much it weighs in each) with the heaviest word first: a paper that
    has none of the first words is not like it, so the common ones bring no new ones."""
    found: dict[int, float] = {}
    get = found.get
    read = 0
    for number, papers, weights in postings:
        own = wanted[number]
        if read < _ENOUGH:
            for paper, weight in zip(papers, weights, strict=True):
                found[paper] = get(paper, 0.0) + own * weight
        else:
            for paper, weight in zip(papers, weights, strict=True):
                if paper in found:
                    found[paper] += own * weight
        read += len(papers)
    return found


class Seeds:
    """Papers that others are held against, by identity, among papers in which words are so frequent. One that is not known is like
    nothing."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self.frequencies = frequencies or Frequencies()
        self._held: dict[PaperId, tuple[int, Counts]] = {}  # the number of each, and its words
        self._vectors: dict[PaperId, tuple[int, Vector]] = {}  # with the number of papers that it was made for

    def __contains__(self, identity: PaperId) -> bool:
        return identity in self._held

    def hold(self, identity: PaperId, paper: int, counts: Counts) -> None:
        """Takes in a paper of this number, or its changed words."""
        self._held[identity] = paper, counts
        self._vectors.pop(identity, None)

    def paper(self, identity: PaperId) -> int | None:
        """The number of one of them; None when it is not known."""
        return self._held[identity][0] if identity in self._held else None

    def vector(self, identity: PaperId) -> Vector | None:
        """The weights of one of them; None when it is not known."""
        if identity not in self._held:
            return None
        made_for, found = self._vectors.get(identity, (-1, {}))
        if made_for != self.frequencies.total:
            found = vector(self._held[identity][1], self.frequencies)
            self._vectors[identity] = (self.frequencies.total, found)
        return found
