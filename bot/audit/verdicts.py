"""Was anything missed? What upstreams said of one day, held against what became of it: pure rules over values.

Knows when an event was news, whom it concerned and what excuses a silence; knows neither SQL nor how papers are matched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.ingest.looks import Look
from bot.models import (
    NOBODY_ASKS,
    Cadence,
    Event,
    EventKind,
    Hold,
    Recipient,
    Rest,
    SourceKind,
    SourceName,
    SourceState,
    Subscription,
    kind_of,
)
from bot.sources.arxiv import category_of
from bot.store.audit import Happened, Told
from bot.store.carried import Said
from bot.when.timetable import carried_by_oai, day_of, expects_entries, is_announcement_day

#: UTC hour of the day after at which a day is judged: the feeds of the night have been asked each quarter of an hour until
#: then, and Europe's mornings have been served.
JUDGED_AT: Final = time(9)
#: Kinds of event that somebody may wait for.
NEWS_KINDS: Final = frozenset({EventKind.ANNOUNCED, EventKind.CROSS_LISTED, EventKind.LISTED})
_CHANGES: Final = frozenset({EventKind.REVISED, EventKind.WITHDRAWN})
_DAY: Final = timedelta(days=1)


# -- days and sources --------------------------------------------------------------------------------------------------


def last_due(now: datetime) -> datetime:
    """The last instant, `now` or before, at which an audit was due."""
    at = datetime.combine(now.astimezone(UTC).date(), JUDGED_AT, UTC)
    return at if at <= now else at - _DAY


def is_over(day: date, now: datetime) -> bool:
    """Whether everything of that day should be in."""
    return now >= datetime.combine(day + _DAY, JUDGED_AT, UTC)


def was_read(state: SourceState, day: date, *, seen: bool, since: datetime, now: datetime) -> bool | None:
    """Whether the source has brought what its upstream carried on that day, were it nothing. `seen`: it showed that day's list.

    An announcement feed shows each day's list on that day alone; every other source catches up, so that its last good answer
    counts. None when nothing can be said: the day is not over, nothing is carried then, or the source was not asked before
    that day. `since` is when keeping began; it stands in for a source that was never asked at all.
    """
    if not is_over(day, now) or day <= day_of(max(state.asked or since, since)):
        return None
    if state.kind is SourceKind.ARXIV_FEED:
        return seen if expects_entries(day) or seen else None
    if state.kind is SourceKind.ARXIV_OAI:
        if not is_announcement_day(day - _DAY):
            return None
        return state.last_ok is not None and state.last_ok >= carried_by_oai(day)
    return state.last_ok is not None and state.last_ok >= datetime.combine(day + _DAY, time(0), UTC)


def feed_of(name: str) -> str | None:
    """The feed that announces what this OAI-PMH source lists: `arxiv-oai:cs:cs:LG` → `arxiv:cs.LG`; None for others."""
    key = SourceName.read(name)
    if key is None or key.kind is not SourceKind.ARXIV_OAI or not key.part or key.until:
        return None
    return str(SourceName(SourceKind.ARXIV_FEED, category_of(key.part)))


# -- papers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class News:
    """An event that should have been told, of a paper's day. It concerns who listened from `since` to `until`.

    `changed`: the paper was revised after it had been matched. `silent_event` is the event's row when it was kept silent.
    """

    kind: EventKind
    since: datetime
    until: datetime
    eligible: bool
    list_alone: bool
    changed: bool
    silent_event: int | None


def is_announced_on(said: Iterable[Said], day: date) -> bool:
    """Whether the paper counts as announced that day, as new or as cross-listed. `said` is all that sources carried of it."""
    rows = list(said)
    first = [row for row in rows if row.kind is EventKind.ANNOUNCED]
    return bool(first and _believed(first).day == day) or any(
        row.kind is EventKind.CROSS_LISTED and row.day == day for row in rows
    )


def news_of(
    said: Iterable[Said],
    day: date,
    happened: Sequence[Happened],
    first_seen: datetime,
    states: Mapping[str, SourceState],
    kept_since: datetime,
) -> list[News]:
    """What of one paper was news on that day. `said` is all that sources carried of it, `happened` all its events."""
    rows: dict[EventKind, list[Said]] = {}
    for row in said:
        if row.kind is EventKind.ANNOUNCED or (row.kind in NEWS_KINDS and row.day == day):
            rows.setdefault(row.kind, []).append(row)
    found = []
    for kind, own in rows.items():
        occurrence = "" if kind is EventKind.ANNOUNCED else day.isoformat()
        event = next((e for e in happened if (e.kind, e.occurrence) == (kind, occurrence)), None)
        tellers = [row for row in own if _tells(row, states.get(row.source))] or (
            own if event and event.eligible else []
        )
        if not tellers or _believed(tellers).day != day or (event and event.recorded < kept_since):
            continue  # silent, told on its own day, or of a time of which it is not known who listened
        read = min(row.read for row in tellers)
        news = News(
            kind,
            since=min(read, *(row.at for row in tellers)),
            until=read,
            eligible=event is not None and event.eligible,
            list_alone=event is not None and event.recorded == first_seen,
            changed=any(e.kind in _CHANGES and e.recorded > read for e in happened),
            silent_event=event.id if event and not event.eligible else None,
        )
        found.append(news)
    return found


def _believed(rows: Sequence[Said]) -> Said:
    """Who names the day of an announcement: a feed says it, OAI-PMH's is reckoned from the day of submission."""
    return min(rows, key=lambda row: (kind_of(row.source) is SourceKind.ARXIV_OAI, row.read))


def _tells(row: Said, state: SourceState | None) -> bool:
    """Whether the source that carried it may tell it, by the rule that it was read under."""
    asked = state.asked if state else None
    settled = state.first_sync_done if state else None
    first_look = settled is None or row.read <= settled
    look = Look(row.source, asked or row.read, row.read, first_look, row.dated)
    return look.tells(Event(row.kind, row.at))


class Listeners:
    """Every subscription that exists, and when it did not listen."""

    def __init__(self, subscriptions: Iterable[Subscription], rests: Iterable[Rest]) -> None:
        self._subscriptions = {s.id: s for s in subscriptions}
        self._rests: dict[int, list[Rest]] = {}
        for rest in rests:
            self._rests.setdefault(rest.subscription_id, []).append(rest)
        self.live: frozenset[int] = frozenset(s.id for s in self._subscriptions.values() if not s.paused)

    def __iter__(self) -> Iterator[Subscription]:
        return iter(self._subscriptions.values())

    def rested(self, subscription_id: int, since: datetime) -> bool:
        """Whether it did not listen at some time since then."""
        return any(rest.until is None or rest.until >= since for rest in self._rests.get(subscription_id, ()))

    def concerned(self, ids: Iterable[int], news: News) -> dict[Recipient, list[int]]:
        """Whom the news concerned, by what they follow: subscriptions made before it that listened all the while."""
        found: dict[Recipient, list[int]] = {}
        for number in sorted(set(ids)):
            subscription = self._subscriptions[number]
            if subscription.created < news.since and not any(
                rest.since <= news.until and (rest.until is None or rest.until >= news.since)
                for rest in self._rests.get(number, ())
            ):
                found.setdefault(subscription.owner, []).append(number)
        return found


class Outcome(StrEnum):
    """What became of one match."""

    SENT = "sent"
    WAITING = "waiting"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"
    RESTING = "resting"
    CHANGED = "changed"
    MISSED = "missed"


def judge(told: Told | None, matched: Collection[int], live: Set[int], *, excused: bool = False) -> tuple[Outcome, str]:
    """What became of a match, and why. `matched` are the recipient's subscriptions that agree, `live` all that are not paused.

    A match is missed when a live subscription agrees and nothing will be sent. It is `excused` when the paper was revised
    after it had been matched: the words may be new.
    """
    wanted = not live.isdisjoint(matched)
    if told is None:
        if excused:
            return Outcome.CHANGED, "the paper matches only since it was revised"
        return (Outcome.MISSED, "no alert was made") if wanted else (Outcome.RESTING, "the subscription is paused")
    if told.state == "sent":
        return Outcome.SENT, ""
    if told.state == "undeliverable":
        return Outcome.UNDELIVERABLE, told.reason or "without a reason"
    if told.state == "held":
        if wanted and (told.hold is Hold.UNWANTED or told.reason is None or told.reason == NOBODY_ASKS):
            return Outcome.MISSED, "the alert was held, though a subscription asks for it"
        return Outcome.HELD, told.reason or "without a reason"
    if told.given_up and wanted:
        return Outcome.MISSED, "its message was given up"
    if not told.in_message and wanted and live.isdisjoint(told.subscriptions):
        return Outcome.MISSED, "the alert names only subscriptions that are gone"
    return Outcome.WAITING, ""


def late_cadence(cadences: Collection[Cadence]) -> Cadence:
    """When a late alert goes: in the next digest; with what is weekly, in the next weekly one."""
    return Cadence.WEEKLY if set(cadences) == {Cadence.WEEKLY} else Cadence.DAILY


def late_text(day: date) -> str:
    """Why an alert comes late, to its reader."""
    return f"It was missed on {day:%b} {day.day}."
