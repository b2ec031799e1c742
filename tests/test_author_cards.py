"""A person's page as a card: every figure with its scope and source, every paper with its facts, whatever is missing or too long."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from PIL import Image

from bot.models import (
    Author,
    AuthorPage,
    Candidate,
    Candidates,
    Cited,
    Community,
    Figure,
    Organization,
    Paper,
    PaperId,
    Profile,
    Reference,
    Registry,
    Score,
    ScoreKind,
    ScorePart,
    Sorting,
    Written,
    YearCount,
)
from bot.show.author_pages import author_card, bearers_card
from bot.show.author_printing import author_json, author_lines
from bot.show.cards import EMBED_TOTAL, ROWS, Card, Select
from bot.show.chart import years_picture
from bot.show.lists import authors_select
from bot.show.printing import plain_json

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
S2 = Profile(
    Registry.SEMANTIC_SCHOLAR,
    "17",
    "Julia Kempe",
    NOW,
    h_index=22,
    papers=148,
    citations=603,
    orcid="0000-0002-1825-0097",
)
OA = Profile(
    Registry.OPENALEX,
    "A5",
    "Julia Kempe",
    NOW,
    affiliation="New York University",
    affiliated=2025,
    orcid="0000-0002-1825-0097",
)
NAMES = ("Ada One", "Bo Two", "Cy Three", "Julia Kempe", "Di Five")


def paper(number: int = 1, **more: Any) -> Paper:
    fields: dict[str, Any] = {
        "id": number, "ids": (PaperId("arxiv", f"2602.{number:05}"),), "title": f"On rewards {number}",
        "abstract": "We study rewards. They are many. " * 20, "authors": tuple(map(Author, NAMES)), "categories": ("cs.LG", "cs.AI"),
        "first_seen": NOW, "published": date(2026, 2, 3),
        "community": Community(upvotes=4, organization=Organization("meta", "Meta Research"), code_url="https://github.com/a/b"),
        "score": Score(ScoreKind.INTEREST, 3.1, 96.54, "cs.LG, January to March 2026", 240, (ScorePart("code", 1.0),), 1, 5, NOW),
        "cited": Cited(Registry.SEMANTIC_SCHOLAR, 12, (), NOW),
    }  # fmt: skip
    return Paper(**{**fields, **more})


def written(one: Paper, place: int = 4) -> Written:
    return Written(one, one.authors[place - 1].name if one.authors else "", place)


def page(*papers: Paper, **more: Any) -> AuthorPage:
    fields: dict[str, Any] = {
        "reference": Reference("Julia Kempe"), "name": "Julia Kempe", "category": Figure("cs.LG", "of 7 of 9 papers here"),
        "h_index": Figure(22, "whole career", "Semantic Scholar", NOW), "papers_count": Figure(9, "in this collection", "Paperboy"),
        "career_papers": Figure(148, "whole career", "Semantic Scholar", NOW),
        "citations": Figure(603, "whole career", "Semantic Scholar", NOW),
        "novelty": Figure(54.2, "novelty from 8 of 9 papers here", "Paperboy"),
        "score": Figure(60.25, "interest from 7 of 9 papers here", "Paperboy"),
        "written": tuple(map(written, papers)), "total": len(papers), "profiles": (S2, OA),
        "affiliation": "New York University", "affiliated": 2025,
        "years": (YearCount(2024, 3, 100), YearCount(2025, 6, 240), YearCount(2026, 4, 263)),
    }  # fmt: skip
    return AuthorPage(**{**fields, **more})


def text_of(card: Card) -> str:
    return "\n".join(f"{embed.title}\n{embed.description}" for embed in card.embeds)


def test_every_figure_stands_with_what_it_counts_and_who_says_so() -> None:
    text = text_of(author_card(page(paper()), 5, TODAY, share=True))
    stamp = f"<t:{int(NOW.timestamp())}:R>"
    assert "Machine Learning (LG) · New York University (2025)" in text
    assert "[Semantic Scholar](https://www.semanticscholar.org/author/17) · [OpenAlex](https://openalex.org/A5)" in text
    assert text.count("https://orcid.org/0000-0002-1825-0097") == 1
    assert f"**22** h-index · **603** citations · **148** papers\n-# whole career, Semantic Scholar, {stamp}\n" in text
    assert "**9** papers here · **54%** novelty · **60.2** interest" in text
    assert "in this collection; novelty from 8 of 9 papers here; interest from 7 of 9 papers here" in text


def test_a_paper_has_score_category_date_code_names_institution_and_its_beginning() -> None:
    text = text_of(author_card(page(paper()), 5, TODAY, share=True))
    assert "**1.** [On rewards 1](https://arxiv.org/abs/2602.00001)" in text
    facts = "-# 96.5 · LG · Feb 3 · Code · Ada One, Bo Two, Cy Three et al. with **Julia Kempe** · Meta Research · 4 upvotes · 12 citations"
    assert facts in text
    assert "\nWe study rewards. They are many." in text


def test_who_stands_among_the_first_three_is_not_named_twice_and_an_old_paper_has_its_year() -> None:
    one = paper(published=date(2024, 2, 3), authors=(Author("Julia Kempe"), Author("Ada One")))
    text = text_of(author_card(page(written=(written(one, 1),), total=1), 5, TODAY, share=False))
    assert "Feb 3, 2024 · Code · Julia Kempe, Ada One · Meta" in text


def test_what_is_not_known_is_a_dash_with_the_reason_and_never_a_number() -> None:
    none = Figure(None, reason="no registry has told me yet who that is")
    card = author_card(
        page(paper(score=None, cited=None, community=None), h_index=none, citations=none, career_papers=none, profiles=(), affiliation="",
             novelty=Figure(None, reason="too little earlier work here to say"),
             score=Figure(None, reason="no record of earlier lists yet")),
        5, TODAY, share=False,
    )  # fmt: skip
    text = text_of(card)
    assert "**–** h-index · **–** citations · **–** papers" in text
    assert "h-index, citations, papers: no registry has told me yet who that is" in text
    assert "**–** novelty · **–** interest" in text
    assert "novelty: too little earlier work here to say" in text
    assert "-# LG · Feb 3 · Ada One" in text


def test_the_chart_says_its_numbers_in_words_and_stands_on_the_first_page_alone() -> None:
    first = author_card(page(paper(), total=30), 5, TODAY, share=False)
    assert first.picture is not None
    assert "papers 2024 3, 2025 6, 2026 4" in first.picture.alt
    assert "citations 2024 100, 2025 240, 2026 263" in first.picture.alt
    drawn = Image.open(io.BytesIO(first.picture.data))
    assert drawn.size == (600, 200)
    assert len(set(drawn.convert("L").get_flattened_data())) > 5
    assert author_card(page(paper(), total=30, page=1), 5, TODAY, share=False).picture is None


@pytest.mark.parametrize(
    "years",
    [(), (YearCount(2026, 3, 4),), (YearCount(2025), YearCount(2026)), (YearCount(2025, 0, 0), YearCount(2026, 0, 0))],
)
def test_too_little_is_no_chart(years: tuple[YearCount, ...]) -> None:
    assert years_picture(years, "Julia Kempe", "whole career") is None


def test_controls_lead_to_every_other_order_page_person_and_to_following() -> None:
    card = author_card(
        page(*(paper(n) for n in range(1, 11)), total=36, sorting=Sorting.CITATIONS), 5, TODAY, share=True
    )
    assert len(card.rows) == ROWS - 1
    selects = [row for row in card.rows if isinstance(row, Select)]
    assert [select.action for select in selects] == ["abstract", "author-sort:5"]
    assert [option.value for option in selects[1].options if option.default] == ["citations"]
    buttons = {button.label: button.action for row in card.rows if isinstance(row, tuple) for button in row}
    assert buttons["▶"] == "author:5:citations:1"
    assert buttons["Follow Julia Kempe"] == "author-follow:5"
    assert buttons["Not this person"] == "authors:5:0"
    assert buttons["Share here"] == "share:author:5:citations:0"
    assert [type(row) for row in author_card(page(paper()), None, TODAY, share=True).rows] == [Select]


def test_the_worst_page_fits_and_loses_no_paper() -> None:
    worst = [
        paper(
            n, title=("*_~`|[]()<>@ " * 25)[:300], abstract="x" * 4_000,
            authors=tuple(Author("Maximiliana-Konstantina von und zu Überlang " + str(k)) for k in range(3_303)),
            community=Community(upvotes=9_999_999, organization=Organization("o", "O" * 300), code_url="https://github.com/a/b"),
        )
        for n in range(1, 11)
    ]  # fmt: skip
    card = author_card(
        page(*(worst), written=tuple(written(one, 3_000) for one in worst), total=500, name="N" * 400, also=("n" * 200,) * 40,
             warnings=("w" * 500,) * 4, affiliation="a" * 900),
        5, TODAY, share=True,
    )  # fmt: skip
    assert sum(embed.size for embed in card.embeds) <= EMBED_TOTAL
    assert all(f"**{n}.** [" in card.embeds[1].description for n in range(1, 11))


def test_a_paper_leads_to_its_first_and_its_last_authors() -> None:
    (row,) = authors_select(paper())
    assert isinstance(row, Select)
    assert [(o.label, o.value) for o in row.options] == [(name, str(n)) for n, name in enumerate(NAMES, 1)]
    (row,) = authors_select(paper(authors=tuple(Author(f"Person {n}") for n in range(1, 3_304))))
    assert isinstance(row, Select)
    assert [o.value for o in row.options] == [*map(str, range(1, 21)), *map(str, range(3_299, 3_304))]
    assert authors_select(paper(authors=())) == ()


def test_two_hundred_namesakes_are_told_apart_page_by_page() -> None:
    people = tuple(
        Candidate(
            Reference("Wei Zhang", f"semantic-scholar:{n}"), "Wei Zhang", 200 - n,
            (replace(S2, id=str(n), affiliation=f"University {n}"),), ("Li Wang",), ("cs.CV",), f"A paper {n}",
        )
        for n in range(200)
    )  # fmt: skip
    found = Candidates("Wei Zhang", people)
    values = [f"(semantic-scholar:{n})" for n in range(200)]
    card = bearers_card(found, values, 7, 0)
    assert "**Wei Zhang** may be one of 200 people" in text_of(card)
    assert "200 papers here · h-index 22" in text_of(card)
    assert "University 0" in text_of(card)
    last = bearers_card(found, values, 7, 99)  # a page that is gone
    select = last.rows[0]
    assert isinstance(select, Select)
    assert [o.value for o in select.options] == values[175:]
    seen = [
        o.value
        for p in range(8)
        for row in bearers_card(found, values, 7, p).rows
        if isinstance(row, Select)
        for o in row.options
    ]
    assert seen == values


def test_nobody_of_that_name_is_said_with_the_reason() -> None:
    card = bearers_card(Candidates("Zyx Qwv", (), silence="Semantic Scholar does not answer right now."), [], 7, 0)
    assert text_of(card).strip() == "Nobody here is called **Zyx Qwv**. Semantic Scholar does not answer right now."
    assert card.rows == ()


def test_the_command_line_says_the_same_in_lines_and_in_json() -> None:
    one = page(paper(), h_index=Figure(None, reason="nobody knows"), warnings=("odd",))
    lines = author_lines(one, TODAY)
    assert "  h index: – (nobody knows)" in lines
    assert "  citations: 603 (whole career, Semantic Scholar, 2026-11-21)" in lines
    assert "  score: 60.2 (interest from 7 of 9 papers here, Paperboy)" in lines
    value = plain_json(author_json(one))
    assert value["h_index"] == {"value": None, "reason": "nobody knows"}
    assert value["name"]["value"] == "Julia Kempe"
    assert value["citations"] == {
        "value": 603,
        "scope": "whole career",
        "source": "Semantic Scholar",
        "as_of": NOW.isoformat(),
    }
    assert [p["score"] for p in value["papers"]] == [96.54]
    assert (value["papers"][0]["category"], value["papers"][0]["code"], value["papers"][0]["place"]) == ("LG", True, 4)
