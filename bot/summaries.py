"""A channel's daily list: the service behind `/summary`.

Knows when a list is due, what is on it, and when to wait for a late source; knows neither Discord nor SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from bot import categories, outgoing, query, schedule
from bot.clock import Clock
from bot.digest import DailyList, rank
from bot.document import of_paper
from bot.errors import BadInputError, NotFoundError
from bot.models import Cadence, Match, Paper
from bot.sources.timetable import last_feed_ready
from bot.stops import Stops
from bot.store import alerts, papers, sources, stops, summaries
from bot.store.alerts import MessageKind
from bot.store.database import Connection, Database
from bot.store.summaries import StopCause, Summary

__all__ = ["Summaries", "Summary"]

log = logging.getLogger(__name__)

MAX_PER_SERVER: Final = 20
#: A list waits this long for a source that has not brought the day's papers, then goes without.
PATIENCE: Final = timedelta(hours=2)
#: Hugging Face is read hourly; when it was silent for longer, its votes are not today's.
_FRESH: Final = timedelta(hours=5)


class Summaries:
    """Channels' daily lists."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.stops = Stops(database, clock)

    async def set_up(
        self,
        *,
        channel_id: int,
        channel_name: str,
        guild_id: int,
        server_name: str,
        zone: str,
        minute: int,
        weekdays: int,
        category_codes: tuple[str, ...],
        words: str,
        size: int,
        created_by: int,
    ) -> Summary:
        """Saves a channel's wish; one that stands is changed. It runs from then on, and whoever set it up gets a DM if it
        stops: they are told so at once. Raises QueryError, or BadInputError over the limit."""
        wanted = str(query.parse(words)) if words.strip() else ""
        async with self._database.transaction() as write:
            now = self._clock()
            others = [s for s in await summaries.load_for_guild(write, guild_id) if s.channel_id != channel_id]
            others = [s for s in others if s.stop_cause is not StopCause.DELETED]
            if len(others) >= MAX_PER_SERVER:
                raise BadInputError(
                    f"A server can have {MAX_PER_SERVER} daily lists. Stop one with /summary stop first."
                )
            before = await summaries.load(write, channel_id)
            at, on = schedule.next_due(now, zone, minute, weekdays=weekdays, after=before.last_on if before else None)
            summary = Summary(
                channel_id=channel_id,
                guild_id=guild_id,
                server_name=server_name,
                timezone=zone,
                minute=minute,
                weekdays=weekdays,
                categories=category_codes,
                words=wanted,
                size=size,
                created_by=created_by,
                next_at=at,
                next_on=on,
                channel_name=channel_name,
                notices=before is None or before.created_by != created_by or before.notices is not False,
            )
            await summaries.save(write, summary, now)
            await stops.start(write, channel_id, at, on)
        return summary

    async def of_server(self, guild_id: int) -> list[Summary]:
        async with self._database.reading() as read:
            return await summaries.load_for_guild(read, guild_id)

    async def of_channel(self, channel_id: int, guild_id: int | None) -> Summary:
        """The list of a channel of this server. Raises NotFoundError where there is none, and for another server's channel:
        nobody may learn here what is listed elsewhere."""
        async with self._database.reading() as read:
            summary = await summaries.load(read, channel_id)
        if summary is None or summary.guild_id != guild_id:
            raise NotFoundError("This channel has no daily list. Set one up with /summary setup.")
        return summary

    async def of_person(self, channel_id: int, user_id: int) -> Summary:
        """The list that this person set up in a channel. Raises NotFoundError for one of somebody else."""
        async with self._database.reading() as read:
            summary = await summaries.load(read, channel_id)
        if summary is None or summary.created_by != user_id:
            raise NotFoundError("You set up no daily list in that channel, so there is nothing to tell you about it.")
        return summary

    async def preview(self, summary: Summary) -> DailyList:
        """What the channel would get now. Changes nothing."""
        now = self._clock()
        async with self._database.reading() as read:
            chosen = await _choose(read, summary, now, only_news=False)
            return _list_of(summary, chosen, await _late(read, summary, now), now)

    async def post_now(self, summary: Summary) -> int:
        """Sends today's list at once, whatever its hour. Returns how many papers are on it; 0 means none was sent.

        Raises BadInputError for a list that is stopped.
        """
        if summary.stopped:
            raise BadInputError("This list is stopped. `/summary status` says why, and starts it again.")
        async with self._database.transaction() as write:
            return await self._compose(write, summary, self._clock(), only_news=False)

    async def compose_due(self) -> int:
        """Makes a message of each list whose time has come, one transaction a channel. Returns how many were made."""
        await self.stops.settle()
        now = self._clock()
        async with self._database.reading() as read:
            due = await summaries.due(read, now)
        made = 0
        for summary in due:
            async with self._database.transaction() as write:
                at, on = schedule.next_due(now, summary.timezone, summary.minute, weekdays=summary.weekdays)
                if summary.next_on < on == schedule.local_date(now, summary.timezone):
                    # A day was missed while Paperboy was away, and today's hour is still to come: today's list has it all.
                    await summaries.reschedule(write, summary.channel_id, at, on)
                    continue
                if now - summary.next_at < PATIENCE and await _late(write, summary, now):
                    continue
                made += bool(await self._compose(write, summary, now, only_news=True))
        return made

    async def _compose(self, write: Connection, summary: Summary, now: datetime, *, only_news: bool) -> int:
        day = schedule.local_date(now, summary.timezone)
        chosen = await _choose(write, summary, now, only_news=only_news)
        late = await _late(write, summary, now)
        if chosen:
            matches = [Match(summary.recipient, paper.id, Cadence.DAILY) for paper in chosen]
            await alerts.enqueue(write, matches, now)
            waiting = await alerts.waiting(write, summary.recipient, (Cadence.DAILY,))
            payload = outgoing.daily_card(_list_of(summary, chosen, late, now)).to_json()
            await alerts.add_message(
                write, summary.recipient, MessageKind.SUMMARY, day, payload, [a.id for a in waiting], now
            )
            outcome = f"{len(chosen)} papers" + (f", without {' and '.join(late)}" if late else "")
        else:
            outcome = (
                f"nothing sent: {' and '.join(late)} could not be read"
                if late
                else "nothing sent: nothing was announced"
            )
        at, on = schedule.next_due(
            now, summary.timezone, summary.minute, weekdays=summary.weekdays, after=day if chosen or only_news else None
        )
        await summaries.note_composed(write, summary.channel_id, now, at, on, day if chosen else None, outcome)
        log.info("daily list of a channel: %s", outcome)
        return len(chosen)


async def _choose(read: Connection, summary: Summary, now: datetime, *, only_news: bool) -> list[Paper]:
    """The best papers of the day's list that the channel has not had.

    A list covers the days since yesterday, since votes come slowly; when nothing happened since the last list
    (weekend, holiday), there is none.
    """
    today = now.date()
    days: tuple[date, ...] = (today, today - timedelta(days=1))
    since = now - timedelta(days=1)
    if not only_news or summary.composed is None:
        days = tuple(today - timedelta(days=n) for n in range(4))  # a first list on a Sunday shows Friday's
        since = now - timedelta(days=3)
    ids = await summaries.candidates(read, summary.channel_id, days, since)
    if only_news and summary.composed and not await summaries.recorded_since(read, ids, summary.composed):
        return []
    found = await papers.load_papers(read, ids)
    return rank(_wanted(summary, found.values()))[: summary.size]


def _wanted(summary: Summary, found: Iterable[Paper]) -> list[Paper]:
    """Without a filter, what the community listed; with one, whatever passes it."""
    if not summary.categories and not summary.words:
        return [p for p in found if p.community and p.community.listed_on and not p.withdrawn]
    words = query.parse(summary.words) if summary.words else None
    return [
        paper
        for paper in found
        if not paper.withdrawn
        and (
            not summary.categories
            or any(categories.contains(w, c) for w in summary.categories for c in paper.categories)
        )
        and (words is None or words.matches(of_paper(paper)))
    ]


async def _late(read: Connection, summary: Summary, now: datetime) -> tuple[str, ...]:
    """Sources that have not brought today's papers yet."""
    states = await sources.load_sources(read)
    late = []
    face = next((s for s in states if s.name == "huggingface"), None)
    if face and (face.last_ok is None or now - face.last_ok > _FRESH):
        late.append("Hugging Face")
    if summary.categories or summary.words:
        feeds = [s for s in states if s.name.startswith("arxiv:")]
        newest = max((s.last_new for s in feeds if s.last_new), default=None)
        if feeds and (newest is None or newest < last_feed_ready(now)):
            late.append("arXiv")
    return tuple(late)


def _list_of(summary: Summary, chosen: list[Paper], late: tuple[str, ...], now: datetime) -> DailyList:
    return DailyList(schedule.local_date(now, summary.timezone), summary.server_name, tuple(chosen), late)
