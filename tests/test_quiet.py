"""Quiet hours and days of the week, by local time in every zone: nothing is lost, nothing comes twice, nothing comes too early."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Quiet, QuietMode
from bot.when import schedule
from bot.when.quiet import digest_minute, quiet_until
from bot.when.rhythm import Rhythm, due_day, is_weekly, move_on, set_anew
from tests.properties import rounds, tries

ZONES = sorted(z for z in available_timezones() if z not in ("localtime", "Factory"))
HOLD, SILENT, OFF = QuietMode.HOLD, QuietMode.SILENT, QuietMode.OFF
YEAR = datetime(2028, 1, 1, tzinfo=UTC)  # a leap year
TEN_MINUTES = timedelta(minutes=10)


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    return schedule.to_utc(date(2026, 11, day), hour * 60 + minute, "Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (berlin(20, 21, 59), None),
        (berlin(20, 22), berlin(21, 7)),
        (berlin(21, 0), berlin(21, 7)),
        (berlin(21, 6, 59), berlin(21, 7)),
        (berlin(21, 7), None),
    ],
)
def test_quiet_hours_go_over_midnight(now: datetime, until: datetime | None) -> None:
    assert quiet_until(Quiet(HOLD, 22 * 60, 7 * 60), "Europe/Berlin", now) == until
    assert quiet_until(Quiet(OFF, 22 * 60, 7 * 60), "Europe/Berlin", now) is None


def test_a_clock_that_is_set_back_within_them_begins_none_anew() -> None:
    """In Berlin the hour from 2 to 3 comes twice on 25 October 2026: quiet hours that end at 2:30 end the first time."""
    quiet, end = Quiet(HOLD, 0, 150), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet_until(quiet, "Europe/Berlin", end - timedelta(minutes=1)) == end
    assert [quiet_until(quiet, "Europe/Berlin", end + timedelta(minutes=n)) for n in (0, 1, 45, 90)] == [None] * 4


@pytest.mark.parametrize(
    ("minute", "mode", "comes"),
    [
        (480, HOLD, 480),
        (0, HOLD, 420),
        (419, HOLD, 420),
        (420, HOLD, 420),
        (1320, HOLD, 420),
        (0, SILENT, 0),
        (0, OFF, 0),
    ],
)
def test_a_digest_whose_hour_is_quiet_comes_when_it_ends(minute: int, mode: QuietMode, comes: int) -> None:
    assert digest_minute(Quiet(mode, 1320, 420), minute) == comes


@tries(400)
@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
    since=st.integers(0, 1439),
    until=st.integers(0, 1439),
)
def test_they_end_within_a_day_and_nothing_is_quiet_then(now: datetime, zone: str, since: int, until: int) -> None:
    if since == until:
        return
    quiet = Quiet(HOLD, since, until)
    end = quiet_until(quiet, zone, now)
    if end is not None:
        assert now < end <= now + timedelta(hours=26)
        assert quiet_until(quiet, zone, end) is None


def test_over_all_zones_and_a_leap_year_each_wanted_date_has_one_digest_at_its_hour() -> None:
    """The bot looks every few minutes. Weekdays, quiet hours and the hour are drawn, and moved a few times in the year."""
    dice = random.Random(2028)
    digests = held = 0
    zones = dice.sample(ZONES, rounds(len(ZONES)))
    for zone in zones:
        quiet = Quiet(dice.choice([HOLD, SILENT, OFF]), dice.randrange(1440), dice.randrange(1440))
        wanted = dice.choice([0, 30, 120, 150, 480, 1410, dice.randrange(1440)])
        weekdays = dice.choice([127, 31, 96, dice.randrange(1, 128)])
        minute = digest_minute(quiet, wanted)
        beat = set_anew(Rhythm(zone, minute, 0, weekdays=weekdays), YEAR, None)
        came: list[date] = []
        weekly: list[date] = []
        while beat.at is not None and beat.at < YEAR + timedelta(days=366):
            now = beat.at + timedelta(seconds=dice.randrange(600))
            day = due_day(beat, now)
            assert day is not None
            assert weekdays >> day.weekday() & 1, (zone, day)
            assert timedelta() <= now - schedule.to_utc(day, minute, zone) < TEN_MINUTES, (zone, day)
            if quiet.mode is HOLD and quiet.since != quiet.until and (end := quiet_until(quiet, zone, beat.at)):
                held += 1  # only where a change of the clock moves both
                assert end - beat.at <= timedelta(hours=3), (zone, day)
            weekly += [day] if is_weekly(beat, day) else []
            came.append(day)
            beat = move_on(beat, now, day)
        first, last = came[0], came[-1]
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        assert came == [day for day in every if weekdays >> day.weekday() & 1], zone
        assert (date(2028, 2, 29) in came) == bool(weekdays >> 1 & 1)
        assert all(6 <= (b - a).days <= 13 for a, b in itertools.pairwise(weekly)), (zone, weekly[:4])
        assert len(weekly) >= 51
        digests += len(came)
    print(f"\n{len(zones)} zones, {digests} digests, {held} at an hour that a clock change made quiet")


def test_after_days_away_the_last_wanted_day_stands_for_all() -> None:
    """Monday to Friday at 8; the bot is away from Thursday on and comes back on Sunday."""
    beat = set_anew(Rhythm("UTC", 480, 0, weekdays=31), datetime(2026, 11, 19, 7, tzinfo=UTC), None)
    back = datetime(2026, 11, 22, 12, tzinfo=UTC)
    day = due_day(beat, back)
    assert day == date(2026, 11, 20)
    beat = move_on(beat, back, day)
    assert (beat.at, beat.on) == (datetime(2026, 11, 23, 8, tzinfo=UTC), date(2026, 11, 23))
