"""The language in every door: the page that explains it, searches over a real store, subscriptions in the house, texts of before."""

from __future__ import annotations

import contextlib
import json
import random
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import QueryError
from bot.following.rereading import reread, reread_all
from bot.ingest.looks import Look
from bot.models import Author, Community, Event, EventKind, OwnerKind, Paper, PaperId, Recipient, Record
from bot.query.completing import completions
from bot.query.document import of_paper
from bot.query.language import LONGEST, parse
from bot.search.search import Search
from bot.show.helping import query_help
from bot.store import collection, papers, subscriptions
from bot.store.database import Database, open_database
from tests.conftest import NOW, ROOT, HandClock, arxiv, record
from tests.house import House, page, sample, text_of
from tests.ready import made_before
from tests.second_reading import generated, written
from tests.test_second_reading import real_papers

THURSDAY = date(2031, 11, 20)
PAGE = (ROOT / "docs" / "query-language.md").read_text(encoding="utf-8")


# --- the page


def examples() -> list[tuple[str, str, str]]:
    table = PAGE[PAGE.index("## Examples") :]
    return re.findall(r"^\| `(.*)` \| (.*) \| (.*) \|$", table, re.MULTILINE)


def as_paper(cell: str) -> Paper:
    """`Title (field: value)` → a paper."""
    title, _, rest = cell.partition(" (")
    name, _, value = rest.removesuffix(")").partition(": ")
    bare = Paper(1, (PaperId("arxiv", "2611.09999"),), title, "", (), (), NOW)
    return {
        "": lambda: bare,
        "abstract": lambda: replace(bare, abstract=value),
        "by": lambda: replace(bare, authors=(Author(value),)),
        "in": lambda: replace(bare, categories=tuple(value.split())),
        "keywords": lambda: replace(bare, community=Community(keywords=(value,))),
        "upvotes": lambda: replace(bare, community=Community(upvotes=int(value))),
        "code": lambda: replace(bare, community=Community(code_url=value)),
        "version": lambda: replace(bare, version=int(value)),
        "id": lambda: replace(bare, ids=(PaperId("arxiv", value),)),
        "announced": lambda: replace(bare, announced=datetime.fromisoformat(value).replace(tzinfo=UTC)),
    }[name]()


@pytest.mark.parametrize(("query", "agrees", "differs"), examples())
def test_the_examples_of_the_page_are_so(query: str, agrees: str, differs: str) -> None:
    found = parse(query)
    assert found.matches(of_paper(as_paper(agrees)))
    assert not found.matches(of_paper(as_paper(differs)))
    assert found.explain(of_paper(as_paper(agrees))).hits
    assert str(found.explain(of_paper(as_paper(differs)))).startswith("Does not match: ")


def test_the_page_and_its_short_form_name_every_field_and_fact() -> None:
    short = query_help().embeds[0].description
    words = re.findall(r"[a-z]+(?:>=|>|:[a-z]*)", PAGE)
    for word in ("ti:", "abs:", "au:", "cat:", "primary:", "kw:", "co:", "jr:", "org:", "id:", "doi:", "since:", "until:", "year:",
                 "has:code", "has:org", "has:summary", "is:new", "is:cross", "is:revision", "is:withdrawn", "upvotes>=", "comments>=",
                 "stars>", "citations>=", "score>=", "novelty>=", "sort:new", "sort:relevance", "sort:votes", "sort:citations",
                 "sort:score"):  # fmt: skip
        assert word in words or word in PAGE, word
        assert word in short, word
    assert len(examples()) >= 15
    assert f"More than {LONGEST} characters" in PAGE


@pytest.mark.parametrize("code", re.findall(r"`([^`]+)`", query_help().embeds[0].description or ""))
def test_what_the_short_form_shows_can_be_written(code: str) -> None:
    text = f"{code}x" if code.endswith(":") and code not in ("id:", "doi:") else code
    if code.startswith(("-", "sort:")):
        text = f"x {code}"
    if code not in ("id:", "doi:", "OR", "-") and not code.startswith("/"):
        assert parse(text)


def test_what_is_begun_is_completed() -> None:
    def offered(text: str) -> list[str]:
        return [value for _, value in completions(text)]

    assert offered("robot t")[:2] == ["robot t", "robot ti:"]
    assert "robot -cat:cs.RO" in offered("robot -cat:robot")
    assert offered("cat:hep-t")[1] == "cat:hep-th"
    assert "(x OR has:code" in offered("(x OR has")
    assert "upvotes>=" in offered("up")
    assert offered("")[0] == "ti:"


def test_why_says_what_agreed_and_what_did_not() -> None:
    crowd = Community(12, 3, keywords=("imitation learning",))
    doc = of_paper(
        replace(
            as_paper("Drones that grasp (by: J. Kempe)"),
            abstract="Our robot arm.",
            categories=("cs.RO",),
            community=crowd,
        )
    )

    def why(text: str) -> str:
        return str(parse(text).explain(doc))

    assert why('(robot OR car) au:"Julia Kempe" upvotes>=10') == (
        "Matches: robot – “robot” (abstract); Julia Kempe – “J. Kempe” (author); 12 upvotes"
    )
    assert why("robot upvotes>=20 has:code") == "Does not match: upvotes>=20 is not so: 12 upvotes; no code is known."
    assert why("robot -(arm OR leg)") == "Does not match: arm is excluded, but “arm” is in the abstract."
    assert why("drone -upvotes>5 -cat:cs.*") == (
        "Does not match: upvotes>5 is excluded, but it is so (12 upvotes); cat:cs is excluded, but “cs.RO” is one of its categories."
    )
    assert why("ti:robot score>=80") == "Does not match: robot is not in the title; its score is not known."


# --- searches


async def store(database: Database, found: Sequence[Paper]) -> None:
    events = [Event(EventKind.ANNOUNCED, NOW), Event(EventKind.LISTED, NOW, NOW.date().isoformat())]
    records = [
        Record(
            "huggingface" if paper.community else "arxiv:cs.LG", paper.ids, paper.title, events[paper.community is not None],
            paper.abstract, paper.authors, paper.categories, paper.version, withdrawn=paper.withdrawn, community=paper.community,
        )
        for paper in found
    ]  # fmt: skip
    async with database.transaction() as write:
        await papers.add_records(write, records, NOW, eligible=False)


async def test_a_literal_search_finds_what_the_subscription_fires_for(
    database: Database, clock: HandClock, data: Path
) -> None:
    rng = random.Random(9)
    await store(database, real_papers(data, 160))
    async with database.reading() as read:
        kept = await papers.load_papers(read, await collection.all_ids(read))
    docs = {paper.id: of_paper(paper) for paper in kept.values()}
    search, found = Search(database, clock), 0
    for _ in range(120):
        text = written(generated(rng, list(kept.values())), rng)
        try:
            wanted = parse(text, standing=True)
        except QueryError:
            continue
        meant = {number for number, doc in docs.items() if wanted.matches(doc)}
        answer = await search.search(text, limit=200, literal=True)
        assert {paper.id for paper in answer.papers} == meant, text
        assert answer.matching == len(meant)
        found += len(meant)
    assert found > 300


async def test_a_search_with_operators_is_literal_sorted_and_dated(database: Database, clock: HandClock) -> None:
    def one(number: int, title: str, votes: int | None = None) -> Paper:
        crowd = Community(upvotes=votes, listed_on=NOW.date()) if votes is not None else None
        return Paper(number, (PaperId("arxiv", f"2611.0000{number}"),), title, "", (), ("cs.RO",), NOW, community=crowd)

    await store(database, [one(1, "Robots", 5), one(2, "Robot arms", 50), one(3, "Drones"), one(4, "Old robots")])
    search = Search(database, clock)

    async def titles(text: str) -> list[str]:
        return [paper.title for paper in (await search.search(text)).papers]

    assert await titles("robot sort:votes") == ["Robot arms", "Robots", "Old robots"]
    assert sorted(await titles("drone OR arm")) == ["Drones", "Robot arms"]
    assert await titles("ti:robt") == []  # who writes a field means it
    assert await titles("robt arm")  # words alone are forgiven
    assert await titles("robot until:2020") == []
    assert len(await titles(f"since:{NOW.year} cat:cs.*")) == 4
    assert await titles("id:2611.00003") == ["Drones"]
    for text in ("catt:cs.RO robot", "robot -robots", "cat:cs.ML robot"):
        with pytest.raises(QueryError):
            await search.search(text)
    assert await titles("robots (arms") == ["Robot arms"]  # a title that was cut is no query


# --- texts of before


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("diffusion -image", None),
        ('"world model" GPT-4', None),
        ("http://x.y/z", None),
        ("", None),
        ("-x", None),
        ("\x07no date, [no JSON", None),
        ("ti:robot", "ti:robot"),
        ("catt:cs.RO grasp", "cat:cs.RO grasp"),
        ("x -x", "x"),
        ("upvotes>=10 x", "upvotes>=10 x"),
        ("robot|drone", "robot OR drone"),
        ("robot (arm", "robot arm"),
        ("since:2024 x", "x"),
        ("transform*", "transform*"),
        ("tr* x", "tr x"),
        ("cat:xyzzy x", "cat/xyzzy x"),
    ],
)
def test_a_text_of_before_is_kept_or_comes_back_as_it_was_probably_meant(text: str, now: str | None) -> None:
    found = reread(text)
    assert (found and found.now) == now


async def keep(house: House, query: str, kind: str = "keyword") -> None:
    async with house.app.database.transaction() as write:
        await write.execute(
            """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
               VALUES ('user', :owner, :kind, :query, 'daily', 1000)""",
            {"owner": int(house.nadia), "kind": kind, "query": query},
        )


async def test_the_first_start_reads_every_text_anew_and_tells_its_owner_once(house: House) -> None:
    await house.follow("diffusion")
    for query in ("ti:robot", "catt:cs.RO grasp", "x -x", "-", "robots arm"):
        await keep(house, query)
    await keep(house, "upvotes>=5", "trending")
    await house.run("summary setup", channel=channel(house), hour=8, words="plasma")
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM meta WHERE key LIKE 'language_%'")
        await write.execute("UPDATE summaries SET words = 'ti:plasma'")
    await house.restart()
    rows = await house.rows(
        "SELECT query, paused_at IS NOT NULL FROM subscriptions WHERE removed_at IS NULL ORDER BY id"
    )
    assert rows == [
        ("diffusion", 0), ("ti:robot", 1), ("cat:cs.RO grasp", 1), ("x", 1), ("-", 0), ("robots arm", 0), ("upvotes>=5", 1),
    ]  # fmt: skip
    assert await house.rows("SELECT words FROM summaries") == [("ti/plasma",)]
    shown = text_of((await house.run("subscriptions"))["message"])
    assert "4 subscriptions are paused" in shown
    assert "**catt:cs.RO grasp** is now **cat:cs.RO grasp**" in shown
    assert "**ti:robot** is now read as a query" in shown
    assert "are paused" not in text_of((await house.run("subscriptions"))["message"])
    await house.restart()
    assert "are paused" not in text_of((await house.run("subscriptions"))["message"])


# --- in the house


def channel(house: House) -> str:
    return next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")


async def listing(house: House, votes: dict[str, int]) -> None:
    """An hour passes, and Hugging Face's list of THURSDAY has these votes."""
    told = [
        {"paper": {"id": identity, "title": "A copy", "summary": "A copy.", "authors": [{"name": "Ada Example"}], "upvotes": count,
                   "publishedAt": f"{THURSDAY}T00:00:00.000Z", "submittedOnDailyAt": f"{THURSDAY}T00:00:00.000Z"}, "numComments": 3}
        for identity, count in votes.items()
    ]  # fmt: skip
    house.upstream.put("/api/daily_papers", json.dumps(told), "application/json")
    await house.move_to(house.now() + timedelta(minutes=70))
    await house.app.ingest.ingest_all()


async def test_a_query_is_followed_and_its_alert_says_why(house: House) -> None:
    text = '(robot OR drone) cat:cs.* -survey au:"Ada Example"'
    done = await house.subscribe("query", query=text, city="London", hour=8, how_often="at once")
    assert "You now follow" in text_of(done["message"])
    await house.dms_of(None, 1)
    told = sample("2611.00001", "Drones that land", authors=("Ada Example",))
    others = [
        sample("2611.00002", "A drone survey", authors=("Ada Example",)),
        sample("2611.00003", "Drones", authors=("Bo Other",)),
    ]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [told, *others]))
    await house.visit_feed()
    await house.round()
    alert = text_of((await house.dms_of(None, 2))[1])
    assert "Why: matched **drone** in the title" in alert
    assert "**cs.CV**" in alert
    assert "**Ada Example**" in alert
    listed = text_of((await house.run("subscriptions"))["message"])
    assert "You follow 1 subscription" in listed


async def test_a_bad_query_is_answered_with_a_caret_and_what_may_be_meant(house: House) -> None:
    for command, option in (("subscribe query", "query"), ("subscribe keyword", "words"), ("search", "text")):
        shown = text_of((await house.run(command, **{option: "catt:cs.RO grasp"}))["message"])
        assert "```\ncatt:cs.RO grasp\n^\n```" in shown
        assert "`cat:cs.RO grasp`" in shown
    shown = text_of((await house.run("subscribe query", query="robot since:2024"))["message"])
    assert "looks ahead" in shown
    assert "How to write a query" in str((await house.run("help", topic="query"))["message"])
    assert "robot ti: · words in the title" in await house.suggest("subscribe query", "query", "robot t")


async def test_a_count_that_is_reached_later_fires_once(house: House) -> None:
    await house.subscribe("query", query="tokamak upvotes>=50", city="London", hour=8, how_often="at once")
    await house.dms_of(None, 1)
    house.upstream.put(
        "/rss/cs.CV", page(THURSDAY, [sample("2611.00001", "A tokamak"), sample("2611.00002", "A stellarator")])
    )
    await house.visit_feed()
    assert await house.rows("SELECT count(*) FROM alerts WHERE state = 'pending'") == [(0,)]
    for votes, alerts in ((3, 0), (49, 0), (50, 1), (70, 1), (20, 1), (90, 1)):
        await listing(house, {"2611.00001": votes, "2611.00002": 500})
        assert await house.rows("SELECT count(*) FROM alerts WHERE recipient_id = :id", id=int(house.nadia)) == [
            (alerts,)
        ], votes
        await house.round()
    alert = text_of((await house.dms_of(None, 2))[1])
    assert "**tokamak** in the title" in alert
    assert "**50 upvotes**" in alert or "upvotes**" in alert
    assert len(await house.dms_of(None, 2)) == 2


async def test_who_follows_a_count_later_hears_of_those_alone_that_reach_it_then(house: House) -> None:
    papers_then = [sample("2611.00001", "A tokamak"), sample("2611.00002", "Another tokamak")]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, papers_then))
    await house.visit_feed()
    await listing(house, {"2611.00001": 60, "2611.00002": 10})
    await house.subscribe("query", query="tokamak upvotes>=50", city="London", hour=8, how_often="at once")
    (welcome,) = await house.dms_of(None, 1)
    assert "2611.00001" in str(welcome)  # the preview knows it; it came with the welcome
    await listing(house, {"2611.00001": 70, "2611.00002": 49})
    await house.round()
    assert len(await house.dms_of(None, 1)) == 1
    await listing(house, {"2611.00001": 71, "2611.00002": 51})
    await house.round()
    told = (await house.dms_of(None, 2))[1]
    assert "2611.00002" in str(told)
    assert "2611.00001" not in str(told)


async def test_a_revision_reaches_those_alone_who_ask_for_one(house: House) -> None:
    await house.follow("tokamak", house.yuki)
    await house.subscribe("query", query="tokamak is:revision", city="London", hour=8, how_often="at once")
    await house.dms_of(None, 1)
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2611.00001", "A tokamak")]))
    await house.visit_feed()
    assert await house.rows("SELECT recipient_id FROM alerts WHERE state = 'pending'") == [(int(house.yuki),)]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2611.00001", "A tokamak", announce="replace", version=2)]))
    await house.visit_feed()
    told = await house.rows("SELECT recipient_id FROM alerts WHERE paper_id = (SELECT max(id) FROM papers) ORDER BY 1")
    assert sorted(told) == sorted([(int(house.yuki),), (int(house.nadia),)])


def test_a_first_or_silent_look_tells_no_change() -> None:
    look = Look("huggingface", NOW, NOW)
    assert look.tells_changes
    assert not replace(look, first=True).tells_changes
    assert not replace(look, silent=True).tells_changes


async def test_a_database_made_before_is_read_anew_when_it_is_opened(tmp_path: Path, clock: HandClock) -> None:
    file = made_before("0016", tmp_path)
    texts = ["diffusion", "ti:robot", "x -x", "removed|later"]
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(
            """INSERT INTO subscriptions (id, owner_kind, owner_id, kind, query, cadence, created_at, removed_at)
               VALUES (?, 'user', 7, 'keyword', ?, 'daily', 1, ?)""",
            [(n, text, 2 if n == 4 else None) for n, text in enumerate(texts, 1)],
        )
    async with open_database(file) as database:
        assert await reread_all(database, clock) == 3
        assert await reread_all(database, clock) == 0
        async with database.reading() as read:
            own = await subscriptions.load_for(read, Recipient(OwnerKind.USER, 7))
            gone = await subscriptions.load_one(read, 4)
    assert [(s.query, s.paused) for s in own] == [("diffusion", False), ("ti:robot", True), ("x", True)]
    assert gone is not None
    assert (gone.query, gone.paused) == ("removed OR later", True)  # who takes the removal back finds it paused


async def test_one_of_a_person_and_words_is_looked_for_among_all_papers(database: Database) -> None:
    others = [
        record(
            ids=(arxiv(f"2611.{n:05}"),),
            title=f"Paper {n}",
            authors=("Kaiming Hu", "Wei He"),
            published=NOW.date(),
        )
        for n in range(1, 260)
    ]
    old = record(
        ids=(arxiv("2501.00001"),),
        title="Old",
        authors=("Kaiming He",),
        published=date(2025, 1, 2),
        at=NOW - timedelta(400),
    )
    word = record(ids=(arxiv("2501.00002"),), title="A zebra", published=date(2025, 1, 3), at=NOW - timedelta(400))
    async with database.transaction() as write:
        await papers.add_records(write, [*others, old, word], NOW, eligible=False)
    search = Search(database, HandClock(NOW))
    for text, titles in (
        ('au:"Kaiming He" OR zebra', {"Old", "A zebra"}),
        ('au:"Kaiming He" OR (zebra -paper)', {"Old", "A zebra"}),
        ('(au:"Kaiming He" until:2025) OR (au:"Kaiming He" zebra)', {"Old"}),
        ('(au:"Kaiming He" OR zebra) -old', {"A zebra"}),
        ('zebra -au:"Kaiming He"', {"A zebra"}),
    ):
        found = await search.search(text, ask=False)
        assert {paper.title for paper in found.papers} == titles, text
        assert found.matching == len(titles)
