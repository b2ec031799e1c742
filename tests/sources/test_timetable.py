"""arXiv's calendar, over daylight saving, weekends and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.when import timetable
from bot.when.timetable import EASTERN, announcement_of, next_announcement, next_feed_poll, next_list_poll


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-19 12:00", "2026-11-19 20:00"),  # Thursday
        ("2026-11-19 20:00", "2026-11-22 20:00"),  # at the stroke: the next one, Sunday
        ("2026-11-21 12:00", "2026-11-22 20:00"),  # Saturday
        ("2026-11-25 21:00", "2026-11-29 20:00"),  # Thanksgiving on Thursday, none on Friday and Saturday
        ("2026-12-24 21:00", "2026-12-27 20:00"),
        ("2026-12-28 21:00", "2026-12-30 20:00"),  # the 29th is a holiday
    ],
)
def test_the_next_announcement_is_sunday_to_thursday_at_eight_in_the_evening(now: str, expected: str) -> None:
    assert next_announcement(eastern(now)) == eastern(expected)


def test_in_berlin_announcements_come_at_two_but_for_28_days_of_2026_at_one() -> None:
    hours: dict[int, set[date]] = {}
    day = date(2026, 1, 1)
    while day.year == 2026:
        at = datetime.combine(day, datetime.min.time(), EASTERN).replace(hour=20)
        hours.setdefault(at.astimezone(ZoneInfo("Europe/Berlin")).hour, set()).add(day)
        day += timedelta(days=1)
    assert {hour: len(days) for hour, days in hours.items()} == {2: 337, 1: 28}


@pytest.mark.parametrize(
    ("submitted", "expected"),
    [
        ("2026-11-16 13:59", "2026-11-16 20:00"),  # Monday before the deadline
        ("2026-11-16 14:00", "2026-11-17 20:00"),
        ("2026-11-18 15:00", "2026-11-19 20:00"),
        ("2026-11-19 14:30", "2026-11-22 20:00"),  # Thursday afternoon: Sunday
        ("2026-11-20 13:00", "2026-11-22 20:00"),
        ("2026-11-20 14:30", "2026-11-23 20:00"),  # Friday afternoon: Monday
        ("2026-11-22 10:00", "2026-11-23 20:00"),
    ],
)
def test_a_submission_is_announced_as_the_published_table_says(submitted: str, expected: str) -> None:
    assert announcement_of(eastern(submitted)) == eastern(expected)


def poll(newest: str | None, polled: str | None) -> datetime:
    return next_feed_poll(
        date.fromisoformat(newest) if newest else None, eastern(polled) if polled else None, eastern("2026-11-20 12:00")
    )


def test_a_source_never_asked_is_due_at_once() -> None:
    assert poll(None, None) == eastern("2026-11-20 12:00")


@pytest.mark.parametrize(
    ("newest", "polled", "expected"),
    [
        ("2026-11-19", "2026-11-20 00:05", "2026-11-20 00:20"),  # the day's batch is not in: a quarter of an hour
        ("2026-11-19", "2026-11-20 03:04", "2026-11-20 03:19"),
        ("2026-11-19", "2026-11-20 03:06", "2026-11-20 04:06"),  # after three hours: hourly
        ("2026-11-20", "2026-11-20 00:20", "2026-11-23 00:05"),  # it is in: Friday to Monday
        ("2026-11-18", "2026-11-18 00:20", "2026-11-19 00:05"),
        ("2026-11-19", "2026-11-19 23:50", "2026-11-20 00:05"),
        ("2026-11-19", "2026-11-21 10:00", "2026-11-21 11:00"),  # Friday's never came: on through the weekend
        ("2026-11-19", "2026-11-22 23:30", "2026-11-23 00:05"),
        (None, "2026-11-20 12:00", "2026-11-20 13:00"),
        ("2026-03-06", "2026-03-06 01:00", "2026-03-09 00:05"),  # over the change to summer time
    ],
)
def test_feeds_are_polled_until_the_batch_is_in(newest: str | None, polled: str, expected: str) -> None:
    assert poll(newest, polled) == eastern(expected)


def test_in_the_weeks_when_clocks_change_every_feed_is_asked_for_five_minutes_after_midnight() -> None:
    for start in ("2026-03-06", "2026-10-30"):
        newest, polled = date.fromisoformat(start), eastern(f"{start} 01:00")
        for _ in range(5):
            announced = next_announcement(polled)
            due = next_feed_poll(newest, polled, polled)
            assert due - announced == timedelta(hours=4, minutes=5)
            newest, polled = due.astimezone(EASTERN).date(), due


WEEKDAYS = [d for n in range(365) if (d := date(2026, 1, 1) + timedelta(days=n)).weekday() < 5]


def test_over_a_year_each_weekdays_feed_is_asked_for_once_five_minutes_after_eastern_midnight() -> None:
    newest, polled, asked = date(2026, 1, 1), eastern("2026-01-01 01:00"), [date(2026, 1, 1)]
    while asked[-1] < WEEKDAYS[-1]:
        polled = next_feed_poll(newest, polled, polled)
        assert polled.astimezone(EASTERN).strftime("%H:%M") == "00:05"
        newest = polled.astimezone(EASTERN).date()
        asked.append(newest)
    assert asked == WEEKDAYS


def test_over_a_year_a_feed_is_overdue_from_five_past_three_eastern_on_until_the_next_one_is() -> None:
    due = {eastern(f"{d} 03:05"): d for d in WEEKDAYS if timetable.expects_entries(d)}
    for earlier, later in pairwise(sorted(due)):
        assert timetable.overdue_feed_day(earlier) == due[earlier]
        assert timetable.overdue_feed_day(later - timedelta(seconds=1)) == due[earlier]
        for hours in range(int((later - earlier) / timedelta(hours=1))):
            assert timetable.overdue_feed_day(earlier + timedelta(hours=hours)) == due[earlier]


def test_the_lists_are_harvested_after_each_announcement() -> None:
    assert timetable.next_oai_poll(eastern("2026-11-19 23:00"), eastern("2026-11-20 00:00")) == eastern(
        "2026-11-22 23:00"
    )
    assert timetable.next_oai_poll(None, eastern("2026-11-20 00:00")) == eastern("2026-11-20 00:00")


def test_the_daily_list_is_read_hourly_and_less_at_the_weekend() -> None:
    friday, saturday = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert next_list_poll(friday, friday) == friday + timedelta(hours=1)
    assert next_list_poll(saturday, saturday) == saturday + timedelta(hours=4)
    assert next_list_poll(None, friday) == friday


def test_an_empty_feed_is_excused_on_holidays_and_weekends_only() -> None:
    excused = [day for day in range(21, 31) if not timetable.expects_entries(date(2026, 11, day))]
    assert excused == [21, 22, 26, 27, 28, 29]
