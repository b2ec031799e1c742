"""Papers that are like another: by their words, of which rare ones count more; in every door, and exact beside a comparison with all."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadInputError, NotFoundError, QueryError
from bot.following.forecast import _standing, _with_share
from bot.models import Paper, PaperId
from bot.query.document import analyse, of_paper
from bot.query.facts import Like
from bot.query.language import parse
from bot.query.likeness import Frequencies, Seeds, counted, heaviest, likeness, nominated, number_of, shared, vector
from bot.search.search import Search
from bot.similar.nearest import Similar, similar_to
from bot.store import papers, similar
from bot.store.database import Database
from tests.amount import real_rows
from tests.conftest import NOW, HandClock, arxiv, record
from tests.house import FRIDAY, THURSDAY, House, labels, london, page, sample, shown_text, text_of
from tests.test_cli import paperboy

ROBOT = "A gripper learns tactile grasping of soft fruit"
SUBJECTS = (
    "grasping tactile gripper fruit",
    "tokamak plasma heating",
    "galaxy redshift survey",
    "theorem prover lemma",
)
FILLING = "we show that the method is better than what was there before and report how"


def written(subject: int, number: int, seed: random.Random) -> tuple[str, str]:
    """Title and abstract of a paper on a subject."""
    own = SUBJECTS[subject].split()
    title = f"On {seed.choice(own)} and {seed.choice(own)}, part {number}"
    return title, " ".join(seed.choices(own, k=5) + seed.choices(FILLING.split(), k=25) + [f"term{seed.randrange(60)}"])


async def keep(database: Database, *texts: tuple[str, str]) -> list[Paper]:
    """Papers of these titles and abstracts, with their words counted."""
    async with database.transaction() as write:
        made = [
            record(ids=(arxiv(f"2611.{number:05}"),), title=title, abstract=abstract)
            for number, (title, abstract) in enumerate(texts, 1)
        ]
        changes = await papers.add_records(write, made, NOW, eligible=False)
    await Similar(database).catch_up()
    return [change.paper for change in changes]


def weigh_all(docs: list[Paper]) -> dict[int, dict[int, float]]:
    """The weights of every paper, counted once more in another way."""
    counts = {paper.id: of_paper(paper).counts for paper in docs}
    frequent = Counter(word for own in counts.values() for word in own)
    known = Frequencies(sorted(frequent), [frequent[word] for word in sorted(frequent)], len(docs))
    return {number: vector(own, known) for number, own in counts.items()}


# -- alone


def test_the_same_words_are_wholly_alike_and_no_common_word_is_not_alike_at_all() -> None:
    known = Frequencies([number_of("robot")], [3], 10)
    one = vector(counted(["robot", "arm"]), known)
    assert likeness(one, one) == pytest.approx(1.0)
    assert likeness(one, vector(counted(["tokamak"]), known)) == 0.0
    assert vector({}, known) == {}


def test_a_rare_word_makes_papers_more_alike_than_a_frequent_one() -> None:
    rare, frequent = number_of("tokamak"), number_of("model")
    known = Frequencies(
        sorted((rare, frequent)), [9000 if n == frequent else 4 for n in sorted((rare, frequent))], 10_000
    )
    one = vector(counted(["tokamak", "model"]), known)
    assert likeness(one, vector(counted(["tokamak", "other"]), known)) > 5 * likeness(
        one, vector(counted(["model", "other"]), known)
    )
    assert shared(one, one) == [rare, frequent]
    assert heaviest(one, known) == [rare]  # more than a tenth of all have the other
    assert known.is_common(frequent)
    assert not known.is_common(rare)


def test_frequencies_say_the_same_however_they_were_told() -> None:
    seed = random.Random(5)
    known, plain, total = Frequencies(), Counter[int](), 0
    for _ in range(60):
        again = seed.sample(sorted(plain), min(5, len(plain)))
        changes = dict.fromkeys([*(seed.randrange(2**32) for _ in range(900)), *again], 1)
        known.add(changes, 7)
        plain.update(changes)
        total += 7
    assert (len(known), known.total) == (len(plain), total)
    assert all(known.papers_with(word) == count for word, count in plain.items())
    gone = dict.fromkeys(seed.sample(sorted(plain), 100), -1)
    known.add(gone, -1)
    assert all(known.papers_with(word) == plain[word] - 1 for word in gone)
    assert known.papers_with(1) == 0


def test_weights_follow_what_is_counted() -> None:
    known = Frequencies([number_of("robot")], [1], 100)
    before = known.weights[number_of("robot")]
    known.add({number_of("robot"): 60}, 0)
    assert known.weights[number_of("robot")] < before / 2


def test_a_paper_that_has_only_common_words_of_it_is_not_named_once_enough_are() -> None:
    wanted = {1: 0.9, 2: 0.1}
    postings = [(1, range(12_000), [0.5] * 12_000), (2, [3, 19_999], [0.5, 0.5])]
    found = nominated(wanted, postings)
    assert 19_999 not in found
    assert found[3] == pytest.approx(0.5)


# -- in the language


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("like:2611.00001", "like:2611.00001>=15"),
        ("like:2611.00001>=30 cat:cs.RO", "like:2611.00001>=30 cat:cs.RO"),
        ("like:2611.00001>30", "like:2611.00001>=31"),
        ("similar:2611.00001>=30%", "like:2611.00001>=30"),
        ('like:"2611.00001">=30', "like:2611.00001>=30"),
        ("like:https://arxiv.org/abs/2611.00001v3", "like:2611.00001>=15"),
        ("like:10.1000/xyz(3)>=20", 'like:"10.1000/xyz(3)">=20'),
        ("robot -like:2611.00001", "robot -like:2611.00001>=15"),
    ],
)
def test_it_stands_in_every_query(text: str, read: str) -> None:
    assert str(parse(text)) == read
    assert parse(str(parse(text))) == parse(text)
    assert parse(text, standing=True) == parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("like:robots", "That is no paper id"),
        ("like:2611.00001>=0", "between 1 and 100 percent"),
        ("like:2611.00001>=101", "between 1 and 100 percent"),
        ("like: 2611.00001", "Nothing stands behind"),
        ("simlar:2611.00001", "Is “like:” meant?"),
        ("like:2611.00001 -like:2611.00001", "no paper can agree"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(text: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        parse(text)


def test_how_like_they_have_to_be_is_part_of_the_meaning() -> None:
    assert parse("like:2611.00001>=20") != parse("like:2611.00001>=30")
    assert parse("like:2611.00001>=20") == parse("similar:2611.00001>=20%")


async def test_it_says_why(database: Database) -> None:
    one, other, third = await keep(
        database, (ROBOT, "Tactile fruit."), ("Tactile grasping", "Soft fruit again."), ("Tokamaks", "Plasma.")
    )
    like = parse("like:2611.00001>=20")
    seeds = await Similar(database).seeds_of([like])
    assert like.explain(of_paper(other, seeds)).agrees
    assert "% like arxiv:2611.00001" in str(like.explain(of_paper(other, seeds)))
    assert "it is only 0% like arxiv:2611.00001" in str(like.explain(of_paper(third, seeds)))
    assert "it is arxiv:2611.00001 itself" in str(like.explain(of_paper(one, seeds)))
    assert "nothing is known of arxiv:2611.00001" in str(like.explain(of_paper(other)))
    assert isinstance(like.root, Like)
    assert set(like.root.shared(of_paper(other, seeds))) >= {"tactile", "fruit"}


# -- in the store


async def test_the_nearest_are_those_that_a_comparison_with_all_finds(database: Database) -> None:
    seed = random.Random(11)
    kept = await keep(database, *(written(n % 4, n, seed) for n in range(300)))
    weights = weigh_all(kept)
    service = Similar(database)
    for paper in seed.sample(kept, 25):
        wanted = parse(f"like:{paper.main_id.value}>=25")
        seeds = await service.seeds_of([wanted])
        (found,) = (await service.alike([wanted], seeds)).values()
        near = {n: likeness(weights[paper.id], own) for n, own in weights.items() if n != paper.id}
        assert set(found) == {number for number, share in near.items() if share >= 0.25}
        assert [near[n] for n in found] == sorted((near[n] for n in found), reverse=True)


async def test_a_search_and_the_query_itself_agree_on_every_paper(database: Database) -> None:
    seed = random.Random(12)
    kept = await keep(database, *(written(n % 4, n, seed) for n in range(150)))
    search = Search(database, HandClock(NOW))
    for text in (
        "like:2611.00007>=20",
        "like:2611.00007>=30 tactile",
        "like:2611.00007>=20 OR lemma",
        "grasping -like:2611.00007>=30",
    ):
        wanted = parse(text)
        seeds = await search.similar.seeds_of([wanted])
        held = {paper.id for paper in kept if wanted.matches(of_paper(paper, seeds))}
        found = await search.search(text, limit=200, literal=True, ask=False)
        assert {paper.id for paper in found.papers} == held, text
        assert found.matching == len(held)


async def test_the_most_alike_come_first_and_each_says_how_much_and_why(database: Database) -> None:
    seed = random.Random(13)
    await keep(database, *(written(n % 4, n, seed) for n in range(80)))
    found = await Search(database, HandClock(NOW)).search("like:2611.00005>=10", limit=10, ask=False)
    shares = [found.alike[paper.id].percent for paper in found.papers]
    assert shares == sorted(shares, reverse=True)
    assert all(found.alike[paper.id].words for paper in found.papers)
    assert found.like is not None
    assert found.like.main_id == arxiv("2611.00005")
    assert found.like.id not in {paper.id for paper in found.papers}
    by_day = await Search(database, HandClock(NOW)).search("like:2611.00005>=10 sort:new", limit=10, ask=False)
    assert {p.id for p in by_day.papers} != {p.id for p in found.papers}


async def counted_in(database: Database, word: str) -> int:
    async with database.reading() as read:
        return (await similar.load_frequencies(read)).papers_with(number_of(word))


async def test_a_changed_paper_is_counted_by_its_new_words_alone(database: Database) -> None:
    await keep(database, ("Gloves", "A tokamak."), ("Mittens", "A tokamak."), ("Hats", "A galaxy."))
    assert (await counted_in(database, "tokamak"), await counted_in(database, "galaxy")) == (2, 1)
    service = Similar(database)
    await service.seeds_of([parse("like:2611.00003")])  # the frequencies are in memory now
    async with database.transaction() as write:
        changed = record(ids=(arxiv("2611.00001"),), title="Gloves", abstract="A galaxy of them.", version=2)
        await papers.add_records(write, [changed], NOW, eligible=False)
    assert await service.waiting() == 1
    assert await service.catch_up() == 1
    assert (await counted_in(database, "tokamak"), await counted_in(database, "galaxy")) == (1, 2)
    assert service.seeds.frequencies.papers_with(number_of("galaxy")) == 2
    assert service.seeds.frequencies.total == 3
    wanted = parse("like:2611.00003>=10")
    found = await service.alike([wanted], await service.seeds_of([wanted]))
    assert list(found.values()) == [[1]]


async def test_papers_that_became_one_are_counted_once(database: Database) -> None:
    kept = await keep(database, ("Gloves", "A tokamak."), ("Mittens", "A tokamak."))
    async with database.transaction() as write:
        await papers.merge_papers(write, kept[1].id, kept[0].id)
    service = Similar(database)
    await service.catch_up()
    assert await counted_in(database, "tokamak") == 1
    assert await service.waiting() == 0
    found = await Search(database, HandClock(NOW)).search("like:2611.00002>=1", ask=False)
    assert found.papers == ()  # it is the other now, and nothing is like that


async def test_a_failure_while_counting_loses_nothing_and_counts_nothing_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(database, ("Gloves", "A tokamak."))
    service = Similar(database)
    await service.seeds_of([parse("like:2611.00001")])
    async with database.transaction() as write:
        await papers.add_records(write, [record(ids=(arxiv("2611.00009"),), title="Tokamaks")], NOW, eligible=False)
        await write.execute(
            "CREATE TRIGGER full BEFORE INSERT ON similar_papers BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(Exception, match="full"):
        await service.catch_up()
    async with database.transaction() as write:
        await write.execute("DROP TRIGGER full")
    assert await service.catch_up() == 1
    assert service.seeds.frequencies.papers_with(number_of("tokamak")) == 2
    assert await counted_in(database, "tokamak") == 2


async def test_postings_fill_block_after_block_and_none_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "_BLOCK", 4)
    await keep(database, *((f"Tokamak number {n}", "Plasma.") for n in range(6)))
    service = Similar(database)
    for number in range(6, 15):
        async with database.transaction() as write:
            one = record(ids=(arxiv(f"2611.{number + 1:05}"),), title=f"Tokamak number {number}")
            await papers.add_records(write, [one], NOW, eligible=False)
        await service.catch_up()
    async with database.reading() as read:
        postings = await similar.load_postings(read, [number_of("tokamak")])
    assert sorted(paper for _, own, _ in postings for paper in own) == list(range(1, 16))
    assert len(postings) > 2


async def test_where_it_is_switched_off_nothing_is_counted_and_it_is_said(database: Database) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record()], NOW, eligible=False)
    off = Similar(database, enabled=False)
    assert await off.catch_up() == 0
    with pytest.raises(BadInputError, match="switched it off"):
        await Search(database, HandClock(NOW), similar=off).search("like:2611.00001", ask=False)
    assert (await Search(database, HandClock(NOW), similar=off).search("diffusion", ask=False)).total == 1


async def test_of_real_papers_the_true_nearest_is_found(database: Database, data: Path) -> None:
    rows = real_rows(data / "arxiv_dev.jsonl.gz", 1500)
    kept = await keep(database, *((row["title"], row["abstract"]) for row in rows))
    weights = weigh_all(kept)
    service, seed, right = Similar(database), random.Random(3), 0
    asked = seed.sample(kept, 60)
    for paper in asked:
        wanted = parse(f"like:{paper.main_id.value}>=1")
        (found,) = (await service.alike([wanted], await service.seeds_of([wanted]))).values()
        nearest = max((likeness(weights[paper.id], own), n) for n, own in weights.items() if n != paper.id)
        right += found[0] == nearest[1]
    assert right >= 0.98 * len(asked)


# -- for people


async def announce(house: House, *given: Any, day: date = THURSDAY) -> None:
    house.upstream.put("/rss/cs.CV", page(day, given))
    await house.move_to(london(day, 7))
    await house.round()
    await house.app.services.search.similar.catch_up()


PAPERS = (
    sample("2511.00001", ROBOT, "Tactile sensing of fruit with a gripper.", categories=("cs.CV", "cs.RO")),
    sample("2511.00002", "Tactile grasping", "The gripper holds fruit.", categories=("cs.CV", "cs.RO")),
    sample("2511.00003", "A softer gripper", "It is tactile, and grasping is easy.", categories=("cs.CV",)),
    sample("2511.00004", "Tokamaks", "Plasma is hot."),
)


async def test_a_person_finds_what_is_like_a_paper_and_follows_it(house: House) -> None:
    await announce(house, *PAPERS)
    shown = await house.run("similar", paper="2511.00001")
    text = shown_text(shown)
    assert f"2 papers like **[{ROBOT}](https://arxiv.org/abs/2511.00001)**, the nearest first" in text
    assert "**1.** [Tactile grasping](https://arxiv.org/abs/2511.00002)" in text
    assert "% alike: " in text
    assert "tactile" in text
    assert "Tokamaks" not in text
    forecast = await house.press(shown["message"], "Follow papers like it")
    told = text_of(forecast["message"])
    assert "% like arxiv:2511.00001**? Nothing is saved yet." in told
    assert "matched **2 of " in told
    saved = await house.press(forecast["message"], "Follow")
    assert "You now follow **papers 10% like arxiv:2511.00001**" in text_of(saved["message"])
    assert await house.rows("SELECT kind, query FROM subscriptions") == [("keyword", "like:2511.00001>=10")]
    assert "papers 10% like arxiv:2511.00001" in shown_text(await house.run("subscriptions"))


async def test_only_those_that_meet_another_query_too(house: House) -> None:
    await announce(house, *PAPERS)
    shown = shown_text(await house.run("similar", paper=ROBOT, only="cat:cs.RO"))
    assert "Tactile grasping" in shown
    assert "A softer gripper" not in shown
    none = shown_text(await house.run("similar", paper="2511.00001", only="cat:math.CO"))
    assert f"No paper here is so much like **{ROBOT}**" in none
    wrong = shown_text(await house.run("similar", paper="2511.00001", only="catt:cs.RO"))
    assert "There is no field “catt:”" in wrong


async def test_the_button_under_a_paper_leads_there(house: House) -> None:
    await announce(house, *PAPERS)
    one = await house.run("paper", paper="2511.00002")
    assert "Similar papers" in labels(one["message"])
    shown = await house.press(one["message"], "Similar papers")
    assert "like **[Tactile grasping]" in shown_text(shown)


async def test_a_new_paper_that_is_like_it_is_brought_with_the_reason_also_after_a_restart(house: House) -> None:
    await announce(house, *PAPERS)
    await house.subscribe("query", query="like:2511.00001>=20", how_often="at once")
    await house.restart()
    news = (
        sample("2511.00011", "Grasping fruit, again", "A tactile gripper.", categories=("cs.CV",)),
        sample("2511.00012", "Hot plasma", "In a tokamak.", categories=("cs.CV",)),
    )
    house.upstream.put("/rss/cs.CV", page(FRIDAY, news))
    await house.move_to(london(FRIDAY, 7))
    await house.round()
    (told,) = [text_of(message) for message in await house.dms() if "Grasping fruit" in text_of(message)]
    assert "% like arxiv:2511.00001" in told
    assert not [m for m in await house.dms() if "Hot plasma" in text_of(m)]
    why = shown_text(await house.run("why", paper="2511.00012"))
    assert re.search("it is only [0-9]% like arxiv:2511.00001", why)


async def test_how_much_alike_can_be_changed_in_the_forecast(house: House) -> None:
    await announce(house, *PAPERS)
    forecast = await house.run("subscribe query", query="like:2511.00001>=15")
    assert "Or take papers that are more like it, or less:" in shown_text(forecast)
    offered = [label for label in labels(forecast["message"]) if label != "Follow"]
    assert "papers 20% like arxiv:2511.00001 · 2 a week" in offered
    assert "papers 10% like arxiv:2511.00001 · 2 a week" in offered
    await house.press(forecast["message"], "papers 20% like arxiv:2511.00001 · 2 a week")
    assert await house.rows("SELECT query FROM subscriptions") == [("like:2511.00001>=20",)]


async def test_a_channels_list_takes_what_is_like_a_paper(house: House) -> None:
    await announce(house, *PAPERS)
    done = await house.run("summary setup", words="like:2511.00001>=15")
    assert done["state"] == "answered", done
    shown = text_of((await house.press(done["message"], "Preview"))["message"])
    assert "Tactile grasping" in shown
    assert "Tokamaks" not in shown


async def test_what_is_not_stored_is_like_nothing_and_a_paper_not_compared_yet_is_said(house: House) -> None:
    house.upstream.put("/rss/cs.CV", page(THURSDAY, PAPERS))
    await house.move_to(london(THURSDAY, 7))
    await house.round()
    async with house.app.database.transaction() as write:
        await write.execute(
            "INSERT INTO similar_queue (paper_id) SELECT id FROM papers WHERE true ON CONFLICT DO NOTHING"
        )
    shown = shown_text(await house.run("similar", paper="2511.00001"))
    assert "papers are not compared yet; ask again in a few minutes." in shown
    unknown = shown_text(await house.run("search", text="like:2511.99999"))
    assert "`arxiv:2511.99999` is not in the collection. arXiv does not know it" in unknown
    followed = shown_text(await house.run("subscribe query", query="like:2511.99999"))
    assert "`arxiv:2511.99999` is not in the collection." in followed


async def test_the_command_line_answers_the_same(database: Database) -> None:
    await keep(database, (ROBOT, "Tactile fruit."), ("Tactile grasping", "Soft fruit."), ("Tokamaks", "Plasma."))
    done = await paperboy("similar", "2611.00001", "--json", database=database.path)
    value = json.loads(done.out)
    assert [one["title"] for one in value["papers"]] == ["Tactile grasping"]
    assert value["papers"][0]["alike"]["percent"] >= 10
    assert "tactile" in value["papers"][0]["alike"]["words"]
    said = await paperboy("similar", "2611.00001", "--only", "cat:math.CO", database=database.path)
    assert said.out.startswith(f"0 papers like {ROBOT}")


def test_the_query_for_papers_like_one() -> None:
    assert similar_to(arxiv("2611.00001")) == "like:2611.00001>=10"
    assert similar_to(arxiv("2611.00001"), "drone OR robot") == "like:2611.00001>=10 (drone OR robot)"
    assert similar_to(arxiv("2611.00001"), "robot sort:new") == "like:2611.00001>=10 robot sort:new"
    with pytest.raises(QueryError):
        similar_to(arxiv("2611.00001"), "heat) OR (policy")
    with pytest.raises(NotFoundError, match="neither"):
        similar_to(PaperId("url", "journal.example/1"))


def test_what_only_a_search_takes_is_left_out_of_what_is_followed_and_exclusions_stay() -> None:
    wanted = parse("like:2611.00001>=10 cat:cs.CV since:2026 -like:2611.00001>=60 sort:new")
    assert _with_share(_standing(wanted), 20) == "like:2611.00001>=20 cat:cs.CV -like:2611.00001>=60"
    assert _with_share(parse("like:2611.00001>=15 -like:2611.00001>=20"), 20) is None


async def test_a_kept_text_that_is_no_query_any_more_stops_no_list(house: House) -> None:
    await house.follow("diffusion")
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE subscriptions SET query = 'like:minded robots'")
    assert "cannot be read" in shown_text(await house.run("subscriptions"))
    assert await house.suggest("unsubscribe", "subscription", "like") == ["like:minded robots"]


async def test_what_changes_while_it_is_counted_is_counted_again(database: Database) -> None:
    await keep(database, ("Gloves", "A tokamak."))
    async with database.transaction() as write:
        await similar.wait(write, [1])
        waiting = await similar.next_waiting(write, 9)
        await similar.wait(write, [1])
        await similar.add_papers(write, waiting, {1: {number_of("galaxy"): 1}}, await similar.load_frequencies(write))
    assert await Similar(database).waiting() == 1
    assert await Similar(database).catch_up() == 1
    assert (await counted_in(database, "tokamak"), await counted_in(database, "galaxy")) == (1, 0)


async def test_a_seed_that_changes_is_held_anew_and_the_forecast_looks_at_its_days_alone(database: Database) -> None:
    await keep(database, ("Gloves", "tokamak plasma"), ("Mittens", "galaxy redshift"), ("Hats", "tokamak plasma"))
    service = Similar(database)
    wanted = parse("like:2611.00001>=5")
    await service.learn([wanted])
    (before,) = (await service.alike([wanted], service.seeds)).values()
    assert before[0] == 3
    assert list((await service.alike([wanted], service.seeds, since=NOW + timedelta(days=1))).values()) == [[]]
    async with database.transaction() as write:
        changed = record(ids=(arxiv("2611.00001"),), title="Mitts", abstract="galaxy redshift", version=2)
        await papers.add_records(write, [changed], NOW, eligible=False)
    await service.catch_up()
    (after,) = (await service.alike([wanted], service.seeds)).values()
    assert after[0] == 2


def test_a_document_without_seeds_is_like_nothing() -> None:
    assert not parse("like:2611.00001").matches(analyse(ROBOT, ""))
    assert Seeds().vector(arxiv("2611.00001")) is None


async def test_words_are_not_counted_while_something_else_comes_first(database: Database) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, [record(f"2611.{n:05}", f"Paper {n}") for n in range(3)], NOW, eligible=False)
    similar = Similar(database)
    assert await similar.catch_up(lambda: True) == 0
    assert await similar.waiting() == 3
    assert await similar.catch_up() == 3
