"""Cards of the dirtiest papers there are: no limit broken, nothing active, links to known hosts only."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.chat.drawing import embed, view
from bot.language.text import clean
from bot.models import (
    Author,
    Community,
    Content,
    Detail,
    Hit,
    Item,
    MessageKind,
    Organization,
    Paper,
    PaperId,
    Reason,
    SubscriptionKind,
)
from bot.show import wording
from bot.show.cards import Card, Select
from bot.show.digests import pages
from bot.show.papers import paper_card, paper_embed
from bot.show.rendering import card_of, in_parts
from tests.properties import rounds, tries

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOSTS = frozenset({"arxiv.org", "doi.org", "huggingface.co", "github.com", "gitlab.com", "example.org"})
NONCE = "1234abcd-18446744073709"  # 25 characters are Discord's limit


def paper(title: str = "A paper", abstract: str = "", authors: Iterable[str] = ("Ada Example",), **more: Any) -> Paper:
    fields: dict[str, Any] = {
        "id": 1, "ids": (PaperId("arxiv", "2611.00001"),), "title": title, "abstract": abstract,
        "authors": tuple(Author(a) for a in authors), "categories": ("cs.LG",), "first_seen": NOW, "announced": NOW,
    }  # fmt: skip
    return Paper(**{**fields, **more})


def reason(term: str = "diffusion", text: str = "diffusion") -> Reason:
    return Reason(1, SubscriptionKind.KEYWORD, term, (Hit(term, "title", text), Hit(term, "abstract", text)))


def every_card(papers: list[Paper], why: Reason) -> list[Card]:
    """All cards that show these papers."""
    items = tuple(Item(p, (why, why), n) for n, p in enumerate(papers))
    made = [paper_card(p, TODAY) for p in papers]
    for more in (0, 100_000):
        for kind in (MessageKind.DIGEST, MessageKind.INSTANT):
            made += in_cards(Content(kind, TODAY, items, more=more))
        for plain in (False, True):
            (own,) = in_parts(Content(MessageKind.DIGEST, TODAY, items, more=more, first=3, plain=plain))
            made += [card_of(replace(own, page=page), detail) for page in range(pages(own)) for detail in Detail]
    return made


def in_cards(content: Content) -> list[Card]:
    return [card_of(part) for part in in_parts(content)]


def check(card: Card) -> None:
    """Discord's limits (resources/message, components/reference), measured on what is sent."""
    sent = [embed(e).to_dict() for e in card.embeds]
    assert len(card.text) <= 2000
    assert len(sent) <= 10
    total = 0
    for one in sent:
        title, description, footer = (
            one.get("title", ""),
            one.get("description", ""),
            one.get("footer", {}).get("text", ""),
        )
        assert len(title) <= 256
        assert len(description) <= 4096
        assert len(footer) <= 2048
        assert description.strip()
        total += len(title) + len(description) + len(footer)
    assert total <= 6000
    assert card.text.strip() or sent
    links = [one["url"] for one in sent if "url" in one]
    assert len(links) == len(set(links))  # of two embeds with one URL Discord shows the first
    assert len(card.rows) <= 5
    shown = view(card, NONCE)
    names = [
        c["custom_id"]
        for row in (shown.to_components() if shown else [])
        for c in row["components"]
        if "custom_id" in c
    ]
    assert len(names) == len(set(names))
    assert all(1 <= len(name) <= 100 for name in names)
    for row in card.rows:
        if isinstance(row, Select):
            assert 1 <= len(row.options) <= 25
            assert all(1 <= len(o.label) <= 100 and 1 <= len(o.value) <= 100 for o in row.options)
        else:
            assert 1 <= len(row) <= 5
            assert all(1 <= len(b.label) <= 80 for b in row)
    assert Card.from_json(card.to_json()) == card
    check_links(card)
    for text in texts(card):
        lines = [line for line in text.split("\n") if line != "\u200b"]  # which stands between the papers of a digest
        assert lines == [clean(line) if line.strip() else line for line in lines], repr(text)


def texts(card: Card) -> list[str]:
    return [t for t in (card.text, *(part for e in card.embeds for part in (e.title, e.description, e.footer))) if t]


def check_links(card: Card) -> None:
    for url in [e.url or "https://arxiv.org/" for e in card.embeds]:
        assert re.fullmatch(r"https://(arxiv\.org|doi\.org)/\S*", url)
    for text in texts(card):
        for address in re.findall(r"(?<!\\)\]\((\S+?)\)(?= ·|\n|$)", text):
            assert re.match(r"https://([\w.-]+)(?:/|$)", address), address
            assert address.split("/")[2] in HOSTS


_MENTION = re.compile(r"(?<!\\)<(?:@[!&]?|#|/|t:|id:|a?:)[^>\s]{1,60}>|(?<!\\)@(?:everyone|here)")
_MARKDOWN = MarkdownIt("commonmark", {"linkify": False}).enable("strikethrough")


def markup_of(text: str) -> set[str]:
    """What Markdown would make of a text besides words: an independent reader."""
    assert not _MENTION.search(text), text
    assert not re.search(r"(?<!\\)\|\|", text), text
    assert not re.search(r"https?://", text), text
    found = {token.type for token in _MARKDOWN.parse(text)}
    for token in _MARKDOWN.parse(text):
        found |= {child.type for child in token.children or ()}
    return found - {"paragraph_open", "inline", "paragraph_close", "text", "text_special", "softbreak"}


NASTY = [
    "@everyone buy <@123456789012345678> <@&42> <#7> </paper:1> <t:0:R> <id:browse> <:a:1> <a:b:2>",
    "**bold** __under__ *it* _it_ ~~no~~ ||spoiler|| `code` ```block``` > quote",
    "[click](https://evil.example/) https://evil.example/ <https://evil.example> www.evil.example discord.gg/abc",
    "# Heading", "## Heading", "-# small", "- item", "* item", "+ item", "1. item", "> quote", ">>> quote", "***", "---",
    "\u202eright to left\u202c \u200bzero\u200dwidth\ufeff \x00\x07\x1b[31m controls",
    "Z" + "\u0300\u0301\u0302\u0303" * 60 + "algo",
    "\U0001d54f-ray \ufdfd " + "🧬" * 50,
    "深度学习与图像生成的研究" * 20, "Глубокое обучение " * 20, "التعلم العميق " * 20, "딥러닝 " * 60, "डीप लर्निंग " * 30,
    r"$\mathcal{O}(n^{2})$ \textbf{bounds} for \'{e}toile $\alpha_{s}$ and $\frac{a}{b}$" * 6,
    r"\\" * 120, "`" * 250, "*" * 250, "|" * 250, "_" * 250, "[" * 250, "<" * 250, ":" * 250, "@" * 250,
    "x" * 20_000, "word " * 5_000, "&lt;b&gt;&amp;#64;everyone <b>bold</b> <script>alert(1)</script>",
    "\ud800 lone surrogate", "  \n\n\t  spaced   out \r\n lines ", "a\u2028b\u2029c\u0085d",
]  # fmt: skip


def test_titles_and_abstracts_of_every_kind_stay_inert() -> None:
    for text in NASTY:
        shown = paper_embed(paper(text, text, [text]), TODAY, why="because")
        assert not markup_of(shown.title), text
        body = shown.description.split("\n\n")
        assert not markup_of(wording.names_text(paper(authors=[text]))), text
        if len(body) == 3:
            assert not markup_of(body[1]), text


def test_nasty_papers_break_no_limit() -> None:
    dice = random.Random(7)
    papers = []
    for number in range(rounds(300)):
        text, other = dice.choice(NASTY), dice.choice(NASTY)
        people = [dice.choice(NASTY) for _ in range(dice.choice([0, 1, 3, 50]))]
        made = paper(
            text, other * dice.choice([0, 1, 3]), people, id=number + 1, ids=(PaperId("arxiv", f"2611.{number:05}"),),
            comment=dice.choice([None, other]), journal_ref=dice.choice([None, text]), version=dice.choice([None, 1, 12]),
            categories=dice.choice([(), ("cs.LG",)]), withdrawn=dice.random() < 0.1,
        )  # fmt: skip
        if dice.random() < 0.3:
            crowd = Community(
                upvotes=10**6, comments=10**6, listed_on=TODAY, organization=Organization("o", text), summary=other,
                code_url="https://github.com/" + "a" * 80 + "/" + "b" * 80, code_stars=10**6,
                project_url="https://example.org/" + "p" * 170,
            )  # fmt: skip
            made = replace(made, community=crowd)
        papers.append(made)
    count = 0
    for start in range(0, len(papers), 20):
        for card in every_card(papers[start : start + 20], reason(dice.choice(NASTY)[:200], dice.choice(NASTY))):
            check(card)
            count += 1
    print(f"\n{len(papers)} nasty papers on {count} cards")


def test_a_collaboration_of_3303_authors_is_counted_not_listed() -> None:
    made = paper("Observation of it", "We observe it. " * 300, [f"Author Number{n}" for n in range(3303)])
    (card,) = [paper_card(made, TODAY)]
    check(card)
    assert "3,303 authors · Author Number0, Author Number1, Author Number2 et al." in card.embeds[0].description


def test_a_paper_of_which_little_is_known_has_a_card() -> None:
    card = paper_card(paper("T", "", [], categories=(), announced=None), TODAY)
    check(card)
    assert "No abstract is known." in card.embeds[0].description
    assert "authors not known" in card.embeds[0].description


def test_a_digest_keeps_every_paper_once_and_in_order_over_its_parts() -> None:
    papers = [
        paper(f"Paper {n}", "A long abstract. " * 60, id=n, ids=(PaperId("arxiv", f"2611.{n:05}"),))
        for n in range(1, 21)
    ]
    parts = in_cards(Content(MessageKind.DIGEST, TODAY, tuple(Item(p, (reason(),), p.id) for p in papers)))
    assert [e.title for part in parts for e in part.embeds] == [p.title for p in papers]
    assert len(parts) <= 4
    assert all(f"({n}/{len(parts)})" in part.text for n, part in enumerate(parts[1:], 2))


def test_the_dirty_rows_of_the_corpora_break_no_limit(data: Path) -> None:
    papers = []
    with (data / "dirty_samples.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            raw = json.loads(line)
            made = paper(
                raw.get("title") or "", raw.get("abstract") or "", [str(a) for a in raw.get("authors") or ()],
                id=number, ids=(PaperId("arxiv", f"2611.{number:05}"),), comment=raw.get("comment"),
            )  # fmt: skip
            papers.append(made)
    count = 0
    for start in range(0, len(papers), 20):
        for card in every_card(papers[start : start + 20], reason()):
            check(card)
            count += 1
    for one in papers:
        assert not markup_of(paper_embed(one, TODAY).title)
    print(f"\n{len(papers)} dirty rows on {count} cards")
    assert len(papers) > 100


anything = st.text(max_size=400) | st.sampled_from(NASTY)


@tries(300)
@given(title=anything, abstract=anything, names=st.lists(anything, max_size=5), term=anything, text=anything)
def test_no_text_whatever_breaks_a_limit_or_becomes_markup(
    title: str, abstract: str, names: list[str], term: str, text: str
) -> None:
    made = paper(title, abstract, names)
    for card in every_card([made], reason(term[:200], text)):
        check(card)
    assert not markup_of(paper_embed(made, TODAY).title)
    assert not markup_of(wording.names_text(made))


def test_a_long_abstract_is_shown_whole_in_a_second_embed() -> None:
    words = " ".join(f"word{n}" for n in range(600))  # 5,288 characters: more than one embed holds
    card = paper_card(paper("Short", words, ["Ada Example"]), TODAY)
    check(card)
    assert len(card.embeds) == 2
    shown_words = " ".join(e.description for e in card.embeds).split()
    assert [w for w in shown_words if w.startswith("word")] == words.split()
