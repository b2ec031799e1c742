"""The wording of lists that were shown, and what topic searches answered. Knows no person: nobody's name is kept with it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.store.database import Connection
from bot.store.rows import readable_json, seconds
from bot.when.schedule import STEP

#: Buttons of older lists say that they are too old.
KEPT: Final = timedelta(days=90)
#: However many people search: the least recently used ones go first.
MOST: Final = 20_000
#: Numbers are drawn, not counted: who tries some in turn meets nobody's search.
_NUMBERS: Final = 10**17
#: Topics are asked anew after this.
FRESH: Final = timedelta(days=1)


async def remember(write: Connection, wording: str, now: datetime) -> int:
    """The number under which this wording is kept; the same wording keeps its number while it is used."""
    await write.execute("DELETE FROM searches WHERE used_at < :since", {"since": seconds(now - KEPT)})
    await write.execute(
        """INSERT INTO searches (id, wording, used_at) VALUES (:id, :wording, :now)
           ON CONFLICT (wording) DO UPDATE SET used_at = excluded.used_at""",
        {"id": secrets.randbelow(_NUMBERS) + 1, "wording": wording, "now": seconds(now)},
    )
    await write.execute(
        """DELETE FROM searches WHERE id NOT IN
               (SELECT id FROM searches ORDER BY used_at DESC, id DESC LIMIT :most)""",
        {"most": MOST},
    )
    return int(await write.value("SELECT id FROM searches WHERE wording = :wording", {"wording": wording}))


async def recall(read: Connection, number: int) -> str | None:
    """The wording with this number, or None when it was forgotten."""
    wording = await read.value("SELECT wording FROM searches WHERE id = :id", {"id": number})
    return None if wording is None else str(wording)


async def known_topic(read: Connection, topic: str, now: datetime) -> list[int] | None:
    """Ids of the papers that a topic search of the last day brought; None when it was not asked."""
    row = await read.one(
        "SELECT papers FROM topic_searches WHERE topic = :topic AND asked_at > :since AND asked_at <= :until",
        {"topic": topic, "since": seconds(now - FRESH), "until": seconds(now + STEP)},
    )
    found = readable_json(row["papers"]) if row else None
    return [i for i in found if isinstance(i, int)] if isinstance(found, list) else None


async def take_topic_turn(write: Connection, topic: str, now: datetime, budget: int) -> bool:
    """Notes that the topic is asked now. Returns False, and notes nothing, when `budget` others were asked in the last minute."""
    await write.execute("DELETE FROM topic_searches WHERE asked_at <= :since", {"since": seconds(now - FRESH)})
    recent = await write.value(
        "SELECT count(*) FROM topic_searches WHERE asked_at > :since AND asked_at <= :until",
        {"since": seconds(now) - 60, "until": seconds(now + STEP)},
    )
    if int(recent) >= budget:
        return False
    await keep_topic(write, topic, (), now)
    return True


async def keep_topic(write: Connection, topic: str, papers: Sequence[int], now: datetime) -> None:
    """What a topic search brought, in its order."""
    await write.execute(
        """INSERT INTO topic_searches (topic, asked_at, papers) VALUES (:topic, :now, :papers)
           ON CONFLICT (topic) DO UPDATE SET asked_at = excluded.asked_at, papers = excluded.papers""",
        {"topic": topic, "now": seconds(now), "papers": json.dumps(list(papers))},
    )


async def forget_topic(write: Connection, topic: str) -> None:
    """The topic was not answered: it may be asked again."""
    await write.execute("DELETE FROM topic_searches WHERE topic = :topic", {"topic": topic})


async def kept_id(read: Connection, paper_id: int) -> int:
    """The paper that this one is today, wherever it was merged."""
    kept = await read.value(
        """WITH RECURSIVE chain (id, next) AS (
               SELECT id, merged_into FROM papers WHERE id = :id
               UNION SELECT p.id, p.merged_into FROM papers AS p JOIN chain ON p.id = chain.next)
           SELECT id FROM chain WHERE next IS NULL""",
        {"id": paper_id},
    )
    return paper_id if kept is None else int(kept)
