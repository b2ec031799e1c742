"""Scores, novelty and citations in every door: searches and their order, lists, subscriptions that fire once a figure comes to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.daily.summaries import Wish
from bot.errors import BadInputError
from bot.following.forecast import Forecaster
from bot.ingest.figures import Teller
from bot.models import (
    AuthorPage,
    Cadence,
    Cited,
    Community,
    Event,
    EventKind,
    OwnerKind,
    Paper,
    PaperId,
    Recipient,
    Registry,
    ScoreKind,
    ScorePart,
)
from bot.process.application import open_application
from bot.scores.scorer import Scorer
from bot.search.search import Search
from bot.store import novelty, papers, registries, scores
from bot.store.database import Connection, Database
from bot.store.figures import with_figures
from bot.store.novelty import Computed
from bot.store.scores import Made
from tests.conftest import NOW, HandClock, arxiv, record
from tests.desk import KEYWORD, READER, TUESDAY, Desk
from tests.house import THURSDAY, House, london, page, sample, text_of, until

#: More than the least of a group: a hundred papers with points from 0 to 99.
CROWD = 120


async def stored(database: Database, identity: PaperId) -> Paper:
    async with database.reading() as read:
        found = await papers.find_paper(read, identity)
    assert found is not None
    return found


def made(paper: int, points: float, *, known: bool = True) -> Made:
    parts = (ScorePart("authors' earlier votes", points),)
    return Made(paper, ScoreKind.LISTING, points, parts, "cs.LG", date(2026, 11, 3), 1, 2, known, NOW)


async def keep_scores(write: Connection, points: Mapping[int, float]) -> None:
    await scores.keep(write, dict.fromkeys(points, 0), [made(number, value) for number, value in points.items()])


async def keep_citations(
    write: Connection, counts: Mapping[int, int | None], registry: Registry = Registry.OPENALEX
) -> None:
    found = {number: Cited(registry, count, (), NOW) for number, count in counts.items()}
    await registries.keep_cited(write, registry, list(counts), found, NOW)


@pytest.fixture
async def crowd(database: Database) -> dict[str, int]:
    """Papers of one group with points by their number; the number of each in the store."""
    rows = [record(f"2611.{n:05}", f"Crowd {n:03}", abstract="A robot.") for n in range(CROWD)]
    async with database.transaction() as write:
        await papers.add_records(write, rows, NOW, eligible=False)
    ids = {f"Crowd {n:03}": (await stored(database, arxiv(f"2611.{n:05}"))).id for n in range(CROWD)}
    async with database.transaction() as write:
        await keep_scores(write, {number: place for place, number in enumerate(ids.values())})
        # the newest are not the best
        await write.execute("UPDATE papers SET news_at = news_at - id * 86400")
        await keep_citations(write, {ids["Crowd 007"]: 50, ids["Crowd 008"]: 3, ids["Crowd 009"]: None})
        await keep_citations(write, {ids["Crowd 008"]: 70}, Registry.SEMANTIC_SCHOLAR)
    return ids


async def titles(database: Database, query: str, limit: int = 200) -> list[str]:
    search = Search(database, lambda: NOW)
    return [paper.title for paper in (await search.search(query, limit=limit, ask=False)).papers]


async def test_a_score_is_a_share_of_its_group_in_every_query(database: Database, crowd: dict[str, int]) -> None:
    best = await titles(database, "score>=90")
    assert sorted(best) == [f"Crowd {n:03}" for n in range(108, CROWD)]
    assert len(await titles(database, "robot -score>=90")) == 108
    assert await titles(database, "robot sort:score", 3) == ["Crowd 119", "Crowd 118", "Crowd 117"]
    assert (await titles(database, "robot sort:score"))[-1] == "Crowd 000"


async def test_citations_are_those_of_the_registry_that_knows_most(database: Database, crowd: dict[str, int]) -> None:
    assert await titles(database, "citations>=50 sort:citations") == ["Crowd 008", "Crowd 007"]
    assert await titles(database, "citations>=1 citations<=60") == ["Crowd 007"]
    assert await titles(database, "robot sort:citations", 2) == ["Crowd 008", "Crowd 007"]
    async with database.reading() as read:
        loaded = await papers.load_papers(read, [crowd["Crowd 008"], crowd["Crowd 009"]])
        known = await with_figures(read, loaded)
    assert known[crowd["Crowd 008"]].cited == Cited(Registry.SEMANTIC_SCHOLAR, 70, (), NOW)
    assert known[crowd["Crowd 009"]].cited is None


async def test_novelty_is_looked_for_among_all_papers_however_old(database: Database) -> None:
    rows = [record(f"2610.{n:05}", f"Paper {n:04}") for n in range(1_100)]
    async with database.transaction() as write:
        await papers.add_records(write, rows, NOW, eligible=False)
        ids = await write.ids("SELECT id FROM papers ORDER BY title")
        await write.execute("UPDATE papers SET news_at = news_at + (SELECT 86400 * CAST(substr(title, 7) AS INTEGER))")
        done = [
            Computed(number, "cs.LG", 10 if at < 550 else 11, at % 550 / 550, (), 600) for at, number in enumerate(ids)
        ]
        await novelty.keep(write, dict.fromkeys(ids, 0), done, NOW)
        await write.execute("UPDATE novelty SET distance = 0.999 WHERE paper_id = :id", {"id": ids[550]})
        await write.execute("UPDATE papers SET news_at = 0 WHERE id = :id", {"id": ids[550]})  # the oldest of all
    found = await titles(database, "novelty>=90")
    assert sorted(found) == ["Paper 0550", *(f"Paper {n:04}" for n in range(550 + 495, 1_100))]
    assert found[-1] == "Paper 0550"


async def test_a_paper_without_a_record_has_no_score_and_none_below_a_hundred_has_a_share(database: Database) -> None:
    rows = [record(f"2611.{n:05}", f"Few {n:03}") for n in range(20)]
    async with database.transaction() as write:
        await papers.add_records(write, rows, NOW, eligible=False)
        ids = [row.id for row in (await papers.load_papers(write, range(1, 30))).values()]
        await scores.keep(write, dict.fromkeys(ids, 0), [made(number, number, known=number % 2 == 0) for number in ids])
    assert await titles(database, "score>=0") == []
    async with database.reading() as read:
        known = await with_figures(read, await papers.load_papers(read, ids))
    assert {number for number, paper in known.items() if paper.score} == {number for number in ids if number % 2 == 0}
    assert all(paper.score.percent is None for paper in known.values() if paper.score)


async def test_what_nobody_asks_for_is_not_loaded(database: Database, crowd: dict[str, int]) -> None:
    one = [crowd["Crowd 008"]]
    async with database.reading() as read:
        loaded = await papers.load_papers(read, one)
        only = await with_figures(read, loaded, {"citations"})
    assert (only[one[0]].score, only[one[0]].cited is not None) == (None, True)


# -- standing queries --------------------------------------------------------------------------------------------------


class Watched:
    """A desk whose figures tell whom they concern."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.desk = Desk(database, clock)
        self.teller = Teller(database, self.desk.matcher, clock)
        self.ids: dict[str, int] = {}
        self.welcome: list[str] = []

    async def announce(self, day: date, *titled: str, start: int = 1) -> None:
        await self.desk.night(day, *(record(f"2611.{start + n:05}", title) for n, title in enumerate(titled)))
        self.ids = {title: number for number, title in await self.desk.rows("SELECT id, title FROM papers")}

    async def score(self, **points: float) -> None:
        by_id = {self.ids[title]: value for title, value in points.items()}
        async with self.desk.database.transaction() as write:
            await self.teller.keep(write, by_id, lambda: keep_scores(write, by_id))
        await self.teller.look()

    async def cite(self, **counts: int | None) -> None:
        by_id = {self.ids[title]: value for title, value in counts.items()}
        async with self.desk.database.transaction() as write:
            await self.teller.keep(write, by_id, lambda: keep_citations(write, by_id))

    async def told(self) -> list[str]:
        rows = await self.desk.rows(
            "SELECT p.title FROM alerts AS a JOIN papers AS p ON p.id = a.paper_id ORDER BY a.id"
        )
        return [title for (title,) in rows if title not in self.welcome]

    async def follow(self, text: str) -> None:
        """Whoever follows is welcomed with what held before."""
        await self.desk.follow(KEYWORD, text)
        self.welcome = await self.told()


@pytest.fixture
async def watched(database: Database, crowd: dict[str, int]) -> Watched:
    clock = HandClock(NOW)
    made = Watched(database, clock)
    await made.desk.start(TUESDAY)
    return made


async def test_a_subscription_fires_once_a_score_comes_to_hold(watched: Watched) -> None:
    await watched.follow("score>=80")
    await watched.announce(TUESDAY, "High", "Low")
    assert await watched.told() == []  # nobody knows a score yet
    await watched.score(High=100.5, Low=3.5)
    assert await watched.told() == ["High"]
    await watched.score(High=101.5)
    assert await watched.told() == ["High"]
    await watched.score(Low=110.5)
    assert await watched.told() == ["High", "Low"]
    ((reasons,),) = await watched.desk.rows("SELECT reasons FROM alerts WHERE paper_id = :id", id=watched.ids["High"])
    assert "score" in reasons


async def more_with_fewer_points(watched: Watched, count: int, points: float = -5.0) -> None:
    """Others of the group are scored, of which nobody hears."""
    database = watched.desk.database
    async with database.transaction() as write:
        first = int(await write.value("SELECT count(*) FROM papers")) + 1_000
        rows = [record(f"2612.{first + n:05}", f"Further {first + n}") for n in range(count)]
        kept = await papers.add_records(write, rows, NOW - timedelta(days=40), eligible=False)
        by_id = dict.fromkeys((change.paper.id for change in kept), points)
        await watched.teller.keep(write, by_id, lambda: keep_scores(write, by_id))


async def test_a_share_that_moves_because_others_come_is_told_once(watched: Watched) -> None:
    await watched.follow("score>=80")
    await watched.announce(TUESDAY, "Mid", "Low", start=5_000)
    await watched.score(Mid=90.5, Low=3.5)  # more than 91 of 122
    assert await watched.told() == []
    await more_with_fewer_points(watched, 20)
    assert await watched.teller.look() == 0  # 111 of 142
    await more_with_fewer_points(watched, 40)
    assert await watched.told() == []
    assert await watched.teller.look() == 1  # 151 of 182
    assert await watched.told() == ["Mid"]
    await more_with_fewer_points(watched, 40, 500.0)
    assert await watched.teller.look() == 1
    await more_with_fewer_points(watched, 150)
    assert await watched.teller.look() == 1
    assert await watched.told() == ["Mid"]
    assert await watched.teller.look() == 0  # nothing was kept since


async def test_nothing_is_told_while_others_wait_for_their_scores(watched: Watched) -> None:
    await watched.follow("score>=80")
    await watched.announce(TUESDAY, "High", "Other", start=5_000)
    await watched.score(High=100.5)
    assert await watched.told() == []
    await watched.score(Other=50.5)
    assert await watched.told() == ["High"]


async def test_a_share_of_a_paper_that_is_news_no_more_moves_in_silence(watched: Watched) -> None:
    await watched.follow("score>=80")
    await watched.announce(TUESDAY, "Mid", start=5_000)
    await watched.score(Mid=90.5)
    watched.desk.clock.now += timedelta(days=15)
    await more_with_fewer_points(watched, 60)
    assert await watched.teller.look() == 0
    assert await watched.told() == []
    assert await watched.desk.rows("SELECT * FROM seen_figures") == []  # nor is anything kept of it


async def test_at_what_nobody_looked_before_is_no_news_until_it_crosses(watched: Watched) -> None:
    await watched.follow("score>=80 OR score<=5")
    await watched.announce(TUESDAY, "High", "Mid", start=5_000)
    await watched.score(High=100.5, Mid=90.5)
    await watched.desk.follow(KEYWORD, "score>=60")  # which welcomes nobody with what waits
    async with watched.desk.database.transaction() as write:
        await write.execute("DELETE FROM seen_figures")  # as before an upgrade
        await write.execute("DELETE FROM alerts")
    restarted = Teller(watched.desk.database, watched.desk.matcher, watched.desk.clock)
    assert await restarted.look() == 0
    assert await watched.told() == []
    watched.teller = restarted
    await more_with_fewer_points(watched, 60)
    assert await restarted.look() == 1
    assert await watched.told() == ["Mid"]


async def test_a_look_that_gives_way_goes_on_where_it_was(watched: Watched) -> None:
    titled = [f"High {n}" for n in range(120)]
    await watched.follow("score>=40")
    await watched.announce(TUESDAY, *titled, start=5_000)
    by_id = {watched.ids[title]: 200.0 + n for n, title in enumerate(titled)}
    async with watched.desk.database.transaction() as write:
        await watched.teller.keep(write, by_id, lambda: keep_scores(write, by_id))
    asked: list[int] = []

    def gives_way() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert 0 < await watched.teller.look(gives_way) < 120
    told = await watched.told()
    assert 0 < len(told) < 120
    assert await watched.teller.look() == 120 - len(told)
    assert sorted(await watched.told()) == sorted(titled)


async def test_the_audit_finds_a_share_that_nobody_told_and_no_other(watched: Watched) -> None:
    desk = watched.desk
    await watched.follow("score>=80")
    await watched.announce(TUESDAY, "High", "Mid", "Low", start=5_000)
    await watched.score(High=100.5, Mid=90.5, Low=3.5)
    desk.clock.now += timedelta(days=1)
    assert [gap for day in (await desk.auditor.audit()).days for gap in day.gaps] == []
    await more_with_fewer_points(watched, 60)  # at which nobody looked yet
    assert [gap for day in (await desk.auditor.audit()).days for gap in day.gaps] == []
    await watched.teller.look()
    async with desk.database.transaction() as write:
        await write.execute("DELETE FROM alerts WHERE paper_id = :id", {"id": watched.ids["Mid"]})
    ((gap),) = [gap for day in (await desk.auditor.audit()).days for gap in day.gaps]
    assert gap.paper_id == watched.ids["Mid"]
    assert (await desk.repairer.repair()).late == 1
    ((reasons,),) = await desk.rows("SELECT reasons FROM alerts WHERE paper_id = :id", id=watched.ids["Mid"])
    assert "score 83" in reasons
    assert [gap for day in (await desk.auditor.audit()).days for gap in day.gaps] == []


async def test_who_rested_while_a_share_crossed_missed_nothing(watched: Watched) -> None:
    desk = watched.desk
    subscription = await desk.follow(KEYWORD, "score>=80")
    await watched.announce(TUESDAY, "Mid", start=5_000)
    await watched.score(Mid=90.5)
    await desk.subscriptions.pause(Recipient(OwnerKind.USER, READER), subscription.id)
    desk.clock.now += timedelta(hours=1)
    await more_with_fewer_points(watched, 60)
    assert await watched.teller.look() == 0  # nobody asks
    desk.clock.now += timedelta(hours=1)
    await desk.subscriptions.resume(Recipient(OwnerKind.USER, READER), subscription.id)
    desk.clock.now += timedelta(days=1)
    assert [gap for day in (await desk.auditor.audit()).days for gap in day.gaps] == []


async def test_who_follows_only_now_hears_of_nothing_that_held_before(watched: Watched) -> None:
    await watched.announce(TUESDAY, "High")
    await watched.score(High=100.5)
    await watched.follow("score>=80")
    await watched.score(High=101.5)
    assert await watched.told() == []


async def test_what_is_found_out_about_an_old_paper_is_no_news(watched: Watched) -> None:
    await watched.follow("score>=80 OR citations>=10")
    watched.ids = {"Crowd 000": (await stored(watched.desk.database, arxiv("2611.00000"))).id}
    async with watched.desk.database.transaction() as write:
        await watched.teller.keep(
            write, list(watched.ids.values()), lambda: keep_scores(write, {watched.ids["Crowd 000"]: 500.0})
        )
        await watched.teller.keep(
            write, list(watched.ids.values()), lambda: keep_citations(write, {watched.ids["Crowd 000"]: 40})
        )
    assert await watched.told() == []


async def test_citations_that_grow_are_news_of_papers_of_any_age(watched: Watched) -> None:
    await watched.follow("citations>=10")
    await watched.announce(TUESDAY, "Read")
    await watched.cite(Read=9)
    watched.desk.clock.now += timedelta(days=400)
    assert await watched.told() == []
    await watched.cite(Read=10)
    await watched.cite(Read=12)
    assert await watched.told() == ["Read"]


async def test_votes_and_a_score_together_are_asked_with_both(watched: Watched) -> None:
    await watched.follow("score>=80 upvotes>=5")
    await watched.announce(TUESDAY, "High", "Low")
    await watched.score(High=100.5, Low=3.5)
    community = Community(upvotes=6, listed_on=TUESDAY)
    await watched.desk.listed(
        TUESDAY, *(record(f"2611.{n:05}", title, community=community) for n, title in ((1, "High"), (2, "Low")))
    )
    assert await watched.told() == ["High"]


async def test_nobody_who_asks_costs_nothing(watched: Watched) -> None:
    await watched.follow("diffusion")
    assert watched.desk.matcher.figures == frozenset()
    subscription = await watched.desk.follow(KEYWORD, "novelty>=60 robot")
    assert watched.desk.matcher.figures == {"novelty"}
    watched.desk.matcher.remove(subscription.id)
    assert watched.desk.matcher.figures == frozenset()


async def test_the_forecast_counts_with_figures(watched: Watched) -> None:
    await watched.announce(TUESDAY, "High", "Low")
    await watched.score(High=100.5, Low=3.5)
    search = Search(watched.desk.database, watched.desk.clock)
    forecaster = Forecaster(watched.desk.database, search, watched.desk.clock)
    found = await forecaster.forecast(7, KEYWORD, "score>=80", "score>=80", [])
    assert [paper.title for paper, _ in found.preview.matched.papers if paper.title in ("High", "Low")] == ["High"]


async def test_novelty_holds_by_the_share_of_its_category(watched: Watched) -> None:
    rows = [record(f"2610.{n:05}", f"Old {n}") for n in range(520)]
    async with watched.desk.database.transaction() as write:
        await papers.add_records(write, rows, NOW, eligible=False)
        old = await write.ids("SELECT id FROM papers WHERE title LIKE 'Old%'")
        done = [Computed(number, "cs.LG", 10, at / 1000, (), 600) for at, number in enumerate(old)]
        await novelty.keep(write, dict.fromkeys(old, 0), done, NOW)
    await watched.follow("novelty>=60")
    await watched.announce(TUESDAY, "New", "Near")
    ids = [watched.ids["New"], watched.ids["Near"]]
    both = [Computed(ids[0], "cs.LG", 20, 0.9, (), 600), Computed(ids[1], "cs.LG", 20, 0.01, (), 600)]
    async with watched.desk.database.transaction() as write:
        await watched.teller.keep(write, ids, lambda: novelty.keep(write, dict.fromkeys(ids, 0), both, NOW))
    await watched.teller.look()
    assert await watched.told() == ["New"]
    assert await titles(watched.desk.database, "novelty>=60 ti:(new OR near)") == ["New"]


async def test_the_audit_counts_no_gap_for_what_a_figure_decides(watched: Watched) -> None:
    """A paper was here with a score before it was announced: whoever leaves such out was rightly not told."""
    await watched.follow("gloves -score>=80")
    async with watched.desk.database.transaction() as write:
        await papers.add_records(write, [record("2611.00001", "Gloves")], watched.desk.clock(), eligible=False)
    watched.ids = {title: number for number, title in await watched.desk.rows("SELECT id, title FROM papers")}
    await watched.score(Gloves=110.5)
    await watched.announce(TUESDAY, "Gloves", "Other gloves")
    assert await watched.told() == ["Other gloves"]
    watched.desk.clock.now += timedelta(days=1)
    assert (await watched.desk.proof()).gaps == ()


async def test_the_scorer_tells_by_itself(database: Database) -> None:
    """The whole chain: an author of past lists, a paper announced today, a score that is worked out, and an alert."""
    clock = HandClock(NOW)
    watched = Watched(database, clock)
    await watched.desk.start(TUESDAY)
    await watched.follow("score>=0")
    past = [record(f"2610.{n:05}", f"Listed {n}", authors=("Ada Known",), community=Community(upvotes=n, listed_on=date(2026, 10, 1)))
            for n in range(3)]  # fmt: skip
    listed = [replace(one, event=Event(EventKind.LISTED, NOW - timedelta(days=30), "2026-10-01")) for one in past]
    more = [record(f"2609.{n:05}", f"Group {n}", authors=("Ada Known",)) for n in range(110)]
    async with database.transaction() as write:
        await papers.add_records(write, listed + more, NOW - timedelta(days=30), eligible=False)
    await watched.announce(TUESDAY, "Today", start=777)
    async with database.transaction() as write:
        await write.execute(
            "UPDATE papers SET authors = :authors WHERE title = 'Today'", {"authors": '[["Ada Known", null]]'}
        )
        await scores.wait(write, [watched.ids["Today"]])
    scorer = Scorer(database, clock, keeping=watched.teller.keep)
    assert await scorer.catch_up() > 100
    assert await watched.told() == []
    assert await watched.teller.look() == 1
    async with database.reading() as read:
        known = (await scores.load_scores(read, [watched.ids["Today"]])).get(watched.ids["Today"])
    assert known is not None
    assert await watched.told() == (["Today"] if known.percent is not None else [])


async def test_the_bot_looks_by_itself_and_a_message_says_the_share(house: House) -> None:
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "Rising gloves")]))
    await house.subscribe("query", query="score>=80")
    await house.move_to(london(THURSDAY, 7))
    await house.round()

    async def others(start: int, count: int, points: float) -> dict[int, float]:
        rows = [record(f"2401.{n:05}", f"Crowd {n:03}") for n in range(start, start + count)]
        async with house.app.database.transaction() as write:
            kept = await papers.add_records(write, rows, NOW, eligible=False)
        return {change.paper.id: points + n for n, change in enumerate(kept)}

    async def score(points: Mapping[int, float]) -> None:
        async with house.app.database.transaction() as write:
            await house.app.teller.keep(write, points, lambda: keep_scores(write, points))
            await write.execute("DELETE FROM score_queue")  # the sample upstream's papers are of other groups

    ((rising,),) = await house.rows("SELECT id FROM papers WHERE title = 'Rising gloves'")
    await score({**await others(0, CROWD, 0.0), rising: 90.5})
    await score(await others(CROWD, 80, -200.0))
    house.bot.jobs.run_soon("figures")
    await until(lambda: _alerted(house, rising))
    await house.move_to(london(THURSDAY, 8))
    await house.round()
    told = [text_of(message) for message in await house.dms_of(house.nadia, 2)]
    assert any("Rising gloves" in text and "score" in text for text in told), told


async def _alerted(house: House, paper: int) -> bool:
    return bool(await house.rows("SELECT 1 FROM alerts WHERE paper_id = :paper", paper=paper))


async def test_a_channels_list_and_its_preview_ask_for_scores(house: House) -> None:
    papers_here = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    house.upstream.put(
        "/rss/cs.CV", page(THURSDAY, [sample("2511.00001", "High gloves"), sample("2511.00002", "Low gloves")])
    )
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    async with house.app.database.transaction() as write:
        rows = [record(f"2401.{n:05}", f"Crowd {n:03}") for n in range(CROWD)]
        await papers.add_records(write, rows, NOW, eligible=False)
        crowd = await write.ids("SELECT id FROM papers WHERE title LIKE 'Crowd%'")
        (high,) = await write.ids("SELECT id FROM papers WHERE title = 'High gloves'")
        (low,) = await write.ids("SELECT id FROM papers WHERE title = 'Low gloves'")
        await keep_scores(write, {**{number: place for place, number in enumerate(crowd)}, high: 110.5, low: 3.5})
    options: dict[str, Any] = {"channel": papers_here, "hour": 23, "categories": "cs.CV", "words": "score>=80"}
    await house.run("summary setup", house.tomasz, **options)
    shown = text_of((await house.run("summary preview", house.tomasz, channel=papers_here))["message"])
    assert "High gloves" in shown
    assert "Low gloves" not in shown


async def test_where_papers_are_not_compared_novelty_is_neither_shown_nor_asked_for(tmp_path: Path) -> None:
    settings = Settings(_env_file=None).model_copy(update={"database": tmp_path / "paperboy.db"})  # type: ignore[call-arg]
    async with open_application(settings) as app:
        async with app.database.transaction() as write:
            await papers.add_records(
                write, [record(f"2610.{n:05}", f"Old {n:03}") for n in range(600)], NOW, eligible=False
            )
            old = await write.ids("SELECT id FROM papers ORDER BY id")
            done = [Computed(number, "cs.LG", 10 + at, at / 1000, (), 600) for at, number in enumerate(old)]
            await novelty.keep(write, dict.fromkeys(old, 0), done, NOW)
        newest = old[-1]
        assert (await app.services.search.paper(newest)).novelty is not None
        assert (await app.services.search.search("novelty>=60", ask=False)).total == 100
        await app.services.subscriptions.subscribe(7, KEYWORD, "novelty>=60", Cadence.DAILY)
    async with open_application(settings.model_copy(update={"similar": "off"})) as app:
        services = app.services
        assert (await services.search.paper(newest)).novelty is None
        page = await services.authors.find("Ada Example", ask=False)
        assert isinstance(page, AuthorPage)
        assert (page.novelty.value, page.novelty.reason) == (None, "papers are not compared here")
        for asked in ("novelty>=60", "old -novelty<=20", "old OR novelty>=60"):
            with pytest.raises(BadInputError, match="switched it off"):
                await services.search.search(asked, ask=False)
            with pytest.raises(BadInputError, match="switched it off"):
                await services.subscriptions.subscribe(8, KEYWORD, asked, Cadence.DAILY)
        with pytest.raises(BadInputError, match="switched it off"):
            await services.summaries.set_up(
                Wish("UTC", 480, 127, (), "novelty>=60", 10),
                channel_id=1, channel_name="a", guild_id=2, server_name="b", created_by=7, locale="en",
            )  # fmt: skip
        async with app.database.reading() as read:
            loaded = await with_figures(read, await papers.load_papers(read, old[-60:]))
        assert {paper.novelty for paper in loaded.values()} == {None}
    async with open_application(settings) as app:  # what was computed is kept
        assert (await app.services.search.paper(newest)).novelty is not None
