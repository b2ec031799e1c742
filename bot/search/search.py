"""Finding papers: by identity, by title, by query, and what a subscription would have matched.

Knows that the index gives a superset and the query decides, and what to try when that finds little; knows neither SQL nor Discord.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from bot.errors import BadDataError, BadInputError, BusyError, CannotWriteError, NotFoundError, QueryError
from bot.ingest.lookups import LookUps
from bot.language import name_index, names
from bot.language.text import clean
from bot.models import Found, Heading, Matched, Paper, PaperId, Subscription
from bot.papers import paper_ids
from bot.papers.addresses import find_links, parse_address
from bot.papers.kinship import work_of
from bot.query import language as query
from bot.query.facts import FIGURES, Like
from bot.query.language import Query
from bot.query.likeness import Seeds
from bot.search.alike import by_likeness, likeness_of
from bot.search.kept import kept_paper
from bot.search.people import begun, names_begun, person_named
from bot.search.ranked import Ranking
from bot.search.recent import matched_since
from bot.search.scored import percents_for
from bot.search.titles import COUNTED, FEW, NEWEST, PAGE, Titles
from bot.search.verifying import Verifier
from bot.similar.nearest import Similar, likes_of
from bot.sources.base import LookUp, TopicSearch
from bot.store import collection, listings, papers, searches
from bot.store import search as index
from bot.store.database import Database
from bot.store.figures import with_figures
from bot.when.clock import Clock

log = logging.getLogger(__name__)

#: A list of results ends here: twenty pages. Whoever wants more needs another word.
MOST: Final = 200
#: Papers that are read for texts that no index holds.
_UNINDEXED: Final = 1_000
#: Papers of which the best are looked for.
_EVERY: Final = 1_000_000
#: Papers with a word of somebody's name, among whose authors the name is looked for.
_NAMED: Final = 20_000
#: Of papers that are like one, so many are counted exactly: of more, some were not compared.
_COUNTED_ALIKE: Final = 20
#: Papers among whose authors a name that is being typed is looked for.
_BEGUN: Final = 200
#: So many candidates are all read before one is shown; of more, as many as it takes to fill the page with such as agree.
_VERIFIED: Final = 60
#: The figures that a list shows of each paper.
_LISTED: Final = ("score", "citations")
#: Papers of one message: a menu holds no more.
MENTIONED: Final = 25
#: No wording is longer: titles are not.
LONGEST: Final = 4000


class Search:
    """Look-ups over the store, and beyond it where `look_up` and `topics` are given."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        look_up: LookUp | None = None,
        topics: TopicSearch | None = None,
        similar: Similar | None = None,
    ) -> None:
        self.similar = similar or Similar(database)
        self._database = database
        self._clock = clock
        self._lookups = LookUps(database, clock, look_up, topics)
        self._titles = Titles(database)
        self._verifier = Verifier(database)

    async def warm_up(self) -> None:
        """Prepares what the first search would otherwise wait for."""
        await self._titles.warm_up()

    # -- one paper ----------------------------------------------------------------------------------------------------

    async def look_up(self, text: str) -> Paper:
        """The paper with this id, link or DOI, from arXiv when it is not stored. Raises BadInputError when the text is
        none, NotFoundError when nobody has the paper, BadDataError when what is stored of it cannot be read, SourceError when
        arXiv cannot be asked now."""
        identity = await self._identity(text)
        found = await self._with_ids([identity])
        if found:
            return found[0]
        if await self._is_kept(identity):
            raise BadDataError(
                f"What is stored of `{identity}` cannot be read. `paperboy restore` puts a copy of the database in its place."
            )
        hint = "Check the id" if identity.scheme == "doi" or not self._lookups.can_fetch else "arXiv does not know it"
        raise NotFoundError(f"`{identity}` is not in the collection. {hint}; words of the title find papers too.")

    async def look_up_seeds(self, queries: Iterable[Query]) -> None:
        """Makes sure of the papers that queries ask to be like. Raises BadInputError where papers are not compared and one asks for it,
        and as `look_up`."""
        asked = list(queries)
        self.similar.refuse_if_off(asked)
        for like in likes_of(asked):
            await self.look_up(str(like.identity))

    async def named(self, text: str) -> list[Paper]:
        """The paper meant by an id, link, DOI or title; several when it is not clear which. Raises as `look_up`."""
        _refuse_too_long(text)
        try:
            return await self._verifier.load([(await self.look_up(text)).id], FIGURES)
        except NotFoundError:
            raise
        except BadInputError:
            if paper_ids.is_link(text):
                raise
        mentioned = await self._mentioned(text)
        if len(mentioned) == 1:
            return await self._verifier.load([(await self.look_up(str(mentioned[0]))).id], FIGURES)
        found = await self._titles.meant(text)
        if not found:
            raise NotFoundError(
                "I know no paper by that name. Use an arXiv id (2106.15928), a link, a DOI, or a few words of its title."
            )
        return await self._verifier.load(found, FIGURES)

    async def paper(self, paper_id: int) -> Paper:
        """The paper of a control, whatever it was merged into since, with its figures. Raises NotFoundError."""
        async with self._database.reading() as read:
            kept = await kept_paper(read, paper_id)
            return (await with_figures(read, {kept.id: kept}))[kept.id]

    async def headings(self, paper_ids: Sequence[int]) -> dict[int, Heading]:
        """The titles of these papers, by id."""
        async with self._database.reading() as read:
            return await index.load_headings(read, paper_ids)

    async def mentioned(self, text: str) -> tuple[list[Paper], list[PaperId], int]:
        """The papers whose ids or links stand in a text, in order, the ids that nobody knows, and how many ids were too many
        to look up."""
        every = await self._mentioned(text)
        ids = every[:MENTIONED]
        found = await self._with_ids(ids)
        known = {identity for paper in found for identity in paper.ids}
        return (
            found,
            [identity for identity in ids if known.isdisjoint((identity, work_of(identity)))],
            len(every) - len(ids),
        )

    async def _identity(self, text: str) -> PaperId:
        """The paper that the text names; by its own address, when it is known by that. Raises BadInputError."""
        address = parse_address(text)
        return address if address and await self._is_kept(address) else paper_ids.parse(text)

    async def _mentioned(self, text: str) -> list[PaperId]:
        """Every id in the text, and the addresses by which papers are known: any other link is none of ours."""
        addresses = [address for link in find_links(text)[:MENTIONED] if (address := parse_address(link))]
        kept = [address for address in addresses if await self._is_kept(address)]
        return [*paper_ids.find_ids(text), *dict.fromkeys(kept)]

    async def _is_kept(self, identity: PaperId) -> bool:
        async with self._database.reading() as read:
            return await papers.is_kept(read, identity)

    async def _with_ids(self, ids: Sequence[PaperId]) -> list[Paper]:
        found = await self._stored(ids)
        missing = [i for i in ids if i not in found and i.scheme == "arxiv"]
        if missing:
            await self._lookups.fetch(missing)
            found = await self._stored(ids)
        return list({found[i].id: found[i] for i in ids if i in found}.values())

    async def _stored(self, ids: Sequence[PaperId]) -> dict[PaperId, Paper]:
        async with self._database.reading() as read:
            found = {identity: await papers.find_paper(read, identity) for identity in ids}
        return {identity: paper for identity, paper in found.items() if paper}

    async def suggest(self, text: str, limit: int = 25) -> list[Heading]:
        """Papers for what somebody is typing. An id begun is completed; nothing typed: the newest."""
        text = clean(text[:LONGEST])
        bare = text.lower().removeprefix("arxiv:").strip()
        if bare[:1].isdigit() and (set(bare) <= set("0123456789.v")):
            async with self._database.reading() as read:
                ids = await index.ids_starting(read, bare.partition("v")[0], limit)
        else:
            try:
                exact = await self._stored([await self._identity(text)])
                return [Heading(paper.title, paper.main_id) for paper in exact.values()]
            except BadInputError:
                ids = await self._titles.suggest(text, limit)
        async with self._database.reading() as read:
            found = await index.load_headings(read, ids)
        return [found[i] for i in ids if i in found]

    async def suggest_people(self, text: str, limit: int = 25) -> tuple[list[tuple[str, int]], bool]:
        """Authors for what somebody is typing, as printed, each with the number of papers here; and whether all papers that have such a
        name were counted, or the newest alone."""
        text = clean(text[:200])
        expression = begun(text)
        if not expression:
            return [], True
        async with self._database.reading() as read:
            ids = await index.titles_with(read, expression, _BEGUN)
            return await names_begun(read, text, ids, limit), len(ids) < _BEGUN

    async def is_person(self, name: str) -> bool:
        """Whether an author here has exactly this name."""
        expression = name_index.index_expression(names.parse(name))
        if not expression:
            return False
        async with self._database.reading() as read:
            ids = await index.titles_with(read, expression, _BEGUN)
            return await person_named(read, name, ids) is not None

    # -- many papers --------------------------------------------------------------------------------------------------

    async def search(
        self, text: str, *, limit: int = 10, offset: int = 0, literal: bool = False, ask: bool = True
    ) -> Found:
        """Papers for which the query holds, best first; when those are few, papers close to the wording as well, and
        (with `ask`) what Hugging Face finds. `literal` takes the wording as it is; so is one with operators, fields or facts, for
        who writes these means them. Raises QueryError."""
        _refuse_too_long(text)
        ranking = await self._by_identity(text, ask=ask) or await self._rank(
            text, literal=literal, ask=ask, need=offset + limit
        )
        ids = ranking.ids[:MOST]
        page = await self._verifier.load(ids[offset : offset + limit], _LISTED)
        return Found(
            tuple(page),
            len(ids),
            ranking.matching,
            is_about=ranking.is_about,
            is_beyond=ranking.is_beyond,
            corrected=ranking.corrected,
            elsewhere=ranking.elsewhere & set(ids),
            person=ranking.person,
            words=ranking.words,
            with_names=ranking.with_names,
            alike=likeness_of(page, ranking.like, ranking.seeds),
            like=await self._seed(ranking.like, ranking.seeds),
            uncompared=await self.similar.waiting() if ranking.like else 0,
        )

    async def _seed(self, like: Like | None, seeds: Seeds | None) -> Paper | None:
        """The paper that the others have to be like."""
        number = seeds.paper(like.identity) if like and seeds else None
        return (await self._verifier.load([number]))[0] if number else None

    async def _by_identity(self, text: str, *, ask: bool) -> Ranking | None:
        """The one paper, when the whole wording is an id, a link or a DOI."""
        try:
            identity = await self._identity(text)
        except BadInputError:
            return None
        found = list((await self._stored([identity])).values()) or (await self._with_ids([identity]) if ask else [])
        return Ranking([paper.id for paper in found], len(found)) if found else None

    async def _rank(self, text: str, *, literal: bool, ask: bool, need: int) -> Ranking:
        refused: QueryError | None = None
        wanted: Query | None = None
        try:
            wanted = query.parse(text)
        except QueryError as error:
            if literal or error.meant:
                raise
            refused = error
        if wanted is not None and (literal or not wanted.is_words):
            ranking = await self._literally(wanted, text, need)
            if literal or not wanted.is_plain or ranking.matching >= FEW:
                return ranking
        else:
            ranking = Ranking([])
        ranking = await self._closely(ranking, wanted, text)
        if len(ranking.ids) < FEW and not (refused and not ranking.ids):
            topic = clean(ranking.corrected or text)[:200].casefold()
            elsewhere = await self._allowed(await self._lookups.topic(topic, ask=ask), wanted)
            ranking.elsewhere = frozenset(elsewhere) - set(ranking.ids)
            ranking.ids = list(dict.fromkeys(ranking.ids + elsewhere))
        if refused and not ranking.ids:
            raise refused
        return ranking

    async def _closely(self, ranking: Ranking, wanted: Query | None, text: str) -> Ranking:
        """What agrees and what comes close, in the order of closeness."""
        in_words = wanted if wanted and wanted.is_words else None
        close = await self._titles.close(text, in_words)
        if in_words:
            ranking.matching, ranking.is_beyond = min(len(close.literal), COUNTED), len(close.literal) > COUNTED
        ranking.corrected, ranking.person, ranking.words = close.corrected, close.person, close.words
        more = await self._with_words(close.corrected) if close.corrected else close.literal
        ranking.with_names = close.whole
        ranking.is_beyond = ranking.is_beyond or (not ranking.matching and close.whole >= NEWEST)
        by_name = close.person.papers if close.person else ()
        every = list(dict.fromkeys([*ranking.ids, *close.ids, *by_name, *more]))
        ranking.ids = await self._allowed(every[:MOST], wanted)
        return ranking

    async def _with_words(self, corrected: str) -> list[int]:
        """The papers that have the corrected words, be it in the abstract, the newest first."""
        try:
            expression = query.parse(corrected).index_expression()
        except QueryError:  # a title may be longer than a query
            return []
        async with self._database.reading() as read:
            return await index.texts_with(read, expression, MOST)

    async def _literally(self, wanted: Query, text: str, need: int) -> Ranking:
        """The papers for which the query holds, so far as `need` of them are shown."""
        bound = MOST if wanted.is_indexed else _UNINDEXED
        most = _NAMED if wanted.people else _UNINDEXED if likes_of([wanted]) else bound
        most = _EVERY if wanted.sort == "score" else most
        await self.look_up_seeds([wanted])
        seeds = await self.similar.seeds_of([wanted])
        percents = await percents_for(self._database, wanted)
        alike: index.Alike = {**await self.similar.alike([wanted], seeds), **percents.asked(wanted)}
        async with self._database.reading() as read:
            count = await index.count_candidates(read, wanted, alike, most=COUNTED)
            ids = await index.candidates(read, wanted, alike, limit=most)
        if wanted.people:  # of a name the index knows the words alone
            kept = await self._verifier.by_one_of(wanted.people, ids)
            if wanted.by_others:
                async with self._database.reading() as read:
                    kept.update(await index.candidates(read, wanted.by_others, alike, limit=most))
            ids = [number for number in ids if number in kept]
            count = min(len(ids), COUNTED + 1)
        if wanted.sort == "score":
            ids = percents.ordered(ids)
        like = next((part for part in wanted.parts if isinstance(part, Like) and part in alike), None)
        words: frozenset[str] = frozenset()
        if like is not None:
            ids = (ids if wanted.sort else by_likeness(ids, alike[like]))[:bound]
        else:
            ids = ids[:bound]
            ordered, words = await self._titles.ordered(ids, text)
            ids = ids if wanted.sort else ordered
        enough = len(ids) if len(ids) <= _VERIFIED or bound == _UNINDEXED else max(need, PAGE)
        agreeing, read_first = await self._verifier.agreeing(ids, wanted.matches, enough, seeds, wanted.figures)
        if count <= read_first:
            return Ranking(agreeing, len(agreeing), words=words, like=like, seeds=seeds)
        every = agreeing + ids[read_first:]
        counted = MOST if like else COUNTED  # of those alike no more were compared
        matching = round(min(count, counted) * len(agreeing) / max(1, read_first))
        is_about = count <= counted and (wanted.root != like or matching > _COUNTED_ALIKE)
        return Ranking(every, matching, is_about, count > counted, words=words, like=like, seeds=seeds)

    async def _allowed(self, ids: Sequence[int], wanted: Query | None) -> list[int]:
        """Forgiveness ends at what was excluded."""
        return (
            list(ids)
            if wanted is None or not wanted.excludes
            else (await self._verifier.agreeing(ids, wanted.allows, figures=wanted.figures))[0]
        )

    # -- what controls stand for --------------------------------------------------------------------------------------

    async def remember(self, wording: str) -> int | None:
        """A number that stands for this wording in a control; None when nothing can be written, for reading needs no number."""
        try:
            async with self._database.transaction() as write:
                return await searches.remember(write, clean(wording[:LONGEST]), self._clock())
        except (CannotWriteError, BusyError) as error:
            log.warning("a search has no pages: %s", error)
            return None

    async def recall(self, number: int) -> str:
        """The wording behind a control. Raises NotFoundError once it was forgotten."""
        async with self._database.reading() as read:
            wording = await searches.recall(read, number)
        if wording is None:
            raise NotFoundError("This answer is too old to go on from. Ask once more.")
        return wording

    # -- for subscriptions --------------------------------------------------------------------------------------------

    async def count_since(self, since: datetime) -> int:
        """How many papers were announced since then."""
        async with self._database.reading() as read:
            return await collection.count_papers(read, since)

    async def count_listed(self, since: datetime) -> int:
        """How many papers were on the daily lists since then."""
        async with self._database.reading() as read:
            return len(await listings.listed(read, since.date(), date.max))

    async def matched_since(self, subscriptions: Sequence[Subscription], since: datetime) -> Matched:
        """What these subscriptions of one owner would have matched since then. See bot.search.recent."""
        return await matched_since(self._database, subscriptions, since, similar=self.similar)


def _refuse_too_long(text: str) -> None:
    if len(text) > LONGEST:
        raise BadInputError(f"That has {len(text):,} characters. A few words are enough to find a paper.")
