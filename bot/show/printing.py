"""Papers and other values for the command line: as lines for people, as JSON for programs. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

from bot.language.text import plain
from bot.models import Paper
from bot.papers.links import noted_url, paper_links
from bot.show.wording import byline_words, facts_words, notes_words, paper_date, title_words

__all__ = ["list_lines", "paper_json", "paper_lines", "plain_json", "short_lines"]


def paper_lines(paper: Paper, today: date) -> list[str]:
    """Everything about one paper."""
    noted = [f"  {notes}"] if (notes := notes_words(paper, today)) else []
    lines = [*short_lines(paper, today), *noted, "", plain(paper.abstract) or "No abstract is known.", ""]
    return lines + [f"{label}: {url}" for label, url in paper_links(paper)]


def short_lines(paper: Paper, today: date) -> list[str]:
    """One paper of a list: title, who, id and facts."""
    facts = f"  {paper.main_id}" + (f" · {facts_words(paper, today)}" if paper_date(paper) else "")
    return [title_words(paper), f"  {byline_words(paper)}", facts]


def list_lines(papers: Sequence[Paper], today: date) -> list[str]:
    """The papers of a list with a blank line between them."""
    return [line for paper in papers for line in ("", *short_lines(paper, today))]


def paper_json(paper: Paper) -> dict[str, Any]:
    """A paper for `--json`: text as stored, identities as `scheme:value`, links as shown."""
    return {
        "id": str(paper.main_id),
        "ids": [str(i) for i in paper.ids],
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": [{"name": a.name, "affiliation": a.affiliation} for a in paper.authors],
        "categories": list(paper.categories),
        "version": paper.version,
        "published": paper.published,
        "updated": paper.updated,
        "announced": paper.announced,
        "comment": paper.comment,
        "journal_ref": paper.journal_ref,
        "withdrawn": paper.withdrawn,
        "notes": [{"kind": n.kind, "at": n.at, "url": noted_url(n)} for n in paper.notes],
        "community": paper.community,
        "links": dict(paper_links(paper)),
    }


def plain_json(value: Any) -> Any:
    """The value in JSON's own types: dataclasses as objects, enums by value, dates in ISO 8601."""
    if isinstance(value, dict):
        return {str(k): plain_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
