"""The outbox: alerts (a match that waits or went), and the messages that carry them.

Knows states and their moves; knows neither Discord nor how a message looks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.models import Alert, Cadence, Hit, Match, OwnerKind, Reason, Recipient, SubscriptionKind
from bot.store.database import Connection, Row
from bot.store.rows import instant, seconds

#: How long one attempt may take; discord.py itself waits up to half a minute between its own five.
LEASE: Final = timedelta(minutes=5)


class MessageKind(StrEnum):
    """Why a message exists."""

    WELCOME = "welcome"
    INSTANT = "instant"
    DIGEST = "digest"
    SUMMARY = "summary"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent once. `payload` is a card as JSON text; `nonce` (≤ 25 characters) tells it from every other."""

    id: int
    recipient: Recipient
    kind: MessageKind
    payload: str
    nonce: str
    state: str
    attempts: int
    created: datetime
    sending_since: datetime | None
    channel_id: int | None


def reasons_text(reasons: Sequence[Reason]) -> str:
    """Reasons as they are kept."""
    rows = [[r.subscription_id, r.kind, r.query, [[h.term, h.field, h.text] for h in r.hits]] for r in reasons]
    return json.dumps(rows, ensure_ascii=False)


def _load(text: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(subscription_id, SubscriptionKind(kind), query, tuple(Hit(*hit) for hit in hits))
        for subscription_id, kind, query, hits in json.loads(text)
    )


def _alert(row: Row) -> Alert:
    return Alert(
        id=row["id"],
        recipient=Recipient(OwnerKind(row["recipient_kind"]), row["recipient_id"]),
        paper_id=row["paper_id"],
        cadence=Cadence(row["cadence"]),
        reasons=_load(row["reasons"]),
        created=instant(row["created_at"]),
    )


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        recipient=Recipient(OwnerKind(row["recipient_kind"]), row["recipient_id"]),
        kind=MessageKind(row["kind"]),
        payload=row["payload"],
        nonce=row["nonce"],
        state=row["state"],
        attempts=row["attempts"],
        created=instant(row["created_at"]),
        sending_since=None if row["sending_since"] is None else instant(row["sending_since"]),
        channel_id=row["channel_id"],
    )


async def enqueue(write: Connection, matches: Iterable[Match], now: datetime) -> int:
    """Adds an alert for each match; one that stands already (whatever became of it) stays. Returns how many were added."""
    before = await write.value("SELECT total_changes()")
    await write.execute_many(
        """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
           VALUES (:kind, :id, :paper, :cadence, :reasons, :now) ON CONFLICT DO NOTHING""",
        [
            {
                "kind": match.recipient.kind,
                "id": match.recipient.id,
                "paper": match.paper_id,
                "cadence": match.cadence,
                "reasons": reasons_text(match.reasons),
                "now": seconds(now),
            }
            for match in matches
        ],
    )
    return int(await write.value("SELECT total_changes()")) - int(before)


async def waiting(read: Connection, recipient: Recipient, cadences: Sequence[Cadence]) -> list[Alert]:
    """Alerts of one recipient that no message carries yet, oldest first."""
    rows = await read.all(
        """SELECT * FROM alerts WHERE state = 'pending' AND message_id IS NULL
           AND recipient_kind = :kind AND recipient_id = :id
           AND cadence IN (SELECT value FROM json_each(:cadences)) ORDER BY id""",
        {"kind": recipient.kind, "id": recipient.id, "cadences": json.dumps(list(cadences))},
    )
    return [_alert(row) for row in rows]


async def users_with_instant_alerts(read: Connection, now: datetime) -> list[int]:
    """People with instant alerts that wait, and whom a DM may reach now."""
    rows = await read.all(
        """SELECT DISTINCT a.recipient_id AS id FROM alerts AS a JOIN users AS u ON u.id = a.recipient_id
           WHERE a.state = 'pending' AND a.message_id IS NULL AND a.recipient_kind = 'user' AND a.cadence = 'instant'
           AND u.dm_state <> 'closed' AND u.opted_in_at IS NOT NULL
           AND (u.paused_until IS NULL OR u.paused_until <= :now)""",
        {"now": seconds(now)},
    )
    return [row["id"] for row in rows]


async def delivered_papers(read: Connection, recipient: Recipient) -> set[int]:
    """Papers that this recipient has an alert for, whatever its state."""
    rows = await read.all(
        "SELECT paper_id FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id",
        {"kind": recipient.kind, "id": recipient.id},
    )
    return {row["paper_id"] for row in rows}


async def add_message(
    write: Connection,
    recipient: Recipient,
    kind: MessageKind,
    local_date: date,
    payload: str,
    alert_ids: Sequence[int],
    now: datetime,
) -> int:
    """A message with its payload and nonce, carrying these alerts. Returns its id."""
    key = {"kind": recipient.kind, "id": recipient.id, "message": kind, "date": local_date.isoformat()}
    part = await write.value(
        """SELECT coalesce(max(part), 0) + 1 FROM messages
           WHERE recipient_kind = :kind AND recipient_id = :id AND kind = :message AND local_date = :date""",
        key,
    )
    # The nonce is the message's own id, told apart from those of another installation's file.
    message_id = await write.insert(
        """INSERT INTO messages (recipient_kind, recipient_id, kind, local_date, part, payload, nonce,
                                 next_attempt_at, created_at)
           SELECT :kind, :id, :message, :date, :part, :payload,
                  value || '-' || (SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'messages'), :now, :now
           FROM meta WHERE key = 'installation'""",
        {**key, "part": part, "payload": payload, "now": seconds(now)},
    )
    await write.execute(
        "UPDATE alerts SET message_id = :message WHERE id IN (SELECT value FROM json_each(:alerts))",
        {"message": message_id, "alerts": json.dumps(list(alert_ids))},
    )
    return message_id


async def hold(write: Connection, alert_ids: Sequence[int], reason: str) -> None:
    """Alerts that will not be sent by themselves, with the reason."""
    await write.execute(
        "UPDATE alerts SET state = 'held', state_reason = :reason WHERE id IN (SELECT value FROM json_each(:alerts))",
        {"reason": reason, "alerts": json.dumps(list(alert_ids))},
    )


async def messages_to_send(read: Connection, now: datetime, limit: int) -> list[Message]:
    """Pending messages whose time has come, in order of creation; none for people whose DMs are closed or paused."""
    rows = await read.all(
        """SELECT m.* FROM messages AS m
           LEFT JOIN users AS u ON m.recipient_kind = 'user' AND u.id = m.recipient_id
           WHERE m.state = 'pending' AND m.next_attempt_at <= :now
           AND (m.recipient_kind = 'channel' OR ((u.opted_in_at IS NOT NULL OR m.kind = 'notice') AND u.dm_state <> 'closed'))
           ORDER BY m.id LIMIT :limit""",
        {"now": seconds(now), "limit": limit},
    )
    return [_message(row) for row in rows]


async def messages_in_doubt(read: Connection) -> list[Message]:
    """Messages that a stopped process left in `sending`: accepted or not, nobody here knows."""
    return [_message(row) for row in await read.all("SELECT * FROM messages WHERE state = 'sending' ORDER BY id")]


async def mark_sending(write: Connection, message_id: int, channel_id: int, now: datetime) -> None:
    await write.execute(
        """UPDATE messages SET state = 'sending', channel_id = :channel, attempts = attempts + 1,
               sending_since = coalesce(sending_since, :now), lease_until = :until WHERE id = :id""",
        {"id": message_id, "channel": channel_id, "now": seconds(now), "until": seconds(now + LEASE)},
    )


async def mark_sent(write: Connection, message_id: int, discord_id: int, now: datetime) -> None:
    parameters = {"id": message_id, "discord": discord_id, "now": seconds(now)}
    await write.execute(
        "UPDATE messages SET state = 'sent', discord_id = :discord, sent_at = :now, error = NULL WHERE id = :id",
        parameters,
    )
    await write.execute("UPDATE alerts SET state = 'sent' WHERE message_id = :id AND state = 'pending'", parameters)


async def mark_pending(write: Connection, message_id: int, next_attempt: datetime, error: str | None) -> None:
    """To be tried again: the body may have arrived, so `sending_since` stays."""
    await write.execute(
        "UPDATE messages SET state = 'pending', next_attempt_at = :at, error = :error WHERE id = :id",
        {"id": message_id, "at": seconds(next_attempt), "error": error},
    )


async def mark_failed(write: Connection, message_id: int, error: str) -> None:
    parameters = {"id": message_id, "error": error}
    await write.execute("UPDATE messages SET state = 'failed', error = :error WHERE id = :id", parameters)
    await write.execute(
        """UPDATE alerts SET state = 'undeliverable', state_reason = :error
           WHERE message_id = :id AND state = 'pending'""",
        parameters,
    )


@dataclass(frozen=True, slots=True)
class OutboxCount:
    """How the outbox stands."""

    waiting: int
    open_messages: int
    failed_messages: int
    sent_messages: int


async def count_outbox(read: Connection) -> OutboxCount:
    row = await read.one(
        """SELECT (SELECT count(*) FROM alerts WHERE state = 'pending') AS waiting,
                  (SELECT count(*) FROM messages WHERE state IN ('pending', 'sending')) AS open,
                  (SELECT count(*) FROM messages WHERE state = 'failed') AS failed,
                  (SELECT count(*) FROM messages WHERE state = 'sent') AS sent"""
    )
    assert row is not None
    return OutboxCount(row["waiting"], row["open"], row["failed"], row["sent"])


async def count_waiting(read: Connection, recipient: Recipient) -> int:
    return int(
        await read.value(
            """SELECT count(*) FROM alerts WHERE state = 'pending' AND recipient_kind = :kind AND recipient_id = :id""",
            {"kind": recipient.kind, "id": recipient.id},
        )
    )


async def last_sent(read: Connection, recipient: Recipient) -> datetime | None:
    at = await read.value(
        "SELECT max(sent_at) FROM messages WHERE recipient_kind = :kind AND recipient_id = :id",
        {"kind": recipient.kind, "id": recipient.id},
    )
    return None if at is None else instant(at)


async def last_digest_date(read: Connection, recipient: Recipient) -> date | None:
    """The local date of the newest digest, sent or about to be."""
    day = await read.value(
        """SELECT max(local_date) FROM messages
           WHERE recipient_kind = :kind AND recipient_id = :id AND kind = 'digest'""",
        {"kind": recipient.kind, "id": recipient.id},
    )
    return None if day is None else date.fromisoformat(day)
