"""What is said of a paper's score, novelty and citations: in a line of its card, and what they are made of. Never a number alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.models import AVERAGE, Cited, Heading, Novelty, PaperId, Registry, Score, ScoreKind, ScorePart
from bot.show.cards import Card
from bot.show.lists import paper_answer
from bot.show.printing import paper_json, paper_lines, plain_json
from bot.show.scores import score_card, scored_line, scored_words
from tests.test_cards import paper

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
PARTS = (
    ScorePart(AVERAGE, -41.2),
    ScorePart("authors' earlier votes", 4.2), ScorePart("topic is warm", 2.04), ScorePart("number of authors", -1.5),
    ScorePart("code", 0.9), ScorePart("comment", 0.01),
)  # fmt: skip
SCORE = Score(ScoreKind.INTEREST, 5.6, 78.24, "cs.LG, October to December 2026", 412, PARTS, 2, 5, NOW)
NOVELTY = Novelty(
    0.81, 63.6, "cs.LG", 1_204, ((7, 34, ("tokamak", "plasma_edge")), (8, 30, ()), (9, 28, ("gone",))), NOW
)
CITED = Cited(Registry.SEMANTIC_SCHOLAR, 12, (), NOW)
KNOWN = {
    7: Heading("On [edges]", PaperId("arxiv", "2501.00007")),
    8: Heading("On pellets", PaperId("doi", "10.1000/8")),
}
ONE = paper("A study", score=SCORE, novelty=NOVELTY, cited=CITED)
STAMP = f"<t:{int(NOW.timestamp())}"


def text_of(card: Card) -> str:
    return "\n".join(embed.description for embed in card.embeds)


def test_a_line_says_the_score_with_its_largest_parts_and_the_others_with_their_source() -> None:
    assert scored_line(ONE) == (
        "**Interest 78.2** of 100 (authors' earlier votes +4.2, topic is warm +2.0, number of authors −1.5) · novelty 63% · "
        f"12 citations (Semantic Scholar, {STAMP}:R>)"
    )
    assert scored_words(ONE) == "interest 78.2 of 100 · novelty 63% · 12 citations (Semantic Scholar, 2026-11-21)"
    assert scored_line(ONE) in text_of(paper_answer(ONE, TODAY, share=False))


def test_what_is_not_known_is_not_said() -> None:
    assert scored_line(paper("A study")) == scored_words(paper("A study")) == ""
    bare = replace(
        ONE,
        score=replace(SCORE, percent=None),
        novelty=replace(NOVELTY, percent=None),
        cited=replace(CITED, citations=0),
    )
    assert scored_line(bare) == scored_words(bare) == ""


def test_a_share_is_never_more_than_it_is() -> None:
    high = replace(ONE, score=replace(SCORE, percent=99.98), novelty=replace(NOVELTY, percent=99.7))
    assert "**Interest 99.9** of 100" in scored_line(high)
    assert "novelty 99%" in scored_line(high)
    assert "more points than 99% of 412 papers" in text_of(score_card(high, KNOWN))


def test_no_work_is_announced_that_is_not_named_and_no_group_is_papers_of_papers() -> None:
    odd = replace(
        ONE, score=replace(SCORE, group="papers without a category, 2026"), novelty=replace(NOVELTY, nearest=())
    )
    text = text_of(score_card(odd, KNOWN))
    assert "Closest earlier work" not in text
    assert "of 412 papers without a category, 2026." in text


def test_while_past_lists_are_read_every_score_says_so() -> None:
    reading = replace(ONE, score=replace(SCORE, lists=(310, 970)))
    for text in (scored_line(reading), scored_words(reading), text_of(score_card(reading, KNOWN))):
        assert "reading past lists: 310 of 970 days" in text
    assert "reading past lists" not in text_of(score_card(ONE, KNOWN))


def test_why_names_every_part_the_group_and_what_the_score_rests_on() -> None:
    text = text_of(score_card(ONE, KNOWN))
    assert (
        "**Interest 78.2 of 100**: it has more points than 78% of 412 papers of cs.LG, October to December 2026."
        in text
    )
    parts = [
        "an average paper −41.2",
        "authors' earlier votes +4.2",
        "topic is warm +2.0",
        "number of authors −1.5",
        "code +0.9",
    ]
    assert "\n".join(f"- {part}" for part in parts) + "\n-# 2 of 5 authors were on" in text
    assert "comment" not in text  # it adds nothing
    assert f"As of {STAMP}:d>." in text
    assert "**Novelty 63%**" in text
    assert "- [On \\[edges\\]](https://arxiv.org/abs/2501.00007), 34% alike: tokamak, plasma\\_edge" in text
    assert "- [On pellets](https://doi.org/10.1000/8), 30% alike\n" in text
    assert "gone" not in text
    assert "no judgement of a paper's worth" in text


def test_without_a_share_there_are_points_with_the_size_of_the_group() -> None:
    few = replace(ONE, score=replace(SCORE, percent=None, group_size=40, kind=ScoreKind.LISTING), novelty=None)
    text = text_of(score_card(few, {}))
    assert (
        "**+5.6 points** of the chance to come on a daily list. Too few papers to compare it with (40 papers)." in text
    )
    near = replace(ONE, score=None, novelty=replace(NOVELTY, percent=None, category_size=12))
    assert "too little earlier work in cs.LG here to say (12 papers)" in text_of(score_card(near, KNOWN))


def test_a_paper_of_which_nothing_is_known_says_why() -> None:
    assert "none of its authors was on a daily list before" in text_of(score_card(paper("A study"), {}))


@pytest.mark.parametrize(("known", "says"), [(0, "0 of 1 author were"), (1, "1 of 1 author was")])
def test_how_many_authors_are_known_is_said(known: int, says: str) -> None:
    one = replace(ONE, score=replace(SCORE, known_authors=known, authors=1))
    assert says in text_of(score_card(one, {}))


def test_the_button_stands_where_there_is_something_to_explain() -> None:
    def labels(card: Card) -> list[str]:
        return [button.label for row in card.rows if isinstance(row, tuple) for button in row]

    assert "Why this score" in labels(paper_answer(ONE, TODAY, share=True))
    assert "Why this score" not in labels(paper_answer(paper("A study"), TODAY, share=True))


def test_the_command_line_has_them_too() -> None:
    assert "  interest 78.2 of 100 · novelty 63% · 12 citations (Semantic Scholar, 2026-11-21)" in paper_lines(
        ONE, TODAY
    )
    value = plain_json(paper_json(ONE))
    assert (value["score"]["percent"], value["novelty"]["percent"], value["cited"]["citations"]) == (78.24, 63.6, 12)
