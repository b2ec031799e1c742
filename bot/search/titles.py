"""Finding papers by what somebody remembers of their title and authors. Knows what to ask the index for, the strict before the
forgiving, and how far to forgive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product
from typing import Final

from bot.language.spelling import Vocabulary
from bot.language.text import plain
from bot.language.tokens import scan
from bot.models import Person
from bot.query.document import of_paper
from bot.query.language import Query
from bot.query.nodes import Node, all_of
from bot.search import ranking, terms
from bot.search.people import person_named
from bot.search.ranking import Ranked
from bot.search.terms import Term, quoted
from bot.store import papers
from bot.store import search as index
from bot.store.database import Connection, Database, Row

#: The newest papers that one question of the index brings.
NEWEST: Final = 60
_BY_NAME: Final = 20
#: Words of a name, and papers that are counted for one.
_LONGEST_NAME: Final = 4
_OF_A_PERSON: Final = 300
_VOTED: Final = 30
#: Among so many of the newest the most upvoted are looked for.
_VOTED_WITHIN: Final = 500
#: With fewer than a page the abstracts are asked, with fewer than `FEW` the search forgives.
PAGE: Final = 10
FEW: Final = 5
#: Papers that agree are counted so far.
COUNTED: Final = 1_000
#: Words that lead: the rarest of the wording.
_LEADING: Final = 5
_LEADING_ALONE: Final = 4
#: Words of a query that the index is asked for; a few papers are then read for the others.
_ASKED: Final = 4
#: So many words that all stand in one abstract are meant.
_ENOUGH: Final = 5
_POSTINGS: Final = 1_200
_BEST_SUMS: Final = 60
#: Ways to write several words in their forms.
_WAYS: Final = 8
#: Papers of which the abstracts are read.
_READ: Final = 30
#: After this many new papers the vocabulary is read anew, in a thread.
_MANY: Final = 500
#: By how much the best one must lead to be the one that was meant, and how much of the wording it must have.
_LEAD: Final = 0.12
_SURE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Close:
    """Ids of the papers close to a wording, best first. `literal` have the words themselves, be it in the abstract, the newest
    first: at most `COUNTED` and one more. `corrected` is the wording without its misspellings (None: it had none); `person` is whom
    it names, if it is a name; `words` are the forms that were looked for, without those that every other title has;
    `whole` says how many have every word as it was typed in title or names."""

    ids: tuple[int, ...] = ()
    literal: tuple[int, ...] = ()
    corrected: str | None = None
    person: Person | None = None
    words: frozenset[str] = frozenset()
    whole: int = 0


class Titles:
    """The titles and authors of the store, as people remember them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._vocabulary: Vocabulary | None = None
        self._newest = 0
        self._papers = 0
        self._loading = asyncio.Lock()

    async def close(self, text: str, query: Query | None) -> Close:
        """Papers that have most of these words, typing errors forgiven, in title or authors, or all of them anywhere. `query` is the
        wording as it is, where that can be read."""
        vocabulary = await self._words()
        wanted = terms.read(text, vocabulary, self._papers)
        literal = Literal(query, rarest(query, vocabulary)) if query else None
        found, candidates = await self._ranked(text, wanted, literal=literal)
        shown = ranking.close_enough(found)
        fixed = ranking.corrected(wanted, shown[0]) if shown and shown[0].is_whole and not candidates.literal else None
        person = await self._person(text, wanted) if query else None
        whole = sum(all(f in t.forms for t, f in zip(wanted, close.found, strict=True)) for close in shown)
        ids = tuple(close.paper_id for close in shown)
        return Close(ids, tuple(candidates.literal), fixed, person, terms.telling(wanted), whole)

    async def _person(self, text: str, wanted: Sequence[Term]) -> Person | None:
        """Whom the wording names, where its words are words of names."""
        if not (1 < len(wanted) <= _LONGEST_NAME and all(term.in_names for term in wanted)):
            return None
        async with self._database.reading() as read:
            words = " AND ".join(term.strict for term in wanted)
            return await person_named(read, text, await index.titles_with(read, f"authors : ({words})", _OF_A_PERSON))

    async def meant(self, text: str, limit: int = 10) -> list[int]:
        """The paper with this title; the likeliest ones when several could be meant; none when nothing is close."""
        wanted = terms.read(text, await self._words(), self._papers)
        found, _ = await self._ranked(text, wanted)
        shown = ranking.close_enough(found)[:limit]
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
        found, _ = await self._ranked(text, wanted, typing=True)
        return [close.paper_id for close in ranking.close_enough(found)[:limit]]

    async def ordered(self, ids: Sequence[int], text: str) -> tuple[list[int], frozenset[str]]:
        """These papers, the closest to the wording first, and the forms that were looked for."""
        wanted = terms.read(text, await self._words(), self._papers)
        async with self._database.reading() as read:
            rows = await index.titles_of(read, ids)
        found = ranking.ranked(rows, wanted, " ".join(scan(plain(text)).forms), in_text=frozenset(ids))
        in_order = dict.fromkeys(
            [*(close.paper_id for close in found), *ids]
        )  # whatever the index has not got yet comes last
        return list(in_order), terms.telling(wanted)

    async def warm_up(self) -> None:
        """Reads the vocabulary now, so that the first search need not wait for it."""
        await self._words()

    async def _words(self) -> Vocabulary:
        """The vocabulary, with the words of the newest papers."""
        async with self._loading, self._database.reading() as read:
            newest = await index.newest_id(read)
            if self._vocabulary is None or newest - self._newest > _MANY:
                rows = await index.load_words(read)
                self._vocabulary = await asyncio.to_thread(lambda: _vocabulary(rows))
                self._papers = await index.count_indexed(read)
            elif newest > self._newest:
                for title, authors in await index.words_since(read, self._newest):
                    self._vocabulary.add(title.split(), authors.split())
                    self._papers += 1
            self._newest = newest
        return self._vocabulary

    async def _ranked(
        self, text: str, wanted: Sequence[Term], *, typing: bool = False, literal: Literal | None = None
    ) -> tuple[list[Ranked], Candidates]:
        candidates = Candidates()
        if not wanted:
            return [], candidates
        forms = " ".join(scan(plain(text)).forms)
        async with self._database.reading() as read:
            await gather(read, wanted, candidates, literal=literal, typing=typing)
            rows = await index.titles_of(read, candidates.ids)
            found = ranking.ranked(rows, wanted, forms, in_text=frozenset(candidates.in_text))
            if not typing and len(found) > 1:
                best = found[:_READ]
                ranking.read_abstracts(best, wanted, await index.load_abstracts(read, [c.paper_id for c in best]))
                found[:_READ] = best
        return found, candidates


def _vocabulary(rows: Iterable[Row]) -> Vocabulary:
    counts: dict[str, dict[str, int]] = {"title": {}, "authors": {}}
    for word, column, count in rows:
        counts[column][word] = count
    return Vocabulary(counts["title"], counts["authors"])


@dataclass(frozen=True, slots=True)
class Literal:
    """A wording as it is, and its rarest words, or all of few."""

    query: Query
    rarest: Query

    async def papers(self, read: Connection) -> list[int]:
        """The newest papers that have these words, be it in the abstract: at most `COUNTED` and one more."""
        found = await index.texts_with(read, self.rarest.index_expression(), COUNTED + 1)
        if len(found) > PAGE and self.rarest is not self.query:
            found = await index.texts_with(read, self.query.index_expression(), COUNTED + 1)
        if len(found) > PAGE:
            return found
        loaded = await papers.load_papers(read, found)
        return [i for i in found if i in loaded and self.query.matches(of_paper(loaded[i]))]


@dataclass(slots=True)
class Candidates:
    """Ids of the papers worth ranking; `in_text` have every word somewhere, be it in the abstract; `literal` agree with the wording
    as it is."""

    ids: dict[int, None] = field(default_factory=dict)
    in_text: set[int] = field(default_factory=set)
    literal: list[int] = field(default_factory=list)

    def add(self, ids: Iterable[int]) -> int:
        """Returns how many of them are new."""
        before = len(self.ids)
        self.ids.update(dict.fromkeys(ids))
        return len(self.ids) - before


async def gather(
    read: Connection, wanted: Sequence[Term], found: Candidates, *, literal: Literal | None, typing: bool
) -> None:
    """At most a few hundred papers: those with all words in title or authors; where these are few, those that have them in the
    abstract, and close ones."""
    by_weight = sorted(wanted, key=lambda term: -term.weight)
    everything = " AND ".join(term.strict for term in by_weight[:_LEADING])
    in_titles = await index.titles_with(read, everything, NEWEST)
    if len(in_titles) < NEWEST or await _choose(read, wanted, everything, found, typing=typing) < PAGE:
        found.add(in_titles)
    if literal:
        found.literal = await literal.papers(read)
    if len(found.ids) < PAGE and not typing:
        ids = found.literal[:NEWEST]
        if not ids and any(term.in_names for term in wanted):
            ids = await index.texts_with(read, " AND ".join(term.strict for term in by_weight), NEWEST)
        found.in_text.update(ids)
        found.add(ids)
    is_sure = in_titles or (found.literal and len(wanted) >= _ENOUGH)
    if not is_sure or not all(term.known for term in wanted):
        await _forgive(read, wanted, by_weight[:_LEADING], found)


async def _choose(read: Connection, wanted: Sequence[Term], everything: str, found: Candidates, *, typing: bool) -> int:
    """Adds, of the many papers with all words in title or authors, those that begin with the wording, those with the words side by
    side, the most upvoted of these, and those by name. Returns how many have them side by side."""
    found.add(await index.titles_with(read, f"title : ^ {_beginning(wanted)}", PAGE))
    best, side_by_side = everything, 0
    for phrase in _phrases(wanted):
        side_by_side = found.add(await index.titles_with(read, f"title : ({phrase})", NEWEST))
        if side_by_side >= PAGE:
            best = phrase
            break
    if not typing:
        found.add(await index.best_voted(read, f"title : ({best})", _VOTED_WITHIN, _VOTED))
    if all(term.in_names for term in wanted):
        found.add(await index.titles_with(read, f"authors : ({everything})", _BY_NAME))
    return side_by_side


def _phrases(wanted: Sequence[Term]) -> Iterator[str]:
    """FTS5 text for the words side by side, as they were typed and then in any of their forms; nothing for one word."""
    if len(wanted) < 2 or not all(term.known for term in wanted):
        return
    yield quoted([term.word for term in wanted])
    yield " OR ".join(map(quoted, list(product(*(term.forms[:2] for term in wanted)))[:_WAYS]))


def _beginning(wanted: Sequence[Term]) -> str:
    """FTS5 text for the wording, the last word of which may be unfinished."""
    return quoted(term.word for term in wanted) + (" *" if wanted[-1].starts else "")


async def _forgive(read: Connection, wanted: Sequence[Term], leading: Sequence[Term], found: Candidates) -> None:
    """Adds papers with other inflections and corrected words, with all words but one, and with the rarest words."""
    close = " AND ".join(term.loose for term in leading)
    together = [
        " AND ".join([f'"{a.joined}"', *(t.loose for t in leading if t not in (a, b))])
        for a, b in pairwise(wanted)
        if a.joined
    ]
    near = found.add(await index.titles_with(read, _any_of([close, *together]), NEWEST))
    if near < FEW and len(leading) > 2:
        said = [term.strict if term.known else term.loose for term in leading]
        found.add(await index.titles_with(read, _any_of(map(" AND ".join, combinations(said, len(said) - 1))), NEWEST))
    if len(found.ids) < FEW and len(leading) > 1:
        sums: defaultdict[int, float] = defaultdict(float)
        for term in leading[:_LEADING_ALONE]:
            for paper_id in await index.titles_with(read, term.loose, _POSTINGS):
                sums[paper_id] += term.weight
        found.add(sorted(sums, key=lambda paper_id: -sums[paper_id])[:_BEST_SUMS])


def rarest(words: Query, vocabulary: Vocabulary) -> Query:
    """The rarest words of a long query: the common ones narrow little, and cost the most."""

    def count(part: Node) -> int:
        return min(map(vocabulary.count, scan(str(part)).forms), default=0)

    parts = sorted(words.parts, key=count)[:_ASKED]
    return words if len(parts) == len(words.parts) else Query(all_of(parts))


def _any_of(expressions: Iterable[str]) -> str:
    return " OR ".join(f"({one})" for one in expressions)
