"""Who is meant, as text: what somebody types, what a completion offers, and what stands behind a control. PURE.

Knows the forms; must not know who anybody is.
"""

from __future__ import annotations

import re
from typing import Final

from bot.errors import BadInputError
from bot.language.text import clean
from bot.models import PaperId, Reference
from bot.papers import paper_ids

__all__ = ["LONGEST", "beside", "choice", "chosen", "meant", "parted", "written"]

#: Characters of a name.
LONGEST: Final = 200
_BEHIND: Final = re.compile(r"(?P<name>.*?) ?\((?P<how>of|group of)? ?(?P<what>\S+)\)")
#: Before the address of a paper that has no other identity.
_URL: Final = "url:"
_REGISTRY_ID: Final = re.compile(
    r"semantic-scholar:[0-9]{1,20}|openalex:A[0-9]{1,20}|orcid:[0-9]{4}(?:-[0-9]{3}[0-9X]){3}"
)
#: Where registries show a person, and how their numbers are written alone.
_ADDRESSES: Final = (
    (re.compile(r"(?:https?://)?(?:www\.)?semanticscholar\.org/author/(?:[^/\s]+/)?([0-9]{1,20})/?"), "semantic-scholar:"),
    (re.compile(r"(?:https?://)?(?:api\.)?openalex\.org/(?:authors/)?(A[0-9]{1,20})/?", re.IGNORECASE), "openalex:"),
    (re.compile(r"(?:https?://)?(?:orcid\.org/|orcid:)?([0-9]{4}(?:-[0-9]{3}[0-9X]){3})/?", re.IGNORECASE), "orcid:"),
    (re.compile(r"s2:([0-9]{1,20})", re.IGNORECASE), "semantic-scholar:"),
)  # fmt: skip


def meant(text: str) -> Reference:
    """Whom a text means: a name, a name with what tells its bearer apart in brackets, or a registry's number or address. Raises
    BadInputError for one that names nobody."""
    text = clean(text)
    if not text:
        raise BadInputError(
            "Write a name, like `Julia Kempe`, an ORCID, or a link to somebody at Semantic Scholar or OpenAlex."
        )
    for address, scheme in _ADDRESSES:
        if found := address.fullmatch(text):
            return Reference("", scheme + found[1].upper())
    if _REGISTRY_ID.fullmatch(text):
        return Reference("", text)
    if (found := _BEHIND.fullmatch(text)) and (told := _told_apart(found)):
        return told
    if len(text) > LONGEST:
        raise BadInputError(f"That has {len(text):,} characters, and a name has {LONGEST} at most.")
    return Reference(text)


def _told_apart(found: re.Match[str]) -> Reference | None:
    name, how, what = found["name"], found["how"], found["what"]
    if how is None:
        return Reference(name, what) if _REGISTRY_ID.fullmatch(what) else None
    try:
        paper = PaperId("url", what.removeprefix(_URL)) if what.startswith(_URL) else paper_ids.parse(what)
        return Reference(name, paper=paper, is_apart=how == "group of") if name else None
    except BadInputError:
        return None


def written(reference: Reference) -> str:
    """The text that `meant` reads as this person again."""
    if reference.paper:
        return f"{reference.name} ({'group ' if reference.is_apart else ''}of {_bare(reference.paper)})"
    if reference.registry_id:
        return f"{reference.name} ({reference.registry_id})" if reference.name else reference.registry_id
    return reference.name


def _bare(paper: PaperId) -> str:
    return paper.value if paper.scheme == "doi" else str(paper)


#: Between a name and what tells its bearer apart.
_WITH: Final = " with:"


def parted(text: str) -> tuple[str, str]:
    """What was typed as a name, and as what tells its bearer apart: `Wei Zhang with:Fudan`."""
    name, _, hint = clean(text).partition(_WITH)
    return name.strip(), hint.strip()


def beside(name: str, hint: str | None) -> str:
    """The text that `parted` parts again."""
    return f"{clean(name)}{_WITH}{clean(hint)}" if hint and clean(hint) else clean(name)


def choice(name: str, reference: Reference) -> str:
    """How one of the people of a name stands in a menu: short, since the menu knows the name; `chosen` reads it."""
    return written(reference).removeprefix(f"{name} ") if reference.name == name else written(reference)


def chosen(name: str, value: str) -> Reference:
    """The person of a name that was chosen so. Raises BadInputError."""
    return meant(f"{name} {value}" if value.startswith("(") else value)
