"""What happens around every request of a bot: its route, who asks, limits, errors, the log, and faults.
It knows HTTP; what a route does stands in the modules beside it."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable

from aiohttp import web

from playground.discord.core import Discord
from playground.discord.errors import DiscordError
from playground.discord.faults import Fault
from playground.discord.wire import Json
from playground.http import banned, limit_headers, read_body, respond, too_many
from playground.rest.calls import Call, Route, Routes

log = logging.getLogger(__name__)
_VERSIONED = re.compile(r"/api(?:/v(\d+))?(/.*)")
USER_AGENT = re.compile(r"DiscordBot \(\S+.+\)")  # discord.py has a space where the docs have a comma


class Rest:
    """Answers everything below /api: versions 9 and 10, and routes without a version as version 10."""

    def __init__(self, play: Discord, routes: Routes) -> None:
        self._play = play
        self._routes = routes

    async def handle(self, request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        version, path = _VERSIONED.fullmatch(request.raw_path.split("?")[0]).groups()  # type: ignore[union-attr]
        if version not in (None, "9", "10"):
            return respond(400, DiscordError(50041).body())
        entry = self._play.log.begin(request.method, path)
        try:
            response = await self._with_faults(request, path, entry)
        finally:
            entry["ms"] = round((time.perf_counter() - started) * 1000, 3)
        entry["status"] = response.status
        self._play.limiter.count_invalid(response.status, response.headers.get("X-RateLimit-Scope"))
        return response

    async def _with_faults(self, request: web.Request, path: str, entry: Json) -> web.StreamResponse:
        fault = self._play.faults.match(request.method, path)
        if fault is None:
            return await self._answer(request, path, entry)
        if fault.latency:
            await asyncio.sleep(fault.latency)
        if fault.kind == "latency":
            return await self._answer(request, path, entry)
        if fault.kind in ("accept_then_reset", "accept_then_502"):
            done = await self._answer(request, path, entry)
            entry["accepted"] = done.status
            if fault.kind == "accept_then_502":
                return web.Response(status=502, text="<html>502 Bad Gateway</html>", content_type="text/html")
            return self._drop(request)
        await read_body(request, entry)
        return self._drop(request) if fault.kind == "drop" else self._misbehave(fault)

    def _drop(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=599)  # never arrives; stands in the log

    def _misbehave(self, fault: Fault) -> web.Response:
        wait = fault.wait(self._play.clock.now())
        if fault.kind == "rate_limit":
            return too_many(wait, fault.scope, skew=self._play.faults.clock_skew)
        if fault.kind == "cloudflare":
            return banned(wait)
        body = fault.body
        if body is None:
            body = {"message": f"{fault.status}: Error", "code": 0}
        if isinstance(body, str):
            return web.Response(status=fault.status, text=body, content_type="text/html", headers=fault.headers)
        return respond(fault.status, body, fault.headers)

    async def _answer(self, request: web.Request, path: str, entry: Json) -> web.StreamResponse:
        headers: dict[str, str] = {}
        try:
            if left := self._play.limiter.ban_left():
                return banned(left)
            call, route = await self._prepare(request, path, entry)
            verdict = self._play.limiter.check(call.me, call.method, call.template, call.params, auth=route.auth)
            headers = limit_headers(verdict, self._play.faults.clock_skew)
            if verdict.wait is not None:
                return too_many(verdict.wait, verdict.scope, headers)
            result = route.handler(call)
            if isinstance(result, Awaitable):
                result = await result
            headers |= call.headers
            status = route.status or (204 if result is None else 200)
            return respond(int(headers.pop(":status", status)), result, headers)
        except DiscordError as error:
            return respond(error.status, error.body(), headers)
        except ConnectionResetError:
            log.debug("%s %s: the client went away", request.method, path)
            raise
        except Exception:
            log.exception("%s %s", request.method, path)
            return respond(500, {"message": "500: Internal Server Error", "code": 0}, headers)

    async def _prepare(self, request: web.Request, path: str, entry: Json) -> tuple[Call, Route]:
        body, uploads = await read_body(request, entry)
        route, params = self._routes.find(request.method, path)
        app: Json = {"id": "0"}
        if route.auth:
            # Routes with a token in their path are used without it: discord.py answers interactions as plain aiohttp.
            if not USER_AGENT.match(request.headers.get("User-Agent", "")):
                raise DiscordError(40333)
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            found = self._play.world.application_of(token.strip()) if scheme == "Bot" else None
            if found is None:
                raise DiscordError(0, status=401, message="401: Unauthorized")
            app = found
        return Call(self._play, request.method, route.template, params, request.query, app, body, uploads), route
