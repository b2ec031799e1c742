"""Everybody in an article's list of authors, in the forms in which journals' feeds print such lists."""

from __future__ import annotations

import pytest

from bot.language.bylines import read_bylines
from bot.language.name_matching import compatible
from bot.language.names import parse

THREE = ["C. D. Marlow", "D. M. Herzfeld", "M. Winter"]
WHOLE = ["Ada Marlow", "Max Winter", "Dana Frost"]


def names(*fields: str) -> list[str]:
    return [name for name, _ in read_bylines(fields)]


@pytest.mark.parametrize(
    "line",
    [
        " Marlow, C. D., Herzfeld, D. M., Winter, M. ",  # bioRxiv, HighWire
        "Marlow, C. D., Herzfeld, D. M. and Winter, M.",
        "Marlow, C. D., Herzfeld, D. M., & Winter, M.",
        "Marlow, C. D.; Herzfeld, D. M.; Winter, M.;",
        "Marlow, C D, Herzfeld, D M, Winter, M",
        "Marlow, CD, Herzfeld, DM, Winter, M",
        "Marlow C D, Herzfeld D M, Winter M",
        "Marlow CD, Herzfeld DM, Winter M, et al.",  # Silverchair
        "Marlow CD; Herzfeld DM; Winter M",
        "C. D. Marlow, D. M. Herzfeld, M. Winter",
        "C. D. Marlow, D. M. Herzfeld, and M. Winter",  # APS
        "C. D. Marlow, D. M. Herzfeld, M. Winter, et al",
        "C. D. Marlow;D. M. Herzfeld;M. Winter;",  # IEEE
        "editor@journal.example (C. D. Marlow, D. M. Herzfeld, M. Winter)",
        "C. D. Marlow | D. M. Herzfeld | M. Winter",
        "by C. D. Marlow, D. M. Herzfeld, M. Winter",
        "Author(s): C. D. Marlow, D. M. Herzfeld, M. Winter",
    ],
)
def test_initials(line: str) -> None:
    assert names(line) == THREE


@pytest.mark.parametrize(
    "line",
    [
        "Ada Marlow, Max Winter, Dana Frost",
        "Ada Marlow、Max Winter，Dana Frost",
        "Ada Marlow；Max Winter；Dana Frost",
        "Ada Marlow, Max Winter and Dana Frost",
        "Ada Marlow, Max Winter, and Dana Frost, et al.",
        "Ada Marlow; Max Winter; Dana Frost",
        "Marlow, Ada; Winter, Max; Frost, Dana",
        "Marlow, Ada, Winter, Max, Frost, Dana",
        "\n   Ada Marlow, \n   Max Winter, \n   Dana Frost\n",  # Atypon
        "Ada Marlow\nMax Winter\nDana Frost",
        "Ada Marlow, PhD, Max Winter, MD, MPH, Dana Frost, RN",
        "Ada Marlow, Max Winter, [\u2026], Dana Frost",
        "By Ada Marlow, Max Winter, and Dana Frost",
        "Authors: Ada Marlow & Max Winter & Dana Frost",
        "Ada Marlow <ada@x.example>, Max Winter <max@x.example>, Dana Frost",
    ],
)
def test_whole_names(line: str) -> None:
    assert names(line) == WHOLE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (("Marlow C", "Winter M"), ["C. Marlow", "M. Winter"]),
        (("Marlow, C. D.", "Winter, M."), ["C. D. Marlow", "M. Winter"]),
        (("Ada Marlow", "Ada Marlow", ""), ["Ada Marlow"]),
        (("Ada Marlow and Max Winter",), ["Ada Marlow", "Max Winter"]),
        (("Ada Marlow, Max Winter",), ["Ada Marlow", "Max Winter"]),
        (("Marlow, Ada",), ["Ada Marlow"]),
        (("Marlow, A.",), ["A. Marlow"]),
        (("Marlow C. D.",), ["C. D. Marlow"]),
        (("Malcolm X",), ["Malcolm X"]),
        (("Marlow, C. D., Jr., Winter, M.",), ["C. D. Marlow, Jr.", "M. Winter"]),
        (("Ada Marlow, Jr., Max Winter III",), ["Ada Marlow, Jr.", "Max Winter III"]),
        (("Marlow J-P, Winter Y",), ["J.-P. Marlow", "Y. Winter"]),
        (("Marlow, J.-P., Winter, Yu. A.",), ["J.-P. Marlow", "Yu. A. Winter"]),
        (("van der Berg, A. B., de la Cruz, M.",), ["A. B. van der Berg", "M. de la Cruz"]),
        (("Maibach, E., Hornig Priest, S.",), ["E. Maibach", "Hornig Priest, S."]),
        (("Garc\u00eda M\u00e1rquez, Gabriel",), ["Garc\u00eda M\u00e1rquez, Gabriel"]),
        (("WANG, Li, ZHANG, Wei",), ["Li WANG", "Wei ZHANG"]),
        (("WANG LI, ZHANG XU",), ["WANG LI", "ZHANG XU"]),
        (("\u738b\u4f1f, \u674e\u5a1c",), ["\u738b\u4f1f", "\u674e\u5a1c"]),
        (("Marlow, C., Winter, M. and the ATLAS Collaboration",), ["C. Marlow", "M. Winter", "ATLAS Collaboration"]),
        (("OpenAI, DeepMind",), ["OpenAI", "DeepMind"]),
        (("x@y.example (Ada Marlow)",), ["Ada Marlow"]),
        (("x@y.example",), []),
        (("\u2020, 1, *", "et al.", "..."), []),
    ],
)
def test_other_customs(fields: tuple[str, ...], expected: list[str]) -> None:
    assert names(*fields) == expected


def test_who_is_printed_family_first_is_found_by_the_whole_name() -> None:
    for line in (
        "Marlow, C. D., Winter, M.",
        "Marlow CD, Winter M",
        "Marlow C D; Winter M",
        "Marlow, Clara D.; Winter, Max",
    ):
        assert compatible(parse(names(line)[0]), parse("Clara D. Marlow"))


def test_affiliations_stay_and_numbers_of_people_do_not() -> None:
    line = "Ada Marlow (University of Anywhere; Dept of A, B), Max Winter (0000-0002-1825-0097), Dana Frost (ORCID: 0000-1)"
    assert read_bylines([line]) == [
        ("Ada Marlow", "University of Anywhere; Dept of A, B"),
        ("Max Winter", None),
        ("Dana Frost", None),
    ]
