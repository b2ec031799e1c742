"""In which order a channel's list shows its papers. PURE."""

from __future__ import annotations

from collections.abc import Iterable

from bot.models import Paper


def by_popularity(papers: Iterable[Paper]) -> list[Paper]:
    """As the community sees them: upvotes, then comments, then the newest."""
    return sorted(papers, key=_popularity_key, reverse=True)


def _popularity_key(paper: Paper) -> tuple[int, int, float, int]:
    community = paper.community
    votes = (community.upvotes, community.comments) if community else (-1, -1)
    return (*votes, paper.announced.timestamp() if paper.announced else 0.0, paper.id)
