"""Papers that an index named, read one by one: which of them agree, and which are by somebody.

Knows in which portions the store is read; must not know why a paper was named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from bot.language.names import Name
from bot.models import Paper
from bot.query.document import Document, of_paper
from bot.query.likeness import Seeds
from bot.search.people import by_one_of
from bot.store.database import Database
from bot.store.figures import load_papers
from bot.when.turns import Turns

__all__ = ["Verifier"]

#: Papers that are loaded at once, and papers whose authors are read at a time.
_CHUNK: Final = 50
_PORTION: Final = 500


class Verifier:
    """Reads papers and asks each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_one_of(self, people: Sequence[Name], ids: Sequence[int]) -> set[int]:
        """Those of the papers that are by one of these people. Others may read between the portions."""
        theirs: set[int] = set()
        turns = Turns()
        for start in range(0, len(ids), _PORTION):
            async with self._database.reading() as read:
                theirs |= {n async for n, _, _ in by_one_of(read, people, ids[start : start + _PORTION], turns)}
        return theirs

    async def agreeing(
        self,
        ids: Sequence[int],
        agrees: Callable[[Document], bool],
        enough: int | None = None,
        seeds: Seeds | None = None,
        figures: Collection[str] = (),
    ) -> tuple[list[int], int]:
        """Those of the papers that agree, until there are `enough`; and how many were read for it. They are read with the `figures` that
        are asked for."""
        found: list[int] = []
        turns = Turns()
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            loaded = {paper.id: paper for paper in await self.load(chunk, figures)}
            for number, paper_id in enumerate(chunk, start + 1):
                if paper_id in loaded and agrees(of_paper(loaded[paper_id], seeds)):
                    found.append(paper_id)
                    if len(found) == enough:
                        return found, number
                await turns.rest()
        return found, len(ids)

    async def load(self, ids: Iterable[int], figures: Collection[str] = ()) -> list[Paper]:
        """The papers of these ids that are there, in this order, with these figures."""
        wanted = list(ids)
        async with self._database.reading() as read:
            found = await load_papers(read, wanted, figures)
        return [found[i] for i in wanted if i in found]
