"""Whom a followed name means: the service behind *Not this person* and *It is the right person*.

Knows what follows of either; which papers are a namesake's is `bot/query/namesakes.py`'s word. Knows neither Discord nor SQL.
"""

from __future__ import annotations

from typing import Final

from bot.errors import BadInputError, NotFoundError
from bot.following.owning import owned
from bot.following.waiting import ask_again
from bot.models import SOMEBODY_ELSE, Disowned, Namesake, Recipient
from bot.query.document import of_paper
from bot.query.matching import Matcher, trouble
from bot.query.namesakes import mistaken, others_of, person_hit
from bot.search.kept import kept_paper
from bot.store import namesakes
from bot.store import subscriptions as store
from bot.store.database import Database
from bot.when.clock import Clock

#: Papers of which somebody may say so for one subscription: each is compared with every paper by that name.
MOST: Final = 200


class Persons:
    """What people say of the authors that a name brought them."""

    def __init__(self, database: Database, matcher: Matcher, clock: Clock) -> None:
        self._database = database
        self._matcher = matcher
        self._clock = clock

    async def disown(self, owner: Recipient, subscription_id: int, paper_id: int) -> Disowned:
        """The author of this paper is somebody else than this subscription means. Raises NotFoundError for a subscription that is not
        the owner's and for a paper by nobody of that name, BadInputError for too many."""
        async with self._database.transaction() as write:
            subscription = await owned(write, owner, subscription_id)
            paper = await kept_paper(write, paper_id)
            doc = of_paper(paper)
            hit = person_hit(subscription, doc)
            if hit is None:
                known = mistaken(subscription, doc)
                if known is None:
                    raise NotFoundError("Nobody on that paper has the name that you follow, so nothing has to be said.")
                return Disowned(subscription, paper, (known.printed,), len(others_of(doc, known.printed)), is_new=False)
            if len(subscription.namesakes) >= MOST:
                raise BadInputError(
                    f"You said so of {MOST} papers already, the most one subscription can have. Follow a longer spelling of the "
                    "name, or words beside it: `/subscribe query` takes both."
                )
            others = others_of(doc, hit.text)
            await namesakes.add(
                write, subscription.id, Namesake(hit.text, paper.id, paper.title, others), self._clock()
            )
            (changed,) = await store.load_active(write, [subscription.id])
            await ask_again(write, changed, None, SOMEBODY_ELSE)
        self._matcher.add(changed)
        return Disowned(changed, paper, (hit.text,), len(others))

    async def own(self, owner: Recipient, subscription_id: int, paper_id: int) -> Disowned:
        """Takes that back. What was left out for it is found by the next audit and comes late. Raises NotFoundError as above."""
        async with self._database.transaction() as write:
            subscription = await owned(write, owner, subscription_id)
            paper = await kept_paper(write, paper_id)
            names = tuple(n.name for n in subscription.namesakes if n.paper_id == paper.id)
            await namesakes.remove(write, subscription.id, paper.id)
            (changed,) = await store.load_active(write, [subscription.id])
        if trouble(changed) is None:
            self._matcher.add(changed)
        return Disowned(changed, paper, names, is_new=bool(names))
