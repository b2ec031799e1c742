"""Papers that are like another: counts the words of what is stored, and finds the nearest.

Knows how many candidates are compared; how alike two papers are is `bot/query/likeness.py`'s word. Must not know Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import nlargest
from typing import Final

from bot.errors import BadInputError, NotFoundError
from bot.models import PaperId
from bot.query.document import of_paper
from bot.query.facts import Count, Like
from bot.query.language import Query, parse
from bot.query.likeness import Counts, Frequencies, Seeds, compared, heaviest, nominated
from bot.query.nodes import all_of, leaves
from bot.store import papers
from bot.store import similar as words
from bot.store.database import Database
from bot.when.turns import Turns, never

__all__ = ["Similar", "likes_of"]

#: Papers whose words are counted in one transaction.
_SLICE: Final = 100
#: How like a paper others have to be to be shown, in percent.
_SHOWN: Final = 10
#: Papers under the heaviest words that are read for one answer.
_READ: Final = 25_000
#: Of these, so many are compared word by word, which is done in portions.
_COMPARED: Final = 400
_PORTION: Final = 100


def likes_of(queries: Iterable[Query]) -> list[Like]:
    """The terms that ask for papers like another, each once."""
    return list(dict.fromkeys(term for query in queries for term in leaves(query.root) if isinstance(term, Like)))


def similar_to(identity: PaperId, only: str = "") -> str:
    """The query for papers like this one, and which meet another query too. Raises QueryError for one that cannot be read, and
    NotFoundError for a paper that no query can name."""
    if identity.scheme not in ("arxiv", "doi"):
        raise NotFoundError("Papers are compared by their arXiv id or DOI, and this one has neither.")
    like = Like(identity, _SHOWN)
    if not only.strip():
        return str(like)
    wanted = parse(only)
    return str(Query(all_of((like, wanted.root)), wanted.sort))


class Similar:
    """How alike the papers of the store are. `seeds` are those that standing queries ask to be like; it does
    nothing unless `enabled`."""

    def __init__(self, database: Database, *, enabled: bool = True) -> None:
        self._database = database
        self.enabled = enabled
        self._lock = asyncio.Lock()
        self._loaded = False
        self.seeds = Seeds()

    async def catch_up(self, gives_way: Callable[[], bool] = never) -> int:
        """Counts the words of the papers that wait for it, until it `gives_way`. Returns how many did."""
        done = 0
        while self.enabled and not gives_way() and (counted := await self._count_some()):
            done += counted
        return done

    async def _count_some(self) -> int:
        async with self._database.reading() as read:
            ids = await words.next_waiting(read, _SLICE)
            found = await papers.load_papers(read, ids)
        turns = Turns()
        counts: dict[int, Counts] = {}
        for paper in found.values():
            if paper.id in ids:  # one that was merged is found under another id
                counts[paper.id] = of_paper(paper).counts
                for identity in paper.ids:
                    if identity in self.seeds:
                        self.seeds.hold(identity, paper.id, counts[paper.id])
            await turns.rest()
        if ids:
            frequencies = await self.frequencies()
            try:
                async with self._database.transaction() as write:
                    await words.add_papers(write, ids, counts, frequencies)
            except BaseException:
                self._loaded = False  # they count papers that are not kept
                raise
        return len(ids)

    async def frequencies(self) -> Frequencies:
        """In how many papers each word is, kept up to date."""
        async with self._lock:
            if not self._loaded:
                async with self._database.reading() as read:
                    self.seeds.frequencies = await words.load_frequencies(read)
                self._loaded = True
        return self.seeds.frequencies

    async def waiting(self) -> int:
        """How many papers nobody can be compared with yet."""
        async with self._database.reading() as read:
            return await words.count_waiting(read)

    async def learn(self, queries: Iterable[Query]) -> None:
        """Makes the papers known that standing queries ask to be like."""
        await self._hold(self.seeds, likes_of(queries))

    async def alike(
        self, queries: Iterable[Query], seeds: Seeds | None, *, since: datetime | None = None
    ) -> dict[Like | Count, list[int]]:
        """The nearest papers of each term that asks for such."""
        return {term: await self.nearest(term, seeds, since=since) for term in likes_of(queries)} if seeds else {}

    def refuse_if_off(self, queries: Iterable[Query]) -> None:
        """Raises BadInputError where no papers are compared and one of the queries asks for it: for papers like one, or for novelty."""
        if not self.enabled and any("novelty" in query.figures or likes_of([query]) for query in queries):
            raise BadInputError("Papers are not compared here: whoever runs this bot has switched it off.")

    async def seeds_of(self, queries: Iterable[Query]) -> Seeds | None:
        """The papers that these queries ask to be like; None when they ask for none."""
        likes = likes_of(queries)
        if not likes:
            return None
        found = Seeds()
        await self._hold(found, likes)
        return found

    async def _hold(self, seeds: Seeds, likes: Iterable[Like]) -> None:
        missing = {term.identity for term in likes if term.identity not in seeds}
        if not missing or not self.enabled:
            return
        seeds.frequencies = await self.frequencies()
        for identity in missing:
            async with self._database.reading() as read:
                paper = await papers.find_paper(read, identity)
            if paper is not None:
                seeds.hold(identity, paper.id, of_paper(paper).counts)

    async def nearest(self, wanted: Like, seeds: Seeds, *, since: datetime | None = None) -> list[int]:
        """Ids of the papers that are so much like it, the most like first; with `since`, of those that were news since then."""
        own = seeds.vector(wanted.identity)
        if not own:
            return []
        frequencies = seeds.frequencies
        named: list[int] = []
        read_so_far = 0
        for word in heaviest(own, frequencies):
            read_so_far += frequencies.papers_with(word)
            if read_so_far > _READ and named:
                break
            named.append(word)
        rank = {word: number for number, word in enumerate(named)}
        async with self._database.reading() as read:
            postings = await words.load_postings(read, named)
            found = nominated(own, sorted(postings, key=lambda posting: rank[posting[0]]))
            found.pop(seeds.paper(wanted.identity) or 0, None)
            if since is not None:
                kept = await words.within(read, found, int(since.timestamp()))
                found = {paper: score for paper, score in found.items() if paper in kept}
        shares: dict[int, float] = {}
        turns = Turns()
        best = nlargest(_COMPARED, found, key=found.__getitem__)
        for start in range(0, len(best), _PORTION):
            async with self._database.reading() as read:
                counts = await words.load_counts(read, best[start : start + _PORTION])
            for paper, theirs in counts.items():
                shares[paper] = compared(own, theirs, frequencies)
                await turns.rest()
        wanted_share = wanted.percent / 100 - 1e-9
        alike = [paper for paper, share in shares.items() if share >= wanted_share]
        return sorted(alike, key=lambda paper: (-shares[paper], -paper))
