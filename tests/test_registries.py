"""People and citations from Semantic Scholar and OpenAlex: at once and in the background, within a budget, whatever either does."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.authors import asking
from bot.authors.bearing import Bearing
from bot.authors.registries import Registries
from bot.errors import UsedUpError
from bot.models import Cited, Credit, EventKind, PaperId, Registry
from bot.sources.base import AuthorRegistry
from bot.sources.http import PoliteClient
from bot.sources.openalex import OpenAlex, openalex_service
from bot.sources.semantic_scholar import SemanticScholar, semantic_scholar_service
from bot.store import papers, registry_queue
from bot.store import registries as store
from bot.store.database import Database, open_database
from bot.store.registry_queue import RequestPurse
from bot.store.sources import GateState
from playground.upstreams import registries as samples
from playground.upstreams.server import Upstream
from tests.conftest import arxiv, record
from tests.house import House
from tests.patience import until
from tests.ready import ready
from tests.sources.conftest import Time

S2, ALEX = Registry.SEMANTIC_SCHOLAR, Registry.OPENALEX
ONE, OTHER = "2512.17220", "2510.27688"  # both are by a Jie Zhou
S2_PAPERS, S2_PEOPLE = "/graph/v1/paper/batch", "/graph/v1/author/batch"
WORKS, PEOPLE = "/openalex/works", "/openalex/authors"
DAY = 86400


class Desk:
    """A store with the sample papers, the sample registries, and the service between them."""

    def __init__(self, database: Database, upstream: Upstream, time: Time, budget: int = 400) -> None:
        self.database, self.upstream, self.time = database, upstream, time
        self.client = PoliteClient(
            [
                semantic_scholar_service(upstream.semantic_scholar_url, has_key=False),
                openalex_service(upstream.openalex_url),
            ],
            user_agent="Paperboy/test",
            gate_state=GateState(database),
            clock=time,
            wait=time.wait,
        )
        self.purse = RequestPurse(database, time, budget)
        self.sources: list[AuthorRegistry] = [
            SemanticScholar(self.client, upstream.semantic_scholar_url, time, self.purse),
            OpenAlex(self.client, upstream.openalex_url, time, self.purse, key="a-sample-key"),
        ]
        self.service = Registries(database, time, self.sources, self.purse)
        self.ids: dict[str, int] = {}

    async def take_in(self, *more: str) -> None:
        """Stores the sample papers, and others that no registry knows."""
        items = [i for i in self.upstream.papers if i.day <= self.time.now.date()]
        records = [
            record(i.paper.id, i.paper.title, authors=i.paper.authors, categories=i.paper.categories, at=i.submitted)
            for i in items
        ]
        records += [record(value, f"Of {value}") for value in more]
        async with self.database.transaction() as write:
            await papers.add_records(write, records, self.time.now, eligible=True)
        for one in records:
            async with self.database.reading() as read:
                stored = await papers.find_paper(read, one.ids[0])
            assert stored is not None
            self.ids[one.ids[0].value] = stored.id

    def asked(self) -> Counter[str]:
        """How often each address was asked since the last time."""
        found = Counter(entry["path"] for entry in self.upstream.requests)
        self.upstream.requests.clear()
        return found

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.database.reading() as read:
            return [tuple(row) for row in await read.all(sql, parameters)]


@contextlib.asynccontextmanager
async def opened(folder: Path, budget: int = 400) -> AsyncIterator[Desk]:
    now = Time(datetime(2026, 11, 20, 12, tzinfo=UTC))
    async with open_database(ready(folder / "paperboy.db")) as database, Upstream(clock=now) as upstream:
        made = Desk(database, upstream, now, budget)
        async with made.client:
            await made.take_in("1401.00001")
            yield made


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


# -- while somebody waits ----------------------------------------------------------------------------------------------


async def test_a_name_on_our_papers_becomes_people_and_namesakes_stay_apart(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    found = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    assert found.missing == ""
    for registry in (S2, ALEX):
        theirs = {known_as: p for (of, known_as), p in found.known.profiles.items() if of is registry}
        assert len(theirs) == 2
        assert {p.name for p in theirs.values()} == {samples.NAMESAKES}
        assert all(p.h_index is not None and p.papers is not None and p.h_index <= p.papers for p in theirs.values())
    for paper in wanted:
        said = found.known.cited[paper]
        assert [one.registry for one in said] == [S2, ALEX]
        assert all(one.fetched == said[0].fetched for one in said)
        assert all(samples.NAMESAKES in [c.name for c in one.credits] for one in said)
    assert desk.asked() == Counter({S2_PAPERS: 1, S2_PEOPLE: 1, WORKS: 1, PEOPLE: 1})


async def test_what_is_known_comes_from_the_store_alone(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    found = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    desk.asked()
    assert await desk.service.known(wanted, samples.NAMESAKES) == found.known
    everybody = await desk.service.known(wanted)
    assert everybody.profiles == found.known.profiles  # only of them were figures asked for
    assert (await desk.service.known([10**9])).cited == {}
    assert desk.asked() == Counter()


async def test_one_who_became_another_is_known_by_the_id_that_is_credited(desk: Desk) -> None:
    one = samples.person(samples.MERGED)
    found = await desk.service.fetch_now([desk.ids["2601.09708"], desk.ids["2511.08923"]], samples.MERGED)
    assert found.known.profiles[ALEX, one.alex_before].id == one.alex
    assert found.known.profiles[ALEX, one.alex_before].years
    assert found.known.profiles[S2, str(one.number)].citations == one.citations


async def test_figures_are_asked_for_anew_after_a_week_and_an_unknown_paper_after_two_days(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids["1401.00001"]]
    await desk.service.fetch_now(wanted, samples.NAMESAKES)
    assert set(desk.asked()) == {S2_PAPERS, S2_PEOPLE, WORKS, f"{PEOPLE}/{_alex(ONE)}"}
    for hours, expected in ((47, 0), (2, 2), (5 * 24 - 2, 2), (2, 4)):
        desk.time.forward(hours=hours)
        await desk.service.fetch_now(wanted, samples.NAMESAKES)
        assert sum(desk.asked().values()) == expected, hours


def _alex(paper: str) -> str:
    return samples.person(samples.NAMESAKES, paper).alex


async def test_of_very_many_papers_the_first_hundred_are_asked_at_once_and_the_others_wanted(desk: Desk) -> None:
    await desk.take_in(*(f"1402.{n:05d}" for n in range(120)))
    wanted = [*desk.ids.values()]
    found = await desk.service.fetch_now(wanted)
    assert found.missing == ""
    assert len(wanted) > 150
    assert desk.asked() == Counter({S2_PAPERS: 2, WORKS: 2})
    assert len(await desk.rows("SELECT * FROM wanted_papers")) == 2 * (len(wanted) - 100)
    await desk.service.catch_up()
    assert await desk.rows("SELECT * FROM wanted_papers") == []


async def test_two_who_ask_the_same_cost_one_request(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    first, second = await asyncio.gather(*(desk.service.fetch_now(wanted, samples.NAMESAKES) for _ in range(2)))
    assert first.known == second.known
    assert max(desk.asked().values()) == 1


# -- faults ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503}, "does not answer right now."),
        ({"status": 429, "headers": {"Retry-After": "7200"}}, "does not answer right now."),
        ({"status": 401}, "answered with something that cannot be read."),
        ({"html": True}, "answered with something that cannot be read."),
    ],
)
@pytest.mark.parametrize(
    ("path", "down", "up"), [("/graph/v1", "Semantic Scholar", ALEX), ("/openalex", "OpenAlex", S2)]
)
async def test_one_that_is_down_takes_nothing_from_the_other(
    desk: Desk, path: str, down: str, up: Registry, fault: dict[str, Any], said: str
) -> None:
    desk.upstream.fail(path, count=99, **fault)
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    found = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    assert found.missing == f"{down} {said}"
    assert {one.registry for paper in wanted for one in found.known.cited[paper]} == {up}
    assert {registry for registry, _ in found.known.profiles} == {up}
    desk.asked()
    again = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    assert again.missing == found.missing
    assert desk.asked() == Counter()  # it is left in peace for a while
    desk.upstream.heal()
    desk.time.forward(hours=3)
    assert await desk.service.catch_up() > 0
    everything = await desk.service.known(wanted, samples.NAMESAKES)
    assert {registry for registry, _ in everything.profiles} == {S2, ALEX}
    assert {one.registry for one in everything.cited[wanted[0]]} == {S2, ALEX}


async def test_where_both_are_down_what_is_stored_is_still_there(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    before = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    desk.time.forward(days=30)
    desk.upstream.fail("/", count=99, status=500)
    after = await desk.service.fetch_now(wanted, samples.NAMESAKES)
    assert after.known == before.known
    assert after.missing == "Semantic Scholar does not answer right now. OpenAlex does not answer right now."


async def test_nobody_waits_longer_than_they_have_patience(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.0)
    found = await desk.service.fetch_now([desk.ids[ONE]])
    assert found.missing == "Semantic Scholar did not answer in time. OpenAlex did not answer in time."
    monkeypatch.undo()
    again = await desk.service.fetch_now(
        [desk.ids[ONE]]
    )  # who did not answer is left in peace, and nobody waits once more
    assert again.known.cited == {}
    assert "does not answer right now" in again.missing
    desk.time.forward(hours=1)
    assert await desk.service.catch_up() > 0
    assert len((await desk.service.known([desk.ids[ONE]])).cited[desk.ids[ONE]]) == 2


async def test_without_registries_there_is_what_is_stored(desk: Desk) -> None:
    wanted = [desk.ids[ONE]]
    before = await desk.service.fetch_now(wanted)
    service = Registries(desk.database, desk.time)
    found = await service.fetch_now(wanted)
    assert (found.known, found.missing) == (before.known, "No registry of authors is asked here.")
    assert await service.catch_up() == 0
    brought = await service.fetch_papers(_profile(await desk.service.fetch_now(wanted, "Mo Yu")))
    assert (brought.papers, brought.missing) == ((), "Semantic Scholar is not asked here.")


def _profile(found: Any, registry: Registry = S2) -> Any:
    return next(profile for (of, _), profile in found.known.profiles.items() if of is registry)


async def test_an_answer_that_nobody_can_read_is_asked_for_alone_in_the_end_and_holds_no_other_up(desk: Desk) -> None:
    await desk.service.want([desk.ids[ONE], desk.ids[OTHER]])
    desk.upstream.fail(S2_PAPERS, count=99, body="{}")
    pauses = []
    for _ in range(3):
        before = desk.time.now
        while not desk.asked()[S2_PAPERS]:
            desk.time.forward(minutes=1)
            await desk.service.catch_up()
        pauses.append(round((desk.time.now - before) / timedelta(minutes=1)))
    assert pauses == [1, 1, 2]  # minutes; the first is the loop's own
    assert set(await desk.rows("SELECT tries FROM wanted_papers WHERE registry = 'semantic-scholar'")) == {(3,)}
    assert await desk.rows("SELECT * FROM wanted_papers WHERE registry = 'openalex'") == []
    for _ in range(6):  # each of the two alone, three times more
        desk.time.forward(hours=7)
        await desk.service.catch_up()
        (body,) = [entry for entry in desk.upstream.requests if entry["path"] == S2_PAPERS]
        assert int(body["headers"]["Content-Length"]) < 60
        desk.asked()
    assert await desk.rows("SELECT * FROM wanted_papers") == []


# -- the budget and the pace -------------------------------------------------------------------------------------------


async def test_the_budget_holds_over_restarts_and_ends_at_midnight(tmp_path: Path) -> None:
    async with opened(tmp_path, budget=3) as desk:
        found = await desk.service.fetch_now([desk.ids[ONE], desk.ids[OTHER]], samples.NAMESAKES)
        assert found.missing == (
            "Today's requests to Semantic Scholar and OpenAlex are used up; there are new ones at midnight, UTC."
        )
        assert sum(desk.asked().values()) == 3
        again = Desk(desk.database, desk.upstream, desk.time, budget=3)  # as after a restart
        again.ids = desk.ids
        for _ in range(3):
            assert "used up" in (await again.service.fetch_now([desk.ids["2601.09708"]])).missing
            assert await again.service.catch_up() == 0
        assert desk.asked() == Counter()
        desk.time.now = datetime.combine(date(2026, 11, 21), time(0, 0, 1), UTC)
        found = await again.service.fetch_now([desk.ids[ONE], desk.ids[OTHER]], samples.NAMESAKES)
        assert found.missing == ""
        await again.client.close()


async def test_the_background_leaves_a_part_of_the_budget_to_people(tmp_path: Path) -> None:
    async with opened(tmp_path, budget=8) as desk:
        await desk.take_in(*(f"1402.{n:05d}" for n in range(400)))
        await desk.service.want([*desk.ids.values()])
        while await desk.service.catch_up():
            pass
        assert sum(desk.asked().values()) in (6, 7)  # both looked while one was left
        assert await desk.purse.left(spare=1_000) in (1, 2)
        assert (await desk.rows("SELECT count(*) FROM wanted_papers"))[0][0] > 0


async def test_of_requests_at_once_no_more_are_sent_than_there_are(desk: Desk) -> None:
    purse = RequestPurse(desk.database, desk.time, 5)

    async def take() -> bool:
        try:
            await purse.take(S2)
        except UsedUpError:
            return False
        return True

    assert sum(await asyncio.gather(*(take() for _ in range(12)))) == 5
    with pytest.raises(UsedUpError) as refused:
        await purse.take(ALEX)
    assert refused.value.retry_after == 12 * 3600  # it is noon


@pytest.mark.parametrize(("place", "path", "pause"), [(0, S2_PAPERS, 4.0), (1, WORKS, 0.25)])
async def test_each_is_asked_at_its_own_pace(desk: Desk, place: int, path: str, pause: float) -> None:
    await desk.take_in(*(f"1402.{n:05d}" for n in range(200)))
    service = Registries(desk.database, desk.time, [desk.sources[place]], desk.purse)
    await service.want([*desk.ids.values()])
    await service.catch_up()
    times = [datetime.fromisoformat(entry["at"]) for entry in desk.upstream.requests if entry["path"] == path]
    assert len(times) == 5
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(seconds=pause)}


# -- in the background -------------------------------------------------------------------------------------------------


async def test_what_is_wanted_is_asked_once_with_the_people_of_the_name(desk: Desk) -> None:
    wanted = [desk.ids[ONE], desk.ids[OTHER]]
    for _ in range(2):
        await desk.service.want(wanted, samples.NAMESAKES)
    assert len(await desk.rows("SELECT * FROM wanted_papers")) == 4
    await desk.service.catch_up()
    assert desk.asked() == Counter({S2_PAPERS: 1, S2_PEOPLE: 1, WORKS: 1, PEOPLE: 1})
    assert await desk.rows("SELECT registry FROM wanted_papers UNION SELECT registry FROM wanted_authors") == []
    assert len((await desk.service.known(wanted, samples.NAMESAKES)).profiles) == 4
    await desk.service.want(wanted, samples.NAMESAKES)  # all is fresh
    assert await desk.service.catch_up() == 0
    assert desk.asked() == Counter()


async def test_what_is_not_known_comes_before_what_is_old(desk: Desk) -> None:
    await desk.service.fetch_now([desk.ids[ONE]])
    desk.time.forward(days=1)
    await desk.service.fetch_now([desk.ids[OTHER]])
    desk.time.forward(days=8)
    await desk.service.want([desk.ids[OTHER], desk.ids[ONE], desk.ids["2601.09708"]])
    async with desk.database.reading() as read:
        order = [one.paper_id for one in await registry_queue.wanted_papers(read, S2, 9)]
    assert order == [desk.ids["2601.09708"], desk.ids[ONE], desk.ids[OTHER]]


async def test_citations_of_papers_that_were_listed_lately_stay_fresh(desk: Desk) -> None:
    assert await desk.service.catch_up() == 0  # nobody has seen any
    async with desk.database.transaction() as write:
        for day, known_as in (("2026-11-19", ONE), ("2026-10-01", OTHER)):
            await write.execute("INSERT INTO listings VALUES (:day, :paper)", {"day": day, "paper": desk.ids[known_as]})
    assert await desk.service.catch_up() == 2  # one paper, two registries
    assert await desk.rows("SELECT DISTINCT paper_id FROM cited") == [(desk.ids[ONE],)]
    assert desk.asked() == Counter({S2_PAPERS: 1, WORKS: 1})
    for days, expected in ((6, 0), (2, 2), (9, 2), (20, 0)):
        desk.time.forward(days=days)
        assert await desk.service.catch_up() == expected, days


async def test_a_paper_without_an_id_that_registries_know_is_not_asked_for(desk: Desk) -> None:
    address = PaperId("url", "example.org/an-article")
    async with desk.database.transaction() as write:
        await papers.add_records(write, [record(ids=(address,), source="feed:x")], desk.time.now, eligible=True)
        stored = await papers.find_paper(write, address)
    assert stored is not None
    await desk.service.want([stored.id])
    await desk.service.catch_up()
    assert desk.asked() == Counter()
    assert await desk.rows("SELECT registry FROM wanted_papers") == []


# -- papers of a person ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("registry", [S2, ALEX])
async def test_papers_of_a_person_are_stored_silently_and_still_announced(tmp_path: Path, registry: Registry) -> None:
    now = Time(datetime(2026, 11, 20, 12, tzinfo=UTC))
    async with open_database(ready(tmp_path / "paperboy.db")) as database, Upstream(clock=now) as upstream:
        desk = Desk(database, upstream, now)
        async with desk.client:
            people = await desk.service.find_people(samples.MERGED)
            assert people.missing == ""
            (profile,) = [one for one in people.profiles if one.registry is registry]
            brought = await desk.service.fetch_papers(profile)
            assert (len(brought.papers), brought.missing) == (2, "")
            assert await desk.rows("SELECT DISTINCT kind, occurrence, eligible FROM events") == [
                ("announced", "looked up", 0)
            ]
            assert await desk.rows("SELECT DISTINCT paper_id FROM wanted_papers ORDER BY paper_id") == [
                (paper,) for paper in sorted(brought.papers)
            ]
            desk.asked()
            assert (await desk.service.fetch_papers(profile)).papers == ()
            assert desk.asked() == Counter()  # once a week
            news = record("2601.09708", "Its own title", at=now.now, source="arxiv:cs.CV")
            async with database.transaction() as write:
                (change,) = await papers.add_records(write, [news], now.now, eligible=True)
            assert not change.is_new
            assert change.paper.title == "Its own title"  # a registry is believed least
            assert [event.kind for event in change.news] == [EventKind.ANNOUNCED]
            now.forward(days=8)
            assert len((await desk.service.fetch_papers(profile)).papers) == 2


async def test_papers_of_a_person_when_the_registry_is_down_are_none_and_it_is_said(desk: Desk) -> None:
    profile = _profile(await desk.service.fetch_now([desk.ids[ONE]], "Mo Yu"))
    desk.upstream.fail("/graph/v1", status=500)
    brought = await desk.service.fetch_papers(profile)
    assert (brought.papers, brought.missing) == ((), "Semantic Scholar does not answer right now.")
    desk.time.forward(hours=1)
    assert (await desk.service.fetch_papers(profile)).papers == (desk.ids[ONE],)


async def test_candidates_of_one_registry_come_when_the_other_is_down(desk: Desk) -> None:
    desk.upstream.fail("/openalex", html=True)
    found = await desk.service.find_people("Fu-En Yang")
    assert [(one.registry, one.name) for one in found.profiles] == [(S2, "Fu-En Yang")]
    assert found.missing == "OpenAlex answered with something that cannot be read."


# -- the store ---------------------------------------------------------------------------------------------------------


KNOWN = Cited(S2, 5, (Credit("A. Kept", "1"),), datetime(2026, 11, 20, 12, tzinfo=UTC))
MORE = Cited(S2, 9, (Credit("A. Gone", "2"), Credit("B. Gone", None)), datetime(2026, 11, 20, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("of_kept", "of_gone", "expected"),
    [
        (KNOWN, MORE, KNOWN),
        (None, MORE, MORE),
        ("unknown", MORE, MORE),
        (KNOWN, "unknown", KNOWN),
        (KNOWN, None, KNOWN),
    ],
)
async def test_two_papers_that_become_one_keep_what_was_said_of_either(
    database: Database, of_kept: Any, of_gone: Any, expected: Cited
) -> None:
    doi, now = PaperId("doi", "10.1000/xyz"), KNOWN.fetched
    both = record("2611.00001", "Kept"), record(ids=(doi,), source="feed:x", title="Gone")
    async with database.transaction() as write:
        kept, gone = (c.paper.id for c in await papers.add_records(write, both, now, eligible=True))
        for paper, said in ((kept, of_kept), (gone, of_gone)):
            if said is not None:
                found = {} if said == "unknown" else {paper: said}
                await store.keep_cited(write, S2, [paper], found, now)
            await registry_queue.want_papers(write, S2, [paper], "", now)
        await registry_queue.want_papers(write, S2, [gone], "A Name", now)
        one = record(ids=(arxiv("2611.00001"), doi), kind=EventKind.REVISED, occurrence="v2", version=2)
        await papers.add_records(write, [one], now, eligible=True)
    async with database.reading() as read:
        assert await store.load_cited(read, [kept, gone]) == {kept: (expected,)}
        assert await read.value("SELECT count(*) FROM credits") == len(expected.credits)
        waiting = await registry_queue.wanted_papers(read, S2, 9)
        assert [(one.paper_id, one.names) for one in waiting] == [(kept, ("A Name",))]


async def test_what_was_said_anew_replaces_what_was_said(database: Database) -> None:
    now = KNOWN.fetched
    async with database.transaction() as write:
        (change,) = await papers.add_records(write, [record()], now, eligible=True)
        for said in (MORE, KNOWN):
            await store.keep_cited(write, S2, [change.paper.id], {change.paper.id: said}, now)
        assert await store.load_cited(write, [change.paper.id]) == {change.paper.id: (KNOWN,)}
        await store.keep_cited(write, S2, [change.paper.id], {}, now)
        assert await store.load_cited(write, [change.paper.id]) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("aliases", "[no JSON"), ("aliases", '{"a": [7]}'), ("years", '[["x", 1, 2], [2020, "y", -3], [2021]]'), ("years", "7"),
        ("h_index", 10**15), ("papers", -5), ("fetched_at", 10**15), ("registry", "another"),
    ],
)  # fmt: skip
async def test_a_profile_that_a_hand_has_damaged_is_read_as_far_as_it_goes(desk: Desk, column: str, value: Any) -> None:
    wanted = [desk.ids[ONE]]
    before = (await desk.service.fetch_now(wanted, samples.NAMESAKES)).known
    async with desk.database.transaction() as write:
        await write.execute(
            f"UPDATE profiles SET {column} = :value WHERE registry = 'openalex'",
            {"value": value},
        )
    after = (await desk.service.known(wanted, samples.NAMESAKES)).profiles
    assert after.keys() == before.profiles.keys() - (
        {(ALEX, _alex(ONE))} if column in ("fetched_at", "registry") else set()
    )
    assert await desk.service.catch_up() == 0


async def test_a_clock_that_was_ahead_leaves_nothing_that_is_never_asked_for_again(desk: Desk) -> None:
    wanted = [desk.ids[ONE]]
    true = desk.time.now
    desk.time.forward(days=4_000)
    await desk.service.fetch_now(wanted, samples.NAMESAKES)
    profile = _profile(await desk.service.fetch_now(wanted, samples.NAMESAKES))
    await desk.service.fetch_papers(profile)
    desk.asked()
    desk.time.now = true
    await desk.service.fetch_now(wanted, samples.NAMESAKES)
    await desk.service.fetch_papers(profile)
    assert {S2_PAPERS, S2_PEOPLE, WORKS, f"/graph/v1/author/{profile.id}/papers"} <= desk.asked().keys()


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed", "expected"),
    [
        ("Alan Turing", ["A. Turing", "Ben Sample"], 0),
        ("Alan Turing", ["A. Turing", "Alan Turing"], 1),  # the surer of two
        ("Alan Turing", ["A. Turing", "A. M. Turing"], None),  # nobody can say which
        ("Alan Turing", ["B. Turing", "Alan Touring"], None),
        ("Jie Zhou", ["Jie Zhou", "Jie Zhou"], None),
        ("李明", ["Ben Sample", "李明"], 1),
        ("Alan Turing", [], None),
    ],
)
def test_a_paper_credits_one_person_with_a_name_or_nobody(name: str, printed: list[str], expected: int | None) -> None:
    people = tuple(Credit(one, str(place)) for place, one in enumerate(printed))
    found = Bearing(name).credited(Cited(S2, None, people, KNOWN.fetched))
    assert found == (None if expected is None else str(expected))


def test_one_whom_a_registry_does_not_tell_apart_is_nobody() -> None:
    assert Bearing("Ada Example").credited(Cited(S2, None, (Credit("Ada Example", None),), KNOWN.fetched)) is None


# -- in the house ------------------------------------------------------------------------------------------------------


async def test_the_bot_asks_in_the_background_for_papers_that_were_listed(house: House) -> None:
    listed = {
        "paper": {"id": ONE, "title": "A sample", "upvotes": 3, "submittedOnDailyAt": "2031-11-19T00:00:00.000Z"},
        "numComments": 0,
    }
    house.upstream.put("/api/daily_papers", json.dumps([listed]), "application/json")
    await house.visit_feed()
    house.bot.jobs.run_soon("registries")

    async def asked() -> bool:
        return len(await house.rows("SELECT registry FROM cited WHERE is_known = 1")) == 2

    await until(asked)
    assert await house.rows("SELECT count(*) FROM credits WHERE name = 'Mo Yu'") == [(2,)]
    keys = {e["headers"].get("x-api-key") for e in house.upstream.requests if e["path"].startswith("/graph")}
    assert keys == {None}
