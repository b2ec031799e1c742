"""What a list alone does not say of its papers: their categories are asked of arXiv before anybody is told.

Knows when to ask; knows neither HTTP nor who follows what. Without an answer the papers go on as they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.errors import SourceError
from bot.models import PaperId, Record
from bot.sources.base import LookUp
from bot.store import papers
from bot.store.database import Database

log = logging.getLogger(__name__)

#: Papers of one batch that are asked for: a day's list names some fifty.
_MOST: Final = 100
#: Seconds that a batch waits for the answer.
_PATIENCE: Final = 60.0


class Completer:
    """Completes the records of lists. Whoever has no `look_up` completes nothing."""

    def __init__(self, database: Database, look_up: LookUp | None) -> None:
        self._database = database
        self._look_up = look_up

    async def complete(self, records: Sequence[Record]) -> list[Record]:
        """The records, in their order; those of which nobody knows a category have what arXiv says of it, if it answers."""
        bare = [r.ids[0] for r in records if r.ids[0].scheme == "arxiv" and not r.categories]
        if self._look_up is None or not bare:
            return list(records)
        async with self._database.reading() as read:
            known = await papers.with_categories(read, bare)
        wanted = [identity for identity in dict.fromkeys(bare) if identity not in known][:_MOST]
        said = await self._ask(self._look_up, wanted) if wanted else {}
        return [_completed(record, said.get(record.ids[0])) for record in records]

    async def _ask(self, look_up: LookUp, wanted: Sequence[PaperId]) -> dict[PaperId, Record]:
        try:
            async with asyncio.timeout(_PATIENCE):
                return dict(await look_up.look_up(wanted))
        except (SourceError, TimeoutError) as error:
            log.info(
                "the categories of %d listed papers stay unknown for now: %s", len(wanted), error or "no answer in time"
            )
            return {}


def _completed(record: Record, said: Record | None) -> Record:
    if said is None or record.categories:
        return record
    return replace(record, categories=said.categories, withdrawn=record.withdrawn or said.withdrawn)
