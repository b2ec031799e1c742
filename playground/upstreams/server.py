"""The sample upstreams: arXiv's feeds, lists and query API, Hugging Face's papers API, Semantic Scholar and OpenAlex on this machine.

Knows HTTP, time and misbehaviour on command; the documents are made by its neighbours. Knows nothing of Paperboy.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from playground.upstreams import community, oai, pages
from playground.upstreams.answers import agrees, exact, json_list, text
from playground.upstreams.faults import Fault, misbehave
from playground.upstreams.registry_routes import add_registries
from playground.upstreams.samples import EASTERN, Announced, announce, load_samples

_CATEGORY = re.compile(r"[a-z][a-z-]+(\.[A-Za-z][A-Za-z-]+)?", re.IGNORECASE)
_ARXIV_ID = re.compile(r"(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?")
_stale: ContextVar[bool] = ContextVar("stale", default=False)  # of the request that is being answered
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Upstream:
    """All sample upstreams behind one port, as an async context manager.

    `anchor` is the day whose batch is the newest (default: today on the clock); `clock` says what time it is there.
    On days without a batch the feeds are empty, as arXiv's are, unless `keep_last`.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        anchor: date | None = None,
        clock: Callable[[], datetime] | None = None,
        folder: Path | None = None,
        keep_last: bool = False,
        page_size: int = 2500,
    ) -> None:
        self._clock = clock or (lambda: datetime.now(UTC))
        start = anchor or self._clock().astimezone(EASTERN).date()
        self.papers: tuple[Announced, ...] = announce(load_samples(), start)
        self.requests: list[dict[str, Any]] = []
        self._host, self._port = host, port
        self._folder = folder
        self._keep_last = keep_last
        self._page_size = page_size
        self._faults: list[Fault] = []
        self._pages: dict[str, tuple[bytes, str, dict[str, str]]] = {}
        self._numbered: dict[str, tuple[str, dict[str, bytes]]] = {}
        self._runner = web.AppRunner(self._app(), access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def rss_url(self) -> str:
        return f"{self.url}/rss"

    @property
    def atom_url(self) -> str:
        return f"{self.url}/atom"

    @property
    def oai_url(self) -> str:
        return f"{self.url}/oai"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/query"

    @property
    def huggingface_url(self) -> str:
        return self.url

    @property
    def semantic_scholar_url(self) -> str:
        return f"{self.url}/graph/v1"

    @property
    def openalex_url(self) -> str:
        return f"{self.url}/openalex"

    def put(self, path: str, body: bytes | str, content_type: str = "text/xml", **headers: str) -> None:
        """From now on answers `path` (as in `/rss/cs.LG`, without query) with exactly this."""
        data = body.encode() if isinstance(body, str) else body
        self._pages[path] = (data, content_type, {k.replace("_", "-"): v for k, v in headers.items()})

    def put_pages(self, path: str, parameter: str, pages: dict[str, bytes]) -> None:
        """From now on answers `path` with the page that the query parameter names, as JSON; an unknown one is `[]`."""
        self._numbered[path] = (parameter, pages)

    def fail(self, path: str = "/", **fault: Any) -> None:
        """Misbehaves on paths that begin with `path`; see Fault for the ways."""
        self._faults.append(Fault.read({"path": path, **fault}))

    def heal(self) -> None:
        """Forgets all faults and all pages that were put."""
        self._faults.clear()
        self._pages.clear()
        self._numbered.clear()

    def announced(self, day: date) -> list[Announced]:
        """The batch in the feeds of that US Eastern day."""
        return [item for item in self.papers if item.day == day]

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._middleware])
        app.router.add_get("/rss/{query}", self._rss)
        app.router.add_get("/atom/{query}", self._atom)
        app.router.add_route("*", "/oai", self._oai)
        app.router.add_route("*", "/api/query", self._api)
        app.router.add_get("/api/daily_papers", self._daily)
        app.router.add_get("/api/papers/search", self._search)
        app.router.add_get("/api/papers/{id}", self._paper)
        add_registries(app, self._held)
        app.router.add_get("/files/{path:.+}", self._file)
        app.router.add_post("/faults", self._add_fault)
        app.router.add_delete("/faults", self._clear_faults)
        app.router.add_get("/requests", self._list_requests)
        return app

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in ("/faults", "/requests"):
            return await handler(request)
        entry: dict[str, Any] = {
            "n": len(self.requests) + 1,
            "at": self._clock().isoformat(),
            "method": request.method,
            "path": request.path,
            "query": request.raw_path.partition("?")[2],
            "headers": dict(request.headers),
        }
        self.requests.append(entry)
        fault = next((f for f in self._faults if f.applies(request.path)), None)
        if fault is not None:
            fault.count -= 1
            entry["fault"] = True
            if fault.stale:
                _stale.set(True)
            else:
                response = await misbehave(request, fault, handler, self._folder)
                entry["status"] = response.status
                return response
        if request.path in self._pages:
            body, content_type, headers = self._pages[request.path]
            response = exact(request, body, content_type, headers)
        elif request.path in self._numbered:
            parameter, numbered = self._numbered[request.path]
            response = exact(request, numbered.get(request.query.get(parameter, ""), b"[]"), "application/json")
        else:
            response = await handler(request)
        entry["status"] = response.status
        return response

    def _held(self) -> list[Announced]:
        """What anybody can know of by now."""
        now = self._clock()
        return [item for item in self.papers if oai.visible_from(item) <= now]

    def _feed_day(self, stale: bool) -> tuple[date, list[Announced]]:
        """The day that the feeds show now, and its batch."""
        day = self._clock().astimezone(EASTERN).date()
        items = self.announced(day)
        days = sorted({item.day for item in self.papers if item.day <= day})
        if not items and self._keep_last and days:
            day = days[-1]
            items = self.announced(day)
        if stale:
            earlier = [known for known in days if known < day]
            items = self.announced(earlier[-1]) if earlier else []
        return day, items

    async def _rss(self, request: web.Request) -> web.StreamResponse:
        return self._feed(request, pages.rss, "application/rss+xml")

    async def _atom(self, request: web.Request) -> web.StreamResponse:
        return self._feed(request, pages.atom, "application/atom+xml")

    def _feed(self, request: web.Request, render: Callable[..., str], content_type: str) -> web.StreamResponse:
        query = request.match_info["query"]
        for category in query.split("+"):
            if not _CATEGORY.fullmatch(category):
                message = f"Bad archive '{category}'. Valid archives are listed on arxiv.org."
                return text(request, pages.rss_error(query, message), "application/rss+xml", 400)
        day, items = self._feed_day(_stale.get())
        return text(request, render(query, day, items), content_type)

    async def _oai(self, request: web.Request) -> web.StreamResponse:
        arguments = list(request.query.items())
        if request.method == "POST":
            arguments += [(key, str(value)) for key, value in (await request.post()).items()]
        return text(request, oai.answer(arguments, self._held(), self._clock(), self._page_size), "text/xml")

    async def _api(self, request: web.Request) -> web.StreamResponse:
        given = dict(request.query)
        if request.method == "POST":
            given |= {key: str(value) for key, value in (await request.post()).items()}
        now, held = self._clock(), self._held()
        ids = [part.strip() for part in given.get("id_list", "").split(",") if part.strip()]
        for wanted in ids:
            if not _ARXIV_ID.fullmatch(wanted):
                page = pages.api_error(f"incorrect id format for {wanted}", now)
                return text(request, page, "application/atom+xml", 400)
        if ids:
            bare = [wanted.split("v")[0] for wanted in ids]
            held = [item for item in held if item.paper.id in bare]
        if given.get("search_query"):
            held = [item for item in held if agrees(given["search_query"], item)]
        elif not ids:
            held = []
        start, size = int(given.get("start", "0")), int(given.get("max_results", "10"))
        page = pages.api(request.query_string, now, start, size, len(held), held[start : start + size])
        return text(request, page, "application/atom+xml")

    def _listed(self) -> list[Announced]:
        today = self._clock().astimezone(UTC).date()
        return [item for item in self.papers if item.day <= today and item.paper.community is not None]

    async def _daily(self, request: web.Request) -> web.StreamResponse:
        now = self._clock()
        listed = self._listed()
        day = max((item.day for item in listed), default=now.date())
        if "date" in request.query:
            try:
                day = date.fromisoformat(request.query["date"])
            except ValueError:
                return web.json_response({"error": "Invalid date"}, status=400)
            if day > now.date() + timedelta(days=1):
                return web.json_response({"error": "Date is in the future"}, status=400)
        size, page = int(request.query.get("limit", "50")), int(request.query.get("p", "0"))
        if not 1 <= size <= 100:
            return web.json_response({"error": "limit must be between 1 and 100"}, status=400)
        rows = community.daily([item for item in listed if item.day == day], now)
        return json_list(request, rows[page * size : (page + 1) * size])

    async def _search(self, request: web.Request) -> web.StreamResponse:
        query = request.query.get("q", "")
        if not query or len(query) > 250:
            return web.json_response({"error": "q must have 1 to 250 characters"}, status=400)
        words = query.lower().split()
        found = [
            item
            for item in self._listed()
            if all(word in f"{item.paper.title} {item.paper.abstract}".lower() for word in words)
        ]
        rows = community.daily(found, self._clock())[: int(request.query.get("limit", "120"))]
        return json_list(request, rows)

    async def _paper(self, request: web.Request) -> web.StreamResponse:
        for item in self._listed():
            if item.paper.id == request.match_info["id"]:
                return json_list(request, community.paper(item, self._clock()))
        return web.json_response({"error": "Paper not found"}, status=404)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if self._folder is not None:
            path = (self._folder / request.match_info["path"]).resolve()
            if path.is_relative_to(self._folder.resolve()) and path.is_file():
                kind = "application/json" if path.suffix == ".json" else "text/xml"
                return exact(request, path.read_bytes(), kind)
        return web.Response(status=404, text="Not found")

    async def _add_fault(self, request: web.Request) -> web.StreamResponse:
        try:
            self._faults.append(Fault.read(await request.json()))
        except (TypeError, ValueError) as error:
            return web.json_response({"message": f"{error}; see playground/upstreams/faults.py"}, status=400)
        return web.json_response({"faults": len(self._faults)})

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self.heal()
        return web.json_response({"faults": 0})

    async def _list_requests(self, request: web.Request) -> web.StreamResponse:
        after = int(request.query.get("after", "0"))
        return web.json_response([entry for entry in self.requests if entry["n"] > after])


def shifted_clock(path: Path | None) -> Callable[[], datetime]:
    """The time on this machine plus the seconds that the file holds, if there is one."""

    def now() -> datetime:
        try:
            shift = float(path.read_text().strip() or 0) if path is not None else 0.0
        except (OSError, ValueError):
            shift = 0.0
        return datetime.now(UTC) + timedelta(seconds=shift)

    return now
