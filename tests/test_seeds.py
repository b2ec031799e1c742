"""Every kind of thing that the two pages of docs/seeds.md show has its place here: held for all real rows of both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.authors.pages import Authors
from bot.authors.registries import Registries
from bot.language.text import plain
from bot.models import (
    Author,
    AuthorPage,
    Community,
    Figure,
    Organization,
    Paper,
    PaperId,
    Reference,
    Score,
    ScoreKind,
    Written,
)
from bot.search.search import Search
from bot.show.author_pages import author_card
from bot.show.lists import PER_PAGE, entries
from bot.show.papers import paper_card
from bot.show.safe import safe, shown
from bot.store import papers
from bot.store.database import Database
from tests.conftest import record

TODAY = date(2026, 8, 20)  # when the pages were seen
NOW = datetime(2026, 8, 20, tzinfo=UTC)
WHO = "Julia Kempe"


def rows(folder: Path, document: str) -> list[dict[str, Any]]:
    with (folder / "seeds.jsonl").open(encoding="utf-8") as lines:
        return [row for line in lines if (row := json.loads(line))["doc"] == document]


def paper(number: int, row: dict[str, Any]) -> Paper:
    names = row["authors"] or [f"Person {n}" for n in range(row["author_count"] or 1)]
    if row["authors_truncated"]:
        names = [*names, WHO]
    organization = (
        Organization("slug", row.get("organisation_name") or row["organisation"]) if row["organisation"] else None
    )
    community = Community(
        comments=row["comments"] or 0, listed_on=date.fromisoformat(row["date"]), organization=organization,
        code_url="https://github.com/somebody/something" if row["code"] else None,
    )  # fmt: skip
    score = Score(ScoreKind.INTEREST, 1.0, row["score"], "a group", 100, (), 1, 1, NOW) if row["score"] else None
    return Paper(
        number, (PaperId("arxiv", f"2607.{number:05}"),), row["title"], row["abstract"], tuple(map(Author, names)),
        (f"cs.{row['category']}",) if row["category"] else (), NOW, published=date.fromisoformat(row["date"]), community=community,
        score=score,
    )  # fmt: skip


def found(text: str, *wanted: str) -> Iterator[str]:
    """Those that do not stand there."""
    yield from (one for one in wanted if one and one not in text)


def test_an_author_page_shows_what_theirs_shows(data: Path) -> None:
    given = rows(data, "000")
    every = [paper(number, row) for number, row in enumerate(given, 1)]
    none = Figure(None, reason="nobody knows")
    assert len(given) == 36
    for start in range(0, len(given), PER_PAGE):
        written = tuple(
            Written(one, WHO, [author.name for author in one.authors].index(WHO) + 1)
            for one in every[start : start + PER_PAGE]
        )
        page = AuthorPage(
            Reference(WHO),
            WHO,
            Figure("cs.LG"),
            none,
            none,
            none,
            none,
            none,
            none,
            written,
            len(given),
            page=start // PER_PAGE,
        )
        card = author_card(page, 1, TODAY, share=False)
        parts = card.embeds[1].description.split("\n\n**")
        assert card.embeds[0].title == WHO
        assert len(parts) == len(written)
        for row, text in zip(given[start : start + PER_PAGE], parts, strict=True):
            names = ", ".join(safe(plain(name), 80) for name in row["authors"])
            missing = [
                *found(
                    text, shown(row["title"], 200), row["date_text"], row["category"], names, row["organisation"] or ""
                ),
                *found(text, f"{row['score']:.1f}" if row["score"] else "", "Code" if row["code"] else ""),
                *found(text, "et al." if row["authors_truncated"] else ""),
                *found(text, safe(plain(row["abstract"]), 4_000)[:40]),
            ]
            assert missing == [], text
            assert row["code"] or "Code" not in text


async def test_all_its_papers_stand_on_the_page_in_its_order(data: Path, database: Database) -> None:
    given = rows(data, "000")
    records = [
        record(
            f"2607.{number:05}", row["title"], abstract=row["abstract"], published=date.fromisoformat(row["date"]),
            authors=(*row["authors"], *([WHO] if row["authors_truncated"] else [])), categories=(f"cs.{row['category']}",),
            at=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
        )
        for number, row in enumerate(given, 1)
    ]  # fmt: skip
    async with database.transaction() as write:
        await papers.add_records(write, records, NOW, eligible=False)
    authors = Authors(database, Search(database, lambda: NOW), Registries(database, lambda: NOW), lambda: NOW)
    first = await authors.find(WHO, ask=False)
    assert isinstance(first, AuthorPage)
    assert (first.total, first.papers_count.value, first.category.value) == (36, 36, "cs.LG")
    pages = [await authors.page(first.reference, page=number, ask=False) for number in range(4)]
    shown = [one.paper for page in pages for one in page.written]
    assert {one.title for one in shown} == {row["title"] for row in given}
    days = [one.published for one in shown if one.published]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("document", ["001", "002", "003", "004"])
def test_a_topic_search_shows_what_theirs_shows(data: Path, document: str) -> None:
    for number, row in enumerate(rows(data, document), 1):
        text = entries([paper(number, row)], TODAY, 0)
        who = row.get("organisation_name") or row["organisation"] or f"{row['author_count']} author"
        comments = f"{row['comments']} comment" if row["comments"] else ""
        missing = [
            *found(text, shown(row["title"], 200), row["date_text"], safe(plain(who), 80), comments),
            *found(text, safe(plain(row["abstract"]), 4_000)[:40]),
        ]
        assert missing == [], text


def test_the_whole_abstract_is_one_press_away(data: Path) -> None:
    for document in ("000", "001", "002", "003", "004"):
        for number, row in enumerate(rows(data, document), 1):
            whole = " ".join(embed.description for embed in paper_card(paper(number, row), TODAY).embeds)
            assert shown(row["abstract"], 6_000) in whole


def test_the_page_about_it_names_every_kind() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "seeds.md").read_text(encoding="utf-8")
    kinds = ("name", "main category", "h-index", "citations", "number of papers", "novelty", "score", "category", "date", "code flag",
             "first three authors", "institution", "abstract", "title", "number of authors", "organisation", "comments")  # fmt: skip
    assert [kind for kind in kinds if kind not in text] == []
