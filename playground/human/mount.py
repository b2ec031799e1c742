"""The routes of the human side, mounted below /play.
It knows which modules there are; it must not know their routes."""

from __future__ import annotations

from aiohttp import web

from playground.human import admin, client, interactions, posts


def add_to(app: web.Application) -> None:
    """Serve the human side of the application's Discord."""
    for module in (client, posts, interactions, admin):
        module.routes.add_to(app)
