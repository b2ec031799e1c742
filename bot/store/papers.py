"""Papers, their identities, events and community. One work is one row, however many sources carry it.

Knows SQL for papers; knows neither upstreams nor subscriptions.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.errors import BadDataError
from bot.models import Event, EventKind, Paper, PaperId, Record, SubscriptionKind
from bot.papers.grouping import anchor, grouped, with_addresses
from bot.papers.intake import Intake, State, is_kin, late, without
from bot.papers.kinship import work_of
from bot.papers.notes import note_on
from bot.papers.titles import title_key
from bot.store import alerts, curation, events, kin, meta, novelty, refreshes, registries, scores, search, seen
from bot.store.database import Connection, Row
from bot.store.events import Telling
from bot.store.rows import (
    INSERT_PAPER,
    INSERT_VOTES,
    UPDATE_PAPER,
    UPSERT_COMMUNITY,
    community_columns,
    paper_columns,
    read_community,
    read_json,
    read_paper,
    readable_names,
    vote_columns,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What one batch of records did to one paper. `events` are the new ones only.

    `news` are those that may be told: new ones, and silent ones of earlier that a source has now stated as news.
    `late`: it was stored before without what these follow, an author or any category. `before` is what was stored.
    """

    paper: Paper
    events: tuple[Event, ...]
    is_new: bool
    news: tuple[Event, ...] = ()
    late: frozenset[SubscriptionKind] = frozenset()
    before: Paper | None = None


async def add_records(
    write: Connection,
    records: Sequence[Record],
    now: datetime,
    *,
    eligible: bool | Telling,
    tokens: Mapping[str, str] | None = None,
) -> list[Change]:
    """Takes records into the store, in order; repeated ones change nothing.

    `tokens` may hold index text that was made beforehand, by text. Returns the papers that are new, changed, or have new
    events or news. `eligible` says which events may be told: all, none (they are recorded silently), or those that it picks.
    Two papers that turn out to be one (a record carries an identity of each) are merged into the older one.
    """
    apart = await kin.load_apart(write)
    records = without(with_addresses(records), apart)
    known = await _known_ids(write, records)
    group_of = grouped(records, known)
    notes = {place: note for place, record in enumerate(records) if (note := note_on(record))}
    titles = [record.title for record in records] + [title for note in notes.values() for title in note.titles]
    named = await kin.with_titles(write, map(title_key, titles))
    owner_of, joined = await _owners(write, known, group_of)
    joined += await _join_by_title(write, records, group_of, owner_of, named, apart)
    states = await _load_states(write, {*owner_of.values(), *kin.few(named)})
    for kept, one, other, source in joined:
        states[kept].join(one, other, source)
    fresh = {group_of[anchor(record)] for record in records} - owner_of.keys()
    next_id = await meta.reserve(write, "next_paper", len(fresh), await search.newest_id(write) + 1)
    batch = Intake(states, owner_of, named, next_id, now)
    later = []
    for place, record in enumerate(records):
        group = group_of[anchor(record)]
        own = tuple(i for i in record.ids if group_of[i] == group)
        told = record if own == record.ids else replace(record, ids=own)
        if place in notes:
            later.append((notes[place], told, group))
        else:
            batch.take(told, group)
    for note, told, group in later:
        batch.take_note(note, told, group)
    may_tell = (lambda _event, _is_new: eligible) if isinstance(eligible, bool) else eligible
    return await _write(write, list(states.values()), now, may_tell, tokens or {})


#: A row that others were merged into: it, the two papers as they were, and who made them one.
_Joined = tuple[int, Paper, Paper, str]


async def _owners(
    write: Connection, known: Mapping[PaperId, int], group_of: Mapping[PaperId, PaperId]
) -> tuple[dict[PaperId, int], list[_Joined]]:
    """The row of each group; of several rows the oldest, into which the others are merged."""
    owner_of: dict[PaperId, int] = {}
    joined: dict[int, _Joined] = {}
    for identity, owner in sorted(known.items(), key=lambda item: item[1]):
        kept = owner_of.setdefault(group_of[identity], owner)
        if owner != kept and owner not in joined:
            joined[owner] = (kept, *await merge_papers(write, owner, kept), "")
    return owner_of, list(joined.values())


async def _join_by_title(
    write: Connection,
    records: Sequence[Record],
    group_of: Mapping[PaperId, PaperId],
    owner_of: dict[PaperId, int],
    named: dict[str, set[int]],
    apart: frozenset[frozenset[str]],
) -> list[_Joined]:
    """Makes stored papers one that have become a preprint and its article: one of them has another title now, or its authors."""
    joined: list[_Joined] = []
    for record in records:
        owner = owner_of.get(group_of[anchor(record)])
        others = named.get(title_key(record.title), set()) - {owner}
        if owner is None or len(others) != 1:
            continue
        pair = await _load_states(write, {owner, *others})
        if len(pair) == 2 and is_kin(pair[next(iter(others))], pair[owner], record, apart):
            kept, gone = sorted((owner, *others))
            joined.append((kept, *await merge_papers(write, gone, kept), record.source))
            owner_of.update({group: kept for group, number in owner_of.items() if number == gone})
            named[title_key(record.title)] = {kept}
    return joined


async def _known_ids(read: Connection, records: Sequence[Record]) -> dict[PaperId, int]:
    """The papers that have these identities, by identity; with those that are known by another, their arXiv ids too, and with those
    that are known by an address their DOIs."""
    wanted: dict[str, set[str]] = {}
    for record in records:
        for identity in record.ids:
            wanted.setdefault(identity.scheme, set()).add(identity.value)
    rows = [
        row
        for scheme, values in wanted.items()
        for row in await read.all(
            "SELECT scheme, value, paper_id FROM paper_ids WHERE scheme = :scheme AND value IN :values",
            {"scheme": scheme, "values": sorted(values)},
        )
    ]
    others = {row["paper_id"] for row in rows if row["scheme"] != "arxiv"}
    if others:
        rows += await read.all(
            """SELECT scheme, value, paper_id FROM paper_ids
               WHERE (scheme = 'arxiv' AND paper_id IN :ids) OR (scheme = 'doi' AND paper_id IN :addressed)""",
            {"ids": sorted(others), "addressed": sorted({row["paper_id"] for row in rows if row["scheme"] == "url"})},
        )
    return {PaperId(row["scheme"], row["value"]): row["paper_id"] for row in rows}


async def _load_states(read: Connection, paper_ids: set[int]) -> dict[int, State]:
    papers = await load_papers(read, paper_ids)
    rows = await read.all(
        "SELECT id, provenance FROM papers WHERE id IN :ids",
        {"ids": sorted(paper_ids)},
    )
    said = {row["id"]: {k: (v[0], v[1]) for k, v in read_json(row["provenance"]).items()} for row in rows}
    return {i: State(paper, said[i], paper) for i, paper in papers.items()}


async def _write(
    write: Connection, states: list[State], now: datetime, may_tell: Telling, tokens: Mapping[str, str]
) -> list[Change]:
    said = [events.Statement(s.paper.id, event, source) for s in states for event, source in s.events]
    weighed = await events.weigh(write, said, may_tell)
    inserted = [s for s in states if s.before is None]
    updated = [s for s in states if s.before is not None and s.paper != s.before]
    await write.execute_many(INSERT_PAPER, [paper_columns(s.paper, s.provenance) for s in inserted])
    await write.execute_many(UPDATE_PAPER, [paper_columns(s.paper, s.provenance) for s in updated])
    await refreshes.note_changed(write, [s.paper.id for s in updated])
    changed = inserted + updated
    await write.execute_many(
        "INSERT INTO paper_ids (scheme, value, paper_id) VALUES (:scheme, :value, :paper) ON CONFLICT DO NOTHING",
        [
            {"scheme": i.scheme, "value": i.value, "paper": s.paper.id}
            for s in changed
            for i in s.paper.ids
            if s.before is None or i not in s.before.ids
        ],
    )
    with_community = [
        s for s in changed if s.paper.community and s.paper.community != (s.before and s.before.community)
    ]
    await write.execute_many(UPSERT_COMMUNITY, [community_columns(s.paper) for s in with_community])
    await write.execute_many(
        INSERT_VOTES, [vote_columns(s.paper.id, at, counted) for s in states for at, counted in s.votes.items()]
    )
    await write.execute_many(
        "INSERT INTO listings (day, paper_id) VALUES (:day, :paper) ON CONFLICT DO NOTHING",
        [
            {"day": event.occurrence, "paper": s.paper.id}
            for s in states
            for event, _ in s.events
            if event.kind is EventKind.LISTED
        ],
    )
    await events.keep(write, weighed, now)
    await search.index_papers(write, [(s.before, s.paper) for s in changed], tokens)
    await scores.wait(write, {s.paper.id for s in changed} | {s.paper.id for s in states if s.votes})
    changes = [
        Change(
            s.paper,
            weighed.new_of(s.paper.id),
            s.before is None,
            weighed.news_of(s.paper.id),
            late(s.before, s.paper),
            s.before,
        )
        for s in states
    ]
    return [c for c, s in zip(changes, states, strict=True) if c.is_new or c.events or c.news or s.paper != s.before]


#: Of these a paper has each one once: what makes two of them the same.
_ONCE_A_PAPER: Final = {
    "events": "kept.kind = events.kind AND kept.occurrence = events.occurrence",
    "listings": "kept.day = listings.day",
    "votes": "kept.captured_at = votes.captured_at",
    "community": "true",
    "saved_papers": "kept.user_id = saved_papers.user_id",
    "hidden_papers": "kept.user_id = hidden_papers.user_id",
    "namesakes": "kept.subscription_id = namesakes.subscription_id AND kept.name = namesakes.name",
}


async def merge_papers(write: Connection, duplicate: int, kept: int) -> tuple[Paper, Paper]:
    """Makes `duplicate` part of `kept`: identities, events, listings, votes, alerts, places in messages,
    what servers made of it, what was said of its authors, also by registries; what was sent stays sent.

    Returns the two as they were."""
    ids = {"old": duplicate, "new": kept}
    papers = await load_papers(write, {duplicate, kept})
    await search.index_papers(write, [(papers[duplicate], None)])
    await write.execute("UPDATE paper_ids SET paper_id = :new WHERE paper_id = :old", ids)
    for table, same in _ONCE_A_PAPER.items():  # what the kept one has stays as it has it
        await write.execute(
            f"""DELETE FROM {table} WHERE paper_id = :old
                AND EXISTS (SELECT 1 FROM {table} AS kept WHERE kept.paper_id = :new AND {same})""",  # noqa: S608
            ids,
        )
        await write.execute(f"UPDATE {table} SET paper_id = :new WHERE paper_id = :old", ids)  # noqa: S608
    await alerts.merge_papers(write, duplicate, kept)
    await refreshes.merge_papers(write, duplicate, kept)
    await curation.merge_papers(write, duplicate, kept)
    await registries.merge_papers(write, duplicate, kept)
    await novelty.merge_papers(write, duplicate, kept)
    await scores.forget(write, duplicate)
    await seen.forget(write, duplicate)
    await scores.wait(write, [kept])
    await write.execute("UPDATE papers SET merged_into = :new WHERE id = :old OR merged_into = :old", ids)
    return papers[duplicate], papers[kept]


async def load_papers(read: Connection, paper_ids: Iterable[int]) -> dict[int, Paper]:
    """The papers with these rows, keyed by id; ids that do not exist or were merged away are absent.

    So is one that cannot be read, as a hand can have left it: it is logged, and the others are there.
    """
    ids = {"ids": sorted(set(paper_ids))}
    rows = await read.all("SELECT * FROM papers WHERE id IN :ids AND merged_into IS NULL", ids)
    names = await read.all("SELECT * FROM paper_ids WHERE paper_id IN :ids", ids)
    crowd = await read.all("SELECT * FROM community WHERE paper_id IN :ids", ids)
    identities: dict[int, list[PaperId]] = {}
    for row in names:
        identities.setdefault(row["paper_id"], []).append(PaperId(row["scheme"], row["value"]))
    communities = {row["paper_id"]: row for row in crowd}
    notes = await events.load_notes(read, ids["ids"])
    found = (_read(row, identities, communities, notes) for row in rows)
    return {paper.id: paper for paper in found if paper is not None}


def _read(
    row: Row,
    identities: Mapping[int, list[PaperId]],
    communities: Mapping[int, Row],
    notes: Mapping[int, tuple[Event, ...]],
) -> Paper | None:
    try:
        number, crowd = row["id"], communities.get(row["id"])
        return read_paper(row, identities[number], read_community(crowd) if crowd else None, notes.get(number, ()))
    except (BadDataError, ValueError, TypeError, LookupError, OverflowError, OSError) as error:
        log.error("paper %d cannot be read and is left out: %s: %s", row["id"], type(error).__name__, error)
        return None


async def find_paper(read: Connection, identity: PaperId) -> Paper | None:
    paper_id = await _id_of(read, identity)
    return None if paper_id is None else (await load_papers(read, [paper_id])).get(paper_id)


async def with_categories(read: Connection, ids: Iterable[PaperId]) -> set[PaperId]:
    """Those of these arXiv ids of whose papers a category is known."""
    rows = await read.all(
        """SELECT i.value FROM paper_ids AS i JOIN papers AS p ON p.id = i.paper_id
           WHERE i.scheme = 'arxiv' AND i.value IN :values AND p.categories <> ''""",
        {"values": sorted({identity.value for identity in ids})},
    )
    return {PaperId("arxiv", row["value"]) for row in rows}


async def announced_at(read: Connection, records: Sequence[Record]) -> list[datetime | None]:
    """When the paper of each record was announced; None where nobody has recorded that yet."""
    whole = with_addresses(records)
    known = await _known_ids(read, whole)
    at = await events.announced_at(read, known.values())
    told = ([at[known[i]] for i in record.ids if i in known and known[i] in at] for record in whole)
    return [min(found, default=None) for found in told]


async def is_kept(read: Connection, identity: PaperId) -> bool:
    """Whether there is a row for this identity, be it readable or not."""
    return await _id_of(read, identity) is not None


async def _id_of(read: Connection, identity: PaperId) -> int | None:
    """The row that has it, or another version of it."""
    sql = "SELECT paper_id FROM paper_ids WHERE scheme = :scheme AND value = :value"
    for one in dict.fromkeys((identity, work_of(identity))):
        paper_id: int | None = await read.value(sql, {"scheme": one.scheme, "value": one.value})
        if paper_id is not None:
            return paper_id
    return None


async def load_authors(read: Connection, paper_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The authors of these papers as printed, by paper."""
    rows = await read.all("SELECT id, authors FROM papers WHERE id IN :ids", {"ids": list(paper_ids)})
    return {row["id"]: readable_names(row["authors"]) for row in rows}
