"""The outer identities of papers: arXiv ids and DOIs in every form in which people and upstreams write them.

Pure: knows the shapes of ids and links, never asks anyone whether such a paper exists.
"""

from __future__ import annotations

import re
from bisect import bisect
from urllib.parse import unquote

from bot.errors import BadInputError
from bot.language.text import clean
from bot.models import PaperId
from bot.papers.addresses import implied_doi
from bot.papers.carriers import LONGEST, carried, is_shadow

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
_NUMBER = rf"[0-9]{{2}}{_MONTH}[0-9]{{3}}"
_ARCHIVE = rf"(?:{_OLD_ARCHIVES})(?:\.[a-z]{{2,8}}|\.[a-z]{{1,4}}-[a-z]{{2,4}})?"
_OLD = rf"{_ARCHIVE}/{_NUMBER}"
_UNDIVIDED = re.compile(rf"(?ai:(?:arxiv:\s*)?({_ARCHIVE})[ ]?({_NUMBER}(?:v[0-9]{{1,3}})?))")
_ARXIV = re.compile(
    rf"(?ai:(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9][0-9]*))?)(?!\w)(?!\.[0-9])",
)
#: No paper has nearly as many versions: a higher number is a slip, and says nothing.
MOST_VERSIONS = 999
# No registered DOI is nearly as long as this, and no link to a paper as LONGEST.
# Between `<` and `>` stands the article's place in the DOIs of the nineties: 10.1002/(SICI)1097-0258(1998)17:15<1661::AID-SIM968>3.0.CO;2-2
_PLACE = r"(?<=[0-9])<[^\s\"<>:]{0,20}:[^\s\"<>]{0,60}>(?=[0-9])"
_DOI = re.compile(rf"(?<![\w.])10\.[0-9]{{4,9}}(?:\.[0-9]+)*/(?:[^\s\"<>{{}}|\\^`]|{_PLACE}){{1,500}}")
_ARXIV_DOI = re.compile(rf"(?ai:10\.48550/arxiv\.(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9][0-9]{{0,2}}))?$)")
# bioRxiv and medRxiv put the version and the view behind the DOI in their links: 10.1101/2020.09.09.20191205v1.full
_OPENRXIV = re.compile(r"(10\.(?:1101|64898)/[0-9][0-9.]*?)v[0-9]+(?:\.[\w.+-]+)?$", re.IGNORECASE | re.ASCII)
# and had the number alone in their older addresses: /content/early/2018/01/01/123456.full.pdf, /cgi/content/short/857789v1
_OPENRXIV_PAGE = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)*(?:bio|med)rxiv\.org/(?:content/(?:[\w-]+/)?early/[0-9/]{8,10}/|cgi/content/[\w.-]+/)"
    r"(?P<number>(?P<year>20[0-9]{2})\.[0-9]{2}\.[0-9]{2}\.[0-9]{6,8}|[0-9]{6})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)
# What publishers' pages put behind a DOI in their addresses: the view, or a number and words of their own.
_VIEW = re.compile(
    r"(?:/(?:meta|e?pdf|pdfdirect|pdfplus|epub|full|full-?text|html|xml|abstract|summary|references|figures|tables|cit(?:ation|ed-by|edby)s?"
    r"|metrics|(?:figures|tables)/[0-9]{1,3}|supplement[\w-]*|supporting-info\w*|suppl_file(?:/.*)?|-/.*|download|reader|read|pdf\+html|full/html)"
    r"|\.(?:pdf|full|full-text|html?|epub|xml|short|abstract))+/?$|/+$",
    re.IGNORECASE,
)
_SILVERCHAIR = re.compile(
    r"/(?:advance-)?article(?:-\w+)?/(?:[\w/-]+/)?doi/(10\.[0-9]{4,9}/.+?)/[0-9]{4,10}(?:/[^/]*)?$", re.IGNORECASE
)
_ADDRESS = re.compile(r"<?(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::[0-9]+)?/", re.IGNORECASE)
_RESOLVER = re.compile(r"<?(?:https?://)?(?:(?:dx|www)\.)?doi\.org/", re.IGNORECASE)
_ADDRESS_INSIDE = re.compile(rf"https?://(?:[^\s<>\"]|{_PLACE})+", re.IGNORECASE)

#: What people leave around an id: quotes, brackets, signs of Markdown.
_AROUND = " `*_~()[]<>\"'“”‘’,.;:"
_HTML_SIGN = re.compile("&(lt|gt|amp);")
_MARKDOWN = re.compile(r"\[[^\[\]]{0,300}\]\(<?(https?://[^\s<>]+?)>?\)")
_HEADED = re.compile(rf"(?a)\[({_NEW}(?:v[0-9]{{1,3}})?)\] \S.*")
_STAMP = re.compile(
    rf"(?ai:(arxiv:(?:{_NEW}|{_OLD})(?:v[0-9]{{1,3}})?)\s+\[[\w.-]+\]\s+[0-9]{{1,2}}\s+[a-z]{{3,9}}\s+[0-9]{{4}})"
)
#: The version apart from the id; the field of a bibliography.
_VERSIONED = re.compile(rf"(?ai:((?:arxiv[:\s]\s*)?(?:{_NEW}|{_OLD}))\s*,?\s+\(?(?:v|version\s)\s?[0-9]{{1,3}}\)?)")
_FIELD = re.compile(
    rf"(?ai:(?:eprint|arxivid)\s*[:=]\s*[{{\"]?((?:arxiv:)?(?:{_NEW}|{_OLD})(?:v[0-9]{{1,3}})?)[}}\"]?,?)"
)
# What may stand directly before an id that is written alone or in running text.
_BEFORE = re.compile(
    r"(?:^|[\s(\[{<\"'“‘,;:=]|\barxiv:\s*|\boai:arxiv\.org:|10\.48550/arxiv\.)$",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:(?:https?:)?//)?(?:[\w-]+\.)*(?:"
    r"(?:arxiv\.org|lanl\.gov)(?::80|:443)?/{1,2}(?:(?:abs|pdf|pdf/arxiv|html|format|ps|dvi|src|e-?print|other|tb|bibtex|cits|refs|list/[\w.-]+|auth/[\w-]+"
    r"|show-email/\w+|ftp/[\w/.-]+|trackback|tb/redirect|view)/{1,2})?(?:arxiv:)?"
    r"|arxiv-vanity\.com/papers/|ar5iv\.(?:labs\.arxiv\.)?org/(?:[a-z]+/)?|arxiv-sanity(?:-lite)?\.com/"
    r"|(?:huggingface|hf)\.co/(?:[a-z]{2,3}/)?papers/|alphaxiv\.org/(?:[a-z-]+/|v[0-9]/){1,3}|inspirehep\.net/(?:api/)?(?:arxiv|eprint)/"
    r"|scirate\.com/arxiv/|semanticscholar\.org/(?:[\w-]+/){0,4}arxiv[:/]|papers\.cool/arxiv/|hjfy\.top/arxiv/"
    r"|emergentmind\.com/papers/|adsabs\.harvard\.edu/(?:abs/|link_gateway/[\w.]+/)(?:arxiv:)?|catalyzex\.com/paper/(?:arxiv:)?"
    r"|gist\.science/paper/|yiyibooks\.cn/arxiv/|connectedpapers\.com/(?:api/redirect/|search/|main/)?arxiv[:/]"
    r"|openalex\.org/(?:works/)?arxiv:|bytez\.com/docs/arxiv/|scholar\.archive\.org/fatcat/[\w/]+/arxiv:|researchtrend\.ai/papers/"
    r"|takara\.ai/p/|paperswithcode\.com/paper/arxiv:)$",
    re.IGNORECASE | re.ASCII,
)
_FORMS = (_HEADED, _STAMP, _VERSIONED, _FIELD)
#: What an Asian keyboard types for ASCII's signs, and for the point between numbers.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3002: ".", 0xFF61: "."}
#: A redirect can lead to a redirect.
_DEEPEST = 3


_NEW_PREFIX = 2026  # since then openRxiv registers under a prefix of its own


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
    whole = _slashed(_seen(unquote(text.strip())).strip("<>\"' "))
    for match in _ARXIV.finditer(whole):
        before, after = whole[: match.start()], whole[match.end() :]
        if re.fullmatch(
            r"\s*(?:arxiv(?:\.org)?\s*[:.#/_-]?\s*|oai:arxiv\.org:)?(?:/?(?:abs|pdf|html)/)?", before, re.IGNORECASE
        ):
            if not re.fullmatch(r"\s*(?:\.pdf)?\s*(?:\[[\w.-]+\])?[.,;]?", after, re.IGNORECASE):
                continue
        elif re.search(r"10\.48550/arxiv\.$", before, re.IGNORECASE):
            if not re.fullmatch(r"(?:doi:|(?:https?://)?(?:dx\.)?doi\.org/)?\s*10\.48550/arxiv\.", before, re.I):
                continue
        elif not _LINK.fullmatch(before) or not re.match(r"$|[/?#.]", after):
            continue
        return _paper_id(match), _version(match)
    return None


def _seen(text: str) -> str:
    """Without what nobody sees, which a link can hold as an escape."""
    return text if text.isascii() else clean(text)


def _slashed(text: str) -> str:
    """An old id with the slash that belongs between archive and number (`astro-ph9912010`)."""
    found = _UNDIVIDED.fullmatch(text)
    return f"{found[1]}/{found[2]}" if found else text


def find_ids(text: str) -> list[PaperId]:
    """Every arXiv id and DOI in running text, alone or in a link, each once, in order of appearance."""
    return _found(_typed(text), _DEEPEST)


def _typed(text: str) -> str:
    """What somebody typed or pasted, in ASCII's digits, letters and signs where the keyboard had wide ones."""
    return clean(text).translate(_NARROW)


def _found(text: str, depth: int) -> list[PaperId]:
    found: dict[PaperId, int] = {}
    spans: list[tuple[int, int]] = []  # in order, none over another

    def note(identity: PaperId | None, match: re.Match[str], *, is_done: bool = False) -> None:
        place = bisect(spans, match.span())
        before, after = spans[place - 1 : place], spans[place : place + 1]
        if (before and before[0][1] > match.start()) or (after and after[0][0] < match.end()):
            return
        if identity or is_done:
            spans.insert(place, match.span())
        if identity:
            found[identity] = min(match.start(), found.get(identity, match.start()))

    for match in _ADDRESS_INSIDE.finditer(text):
        link = _trimmed(match.group().rstrip("?!"))
        note(_linked(link, depth), match, is_done=is_shadow(link))
    for match in _ARXIV.finditer(text):
        tail = text[max(0, match.start() - 120) : match.start()]
        link_before = re.search(r"\S+$", tail)
        if _BEFORE.search(tail) or (link_before and _LINK.search(link_before.group(0))):
            note(_paper_id(match), match)
    for match in _DOI.finditer(text):
        note(parse_doi(match.group(0)), match)
    return sorted(found, key=lambda identity: found[identity])


def _linked(link: str, depth: int) -> PaperId | None:
    """The paper behind a link: which its path names, else what it carries, if that is one."""
    if is_shadow(link):
        return None
    arxiv = parse_id(link)
    if arxiv is not None:
        return arxiv[0]
    inside = dict.fromkeys(i for text in carried(link) for i in _found(_typed(text), depth - 1)) if depth else {}
    return next(iter(inside)) if len(inside) == 1 else parse_doi(link)


def parse_doi(text: str) -> PaperId | None:
    """The DOI in a bare DOI, `doi:…`, a doi.org link or the address of a publisher's page, in lower case; an arXiv DOI gives
    the arXiv id."""
    text = text[:LONGEST].strip()
    if not _ADDRESS.match(text):
        return _doi_in(unquote(text))
    implied = implied_doi(text)
    if implied is not None:
        return implied
    page, _, rest = text.partition("#")[0].partition("?")
    older = _OPENRXIV_PAGE.match(page)
    if older is not None:
        prefix = "10.64898" if older["year"] and int(older["year"]) >= _NEW_PREFIX else "10.1101"
        return PaperId("doi", f"{prefix}/{older['number']}")
    page = unquote(page)
    if _RESOLVER.match(page):
        page = page.rstrip("/")
    else:
        numbered = _SILVERCHAIR.search(page)
        page = f"/{numbered[1]}" if numbered else _VIEW.sub("", page)
    return _doi_in(page) or next((doi for part in rest.split("&") if (doi := _doi_in(unquote(part)))), None)


def _doi_in(whole: str) -> PaperId | None:
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


def _unwrapped(text: str) -> str:
    """What stands inside a link of Markdown, arXiv's stamp on a page, the title of its page or a bibliography's field, with its signs
    as they are read."""
    if "&" in text:
        text = _HTML_SIGN.sub(lambda sign: {"lt": "<", "gt": ">", "amp": "&"}[sign[1]], text)
    linked = _MARKDOWN.fullmatch(text)
    if linked is not None:
        return linked[1]
    headed = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    return headed[1] if headed else text.rstrip(")].,;:*`'\"") if is_link(text) and "(" not in text else text


def is_link(text: str) -> bool:
    """Whether the text is one address of a page."""
    return re.fullmatch(r"<?https?://\S+", text.strip(), re.IGNORECASE) is not None


def parse(text: str) -> PaperId:
    """The paper that a person names by id, link or DOI; what nobody sees in the text is left out.

    Raises BadInputError, with the forms that are understood, when the text names none.
    """
    text = _unwrapped(_typed(text[:LONGEST]))
    arxiv = parse_id(text) or parse_id(text.strip(_AROUND))
    if arxiv is not None:
        return arxiv[0]
    found = _linked(text.strip("<> "), _DEEPEST)
    if found is not None:
        return found
    if is_link(text):
        raise BadInputError(
            "I know no paper behind that link. I read links to arXiv, alphaXiv, Hugging Face papers, Semantic Scholar, INSPIRE, ADS, "
            "bioRxiv, medRxiv, doi.org, pages with a DOI in their address, and redirects of Google and others to these; or paste the title."
        )
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
    return _trimmed(re.split(r"[?#](?![0-9])", value)[0] if "?" in value else value)


def _trimmed(value: str) -> str:
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
