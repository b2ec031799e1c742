"""Fields of JSON that registries of authors send, read without trust: what has another type or is far too long is not there.

PURE. Knows types and lengths; must not know which registry speaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from bot.language.names import LONGEST as LONGEST_NAME
from bot.models import Author, Event, EventKind, PaperId, Record
from bot.papers.paper_ids import parse_doi, parse_id
from bot.sources.documents import day, line, number

#: Characters of a name of a place, and of an address.
_LONGEST: Final = 500
_ORCID: Final = re.compile(r"(?:https?://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])")
_LINK: Final = re.compile(r"https?://[^\s<>\"]+")
_EARLIEST: Final = datetime(1991, 8, 14, tzinfo=UTC)  # arXiv's first day, for papers of which nobody says when
_ARXIV_MONTH: Final = re.compile(r"(?:.*/)?([0-9]{2})(0[1-9]|1[0-2])[0-9.]+")


def text(fields: dict[str, Any], name: str) -> str | None:
    """The text on one line; None for none."""
    value = fields.get(name)
    return line(value) or None if isinstance(value, str) else None


def short(fields: dict[str, Any], name: str, longest: int = _LONGEST) -> str | None:
    """The text, unless it is longer than such a text can be."""
    found = text(fields, name)
    return found if found is not None and len(found) <= longest else None


def person(fields: dict[str, Any], *names: str) -> str | None:
    """The first of these fields that holds a name."""
    return next((found for name in names if (found := short(fields, name, LONGEST_NAME))), None)


def count(fields: dict[str, Any], name: str) -> int | None:
    """A count, as a number or as a text; None for anything else."""
    value = fields.get(name)
    return None if isinstance(value, bool) else number(value)


def inner(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """The object there; an empty one for anything else."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list; none of anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The texts of a list that are no longer than a name of a place."""
    found = [line(item) for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return [item for item in found if 0 < len(item) <= _LONGEST]


def link(fields: dict[str, Any], name: str) -> str | None:
    """The address of a page there."""
    found = short(fields, name)
    return found if found and _LINK.fullmatch(found) else None


def orcid(fields: dict[str, Any], name: str) -> str | None:
    """The bare number, of the number or its address."""
    found = _ORCID.fullmatch(short(fields, name) or "")
    return found[1] if found else None


def identity(arxiv: str | None, doi: str | None) -> PaperId | None:
    """The paper's arXiv id where it has one, else its DOI. One alone: a registry takes two works for one now and then, and what it
    states must not make them one here."""
    found = parse_id(arxiv) if arxiv else None
    return found[0] if found else parse_doi(doi) if doi else None


def record(
    source: str,
    known_as: PaperId,
    title: str,
    *,
    abstract: str | None,
    authors: tuple[str, ...],
    published: date | None,
    year: int | None,
) -> Record:
    """What a registry states of a paper, as a look-up. A year alone is no day of publication: the earliest day is believed."""
    at = datetime.combine(published, time(0), UTC) if published else _about(known_as, year)
    return Record(
        source=source,
        ids=(known_as,),
        title=title,
        event=Event(EventKind.ANNOUNCED, at),
        abstract=abstract,
        authors=tuple(Author(name) for name in authors),
        published=published,
    )


def _about(known_as: PaperId, year: int | None) -> datetime:
    """The month that an arXiv id names, else the beginning of the year."""
    month = _ARXIV_MONTH.fullmatch(known_as.value) if known_as.scheme == "arxiv" else None
    if month:
        short_year = int(month[1])
        return datetime(short_year + (1900 if short_year > 90 else 2000), int(month[2]), 1, tzinfo=UTC)
    first = day(f"{year}-01-01") if year else None
    return datetime.combine(first, time(0), UTC) if first else _EARLIEST


def newest(records: Sequence[Record], limit: int) -> tuple[Record, ...]:
    """At most `limit` of them, each paper once, the newest first."""
    once = {one.ids[0]: one for one in reversed(records)}
    return tuple(sorted(once.values(), key=lambda one: (one.event.at, str(one.ids[0])), reverse=True)[: max(0, limit)])
