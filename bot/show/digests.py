"""A person's own paper as a card: the best papers, the others a press away in pages, and the buttons below.

PURE. Everything fits Discord's limits by measuring; the lines of one paper are `briefs`' word, in plain-text mode `plainly`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Final

from bot.models import Content, Detail, Item, MessageKind, Reason
from bot.show import controls, own_controls, paper_controls
from bot.show.briefs import brief, linked
from bot.show.cards import BUTTONS, CONTENT, EMBED_DESCRIPTION, Button, Card, Embed, Row, cut
from bot.show.plainly import ROOMS, plain_head, plain_items, unmarked
from bot.show.wording import counted, followed_name

__all__ = ["digest_card", "pages", "papers_of"]

#: Papers of each page behind the first.
PER_PAGE: Final = 6
_IN_A_ROW: Final = 3
#: A line that shows nothing: Discord swallows an empty one before small print.
_GAP: Final = "\n\u200b\n"


def pages(content: Content) -> int:
    """How many pages its papers have; at least one."""
    return 1 + ceil(max(0, len(content.items) - content.first) / PER_PAGE)


def papers_of(content: Content) -> tuple[int, Sequence[Item]]:
    """The number of the first paper on the page that is shown, and the papers of it. A page that is not there is the last one."""
    page = min(max(content.page, 0), pages(content) - 1)
    start = 0 if page == 0 else content.first + (page - 1) * PER_PAGE
    return start + 1, content.items[start : start + (content.first if page == 0 else PER_PAGE)]


def digest_card(content: Content, top: str, notes: Sequence[str], detail: Detail) -> Card:
    """One page. `top` and `notes` are the words above the papers. SHORT has no sentences; PLAIN has titles and links, and no other word
    that somebody else has written."""
    number, items = papers_of(content)
    rows = _rows(content, number, len(items))
    if content.plain:
        text = unmarked(top) if detail is Detail.PLAIN else plain_head(content, number, len(items), notes)
        rooms = ROOMS if detail is Detail.FULL else ROOMS[2:]
        said = plain_items(items, number, len(content.items), content.day, rooms, bare=detail is Detail.PLAIN)
        return Card(cut(text, CONTENT), _embeds(said), rows)
    head = (
        top
        if content.kind is MessageKind.WELCOME or detail is Detail.PLAIN
        else f"{top}{_where(content, number, len(items))}"
    )
    shown = [] if detail is not Detail.FULL or number > 1 else notes
    return Card(cut("\n".join([head, *shown]), CONTENT), _embeds(_entries(content, number, items, detail)), rows)


def _embeds(text: str) -> tuple[Embed, ...]:
    return (Embed(description=text),) if text else ()


def _where(content: Content, number: int, count: int) -> str:
    """Which of them are seen."""
    total = len(content.items)
    if count == total:
        return ""
    return f", the best {count} first" if number == 1 else f", {number} to {number + count - 1} of {total}"


# -- the papers -----------------------------------------------------------------------------------------------------------


def _entries(content: Content, number: int, items: Sequence[Item], detail: Detail) -> str:
    if detail is Detail.PLAIN:
        return "\n".join(f"**{n}.** {linked(item.paper, 90)}" for n, item in enumerate(items, number))
    headings = _headings(content, items) if number > 1 else {}  # the best ones are few, and each says why it is here
    text = ""
    for room in ROOMS if detail is Detail.FULL else ROOMS[2:]:
        text = _GAP.join(
            f"{headings.get(place, '')}{brief(number + place, item, content.day, room)}"
            for place, item in enumerate(items)
        )
        if len(text) <= EMBED_DESCRIPTION:
            break
    return text


def _headings(content: Content, items: Sequence[Item]) -> dict[int, str]:
    """What stands above a paper, by its place: the subscription that brought it and the ones behind it. A single paper needs none, nor
    does a message that one subscription brought."""
    behind = [item.reasons[0] if item.reasons else None for item in items]
    counts = Counter(item.reasons[0].subscription_id for item in content.items if item.reasons)
    if len(counts) < 2:
        return {}
    found = {}
    for place, reason in enumerate(behind):
        before, after = (behind[place - 1] if place else None), (behind[place + 1] if place + 1 < len(behind) else None)
        if reason and _number(before) != reason.subscription_id == _number(after):
            name = followed_name(reason.kind, reason.query, reason.subscription_id)
            found[place] = f"{name[:1].upper()}{name[1:]} · {counted(counts[reason.subscription_id], 'paper')}\n"
    return found


def _number(reason: Reason | None) -> int | None:
    return reason.subscription_id if reason else None


# -- the buttons ----------------------------------------------------------------------------------------------------------


def _rows(content: Content, number: int, count: int) -> tuple[Row, ...]:
    opens = [
        Button(f"Open {number + n}", paper_controls.OpenPaper(item.paper.id).encode())
        for n, item in enumerate(content.items[number - 1 : number - 1 + count])
    ]
    ways = [*_turning(content, number, count), *ways_out()]
    if len(opens) + len(ways) <= BUTTONS:
        return ((*opens, *ways),)
    return (*(tuple(opens[start : start + _IN_A_ROW]) for start in range(0, len(opens), _IN_A_ROW)), tuple(ways))


def _turning(content: Content, number: int, count: int) -> list[Button]:
    page = min(max(content.page, 0), pages(content) - 1)
    left = len(content.items) - (number + count - 1)
    buttons = [Button("Previous page", own_controls.DigestPage(page - 1).encode())] if page else []
    if left > 0:
        label = "Next page" if page else f"Show {left} more"
        buttons.append(Button(label, own_controls.DigestPage(page + 1).encode(), style="primary"))
    return buttons


def ways_out() -> tuple[Button, ...]:
    """What every DM carries: silence for a week, and everything that can be changed or stopped."""
    return (
        Button("Pause", controls.PauseAll(7).encode()),
        Button("Manage", own_controls.ManageMessage().encode()),
    )
