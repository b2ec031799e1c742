"""What a paper looks like: in a message among others, and alone.

PURE. Everything fits Discord's limits by measuring; the wording of each line is `wording`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.language.text import plain
from bot.models import EventKind, Item, Paper
from bot.papers.links import abstract_url
from bot.show.cards import (
    EMBED_DESCRIPTION,
    EMBED_TITLE,
    EMBED_TOTAL,
    EMBEDS,
    Card,
    Embed,
    cut,
)
from bot.show.safe import excerpt, safe, shown
from bot.show.scores import scored_line
from bot.show.wording import (
    byline,
    facts_line,
    links_line,
    notes_line,
    title_text,
    why_text,
)


def paper_embed(paper: Paper, today: date, *, why: str = "", text_limit: int = 320) -> Embed:
    """A paper in a digest: who, what, when, why, and an excerpt of at most `text_limit` characters."""
    summary = paper.community.summary if paper.community else None
    lines = [byline(paper), facts_line(paper, today)]
    if notes := notes_line(paper, today):
        lines.append(notes)
    if why:
        lines.append(f"Why: {why}")
    body = excerpt(plain(summary or paper.abstract), text_limit)
    if body:
        lines += ["", safe(body, text_limit)]
    lines += ["", links_line(paper)]
    return Embed(
        title=title_text(paper, EMBED_TITLE),
        url=abstract_url(paper.main_id),
        description=cut("\n".join(lines), EMBED_DESCRIPTION),
    )


def paper_card(paper: Paper, today: date) -> Card:
    """Everything about one paper, with its whole abstract, in as few embeds as Discord allows."""
    head = [byline(paper), facts_line(paper, today), f"`{paper.main_id}`"]
    if notes := notes_line(paper, today):
        head.append(notes)
    if scored := scored_line(paper):
        head.append(scored)
    if comment := shown(paper.comment or "", 300):
        head.append(comment)
    is_noted = any(note.kind is EventKind.PUBLISHED for note in paper.notes)
    if (journal := shown(paper.journal_ref or "", 200)) and not is_noted:
        head.append(f"Published in {journal}")
    if summary := shown((paper.community and paper.community.summary) or "", 500):
        head += ["", f"**In one sentence:** {summary}"]
    title = title_text(paper, EMBED_TITLE)
    ending, footer = f"\n\n{links_line(paper)}", _footer(paper)
    beginning = "\n".join([*head, "", ""])
    room = EMBED_TOTAL - len(title) - len(beginning) - len(ending) - len(footer)
    abstract = shown(paper.abstract, room) or "No abstract is known."
    texts = _parts(beginning + abstract + ending)
    first = Embed(title=title, url=abstract_url(paper.main_id), description=texts[0])
    embeds = [first, *(Embed(description=text) for text in texts[1:])]
    embeds[-1] = replace(embeds[-1], footer=footer)
    return Card(embeds=tuple(embeds))


def _parts(text: str) -> list[str]:
    """The text in pieces that fit an embed, parted at a space."""
    parts = []
    while len(text) > EMBED_DESCRIPTION:
        at = text.rfind(" ", EMBED_DESCRIPTION // 2, EMBED_DESCRIPTION)
        at = at if at > 0 else EMBED_DESCRIPTION
        parts.append(text[:at])
        text = text[at:].lstrip(" ")
    return [*parts, text]


def _footer(paper: Paper) -> str:
    return "Thank you to arXiv for use of its open access interoperability." if paper.main_id.scheme == "arxiv" else ""


def why_line(item: Item) -> str:
    """Why the paper is here, and why it comes late, on one line."""
    return "; ".join(part for part in (why_text(item.reasons), safe(item.late or "", 200)) if part)


def item_embeds(items: Sequence[Item], today: date) -> tuple[Embed, ...] | None:
    """One embed a paper, their excerpts as long as one message has room for; None when it has not even room without any."""
    for limit in (320, 200, 120, 60, 0):
        embeds = tuple(paper_embed(item.paper, today, why=why_line(item), text_limit=limit) for item in items)
        if len(embeds) <= EMBEDS and sum(e.size for e in embeds) <= EMBED_TOTAL:
            return embeds
    return None
