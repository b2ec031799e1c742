"""Rows of files of papers → records: arXiv's metadata snapshot as published on Kaggle, and plain JSON lines of arXiv papers
and of Hugging Face's daily lists.

Pure: knows the fields; must not know how files are opened. A bad row is named and never spoils the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Final

from bot.language.creators import split_creators
from bot.models import Author, Community, Event, EventKind, Organization, Record, SourceKind, SourceName
from bot.sources import documents
from bot.sources.arxiv import arxiv_categories, identities, is_withdrawal
from bot.sources.documents import day, instant, line
from bot.sources.limits import cut_json
from bot.when.timetable import EASTERN, announcement_of

ARXIV: Final = str(SourceName(SourceKind.ARXIV_FILE))
LISTS: Final = str(SourceName(SourceKind.HUGGINGFACE_FILE))

_Fields = dict[str, Any]
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_FIRST = datetime(1991, 8, 14, tzinfo=UTC)  # arXiv's first day
_WEB = re.compile(r"https?://\S+$")


#: What a field is, where it is there; what is something else is left out, and the paper stays.
_LISTS: Final = frozenset(("versions", "authors_parsed", "snapshots", "days", "ai_keywords"))
_TEXTS: Final = frozenset(
    ("abstract", "doi", "comment", "journal-ref", "license", "update_date", "published", "first_seen", "captured_at",
     "daily_at", "organization", "project", "submitted_by", "github", "ai_summary", "thumbnail", "submitter", "report-no")
)  # fmt: skip
_EITHER: Final = frozenset(("authors", "categories"))


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of a file states. `odd` names the fields that are left out, being none of their kind."""

    records: tuple[Record, ...]
    odd: tuple[str, ...] = ()


def read_row(row: bytes) -> Row | str:
    """What one line of JSON states, or why it states nothing. The format is told by the row's own fields."""
    try:
        fields = json.loads(row)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(fields, dict):
        return f"not an object but {type(fields).__name__}"
    cut_json(fields)
    odd = [name for name, value in fields.items() if _is_odd(name, value)]
    form = _form(fields)
    for name in odd:
        del fields[name]
    if form is None:
        return "fields of no known format"
    known = identities(fields["id"], _text(fields, "doi")) if isinstance(fields.get("id"), str) else None
    if known is None:
        return f"no arXiv id ({str(fields.get('id'))[:40]!r})"
    title = _text(fields, "title")
    if title is None:
        return f"{known[0][0].value} has no title"
    base = Record("", known[0], title, Event(EventKind.ANNOUNCED, _FIRST), abstract=_text(fields, "abstract"))
    try:
        return Row(tuple(form(base, fields)), tuple(f"{known[0][0].value}: `{name}` is left out" for name in odd))
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        return f"{known[0][0].value}: {type(error).__name__} in its fields"


def _is_odd(name: str, value: object) -> bool:
    if value is None:
        return False
    if name in _LISTS:
        return not isinstance(value, list) or any(not isinstance(v, list | dict | str) for v in value)
    if name == "comments":  # a text in arXiv's snapshot, a number in the daily lists
        return not isinstance(value, str | int)
    return (name in _TEXTS and not isinstance(value, str)) or (name in _EITHER and not isinstance(value, str | list))


def _form(fields: _Fields) -> Callable[[Record, _Fields], list[Record]] | None:
    if "snapshots" in fields or "days" in fields:
        return _from_lists
    if "versions" in fields or "authors_parsed" in fields:
        return _from_snapshot
    if isinstance(fields.get("authors"), list) and "categories" in fields:
        return _from_plain
    return None


# -- arXiv's metadata snapshot: https://www.kaggle.com/datasets/Cornell-University/arxiv -------------------------------


def _from_snapshot(base: Record, fields: _Fields) -> list[Record]:
    versions = sorted(_versions(fields.get("versions") or ()))
    first = versions[0][1] if versions and versions[0][0] == 1 else None
    changed = versions[-1][1] if versions else None
    submitted = first or changed or _midnight(day(_text(fields, "update_date")))
    comment = _text(fields, "comments")
    authors = tuple(_parsed_authors(fields.get("authors_parsed") or ()))
    if not authors:
        authors = tuple(Author(name, place) for name, place in split_creators(_text(fields, "authors") or ""))
    record = Record(
        source=ARXIV,
        ids=base.ids,
        title=base.title,
        event=Event(EventKind.ANNOUNCED, announcement_of(submitted) if submitted else _FIRST),
        abstract=base.abstract,
        authors=authors,
        categories=arxiv_categories(_words(fields.get("categories"))),
        version=versions[-1][0] if versions else None,
        published=first.date() if first else None,
        updated=changed,
        comment=comment,
        journal_ref=_text(fields, "journal-ref"),
        license_url=_text(fields, "license"),
        withdrawn=is_withdrawal(comment, base.abstract, versions[-1][0] if versions else None),
    )
    return [record]


def _versions(rows: Iterable[Any]) -> Iterable[tuple[int, datetime]]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        version = documents.version(row.get("version", ""))
        created = instant(row.get("created"))
        if version is not None and created is not None:
            yield version, created


def _parsed_authors(rows: Iterable[Any]) -> Iterable[Author]:
    """`[family, given, suffix, affiliation…]`"""
    for row in rows:
        if not isinstance(row, list):
            continue
        parts = [line(part) for part in row if isinstance(part, str)]
        family, given, suffix = (*parts[:3], "", "", "")[:3]
        name = " ".join(part for part in (given, family, suffix) if part)
        if name:
            yield Author(name, next((part for part in parts[3:] if part), None))


# -- plain rows of arXiv papers ----------------------------------------------------------------------------------------


def _from_plain(base: Record, fields: _Fields) -> list[Record]:
    """`published` is a month; the day on which the paper was first seen is the announcement's when it fits that month."""
    comment = _text(fields, "comment")
    record = Record(
        source=ARXIV,
        ids=base.ids,
        title=base.title,
        event=Event(EventKind.ANNOUNCED, _announced(_text(fields, "published"), day(_text(fields, "first_seen")))),
        abstract=base.abstract,
        authors=_authors(fields),
        categories=arxiv_categories(_words(fields.get("categories"))),
        comment=comment,
        withdrawn=is_withdrawal(comment, base.abstract),
    )
    return [record]


def _announced(published: str | None, seen: date | None) -> datetime:
    """Midnight US Eastern of the day seen, or the month's first when the paper was seen much later."""
    found = _MONTH.match(published or "")
    if found is None:
        return _midnight(seen) or _FIRST
    year, month = int(found[1]), int(found[2])
    if seen and 0 <= (seen.year - year) * 12 + seen.month - month <= 1:
        return _midnight(seen) or _FIRST
    return _midnight(date(year, month, 1)) or _FIRST


def _midnight(day_: date | None) -> datetime | None:
    return datetime.combine(day_, time(0), EASTERN).astimezone(UTC) if day_ else None


# -- daily lists with every capture of the votes -----------------------------------------------------------------------


def _from_lists(base: Record, fields: _Fields) -> list[Record]:
    """One record for each capture `[captured_at, day, upvotes, comments, stars]`, and one for a day without capture."""
    captures = [
        (captured, listed, capture[2:5])
        for capture in fields.get("snapshots") or ()
        if isinstance(capture, list) and len(capture) > 4
        if (captured := instant(capture[0])) is not None and (listed := day(capture[1])) is not None
    ]
    seen = {listed for _, listed, _ in captures}
    newest = [fields.get("upvotes"), fields.get("comments"), fields.get("github_stars")]
    own = instant(_text(fields, "captured_at"))
    for text in fields.get("days") or ():
        listed = day(text)
        if listed is not None and listed not in seen:
            captures.append((own or _on(listed), listed, newest))
    if not captures:
        raise ValueError("no day")
    first = min(listed for _, listed, _ in captures)
    community = _community(fields, first)
    published = day(_text(fields, "published"))
    submitted = instant(_text(fields, "daily_at"))
    authors = _authors(fields)
    return [
        Record(
            source=LISTS,
            ids=base.ids,
            title=base.title,
            event=Event(
                EventKind.LISTED,
                submitted if submitted and submitted.date() == listed else _on(listed),
                listed.isoformat(),
            ),
            abstract=base.abstract,
            authors=authors,
            published=published,
            community=_counted(community, captured, counts),
        )
        for captured, listed, counts in sorted(captures, key=lambda capture: capture[:2])
    ]


def _community(fields: _Fields, listed: date) -> Community:
    handle, project = _text(fields, "organization"), _text(fields, "project")
    return Community(
        listed_on=listed,
        submitter=_text(fields, "submitted_by"),
        organization=Organization(handle, handle) if handle else None,
        code_url=_text(fields, "github"),
        project_url=project if project and _WEB.match(project) else None,
        summary=_text(fields, "ai_summary"),
        keywords=tuple(dict.fromkeys(line(word) for word in fields.get("ai_keywords") or () if line(word))),
        thumbnail_url=_text(fields, "thumbnail"),
    )


def _counted(known: Community, captured: datetime, counts: list[Any]) -> Community:
    upvotes, comments, stars = (n if isinstance(n, int) and n >= 0 else None for n in counts)
    return replace(known, upvotes=upvotes or 0, comments=comments or 0, code_stars=stars, captured=captured)


def _on(listed: date) -> datetime:
    return datetime.combine(listed, time(0), UTC)


# -- fields ------------------------------------------------------------------------------------------------------------


def _text(fields: _Fields, name: str) -> str | None:
    value = fields.get(name)
    return line(value) or None if isinstance(value, str) else None


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _authors(fields: _Fields) -> tuple[Author, ...]:
    names = fields.get("authors")
    found = (line(name) for name in names if isinstance(name, str)) if isinstance(names, list) else ()
    return tuple(Author(name) for name in found if name)
