"""What was worked out of papers, and what registries say of them: score, novelty, citations, put beside what upstreams state.

They are counted when somebody asks, among thousands of other papers: for those that are shown, not for every paper that is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from bot.models import Cited, Paper
from bot.store.database import Connection
from bot.store.novelty import load_novelty
from bot.store.registries import load_cited
from bot.store.scores import load_scores

__all__ = ["ALL", "with_figures"]

#: The figures that there are, as queries name them.
ALL: Final = frozenset(("score", "novelty", "citations"))


async def with_figures(read: Connection, found: Mapping[int, Paper], wanted: Collection[str] = ALL) -> dict[int, Paper]:
    """These papers with the figures that are known of them."""
    scores = await load_scores(read, found) if "score" in wanted else {}
    novelty = await load_novelty(read, found) if "novelty" in wanted else {}
    cited = await load_cited(read, found) if "citations" in wanted else {}
    return {
        number: replace(
            paper, score=scores.get(number), novelty=novelty.get(number), cited=_most(cited.get(number, ()))
        )
        for number, paper in found.items()
    }


def _most(said: Iterable[Cited]) -> Cited | None:
    """What the registry says that knows most citations: none knows of citations that there are not."""
    return max((one for one in said if one.citations is not None), key=lambda one: one.citations or 0, default=None)
