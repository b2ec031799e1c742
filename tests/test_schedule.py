"""Local hours over every time zone of the world and a whole year: one digest a local date, none twice, none skipped."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.when.schedule import last_due, local_date, next_due, to_utc
from tests.properties import rounds, tries

ZONES = sorted(z for z in available_timezones() if z not in ("localtime", "Factory"))
YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def wall_minute(instant: datetime, zone: str) -> int:
    local = instant.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def exists(day: date, minute: int, zone: str) -> bool:
    """Whether a clock in this zone shows that minute on that date, found by walking through the day's real minutes."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(hours=3)
    minutes = (start + timedelta(minutes=n) for n in range(31 * 60))
    return any(local_date(m, zone) == day and wall_minute(m, zone) == minute for m in minutes)


def test_over_all_zones_and_a_year_each_local_date_has_one_digest() -> None:
    dice = random.Random(2026)
    runs = moved = 0
    zones = dice.sample(ZONES, rounds(len(ZONES)))
    for zone in zones:
        minute = dice.choice([0, 30, 60, 90, 120, 150, 180, 8 * 60, 23 * 60 + 30, dice.randrange(1440)])
        at, on = next_due(YEAR, zone, minute)
        while at < YEAR + timedelta(days=365):
            later, following = next_due(at, zone, minute, after=on)
            runs += 1
            assert following == on + timedelta(days=1), (zone, on)
            assert timedelta(hours=22) <= later - at <= timedelta(hours=26), (zone, on)
            wall = wall_minute(later, zone)
            if wall != minute or local_date(later, zone) != following:
                moved += 1
                assert not exists(following, minute, zone), (zone, following)
                # Forward by the gap, which is no longer than two hours anywhere.
                assert (
                    timedelta() < later - to_utc(following, minute, "UTC") + offset(later, zone) <= timedelta(hours=2)
                )
            at, on = later, following
    print(f"\n{len(zones)} zones, {runs} digests, {moved} moved forward by a clock change")
    assert moved > 0


def offset(instant: datetime, zone: str) -> timedelta:
    found = instant.astimezone(ZoneInfo(zone)).utcoffset()
    assert found is not None
    return found


def test_an_hour_that_comes_twice_is_taken_the_first_time() -> None:
    at, on = next_due(datetime(2026, 10, 24, 12, tzinfo=UTC), "Europe/Berlin", 150)
    assert (at, on) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25))
    assert next_due(at, "Europe/Berlin", 150, after=on)[1] == date(2026, 10, 26)
    # Also for a bot that asks in the middle of the hour's second coming.
    again = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert next_due(again, "Europe/Berlin", 150)[1] == date(2026, 10, 26)


def test_an_hour_that_is_left_out_moves_forward_by_the_gap() -> None:
    at, on = next_due(datetime(2026, 3, 28, 12, tzinfo=UTC), "Europe/Berlin", 150)
    assert on == date(2026, 3, 29)
    assert at.astimezone(ZoneInfo("Europe/Berlin")).hour == 3
    assert at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_weekdays_are_those_of_the_local_date() -> None:
    sunday_in_berlin = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # there it is Monday already
    at, on = next_due(sunday_in_berlin, "Europe/Berlin", 60, weekdays=1)
    assert (on.weekday(), on) == (0, date(2026, 11, 23))
    assert at == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="weekday"):
        next_due(YEAR, "UTC", 0, weekdays=0)


instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@tries(300)
@given(now=instants, zone=st.sampled_from(ZONES), minute=st.integers(0, 1439), mask=st.integers(1, 127))
def test_the_next_due_instant_is_the_first_one_that_fits(now: datetime, zone: str, minute: int, mask: int) -> None:
    at, on = next_due(now, zone, minute, weekdays=mask)
    assert at > now
    assert mask >> on.weekday() & 1
    days = [local_date(now, zone) + timedelta(days=n) for n in range(-2, 9)]
    assert at == min(due for day in days if mask >> day.weekday() & 1 and (due := to_utc(day, minute, zone)) > now)
    before, day_before = last_due(now, zone, minute)
    assert before <= now < to_utc(day_before + timedelta(days=1), minute, zone)


@tries(150)
@given(
    moves=st.lists(
        st.tuples(st.integers(0, 72 * 60), st.sampled_from(ZONES), st.integers(0, 1439)), min_size=1, max_size=12
    )
)
@example(moves=[(0, "Pacific/Enderbury", 0), (1500, "Pacific/Enderbury", 0), (0, "America/Yakutat", 0)])
@example(moves=[(0, "Pacific/Kiritimati", 0), (1, "Etc/GMT+12", 1439)])
def test_whoever_moves_between_zones_gets_at_most_one_digest_a_local_date(moves: list[tuple[int, str, int]]) -> None:
    """The rule of bot.following.subscriptions: after a change the next one lies on a later date than the last one sent."""
    now, sent = YEAR, []
    zone, minute = "UTC", 480
    at, on = next_due(now, zone, minute)
    for pause, new_zone, new_minute in moves:
        now += timedelta(minutes=pause)
        while at <= now:
            sent.append(on)
            at, on = next_due(at, zone, minute, after=on)
        zone, minute = new_zone, new_minute
        at, on = next_due(now, zone, minute, after=sent[-1] if sent else None)
    assert sent == sorted(set(sent))
    # Nobody waits for a day more than the rule asks: the date before is over in the new zone, or has had its digest.
    assert to_utc(on - timedelta(days=1), minute, zone) <= now or (sent and on - timedelta(days=1) <= sent[-1])
    # From 0:00 on the date line's far side to 23:59 on its near one: the next date, the hours between, 26 h of zones, a summer hour.
    assert at - now < timedelta(hours=24 + 24 + 26 + 1)
