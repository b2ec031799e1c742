"""The one client for all upstreams: polite, patient, bounded in time and size, and deaf to strange hosts.

Knows gates, penalties and HTTP; must not know what is in a body. Clock and waiting are passed in.
"""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import re
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

import httpx

from bot.errors import ConfigurationError, SourceUnavailableError, SourceUnhealthyError
from bot.sources.rate_policy import (
    LONGEST_WAIT,
    LOOPBACK,
    Limits,
    RateState,
    Service,
    Validators,
    arxiv_service,
    retry_after_seconds,
)
from bot.when.backoff import doubling, pause_beyond
from bot.when.schedule import believable

__all__ = ["Answer", "Limits", "PoliteClient", "RateState", "Service", "Validators", "arxiv_service"]

log = logging.getLogger(__name__)

_LONGEST_PENALTY = timedelta(seconds=LONGEST_WAIT)
_USUAL = Limits()
_NONE = Validators()
_REFUSALS = frozenset({429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Redirects after which a body is sent again; https://www.rfc-editor.org/rfc/rfc9110#section-15.4
_RESENT: Final = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the decompressed body of an accepted status, or status 304 and no body."""

    url: str
    status: int
    body: bytes
    content_type: str
    validators: Validators

    @property
    def not_modified(self) -> bool:
        return self.status == 304


@dataclass(frozen=True, slots=True)
class _Question:
    """What is sent, wherever a redirect leads: `kept` are parameters without which no address is answered, such as a key."""

    target: httpx.URL
    headers: Mapping[str, str]
    body: bytes | None = None
    kept: Mapping[str, str] | None = None

    def at(self, url: httpx.URL) -> httpx.URL:
        missing = {name: value for name, value in (self.kept or {}).items() if name not in url.params}
        return url.copy_merge_params(missing) if missing else url


@functools.cache
def _trust() -> ssl.SSLContext:
    """Whom to believe that it is who it says, for every client: reading the certificates takes 30 to 100 ms."""
    return httpx.create_ssl_context()


class PoliteClient:
    """Asks configured services, and nobody else, one polite question at a time."""

    def __init__(
        self,
        services: Sequence[Service],
        *,
        user_agent: str,
        gate_state: RateState,
        clock: Callable[[], datetime],
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: Limits = _USUAL,
    ) -> None:
        """Raises ConfigurationError when a base URL is neither https nor http on this machine."""
        self._services = {s.name: (s, _origin(s.base_url, s.name)) for s in services}
        self._gate_state = gate_state
        self._clock = clock
        self._wait = wait
        self._limits = limits
        self._locks: dict[str, asyncio.Lock] = {}
        trust = _trust()
        direct = {f"all://{host}": httpx.AsyncHTTPTransport(trust) for host in ("127.0.0.1", "localhost", "[::1]")}
        self._http = httpx.AsyncClient(
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            follow_redirects=False,
            verify=trust,
            mounts=direct,  # a proxy of the environment never sees this machine's own services
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def get(
        self,
        service: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        validators: Validators = _NONE,
        accept: frozenset[int] = frozenset({200}),
        content_type: str = "*/*",
        headers: Mapping[str, str] | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> Answer:
        """One GET to the named service; waits for its gate first, not at all when it asked for patience.

        `kept` are parameters that go along to wherever the service redirects within itself, such as a key.

        Raises SourceUnavailableError (no answer, refusal, still in penalty; `retry_after` in seconds) and
        SourceUnhealthyError (a status outside `accept`, too large, cut, redirected elsewhere).
        """
        target = httpx.URL(url, params=httpx.QueryParams({**httpx.URL(url).params, **params}) if params else None)
        sent = {"Accept": content_type, **(headers or {})}
        if validators.etag:
            sent["If-None-Match"] = validators.etag
        if validators.last_modified:
            sent["If-Modified-Since"] = validators.last_modified
        return await self._ask(service, _Question(target, sent, kept=kept), accept)

    async def post(
        self,
        service: str,
        url: str,
        body: Any,
        *,
        params: Mapping[str, str | int] | None = None,
        accept: frozenset[int] = frozenset({200}),
        content_type: str = "*/*",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One POST of `body` as JSON: a question too long for an address, which changes nothing there. Otherwise as `get`."""
        target = httpx.URL(url, params=httpx.QueryParams({**httpx.URL(url).params, **params}) if params else None)
        sent = {"Accept": content_type, "Content-Type": "application/json", **(headers or {})}
        return await self._ask(service, _Question(target, sent, json.dumps(body).encode()), accept)

    async def _ask(self, service: str, question: _Question, accept: frozenset[int]) -> Answer:
        where, origin = self._services[service]
        target = question.at(question.target)
        async with AsyncExitStack() as stack:
            if where.gate is not None:
                await stack.enter_async_context(self._locks.setdefault(where.gate, asyncio.Lock()))
            await self._check_penalty(where)
            for _ in range(4):
                if _origin_of(target) != origin or target.userinfo:
                    raise SourceUnhealthyError(f"{where.name} pointed to another place, {target.host}; not followed.")
                if where.gate is not None:
                    await self._take_turn(where.gate, where.interval)
                response, answered = await self._exchange(where, target, question)
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    if question.body is not None and response.status_code not in _RESENT:
                        raise SourceUnhealthyError(f"{where.name} redirected a question that has a body.")
                    target = question.at(_redirected(where, target, response.headers["location"]))
                    continue
                return await self._judge(where, response, answered, accept)
        raise SourceUnhealthyError(f"{where.name} redirected in a circle.")

    async def _take_turn(self, gate: str, interval: float) -> None:
        now = self._clock()
        turn = await self._gate_state.reserve(gate, interval, now)
        if turn > now:
            await self._wait((turn - now).total_seconds())

    async def _check_penalty(self, where: Service) -> None:
        now = self._clock()
        until = believable(await self._gate_state.penalty(where.name), now, _LONGEST_PENALTY)
        if until is not None and until > now:
            raise SourceUnavailableError(
                f"{where.name} asked for patience until {until:%Y-%m-%d %H:%M} UTC.", (until - now).total_seconds()
            )

    async def _exchange(self, where: Service, url: httpx.URL, question: _Question) -> tuple[httpx.Response, bytes]:
        method = "GET" if question.body is None else "POST"
        try:
            async with (
                asyncio.timeout(self._limits.total),
                self._http.stream(method, url, headers=question.headers, content=question.body) as response,
            ):
                return response, await self._read(where, response)
        except TimeoutError as error:
            raise SourceUnavailableError(
                f"{where.name} did not finish its answer in {self._limits.total:g} seconds."
            ) from error
        except httpx.TimeoutException as error:
            raise SourceUnavailableError(f"{where.name} did not answer in time.") from error
        except httpx.RemoteProtocolError as error:
            raise SourceUnavailableError(f"{where.name} broke off in the middle of its answer.") from error
        except httpx.InvalidURL as error:
            raise SourceUnhealthyError(f"{where.name} sent an address that cannot be read.") from error
        except httpx.HTTPError as error:
            raise SourceUnavailableError(f"{where.name} cannot be reached ({type(error).__name__}).") from error

    async def _read(self, where: Service, response: httpx.Response) -> bytes:
        """The decompressed body, never more than the limit in memory.

        Done here and not by httpx, which unpacks each piece whole: 64 kB on the wire may be 64 MB.
        """
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "", "gzip", "x-gzip"):
            raise SourceUnhealthyError(f"{where.name} packed its answer as {coding[:40]!r}, which was not asked for.")
        unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
        body = bytearray()
        async for piece in response.aiter_raw():
            room = self._limits.body + 1 - len(body)
            try:
                body += unpack.decompress(piece, room) if unpack else piece
            except zlib.error as error:
                raise SourceUnhealthyError(f"{where.name} sent a damaged gzip stream.") from error
            if len(body) > self._limits.body:
                raise SourceUnhealthyError(
                    f"{where.name} sent more than {self._limits.body / 1e6:g} MB; the answer was thrown away."
                )
        if unpack and body and not unpack.eof:
            raise SourceUnhealthyError(f"{where.name} sent a gzip stream that is cut off.")
        return bytes(body)

    async def _judge(self, where: Service, response: httpx.Response, body: bytes, accept: frozenset[int]) -> Answer:
        status = response.status_code
        now = self._clock()
        asked = retry_after_seconds(response.headers, now)
        if status in _REFUSALS:
            raise SourceUnavailableError(
                f"{where.name} refused with HTTP {status}.", await self._back_off(where, asked, now)
            )
        if status == 403 and status not in accept:
            # "Access denied" followed by more requests counts as an attack: https://info.arxiv.org/help/robots.html
            raise SourceUnavailableError(
                f"{where.name} denied access (HTTP 403); nothing more is asked for a day.",
                await self._back_off(where, LONGEST_WAIT, now),
            )
        if status >= 500:
            raise SourceUnavailableError(f"{where.name} failed with HTTP {status}.", asked)
        if status != 304 and status not in accept:
            raise SourceUnhealthyError(f"{where.name} answered with HTTP {status}.")
        if re.search(r"\br=0\b", response.headers.get("ratelimit", "")) and asked:
            await self._gate_state.back_off(where.name, now + timedelta(seconds=asked))
        else:
            await self._clear_back_off(where, now)
        return Answer(
            url=str(response.url),
            status=status,
            body=b"" if status == 304 else body,
            content_type=response.headers.get("content-type", ""),
            validators=Validators(response.headers.get("etag"), response.headers.get("last-modified")),
        )

    async def _back_off(self, where: Service, asked: float | None, now: datetime) -> float:
        """Keeps the pause, twice the last one while refusals go on; in seconds."""
        since, until = f"{where.name}/refused", where.name
        pause = asked
        if pause is None:
            refused = believable(await self._gate_state.penalty(since), now)
            ended = believable(await self._gate_state.penalty(until), now, _LONGEST_PENALTY)
            answered = believable(await self._gate_state.penalty(f"{where.name}/answered"), now)
            goes_on = refused is not None and ended is not None and (answered is None or answered < refused)
            last = ended - refused if goes_on and ended and refused else timedelta()
            ladder = doubling(timedelta(seconds=where.first_pause), timedelta(seconds=where.longest_pause))
            pause = pause_beyond(last, ladder).total_seconds()
        await self._gate_state.back_off(since, now)
        await self._gate_state.back_off(until, now + timedelta(seconds=pause))
        log.warning("%s refused; nothing is asked for %.0f s", where.name, pause)
        return pause

    async def _clear_back_off(self, where: Service, now: datetime) -> None:
        refused = believable(await self._gate_state.penalty(f"{where.name}/refused"), now)
        if refused is None:
            return
        answered = believable(await self._gate_state.penalty(f"{where.name}/answered"), now)
        if answered is None or answered < refused:
            await self._gate_state.back_off(f"{where.name}/answered", now)


def _origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _origin(base_url: str, name: str) -> tuple[str, str, int | None]:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"The address of {name} cannot be read: {base_url!r}.") from error
    if not url.host or url.scheme not in ("https", "http"):
        raise ConfigurationError(f"The address of {name} must start with https://, not {base_url!r}.")
    if url.scheme == "http" and url.host not in LOOPBACK:
        raise ConfigurationError(f"The address of {name} must be https (http only on this machine), not {base_url!r}.")
    return _origin_of(url)


def _redirected(where: Service, url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except httpx.InvalidURL as error:
        raise SourceUnhealthyError(f"{where.name} redirected to an address that cannot be read.") from error
