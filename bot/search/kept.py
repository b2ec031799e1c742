"""The paper that a control stands for. Knows the store alone."""

from __future__ import annotations

from bot.errors import NotFoundError
from bot.models import Paper
from bot.store import papers, searches
from bot.store.database import Connection

__all__ = ["kept_paper"]


async def kept_paper(read: Connection, paper_id: int) -> Paper:
    """The paper of this number, whatever it was merged into since. Raises NotFoundError."""
    kept = await searches.kept_id(read, paper_id)
    found = (await papers.load_papers(read, [kept])).get(kept)
    if found is None:
        raise NotFoundError("This paper is not in the collection any more.")
    return found
