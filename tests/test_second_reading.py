"""The language against a second, naive reading of it: predicate, percolator and index, over real papers and generated queries.

`make soak` tries 2,000 queries on 5,000 papers; `make test` a sample of both.
"""

from __future__ import annotations

import random
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import QueryError
from bot.models import (
    Author,
    Cadence,
    Community,
    Organization,
    OwnerKind,
    Paper,
    PaperId,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.papers import categories
from bot.query.document import Document, of_paper
from bot.query.language import Query, index_text, parse
from bot.query.matching import Matcher
from tests.amount import WHOLE, real_rows
from tests.properties import rounds
from tests.second_reading import Tree, agrees, generated, written

#: Papers that are asked together.
PAGE = 64
NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def without_twins(codes: list[str]) -> tuple[str, ...]:
    """Those of arXiv's codes of which it has no second one."""
    known = [code for code in codes if code in categories.CATEGORIES]
    return tuple(code for code in known if categories.within(code) <= {code, code.partition(".")[0]})


def real_papers(data: Path, count: int) -> list[Paper]:
    found = []
    for n, row in enumerate(real_rows(data / "arxiv_dev.jsonl.gz", count // 2 * 7, 7)):
        people = tuple(map(Author, row["authors"]))
        ids = (PaperId("arxiv", row["id"]),)
        codes = without_twins(list(row["categories"]))
        found.append(
            Paper(
                n,
                ids,
                row["title"],
                row["abstract"],
                people,
                codes,
                NOW,
                comment=row.get("comments"),
                withdrawn=n % 9 == 0,
            )
        )
    step = 90 if count < 300 else 4
    listed = real_rows(data / "hf_daily_dev.jsonl.gz", (count - count // 2) * step, step)
    for n, row in enumerate(listed, len(found)):
        named = row["organization"]
        name = (named.get("fullname") or named.get("name") or "?") if isinstance(named, dict) else named
        crowd = Community(
            row["upvotes"] or 0,
            row["comments"] or 0,
            code_stars=row["github_stars"],
            summary=row["ai_summary"],
            keywords=tuple(row["ai_keywords"]),
            organization=Organization(name, name) if name else None,
        )
        people = tuple(map(Author, row["authors"]))
        ids = (PaperId("arxiv", row["id"]),)
        found.append(Paper(n, ids, row["title"], row["abstract"], people, ("cs.LG",), NOW, community=crowd))
    return found


def refused(text: str) -> str:
    """Why a text is refused; empty when it is read."""
    try:
        parse(text, standing=True)
    except QueryError as error:
        return str(error)
    return ""


def readable(rng: random.Random, papers: list[Paper], count: int) -> tuple[list[tuple[Tree, str, Query]], list[Tree]]:
    """Generated queries with their texts, and those that are refused since nothing can agree."""
    found: list[tuple[Tree, str, Query]] = []
    impossible: list[Tree] = []
    while len(found) < count:
        tree = generated(rng, papers)
        text = written(tree, rng)
        why = refused(text)
        if not why:
            found.append((tree, text, parse(text, standing=True)))
        elif "can agree" in why:
            impossible.append(tree)
        else:
            assert any(word in why for word in ("only excludes", "can never be true", "at most", "no name")), (
                text,
                why,
            )
    return found, impossible


def has_choice(tree: Tree) -> bool:
    """Whether there is a choice in it: it is refused when one side can never be true, though papers may agree with another."""
    return tree[0] == "or" or any(has_choice(part) for part in tree[1:] if isinstance(part, tuple))


def together(matcher: Matcher, docs: list[Document]) -> list[set[int]]:
    """The subscriptions that agree with each of the papers, which are asked together."""
    steps = matcher.found(docs)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return [{number for query in queries for number in query.ids} for queries in end.value]


def test_predicate_percolator_and_index_mean_what_the_second_reading_does(data: Path) -> None:
    rng = random.Random(20)
    papers = real_papers(data, 5_000 if WHOLE else 200)
    queries, impossible = readable(rng, papers, 2_000 if WHOLE else rounds(350))
    matcher = Matcher(
        Subscription(n, Recipient(OwnerKind.USER, n), SubscriptionKind.KEYWORD, text, Cadence.DAILY, NOW)
        for n, (_, text, _) in enumerate(queries)
    )
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE f USING fts5(title, abstract, authors, content='', tokenize='ascii')")
    hopeless = [tree for tree in impossible if not has_choice(tree)]
    assert hopeless
    found: list[set[int]] = [set() for _ in queries]
    docs = list(map(of_paper, papers))
    standing_for = [ids for start in range(0, len(docs), PAGE) for ids in together(matcher, docs[start : start + PAGE])]
    for number, (paper, doc, standing) in enumerate(zip(papers, docs, standing_for, strict=True)):
        people = " ; ".join(author.name for author in paper.authors)
        db.execute(
            "INSERT INTO f (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)",
            (number, *map(index_text, (paper.title, paper.abstract, people))),
        )
        if number % PAGE == 0:
            assert set(matcher.ids(doc)) == standing
        for n, (tree, text, query) in enumerate(queries):
            meant = agrees(tree, paper)
            assert query.matches(doc) is meant, (text, paper.title)
            assert (n in standing) is meant, (text, paper.title)
            if (n + number) % 10 == 0:
                assert query.explain(doc).agrees is meant
            if meant:
                found[n].add(number)
        assert not any(agrees(tree, paper) for tree in hopeless)
    for (_, text, query), own in zip(queries, found, strict=True):
        if expression := query.index_expression():
            asked = {row for (row,) in db.execute("SELECT rowid FROM f WHERE f MATCH ?", (expression,))}
            assert own <= asked, f"the index is asked for too little: {text}"
    db.close()
    assert sum(map(len, found)) > len(queries)
