"""Alerts that no message carries yet, and the wishes of the one for whom they wait: what is wanted waits, the rest is held.

Knows SQL for these moves; decides by `Wishes` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.models import NOBODY_ASKS, Alert, Cadence, Hold, OwnerKind, Reason, Recipient, Subscription
from bot.query.reasons import Wishes
from bot.store import alerts
from bot.store.database import Connection
from bot.store.rows import seconds
from bot.when.turns import Turns


async def settle(write: Connection, recipient: Recipient, wishes: Wishes) -> int:
    """Brings a recipient's alerts in line with what they want now: held when no subscription stands behind them, waiting again
    when one does, each at the soonest cadence of these. Returns how many wait again.

    An alert that comes late, and one whose reasons cannot be read, keeps its cadence.
    """
    rows = await write.all(
        """SELECT * FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND message_id IS NULL
           AND (state = 'pending' OR (state = 'held' AND hold = 'unwanted'))""",
        {"kind": recipient.kind, "id": recipient.id},
    )
    unwanted: list[int] = []
    again: list[int] = []
    moved: dict[Cadence, list[int]] = {}
    turns = Turns()
    for row in rows:
        await turns.rest()  # somebody may have tens of thousands
        alert = alerts.read_alert(row)
        cadence = alert.cadence if alert.damaged and wishes.by_id else wishes.cadence(alert.reasons)
        if cadence is None:
            unwanted += [alert.id] if row["state"] == "pending" else []
            continue
        again += [alert.id] if row["state"] == "held" else []
        if cadence is not alert.cadence and not alert.late:
            moved.setdefault(cadence, []).append(alert.id)
    await alerts.hold(write, unwanted, NOBODY_ASKS, Hold.UNWANTED)
    if again:
        await write.execute(
            """UPDATE alerts SET state = 'pending', state_reason = NULL, hold = NULL
               WHERE id IN :ids""",
            {"ids": again},
        )
    for cadence, ids in moved.items():
        await write.execute(
            "UPDATE alerts SET cadence = :cadence WHERE id IN :ids",
            {"cadence": cadence, "ids": ids},
        )
    return len(again)


async def waiting_for(read: Connection, subscription: Subscription, held: str) -> list[Alert]:
    """The alerts that are not sent and name a subscription as a reason, and those that are held without any, with `held` as the cause."""
    rows = await read.all(
        """SELECT * FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND state IN ('pending', 'held')""",
        {"kind": subscription.owner.kind, "id": subscription.owner.id},
    )
    turns, found = Turns(), []
    for row in rows:
        await turns.rest()  # somebody may have tens of thousands
        behind = alerts.subscriptions_behind(row["reasons"])
        if subscription.id in behind or (not behind and row["state"] == "held" and row["state_reason"] == held):
            found.append(alerts.read_alert(row))
    return found


async def revise(write: Connection, reasons: Mapping[int, tuple[Reason, ...]], why: str) -> None:
    """Gives alerts that are not sent these reasons, by id; one for which none is left is held, unless a message carries it already."""
    await write.execute_many(
        "UPDATE alerts SET reasons = :reasons WHERE id = :id",
        [{"id": number, "reasons": alerts.reasons_text(own)} for number, own in reasons.items()],
    )
    left = [number for number, own in reasons.items() if not own]
    free = await write.ids("SELECT id FROM alerts WHERE id IN :ids AND message_id IS NULL", {"ids": left})
    await alerts.hold(write, free, why, Hold.UNWANTED)


async def surplus(read: Connection, recipient: Recipient, since: datetime) -> list[Alert]:
    """What was counted in a message and did not fit into it, the newest first."""
    rows = await read.all(
        """SELECT * FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND state = 'held' AND hold = 'surplus'
           AND created_at >= :since ORDER BY created_at DESC, id DESC""",
        {"kind": recipient.kind, "id": recipient.id, "since": seconds(since)},
    )
    return [alerts.read_alert(row) for row in rows]


async def late_words(read: Connection, recipient: Recipient, paper_ids: list[int]) -> dict[int, str]:
    """Why those of these papers come late that do."""
    rows = await read.all(
        """SELECT paper_id, late FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND late IS NOT NULL
           AND paper_id IN :papers""",
        {"kind": recipient.kind, "id": recipient.id, "papers": paper_ids},
    )
    return {row["paper_id"]: row["late"] for row in rows}


async def undelivered(read: Connection, recipient: Recipient, paper_ids: list[int]) -> set[int]:
    """Those of these papers for which an alert stands that no message carries yet."""
    rows = await read.all(
        """SELECT paper_id FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id AND message_id IS NULL
           AND state IN ('pending', 'held') AND paper_id IN :papers""",
        {"kind": recipient.kind, "id": recipient.id, "papers": paper_ids},
    )
    return {row["paper_id"] for row in rows}


async def instants_between(read: Connection, user_id: int, since: datetime, until: datetime) -> int:
    """How many messages at once were made for a person after `since`, up to `until`, those given up not counted."""
    return int(
        await read.value(
            """SELECT count(*) FROM messages WHERE recipient_kind = :kind AND recipient_id = :id AND kind = 'instant'
               AND created_at > :since AND created_at <= :until AND state NOT IN ('failed', 'closed')""",
            {"kind": OwnerKind.USER, "id": user_id, "since": seconds(since), "until": seconds(until)},
        )
    )
