"""The outer identities of papers: arXiv ids and DOIs in every form in which people and upstreams write them.

Pure: knows the shapes of ids and links, never asks anyone whether such a paper exists.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from bot.errors import BadInputError
from bot.models import PaperId

# Archives that handed out ids before April 2007 (https://info.arxiv.org/help/arxiv_identifier.html). A closed list:
# `abc/1234567` is not an arXiv id.
_OLD_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    "|q-alg|q-bio|quant-ph|solv-int|supr-con"
)

# Digits and letters of an id are ASCII: `\d` takes those of every script, and without case `ſ` is an s, `ı` an i.
_MONTH = "(?:0[1-9]|1[0-2])"
# Four digits until 2014, five since 2015, six are reserved for busier months to come.
_NEW = rf"[0-9]{{2}}{_MONTH}\.[0-9]{{4,6}}"
_OLD = rf"(?:{_OLD_ARCHIVES})(?:\.[a-z]{{2,8}}|\.[a-z]{{1,4}}-[a-z]{{2,4}})?/[0-9]{{2}}{_MONTH}[0-9]{{3}}"
_ARXIV = re.compile(
    rf"(?ai:(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9][0-9]*))?)(?!\w)(?!\.[0-9])",
)
#: No paper has nearly as many versions: a higher number is a slip, and says nothing.
MOST_VERSIONS = 999
# No registered DOI is nearly as long as this, and no link to a paper as LONGEST.
_DOI = re.compile(r"(?<![\w.])10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"<>{}|\\^`]{1,500}")
_ARXIV_DOI = re.compile(rf"(?ai:10\.48550/arxiv\.(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9][0-9]{{0,2}}))?$)")
# bioRxiv and medRxiv put the version and the view behind the DOI in their links: 10.1101/2020.09.09.20191205v1.full
_OPENRXIV = re.compile(r"(10\.(?:1101|64898)/[0-9][0-9.]*?)v[0-9]+(?:\.[\w.-]+)?$", re.IGNORECASE | re.ASCII)

# What may stand directly before an id that is written alone or in running text.
_BEFORE = re.compile(
    r"(?:^|[\s(\[{<\"'“‘,;:=]|\barxiv:\s*|\boai:arxiv\.org:|10\.48550/arxiv\.)$",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:"
    r"arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print|list/[\w.-]+)/"
    r"|arxiv-vanity\.com/papers/|ar5iv\.(?:labs\.arxiv\.)?org/(?:abs|html)/|ar5iv\.labs\.arxiv\.org/html/"
    r"|huggingface\.co/papers/|hf\.co/papers/|alphaxiv\.org/(?:abs|pdf|overview|paper)/"
    r"|scirate\.com/arxiv/|semanticscholar\.org/arxiv/)$",
    re.IGNORECASE | re.ASCII,
)


LONGEST = 2_000  # characters of what may be one id or one link


def parse_id(text: str) -> tuple[PaperId, int | None] | None:
    """The arXiv id that the whole text stands for, and the version if it names one; None when it is not one.

    Takes ids old and new, the prefixes `arXiv:` and `oai:arXiv.org:`, links to arXiv, Hugging Face and alphaXiv
    pages, and DOIs below 10.48550. `math.CA/0611800v2` gives `math/0611800`, 2.
    """
    alone = _ARXIV.fullmatch(text)  # what upstreams send
    if alone is not None:
        return _paper_id(alone), _version(alone)
    if len(text) > LONGEST:
        return None
    whole = unquote(text.strip()).strip("<>\"' ")
    for match in _ARXIV.finditer(whole):
        before, after = whole[: match.start()], whole[match.end() :]
        if re.fullmatch(r"\s*(?:arxiv:\s*|oai:arxiv\.org:)?", before, re.IGNORECASE):
            if not re.fullmatch(r"\s*(?:\.pdf)?\s*(?:\[[\w.-]+\])?[.,;]?", after, re.IGNORECASE):
                continue
        elif re.search(r"10\.48550/arxiv\.$", before, re.IGNORECASE):
            if not re.fullmatch(r"(?:doi:|(?:https?://)?(?:dx\.)?doi\.org/)?\s*10\.48550/arxiv\.", before, re.I):
                continue
        elif not _LINK.fullmatch(before) or not re.match(r"$|[/?#.]", after):
            continue
        return _paper_id(match), _version(match)
    return None


def find_ids(text: str) -> list[PaperId]:
    """Every arXiv id and DOI in running text, each once, in order of appearance."""
    found: dict[PaperId, int] = {}
    spans: list[tuple[int, int]] = []
    for match in _ARXIV.finditer(text):
        tail = text[max(0, match.start() - 120) : match.start()]
        link = re.search(r"\S+$", tail)
        if _BEFORE.search(tail) or (link and _LINK.search(link.group(0))):
            found.setdefault(_paper_id(match), match.start())
            spans.append(match.span())
    for match in _DOI.finditer(text):
        if any(match.start() <= start < match.end() for start, _ in spans):
            continue
        identity = parse_doi(match.group(0))
        if identity is not None:
            found.setdefault(identity, match.start())
    return sorted(found, key=lambda identity: found[identity])


def parse_doi(text: str) -> PaperId | None:
    """The DOI in a bare DOI, `doi:…` or a doi.org link, in lower case; an arXiv DOI gives the arXiv id."""
    whole = unquote(text[:LONGEST].strip())
    match = _DOI.search(whole)
    if match is None:
        return None
    before = whole[: match.start()]
    if before and not re.search(r"(?:doi:\s*|doi\.org/|^\s*|[\s(\[/=])$", before, re.IGNORECASE):
        return None
    value = _trim_doi(match.group(0))
    own = _ARXIV_DOI.match(value)
    if own is not None:
        return _paper_id(own)
    return PaperId("doi", _OPENRXIV.sub(r"\1", value).lower())


def parse(text: str) -> PaperId:
    """The paper that a person names by id, link or DOI.

    Raises BadInputError, with the forms that are understood, when the text names none.
    """
    text = text[:LONGEST]
    named = re.sub(r"^\s*arxiv\s*[:#]\s*", "", text, flags=re.IGNORECASE)
    arxiv = parse_id(text) or parse_id(named)
    if arxiv is not None:
        return arxiv[0]
    doi = parse_doi(text)
    if doi is not None:
        return doi
    raise BadInputError(
        "That is not a paper id. Use an arXiv id (2106.15928), an arXiv or Hugging Face link, or a DOI (10.1000/xyz)."
    )


def _paper_id(match: re.Match[str]) -> PaperId:
    value = match.group("id").lower()
    if "/" in value:
        archive, number = value.split("/")
        value = f"{archive.split('.')[0]}/{number}"
    return PaperId("arxiv", value)


def _version(match: re.Match[str]) -> int | None:
    digits = match.group("version")
    return int(digits) if digits and len(digits) <= len(str(MOST_VERSIONS)) else None


def _trim_doi(value: str) -> str:
    """Without what the sentence around it left at the end; a closing bracket stays when its partner is inside."""
    value = re.split(r"[?#](?![0-9])", value)[0] if "?" in value else value
    while value:
        last = value[-1]
        paired = (last == ")" and value.count("(") >= value.count(")")) or (
            last == "]" and value.count("[") >= value.count("]")
        )
        if last in ".,;:'’”*" or (last in ")]" and not paired):
            value = value[:-1]
        else:
            break
    return value
