"""A person's own paper as a card: what each line says, which papers are seen, and that everything fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.delivery.digest import arranged, rank
from bot.language.text import blank
from bot.models import (
    Alert,
    Author,
    Cadence,
    Community,
    Content,
    Detail,
    Hit,
    Item,
    MessageKind,
    OwnerKind,
    Paper,
    PaperId,
    Reason,
    Recipient,
    Subscription,
    SubscriptionKind,
    Welcome,
)
from bot.query.reasons import Wishes
from bot.show.briefs import brief
from bot.show.cards import ACTION, CONTENT, EMBED_DESCRIPTION, Card, Select
from bot.show.digests import pages, papers_of
from bot.show.rendering import card_of, in_parts
from tests.amount import real_rows
from tests.conftest import NOW
from tests.test_digest_page import DAY, KEMPE, ROBOT, VISION, digest

A_WEEK = timedelta(days=7)


def paper(number: int = 1, **more: object) -> Paper:
    fields: dict[str, object] = {
        "id": number,
        "ids": (PaperId("arxiv", f"2602.{number:05}"),),
        "title": f"Paper {number}",
        "abstract": "It was dark. We present a lamp for every desk.",
        "authors": (Author("Ada Example"), Author("Julia Kempe")),
        "categories": ("cs.CV", "cs.LG"),
        "first_seen": NOW,
        "published": DAY,
    }
    return Paper(**{**fields, **more})  # type: ignore[arg-type]


def first_line(item: Item) -> str:
    return brief(1, item, DAY).split("\n")[0]


# -- one paper -----------------------------------------------------------------------------------------------------------


def test_a_paper_has_three_lines_with_every_reason_in_the_first() -> None:
    item = Item(paper(community=Community(10, listed_on=DAY, code_url="https://github.com/a/b")), (VISION, ROBOT))
    assert brief(1, item, DAY) == (
        "-# **robot** in the title and abstract; also **cs.CV** · 2 authors · 10 upvotes · code\n"
        "**1.** [Paper 1](https://arxiv.org/abs/2602.00001)\n"
        "We present a lamp for every desk."
    )


def test_a_followed_author_comes_first_with_the_place_and_stands_for_the_others() -> None:
    item = Item(paper(), (VISION, ROBOT, KEMPE))
    assert first_line(item) == "-# **Julia Kempe**, 2nd of 2; also **robot** in the title and abstract, **cs.CV**"
    initials = Reason(
        1, SubscriptionKind.AUTHOR, "Julia Kempe", (Hit("Julia Kempe", "author", "J. Kempe", "initials"),)
    )
    item = Item(paper(authors=(Author("J. Kempe"),), categories=()), (initials,))
    assert first_line(item) == "-# **J. Kempe**, whose initials agree with **Julia Kempe**"


@pytest.mark.parametrize(
    ("published", "said"), [(DAY, ""), (DAY - A_WEEK, ""), (DAY - A_WEEK - timedelta(days=1), " · Feb 4")]
)
def test_a_date_is_said_of_what_is_older_than_a_week(published: object, said: str) -> None:
    item = Item(paper(published=published), (ROBOT,))
    assert first_line(item) == f"-# **robot** in the title and abstract · 2 authors · CV{said}"


def test_what_is_zero_or_not_known_is_left_out() -> None:
    item = Item(paper(community=Community(0, comments=0, listed_on=DAY), authors=(), categories=(), published=None))
    assert brief(1, item, DAY).startswith("**1.** [Paper 1]")
    assert "withdrawn" in first_line(replace(item, paper=replace(item.paper, withdrawn=True)))
    assert "Discord did not take it" in first_line(replace(item, late="Discord did not take it on Feb 3."))


def test_a_sources_own_summary_comes_before_the_abstract() -> None:
    item = Item(paper(community=Community(1, listed_on=DAY, summary="A lamp is presented.")))
    assert brief(1, item, DAY).endswith("\nA lamp is presented.")
    assert brief(1, Item(paper(abstract="")), DAY).endswith("(https://arxiv.org/abs/2602.00001)")


# -- the order -----------------------------------------------------------------------------------------------------------


def test_authors_come_first_then_the_match_then_the_score_and_votes_last() -> None:
    owner = Recipient(OwnerKind.USER, 1)
    kinds = {1: SubscriptionKind.AUTHOR, 2: SubscriptionKind.KEYWORD, 3: SubscriptionKind.CATEGORY}
    wishes = Wishes.of(Subscription(n, owner, kind, f"q{n}", Cadence.DAILY, NOW) for n, kind in kinds.items())
    reasons = {
        10: (VISION,),
        11: (KEMPE,),
        12: (ROBOT,),
        13: (VISION,),
        14: (ROBOT, VISION),
        15: (VISION,),
        16: (VISION,),
    }
    alerts = [Alert(n, owner, n, Cadence.DAILY, why, NOW) for n, why in reasons.items()]
    standings = {
        10: (1, -2.0, 900), 11: (0, 0.0, 0), 12: (2, 0.1, 800), 13: (2, -0.5, 5), 14: (0, 0.0, 0), 15: (1, 3.0, 0), 16: (1, 3.0, 1),
    }  # fmt: skip
    order = rank(alerts, standings, wishes).order
    assert [alert.id for alert, _ in order] == [11, 14, 12, 13, 16, 15, 10]


def test_papers_of_one_subscription_stand_side_by_side_behind_the_best_ones() -> None:
    reasons = [KEMPE, ROBOT, VISION, ROBOT, VISION, ROBOT, KEMPE]
    items = [Item(paper(n), (reason,)) for n, reason in enumerate(reasons)]
    assert [item.paper.id for item in arranged(items, 3)] == [0, 1, 2, 3, 5, 4, 6]
    assert [item.paper.id for item in arranged(items, 4)] == [0, 1, 3, 2, 4, 5, 6]


# -- pages ---------------------------------------------------------------------------------------------------------------


def labels(card: Card) -> list[list[str]]:
    return [[button.label for button in row] for row in card.rows if not isinstance(row, Select)]


def test_three_are_shown_and_the_others_a_press_away() -> None:
    content = digest(12)
    assert len(in_parts(content)) == 1
    assert pages(content) == 3
    assert labels(card_of(content)) == [["Open 1", "Open 2", "Open 3"], ["Show 9 more", "Pause", "Manage"]]
    assert "12 papers, the best 3 first" in card_of(content).text
    second = card_of(replace(content, page=1))
    assert labels(second) == [
        ["Open 4", "Open 5", "Open 6"],
        ["Open 7", "Open 8", "Open 9"],
        ["Previous page", "Next page", "Pause", "Manage"],
    ]
    assert "4 to 9 of 12" in second.text
    assert labels(card_of(replace(content, page=2)))[-1] == ["Previous page", "Pause", "Manage"]
    assert labels(card_of(digest(2))) == [["Open 1", "Open 2", "Pause", "Manage"]]


@pytest.mark.parametrize("first", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 12, 19, 20])
def test_every_paper_stands_on_exactly_one_page(first: int, count: int) -> None:
    content = replace(digest(count), first=first)
    seen = [item.paper.id for page in range(pages(content)) for item in papers_of(replace(content, page=page))[1]]
    assert seen == [item.paper.id for item in content.items]
    assert papers_of(replace(content, page=99))[1] == papers_of(replace(content, page=pages(content) - 1))[1]


def test_a_subscription_has_a_heading_from_its_second_paper_on() -> None:
    second = card_of(replace(digest(12), page=1)).embeds[0].description
    assert second.count("**robot** · 8 papers\n") == 1
    assert "Kempe** · 4 papers" in second
    assert "papers\n" not in card_of(digest(12)).embeds[0].description
    alone = replace(digest(12), items=tuple(replace(item, reasons=(ROBOT,)) for item in digest(12).items), page=1)
    assert "papers\n" not in card_of(alone).embeds[0].description


# -- limits --------------------------------------------------------------------------------------------------------------


def check(card: Card) -> None:
    assert not blank(card.text)
    assert len(card.text) <= CONTENT
    assert all(0 < len(embed.description) <= EMBED_DESCRIPTION for embed in card.embeds)
    assert not any(
        embed.description.endswith("…") and len(embed.description) == EMBED_DESCRIPTION for embed in card.embeds
    )
    actions = [button.action for row in card.rows if not isinstance(row, Select) for button in row]
    assert len(actions) == len(set(actions))
    assert all(len(action) <= ACTION for action in actions)


WORST = (
    paper(title="A" * 300, abstract="We present " + "word, " * 700),
    paper(title="*_`~|[" * 50, abstract="*_`~|[" * 600),
    paper(authors=tuple(Author(f"Author Number {n}") for n in range(3_303))),
    paper(ids=(PaperId("url", "example.org/" + "x" * 1_900),), title="漢" * 300),
    paper(title="$ $", abstract="", authors=(), categories=()),
)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("worst", WORST)
def test_the_worst_papers_fit_every_page_whole(worst: Paper, detail: Detail, plain: bool) -> None:
    many = tuple(Hit(f"term*{n}" + "_" * 60, "title", "x") for n in range(60))
    reasons = (KEMPE, Reason(2, SubscriptionKind.KEYWORD, "_" * 400, many), ROBOT, VISION)
    items = tuple(Item(replace(worst, id=n), reasons, late="late " * 50) for n in range(1, 21))
    content = Content(MessageKind.DIGEST, DAY, items, first=6, more=7, plain=plain)
    for page in range(pages(content)):
        card = card_of(replace(content, page=page), detail)
        check(card)
        number, shown = papers_of(replace(content, page=page))
        text = card.embeds[0].description
        for n in range(number, number + len(shown)):
            assert (f"\n{n} of 20: " if plain else f"**{n}.** ") in f"\n{text}"


@pytest.mark.parametrize("plain", [False, True])
def test_what_a_filter_refused_says_no_other_word_than_titles(plain: bool) -> None:
    welcome = Welcome(1, SubscriptionKind.KEYWORD, "refused", Cadence.DAILY, NOW)
    content = replace(digest(2, plain=plain), kind=MessageKind.WELCOME, welcome=welcome, late=("refused",))
    assert "refused" in card_of(content).text
    card = card_of(content, Detail.PLAIN)
    assert "Papers for Feb 12" in card.text
    assert "refused" not in card.text
    assert "robot" not in card.embeds[0].description
    assert "Julia" not in card.embeds[0].description


def test_plain_text_has_no_mark_and_whole_links() -> None:
    content = digest(12, plain=True)
    card = card_of(content)
    assert card.text == (
        "Your papers, Thursday, February 12. 12 papers. Here are the best 3. 9 more behind the button Show 9 more."
    )
    assert card.embeds[0].description.startswith(
        "1 of 12: Likelihood-Based Reward Designs for General LLM Reasoning.\n"
        "Because of Julia Kempe, 4th of 5. CL. Feb 3. 2 upvotes.\n"
        "We systematically investigate rewards derived from the probability of emitting the reference answer…\n"
        "<https://arxiv.org/abs/2602.00001>"
    )
    for page in range(pages(content)):
        shown = card_of(replace(content, page=page))
        text = shown.text + shown.embeds[0].description
        assert not any(sign in text for sign in ("**", "·", "★", "-#", "](", "\u200b"))
    assert labels(card) == labels(card_of(digest(12)))


def test_real_papers_fit_in_every_mode(data: Path) -> None:
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", 30_000, 20))
    assert len(rows) > 1_000
    made = [
        paper(
            n,
            title=row["title"],
            abstract=row["abstract"],
            authors=tuple(map(Author, row["authors"])),
            categories=tuple(row["categories"]),
        )
        for n, row in enumerate(rows, 1)
    ]
    for start in range(0, len(made), 20):
        items = tuple(Item(one, (ROBOT, VISION)) for one in made[start : start + 20])
        for plain in (False, True):
            content = Content(MessageKind.DIGEST, DAY, items, first=3, plain=plain)
            for page in range(pages(content)):
                check(card_of(replace(content, page=page)))
