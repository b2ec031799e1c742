"""The outbox: alerts (a match that waits or went), and how they get into the messages that carry them.

Knows who has been told what; how a message comes through is the matter of `messages`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from bot.models import (
    Alert,
    Cadence,
    Hit,
    Hold,
    Match,
    MessageKind,
    OutboxCount,
    OwnerKind,
    Quiet,
    QuietMode,
    Reason,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.query.reasons import join_matches
from bot.store.database import Connection, Row
from bot.store.faults import RESTING
from bot.store.rows import instant, readable_date, readable_instant, seconds
from bot.when import schedule
from bot.when.quiet import quiet_until
from bot.when.turns import Turns

_JSON: Final = json.JSONEncoder(ensure_ascii=False)
#: Matches that are compared with what stands at a time.
_SLICE: Final = 500


def reasons_text(reasons: Sequence[Reason]) -> str:
    """Reasons as they are kept."""
    return _Texts().of(reasons)


class _Texts:
    """Reasons as they are kept. What several share, as the followers of one word do, is written once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], tuple[tuple[Hit, ...], str]] = {}

    def of(self, reasons: Iterable[Reason]) -> str:
        return f"[{', '.join(f'[{reason.subscription_id}, {self._rest(reason)}]' for reason in reasons)}]"

    def _rest(self, reason: Reason) -> str:
        key = id(reason.hits), reason.kind.value, reason.query  # the hits are kept, so no others have their number
        known = self._known.get(key)
        if known is None:
            row = [reason.kind, reason.query, [_hit_row(hit) for hit in reason.hits]]
            known = self._known[key] = reason.hits, _JSON.encode(row)[1:-1]
        return known[1]


def _hit_row(hit: Hit) -> list[str]:
    """A hit as it is kept; the certainty only where there is one, as before there were any."""
    return [hit.term, hit.field, hit.text, *([hit.certainty] if hit.certainty else [])]


def read_reasons(text: str) -> tuple[Reason, ...]:
    """Raises ValueError or TypeError for what nobody can have written here."""
    return tuple(
        Reason(subscription_id, SubscriptionKind(kind), query, tuple(Hit(*hit) for hit in hits))
        for subscription_id, kind, query, hits in json.loads(text)
    )


def subscriptions_behind(text: str | None) -> frozenset[int]:
    """The ids of the subscriptions in kept reasons; none for reasons that cannot be read."""
    try:
        return frozenset(row[0] for row in json.loads(text or "[]"))
    except (ValueError, TypeError, LookupError, RecursionError):
        return frozenset()


def read_alert(row: Row) -> Alert:
    """The alert; one whose reasons cannot be read has none and is `damaged`."""
    try:
        reasons, damaged = read_reasons(row["reasons"]), False
    except (ValueError, TypeError, RecursionError):
        reasons, damaged = (), True
    return Alert(
        id=row["id"],
        recipient=Recipient(OwnerKind(row["recipient_kind"]), row["recipient_id"]),
        paper_id=row["paper_id"],
        cadence=Cadence(row["cadence"]),
        reasons=reasons,
        created=readable_instant(row["created_at"]) or instant(0),
        late=row["late"],
        damaged=damaged,
    )


async def hand_over(write: Connection, owner: Recipient, stays: Mapping[int, Subscription]) -> None:
    """Reasons of the subscriptions with these ids become reasons of the one that stays for each, in what waits and in what
    messages carry. Reasons that cannot be read stay as they are."""
    of_owner = {"kind": owner.kind, "id": owner.id}
    waiting = await write.all(
        "SELECT id, reasons FROM alerts WHERE recipient_kind = :kind AND recipient_id = :id", of_owner
    )
    carried = await write.all(
        """SELECT p.message_id, p.position, p.reasons FROM message_papers AS p JOIN messages AS m ON m.id = p.message_id
           WHERE m.recipient_kind = :kind AND m.recipient_id = :id""",
        of_owner,
    )
    turns = Turns()
    for statement, rows in (
        ("UPDATE alerts SET reasons = :reasons WHERE id = :id", waiting),
        (
            "UPDATE message_papers SET reasons = :reasons WHERE message_id = :message_id AND position = :position",
            carried,
        ),
    ):
        changed = []
        for row in rows:
            await turns.rest()  # somebody may have tens of thousands
            if (text := _handed_over(row["reasons"], stays)) is not None:
                changed.append({**dict(row), "reasons": text})
        await write.execute_many(statement, changed)


def _handed_over(text: str, stays: Mapping[int, Subscription]) -> str | None:
    """None where nothing changes."""
    if subscriptions_behind(text).isdisjoint(stays):
        return None
    try:
        reasons = read_reasons(text)
    except (ValueError, TypeError, RecursionError):
        return None
    own = {reason.subscription_id for reason in reasons}
    moved: dict[int, Reason] = {}
    for reason in reasons:
        to = stays.get(reason.subscription_id)
        if to is None:
            moved[reason.subscription_id] = reason
        elif to.id not in own:
            moved.setdefault(to.id, replace(reason, subscription_id=to.id, query=to.query))
    return reasons_text(tuple(moved.values()))


async def enqueue(write: Connection, matches: Iterable[Match], now: datetime) -> int:
    """Adds an alert for each match, or joins the match to the one that stands and that no message carries yet.

    A joined alert has the reasons of both and takes the sooner cadence; one that was held because nobody wanted it waits again.
    Returns how many wait anew: those that were added and those that wait again.
    """
    wanted: dict[_Key, Match] = {}
    for match in matches:
        key = _key(match)
        wanted[key] = join_matches(wanted[key], match) if key in wanted else match
    found = list(wanted.items())
    count = 0
    for start in range(0, len(found), _SLICE):
        count += await _enqueue(write, found[start : start + _SLICE], now)
    return count


_Key = tuple[str, int, int]
"""The kind and number of a recipient, and a paper."""


def _key(match: Match) -> _Key:
    return match.recipient.kind.value, match.recipient.id, match.paper_id


async def _enqueue(write: Connection, matches: Sequence[tuple[_Key, Match]], now: datetime) -> int:
    """The same for some matches, each of another recipient or paper."""
    keys = [key for key, _ in matches]
    rows = await write.all(
        "SELECT * FROM alerts WHERE paper_id IN :papers AND recipient_id IN :owners",
        {"papers": sorted({paper for _, _, paper in keys}), "owners": sorted({owner for _, owner, _ in keys})},
    )
    known = {(row["recipient_kind"], row["recipient_id"], row["paper_id"]): row for row in rows}
    texts, at = _Texts(), seconds(now)
    added, joined, again = [], [], 0
    for key, match in matches:
        row = known.get(key)
        if row is None:
            kind, owner, paper_id = key
            reasons = texts.of(match.reasons)
            added.append(
                {"kind": kind, "id": owner, "paper": paper_id, "cadence": match.cadence, "reasons": reasons, "now": at}
            )
        elif row["message_id"] is None and row["state"] in ("pending", "held"):
            further = _columns(_joined(row, match)) | {"alert": row["id"], "back": int(row["hold"] == Hold.UNWANTED)}
            again += further["back"]
            joined.append(further)
    await write.execute_many(
        """INSERT INTO alerts (recipient_kind, recipient_id, paper_id, cadence, reasons, created_at)
           VALUES (:kind, :id, :paper, :cadence, :reasons, :now)""",
        added,
    )
    await write.execute_many(
        """UPDATE alerts SET reasons = :reasons, cadence = :cadence,
               state = CASE WHEN :back = 1 THEN 'pending' ELSE state END,
               state_reason = CASE WHEN :back = 1 THEN NULL ELSE state_reason END,
               hold = CASE WHEN :back = 1 THEN NULL ELSE hold END WHERE id = :alert""",
        joined,
    )
    return len(added) + again


def _joined(row: Row, match: Match) -> Match:
    alert = read_alert(row)
    before = replace(match, reasons=alert.reasons, cadence=alert.cadence)
    joined = join_matches(before, match)
    if row["hold"] == Hold.UNWANTED:  # its own cadence was that of subscriptions which are gone
        return replace(joined, cadence=match.cadence)
    return replace(joined, cadence=alert.cadence) if alert.late else joined


def _columns(match: Match) -> dict[str, Any]:
    return {"cadence": match.cadence, "reasons": reasons_text(match.reasons)}


async def waiting(read: Connection, recipient: Recipient, cadences: Sequence[Cadence]) -> list[Alert]:
    """Alerts of one recipient that no message carries yet, oldest first."""
    rows = await read.all(
        """SELECT * FROM alerts WHERE state = 'pending' AND message_id IS NULL
           AND recipient_kind = :kind AND recipient_id = :id
           AND cadence IN :cadences ORDER BY id""",
        {"kind": recipient.kind, "id": recipient.id, "cadences": list(cadences)},
    )
    return [read_alert(row) for row in rows]


async def users_with_instant_alerts(read: Connection, now: datetime) -> list[int]:
    """People with instant alerts that wait, and whom a DM may reach now; not those whose fault waits for its retry, and not those who let
    everything be held in their quiet hours while these are on."""
    rows = await read.all(
        f"""SELECT DISTINCT a.recipient_id AS id, u.timezone, u.quiet_mode, u.quiet_from, u.quiet_until
           FROM alerts AS a JOIN users AS u ON u.id = a.recipient_id
           WHERE a.state = 'pending' AND a.message_id IS NULL AND a.recipient_kind = 'user' AND a.cadence = 'instant'
           AND u.dm_state <> 'closed' AND u.opted_in_at IS NOT NULL
           AND (u.paused_until IS NULL OR u.paused_until <= :now) AND u.id NOT IN ({RESTING})""",  # noqa: S608
        {"now": seconds(now), "owners": OwnerKind.USER},
    )
    return [row["id"] for row in rows if not _is_held(row, now)]


def _is_held(row: Row, now: datetime) -> bool:
    if row["quiet_mode"] != QuietMode.HOLD:
        return False
    quiet = Quiet(QuietMode.HOLD, row["quiet_from"], row["quiet_until"])
    return quiet_until(quiet, schedule.known_zone(row["timezone"]), now) is not None


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
    # The nonce is drawn, so that no other message has it: neither of another file nor of this one after an old copy was put back.
    message_id = await write.insert(
        """INSERT INTO messages (recipient_kind, recipient_id, kind, local_date, part, payload, nonce,
                                 next_attempt_at, created_at)
           VALUES (:kind, :id, :message, :date, :part, :payload, :nonce, :now, :now)""",
        {**key, "part": part, "payload": payload, "nonce": secrets.token_hex(12), "now": seconds(now)},
    )
    await write.execute(
        "UPDATE alerts SET message_id = :message WHERE id IN :alerts",
        {"message": message_id, "alerts": list(alert_ids)},
    )
    return message_id


async def hold(write: Connection, alert_ids: Sequence[int], reason: str, hold: Hold | None = None) -> None:
    """Alerts that will not be sent by themselves, with the reason in words."""
    if alert_ids:
        await write.execute(
            """UPDATE alerts SET state = 'held', state_reason = :reason, hold = :hold
               WHERE id IN :alerts""",
            {"reason": reason, "hold": hold, "alerts": list(alert_ids)},
        )


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
    return readable_instant(at)


async def last_digest_date(read: Connection, recipient: Recipient) -> date | None:
    """The local date of the newest digest, sent or about to be."""
    day = await read.value(
        """SELECT max(local_date) FROM messages
           WHERE recipient_kind = :kind AND recipient_id = :id AND kind = 'digest'""",
        {"kind": recipient.kind, "id": recipient.id},
    )
    return readable_date(day)


async def merge_papers(write: Connection, duplicate: int, kept: int) -> None:
    """Moves a paper's alerts to the paper that it turned out to be. A recipient with an alert for each keeps one.

    It is the one that was sent or is about to be, else the one that waits, else the older one; as long as no message carries it, it has
    the reasons of both and the sooner cadence.
    """
    ids = {"old": duplicate, "new": kept}
    rows = await write.all(
        """SELECT a.id AS one, b.id AS other FROM alerts AS a
           JOIN alerts AS b USING (recipient_kind, recipient_id, kind, occurrence)
           WHERE a.paper_id = :new AND b.paper_id = :old""",
        ids,
    )
    pairs = [number for row in rows for number in (row["one"], row["other"])]
    found = await write.all("SELECT * FROM alerts WHERE id IN :ids", {"ids": pairs})
    by_id = {row["id"]: row for row in found}
    for row in rows:
        stays, goes = sorted((by_id[row["one"]], by_id[row["other"]]), key=_claim)
        if stays["message_id"] is None:
            further = read_alert(goes)
            match = Match(further.recipient, kept, further.cadence, further.reasons)
            joined = _columns(_joined(stays, match)) | {"id": stays["id"]}
            await write.execute("UPDATE alerts SET reasons = :reasons, cadence = :cadence WHERE id = :id", joined)
        await write.execute("DELETE FROM alerts WHERE id = :id", {"id": goes["id"]})
    await write.execute("UPDATE alerts SET paper_id = :new WHERE paper_id = :old", ids)


def _claim(row: Row) -> tuple[int, int]:
    """The first in this order stays: sent, about to be sent, waiting, held, given up; then the older one."""
    carried = row["message_id"] is not None
    rank = {"sent": 0, "pending": 1 if carried else 2, "held": 3, "undeliverable": 4}[row["state"]]
    return rank, row["id"]
