"""What the outbox carries and what a paper looks like when it stands alone: papers, digests and daily lists as cards.

PURE. Everything fits Discord's limits by measuring; the wording of each line is `wording`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.language.text import blank, plain
from bot.models import Digest, Item, Paper, Subscription, SummaryContent
from bot.papers.links import abstract_url
from bot.show import controls
from bot.show.cards import (
    CONTENT,
    EMBED_DESCRIPTION,
    EMBED_TITLE,
    EMBED_TOTAL,
    EMBEDS,
    OPTIONS,
    Button,
    Card,
    Embed,
    Option,
    Row,
    Select,
    cut,
    pack,
)
from bot.show.safe import excerpt, safe, shown
from bot.show.wording import (
    byline,
    byline_words,
    counted,
    day_text,
    facts_line,
    links_line,
    list_entry,
    subscription_name,
    title_text,
    title_words,
    why_text,
)


def paper_embed(paper: Paper, today: date, *, why: str = "", text_limit: int = 320) -> Embed:
    """A paper in a digest: who, what, when, why, and an excerpt of at most `text_limit` characters."""
    summary = paper.community.summary if paper.community else None
    lines = [byline(paper), facts_line(paper, today)]
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
    if comment := shown(paper.comment or "", 300):
        head.append(comment)
    if journal := shown(paper.journal_ref or "", 200):
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


def control_row() -> tuple[Button, ...]:
    """The way out that every DM carries."""
    return (
        Button("My subscriptions", controls.ShowSubscriptions().encode()),
        Button("Pause 7 days", controls.PauseAll(7).encode()),
        Button("Stop all", controls.StopAll().encode(), style="danger"),
    )


def digest_cards(digest: Digest) -> list[Card]:
    """A person's digest: one embed a paper, the rest counted."""
    head = f"**Your papers for {day_text(digest.day, digest.day)}** · {counted(len(digest.items), 'paper')}"
    return pack(
        head + _more(digest), [_item_embed(item, digest.day) for item in digest.items], (control_row(),)
    )  # fmt: skip


def instant_cards(digest: Digest) -> list[Card]:
    """What just came, for those who want it at once."""
    return pack(
        _instant_head(digest), [_item_embed(item, digest.day) for item in digest.items], (control_row(),)
    )  # fmt: skip


def gathered_card(digest: Digest) -> Card:
    """The same as one message, a line or two a paper: what came while a person had got enough for an hour."""
    for limit in (200, 140, 90, 0):
        lines = [
            f"**{n}.** {list_entry(item.paper, digest.day, limit)}"
            + (f"\n-# Why: {why}" if (why := _why(item)) else "")
            for n, item in enumerate(digest.items, 1)
        ]
        embeds = _in_embeds(lines)
        if sum(e.size for e in embeds) <= EMBED_TOTAL:
            break
    else:
        lines = [
            f"**{n}.** [{title_text(item.paper, 150)}]({abstract_url(item.paper.main_id)})"
            for n, item in enumerate(digest.items, 1)
        ]
        embeds = _in_embeds(_fitting(lines, "`/today` lists them"))
    return Card(cut(_instant_head(digest), CONTENT), tuple(embeds), (control_row(),))


def _instant_head(digest: Digest) -> str:
    count = len(digest.items)
    return ("**A new paper for you**" if count == 1 else f"**{count} new papers for you**") + _more(digest)


def _more(digest: Digest) -> str:
    """How many did not fit, and where they are."""
    if not digest.held:
        return ""
    return f"\n… and {len(digest.held):,} more matched: `/today` lists them; a narrower subscription brings fewer."


def welcome_cards(digest: Digest, subscription: Subscription, next_text: str) -> list[Card]:
    """The first DM: it proves that DMs arrive, and shows what will come."""
    head = f"Welcome! You now follow {subscription_name(subscription)}.\n"
    head += (
        "Here is a taste from the last 7 days." if digest.items else "Nothing matched in the last 7 days; be patient."
    )
    head += f" {next_text}"
    return pack(head, [_item_embed(item, digest.day) for item in digest.items], (control_row(),))


def _item_embed(item: Item, today: date) -> Embed:
    return paper_embed(item.paper, today, why=_why(item))


def _why(item: Item) -> str:
    """Why the paper is here, and why it comes late, on one line: a message that is brought up to date keeps it."""
    return "; ".join(part for part in (why_text(item.reasons), safe(item.late or "", 200)) if part)


def item_embeds(items: Sequence[Item], today: date) -> tuple[Embed, ...] | None:
    """One embed a paper, their excerpts as long as one message has room for; None when it has not even room without any."""
    for limit in (320, 200, 120, 60, 0):
        embeds = tuple(paper_embed(item.paper, today, why=_why(item), text_limit=limit) for item in items)
        if len(embeds) <= EMBEDS and sum(e.size for e in embeds) <= EMBED_TOTAL:
            return embeds
    return None


def daily_card(content: SummaryContent) -> Card:
    """The day's list as one message: excerpts are shortened until everything fits Discord's limits."""
    day = content.day
    server = "this server" if blank(content.server_name) else safe(content.server_name, 100)
    who = f"{server} and the research community"
    head = f"**Daily Papers** · by {who} · {day_text(day, day)}"
    if content.late:
        head += f"\n-# {' and '.join(content.late)} could not be read in time; what comes late is in the next list."
    for limit in (200, 140, 90, 0):
        entries = [f"**{n}.** {list_entry(p, day, limit)}" for n, p in enumerate(content.papers, 1)]
        embeds = _in_embeds(entries)
        if len(embeds) <= EMBEDS and sum(e.size for e in embeds) <= EMBED_TOTAL:
            break
    else:
        embeds = _in_embeds(_fitting(entries, "all of them are in the menu"))
    options = tuple(Option(title_words(p), str(p.id), byline_words(p)) for p in content.papers[:OPTIONS])
    rows: tuple[Row, ...] = (
        Select(controls.ReadAbstract().encode(), "Read an abstract", options),
        (Button("Get these by DM", controls.FollowList().encode(), style="primary"),),
    )
    return Card(cut(head, CONTENT), tuple(embeds), rows)


def _in_embeds(entries: Sequence[str]) -> list[Embed]:
    """Entries with a blank line between them, in as few embeds as their length allows."""
    texts = [""]
    for entry in entries:
        if texts[-1] and len(texts[-1]) + 2 + len(entry) > EMBED_DESCRIPTION:
            texts.append("")
        texts[-1] += ("\n\n" if texts[-1] else "") + entry
    return [Embed(description=text) for text in texts]


def _fitting(entries: Sequence[str], where: str) -> list[str]:
    """As many entries as fit one message, how many more there are, and where they can be read."""
    kept: list[str] = []
    room = EMBED_TOTAL - 100
    for number, entry in enumerate(entries):
        room -= len(entry) + 2
        if room < 0:
            return [*kept, f"… and {len(entries) - number} more: {where}."]
        kept.append(entry)
    return kept
