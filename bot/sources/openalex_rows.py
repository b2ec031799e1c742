"""Works and authors of OpenAlex → values: nulls everywhere, a bad row never spoils an answer.

PURE. Knows the fields and their traps; must not know how rows are fetched. https://developers.openalex.org/api-entities/authors
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from bot.errors import SourceUnhealthyError
from bot.models import Cited, Credit, PaperId, Profile, Record, Registry, YearCount
from bot.papers.paper_ids import parse_doi, parse_id
from bot.sources.documents import brief, day, parse_json
from bot.sources.limits import TEXT, cut_json
from bot.sources.registry_fields import count, identity, inner, objects, orcid, person, record, short, text, texts

NAME: Final = str(Registry.OPENALEX)
#: Where the works of authors went who were taken out: nobody.
_NOBODY: Final = "A5317838346"
_ID: Final = re.compile(r"(?:https?://openalex\.org/)?(A[0-9]{1,20})")
_ARXIV_PAGE: Final = re.compile(r"https?://(?:www\.)?arxiv\.org/abs/(\S+)")
#: What is no paper though it has a DOI. https://developers.openalex.org/api-entities/works/work-object
_NO_PAPER: Final = frozenset(
    {"dataset", "editorial", "erratum", "grant", "libguides", "paratext", "peer-review", "retraction", "standard"}
    | {"supplementary-materials"}
)
_MOST_WORDS: Final = 20_000
_MOST_ALIASES: Final = 20
_MOST_YEARS: Final = 100
_YEARS: Final = range(1600, 3000)


def parse_page(body: bytes) -> list[dict[str, Any]]:
    """The rows of a list. Raises SourceUnhealthyError for what is no list."""
    page = parse_json(body, dict, NAME)
    if not isinstance(page.get("results"), list):
        raise SourceUnhealthyError(f"{NAME}: the answer is no list ({brief(text(page, 'message')) or 'no results'}).")
    cut_json(page)
    return objects(page["results"])


def parse_author(body: bytes, now: datetime) -> Profile | None:
    """The answer for one person; None for one who was taken out."""
    row = parse_json(body, dict, NAME)
    cut_json(row)
    return profile(row, now)


def author_id(row: dict[str, Any]) -> str | None:
    """The person's id without its address; None for nobody."""
    found = _ID.fullmatch(short(row, "id") or "")
    return found[1] if found and found[1] != _NOBODY else None


def known_as(row: dict[str, Any]) -> PaperId | None:
    """The identity under which a work is found: that of its DOI."""
    doi = text(row, "doi")
    return parse_doi(doi) if doi else None


def cited(row: dict[str, Any], now: datetime) -> Cited:
    people = tuple(found for one in objects(row.get("authorships")) if (found := _credit(one)))
    return Cited(Registry.OPENALEX, count(row, "cited_by_count"), people, now)


def _credit(row: dict[str, Any]) -> Credit | None:
    author = inner(row, "author")
    name = person(row, "raw_author_name") or person(author, "display_name")
    if name is None:
        return None
    places = objects(row.get("institutions"))
    return Credit(name, author_id(author), next((p for place in places if (p := short(place, "display_name"))), None))


def profile(row: dict[str, Any], now: datetime) -> Profile | None:
    """The person; None for a row without id or name, and for nobody."""
    own, name = author_id(row), person(row, "display_name")
    if own is None or name is None:
        return None
    last = next((place for place in objects(row.get("last_known_institutions")) if short(place, "display_name")), {})
    aliases = dict.fromkeys(texts(row.get("display_name_alternatives")))
    return Profile(
        Registry.OPENALEX,
        own,
        name,
        now,
        h_index=count(inner(row, "summary_stats"), "h_index"),
        papers=count(row, "works_count"),
        citations=count(row, "cited_by_count"),
        affiliation=short(last, "display_name"),
        affiliated=_last_year(row, text(last, "id")),
        orcid=orcid(row, "orcid"),
        aliases=tuple(alias for alias in aliases if alias != name)[:_MOST_ALIASES],
        years=_years(row),
    )


def _last_year(row: dict[str, Any], place: str | None) -> int | None:
    """The last year in which it knows the person there."""
    years = [
        year
        for one in objects(row.get("affiliations"))
        if place is not None and text(inner(one, "institution"), "id") == place and isinstance(one.get("years"), list)
        for year in one["years"]
        if isinstance(year, int) and year in _YEARS
    ]
    return max(years, default=None)


def _years(row: dict[str, Any]) -> tuple[YearCount, ...]:
    """The newest years, the oldest of them first; each once."""
    found = {
        year: YearCount(year, count(one, "works_count"), count(one, "cited_by_count"))
        for one in reversed(objects(row.get("counts_by_year")))
        if (year := count(one, "year")) in _YEARS and year is not None
    }
    return tuple(found[year] for year in sorted(found)[-_MOST_YEARS:])


def paper(row: dict[str, Any]) -> Record | None:
    """The paper; None for what is none, has no title, or neither an arXiv id nor a DOI."""
    title = text(row, "title") or text(row, "display_name")
    own = identity(_arxiv_id(row), text(row, "doi"))
    if own is None or title is None or text(row, "type") in _NO_PAPER:
        return None
    published = day(text(row, "publication_date"))
    if published == date(published.year, 1, 1) if published else False:
        published = None  # of many it knows the year alone
    names = (
        person(one, "raw_author_name") or person(inner(one, "author"), "display_name")
        for one in objects(row.get("authorships"))
    )
    return record(
        NAME,
        own,
        title,
        abstract=unindexed(row.get("abstract_inverted_index")),
        authors=tuple(name for name in names if name),
        published=published,
        year=count(row, "publication_year"),
    )


def _arxiv_id(row: dict[str, Any]) -> str | None:
    """Of a work that is on arXiv too, and has another DOI."""
    for place in objects(row.get("locations")):
        page = _ARXIV_PAGE.fullmatch(short(place, "landing_page_url") or "")
        if page and parse_id(page[1]):
            return page[1]
    return None


def unindexed(index: object) -> str | None:
    """The abstract of which it sends each word with its places; None for none, and for one that is too long to be one."""
    if not isinstance(index, dict):
        return None
    words: dict[int, str] = {}
    for word, places in index.items():
        for place in places if isinstance(places, list) else ():
            if isinstance(place, int) and 0 <= place < _MOST_WORDS:
                words[place] = word
    found = " ".join(words[place] for place in sorted(words))
    return text({"text": found}, "text") if len(found) <= TEXT else None
