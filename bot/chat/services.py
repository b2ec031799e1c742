"""What the client is given when it starts. Knows the services' names; knows nothing of discord.py, which the command line
need not load for a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.audit.repairs import Repairer
from bot.authors.pages import Authors
from bot.authors.registries import Registries
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
from bot.scores.scorer import Scorer
from bot.search.search import Search
from bot.similar.novelty import Novelties
from bot.store.database import Database
from bot.when.clock import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs may use."""

    search: Search
    authors: Authors
    listings: DailyLists
    subscriptions: Subscriptions
    persons: Persons
    own_paper: OwnPaper
    habits: Habits
    library: Library
    summaries: Summaries
    curation: Curation
    status: StatusService
    forecaster: Forecaster
    many: Many
    tracer: Tracer
    clock: Clock
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """Everything that the bot's process is made of."""

    services: Services
    database: Database
    ingest: Ingest
    repairer: Repairer
    gate: Gate
    registries: Registries
    novelty: Novelties
    teller: Teller
    scorer: Scorer
    backups: Backups | None = None
