"""Which papers of one name are by one person, and how somebody is named as text."""

from __future__ import annotations

import pytest

from bot.authors.grouping import Byline, groups_of
from bot.authors.references import meant, written
from bot.errors import BadInputError
from bot.models import PaperId, Reference


def byline(paper: int, numbers: str = "", others: str = "") -> Byline:
    return Byline(paper, frozenset(numbers.split()), frozenset(others.split()))


def people(*bylines: Byline) -> list[set[int]]:
    return [set(group.papers) for group in groups_of(bylines)]


def test_one_number_is_one_person_and_two_numbers_are_two() -> None:
    found = groups_of([byline(1, "s:1"), byline(2, "s:2"), byline(3, "s:1 o:9"), byline(4, "o:9")])
    assert [group.papers for group in found] == [(1, 3, 4), (2,)]
    assert found[0].numbers == ("o:9", "s:1") or found[0].numbers == ("s:1", "o:9")
    assert found[1].numbers == ("s:2",)


def test_papers_without_a_number_are_one_by_a_common_author_and_go_to_the_number_that_shares_one() -> None:
    assert people(byline(1, "", "ada"), byline(2, "", "ada bo"), byline(3, "", "cy")) == [{1, 2}, {3}]
    assert people(byline(1, "s:1", "ada"), byline(2, "", "ada"), byline(3, "", "cy")) == [{1, 2}, {3}]
    # of two people who both wrote with Ada, nobody knows which one it is
    assert people(byline(1, "s:1", "ada"), byline(2, "s:2", "ada"), byline(3, "", "ada")) == [{1}, {2}, {3}]
    # further papers of the same unknown one lead to the number
    assert people(byline(1, "s:1", "ada"), byline(2, "", "ada bo"), byline(3, "", "bo")) == [{1, 2, 3}]


def test_two_numbers_with_two_common_authors_are_one_person_with_two_numbers() -> None:
    found = groups_of([byline(1, "s:1", "ada bo"), byline(2, "s:2", "bo ada cy"), byline(3, "s:1")])
    assert [group.papers for group in found] == [(1, 2, 3)]
    assert found[0].numbers == ("s:1", "s:2")  # the one with most papers first


def test_nobody_is_known_by_the_others_of_a_long_list() -> None:
    many = " ".join(f"a{n}" for n in range(100))
    assert people(byline(1, "", many), byline(2, "", many)) == [{1}, {2}]


def test_the_order_in_which_papers_come_decides_nothing() -> None:
    given = [
        byline(1, "s:1", "a b"),
        byline(2, "", "a"),
        byline(3, "s:2", "a b"),
        byline(4, "", "c"),
        byline(5, "s:3", "c"),
    ]
    ones = {frozenset(map(frozenset, people(*given[n:], *given[:n]))) for n in range(len(given))}
    assert ones == {frozenset({frozenset({1, 2, 3}), frozenset({4, 5})})}


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("  Julia  Kempe ", Reference("Julia Kempe")),
        ("Kempe, Julia", Reference("Kempe, Julia")),
        ("https://www.semanticscholar.org/author/J.-Kempe/2262347", Reference("", "semantic-scholar:2262347")),
        ("s2:2262347", Reference("", "semantic-scholar:2262347")),
        ("https://openalex.org/A5023888391", Reference("", "openalex:A5023888391")),
        ("openalex.org/authors/a5023888391", Reference("", "openalex:A5023888391")),
        ("A5023888391", None),
        ("https://orcid.org/0000-0002-1825-009x", Reference("", "orcid:0000-0002-1825-009X")),
        ("0000-0002-1825-0097", Reference("", "orcid:0000-0002-1825-0097")),
        ("Wei Zhang (semantic-scholar:17)", Reference("Wei Zhang", "semantic-scholar:17")),
        ("Wei Zhang (of arxiv:2401.00001)", Reference("Wei Zhang", paper=PaperId("arxiv", "2401.00001"))),
        ("Wei Zhang (group of 10.1101/2024.01.02.573900)",
         Reference("Wei Zhang", paper=PaperId("doi", "10.1101/2024.01.02.573900"), is_apart=True)),
        ("LIGO (Virgo) Collaboration", Reference("LIGO (Virgo) Collaboration")),
        ("张伟", Reference("张伟")),
    ],
)  # fmt: skip
def test_somebody_is_named_in_many_ways(text: str, reference: Reference | None) -> None:
    assert meant(text) == (reference or Reference(text))
    assert meant(written(meant(text))) == meant(text)


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "ㅤ"])
def test_what_names_nobody_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadInputError, match=r"Write a name|has 201 characters"):
        meant(text)
