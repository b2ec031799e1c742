"""Rows of the Semantic Scholar Graph API → values: nulls everywhere, a bad row never spoils an answer.

PURE. Knows the fields and their traps; must not know how rows are fetched. https://api.semanticscholar.org/api-docs/graph
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.errors import SourceUnhealthyError
from bot.models import Cited, Credit, PaperId, Profile, Record, Registry
from bot.sources.documents import brief, day, parse_json
from bot.sources.limits import cut_json
from bot.sources.registry_fields import (
    count,
    identity,
    inner,
    link,
    objects,
    orcid,
    person,
    record,
    short,
    text,
    texts,
)

NAME: Final = str(Registry.SEMANTIC_SCHOLAR)
#: What is said where an answer would hold nothing but nulls.
_NONE_KNOWN: Final = "No valid"


def parse_batch(body: bytes, status: int, asked: int) -> list[dict[str, Any] | None]:
    """The rows of a batch in the order in which they were asked, None in the place of one that is not known.

    Raises SourceUnhealthyError for an answer of another length: nobody can tell which row is whose.
    """
    if status != 200:
        error = text(parse_json(body, dict, NAME), "error") or ""
        if error.startswith(_NONE_KNOWN):
            return [None] * asked
        raise SourceUnhealthyError(f"{NAME} answered with HTTP {status} ({brief(error) or 'without a word'}).")
    rows = parse_json(body, list, NAME)
    if len(rows) != asked:
        raise SourceUnhealthyError(f"{NAME}: {len(rows)} rows came for {asked} ids.")
    cut_json(rows)
    return [row if isinstance(row, dict) else None for row in rows]


def parse_data(body: bytes) -> list[dict[str, Any]]:
    """The rows of a page; nothing found is a page without rows. Raises SourceUnhealthyError for what is no page."""
    page = parse_json(body, dict, NAME)
    if "data" not in page and "total" not in page:
        raise SourceUnhealthyError(
            f"{NAME}: the answer is no page of rows ({brief(text(page, 'error')) or 'no total'})."
        )
    cut_json(page)
    return objects(page.get("data"))


def cited(row: dict[str, Any], now: datetime) -> Cited:
    people = tuple(
        Credit(name, author_id(author)) for author in objects(row.get("authors")) if (name := person(author, "name"))
    )
    return Cited(Registry.SEMANTIC_SCHOLAR, count(row, "citationCount"), people, now)


def author_id(row: dict[str, Any]) -> str | None:
    """The person's number, which comes as a text; None for an author who has none."""
    value = row.get("authorId")
    found = str(value) if isinstance(value, int) and not isinstance(value, bool) else short(row, "authorId", 20)
    return found if found and found.isascii() and found.isdigit() and len(found) <= 20 else None


def profile(row: dict[str, Any], now: datetime) -> Profile | None:
    """The person; None for a row without id or name."""
    own, name = author_id(row), person(row, "name")
    if own is None or name is None:
        return None
    return Profile(
        Registry.SEMANTIC_SCHOLAR,
        own,
        name,
        now,
        h_index=count(row, "hIndex"),
        papers=count(row, "paperCount"),
        citations=count(row, "citationCount"),
        affiliation=next(iter(texts(row.get("affiliations"))), None),
        orcid=orcid(inner(row, "externalIds"), "ORCID"),
        homepage=link(row, "homepage"),
    )


def paper(row: dict[str, Any]) -> Record | None:
    """The paper; None for one that has no title, or neither an arXiv id nor a DOI."""
    ids, title = inner(row, "externalIds"), text(row, "title")
    known_as: PaperId | None = identity(text(ids, "ArXiv"), text(ids, "DOI"))
    if known_as is None or title is None:
        return None
    return record(
        NAME,
        known_as,
        title,
        abstract=text(row, "abstract"),
        authors=tuple(name for author in objects(row.get("authors")) if (name := person(author, "name"))),
        published=day(text(row, "publicationDate")),
        year=count(row, "year"),
    )


def asked_as(ids: Sequence[PaperId]) -> dict[PaperId, str]:
    """How it names the papers that it can know."""
    prefixes = {"arxiv": "ARXIV", "doi": "DOI"}
    return {
        known_as: f"{prefixes[known_as.scheme]}:{known_as.value}" for known_as in ids if known_as.scheme in prefixes
    }
