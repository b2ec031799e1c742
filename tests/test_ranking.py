"""The order of a search: the phrase before its words, the form as typed before others, what is read before what is not, a person by
name; and nothing that a smaller collection finds is lost in a larger one."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from bot.language.spelling import Vocabulary
from bot.models import Community, Record
from bot.query.document import of_paper
from bot.query.language import parse
from bot.search.search import Search
from bot.search.terms import read
from bot.show import lists
from bot.show.paper_controls import FollowFound
from bot.store import collection, papers
from bot.store.database import Database
from bot.store.search import check_index
from tests.conftest import NOW, HandClock, record

TODAY = NOW.date()


async def add(database: Database, *records: Record) -> None:
    async with database.transaction() as write:
        await papers.add_records(write, records, NOW, eligible=False)


def numbered(start: int, count: int, title: str, **fields: object) -> list[Record]:
    return [record(f"2401.{start + n:05d}", title.format(n), **fields) for n in range(count)]  # type: ignore[arg-type]


async def titles(search: Search, text: str, **how: object) -> list[str]:
    return [paper.title for paper in (await search.search(text, ask=False, **how)).papers]  # type: ignore[arg-type]


@pytest.fixture
def search(database: Database, clock: HandClock) -> Search:
    return Search(database, clock)


async def test_words_side_by_side_come_before_words_apart(search: Search, database: Database) -> None:
    await add(database, record("2301.00001", "On diffusion policy"))
    await add(database, *numbered(1, 90, "A policy for number {} by diffusion"))
    assert (await titles(search, "diffusion policy"))[0] == "On diffusion policy"


async def test_words_side_by_side_count_in_another_form_too(search: Search, database: Database) -> None:
    await add(database, record("2301.00001", "A long study on diffusion policies for hands", abstract=None))
    await add(database, *numbered(1, 12, "Diffusion of policy {}", abstract=None))
    assert "diffusion policies" in (await titles(search, "diffusion policy"))[0]


async def test_what_only_may_agree_is_not_counted(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 3, "Weather {}", abstract="A fine day, and the tuning of pianos."))
    await add(database, *numbered(10, 2, "Weather {}", abstract="On fine-tuning."))
    assert (await search.search("fine-tuning", ask=False)).matching == 2


def test_a_known_word_is_never_taken_apart() -> None:
    known = Vocabulary({"net": 900, "work": 900, "network": 1})
    assert [term.word for term in read("network robots", known, 1_000)] == ["network", "robots"]
    assert [term.word for term in read("worknet robots", known, 1_000)] == ["work", "net", "robots"]


async def test_no_other_form_comes_before_the_one_that_was_typed(search: Search, database: Database) -> None:
    read = Community(upvotes=500)
    await add(database, *numbered(1, 70, "Diffusion models of kind {}", community=read))
    await add(database, *numbered(100, 12, "The diffusion model of kind {}", abstract=None))
    assert all("model of" in title for title in await titles(search, "diffusion model"))
    assert all("models of" in title for title in await titles(search, "diffusion models"))


async def test_of_many_alike_the_most_upvoted_comes_first_and_then_the_newest(
    search: Search, database: Database
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(150)]
    await add(database, *(record(f"2401.{n:05d}", f"Tree search {n}", published=day) for n, day in enumerate(days)))
    await add(database, record("2501.00001", "Tree search read", published=days[0], community=Community(upvotes=90)))
    assert (await titles(search, "tree search"))[:3] == ["Tree search read", "Tree search 149", "Tree search 148"]


async def test_an_import_of_older_papers_hides_no_newer_ones(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 5, "World model {} of today", published=date(2026, 11, 17)))
    await add(database, *numbered(100, 300, "World model {} of old", published=date(2019, 1, 1)))
    assert [title.endswith("of today") for title in await titles(search, "world model")] == [True] * 5 + [False] * 5


async def test_a_paper_whose_date_becomes_known_is_indexed_once(search: Search, database: Database) -> None:
    await add(database, record("2401.00001", "Quokka theory"))
    await add(database, record("2401.00001", "Quokka theory", published=date(2024, 1, 2), source="arxiv:oai"))
    assert await titles(search, "quokka") == ["Quokka theory"]
    async with database.reading() as read:
        assert await check_index(read) == (1, 1)


async def test_between_an_upgrade_and_the_first_start_nothing_is_lost(search: Search, database: Database) -> None:
    """The command line may ask before the index is built anew."""
    await add(database, *numbered(1, 3, "Quokka theory {}"))
    async with database.transaction() as write:
        await write.execute("DELETE FROM title_rows")
    for text in ("quokka", "ti:quokka", '"quokka theory"', "cat:cs.LG quokka"):
        assert len(await titles(search, text)) == 3, text


async def test_a_name_is_read_as_a_person_beside_the_words(search: Search, database: Database) -> None:
    await add(
        database,
        *numbered(1, 9, "Collapse {}", authors=("Elvis Dohmatob", "Julia Kempe")),
        record("2401.00020", "The Julia of Kempe", authors=("Bo Baker",)),
        record("2401.00021", "Quiet waters", authors=("Julius Kempe",)),
    )
    found = await search.search("Julia Kempe", ask=False)
    assert found.person is not None
    assert (found.person.name, len(found.person.papers), found.matching) == ("Julia Kempe", 9, 1)
    card = lists.found_list("Julia Kempe", 12, found, TODAY, 0, literal=False, share=False)
    assert "1 paper for **Julia Kempe**" in (card.embeds[0].description or "")
    assert "9 papers by **Julia Kempe**" in (card.embeds[0].description or "")
    button = next(b for row in card.rows if isinstance(row, tuple) for b in row if b.label == "Follow Julia Kempe")
    assert button.action == FollowFound(12).encode()


async def test_a_name_alone_is_no_failed_search(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 3, "Collapse {}", authors=("Elvis Dohmatob", "Julia Kempe")))
    found = await search.search("kempe, julia", ask=False)
    card = lists.found_list("kempe, julia", 12, found, TODAY, 0, literal=False, share=False)
    assert (card.embeds[0].description or "").startswith("3 papers by **Julia Kempe**\n")


async def test_words_and_a_name_are_no_failed_search_either(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 3, "Collapse {}", authors=("Elvis Dohmatob", "Julia Kempe")))
    found = await search.search("kempe collapse", ask=False)
    card = lists.found_list("kempe collapse", 12, found, TODAY, 0, literal=False, share=False)
    assert (card.embeds[0].description or "").startswith("3 papers with all of **kempe collapse** in title and names\n")


async def test_more_than_were_ranked_are_said_to_be_more(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 90, "Collapse {}", authors=("Elvis Dohmatob", "Julia Kempe")))
    found = await search.search("kempe collapse", ask=False)
    card = lists.found_list("kempe collapse", 12, found, TODAY, 0, literal=False, share=False)
    assert (card.embeds[0].description or "").startswith("More than 60 papers with all of **kempe collapse**")


@pytest.mark.parametrize("words", ["collapse theory", "Julia", "Dohmatob Kempe", "julia robot"])
async def test_words_that_are_nobodys_name_name_nobody(search: Search, database: Database, words: str) -> None:
    await add(
        database,
        *numbered(1, 3, "Collapse theory {} of a robot", authors=("Elvis Dohmatob", "Julia Kempe", "Rob Theory")),
    )
    assert (await search.search(words, ask=False)).person is None


async def test_a_family_name_that_is_a_word_finds_the_person_too(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 80, "The sun and star {}"))
    await add(database, record("2301.00001", "Quiet waters", authors=("Yang Sun",)))
    found = await search.search("sun", ask=False)
    assert (found.matching, found.is_beyond) == (80, False)
    every = [
        p.title for n in range(0, found.total, 10) for p in (await search.search("sun", offset=n, ask=False)).papers
    ]
    assert "Quiet waters" in every


async def test_a_known_spelling_is_never_corrected(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 30, "Training form {}"), record("2401.00099", "A from", authors=("Ada Form",)))
    for word in ("form", "from"):
        found = await search.search(word, ask=False)
        assert found.corrected is None
        assert word in found.papers[0].title.casefold().split()


async def test_a_flood_is_counted_so_far_and_says_so(search: Search, database: Database) -> None:
    await add(database, *numbered(1, 1_001, "Neural paper {}", abstract=None))
    for text in ("neural", "neural -quokka", '"neural paper"'):
        found = await search.search(text, ask=False)
        assert (found.matching, found.is_beyond, found.total) == (1_000, True, 200), text
        card = lists.found_list(text, 1, found, TODAY, 0, literal=False, share=False)
        assert "More than 1,000 papers for" in (card.embeds[0].description or "")


async def test_a_long_wording_whose_words_all_stand_in_an_abstract_finds_it(search: Search, database: Database) -> None:
    await add(
        database, record("2401.00001", "Quiet waters", abstract="We count otters, herons and voles along tidal creeks.")
    )
    await add(database, *numbered(10, 40, "Otters and creeks {}", abstract="Nothing."))
    assert (await titles(search, "voles otters herons tidal creeks"))[0] == "Quiet waters"


async def test_a_long_wording_counts_the_papers_that_have_all_its_words(search: Search, database: Database) -> None:
    long = "otters herons voles newts moths tidal creeks"
    await add(database, *numbered(1, 30, "Fauna {}", abstract=long.replace("tidal ", "")))
    await add(database, *numbered(50, 15, "Flora {}", abstract=long))
    found = await search.search(long, ask=False)
    assert found.matching == 15
    assert all(title.startswith("Flora") for title in await titles(search, long))


async def test_what_was_looked_for_is_in_bold_and_whoever_was_is_named(search: Search, database: Database) -> None:
    five = ("Ann Able", "Bo Baker", "Cy Clark", "Dee Dunn", "Julia Kempe")
    await add(
        database,
        record(
            "2401.00001",
            "Strong *model* collapse, the modelling of it",
            authors=five,
            abstract="A model may [collapse].",
        ),
    )
    await add(database, *numbered(10, 9, "The words of number {}"))
    for text in ("models collapse kempe", 'ti:models collapse au:"Julia Kempe"', "modell collapse kempe"):
        found = await search.search(text, ask=False)
        card = lists.found_list(text, 12, found, TODAY, 0, literal=False, share=False)
        said = card.embeds[0].description or ""
        assert r"[Strong \*" in said, text
        assert r"**collapse**, the " in said, text
        assert "Cy Clark et al., **Julia Kempe**" in said, text
        assert r"A **model** may \[**collapse**\]." in said, text
        assert "**the**" not in said


# -- the words of a query mean in a search what they mean in a subscription ---------------------------------------------

WORDS = (
    "robot",
    "robots",
    "fine-tuning",
    "tuning",
    "GPS",
    "rope",
    "RoPE",
    "policy",
    "learning",
    "colour",
    "color",
    "3d",
    "the",
)
TEXTS = (*WORDS, "ROPES", "finetuning", "fine tuning", "Robot-arm", "policies", "drone")


def made(rng: random.Random, number: int) -> Record:
    title, abstract = (" ".join(rng.choices(TEXTS, k=rng.randint(1, 6))) for _ in range(2))
    return record(f"2402.{number:05d}", title, abstract=abstract, authors=("Robot Policy", "Ada Drone"))


async def test_a_literal_search_finds_exactly_what_a_standing_query_fires_for(
    search: Search, database: Database
) -> None:
    rng = random.Random(5)
    await add(database, *(made(rng, number) for number in range(50)))
    async with database.reading() as read:
        every = list((await papers.load_papers(read, await collection.all_ids(read))).values())

    def agreeing(text: str) -> set[int]:
        wanted = parse(text, standing=True)
        return {paper.id for paper in every if wanted.matches(of_paper(paper))}

    for _ in range(150):
        some = rng.sample(WORDS, rng.randint(1, 3))
        text = rng.choice(
            [" ".join(some), f'"{" ".join(some)}"', " OR ".join(some), f"{some[0]} -drone", f"ti:{some[0]}"]
        )
        found = await search.search(text, literal=True, limit=100)
        assert {paper.id for paper in found.papers} == agreeing(text), text
        assert found.matching == len(agreeing(text)), text


# -- growing collections ---------------------------------------------------------------------------------------------------

TITLE = "Visuomotor policies for quadruped locomotion"
TYPED = ("visuomotor pol", "visuomotr policies", "quadruped locomoton", "visuomotorpolicies", "isuomotor", "quadruped locom",
         "policies quadruped xylophone", "visuomotor policy", "locomotion quadruped")  # fmt: skip


async def test_no_answer_is_empty_that_a_smaller_collection_gives(search: Search, database: Database) -> None:
    parts = (
        "policies",
        "for",
        "quad",
        "moto",
        "visual",
        "motor",
        "local",
        "loco",
        "policing",
        "ped",
        "deep",
        "learning",
    )
    rng = random.Random(3)
    await add(database, record("2301.00001", TITLE))
    size = 1
    for more in (10, 90, 900):
        added = numbered(size, more, "")
        await add(database, *(record(r.ids[0].value, " ".join(rng.choices(parts, k=6))) for r in added))
        size += more
        for typed in TYPED:
            assert TITLE in await titles(search, typed), (size, typed)
            assert TITLE in [found.title for found in await search.suggest(typed)], (size, typed)


# -- slips ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["bisaes", "biaess", "ibases", "biass", "biasses", "niases", "biasea", "bases"])
def test_one_slip_anywhere_in_a_word_is_understood(typed: str) -> None:
    known = Vocabulary({"biases": 7, "visions": 2, "policy": 3, "generalization": 9})
    assert known.near(typed)[:1] == [("biases", 1)]


def test_two_slips_are_looked_for_only_where_one_is_not_enough() -> None:
    known = Vocabulary({"generalization": 9, "generalisation": 1})
    assert known.near("generalizatoin") == [("generalization", 1)]
    assert known.near("genaralizatoin") == [("generalization", 2)]


async def test_a_literal_search_shows_nothing_that_does_not_agree_however_many_may(
    search: Search, database: Database
) -> None:
    """The index knows words of names, not names; and nothing of affiliations. Whoever has only such a word is no hit."""
    for start, name in enumerate(("Julia Stranger", "Another Kempe")):
        await add(database, *numbered(1000 * start, 130, "Of somebody else {}", authors=(name,)))
    for n, day in enumerate((900, 800, 10)):
        await add(
            database, record(f"2101.{n:05d}", f"Hers {n}", authors=("Julia Kempe",), at=NOW - timedelta(days=day))
        )
    for text in (
        'au:"Julia Kempe"',
        'au:"Julia Kempe" sort:new',
        'au:"Julia Kempe" OR au:"J. Kempe"',
        'au:"Julia Kempe" hers',
    ):
        found = await search.search(text, literal=True, ask=False)
        assert sorted(paper.title for paper in found.papers) == ["Hers 0", "Hers 1", "Hers 2"], text
        assert (found.total, found.matching, found.is_about, found.is_beyond) == (3, 3, False, False), text
    assert await titles(search, 'au:"Julia Kampe"', literal=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "theory -strings", "learn* -theory", '"field theory" OR gravity', 'au:"Ada Example" theory', "theory cat:hep-th",
        "co:rare", "is:revision",
    ],
)  # fmt: skip
async def test_every_page_of_a_literal_search_agrees(search: Search, database: Database, text: str) -> None:
    rng = random.Random(5)
    words = ["theory", "strings", "field", "gravity", "learning", "loops", "of"]
    made = [
        record(
            f"2201.{n:05d}", " ".join(rng.sample(words, 3)), abstract=" ".join(rng.sample(words, 3)),
            authors=(rng.choice(("Ada Example", "Ada Sample", "Ben Example")),), categories=(rng.choice(("hep-th", "gr-qc")),),
            comment=rng.choice(("rare", None, "common")), version=rng.choice((1, 2)), at=NOW - timedelta(days=n),
        )
        for n in range(400)
    ]  # fmt: skip
    await add(database, *made)
    wanted, shown = parse(text), list[str]()
    for page in range(20):
        found = await search.search(text, literal=True, ask=False, offset=10 * page)
        shown += [paper.title for paper in found.papers]
        assert all(wanted.matches(of_paper(paper)) for paper in found.papers), (page, text)
    assert len(shown) > 20
