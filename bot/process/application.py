"""Builds everything once, outermost first, and passes it in. Part of the composition root: only `__main__` imports this."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import version
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.audit.auditor import Auditor
from bot.audit.repairs import Repairer
from bot.authors.pages import Authors
from bot.authors.registries import Registries
from bot.chat.services import Application, Services
from bot.config import Settings
from bot.daily.curation import Curation
from bot.daily.listings import DailyLists
from bot.daily.summaries import Summaries
from bot.delivery.gate import Gate
from bot.following.forecast import Forecaster
from bot.following.habits import Habits
from bot.following.library import Library
from bot.following.many import Many
from bot.following.own_paper import OwnPaper
from bot.following.persons import Persons
from bot.following.subscriptions import Subscriptions
from bot.following.why import Tracer
from bot.health.backups import Backups
from bot.health.status import StatusService
from bot.ingest.figures import Teller
from bot.ingest.ingest import Ingest
from bot.models import SourceKind, SourceName
from bot.query.matching import Matcher
from bot.scores.scorer import Scorer
from bot.search.search import Search
from bot.similar.nearest import Similar
from bot.similar.novelty import Novelties
from bot.sources.arxiv import oai_set
from bot.sources.arxiv_api import ArxivApi
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.arxiv_oai import ArxivOai
from bot.sources.base import AuthorRegistry, Purse, Source
from bot.sources.biorxiv import BioRxiv, openrxiv_service
from bot.sources.feeds import JournalFeed, feed_service
from bot.sources.http import PoliteClient
from bot.sources.huggingface import HuggingFace, huggingface_service
from bot.sources.huggingface_archive import HuggingFaceArchive
from bot.sources.openalex import OpenAlex, openalex_service
from bot.sources.rate_policy import LOOPBACK, Service, arxiv_service
from bot.sources.semantic_scholar import SemanticScholar, semantic_scholar_service
from bot.store import collection, kin, meta, novelty, papers, search
from bot.store.database import Database, open_database
from bot.store.files import process_lock
from bot.store.registry_queue import RequestPurse
from bot.store.sources import GateState
from bot.when.clock import Clock, clock_of

log = logging.getLogger(__name__)

HISTORY: Final = timedelta(days=90)
_FIRST_LOOK: Final = timedelta(days=7)
_INDEX_SLICE: Final = 500
_TITLES_SLICE: Final = 5_000


def upstream_services(settings: Settings) -> list[Service]:
    services = [
        arxiv_service("arxiv-rss", settings.arxiv_rss_url),
        arxiv_service("arxiv-oai", settings.arxiv_oai_url),
        arxiv_service("arxiv-api", settings.arxiv_api_url),
        huggingface_service(settings.huggingface_url),
        semantic_scholar_service(settings.semantic_scholar_url, has_key=settings.semantic_scholar_key is not None),
        openalex_service(settings.openalex_url),
    ]
    services += [feed_service(url) for url in settings.feeds]
    if settings.preprints:
        services.append(openrxiv_service(settings.biorxiv_url))
    return [_unhurried(service) for service in services]


def _unhurried(service: Service) -> Service:
    """A stand-in on this machine need not be spared as arXiv is; a newcomer's first minute should not be spent waiting."""
    here = _is_here(service.base_url)
    return replace(service, interval=0.0, first_pause=5.0, longest_pause=60.0) if here else service


def live_sources(settings: Settings, client: PoliteClient) -> list[Source]:
    """What brings news, the fastest first; OAI-PMH catches what the feeds missed."""
    sources: list[Source] = [HuggingFace(client, settings.huggingface_url, token=_secret(settings.huggingface_token))]
    sources += [ArxivFeed(client, settings.arxiv_rss_url, category) for category in settings.categories]
    sources += [ArxivOai(client, settings.arxiv_oai_url, oai_set=oai_set(category)) for category in settings.categories]
    sources += [JournalFeed(client, url) for url in settings.feeds]
    for name in settings.preprints:
        key = SourceName.read(name)
        assert key is not None  # the settings take no other
        made = BioRxiv(
            client,
            settings.biorxiv_url,
            server="medrxiv" if key.kind is SourceKind.MEDRXIV else "biorxiv",
            category=key.part or None,
        )
        sources.append(made)
    return sources


def author_registries(settings: Settings, client: PoliteClient, clock: Clock, purse: Purse) -> list[AuthorRegistry]:
    """Who is asked about people: Semantic Scholar, and OpenAlex where there is a key for it."""
    if not settings.profile_requests:
        return []
    own = _secret(settings.semantic_scholar_key)
    found: list[AuthorRegistry] = [SemanticScholar(client, settings.semantic_scholar_url, clock, purse, key=own)]
    if key := _secret(settings.openalex_key):
        found.append(OpenAlex(client, settings.openalex_url, clock, purse, key=key))
    return found


def _secret(value: SecretStr | None) -> str | None:
    """What is set; None for a blank, which is no key."""
    return (value.get_secret_value() or None) if value else None


def backfill_sources(settings: Settings, client: PoliteClient, first_day: date) -> list[Source]:
    """What fills the 90 days before the first start; the week before it is the live sources' own first look. Older daily lists, on
    which scores rest, come last; a stand-in on this machine has none."""
    since, until = first_day - HISTORY, first_day - _FIRST_LOOK
    found: list[Source] = [HuggingFaceArchive(client, settings.huggingface_url, since=since, until=until)]
    found += [
        ArxivOai(client, settings.arxiv_oai_url, oai_set=oai_set(category), since=since, until=until)
        for category in settings.categories
    ]
    before = since - timedelta(days=1)
    if settings.lists_since <= before and not _is_here(settings.huggingface_url):
        found.append(HuggingFaceArchive(client, settings.huggingface_url, since=settings.lists_since, until=before))
    return found


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK


def user_agent(settings: Settings) -> str:
    contact = settings.contact or "no contact set"
    return f"Paperboy/{version('paperboy')} (Discord bot for research papers; {contact})"


async def read_auditor(database: Database, settings: Settings) -> Auditor:
    """What the command line needs to audit beside a running bot. Asks no upstream."""
    async with _client(settings, database) as client:
        names = [source.name for source in live_sources(settings, client)]
    return Auditor(database, clock_of(settings.clock_file), names)


def _client(settings: Settings, database: Database) -> PoliteClient:
    return PoliteClient(
        upstream_services(settings),
        user_agent=user_agent(settings),
        gate_state=GateState(database),
        clock=clock_of(settings.clock_file),
    )


@contextlib.asynccontextmanager
async def open_application(settings: Settings) -> AsyncIterator[Application]:
    """The database with its lock, the client for upstreams, and all services. Closes in reverse, whatever happens."""
    clock = clock_of(settings.clock_file)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(process_lock(settings.database))
        database = await stack.enter_async_context(open_database(settings.database))
        await bring_index_up_to_date(database)
        await bring_titles_up_to_date(database)
        client = await stack.enter_async_context(_client(settings, database))
        similar = Similar(database, enabled=settings.similar == "on")
        async with database.transaction() as write:
            await novelty.hide(write, not similar.enabled)
        matcher = Matcher(seeds=similar.seeds)
        arxiv_api = ArxivApi(client, settings.arxiv_api_url)
        find = Search(
            database,
            clock,
            look_up=arxiv_api,
            topics=HuggingFace(client, settings.huggingface_url),
            similar=similar,
        )
        subscriptions = Subscriptions(database, find, matcher, clock)
        await subscriptions.load()
        backfills = backfill_sources(settings, client, await _first_day(database, clock))
        ingest = Ingest(
            database, live_sources(settings, client), matcher, clock, backfills=backfills, look_up=arxiv_api
        )
        await ingest.register_backfills()
        gate = Gate(database, clock)
        await gate.load()
        teller = Teller(database, matcher, clock)
        purse = RequestPurse(database, clock, settings.profile_requests)
        registries = Registries(
            database, clock, author_registries(settings, client, clock, purse), purse, keeping=teller.keep
        )
        services = Services(
            search=find,
            authors=Authors(database, find, registries, clock),
            listings=DailyLists(database),
            subscriptions=subscriptions,
            persons=Persons(database, matcher, clock),
            own_paper=OwnPaper(database, clock),
            habits=Habits(database, clock),
            library=Library(database, clock),
            summaries=Summaries(database, similar, clock),
            curation=Curation(database, clock),
            status=StatusService(database, clock),
            forecaster=Forecaster(database, find, clock),
            many=Many(find, clock),
            tracer=Tracer(database, similar, clock),
            clock=clock,
            owner_id=settings.owner_id,
        )
        yield Application(
            services=services,
            database=database,
            ingest=ingest,
            repairer=Repairer(database, clock, Auditor(database, clock, ingest.live, similar), ingest),
            gate=gate,
            registries=registries,
            novelty=Novelties(database, similar, clock, keeping=teller.keep),
            teller=teller,
            scorer=Scorer(database, clock, keeping=teller.keep),
            backups=Backups(settings.database, settings.backups, clock) if settings.backups else None,
        )


async def _first_day(database: Database, clock: Clock) -> date:
    """The UTC day of the first start, kept, so that the span to back-fill stays the same one."""
    async with database.transaction() as write:
        known, today = await meta.read_value(write, "first_day", date.fromisoformat), clock().date()
        if known is None or known > today:  # a day that has not come was noted by a clock that was ahead
            known = today
            await meta.set_value(write, "first_day", known.isoformat())
    return known


async def bring_index_up_to_date(database: Database) -> int:
    """Builds the full-text index anew when the analyzer has changed since. Returns how many papers were indexed."""
    async with database.reading() as read:
        if await search.is_current(read):
            return 0
        ids = await collection.all_ids(read)
    log.info("building the search index of %d papers", len(ids))
    async with database.transaction() as write:
        await search.clear_index(write)
        for start in range(0, len(ids), _INDEX_SLICE):
            found = await papers.load_papers(write, ids[start : start + _INDEX_SLICE])
            await search.index_papers(write, [(None, paper) for paper in found.values()])
        await search.mark_current(write)
    return len(ids)


async def bring_titles_up_to_date(database: Database) -> None:
    """Gives every paper the key of its title and what the versions of its DOI share, when these are made otherwise since."""
    async with database.reading() as read:
        if await kin.is_current(read):
            return
    last: int | None = 0
    while last is not None:
        async with database.transaction() as write:
            last = await kin.fill(write, last, _TITLES_SLICE)
            if last is None:
                await kin.mark_current(write)
