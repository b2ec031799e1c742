"""Semantic Scholar: who is on a paper by number, how often it is cited, and what a person's career comes to.

Knows the calls of its Graph API, their batches and limits; the rows are read by semantic_scholar_rows.
https://api.semanticscholar.org/api-docs/graph , https://www.semanticscholar.org/product/api
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from bot.models import Cited, PaperId, Profile, Record, Registry
from bot.sources import semantic_scholar_rows as rows
from bot.sources.base import Purse
from bot.sources.http import Answer, PoliteClient, Service
from bot.sources.registry_fields import newest
from bot.when.clock import Clock

#: Ids that one request names. It takes 500 papers and 1,000 people, but answers at most 10 MB.
_BATCH: Final = 100
#: Papers of a person that are asked for at once: they come in no order, so the newest are chosen here.
_PAGE: Final = 500
_MOST_FOUND: Final = 100
_PAPER: Final = "externalIds,citationCount,authors.authorId,authors.name"
_PERSON: Final = "name,externalIds,affiliations,homepage,paperCount,citationCount,hIndex"
_THEIRS: Final = "externalIds,title,abstract,year,publicationDate,authors.name"


def semantic_scholar_service(base_url: str, *, has_key: bool) -> Service:
    """With a key one request a second over all calls. Without, everybody shares one pool, which refuses at any time: slowly, and
    a minute's pause after a refusal."""
    interval = 1.1 if has_key else 4.0
    return Service(rows.NAME, base_url, gate=rows.NAME, interval=interval, first_pause=60.0, longest_pause=3600.0)


class SemanticScholar:
    """The registry behind the polite client. `purse` holds the day's requests."""

    def __init__(
        self, client: PoliteClient, base_url: str, clock: Clock, purse: Purse, *, key: str | None = None
    ) -> None:
        """`base_url` as in `https://api.semanticscholar.org/graph/v1`. A key is not needed."""
        self._client = client
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._purse = purse
        self._headers = {"x-api-key": key} if key else {}

    @property
    def registry(self) -> Registry:
        return Registry.SEMANTIC_SCHOLAR

    async def cited(self, ids: Sequence[PaperId]) -> Mapping[PaperId, Cited]:
        """See AuthorRegistry.cited."""
        names = rows.asked_as(ids)
        found = await self._batch("paper", list(names.values()), _PAPER)
        now = self._clock()
        said = {known_as: found[name] for known_as, name in names.items() if name in found}
        # a paper may have thousands of authors
        return await asyncio.to_thread(lambda: {known_as: rows.cited(row, now) for known_as, row in said.items()})

    async def profiles(self, ids: Sequence[str]) -> Mapping[str, Profile]:
        """See AuthorRegistry.profiles."""
        asked = [one for one in dict.fromkeys(ids) if rows.author_id({"authorId": one})]
        found = await self._batch("author", asked, _PERSON)
        now = self._clock()
        people = {one: rows.profile(row, now) for one, row in found.items()}
        return {one: profile for one, profile in people.items() if profile is not None}

    async def search(self, name: str, limit: int) -> tuple[Profile, ...]:
        """See AuthorRegistry.search. Its search finds no hyphen."""
        params: dict[str, str | int] = {
            "query": name.replace("-", " "),
            "limit": max(1, min(limit, _MOST_FOUND)),
            "fields": _PERSON,
        }
        answer = await self._get("author/search", params)
        now = self._clock()
        found = (rows.profile(row, now) for row in rows.parse_data(answer.body))
        return tuple(profile for profile in found if profile is not None)[:limit]

    async def papers_by(self, author_id: str, limit: int) -> tuple[Record, ...]:
        """See AuthorRegistry.papers_by."""
        answer = await self._get(
            f"author/{quote(author_id, safe='')}/papers",
            {"limit": _PAGE, "fields": _THEIRS},
            accept=frozenset({200, 404}),
        )
        if answer.status == 404:
            return ()
        found = (rows.paper(row) for row in await asyncio.to_thread(rows.parse_data, answer.body))
        return newest([record for record in found if record is not None], limit)

    async def _batch(self, kind: str, ids: Sequence[str], fields: str) -> dict[str, dict[str, Any]]:
        """The rows that it has, by the id that was asked."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), _BATCH):
            asked = ids[start : start + _BATCH]
            await self._purse.take(self.registry)
            answer = await self._client.post(
                rows.NAME,
                f"{self._base}/{kind}/batch",
                {"ids": list(asked)},
                params={"fields": fields},
                accept=frozenset({200, 400}),
                content_type="application/json",
                headers=self._headers,
            )
            parsed = await asyncio.to_thread(rows.parse_batch, answer.body, answer.status, len(asked))
            found |= {one: row for one, row in zip(asked, parsed, strict=True) if row is not None}
        return found

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
            headers=self._headers,
        )
