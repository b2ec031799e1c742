"""The figures of a person's page: each with its scope, what is odd about them, the order of papers, the years. All pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.authors.figures import career, covered, main_category, odd, ordered, years_of
from bot.models import (
    Cited,
    Community,
    Coverage,
    Figure,
    Novelty,
    Profile,
    Registry,
    Score,
    ScoreKind,
    Sorting,
    YearCount,
)
from tests.test_cards import paper

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
S2 = Profile(Registry.SEMANTIC_SCHOLAR, "1", "Ada Example", NOW, h_index=20, papers=80, citations=1_900)
OA = Profile(Registry.OPENALEX, "A1", "Ada Example", NOW, h_index=24, papers=90, citations=2_400)


def test_the_main_category_is_the_most_frequent_primary_one_and_of_equal_ones_the_newest() -> None:
    papers = [paper(categories=(code,)) for code in ("cs.CL", "cs.LG", "cs.LG", "stat.ML")]
    assert main_category(papers) == Figure("cs.LG", "of 2 of 4 papers here")
    assert main_category([paper(categories=("cs.CL", "cs.LG")), paper(categories=("cs.LG",))]).value == "cs.CL"
    assert main_category([paper(categories=())]) == Figure(None, reason="no paper of theirs here has a category")


def test_a_career_is_that_of_the_first_registry_that_states_it() -> None:
    found = career([replace(S2, h_index=None), OA], lambda profile: profile.h_index, "nobody was asked")
    assert (found.value, found.source, found.as_of) == (24, "OpenAlex", NOW)
    assert career([], lambda profile: profile.h_index, "nobody was asked") == Figure(None, reason="nobody was asked")
    assert career([replace(S2, citations=0)], lambda profile: profile.citations, "").value == 0


def test_a_share_says_on_how_many_papers_it_rests() -> None:
    assert covered(Coverage(54.2, 28, 36), "novelty", "too few").scope == "novelty from 28 of 36 papers here"
    assert covered(Coverage(None, 1, 36), "novelty", "too few") == Figure(None, reason="too few")


@pytest.mark.parametrize(
    ("profiles", "says"),
    [
        ([S2, OA], ""),
        ([replace(S2, papers=2_345)], "Semantic Scholar counts 2,345 papers: it has probably made several people one."),
        ([replace(OA, years=(YearCount(2025, 400, 1),))], "OpenAlex counts 400 papers in one year"),
        ([replace(S2, h_index=60)], "an h-index of 60 needs 3,600 citations at least"),
        ([S2, replace(OA, h_index=80, citations=90_000)], "OpenAlex says h-index 80, Semantic Scholar 20"),
        ([S2, replace(S2, id="2")], "Semantic Scholar knows them as 2 people"),
        ([replace(S2, h_index=None, papers=None, citations=None)], ""),
        ([replace(S2, h_index=0, citations=0)], ""),
    ],
)
def test_what_cannot_be_true_of_one_person_is_said(profiles: list[Profile], says: str) -> None:
    said = odd(profiles)
    assert (len(said), says in " ".join(said)) == (1 if says else 0, True)


def test_years_are_the_registrys_where_one_states_them_else_those_of_the_papers_here() -> None:
    years = (YearCount(2026, 2, 9), YearCount(2024, 1, None))
    assert years_of([S2, replace(OA, years=years)], []) == ((years[1], years[0]), False)
    here = [
        paper(published=date(2025, 3, 1), cited=Cited(Registry.OPENALEX, 7, (), NOW)),
        paper(published=date(2025, 4, 1)), paper(published=date(2023, 4, 1), cited=Cited(Registry.OPENALEX, None, (), NOW)),
    ]  # fmt: skip
    assert years_of([S2], here) == ((YearCount(2023, 1, 0), YearCount(2024, 0, 0), YearCount(2025, 2, 7)), True)
    assert years_of([], [paper(published=date(2025, 3, 1))]) == ((YearCount(2025, 1, None),), True)


def test_every_order_has_the_largest_first_and_what_is_not_known_last_the_newest_of_equals_first() -> None:
    def one(number: int, value: float | None, day: int) -> object:
        known = value is not None
        return paper(
            f"{number}", id=number, announced=datetime(2026, 1, day, tzinfo=UTC),
            score=Score(ScoreKind.LISTING, 0, value, "g", 100, (), 1, 1, NOW) if known else None,
            novelty=Novelty(0.5, value, "cs.LG", 500, (), NOW) if known else None,
            cited=Cited(Registry.OPENALEX, int(value), (), NOW) if value is not None else None,
            community=Community(upvotes=int(value)) if value is not None else None,
        )  # fmt: skip

    papers = [one(1, 5.0, 1), one(2, None, 9), one(3, 50.0, 2), one(4, 5.0, 3), one(5, 0.0, 1), one(6, None, 8)]
    for sorting in Sorting:
        found = [found.id for found in ordered(papers, sorting)]  # type: ignore[arg-type]
        assert found == ([2, 6, 4, 3, 5, 1] if sorting is Sorting.NEWEST else [3, 4, 1, 5, 2, 6]), sorting
