"""Many upstreams, one paper: which statement about each field is believed.

PURE. Knows the precedence of sources; knows no storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from bot.language.name_marks import has_letters
from bot.models import Author, Community, EventKind, Paper, Record, SourceKind, kind_of
from bot.papers.kinship import ordered

#: Who is believed about a paper's own text. arXiv's title and abstract win over copies that lost their TeX.
_TRUST: Final = {
    SourceKind.ARXIV_FEED: 3, SourceKind.ARXIV_OAI: 3, SourceKind.ARXIV_FILE: 3, SourceKind.BIORXIV: 3, SourceKind.MEDRXIV: 3,
    SourceKind.JOURNAL: 2, SourceKind.HUGGINGFACE: 1, SourceKind.HUGGINGFACE_FILE: 1,
    SourceKind.SEMANTIC_SCHOLAR: 0, SourceKind.OPENALEX: 0,
}  # fmt: skip

#: Events that say when a paper was announced.
ANNOUNCING: Final = frozenset({EventKind.ANNOUNCED, EventKind.CROSS_LISTED})

#: Fields of Record that become columns of the paper, in the order in which they are shown.
FIELDS: Final = (
    "title",
    "abstract",
    "authors",
    "categories",
    "version",
    "published",
    "updated",
    "comment",
    "journal_ref",
    "license_url",
)

#: Which source said it, and when (seconds since 1970).
Provenance = Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Merged:
    """The paper after one more record; `changed` names its fields that differ from before."""

    paper: Paper
    provenance: Provenance
    changed: frozenset[str]


def trust(source: str) -> int:
    """How far a source is believed; not at all when nobody knows it."""
    kind = kind_of(source)
    return _TRUST[kind] if kind else 0


def _is_file(source: str) -> bool:
    kind = kind_of(source)
    return kind is not None and kind.is_file


def begin(paper_id: int, record: Record, now: datetime) -> Merged:
    """The paper that one record alone states."""
    record = _with_people(record)
    said = (record.source, int(now.timestamp()))
    provenance = {name: said for name in FIELDS if getattr(record, name)}
    paper = Paper(
        id=paper_id,
        ids=ordered(record.ids),
        title=record.title,
        abstract=record.abstract or "",
        authors=record.authors,
        categories=record.categories,
        first_seen=now,
        version=record.version,
        published=record.published,
        updated=record.updated,
        announced=record.event.at if record.event.kind in ANNOUNCING else None,
        comment=record.comment,
        journal_ref=record.journal_ref,
        license_url=record.license_url,
        withdrawn=record.withdrawn,
        community=merge_community(None, record.community, now),
    )
    return Merged(paper, provenance, frozenset(provenance))


def merge(paper: Paper, provenance: Provenance, record: Record, now: datetime) -> Merged:
    """Takes one record into a paper. An upstream that does not say (None, empty) changes nothing."""
    record = _with_people(record)
    updates: dict[str, Any] = {}
    if paper.announced is None and record.event.kind in ANNOUNCING:
        updates["announced"] = record.event.at
    sources = dict(provenance)
    outdated = _is_outdated(paper, sources, record)
    for name in FIELDS:
        new, old = getattr(record, name), getattr(paper, name)
        if not new:
            continue
        if old and not _believed(name, record, sources.get(name), outdated, new, old):
            continue
        if name == "authors":
            new = _with_affiliations(new, old)
        sources[name] = (record.source, int(now.timestamp()))
        if new != old:
            updates[name] = new
    if record.withdrawn and not outdated:
        updates["withdrawn"] = True
    elif paper.withdrawn and _is_newer(record.version, paper.version) and not _is_retracted(paper):
        # a version that stands takes the mark back
        updates["withdrawn"] = False
    community = merge_community(paper.community, record.community, now)
    if community != paper.community:
        updates["community"] = community
    ids = ordered((*paper.ids, *record.ids))
    if ids != paper.ids:
        updates["ids"] = ids
    updates = {name: value for name, value in updates.items() if value != getattr(paper, name)}
    return Merged(replace(paper, **updates), sources, frozenset(updates))


def _is_retracted(paper: Paper) -> bool:
    return any(note.kind is EventKind.RETRACTED for note in paper.notes)


def _is_newer(version: int | None, known: int | None) -> bool:
    return version is not None and known is not None and version > known


def _with_people(record: Record) -> Record:
    """The record without authors who are nobody: signs that an upstream's list was parted by."""
    people = tuple(author for author in record.authors if has_letters(author.name))
    return record if len(people) == len(record.authors) else replace(record, authors=people)


def _is_outdated(paper: Paper, provenance: Provenance, record: Record) -> bool:
    """Whether the paper has a newer text than the record's from the same kind of upstream."""
    if paper.version is not None and record.version is not None:
        return record.version < paper.version
    # A file says what its upstream said some day: without a version it gives way to what the upstream itself said.
    said = provenance.get("title", ("", 0))[0]
    return _is_file(record.source) and bool(said) and not _is_file(said)


def _believed(name: str, record: Record, said: tuple[str, int] | None, outdated: bool, new: Any, old: Any) -> bool:
    if name == "published":
        return bool(
            new < old
        )  # upstreams disagree by copying a later version's date; the first version is the earliest
    if name == "version":
        return bool(new > old)
    trusted = trust(said[0]) if said else 0
    own = trust(record.source)
    return own > trusted or (own == trusted and not outdated)


def _with_affiliations(new: tuple[Author, ...], old: tuple[Author, ...]) -> tuple[Author, ...]:
    """Affiliations survive a source that repeats the same names without them."""
    if len(new) != len(old) or any(author.affiliation for author in new):
        return new
    return tuple(o if n.name == o.name else n for n, o in zip(new, old, strict=True))


def merge_community(old: Community | None, new: Community | None, now: datetime) -> Community | None:
    """The statement counted last holds; everything else stays known when it leaves it out.

    `listed_on` keeps the first day: a paper listed on two days was news on the first. `captured` says since when the
    whole has been so, so that the same statement again changes nothing.
    """
    if new is None:
        return old
    new = replace(new, captured=new.captured or now)
    if old is None:
        return new
    assert new.captured is not None
    last, other = (old, new) if old.captured and old.captured > new.captured else (new, old)
    kept = {
        f.name: getattr(other, f.name)
        for f in fields(Community)
        if getattr(last, f.name) in (None, ()) and getattr(other, f.name) not in (None, ())
    }
    if "code_url" in kept:
        kept["code_is_guess"] = other.code_is_guess
    if other.listed_on and (last.listed_on is None or other.listed_on < last.listed_on):
        kept["listed_on"] = other.listed_on
    result = replace(last, **kept)
    return old if replace(result, captured=old.captured) == old else result
