"""How a server's list is ranked, and who may take part: the pure part of curation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.daily import rules
from bot.daily.ranking import Signs, points, ranked, with_room_for
from bot.daily.rules import Part
from bot.errors import BadInputError
from bot.models import Community, Member, Paper, Rules, Tally
from tests.conftest import arxiv

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
COUNTS = st.integers(0, 5_000)


def paper(number: int, upvotes: int | None = None, comments: int = 0) -> Paper:
    community = None if upvotes is None else Community(upvotes=upvotes, comments=comments)
    return Paper(
        number,
        (arxiv(f"2511.{number:05}"),),
        f"Paper {number}",
        "",
        (),
        ("cs.LG",),
        NOW,
        announced=NOW,
        community=community,
    )


def member(**more: Any) -> Member:
    known: dict[str, Any] = {"id": 1, "name": "Ada", "roles": frozenset({7}), "joined": NOW - timedelta(days=5)}
    return Member(**{**known, "server_roles": frozenset({7, 9}), **more})


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.floats(0, 1))
def test_no_vote_and_no_comment_ever_does_a_paper_harm(
    votes: int, comments: int, upvotes: int, remarks: int, share: float
) -> None:
    one, expected = paper(1, upvotes, remarks), Signs(share, 3)
    here = points(one, Tally(votes, comments), expected).total
    assert points(one, Tally(votes + 1, comments), expected).total > here
    assert points(one, Tally(votes, comments + 1), expected).total > here
    assert points(paper(1, upvotes + 1, remarks), Tally(votes, comments), expected).total >= here
    assert points(paper(1), Tally(votes, comments), expected).total <= here


@given(st.floats(0, 1), COUNTS, st.floats(0, 1))
def test_one_vote_here_stands_above_everything_that_nobody_voted_on(
    first: float, followers: int, second: float
) -> None:
    signs = {1: Signs(first, followers), 2: Signs(second)}
    assert ranked([paper(1), paper(2)], {2: Tally(votes=1)}, signs)[0].id == 2


def test_the_wider_community_and_what_is_expected_order_the_rest() -> None:
    papers = [paper(1), paper(2, 40), paper(3), paper(4, 3)]
    order = ranked(papers, {}, {1: Signs(0.9), 3: Signs(0.2, 1), 4: Signs(0.1)})
    assert [p.id for p in order] == [2, 1, 4, 3]


def test_what_was_proposed_has_a_place_in_the_order_of_points() -> None:
    order = [paper(n, 100 - n) for n in range(1, 8)]
    assert [p.id for p in with_room_for({6}, order, 3)] == [1, 2, 6]
    assert [p.id for p in with_room_for({3, 4, 5, 6}, order, 3)] == [3, 4, 5]
    assert [p.id for p in with_room_for(set(), order, 3)] == [1, 2, 3]


@pytest.mark.parametrize("part", Part)
def test_a_role_and_days_in_the_server_are_asked_for(part: Part) -> None:
    allowed = Rules(submit_role=9, vote_role=9, discuss_role=9)
    with pytest.raises(BadInputError, match="<@&9>"):
        rules.check(allowed, part, member(), NOW)
    rules.check(allowed, part, member(roles=frozenset({9})), NOW)
    rules.check(allowed, part, member(moderates=True), NOW)
    with pytest.raises(BadInputError, match="was deleted"):
        rules.check(allowed, part, member(server_roles=frozenset({7})), NOW)
    young = Rules(member_days=7)
    with pytest.raises(BadInputError, match="7 days after you joined"):
        rules.check(young, part, member(), NOW)
    rules.check(young, part, member(joined=NOW - timedelta(days=7)), NOW)
    rules.check(young, part, member(joined=None), NOW)


def test_there_is_a_most_of_proposals_and_of_discussions() -> None:
    rules.check_submissions(Rules(submissions=2), member(), 1)
    with pytest.raises(BadInputError, match="tomorrow"):
        rules.check_submissions(Rules(submissions=2), member(), 2)
    rules.check_submissions(Rules(submissions=2), member(moderates=True), 2)
    rules.check_discussions(Rules(discussions=1), 0)
    with pytest.raises(BadInputError, match="come back tomorrow"):
        rules.check_discussions(Rules(discussions=1), 1)
