"""Rows of Hugging Face's papers API → records: every shape since 2024, a bad row never spoils a page.

Pure: knows the fields and their traps; must not know how rows are fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.errors import SourceUnhealthyError
from bot.models import Author, Community, Event, EventKind, Organization, Record
from bot.papers.paper_ids import parse_id
from bot.sources.documents import day, instant, line, parse_json
from bot.sources.limits import cut_json, told

_A_DAY = timedelta(days=1)
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/[\w.-]+/[\w.-]+", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Rows:
    """A page: `rows` counts what was sent, readable or not."""

    rows: int
    records: tuple[Record, ...]
    skipped: tuple[str, ...]


def parse_list(body: bytes, source: str, listed: date | None) -> Rows:
    """The rows of a daily list (`listed` is its day) or of a search (None), wrapped in `paper` or flat.

    Raises SourceUnhealthyError when the page is not a list or none of its rows can be read.
    """
    rows = parse_json(body, list, source)
    records: list[Record] = []
    skipped = list(told(cut_json(rows)))
    for place, row in enumerate(rows, 1):
        found = _record(row, source, listed)
        if isinstance(found, str):
            skipped.append(f"row {place}: {found}")
        else:
            records.append(found)
    if rows and not records:
        raise SourceUnhealthyError(f"{source}: none of {len(rows)} rows can be read ({skipped[0]}).")
    return Rows(len(rows), tuple(records), tuple(skipped))


def parse_paper(body: bytes, source: str) -> Record:
    """The answer for one paper. Raises SourceUnhealthyError when it cannot be read."""
    paper = parse_json(body, dict, source)
    cut_json(paper)
    found = _record(paper, source, None)
    if isinstance(found, str):
        raise SourceUnhealthyError(f"{source}: the paper cannot be read ({found}).")
    return found


def _record(row: object, source: str, listed: date | None) -> Record | str:
    """The record, or why there is none.

    The outer `publishedAt` is never read: it is US Eastern time marked as UTC. The inner dates are true.
    """
    if not isinstance(row, dict):
        return f"not an object but {type(row).__name__}"
    paper = row.get("paper", row)
    if not isinstance(paper, dict):
        return "no paper in it"
    known = parse_id(paper["id"]) if isinstance(paper.get("id"), str) else None
    if known is None:
        return f"no arXiv id ({str(paper.get('id'))[:40]!r})"
    title = _text(paper, "title") or _text(row, "title")
    if title is None:
        return f"{known[0].value} has no title"
    authors = paper.get("authors")
    if authors is not None and not isinstance(authors, list):
        return f"{known[0].value}: authors are not a list"
    published = instant(_text(paper, "publishedAt"))
    submitted = instant(_text(paper, "submittedOnDailyAt"))
    if submitted and listed and submitted.date() > listed + _A_DAY:
        submitted = None  # nobody is on a list before it was put there
    on = submitted.date() if submitted else listed
    return Record(
        source=source,
        ids=(known[0],),
        title=title,
        event=_event(on, submitted, published),
        abstract=_text(paper, "summary") or _text(row, "summary"),
        authors=tuple(
            Author(name)
            for author in authors or ()
            if isinstance(author, dict)
            and (name := _text(author, "name"))  # `hidden` concerns a profile, not the paper
        ),
        published=published.date() if published else day(_text(paper, "publishedAt")),
        withdrawn=bool(paper.get("withdrawnAt")),
        community=_community(row, paper, on),
    )


def _event(on: date | None, submitted: datetime | None, published: datetime | None) -> Event:
    """Listed on its day; a search hit that never was on a list was merely announced once."""
    if on is None:
        return Event(EventKind.ANNOUNCED, published or datetime(1991, 8, 14, tzinfo=UTC))
    return Event(EventKind.LISTED, submitted or datetime.combine(on, time(0), UTC), on.isoformat())


def _community(row: dict[str, Any], paper: dict[str, Any], on: date | None) -> Community:
    code = _text(paper, "githubRepo") or ""
    repository = _GITHUB.match(code)
    project = _text(paper, "projectPage")
    submitter = _person(paper.get("submittedOnDailyBy")) or _person(row.get("submittedBy"))
    return Community(
        upvotes=_count(paper, "upvotes") or 0,
        comments=_count(row, "numComments") or 0,
        listed_on=on,
        submitter=submitter,
        organization=next(
            (
                found
                for holder, field in ((paper, "organization"), (row, "organization"), (row, "submitterOrganization"))
                if (found := _organization(holder.get(field))) is not None
            ),
            None,
        ),
        code_url=repository.group(0).removesuffix(".git") if repository else None,
        code_stars=_count(paper, "githubStars") if repository else None,
        code_is_guess=_text(paper, "githubRepoAddedBy") == "auto",
        project_url=project if project and re.match(r"https?://\S+$", project) else None,
        summary=_text(paper, "ai_summary"),
        keywords=_words(paper.get("ai_keywords")),
        thumbnail_url=_text(row, "thumbnail"),
        discussion_id=_text(paper, "discussionId"),
    )


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return line(value) or None if isinstance(value, str) else None


def _count(fields: dict[str, Any], name: str) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _words(value: object) -> tuple[str, ...]:
    words = (line(word) for word in value if isinstance(word, str)) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(word for word in words if word))


def _person(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return _text(value, "fullname") or _text(value, "user") or _text(value, "name")


def _organization(value: object) -> Organization | None:
    if not isinstance(value, dict):
        return None
    handle = _text(value, "name")
    return Organization(handle, _text(value, "fullname") or handle) if handle else None
