"""The Daily Papers by day and over a period. Knows days and ranks; knows neither SQL nor Discord."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from bot.errors import BadInputError
from bot.models import DailyListPage
from bot.store import listings, papers
from bot.store.database import Database

PERIODS: Final = {"day": 1, "week": 7, "month": 30}
#: No list is older: the first Daily Papers are of May 2023.
_FIRST: Final = date(2023, 5, 4)


class DailyLists:
    """The lists as they were, ranked by the upvotes that are known now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest_day(self, today: date) -> date:
        """The last day with a list; today when there is none at all."""
        days = await self.days(today, 1)
        return days[0] if days else today

    async def days(self, last: date, limit: int) -> list[date]:
        """The newest days up to `last` that have a list."""
        async with self._database.reading() as read:
            return await listings.days(read, last, limit)

    async def daily(self, day: date, *, limit: int = 10, offset: int = 0) -> DailyListPage:
        """One day's list; without papers when there was none."""
        return await self._between(day, day, limit, offset)

    async def trending(self, period: str, today: date, *, limit: int = 10, offset: int = 0) -> DailyListPage:
        """The most upvoted papers of the newest list, or of the lists of the last 7 or 30 days. `period` is `day`, `week` or `month`."""
        if period not in PERIODS:
            raise BadInputError("Choose `day`, `week` or `month`.")
        if period == "day":
            today = await self.newest_day(today)
        return await self._between(today - timedelta(days=PERIODS[period] - 1), today, limit, offset)

    async def _between(self, first: date, last: date, limit: int, offset: int) -> DailyListPage:
        async with self._database.reading() as read:
            ids = await listings.listed(read, first, last)
            shown = ids[offset : offset + limit]
            found = await papers.load_papers(read, shown)
            before, after = await listings.neighbours(read, first) if first == last else (None, None)
        return DailyListPage(first, last, tuple(found[i] for i in shown if i in found), len(ids), before, after)


def read_day(text: str, today: date) -> date:
    """The day somebody wrote: `2026-11-20`, `today`, `yesterday`. Raises BadInputError for another text and for a day
    that is still to come."""
    words = {"today": today, "yesterday": today - timedelta(days=1)}
    wanted = text.strip().casefold()
    try:
        day = words[wanted] if wanted in words else date.fromisoformat(wanted)
    except ValueError:
        raise BadInputError(
            f"I do not understand that date. Write it as year-month-day, for example {today.isoformat()}, or `yesterday`."
        ) from None
    return check_day(day, today)


def check_day(day: date, today: date) -> date:
    """The same day, if a list can be of it. Raises BadInputError for one that is still to come or before the first list."""
    if day > today:
        raise BadInputError(f"{day.isoformat()} is still to come. The newest list can be of {today.isoformat()}.")
    if day < _FIRST:
        raise BadInputError(f"There were no Daily Papers before {_FIRST.isoformat()}.")
    return day
