"""A channel's daily list: the service behind `/summary`.

Knows when a list is due, what is on it, and when to wait for a late source; knows neither Discord nor SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from bot.daily.curation import load_signs
from bot.daily.ranking import ranked, with_room_for
from bot.daily.stops import Stops
from bot.delivery.composing import enqueue
from bot.delivery.guarding import Guard
from bot.errors import BadDataError, BadInputError, NotFoundError, QueryError
from bot.models import (
    ENGLISH,
    Alert,
    Cadence,
    Content,
    Item,
    Match,
    Mention,
    MessageKind,
    OwnerKind,
    Paper,
    Recipient,
    SourceKind,
    SourceName,
    StopCause,
    Summary,
    Tally,
)
from bot.papers import categories
from bot.query import language as query
from bot.query.document import of_paper
from bot.query.likeness import Seeds
from bot.similar.nearest import Similar
from bot.store import alerts, curation, faults, sources, stops, summaries
from bot.store.database import Connection, Database
from bot.store.figures import load_papers
from bot.when import schedule
from bot.when.clock import Clock
from bot.when.timetable import last_feed_ready

__all__ = ["Summaries", "Summary", "Wish"]

log = logging.getLogger(__name__)

MAX_PER_SERVER: Final = 20
#: A list waits this long for a source that has not brought the day's papers, then goes without.
PATIENCE: Final = timedelta(hours=2)
#: Hugging Face is read hourly; when it was silent for longer, its votes are not today's.
_FRESH: Final = timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a list is to be: `minute` in local minutes since midnight, `weekdays` a bit mask (Monday 1 to Sunday 64)."""

    zone: str
    minute: int
    weekdays: int
    categories: tuple[str, ...]
    words: str
    size: int
    mention_role: int | None = None
    mention_words: str = ""
    silent: bool = False


class Summaries:
    """Channels' daily lists."""

    def __init__(self, database: Database, similar: Similar, clock: Clock) -> None:
        self._database = database
        self._similar = similar
        self._clock = clock
        self.stops = Stops(database, clock)
        self._guard = Guard(database, clock)

    async def set_up(
        self,
        wish: Wish,
        *,
        channel_id: int,
        channel_name: str,
        guild_id: int,
        server_name: str,
        created_by: int,
        locale: str,
    ) -> Summary:
        """Saves a channel's wish; one that stands is changed. It runs from then on, and whoever set it up gets a DM if it
        stops: they are told so at once. Raises QueryError, or BadInputError over the limit."""
        async with self._database.transaction() as write:
            now = self._clock()
            others = [s for s in await summaries.load_for_guild(write, guild_id) if s.channel_id != channel_id]
            others = [s for s in others if s.stop_cause is not StopCause.DELETED]
            if len(others) >= MAX_PER_SERVER:
                raise BadInputError(
                    f"A server can have {MAX_PER_SERVER} daily lists. Stop one with `/summary stop` first."
                )
            before = await summaries.load(write, channel_id)
            at, on = _first_due(wish, before, now)
            named = Summary(
                channel_id=channel_id,
                guild_id=guild_id,
                server_name=server_name,
                timezone=wish.zone,
                minute=wish.minute,
                weekdays=wish.weekdays,
                categories=wish.categories,
                words=wish.words,
                size=wish.size,
                created_by=created_by,
                next_at=at,
                next_on=on,
                channel_name=channel_name,
                locale=locale,
                notices=before is None or before.created_by != created_by or before.notices is not False,
            )
            summary = self._as_wished(named, wish)
            await summaries.save(write, summary, now)
            await stops.start(write, channel_id, at, on)
            await faults.clear(write, summary.recipient)
        return summary

    async def change(self, channel_id: int, change: Callable[[Summary], Wish]) -> Summary:
        """Another wish for a list that stands, made of what it is now; a stopped one stays stopped. Raises as `set_up`."""
        async with self._database.transaction() as write:
            before = await summaries.load(write, channel_id)
            if before is None:
                raise NotFoundError("This channel has no daily list. Set one up with `/summary setup`.")
            now, wish = self._clock(), change(before)
            at, on = _first_due(wish, before, now)
            summary = replace(self._as_wished(before, wish), next_at=at, next_on=on)
            await summaries.save(write, summary, now)
            await faults.clear(write, summary.recipient)
        return summary

    def _as_wished(self, summary: Summary, wish: Wish) -> Summary:
        """Raises as `set_up`."""
        called = self._canonical(wish.mention_words)
        return replace(
            summary,
            timezone=wish.zone,
            minute=wish.minute,
            weekdays=wish.weekdays,
            categories=wish.categories,
            words=self._canonical(wish.words),
            size=wish.size,
            mention_role=wish.mention_role if called else None,
            mention_words=called if wish.mention_role else "",
            silent=wish.silent,
        )

    def _canonical(self, words: str) -> str:
        """Raises QueryError for words that cannot be read, BadInputError for what is switched off."""
        if not words.strip():
            return ""
        read = query.parse(words, standing=True)
        self._similar.refuse_if_off([read])
        return str(read)

    async def of_server(self, guild_id: int) -> list[Summary]:
        async with self._database.reading() as read:
            return await summaries.load_for_guild(read, guild_id)

    async def of_channel(self, channel_id: int, guild_id: int | None) -> Summary:
        """The list of a channel of this server. Raises NotFoundError where there is none, and for another server's channel:
        nobody may learn here what is listed elsewhere."""
        async with self._database.reading() as read:
            summary = await summaries.load(read, channel_id)
        if summary is None or summary.guild_id != guild_id:
            raise NotFoundError("This channel has no daily list. Set one up with `/summary setup`.")
        return summary

    async def of_person(self, channel_id: int, user_id: int) -> Summary:
        """The list that this person set up in a channel. Raises NotFoundError for one of somebody else."""
        async with self._database.reading() as read:
            summary = await summaries.load(read, channel_id)
        if summary is None or summary.created_by != user_id:
            raise NotFoundError("You set up no daily list in that channel, so there is nothing to tell you about it.")
        return summary

    async def preview(self, summary: Summary) -> Content:
        """What the channel would get now. Changes nothing."""
        now = self._clock()
        seeds = await self._seeds(summary)
        async with self._database.reading() as read:
            chosen = await _choose(read, summary, seeds, now, only_news=False)
            items = tuple(Item(paper, tally=tally) for paper, tally in chosen)
            return _content(summary, items, await _late(read, summary, now), now)

    async def post_now(self, summary: Summary) -> int:
        """Sends today's list at once, whatever its hour. Returns how many papers are on it; 0 means none was sent.

        Raises BadInputError for a list that is stopped.
        """
        async with self._database.transaction() as write:
            present = await summaries.load(write, summary.channel_id)
            if present is None or present.stopped:
                raise BadInputError("This list is stopped. `/summary status` says why, and starts it again.")
            return await self._compose(write, present, self._clock(), only_news=False)

    async def compose_due(self) -> int:
        """Makes a message of each list whose time has come, one transaction a channel. Returns how many were made.

        A channel's fault is noted for it, `/summary status` tells it, and the others go on.
        """
        await self.stops.settle()
        now = self._clock()
        async with self._database.reading() as read:
            due = await summaries.due(read, now)
        made = 0
        for channel_id in due:
            work = partial(self._compose_if_ready, channel_id=channel_id, now=now)
            made += await self._guard.serve(Recipient(OwnerKind.CHANNEL, channel_id), work)
        return made

    async def _compose_if_ready(self, write: Connection, channel_id: int, now: datetime) -> int:
        """Returns 1 when a list was made. One whose source is late waits a while, one that was missed is left to the next."""
        summary = await summaries.load(write, channel_id)
        if summary is None or summary.stopped:  # since it was found due
            return 0
        zone = schedule.known_zone(summary.timezone)
        at, on = schedule.next_due(now, zone, summary.minute, weekdays=summary.weekdays)
        was_ahead = summary.next_at is None or summary.next_at > now
        missed = summary.next_on is not None and summary.next_on < on == schedule.local_date(now, zone)
        if was_ahead or missed:
            # Noted by a clock that was ahead; or a day was missed while Paperboy was away, and today's hour is still to come:
            # today's list has it all.
            await summaries.reschedule(write, channel_id, at, on)
            return 0
        assert summary.next_at is not None
        if now - summary.next_at < PATIENCE and await _late(write, summary, now):
            return 0
        return int(bool(await self._compose(write, summary, now, only_news=True)))

    async def _seeds(self, summary: Summary) -> Seeds | None:
        """The papers that its words ask to be like."""
        asked = [query for query in (_words(summary), _called(summary)) if query]
        return await self._similar.seeds_of(asked) if asked else None

    async def _compose(self, write: Connection, summary: Summary, now: datetime, *, only_news: bool) -> int:
        zone = schedule.known_zone(summary.timezone)
        day = schedule.local_date(now, zone)
        seeds = await self._seeds(summary)
        chosen = await _choose(write, summary, seeds, now, only_news=only_news)
        late = await _late(write, summary, now)
        if chosen:
            mention = _mention(summary, [paper for paper, _ in chosen], seeds)
            matches = [Match(summary.recipient, paper.id, Cadence.DAILY) for paper, _ in chosen]
            await alerts.enqueue(write, matches, now)
            waiting = await alerts.waiting(write, summary.recipient, (Cadence.DAILY,))
            carried = {alert.paper_id: alert for alert in waiting}
            items = tuple(_item(paper, carried.get(paper.id), tally) for paper, tally in chosen)
            await enqueue(write, summary.recipient, replace(_content(summary, items, late, now), mention=mention), now)
            shown = {item.paper.id for item in items}
            rest = [a.id for a in waiting if a.paper_id not in shown]  # of a list that did not come through
            await alerts.hold(write, rest, "others stood higher on the next list")
            outcome = f"{len(chosen)} papers" + (f", without {' and '.join(late)}" if late else "")
        else:
            outcome = (
                f"nothing sent: {' and '.join(late)} could not be read"
                if late
                else "nothing sent: nothing was announced"
            )
        at, on = schedule.next_due(
            now, zone, summary.minute, weekdays=summary.weekdays, after=day if chosen or only_news else None
        )
        await summaries.note_composed(write, summary.channel_id, now, at, on, day if chosen else None, outcome)
        log.info("daily list of a channel: %s", outcome)
        return len(chosen)


def _first_due(wish: Wish, before: Summary | None, now: datetime) -> tuple[datetime, date]:
    """When a list is due that is wished now; not twice on the day of its last one."""
    if before and before.stopped is None and before.next_at and before.next_on and before.next_at <= now:
        return before.next_at, before.next_on  # it is due, and waits for a source
    last = before.last_on if before else None
    if last is not None and last > schedule.local_date(now, wish.zone) + timedelta(days=2):
        last = None  # noted by a clock that was ahead
    return schedule.next_due(now, wish.zone, wish.minute, weekdays=wish.weekdays, after=last)


async def _choose(
    read: Connection, summary: Summary, seeds: Seeds | None, now: datetime, *, only_news: bool
) -> list[tuple[Paper, Tally | None]]:
    """The best papers of the day's list that the channel has not had, with how they stand in the server.

    A list covers the days since yesterday, since votes come slowly; when nothing happened since the last list
    (weekend, holiday), it has only what members proposed, whatever its words.
    """
    today = now.date()
    days: tuple[date, ...] = (today, today - timedelta(days=1))
    since = now - timedelta(days=1)
    if not only_news or summary.composed is None:
        days = tuple(today - timedelta(days=n) for n in range(4))  # a first list on a Sunday shows Friday's
        since = now - timedelta(days=3)
    ids = await summaries.candidates(read, summary.channel_id, days, since)
    proposed = await curation.proposed(read, summary.guild_id, summary.channel_id)
    if only_news and summary.composed and not await summaries.recorded_since(read, ids, summary.composed):
        ids = await summaries.left_over(read, summary.channel_id) if proposed else []
    words = _words(summary)
    called = _called(summary)
    figures = {*(words.figures if words else ()), *(called.figures if called else ())}
    found = await load_papers(read, {*ids, *proposed}, figures)
    wanted = {paper.id: paper for paper in _wanted(summary, found.values(), seeds)}
    wanted |= {number: found[number] for number in proposed if number in found and not found[number].withdrawn}
    tallies = await curation.tallies(read, summary.guild_id, summary.channel_id, wanted)
    order = ranked(wanted.values(), tallies, await load_signs(read, summary.guild_id, wanted, now))
    chosen = with_room_for(set(proposed), order, summary.size)
    return [(paper, tallies.get(paper.id)) for paper in chosen]


def _wanted(summary: Summary, found: Iterable[Paper], seeds: Seeds | None) -> list[Paper]:
    """Without a filter, what the community listed; with one, whatever passes it."""
    if not summary.categories and not summary.words:
        return [p for p in found if p.community and p.community.listed_on and not p.withdrawn]
    words = _words(summary)
    return [
        paper
        for paper in found
        if not paper.withdrawn
        and (
            not summary.categories
            or any(categories.contains(w, c) for w in summary.categories for c in paper.categories)
        )
        and (words is None or words.matches(of_paper(paper, seeds)))
    ]


def _words(summary: Summary) -> query.Query | None:
    """Raises BadDataError for words that cannot be read, as an older version or a hand can have left them."""
    try:
        return query.parse(summary.words, standing=True) if summary.words else None
    except QueryError as error:
        raise BadDataError(f"Its words cannot be read: {error} `/summary setup` sets new ones.") from error


def _called(summary: Summary) -> query.Query | None:
    """What a role is called for; nothing for words that cannot be read (any more)."""
    try:
        return query.parse(summary.mention_words, standing=True) if summary.mention_role else None
    except QueryError:
        return None


def _mention(summary: Summary, chosen: list[Paper], seeds: Seeds | None) -> Mention | None:
    """Whom the list calls; nobody where no paper of it is for them."""
    called = _called(summary)
    if called is None or summary.mention_role is None:
        return None
    papers = tuple(paper.id for paper in chosen if called.matches(of_paper(paper, seeds)))
    return Mention(summary.mention_role, summary.mention_words, papers) if papers else None


async def _late(read: Connection, summary: Summary, now: datetime) -> tuple[str, ...]:
    """Sources that have not brought today's papers yet."""
    states = [sources.at(state, now) for state in await sources.load_sources(read)]
    late = []
    face = next((s for s in states if s.name == str(SourceName(SourceKind.HUGGINGFACE))), None)
    if face and (face.last_ok is None or now - face.last_ok > _FRESH):
        late.append("Hugging Face")
    if summary.categories or summary.words:
        feeds = [s for s in states if s.kind is SourceKind.ARXIV_FEED]
        newest = max((s.last_new for s in feeds if s.last_new), default=None)
        if feeds and (newest is None or newest < last_feed_ready(now)):
            late.append("arXiv")
    return tuple(late)


def _item(paper: Paper, alert: Alert | None, tally: Tally | None) -> Item:
    return Item(paper, alert_id=alert.id if alert else None, tally=tally)


def _content(summary: Summary, items: tuple[Item, ...], late: tuple[str, ...], now: datetime) -> Content:
    return Content(
        kind=MessageKind.SUMMARY,
        day=schedule.local_date(now, schedule.known_zone(summary.timezone)),
        items=items,
        locale=summary.locale or ENGLISH,
        server_name=summary.server_name,
        guild_id=summary.guild_id,
        late=late,
    )
