"""A message's papers once more in fewer words, for when Discord refused the first body.

PURE. Knows how cards show papers; knows neither who refused nor why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from bot.models import Paper
from bot.papers.links import abstract_url
from bot.show.cards import EMBED_TITLE, Card, Embed, Row, Select
from bot.show.safe import shown
from bot.show.wording import byline, day_text, facts_line, links_line

#: With 25 papers, a list of titles and links stays within an embed.
_LISTED_TITLE: Final = 90


def short(card: Card, day: date, papers: Iterable[Paper]) -> Card | None:
    """The card without excerpts and without its select. None when it shows none of these papers."""
    ordered = _in_order(card, papers)
    if not ordered:
        return None
    if _is_list(card):
        return Card(_head(card), _listed(ordered), _buttons(card))
    embeds = tuple(
        _brief(paper, f"{byline(paper)}\n{facts_line(paper, day)}\n{links_line(paper)}") for paper in ordered
    )
    return Card(_head(card), embeds, _buttons(card))


def bare(card: Card, day: date, papers: Iterable[Paper]) -> Card | None:
    """Titles and links, and no word that somebody else has written but the titles. None without papers."""
    ordered = _in_order(card, papers)
    if not ordered:
        return None
    embeds = _listed(ordered) if _is_list(card) else tuple(_brief(paper, "") for paper in ordered)
    return Card(f"**Papers for {day_text(day, day)}**", embeds, _buttons(card))


def _head(card: Card) -> str:
    return (card.text.splitlines() or [""])[0]


def _brief(paper: Paper, text: str) -> Embed:
    return Embed(title=shown(paper.title, EMBED_TITLE) or "Untitled", url=abstract_url(paper.main_id), description=text)


def _listed(papers: Sequence[Paper]) -> tuple[Embed, ...]:
    lines = [
        f"**{n}.** [{shown(p.title, _LISTED_TITLE) or 'Untitled'}]({abstract_url(p.main_id)})"
        for n, p in enumerate(papers, 1)
    ]
    return (Embed(description="\n".join(lines)),)


def _is_list(card: Card) -> bool:
    """A daily list: its papers stand together in embeds without a title."""
    return any(isinstance(row, Select) for row in card.rows) or not any(embed.url for embed in card.embeds)


def _in_order(card: Card, papers: Iterable[Paper]) -> list[Paper]:
    """In the card's own order, as far as its links and its select tell it."""
    places = {embed.url: n for n, embed in enumerate(card.embeds) if embed.url}
    for row in card.rows:
        if isinstance(row, Select):
            places |= {option.value: n for n, option in enumerate(row.options)}
    last = len(places)
    return sorted(papers, key=lambda p: places.get(str(p.id), places.get(abstract_url(p.main_id), last)))


def _buttons(card: Card) -> tuple[Row, ...]:
    """A control stays: by it the message is found again."""
    return tuple(row for row in card.rows if not isinstance(row, Select))
