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
    """The words of titles and of names, with the number of papers that have each. Grows; a word is never taken out."""

    def __init__(self, titles: Mapping[str, int] | None = None, names: Mapping[str, int] | None = None) -> None:
        self._titles = dict(titles or {})
        self._names = dict(names or {})
        self._sorted = sorted({*self._titles, *self._names})
        # Read from behind: of two slips in a row one half of the word is left whole, mostly.
        self._backwards = sorted(word[::-1] for word in self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, titles: Iterable[str], names: Iterable[str] = ()) -> None:
        """One more paper has these words."""
        for counts, words in ((self._titles, set(titles)), (self._names, set(names))):
            for word in words:
                if word not in self._titles and word not in self._names:
                    insort(self._sorted, word)
                    insort(self._backwards, word[::-1])
                counts[word] = counts.get(word, 0) + 1

    def in_names(self, word: str) -> int:
        """In how many papers the word is part of an author's name."""
        return self._names.get(word, 0)

    def count(self, word: str) -> int:
        """In how many papers the word is, be it in the title or in a name; 0 for one that is not known."""
        return self._titles.get(word, 0) + self._names.get(word, 0)

    def begins(self, start: str) -> bool:
        """Whether any word begins so."""
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    def completions(self, start: str, most: int) -> tuple[str, ...]:
        """The commonest words that begin so."""
        return tuple(nlargest(most, _starting(self._sorted, start), key=self.count))

    def near(self, word: str) -> list[tuple[str, int]]:
        """Known words as few slips away as there are any, as (word, slips), the likeliest first; `word` itself is not among them."""
        for slips in range(1, max_edits(word) + 1):
            alike = self._alike(word, slips)
            hits = process.extract(word, alike, scorer=OSA.distance, score_cutoff=slips, limit=None)
            found = {str(other): int(far) for other, far, _ in hits if far}
            if found:
                first = word[0]
                return sorted(found.items(), key=lambda hit: (hit[0][0] != first, -self.count(hit[0]), hit[0]))[:_MOST]
        return []

    def _alike(self, word: str, slips: int) -> list[str]:
        """Words of about this length that begin or end as it does. One slip leaves one of its halves whole, if it does not swap
        two letters in the middle; of two hardly any is in the first letter and in the last ones."""
        kept, ending = (len(word) // 2, len(word) // 2) if slips == 1 else (1, len(word) // 3)
        least, most = len(word) - slips, len(word) + slips
        begin = [w for w in _starting(self._sorted, word[:kept]) if least <= len(w) <= most]
        end = [w[::-1] for w in _starting(self._backwards, word[: -ending - 1 : -1]) if least <= len(w) <= most]
        middle = len(word) // 2
        swapped = [word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] for at in (middle, middle + 1)]
        return begin + end + [other for other in swapped if self.count(other)]

    def near_starts(self, start: str) -> list[str]:
        """Beginnings of known words that are one slip away from `start`, for a word that is still being typed."""
        if len(start) < _SHORTEST:
            return []
        begun = _starting(self._sorted, start[:2])
        cut = {word[:length] for word in begun for length in (len(start), len(start) + 1)}
        hits = process.extract(start, sorted(cut), scorer=OSA.distance, score_cutoff=1, limit=_MOST)
        return [str(other) for other, _, _ in hits if other != start]

    def split(self, word: str) -> tuple[str, str] | None:
        """The two known words that were written as one, the commonest pair; None when there is none."""
        pairs = [
            (min(self.count(word[:at]), self.count(word[at:])), word[:at], word[at:]) for at in range(3, len(word) - 2)
        ]
        commonest = max(pairs, default=(0, "", ""))
        return (commonest[1], commonest[2]) if commonest[0] else None


def _starting(words: list[str], start: str) -> list[str]:
    """Those of sorted words that begin so."""
    return words[bisect_left(words, start) : bisect_left(words, start + "\U0010ffff")]
