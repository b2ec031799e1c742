"""What was worked out of papers, and what registries say of them: score, novelty, citations, put beside what upstreams state.

They are counted when somebody asks, among thousands of other papers: for those that are shown, not for every paper that is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import replace

from bot.models import Paper
from bot.query.facts import FIGURES
from bot.store import papers
from bot.store.database import Connection
from bot.store.novelty import load_novelty
from bot.store.reading_lists import progress
from bot.store.registries import load_citations
from bot.store.scores import load_scores

__all__ = ["Keeping", "load_papers", "quietly", "with_figures"]

Keeping = Callable[[Connection, Collection[int], Callable[[], Awaitable[None]]], Awaitable[None]]
"""Does what keeps new figures of papers, in a transaction, and whatever follows from them."""


async def quietly(write: Connection, paper_ids: Collection[int], keep: Callable[[], Awaitable[None]]) -> None:
    """Keeps them; nothing follows."""
    await keep()


async def load_papers(
    read: Connection, paper_ids: Iterable[int], wanted: Collection[str] = FIGURES
) -> dict[int, Paper]:
    """The papers with these rows, as `papers.load_papers` has them, with the figures that are wanted."""
    return await with_figures(read, await papers.load_papers(read, paper_ids), wanted)


async def with_figures(
    read: Connection, found: Mapping[int, Paper], wanted: Collection[str] = FIGURES
) -> dict[int, Paper]:
    """These papers with the figures that are known of them, and wanted."""
    if not wanted:
        return dict(found)
    scores = await load_scores(read, found) if "score" in wanted else {}
    if scores and (lists := await progress(read)):
        scores = {number: replace(score, lists=lists) for number, score in scores.items()}
    novelty = await load_novelty(read, found) if "novelty" in wanted else {}
    cited = await load_citations(read, found) if "citations" in wanted else {}
    return {
        number: replace(paper, score=scores.get(number), novelty=novelty.get(number), cited=cited.get(number))
        for number, paper in found.items()
    }
