"""What a browser loads: the page's own files, attachments, generated pictures of people and emojis.
It knows files and headers; the page itself stands in page/."""

from __future__ import annotations

import colorsys
from html import escape
from pathlib import Path

from aiohttp import web

from playground.discord.wire import snowflake
from playground.http import PLAYGROUND

PAGE = Path(__file__).parent / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".ico": "image/x-icon",
}
# Only these are shown in the page; anything else a bot uploads is a download.
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")


def add_to(app: web.Application) -> None:
    app.router.add_get("/", _index)
    app.router.add_get("/page/{name:[A-Za-z0-9_./-]+}", _static)
    app.router.add_get("/attachments/{channel}/{file}/{name}", _attachment)
    app.router.add_get(r"/avatars/{id:\d+}.svg", _avatar)
    app.router.add_get(r"/emojis/{id:\d+}.svg", _emoji)


async def _index(_request: web.Request) -> web.Response:
    return _file("index.html")


async def _static(request: web.Request) -> web.Response:
    return _file(request.match_info["name"])


def _file(name: str) -> web.Response:
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE.resolve()) or not path.is_file() or path.suffix not in TYPES:
        return web.Response(status=404, text="There is no such file.", headers=HEADERS)
    kind = TYPES[path.suffix]
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=path.read_bytes(), content_type=kind, charset=charset, headers=HEADERS)


async def _attachment(request: web.Request) -> web.Response:
    play = request.app[PLAYGROUND]
    found = play.state.file(snowflake(request.match_info["file"]) or 0)
    if found is None:
        return web.Response(status=404, text="This content is no longer available.", headers=HEADERS)
    name, content_type, body = found
    kind = content_type.split(";")[0].strip()
    how = "inline" if kind in SHOWN else "attachment"
    headers = HEADERS | {"Content-Disposition": f'{how}; filename="{name}"', "Content-Type": kind}
    return web.Response(body=body, headers=headers)


async def _avatar(request: web.Request) -> web.Response:
    play = request.app[PLAYGROUND]
    user = play.state.get("user", request.match_info["id"])
    name = str(user["global_name"] or user["username"]) if user else "?"
    initials = "".join(word[0] for word in name.split()[:2]).upper()
    return _picture(request.match_info["id"], escape(initials), radius=20)


async def _emoji(request: web.Request) -> web.Response:
    return _picture(request.match_info["id"], "", radius=8)


def _picture(id_: str, text: str, *, radius: int) -> web.Response:
    """A square in a colour that belongs to the id."""
    red, green, blue = colorsys.hls_to_rgb((int(id_) >> 22) * 0.618 % 1, 0.42, 0.55)
    color = f"#{int(red * 255):02x}{int(green * 255):02x}{int(blue * 255):02x}"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">'
        f'<rect width="40" height="40" rx="{radius}" fill="{color}"/>'
        '<text x="20" y="26" font-family="sans-serif" font-size="16" fill="#fff" text-anchor="middle">'
        f"{text}</text></svg>"
    )
    return web.Response(text=svg, content_type="image/svg+xml", headers=HEADERS)
