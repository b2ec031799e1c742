"""Earlier daily lists: who stood on them, and how many votes their papers had beside those of the same day.

PURE. Knows days as ordinals and votes as numbers. Must not know where they are kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median
from typing import Final

from bot.language import names
from bot.models import Role

__all__ = [
    "Listing",
    "Past",
    "early_votes",
    "excess_of",
    "folded",
    "key_of",
    "keys_of",
    "middle_of",
    "recent",
    "shrunk",
]

#: From a listing to the count of votes that is held against the others of its day.
EARLY: Final = timedelta(hours=6)
_FROM: Final = timedelta(hours=3)
_UNTIL: Final = timedelta(hours=18)
#: Papers of no excess that each mean is made with: so many a name needs before its own count for half.
SHRINK: Final = 3.0


@dataclass(frozen=True, slots=True)
class Listing:
    """A paper on a list: its number, the ordinal of the day, and how far its votes are above the day's middle (see `excess_of`)."""

    paper: int
    day: int
    excess: float


@dataclass(frozen=True, slots=True)
class Past:
    """Listings by what they have in common: (role, key of the name)."""

    listings: Mapping[tuple[Role, str], list[Listing]] = field(default_factory=dict)

    def of(self, role: Role, key: str, day: int, paper: int) -> list[Listing]:
        """Those of this name before the day, without the paper itself: nothing of a later day is ever counted."""
        return [one for one in self.listings.get((role, key), ()) if one.day < day and one.paper != paper]


@lru_cache(maxsize=20_000)
def key_of(name: str) -> str:
    """The key of a printed name: all of its words, folded, the family name last (`kempe, julia` → `julia kempe`). Empty for a name of
    nobody. Namesakes share it, and who is printed in two ways has two."""
    read = names.parse.__wrapped__(name)  # of all papers once: what others have kept at hand stays there
    return " ".join((*read.forenames, *read.family))


def keys_of(authors: Iterable[str]) -> tuple[str, ...]:
    """The keys of printed names, each once, in order."""
    return tuple(dict.fromkeys(filter(None, map(key_of, authors))))


def folded(name: str | None) -> str:
    """The key of a submitter or an organisation: the name in small letters; empty for none."""
    return " ".join((name or "").casefold().split())


def early_votes(listed: datetime, captures: Sequence[tuple[datetime, int]]) -> int | None:
    """The votes of a listed paper that are held against the others of its day: as they were counted about six hours after the listing
    (three to eighteen: of some lists only the day is known), else the latest of (when, how many), which ascend."""
    early = [(abs(at - listed - EARLY), votes) for at, votes in captures if _FROM <= at - listed <= _UNTIL]
    if early:
        return min(early, key=lambda one: one[0])[1]
    return captures[-1][1] if captures else None


def middle_of(votes: Iterable[int]) -> float:
    """The median of log(1 + votes) of a day's papers; 0 for none."""
    logs = [math.log1p(max(0, count)) for count in votes]
    return median(logs) if logs else 0.0


def excess_of(votes: int, middle: float) -> float:
    """log(1 + votes) above the day's middle: 0.7 is about twice as many votes."""
    return math.log1p(max(0, votes)) - middle


def shrunk(listings: Iterable[Listing], weight: float = SHRINK) -> float:
    """The mean excess, with `weight` papers of none beside them."""
    found = [one.excess for one in listings]
    return sum(found) / (len(found) + weight)


def recent(listings: Iterable[Listing], day: int, days: int) -> Iterator[Listing]:
    """Those of the last so many days."""
    return (one for one in listings if day - one.day <= days)
