"""A list of wishes as a card: how each line was understood, and the button that follows them all. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.models import Matched, SubscriptionKind, Wish, Wishes
from bot.papers import categories
from bot.show import controls
from bot.show.cards import AMBER, BLUE, Button, Card, Embed, Field, Form
from bot.show.forecasts import CANNOT_SAVE, rate
from bot.show.safe import safe
from bot.show.wording import counted, joined

__all__ = ["lines_form", "wishes_card", "wishes_taken"]

_NAMED: Final = 700  # characters of the wishes of one kind
_REFUSED: Final = 5
_KINDS: Final = {
    SubscriptionKind.AUTHOR: "People",
    SubscriptionKind.CATEGORY: "Categories",
    SubscriptionKind.KEYWORD: "Words and queries",
}


def lines_form() -> Form:
    """Asks for the list."""
    field = Field(
        "lines", "One name, category or query a line, up to 100",
        placeholder="Julia Kempe\ncs.RO\ndiffusion policy -survey", max_length=4000, paragraph=True,
    )  # fmt: skip
    return Form(controls.LinesForm().encode(), "What do you want to follow?", (field,))


def wishes_card(wishes: Wishes, number: int | None) -> Card:
    """How a list was understood. `number` stands for it in the button; None where nothing can be written."""
    lines = [f"{counted(len(wishes.new), 'line')} can be followed. Nothing is saved yet."]
    if not wishes.new:
        lines = ["Nothing in this list can be followed anew."]
    for kind, name in _KINDS.items():
        if own := [wish for wish in wishes.new if wish.kind is kind]:
            lines.append(f"**{name}** {joined(_named(own), _NAMED)}")
    if wishes.standing:
        lines.append(f"**You follow already** {joined(_named(wishes.standing), _NAMED)}")
    if wishes.new:
        lines += ["", f"Together they would have brought {_how_many(wishes.matched)}."]
    if wishes.refused:
        lines += ["", "**I cannot follow**"]
        lines += [f"- {safe(wish.line, 80)}: {safe(wish.trouble, 200)}" for wish in wishes.refused[:_REFUSED]]
        if (more := len(wishes.refused) - _REFUSED) > 0:
            lines.append(f"- and {counted(more, 'more line')}")
    if wishes.unread:
        lines += ["", f"I read 100 lines at a time; {counted(wishes.unread, 'line')} behind them I did not."]
    if number is None:
        lines += ["", CANNOT_SAVE]
    follow = Button(f"Follow these {len(wishes.new)}", controls.TakeLines(number or 0).encode(), style="primary")
    rows = ((follow,),) if wishes.new and number is not None else ()
    return Card(embeds=(Embed(description="\n".join(lines), color=BLUE if wishes.new else AMBER),), rows=rows)


def _how_many(matched: Matched) -> str:
    if not matched.count:
        return "nothing in the last 7 days"
    about = "about " if matched.is_about else ""
    return f"**{about}{counted(matched.count, 'paper')}** in the last 7 days, {rate(matched.count)}"


def _named(wishes: Iterable[Wish]) -> list[str]:
    return [
        f"{safe(w.query, 80)} ({safe(categories.name(w.query), 60)})"
        if w.kind is SubscriptionKind.CATEGORY
        else safe(w.query, 80)
        for w in wishes
    ]


def wishes_taken(followed: int) -> Card:
    """They are followed."""
    text = f"You now follow {followed:,} more. *Choose one* in the list changes how often it comes, its words, or removes it."
    return Card(
        embeds=(Embed(description=text),), rows=((Button("My subscriptions", controls.ShowSubscriptions().encode()),),)
    )
