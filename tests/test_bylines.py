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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("O'Neil, Cathy, and John MacKay", ["Cathy O'Neil", "John MacKay"]),
        ("O'Neil, Cathy and John MacKay", ["Cathy O'Neil", "John MacKay"]),
        ("Marlow, Ada, Max Winter & Dana Frost", WHOLE),
        ("Marlow, Ada, Max Winter, Dana Frost", WHOLE),
        ("Marlow, Ada B., and Max C. Winter", ["Ada B. Marlow", "Max C. Winter"]),
        ("Marlow, A. B., Max Winter, and Dana Frost", ["A. B. Marlow", "Max Winter", "Dana Frost"]),
        ("Garc\u00eda M\u00e1rquez, Gabriel, Max Winter and Dana Frost", ["Garc\u00eda M\u00e1rquez, Gabriel", "Max Winter", "Dana Frost"]),
        ("van der Berg, Anna, and Max Winter", ["van der Berg, Anna", "Max Winter"]),
        ("Ada Marlow, Suharto, Max Winter", ["Ada Marlow", "Suharto", "Max Winter"]),  # one of one name
        ("Ruiz FV, Hort M, Moonen L", ["F. V. Ruiz", "M. Hort", "L. Moonen"]),
        ("Gonz\u00e1lez J\u00c1, Obrador IB, Frost D", ["Gonz\u00e1lez J\u00c1", "Obrador IB", "Frost D"]),
        ("\u738b\u4f1f, \u674e\u5a1c, Max Winter", ["\u738b\u4f1f", "\u674e\u5a1c", "Max Winter"]),
    ],
)  # fmt: skip
def test_the_first_alone_is_printed_family_first(line: str, expected: list[str]) -> None:
    assert names(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Ada Marlow y Max Winter y Dana Frost", "Ada Marlow, Max Winter y Dana Frost", "Ada Marlow, Max Winter und Dana Frost",
        "Ada Marlow, Max Winter et Dana Frost", "Ada Marlow et Max Winter et Dana Frost et al.", "Ada Marlow, Max Winter e Dana Frost",
        "Ada Marlow with Max Winter and Dana Frost", "Ada Marlow, with Max Winter, with Dana Frost", "Ada Marlow / Max Winter / Dana Frost",
        "Ada Marlow/Max Winter/Dana Frost", "Marlow, Ada / Winter, Max / Frost, Dana", "Ada Marlow + Max Winter + Dana Frost",
        "Ada Marlow \u2013 Max Winter \u2013 Dana Frost", "Ada Marlow, Max Winter i Dana Frost", "Ada Marlow og Max Winter og Dana Frost",
        "Ada Marlow, Max Winter och Dana Frost", "Ada Marlow, Max Winter en Dana Frost", "Ada Marlow, Max Winter et Dana Frost et coll.",
        "Ada Marlow, Max Winter, Dana Frost y cols.", "Ada Marlow (Author); Max Winter (Author); Dana Frost (Editor)",
    ],
)  # fmt: skip
def test_words_and_strokes_of_other_customs_part_people(line: str) -> None:
    assert names(line) == WHOLE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ADA MARLOW UND MAX WINTER", ["ADA MARLOW", "MAX WINTER"]),
        ("ADA MARLOW, MAX WINTER ET DANA FROST", ["ADA MARLOW", "MAX WINTER", "DANA FROST"]),
        ("ADA MARLOW AND MAX WINTER", ["ADA MARLOW", "MAX WINTER"]),
        ("ADA MARLOW ET AL", ["ADA MARLOW"]),
        ("\u5c71\u7530\u592a\u90ce\u30fb\u4f50\u85e4\u82b1\u5b50", ["\u5c71\u7530\u592a\u90ce", "\u4f50\u85e4\u82b1\u5b50"]),
        ("\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9", ["\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9"]),
    ],
)  # fmt: skip
def test_capitals_and_dots_between_chinese_characters_part_people_too(line: str, expected: list[str]) -> None:
    assert names(line) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Jos\u00e9 Ortega y Gasset", "Santiago Ram\u00f3n y Cajal", "Josep Puig i Cadafalch", "Jo\u00e3o da Silva e Costa",
        "Edson Prestes e Silva Jr.",
        "E. E. Marlow", "E Marlow", "Y Winter", "Maria E Silva", "Hans von und zu Liechtenstein", "Ana Pi y Margall", "I. M. Pei",
        "Mar\u00eda L\u00f3pez y Garc\u00eda Rojas",
    ],
)  # fmt: skip
def test_the_same_words_stay_in_names(name: str) -> None:
    assert names(name) == [name]
    assert names(f"{name}, Ada Marlow") == [name, "Ada Marlow"]
    assert names(f"{name}; Ada Marlow") == [name, "Ada Marlow"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Clara Marlow, University of X, Guy Tern, MIT", ["University of X", "MIT"]),
        ("Clara Marlow, MIT, Guy Tern, ETH Z\u00fcrich", ["MIT", "ETH Z\u00fcrich"]),
        ("Clara Marlow, Harvard Medical School, Boston, Guy Tern, CNRS", ["Harvard Medical School, Boston", "CNRS"]),
        ("Clara Marlow, Institute for Physics and Applied Mathematics, New York, Guy Tern",
         ["Institute for Physics, Applied Mathematics, New York", None]),
        ("Clara Marlow, Dept. of Physics, University of X, Anytown, USA; Guy Tern, MIT, Cambridge, MA",
         ["Dept. of Physics, University of X, Anytown, USA", "MIT, Cambridge, MA"]),
        ("Marlow, Clara, University of X; Tern, Guy, Google DeepMind", ["University of X", "Google DeepMind"]),
        ("Clara Marlow - University of X, Guy Tern - MIT", ["University of X", "MIT"]),
        ("Clara Marlow and Guy Tern, Universit\u00e4t X", [None, "Universit\u00e4t X"]),
        ("Clara Marlow (CERN / LHCb) / Guy Tern (MIT)", ["CERN / LHCb", "MIT"]),
    ],
)  # fmt: skip
def test_places_behind_commas_are_no_people(line: str, expected: list[str | None]) -> None:
    assert read_bylines([line]) == list(zip(["Clara Marlow", "Guy Tern"], expected, strict=True))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "Ada Marlow, Max Winter, European Society of Cardiology",
            ["Ada Marlow", "Max Winter", "European Society of Cardiology"],
        ),
        ("OpenAI, DeepMind", ["OpenAI", "DeepMind"]),
        ("Max Planck Institute for Physics", ["Max Planck Institute for Physics"]),
        ("Marlow, CDE, Winter, MIT", ["C. D. E. Marlow", "M. I. T. Winter"]),
        ("van der Berg, CDE, de la Cruz, ABC", ["C. D. E. van der Berg", "A. B. C. de la Cruz"]),
        ("Marlow A, Winter M; ABC Study Group", ["A. Marlow", "M. Winter", "ABC Study Group"]),
        ("The ABC Study Group, Marlow A, Winter M", ["ABC Study Group", "A. Marlow", "M. Winter"]),
        ("Smith J Jr, Marlow A", ["J. Smith, Jr", "A. Marlow"]),
        ("Smith JR, Choudhury MD", ["J. R. Smith", "M. D. Choudhury"]),
        ("Ganapathi II, Marlow A", ["Ganapathi II", "A. Marlow"]),
        ("MARLOW A, WINTER M", ["A. MARLOW", "M. WINTER"]),
        ("GUO J, Chen X", ["J. GUO", "X. Chen"]),
        ("Huertas-Company M, Bureau M, Frost D", ["M. Huertas-Company", "M. Bureau", "D. Frost"]),
    ],
)
def test_neither_are_people_places(line: str, expected: list[str]) -> None:
    assert names(line) == expected


TWO = ["Clara Marlow", "Guy Tern"]


@pytest.mark.parametrize(
    "line",
    [
        "Marlow, Clara y Tern, Guy", "Marlow, Clara e Tern, Guy", "Marlow, Clara i Tern, Guy", "Marlow, Clara und Tern, Guy",
        "Marlow, Clara et Tern, Guy", "Clara Marlow/ Guy Tern", "Written by Clara Marlow and Guy Tern", "Autores: Clara Marlow; Guy Tern",
        "Autor(es): Clara Marlow, Guy Tern", "Auteurs : Clara Marlow et Guy Tern", "Clara Marlow, Guy Tern, and 3 others",
        "Clara Marlow, Guy Tern, + 12 more", "Clara Marlow; Guy Tern and 2 more authors", "Clara Marlow, Guy Tern & al.",
        "c.marlow@x.example (Clara Marlow), tern@x.example (Guy Tern)", "c@x.example (Clara Marlow); tern@x.example (Guy Tern);",
        "Clara Marlow 0000-0002-1825-009X, Guy Tern 0009-0001-2345-6789", "Clara Marlow https://orcid.org/0000-0002-1825-0097, Guy Tern",
        "Clara Marlow [ORCID: 0000-0002-1825-0097]; Guy Tern",
    ],
)  # fmt: skip
def test_two_people_in_still_other_forms(line: str) -> None:
    assert names(line) == TWO


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Marlow, C. y Tern, G.", ["C. Marlow", "G. Tern"]),
        ("Marlow, C., Winter, M. y Tern, G.", ["C. Marlow", "M. Winter", "G. Tern"]),
        ("Garc\u00eda L\u00f3pez, Ana y P\u00e9rez G\u00f3mez, Guy", ["Garc\u00eda L\u00f3pez, Ana", "P\u00e9rez G\u00f3mez, Guy"]),
        ("Ortega y Gasset, Jos\u00e9", ["Ortega y Gasset, Jos\u00e9"]),
        ("Marlow, Clara, Ortega y Gasset, Jos\u00e9", ["Clara Marlow", "Ortega y Gasset, Jos\u00e9"]),
        ("Clara Marlow, Jos\u00e9 Ortega y Gasset, Guy Tern", ["Clara Marlow", "Jos\u00e9 Ortega y Gasset", "Guy Tern"]),
        ("Clara Marlow, Ortega y Gasset, Guy Tern", ["Clara Marlow", "Ortega y Gasset", "Guy Tern"]),
        ("Clara Marlow, MIT, Sean Escola, Guy Tern", ["Clara Marlow", "Sean Escola", "Guy Tern"]),
        ("Clara Marlow, Tsinghua University, Beijing, China, Guy Tern, Inria, Paris, France", TWO),
        ("Clara Marlow, Meta AI, Guy Tern, Escola Superior, Porto", TWO),
    ],
)  # fmt: skip
def test_who_is_printed_family_first_beside_these_words_and_places(line: str, expected: list[str]) -> None:
    assert names(line) == expected
