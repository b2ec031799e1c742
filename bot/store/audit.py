"""What became of papers: their events, their alerts, who rested when, and the last audits. Knows SQL; judges nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.models import Audited, EventKind, Hold, Match, OwnerKind, Recipient, Rest
from bot.store.alerts import reasons_text, subscriptions_behind
from bot.store.database import Connection
from bot.store.rows import instant, readable_date, readable_instant, readable_json, seconds

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the store has it."""

    id: int
    kind: EventKind
    occurrence: str
    at: datetime
    recorded: datetime
    eligible: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A recipient's alert for a paper. `subscriptions` are those that it names; `in_message`: a message carries it.

    `hold` is the kind of `reason` for which it is held. `given_up` says that its message will never be sent.
    """

    recipient: Recipient
    state: str
    hold: Hold | None
    reason: str | None
    subscriptions: frozenset[int]
    in_message: bool
    given_up: bool


# -- noting ------------------------------------------------------------------------------------------------------------


async def note_audited(write: Connection, audited: Audited, now: datetime) -> None:
    await write.execute(
        """INSERT INTO audits (day, audited_at, announced, unread) VALUES (:day, :now, :announced, :unread)
           ON CONFLICT (day) DO UPDATE SET
               audited_at = excluded.audited_at, announced = excluded.announced, unread = excluded.unread""",
        {
            "day": audited.day.isoformat(),
            "now": seconds(now),
            "announced": audited.announced,
            "unread": json.dumps(audited.unread),
        },
    )


# -- reading -----------------------------------------------------------------------------------------------------------


async def happened(read: Connection, paper_ids: Collection[int]) -> dict[int, list[Happened]]:
    """The events of these papers."""
    rows = await read.all(
        "SELECT * FROM events WHERE paper_id IN :ids",
        {"ids": list(paper_ids)},
    )
    found: dict[int, list[Happened]] = {}
    for r in rows:
        at, recorded = readable_instant(r["at"]), readable_instant(r["recorded_at"])
        if at is None or recorded is None:
            log.error("event %d cannot be read and is left out of the audit", r["id"])
            continue
        event = Happened(r["id"], EventKind(r["kind"]), r["occurrence"], at, recorded, bool(r["eligible"]))
        found.setdefault(r["paper_id"], []).append(event)
    return found


async def count_told(read: Connection, paper_ids: Collection[int]) -> dict[int, int]:
    """How many alerts there are for each of these papers."""
    rows = await read.all(
        """SELECT paper_id, count(*) AS alerts FROM alerts
           WHERE paper_id IN :ids GROUP BY paper_id""",
        {"ids": list(paper_ids)},
    )
    return {row["paper_id"]: row["alerts"] for row in rows}


async def told(
    read: Connection, paper_ids: Collection[int], recipient_ids: Collection[int] | None = None
) -> dict[tuple[int, Recipient], Told]:
    """The alerts for these papers (of these recipients alone). Reasons are read of those that no message carries."""
    only = "" if recipient_ids is None else "AND a.recipient_id IN :recipients"
    rows = await read.all(
        f"""SELECT a.paper_id, a.recipient_kind, a.recipient_id, a.state, a.hold, a.state_reason, a.message_id, m.state AS sending,
                  CASE WHEN a.message_id IS NULL THEN a.reasons END AS reasons
           FROM alerts AS a LEFT JOIN messages AS m ON m.id = a.message_id
           WHERE a.kind = 'new' AND a.occurrence = '' AND a.paper_id IN :ids {only}""",  # noqa: S608
        {"ids": list(paper_ids), "recipients": list(recipient_ids or ())},
    )
    found = {}
    for r in rows:
        recipient = Recipient(OwnerKind(r["recipient_kind"]), r["recipient_id"])
        found[r["paper_id"], recipient] = Told(
            recipient,
            r["state"],
            Hold(r["hold"]) if r["hold"] else None,
            r["state_reason"],
            subscriptions_behind(r["reasons"]),
            in_message=r["message_id"] is not None,
            given_up=r["sending"] in ("failed", "closed"),
        )
    return found


async def rests(read: Connection, owner: Recipient | None = None) -> list[Rest]:
    """When standing subscriptions (of this owner) did not listen."""
    only = "" if owner is None else "AND s.owner_kind = :kind AND s.owner_id = :id"
    rows = await read.all(
        f"""SELECT p.subscription_id AS id, p.since, p.until FROM pauses AS p
           JOIN subscriptions AS s ON s.id = p.subscription_id WHERE s.removed_at IS NULL {only}
           UNION ALL
           SELECT id, paused_at, NULL FROM subscriptions AS s WHERE paused_at IS NOT NULL AND removed_at IS NULL {only}""",  # noqa: S608
        {"kind": owner.kind, "id": owner.id} if owner else {},
    )
    # A rest whose begin cannot be read is taken for a long one: better not told late than told for nothing.
    return [Rest(r["id"], readable_instant(r["since"]) or instant(0), readable_instant(r["until"])) for r in rows]


async def last_audited(read: Connection) -> Audited | None:
    """The newest day that was audited."""
    row = await read.one("SELECT * FROM audits ORDER BY day DESC LIMIT 1")
    day = readable_date(row["day"]) if row else None
    unread = readable_json(row["unread"]) if row else None
    return Audited(day, row["announced"], tuple(map(str, unread))) if row and day and isinstance(unread, list) else None


async def count_alerts(read: Connection, recipient: Recipient, day: date) -> dict[str, int]:
    """One recipient's alerts for what was announced or listed on that day, by state."""
    rows = await read.all(
        """SELECT a.state, count(*) AS papers FROM alerts AS a
           WHERE a.recipient_kind = :kind AND a.recipient_id = :id AND a.paper_id IN (
               SELECT p.paper_id FROM carried AS c JOIN paper_ids AS p USING (scheme, value)
               WHERE c.day = :day AND c.kind IN ('announced', 'cross-listed', 'listed'))
           GROUP BY a.state""",
        {"kind": recipient.kind, "id": recipient.id, "day": day.isoformat()},
    )
    return {row["state"]: row["papers"] for row in rows}


# -- making good -------------------------------------------------------------------------------------------------------


async def tell_late(write: Connection, match: Match, late: str, now: datetime) -> bool:
    """Makes the missing alert, or lets one wait again that was held or given up. Returns whether anything changed.

    An alert that was sent, or that a message is about to carry, stays as it is: nothing is told twice.
    """
    changed = await write.execute(
        """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at, late)
           VALUES (:kind, :id, :paper, :cadence, :reasons, :now, :late)
           ON CONFLICT (recipient_kind, recipient_id, paper_id, kind, occurrence) DO UPDATE SET
               state = 'pending', state_reason = NULL, hold = NULL, message_id = NULL, cadence = excluded.cadence,
               reasons = excluded.reasons, late = excluded.late
           WHERE (alerts.state = 'held' AND alerts.message_id IS NULL)
           OR (alerts.state = 'pending' AND (alerts.message_id IS NULL OR EXISTS (
               SELECT 1 FROM messages AS m WHERE m.id = alerts.message_id AND m.state IN ('failed', 'closed'))))""",
        {
            "kind": match.recipient.kind,
            "id": match.recipient.id,
            "paper": match.paper_id,
            "cadence": match.cadence,
            "reasons": reasons_text(match.reasons),
            "now": seconds(now),
            "late": late,
        },
    )
    return changed > 0


async def wake(write: Connection, event_ids: Sequence[int]) -> None:
    """Silent events that are news after all."""
    await write.execute(
        """UPDATE events SET eligible = 1, passed_by = NULL
           WHERE eligible = 0 AND id IN :ids""",
        {"ids": list(event_ids)},
    )
