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

_LONGEST_NOTICE = 2_000  # characters
# A notice speaks of the paper itself. `The first version was withdrawn`, `a manuscript has been withdrawn` and `withdrawn papers`
# speak of something else.
_WORK = r"(?:paper|article|manuscript|submission|preprint|work|version|note|letter|e-?print|entry|text|report|draft|thesis|document)s?"
_WITHDRAWN = (
    r"withdrawn(?=\W*$|[^\w]*[.,;:(\[-]|\s+(?:by|due|because|since|as|pending|until|temporarily|permanently|for|at|on|owing|after|upon|"
    r"in|and|while|so|to|with|this|indefinitely)\b|\s+from\s+(?:the\s+)?(?:arxiv|archive|circulation|submission|here))"
)
_NOTICE = re.compile(
    rf"\W*(?!(?:has|have|had|is|was|were)\b)(?:(?:note|nb|comments?|status|arxiv\s+admin(?:istrators?)?\s+note|v[0-9]{{1,3}}(?=\s*[:,-]))\W+)?(?:(?:this|the|our|my|present|arxiv|{_WORK}|abstract|and|has|have|had|is|was|were|been|being"
    rf"|now|\w+ly|hereby|arxiv:[0-9a-z./-]+)\W+)*{_WITHDRAWN}"
    rf"|\W*(?:this|the\s+present|our)\s+{_WORK}\b(?:(?!\b(?:which|that|previous|earlier|first|original|older|not)\b).){{0,80}}?"
    rf"\b(?:has|have|is|was)\s+(?:been\s+)?(?:\w+\s+)?{_WITHDRAWN}"
    r"|\W*(?:the\s+|both\s+|all\s+)?authors?\s+(?:\w+\s+){0,4}?withdr(?:aw|awn|ew|aws)\s+(?:this|the|his|her|their|our)\s+"
    rf"{_WORK}\b(?!\s+from\s+(?!the\s+arxiv|arxiv))"
    rf"|\W*(?:we|i)\s+(?:\w+\s+){{0,4}}?withdr(?:aw|awn|ew|awing)\s+(?:this|the|our|my)\s+{_WORK}\b(?!\s+from\s+(?!the\s+arxiv|arxiv))",
    re.IGNORECASE,
)
_LATE_NOTICE = re.compile(
    rf"\b(?:this|the(?:\s+present)?|our|my)\s+{_WORK}\s+(?:has|have|had|is|was)\s+(?:been\s+|to\s+be\s+)?(?:\w+\s+)?{_WITHDRAWN}"
    rf"|\b(?:we|i)\s+(?:\w+\s+)?withdr(?:aw|ew)\s+(?:this|the|our|my)\s+{_WORK}\b(?!\s+from\s+(?!the\s+arxiv|arxiv))",
    re.IGNORECASE,
)
_RESTORED = re.compile(
    r"\b(?:is|was|been)\s+(?:\w+\s+)?(?:re-?submitted|corrected)\b|\breinstat|\bno longer\b|\bun-?withdrawn"
    r"|withdrawal\b.{0,20}\b(?:reversed|revoked|cancel|undone)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!]\s+|\n")
_ABOUT = re.compile(r"\b(?:when|if|whether|why|how|after|before|until|once|cases?|where|that)\b")
_ANOTHER = re.compile(r"\b(?:previous|earlier|first|original|older|old|prior|superse|which|replac)")


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


def is_withdrawal(comment: str | None, abstract: str | None, version: int | None = None) -> bool:
    """Whether comment or abstract is a withdrawal notice.

    A withdrawal is a new version whose comment or abstract says so; the title stays, and a first version cannot be one.
    https://info.arxiv.org/help/withdraw.html . The abstract must be short: a long one speaks about its subject.
    """
    if version == 1:
        return False
    return _is_notice(comment) or _is_notice(abstract if abstract is None or len(abstract) < 400 else abstract[:80])


def _is_notice(text: str | None) -> bool:
    # the pattern is slow, and its word is rare
    if text is None or "withdr" not in (lower := text[:_LONGEST_NOTICE].lower()) or _RESTORED.search(lower):
        return False
    return any(map(_has_notice, _SENTENCE.split(lower)))


def _has_notice(sentence: str) -> bool:
    if "withdr" not in sentence:
        return False
    late = _LATE_NOTICE.search(sentence)  # "due to an error in Theorem 1 the paper is withdrawn"
    if (
        late is not None
        and not _ANOTHER.search(sentence, 0, late.start())
        and not _ABOUT.search(sentence, 0, late.start())
    ):
        return True
    return any(map(_NOTICE.match, _clauses(sentence)))


def _clauses(sentence: str) -> Iterable[str]:
    """What can be a notice in a sentence: all of it, and what follows a comma unless it speaks of another paper."""
    yield sentence
    for comma in re.finditer(r",\s", sentence):
        if _ANOTHER.search(sentence, 0, comma.start()):
            return
        yield sentence[comma.end() :]


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
    dois = [parse_doi(part) for part in re.split(r"\s+|[;,](?=\s|$|(?:doi:|https?://\S{1,40}/)?10\.)", doi) if part]
    return tuple(dict.fromkeys([identity, *(d for d in dois if d is not None and d.scheme == "doi")])), version
