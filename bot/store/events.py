"""What happened to papers: which events are recorded, which of them may be told, and which silent ones become news after all.

Knows SQL for events; knows neither upstreams nor subscriptions, nor when an event is news.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.models import NOTED, Event, EventKind
from bot.papers.intake import in_time
from bot.store.database import Connection
from bot.store.rows import instant, readable_instant, readable_json, seconds

#: What tells an event from every other: its paper, kind and occurrence.
Key = tuple[int, str, str]
#: Whether an event may be told, by the source that states it now; the second value says whether nobody has recorded it yet.
Telling = Callable[[Event, bool], bool]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says of one paper."""

    paper_id: int
    event: Event
    source: str

    @property
    def key(self) -> Key:
        return self.paper_id, self.event.kind.value, self.event.occurrence


@dataclass(slots=True)
class Weighed:
    """What becomes of a batch's statements: `new` events, `woken` silent ones, and by paper those that may be told.

    `passed` are silent events that stay silent, with all the sources that passed over them.
    """

    new: list[Statement] = field(default_factory=list)
    woken: list[Statement] = field(default_factory=list)
    passed: dict[Key, set[str]] = field(default_factory=dict)
    recorded: dict[int, list[Event]] = field(default_factory=dict)
    news: dict[int, list[Event]] = field(default_factory=dict)

    def new_of(self, paper_id: int) -> tuple[Event, ...]:
        """The paper's events that were not recorded yet."""
        return tuple(self.recorded.get(paper_id, ()))

    def news_of(self, paper_id: int) -> tuple[Event, ...]:
        """The paper's events that may be told from now on."""
        return tuple(self.news.get(paper_id, ()))


async def weigh(read: Connection, statements: Iterable[Statement], may_tell: Telling) -> Weighed:
    """Compares statements with what is recorded.

    A silent event is woken by a source to which it is news, unless that source passed over it before: a list that is read
    again each hour must not undo the silence of its first look.
    """
    said = list(statements)
    rows = await read.all(
        """SELECT paper_id, kind, occurrence, eligible, passed_by FROM events
           WHERE paper_id IN :ids""",
        {"ids": sorted({s.paper_id for s in said})},
    )
    silent: dict[Key, set[str] | None] = {  # None: it was told
        (row["paper_id"], row["kind"], row["occurrence"]): None
        if row["eligible"]
        else set(readable_json(row["passed_by"]) or ())
        for row in rows
    }
    weighed = Weighed()
    for statement in said:
        key = statement.key
        is_new = key not in silent
        tells = may_tell(statement.event, is_new)
        passed_by = silent.setdefault(key, set())
        if is_new:
            weighed.new.append(statement)
            weighed.recorded.setdefault(statement.paper_id, []).append(statement.event)
        if passed_by is None or statement.source in passed_by:
            continue
        if tells:
            silent[key] = None
            weighed.passed.pop(key, None)
            weighed.news.setdefault(statement.paper_id, []).append(statement.event)
            if not is_new:
                weighed.woken.append(statement)
        else:
            passed_by.add(statement.source)
            weighed.passed[key] = passed_by
    return weighed


async def told_at(read: Connection, paper_ids: Collection[int], since: datetime) -> dict[int, datetime]:
    """When each of these papers was news first, if it was since then."""
    rows = await read.all(
        """SELECT paper_id, min(recorded_at) AS at FROM events
           WHERE paper_id IN :ids AND eligible = 1 AND recorded_at >= :since GROUP BY paper_id""",
        {"ids": list(paper_ids), "since": seconds(since)},
    )
    return {row["paper_id"]: instant(row["at"]) for row in rows}


async def told_since(read: Connection, since: datetime) -> list[int]:
    """The papers that were news since then."""
    return await read.ids(
        "SELECT DISTINCT paper_id AS id FROM events WHERE eligible = 1 AND recorded_at >= :since",
        {"since": seconds(since)},
    )


async def announced_at(read: Connection, paper_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these papers was announced, if that is recorded, told or silently."""
    rows = await read.all(
        "SELECT paper_id, at FROM events WHERE paper_id IN :ids AND kind = 'announced' AND occurrence = ''",
        {"ids": sorted(set(paper_ids))},
    )
    return {row["paper_id"]: at for row in rows if (at := readable_instant(row["at"]))}


async def load_notes(read: Connection, paper_ids: Collection[int]) -> dict[int, tuple[Event, ...]]:
    """What is said of these papers in lines of their own, by paper; what cannot be read is left out."""
    rows = await read.all(
        "SELECT paper_id, kind, occurrence, at FROM events WHERE paper_id IN :ids AND kind IN :kinds",
        {"ids": list(paper_ids), "kinds": [kind.value for kind in NOTED]},
    )
    found: dict[int, list[Event]] = {}
    for row in rows:
        if at := readable_instant(row["at"]):
            found.setdefault(row["paper_id"], []).append(Event(EventKind(row["kind"]), at, row["occurrence"]))
    return {number: in_time(notes) for number, notes in found.items()}


async def announced_by(read: Connection, paper_id: int) -> str | None:
    """Who announced the paper."""
    source: str | None = await read.value(
        "SELECT source FROM events WHERE paper_id = :id AND kind = 'announced' AND occurrence = ''", {"id": paper_id}
    )
    return source


async def move(write: Connection, paper_id: int, to: int, kinds: Iterable[EventKind]) -> None:
    """Events of these kinds happened to another paper, to which nothing has happened yet."""
    await write.execute(
        "UPDATE events SET paper_id = :to WHERE paper_id = :id AND kind IN :kinds",
        {"id": paper_id, "to": to, "kinds": [kind.value for kind in kinds]},
    )


async def drop(write: Connection, paper_id: int, kind: EventKind) -> None:
    """No event of this kind happened to the paper."""
    await write.execute(
        "DELETE FROM events WHERE paper_id = :id AND kind = :kind", {"id": paper_id, "kind": kind.value}
    )


async def keep(write: Connection, weighed: Weighed, now: datetime) -> None:
    """Records what `weigh` found, in the caller's transaction."""
    new = {s.key for s in weighed.new}
    await write.execute_many(
        """INSERT INTO events (paper_id, kind, occurrence, at, source, recorded_at, eligible, passed_by)
           VALUES (:paper, :kind, :occurrence, :at, :source, :now, :eligible, :names)""",
        [
            {**_place(s.key), "at": seconds(s.event.at), "source": s.source, "now": seconds(now)}
            | {"eligible": int(s.key not in weighed.passed), "names": _names(weighed.passed.get(s.key))}
            for s in weighed.new
        ],
    )
    # The day on which it is told is the one that its teller names.
    await write.execute_many(
        """UPDATE events SET eligible = 1, at = :at, source = :source, passed_by = NULL
           WHERE paper_id = :paper AND kind = :kind AND occurrence = :occurrence""",
        [{**_place(s.key), "at": seconds(s.event.at), "source": s.source} for s in weighed.woken],
    )
    await write.execute_many(
        """UPDATE events SET passed_by = :names
           WHERE paper_id = :paper AND kind = :kind AND occurrence = :occurrence""",
        [{**_place(key), "names": _names(names)} for key, names in weighed.passed.items() if key not in new],
    )


def _names(names: set[str] | None) -> str | None:
    return None if names is None else json.dumps(sorted(names))


def _place(key: Key) -> dict[str, object]:
    paper_id, kind, occurrence = key
    return {"paper": paper_id, "kind": kind, "occurrence": occurrence}
