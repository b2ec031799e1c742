"""Saved papers, and what was said of a paper, as cards with the way back. PURE."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.models import Paper, SavedPage
from bot.papers.links import abstract_url
from bot.show import own_controls
from bot.show.cards import Button, Card, Embed
from bot.show.lists import PER_PAGE, abstract_select, entries, named_row, paper_select
from bot.show.wording import counted, title_text

__all__ = ["hidden_card", "saved_card", "saved_list", "shown_again_card", "unsaved_card"]

_LIBRARY: Final = Button("My library", own_controls.LibraryPage(0).encode())


def saved_list(saved: SavedPage, today: date) -> Card:
    """One page of what somebody saved; each can be opened, and taken out."""
    if not saved.total:
        text = "You saved no paper yet. *Save* stands under every paper that you open."
        return Card(embeds=(Embed(description=text),))
    head = f"**Your library** · {counted(saved.total, 'paper')}, the newest first"
    text = f"{head}\n\n{entries(saved.papers, today, saved.page * PER_PAGE)}"
    rows = (
        *abstract_select(saved.papers),
        *paper_select(saved.papers, own_controls.TakeOut(), "Take one out"),
        *named_row(own_controls.LibraryPage, saved.page, saved.total),
    )
    return Card(embeds=(Embed(description=text),), rows=rows)


def saved_card(paper: Paper, is_new: bool) -> Card:
    text = f"Saved: {_link(paper)}." if is_new else f"You saved {_link(paper)} already."
    return _said(text, Button("Undo", own_controls.UnsavePaper(paper.id).encode()), _LIBRARY)


def unsaved_card(paper: Paper) -> Card:
    return _said(
        f"Taken out of your library: {_link(paper)}.",
        Button("Undo", own_controls.SavePaper(paper.id).encode()),
        _LIBRARY,
    )


def hidden_card(paper: Paper) -> Card:
    text = (
        f"Noted: {_link(paper)} is not for you. What is made from now on comes without it, and `/today` leaves it out."
    )
    return _said(text, Button("Undo", own_controls.ShowAgain(paper.id).encode()))


def shown_again_card(paper: Paper) -> Card:
    text = f"Taken back: {_link(paper)} may come again."
    return _said(text, Button("Not for me", own_controls.HidePaper(paper.id).encode()))


def _said(text: str, *buttons: Button) -> Card:
    return Card(embeds=(Embed(description=text),), rows=(buttons,))


def _link(paper: Paper) -> str:
    return f"[{title_text(paper, 200)}]({abstract_url(paper.main_id)})"
