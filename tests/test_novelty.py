"""Novelty: how far a paper's words are from those of the earlier papers here, and among whom that is a percentile."""

from __future__ import annotations

import random
import subprocess
import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Author, Event, EventKind, Novelty, Paper, Record
from bot.query.document import of_paper
from bot.query.likeness import Frequencies, likeness, vector
from bot.query.novelty import FEWEST_WORDS, distance_from, mean_novelty, nearer_of, percent_of
from bot.similar import novelty as service
from bot.similar.earlier import Asked, Calendar, Earlier
from bot.similar.nearest import Similar
from bot.similar.novelty import Novelties
from bot.store import novelty, papers
from bot.store.database import Database
from bot.store.narrowing import DAY
from bot.store.novelty import Computed
from tests.amount import real_rows
from tests.conftest import NOW, ROOT, HandClock, arxiv
from tests.properties import tries

FIRST = date(2026, 1, 5)
COMMON = [f"filling{n}" for n in range(50)]


def told(number: int, day: date, words: Iterable[str], *, title: str = "", category: str = "cs.RO") -> Record:
    """A paper of that day with an abstract of these words."""
    return Record(
        "arxiv-oai:cs",
        (arxiv(f"2601.{number:05}"),),
        title or f"Paper number{number}",
        Event(EventKind.ANNOUNCED, datetime(2026, 6, 1, tzinfo=UTC), "v1"),
        abstract=" ".join(words),
        authors=(Author(f"Ada{number} Lovelace{number}"),),
        categories=(category,) if category else (),
        published=day,
    )


def filled(seed: random.Random, *own: str) -> list[str]:
    """These words among thirty that many papers have."""
    return [*own, *seed.sample(COMMON, 30)]


async def keep(database: Database, records: Iterable[Record]) -> list[Paper]:
    async with database.transaction() as write:
        return [c.paper for c in await papers.add_records(write, list(records), NOW, eligible=False)]


async def computed(database: Database, *, enabled: bool = True, clock: HandClock | None = None) -> Novelties:
    """Every paper's words counted, and its novelty computed."""
    like = Similar(database, enabled=enabled)
    await like.catch_up()
    found = Novelties(database, like, clock or HandClock())
    while await found.catch_up():
        pass
    return found


def crowd(seed: random.Random, count: int = 30, day: date = FIRST) -> list[Record]:
    """Papers of one day without a subject."""
    return [told(n, day, filled(seed)) for n in range(1, count + 1)]


async def waiting(database: Database) -> set[int]:
    async with database.reading() as read:
        return set(await novelty.next_waiting(read, 10_000))


# -- alone


def test_the_distance_is_from_the_mean_of_the_ten_nearest() -> None:
    assert distance_from([0.5] * 10, 10) == pytest.approx(0.5)
    assert distance_from([1.0] * 10 + [0.0] * 5, 15) == pytest.approx(0.0)
    assert distance_from([0.5], 10) == pytest.approx(0.95)  # the nine others have nothing in common with it
    assert distance_from([], 10) == 1.0
    assert distance_from([0.9] * 9, 9) is None


@given(st.lists(st.floats(0, 1.0000001), max_size=30), st.integers(0, 100))
@tries(100)
def test_a_distance_is_between_nothing_and_one(shares: list[float], earlier: int) -> None:
    found = distance_from(sorted(shares, reverse=True), earlier)
    assert found is None if earlier < 10 else found is not None and 0 <= found <= 1


def test_a_percentile_is_said_from_500_earlier_papers_on() -> None:
    assert percent_of(499, 499) is None
    assert percent_of(125, 500) == 25.0
    assert percent_of(0, 500) == 0.0


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 5)), max_size=40))
@tries(200)
def test_who_is_earlier_and_nearer_is_counted_as_by_looking_at_all(drawn: list[tuple[int, int]]) -> None:
    told = sorted((day, place, number) for number, (day, place) in enumerate(drawn))
    expected = {
        number: (sum(d < day and p < place for d, p, _ in told), sum(d < day for d, _, _ in told))
        for day, place, number in told
    }
    assert nearer_of(told) == expected
    assert nearer_of(told, {0, 3}) == {number: counts for number, counts in expected.items() if number in {0, 3}}


def test_a_persons_novelty_is_the_mean_of_what_is_known_and_says_of_how_many() -> None:
    some = [Novelty(0.5, percent, "cs.RO", 600, (), NOW) for percent in (20.0, 40.0, None)]
    found = mean_novelty(some, 5)
    assert (found.value, found.counted, found.total) == (30.0, 2, 5)
    assert mean_novelty(some[2:], 5).value is None
    assert mean_novelty([], 0).total == 0


@pytest.mark.parametrize("twice", [0, 900])
def test_named_are_the_earlier_papers_with_the_greatest_sums_each_counted_once_a_word(twice: int) -> None:
    dice = random.Random(8 + twice)
    days = {paper: dice.randrange(1, 9) for paper in range(1, 20_001)}
    calendar = Calendar([array("q", sorted(day * DAY + paper for paper, day in days.items()))], DAY)
    earlier = Earlier(Frequencies([1, 2, 3], [9, 9, 9], 20_000), calendar)
    weights, blocks = {1: 0.5, 2: 0.25, 3: 0.2}, []
    sums: dict[int, dict[int, float]] = {}
    for word, weight in weights.items():
        own = sorted(dice.sample(sorted(days), 9_000))
        own += own[:twice] + [9_999_999] * bool(twice)  # counted anew, and come since
        shares = [dice.randrange(1, 256) for _ in own]
        blocks.append((word, array("I", own).tobytes(), bytes(shares)))
        for paper, share in zip(own, shares, strict=True):
            sums.setdefault(paper, {})[word] = share * weight
    for paper in (next(p for p, day in days.items() if day == wanted) for wanted in (1, 2, 5, 8)):
        nothing = np.zeros(0, np.float32)
        asked = Asked(paper, days[paper], nothing, nothing, nothing, tuple(weights.items()))
        found = earlier.name([asked], blocks)[paper]
        told = {other: sum(by.values()) for other, by in sums.items() if days.get(other, 99) < days[paper]}
        least = sorted(told.values(), reverse=True)[:40][-1:]
        assert len(found) == len(set(found)) == min(40, len(told))
        assert all(told[other] >= least[0] - 1e-3 for other in found)


# -- among papers


async def test_a_paper_is_near_to_the_earlier_one_with_its_rare_words_and_the_words_are_named(
    database: Database,
) -> None:
    seed = random.Random(1)
    next_day = FIRST + timedelta(days=1)
    kept = await keep(
        database,
        [
            *crowd(seed),
            told(101, FIRST, filled(seed, "tokamak", "stellarator", "divertor")),
            told(102, next_day, filled(seed, "tokamak", "stellarator", "divertor")),
            told(103, next_day, filled(seed, "quasar", "blazar", "magnetar")),
        ],
    )
    found = await (await computed(database)).of(paper.id for paper in kept)
    first, like_it, unlike = (kept[-3].id, kept[-2].id, kept[-1].id)
    assert found[like_it].nearest[0][0] == first
    assert set(found[like_it].nearest[0][2]) >= {"tokamak", "stellarator", "divertor"}
    assert found[like_it].nearest[0][1] > max(percent for _, percent, _ in found[unlike].nearest)
    assert found[like_it].distance < found[unlike].distance
    assert (found[like_it].category, found[like_it].percent, found[like_it].as_of) == ("cs.RO", None, NOW)
    assert first not in found  # nothing is earlier, so nothing can be said of it


async def test_neither_a_paper_of_the_same_day_nor_a_later_one_is_earlier(database: Database) -> None:
    seed = random.Random(2)
    same = filled(seed, "tokamak", "stellarator", "divertor")
    day = FIRST + timedelta(days=3)
    kept = await keep(
        database,
        [
            *crowd(seed),
            told(101, day, same),
            told(102, day, same),
            told(103, day + timedelta(days=1), same),
        ],
    )
    one, other, later = (paper.id for paper in kept[-3:])
    found = await (await computed(database)).of((one, other, later))
    for paper in (one, other):
        assert not {number for number, _, _ in found[paper].nearest} & {one, other, later}
    assert {number for number, _, _ in found[later].nearest[:2]} == {one, other}
    assert min(percent for _, percent, _ in found[later].nearest[:2]) > 60 > found[later].nearest[2][1]


async def test_the_distance_is_that_of_a_comparison_with_all(database: Database) -> None:
    seed = random.Random(3)
    subjects = [[f"subject{s}word{n}" for n in range(12)] for s in range(6)]
    kept = await keep(
        database,
        [
            told(n, FIRST + timedelta(days=seed.randrange(40)), filled(seed, *seed.sample(subjects[n % 6], 6)))
            for n in range(1, 241)
        ],
    )
    found = await (await computed(database)).of(paper.id for paper in kept)
    exact = by_comparing(kept)
    assert found.keys() == exact.keys()
    near = [paper for paper, (distance, _) in exact.items() if abs(found[paper].distance - distance) < 1e-4]
    assert len(near) >= 0.98 * len(exact)
    assert all(found[paper].distance >= distance - 1e-4 for paper, (distance, _) in exact.items())


def by_comparing(kept: Iterable[Paper]) -> dict[int, tuple[float, set[int]]]:
    """The distance of each paper and its nearest earlier ones, by comparing it with every earlier one."""
    docs = {paper.id: of_paper(paper).counts for paper in kept}
    days = {paper.id: paper.published or date.min for paper in kept}
    frequent = Counter(word for own in docs.values() for word in own)
    known = Frequencies(sorted(frequent), [frequent[word] for word in sorted(frequent)], len(docs))
    vectors = {paper: vector(own, known) for paper, own in docs.items()}
    found = {}
    for paper, own in vectors.items():
        if len(own) < FEWEST_WORDS:
            continue
        shares = {other: likeness(own, vectors[other]) for other, day in days.items() if day < days[paper]}
        in_order = sorted(shares.values(), reverse=True)
        if (distance := distance_from(in_order, len(shares))) is not None:
            found[paper] = distance, {other for other, share in shares.items() if share > in_order[0] - 1e-6}
    return found


async def test_the_percentile_is_the_same_of_one_of_many_and_of_all(database: Database) -> None:
    dice = random.Random(6)
    kept = await keep(database, crowd(dice, 560))
    rows = [
        Computed(paper.id, "cs.RO", dice.randrange(10, 30), dice.choice((0.1, 0.25, 1 / 3, 0.7)) + n % 7 / 1e3, (), 600)
        for n, paper in enumerate(kept)
    ]
    async with database.transaction() as write:
        await novelty.keep(write, {paper.id: 0 for paper in kept}, rows, NOW)
        await novelty.wait(write, [kept[0].id])
    exact = {
        one.paper: percent_of(sum(o.distance < one.distance for o in before), len(before))  # type: ignore[operator]
        for one in rows
        for before in [[other for other in rows if other.day < one.day]]
    }
    assert len(set(exact.values())) > 10
    async with database.reading() as read:
        at_once = await novelty.load_novelty(read, exact)
        alone = [(await novelty.load_novelty(read, [paper]))[paper] for paper in list(exact)[:40]]
        everything = await novelty.load_percents(read)
        some = await novelty.load_percents(read, list(exact)[:7])
    assert {paper: one.percent for paper, one in at_once.items()} == exact
    assert alone == [at_once[paper] for paper in list(exact)[:40]]
    assert everything == {paper: percent for paper, percent in exact.items() if percent is not None}
    assert some == {paper: everything[paper] for paper in list(exact)[:7] if paper in everything}


async def test_another_report_of_the_same_work_is_not_earlier_work(database: Database) -> None:
    seed = random.Random(4)
    title = "A long title that hardly two works would share by chance"
    own = filled(seed, "tokamak", "stellarator", "divertor")
    anew = told(102, FIRST + timedelta(days=9), own, title=title)
    kept = await keep(
        database,
        [
            *crowd(seed),
            told(101, FIRST, own, title=title),
            replace(anew, authors=(Author("Ada101 Lovelace101"), Author("Charles Babbage"))),
            told(103, FIRST + timedelta(days=9), own, title=title),
        ],
    )
    first, again, by_others = (paper.id for paper in kept[-3:])
    found = await (await computed(database)).of((again, by_others))
    assert first not in {number for number, _, _ in found[again].nearest}
    assert found[by_others].nearest[0][0] == first  # the same title, and nobody in common


async def test_a_paper_with_few_words_has_none(database: Database) -> None:
    seed = random.Random(5)
    kept = await keep(
        database, [*crowd(seed), told(101, FIRST + timedelta(days=1), (), title="Tokamaks and stellarators")]
    )
    found = await (await computed(database)).of([kept[-1].id])
    assert found == {}
    assert await waiting(database) == set()


async def test_no_novelty_where_papers_are_not_compared(database: Database) -> None:
    seed = random.Random(6)
    kept = await keep(database, [*crowd(seed), told(101, FIRST + timedelta(days=1), filled(seed))])
    await computed(database)
    off = await computed(database, enabled=False)
    assert await off.of([kept[-1].id]) == {}
    async with database.reading() as read:
        assert await novelty.load_novelty(read, [kept[-1].id])  # what was computed stays for the day it is on again


# -- as the store changes


async def test_a_changed_text_is_computed_anew_and_says_when(database: Database) -> None:
    seed = random.Random(7)
    day = FIRST + timedelta(days=1)
    kept = await keep(
        database,
        [
            *crowd(seed),
            told(101, FIRST, filled(seed, "tokamak", "stellarator", "divertor")),
            told(102, day, filled(seed, "tokamak", "stellarator", "divertor")),
        ],
    )
    before = (await (await computed(database)).of([kept[-1].id]))[kept[-1].id]
    changed = told(102, day, filled(seed, "quasar", "blazar", "magnetar"))
    await keep(database, [replace(changed, version=2, event=Event(EventKind.REVISED, NOW, "v2"))])
    clock = HandClock()
    clock.move(days=1)
    after = (await (await computed(database, clock=clock)).of([kept[-1].id]))[kept[-1].id]
    assert after.distance > before.distance
    assert after.nearest[0][0] != kept[-2].id
    assert after.as_of == NOW + timedelta(days=1)


async def test_what_changes_while_it_is_computed_is_computed_again(database: Database) -> None:
    await keep(database, crowd(random.Random(8)))
    await computed(database)
    async with database.transaction() as write:
        await novelty.wait(write, [1])
        asked = await novelty.next_waiting(write, 9)
        await novelty.wait(write, [1])
        await novelty.keep(write, asked, [], NOW)
    assert await waiting(database) == {1}


async def test_the_newest_papers_come_first_and_a_stop_between_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.Random(9)
    kept = await keep(database, (told(n, FIRST + timedelta(days=n), filled(seed)) for n in range(1, 41)))
    async with database.transaction() as write:
        for paper in kept:
            at = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) + paper.id
            await write.execute("UPDATE papers SET news_at = :at WHERE id = :id", {"at": at, "id": paper.id})
    like = Similar(database)
    await like.catch_up()
    monkeypatch.setattr(service, "_BATCH", 5)
    monkeypatch.setattr(service, "_BATCHES", 2)
    some = Novelties(database, like, HandClock())
    assert await some.catch_up() == 10
    assert (await some.of(paper.id for paper in kept)).keys() == {paper.id for paper in kept[-10:]}
    everything = await computed(database)
    assert (await everything.of(paper.id for paper in kept)).keys() == {paper.id for paper in kept[10:]}
    assert await waiting(database) == set()


async def test_once_twice_as_many_papers_are_here_all_are_computed_anew(database: Database) -> None:
    seed = random.Random(10)
    subject = ("tokamak", "stellarator", "divertor")
    first = await keep(
        database,
        [*crowd(seed, 20, FIRST + timedelta(days=5)), told(101, FIRST + timedelta(days=9), filled(seed, *subject))],
    )
    novelties = await computed(database)
    before = (await novelties.of([first[-1].id]))[first[-1].id]
    earlier = await keep(database, (told(200 + n, FIRST, filled(seed, *subject)) for n in range(30)))
    after = (await (await computed(database)).of([first[-1].id]))[first[-1].id]
    assert after.distance < before.distance
    assert after.nearest[0][0] in {paper.id for paper in earlier}
    assert await novelties.catch_up() == 0


async def test_a_nearest_paper_that_became_another_is_shown_as_that_and_never_as_the_paper_itself(
    database: Database,
) -> None:
    seed = random.Random(11)
    own = filled(seed, "tokamak", "stellarator", "divertor")
    kept = await keep(
        database,
        [
            *crowd(seed),
            told(101, FIRST, own),
            told(102, FIRST, filled(seed)),
            told(103, FIRST + timedelta(days=1), own),
        ],
    )
    nearest, other, paper = (one.id for one in kept[-3:])
    novelties = await computed(database)
    assert (await novelties.of([paper]))[paper].nearest[0][0] == nearest
    async with database.transaction() as write:
        await papers.merge_papers(write, nearest, other)
    assert (await novelties.of([paper]))[paper].nearest[0][0] == other
    async with database.transaction() as write:
        await papers.merge_papers(write, other, paper)
    assert not {number for number, _, _ in (await novelties.of([paper]))[paper].nearest} & {nearest, other, paper}
    assert paper in await waiting(database)  # it was compared with what is now itself
    after = await (await computed(database)).of((nearest, other, paper))
    assert after.keys() <= {paper}
    assert await waiting(database) == set()


async def test_a_paper_that_gets_its_category_later_is_computed_for_it(database: Database) -> None:
    seed = random.Random(12)
    day = FIRST + timedelta(days=1)
    own = filled(seed)
    kept = await keep(database, [*crowd(seed), told(101, day, own, category="")])
    assert (await (await computed(database)).of([kept[-1].id]))[kept[-1].id].category == ""
    await keep(database, [told(101, day, own, category="cs.LG")])
    assert await waiting(database) == {kept[-1].id}
    assert (await (await computed(database)).of([kept[-1].id]))[kept[-1].id].category == "cs.LG"


# -- the percentile


async def test_the_percentile_is_among_the_earlier_papers_of_the_category_that_have_a_distance(
    database: Database,
) -> None:
    kept = await keep(database, (told(n, FIRST, ["word"]) for n in range(1, 521)))
    ids = [paper.id for paper in kept]
    rows = [Computed(paper, "cs.RO", 10, n / 1000, (), 520) for n, paper in enumerate(ids[:510])]
    rows[500] = Computed(ids[500], "cs.LG", 10, 0.0, (), 520)  # another category
    rows[501] = Computed(ids[501], "cs.RO", 11, 0.0, (), 520)  # the same day as the one that is asked about
    rows[502] = Computed(ids[502], "cs.RO", 10, None, (), 520)  # nothing was earlier
    asked = [
        Computed(ids[510], "cs.RO", 11, 0.1, (), 520),
        Computed(ids[511], "cs.RO", 10, 0.1, (), 520),
        Computed(ids[512], "", 11, 0.1, (), 520),
    ]
    async with database.transaction() as write:
        await novelty.keep(write, {}, [*rows, *asked], NOW)
    async with database.reading() as read:
        found = await novelty.load_novelty(read, ids[502:513])
    early = 507 + 1  # without the three above, with ids[511]
    assert found[ids[510]].category_size == early
    assert found[ids[510]].percent == pytest.approx(100 * 100 / early)
    assert (found[ids[511]].category_size, found[ids[511]].percent) == (0, None)
    assert (found[ids[512]].category_size, found[ids[512]].percent) == (0, None)
    assert ids[502] not in found
    async with database.transaction() as write:
        await write.execute("DELETE FROM novelty WHERE paper_id IN :some", {"some": ids[100:108]})
        assert (await novelty.load_novelty(write, [ids[510]]))[ids[510]].percent is not None
        await write.execute("DELETE FROM novelty WHERE paper_id = :one", {"one": ids[108]})
        few = (await novelty.load_novelty(write, [ids[510]]))[ids[510]]
    assert (few.category_size, few.percent) == (499, None)


# -- what can go wrong


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        ("UPDATE novelty SET nearest = 'no JSON'", True),
        ("""UPDATE novelty SET nearest = '{"a": [7]}'""", True),
        ("UPDATE novelty SET nearest = '[[1e400, 5, []], [2, null, 3]]'", True),
        ("UPDATE novelty SET distance = NULL", False),
        ("UPDATE novelty SET as_of = 1000000000000000", False),
        ("UPDATE novelty SET day = -1000000000000000, papers = -1000000000000000", True),
        ("UPDATE novelty_queue SET news_at = 1000000000000000", True),
        ("UPDATE similar_papers SET words = x'07', counts = x'0707'", True),
        ("UPDATE similar_papers SET words = x'070707070707070707070707', counts = x'000000'", True),
        ("UPDATE similar_postings SET papers = x'ffffffffffffffff', weights = x'ffff'", True),
        ("UPDATE similar_words SET papers = -1", True),
        ("UPDATE title_rows SET number = 1000000000000000 + paper_id", True),
        ("UPDATE title_rows SET number = -paper_id", True),
        ("UPDATE papers SET authors = 'no JSON', title_key = NULL", True),
    ],
)
async def test_damage_of_a_row_stops_nobody(database: Database, damage: str, kept: bool) -> None:
    seed = random.Random(13)
    last = (await keep(database, [*crowd(seed), told(101, FIRST + timedelta(days=1), filled(seed))]))[-1].id
    await computed(database)
    async with database.transaction() as write:
        await novelty.wait(write, [last])
        assert await write.execute(damage) > 0
    async with database.reading() as read:
        assert (last in await novelty.load_novelty(read, [last])) is kept
    await computed(database)
    assert await waiting(database) == set()


async def test_it_needs_numpy_only_once_a_paper_waits(database: Database) -> None:
    """A bot that compares nothing is 30 MB smaller, and starts sooner."""
    code = "import bot.process.application, bot.similar.novelty, sys; sys.exit('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


# -- among real papers


async def test_of_real_papers_the_true_nearest_earlier_one_is_found(database: Database, data: Path) -> None:
    rows = list(real_rows(data / "arxiv_dev.jsonl.gz", 1500))
    kept = await keep(
        database,
        (
            Record(
                "arxiv-oai:cs",
                (arxiv(f"2601.{number:05}"),),
                row["title"],
                Event(EventKind.ANNOUNCED, NOW, "v1"),
                abstract=row["abstract"],
                categories=tuple(row["categories"]),
                published=FIRST + timedelta(days=number // 5),
            )
            for number, row in enumerate(rows, 1)
        ),
    )
    found = await (await computed(database)).of(paper.id for paper in kept)
    exact = by_comparing(kept)
    asked = random.Random(3).sample(sorted(found.keys() & exact.keys()), 300)
    assert sum(abs(found[paper].distance - exact[paper][0]) for paper in asked) / len(asked) < 0.002
    assert sum(found[paper].nearest[0][0] in exact[paper][1] for paper in asked) >= 0.98 * len(asked)
