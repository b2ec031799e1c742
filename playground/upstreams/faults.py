"""Misbehaviour on command: what goes wrong on the way between an upstream and its reader.

Knows HTTP only; must not know what is asked for.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from aiohttp import web

_PAGE = "<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"


@dataclass(slots=True)
class Fault:
    """One way to misbehave, `count` times, on every path that begins with `path`."""

    path: str = "/"
    count: int = 1
    status: int = 200
    body: str | None = None  # this instead of the document
    file: str | None = None  # a recorded page of the folder instead of the document
    delay: float = 0.0  # seconds before the first byte
    truncate: int | None = None  # bytes of the true document after which it ends, as if it were whole
    cut: int | None = None  # bytes after which the connection breaks
    html: bool = False  # a web page with status 200
    empty: bool = False  # no body
    stale: bool = False  # the last batch under today's date
    rewrite: dict[str, str] = field(
        default_factory=dict
    )  # patterns in the true document, and what stands there instead
    trickle: float = 0.0  # seconds between single bytes
    bomb: int = 0  # megabytes of zeros, in a small gzip stream
    redirect: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, values: dict[str, Any]) -> Self:
        """From the fields of a JSON object. Raises ValueError that names what it does not know."""
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"unknown kinds of fault: {', '.join(sorted(unknown))}")
        return cls(**values)

    def applies(self, path: str) -> bool:
        return self.count > 0 and path.startswith(self.path)


async def misbehave(
    request: web.Request,
    fault: Fault,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    folder: Path | None,
) -> web.StreamResponse:
    """The answer that the fault makes of the true one."""
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.redirect is not None:
        status = fault.status if fault.status != 200 else 302
        return web.Response(status=status, headers={"Location": fault.redirect, **fault.headers})
    if fault.bomb:
        return web.Response(body=_bomb(fault.bomb), headers={"Content-Encoding": "gzip", "Content-Type": "text/xml"})
    body, content_type = await _body(request, fault, handler, folder)
    headers = {"Content-Type": content_type, **fault.headers}
    if fault.trickle or fault.cut is not None:
        return await _piecemeal(request, fault, body, headers)
    return web.Response(status=fault.status, body=body, headers=headers)


async def _body(
    request: web.Request,
    fault: Fault,
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    folder: Path | None,
) -> tuple[bytes, str]:
    if fault.empty:
        return b"", "text/xml"
    if fault.html:
        return _PAGE.encode(), "text/html"
    if fault.body is not None:
        return fault.body.encode(), "text/plain"
    if fault.file is not None and folder is not None:
        return (folder / fault.file).read_bytes(), "application/json" if fault.file.endswith(".json") else "text/xml"
    true = await handler(request)
    body = true.body if isinstance(true, web.Response) and isinstance(true.body, bytes) else b""
    for pattern, instead in fault.rewrite.items():
        body = re.sub(pattern.encode(), instead.encode(), body)
    return body[: fault.truncate], true.headers.get("Content-Type", "text/xml")


async def _piecemeal(request: web.Request, fault: Fault, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(status=fault.status, headers={**headers, "Content-Length": str(len(body))})
    await response.prepare(request)
    try:
        if fault.cut is not None:
            await response.write(body[: fault.cut])
            if request.transport is not None:
                request.transport.close()
            return response
        for place in range(len(body)):
            await response.write(body[place : place + 1])
            await asyncio.sleep(fault.trickle)
        await response.write_eof()
    except ConnectionError:
        return response  # the reader gave up, which is what the fault is for
    return response


def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1_000_000)
    return b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
