"""What is asked for one person costs what is theirs, however many alerts wait for others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.models import Cadence, OwnerKind, Recipient
from bot.store import alerts, holding, papers
from bot.store.database import Connection, Database
from tests.conftest import NOW, record

OTHERS = 3_000
#: SQLite's instructions between two calls of the handler.
STEP = 100
ME = Recipient(OwnerKind.USER, 7)


async def steps_of(database: Database, ask: Callable[[Connection], Awaitable[object]]) -> int:
    """Instructions, in hundreds, that SQLite's machine takes for it."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    async with database.reading() as read:
        await read._raw.set_progress_handler(count, STEP)
        try:
            await ask(read)
        finally:
            await read._raw.set_progress_handler(None, 0)  # type: ignore[arg-type]
    return taken


QUESTIONS: dict[str, Callable[[Connection], Awaitable[object]]] = {
    "waiting": lambda read: alerts.waiting(read, ME, (Cadence.INSTANT, Cadence.DAILY)),
    "count_waiting": lambda read: alerts.count_waiting(read, ME),
    "at_once": lambda read: alerts.users_with_instant_alerts(read, NOW),
    "surplus": lambda read: holding.surplus(read, ME, NOW - timedelta(days=30)),
    "last_sent": lambda read: alerts.last_sent(read, ME),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_person_is_not_looked_for_among_everybodys_alerts(database: Database, question: str) -> None:

    async with database.transaction() as write:
        await papers.add_records(write, [record()], NOW, eligible=True)
        for person in (ME.id, *range(1_000, 1_000 + OTHERS)):
            await write.execute("INSERT INTO users (id, opted_in_at, created_at) VALUES (:id, 1, 1)", {"id": person})
        await write.execute(
            """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
               SELECT 'user', u.id, p.id, 'daily', '[]', 1 FROM users AS u JOIN papers AS p ON 1 = 1"""
        )
    assert await steps_of(database, QUESTIONS[question]) < OTHERS / STEP
