"""In which order a channel's list shows its papers, and why. PURE.

A paper's points are those of its server, and beside them the largest of three: what the wider community gave it, how many members
follow something that it matches, and how much interest is expected in it. So a vote never does a paper harm.
`docs/curation.md` explains it to readers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Final

from bot.models import Paper, Tally

#: Points of the first vote in the server, and of the first upvote elsewhere; each doubling adds as much again.
_OWN: Final = 10.0
_WIDER: Final = 3.0
#: A comment is worth this much of a vote.
_COMMENT: Final = 0.5
#: Points where the most is expected, and where very many follow it: less than one vote of a member.
_EXPECTED: Final = 9.0
_FOLLOWED: Final = 3.0

NOBODY: Final = Tally()


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a paper before anybody has voted: the share of its day's papers in which less interest is expected, 0 to 1,
    and how many members of the server follow something that it matches."""

    expected: float = 0.0
    followers: int = 0


@dataclass(frozen=True, slots=True)
class Points:
    """What a place on the list is made of: the server's part, the wider community's, what members follow, and expected interest."""

    own: float
    wider: float
    followed: float
    expected: float

    @property
    def total(self) -> float:
        return self.own + max(self.wider, self.followed, self.expected)


_NO_SIGNS: Final = Signs()


def points(paper: Paper, tally: Tally = NOBODY, signs: Signs = _NO_SIGNS) -> Points:
    """The parts of a paper's points."""
    community = paper.community
    upvotes = (community.upvotes + _COMMENT * community.comments) if community else 0.0
    own = tally.votes + _COMMENT * tally.comments
    return Points(
        own=_OWN * log2(1 + own),
        wider=_WIDER * log2(1 + upvotes),
        followed=min(_EXPECTED, _FOLLOWED * log2(1 + signs.followers)),
        expected=_EXPECTED * signs.expected,
    )


def ranked(papers: Iterable[Paper], tallies: Mapping[int, Tally], signs: Mapping[int, Signs]) -> list[Paper]:
    """The papers by their points, then the newest."""

    def key(paper: Paper) -> tuple[float, float, int]:
        announced = paper.announced.timestamp() if paper.announced else 0.0
        own = points(paper, tallies.get(paper.id, NOBODY), signs.get(paper.id, _NO_SIGNS))
        return (own.total, announced, paper.id)

    return sorted(papers, key=key, reverse=True)


def with_room_for(proposed: Collection[int], order: Sequence[Paper], size: int) -> list[Paper]:
    """The first `size` papers in their order; those that members proposed come before others, and only the best of too many wait."""
    own = [paper.id for paper in order if paper.id in proposed][:size]
    others = [paper.id for paper in order if paper.id not in proposed][: size - len(own)]
    chosen = {*own, *others}
    return [paper for paper in order if paper.id in chosen]
