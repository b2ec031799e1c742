"""A card that was sent, with what its papers are by now: the same papers in the same order, the same words around them.

PURE. Knows how cards show papers; knows neither when they are sent nor where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.models import Paper, SummaryContent
from bot.papers.links import abstract_url
from bot.show.cards import EMBED_TOTAL, Card, Embed, Select
from bot.show.outgoing import daily_card, paper_embed

_WHY = re.compile(r"^Why: (.+)$", re.MULTILINE)


def rebuild(card: Card, day: date, papers: Iterable[Paper]) -> Card:
    """The card with these papers as they are now. It stays as it is when one of its papers is missing among them.

    `day` is the local date for which the card was made: its dates are told as they were then.
    """
    known = list(papers)
    chosen = next((row for row in card.rows if isinstance(row, Select)), None)
    return _list(card, chosen, day, known) if chosen else _papers(card, day, known)


def _list(card: Card, chosen: Select, day: date, known: list[Paper]) -> Card:
    """A daily list: its select names its papers in order."""
    by_id = {str(paper.id): paper for paper in known}
    order = [option.value for option in chosen.options]
    if not all(value in by_id for value in order):
        return card
    made = daily_card(SummaryContent(day, "", tuple(by_id[value] for value in order)))
    return replace(card, embeds=made.embeds)


def _papers(card: Card, day: date, known: list[Paper]) -> Card:
    """One embed a paper, told by its link; excerpts give way when the facts have grown too long for a message."""
    by_url = {abstract_url(paper.main_id): paper for paper in known}
    for limit in (320, 200, 100, 40):
        embeds = tuple(_embed(embed, by_url, day, limit) for embed in card.embeds)
        if (
            sum(embed.size for embed in embeds) <= EMBED_TOTAL
        ):  # asked before: a card that is too long drops its last papers
            return replace(card, embeds=embeds)
    return card


def _embed(embed: Embed, by_url: dict[str, Paper], day: date, limit: int) -> Embed:
    paper = by_url.get(embed.url or "")
    if paper is None:
        return embed
    why = _WHY.search(embed.description)
    return paper_embed(paper, day, why=why[1] if why else "", text_limit=limit)
