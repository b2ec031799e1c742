"""Papers and their community as rows, both ways. Knows columns; knows no connection.

Instants are whole seconds since 1970, dates `YYYY-MM-DD`, lists JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from bot.errors import BadDataError
from bot.models import Author, Community, Event, Organization, Paper, PaperId
from bot.papers.kinship import ordered
from bot.papers.merging import Provenance
from bot.papers.titles import title_key
from bot.query.facts import news_at
from bot.store.database import Row


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def instant(value: int | float) -> datetime:
    """Raises BadDataError for a number that is no instant, as damage can leave it in a row."""
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError, TypeError) as error:
        raise _unreadable(error) from error


def read_date(value: str) -> date:
    """The date that a row holds. Raises BadDataError for other text."""
    try:
        return date.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise _unreadable(error) from error


def read_json(value: str) -> Any:
    """The value that a row holds as JSON. Raises BadDataError for other text."""
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable(error) from error


def read_pairs(value: str) -> list[tuple[str, str | None]]:
    """The authors that a row holds, each with an affiliation or None. Raises BadDataError for another value."""
    try:
        return [(name, more) for name, more in read_json(value)]
    except (ValueError, TypeError) as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> BadDataError:
    return BadDataError(
        f"A stored row cannot be read ({error}): put a backup in place with `python -m bot restore FILE`"
    )


def instant_or_none(value: int | None) -> datetime | None:
    return None if value is None else instant(value)


def readable_instant(value: int | float | None) -> datetime | None:
    """The instant; None also for a number that is none, as a hand can leave it in a file."""
    try:
        return None if value is None else instant(value)
    except BadDataError:
        return None


def readable_json(value: str | None) -> Any:
    """The value; None also for text that is no JSON."""
    try:
        return None if value is None else read_json(value)
    except BadDataError:
        return None


def readable_date(value: str | None) -> date | None:
    """The date; None also for text that is none."""
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        return None


def readable_names(authors: str) -> tuple[str, ...]:
    """The names of the authors that a row holds; none for a value that cannot be read."""
    try:
        return tuple(name for name, _ in read_pairs(authors))
    except BadDataError:
        return ()


def _seconds_or_none(value: datetime | None) -> int | None:
    return None if value is None else seconds(value)


_COLUMNS = (
    "title", "abstract", "authors", "categories", "version", "published", "updated_at", "announced_at", "news_at",
    "comment", "journal_ref", "license_url", "withdrawn", "provenance", "title_key",
)  # fmt: skip
INSERT_PAPER = (
    f"INSERT INTO papers (id, first_seen_at, {', '.join(_COLUMNS)}) "  # noqa: S608
    f"VALUES (:id, :first_seen_at, {', '.join(f':{c}' for c in _COLUMNS)})"
)
UPDATE_PAPER = f"UPDATE papers SET {', '.join(f'{c} = :{c}' for c in _COLUMNS)} WHERE id = :id"  # noqa: S608
_COMMUNITY_COLUMNS = (
    "upvotes", "comments", "listed_on", "submitter", "org_handle", "org_name", "code_url", "code_stars",
    "code_is_guess", "project_url", "summary", "keywords", "thumbnail_url", "discussion_id", "captured_at",
)  # fmt: skip
UPSERT_COMMUNITY = (
    f"INSERT INTO community (paper_id, {', '.join(_COMMUNITY_COLUMNS)}) "  # noqa: S608
    f"VALUES (:paper_id, {', '.join(f':{c}' for c in _COMMUNITY_COLUMNS)}) "
    f"ON CONFLICT (paper_id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _COMMUNITY_COLUMNS)}"
)
INSERT_VOTES = """INSERT INTO votes (paper_id, captured_at, upvotes, comments, stars)
                   VALUES (:paper, :at, :upvotes, :comments, :stars) ON CONFLICT DO NOTHING"""


_encode = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(1024)
def _provenance_text(said: tuple[tuple[str, tuple[str, int]], ...]) -> str:
    """As JSON; the papers of one batch mostly say the same."""
    return json.dumps(dict(said))


def paper_columns(paper: Paper, provenance: Provenance) -> dict[str, Any]:
    return {
        "id": paper.id,
        "first_seen_at": seconds(paper.first_seen),
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": _encode([[a.name, a.affiliation] for a in paper.authors]),
        "categories": " ".join(paper.categories),
        "version": paper.version,
        "published": paper.published and paper.published.isoformat(),
        "updated_at": _seconds_or_none(paper.updated),
        "announced_at": _seconds_or_none(paper.announced),
        "news_at": seconds(news_at(paper)),
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "license_url": paper.license_url,
        "withdrawn": int(paper.withdrawn),
        "provenance": _provenance_text(tuple(provenance.items())),
        "title_key": title_key(paper.title),
    }


def community_columns(paper: Paper) -> dict[str, Any]:
    community = paper.community or Community()
    organization = community.organization
    return {
        "paper_id": paper.id,
        "upvotes": community.upvotes,
        "comments": community.comments,
        "listed_on": community.listed_on and community.listed_on.isoformat(),
        "submitter": community.submitter,
        "org_handle": organization and organization.handle,
        "org_name": organization and organization.name,
        "code_url": community.code_url,
        "code_stars": community.code_stars,
        "code_is_guess": int(community.code_is_guess),
        "project_url": community.project_url,
        "summary": community.summary,
        "keywords": json.dumps(community.keywords, ensure_ascii=False),
        "thumbnail_url": community.thumbnail_url,
        "discussion_id": community.discussion_id,
        "captured_at": _seconds_or_none(community.captured),
    }


def vote_columns(paper_id: int, at: datetime, community: Community) -> dict[str, Any]:
    return {
        "paper": paper_id,
        "at": seconds(at),
        "upvotes": community.upvotes,
        "comments": community.comments,
        "stars": community.code_stars,
    }


def read_community(row: Row) -> Community:
    organization = Organization(row["org_handle"], row["org_name"] or row["org_handle"]) if row["org_handle"] else None
    return Community(
        upvotes=row["upvotes"],
        comments=row["comments"],
        listed_on=_date_or_none(row["listed_on"]),
        submitter=row["submitter"],
        organization=organization,
        code_url=row["code_url"],
        code_stars=row["code_stars"],
        code_is_guess=bool(row["code_is_guess"]),
        project_url=row["project_url"],
        summary=row["summary"],
        keywords=tuple(read_json(row["keywords"])),
        thumbnail_url=row["thumbnail_url"],
        discussion_id=row["discussion_id"],
        captured=instant_or_none(row["captured_at"]),
    )


def _date_or_none(value: str | None) -> date | None:
    return None if value is None else read_date(value)


def read_paper(row: Row, ids: Iterable[PaperId], community: Community | None, notes: tuple[Event, ...]) -> Paper:
    return Paper(
        id=row["id"],
        ids=ordered(ids),
        title=row["title"],
        abstract=row["abstract"],
        authors=tuple(Author(name, affiliation) for name, affiliation in read_pairs(row["authors"])),
        categories=tuple(row["categories"].split()),
        first_seen=instant(row["first_seen_at"]),
        version=row["version"],
        published=_date_or_none(row["published"]),
        updated=instant_or_none(row["updated_at"]),
        announced=instant_or_none(row["announced_at"]),
        comment=row["comment"],
        journal_ref=row["journal_ref"],
        license_url=row["license_url"],
        withdrawn=bool(row["withdrawn"]),
        community=community,
        notes=notes,
    )
