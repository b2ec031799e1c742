"""What followers said of papers: that an author only bears the name that they follow. Knows SQL; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from bot.models import Namesake, Subscription
from bot.store.database import Connection
from bot.store.rows import readable_json, seconds


async def of_subscriptions(read: Connection, subscription_ids: Collection[int]) -> dict[int, tuple[Namesake, ...]]:
    """The namesakes of each of these subscriptions, the oldest first; a row whose other authors cannot be read has none."""
    found: dict[int, tuple[Namesake, ...]] = {}
    if not subscription_ids:
        return found
    rows = await read.all(
        """SELECT n.subscription_id, n.paper_id, n.name, n.others, p.title FROM namesakes AS n
           JOIN papers AS p ON p.id = n.paper_id
           WHERE n.subscription_id IN :ids ORDER BY n.said_at, n.paper_id, n.name""",
        {"ids": sorted(subscription_ids)},
    )
    for row in rows:
        others = readable_json(row["others"])
        kept = tuple(o for o in others if isinstance(o, str)) if isinstance(others, list) else ()
        one = Namesake(row["name"], row["paper_id"], row["title"], kept)
        found[row["subscription_id"]] = (*found.get(row["subscription_id"], ()), one)
    return found


async def add(write: Connection, subscription_id: int, namesake: Namesake, now: datetime) -> None:
    await write.execute(
        """INSERT INTO namesakes (subscription_id, paper_id, name, others, said_at)
           VALUES (:id, :paper, :name, :others, :now) ON CONFLICT DO NOTHING""",
        {
            "id": subscription_id,
            "paper": namesake.paper_id,
            "name": namesake.name,
            "others": json.dumps(namesake.others, ensure_ascii=False),
            "now": seconds(now),
        },
    )


async def remove(write: Connection, subscription_id: int, paper_id: int) -> None:
    """Forgets what was said of this paper."""
    await write.execute(
        "DELETE FROM namesakes WHERE subscription_id = :id AND paper_id = :paper",
        {"id": subscription_id, "paper": paper_id},
    )


async def hand_over(write: Connection, stays: Mapping[int, Subscription]) -> None:
    """What was said for these subscriptions holds for the one that stays for each."""
    await write.execute_many(
        """INSERT INTO namesakes (subscription_id, paper_id, name, others, said_at)
           SELECT :new, paper_id, name, others, said_at FROM namesakes WHERE subscription_id = :old
           ON CONFLICT DO NOTHING""",
        [{"old": old, "new": subscription.id} for old, subscription in stays.items()],
    )


async def copy(write: Connection, paper_id: int, further: int) -> None:
    """What was said of a paper holds for a further one, which has the same authors."""
    await write.execute(
        """INSERT INTO namesakes (subscription_id, paper_id, name, others, said_at)
           SELECT subscription_id, :further, name, others, said_at FROM namesakes WHERE paper_id = :paper
           ON CONFLICT DO NOTHING""",
        {"paper": paper_id, "further": further},
    )
