"""`/today`: what somebody's subscriptions match now, then what did not fit into their messages, page by page.

Knows which papers and in which order; knows neither SQL nor how a page looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.delivery import digest
from bot.models import Alert, Item, OwnerKind, Recipient, Subscription, Today, User
from bot.query.matching import trouble
from bot.query.reasons import Wishes
from bot.search.search import Search
from bot.show.lists import PER_PAGE, pages
from bot.store import holding, library, papers, scores
from bot.store.database import Connection, Database
from bot.when import schedule

#: Long enough that a Sunday still shows Friday's papers.
RECENT: Final = timedelta(days=3)
#: How long what did not fit into a message can be read here.
KEPT: Final = timedelta(days=30)


async def find_today(
    database: Database, search: Search, user: User, own: Sequence[Subscription], now: datetime, page: int
) -> Today:
    """The papers of the last three days, strongest match first; then what messages only counted, newest first."""
    owner = Recipient(OwnerKind.USER, user.id)
    own = [s for s in own if not s.paused and trouble(s) is None]
    wishes = Wishes.of(own)
    matched = await search.matched_since(own, now - RECENT)
    async with database.reading() as read:
        numbers = [paper.id for paper, _ in matched.papers]
        late = await holding.late_words(read, owner, numbers)
        unfit = await library.hidden(read, user.id, numbers)
        standings = await scores.load_standings(read, numbers)
    found = [
        Alert(paper.id, owner, paper.id, match.cadence, match.reasons, now, late=late.get(paper.id))
        for paper, match in matched.papers
        if paper.id not in unfit
    ]
    day = schedule.local_date(now, schedule.known_zone(user.timezone))
    by_id = {paper.id: paper for paper, _ in matched.papers}
    content = digest.compose(day, found, by_id, standings, wishes, len(found))
    seen = {item.paper.id for item in content.items}
    async with database.reading() as read:
        surplus = [a for a in await holding.surplus(read, owner, now - KEPT) if a.paper_id not in seen]
        unfit = await library.hidden(read, user.id, [a.paper_id for a in surplus])
        rest = sorted(
            (
                a
                for a in surplus
                if a.paper_id not in unfit and (wishes.active_reasons(a.reasons) or (a.damaged and own))
            ),
            key=lambda a: (a.created.date(), digest.weight(a.reasons), a.id),
            reverse=True,
        )
        total = len(content.items) + len(rest)
        page = min(max(page, 0), pages(total) - 1)
        start = page * PER_PAGE
        shown = list(content.items[start : start + PER_PAGE])
        begun = max(0, start - len(content.items))
        shown += await _items(read, rest[begun : begun + PER_PAGE - len(shown)], wishes)
    return Today(day, tuple(shown), page, total, len(rest), matched.count - len(matched.papers))


async def _items(read: Connection, chosen: Sequence[Alert], wishes: Wishes) -> list[Item]:
    found = await papers.load_papers(read, [alert.paper_id for alert in chosen])
    return [
        Item(found[a.paper_id], wishes.active_reasons(a.reasons), a.id, a.late) for a in chosen if a.paper_id in found
    ]
