"""Papers in plain-text mode, for whoever listens to a screen reader: sentences, no bold, no sign that is read as a word, whole links.

PURE. Says the same facts as the other form; how many papers stand together is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.models import Content, Item, Paper
from bot.papers.links import abstract_url
from bot.show.briefs import FULL, Room, facts, sentence
from bot.show.safe import safe
from bot.show.wording import UNTITLED, counted, followed_name, title_text

__all__ = ["plain_brief", "plain_head"]

_LINKED: Final = 300


def plain_head(content: Content, number: int, count: int, notes: Sequence[str]) -> str:
    """What the message is, how many papers there are, and where the others stand."""
    total, last = len(content.items), number + count - 1
    if content.welcome is not None:
        name = followed_name(content.welcome.kind, content.welcome.query, content.welcome.subscription_id)
        return " ".join([f"Welcome. You now follow {name.replace('**', '')}.", *notes])
    said = [f"Your papers, {content.day:%A, %B} {content.day.day}. {counted(total, 'paper')}."]
    if count < total:
        said.append(f"Here are {number} to {last}." if number > 1 else f"Here are the best {count}.")
        left = total - last
        if left:
            said.append(f"{left} more behind the button {'Next page' if number > 1 else f'Show {left} more'}.")
    return " ".join([*said, *(note.removeprefix("-# ") for note in notes if number == 1)])


def plain_brief(number: int, total: int, item: Item, day: date, room: Room = FULL, *, bare: bool = False) -> str:
    """One paper, each line a sentence. `bare` has its title and its link alone."""
    lines = [f"{number} of {total}: {_ended(title_text(item.paper, room.title) or UNTITLED)}"]
    if not bare:
        if said := facts(item, day, Room(room.title, room.sentence, room.facts, mark="")):
            lines.append(_ended(f"Because of {said}"))
        if new := sentence(item.paper, room.sentence):
            lines.append(safe(new, 2 * room.sentence))
    return "\n".join([*lines, *_address(item.paper)])


def _address(paper: Paper) -> list[str]:
    """In angle brackets Discord shows the address and unfolds nothing."""
    url = abstract_url(paper.main_id)
    return [f"<{url}>"] if len(url) <= _LINKED else []


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
