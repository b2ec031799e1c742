"""How warm a paper's topic is: how near the listed papers of the last half year are to it, by their words.

PURE. Knows counted words by day; loads numpy on first use. Must not know where they are kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["DAYS", "Heat"]

#: Days within which a listing warms its topic, and how many of the nearest listed papers are counted.
DAYS: Final = 180
NEAREST: Final = 30


class Heat:
    """The words of listed papers. Ask for the warmth of many papers of one day together: what a day needs is made once."""

    def __init__(self, listed: Iterable[tuple[int, int, Mapping[int, int]]]) -> None:
        """`listed`: (paper, ordinal of the day, counted words)."""
        import numpy as np

        found = sorted((one for one in listed), key=lambda one: one[1])
        self._papers = np.array([paper for paper, _, _ in found], dtype=np.int64)
        self._days = np.array([day for _, day, _ in found], dtype=np.int64)
        sizes = [len(counts) for _, _, counts in found]
        self._starts = np.concatenate(([0], np.cumsum(np.array(sizes, dtype=np.int64))))
        words, counts = array("I"), array("B")
        for _, _, own in found:
            words.extend(own.keys())
            counts.extend(own.values())
        self._words = np.frombuffer(words, dtype=np.uint32) if words else np.zeros(0, np.uint32)
        tally = np.frombuffer(counts, dtype=np.uint8) if counts else np.zeros(0, np.uint8)
        self._tf = (1 + np.log(np.maximum(1, tally))).astype(np.float32)
        self._day = -1
        self._window: _Window | None = None

    def of(self, day: int, paper: int, counts: Mapping[int, int]) -> float:
        """The mean cosine, 0 to 1, of the 30 nearest papers listed in the 180 days before the day; fewer count as if the others were
        wholly unlike."""
        if day != self._day or self._window is None:
            self._day, self._window = day, self._made(day)
        return self._window.warmth(paper, counts)

    def _made(self, day: int) -> _Window:
        import numpy as np

        first, last = np.searchsorted(self._days, (day - DAYS, day))
        begin, end = self._starts[first], self._starts[last]
        return _Window(
            self._papers[first:last],
            self._starts[first : last + 1] - begin,
            self._words[begin:end],
            self._tf[begin:end],
        )


class _Window:
    """The listed papers of some days, weighed among themselves (TF-IDF), by word: a text is held against those that share one."""

    def __init__(self, papers: Any, starts: Any, words: Any, tf: Any) -> None:
        import numpy as np

        self._papers, self._count = papers, len(papers)
        self._vocabulary, columns, frequent = np.unique(words, return_inverse=True, return_counts=True)
        self._idf = np.log((self._count + 1) / (frequent + 0.5)).clip(0)
        weights = tf * self._idf[columns]
        rows = np.repeat(np.arange(self._count), np.diff(starts))
        lengths = np.sqrt(np.maximum(np.bincount(rows, np.square(weights), self._count), 1e-12))
        by_word = np.argsort(columns, kind="stable")
        self._rows = rows[by_word]
        self._weights = (weights / lengths[rows])[by_word]
        self._starts = np.concatenate(([0], np.cumsum(frequent)))

    def warmth(self, paper: int, counts: Mapping[int, int]) -> float:
        """See `Heat.of`."""
        import numpy as np

        if not self._count or not counts:
            return 0.0
        numbers = np.fromiter(counts.keys(), np.uint32, len(counts))
        tf = 1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))
        places = np.searchsorted(self._vocabulary, numbers).clip(0, len(self._vocabulary) - 1)
        known = self._vocabulary[places] == numbers
        rare = np.log((self._count + 1) / 0.5)  # a word of no listed paper lengthens the text
        own = tf * np.where(known, self._idf[places], rare)
        length = float(np.sqrt(np.square(own).sum()))
        if length == 0.0 or not known.any():
            return 0.0
        spans = [(self._starts[place], self._starts[place + 1]) for place in places[known]]
        rows = np.concatenate([self._rows[first:last] for first, last in spans])
        shares = np.repeat(own[known] / length, [last - first for first, last in spans])
        weights = np.concatenate([self._weights[first:last] for first, last in spans]) * shares
        likes = np.bincount(rows, weights, self._count)
        likes[self._papers == paper] = 0.0
        nearest = np.partition(likes, -NEAREST)[-NEAREST:] if len(likes) > NEAREST else likes
        return float(nearest.sum() / NEAREST)
