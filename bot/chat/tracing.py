"""Leads every request of discord.py through the gate, by the hook that aiohttp has for tracing.

Knows aiohttp; knows neither discord.py nor what the gate decides. discord.py makes all its requests with one session: the
bot's, those of interactions, and each of its own retries.
"""

from __future__ import annotations

from types import SimpleNamespace

import aiohttp
import yarl

from bot.delivery.gate import Answer, Gate


def trace_through(gate: Gate, base: str) -> aiohttp.TraceConfig:
    """Requests below `base` pass the gate; others, like the gateway's handshake, pass beside it.

    What the gate raises comes out of the request: DeliveryDelayedError. An answer of 2xx that is not JSON is no answer of
    Discord's, and raises aiohttp.ClientResponseError.
    """
    root = yarl.URL(base)

    def path_of(url: yarl.URL) -> str | None:
        return url.path.removeprefix(root.path) if url.host == root.host and url.path.startswith(root.path) else None

    async def start(
        session: aiohttp.ClientSession, context: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        path = path_of(request.url)
        if path is not None:
            await gate.enter(request.method, path)
            context.inside = True

    async def end(
        session: aiohttp.ClientSession, context: SimpleNamespace, done: aiohttp.TraceRequestEndParams
    ) -> None:
        path = path_of(done.url)
        if path is None:
            return
        response = done.response
        if response.status in (401, 403, 429):
            answer = Answer(done.method, path, response.status, response.headers, await response.read())
            await gate.note(answer)
        elif response.ok and response.status != 204 and response.content_type != "application/json":
            raise aiohttp.ContentTypeError(
                response.request_info, response.history, status=response.status, message="not an answer of Discord's"
            )
        _leave(context)

    async def failed(session: aiohttp.ClientSession, context: SimpleNamespace, request: object) -> None:
        _leave(context)

    def _leave(context: SimpleNamespace) -> None:
        if getattr(context, "inside", False):
            context.inside = False
            gate.leave()

    config = aiohttp.TraceConfig()
    config.on_request_start.append(start)
    config.on_request_end.append(end)
    config.on_request_exception.append(failed)
    return config
