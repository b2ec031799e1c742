"""The nearest earlier papers of many papers at once, by arrays: named by their heaviest words, then compared with all of their words.

Knows words, weights and days as numbers. Must not know how they are kept, nor the event loop: it works in a thread beside it.
The only module that imports numpy, some 30 MB: whoever needs it imports this one then.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.query.likeness import LOGARITHMS, Frequencies
from bot.query.novelty import FEWEST_WORDS, NEAREST

__all__ = ["Asked", "Calendar", "Earlier", "Near"]

Packed = Mapping[int, tuple[bytes, bytes]]
"""Numbers as little-endian 32-bit bytes with a byte beside each, by paper or by word: as `bot/store/similar.py` keeps them."""
Floats = NDArray[np.float32]
Numbers = NDArray[Any]

#: So many of a paper's words name the papers that may be near, and so many of these are compared. The true nearest of 62,593 stored
#: papers is found for .984 of 800 with 24 words, .988 with 28 (benchmarks/bench_novelty.py).
_HEAVIEST: Final = 28
_COMPARED: Final = 40
#: Of these so many are told: ten, and those that may be other reports of the same work.
_TOLD: Final = NEAREST + 10
#: Papers under a paper's words that are read: the heaviest words come first, and behind so many the others name only what is far.
_READ: Final = 150_000
#: Papers under the words of one batch, some 25 bytes each while it is worked on: many more leave the process larger for good.
_BATCH_READ: Final = 400_000
#: The papers stand in so many rows, and of each column the greatest is looked at first.
_ROWS: Final = 64
#: So many of the greatest are looked at in the hope that enough of them are earlier.
_OF_ANY_DAY: Final = 4 * _COMPARED
#: Papers of a word from which on it pays to ask whether one stands there twice.
_MANY: Final = 2_000
#: A day that is behind every other.
_NEVER: Final = 2**31 - 1
#: Ids are given in order, so that the greatest is not far beyond the number of papers; what a damaged row says is not believed.
_SPREAD: Final = 8
_SPARE: Final = 1_000_000
#: What may stand in the last bits of a word.
_ENDS: Final = 1 << 14
_LOGARITHMS: Final[Floats] = np.array(LOGARITHMS, dtype=np.float32)


class Calendar:
    """The first day of each paper. `numbers` are the papers in the order of time: the day times `unit`, and the id."""

    def __init__(self, numbers: Iterable[array[int]], unit: int) -> None:
        told = np.concatenate([np.asarray(portion, dtype=np.int64) for portion in numbers] or [np.zeros(0, np.int64)])
        days, ids = told // unit, told % unit
        sound = (days > 0) & (days < _NEVER) & (ids > 0) & (ids < _SPREAD * len(told) + _SPARE)
        self.days: Numbers = np.full(int(ids[sound].max(initial=0)) + 1, _NEVER, dtype=np.int32)
        self.days[ids[sound]] = days[sound]
        self._in_order: Numbers = np.sort(days[sound])

    def day(self, paper: int) -> int | None:
        """The day of a paper, 1 for the first of January of the year 1; None where it is not known."""
        day = int(self.days[paper]) if 0 <= paper < len(self.days) else _NEVER
        return None if day == _NEVER else day

    def earlier(self, day: int) -> int:
        """How many papers are of days before it."""
        return int(np.searchsorted(self._in_order, day))


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper whose nearest are looked for: its words in ascending order, how rare each is and its weight; and the heaviest first."""

    paper: int
    day: int
    words: Numbers
    rarity: Floats
    weights: Floats
    heaviest: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Near:
    """An earlier paper and how like it is, 0 to 1."""

    paper: int
    share: float


class Earlier:
    """The papers of a store at one time: how rare their words are and how early each is. What it learns of the length of papers it
    keeps, so make another one once words have become more frequent."""

    def __init__(self, frequencies: Frequencies, calendar: Calendar) -> None:
        self.calendar = calendar
        self.papers = frequencies.total
        self._most_papers = frequencies.most_papers
        numbers, counts = (np.frombuffer(own, dtype=np.uint32) for own in frequencies.copied())
        order = np.argsort(numbers, kind="stable")
        self._words = numbers[order]
        self._counts = counts[order]
        self._rarity = np.maximum(0, np.log((self.papers + 1) / (self._counts + 0.5))).astype(np.float32)
        self._lengths: Floats = np.zeros(len(calendar.days), dtype=np.float32)
        size = -(-len(calendar.days) // _ROWS) * _ROWS
        self._sums: Floats = np.zeros(size, dtype=np.float32)
        self._scratch: Floats = np.zeros(size, dtype=np.float32)
        self._day = -1
        self._earlier = np.zeros(size, dtype=np.bool_)

    def ask(self, packed: Packed) -> tuple[list[Asked], list[int]]:
        """Those of the papers that have a day and enough words; and the last of the papers, where too much would have to be read for
        all of them at once: these are to be asked again."""
        found: list[Asked] = []
        to_read: dict[int, int] = {}
        papers = list(packed) if len(self._words) else []
        for place, paper in enumerate(papers):
            day = self.calendar.day(paper)
            if day is None or len(packed[paper][1]) < FEWEST_WORDS:
                continue
            if asked := self._asked(paper, day, *packed[paper], to_read):
                found.append(asked)
            if sum(to_read.values()) > _BATCH_READ:
                return found, papers[place + 1 :]
        return found, []

    def _asked(self, paper: int, day: int, packed: bytes, counts: bytes, to_read: dict[int, int]) -> Asked | None:
        """Adds its heaviest words to those that have to be read, with how many papers have each."""
        words = np.frombuffer(packed, dtype="<u4")
        places = self._places(words)
        rarity = self._rarity[places]
        weights = rarity * _LOGARITHMS[np.frombuffer(counts, dtype=np.uint8)]
        length = float(np.sqrt(np.dot(weights, weights)))
        if not length:
            return None
        weights = weights / length
        papers = self._counts[places]
        naming = np.where(papers <= self._most_papers, weights, 0)
        order = np.argsort(-naming, kind="stable")[:_HEAVIEST]
        order = order[naming[order] > 0]
        enough = max(1, int(np.searchsorted(np.cumsum(papers[order]), _READ)))
        order = order[:enough]
        heaviest = tuple(zip(words[order].tolist(), weights[order].tolist(), strict=True))
        to_read.update(zip(words[order].tolist(), papers[order].tolist(), strict=True))
        return Asked(paper, day, words, rarity, weights, heaviest)

    def _places(self, words: Numbers) -> Numbers:
        """Where each word stands among all; another place for one that is not among them."""
        return np.minimum(np.searchsorted(self._words, words), len(self._words) - 1)

    def name(self, asked: Iterable[Asked], blocks: Iterable[tuple[int, bytes, bytes]]) -> dict[int, list[int]]:
        """The earlier papers that may be nearest to each, by its id, in no order. `blocks` are (word, papers, weight in each)."""
        postings = self._read(sorted(blocks, key=lambda block: block[0]))
        return {one.paper: self._named(one, postings) for one in asked}

    def _read(self, blocks: Sequence[tuple[int, bytes, bytes]]) -> dict[int, tuple[Numbers, Floats]]:
        """The papers of each word and how much it weighs in each; the blocks of a word stand side by side."""
        papers = np.frombuffer(b"".join([block[1] for block in blocks]), dtype="<u4").astype(np.int64)
        shares = np.frombuffer(b"".join([block[2] for block in blocks]), dtype=np.uint8).astype(np.float32)
        papers[papers >= len(self.calendar.days)] = 0  # came since, or is damaged; no paper has this id
        found: dict[int, tuple[Numbers, Floats]] = {}
        start = end = 0
        for place, (word, _, weights) in enumerate(blocks):
            end += len(weights)
            if place + 1 == len(blocks) or blocks[place + 1][0] != word:
                found[word] = papers[start:end], shares[start:end]
                start = end
        return found

    def _named(self, asked: Asked, postings: Mapping[int, tuple[Numbers, Floats]]) -> list[int]:
        sums = self._sums
        for word, weight in asked.heaviest:
            if word in postings:
                papers, shares = postings[word]
                if len(papers) > _MANY and _ascend(papers):
                    np.add.at(sums, papers, shares * np.float32(weight))  # in half of the time
                else:
                    sums[papers] += shares * np.float32(weight)  # a paper that stands under a word twice counts once
        found = _greatest(sums, _OF_ANY_DAY)
        found = found[self.calendar.days[found] < asked.day]
        if len(found) < _COMPARED:  # most that are like it are later
            found = _greatest(np.multiply(sums, self._before(asked.day), out=self._scratch), _COMPARED)
        if len(found) > _COMPARED:
            found = found[np.argpartition(-sums[found], _COMPARED)[:_COMPARED]]
        sums.fill(0)
        places: list[int] = found.tolist()
        return places

    def _before(self, day: int) -> NDArray[np.bool_]:
        """Which papers are earlier; those of one day come one after the other."""
        if day != self._day:
            self._day = day
            np.less(self.calendar.days, day, out=self._earlier[: len(self.calendar.days)])
        return self._earlier

    def compare(
        self, asked: Iterable[Asked], named: Mapping[int, Sequence[int]], packed: Packed
    ) -> dict[int, list[Near]]:
        """Those of the papers named for each that have a word in common with it, the most like first; of equals the newest."""
        self._measure(packed)
        return {one.paper: self._compared(one, [p for p in named[one.paper] if p in packed], packed) for one in asked}

    def _compared(self, asked: Asked, named: Sequence[int], packed: Packed) -> list[Near]:
        if not named:
            return []
        words, counts, sizes = _joined(packed, named)
        places, common = _in_common(asked, words)
        shares = asked.weights[places] * asked.rarity[places] * _LOGARITHMS[counts[common]]
        of = np.repeat(np.arange(len(named)), sizes)[common]
        sums = np.bincount(of, shares, len(named)) / np.maximum(self._lengths[named], 1e-9)
        order = np.lexsort((-np.array(named), -sums))[:_TOLD]
        return [Near(named[place], min(1.0, float(sums[place]))) for place in order if sums[place] > 0]

    def _measure(self, packed: Packed) -> None:
        """Learns how long these papers are as vectors."""
        new = [paper for paper, (_, counts) in packed.items() if counts and not self._lengths[paper]]
        if new:
            words, counts, sizes = _joined(packed, new)
            weights = self._rarity[self._places(words)] * _LOGARITHMS[counts]
            self._lengths[new] = np.sqrt(np.add.reduceat(weights * weights, np.cumsum(sizes) - sizes))

    def shared(self, asked: Asked, packed: tuple[bytes, bytes]) -> list[int]:
        """The words that it has in common with another paper, those first that make them most alike."""
        words, counts, _ = _joined({0: packed}, [0])
        places, common = _in_common(asked, words)
        shares = asked.weights[places] * asked.rarity[places] * _LOGARITHMS[counts[common]]
        found: list[int] = words[common[np.argsort(-shares, kind="stable")]].tolist()
        return found


def _joined(packed: Packed, papers: Sequence[int]) -> tuple[Numbers, Numbers, Numbers]:
    """The words of all of these papers, how often each stands there, and how many are of each paper."""
    words = np.frombuffer(b"".join([packed[paper][0] for paper in papers]), dtype="<u4")
    counts = np.frombuffer(b"".join([packed[paper][1] for paper in papers]), dtype=np.uint8)
    return words, counts, np.array([len(packed[paper][1]) for paper in papers])


def _in_common(asked: Asked, words: Numbers) -> tuple[Numbers, Numbers]:
    """Which of its words are among these; where each stands among its own, and where among these."""
    ends = np.zeros(_ENDS, dtype=np.bool_)
    ends[asked.words & (_ENDS - 1)] = True
    likely = np.flatnonzero(
        ends[words & (_ENDS - 1)]
    )  # most words are not: their last bits show it faster than a search
    places = np.minimum(np.searchsorted(asked.words, words[likely]), len(asked.words) - 1)
    common = asked.words[places] == words[likely]
    return places[common], likely[common]


def _ascend(papers: Numbers) -> bool:
    """Whether none stands there twice, since none was counted anew."""
    return bool((papers[1:] > papers[:-1]).all())


def _greatest(sums: Floats, count: int) -> Numbers:
    """The places of at least so many of the greatest numbers, those above 0, and of none that is smaller than one that is left out.

    They stand in the columns with the greatest maxima, of which as many hold a number as great as the least of these maxima. So all
    numbers are looked at once: to sort them, or to hold all against one limit after the other, takes longer than all the rest.
    """
    table = sums.reshape(_ROWS, -1)
    most = table.max(axis=0)
    limit = np.partition(most, -count)[-count] if len(most) > count else np.float32(0)
    columns = np.flatnonzero(most >= limit if limit > 0 else most)
    within = table[:, columns]
    row, column = np.nonzero(within >= limit if limit > 0 else within)
    return row * table.shape[1] + columns[column]
