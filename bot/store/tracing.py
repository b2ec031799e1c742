"""How a paper came in, and what became of it for one recipient or for all. Knows SQL; judges nothing."""

from __future__ import annotations

import logging

from bot.models import Carrier, EventKind, Hold, MessageKind, Recipient, Sighting, Standing
from bot.store.alerts import read_alert
from bot.store.database import Connection
from bot.store.rows import readable_date, readable_instant

log = logging.getLogger(__name__)


async def sightings(read: Connection, paper_id: int) -> list[Sighting]:
    """All events of a paper in the order in which they were read; those that cannot be read are left out."""
    rows = await read.all("SELECT * FROM events WHERE paper_id = :id ORDER BY recorded_at, id", {"id": paper_id})
    found = []
    for row in rows:
        at, recorded = readable_instant(row["at"]), readable_instant(row["recorded_at"])
        if at is None or recorded is None:
            log.error("event %d cannot be read and is left out of the answer", row["id"])
            continue
        found.append(Sighting(EventKind(row["kind"]), at, row["source"], recorded, bool(row["eligible"])))
    return found


async def standing(read: Connection, recipient: Recipient, paper_id: int) -> Standing | None:
    """The recipient's alert for a paper; None where none was made."""
    row = await read.one(
        "SELECT * FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND paper_id = :paper",
        {"kind": recipient.kind, "id": recipient.id, "paper": paper_id},
    )
    if row is None:
        return None
    hold = Hold(row["hold"]) if row["hold"] else None
    return Standing(read_alert(row), row["state"], row["state_reason"], hold)


async def carriers(read: Connection, recipient: Recipient, paper_id: int) -> list[Carrier]:
    """The recipient's messages that carry a paper, the oldest first."""
    rows = await read.all(
        """SELECT m.kind, m.local_date, m.state, m.sent_at, m.error, m.channel_id, m.discord_id,
                  (SELECT count(*) FROM message_papers AS others WHERE others.message_id = m.id) AS papers
           FROM messages AS m WHERE m.recipient_kind = :kind AND m.recipient_id = :id
           AND m.id IN (SELECT message_id FROM message_papers WHERE paper_id = :paper) ORDER BY m.id""",
        {"kind": recipient.kind, "id": recipient.id, "paper": paper_id},
    )
    return [
        Carrier(
            kind=MessageKind(row["kind"]),
            day=day,
            papers=row["papers"],
            state=row["state"],
            sent=readable_instant(row["sent_at"]),
            error=row["error"],
            channel_id=row["channel_id"],
            discord_id=row["discord_id"],
        )
        for row in rows
        if (day := readable_date(row["local_date"]))
    ]


async def count_alerts(read: Connection, paper_id: int) -> dict[str, int]:
    """How many alerts there are for a paper, by state."""
    rows = await read.all(
        "SELECT state, count(*) AS alerts FROM alerts WHERE paper_id = :id GROUP BY state ORDER BY state",
        {"id": paper_id},
    )
    return {row["state"]: row["alerts"] for row in rows}
