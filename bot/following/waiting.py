"""What waits to be told for a subscription, when that comes to mean something else.

Knows what is asked again; knows neither SQL nor Discord.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.models import Alert, Hit, Reason, Subscription
from bot.query.document import of_paper
from bot.query.likeness import Seeds
from bot.query.matching import hits, why
from bot.query.meaning import queries_of
from bot.store import holding
from bot.store.database import Connection
from bot.store.figures import load_papers
from bot.when.turns import Turns

__all__ = ["ask_again"]

_CHUNK: Final = 50


async def ask_again(write: Connection, subscription: Subscription, seeds: Seeds | None, held: str) -> None:
    """Every paper that waits for this subscription is told with what agrees now; where nothing does, for the other reasons that it
    has. One without any is held, with `held` as the cause; one that is so held already, and agrees again, has it again."""
    waiting = await holding.waiting_for(write, subscription, held)
    asks = replace(subscription, paused=False)  # who is paused asks as before once it is over
    figures = {figure for query in queries_of([asks]) for figure in query.figures}
    turns = Turns()
    for start in range(0, len(waiting), _CHUNK):
        chunk = waiting[start : start + _CHUNK]
        found = await load_papers(write, [alert.paper_id for alert in chunk], figures)
        revised: dict[int, tuple[Reason, ...]] = {}
        for alert in chunk:
            await turns.rest()
            if paper := found.get(alert.paper_id):
                doc = of_paper(paper, seeds)
                own = hits(asks, doc, paper) if why(asks, doc, paper).agrees else None
                revised[alert.id] = _reasons(alert, subscription, own)
        await holding.revise(write, revised, held)


def _reasons(alert: Alert, subscription: Subscription, own: tuple[Hit, ...] | None) -> tuple[Reason, ...]:
    """The reasons of an alert, with that of the subscription as it is now, or without it."""
    now = Reason(subscription.id, subscription.kind, subscription.query, own or ())
    others = tuple(one for one in alert.reasons if one.subscription_id != subscription.id)
    return others if own is None else (*others, now)
