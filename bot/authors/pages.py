"""The page of a person: who is meant by a name, their papers here, and what registries say of them.

Knows which papers are one person's (`grouping`) and what each figure is (`figures`); must not know HTTP, SQL or Discord.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.authors import figures
from bot.authors.grouping import Group, groups_of
from bot.authors.people import Named, Signed, bylines, papers_named
from bot.authors.references import meant, parted
from bot.authors.registries import Registries
from bot.authors.telling import apart_text, is_hinted, is_initials, numbers_of, profiles_of, reference_to, written_by
from bot.errors import NotFoundError
from bot.language import name_matching, names
from bot.language.name_marks import without_marks
from bot.language.text import plain
from bot.models import (
    OURS,
    AuthorPage,
    Candidate,
    Candidates,
    Figure,
    Known,
    Paper,
    Profile,
    Reference,
    Sorting,
    Suggested,
)
from bot.query.facts import FIGURES
from bot.query.novelty import mean_novelty
from bot.scores.author_score import author_score
from bot.search.bearers import bearers_of
from bot.search.search import Search
from bot.store import papers
from bot.store.database import Database
from bot.store.figures import load_papers
from bot.when.clock import Clock
from bot.when.turns import Turns

__all__ = ["PER_PAGE", "Authors"]

PER_PAGE: Final = 10
#: Papers of one person that are loaded, the newest; nobody pages further.
_LOADED: Final = 500
#: With fewer papers here, more are asked for.
_FEW: Final = 5
#: Whose papers were read so lately are not looked for again: pages are turned.
_KEPT: Final = timedelta(minutes=5)
_MOST_KEPT: Final = 32
_FEW_OTHERS: Final = 2
#: Why nobody can say how new a person's papers are, where papers are compared and where they are not.
_UNTOLD: Final = {True: "too little earlier work here to say", False: "papers are not compared here"}
#: Authors of one paper that are read to tell people apart.
_BESIDE: Final = 50
#: People of a shortened name who are told.
_BEARERS: Final = 200
#: Papers that are loaded at once.
_PORTION: Final = 50


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody of a name: their papers as signed, and what registries know of them, the one with most papers here first."""

    reference: Reference
    signed: tuple[Signed, ...]
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """All that is known of a name: its papers, what registries say of them, and the people it may mean."""

    named: Named
    known: Known
    groups: tuple[Group, ...]
    silence: str

    @property
    def credited(self) -> list[Group]:
        return [group for group in self.groups if group.numbers]


class Authors:
    """Pages of people. Nothing here waits for a registry longer than `Registries.fetch_now` allows."""

    def __init__(self, database: Database, search: Search, registries: Registries, clock: Clock) -> None:
        self._database = database
        self._search = search
        self._registries = registries
        self._clock = clock
        self._read: OrderedDict[str, tuple[datetime, Named]] = OrderedDict()

    # -- who is meant -------------------------------------------------------------------------------------------------

    async def find(self, text: str, *, ask: bool = True) -> AuthorPage | Candidates:
        """The page of whom the text means; where that may be several, who they are. With `ask`, registries are asked what is not known
        yet. Raises BadInputError for a text that names nobody, NotFoundError for a number that no registry has."""
        who, hint = parted(text)
        reference = await self._with_name(meant(who), ask)
        if reference.registry_id or reference.paper:
            return await self.page(reference, ask=ask)
        name = await self._name(reference.name, ask)
        if not name.named.signed or is_initials(reference.name):
            return await self._elsewhere(reference.name, hint, name, ask)
        if hint or len(name.credited) > 1:
            people = await self._candidates(name, hint)
            if len(people) != 1:
                return Candidates(name.named.name, tuple(people), hint, name.silence)
            reference = people[0].reference
        return await self.page(reference, ask=ask)

    async def bearers(self, text: str, *, ask: bool = False) -> Candidates:
        """Everybody here who may bear the name of whom the text means. Raises as `find`."""
        who, hint = parted(text)
        reference = await self._with_name(meant(who), ask)
        name = await self._name(reference.name, ask)
        if not name.named.signed or is_initials(reference.name):
            return await self._elsewhere(reference.name, hint, name, ask)
        return Candidates(name.named.name, tuple(await self._candidates(name, hint)), hint, name.silence)

    async def of_paper(self, paper: Paper, place: int, *, ask: bool = True) -> AuthorPage:
        """The page of a paper's author, by their place on it, counted from 1. Raises NotFoundError where nobody stands there."""
        if not 1 <= place <= len(paper.authors):
            raise NotFoundError("Nobody stands at that place of the paper any more.")
        printed = without_marks(plain(paper.authors[place - 1].name))
        return await self.page(Reference(printed, paper=paper.main_id), ask=ask)

    async def _with_name(self, reference: Reference, ask: bool) -> Reference:
        """The same person with a name, which for a number alone a registry says."""
        if reference.name:
            return reference
        profile = await self._registries.profile(reference.registry_id, ask=ask)
        if profile is None:
            raise NotFoundError(f"No registry tells me who `{reference.registry_id}` is. Write the name instead.")
        return Reference(await self._printed(profile), f"{profile.registry}:{profile.id}")

    async def _printed(self, profile: Profile) -> str:
        """The name as it is printed on the papers here that the registry credits to somebody; as the registry has it without any."""
        credited = await self._registries.credited_to(profile)
        async with self._database.reading() as read:
            printed = await papers.load_authors(read, credited)
        found = Counter(
            without_marks(plain(authors[place - 1]))
            for paper, place in credited.items()
            if place <= len(authors := printed.get(paper, ()))
            and name_matching.compatible(names.parse(profile.name), names.parse(authors[place - 1])) is not None
        )
        return found.most_common(1)[0][0] if found else profile.name

    async def _name(self, text: str, ask: bool) -> _Name:
        named = await self._named(text)
        ids = [one.paper for one in named.signed]
        known, silence = await self._known(ids, named.name, ask)
        numbers = await numbers_of(known, named.name)
        if names.parse(text).group:  # a collaboration is one, whoever its members are
            every = Counter(number for found in numbers.values() for number in found)
            groups = [Group(tuple(ids), tuple(number for number, _ in every.most_common()))] if ids else []
        else:
            groups = await asyncio.to_thread(groups_of, await bylines(named.signed, numbers))
        return _Name(named, known, tuple(groups), silence)

    async def _known(self, ids: Sequence[int], name: str, ask: bool) -> tuple[Known, str]:
        """What registries said of these papers and of the name, and why it is not more. Nobody waits for what is only old."""
        known = await self._registries.known(ids, name)
        if not ask or not ids:
            return known, ""
        if known.profiles and all(number in known.cited for number in ids):
            await self._registries.want(ids, name)
            return known, ""
        fetched = await self._registries.fetch_now(ids, name)
        return fetched.known, fetched.missing

    async def _named(self, text: str) -> Named:
        now = self._clock()
        if text in self._read and timedelta() <= now - self._read[text][0] < _KEPT:
            return self._read[text][1]
        self._read[text] = now, await papers_named(self._database, text)
        self._read.move_to_end(text)
        while len(self._read) > _MOST_KEPT:
            self._read.popitem(last=False)
        return self._read[text][1]

    async def _candidates(self, name: _Name, hint: str) -> list[Candidate]:
        """The people of a name, those of whom all words of the hint are known."""
        signed = {one.paper: one for one in name.named.signed}
        found, turns = [], Turns()
        for group in name.groups:
            newest = await self._load(group.papers[:_FEW], ())
            beside = Counter(
                without_marks(plain(author))
                for number in group.papers
                for place, author in enumerate(signed[number].authors[:_BESIDE], 1)
                if place != signed[number].place
            )
            codes = Counter(code for paper in newest if (code := paper.primary_category))
            one = Candidate(
                reference_to(name.named.name, group, newest),
                name.named.name,
                len(group.papers),
                profiles_of(group, name.known),
                tuple(other for other, _ in beside.most_common(_FEW_OTHERS)),
                tuple(code for code, _ in codes.most_common(_FEW_OTHERS)),
                newest[0].title if newest else "",
            )
            if is_hinted(one, hint, beside):
                found.append(one)
            await turns.rest()
        return found

    async def _elsewhere(self, text: str, hint: str, name: _Name, ask: bool) -> Candidates:
        """Who may be meant by a name that is on no paper here as it was written: whose name here is longer or near, else whom a registry
        knows."""
        found, _ = await bearers_of(self._database, self._search, text, told=_BEARERS)
        here = [
            Candidate(Reference(one.name), one.name, one.papers, (), one.others, one.categories, one.title)
            for one in found.told
        ]
        found_there = await self._registries.find_people(text) if ask and not here else Suggested(())
        away = [Candidate(Reference(p.name, f"{p.registry}:{p.id}"), p.name, 0, (p,)) for p in found_there.profiles]
        told = tuple(candidate for candidate in (*here, *away) if is_hinted(candidate, hint, candidate.others))
        return Candidates(text, told, hint, found_there.missing or name.silence)

    # -- the page -----------------------------------------------------------------------------------------------------

    async def page(
        self,
        reference: Reference,
        sorting: Sorting = Sorting.NEWEST,
        page: int = 0,
        *,
        ask: bool = True,
        size: int = PER_PAGE,
    ) -> AuthorPage:
        """One page, of `size` papers, of a person. Raises NotFoundError when neither the store nor a registry knows them."""
        reference = await self._with_name(reference, ask)
        name, person = await self._person(reference, ask)
        if ask and len(person.signed) < _FEW and await self._fetch(person):
            name, person = await self._person(reference, ask)
        if not person.signed and not person.profiles:
            raise NotFoundError(f"I have no paper by “{reference.name}”, and no registry told me who that is.")
        loaded = await self._load([one.paper for one in person.signed[:_LOADED]])
        in_order = figures.ordered(loaded, sorting)
        page = min(page, max(0, (len(in_order) - 1) // max(1, size)))
        signed = {one.paper: one for one in person.signed}
        return replace(
            self._described(name, person, loaded),
            written=tuple(
                written_by(paper, signed[paper.id], name.known) for paper in in_order[page * size : (page + 1) * size]
            ),
            total=len(in_order),
            sorting=sorting,
            page=page,
        )

    async def _person(self, reference: Reference, ask: bool) -> tuple[_Name, _Person]:
        if reference.registry_id:
            reference = await self._today(reference, ask)
        name = await self._name(reference.name, ask)
        group = await self._group(name, reference)
        signed = {one.paper: one for one in name.named.signed}
        if group is not None:
            theirs = tuple(signed[number] for number in group.papers)
            return name, _Person(reference, theirs, profiles_of(group, name.known))
        if reference.registry_id:
            profile = await self._registries.profile(reference.registry_id, ask=ask)
            return name, _Person(reference, (), (profile,) if profile else ())
        known = name.credited[:1] if len(name.credited) == 1 else []
        return name, _Person(reference, name.named.signed, profiles_of(known[0], name.known) if known else ())

    async def _today(self, reference: Reference, ask: bool) -> Reference:
        """The same person by today's number, and by the name on their papers here where the reference has another."""
        profile = await self._registries.profile(reference.registry_id, ask=ask)
        if profile is None:
            return reference
        number = f"{profile.registry}:{profile.id}"
        group = next((g for g in (await self._name(reference.name, ask=False)).groups if number in g.numbers), None)
        return Reference(reference.name if group else await self._printed(profile), number)

    async def _group(self, name: _Name, reference: Reference) -> Group | None:
        """The papers of whom the reference singles out; None where it means everybody of the name, and for whom nothing is here."""
        if reference.registry_id:
            return next((group for group in name.groups if reference.registry_id in group.numbers), None)
        if reference.paper is None or not (reference.is_apart or name.credited):
            return None
        async with self._database.reading() as read:
            paper = await papers.find_paper(read, reference.paper)
        return next((group for group in name.groups if paper and paper.id in group.papers), None)

    async def _fetch(self, person: _Person) -> bool:
        """Takes in papers that a registry knows of somebody of whom few are here. Returns whether any came."""
        came = False
        for profile in person.profiles[:1]:
            came = bool((await self._registries.fetch_papers(profile, again=False)).papers)
        if came:
            self._read.clear()
        return came

    def _described(self, name: _Name, person: _Person, loaded: Sequence[Paper]) -> AuthorPage:
        profiles = person.profiles
        silence = name.silence or "no registry has told me yet who that is"
        years, is_here = figures.years_of(profiles, loaded)
        affiliated = next((profile for profile in profiles if profile.affiliation), None)
        warnings = figures.odd(profiles)
        is_apart = len(person.signed) < len(name.named.signed)
        if not profiles and not is_apart and len(name.groups) > 1:
            warnings += (apart_text(len(name.groups)),)
        if len(person.signed) > len(loaded):
            warnings += (f"Shown and counted are the newest {len(loaded):,} papers.",)
        novelty = mean_novelty([paper.novelty for paper in loaded if paper.novelty], len(loaded))
        score = author_score([paper.score for paper in loaded if paper.score], len(loaded))
        return AuthorPage(
            reference=person.reference,
            name=name.named.name if person.signed else profiles[0].name if profiles else person.reference.name,
            category=figures.main_category(loaded),
            h_index=figures.career(profiles, lambda profile: profile.h_index, silence),
            papers_count=Figure(len(person.signed), "in this collection", OURS),
            career_papers=figures.career(profiles, lambda profile: profile.papers, silence),
            citations=figures.career(profiles, lambda profile: profile.citations, silence),
            novelty=figures.covered(novelty, "novelty", _UNTOLD[self._search.similar.enabled]),
            score=figures.covered(score, "interest", "too few of their papers have a score"),
            written=(),
            total=0,
            profiles=profiles,
            affiliation=(affiliated.affiliation if affiliated else None) or "",
            affiliated=affiliated.affiliated if affiliated else None,
            also=name.named.also if not is_apart else (),
            likely=0 if is_apart else len(name.named.likely),
            spelled=name.named.spelled,
            bearers=len(name.credited),
            years=years,
            is_here=is_here,
            warnings=warnings,
            lists=next((paper.score.lists for paper in loaded if paper.score and paper.score.lists), None),
        )

    async def _load(self, ids: Sequence[int], wanted: Collection[str] = FIGURES) -> list[Paper]:
        """The papers in this order, with the figures that are wanted."""
        found: dict[int, Paper] = {}
        for start in range(0, len(ids), _PORTION):
            async with self._database.reading() as read:
                found |= await load_papers(read, ids[start : start + _PORTION], wanted)
        return [found[number] for number in ids if number in found]
