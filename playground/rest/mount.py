"""The routes of all nouns, joined into one table and mounted below /api.
It knows which modules there are; it must not know their routes."""

from __future__ import annotations

from aiohttp import web

from playground.http import PLAYGROUND
from playground.rest import channels, commands, guilds, interactions, messages, threads, users
from playground.rest.calls import Routes
from playground.rest.frame import Rest


def add_to(app: web.Application) -> None:
    """Serve the REST API of the application's Discord."""
    routes = Routes()
    for module in (users, messages, interactions, commands, channels, threads, guilds):
        routes.all += module.routes.all
    # A fixed word in a path wins over a placeholder at its place: /users/@me over /users/{user_id}.
    routes.all.sort(key=lambda route: route.template.count("{"))
    app.router.add_route("*", "/api{tail:/.*}", Rest(app[PLAYGROUND], routes).handle)
