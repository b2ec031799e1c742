"""A message's content as a card: what the outbox sends, and what is put in its place when a paper of it changes.

PURE. Everything fits Discord's limits by measuring; the wording of each line is `wording`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.language.text import blank
from bot.models import Content, Detail, Item, MessageKind, Paper
from bot.papers.links import abstract_url
from bot.show import channel_lists, controls
from bot.show.blocks import AnyCard
from bot.show.cards import (
    CONTENT,
    EMBED_DESCRIPTION,
    EMBED_TITLE,
    EMBED_TOTAL,
    EMBEDS,
    Button,
    Card,
    Embed,
    Row,
    cut,
)
from bot.show.digests import digest_card, ways_out
from bot.show.papers import item_embeds, paper_embed, why_line
from bot.show.persons import item_menu
from bot.show.safe import safe
from bot.show.wording import (
    byline,
    counted,
    day_text,
    facts_line,
    followed_name,
    links_line,
    list_entry,
    next_digest_text,
    title_text,
)

#: With 25 papers, a list of titles and links stays within an embed.
_LISTED_TITLE: Final = 90


def in_parts(content: Content) -> list[Content]:
    """The fewest messages that hold these papers in order, split between papers. A list, and what is gathered, is one message."""
    if _is_list(content) or content.first:
        return [replace(content, total=len(content.items))]
    groups: list[list[Item]] = [[]]
    size = 0
    for item in content.items:
        own = paper_embed(item.paper, content.day, why=why_line(item)).size
        if len(groups[-1]) == EMBEDS or size + own > EMBED_TOTAL:
            groups.append([])
            size = 0
        groups[-1].append(item)
        size += own
    return [
        replace(content, items=tuple(group), total=len(content.items), part=number, parts=len(groups))
        for number, group in enumerate(groups, 1)
    ]


def render(content: Content, detail: Detail = Detail.FULL) -> AnyCard:
    """What a message shows: a channel's list in blocks, everything else as a card."""
    if content.kind is MessageKind.SUMMARY and detail is Detail.FULL:
        return channel_lists.render(content)
    return card_of(content, detail)


def card_of(content: Content, detail: Detail = Detail.FULL) -> Card:
    """The card of a message to a person, or of a list in few words. SHORT has no excerpts and no menus; PLAIN has titles and links, and no
    other word that somebody else has written."""
    bare = f"**Papers for {day_text(content.day, content.day)}**"
    if content.first:
        return digest_card(content, bare if detail is Detail.PLAIN else _top(content), _notes(content), detail)
    rows = _buttons(content)
    if detail is Detail.PLAIN:
        papers = [_brief(item.paper, "") for item in content.items]
        return Card(bare, _titles(content) if _is_list(content) else tuple(papers), rows)
    if detail is Detail.SHORT:
        papers = [_brief(item.paper, _facts(item.paper, content)) for item in content.items]
        return Card(_top(content), _titles(content) if _is_list(content) else tuple(papers), rows)
    rows = (*item_menu(content.items), *rows)
    if content.gathered:
        return Card(cut(_head(content), CONTENT), _listed(content), rows)
    embeds = item_embeds(content.items, content.day) or tuple(
        paper_embed(item.paper, content.day, why=why_line(item), text_limit=0) for item in content.items
    )
    return Card(cut(_head(content), CONTENT), embeds, rows)


def _is_list(content: Content) -> bool:
    """Whether its papers stand together, a line or two each."""
    return content.gathered or content.kind is MessageKind.SUMMARY


def _buttons(content: Content) -> tuple[Row, ...]:
    if content.kind is MessageKind.SUMMARY:
        return ((Button("Get these by DM", controls.FollowList().encode(), style="primary"),),)
    return (ways_out(),)


# -- the words above the papers -------------------------------------------------------------------------------------------


def _head(content: Content) -> str:
    notes = _notes(content) if content.part == 1 and content.head is None else []
    return "\n".join([_top(content), *notes])


def _top(content: Content) -> str:
    if content.head is not None:
        return content.head
    return _first_line(content) + (f" ({content.part}/{content.parts})" if content.part > 1 else "")


def _first_line(content: Content) -> str:
    if content.welcome is not None:
        followed = content.welcome
        return f"Welcome! You now follow {followed_name(followed.kind, followed.query, followed.subscription_id)}."
    day = day_text(content.day, content.day)
    if content.kind is MessageKind.SUMMARY:
        server = "this server" if blank(content.server_name) else safe(content.server_name, 100)
        return f"**Daily Papers** · by {server} and the research community · {day}"
    if content.kind is MessageKind.DIGEST:
        return f"**Your papers for {day}** · {counted(content.count, 'paper')}"
    return "**A new paper for you**" if content.count == 1 else f"**{content.count} new papers for you**"


def _notes(content: Content) -> list[str]:
    """What else the reader should know: what is missing, what did not fit and where it is, what comes next."""
    if content.welcome is not None:
        taste = (
            "Here is a taste from the last 7 days."
            if content.items
            else "Nothing matched in the last 7 days; be patient."
        )
        return [
            f"{taste} {next_digest_text(content.welcome.cadence, content.welcome.next_digest, content.welcome.weekdays)}"
        ]
    if not content.more:
        return []
    return [f"… and {content.more:,} more matched: `/today` lists them; a narrower subscription brings fewer."]


# -- the papers -----------------------------------------------------------------------------------------------------------


def _listed(content: Content) -> tuple[Embed, ...]:
    """A line or two a paper: excerpts are shortened until everything fits; then the titles that fit, and where the others are."""
    for limit in (200, 140, 90, 0):
        entries = [_entry(number, item, content, limit) for number, item in enumerate(content.items, 1)]
        embeds = _in_embeds(entries)
        if len(embeds) <= EMBEDS and sum(e.size for e in embeds) <= EMBED_TOTAL:
            return embeds
    return _in_embeds(_fitting(_links(content, 150)))


def _links(content: Content, limit: int) -> list[str]:
    """The papers by their numbers: titles of at most `limit` characters, as links."""
    return [
        f"**{n}.** [{title_text(item.paper, limit)}]({abstract_url(item.paper.main_id)})"
        for n, item in enumerate(content.items, 1)
    ]


def _entry(number: int, item: Item, content: Content, limit: int) -> str:
    why = why_line(item)
    return f"**{number}.** {list_entry(item.paper, content.day, limit)}" + (f"\n-# Why: {why}" if why else "")


def _in_embeds(entries: Sequence[str]) -> tuple[Embed, ...]:
    """Entries with a blank line between them, in as few embeds as their length allows."""
    texts = [""]
    for entry in entries:
        if texts[-1] and len(texts[-1]) + 2 + len(entry) > EMBED_DESCRIPTION:
            texts.append("")
        texts[-1] += ("\n\n" if texts[-1] else "") + entry
    return tuple(Embed(description=text) for text in texts)


def _fitting(entries: Sequence[str]) -> list[str]:
    """As many entries as fit one message, how many more there are, and where they can be read."""
    kept: list[str] = []
    room = EMBED_TOTAL - 100
    for number, entry in enumerate(entries):
        room -= len(entry) + 2
        if room < 0:
            return [*kept, f"… and {len(entries) - number} more: `/today` lists them."]
        kept.append(entry)
    return kept


def _facts(paper: Paper, content: Content) -> str:
    return f"{byline(paper)}\n{facts_line(paper, content.day)}\n{links_line(paper)}"


def _brief(paper: Paper, text: str) -> Embed:
    return Embed(title=title_text(paper, EMBED_TITLE), url=abstract_url(paper.main_id), description=text)


def _titles(content: Content) -> tuple[Embed, ...]:
    return (Embed(description="\n".join(_links(content, _LISTED_TITLE))),)
