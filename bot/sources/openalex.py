"""OpenAlex: who is on a paper and where they work, how often it is cited, and a person's career by years. It wants a key.

Knows its calls, their filters and prices; the rows are read by openalex_rows. A single author is free, a list costs a little, a
search ten times as much; used up, it refuses with a Retry-After of hours. https://developers.openalex.org/api-reference/authentication
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.models import Cited, PaperId, Profile, Record, Registry
from bot.sources import openalex_rows as rows
from bot.sources.base import Purse
from bot.sources.http import Answer, PoliteClient, Service
from bot.sources.registry_fields import newest
from bot.when.clock import Clock

#: Values of one filter, and rows of one page.
_BATCH: Final = 100
_WORK: Final = "id,doi,cited_by_count,authorships"
_THEIRS: Final = "id,doi,title,type,publication_date,publication_year,authorships,abstract_inverted_index,locations"
_PERSON: Final = (
    "id,orcid,display_name,display_name_alternatives,works_count,cited_by_count,summary_stats,affiliations,"
    "last_known_institutions,counts_by_year"
)
#: What ends a value of a filter.
_SEPARATORS: Final = frozenset("|,!&")


def openalex_service(base_url: str) -> Service:
    """It takes a hundred requests a second; a few are plenty."""
    return Service(rows.NAME, base_url, gate=rows.NAME, interval=0.25, first_pause=300.0, longest_pause=6 * 3600.0)


class OpenAlex:
    """The registry behind the polite client. `purse` holds the day's requests."""

    def __init__(self, client: PoliteClient, base_url: str, clock: Clock, purse: Purse, *, key: str) -> None:
        """`base_url` as in `https://api.openalex.org`."""
        self._client = client
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._purse = purse
        self._key = {"api_key": key}

    @property
    def registry(self) -> Registry:
        return Registry.OPENALEX

    async def cited(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Cited]:
        """See AuthorRegistry.cited. Of several works with one DOI the most cited is taken."""
        names = {one: name for one in ids if (name := _doi(one))}
        found: dict[PaperId, Cited] = {}
        for portion in _portions(list(names.values())):
            page = await self._page("works", {"filter": f"doi:{'|'.join(portion)}", "select": _WORK})
            for one, new in await asyncio.to_thread(
                _cited, page, self._clock()
            ):  # a paper may have thousands of authors
                if one in names and (one not in found or (found[one].citations or 0) < (new.citations or 0)):
                    found[one] = new
        return found

    async def profiles(self, ids: Sequence[str]) -> Mapping[str, Profile]:
        """See AuthorRegistry.profiles. A list leaves out those who were merged: they are asked for one by one, which is free."""
        asked = [one for one in dict.fromkeys(ids) if rows.author_id({"id": one}) == one]
        found: dict[str, Profile] = {}
        for portion in _portions(asked) if len(asked) > 1 else ():
            page = await self._page("authors", {"filter": f"openalex:{'|'.join(portion)}", "select": _PERSON})
            now = self._clock()
            found |= {profile.id: profile for row in page if (profile := rows.profile(row, now)) is not None}
        for one in asked:
            if one not in found and (profile := await self._one(one)) is not None:
                found[one] = profile
        return {one: found[one] for one in asked if one in found}

    async def search(self, name: str, limit: int) -> tuple[Profile, ...]:
        """See AuthorRegistry.search."""
        page = await self._page("authors", {"search": name, "select": _PERSON}, limit)
        now = self._clock()
        found = (rows.profile(row, now) for row in page)
        return tuple(profile for profile in found if profile is not None)[: max(0, limit)]

    async def papers_by(self, author_id: str, limit: int) -> tuple[Record, ...]:
        """See AuthorRegistry.papers_by."""
        if rows.author_id({"id": author_id}) != author_id:
            return ()
        params = {
            "filter": f"author.id:{author_id},has_doi:true",
            "sort": "publication_date:desc",
            "select": _THEIRS,
        }
        page = await self._page("works", params, limit)
        found = (rows.paper(row) for row in page)
        return newest([record for record in found if record is not None], limit)

    async def _one(self, author_id: str) -> Profile | None:
        """A person; one who was merged is answered with a redirect to whom they are now."""
        answer = await self._get(f"authors/{author_id}", {"select": _PERSON}, frozenset({200, 404}))
        return None if answer.status == 404 else rows.parse_author(answer.body, self._clock())

    async def _page(self, path: str, params: Mapping[str, str], limit: int = _BATCH) -> list[dict[str, Any]]:
        answer = await self._get(path, {**params, "per_page": max(1, min(limit, _BATCH))})
        return await asyncio.to_thread(rows.parse_page, answer.body)

    async def _get(
        self, path: str, params: Mapping[str, str | int], accept: frozenset[int] = frozenset({200})
    ) -> Answer:
        await self._purse.take(self.registry)
        return await self._client.get(
            rows.NAME,
            f"{self._base}/{path}",
            params=params,
            accept=accept,
            content_type="application/json",
            kept=self._key,
        )


def _cited(page: Sequence[dict[str, Any]], now: datetime) -> list[tuple[PaperId | None, Cited]]:
    return [(rows.known_as(row), rows.cited(row, now)) for row in page]


def _portions(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _BATCH] for start in range(0, len(values), _BATCH)]


def _doi(identity: PaperId) -> str | None:
    """The DOI under which it knows the paper; None for one that no filter can name."""
    if identity.scheme == "arxiv":
        return f"10.48550/arxiv.{identity.value}"
    if identity.scheme != "doi" or _SEPARATORS & set(identity.value):
        return None
    return identity.value
