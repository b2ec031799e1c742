"""The whole house in one process, real parts only: the local Discord, the sample upstreams, the bot, and a person's hands.

Time stands in a file that all of them read; a test moves it with `move_to`. Nothing here knows what is tested.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.chat.app import PaperBot
from bot.chat.services import Application
from bot.config import Settings
from bot.ingest.ingest import Visit
from bot.process.application import open_application
from bot.sources.arxiv import oai_set
from bot.when.jobs import Jobs
from playground.discord.components import BUTTON, SELECTS, TEXT_DISPLAY, walk
from playground.server import Playground
from playground.upstreams import pages as upstream_pages
from playground.upstreams.samples import Announced, Sample
from playground.upstreams.server import Upstream, shifted_clock
from tests.patience import PATIENCE
from tests.patience import until as until  # for whoever waits in the house
from tests.ready import ready

#: A Wednesday noon in New York's winter, far enough that the playground's clock need not go back.
START: Final = datetime(2031, 11, 19, 17, 0, tzinfo=UTC)
CATEGORY: Final = "cs.CV"
WEDNESDAY, THURSDAY, FRIDAY = date(2031, 11, 19), date(2031, 11, 20), date(2031, 11, 21)
LONDON: Final = ZoneInfo("Europe/London")


def london(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)


#: What arXiv's OAI-PMH says on a quiet day.
NOTHING: Final = """<?xml version='1.0' encoding='UTF-8'?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2031-11-19T17:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request><error code="noRecordsMatch">none</error></OAI-PMH>"""


def sample(identity: str, title: str, abstract: str = "", **more: Any) -> Sample:
    """One paper for a page of our own."""
    fields: dict[str, Any] = {
        "id": identity, "batch": 0, "announce": "new", "version": 1, "title": title, "authors": ("Ada Example", "Ben Sample"),
        "categories": (CATEGORY,), "abstract": abstract or f"What {title} is about, in a sentence.", "community": None,
    }  # fmt: skip
    return Sample(**{**fields, **more})


def page(day: date, papers: Sequence[Sample], category: str = CATEGORY) -> str:
    """An announcement feed of that US Eastern day in arXiv's own format."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return upstream_pages.rss(category, day, [Announced(p, day, midnight, midnight) for p in papers])


class House:
    """Discord, upstreams and bot; then everything that a person does, one method each."""

    def __init__(self, folder: Path, play: Playground, upstream: Upstream, session: aiohttp.ClientSession) -> None:
        self.folder, self.play, self.upstream, self._session = folder, play, upstream, session
        people = [str(u["id"]) for u in play.state.all("user") if not u.get("bot")]
        self.nadia, self.tomasz, self.yuki, self.samir, self.outsider = people
        self.bot_id = str(play.world.bots()[0]["id"])
        self.guild = str(play.state.all("guild")[0]["id"])
        self.general = next(str(c["id"]) for c in play.world.guild_channels(self.guild) if c["name"] == "general")
        self.settings = Settings(_env_file=None).model_copy(  # type: ignore[call-arg]
            update={
                "discord_token": SecretStr(play.token),
                "discord_api": play.url,
                "discord_gateway": play.gateway_url,
                "database": folder / "paperboy.db",
                "arxiv_rss_url": upstream.rss_url,
                "arxiv_oai_url": upstream.oai_url,
                "arxiv_api_url": upstream.api_url,
                "huggingface_url": upstream.huggingface_url,
                "semantic_scholar_url": upstream.semantic_scholar_url,
                "openalex_url": upstream.openalex_url,
                "openalex_key": SecretStr("a-sample-key"),
                "categories": (CATEGORY,),
                "contact": "",
                "clock_file": folder / "clock",
            }
        )
        self._stack = contextlib.AsyncExitStack()
        self._bot: PaperBot | None = None
        self._app: Application | None = None

    # -- the bot's life -----------------------------------------------------------------------------------------------

    @property
    def bot(self) -> PaperBot:
        assert self._bot is not None
        return self._bot

    @property
    def app(self) -> Application:
        assert self._app is not None
        return self._app

    async def start(self) -> None:
        """Starts the bot as `bot.process.online` does and waits until it is ready."""
        Route.BASE = self.settings.discord_api
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.settings.discord_gateway)
        self._app = await self._stack.enter_async_context(open_application(self.settings))
        self._bot = PaperBot(self._app, Jobs())
        # discord.py waits two seconds for further guilds before it calls itself ready.
        self._bot._connection.guild_ready_timeout = 0.05
        life = asyncio.create_task(self._bot.start(self.play.token))
        self._stack.push_async_callback(_end, self._bot, life)
        await until(lambda: life.done() or self.bot.is_ready())
        if life.done():
            life.result()

    async def first_look(self) -> None:
        """Waits until every source was read once, which it is silently."""
        names = {"huggingface", f"arxiv:{CATEGORY}", f"arxiv-oai:{oai_set(CATEGORY)}"}

        async def settled() -> bool:
            return names <= {
                name for (name,) in await self.rows("SELECT name FROM sources WHERE last_ok_at IS NOT NULL")
            }

        await until(settled)

    async def stop(self) -> None:
        """Stops the bot; the local Discord and the upstreams go on."""
        await self._stack.aclose()
        self._bot = self._app = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    # -- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return shifted_clock(self.settings.clock_file)()

    async def move_to(self, instant: datetime) -> None:
        await self.ask("POST", "/clock", {"to": instant.isoformat()})

    async def round(self) -> int:
        """What the two ticks do, now: visits the sources that are due, delivers what is due. Returns how many were sent."""
        await self.app.ingest.ingest_due()
        assert self.bot.deliverer is not None
        return (await self.bot.deliverer.deliver()).sent

    async def morning(self, day: date) -> None:
        """A day until its first digests: the announcement is read at 7 o'clock in London, what is due at 8 is sent."""
        await self.move_to(london(day, 7))
        await self.round()
        await self.move_to(london(day, 8))
        await self.round()

    async def visit_feed(self) -> Visit:
        """Reads every source now, whatever its timetable says. Returns what the announcement feed brought."""
        return next(r for r in await self.app.ingest.ingest_all() if r.source == f"arxiv:{CATEGORY}")

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """What the store holds, read beside the bot."""
        async with self.app.database.reading() as read:
            return [tuple(row) for row in await read.all(sql, parameters)]

    # -- a person's hands ---------------------------------------------------------------------------------------------

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with self._session.request(method, f"{self.play.origin}/play{path}", json=body) as response:
            answer = json.loads(await response.read())
            assert response.status == status, answer
            return answer

    async def run(self, name: str, /, who: str | None = None, where: str | None = None, **options: Any) -> Any:
        """A slash command, by default of Nadia in #general. Returns the interaction."""
        body = {"as": who or self.nadia, "channel_id": where or self.general, "name": name, "options": options}
        return await self.ask("POST", "/commands", body | {"wait": PATIENCE})

    async def suggest(self, name: str, focused: str, typed: str) -> list[str]:
        body = {"as": self.nadia, "channel_id": self.general, "name": name, "options": {focused: typed}}
        answer = await self.ask("POST", "/autocomplete", body | {"focused": focused, "wait": PATIENCE})
        return [choice["name"] for choice in answer["choices"]]

    async def press(self, message: Any, label: str, who: str | None = None) -> Any:
        """Clicks the button with this label."""
        found = [c for c in controls(message) if c.get("label") == label]
        assert len(found) == 1, (label, [c.get("label") for c in controls(message)])
        return await self._use(message, found[0], None, who)

    async def choose(self, message: Any, label: str, who: str | None = None) -> Any:
        """Chooses the option with this label in the message's select."""
        (select,) = [c for c in controls(message) if c["type"] == 3]
        (value,) = [o["value"] for o in select["options"] if o["label"] == label]
        return await self._use(message, select, [value], who)

    async def _use(self, message: Any, control: Any, values: list[str] | None, who: str | None) -> Any:
        body = {"as": who or self.nadia, "channel_id": message["channel_id"], "message_id": message["id"]}
        chosen = {"custom_id": control["custom_id"], "values": values, "wait": PATIENCE}
        return await self.ask("POST", "/components", body | chosen)

    async def submit(self, interaction: Any, who: str | None = None, **fields: str) -> Any:
        """Sends the form that the interaction opened."""
        body = {"as": who or self.nadia, "interaction_id": interaction["id"], "fields": fields}
        return await self.ask("POST", "/modals", body | {"wait": PATIENCE})

    async def pages_of(self, digest: Any, who: str | None = None) -> list[str]:
        """The ids of the papers on all pages of a digest, as its reader turns them."""
        found = papers_of(digest)
        while further := [label for label in labels(digest) if label == "Next page" or label.startswith("Show ")]:
            await self.press(digest, further[0], who)
            (digest,) = [m for m in await self.dms(who) if m["id"] == digest["id"]]
            found += papers_of(digest)
        return found

    async def dms(self, who: str | None = None) -> list[Any]:
        """What the bot wrote to a person by itself, oldest first; not its answers."""
        who = who or self.nadia
        channel = (await self.ask("POST", "/dms", {"as": who, "user_id": self.bot_id}))["id"]
        found: list[Any] = []
        before = ""
        while True:
            older = await self.ask("GET", f"/channels/{channel}/messages?as={who}&limit=100{before}")
            found = older + found
            if len(older) < 100:
                break
            before = f"&before={older[0]['id']}"
        return [m for m in found if m["author"]["id"] == self.bot_id and not m.get("interaction_metadata")]

    async def dms_of(self, who: str | None, count: int) -> list[Any]:
        """The same, once there are `count`."""

        async def enough() -> list[Any]:
            found = await self.dms(who)
            return found if len(found) >= count else []

        found: list[Any] = await until(enough)
        assert len(found) == count, [m["content"] for m in found]
        return found

    async def requests(self, method: str = "", path: str = "", after: int = 0) -> list[Any]:
        """The bot's REST requests whose path contains `path`."""
        found = await self.ask("GET", f"/requests?after={after}")
        return [r for r in found if path in r["path"] and method in ("", r["method"])]

    async def sends(self, who: str | None = None) -> list[Any]:
        """The attempts to write a DM to a person."""
        channel = (await self.ask("POST", "/dms", {"as": who or self.nadia, "user_id": self.bot_id}))["id"]
        return await self.requests("POST", f"/channels/{channel}/messages")

    async def follow(self, words: str, who: str | None = None, city: str | None = "London", **options: Any) -> Any:
        """`/subscribe keyword`, read and followed; 8 o'clock in London by default."""
        given: dict[str, Any] = {"city": city, "hour": 8} if city else {}
        return await self.subscribe("keyword", who, words=words, **given, **options)

    async def subscribe(self, kind: str, who: str | None = None, where: str | None = None, **options: Any) -> Any:
        """A subscription of this kind: the command, then the button that saves it. Returns what the button did."""
        asked = await self.run(f"subscribe {kind}", who, where, **options)
        assert asked["state"] == "answered", asked
        (label,) = [label for label in labels(asked["message"]) if label == "Follow" or label.startswith("Follow it ")]
        done = await self.press(asked["message"], label, who)
        assert done["state"] == "answered", done
        return done


async def _end(bot: PaperBot, life: asyncio.Task[None]) -> None:
    await bot.close()
    with contextlib.suppress(asyncio.CancelledError):
        await life


@contextlib.asynccontextmanager
async def open_all(folder: Path, *, start: datetime = START, feed_alone: bool = True) -> AsyncIterator[House]:
    """The house with everything running but the bot; `start` is what the clock says.

    With `feed_alone` the other sources have nothing to say, so that a test knows what comes from where.
    """
    clock = folder / "clock"
    ready(folder / "paperboy.db")
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with contextlib.AsyncExitStack() as stack:
        play = Playground(folder / "discord.db", clock_file=clock, rate_limits=False, answer_seconds=PATIENCE)
        await stack.enter_async_context(play)
        play.clock.set_shift(start.timestamp() - datetime.now(UTC).timestamp())
        upstream = Upstream(clock=shifted_clock(clock))
        await stack.enter_async_context(upstream)
        if feed_alone:
            upstream.put("/oai", NOTHING)
            upstream.put("/api/daily_papers", "[]", "application/json")
        session = await stack.enter_async_context(aiohttp.ClientSession())
        house = House(folder, play, upstream, session)
        stack.push_async_callback(house.stop)
        try:
            yield house
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


# -- reading what a person sees ----------------------------------------------------------------------------------------


def controls(message: Any) -> list[Any]:
    """Buttons and selects of a message, in order."""
    return [part for part in walk(message["components"]) if part["type"] in {BUTTON, *SELECTS}]


def labels(message: Any) -> list[str]:
    return [str(c["label"]) for c in controls(message) if "label" in c]


def text_of(message: Any) -> str:
    """All words of a message: content, embeds and Components V2."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    parts += [part["content"] for part in walk(message["components"]) if part["type"] == TEXT_DISPLAY]
    return "\n".join(parts)


def heading(message: Any) -> str:
    """The first line of a message that is made of blocks."""
    return text_of(message).strip().splitlines()[0].removeprefix("### ")


def shown_text(interaction: Any) -> str:
    """All words that an interaction was answered with: beside a message that stays, what was said last."""
    answers = interaction["followups"] or [interaction["message"]]
    return text_of(answers[-1]) if answers[-1] else ""


def papers_of(message: Any) -> list[str]:
    """The arXiv ids of the papers that a DM shows: one embed each, or one numbered title each."""
    found = []
    for embed in message["embeds"]:
        found += [embed["url"]] if embed.get("url") else []
        found += _NUMBERED.findall(embed.get("description", ""))
    return [url.removeprefix("https://arxiv.org/abs/") for url in found]


_NUMBERED: Final = re.compile(r"^\*\*[0-9]+\.\*\* \[.*\]\((https://[^)]+)\)$", re.MULTILINE)


_HOSTS: Final = frozenset(
    (
        "discord.com", "arxiv.org", "doi.org", "huggingface.co", "github.com", "gitlab.com", "www.semanticscholar.org", "openalex.org",
        "orcid.org",
    )
)  # fmt: skip


def check_manners(play: Playground) -> None:
    """What holds for whatever a test did: no message may ping but a list its role, links lead to known hosts, every command was
    answered in time."""
    for request in play.log.after(0):
        if (body := message_body(request)) is not None:
            called = body.get("allowed_mentions") or {}
            roles = called.get("roles", []) if "/messages" in request["path"] else []
            assert (called.get("parse"), called.get("users", [])) == ([], []), request
            assert called.get("roles", []) == roles, request
            assert all(f"<@&{role}>" in json.dumps(body) for role in roles), request
            hosts = set(re.findall(r"https?://([^/\s)>\"]+)", json.dumps(_led_to(body))))
            assert {host for host in hosts if not host.endswith(".github.io")} <= _HOSTS, request
    late = [i for i in play.state.all("interaction") if i["ack"] is None or i["acknowledged_ms"] >= 3000]
    assert not late
    assert {s.intents for s in play.hub.sessions_of()} <= {1}


def _led_to(body: Any) -> Any:
    """What of a message can be followed: its text, and the buttons that open something. A label shows no markup."""
    opening = [part.get("url") or part.get("content") for part in walk(body.get("components") or [])]
    return [{name: value for name, value in body.items() if name != "components"}, opening]


def message_body(request: Any) -> Any:
    """The message that a request writes or changes, or None."""
    body = request["body"]
    if request["method"] not in ("POST", "PATCH", "PUT") or not isinstance(body, dict):
        return None
    if "/interactions/" in request["path"]:
        return body["data"] if body["type"] in (4, 7) else None
    return body if "/messages" in request["path"] or "/webhooks/" in request["path"] else None
