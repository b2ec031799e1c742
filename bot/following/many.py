"""Many wishes at once, one a line: what each line means, and what all of them together would bring.

Knows how a name is told from words; knows neither SQL nor Discord. Changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.errors import BadInputError, QueryError
from bot.following.canonical import canonical
from bot.following.forecast import DAYS
from bot.language import names
from bot.language.text import clean
from bot.models import Cadence, Recipient, Subscription, SubscriptionKind, Wish, Wishes
from bot.papers import categories
from bot.query import language as query
from bot.query.meaning import is_same, sameness
from bot.search.search import Search
from bot.when.clock import Clock

#: Lines that are read at once.
MOST: Final = 100
#: What a list that was pasted has before each line.
_BULLET: Final = re.compile(r"^(?:[-*•–]\s+|[0-9]{1,3}[.)]\s+)")
#: What stands between the lines of a list that is kept as one wording.
_MARK: Final = "␞"
#: Words of a name.
_SHORTEST, _LONGEST = 2, 6


class Many:
    """Reads lists of names and words."""

    def __init__(self, search: Search, clock: Clock) -> None:
        self._search = search
        self._clock = clock

    @staticmethod
    def kept(wishes: Wishes) -> str:
        """The list as one wording, to be read again."""
        return _MARK.join(wish.line for wish in wishes.new)

    async def read(self, owner: Recipient, text: str, own: Sequence[Subscription]) -> Wishes:
        """What each line asks for; `own` are the person's subscriptions. A line that cannot be followed says why."""
        lines = [
            line for raw in text.replace(_MARK, "\n").splitlines() if (line := clean(_BULLET.sub("", raw.strip())))
        ]
        read = [await self._read(line) for line in lines[:MOST]]
        found = list({sameness(wish.kind, wish.query): wish for wish in reversed(read)}.values())[::-1]
        new = [w for w in found if not w.trouble and not any(is_same(s, w.kind, w.query) for s in own)]
        now = self._clock()
        trials = [Subscription(n, owner, w.kind, w.query, Cadence.DAILY, now) for n, w in enumerate(new)]
        matched = await self._search.matched_since(trials, now - DAYS)
        return Wishes(
            tuple(new),
            tuple(w for w in found if not w.trouble and w not in new),
            tuple(w for w in found if w.trouble),
            max(0, len(lines) - MOST),
            matched,
        )

    async def _read(self, line: str) -> Wish:
        """A category by its code, a person of the collection by their whole name, else words or a query."""
        code = categories.normal(line)
        if code in categories.CATEGORIES or code in categories.ARCHIVES:
            return Wish(line, SubscriptionKind.CATEGORY, code)
        try:
            if query.is_plain(line) and await self._is_person(line):
                return Wish(line, SubscriptionKind.AUTHOR, canonical(SubscriptionKind.AUTHOR, line))
            return Wish(line, SubscriptionKind.KEYWORD, canonical(SubscriptionKind.KEYWORD, line))
        except (QueryError, BadInputError) as error:
            return Wish(line, SubscriptionKind.KEYWORD, line, str(error))

    async def _is_person(self, line: str) -> bool:
        """Whether somebody here has that name, forename and family name as it is written."""
        if not _SHORTEST <= len(line.split()) <= _LONGEST or not names.parse(line).forenames:
            return False
        return await self._search.is_person(line)
