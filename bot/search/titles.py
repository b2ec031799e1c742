"""Finding papers by what somebody remembers of their title and authors. Knows how far to forgive; knows no query language."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.language.spelling import Vocabulary
from bot.language.text import plain
from bot.language.tokens import scan
from bot.search import fuzzy as forgiving
from bot.search.fuzzy import Candidate, Term
from bot.store import search as index
from bot.store.database import Connection, Database

#: Papers compared with the wording; the index picks them.
_COMPARED: Final = 300
_BEST: Final = 50
#: After this many new papers the vocabulary is read anew, in a thread.
_MANY: Final = 500
#: By how much the best one must lead to be the one that was meant, and how much of the wording it must have.
_LEAD: Final = 0.12
_SURE: Final = 0.8


@dataclass(frozen=True, slots=True)
class CloseTitles:
    """Ids of the papers close to a wording, best first: `whole` have all of it, `partly` the most of it; and the wording
    without its misspellings (None: it had none)."""

    whole: tuple[int, ...] = ()
    partly: tuple[int, ...] = ()
    corrected: str | None = None


class Titles:
    """The titles and authors of the store, as people remember them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vocabulary: Vocabulary | None = None
        self._newest = 0
        self._loading = asyncio.Lock()

    async def close(self, text: str) -> CloseTitles:
        """Papers that have most of these words, typing errors forgiven, in title or authors."""
        terms = forgiving.read(text, await self._words(), self._newest)
        shown = forgiving.above_threshold(await self._ranked(text, terms))
        if not shown:
            return CloseTitles()
        whole = tuple(c.paper_id for c in shown if all(c.found))
        partly = tuple(c.paper_id for c in shown if not all(c.found))
        return CloseTitles(whole, partly, forgiving.corrected(terms, shown[0]))

    async def meant(self, text: str, limit: int = 10) -> list[int]:
        """The paper with this title; the likeliest ones when several could be meant; none when nothing is close."""
        terms = forgiving.read(text, await self._words(), self._newest)
        shown = forgiving.above_threshold(await self._ranked(text, terms))[:limit]
        async with self._database.reading() as read:
            titles = await index.load_titles(read, [c.paper_id for c in shown])
        same = [c.paper_id for c in shown if forgiving.same_title(text, titles[c.paper_id][0])]
        if same:
            return same
        if len(terms) > 1 and shown and shown[0].coverage >= _SURE:
            lead = shown[0].total - shown[1].total if len(shown) > 1 else 1.0
            if lead >= _LEAD:
                return [shown[0].paper_id]
        return [c.paper_id for c in shown]

    async def suggest(self, text: str, limit: int) -> list[int]:
        """Papers for a title that is being typed; the newest when nothing was typed yet."""
        terms = forgiving.read(text, await self._words(), self._newest, typing=True)
        if not any(len(term.word) > 1 or not term.word.isascii() for term in terms):
            async with self._database.reading() as read:
                return [paper_id for paper_id, _ in await index.newest_titles(read, limit)]
        ranked = await self._ranked(text, terms)
        return [close.paper_id for close in forgiving.above_threshold(ranked)[:limit]]

    async def warm_up(self) -> None:
        """Reads the vocabulary now, so that the first search need not wait for it."""
        await self._words()

    async def _words(self) -> Vocabulary:
        """The vocabulary, with the words of the newest papers."""
        async with self._loading, self._database.reading() as read:
            newest = await index.newest_id(read)
            if self._vocabulary is None or newest - self._newest > _MANY:
                rows = await index.load_words(read)
                counted = ((row["term"], row["doc"]) for row in rows)
                self._vocabulary = await asyncio.to_thread(lambda: Vocabulary(dict(counted)))
            elif newest > self._newest:
                for words in await index.words_since(read, self._newest):
                    self._vocabulary.add(words)
            self._newest = newest
        return self._vocabulary

    async def _ranked(self, text: str, terms: Sequence[Term]) -> list[Candidate]:
        if not terms:
            return []
        async with self._database.reading() as read:
            ids = await _candidates(read, terms)
            titles = await index.load_titles(read, ids)
        forms = " ".join(scan(plain(text)).forms)
        ranked = [forgiving.score(i, terms, forms, *titles[i]) for i in ids if i in titles]
        return sorted(ranked, key=lambda close: (-round(close.total, 6), -close.paper_id))


async def _candidates(read: Connection, terms: Sequence[Term]) -> list[int]:
    """What the strictest expression finds that finds anything: the newest, and the best of all when it is strict."""
    for number, expression in enumerate(forgiving.expressions(terms)):
        found = await index.title_candidates(read, expression, _COMPARED, newest=True)
        if number == 0 and len(found) == _COMPARED:  # short titles would drown in newer ones
            found += await index.title_candidates(read, expression, _BEST)
        if found:
            return list(dict.fromkeys(found))
    return []
