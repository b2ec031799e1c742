"""From what people type to a time zone: cities of the table in many scripts, countries, names of zones, offsets; and when to ask."""

from __future__ import annotations

from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.when.places import exact_place, find_places, meant_place
from tests.properties import tries

LINES = resources.files("bot.when").joinpath("cities.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [line.split("\t") for line in LINES[1:]]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Boston", "America/New_York"), ("berlin", "Europe/Berlin"), ("bosten", "America/New_York"), ("東京", "Asia/Tokyo"),
        ("Москва", "Europe/Moscow"), ("القاهرة", "Africa/Cairo"), ("서울", "Asia/Seoul"), ("北京", "Asia/Shanghai"),
        ("München", "Europe/Berlin"),
        ("munchen", "Europe/Berlin"), ("Wien", "Europe/Vienna"), ("København", "Europe/Copenhagen"), ("NYC", "America/New_York"),
        ("Stanford", "America/Los_Angeles"), ("London", "Europe/London"), ("Paris", "Europe/Paris"), ("Japan", "Asia/Tokyo"),
        ("日本", "Asia/Tokyo"), ("Germany", "Europe/Berlin"), ("Europe/Berlin", "Europe/Berlin"), ("CET", "Europe/Paris"),
        ("jst", "Asia/Tokyo"),
        ("UTC", "UTC"), ("gmt", "UTC"), ("UTC+2", "Etc/GMT-2"), ("utc + 2", "Etc/GMT-2"), ("GMT-05:00", "Etc/GMT+5"),
        ("+0530", "Asia/Kolkata"),
        ("UTC+5:45", "Asia/Kathmandu"), ("UTC\u22123", "Etc/GMT+3"), ("Cambridge (Europe/London)", "Europe/London"),
        ("Cambridge, MA United States (America/New_York)", "America/New_York"), ("Cambridge MA", "America/New_York"),
    ],
)  # fmt: skip
def test_what_people_type_is_understood(typed: str, zone: str) -> None:
    place, _ = meant_place(typed)
    assert place is not None
    assert place.zone == zone


@pytest.mark.parametrize(
    ("typed", "zones"),
    [
        ("Cambridge", {"Europe/London", "America/New_York"}), ("Birmingham", {"Europe/London", "America/Chicago"}),
        ("Hamilton", {"America/Toronto", "Pacific/Auckland", "Atlantic/Bermuda"}),
        ("IST", {"Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"}), ("CST", {"America/Chicago", "Asia/Shanghai"}),
    ],
)  # fmt: skip
def test_a_name_of_several_places_is_asked_about(typed: str, zones: set[str]) -> None:
    place, likely = meant_place(typed)
    assert place is None
    assert {one.zone for one in likely} == zones
    assert len({one.label for one in likely}) == len(likely)
    for one in likely:
        chosen = exact_place(one.label)  # what the choice sends back
        assert chosen is not None
        assert chosen.zone == one.zone


@pytest.mark.parametrize("typed", ["UTC+25", "UTC+2:20", "-99", "Atlantis by the sea", "+", "(", ""])
def test_what_nobody_can_mean_is_no_place(typed: str) -> None:
    assert meant_place(typed)[0] is None


@tries(300)
@example(["Hamilton", "Bermuda", "", "Atlantic/Bermuda", "1"])
@example(["St. Petersburg", "United States", "FL", "America/New_York", "257"])
@given(st.sampled_from(ROWS))
def test_every_city_of_the_table_finds_its_own_zone_or_is_asked_about(row: list[str]) -> None:
    name, country, region, zone = row[:4]
    place, likely = meant_place(name)
    if place is None:
        assert zone in {one.zone for one in likely}
    else:
        assert place.zone == zone or len(same(name)) > 1
    whole = exact_place(f"{name} {region} {country}" if region else f"{name} {country}")
    assert whole is None or whole.zone == zone or len(same(name)) > 1
    ZoneInfo(zone)


def same(name: str) -> list[list[str]]:
    return [row for row in ROWS if name in (row[0], *(row[5].split("|") if len(row) > 5 else ()))]


def test_the_table_is_small_says_whose_it_is_and_names_zones_that_exist() -> None:
    assert "CC BY 4.0" in LINES[0]
    assert "geonames.org" in LINES[0]
    assert sum(len(line.encode()) + 1 for line in LINES) <= 400_000
    assert {row[3] for row in ROWS} <= available_timezones()
    assert len(ROWS) > 4_000


def test_beginnings_are_completed_the_largest_city_first() -> None:
    assert find_places("san f")[0].city == "San Francisco"
    assert [p.city for p in find_places("")][:2] == ["London", "Berlin"]
    assert len(find_places("a")) == 25
