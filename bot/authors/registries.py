"""What Semantic Scholar and OpenAlex know of the people on stored papers: from the store at once, from them within a budget.

Knows what is asked for and in which order; knows neither their formats nor Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final

from bot.authors.asking import FRESH, PAPERS, PEOPLE, Asking, credited, load_cited
from bot.authors.background import Background
from bot.ingest.lookups import keep_silently
from bot.models import Brought, Fetched, Known, Profile, Record, Registry, Suggested
from bot.papers.kinship import is_review
from bot.sources.base import AuthorRegistry
from bot.store import registries as store
from bot.store.database import Database
from bot.store.figures import Keeping, quietly
from bot.store.registry_queue import RequestPurse
from bot.when.clock import Clock

#: Papers that somebody is left waiting for; the others are wanted.
MOST_NOW: Final = 100
#: People whose profiles are read at once.
_PORTION: Final = 500


class Registries:
    """The registries that are asked here, and what is stored of what they said. Without them there is what is stored."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sources: Sequence[AuthorRegistry] = (),
        purse: RequestPurse | None = None,
        *,
        keeping: Keeping = quietly,
    ) -> None:
        """`purse` holds the day's requests, which the sources take."""
        self._database = database
        self._clock = clock
        self._asking = {source.registry: Asking(database, clock, source, keeping) for source in sources}
        self._background = Background(database, clock, tuple(self._asking.values()), purse)

    async def known(self, papers: Collection[int], name: str = "") -> Known:
        """What is stored of these papers, each figure with its age; no network. The profiles are of all who are credited, or only of
        those who are credited with `name`."""
        cited = await load_cited(self._database, papers)
        ids = await credited([one for said in cited.values() for one in said], name)
        profiles: dict[tuple[Registry, str], Profile] = {}
        for registry, people in ids.items():
            for start in range(0, len(people), _PORTION):
                async with self._database.reading() as read:
                    found = await store.load_profiles(read, registry, people[start : start + _PORTION])
                profiles |= {(registry, one): profile for one, profile in found.items()}
        return Known(cited, profiles)

    async def want(self, papers: Collection[int], name: str = "") -> None:
        """Has the background ask what is missing or old of these papers, and of whom they credit with `name`."""
        await self._background.want(papers, name)

    async def catch_up(self) -> int:
        """Works off what is wanted, and keeps the citations of papers fresh that were listed or sent lately, within the budget. A
        fault of one registry ends nothing of the other's work. Returns of how many papers and people was asked."""
        return await self._background.catch_up()

    async def fetch_now(self, papers: Sequence[int], name: str = "") -> Fetched:
        """Asks each registry what is missing or old of these papers, the first of them at once, and who is credited with `name`.

        Waits no longer than PATIENCE and raises nothing for what an upstream does; what is left is asked in the background.
        """
        now = list(dict.fromkeys(papers))[:MOST_NOW]
        said = await asyncio.gather(*(self._fetch(one, now, name) for one in self._asking.values()))
        missing = [sentence for sentence in said if sentence]
        if missing or len(now) < len(papers):
            await self.want(papers, name)
        return Fetched(await self.known(papers, name), self._sentence(missing))

    async def profile(self, number: str, *, ask: bool = True) -> Profile | None:
        """Whom a registry knows by this number (`semantic-scholar:17`), or whom one has said to have this ORCID (`orcid:…`); None where
        nobody told. With `ask` the registry is asked for whom it was not asked before."""
        scheme, _, known_as = number.partition(":")
        if scheme not in set(Registry):
            async with self._database.reading() as read:
                return await store.find_orcid(read, known_as)
        registry = Registry(scheme)
        async with self._database.reading() as read:
            found = await store.load_profiles(read, registry, [known_as])
        asking = self._asking.get(registry)
        if not found and ask and asking is not None:
            await asking.waited(lambda: asking.ask_people([known_as]))
            async with self._database.reading() as read:
                found = await store.load_profiles(read, registry, [known_as])
        return found.get(known_as)

    async def credited_to(self, profile: Profile) -> dict[int, int]:
        """The papers here that the registry credits to somebody, each with their place on it, counted from 1."""
        async with self._database.reading() as read:
            return await store.credited_to(read, profile)

    async def _fetch(self, asking: Asking, papers: Sequence[int], name: str) -> str:
        """Asks one registry. Returns why there is not more, "" when there is all."""

        async def all_of_it() -> None:
            for start in range(0, len(papers), PAPERS):
                await asking.ask_papers(papers[start : start + PAPERS])
            if name:
                cited = await load_cited(self._database, papers)
                people = await credited([one for said in cited.values() for one in said], name)
                await asking.ask_people(people.get(asking.registry, ())[:PEOPLE])

        return await asking.waited(all_of_it)

    async def fetch_papers(self, profile: Profile, limit: int = 100, *, again: bool = True) -> Brought:
        """Stores the papers of a person that their registry names, silently, so that the announcement of each is still told. They are
        asked for once a week, or once at all unless `again`; in between nothing comes."""
        asking = self._asking.get(profile.registry)
        if asking is None:
            return Brought((), f"{profile.registry.called} is not asked here.")
        now = self._clock()
        async with self._database.reading() as read:
            asked = await store.papers_asked(read, profile)
        if asked is not None and (not again or timedelta() <= now - asked < FRESH):
            return Brought(())
        found: list[Record] = []

        async def ask() -> None:
            found.extend(await asking.source.papers_by(profile.id, limit))

        if missing := await asking.waited(ask):
            return Brought((), missing)
        ids = await keep_silently(self._database, self._clock, [one for one in found if not is_review(one)])
        async with self._database.transaction() as write:
            await store.keep_profiles(write, profile.registry, [profile.id], {profile.id: profile}, profile.fetched)
            await store.note_papers_asked(write, profile, now)
        await self.want(ids)
        return Brought(tuple(ids))

    async def find_people(self, name: str, limit: int = 10) -> Suggested:
        """People who may be so called, as the registries find them, each registry's likeliest first."""
        found: dict[Registry, tuple[Profile, ...]] = {}

        async def ask(asking: Asking) -> str:
            async def search() -> None:
                found[asking.registry] = await asking.source.search(name, limit)

            return await asking.waited(search)

        said = await asyncio.gather(*(ask(asking) for asking in self._asking.values()))
        async with self._database.transaction() as write:
            for registry, profiles in found.items():
                by_id = {profile.id: profile for profile in profiles}
                await store.keep_profiles(write, registry, by_id, by_id, self._clock())
        profiles = tuple(profile for registry in self._asking for profile in found.get(registry, ()))
        return Suggested(profiles, self._sentence([sentence for sentence in said if sentence]))

    def _sentence(self, missing: Iterable[str]) -> str:
        """Each reason once."""
        return " ".join(dict.fromkeys(missing)) if self._asking else "No registry of authors is asked here."
