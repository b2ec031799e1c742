"""Links that lead to another link or ask for an id: redirects of search engines and chats, archives, searches of catalogues.

PURE. Knows which sites write such links; must not know what an id looks like. What an unknown site puts into its links says nothing.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, unquote_plus

LONGEST: Final = 2_000  # characters of what may be one link

_LINK: Final = re.compile(
    r"(?:https?://)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::[0-9]{1,5})?(?P<path>/[^?#\s]*)?(?:\?(?P<query>[^#\s]*))?(?:#(?P<fragment>\S*))?",
    re.IGNORECASE | re.ASCII,
)
#: Sites of which the parameters and the fragment are read: what leads elsewhere, and what is searched for.
_CARRIERS: Final = re.compile(
    r"(?:[\w-]+\.)*(?:google\.(?:com?\.)?[a-z]{2,3}|facebook\.com|instagram\.com|messenger\.com|reddit\.com|slack-redir\.net|slack\.com"
    r"|safelinks\.protection\.outlook\.com|linkedin\.com|duckduckgo\.com|bing\.com|vk\.com|youtube\.com|umblr\.com|zhihu\.com|weixin110\.qq\.com"
    r"|steamcommunity\.com|twitter\.com|x\.com|bsky\.app|urldefense\.com|proofpoint\.com|arxiv\.org|inspirehep\.net|adsabs\.harvard\.edu|semanticscholar\.org"
    r"|connectedpapers\.com|huggingface\.co|hf\.co|alphaxiv\.org|arxiv-sanity(?:-lite)?\.com|arxivxplorer\.com|dblp\.org|litmaps\.com"
    r"|openalex\.org|crossref\.org|europepmc\.org|scite\.ai|doi\.org|archive\.org|paperswithcode\.com)",
    re.IGNORECASE | re.ASCII,
)
#: Sites that put the whole link behind their own name.
_ARCHIVES: Final = re.compile(
    r"(?:[\w-]+\.)*(?:archive\.(?:org|today|ph|is|li)|jina\.ai|12ft\.io|urldefense\.(?:proofpoint\.)?com|semanticscholar\.org)",
    re.IGNORECASE | re.ASCII,
)
_WHOLE: Final = re.compile(r"https?://?(?=[\w-]+\.)", re.IGNORECASE | re.ASCII)
#: How a company's mail filter ends what it wraps.
_FILTERED: Final = re.compile(r"__;.*")
#: And what an older one wrote for the signs of a link: `https-3A__arxiv.org_abs_…`.
_OLDER_FILTER: Final = re.compile(r"/v2/url", re.IGNORECASE)
_REWRITTEN: Final = str.maketrans({"-": "%", "_": "/"})
#: Google's translation of a site: hyphens for points, two for one.
_TRANSLATED: Final = re.compile(r"([\w-]+)\.translate\.goog", re.IGNORECASE | re.ASCII)
#: A bibliography that writes an arXiv id into its own keys.
_DBLP: Final = re.compile(r"(?:[\w-]+/)*corr/abs-([0-9]{4})-([0-9]{4,6})(?:\.\w+)?", re.IGNORECASE | re.ASCII)
#: Another that writes it into the codes of its pages: 2026arXiv261100001M, 2012arXiv1201.1234M.
_ADS: Final = re.compile(r"(?:/[\w-]+)?/(?:19|20)[0-9]{2}arXiv([0-9]{4})\.?([0-9]{4,5})[A-Z](?:/.*)?", re.ASCII)
#: Where papers are kept without leave of their publishers: no link of theirs is read.
_SHADOWS: Final = re.compile(
    r"(?:[\w-]+\.)*(?:sci-?hub|libgen|library-?genesis|annas-archive|z-?lib(?:rary)?|bookfi|b-ok|scihub[0-9]*)(?:\.[\w-]+)+",
    re.IGNORECASE | re.ASCII,
)


def carried(link: str) -> list[str]:
    """The texts inside a link of a known site that may name a paper: another link, an id, words that were searched for."""
    found = _LINK.fullmatch(link) if len(link) <= LONGEST else None
    if found is None:
        return []
    host, path = found["host"], found["path"] or ""
    texts: list[str] = []
    if translated := _TRANSLATED.fullmatch(host):
        site = translated[1].replace("--", "\0").replace("-", ".").replace("\0", "-")
        texts.append(f"https://{site}{path}")
    if host.lower().startswith("dblp.") and (key := _DBLP.fullmatch(path.removeprefix("/"))):
        texts.append(f"arXiv:{key[1]}.{key[2]}")
    if "adsabs" in host.lower() and (code := _ADS.fullmatch(path)):
        texts.append(f"arXiv:{code[1]}.{code[2]}")
    if _ARCHIVES.fullmatch(host) and (whole := _WHOLE.search(link, found.start("path") if path else len(link))):
        texts.append(_FILTERED.sub("", f"https://{link[whole.end() :]}"))
    if _CARRIERS.fullmatch(host):
        parts = [*(found["query"] or "").split("&"), *_fragment(found["fragment"] or "")]
        parts += path.split("/") if "=" in path else []  # /search/q=…
        texts += [unquote_plus(part.partition("=")[2]) for part in parts if "=" in part]
        if _OLDER_FILTER.fullmatch(path):
            texts += [unquote(part[2:].translate(_REWRITTEN)) for part in parts if part.startswith("u=")]
        texts += [unquote(part) for part in _fragment(found["fragment"] or "") if "=" not in part]
    return [text for text in texts if text and text != link]


def _fragment(text: str) -> list[str]:
    """A fragment can be a path with parameters of its own: `#/search?q=…`."""
    return re.split("[?&]", text) if text else []


def is_shadow(link: str) -> bool:
    """Whether the link leads to a site that keeps papers without leave."""
    found = _LINK.fullmatch(link) if len(link) <= LONGEST else None
    return found is not None and _SHADOWS.fullmatch(found["host"]) is not None
