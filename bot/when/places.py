"""From what a person types ("Boston", "東京", "CET", "UTC+2") to an IANA time zone.

PURE. Knows the cities of `cities.tsv`, countries that have one zone, the zone database, and usual names of zones. Zones of fixed
offset are never offered, since they ignore daylight saving; who writes an offset gets it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final, NamedTuple
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.language.text import clean
from bot.language.tokens import fold

#: What people call zones, and the zones that they may mean; more than one: they are asked.
_USUAL: Final = {
    "CET": ("Europe/Paris",), "CEST": ("Europe/Paris",), "EET": ("Europe/Athens",), "WET": ("Europe/Lisbon",), "MSK": ("Europe/Moscow",),
    "GMT": ("UTC",), "UTC": ("UTC",), "Coordinated Universal Time": ("UTC",), "BST": ("Europe/London", "Asia/Dhaka"),
    "EST": ("America/New_York",), "EDT": ("America/New_York",), "Eastern Time": ("America/New_York",),
    "CST": ("America/Chicago", "Asia/Shanghai"), "CDT": ("America/Chicago",), "Central Time": ("America/Chicago",),
    "MST": ("America/Denver", "America/Phoenix"), "MDT": ("America/Denver",), "Mountain Time": ("America/Denver",),
    "PST": ("America/Los_Angeles",), "PDT": ("America/Los_Angeles",), "Pacific Time": ("America/Los_Angeles",),
    "California": ("America/Los_Angeles",), "IST": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"), "JST": ("Asia/Tokyo",),
    "KST": ("Asia/Seoul",), "SGT": ("Asia/Singapore",), "HKT": ("Asia/Hong_Kong",), "AEST": ("Australia/Sydney",),
    "NZST": ("Pacific/Auckland",), "UK": ("Europe/London",), "England": ("Europe/London",), "Korea": ("Asia/Seoul",),
    "日本": ("Asia/Tokyo",), "中国": ("Asia/Shanghai",), "한국": ("Asia/Seoul",),
}  # fmt: skip
#: Zones whose offset is no whole hour and never changes, by minutes from UTC.
_ODD_OFFSETS: Final = {
    210: "Asia/Tehran", 270: "Asia/Kabul", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 390: "Asia/Yangon", 570: "Australia/Darwin",
    -570: "Pacific/Marquesas",
}  # fmt: skip
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s{0,2}([+\u2212-])\s{0,2}([0-9]{1,2})(?::?([0-9]{2}))?", re.IGNORECASE)
_AREAS: Final = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "Arctic",
)  # fmt: skip
#: A city this many times larger than another of its name is the one that is meant.
_MEANT: Final = 10
_GOOD: Final = 80
#: Offered before anything is typed.
_FIRST: Final = ("london", "berlin", "new york", "san francisco", "tokyo", "beijing", "bengaluru", "sydney", "utc")


class Place(NamedTuple):
    """A city, and the IANA name of its time zone; `where` it lies when its name does not say it."""

    city: str
    zone: str
    where: str = ""

    @property
    def label(self) -> str:
        if self.zone == "UTC":
            return "UTC"
        return f"{self.city}{f', {self.where}' if self.where else ''} ({self.zone})"


class _Known(NamedTuple):
    place: Place
    people: int  # in thousands


@cache
def _names() -> dict[str, tuple[Place, ...]]:
    """Folded name → the places that it may mean, the likeliest first."""
    found: dict[str, list[_Known]] = {}
    zones_of: dict[str, dict[str, int]] = {}
    rows = [line.split("\t") for line in _table().splitlines()[1:]]
    count: dict[str, int] = {}
    for row in rows:
        count[row[0]] = count.get(row[0], 0) + 1
    for name, country, region, zone, people, *others in rows:
        where = f"{region} {country}".strip() if count[name] > 1 else ""
        known = _Known(Place(name, zone, where), int(people))
        zones_of.setdefault(country, {}).setdefault(zone, 0)
        for spelling in {
            name,
            f"{name} {country}",
            f"{name} {region}" if region else name,
            *(others[0].split("|") if others else ()),
        }:
            found.setdefault(_folded(spelling), []).append(known)
        if where:
            found.setdefault(_folded(f"{name} {where}"), []).append(known)
    names = {key: _likely(known) for key, known in found.items()}
    for zone in sorted(available_timezones()):
        if zone.split("/")[0] in _AREAS:
            city = zone.rsplit("/", 1)[-1].replace("_", " ")
            names.setdefault(_folded(city), (Place(city, zone),))
            names[_folded(zone)] = (Place(city, zone),)
    for country, zones in zones_of.items():
        if len(zones) == 1:
            names.setdefault(_folded(country), (Place(country, next(iter(zones))),))
    for usual, meant in _USUAL.items():
        cities = (usual,) if len(meant) == 1 else (zone.rsplit("/", 1)[-1].replace("_", " ") for zone in meant)
        names[_folded(usual)] = tuple(map(Place, cities, meant))
    names["utc"] = (Place("UTC", "UTC"),)
    return names


def _table() -> str:
    return resources.files(__package__).joinpath("cities.tsv").read_text(encoding="utf-8")


def _likely(known: list[_Known]) -> tuple[Place, ...]:
    """All of one name; the large ones alone when they have one time zone and are so much larger that nobody means another."""
    known = sorted(known, key=lambda one: -one.people)
    large = [one.place for one in known if one.people * _MEANT > known[0].people]
    places = large if len({place.zone for place in large}) == 1 else [one.place for one in known]
    return tuple(dict.fromkeys(places))


def _folded(text: str) -> str:
    return " ".join(fold(word) for word in clean(text).replace("/", " ").replace("_", " ").replace(",", " ").split())


def find_places(text: str, limit: int = 25) -> list[Place]:
    """Places whose name is, begins with, contains, or nearly is this text: best first, one per zone and city."""
    wanted = _folded(text.partition("(")[0])
    places = _names()
    if not wanted:
        names = list(_FIRST)
    else:
        names = [wanted] if wanted in places else []
        names += [n for n in places if n.startswith(wanted)]
        names += [n for n in places if f" {wanted}" in n]
        if len(names) < limit:
            close = process.extract(wanted, places.keys(), scorer=fuzz.ratio, limit=limit, score_cutoff=_GOOD)
            names += [n for n, _, _ in close]
    return list(dict.fromkeys(place for n in names for place in places[n]))[:limit]


def exact_place(text: str) -> Place | None:
    """The one place this text names for certain, else None."""
    offset = _offset_place(text)
    if offset is not None:
        return offset
    head, _, tail = text.partition("(")
    zone = _names().get(_folded(tail.strip(") ")))
    for_certain = _one_zone(_names().get(_folded(head), ()), zone[0].zone if zone else None)
    return for_certain or (zone[0] if zone else None)


def _one_zone(places: tuple[Place, ...], zone: str | None) -> Place | None:
    """The likeliest place when all of them have one zone, or the one of that zone."""
    if zone is not None:
        places = tuple(place for place in places if place.zone == zone)
    return places[0] if len({place.zone for place in places}) == 1 else None


def _offset_place(text: str) -> Place | None:
    """`UTC+2`, `GMT-03:30`, `+0530`, and their own names (`Etc/GMT-2`), as zones of the database; None for what it does not have."""
    if text in available_timezones() and text.startswith("Etc/GMT"):
        return Place(text, text)
    found = _OFFSET.fullmatch(clean(text))
    if found is None:
        return None
    minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (1 if found[1] == "+" else -1)
    if minutes % 60:
        zone = _ODD_OFFSETS.get(minutes, "")
    else:
        hours = minutes // 60
        zone = "UTC" if not hours else f"Etc/GMT{-hours:+d}"  # the database counts the other way round
    return (
        Place(f"UTC{found[1]}{found[2]}{f':{found[3]}' if found[3] else ''}", zone)
        if zone in available_timezones()
        else None
    )


def meant_place(text: str) -> tuple[Place | None, list[Place]]:
    """The place this text means when there is no doubt about its time zone; else None and the likely ones."""
    exact = exact_place(text)
    if exact:
        return exact, []
    likely = list(_names().get(_folded(text.partition("(")[0]), ())) or find_places(text)
    if len({place.zone for place in likely}) == 1:
        return likely[0], []
    return None, likely
