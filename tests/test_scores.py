"""Scores in small hand-made cases: what they are made of, what of the past they may know, and how weights are learned."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.models import AVERAGE, Author, Community, Organization, Paper, Role, Score, ScoreKind, ScorePart
from bot.query.document import of_paper
from bot.query.likeness import counted, number_of
from bot.scores.author_score import author_score
from bot.scores.facts import MOST_AUTHORS, PARTS, Subject, facts_of, known_authors
from bot.scores.fitting import Example, Penalty, fit
from bot.scores.heat import DAYS, Heat
from bot.scores.past import Listing, Past, early_votes, excess_of, folded, key_of, keys_of, middle_of, shrunk
from bot.scores.scoring import told_of
from bot.scores.subjects import subject_of
from bot.scores.weights import VOTES, WORDS, Weights, points_of, votes_part, written
from tests.amount import WHOLE
from tests.conftest import NOW, arxiv

INTEREST, LISTING = ScoreKind.INTEREST, ScoreKind.LISTING
DAY = date(2026, 6, 10)
TODAY = DAY.toordinal()
NOTHING = Past()


def subject(**fields: object) -> Subject:
    made = Subject(
        paper=1,
        day=TODAY,
        title="On tactile grasping: a survey?",
        abstract="We show it. The code is publicly available.",
        comment="12 pages, accepted at a venue, project page and github.com/a/b",
        categories=("cs.RO", "cs.LG"),
        authors=("ada example", "ben sample"),
        counts={},
        heat=0.25,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def past(**listings: list[Listing]) -> Past:
    """Listings of authors, the name written with an underscore."""
    return Past({(Role.AUTHOR, name.replace("_", " ")): found for name, found in listings.items()})


def paper(**fields: object) -> Paper:
    made = Paper(
        1, (arxiv("2606.00001"),), "A gripper learns grasping", "It grasps fruit.", (Author("Ada Example"),), ("cs.RO",), NOW,
        announced=datetime(2026, 6, 10, tzinfo=UTC), published=date(2026, 6, 8),
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


# -- earlier lists


def test_a_name_has_one_key_however_it_is_ordered_and_accented() -> None:
    assert {key_of(name) for name in ("Kempe, Júlia", "Julia Kempe", "JULIA KEMPE")} == {"julia kempe"}
    assert key_of("王伟") == key_of("王伟") != ""
    assert keys_of(["Ada Example", "", "Example, Ada", "Ben Sample"]) == ("ada example", "ben sample")
    assert (folded("  AK  "), folded(None)) == ("ak", "")


def test_the_middle_of_a_day_is_the_median_of_its_logarithms() -> None:
    assert middle_of([]) == 0.0
    assert middle_of([0, 3, 100]) == pytest.approx(math.log(4))
    assert excess_of(7, middle_of([0, 3, 100])) == pytest.approx(math.log(2))


def test_a_mean_is_made_with_papers_of_no_excess() -> None:
    assert shrunk([]) == 0.0
    assert shrunk([Listing(1, 1, 2.0)]) == pytest.approx(0.5)
    assert shrunk([Listing(n, 1, 2.0) for n in range(97)]) == pytest.approx(1.94)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "votes"),
    [((1, 5, 7.5, 30), 1), ((1, 2, 17), 2), ((1, 2), 1), ((1, 2, 19, 400), 3), ((9000,), 0), ((), None), ((4,), 0)],
    ids=str,
)
def test_votes_count_as_they_stood_about_six_hours_after_the_listing_else_as_they_were_last(
    hours: tuple[float, ...], votes: int | None
) -> None:
    """Each capture has as many votes as its place."""
    assert early_votes(NOW, [(NOW + hour * HOUR, place) for place, hour in enumerate(hours)]) == votes


def test_nothing_of_the_day_itself_or_later_is_known_nor_the_paper_itself() -> None:
    known = past(ada_example=[Listing(n, TODAY + days, 9.0) for n, days in ((2, 0), (3, 1), (1, -5))])
    for kind in ScoreKind:
        assert facts_of(kind, subject(), known) == facts_of(kind, subject(), NOTHING)
    assert known_authors(subject(), known) == 0
    earlier = past(ada_example=[Listing(2, TODAY - 1, 9.0)])
    assert facts_of(LISTING, subject(), earlier) != facts_of(LISTING, subject(), NOTHING)
    assert known_authors(subject(), earlier) == 1


# -- facts


def test_facts_of_authors() -> None:
    known = past(
        ada_example=[Listing(2, TODAY - 10, 3.0), Listing(3, TODAY - 400, 3.0)],
        ben_sample=[Listing(4, TODAY - 200, -4.0)],
    )
    found = facts_of(LISTING, subject(authors=("ada example", "cy other", "ben sample")), known)
    assert found["author_best"] == pytest.approx(6 / 5)
    assert found["author_mean"] == pytest.approx((6 / 5 - 1) / 2)
    assert [found["author_first"], found["author_last"]] == pytest.approx([6 / 5, -1.0])
    assert found["author_lists"] == pytest.approx(math.log(3))
    assert found["author_sum"] == pytest.approx(math.log(4))
    assert found["author_recent"] == pytest.approx(math.log(2))
    assert found["author_share"] == pytest.approx(2 / 3)
    assert [found["unknown"], found["single"], found["authors"]] == pytest.approx([0.0, 0.0, math.log(3)])
    assert facts_of(LISTING, subject(authors=()), NOTHING)["unknown"] == 1.0


def test_of_thousands_of_authors_the_first_and_the_last_are_looked_at() -> None:
    many = subject(authors=tuple(f"author {n}" for n in range(3_303)))
    assert len(many.names) == MOST_AUTHORS
    assert (many.names[0], many.names[-1]) == ("author 0", "author 3302")
    assert facts_of(INTEREST, many, NOTHING)["authors"] == pytest.approx(math.log(3_303))


def test_a_list_tells_its_submitter_organisation_code_and_page_and_an_announcement_its_comment_and_categories() -> None:
    listings = {
        (Role.SUBMITTER, "ak"): [Listing(9, TODAY - 3, 2.0)],
        (Role.ORGANIZATION, "lab"): [Listing(8, TODAY - 3, 4.0)],
    }
    listed = facts_of(INTEREST, subject(submitter="ak", organization="lab", code=True, age=5), Past(listings))
    assert (listed["submitter_mean"], listed["organization_mean"]) == (0.5, 1.0)
    assert (listed["code"], listed["project"], listed["organization"], listed["submitter_new"]) == (1.0, 0.0, 1.0, 0.0)
    said = facts_of(LISTING, subject(submitter="ak", organization="lab", code=True), Past(listings))
    assert not said.keys() & {"submitter_mean", "organization", "code", "project", "age"}
    assert (said["in cs.RO"], said["in cs.LG"], said["in cs.CV"], said["elsewhere"]) == (1.0, 0.5, 0.0, 0.0)
    assert [said[name] for name in ("says_code", "says_project", "accepted")] == [1.0, 1.0, 1.0]
    assert said["pages"] == pytest.approx(math.log(13))
    assert (said["colon"], said["question"], said["releases"]) == (1.0, 1.0, 1.0)


def test_every_fact_belongs_to_one_part_and_none_is_the_hour() -> None:
    facts = facts_of(INTEREST, subject(), NOTHING).keys() | facts_of(LISTING, subject(), NOTHING).keys()
    belonging = [name for names in PARTS.values() for name in names]
    assert len(belonging) == len(set(belonging))
    assert facts == set(belonging)
    assert not {name for name in facts if "hour" in name}


def test_what_a_list_says_of_a_paper_is_not_known_before_it() -> None:
    told = Community(
        submitter="AK", organization=Organization("lab", "The Lab"), code_url="https://github.com/a/b", project_url="x"
    )
    before, after = (subject_of(paper(community=told), {}, listed, 0.0) for listed in (None, DAY))
    assert (before.submitter, before.organization, before.code, before.project, before.age) == ("", "", False, False, 0)
    assert (after.submitter, after.organization, after.code, after.project, after.age) == ("ak", "lab", True, True, 2)


# -- warmth


def words(text: str) -> dict[int, int]:
    return counted(text.split())


def test_a_topic_is_warm_when_like_papers_were_listed_in_the_half_year_before() -> None:
    listed = [(n, TODAY - 20, words(f"tactile grasping gripper fruit number{n}")) for n in range(40)]
    listed += [(n, TODAY - 20, words(f"tokamak plasma heating number{n}")) for n in range(40, 80)]
    heat = Heat(listed)
    like, unlike = words("tactile grasping gripper"), words("galaxy redshift survey")
    assert heat.of(TODAY, 99, like) > 0.2
    assert heat.of(TODAY, 99, unlike) == 0.0
    assert heat.of(TODAY - 20, 99, like) == 0.0  # of that day and later nothing is known
    assert heat.of(TODAY - 20 + DAYS + 1, 99, like) == 0.0
    assert heat.of(TODAY, 99, {}) == 0.0
    assert Heat([]).of(TODAY, 99, like) == 0.0


def test_a_paper_does_not_warm_itself_and_few_papers_warm_little() -> None:
    heat = Heat([(1, TODAY - 1, words("tactile grasping")), (2, TODAY - 1, words("tokamak plasma"))])
    assert heat.of(TODAY, 1, words("tactile grasping")) == 0.0
    assert heat.of(TODAY, 3, words("tactile grasping")) == pytest.approx(1 / 30)


# -- weights


def table(
    facts: Mapping[str, float], own: Mapping[str, float], base: float = 0.0, kind: ScoreKind = INTEREST
) -> Weights:
    return Weights(
        kind, base, facts, dict.fromkeys(facts, 1.0), {number_of(word): weight for word, weight in own.items()}, 0.0
    )


def test_points_add_up_from_parts_and_parts_from_facts_beside_their_means() -> None:
    weights = table({"code": 0.5, "authors": 0.25, "single": 1.0}, {"robot": 0.3, "arm": -0.1}, base=0.2)
    parts = weights.parts(
        {"code": 1.0, "authors": 3.0, "single": 0.0, "of no weight": 7.0}, map(number_of, ("robot", "arm", "x"))
    )
    assert parts == (
        ScorePart(AVERAGE, 2.0), ScorePart("number of authors", -5.0), ScorePart(WORDS, round(2 / math.sqrt(2), 1)),
    )  # fmt: skip
    assert points_of(parts) == pytest.approx(sum(part.points for part in parts))


def test_votes_move_points_to_what_they_say_the_more_of_them_there_are() -> None:
    assert votes_part(5.0, 0, -2.0) == ScorePart(VOTES, round((-20 - 5) / 3, 1))
    many = votes_part(5.0, 10_000, 3.0)
    assert 5.0 + many.points == pytest.approx(30.0, abs=0.1)
    assert votes_part(10.0, 50, 1.0).points == 0.0  # what was expected has come


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "interest", "base": "x"}', '{"kind": "else"}'])
def test_what_is_no_table_of_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no table|Expecting|could not|not a valid"):
        Weights.read(text)


def test_a_table_is_read_as_it_was_written() -> None:
    learned = fit(INTEREST, planted(INTEREST), Penalty(1.0, 1.0, 100, 1))
    read = Weights.read(written(INTEREST, learned, {"date": "2026-06-10"}))
    assert read.kind is INTEREST
    assert read.facts == pytest.approx(learned.facts, abs=6e-4)
    assert read.words == pytest.approx({number_of(w): weight for w, weight in learned.words.items()}, abs=6e-4)


@pytest.mark.parametrize("kind", ScoreKind)
def test_the_tables_that_come_with_paperboy_weigh_every_fact(kind: ScoreKind) -> None:
    weights = Weights.shipped(kind)
    assert weights.kind is kind
    assert weights.facts.keys() == facts_of(kind, subject(), NOTHING).keys()
    assert len(weights.words) >= 1_000


def test_more_votes_of_its_authors_earlier_papers_make_more_points() -> None:
    loved, unloved = (past(ada_example=[Listing(n, TODAY - 9, excess) for n in (2, 3, 4)]) for excess in (2.0, -2.0))
    shipped = {kind: Weights.shipped(kind) for kind in ScoreKind}
    counts = of_paper(paper()).counts
    for listed in (DAY, None):
        high, low = (told_of(paper(), counts, known, Heat([]), shipped, listed=listed) for known in (loved, unloved))
        assert high.points > low.points
        assert (high.known_authors, high.authors, high.has_record) == (1, 1, True)


def test_of_authors_whom_nobody_knows_there_is_no_record_unless_votes_are_known() -> None:
    shipped = {kind: Weights.shipped(kind) for kind in ScoreKind}
    told = [
        told_of(paper(), {}, NOTHING, Heat([]), shipped, listed=listed, votes=votes).has_record
        for listed, votes in ((None, None), (DAY, None), (DAY, (12, 0.5)))
    ]
    assert told == [False, False, True]


@pytest.mark.parametrize(
    ("categories", "covered"),
    [
        (("cs.RO",), True),
        (("astro-ph.GA",), False),
        (("math.OC", "cs.LG"), True),
        (("stat.ML",), True),
        (("csx",), False),
        ((), True),
    ],
    ids=str,
)
def test_of_subjects_that_lists_are_not_about_nothing_is_said(categories: tuple[str, ...], covered: bool) -> None:
    """A paper of theirs that was listed all the same has its score."""
    shipped = {kind: Weights.shipped(kind) for kind in ScoreKind}
    known = past(ada_example=[Listing(2, TODAY - 1, 1.0)])
    told = [
        told_of(paper(categories=categories), {}, known, Heat([]), shipped, listed=listed).has_record
        for listed in (None, DAY)
    ]
    assert told == [covered, True]


# -- learning


def planted(kind: ScoreKind, count: int = 600) -> list[Example]:
    """Examples in which `good` raises the target by 2, `bad` lowers it by 1, `idle` says nothing, and `robot` raises it by 1."""
    dice = random.Random(7)
    found = []
    for _ in range(count):
        facts = {"good": dice.random(), "bad": dice.random(), "idle": dice.random(), "same": 1.0}
        has_word = dice.random() < 0.5
        value = 2 * facts["good"] - facts["bad"] + has_word - 1
        target = (
            float(dice.random() < 1 / (1 + math.exp(-4 * value))) if kind is LISTING else value + dice.gauss(0, 0.1)
        )
        found.append(Example(facts, ("robot",) if has_word else ("other",), target))
    return found


def test_least_squares_find_what_was_planted() -> None:
    found = fit(INTEREST, planted(INTEREST), Penalty(0.1, 0.1, 10, 1))
    assert found.facts == pytest.approx({"good": 2.0, "bad": -1.0, "idle": 0.0, "same": 0.0}, abs=0.05)
    assert found.words["robot"] - found.words["other"] == pytest.approx(1.0, abs=0.05)


def test_logistic_regression_finds_what_was_planted() -> None:
    found = fit(LISTING, planted(LISTING, 6_000), Penalty(0.1, 0.1, 10, 1))
    assert found.facts["good"] == pytest.approx(8.0, rel=0.15)
    assert found.facts["bad"] == pytest.approx(-4.0, rel=0.15)
    assert found.words["robot"] - found.words["other"] == pytest.approx(4.0, rel=0.15)


@pytest.mark.parametrize("kind", ScoreKind)
def test_a_penalty_makes_weights_smaller(kind: ScoreKind) -> None:
    free, held = (fit(kind, planted(kind), Penalty(cost, 1.0, 100, 2)) for cost in (0.1, 1_000.0))
    assert abs(held.facts["good"]) < abs(free.facts["good"]) / 1.5


def test_words_of_few_papers_have_no_weight_and_of_the_others_the_most_frequent_have_one() -> None:
    examples = [*planted(INTEREST), Example({"good": 0.0, "bad": 0.0, "idle": 0.0, "same": 1.0}, ("rare",), 50.0)]
    assert set(fit(INTEREST, examples, Penalty(1.0, 1.0, 100, 2)).words) == {"robot", "other"}
    assert len(fit(INTEREST, examples, Penalty(1.0, 1.0, 1, 1)).words) == 1


# -- a person


def scored(*percents: float | None) -> list[Score]:
    return [Score(LISTING, 0.0, percent, "cs.LG, 2026", 400, (), 1, 1, NOW) for percent in percents]


def test_a_persons_score_is_the_mean_of_their_ten_best_papers_with_two_in_the_middle() -> None:
    assert author_score(scored(90.0, 80.0, 70.0), 5).value == pytest.approx((240 + 100) / 5)
    many = author_score(scored(*[90.0] * 10, *[1.0] * 26, None), 40)
    assert many.value == pytest.approx((900 + 100) / 12)
    assert (many.counted, many.total) == (36, 40)


def test_of_fewer_than_three_scored_papers_nothing_is_said_of_a_person() -> None:
    found = author_score(scored(99.0, 98.0, None), 36)
    assert (found.value, found.counted, found.total) == (None, 2, 36)


# -- the real data


@pytest.mark.parametrize("kind", ScoreKind)
def test_the_tables_are_what_the_benchmark_makes_of_the_data(
    kind: ScoreKind, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind is LISTING and not WHOLE:
        pytest.skip("two minutes of announcements: `make soak` reads them")
    from benchmarks import scores as benchmark

    monkeypatch.setattr(benchmark, "DATA", data)
    made = json.loads(benchmark.shipped(benchmark.Data(), kind))
    kept = json.loads((benchmark.FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    assert made["data"] == kept["data"]
    assert made["words"].keys() == kept["words"].keys()
    assert max(abs(made["words"][word] - weight) for word, weight in kept["words"].items()) < 0.003
    assert all(made["facts"][name] == pytest.approx(weights, abs=0.003) for name, weights in kept["facts"].items())
