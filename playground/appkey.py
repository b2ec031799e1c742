"""The one key under which a web application carries its playground.
It knows nothing else: every module that serves HTTP may import it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from playground.server import Playground

PLAYGROUND: web.AppKey[Playground] = web.AppKey("playground")
