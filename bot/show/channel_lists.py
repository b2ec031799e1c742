"""A server's daily list as one message: each paper with its vote beside it, and the papers that stand behind the message.

PURE. Everything fits Discord's limits by measuring: sentences are shortened first, then titles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

from bot.language.text import blank
from bot.models import Content, Item, Mention, Paper, Tally
from bot.papers.categories import short
from bot.show import controls
from bot.show.blocks import Block, Entry, Layout, Text, fits
from bot.show.briefs import LINKED, linked, sentence
from bot.show.cards import Button, Row, cut
from bot.show.control import Control
from bot.show.curation import propose_button, proposer_text
from bot.show.curation_controls import OpenListed, ShowFurther, Vote, VoteFurther
from bot.show.lists import pages, paper_select, turning
from bot.show.safe import safe
from bot.show.wording import counted, day_text, paper_date, reception, who_text

#: Papers with a vote beside them in one message: each is three of Discord's forty components.
PER_MESSAGE: Final = 10
_NONE: Final = Tally()


@dataclass(frozen=True, slots=True)
class _Room:
    """How many characters a title, a sentence and an address may have, and whether a proposal's note is shown. A title with a longer
    address leads nowhere."""

    title: int
    sentence: int
    notes: bool = True
    address: int = LINKED


#: From the fullest to the barest.
_ROOMS: Final = (
    _Room(130, 90), _Room(130, 70), _Room(130, 0), _Room(100, 0), _Room(80, 0, notes=False),
    _Room(60, 0, notes=False, address=80),
)  # fmt: skip


def render(content: Content) -> Layout:
    """The message of a list as it stands now."""
    shown = content.items[:PER_MESSAGE]
    more = len(content.items) - len(shown)
    further = (Button(f"More: {more}", ShowFurther(None, 0).encode()),) if more else ()
    foot: tuple[Row, ...] = (
        *_menu(shown),
        (*further, propose_button(), Button("Get these by DM", controls.FollowList().encode())),
    )
    made = _fitting(_head(content), content, shown, 1, lambda paper: Vote(paper.id), (Text(_foot(content)), *foot))
    return replace(made, mentions=(content.mention.role,)) if content.mention else made


def further(content: Content, message: int, page: int) -> Layout:
    """A page of the list's other papers, for one person. `message` is the list's number in Discord."""
    rest = content.items[PER_MESSAGE:]
    if not rest:
        return Layout((Text("All papers of this list stand in its message."),))
    page = min(page, pages(len(rest)) - 1)
    shown = rest[page * PER_MESSAGE : (page + 1) * PER_MESSAGE]
    start = PER_MESSAGE + page * PER_MESSAGE + 1
    head = (
        f"### Further papers of {_named_day(content)}\n-# {start} to {start + len(shown) - 1} of {len(content.items)}"
    )
    row = turning(partial(ShowFurther, message), page, pages(len(rest)))
    foot: tuple[Block, ...] = (*_menu(shown), *((row,) if row else ()))
    return _fitting(head, content, shown, start, lambda paper: VoteFurther(paper.id, message, page), foot)


def _fitting(
    head: str,
    content: Content,
    items: Sequence[Item],
    start: int,
    votes: Callable[[Paper], Control],
    foot: tuple[Block, ...],
) -> Layout:
    """The first of the rooms in which everything fits."""
    blocks: tuple[Block, ...] = ()
    for room in _ROOMS:
        blocks = (Text(head), *_entries(content, items, start, votes, room), *foot)
        if fits(blocks):
            break
    return Layout(blocks)


def _entries(
    content: Content, items: Sequence[Item], start: int, votes: Callable[[Paper], Control], room: _Room
) -> Iterator[Block]:
    for number, item in enumerate(items, start):
        tally = item.tally or _NONE
        button = Button(f"▲ {tally.votes:,}", votes(item.paper).encode())
        yield Entry(_entry_text(number, item.paper, tally, content.day, room), button)


def _entry_text(number: int, paper: Paper, tally: Tally, today: date, room: _Room) -> str:
    """Three lines: title, facts, one sentence."""
    lines = [f"**{number}.** {linked(paper, room.title, room.address)}", f"-# {_facts(paper, tally, today)}"]
    if room.notes and (proposer := proposer_text(tally)):
        lines.append(f"-# {proposer}")
    if new := sentence(paper, room.sentence):
        lines.append(f"-# {safe(new, 2 * room.sentence)}")
    return "\n".join(lines)


def _facts(paper: Paper, tally: Tally, today: date) -> str:
    """Who, category, date, and what readers made of it, here and elsewhere; what is zero or not known is left out."""
    code, day = paper.primary_category, paper_date(paper)
    parts = [
        who_text(paper) or "authors not known",
        safe(short(code), 40) if code and not blank(code) else "",
        day_text(day, today) if day else "",
        *reception(paper, brief=True),
        f"<#{tally.thread_id}>" if tally.thread_id else "",
        f"{counted(tally.comments, 'comment')} here" if tally.comments else "",
        "**withdrawn**" if paper.withdrawn else "",
    ]
    return " · ".join(part for part in parts if part)


def _menu(items: Sequence[Item]) -> tuple[Row, ...]:
    return paper_select([item.paper for item in items], OpenListed(), "Read an abstract, discuss …")


def _named_day(content: Content) -> str:
    server = "this server" if blank(content.server_name) else safe(content.server_name, 60)
    return f"{server} Daily Papers · {content.day:%a} {day_text(content.day, content.day)}"


def _head(content: Content) -> str:
    lines = [f"### {_named_day(content)}"]
    count = counted(len(content.items), "paper")
    lines.append(
        f"-# {count}, by votes here, then elsewhere" if content.items else "-# A moderator took its papers away."
    )
    if content.mention and (called := _mention_text(content, content.mention)):
        lines.append(called)
    if content.late:
        lines.append(f"-# {' and '.join(content.late)} could not be read in time; what comes late is in the next list.")
    return "\n".join(lines)


def _mention_text(content: Content, mention: Mention) -> str:
    """`@robots: 2 and 5 have robot`; empty when a moderator took those papers away."""
    places = [str(n) for n, item in enumerate(content.items, 1) if item.paper.id in mention.papers]
    if not places:
        return ""
    listed = places[0] if len(places) == 1 else f"{', '.join(places[:-1])} and {places[-1]}"
    return f"-# <@&{mention.role}>: {listed} {'agrees' if len(places) == 1 else 'agree'} with **{safe(mention.words, 100)}**"


def _foot(content: Content) -> str:
    return cut("-# ▲ votes here, or takes your vote back. Where nobody has voted, expected interest ranks.", 200)
