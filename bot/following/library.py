"""What a person says of single papers: *Save*, *Not for me*, and each taken back.

Knows what follows of it; knows neither Discord nor SQL.
"""

from __future__ import annotations

from typing import Final

from bot.errors import BadInputError
from bot.language.text import clean, plain
from bot.models import Paper, SavedPage
from bot.papers import paper_ids
from bot.search.kept import kept_paper
from bot.store import figures, library, papers, users
from bot.store.database import Database
from bot.when.clock import Clock

__all__ = ["PER_PAGE", "Library"]

PER_PAGE: Final = 10
#: Papers that one person may save, and among how many of the newest a title is looked for while it is typed.
MOST: Final = 5_000
_LOOKED_AT: Final = 500


class Library:
    """Papers that people saved, and papers that are not for them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def save(self, user_id: int, paper_id: int) -> tuple[Paper, bool]:
        """The paper, and whether it was not saved before. Raises NotFoundError for one that is gone, BadInputError for too many."""
        async with self._database.transaction() as write:
            paper = await kept_paper(write, paper_id)
            now = self._clock()
            await users.ensure(write, user_id, now)
            known = await library.is_saved(write, user_id, paper.id)
            if not known and await library.count_saved(write, user_id) >= MOST:
                raise BadInputError(f"You saved {MOST:,} papers, the most that I keep. `/library remove` makes room.")
            await library.save(write, user_id, paper.id, now)
        return paper, not known

    async def forget(self, user_id: int, paper_id: int) -> Paper:
        """Takes a paper out. Raises NotFoundError for one that is gone."""
        async with self._database.transaction() as write:
            paper = await kept_paper(write, paper_id)
            await library.forget_saved(write, user_id, paper.id)
        return paper

    async def page(self, user_id: int, page: int) -> SavedPage:
        """Ten of the saved papers, the newest first; a page behind the last one is the last one."""
        async with self._database.reading() as read:
            total = await library.count_saved(read, user_id)
            page = min(page, max(0, (total - 1) // PER_PAGE))
            ids = await library.saved(read, user_id, PER_PAGE, page * PER_PAGE)
            found = await figures.load_papers(read, ids)
        return SavedPage(tuple(found[number] for number in ids if number in found), page, total)

    async def named(self, user_id: int, typed: str) -> Paper | None:
        """The saved paper with exactly this id, among all of them; None where no id, or no saved paper's, was typed."""
        parsed = paper_ids.parse_id(typed)
        identity = parsed[0] if parsed else paper_ids.parse_doi(typed)
        if identity is None:
            return None
        async with self._database.reading() as read:
            paper = await papers.find_paper(read, identity)
            return paper if paper and await library.is_saved(read, user_id, paper.id) else None

    async def suggest(self, user_id: int, typed: str) -> list[Paper]:
        """Saved papers whose title or id has what is typed, 25 at most."""
        wanted = clean(typed).casefold()
        async with self._database.reading() as read:
            ids = await library.saved(read, user_id, _LOOKED_AT)
            found = await papers.load_papers(read, ids if wanted else ids[:25])
        named = [found[number] for number in ids if number in found]
        return [p for p in named if wanted in f"{plain(p.title)} {p.main_id}".casefold()][:25]

    async def hide(self, user_id: int, paper_id: int) -> Paper:
        """It comes in no later message, and stands in no later `/today`. Raises NotFoundError for one that is gone."""
        async with self._database.transaction() as write:
            paper = await kept_paper(write, paper_id)
            now = self._clock()
            await users.ensure(write, user_id, now)
            await library.hide(write, user_id, paper.id, now)
        return paper

    async def show_again(self, user_id: int, paper_id: int) -> Paper:
        """Takes that back. Raises NotFoundError for one that is gone."""
        async with self._database.transaction() as write:
            paper = await kept_paper(write, paper_id)
            await library.show_again(write, user_id, paper.id)
        return paper
