"""Papers in plain-text mode, for whoever listens to a screen reader: sentences, no bold, no sign that is read as a word, whole links.

PURE. Says the same facts as the other form; how many papers stand together is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from bot.language.name_marks import without_marks
from bot.language.text import blank, plain
from bot.models import Content, Item, Paper
from bot.papers.links import abstract_url
from bot.show.briefs import FULL, LINKED, Room, facts, sentence
from bot.show.cards import EMBED_DESCRIPTION
from bot.show.hits import NAMED
from bot.show.safe import safe
from bot.show.wording import UNTITLED, counted, facts_words, followed_name, title_text

__all__ = ["plain_brief", "plain_head", "plain_items", "plain_papers", "unmarked"]

#: Of a page, for the words above its papers.
_WORDS: Final = 400
#: What is tried in turn until a page fits; the last one always does.
ROOMS: Final = (FULL, Room(sentence=90, facts=400), Room(sentence=0, facts=240), Room(60, 0, 120))


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


def plain_items(
    items: Sequence[Item], number: int, total: int, day: date, rooms: Sequence[Room], *, bare: bool = False
) -> str:
    """Papers of a message or a page, each with its reasons, as long as there is room for them; `number` is the first one's of `total`."""
    return _fitting(
        lambda room: [plain_brief(n, total, item, day, room, bare=bare) for n, item in enumerate(items, number)], rooms
    )


def plain_papers(papers: Sequence[Paper], number: int, total: int, today: date, notes: Mapping[int, str]) -> str:
    """Papers of a list, with who they are by; `notes` is what else is said of one, by its row."""
    return _fitting(
        lambda room: [_listed(n, total, paper, today, notes, room) for n, paper in enumerate(papers, number)], ROOMS
    )


def _listed(number: int, total: int, paper: Paper, today: date, notes: Mapping[int, str], room: Room) -> str:
    said = [_names(paper), *facts_words(paper, today).split(" · ")]
    lines = [
        f"{number} of {total}: {_ended(title_text(paper, room.title))}",
        _ended(safe(". ".join(part for part in said if part), room.facts)),
        safe(new, 2 * room.sentence) if (new := sentence(paper, room.sentence)) else "",
        _ended(notes[paper.id]) if paper.id in notes else "",
    ]
    return "\n".join([*(line for line in lines if line.strip(".")), *_address(paper)])


def _names(paper: Paper) -> str:
    """`By Ada Example, Ben Sample, Cy Third and 4 others`."""
    names = [without_marks(name) for author in paper.authors[:NAMED] if not blank(name := plain(author.name))]
    others = len(paper.authors) - NAMED
    if not names:
        return "Authors not known"
    return f"By {', '.join(names)}" + (f" and {counted(others, 'other')}" if others > 0 else "")


def _fitting(make: Callable[[Room], list[str]], rooms: Sequence[Room]) -> str:
    text = ""
    for room in rooms:
        text = "\n\n".join(make(room))
        if len(text) <= EMBED_DESCRIPTION - _WORDS:
            break
    return text


def unmarked(text: str) -> str:
    """Words of ours without bold, small print and dots between them."""
    return text.replace("**", "").replace("-# ", "").replace(" · ", ". ")


def _address(paper: Paper) -> list[str]:
    """In angle brackets Discord shows the address and unfolds nothing."""
    url = abstract_url(paper.main_id)
    return [f"<{url}>"] if len(url) <= LINKED else []


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
