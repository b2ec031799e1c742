"""Sample papers → what Semantic Scholar and OpenAlex say of them and of their authors, in the shapes of both.

The figures are invented and agree with each other: nobody's h-index is above their papers, and the years add up. Among the people are
two of one name, one whom OpenAlex made one with another, and nulls where both have them. Must not know HTTP.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playground.upstreams.samples import Announced

#: Two people: each paper of this name has one of its own.
NAMESAKES: Final = "Jie Zhou"
#: Whom OpenAlex credits under an id of before, which leads to the one of today.
MERGED: Final = "Jan Kautz"
NOBODY: Final = "A5317838346"
_PLACES: Final = ("Sample University", "Example Institute of Technology", "Laboratory of Samples", "Example Research")
_ALEX: Final = "https://openalex.org/"


@dataclass(frozen=True, slots=True)
class Person:
    """One author with a whole career, most of which is not among the samples. `years` are (how long ago, papers, citations), the
    oldest first."""

    key: str
    name: str
    number: int
    papers: int
    h_index: int
    years: tuple[tuple[int, int, int], ...]
    place: str | None

    @property
    def citations(self) -> int:
        return sum(cited for _, _, cited in self.years)

    @property
    def alex(self) -> str:
        return f"A5{self.number:09d}"

    @property
    def alex_before(self) -> str:
        """The id that became `alex`."""
        return f"A4{self.number:09d}"


def person(name: str, paper: str = "") -> Person:
    """The author of this name, on this paper: of namesakes each paper has its own."""
    key = f"{name}/{paper}" if name == NAMESAKES else name
    number = _number(key, 10**8)
    papers = 4 + _number(f"{key}/papers", 90)
    length = 2 + _number(f"{key}/years", 10)
    shares = [1 + _number(f"{key}/{n}", 9) for n in range(length)]
    written = _shared(papers, shares)
    h_index = max(1, min(papers - 1, round(papers * (0.2 + _number(f"{key}/h", 30) / 100))))
    cited = _shared(h_index * h_index * 3 + papers, list(range(1, length + 1)))
    years = tuple((length - 1 - n, written[n], cited[n]) for n in range(length))
    place = _PLACES[number % len(_PLACES)] if number % 3 else None
    return Person(key, name, number, papers, h_index, years, place)


def people_of(item: Announced) -> list[Person]:
    return [person(name, item.paper.id) for name in item.paper.authors]


def papers_of(one: Person, items: Iterable[Announced]) -> list[Announced]:
    """Their papers among the samples."""
    return [item for item in items if any(author.key == one.key for author in people_of(item))]


def found(query: str, items: Sequence[Announced]) -> list[Person]:
    """Everybody in whose name all words of the query are, each once, most cited first."""
    words = query.lower().replace("-", " ").split()
    people = {one.key: one for item in items for one in people_of(item)}.values()
    named = [one for one in people if words and all(w in one.name.lower().replace("-", " ") for w in words)]
    return sorted(named, key=lambda one: (-one.citations, one.key))


def citations(item: Announced) -> int | None:
    """How often the paper is cited; of every ninth nobody says."""
    number = _number(f"{item.paper.id}/cited", 120)
    return None if number % 9 == 8 else number


# -- Semantic Scholar --------------------------------------------------------------------------------------------------


def s2_paper(item: Announced) -> dict[str, Any]:
    said = _number(item.paper.id, 4)
    return {
        "paperId": _token(item.paper.id),
        "externalIds": {"ArXiv": item.paper.id, "DOI": f"10.48550/arXiv.{item.paper.id}", "CorpusId": _number(item.paper.id, 10**9)},
        "title": item.paper.title + ("\n" if said == 1 else ""),  # strings end in a line break now and then
        "abstract": None if said == 0 else item.paper.abstract,
        "year": item.first.year,
        "publicationDate": None if said == 3 else item.first.date().isoformat(),
        "citationCount": citations(item),
        "authors": [{"authorId": str(one.number), "name": one.name} for one in people_of(item)],
    }  # fmt: skip


def s2_author(one: Person) -> dict[str, Any]:
    orcid = f"0000-0002-{one.number % 10_000:04d}-{one.number // 7 % 10_000:04d}"
    return {
        "authorId": str(one.number),
        "externalIds": {"ORCID": orcid} if one.number % 5 == 0 else None,
        "url": f"https://www.semanticscholar.org/author/{one.number}",
        "name": one.name,
        "affiliations": [one.place] if one.place and one.number % 2 else [],
        "homepage": None,
        "paperCount": one.papers,
        "citationCount": one.citations,
        "hIndex": one.h_index,
    }


# -- OpenAlex ----------------------------------------------------------------------------------------------------------


def alex_work(item: Announced) -> dict[str, Any]:
    words: dict[str, list[int]] = {}
    for place, word in enumerate(item.paper.abstract.split()):
        words.setdefault(word, []).append(place)
    return {
        "id": f"{_ALEX}W{_number(item.paper.id, 10**9)}",
        "doi": f"https://doi.org/10.48550/arxiv.{item.paper.id}",
        "title": item.paper.title,
        "display_name": item.paper.title,
        "type": "preprint",
        "publication_date": item.first.date().isoformat(),
        "publication_year": item.first.year,
        "cited_by_count": citations(item) or 0,
        "abstract_inverted_index": words if _number(item.paper.id, 4) else None,
        "locations": [{"landing_page_url": f"http://arxiv.org/abs/{item.paper.id}"}],
        "authorships": [_authorship(one, n, len(item.paper.authors)) for n, one in enumerate(people_of(item))],
    }


def _authorship(one: Person, place: int, count: int) -> dict[str, Any]:
    known_as = one.alex_before if one.name == MERGED else one.alex
    return {
        "author_position": "first" if place == 0 else "last" if place == count - 1 else "middle",
        "author": {"id": f"{_ALEX}{known_as}", "display_name": one.name, "orcid": None},
        "institutions": [_institution(one.place)] if one.place else [],
        "raw_author_name": one.name if one.number % 4 else None,
    }


def alex_author(one: Person, newest: int) -> dict[str, Any]:
    """`newest` is the last year of their careers."""
    return {
        "id": f"{_ALEX}{one.alex}",
        "orcid": None,
        "display_name": one.name,
        "display_name_alternatives": [f"{one.name.split()[0][0]}. {one.name.split()[-1]}", one.name],
        "works_count": one.papers,
        "cited_by_count": one.citations,
        "summary_stats": {"2yr_mean_citedness": 1.0, "h_index": one.h_index, "i10_index": one.h_index // 2},
        "affiliations": [{"institution": _institution(one.place), "years": [newest, newest - 1]}] if one.place else [],
        "last_known_institutions": [_institution(one.place)] if one.place else None,
        "counts_by_year": [
            {"year": newest - ago, "works_count": written, "cited_by_count": cited}
            for ago, written, cited in reversed(one.years)
        ],
    }


def nobody() -> dict[str, Any]:
    """Where the works of those went who were taken out."""
    return {
        "id": f"{_ALEX}{NOBODY}", "orcid": None, "display_name": "Deleted Author", "display_name_alternatives": [], "works_count": 0,
        "cited_by_count": 0, "summary_stats": {"2yr_mean_citedness": 0.0, "h_index": 0, "i10_index": 0}, "counts_by_year": [],
    }  # fmt: skip


def alex_page(rows: Sequence[dict[str, Any]], page: int, size: int) -> dict[str, Any]:
    shown = rows[(page - 1) * size : page * size]
    return {
        "meta": {"count": len(rows), "page": page, "per_page": size, "groups_count": None},
        "results": shown,
        "group_by": [],
    }


def arxiv_id(doi: str) -> str:
    """The arXiv id in an arXiv DOI; "" for another."""
    matched = re.search(r"10\.48550/arxiv\.([0-9.]+)$", doi, re.IGNORECASE)
    return matched[1] if matched else ""


def _institution(name: str) -> dict[str, Any]:
    return {"id": f"{_ALEX}I{_number(name, 10**8)}", "display_name": name, "country_code": "XX", "type": "education"}


def _shared(total: int, shares: Sequence[int]) -> list[int]:
    """The total in parts, none below nothing, which add up to it."""
    parts = [total * share // sum(shares) for share in shares]
    parts[-1] += total - sum(parts)
    return parts


def _number(text: str, below: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16) % below


def _token(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
