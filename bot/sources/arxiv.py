"""What arXiv's feeds, lists and look-ups share: categories, sets, withdrawal notices, the ids of one paper.

Pure: knows arXiv's vocabulary; must not know any document's format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.models import PaperId
from bot.papers.paper_ids import parse_doi, parse_id

_CATEGORY = re.compile(r"[a-z][a-z-]+(?:\.[A-Za-z][A-Za-z-]+)?")

# Archives of the group `physics`; every other archive is its own group. https://info.arxiv.org/help/oa/index.html
_PHYSICS = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th"}
    | {"math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "quant-ph"}
)

_NOTICE = re.compile(
    r"^\W*(?:(?:this|the|paper|article|submission|manuscript|version|now|temporarily|permanently)\W+)*withdrawn"
    r"(?:\W*$|\s*[.,;:(-]|\s+(?:by|due|because|pending|until|as|since|temporarily)\b)"
    r"|\b(?:paper|article|manuscript|submission|preprint|work|version|note|letter)s?\b[^.;]{0,60}?"
    r"\b(?:has|have|had|is|was|being)\b[^.;]{0,30}?\bwithdrawn\b"
    r"|\bwithdrawn\s+(?:by|due|because|for|from|pending|until|as)\b.{0,80}?\b(?:author|arxiv|error|paper|submi|mistake"
    r"|publi|flaw|incorrect|copyright|overlap|plagiari|inadvert)",
    re.IGNORECASE,
)


def arxiv_categories(terms: Iterable[str]) -> tuple[str, ...]:
    """The arXiv categories among the terms, each once, in order; ACM and MSC classes stand in the same elements."""
    return tuple(dict.fromkeys(term.strip() for term in terms if _CATEGORY.fullmatch(term.strip())))


def oai_set(category: str) -> str:
    """The OAI-PMH set of an archive or category: `cs.LG` → `cs:cs:LG`, `hep-th` → `physics:hep-th`, `cs` → `cs:cs`."""
    archive, _, subject = category.partition(".")
    group = "physics" if archive in _PHYSICS else archive
    return f"{group}:{archive}" + (f":{subject}" if subject else "")


def category_of(oai_set: str) -> str:
    """The archive or category of an OAI-PMH set: `cs:cs:LG` → `cs.LG`, `physics:hep-th` → `hep-th`."""
    return ".".join(oai_set.split(":")[1:])


def is_withdrawal(comment: str | None, abstract: str | None) -> bool:
    """Whether comment or abstract is a withdrawal notice.

    A withdrawal is a new version whose comment or abstract says so; the title stays.
    https://info.arxiv.org/help/withdraw.html . The abstract must be short: a long one speaks about its subject.
    """
    return _is_notice(comment) or _is_notice(abstract if abstract is None or len(abstract) < 400 else abstract[:80])


def _is_notice(text: str | None) -> bool:
    # the pattern is slow, and its word is rare
    return text is not None and "withdrawn" in text.lower() and _NOTICE.search(text) is not None


def identities(arxiv_id: str, doi: str | None) -> tuple[tuple[PaperId, ...], int | None] | None:
    """The paper's ids, the arXiv id first, and the version that `arxiv_id` names; None when it is no arXiv id.

    `doi` may hold several, separated by white space, commas or semicolons; what is no DOI is left out.
    """
    parsed = parse_id(arxiv_id)
    if parsed is None:
        return None
    identity, version = parsed
    if not doi:
        return (identity,), version
    dois = [parse_doi(part) for part in re.split(r"[\s;]+|,(?=\s|10\.)", doi) if part]
    return tuple(dict.fromkeys([identity, *(d for d in dois if d is not None and d.scheme == "doi")])), version
