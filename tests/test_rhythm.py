"""Weekly papers come within a week, whatever hour, zone or weekday somebody moves to; no local date has two digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.when import schedule
from bot.when.rhythm import Rhythm, due_day, is_weekly, move_on, set_anew
from tests.properties import tries

ZONES = sorted(z for z in available_timezones() if z not in ("localtime", "Factory"))
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)
#: What a move may cost by itself: at most the day between the zones, a day between the hours, and a clock change.
MOVE = timedelta(hours=53)


def on_monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=UTC)


def walk(beat: Rhythm, now: datetime, until: datetime) -> tuple[Rhythm, list[tuple[datetime, date, bool]]]:
    """The digests until then: instant, local date, and whether each brought the weekly papers."""
    came = []
    while beat.at is not None and beat.at <= until:
        now = max(now, beat.at)
        day = due_day(beat, now)
        assert day is not None
        came.append((now, day, is_weekly(beat, day)))
        beat = move_on(beat, now, day)
    return beat, came


@pytest.mark.parametrize("moved_at", range(0, 24, 3))
@pytest.mark.parametrize("hour", [0, 6, 8, 12, 23])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
def test_moving_hour_or_zone_on_the_weekly_day_costs_no_week(moved_at: int, hour: int, zone: str) -> None:
    begun = on_monday(8) - WEEK - timedelta(hours=2)
    beat, came = walk(set_anew(Rhythm("UTC", 480, 0), begun, None), begun, on_monday(moved_at, 30))
    moved = set_anew(replace(beat, zone=zone, minute=hour * 60), on_monday(moved_at, 30), came[-1][1])
    beat, after = walk(moved, on_monday(moved_at, 30), on_monday(moved_at) + 3 * WEEK)
    weekly = [at for at, _, brings in came + after if brings]
    assert all(later - earlier <= WEEK + MOVE for earlier, later in pairwise(weekly))
    assert all(day.weekday() == 0 for _, day, brings in after[-10:] if brings)
    assert sum(brings for _, _, brings in after[-7:]) == 1


moves = st.lists(
    st.tuples(st.integers(0, 9 * 24 * 60), st.sampled_from(ZONES), st.integers(0, 1439), st.none() | st.integers(0, 6)),
    min_size=1,
    max_size=8,
)
starts = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@tries(200)
@given(start=starts, zone=st.sampled_from(ZONES), minute=st.integers(0, 1439), moves=moves)
@example(start=on_monday(7), zone="UTC", minute=480, moves=[(30, "UTC", 360, None)])
@example(start=on_monday(7), zone="UTC", minute=480, moves=[(30, "UTC", 1380, None), (60, "UTC", 0, None)])
@example(start=on_monday(7), zone="Europe/Berlin", minute=150, moves=[(0, "America/New_York", 150, 3)])
def test_a_weekly_paper_waits_a_week_and_what_the_moves_cost_by_themselves(
    start: datetime, zone: str, minute: int, moves: list[tuple[int, str, int, int | None]]
) -> None:
    """A paper that came right after a weekly digest waits longest. A weekday that is moved may cost six days more, each time."""
    now = start
    beat = set_anew(Rhythm(zone, minute, 0), now, None)
    waits_since, allowed = now, WEEK + MOVE
    days: list[date] = []

    def take(came: list[tuple[datetime, date, bool]]) -> None:
        nonlocal waits_since, allowed
        for at, day, brings in came:
            days.append(day)
            if brings:
                assert at - waits_since <= allowed
                waits_since, allowed = at, WEEK + MOVE

    for pause, new_zone, new_minute, new_day in moves:
        now += timedelta(minutes=pause)
        beat, came = walk(beat, start, now)
        take(came)
        moved = replace(beat, zone=new_zone, minute=new_minute)
        allowed += MOVE
        if new_day is not None and new_day != beat.weekly_day:
            moved = replace(moved, weekly_day=new_day, weekly_on=None)
            allowed += timedelta(days=7)
        beat = set_anew(moved, now, days[-1] if days else None)
    beat, came = walk(beat, now, now + timedelta(days=20))
    take(came)
    assert days == sorted(set(days))
    assert any(brings for _, _, brings in came)


def test_after_a_week_away_the_first_digest_brings_the_weekly_papers_once() -> None:
    beat = set_anew(Rhythm("UTC", 480, 0), on_monday(7), None)
    back = on_monday(1) + WEEK + timedelta(days=2)
    day = due_day(beat, back)
    assert day == schedule.local_date(back, "UTC") - timedelta(days=1)
    assert is_weekly(beat, day)
    _, came = walk(move_on(beat, back, day), back, back + timedelta(days=12))
    assert [d.weekday() for _, d, brings in came if brings] == [0]


def test_a_clock_that_was_a_year_ahead_leaves_nobody_waiting_for_that_year() -> None:
    ahead = on_monday(8) + timedelta(days=365)
    beat, _ = walk(set_anew(Rhythm("UTC", 480, 0), ahead, ahead.date()), ahead, ahead + timedelta(days=2))
    mended = set_anew(beat, on_monday(9), ahead.date())
    assert (mended.on, mended.weekly_on) == (MONDAY + timedelta(days=1), MONDAY + WEEK)
