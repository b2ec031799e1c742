"""Web addresses, built from validated identities only, so that no upstream text becomes a link.

PURE. Knows which hosts are linked to.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.models import Event, Paper, PaperId

_CODE = re.compile(r"https://(?:github\.com|gitlab\.com|huggingface\.co)(?:/[\w.-]+){1,4}/?", re.ASCII)
#: Where research groups keep their projects' pages (of 95 captured ones, 87). Other addresses are not linked: anybody can
#: write one into a form, and a link of ours would vouch for it.
_PAGE = re.compile(
    r"https://(?:(?:[a-z0-9-]{1,63}\.)?(?:github\.io|gitlab\.io|hf\.space|readthedocs\.io)"
    r"|(?:www\.)?(?:huggingface\.co|github\.com|gitlab\.com|sites\.google\.com))(?:/[\w.~%/-]*)?",
    re.IGNORECASE | re.ASCII,
)


def abstract_url(identity: PaperId) -> str:
    """The page of a paper: at arXiv, else where its DOI leads, else its own address in a feed that the owner chose."""
    if identity.scheme == "arxiv":
        return f"https://arxiv.org/abs/{quote(identity.value, safe='/')}"
    if identity.scheme == "url":
        return f"https://{quote(identity.value, safe='/?=&%:;,@+~-._')}"
    return f"https://doi.org/{quote(identity.value, safe='/().;:')}"


def noted_url(note: Event) -> str | None:
    """The page of an article or a note, as an event names it; None where it names none."""
    scheme, _, value = note.occurrence.partition(":")
    return abstract_url(PaperId(scheme, value)) if scheme in ("arxiv", "doi", "url") and value else None


def code_url(paper: Paper) -> str | None:
    """The repository that Hugging Face links, if it is on a host that we link to."""
    url = paper.community.code_url if paper.community else None
    return url if url and _CODE.fullmatch(url) else None


def paper_links(paper: Paper) -> list[tuple[str, str]]:
    """(label, URL) pairs in reading order: arXiv, PDF, Hugging Face, Code, DOI or the article's own page."""
    links: list[tuple[str, str]] = []
    identity = paper.main_id
    if identity.scheme == "arxiv":
        links.append(("arXiv", abstract_url(identity)))
        links.append(("PDF", f"https://arxiv.org/pdf/{quote(identity.value, safe='/')}"))
        if paper.community and paper.community.listed_on:
            links.append(("Hugging Face", f"https://huggingface.co/papers/{quote(identity.value, safe='')}"))
    code = code_url(paper)
    if code:
        guessed = paper.community is not None and paper.community.code_is_guess
        links.append(("possible code" if guessed else "Code", code))
    project = paper.community.project_url if paper.community else None
    if project and len(project) <= 200 and _PAGE.fullmatch(project):
        links.append(("Project", project))
    doi = next((i for i in paper.ids if i.scheme == "doi"), None)
    if doi:
        links.append(("DOI", abstract_url(doi)))
    address = next((i for i in paper.ids if i.scheme == "url"), None)
    if address and not doi:
        links.append(("Article", abstract_url(address)))
    return links
