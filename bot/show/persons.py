"""Whom a followed name means, as menus and answers: *Not this person*, and the way back.

PURE. Knows how it is said; which papers are a namesake's is `bot/query/namesakes.py`'s word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from bot.language.text import plain
from bot.models import Disowned, Item, Namesake, Paper, Reason, Subscription, SubscriptionKind
from bot.papers.links import abstract_url
from bot.show import controls
from bot.show.cards import Button, Card, Embed, Option, Row, Select, cut
from bot.show.safe import shown
from bot.show.wording import counted, followed_text, title_text, title_words

__all__ = ["disowned", "item_menu", "namesake_lines", "namesake_menu", "owned", "person_menu", "right_person_button"]

_NAME: Final = 40
_NAMED: Final = 5
_SURELY: Final = {"initials": "initials that agree with ", "possible": "possibly "}


def person_menu(found: Iterable[tuple[Paper, Sequence[Reason]]]) -> tuple[Row, ...]:
    """*Not this person*, for each paper that a followed name brought; nothing without any."""
    options = tuple(
        Option(
            _choice(hit.text, title_words(paper)),
            f"{reason.subscription_id}-{paper.id}",
            f"{_SURELY.get(hit.certainty, '')}{cut(plain(hit.term), 60)}, whom you follow",
        )
        for paper, reasons in found
        for reason in reasons
        if reason.kind is SubscriptionKind.AUTHOR
        for hit in reason.hits[:1]
    )
    return (Select(controls.NotThisPerson().encode(), "Not this person?", options),) if options else ()


def item_menu(items: Sequence[Item]) -> tuple[Row, ...]:
    """The same for the papers of a message."""
    return person_menu((item.paper, item.reasons) for item in items)


def disowned(said: Disowned) -> Card:
    """What was said, what follows, and the way back."""
    whose = _whose(said.subscription)
    name = f"**{shown(said.names[0], 80)}**"
    head = "Noted" if said.is_new else "You said so already"
    lines = [f"{head}: the {name} of {_link(said.paper)} is not {whose}.", ""]
    if said.others:
        lines.append(
            f"A later paper by {name} does not come to you when another author of this paper is on it too: one who is written out, "
            f"or two with initials. Other papers by {name} still come. `/why` tells when one was left out."
        )
    else:
        lines.append(f"Nobody else is on this paper, so I leave out this one alone. Other papers by {name} still come.")
    undo = Button("Undo", controls.RightPerson((said.subscription.id, said.paper.id)).encode(), style="primary")
    return Card(embeds=(Embed(description="\n".join(lines)),), rows=((undo, _mine()),))


def owned(said: Disowned) -> Card:
    """It was taken back."""
    whose = _whose(said.subscription)
    if not said.is_new:
        text = f"You have said nothing of {_link(said.paper)}, so nothing had to be taken back."
    else:
        names = " and ".join(f"**{shown(name, 80)}**" for name in said.names)
        text = (
            f"Taken back: the {names} of {_link(said.paper)} is {whose}. Later papers come as before, and so does what I left out in "
            "the last 14 days, once I have looked for gaps, which I do each day at 9:00 UTC."
        )
    return Card(embeds=(Embed(description=text),), rows=((_mine(),),))


def right_person_button(subscription: Subscription, namesake: Namesake) -> Button:
    """Takes back what was said of a paper."""
    says = f"Take back: {plain(namesake.name)} on “{plain(namesake.title)}”"
    return Button(says, controls.RightPerson((subscription.id, namesake.paper_id)).encode())


def namesake_lines(subscription: Subscription) -> list[str]:
    """What was said for a subscription, the newest first; nothing without any."""
    said = subscription.namesakes[::-1]
    if not said:
        return []
    of = "its author is" if len(said) == 1 else "their authors are"
    lines = ["", f"You said of {counted(len(said), 'paper')} that {of} somebody else:"]
    lines += [f"- **{shown(n.name, 80)}** on {shown(n.title, 120)}" for n in said[:_NAMED]]
    more = len(said) - _NAMED
    return lines + ([f"- and {counted(more, 'earlier one')}"] if more > 0 else [])


def namesake_menu(subscription: Subscription) -> tuple[Row, ...]:
    """Takes any of it back; nothing without any."""
    options = tuple(
        Option(_choice(n.name, plain(n.title)), f"{subscription.id}-{n.paper_id}") for n in subscription.namesakes[::-1]
    )
    return (Select(controls.RightPerson().encode(), "It is the right person after all", options),) if options else ()


def _choice(name: str, title: str) -> str:
    return f"{cut(plain(name), _NAME)} · {title}"


def _whose(subscription: Subscription) -> str:
    return f"your **{shown(followed_text(subscription.kind, subscription.query, 200), 120)}**"


def _link(paper: Paper) -> str:
    return f"[{title_text(paper, 200)}]({abstract_url(paper.main_id)})"


def _mine() -> Button:
    return Button("My subscriptions", controls.ShowSubscriptions().encode())
