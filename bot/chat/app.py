"""The Discord client: opens and closes what it was given, loads cogs, and leads every control to its action.

Knows discord.py's life cycle; knows neither SQL nor what an action does.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands
from discord.http import Route

from bot.chat import messenger, permissions, signatures
from bot.chat.presence import Presence
from bot.chat.services import Application
from bot.chat.tracing import trace_through
from bot.delivery.deliver import Deliverer
from bot.delivery.refresh import Refresher
from bot.errors import DeliveryDelayedError
from bot.models import SubscriptionKind
from bot.show import controls
from bot.show.control import Control
from bot.store import ahead, meta
from bot.when.jobs import Jobs

log = logging.getLogger(__name__)

T = TypeVar("T")

Interaction = discord.Interaction["PaperBot"]
C = TypeVar("C", bound=Control)
#: Does what a control says.
Action = Callable[[Interaction, C], Awaitable[None]]

COGS: Final = (
    "cogs.subscribe",
    "cogs.forecasts",
    "cogs.persons",
    "cogs.own_paper",
    "cogs.library",
    "cogs.settings",
    "cogs.papers",
    "cogs.authors",
    "cogs.summary",
    "cogs.curation",
    "cogs.moderation",
    "cogs.status",
)
#: What is due is sent at its instant; this is for what no instant tells, like a pause that a person ended.
DELIVERY_TICK: Final = timedelta(seconds=30)
INGEST_TICK: Final = timedelta(seconds=30)
BACKUP_TICK: Final = timedelta(hours=1)
REFRESH_TICK: Final = timedelta(seconds=60)
REGISTER_TICK: Final = timedelta(minutes=10)
AUDIT_TICK: Final = timedelta(minutes=5)
#: Seconds for the send in flight, and for saying goodbye to the gateway, while online and while offline.
_FINISH: Final = {True: 10.0, False: 0.5}
_GOODBYE: Final = {True: 5.0, False: 0.5}
MAX_CATCH_UP_WAIT: Final = timedelta(minutes=10)


async def _spared(work: Awaitable[T]) -> T | None:
    """What leads an answer is beside the point: its fault costs nobody the answer."""
    try:
        return await work
    except Exception:
        log.exception("what should lead an answer is at fault")
        return None


_CHANGED: Final = (
    app_commands.CommandNotFound, app_commands.CommandSignatureMismatch, signatures.ChangedCommandError,
)  # fmt: skip


#: Discord asks to wait, or does not answer.
_NOT_NOW: Final = (DeliveryDelayedError, discord.HTTPException, aiohttp.ClientError, OSError)


def _ids_of(registered: Sequence[app_commands.AppCommand]) -> Mapping[str, int]:
    return {c.name: c.id for c in registered if c.type is discord.AppCommandType.chat_input}


class CommandTree(app_commands.CommandTree["PaperBot"]):
    """Hands every failed command to the one place where exceptions become messages."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Raises ChangedCommandError for a command in another form than ours."""
        typing = interaction.type is discord.InteractionType.autocomplete
        data: Any = interaction.data
        if signatures.fits(self, data, typing=typing):
            return True
        if not typing:
            raise signatures.ChangedCommandError(f"/{data['name']} came in another form")
        await interaction.response.autocomplete([])
        return False

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        if isinstance(error, _CHANGED):
            interaction.client.register_anew()
        await interaction.client.report_error(interaction, error)


class PaperBot(commands.Bot):
    """One process, one bot. `report_error` is set by cogs/errors.py."""

    tree: CommandTree

    def __init__(self, app: Application, jobs: Jobs, *, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is the clock by which the watchdog of `bot.process.online` judges the connection."""
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60.0,
            enable_debug_events=True,  # for on_socket_raw_receive
            http_trace=trace_through(app.gate, Route.BASE),
            tree_cls=CommandTree,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.app = app
        self.services = app.services
        self.jobs = jobs
        self.actions: dict[str, Action[Any]] = {}
        self.deliverer: Deliverer | None = None
        self.refresher: Refresher | None = None
        #: What leads the answers that one person alone sees; set by cogs/summary.py.
        self.leading: Callable[[Interaction], Awaitable[messenger.Lead | None]] | None = None
        #: Discord's ids of our commands, by their first words; empty while they are not known.
        self.command_ids: Mapping[str, int] = {}
        self._registered_anew: datetime | None = None
        self._forgotten: datetime | None = None
        self._now = now
        self.presence = Presence(now())
        self._behind_since: datetime | None = None

    def add_action(self, control: type[C], action: Action[C]) -> None:
        """What a kind of control does. Raises ValueError for one that has an action, or that cannot be pressed."""
        if controls.CONTROLS.get(control.verb) is not control:
            raise ValueError(f"controls.CONTROLS does not have {control.__name__}")
        if control.verb in self.actions:
            raise ValueError(f"{control.__name__} has an action already")
        self.actions[control.verb] = action

    async def report_error(self, interaction: Interaction, error: Exception) -> None:
        """Tells the person what went wrong."""
        from_cog = self.get_cog("Errors")
        speak = getattr(from_cog, "speak", None)
        if speak is None:
            raise error
        await speak(interaction, error)

    async def lead(self, interaction: Interaction) -> messenger.Lead | None:
        """What this person has to know before anything else."""
        return await _spared(self.leading(interaction)) if self.leading else None

    async def lead_was_lost(self, lead: messenger.Lead) -> None:
        await _spared(lead.was_lost())

    def today(self) -> date:
        return self.services.clock().date()

    async def setup_hook(self) -> None:
        await self.load_extension("cogs.errors")
        for name in COGS:
            await self.load_extension(name)
        await self._sync_commands()
        self.services.summaries.stops.invite_url = self.invite_url()
        discord_messenger = messenger.DiscordMessenger(self)
        self.deliverer = Deliverer(
            self.app.database,
            discord_messenger,
            self.services.clock,
            self.app.gate,
            online=self._is_connected,
        )
        self.refresher = Refresher(self.app.database, discord_messenger, self.services.clock, self.deliverer.pace)
        await self.deliverer.recover()
        self.jobs.when_due("deliver", self._deliver, self.deliverer.due_in, at_least=DELIVERY_TICK)
        self.jobs.every(INGEST_TICK, "ingest", self._ingest)
        self.jobs.every(REFRESH_TICK, "refresh", self.refresher.refresh)
        self.jobs.every(DELIVERY_TICK, "clock", self._mend_clock)
        self.jobs.every(INGEST_TICK, "backfill", self.app.ingest.backfill)
        for name, work in (  # what is worked out of stored papers waits while messages are made that are due
            ("similar", self.services.search.similar.catch_up),
            ("novelty", self.app.novelty.catch_up),
            ("scores", self.app.scorer.catch_up),
            ("figures", self.app.teller.look),
        ):
            self.jobs.every(INGEST_TICK, name, partial(work, self._is_composing))
        self.jobs.every(INGEST_TICK, "registries", self.app.registries.catch_up)
        self.jobs.every(AUDIT_TICK, "audit", self.app.repairer.run_if_due)
        if self.app.backups is not None:
            self.jobs.every(BACKUP_TICK, "backup", self.app.backups.make_due)
        self.jobs.every(REGISTER_TICK, "register", self._register)
        self.jobs.start()
        log.info("add me to a server: %s", self.invite_url())

    def _is_composing(self) -> bool:
        return self.deliverer is not None and self.deliverer.is_composing

    async def _deliver(self) -> None:
        assert self.deliverer is not None
        ready = await self._sources_caught_up()
        if ready:
            await self.services.summaries.compose_due()
        await self.deliverer.begin(digests=ready)

    def _is_connected(self) -> bool:
        return self.ws is not None and self.ws.open

    async def first_message_in(self, user_id: int) -> timedelta:
        """How long the first message to a person waits; nothing when it goes at once."""
        return await self.deliverer.first_message_in(user_id) if self.deliverer else timedelta()

    async def _mend_clock(self) -> None:
        """After a clock that was ahead, nobody waits for what it noted."""
        if mended := await ahead.mend(self.app.database, self.services.clock()):
            log.warning("the clock was ahead: %d rows had instants that are far away, and were mended", mended)

    async def _sources_caught_up(self) -> bool:
        """Whether digests and lists may be made. After downtime, or a clock that jumped, the sources are read first:
        a digest due at 8:00 brings what was announced by 8:00. A slow source holds nobody up for more than ten minutes.
        """
        now = self.services.clock()
        if not await self.app.ingest.is_behind():
            self._behind_since = None
            return True
        self._behind_since = min(self._behind_since or now, now)
        self.jobs.run_soon("ingest")
        return now - self._behind_since > MAX_CATCH_UP_WAIT

    async def follow(self, interaction: Interaction, kind: SubscriptionKind, words: str) -> None:
        """Begins a subscription from any control; set by cogs/forecasts.py."""
        follow = controls.Follow(kind, words)
        await self.actions[follow.verb](interaction, follow)

    async def _ingest(self) -> None:
        if await self.app.ingest.ingest_due():
            self.jobs.run_soon("deliver")

    async def _sync_commands(self) -> None:
        """Discord counts command updates (200 a day), so they are sent only when they changed. They can wait: a pause that
        Discord orders, or an outage, keeps nobody offline.
        """
        payload = [c.to_dict(self.tree) for c in self.tree.get_commands()] + [
            c.to_dict(self.tree)
            for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
            for c in self.tree.get_commands(type=kind)
        ]
        key = json.dumps([self.application_id, payload], sort_keys=True, default=str)
        digest = hashlib.sha256(key.encode()).hexdigest()
        async with self.app.database.reading() as read:
            known = await meta.get_value(read, "commands")
        if known == digest:
            return
        try:
            await self.app.gate.register(len(payload))
            registered = await self.tree.sync()
        except _NOT_NOW as error:
            log.warning("the commands could not be registered now: %s", error)
            return
        self.command_ids = _ids_of(registered)
        async with self.app.database.transaction() as write:
            await meta.set_value(write, "commands", digest)
        log.info("commands registered with Discord")

    async def _learn_ids(self) -> None:
        """Asks for the ids of commands that are registered already; without them, `/help` says what to type."""
        if not self.command_ids:
            try:
                self.command_ids = _ids_of(await self.tree.fetch_commands())
            except _NOT_NOW as error:
                log.warning("the ids of the commands are not known now: %s", error)

    def register_anew(self) -> None:
        """Somebody used a command in a form that is not ours: what Discord holds is not what we said, or not yet."""
        now = self.services.clock()
        if self._registered_anew is None or abs(now - self._registered_anew) >= REGISTER_TICK:
            self._registered_anew = now
            self.jobs.run_soon("register")

    async def _register(self) -> None:
        if self._registered_anew is not None and self._registered_anew != self._forgotten:
            self._forgotten = self._registered_anew
            async with self.app.database.transaction() as write:
                await meta.set_value(write, "commands", "")
        await self._sync_commands()
        await self._learn_ids()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Raises DeliveryDelayedError when the day's identifies are used up: too many, and Discord resets the token."""
        await super().before_identify_hook(shard_id, initial=initial)
        await self.app.gate.identify()

    async def on_socket_raw_receive(self, message: str) -> None:
        self.presence.heard(self._now())

    async def on_disconnect(self) -> None:
        self.presence.went_offline(self._now())

    async def on_resumed(self) -> None:
        self.presence.came_online(self._now())

    async def on_ready(self) -> None:
        self.presence.came_online(self._now())
        log.info("online as %s in %d servers", self.user, len(self.guilds))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Buttons, selects and forms of every message, old ones too: their ids say what to do, nothing is remembered."""
        if self.deliverer is not None:
            self.deliverer.note_id(interaction.id)
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        try:
            control = messenger.read_control(interaction)
            await self.actions[control.verb](interaction, control)
        except Exception as error:
            await self.report_error(interaction, error)

    def dispatch(self, event_name: str, /, *arguments: Any, **named: Any) -> None:
        """Nothing happens after the end: discord.py calls a client ready two seconds late, closed or not."""
        if not self.is_closed():
            super().dispatch(event_name, *arguments, **named)

    async def close(self) -> None:
        """Finishes the send in flight, then stops. Offline nothing is waited for: whoever does not answer now will not."""
        online = self.presence.online
        if self.deliverer is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_FINISH[online]):
                    await self.deliverer.stop()
        await self.jobs.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE[online]):
                await super().close()
        await self.http.close()

    def invite_url(self) -> str:
        """Where an admin adds the bot to a server."""
        assert self.application_id is not None
        return discord.utils.oauth_url(
            self.application_id,
            permissions=permissions.PERMISSIONS | permissions.THREADS,
            scopes=("bot", "applications.commands"),
        )
