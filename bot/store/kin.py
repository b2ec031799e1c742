"""Which stored papers have a title, and which identities are two papers though they look like one. Knows SQL; judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bot.language.tokens import ANALYZER_VERSION
from bot.models import PaperId, Record
from bot.papers.kinship import work_of
from bot.papers.notes import Note, note_on
from bot.papers.titles import title_key
from bot.store import events, meta
from bot.store.database import Connection

#: Changes whenever a title gets another key, or a DOI another work.
_SHAPE: Final = 2
#: A title of more papers than this says nothing of any.
_NAMESAKES: Final = 20
_KEY: Final = "title_keys"
_VERSION: Final = f"{ANALYZER_VERSION}.{_SHAPE}"


async def with_titles(read: Connection, keys: Iterable[str]) -> dict[str, set[int]]:
    """The papers that have titles of these keys, by key."""
    rows = await read.all(
        "SELECT title_key, id FROM papers WHERE title_key IN :keys AND merged_into IS NULL",
        {"keys": sorted(filter(None, keys))},
    )
    found: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        found[row["title_key"]].add(row["id"])
    return found


def few(named: Mapping[str, set[int]]) -> set[int]:
    """The papers whose titles are those of few."""
    return {number for numbers in named.values() if len(numbers) <= _NAMESAKES for number in numbers}


async def without_notes(read: Connection, records: Sequence[Record]) -> list[Record]:
    """The records of which each is a paper, or should be one. A note is none: what stands as a line on another paper, or could only do
    so. One that became a paper is one, and so is a doubtful one that became nothing."""
    notes = {place: note for place, record in enumerate(records) if (note := note_on(record))}
    if not notes:
        return list(records)
    values: dict[str, set[str]] = defaultdict(set)
    for place in notes:
        values[records[place].ids[0].scheme].add(records[place].ids[0].value)
    stored = {
        PaperId(scheme, row["value"])
        for scheme, own in values.items()
        for row in await read.all(
            "SELECT value FROM paper_ids WHERE scheme = :scheme AND value IN :values",
            {"scheme": scheme, "values": sorted(own)},
        )
    }
    lines = await _lines(read, notes.values())
    return [
        record
        for place, record in enumerate(records)
        if place not in notes or record.ids[0] in stored or (notes[place].doubtful and str(record.ids[0]) not in lines)
    ]


async def _lines(read: Connection, notes: Iterable[Note]) -> set[str]:
    """Which notes stand on the papers that doubtful ones may concern, by their own identities."""
    keys = {title_key(title) for note in notes if note.doubtful for title in note.titles}
    concerned = {number for numbers in (await with_titles(read, keys)).values() for number in numbers}
    return {line.occurrence for own in (await events.load_notes(read, concerned)).values() for line in own}


async def load_apart(read: Connection) -> frozenset[frozenset[str]]:
    """The pairs of identities that are two papers, as somebody said."""
    rows = await read.all("SELECT one, other FROM apart")
    return frozenset(frozenset((row["one"], row["other"])) for row in rows)


async def keep_apart(write: Connection, one: Iterable[PaperId], other: Iterable[PaperId]) -> None:
    """From now on these are two papers."""
    pairs = [sorted((str(mine), str(yours))) for mine in one for yours in other]
    await write.execute_many(
        "INSERT INTO apart (one, other) VALUES (:one, :other) ON CONFLICT DO NOTHING",
        [{"one": first, "other": second} for first, second in pairs],
    )


async def is_current(read: Connection) -> bool:
    """Whether every paper has the key that is made of its title today."""
    return await meta.get_value(read, _KEY) == _VERSION


async def mark_current(write: Connection) -> None:
    await meta.set_value(write, _KEY, _VERSION)


async def fill(write: Connection, after: int, limit: int) -> int | None:
    """Gives keys to so many papers behind one, and to their DOIs what all versions share. Returns the last of them, None when
    there is none."""
    rows = await write.all(
        "SELECT id, title FROM papers WHERE id > :after ORDER BY id LIMIT :limit", {"after": after, "limit": limit}
    )
    if not rows:
        return None
    last = int(rows[-1]["id"])
    await write.execute_many(
        "UPDATE papers SET title_key = :key WHERE id = :id",
        [{"id": row["id"], "key": title_key(row["title"])} for row in rows],
    )
    names = await write.all(
        "SELECT value, paper_id FROM paper_ids WHERE scheme = 'doi' AND paper_id > :after AND paper_id <= :last",
        {"after": after, "last": last},
    )
    works = [(work_of(PaperId("doi", row["value"])).value, row) for row in names]
    await write.execute_many(
        "INSERT INTO paper_ids (scheme, value, paper_id) VALUES ('doi', :value, :paper) ON CONFLICT DO NOTHING",
        [{"value": work, "paper": row["paper_id"]} for work, row in works if work != row["value"]],
    )
    return last
