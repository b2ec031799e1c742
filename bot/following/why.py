"""`/why`: how a paper came in, what each subscription of a person says of it, and what became of it.

Knows what is asked of the store; knows neither SQL nor how an answer looks.
"""

from __future__ import annotations

from bot.errors import QueryError
from bot.models import OwnerKind, Paper, Recipient, User
from bot.query.document import of_paper
from bot.query.matching import why
from bot.query.meaning import queries_of
from bot.query.namesakes import mistaken
from bot.query.nodes import Explanation
from bot.query.tracing import Trace, Verdict, nearest_first, silence_of
from bot.similar.nearest import Similar
from bot.store import audit, subscriptions, tracing, users
from bot.store.database import Database
from bot.when.clock import Clock
from bot.when.turns import Turns


class Tracer:
    """Follows papers back to their sources, and on to their readers."""

    def __init__(self, database: Database, similar: Similar, clock: Clock) -> None:
        self._database = database
        self._similar = similar
        self._clock = clock

    async def trace(self, paper: Paper, user_id: int) -> Trace:
        """The paper's way to this person; to a stranger it is the way to nobody."""
        owner = Recipient(OwnerKind.USER, user_id)
        async with self._database.reading() as read:
            sightings = await tracing.sightings(read, paper.id)
            own = await subscriptions.load_for(read, owner)
            rests = await audit.rests(read, owner)
            standing = await tracing.standing(read, owner, paper.id)
            carriers = await tracing.carriers(read, owner, paper.id)
            user = (await users.load(read, user_id) or User(user_id)).at(self._clock())
        seeds = await self._similar.seeds_of(queries_of(own))
        doc, turns, verdicts = of_paper(paper, seeds), Turns(), []
        for subscription in own:
            await turns.rest()
            try:
                said = why(subscription, doc, paper)
            except QueryError as error:
                said = Explanation(False, note=f"it cannot be read: {error}")
            is_silent = said.agrees and standing is None and not carriers
            silence = silence_of(subscription, sightings, rests) if is_silent else None
            verdicts.append(Verdict(subscription, said, silence, mistaken(subscription, doc)))
        return Trace(paper, user, tuple(sightings), nearest_first(verdicts), standing, tuple(carriers))
