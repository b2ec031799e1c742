"""Builds everything once, outermost first, and passes it in. Part of the composition root: only `__main__` imports this."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from bot.app import Services
from bot.clock import Clock, shifted_clock, system_clock
from bot.config import Settings
from bot.ingest import Ingest
from bot.matching import Matcher
from bot.search import Search
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.base import Source
from bot.sources.http import PoliteClient
from bot.sources.manners import Service, arxiv_service
from bot.status import StatusService
from bot.store import papers, search
from bot.store.database import Database, open_database, process_lock
from bot.store.sources import HostLedger
from bot.subscriptions import Subscriptions

log = logging.getLogger(__name__)

_INDEX_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a process which writes needs."""

    services: Services
    database: Database
    ingest: Ingest


def clock_of(settings: Settings) -> Clock:
    return shifted_clock(settings.clock_file) if settings.clock_file else system_clock


def upstream_services(settings: Settings) -> list[Service]:
    return [arxiv_service("arxiv-rss", settings.arxiv_rss_url)]


def all_sources(settings: Settings, client: PoliteClient) -> Sequence[Source]:
    return [ArxivFeed(client, settings.arxiv_rss_url, category) for category in settings.categories]


def user_agent(settings: Settings) -> str:
    contact = settings.contact or "no contact set"
    return f"Paperboy/{version('paperboy')} (Discord bot for research papers; {contact})"


def read_services(database: Database, settings: Settings) -> tuple[Search, StatusService]:
    """What the command line needs to answer beside a running bot."""
    clock = clock_of(settings)
    return Search(database, clock), StatusService(database, clock)


@contextlib.asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The database with its lock, the client for upstreams, and all services. Closes in reverse, whatever happens."""
    clock = clock_of(settings)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(process_lock(settings.database))
        database = await stack.enter_async_context(open_database(settings.database))
        await bring_index_up_to_date(database)
        client = PoliteClient(
            upstream_services(settings), user_agent=user_agent(settings), ledger=HostLedger(database), clock=clock
        )
        stack.push_async_callback(client.close)
        matcher = Matcher()
        find = Search(database, clock)
        subscriptions = Subscriptions(database, find, matcher, clock)
        await subscriptions.load()
        ingest = Ingest(database, all_sources(settings, client), matcher, clock)
        services = Services(
            database=database,
            search=find,
            subscriptions=subscriptions,
            status=StatusService(database, clock),
            ingest=ingest,
            clock=clock,
            owner_id=settings.owner_id,
        )
        yield House(services, database, ingest)


async def bring_index_up_to_date(database: Database) -> int:
    """Builds the full-text index anew when the analyzer has changed since. Returns how many papers were indexed."""
    async with database.reading() as read:
        if await search.is_current(read):
            return 0
        ids = await papers.all_ids(read)
    log.info("building the search index of %d papers", len(ids))
    async with database.transaction() as write:
        await search.clear_index(write)
        for start in range(0, len(ids), _INDEX_SLICE):
            found = await papers.load_papers(write, ids[start : start + _INDEX_SLICE])
            await search.index_papers(write, [(None, paper) for paper in found.values()])
        await search.mark_current(write)
    return len(ids)
