"""What a search says of papers that have to be like another. Knows how likeness is told; must not know how it is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.models import Alike, Paper
from bot.query.document import of_paper
from bot.query.facts import Like
from bot.query.likeness import Seeds

__all__ = ["by_likeness", "likeness_of"]


def by_likeness(ids: Sequence[int], nearest: Sequence[int]) -> list[int]:
    """The papers in the order of the nearest ones."""
    rank = {paper: number for number, paper in enumerate(nearest)}
    return sorted(ids, key=lambda paper: rank.get(paper, len(rank)))


def likeness_of(page: Iterable[Paper], like: Like | None, seeds: Seeds | None) -> dict[int, Alike]:
    """How like each paper is to the one that was asked for, and in which words."""
    if like is None or seeds is None:
        return {}
    docs = [of_paper(paper, seeds) for paper in page]
    return {
        doc.paper.id: Alike(percent, like.shared(doc))
        for doc in docs
        if doc.paper and (percent := like.likeness(doc)) is not None
    }
