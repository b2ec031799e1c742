"""A paper of somebody's own paper in three lines: why it is here with the facts, its title, and the sentence that says what is new.

PURE. Knows what is said and in which order; how many stand in a message is `digests`' word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.language.name_marks import without_marks
from bot.language.telling import shortened, telling
from bot.language.text import blank, plain
from bot.models import Hit, Item, Paper, Reason, SubscriptionKind
from bot.papers.categories import short
from bot.papers.links import abstract_url
from bot.query.reasons import leading
from bot.show.safe import safe
from bot.show.wording import (
    code_text,
    counted,
    day_text,
    joined,
    notes_line,
    notes_words,
    paper_date,
    title_text,
    who_text,
)

__all__ = ["FULL", "LINKED", "Room", "brief", "facts", "linked", "sentence"]

#: Older papers say from when they are.
_NEW: Final = timedelta(days=7)
_NAME: Final = 80
#: An address that is longer leaves no room for the others of a page.
LINKED: Final = 300
#: How a printed name goes with the one that is followed, where it is not the same.
_SURELY: Final = {
    "": "",
    "initials": ", whose initials agree with {}{}{}",
    "possible": ", possibly {}{}{}",
}


@dataclass(frozen=True, slots=True)
class Room:
    """Characters for each line, escapes counted; the reasons take half of the first one. `mark` stands around what is stressed."""

    title: int = 130
    sentence: int = 130
    facts: int = 600
    mark: str = "**"


FULL: Final = Room()


def brief(number: int, item: Item, day: date, room: Room = FULL) -> str:
    """The entry, numbered in its message. `day` is the message's."""
    line = facts(item, day, room)
    lines = [f"-# {line}" if line else "", f"**{number}.** {linked(item.paper, room.title)}"]
    lines.append(safe(said, 2 * room.sentence) if (said := sentence(item.paper, room.sentence)) else "")
    return "\n".join(line for line in lines if line)


def linked(paper: Paper, limit: int, longest: int = LINKED) -> str:
    """The title as a link, where its address leaves room for those of others."""
    title, url = title_text(paper, limit), abstract_url(paper.main_id)
    return f"[{title}]({url})" if len(url) <= longest else title


def sentence(paper: Paper, limit: int) -> str:
    """What is new in it, readable and not escaped: a source's own summary, else the abstract's best sentence."""
    if limit <= 0:
        return ""
    summary = plain((paper.community and paper.community.summary) or "")
    text = summary if not blank(summary) else telling(plain(paper.abstract), plain(paper.title))
    return "" if blank(text) else shortened(text, limit)


def facts(item: Item, day: date, room: Room = FULL) -> str:
    """Every reason, then who, when, where and what readers made of it; what is zero, and what a reason says already, is left out."""
    paper = item.paper
    reasons = leading(item.reasons)
    why = _listed(_why(reasons, paper, room), room.facts // 2)
    by_author = any(reason.kind is SubscriptionKind.AUTHOR for reason in reasons)
    code, published = paper.primary_category, paper_date(paper)
    in_category = {reason.query for reason in reasons if reason.kind is SubscriptionKind.CATEGORY}
    upvotes = paper.community.upvotes if paper.community else 0
    parts = [
        why,
        "" if by_author else who_text(paper),
        safe(short(code), 40) if code and not blank(code) and code not in in_category else "",
        day_text(published, day) if published and published < day - _NEW else "",
        counted(upvotes, "upvote") if upvotes else "",
        code_text(paper),
        f"{room.mark}withdrawn{room.mark}" if paper.withdrawn else "",
        notes_line(paper, day) if room.mark else safe(notes_words(paper, day), 200),
        safe(item.late or "", 200),
    ]
    said = [part for part in parts if part]
    while len(said) > 1 and sum(map(len, said)) + 3 * len(said) > room.facts:
        said.pop(1 if why else 0)  # what says who it is by goes before what says that it is withdrawn
    return (" · " if room.mark else ". ").join(said)


def _listed(parts: Iterable[str], limit: int) -> str:
    """Each once, the others of them in one breath: `**robot** in the title; also **cs.CV**`."""
    found = list(dict.fromkeys(part for part in parts if part))
    if len(found) < 2:
        return "".join(found)
    return f"{found[0]}; also {joined(found[1:], max(limit - len(found[0]), 40))}"


def _why(reasons: Sequence[Reason], paper: Paper, room: Room) -> list[str]:
    """What each reason says; words of several subscriptions together, by where they stand."""
    words = [reason for reason in reasons if reason.kind is SubscriptionKind.KEYWORD]
    found: list[str] = []
    for reason in reasons:
        if reason not in words:
            found.append(_reason(reason, paper, room.mark))
        elif reason is words[0]:
            found += [f"{room.mark}{safe(r.query, _NAME)}{room.mark}" for r in words if not r.hits]
            hits = [hit for r in words for hit in r.hits]
            found += [_terms(place, agreed, paper, room) for place, agreed in _by_place(hits)]
    return found


def _reason(reason: Reason, paper: Paper, mark: str) -> str:
    if reason.kind is SubscriptionKind.TRENDING:
        return "on the Daily Papers list"
    if reason.kind is SubscriptionKind.CATEGORY:
        return f"{mark}{safe(reason.query, 40)}{mark}"
    hit = next(iter(reason.hits), Hit(reason.query, "author", reason.query))
    return _author(hit, paper, mark)


def _author(hit: Hit, paper: Paper, mark: str) -> str:
    """`**Julia Kempe**, 4th of 5`."""
    name = plain(hit.text)
    places = [place for place, author in enumerate(paper.authors, 1) if plain(author.name) == name]
    place = f", {_ordinal(places[0])} of {len(paper.authors):,}" if places and len(paper.authors) > 1 else ""
    surely = _SURELY.get(hit.certainty, "").format(mark, safe(plain(hit.term), _NAME), mark)
    return f"{mark}{safe(without_marks(name), _NAME)}{mark}{place}{surely}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _by_place(hits: Sequence[Hit]) -> list[tuple[tuple[str, ...], list[Hit]]]:
    """Terms that stand in the same fields of the paper, together; each term once."""
    fields: dict[str, list[Hit]] = {}
    for hit in hits:
        fields.setdefault(hit.term, []).append(hit)
    places: dict[tuple[str, ...], list[Hit]] = {}
    for found in fields.values():
        place = tuple(dict.fromkeys(hit.field for hit in found))
        places.setdefault(place, []).append(found[0])
    return list(places.items())


def _terms(place: tuple[str, ...], hits: Sequence[Hit], paper: Paper, room: Room) -> str:
    mark, limit = room.mark, room.facts // 3
    if place[0] == "author":
        return joined([_author(hit, paper, mark) for hit in hits], limit)
    if place[0] in ("category", "fact"):
        return joined([f"{mark}{safe(hit.text, _NAME)}{mark}" for hit in hits], limit)
    words = [f"{mark}{term}{mark}" for hit in hits if (term := safe(hit.term, _NAME))]
    if not words:
        return ""
    said = joined(words, limit) if len(words) != 2 else f"{words[0]} and {words[1]}"
    return f"{said} in the {' and '.join(place)}"
