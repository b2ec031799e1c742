"""The sample Semantic Scholar (under `/graph/v1`) and the sample OpenAlex (under `/openalex`) over HTTP, as far as somebody asks.

Knows HTTP; the documents are made by registries.py. Neither asks for a key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from playground.upstreams import registries
from playground.upstreams.answers import json_list
from playground.upstreams.registries import Person
from playground.upstreams.samples import Announced

Held = Callable[[], list[Announced]]


def add_registries(app: web.Application, held: Held) -> None:
    """`held` are the papers that are known now."""
    scholar, alex = _Scholar(held), _Alex(held)
    app.router.add_post("/graph/v1/paper/batch", scholar.papers)
    app.router.add_post("/graph/v1/author/batch", scholar.authors)
    app.router.add_get("/graph/v1/author/search", scholar.search)
    app.router.add_get("/graph/v1/author/{id}/papers", scholar.papers_by)
    app.router.add_get("/openalex/works", alex.works)
    app.router.add_get("/openalex/authors", alex.authors)
    app.router.add_get("/openalex/authors/{id}", alex.author)


def _people(held: Held) -> list[Person]:
    return list({one.key: one for item in held() for one in registries.people_of(item)}.values())


class _Scholar:
    def __init__(self, held: Held) -> None:
        self._held = held

    async def papers(self, request: web.Request) -> web.StreamResponse:
        by_id = {item.paper.id: item for item in self._held()}
        wanted = [by_id.get(_arxiv_id(one)) for one in await _ids(request)]
        return self._batch(request, [registries.s2_paper(item) if item else None for item in wanted], "paper")

    async def authors(self, request: web.Request) -> web.StreamResponse:
        by_id = {str(one.number): one for one in _people(self._held)}
        wanted = [by_id.get(one) for one in await _ids(request)]
        return self._batch(request, [registries.s2_author(one) if one else None for one in wanted], "author")

    def _batch(self, request: web.Request, rows: list[dict[str, Any] | None], kind: str) -> web.StreamResponse:
        if not any(rows):
            return web.json_response({"error": f"No valid {kind} ids given"}, status=400)
        return json_list(request, [row and _only(row, request) for row in rows])

    async def search(self, request: web.Request) -> web.StreamResponse:
        # a hyphen is no letter of any name there
        found = [] if "-" in request.query.get("query", "") else registries.found(request.query["query"], self._held())
        if not found:
            return json_list(request, {"total": 0, "offset": 0})  # without `data`, as it is there
        rows = [_only(registries.s2_author(one), request) for one in found]
        return json_list(
            request, {"total": len(rows), "offset": 0, "data": rows[: int(request.query.get("limit", "100"))]}
        )

    async def papers_by(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["id"]
        for one in _people(self._held):
            if str(one.number) == wanted:
                rows = [_only(registries.s2_paper(i), request) for i in registries.papers_of(one, self._held())]
                return json_list(request, {"offset": 0, "data": rows[: int(request.query.get("limit", "100"))]})
        return web.json_response({"error": f"Author with id {wanted} not found"}, status=404)


class _Alex:
    def __init__(self, held: Held) -> None:
        self._held = held

    async def works(self, request: web.Request) -> web.StreamResponse:
        filters = _filters(request)
        found = self._held()
        if "doi" in filters:
            wanted = {registries.arxiv_id(doi) for doi in filters["doi"].split("|")}
            found = [item for item in found if item.paper.id in wanted]
        if "author.id" in filters:
            theirs = [one for one in _people(self._held) if filters["author.id"] in (one.alex, one.alex_before)]
            found = registries.papers_of(theirs[0], found) if theirs else []
        found = sorted(found, key=lambda item: item.first, reverse=True)
        return self._page(request, [registries.alex_work(item) for item in found])

    async def authors(self, request: web.Request) -> web.StreamResponse:
        filters = _filters(request)
        if "openalex" in filters:
            wanted = filters["openalex"].split("|")  # who was merged is not found under the id of before
            found = [one for one in _people(self._held) if one.alex in wanted]
        else:
            found = registries.found(request.query.get("search", ""), self._held())
        return self._page(request, [self._row(one) for one in found])

    async def author(self, request: web.Request) -> web.StreamResponse:
        wanted = request.match_info["id"]
        if wanted == registries.NOBODY:
            return json_list(request, registries.nobody())
        for one in _people(self._held):
            if wanted == one.alex:
                return json_list(request, _only(self._row(one), request))
            if wanted == one.alex_before and one.name == registries.MERGED:
                return web.Response(status=301, headers={"Location": f"/openalex/authors/{one.alex}"})
        return web.Response(status=404, text="<!doctype html>\n<title>404 Not Found</title>", content_type="text/html")

    def _row(self, one: Person) -> dict[str, Any]:
        return registries.alex_author(one, max(item.first.year for item in self._held()))

    def _page(self, request: web.Request, rows: list[dict[str, Any]]) -> web.StreamResponse:
        page, size = int(request.query.get("page", "1")), int(request.query.get("per_page", "25"))
        if not 1 <= size <= 100:
            return web.json_response(
                {"error": "Invalid query parameters", "message": "per_page is 1 to 100"}, status=400
            )
        return json_list(request, registries.alex_page([_only(row, request) for row in rows], page, size))


async def _ids(request: web.Request) -> list[str]:
    given = await request.json()
    return [str(one) for one in given["ids"]]


def _arxiv_id(one: str) -> str:
    scheme, _, value = one.partition(":")
    return value if scheme == "ARXIV" else registries.arxiv_id(value)


def _filters(request: web.Request) -> Mapping[str, str]:
    parts = (part.partition(":") for part in request.query.get("filter", "").split(",") if part)
    return {name: value for name, _, value in parts}


def _only(row: dict[str, Any], request: web.Request) -> dict[str, Any]:
    """The fields that were asked for, by Semantic Scholar's parameter or OpenAlex's."""
    asked = request.query.get("fields") or request.query.get("select")
    if not asked:
        return row
    wanted = {field.split(".")[0] for field in asked.split(",")} | {"paperId", "authorId"}
    return {name: value for name, value in row.items() if name in wanted}
