"""From what a person types ("Boston", "berlin", "IST") to an IANA time zone.

PURE. Knows cities; zones of fixed offset are never offered, since they ignore daylight saving (`Etc/GMT+2` even has its sign reversed).
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from bot.language.text import clean
from bot.language.tokens import fold

#: Cities that people name and the zone database does not, by the zone that holds them.
_CITIES: Final = {
    "Africa/Cairo": "Alexandria, Giza",
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria, South Africa",
    "Africa/Lagos": "Abuja, Nigeria",
    "Africa/Nairobi": "Kenya",
    "America/Argentina/Buenos_Aires": "Buenos Aires, Argentina",
    "America/Bogota": "Medellín, Cali, Colombia",
    "America/Chicago": "Austin, Dallas, Houston, Minneapolis, Madison, St. Louis, Urbana, Evanston, Central Time",
    "America/Denver": "Boulder, Salt Lake City, Albuquerque, Los Alamos, Mountain Time",
    "America/Edmonton": "Calgary",
    "America/Los_Angeles": (
        "San Francisco, Berkeley, Stanford, Palo Alto, Seattle, San Diego, Pasadena, San Jose, Portland, Las Vegas, "
        "Santa Barbara, Irvine, California, Pacific Time"
    ),
    "America/Mexico_City": "Mexico City, Ciudad de México, Guadalajara, Puebla",
    "America/New_York": (
        "New York City, NYC, Boston, Cambridge Massachusetts, Princeton, Philadelphia, Pittsburgh, Washington DC, Baltimore, "
        "Atlanta, Miami, Ithaca, New Haven, Providence, Ann Arbor, Durham, Raleigh, Eastern Time"
    ),
    "America/Sao_Paulo": "Rio de Janeiro, Campinas, Belo Horizonte, Brasília, Brazil",
    "America/Toronto": "Montreal, Ottawa, Waterloo, Québec",
    "Asia/Dhaka": "Bangladesh",
    "Asia/Dubai": "Abu Dhabi",
    "Asia/Ho_Chi_Minh": "Hanoi, Saigon, Vietnam",
    "Asia/Jakarta": "Bandung, Yogyakarta",
    "Asia/Jerusalem": "Tel Aviv, Haifa, Rehovot, Israel",
    "Asia/Karachi": "Lahore, Islamabad, Pakistan",
    "Asia/Kolkata": (
        "Mumbai, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Hyderabad, Pune, Kanpur, Kharagpur, Ahmedabad, India, IST"
    ),
    "Asia/Riyadh": "Jeddah, Thuwal, Saudi Arabia",
    "Asia/Seoul": "Daejeon, Busan, Pohang, Korea",
    "Asia/Shanghai": "Beijing, Shenzhen, Guangzhou, Hangzhou, Hefei, Nanjing, Wuhan, Chengdu, Xi'an, Tianjin, China",
    "Asia/Taipei": "Hsinchu, Taiwan",
    "Asia/Tehran": "Isfahan, Iran",
    "Asia/Tokyo": "Kyoto, Osaka, Nagoya, Sendai, Fukuoka, Tsukuba, Japan",
    "Australia/Brisbane": "Gold Coast",
    "Australia/Sydney": "Canberra, Newcastle, Wollongong",
    "Europe/Amsterdam": "Delft, Utrecht, Leiden, Eindhoven, Groningen, Netherlands",
    "Europe/Athens": "Heraklion, Thessaloniki, Greece",
    "Europe/Berlin": (
        "Munich, München, Hamburg, Cologne, Köln, Frankfurt, Stuttgart, Tübingen, Heidelberg, Bonn, Freiburg, Dresden, Leipzig, "
        "Saarbrücken, Aachen, Göttingen, Karlsruhe, Darmstadt, Germany"
    ),
    "Europe/Brussels": "Leuven, Ghent, Antwerp, Belgium",
    "Europe/Copenhagen": "Aarhus, Denmark",
    "Europe/Dublin": "Ireland",
    "Europe/Helsinki": "Espoo, Tampere, Finland",
    "Europe/Istanbul": "Ankara, Türkiye",
    "Europe/Kyiv": "Kiev, Lviv, Ukraine",
    "Europe/Lisbon": "Porto, Coimbra, Portugal",
    "Europe/London": (
        "Oxford, Cambridge UK, Edinburgh, Manchester, Bristol, Glasgow, Leeds, Sheffield, Birmingham, Southampton, United Kingdom"
    ),
    "Europe/Madrid": "Barcelona, Valencia, Seville, Granada, Spain",
    "Europe/Moscow": "Saint Petersburg, Dolgoprudny",
    "Europe/Oslo": "Trondheim, Bergen, Norway",
    "Europe/Paris": "Lyon, Grenoble, Toulouse, Marseille, Nice, Strasbourg, Saclay, Palaiseau, France",
    "Europe/Prague": "Brno, Czechia",
    "Europe/Rome": "Milan, Milano, Turin, Torino, Pisa, Bologna, Trieste, Florence, Naples, Padua, Italy",
    "Europe/Stockholm": "Gothenburg, Uppsala, Lund, Linköping, Sweden",
    "Europe/Vienna": "Graz, Linz, Innsbruck, Klosterneuburg, Austria",
    "Europe/Warsaw": "Kraków, Wrocław, Gdańsk, Poland",
    "Europe/Zurich": "Zürich, Geneva, Lausanne, Basel, Bern, Lugano, Switzerland",
    "Pacific/Auckland": "Wellington, Christchurch, New Zealand",
    "UTC": "Coordinated Universal Time, GMT",
}
_AREAS: Final = (
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
    "Arctic",
)
_GOOD: Final = 80


class Place(NamedTuple):
    """A city, and the IANA name of its time zone."""

    city: str
    zone: str

    @property
    def label(self) -> str:
        return f"{self.city} ({self.zone})" if self.zone != "UTC" else "UTC"


@cache
def _places() -> dict[str, Place]:
    """Folded name → place; city names first, whole zone names as well."""
    found: dict[str, Place] = {}
    for zone in sorted(available_timezones()):
        if zone.split("/")[0] in _AREAS:
            city = zone.rsplit("/", 1)[-1].replace("_", " ")
            found.setdefault(_folded(city), Place(city, zone))
            found.setdefault(_folded(zone), Place(city, zone))
    for zone, names in _CITIES.items():
        for name in names.split(", "):
            found[_folded(name)] = Place(name, zone)
    found["utc"] = Place("UTC", "UTC")
    return found


def _folded(text: str) -> str:
    return " ".join(fold(word) for word in clean(text).replace("/", " ").replace("_", " ").replace(",", " ").split())


def find_places(text: str, limit: int = 25) -> list[Place]:
    """Places whose name is, begins with, contains, or nearly is this text: best first, one per zone and city."""
    wanted = _folded(text.partition("(")[0])
    places = _places()
    if not wanted:
        names = ["london", "berlin", "new york", "san francisco", "tokyo", "beijing", "bengaluru", "sydney", "utc"]
    else:
        names = [wanted] if wanted in places else []
        names += [n for n in places if n.startswith(wanted)]
        names += [n for n in places if f" {wanted}" in n]
        names += [
            n
            for n, score, _ in process.extract(wanted, places.keys(), scorer=fuzz.ratio, limit=limit)
            if score >= _GOOD
        ]
    return list(dict.fromkeys(places[n] for n in names))[:limit]


def exact_place(text: str) -> Place | None:
    """The one place this text names for certain, else None."""
    return _places().get(_folded(text.partition("(")[0])) or _places().get(_folded(text.partition("(")[2].strip(") ")))


def meant_place(text: str) -> tuple[Place | None, list[Place]]:
    """The place this text means when there is no doubt about its time zone; else None and the likely ones."""
    exact = exact_place(text)
    if exact:
        return exact, []
    likely = find_places(text)
    if len({place.zone for place in likely}) == 1:
        return likely[0], []
    return None, likely
