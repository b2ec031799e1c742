"""What may follow in a query that somebody is typing: names of fields, categories, facts.

Offers whole texts with what each means. Must not know who asks or how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.papers import categories
from bot.query.facts import COUNTS, FLAGS

__all__ = ["completions"]

_MOST: Final = 25
_FIELDS: Final = {
    "ti:": "words in the title", "abs:": "words in the abstract", 'au:"': "an author", "cat:": "a category, cross-lists too",
    "primary:": "the first category", "kw:": "Hugging Face's keywords", "org:": "an organization", "co:": "the authors' comment",
    "jr:": "the journal reference", "id:": "an arXiv id", "doi:": "a DOI",
}  # fmt: skip


def completions(text: str) -> list[tuple[str, str]]:
    """(what is shown, the whole text) for what may be meant, first the text as it stands."""
    text = text.lstrip()
    head, begun = _divided(text)
    found = [(text, text)] if text.strip() else []
    found += [(f"{head}{full} · {means}", head + full) for full, means in _candidates(begun)]
    return found[:_MOST]


def _divided(text: str) -> tuple[str, str]:
    """What is finished, and the word that is being typed, without an exclusion or parenthesis before it."""
    at = max(text.rfind(sign) for sign in " (-") + 1
    if text.rfind("cat:") > text.rfind(" ") or text.rfind("primary:") > text.rfind(" "):
        at = max(text.rfind("cat:"), text.rfind("primary:"))  # hep-th has a dash
    return text[:at], text[at:]


def _candidates(begun: str) -> Iterator[tuple[str, str]]:
    field, colon, value = begun.partition(":")
    if colon and field.casefold() in ("cat", "primary"):
        for code in categories.resolve(value) if value else ("cs.LG", "cs.AI", "cs.CL", "cs.CV", "cs.RO", "cs.*"):
            yield f"{field}:{code}", categories.name(code)
        return
    typed = begun.casefold()
    for name, means in _FIELDS.items():
        if name.startswith(typed) and name != typed:
            yield name, means
    for name in FLAGS:
        if name.startswith(typed) and name != typed:
            yield name, "a fact"
    for name in COUNTS:
        if typed and name.startswith(typed):
            yield f"{name}>=", "at least so many"
