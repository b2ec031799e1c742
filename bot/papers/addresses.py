"""Articles by their addresses in the web: what of an address names the article, and the DOI that some addresses imply.

Pure: knows the habits of publishers' sites, never asks one. An address is an identity of last resort; see `PaperId`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from bot.models import PaperId

LONGEST: Final = 2_000  # characters of what may be one address
_LONGEST_NAME: Final = 400  # characters of what is kept of it

_ADDRESS: Final = re.compile(
    r"(?:url:|https?://)?(?:www\.)?(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?::80|:443)?"
    r"(?P<path>/[^?#\s]*)?(?:\?(?P<query>[^#\s]*))?(?:#\S*)?",
    re.IGNORECASE | re.ASCII,
)
_LINK: Final = re.compile(r"https?://[^\s<>\"|\\^`]{4,2000}", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*", re.IGNORECASE)
_FOLDER: Final = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
#: Parameters that say where a reader comes from, who they are or how the page looks; every other one may name the article.
_TRACKING: Final = re.compile(
    r"(?:utm|mtm|pk|mc|wt|itm|hsa|_hs)[_.].*|rss|rsslink|feed|rssfeed|af|ref|referrer|referer|source|src|via|dgcid|fbclid|gclid|"
    r"msclkid|igshid|yclid|ncid|campaign|cmp|_ga|_gl|casa_token|download|jsessionid|phpsessid|sessionid|session_id|cookieset|"
    r"needaccess|journalcode|locale|print",
    re.IGNORECASE,
)
#: The value of a session, whatever its parameter is called.
_KEY: Final = re.compile(r"[0-9a-f]{32,}", re.IGNORECASE)
#: Sites on which an article has several addresses: host and path, and the one that is kept.
_SAME: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), kept)
    for pattern, kept in (
        (
            r"(?:sciencedirect\.com/science/article|linkinghub\.elsevier\.com/retrieve)/(?:abs/|am/)?pii/([SB][0-9X]{16})\b.*",
            r"sciencedirect.com/science/article/pii/\1",
        ),
        (r"(thelancet\.com/journals/[a-z]+/article/PII[^/]+)/[a-z]+", r"\1/fulltext"),
        (r"(cell\.com/[\w/-]+)/(?:fulltext|abstract|pdf|pdfExtended)/(S[^/]+)", r"\1/fulltext/\2"),
        (r"ieeexplore\.ieee\.org/(?:abstract/)?document/([0-9]+)\b.*", r"ieeexplore.ieee.org/document/\1"),
        (
            r"ieeexplore\.ieee\.org/(?:xpls?|stamp|xpl/[a-z]+)/[a-z_]+\.jsp\?(?:.*&)?arnumber=0*([0-9]+)\b.*",
            r"ieeexplore.ieee.org/document/\1",
        ),
        (
            r"mdpi\.com/([0-9]{4}-[0-9]{3}[0-9X](?:/[0-9]+){3})(?:/(?:htm|pdf|xml|notes|review_report|s[0-9]).*)?",
            r"mdpi.com/\1",
        ),
        (
            r"(?:(?:[\w-]+\.)?hal\.science|hal(?:\.[\w-]+)*\.archives-ouvertes\.fr|hal\.inria\.fr)/([a-z]+-[0-9]{8})(?:v[0-9]+)?(?:/.*)?",
            r"hal.science/\1",
        ),
        (r"openreview\.net/(?:forum|pdf|attachment)\?(?:.*&)?id=([\w-]+).*", r"openreview.net/forum?id=\1"),
        (
            r"proceedings\.mlr\.press/(v[0-9]+|r[0-9]+)/([\w-]+)(?:\.html|/\2(?:-supp)?\.pdf)?",
            r"proceedings.mlr.press/\1/\2.html",
        ),
        (r"jmlr\.org/(?:beta/)?papers/v([0-9]+)/([\w-]+)(?:\.html)?", r"jmlr.org/papers/v\1/\2.html"),
        (r"jmlr\.org/papers/volume([0-9]+)/([\w-]+)/\2\.pdf", r"jmlr.org/papers/v\1/\2.html"),
        (r"(?:aclanthology\.org|aclweb\.org/anthology)/([\w.-]+?)(?:\.pdf|\.bib)?", r"aclanthology.org/\1"),
        (r"openaccess\.thecvf\.com/(.+)/papers/([\w.-]+)\.pdf", r"openaccess.thecvf.com/\1/html/\2.html"),
        (
            r"(?:papers|proceedings)\.(?:nips|neurips)\.cc/(?:paper_files/)?paper/([0-9]{4})/(?:hash|file)/([0-9a-f]{32})-[A-Z][a-z]+(-\w+)?\.\w+",
            r"proceedings.neurips.cc/paper_files/paper/\1/hash/\2-Abstract\3.html",
        ),
    )
)
#: Addresses that say their articles' DOIs without writing them.
_IMPLIED: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.ASCII), doi)
    for pattern, doi in (
        (r"nature\.com/articles/(s41599-[0-9]{3}-[0-9]{4,5}-[0-9a-z])\b.*", r"10.1057/\1"),
        (r"nature\.com/articles/([sd]4[0-9]{4}-[0-9]{3}-[0-9]{4,5}-[0-9a-z])(?![0-9a-z-]).*", r"10.1038/\1"),
        (
            r"nature\.com/articles/((?:nature|ncomms|srep)[0-9]{4,5}|n[a-z]{2,6}\.[0-9]{2,4}(?:\.[0-9]{1,4})?|n[a-z]{2,8}[0-9]{3,4})(?:\.pdf|/.*)?",
            r"10.1038/\1",
        ),
        # the year and a number within it: ismej2013159, npjquantmats201611
        (
            r"nature\.com/articles/([a-z]{2,14})(20[01][0-9])([0-9]{1,3})(?:\.pdf|/.*)?",
            r"10.1038/\1.\2.\3",
        ),
        (r"dl\.acm\.org/(?:citation|ft_gateway)\.cfm\?(?:.*&)?doid=([0-9]{5,8}\.[0-9]{5,8})\b.*", r"10.1145/\1"),
        # of ACL's own venues; others in its anthology have none
        (
            r"aclanthology\.org/(20[2-9][0-9]\.(?:acl|naacl|emnlp|eacl|aacl|findings|conll)-[a-z0-9]+\.[0-9]+)(?:v[0-9]+)?",
            r"10.18653/v1/\1",
        ),
        (r"aclanthology\.org/([PNDKS]1[6-9]-[0-9]{4})(?:v[0-9]+)?", r"10.18653/v1/\1"),
        (
            r"journals\.plos\.org/[a-z]+/(?:article|s/file)(?:/[a-z]+)?\?(?:.*&)?id=(10\.1371/journal\.[a-z]+\.[0-9]{7})\b.*",
            r"\1",
        ),
        (
            r"pubs\.rsc\.org/(?:[a-z]{2}/)?content/[a-z]+/[0-9]{4}/[a-z]{2}/([a-z][0-9][a-z]{2}[0-9]{5}[a-z])\b.*",
            r"10.1039/\1",
        ),
        (r"(?:xlink|dx)\.rsc\.org/?\?DOI=([a-z][0-9][a-z]{2}[0-9]{5}[a-z])\b.*", r"10.1039/\1"),
        (
            r"(?:papers\.)?ssrn\.com/(?:sol3/(?:papers|delivery)\.cfm.*\b(?:abstract_?id)|abstract)=([0-9]{5,9})\b.*",
            r"10.2139/ssrn.\1",
        ),
        (r"(?:osf\.io/preprints/)?psyarxiv(?:\.com)?/([a-z0-9]{5})(?:_v[0-9]+)?(?:/.*)?", r"10.31234/osf.io/\1"),
        (r"osf\.io/preprints/socarxiv/([a-z0-9]{5})(?:_v[0-9]+)?(?:/.*)?", r"10.31235/osf.io/\1"),
        (r"(?:osf\.io/preprints/)?edarxiv(?:\.org)?/([a-z0-9]{5})(?:_v[0-9]+)?(?:/.*)?", r"10.35542/osf.io/\1"),
        (r"osf\.io/preprints/metaarxiv/([a-z0-9]{5})(?:_v[0-9]+)?(?:/.*)?", r"10.31222/osf.io/\1"),
        (r"osf\.io/preprints/osf/([a-z0-9]{5})(?:_v[0-9]+)?(?:/.*)?", r"10.31219/osf.io/\1"),
        (r"researchsquare\.com/article/(rs-[0-9]{4,9}/v[0-9]+)(?:\.pdf)?", r"10.21203/rs.3.\1"),
        (r"preprints\.org/manuscript/(20[0-9]{4}\.[0-9]{4})/(v[0-9]+)(?:/.*)?", r"10.20944/preprints\1.\2"),
        (r"bmj\.com/content/[0-9]+/(bmj[.-][\w-]+?)(?:\.full|\.abstract|\.short)?(?:\.pdf)?", r"10.1136/\1"),
        (r"elifesciences\.org/(?:articles|reviewed-preprints)/([0-9]{5,6})(?![0-9]).*", r"10.7554/elife.\1"),
        (r"peerj\.com/articles/([0-9]+)", r"10.7717/peerj.\1"),
        (r"peerj\.com/articles/([a-z]+)-([0-9]+)", r"10.7717/peerj-\1.\2"),
        (r"([a-z]{2,6})\.copernicus\.org/articles/([0-9]+)/([0-9]+)/(20[0-9]{2})(?:/.*)?", r"10.5194/\1-\2-\3-\4"),
        (r"egusphere\.copernicus\.org/preprints/20[0-9]{2}/(egusphere-20[0-9]{2}-[0-9]+)(?:/.*)?", r"10.5194/\1"),
        (r"quantum-journal\.org/papers/(q-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]+)", r"10.22331/\1"),
        (r"scipost\.org/(SciPost[A-Za-z]*(?:\.[0-9]+){1,3})(?:/pdf)?", r"10.21468/\1"),
        (r"ijcai\.org/proceedings/(20(?:1[7-9]|[2-9][0-9]))/([0-9]+)", r"10.24963/ijcai.\1/\2"),
        (r"zenodo\.org/records?/([0-9]+)\b.*", r"10.5281/zenodo.\1"),
    )
)
#: The hosts of either, so that other addresses are tried on no pattern. Looked for where a host stands, not in the whole address.
_SITES: Final = re.compile(
    r"\s{0,99}<?(?:url:|https?://)?(?:[a-z0-9-]{1,63}\.){0,9}(?:"
    r"(?:sciencedirect|elsevier|thelancet|cell|nature|peerj|ssrn|psyarxiv|researchsquare|bmj|mdpi)\.com"
    r"|(?:ieee|jmlr|acl(?:anthology|web)|plos|rsc|elifesciences|copernicus|quantum-journal|scipost|ijcai|zenodo|edarxiv|acm|preprints)\.org"
    r"|openreview\.net|mlr\.press|thecvf\.com|(?:nips|neurips)\.cc|osf\.io|hal\.science|archives-ouvertes\.fr|hal\.inria\.fr)(?![\w.-])",
    re.IGNORECASE | re.ASCII,
)
#: Here every article's address says its DOI or arXiv id: what says none is a page of news, an issue, or leads elsewhere.
_NO_OTHERS: Final = frozenset(
    (
        "nature.com", "science.org", "link.springer.com", "dl.acm.org", "onlinelibrary.wiley.com", "tandfonline.com",
        "pubs.acs.org", "journals.sagepub.com", "pnas.org", "royalsocietypublishing.org", "journals.aps.org", "link.aps.org",
        "iopscience.iop.org", "journals.plos.org", "biorxiv.org", "medrxiv.org", "doi.org", "dx.doi.org", "arxiv.org", "huggingface.co",
    )
)  # fmt: skip


def parse_address(text: str) -> PaperId | None:
    """The identity that an article has by its address, written in whatever way; None for what is no address of one article.

    The same whatever the scheme, the host's `www.`, a usual port, a slash at the end, the fragment, sessions and what says where a
    reader comes from. On sites that print DOIs in their addresses there is none.
    """
    name = _name(text)
    if name is None or len(name) > _LONGEST_NAME or name.partition("/")[0].partition("?")[0] in _NO_OTHERS:
        return None
    return PaperId("url", name)


def implied_doi(text: str) -> PaperId | None:
    """The DOI of the article with this address, where its site's addresses say it without writing it whole."""
    name = _name(text) if _SITES.match(text) else None
    if name is None:
        return None
    said = unquote(name)
    for pattern, doi in _IMPLIED:
        found = pattern.fullmatch(said)
        if found is not None:
            return PaperId("doi", found.expand(doi).lower())
    return None


def find_links(text: str) -> list[str]:
    """Every address in running text, each once, without the point or bracket that the sentence left at its end."""
    found = (match.group().rstrip(".,;:'*_!?") for match in _LINK.finditer(text))
    return list(dict.fromkeys(link[:-1] if link.endswith(")") and "(" not in link else link for link in found))


def _name(text: str) -> str | None:
    """Host, path and query as they are kept; None for what is no address, or the front page of a site."""
    found = _ADDRESS.fullmatch(text[:LONGEST].strip().strip("<>"))
    if found is None:
        return None
    path = _FOLDER.sub("", re.sub("/{2,}", "/", _SESSION.sub("", found["path"] or ""))).rstrip("/")
    query = "&".join(sorted(part for part in (found["query"] or "").split("&") if _identifies(part)))
    if not path and not query:
        return None
    name = found["host"].lower() + _escaped(path) + (f"?{_escaped(query)}" if query else "")
    if not _SITES.match(name):
        return name
    return next((same.expand(kept) for pattern, kept in _SAME if (same := pattern.fullmatch(name))), name)


def _identifies(part: str) -> bool:
    """Whether a parameter may say which article it is."""
    name, _, value = part.partition("=")
    return bool(part) and not _TRACKING.fullmatch(name) and not _KEY.fullmatch(value)


def _escaped(text: str) -> str:
    """With the same escapes however it was written."""

    def once(found: re.Match[str]) -> str:
        sign = chr(int(found[1], 16))
        return sign if _UNRESERVED.fullmatch(sign) else found[0].upper()

    return quote(_ESCAPED.sub(once, text), errors="replace", safe="/%:@!$&'()*+,;=~-._")
