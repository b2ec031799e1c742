"""Who asked for what. Knows SQL for subscriptions; knows neither papers nor what a query means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from bot.models import Cadence, Namesake, OwnerKind, Recipient, Subscription, SubscriptionKind
from bot.store import namesakes
from bot.store.database import Connection, Row
from bot.store.rows import instant, readable_instant, seconds


def _subscription(row: Row, others: tuple[Namesake, ...] = ()) -> Subscription:
    return Subscription(
        id=row["id"],
        owner=Recipient(OwnerKind(row["owner_kind"]), row["owner_id"]),
        kind=SubscriptionKind(row["kind"]),
        query=row["query"],
        cadence=Cadence(row["cadence"]),
        created=readable_instant(row["created_at"]) or instant(0),
        paused=row["paused_at"] is not None,
        namesakes=others,
    )


async def _load(read: Connection, sql: str, parameters: dict[str, Any] | None = None) -> list[Subscription]:
    rows = await read.all(sql, parameters)
    people = {row["id"] for row in rows if row["kind"] == SubscriptionKind.AUTHOR}
    found = await namesakes.of_subscriptions(read, people)
    return [_subscription(row, found.get(row["id"], ())) for row in rows]


async def load_all(read: Connection) -> list[Subscription]:
    """Every standing subscription, paused ones included."""
    return await _load(read, "SELECT * FROM subscriptions WHERE removed_at IS NULL ORDER BY id")


async def load_every(read: Connection) -> list[Subscription]:
    """Every subscription, removed ones included, without those that were merged into others."""
    return await _load(read, "SELECT * FROM subscriptions WHERE merged_into IS NULL ORDER BY id")


async def load_active(read: Connection, subscription_ids: Collection[int]) -> list[Subscription]:
    """Those of these subscriptions that were not removed, paused ones included."""
    return await _load(
        read,
        """SELECT * FROM subscriptions
           WHERE removed_at IS NULL AND id IN :ids ORDER BY id""",
        {"ids": sorted(subscription_ids)},
    )


async def load_for(read: Connection, owner: Recipient) -> list[Subscription]:
    return await _load(
        read,
        """SELECT * FROM subscriptions
           WHERE owner_kind = :kind AND owner_id = :id AND removed_at IS NULL ORDER BY id""",
        {"kind": owner.kind, "id": owner.id},
    )


async def load_one(read: Connection, subscription_id: int) -> Subscription | None:
    """Also a removed one, so that a removal can be undone."""
    found = await _load(read, "SELECT * FROM subscriptions WHERE id = :id", {"id": subscription_id})
    return found[0] if found else None


async def load_removed(read: Connection, owner: Recipient, first: int, last: int) -> list[Subscription]:
    """The owner's subscriptions between these two ids that were removed together with them."""
    return await _load(
        read,
        """SELECT * FROM subscriptions WHERE owner_kind = :kind AND owner_id = :id
           AND id BETWEEN :first AND :last
           AND removed_at IN (SELECT removed_at FROM subscriptions WHERE id IN (:first, :last)) ORDER BY id""",
        {"kind": owner.kind, "id": owner.id, "first": first, "last": last},
    )


async def kept_id(read: Connection, subscription_id: int) -> int:
    """The id of the subscription into which this one was merged; its own where it was not."""
    into = await read.value("SELECT merged_into FROM subscriptions WHERE id = :id", {"id": subscription_id})
    return subscription_id if into is None else int(into)


async def set_merged(write: Connection, subscription_ids: Sequence[int], into: int, now: datetime) -> None:
    """Removes these for another one that means the same, which stands for them and for all that were merged into them."""
    await write.execute(
        """UPDATE subscriptions SET merged_into = :into, removed_at = coalesce(removed_at, :now)
           WHERE id IN :ids OR merged_into IN :ids""",
        {"ids": list(subscription_ids), "into": into, "now": seconds(now)},
    )


async def load_merged(read: Connection, owner: Recipient) -> list[Subscription]:
    """Those of an owner that were merged into another one, of which the owner was not told."""
    return await _load(
        read,
        """SELECT * FROM subscriptions WHERE owner_kind = :kind AND owner_id = :id
           AND merged_into IS NOT NULL AND merge_told = 0 ORDER BY id""",
        {"kind": owner.kind, "id": owner.id},
    )


async def set_merges_told(write: Connection, owner: Recipient) -> None:
    await write.execute(
        """UPDATE subscriptions SET merge_told = 1
           WHERE owner_kind = :kind AND owner_id = :id AND merged_into IS NOT NULL""",
        {"kind": owner.kind, "id": owner.id},
    )


async def set_reread(write: Connection, subscription_id: int, before: str, query: str) -> None:
    """Keeps what the text was before it was read anew, until its owner was told."""
    await write.execute(
        "UPDATE subscriptions SET query = :query, reread = :before WHERE id = :id",
        {"query": query, "before": before, "id": subscription_id},
    )


async def load_reread(read: Connection, owner: Recipient) -> list[tuple[Subscription, str]]:
    """Those of an owner that were read anew, each with its text of before, of which the owner was not told."""
    rows = await read.all(
        """SELECT * FROM subscriptions WHERE owner_kind = :kind AND owner_id = :id
           AND reread IS NOT NULL AND removed_at IS NULL ORDER BY id""",
        {"kind": owner.kind, "id": owner.id},
    )
    return [(_subscription(row), row["reread"]) for row in rows]


async def set_rereads_told(write: Connection, subscription_ids: Sequence[int]) -> None:
    await write.execute("UPDATE subscriptions SET reread = NULL WHERE id IN :ids", {"ids": list(subscription_ids)})


async def add(
    write: Connection, owner: Recipient, kind: SubscriptionKind, query: str, cadence: Cadence, now: datetime
) -> Subscription:
    subscription_id = await write.insert(
        """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
           VALUES (:owner_kind, :owner_id, :kind, :query, :cadence, :now)""",
        {
            "owner_kind": owner.kind,
            "owner_id": owner.id,
            "kind": kind,
            "query": query,
            "cadence": cadence,
            "now": seconds(now),
        },
    )
    return Subscription(subscription_id, owner, kind, query, cadence, now)


async def set_paused(write: Connection, subscription_id: int, paused: bool, now: datetime) -> None:
    """Lets it rest, or run again; how long it rested is kept."""
    await _set_resting(write, "paused_at", subscription_id, paused, now)


async def set_removed(write: Connection, subscription_id: int, removed: bool, now: datetime) -> None:
    """Removes it, or brings it back; how long it was away is kept."""
    await _set_resting(write, "removed_at", subscription_id, removed, now)


async def _set_resting(write: Connection, column: str, subscription_id: int, resting: bool, now: datetime) -> None:
    parameters = {"id": subscription_id, "now": seconds(now)}
    if resting:
        await write.execute(
            f"UPDATE subscriptions SET {column} = coalesce({column}, :now) WHERE id = :id",  # noqa: S608
            parameters,
        )
        return
    await write.execute(
        f"""INSERT INTO pauses (subscription_id, since, until)
            SELECT id, {column}, CASE WHEN {column} > :now THEN {column} ELSE :now END
            FROM subscriptions WHERE id = :id AND {column} IS NOT NULL
            ON CONFLICT (subscription_id, since) DO UPDATE SET until =
                CASE WHEN pauses.until > excluded.until THEN pauses.until ELSE excluded.until END""",  # noqa: S608
        parameters,
    )
    await write.execute(f"UPDATE subscriptions SET {column} = NULL WHERE id = :id", parameters)  # noqa: S608


async def set_query(write: Connection, subscription_id: int, query: str) -> None:
    await write.execute(
        "UPDATE subscriptions SET query = :query WHERE id = :id", {"query": query, "id": subscription_id}
    )


async def reword(write: Connection, subscription_id: int, query: str, now: datetime) -> None:
    """Gives a subscription another meaning, as if it were made now: what came before was told by the old one."""
    await write.execute(
        "UPDATE subscriptions SET query = :query, created_at = :now WHERE id = :id",
        {"query": query, "now": seconds(now), "id": subscription_id},
    )


async def set_cadence(write: Connection, subscription_id: int, cadence: Cadence) -> None:
    await write.execute(
        "UPDATE subscriptions SET cadence = :cadence WHERE id = :id", {"id": subscription_id, "cadence": cadence}
    )
