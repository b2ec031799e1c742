"""Answers over HTTP with an ETag each, and the small part of arXiv's query language that the samples need.

Knows HTTP; must not know which upstream speaks.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from aiohttp import web

from playground.upstreams.samples import Announced


def text(request: web.Request, body: str, content_type: str, status: int = 200) -> web.StreamResponse:
    return exact(request, body.encode(), content_type, status=status)


def json_list(request: web.Request, value: Any) -> web.StreamResponse:
    return exact(request, json.dumps(value, ensure_ascii=False).encode(), "application/json")


def exact(
    request: web.Request, body: bytes, content_type: str, headers: dict[str, str] | None = None, status: int = 200
) -> web.StreamResponse:
    """The body with an ETag of its own, or 304 when the client has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if status == 200 and tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": tag})
    sent = {"Content-Type": f"{content_type}; charset=utf-8", "ETag": tag, **(headers or {})}
    return web.Response(body=body, status=status, headers=sent)


def agrees(query: str, item: Announced) -> bool:
    """A small part of arXiv's query language: prefixes, phrases, AND, OR, ANDNOT from left to right."""
    fields = {
        "ti": item.paper.title,
        "abs": item.paper.abstract,
        "au": " ".join(item.paper.authors),
        "cat": " ".join(item.paper.categories),
    }
    result, operator = False, "OR"
    for field, phrase, word in re.findall(r'(?:(\w+):)?(?:"([^"]*)"|([^\s()]+))', query):
        if word in ("AND", "OR", "ANDNOT") and not field:
            operator = word
            continue
        searched = fields.get(field, " ".join(fields.values()))
        hit = (phrase or word).replace("_", " ").lower() in searched.lower()
        result = {"OR": result or hit, "AND": result and hit, "ANDNOT": result and not hit}[operator]
        operator = "OR"
    return result
