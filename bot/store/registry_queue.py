"""What registries of authors are still to be asked, and how many requests a day went to them. Knows SQL; decides nothing.

Rows whose paper cannot be read or was merged are found by nobody and go when their turn comes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.errors import UsedUpError
from bot.models import Registry
from bot.store.database import Connection, Database
from bot.store.rows import seconds
from bot.when.clock import Clock
from bot.when.schedule import STEP


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper that waits. `names` are of whom the profiles are wanted too; `tries` counts answers that nobody could read."""

    paper_id: int
    names: tuple[str, ...]
    tries: int


async def want_papers(write: Connection, registry: Registry, papers: Collection[int], name: str, now: datetime) -> None:
    """Puts papers into the queue; what waits there already keeps its place."""
    await write.execute_many(
        """INSERT INTO wanted_papers (registry, paper_id, name, wanted_at) VALUES (:registry, :paper, :name, :now)
           ON CONFLICT DO NOTHING""",
        [{"registry": registry, "paper": paper, "name": name, "now": seconds(now)} for paper in papers],
    )


async def wanted_papers(read: Connection, registry: Registry, limit: int) -> list[Wanted]:
    """The next papers: those that were never read badly first, of these what is not known, then the oldest figures."""
    rows = await read.all(
        """SELECT w.paper_id, max(w.tries) AS failed FROM wanted_papers AS w
           LEFT JOIN cited AS c ON c.registry = w.registry AND c.paper_id = w.paper_id
           WHERE w.registry = :registry GROUP BY w.paper_id
           ORDER BY max(w.tries), min(coalesce(c.asked_at, 0)), min(w.wanted_at), w.paper_id LIMIT :limit""",
        {"registry": registry, "limit": limit},
    )
    named = await read.all(
        "SELECT paper_id, name FROM wanted_papers WHERE registry = :registry AND paper_id IN :ids AND name <> ''",
        {"registry": registry, "ids": [row["paper_id"] for row in rows]},
    )
    names: dict[int, list[str]] = {}
    for row in named:
        names.setdefault(row["paper_id"], []).append(row["name"])
    return [Wanted(row["paper_id"], tuple(names.get(row["paper_id"], ())), row["failed"]) for row in rows]


async def forget_papers(write: Connection, registry: Registry, papers: Iterable[Wanted]) -> None:
    """These were answered. A name for whose sake one was wanted meanwhile stays."""
    done = list(papers)
    names = {"", *(name for one in done for name in one.names)}
    await write.execute(
        "DELETE FROM wanted_papers WHERE registry = :registry AND paper_id IN :ids AND name IN :names",
        {"registry": registry, "ids": sorted({one.paper_id for one in done}), "names": sorted(names)},
    )


async def note_unread_papers(write: Connection, registry: Registry, papers: Iterable[int], most: int) -> None:
    """The answer about these could not be read: they come later. After `most` such answers a paper waits no more."""
    wanted = {"registry": registry, "ids": sorted(set(papers)), "most": most}
    await write.execute(
        "UPDATE wanted_papers SET tries = tries + 1 WHERE registry = :registry AND paper_id IN :ids", wanted
    )
    await write.execute(
        "DELETE FROM wanted_papers WHERE registry = :registry AND paper_id IN :ids AND tries >= :most", wanted
    )


async def want_authors(write: Connection, registry: Registry, ids: Collection[str], now: datetime) -> None:
    """Puts people into the queue; who waits there already keeps their place."""
    await write.execute_many(
        """INSERT INTO wanted_authors (registry, author_id, wanted_at) VALUES (:registry, :id, :now)
           ON CONFLICT DO NOTHING""",
        [{"registry": registry, "id": one, "now": seconds(now)} for one in ids],
    )


async def wanted_authors(read: Connection, registry: Registry, limit: int) -> list[tuple[str, int]]:
    """The next people, as papers; with how often an answer about them could not be read."""
    rows = await read.all(
        """SELECT w.author_id, w.tries FROM wanted_authors AS w
           LEFT JOIN author_ids AS a ON a.registry = w.registry AND a.id = w.author_id
           WHERE w.registry = :registry
           ORDER BY w.tries, coalesce(a.asked_at, 0), w.wanted_at, w.author_id LIMIT :limit""",
        {"registry": registry, "limit": limit},
    )
    return [(row["author_id"], row["tries"]) for row in rows]


async def forget_authors(write: Connection, registry: Registry, ids: Iterable[str]) -> None:
    await write.execute(
        "DELETE FROM wanted_authors WHERE registry = :registry AND author_id IN :ids",
        {"registry": registry, "ids": sorted(set(ids))},
    )


async def note_unread_authors(write: Connection, registry: Registry, ids: Iterable[str], most: int) -> None:
    """As `note_unread_papers`."""
    wanted = {"registry": registry, "ids": sorted(set(ids)), "most": most}
    await write.execute(
        "UPDATE wanted_authors SET tries = tries + 1 WHERE registry = :registry AND author_id IN :ids", wanted
    )
    await write.execute(
        "DELETE FROM wanted_authors WHERE registry = :registry AND author_id IN :ids AND tries >= :most", wanted
    )


async def lately_seen(
    read: Connection, registry: Registry, since: datetime, before: datetime, now: datetime, limit: int
) -> list[int]:
    """Papers that were listed, or sent in a message, since then, and of which the registry was not asked since `before`: those
    of which it was never asked first."""
    rows = await read.all(
        """SELECT p.id FROM (SELECT paper_id FROM listings WHERE day >= :day
                             UNION SELECT s.paper_id FROM messages AS m JOIN message_papers AS s ON s.message_id = m.id
                             WHERE m.state = 'sent' AND m.sent_at >= :since) AS seen
           JOIN papers AS p ON p.id = seen.paper_id AND p.merged_into IS NULL
           LEFT JOIN cited AS c ON c.registry = :registry AND c.paper_id = p.id
           WHERE c.asked_at IS NULL OR c.asked_at NOT BETWEEN :before AND :until
           ORDER BY coalesce(c.asked_at, 0), p.id DESC LIMIT :limit""",
        {
            "registry": registry,
            "day": since.date().isoformat(),
            "since": seconds(since),
            "before": seconds(before),
            "until": seconds(now + STEP),
            "limit": limit,
        },
    )
    return [row["id"] for row in rows]


async def requests_on(read: Connection, now: datetime) -> int:
    """How many requests went to all registries on this day, UTC."""
    sent = await read.value(
        "SELECT sum(requests) FROM registry_requests WHERE day = :day", {"day": now.astimezone(UTC).date().isoformat()}
    )
    return int(sent or 0)


class RequestPurse:
    """The day's requests to registries, counted in the file so that a restart does not forget them."""

    def __init__(self, database: Database, clock: Clock, budget: int) -> None:
        """`budget` is for all registries together and each day, UTC."""
        self._database = database
        self._clock = clock
        self._budget = budget

    async def take(self, registry: Registry) -> None:
        """See bot.sources.base.Purse."""
        now = self._clock()
        today = now.astimezone(UTC).date()
        async with self._database.transaction() as write:
            if await requests_on(write, now) < self._budget:
                await write.execute(
                    """INSERT INTO registry_requests (day, registry, requests) VALUES (:day, :registry, 1)
                       ON CONFLICT (day, registry) DO UPDATE SET requests = registry_requests.requests + 1""",
                    {"day": today.isoformat(), "registry": registry},
                )
                await write.execute(
                    "DELETE FROM registry_requests WHERE day < :day", {"day": (today - timedelta(days=7)).isoformat()}
                )
                return
        midnight = datetime.combine(today + timedelta(days=1), time(0), UTC)
        raise UsedUpError(
            "Today's requests to Semantic Scholar and OpenAlex are used up; there are new ones at midnight, UTC.",
            (midnight - now).total_seconds(),
        )

    async def left(self, *, spare: int) -> int:
        """How many may still be sent today, one in `spare` of all left aside."""
        async with self._database.reading() as read:
            return max(0, self._budget - self._budget // spare - await requests_on(read, self._clock()))
