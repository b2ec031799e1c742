"""Finding papers by what somebody remembers of their title and authors. Knows what to ask the index for, the strict before the
forgiving, and how far to forgive; knows no query language."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Final

from bot.language.spelling import Vocabulary
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import TitleRow
from bot.search import ranking, terms
from bot.search.ranking import Ranked
from bot.search.terms import Term
from bot.store import search as index
from bot.store.database import Connection, Database

#: The newest papers that one question of the index brings.
_NEWEST: Final = 60
_BY_NAME: Final = 20
_VOTED: Final = 30
#: Among so many of the newest the most upvoted are looked for.
_VOTED_WITHIN: Final = 1_000
#: With fewer than a page the abstracts are asked, with fewer than `FEW` the search forgives.
_PAGE: Final = 10
FEW: Final = 5
#: Words that lead: the rarest of the wording.
_LEADING: Final = 5
_LEADING_ALONE: Final = 4
_POSTINGS: Final = 1_200
_BEST_SUMS: Final = 60
#: Papers of which the abstracts are read.
_READ: Final = 60
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
        self._papers = 0
        self._loading = asyncio.Lock()

    async def close(self, text: str) -> CloseTitles:
        """Papers that have most of these words, typing errors forgiven, in title or authors."""
        wanted = terms.read(text, await self._words(), self._papers)
        shown = ranking.close_enough(await self._ranked(text, wanted))
        if not shown:
            return CloseTitles()
        whole = tuple(c.paper_id for c in shown if c.is_whole)
        partly = tuple(c.paper_id for c in shown if not c.is_whole)
        return CloseTitles(whole, partly, ranking.corrected(wanted, shown[0]))

    async def meant(self, text: str, limit: int = 10) -> list[int]:
        """The paper with this title; the likeliest ones when several could be meant; none when nothing is close."""
        wanted = terms.read(text, await self._words(), self._papers)
        shown = ranking.close_enough(await self._ranked(text, wanted))[:limit]
        async with self._database.reading() as read:
            titles = await index.load_titles(read, [c.paper_id for c in shown])
        same = [c.paper_id for c in shown if ranking.same_title(text, titles[c.paper_id])]
        if same:
            return same
        if len(wanted) > 1 and shown and shown[0].coverage >= _SURE:
            lead = shown[0].total - shown[1].total if len(shown) > 1 else 1.0
            if lead >= _LEAD:
                return [shown[0].paper_id]
        return [c.paper_id for c in shown]

    async def suggest(self, text: str, limit: int) -> list[int]:
        """Papers for a title that is being typed; the newest when nothing was typed yet."""
        wanted = terms.read(text, await self._words(), self._papers, typing=True)
        if not any(len(term.word) > 1 or not term.word.isascii() for term in wanted):
            async with self._database.reading() as read:
                return [paper_id for paper_id, _ in await index.newest_titles(read, limit)]
        found = await self._ranked(text, wanted, typing=True)
        return [close.paper_id for close in ranking.close_enough(found)[:limit]]

    async def ordered(self, ids: Sequence[int], text: str) -> list[int]:
        """These papers, the closest to the wording first."""
        wanted = terms.read(text, await self._words(), self._papers)
        async with self._database.reading() as read:
            rows = await index.titles_of(read, ids)
        found = ranking.ranked(rows, wanted, " ".join(scan(plain(text)).forms), in_text=frozenset(ids))
        return [close.paper_id for close in found]

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
                self._papers = await index.count_indexed(read)
            elif newest > self._newest:
                for words in await index.words_since(read, self._newest):
                    self._vocabulary.add(words)
                    self._papers += 1
            self._newest = newest
        return self._vocabulary

    async def _ranked(self, text: str, wanted: Sequence[Term], *, typing: bool = False) -> list[Ranked]:
        if not wanted:
            return []
        forms = " ".join(scan(plain(text)).forms)
        async with self._database.reading() as read:
            candidates = await gather(read, wanted, typing=typing)
            rows = list(candidates.rows.values())
            found = ranking.ranked(rows, wanted, forms, in_text=frozenset(candidates.in_text))
            if not typing and len(found) > 1:
                best = found[:_READ]
                ranking.read_abstracts(best, wanted, await index.load_abstracts(read, [c.paper_id for c in best]))
                found[:_READ] = best
        return found


@dataclass(slots=True)
class Candidates:
    """Rows of the index by the paper's id; `in_text` have every word somewhere, be it in the abstract."""

    rows: dict[int, TitleRow]
    in_text: set[int]

    def add(self, rows: Iterable[TitleRow]) -> None:
        self.rows.update((row.paper_id, row) for row in rows)


async def gather(read: Connection, wanted: Sequence[Term], *, typing: bool = False) -> Candidates:
    """The papers worth ranking, at most a few hundred: those with all words in title or authors; where these are many, those with
    the words side by side, by name and the most upvoted; where they are few, those that have them in the abstract, and close ones."""
    found = Candidates({}, set())
    rarest = sorted(wanted, key=lambda term: -term.weight)
    strict = rarest[:_LEADING]
    everything = " AND ".join(term.strict for term in strict)
    found.add(await index.titles_with(read, everything, _NEWEST))
    if len(found.rows) >= _NEWEST:
        found.add(await index.titles_with(read, f"authors : ({everything})", _BY_NAME))
        best = f"title : {phrase}" if (phrase := _phrase(wanted)) else f"title : ({everything})"
        found.add(await index.titles_with(read, best, _NEWEST))
        if not typing:
            found.add(await index.best_voted(read, best, _VOTED_WITHIN, _VOTED))
    if len(found.rows) < _PAGE and not typing:
        rows = await index.texts_with(read, " AND ".join(term.strict for term in rarest), _NEWEST)
        found.add(rows)
        found.in_text.update(row.paper_id for row in rows)
    if len(found.rows) < FEW:
        await _forgive(read, wanted, rarest, found)
    return found


def _phrase(wanted: Sequence[Term]) -> str:
    """FTS5 text for the words side by side, each in any of its forms; empty for one word."""
    if len(wanted) < 2 or not all(term.known for term in wanted):
        return ""
    ways = list(product(*(term.forms[:2] for term in wanted)))[:8]
    return f"({' OR '.join(chr(34) + ' '.join(way) + chr(34) for way in ways)})"


async def _forgive(read: Connection, wanted: Sequence[Term], rarest: Sequence[Term], found: Candidates) -> None:
    leading = rarest[:_LEADING]
    close = " AND ".join(term.loose for term in leading)
    together = [
        " AND ".join([f'"{a.word}{b.word}"', *(t.loose for t in leading if t not in (a, b))])
        for a, b in pairwise(wanted)
    ]
    found.add(await index.titles_with(read, " OR ".join(f"({one})" for one in (close, *together)), _NEWEST))
    if len(found.rows) < FEW and len(leading) > 2:
        some = [" AND ".join(t.loose for t in chosen) for chosen in combinations(leading, len(leading) - 1)]
        found.add(await index.titles_with(read, " OR ".join(f"({one})" for one in some), _NEWEST))
    if len(found.rows) < FEW and len(leading) > 1:
        sums: defaultdict[int, float] = defaultdict(float)
        for term in leading[:_LEADING_ALONE]:
            for paper_id in await index.ids_with(read, term.loose, _POSTINGS):
                sums[paper_id] += term.weight
        best = sorted(sums, key=lambda paper_id: -sums[paper_id])[:_BEST_SUMS]
        found.add(await index.titles_of(read, best))
