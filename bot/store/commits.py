"""Many small writes of many tasks in few transactions: what waits while one is committed goes into the next one.

A commit costs a disk's flush, however much it holds. Knows no table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.store.database import Connection, Database

T = TypeVar("T")
_GROUP: Final = 64


@dataclass(frozen=True, slots=True)
class _Write:
    operation: Callable[[Connection], Awaitable[Any]]
    outcome: asyncio.Future[Any]


class Commits:
    """Commits what tasks write, in the order in which they ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Write] = []
        self._task: asyncio.Task[None] | None = None

    async def write(self, operation: Callable[[Connection], Awaitable[T]]) -> T:
        """What `operation` returned, once it is committed; it may be run twice. Raises what it raised, or what the commit did.

        Another task's fault undoes nothing here, and a caller that is cancelled takes nothing back.
        """
        outcome: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Write(operation, outcome))
        if self._task is None:
            self._task = asyncio.create_task(self._commit_all())
        return await outcome

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                await self._commit(group)
        finally:
            self._task = None
            for left in self._waiting:
                left.outcome.cancel()
            self._waiting.clear()

    async def _commit(self, group: list[_Write]) -> None:
        try:
            async with self._database.transaction() as write:
                results = [await one.operation(write) for one in group]
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    await self._commit([one])
            elif not group[0].outcome.done():
                group[0].outcome.set_exception(error)
        except BaseException:
            for one in group:
                one.outcome.cancel()
            raise
        else:
            for one, result in zip(group, results, strict=True):
                if not one.outcome.done():
                    one.outcome.set_result(result)
