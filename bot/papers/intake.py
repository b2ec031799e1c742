"""A batch of records on their way in: which paper each of them is of, what it becomes, and what happened to it.

PURE. Knows records and the stored papers that they may be of; knows no storage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from bot.models import NOTED, Community, Event, EventKind, Paper, PaperId, Record, SubscriptionKind
from bot.papers.joining import concerns, is_one_work, published, was_published
from bot.papers.merging import Provenance, begin, merge
from bot.papers.notes import Note
from bot.papers.titles import title_key


@dataclass(slots=True)
class State:
    """`before` is None for a new paper; `votes` are what was counted, by instant; `events` stand with who stated them."""

    paper: Paper
    provenance: Provenance
    before: Paper | None
    events: list[tuple[Event, str]] = field(default_factory=list)
    votes: dict[datetime, Community] = field(default_factory=dict)

    @classmethod
    def begun(cls, paper_id: int, record: Record, now: datetime) -> Self:
        """A paper that nobody knew."""
        merged = begin(paper_id, record, now)
        state = cls(merged.paper, merged.provenance, None)
        state._note(record, None, now)
        return state

    @property
    def sources(self) -> set[str]:
        """Who stated what is known of it."""
        return {source for source, _ in self.provenance.values()}

    def take(self, record: Record, now: datetime) -> None:
        """Takes a further record in."""
        old = self.paper
        merged = merge(old, self.provenance, record, now)
        self.paper, self.provenance = merged.paper, merged.provenance
        self._note(record, old.community, now)
        if self.before is not None and "withdrawn" in merged.changed and merged.paper.withdrawn:
            self._happened(Event(EventKind.WITHDRAWN, record.event.at, f"v{record.version or 0}"), record.source)
        community = merged.paper.community
        if (
            self.before is not None
            and community
            and community.code_url
            and not (old.community and old.community.code_url)
        ):
            self._happened(Event(EventKind.CODE_RELEASED, record.event.at), record.source)
        if article := published(old, record, self.paper):
            self._happened(article, record.source)

    def take_note(self, kind: EventKind, note: Record) -> None:
        """Takes a note on it in: a correction, a retraction."""
        self._happened(Event(kind, note.event.at, str(note.ids[0])), note.source)
        if kind is EventKind.RETRACTED:
            self.paper = replace(self.paper, withdrawn=True)

    def join(self, one: Paper, other: Paper, source: str) -> None:
        """It was two papers until now."""
        article = was_published(one, self.paper) or was_published(other, self.paper)
        if article is not None:
            self._happened(article, source)
        ref = self.paper.journal_ref or one.journal_ref or other.journal_ref
        self.paper = replace(self.paper, journal_ref=ref)

    def _note(self, record: Record, community: Community | None, now: datetime) -> None:
        """The record's event, and its votes when they were captured some day or differ from those of `community`."""
        self._happened(record.event, record.source)
        if record.community and record.community.captured:
            self.votes[record.community.captured] = record.community
        elif record.community and self.paper.community and self.paper.community != community:
            self.votes[now] = self.paper.community

    def _happened(self, event: Event, source: str) -> None:
        self.events.append((event, source))
        known = {(note.kind, note.occurrence) for note in self.paper.notes}
        if event.kind in NOTED and (event.kind, event.occurrence) not in known:
            self.paper = replace(self.paper, notes=in_time((*self.paper.notes, event)))


@dataclass(slots=True)
class Intake:
    """Records on their way in. `owner_of` is by group, `named` are the papers that have a title, by its key."""

    states: dict[int, State]
    owner_of: dict[PaperId, int]
    named: dict[str, set[int]]
    next_id: int
    now: datetime

    def take(self, record: Record, group: PaperId) -> None:
        owner = self.owner_of.get(group) or self._kin_of(record)
        if owner is None:
            owner, self.next_id = self.next_id, self.next_id + 1
            self.states[owner] = State.begun(owner, record, self.now)
        else:
            self.states[owner].take(record, self.now)
        self.owner_of[group] = owner
        self.named.setdefault(title_key(self.states[owner].paper.title), set()).add(owner)

    def take_note(self, note: Note, record: Record, group: PaperId) -> None:
        """A note is a line on the paper that it concerns, else nothing; what can be a paper too is one where none is known."""
        if note.itself and group in self.owner_of:
            self.take(replace(record, title=note.titles[0]), group)
            self.states[self.owner_of[group]].take_note(note.kind, record)
            return
        found = {
            number: self.states[number]
            for title in note.titles
            for number in self.named.get(title_key(title), ())
            if number in self.states
            and concerns(self.states[number].paper, self.states[number].sources, record, title, doubtful=note.doubtful)
        }
        if len(found) == 1:
            found.popitem()[1].take_note(note.kind, record)
        elif note.doubtful:
            self.take(record, group)

    def _kin_of(self, record: Record) -> int | None:
        """The preprint of an article, or the other way round, if the title is of this paper alone."""
        found = self.named.get(title_key(record.title), set())
        state = self.states.get(next(iter(found))) if len(found) == 1 else None
        if state is None or record.source in state.sources:
            return None  # one source knows itself which of its papers are two
        return state.paper.id if is_one_work(state.paper, record) else None


def in_time(notes: Iterable[Event]) -> tuple[Event, ...]:
    """In the order of time."""
    return tuple(sorted(notes, key=lambda note: (note.at, note.kind, note.occurrence)))


def late(before: Paper | None, now: Paper) -> frozenset[SubscriptionKind]:
    """What these follow it had not when it was stored."""
    found = set()
    if before is not None and now.authors != before.authors:
        found.add(SubscriptionKind.AUTHOR)
    if before is not None and now.categories and not before.categories:
        found.add(SubscriptionKind.CATEGORY)
    return frozenset(found)


def without(records: Iterable[Record], apart: frozenset[frozenset[str]]) -> list[Record]:
    """The records without identities of which somebody said that they are another paper's."""
    return [_without(record, apart) for record in records] if apart else list(records)


def _without(record: Record, apart: frozenset[frozenset[str]]) -> Record:
    first = next((i for i in record.ids if i.scheme == "arxiv"), record.ids[0])
    own = tuple(i for i in record.ids if i == first or not are_apart((first,), (i,), apart))
    return record if own == record.ids else replace(record, ids=own)


def are_apart(one: Iterable[PaperId], other: Iterable[PaperId], apart: frozenset[frozenset[str]]) -> bool:
    """Whether somebody said that these are two papers."""
    ours, theirs = set(map(str, one)), set(map(str, other))
    return bool(apart) and any(pair & ours and pair & theirs - ours for pair in apart)


def is_kin(paper: State, known: State, record: Record, apart: frozenset[frozenset[str]]) -> bool:
    """Whether a paper and the one of which the record is are a preprint and its article, by what the record says of it."""
    if (
        record.source in paper.sources
        or paper.sources & known.sources
        or are_apart(paper.paper.ids, known.paper.ids, apart)
    ):
        return False
    return is_one_work(paper.paper, record, known.paper.ids)
