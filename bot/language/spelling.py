"""Words as people mistype them: which words of a vocabulary were probably meant.

PURE. Knows words and how often they occur; must not know papers or where the vocabulary is kept.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["Vocabulary", "max_edits"]

_SHORTEST: Final = 4  # letters; three letters with one wrong could be anything
_MOST: Final = 8


def max_edits(word: str) -> int:
    """How many max_edits (a letter wrong, missing, too many, or two swapped) are forgiven in a word of this length."""
    if len(word) < _SHORTEST or word.isdigit():
        return 0
    return 1 if len(word) < 6 else 2


class Vocabulary:
    """The words of an index with the number of papers that have each. Grows; a word is never taken out."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts: dict[str, int] = {}
        self._sorted: list[str] = []
        # Nobody mistypes both ends of a word: one of them picks the few hundred words worth comparing.
        self._by_end: dict[tuple[bool, str, int], list[str]] = {}
        if counts:
            self._counts.update(counts)
            self._sorted = sorted(counts)
            for word in counts:
                self._file(word)

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, words: Iterable[str]) -> None:
        """One more paper has these words."""
        for word in set(words):
            if word in self._counts:
                self._counts[word] += 1
            else:
                self._counts[word] = 1
                insort(self._sorted, word)
                self._file(word)

    def _file(self, word: str) -> None:
        self._by_end.setdefault((True, word[0], len(word)), []).append(word)
        self._by_end.setdefault((False, word[-1], len(word)), []).append(word)

    def count(self, word: str) -> int:
        """In how many papers the word is; 0 for one that is not known."""
        return self._counts.get(word, 0)

    def begins(self, start: str) -> bool:
        """Whether any word begins so."""
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    def completions(self, start: str, most: int) -> tuple[str, ...]:
        """The commonest words that begin so."""
        low, high = bisect_left(self._sorted, start), bisect_left(self._sorted, start + "\U0010ffff")
        return tuple(nlargest(most, self._sorted[low:high], key=self._counts.__getitem__))

    def near(self, word: str) -> list[tuple[str, int]]:
        """Known words within the forgiven max_edits as (word, max_edits), the likeliest first; `word` itself is not among them."""
        limit = max_edits(word)
        if not limit:
            return []
        found: dict[str, int] = {}
        # A first letter that is wrong shows at the other end of the word; that is slip enough.
        for is_first, letter, most in ((True, word[0], limit), (False, word[-1], 1)):
            for length in range(len(word) - most, len(word) + most + 1):
                bucket = self._by_end.get((is_first, letter, length), ())
                hits = process.extract(word, bucket, scorer=OSA.distance, score_cutoff=most, limit=None)
                found.update((other, int(distance)) for other, distance, _ in hits)
        found.pop(word, None)
        best = min(found.values(), default=0)
        likely = [(other, far) for other, far in found.items() if far <= best + 1]
        return sorted(likely, key=lambda hit: (hit[1], hit[0][0] != word[0], -self._counts[hit[0]], hit[0]))[:_MOST]

    def near_starts(self, start: str) -> list[str]:
        """Beginnings of known words that are one slip away from `start`, for a word that is still being typed."""
        if len(start) < _SHORTEST:
            return []
        low = bisect_left(self._sorted, start[:2])
        high = bisect_left(self._sorted, start[:2] + "\U0010ffff")
        cut = {word[:length] for word in self._sorted[low:high] for length in (len(start), len(start) + 1)}
        hits = process.extract(start, sorted(cut), scorer=OSA.distance, score_cutoff=1, limit=_MOST)
        return [str(other) for other, _, _ in hits if other != start]

    def split(self, word: str) -> tuple[str, str] | None:
        """The two known words that were written as one, the commonest pair; None when there is none."""
        pairs = [
            (min(self.count(word[:at]), self.count(word[at:])), word[:at], word[at:]) for at in range(3, len(word) - 2)
        ]
        commonest = max(pairs, default=(0, "", ""))
        return (commonest[1], commonest[2]) if commonest[0] else None
