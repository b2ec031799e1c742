"""What the daily proof found is made good: lists that nobody read are asked for, and people are told late, once.

Knows when the proof is due; what was missed is `audit`'s word.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.audit import verdicts
from bot.audit.auditor import DAYS, Auditor
from bot.audit.proof import Gap, Repair
from bot.audit.verdicts import Outcome
from bot.ingest.ingest import Ingest
from bot.models import Audited, Match, Paper, Reason, Subscription
from bot.query.document import of_paper
from bot.query.likeness import Seeds
from bot.query.matching import hits
from bot.query.namesakes import mistaken
from bot.store import audit as store
from bot.store import meta, papers, seen, subscriptions
from bot.store.carried import forget_old
from bot.store.database import Database
from bot.store.seen import Seen, as_seen
from bot.when.clock import Clock
from bot.when.schedule import believable

log = logging.getLogger(__name__)

#: Gaps closed in one transaction.
_PORTION: Final = 50
#: How long the audit waits for sources that should have been read.
_PATIENCE: Final = timedelta(hours=1)
_LAST: Final = "audited_at"


class Repairer:
    """Audits once a day, and closes what was found."""

    def __init__(self, database: Database, clock: Clock, auditor: Auditor, ingest: Ingest) -> None:
        self._database = database
        self._clock = clock
        self._auditor = auditor
        self._ingest = ingest
        self._waiting_since: datetime | None = None

    async def repair(self, days: int = DAYS) -> Repair:
        """Audits, asks sources whose lists nobody has read, and makes the alerts that are missing, marked late."""
        found = await self._auditor.audit(days)
        asked: tuple[str, ...] = ()
        if found.unread:
            missing = {unread.source for unread in found.unread}
            twins = {name for name in self._ingest.live if verdicts.feed_of(name) in missing}
            asked = tuple(report.source for report in await self._ingest.visit(missing | twins))
            found = await self._auditor.audit(days)
        late = 0
        for portion in _portions(found.gaps):
            late += await self._tell_late(portion)
        async with self._database.transaction() as write:
            await store.wake(write, found.silent)
        return Repair(found, asked, late)

    async def run_if_due(self) -> Repair | None:
        """Once a day, after the night's reading. A day that was missed is made up for at the next start."""
        now = self._clock()
        async with self._database.reading() as read:
            last = believable(await meta.read_value(read, _LAST, meta.moment), now)
        if last is not None and last >= verdicts.last_due(now):
            return None
        if await self._ingest.is_behind():
            self._waiting_since = self._waiting_since or now
            if now - self._waiting_since < _PATIENCE:
                return None
        self._waiting_since = None
        done = await self.repair()
        await self._keep(done, now)
        return done

    async def _keep(self, done: Repair, now: datetime) -> None:
        """Keeps what `/status` says of each day, and forgets what no audit will ask for."""
        found = done.proof
        async with self._database.transaction() as write:
            for day in found.days:
                if day.is_over:
                    unread = tuple(u.source for u in day.unread if u.made_good_by is None)
                    await store.note_audited(write, Audited(day.day, day.announced, unread), now)
            await forget_old(write, now)
            await meta.set_value(write, _LAST, now.isoformat())
        log.log(
            logging.WARNING if done.late or found.unread else logging.INFO,
            "audit of %d days: %d late alerts made, %d lists not read, %d sources asked again",
            len(found.days), done.late, len(found.unread), len(done.asked),
        )  # fmt: skip

    async def _tell_late(self, gaps: Sequence[Gap]) -> int:
        """Makes the alerts of a portion of gaps in one transaction, for what still stands. Returns how many."""
        made = 0
        now = self._clock()
        seeds = self._auditor.similar.seeds
        async with self._database.transaction() as write:
            wanted = {number for gap in gaps for number in gap.subscriptions}
            standing = {s.id: s for s in await subscriptions.load_active(write, wanted) if not s.paused}
            loaded = await papers.load_papers(write, {gap.paper_id for gap in gaps})
            looked = await seen.load(write, loaded)
            loaded = {number: as_seen(paper, looked.get(number, Seen())) for number, paper in loaded.items()}
            told = await store.told(write, {gap.paper_id for gap in gaps}, {gap.recipient.id for gap in gaps})
            for gap in gaps:
                alert = told.get((gap.paper_id, gap.recipient))
                if verdicts.judge(alert, gap.subscriptions, standing.keys())[0] is not Outcome.MISSED:
                    continue  # it was made good since the audit looked
                own = [standing[number] for number in gap.subscriptions if number in standing]
                if gap.paper_id in loaded and (match := _match(gap, own, loaded[gap.paper_id], seeds)):
                    made += await store.tell_late(write, match, verdicts.late_text(gap.day), now)
        return made


def _match(gap: Gap, standing: Sequence[Subscription], paper: Paper, seeds: Seeds) -> Match | None:
    """What a late alert says; None where nobody asks for it any more."""
    doc = of_paper(paper, seeds)
    own = [s for s in standing if mistaken(s, doc) is None]
    if not own:
        return None
    reasons = tuple(Reason(s.id, s.kind, s.query, hits(s, doc, paper)) for s in own)
    return Match(gap.recipient, paper.id, verdicts.late_cadence({s.cadence for s in own}), reasons)


def _portions(gaps: Sequence[Gap]) -> Iterator[Sequence[Gap]]:
    for start in range(0, len(gaps), _PORTION):
        yield gaps[start : start + _PORTION]
