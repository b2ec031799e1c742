"""When arXiv announces, when its feeds and lists change, and so when to look: pure rules over instants.

Knows calendars; must not ask a clock or an upstream. Every instant given and returned is aware; returned ones are UTC.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.models import Event, EventKind

EASTERN = ZoneInfo("America/New_York")  # arXiv lives by it, daylight saving included

# https://info.arxiv.org/help/availability.html: no announcement in the evening of these days. Later years are not
# published yet; on an unknown holiday the feed is empty and is believed at the fourth look (see arxiv_feed.py).
HOLIDAYS = frozenset(
    date(2026, month, day_)
    for month, day_ in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
)

_ANNOUNCED = time(20, 0)
_DEADLINE = time(14, 0)
_FEED_READY = time(0, 5)  # rebuilt at midnight, ready a few seconds later [lastBuildDate 04:00:0x UTC in summer]
_DAY = timedelta(days=1)
_FEED_PATIENCE = timedelta(hours=3)
_OAI_DELAY = timedelta(hours=3)


def next_announcement(now: datetime) -> datetime:
    """The first announcement after `now`: Sunday to Thursday at 20:00 US Eastern, holidays apart."""
    day_ = now.astimezone(EASTERN).date()
    while True:
        at = datetime.combine(day_, _ANNOUNCED, EASTERN).astimezone(UTC)
        if at > now and is_announcement_day(day_):
            return at
        day_ += _DAY


def is_announcement_day(day_: date) -> bool:
    """Whether arXiv announces in the evening of that US Eastern day."""
    return day_.weekday() in (6, 0, 1, 2, 3) and day_ not in HOLIDAYS


def day_of(at: datetime) -> date:
    """The day to which an event belongs, whoever states it.

    arXiv's evening announcement (20:00 US Eastern, as OAI-PMH tells it) and the feed of the day that follows (midnight
    US Eastern) are one: both lie on the same day in UTC. Daily lists and days of posting are counted in UTC anyway.
    """
    return at.astimezone(UTC).date()


def eastern_day(at: datetime) -> date:
    """The day on arXiv's own calendar."""
    return at.astimezone(EASTERN).date()


def announcement_day(event: Event) -> date:
    """The day under which an event is counted: a daily list's own day, else the day of the event."""
    if event.kind is EventKind.LISTED:
        with contextlib.suppress(ValueError):
            return date.fromisoformat(event.occurrence)
    return day_of(event.at)


def announcement_of(submitted: datetime) -> datetime:
    """When a submission is announced if moderation does not hold it: the first announcement after its deadline.

    Deadlines are Monday to Friday at 14:00 US Eastern; what misses Friday's waits for Monday's.
    """
    local = submitted.astimezone(EASTERN)
    closes = local.date()
    if local.time() >= _DEADLINE:
        closes += _DAY
    while closes.weekday() > 4 or closes in HOLIDAYS:
        closes += _DAY
    return next_announcement(datetime.combine(closes, _DEADLINE, EASTERN).astimezone(UTC))


def is_feed_day(day_: date) -> bool:
    """Whether the announcement feeds of that US Eastern day may hold a batch: Monday to Friday.

    Holidays are no exception: whether the day itself or the next stays empty is not said anywhere, and a look is cheap.
    """
    return day_.weekday() < 5


def expects_entries(day_: date) -> bool:
    """Whether an empty feed of that day is suspicious. Known holidays excuse their own day and the next."""
    return day_.weekday() < 5 and day_ not in HOLIDAYS and day_ - _DAY not in HOLIDAYS


def next_feed_poll(newest: date | None, polled: datetime | None, now: datetime) -> datetime:
    """When to read an arXiv announcement feed again. `newest`: US Eastern day of the newest batch that was stored.

    From 00:05 Eastern every 15 minutes for three hours, then hourly, until the day's batch is in; then on the next
    day that has one.
    """
    if polled is None:
        return now
    today = polled.astimezone(EASTERN).date()
    wanted = _last_feed_day(today if polled >= _feed_ready(today) else today - _DAY)
    upcoming = _feed_ready(_next_feed_day(wanted))
    if newest is not None and newest >= wanted:
        return upcoming
    early = polled < _feed_ready(wanted) + _FEED_PATIENCE
    return min(polled + (timedelta(minutes=15) if early else timedelta(hours=1)), upcoming)


def last_feed_ready(now: datetime) -> datetime:
    """When the newest batch that should be in the feeds by `now` was ready there."""
    today = now.astimezone(EASTERN).date()
    return _feed_ready(_last_feed_day(today if now >= _feed_ready(today) else today - _DAY))


def overdue_feed_day(now: datetime) -> date:
    """The newest day whose feed must have come by now: it was due three hours ago, and no holiday excuses it."""
    late = now - _FEED_PATIENCE
    day_ = _last_feed_day(eastern_day(late))
    while not expects_entries(day_) or _feed_ready(day_) > late:
        day_ -= _DAY
    return day_


def overdue_list_day(now: datetime) -> date:
    """The newest day whose daily list must have something by now: two weekdays in a row without one are no chance."""
    day_ = now.astimezone(UTC).date()
    for _ in range(2):
        day_ -= _DAY
        while not expects_entries(day_):
            day_ -= _DAY
    return day_


def announcements_between(since: datetime, until: datetime) -> int:
    """How many announcements reached OAI-PMH in that time (about 22:30 US Eastern, surely at 23:00)."""
    count, at = 0, next_announcement(since - _OAI_DELAY)
    while at + _OAI_DELAY <= until:
        count, at = count + 1, next_announcement(at)
    return count


def next_oai_poll(polled: datetime | None, now: datetime) -> datetime:
    """When to harvest OAI-PMH again: at 23:00 Eastern after an announcement (it is carried over about 22:30)."""
    if polled is None:
        return now
    day_ = polled.astimezone(EASTERN).date()
    while True:
        at = datetime.combine(day_, time(23, 0), EASTERN).astimezone(UTC)
        if at > polled and is_announcement_day(day_):
            return at
        day_ += _DAY


def carried_by_oai(day_: date) -> datetime:
    """When OAI-PMH carries what is counted under that day: about 22:30 US Eastern of the evening before."""
    return datetime.combine(day_ - _DAY, time(22, 30), EASTERN).astimezone(UTC)


def next_list_poll(polled: datetime | None, now: datetime) -> datetime:
    """When to read the daily list of Hugging Face again: hourly, every four hours at the weekend (UTC)."""
    if polled is None:
        return now
    quiet = polled.astimezone(UTC).weekday() > 4
    return polled + timedelta(hours=4 if quiet else 1)


def _feed_ready(day_: date) -> datetime:
    return datetime.combine(day_, _FEED_READY, EASTERN).astimezone(UTC)


def _next_feed_day(day_: date) -> date:
    day_ += _DAY
    while not is_feed_day(day_):
        day_ += _DAY
    return day_


def _last_feed_day(day_: date) -> date:
    while not is_feed_day(day_):
        day_ -= _DAY
    return day_
