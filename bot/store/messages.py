"""Messages on their way: whose turn it is, and every move of a message's state. Knows no card and no Discord.

pending → sending → sent; a fault leads back to pending, a refusal to failed, and three days of trying to closed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.models import Detail, MessageKind, OwnerKind, Recipient, Undelivered
from bot.store.database import Connection, Row
from bot.store.rows import instant, readable_date, readable_instant, seconds

#: How long one attempt may take; discord.py itself waits up to half a minute between its own five.
LEASE: Final = timedelta(minutes=5)
#: No attempt waits longer for the next: an instant later than that was written by a clock that was ahead, and is none.
LONGEST_WAIT: Final = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent once. `payload` is a card as JSON text; `nonce` (≤ 25 characters) tells it from every other.

    `sending_since` is the first attempt: from then on it may have arrived although nobody heard the answer. `after_id` is an
    id that Discord had given before. `attempts` counts those that failed, `tried` the time they took together. `changes` counts
    how often a paper of it has changed; `outdated`: its card does not show all of that.
    """

    id: int
    recipient: Recipient
    kind: MessageKind
    local_date: date
    payload: str
    detail: Detail
    changes: int
    outdated: bool
    nonce: str
    attempts: int
    tried: timedelta
    sending_since: datetime | None
    after_id: int | None
    reopened: bool

    @property
    def is_for_person(self) -> bool:
        return self.recipient.kind is OwnerKind.USER


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        recipient=Recipient(OwnerKind(row["recipient_kind"]), row["recipient_id"]),
        kind=MessageKind(row["kind"]),
        local_date=readable_date(row["local_date"]) or instant(0).date(),
        payload=row["payload"],
        detail=Detail(row["form"]),
        changes=row["changes"],
        outdated=row["changes"] > row["shown_changes"],
        nonce=row["nonce"],
        attempts=row["attempts"],
        tried=timedelta(seconds=row["tried_seconds"]),
        sending_since=readable_instant(row["sending_since"]),
        after_id=row["after_id"],
        reopened=bool(row["reopened"]),
    )


# -- whose turn it is --------------------------------------------------------------------------------------------------

#: The first open message of each recipient who can be written to, with when it may be tried (neither before `due_at` nor before
#: `paused_until`): the others wait for it. People who wait for an answer come first (no DM has reached them since they asked),
#: then what is wanted at once, then the rest.
_HEADS: Final = """WITH heads AS (
    SELECT m.id,
           CASE WHEN m.recipient_kind = 'user' AND u.dm_channel_id IS NULL THEN 1 ELSE 0 END AS unopened,
           CASE WHEN m.kind IN ('welcome', 'notice') OR u.dm_state = 'unknown' THEN 0
                WHEN m.kind = 'instant' THEN 1 ELSE 2 END AS turn,
           CASE WHEN m.state = 'sending' THEN m.lease_until ELSE m.next_attempt_at END AS due_at,
           CASE WHEN m.state = 'pending' AND m.kind NOT IN ('welcome', 'notice') THEN coalesce(u.paused_until, 0) ELSE 0 END
               AS paused_until,
           CASE m.recipient_kind WHEN 'channel' THEN m.recipient_id ELSE u.dm_channel_id END AS channel_id,
           m.recipient_id
    FROM messages AS m LEFT JOIN users AS u ON m.recipient_kind = 'user' AND u.id = m.recipient_id
    WHERE m.state IN ('pending', 'sending')
    AND CASE m.recipient_kind
        WHEN 'user' THEN u.dm_state <> 'closed' AND (u.opted_in_at IS NOT NULL OR m.kind = 'notice')
        ELSE NOT EXISTS (SELECT 1 FROM summaries AS s WHERE s.channel_id = m.recipient_id AND s.stopped_at IS NOT NULL) END
    AND NOT EXISTS (SELECT 1 FROM messages AS e WHERE e.recipient_kind = m.recipient_kind AND e.recipient_id = m.recipient_id
                    AND e.state IN ('pending', 'sending') AND e.id < m.id))"""


async def load_ready(
    read: Connection, now: datetime, *, busy: Collection[int], opening: Collection[int], openings: int, limit: int
) -> list[Message]:
    """Whose turn it is now, at most one message a recipient, without those that are `busy`.

    At most `openings` of them need a new DM channel; the `busy` that need one and are not among `opening` count too.
    """
    rows = await read.all(
        f"""{_HEADS},
            ready AS (
                SELECT id, turn, unopened, row_number() OVER (PARTITION BY unopened ORDER BY turn, id) AS place FROM heads
                WHERE (due_at <= :now OR due_at > :never) AND paused_until <= :now AND id NOT IN :opening)
            SELECT m.* FROM ready JOIN messages AS m ON m.id = ready.id
            WHERE (ready.unopened = 0 OR ready.place <= :openings) AND m.id NOT IN :busy
            ORDER BY ready.turn, ready.id LIMIT :limit""",  # noqa: S608
        {
            "now": seconds(now),
            "never": seconds(now + LONGEST_WAIT),
            "busy": list(busy),
            "opening": list(opening),
            "openings": openings,
            "limit": limit,
        },
    )
    return [_message(row) for row in rows]


async def next_due(read: Connection, now: datetime, *, unopened: bool) -> datetime | None:
    """When the next message may be tried, of those that need a new DM channel or of the others; None when none waits."""
    at = await read.value(
        f"""{_HEADS} SELECT min(CASE WHEN due_at <= :never AND due_at > paused_until THEN due_at ELSE paused_until END)
            FROM heads WHERE unopened = :unopened""",  # noqa: S608
        {"never": seconds(now + LONGEST_WAIT), "unopened": int(unopened)},
    )
    return readable_instant(at)


async def count_before(read: Connection, user_id: int, now: datetime, opening: Collection[int]) -> int | None:
    """How many people get a new DM channel before this person does, without those whose channel is being opened for a message
    of `opening`; None for somebody who needs none, waits for nothing or whose channel is being opened."""
    own = await read.one(
        f"{_HEADS} SELECT id, turn FROM heads WHERE unopened = 1 AND recipient_id = :user",  # noqa: S608
        {"user": user_id},
    )
    if own is None or own["id"] in opening:
        return None
    return int(
        await read.value(
            f"""{_HEADS} SELECT count(*) FROM heads
                WHERE unopened = 1 AND due_at <= :now AND paused_until <= :now AND (turn < :turn OR (turn = :turn AND id < :id))
                AND id NOT IN :opening""",  # noqa: S608
            {"now": seconds(now), "turn": own["turn"], "id": own["id"], "opening": list(opening)},
        )
    )


async def load_unknown_outcomes(read: Connection) -> list[Message]:
    """Messages that a stopped process left in `sending`: accepted or not, nobody here knows."""
    return [_message(row) for row in await read.all("SELECT * FROM messages WHERE state = 'sending' ORDER BY id")]


async def last_discord_id(read: Connection) -> int:
    """The id of the message that was sent last; 0 before the first."""
    found = await read.value("SELECT discord_id FROM messages WHERE state = 'sent' ORDER BY sent_at DESC LIMIT 1")
    return int(found or 0)


# -- moves -------------------------------------------------------------------------------------------------------------


async def mark_sending(write: Connection, message: Message, channel_id: int, after_id: int, now: datetime) -> bool:
    """The attempt begins. Returns False when the message is no longer open."""
    changed = await write.execute(
        """UPDATE messages SET state = 'sending', channel_id = :channel, lease_until = :until,
               sending_since = coalesce(sending_since, :now), after_id = coalesce(after_id, :after)
           WHERE id = :id AND state IN ('pending', 'sending')""",
        {
            "id": message.id,
            "channel": channel_id,
            "after": after_id,
            "now": seconds(now),
            "until": seconds(now + LEASE),
        },
    )
    return changed > 0


async def take_back(write: Connection, message: Message) -> None:
    """The attempt that was begun is not made after all: everything is as before it."""
    await write.execute(
        """UPDATE messages SET state = 'pending', lease_until = NULL, sending_since = :since
           WHERE id = :id AND state = 'sending'""",
        {"id": message.id, "since": None if message.sending_since is None else seconds(message.sending_since)},
    )


async def mark_sent(write: Connection, message_id: int, channel_id: int, discord_id: int, now: datetime) -> None:
    parameters = {"id": message_id, "channel": channel_id, "discord": discord_id, "now": seconds(now)}
    await write.execute(
        """UPDATE messages SET state = 'sent', channel_id = :channel, discord_id = :discord, sent_at = :now, lease_until = NULL,
               error = NULL WHERE id = :id""",
        parameters,
    )
    await write.execute("UPDATE alerts SET state = 'sent' WHERE message_id = :id AND state = 'pending'", parameters)


async def give_back(
    write: Connection, message_id: int, next_attempt: datetime, error: str | None, *, failed: bool = True
) -> None:
    """To be tried again: the body may have arrived, so `sending_since` stays. Only an attempt that `failed` counts."""
    await write.execute(
        """UPDATE messages SET state = 'pending', lease_until = NULL, next_attempt_at = :at, error = :error,
               attempts = attempts + :failed WHERE id = :id AND state IN ('pending', 'sending')""",
        {"id": message_id, "at": seconds(next_attempt), "error": error, "failed": int(failed)},
    )


async def release(write: Connection, recipient: Recipient, reason: str, now: datetime) -> None:
    """What of a recipient waits for this reason need not any more."""
    await write.execute(
        """UPDATE messages SET next_attempt_at = :now WHERE recipient_kind = :kind AND recipient_id = :id AND state = 'pending'
           AND error = :reason AND next_attempt_at > :now""",
        {"now": seconds(now), "kind": recipient.kind, "id": recipient.id, "reason": reason},
    )


async def note_reopened(write: Connection, message_id: int) -> None:
    """Its DM channel is opened anew for it, which happens once."""
    await write.execute("UPDATE messages SET reopened = 1 WHERE id = :id", {"id": message_id})


async def note_trying(
    write: Connection, now: datetime, elapsed: timedelta, *, held: Sequence[int], opening: bool
) -> None:
    """So much time went by in which what failed before could have been delivered.

    Not so to the channels that are `held`, in a person's own pause, nor, unless `opening`, where a DM channel has to be opened.
    """
    await write.execute(
        f"""{_HEADS}
            UPDATE messages SET tried_seconds = tried_seconds
                + CASE WHEN :now - heads.paused_until < :elapsed THEN :now - heads.paused_until ELSE :elapsed END FROM heads
            WHERE messages.id = heads.id AND messages.attempts > 0 AND heads.paused_until < :now
            AND (heads.unopened = 0 OR :opening = 1) AND (heads.channel_id IS NULL OR heads.channel_id NOT IN :held)""",  # noqa: S608
        {
            "now": seconds(now),
            "elapsed": int(elapsed.total_seconds()),
            "held": list(held),
            "opening": int(opening),
        },
    )


async def close_ownerless(write: Connection) -> int:
    """Messages to people of whom nothing is known any more: whoever deleted them wants nothing sent. Returns how many."""
    parameters = {"why": "the person's data was deleted"}
    orphans = "recipient_kind = 'user' AND recipient_id NOT IN (SELECT id FROM users)"
    await write.execute(
        f"""UPDATE alerts SET state = 'undeliverable', state_reason = :why WHERE state = 'pending' AND {orphans}""",  # noqa: S608
        parameters,
    )
    return await write.execute(
        f"""UPDATE messages SET state = 'closed', lease_until = NULL, error = :why
            WHERE state IN ('pending', 'sending') AND {orphans}""",  # noqa: S608
        parameters,
    )


async def replace_payload(write: Connection, message_id: int, payload: str, detail: Detail) -> None:
    """Another body under the same nonce: the one before was refused, so it stands nowhere.

    It is not edited later: Discord may refuse a fuller one again.
    """
    await write.execute(
        "UPDATE messages SET payload = :payload, form = :form, edits_stopped_reason = :why WHERE id = :id",
        {"id": message_id, "payload": payload, "form": detail, "why": "it was sent in fewer words"},
    )


async def mark_failed(write: Connection, message_id: int, error: str) -> None:
    """No attempt will help: the message is parked, and its papers count as undeliverable."""
    parameters = {"id": message_id, "error": error}
    await write.execute(
        "UPDATE messages SET state = 'failed', lease_until = NULL, error = :error WHERE id = :id", parameters
    )
    await write.execute(
        """UPDATE alerts SET state = 'undeliverable', state_reason = :error
           WHERE message_id = :id AND state = 'pending'""",
        parameters,
    )


async def close(write: Connection, message_id: int, error: str, late: str) -> int:
    """The message is given up for good; its papers wait for the next digest, marked `late`. Returns how many they are.

    A weekly paper has waited long enough, and one at once comes too late for that, so both take the daily digest; a person who
    has none gets them at once.
    """
    parameters = {"id": message_id, "error": error, "late": late}
    await write.execute(
        "UPDATE messages SET state = 'closed', lease_until = NULL, error = :error WHERE id = :id", parameters
    )
    return await write.execute(
        """UPDATE alerts SET message_id = NULL, late = :late, cadence = CASE
               WHEN recipient_kind = 'channel' THEN 'daily'
               WHEN EXISTS (SELECT 1 FROM users AS u WHERE u.id = recipient_id AND u.next_digest_at IS NOT NULL) THEN 'daily'
               ELSE 'instant' END
           WHERE message_id = :id AND state = 'pending'""",
        parameters,
    )


async def undelivered_since(read: Connection, recipient: Recipient, since: datetime) -> list[Undelivered]:
    """A recipient's parked messages made since then, newest first."""
    rows = await read.all(
        """SELECT local_date, error, (SELECT count(*) FROM alerts AS a WHERE a.message_id = m.id) AS papers FROM messages AS m
           WHERE recipient_kind = :kind AND recipient_id = :id AND state = 'failed' AND created_at >= :since ORDER BY id DESC""",
        {"kind": recipient.kind, "id": recipient.id, "since": seconds(since)},
    )
    return [Undelivered(day, r["papers"], r["error"] or "") for r in rows if (day := readable_date(r["local_date"]))]
