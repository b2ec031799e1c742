"""Blocks: whatever stands in them, a layout keeps Discord's limits or refuses, as Components V2 and as an embed.

The local Discord's own checks judge what would be sent; they know minima as well as maxima.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.chat import drawing
from bot.language.text import blank
from bot.show import cards
from bot.show.blocks import (
    Block,
    Entry,
    Layout,
    Line,
    Text,
    Thumbnail,
    as_card,
    as_it_stands,
    as_layout,
    fits,
    headed,
    load_payload,
    preceded,
    size_of,
    units,
)
from bot.show.cards import CHARACTERS, COMPONENTS, Button, Card, Embed, Option, Picture, Row, Select
from bot.show.lists import shared
from playground.discord.components import COMPONENTS_V2, walk
from playground.discord.limits import check_message
from tests.playground.referee import judge_exchange, present
from tests.properties import tries

NONCE = "1234abcd-18446744073709"  # 25 characters are Discord's limit
PNG = b"\x89PNG\r\n\x1a\n"


def button(action: str = "a", label: str = "Open") -> Button:
    return Button(label, action)


# -- judges -----------------------------------------------------------------------------------------------------------


def judge(body: dict[str, Any]) -> None:
    """Raises what the local Discord says against a message, and what Discord's description says."""
    check_message(body)
    if present():
        assert judge_exchange("POST", "/channels/1/messages", body, 200, None) == []


def judge_layout(layout: Layout) -> None:
    view = drawing.layout_view(layout, NONCE)
    sent: list[Any] = view.to_components()  # type: ignore[no-untyped-call]
    judge({"flags": COMPONENTS_V2, "components": sent})
    parts = list(walk(sent))
    texts = [part["content"] for part in parts if part["type"] == 10]
    assert layout.size() == (len(parts), sum(units(text) for text in texts))
    assert len(parts) <= COMPONENTS
    assert 0 <= sum(len(text.encode("utf-16-le")) // 2 for text in texts) <= CHARACTERS
    assert not any(blank(text) for text in texts)
    assert Layout.from_json(layout.to_json()) == layout == load_payload(layout.to_json())
    pictures = [f"attachment://{file.filename}" for file in drawing.files(layout)]
    shown = [part["media"]["url"] for part in parts if "media" in part]
    shown += [item["media"]["url"] for part in parts for item in part.get("items", ())]
    assert sorted(pictures) == sorted(url for url in shown if url.startswith("attachment:"))
    assert len(pictures) == len(set(pictures))


def judge_card(card: Card) -> None:
    view = drawing.view(card, NONCE)
    made = [embed.to_dict() for embed in drawing.embeds(card)]
    judge({"content": card.text, "embeds": made, "components": view.to_components() if view else []})


def judge_both(layout: Layout) -> None:
    judge_layout(layout)
    judge_layout(layout.without_controls())
    card = as_card(layout)
    judge_card(card)
    judge_layout(as_layout(card))
    texts = "\n\n".join(block.text for block in layout.blocks if isinstance(block, Text | Entry))
    assert not texts or card.embeds[0].description == texts  # as an embed nothing of it is cut


# -- any blocks -------------------------------------------------------------------------------------------------------

SCRIPTS = [
    "深層学習",
    "התפלגות",
    "проверка",
    "😀😀",
    "e\u0301",
    "**[a](https://x.org)** ",
    "-# ",
    "\u3164",
    "\u200b",
    " \n",
]
words = st.one_of(
    st.text(max_size=300),
    st.sampled_from(["", *SCRIPTS]),
    st.builds(lambda part, count: part * count, st.sampled_from([*SCRIPTS, "word "]), st.integers(1, 1200)),
)
buttons = st.builds(Button, words, st.text(min_size=1, max_size=cards.ACTION, alphabet="abc:0123456789"))
links = st.builds(lambda label: Button(label, url="https://arxiv.org/abs/2602.03979"), words)
options = st.lists(st.builds(Option, words, words, st.none() | words), max_size=30)
selects = st.builds(lambda action, hint, given: Select(action, hint, tuple(given)), words, words, options)
pictures = st.builds(lambda alt: Picture(PNG, alt), words)
thumbnails = st.builds(lambda alt: Thumbnail("https://huggingface.co/t.png", alt if not blank(alt) else "A"), words.filter(
    lambda alt: units(alt) <= 1024
))  # fmt: skip
seen = words.filter(lambda text: not blank(text))
entries = st.one_of(
    st.builds(lambda text, beside: Entry(text, beside), seen, st.none() | buttons | links),
    st.builds(lambda text, beside: Entry(text, thumbnail=beside), seen, pictures | thumbnails),
)
rows = st.lists(buttons | links, max_size=6).map(tuple)
blocks = st.lists(st.one_of(st.builds(Text, seen), entries, pictures, st.just(Line()), rows, selects), max_size=16)


@given(blocks, st.booleans())
@tries(400)
def test_a_layout_keeps_every_limit_or_refuses(parts: Sequence[Block], framed: bool) -> None:
    try:
        layout = Layout(tuple(parts), framed)
    except ValueError:
        assume(False)
    judge_both(layout)


short = st.one_of(st.text(min_size=1, max_size=90), st.sampled_from(SCRIPTS)).filter(lambda text: not blank(text))


@given(st.lists(short, min_size=1, max_size=14), st.data())
@tries(300)
def test_a_layout_within_the_limits_is_taken(texts: Sequence[str], data: st.DataObject) -> None:
    """The same blocks with names of their own: nothing is refused that Discord takes."""
    count = itertools.count()
    made: list[Block] = []
    for text in texts:
        kind = data.draw(st.integers(0, 4))
        made.append(Text(text) if kind < 2 else Entry(text, button(f"v:{next(count)}", text)))
        if kind == 4:
            made += [Line(), tuple(button(f"v:{next(count)}") for _ in range(data.draw(st.integers(1, 5))))]
    framed = data.draw(st.booleans())
    if fits(made, framed):
        judge_both(Layout(tuple(made), framed))
    else:
        with pytest.raises(ValueError, match="components of"):
            Layout(tuple(made), framed)


@given(st.builds(lambda text, parts, below: Card(text, tuple(parts), tuple(below)), words, st.lists(
    st.builds(Embed, words, st.none() | st.just("https://arxiv.org/abs/1"), words, words), max_size=10,
), st.lists(rows | selects, max_size=6)))  # fmt: skip
@tries(200)
def test_any_card_can_stand_where_a_layout_stands(card: Card) -> None:
    judge_layout(as_layout(card))


# -- each limit -------------------------------------------------------------------------------------------------------

TEXT = Text("x")


@pytest.mark.parametrize(
    ("made", "framed", "size"),
    [
        ((TEXT,) * 40, False, (40, 40)),
        ((TEXT,) * 39, True, (40, 39)),
        (tuple(Entry("x", button(str(n))) for n in range(13)), True, (40, 13)),
        ((TEXT, Line(), Picture(PNG, "a"), (button(),), Select("s", "", (Option("o", "o"),))), False, (7, 1)),
        ((Entry("x"), Entry("y", thumbnail=Thumbnail("https://x.org/a.png", "a"))), False, (4, 2)),
        ((Text("x" * 2000), Entry("y" * 2000)), False, (2, 4000)),
        ((Text("😀" * 2000),), False, (1, 4000)),
    ],
)
def test_what_just_fits_is_taken(made: tuple[Block, ...], framed: bool, size: tuple[int, int]) -> None:
    assert fits(made, framed)
    assert size_of(made, framed) == size
    judge_both(Layout(made, framed))


@pytest.mark.parametrize(
    ("made", "framed", "why"),
    [
        ((TEXT,) * 41, False, "41 components"),
        ((TEXT,) * 40, True, "41 components"),
        (tuple(Entry("x", button(str(n))) for n in range(14)), False, "42 components"),  # no schema counts the nested ones
        ((Text("x" * 2000), Entry("y" * 2001)), False, "4001 characters"),
        ((Text("😀" * 2001),), False, "4002 characters"),
        ((), False, "neither"),
        (((button(),), Line()), False, "neither"),
        ((TEXT, ()), False, "a row"),
        ((TEXT, tuple(button(str(n)) for n in range(6))), False, "a row"),
        ((TEXT, (button(), button())), False, "twice"),
        ((Entry("x", button()), Select("a", "", (Option("o", "o"),))), False, "twice"),
        ((TEXT, (Button("no action"),)), False, "a control"),
        ((TEXT, (button("a" * (cards.ACTION + 1)),)), False, "a control"),
        ((TEXT, Select("s", "", ())), False, "a control"),
        (tuple(Picture(PNG, "a") for _ in range(11)), False, "pictures"),
        ((Picture(PNG, "😀" * 600),), False, "alt text"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(made: tuple[Block, ...], framed: bool, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Layout(made, framed)


@pytest.mark.parametrize("nothing", ["", " \n", "\u3164", "\u200b", "\u0301"])
def test_a_text_that_shows_nothing_is_refused(nothing: str) -> None:
    for make in (Text, Entry, lambda text: Thumbnail("https://x.org/a.png", text)):
        with pytest.raises(ValueError, match=r"nothing|alt text"):
            make(nothing)


def test_a_thumbnail_has_an_address_and_an_entry_one_thing_beside_it() -> None:
    for url in ("attachment://a.png", "javascript:x", "https://x.org/" + "a" * 2048):
        with pytest.raises(ValueError, match="address"):
            Thumbnail(url, "a")
    with pytest.raises(ValueError, match="alt text"):
        Thumbnail("https://x.org/a.png", "a" * 1025)
    with pytest.raises(ValueError, match="beside"):
        Entry("x", button(), Thumbnail("https://x.org/a.png", "a"))


@pytest.mark.parametrize(
    "text", ["{}", "[]", "5", '{"blocks": 5, "framed": false}', '{"blocks": [["text", 5]], "framed": false}',
             '{"blocks": [["text", ""]], "framed": false}', '{"blocks": [["song", "x"]], "framed": false}',
             '{"blocks": [["picture", ["!", "a"]]], "framed": false}', '{"blocks": [], "framed": false}'],
)  # fmt: skip
def test_what_is_no_layout_is_not_read(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        load_payload(text)


# -- the other kind ---------------------------------------------------------------------------------------------------


def ten() -> Layout:
    """A list of ten with a vote beside each, as long as it gets."""
    papers = [Entry(f"{n}. a paper", button(f"vote:{n}", f"▲ {n}")) for n in range(1, 11)]
    menu = Select("read", "Read", (Option("o", "o"),))
    return Layout((Text("### Papers"), *papers, Text("-# Ranked."), menu, (button("x"), button("y"), button("z"))))


def test_as_an_embed_the_buttons_of_entries_stand_in_rows_below() -> None:
    assert ten().size()[0] == 38
    card = as_card(ten())
    assert card.embeds[0].description.split("\n\n")[:2] == ["### Papers", "1. a paper"]
    lengths = [len(row) if isinstance(row, tuple) else "menu" for row in card.rows]
    assert lengths == [5, 5, "menu", 3]
    votes = [button.label for row in card.rows[:2] if isinstance(row, tuple) for button in row]
    assert votes == [f"▲ {n}" for n in range(1, 11)]


def test_where_five_rows_are_too_few_the_buttons_stand_side_by_side() -> None:
    made = Layout((TEXT, *((button(f"{n}"),) for n in range(7)), Select("read", "", (Option("o", "o"),))))
    rows: Sequence[Row] = as_card(made).rows
    assert [len(row) if isinstance(row, tuple) else "menu" for row in rows] == [5, 2, "menu"]


def test_as_an_embed_the_first_picture_stands_last_and_the_others_are_said_in_words() -> None:
    one, two = Picture(PNG, "One"), Picture(PNG, "Two")
    card = as_card(
        Layout((TEXT, one, Entry("y", thumbnail=two), Entry("z", thumbnail=Thumbnail("https://x.org/a", "A"))))
    )
    assert card.picture == one
    assert [e.description for e in card.embeds] == ["x\n\ny\n\nz", "-# Two"]
    assert card.embeds[0].thumbnail_url == "https://x.org/a"
    assert as_card(Layout((one,))).embeds[0].description == "One"


def test_a_long_card_is_shortened_by_whole_lines_where_a_layout_stands() -> None:
    lines = [f"{n}. [a paper](https://arxiv.org/abs/2602.0{n:04})" for n in range(100)]
    (text,) = as_layout(
        Card(embeds=(Embed(description="\n".join(lines[:80])), Embed(description="\n".join(lines[80:]))))
    ).blocks
    assert isinstance(text, Text)
    *kept, last = text.text.split("\n")
    assert last == "…"
    assert kept == [*lines[:80], "", *lines[80:]][: len(kept)]
    assert 3900 < units(text.text) <= CHARACTERS


def test_a_layout_stays_one_and_embeds_may_become_one() -> None:
    card, layout = Card(embeds=(Embed(description="x"),)), Layout((TEXT,))
    assert as_it_stands(card, layout.to_json()) == layout
    assert as_it_stands(layout, card.to_json()) == layout
    assert as_it_stands(card, card.to_json()) == card
    assert as_it_stands(card, "no card") == card


def test_a_layout_without_controls_keeps_its_words_and_pictures() -> None:
    picture = Picture(PNG, "One")
    bare = Layout((*ten().blocks, picture)).without_controls()
    assert bare.blocks == (
        Text("### Papers"),
        *(Entry(f"{n}. a paper") for n in range(1, 11)),
        Text("-# Ranked."),
        picture,
    )


# -- with words before it ---------------------------------------------------------------------------------------------

LEAD = Card("Know this first.", rows=((button("lead", "Go on"),),))


def test_a_lead_stands_before_the_blocks() -> None:
    made = preceded(LEAD, Layout((TEXT,), framed=True))
    assert made == Layout((Text("Know this first."), *LEAD.rows, TEXT), framed=True)
    assert preceded(LEAD, Card("x")) == cards.led(LEAD, Card("x"))


@pytest.mark.parametrize("full", [ten(), Layout((Text("x" * 4000),)), Layout((Entry("x", button("lead")),))])
def test_a_lead_that_has_no_room_makes_the_answer_an_embed(full: Layout) -> None:
    made = preceded(LEAD, full)
    assert isinstance(made, Card)
    assert made.text == "Know this first."
    assert made.rows[0] == LEAD.rows[0]
    judge_card(made)


def test_shared_a_layout_keeps_what_opens_its_papers() -> None:
    made = shared(ten(), "Ada")
    assert isinstance(made, Layout)
    assert made.blocks[:3] == (Text("-# Shared by Ada"), Text("### Papers"), Entry("1. a paper"))
    assert [b for b in made.blocks if isinstance(b, tuple | Select)] == [ten().blocks[-2]]
    card = shared(Layout((Text("x" * 4000),)), "Ada")
    assert isinstance(card, Card)
    assert card.text == "-# Shared by Ada"
    assert headed("", Layout((TEXT,))) == replace(as_card(Layout((TEXT,))), text="")
