"""One paper, several tellings: versions, a preprint and its article, notes. Whatever comes first; and two again when somebody says so."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.errors import BadInputError, NotFoundError
from bot.models import Event, EventKind, Paper, PaperId, Record
from bot.papers.kinship import statements
from bot.process.application import bring_index_up_to_date, bring_titles_up_to_date
from bot.store import collection, kin, migrations, papers, search, splitting
from bot.store.database import Database, open_database
from bot.store.papers import Change
from tests.conftest import NOW, arxiv, record, shuffled_batches

LATER = NOW + timedelta(days=8)
TITLE = "On solitons in chains"
JOURNAL = "feed:journal.example/toc"


def doi(value: str) -> PaperId:
    return PaperId("doi", value)


async def add(database: Database, *records: Record) -> list[Change]:
    async with database.transaction() as write:
        said = [one for each in records for one in statements(each)]
        return await papers.add_records(write, said, NOW, eligible=True)


async def find(database: Database, identity: PaperId) -> Paper:
    async with database.reading() as read:
        found = await papers.find_paper(read, identity)
    assert found is not None, identity
    return found


async def values(database: Database, sql: str) -> list[object]:
    async with database.reading() as read:
        return [row[0] for row in await read.all(sql)]


async def count(database: Database) -> int:
    async with database.reading() as read:
        return await collection.count_papers(read)


async def kinds(database: Database) -> list[object]:
    return await values(database, "SELECT kind || ' ' || occurrence FROM events ORDER BY 1")


PREPRINT = record(title=TITLE, authors=("Ada Marlow", "Ben Sample"))


def article(value: str = "10.1000/demo.3", title: str = "On Solitons in Chains", **more: object) -> Record:
    fields: dict[str, object] = {
        "authors": ("A. Marlow",),
        "categories": (),
        "version": None,
        "abstract": None,
        "at": LATER,
        "source": JOURNAL,
    }
    return record(title=title, **{"ids": (doi(value),), **fields, **more})  # type: ignore[arg-type]


# -- versions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", list(permutations(("10.7554/elife.101010.1", "10.7554/elife.101010.2", "10.7554/elife.101010")))
)
@pytest.mark.parametrize("together", [True, False])
async def test_versions_are_one_paper_in_any_order(database: Database, order: tuple[str, ...], together: bool) -> None:
    said = [article(value, title="On solitons") for value in order]
    for batch in [said] if together else [[one] for one in said]:
        await add(database, *batch)
    assert await count(database) == 1
    assert await kinds(database) == ["announced ", "revised v2"]
    found = {(await find(database, doi(f"10.7554/elife.101010{end}"))).id for end in ("", ".1", ".2", ".7")}
    assert len(found) == 1


async def test_a_version_that_nobody_knows_finds_the_paper_and_the_link_leads_somewhere(database: Database) -> None:
    await add(database, article("10.12688/f1000research.12345.1"))
    paper = await find(database, doi("10.12688/f1000research.12345.3"))
    assert paper.main_id == doi("10.12688/f1000research.12345.1")
    await add(database, article("10.12688/f1000research.12345.2"))
    assert (await find(database, paper.main_id)).main_id == doi("10.12688/f1000research.12345.2")


# -- a preprint and its article -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("article_first", [False, True])
@pytest.mark.parametrize("together", [False, True])
async def test_a_preprint_and_its_article_are_one_paper_in_either_order(
    database: Database, article_first: bool, together: bool
) -> None:
    journal = article(journal_ref="Letters on Chains")
    order = [journal, PREPRINT] if article_first else [PREPRINT, journal]
    for batch in [order] if together else [[one] for one in order]:
        await add(database, *batch)
    assert await count(database) == 1
    paper = await find(database, arxiv("2611.00001"))
    assert paper == await find(database, doi("10.1000/demo.3"))
    assert (paper.title, paper.journal_ref) == (TITLE, "Letters on Chains")
    assert paper.notes == (Event(EventKind.PUBLISHED, LATER, "doi:10.1000/demo.3"),)
    async with database.reading() as read:
        assert await search.check_index(read) == (1, 1)
    assert await add(database, journal, PREPRINT) == []


@pytest.mark.parametrize(
    "other",
    [
        article(title="On solitons in rings"),
        article(authors=("Cy Frost",)),
        article(authors=()),
        article(at=NOW + timedelta(days=800)),
        record("2611.00002", TITLE, authors=("Ada Marlow",)),
        record(title=TITLE, ids=(doi("10.21203/rs.3.rs-1/v1"),), source="feed:square", authors=("Ada Marlow",)),
    ],
    ids=["title", "author", "no author", "years", "two on arXiv", "two preprints"],
)
async def test_two_works_stay_two(database: Database, other: Record) -> None:
    await add(database, PREPRINT)
    await add(database, other)
    assert await count(database) == 2


async def test_short_titles_never_join(database: Database) -> None:
    await add(database, record(title="Editorial", authors=("Ada Marlow",)), article(title="Editorial"))
    await add(
        database,
        record("2611.00002", title="On solitons", authors=("Ada Marlow",)),
        article("10.1000/x", title="On solitons"),
    )
    assert await count(database) == 4


async def test_a_title_of_several_papers_joins_nothing(database: Database) -> None:
    await add(database, PREPRINT, record("2611.00002", TITLE, authors=("Ada Marlow",)))
    await add(database, article())
    assert await count(database) == 3


async def test_an_article_that_was_published_already_takes_no_second(database: Database) -> None:
    await add(database, PREPRINT)
    await add(database, article(), article("10.1000/other.4"))
    assert await count(database) == 2


async def test_two_of_one_source_are_two(database: Database) -> None:
    """A feed that carries preprints and articles knows itself which are one."""
    await add(
        database,
        record(title=TITLE, ids=(doi("10.21203/rs.3.rs-1/v1"),), source=JOURNAL, authors=("Ada Marlow",)),
        article(),
    )
    assert await count(database) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_title_that_changes_joins_them_too(database: Database, order: tuple[int, ...]) -> None:
    said = [
        record(title="Solitons", authors=("Ada Marlow",)),
        record(title=TITLE, authors=("Ada Marlow",), version=2, kind=EventKind.REVISED, occurrence="v2"),
        article(),
    ]
    for place in order:
        await add(database, said[place])
    assert await count(database) == 1
    assert (await find(database, doi("10.1000/demo.3"))).notes[0].kind is EventKind.PUBLISHED
    async with database.reading() as read:
        assert await search.check_index(read) == (1, 1)
        assert await read.value("SELECT count(*) FROM pragma_foreign_key_check") == 0


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_and_any_batches_give_the_same_papers(database: Database, seed: int) -> None:
    rng = random.Random(seed)
    pool: list[Record] = []
    for n in range(4):
        title = f"On solitons in chains of length {n}"
        pool.append(record(f"2611.0000{n}", title, authors=("Ada Marlow", "Ben Sample")))
        pool += [article(f"10.7554/elife.10101{n}.{v}", title.title()) for v in (1, 2)]
        pool.append(article(f"10.7554/elife.10101{n}", title))
        pool.append(article(f"10.7554/elife.10101{n}.sa1", "Peer review"))
        pool.append(article(f"10.5194/egusphere-2026-{n}-rc1", f"Comment on {title}"))
    pool.append(article("10.1000/other", "On solitons in chains of length 7"))
    for batch in shuffled_batches(pool, rng):
        await add(database, *batch)
    assert await count(database) == 5
    for n in range(4):
        paper = await find(database, arxiv(f"2611.0000{n}"))
        assert paper == await find(database, doi(f"10.7554/elife.10101{n}.2"))
        assert [(note.kind, note.occurrence) for note in paper.notes] == [
            (EventKind.PUBLISHED, f"doi:10.7554/elife.10101{n}")
        ]
    async with database.reading() as read:
        assert await search.check_index(read) == (5, 5)


# -- notes -------------------------------------------------------------------------------------------------------------


async def test_a_correction_is_a_line_on_the_paper_that_it_concerns(database: Database) -> None:
    await add(database, article("10.1000/demo.0", "On solitons"))
    (change,) = await add(database, article("10.1000/demo.1", "Author Correction: On solitons"))
    assert await count(database) == 1
    assert change.paper.notes == (Event(EventKind.CORRECTED, LATER, "doi:10.1000/demo.1"),)
    assert change.paper == await find(database, doi("10.1000/demo.0"))
    assert not change.paper.withdrawn
    assert await add(database, article("10.1000/demo.1", "Author Correction: On solitons")) == []


async def test_a_retraction_marks_the_paper_withdrawn(database: Database) -> None:
    await add(
        database, article("10.1000/demo.0", "On solitons"), article("10.1000/demo.2", "Retraction Note: On solitons")
    )
    paper = await find(database, doi("10.1000/demo.0"))
    assert paper.withdrawn
    assert [note.kind for note in paper.notes] == [EventKind.RETRACTED]
    assert await count(database) == 1
    for version in (1, 2):
        await add(database, replace(article("10.1000/demo.0", "On solitons"), version=version))
    assert (await find(database, doi("10.1000/demo.0"))).withdrawn  # no version takes a retraction back


@pytest.mark.parametrize("known", [True, False])
async def test_an_article_whose_title_says_that_it_is_retracted(database: Database, known: bool) -> None:
    if known:
        await add(database, article("10.1000/demo.0", "On solitons"))
    await add(database, article("10.1000/demo.0", "RETRACTED: On solitons"))
    assert await count(database) == known
    if known:
        paper = await find(database, doi("10.1000/demo.0"))
        assert (paper.title, paper.withdrawn) == ("On solitons", True)


@pytest.mark.parametrize(
    "title", ["Corrigendum to “On solitons”", "Correction", "Retraction: On solitons", "Erratum: On solitons"]
)
async def test_a_note_on_what_nobody_knows_is_nothing(database: Database, title: str) -> None:
    await add(
        database,
        article("10.9999/else", "On solitons", source="feed:other"),
        article("10.9999/e2", "Correction of errors in chains"),
    )
    assert await add(database, article("10.1000/demo.1", title)) == []
    assert await count(database) == 2


async def test_a_correction_of_a_preprints_article_stands_on_the_paper(database: Database) -> None:
    await add(database, PREPRINT)
    await add(database, article("10.1000/demo.9", f"Correction to: {TITLE}"))
    assert [n.kind for n in (await find(database, arxiv("2611.00001"))).notes] == [EventKind.CORRECTED]


async def test_a_doubtful_note_is_one_where_the_paper_is_known(database: Database) -> None:
    await add(database, article("10.1000/a", "Scaling in the Ising model"))
    await add(database, article("10.1000/b", "Corrections to scaling in the Ising model"))
    await add(database, article("10.1000/c", "Corrections to scaling in the Potts model"))
    assert await count(database) == 2
    assert (await find(database, doi("10.1000/a"))).notes
    assert (await find(database, doi("10.1000/c"))).title == "Corrections to scaling in the Potts model"


async def test_a_note_before_its_paper_in_one_batch(database: Database) -> None:
    await add(database, article("10.1000/demo.1", "Erratum: On solitons"), article("10.1000/demo.0", "On solitons"))
    assert len((await find(database, doi("10.1000/demo.0"))).notes) == 1


# -- two again ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("article_first", [False, True])
async def test_a_wrong_join_is_undone_and_not_done_again(database: Database, article_first: bool) -> None:
    journal = article(journal_ref="Letters on Chains")
    order = [journal, PREPRINT] if article_first else [PREPRINT, journal]
    for one in order:
        await add(database, one)
    await add(database, article("10.1000/demo.9", f"Correction to: {TITLE}"))
    async with database.transaction() as write:
        kept, new = await splitting.split(write, doi("10.1000/demo.3"))
    assert (kept.main_id.scheme, new.main_id.scheme) == (("doi", "arxiv") if article_first else ("arxiv", "doi"))
    preprint, published = await find(database, arxiv("2611.00001")), await find(database, doi("10.1000/demo.3"))
    assert {preprint.id, published.id} == {kept.id, new.id}
    assert preprint.id != published.id
    assert (preprint.journal_ref, published.journal_ref) == (None, "Letters on Chains")
    assert preprint.categories == ("cs.LG",)
    assert (preprint.notes, [n.kind for n in published.notes]) == ((), [EventKind.CORRECTED])
    for one in (*order, *order):
        await add(database, one)
    assert await count(database) == 2
    assert (await find(database, doi("10.1000/demo.3"))).title == "On Solitons in Chains"  # as its own journal says it
    async with database.reading() as read:
        assert await search.check_index(read) == (2, 2)
        assert await read.value("SELECT count(*) FROM pragma_foreign_key_check") == 0


async def test_a_wrong_doi_that_arxiv_repeats_stays_apart(database: Database) -> None:
    both = record(title=TITLE, ids=(arxiv("2611.00001"), doi("10.1000/demo.3")))
    await add(database, both)
    async with database.transaction() as write:
        await splitting.split(write, arxiv("2611.00001"))
    await add(database, both, article())
    await add(database, both)
    assert await count(database) == 2
    assert (await find(database, arxiv("2611.00001"))).ids == (arxiv("2611.00001"),)


async def test_an_article_without_a_doi_joins_and_is_split_by_its_address(database: Database) -> None:
    page = PaperId("url", "journal.example/solitons")
    await add(database, PREPRINT, article(ids=(page,)))
    assert (await find(database, page)).ids == (arxiv("2611.00001"), page)
    assert [n.occurrence for n in (await find(database, page)).notes] == ["url:journal.example/solitons"]
    async with database.transaction() as write:
        kept, new = await splitting.split(write, page)
    assert (kept.ids, new.ids) == ((arxiv("2611.00001"),), (page,))


async def test_a_preprint_servers_own_address_makes_no_article(database: Database) -> None:
    page = PaperId("url", "osf.example/abcde")
    await add(database, article("10.31234/osf.io/abcde_v1", source="feed:osf.example", address=page))
    assert (await find(database, page)).notes == ()
    async with database.transaction() as write:
        with pytest.raises(BadInputError, match="nothing to split"):
            await splitting.split(write, page)
    await add(database, article(address=PaperId("url", "journal.example/1")))
    paper = await find(database, page)
    assert [i.value for i in paper.ids] == [
        "10.1000/demo.3", "10.31234/osf.io/abcde_v1", "journal.example/1", "osf.example/abcde", "10.31234/osf.io/abcde",
    ]  # fmt: skip
    assert [n.kind for n in paper.notes] == [EventKind.PUBLISHED]


async def test_what_is_one_is_not_split(database: Database) -> None:
    await add(database, PREPRINT)
    async with database.transaction() as write:
        with pytest.raises(BadInputError, match="nothing to split"):
            await splitting.split(write, arxiv("2611.00001"))
        with pytest.raises(NotFoundError):
            await splitting.split(write, doi("10.1000/none"))


# -- files of before ---------------------------------------------------------------------------------------------------


async def test_papers_of_before_get_keys_and_works_once(tmp_path: Path) -> None:
    folder = tmp_path / "until-13"
    folder.mkdir()
    for path in sorted(migrations.FOLDER.glob("[0-9]*.sql"))[:13]:
        shutil.copy(path, folder)
    path = tmp_path / "x.db"
    migrations.migrate(path, folder)
    at = int(NOW.timestamp())
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, (scheme, value) in enumerate((("arxiv", "2611.00001"), ("doi", "10.7554/elife.101010.1")), 1):
            connection.execute(
                "INSERT INTO papers (id, title, authors, first_seen_at) VALUES (?, ?, ?, ?)",
                (number, f"On solitons in chains {number}", '[["Ada Marlow", null]]', at),
            )
            connection.execute("INSERT INTO paper_ids VALUES (?, ?, ?)", (scheme, value, number))
        connection.execute(
            """INSERT INTO events (id, paper_id, kind, occurrence, at, source, recorded_at, eligible, passed_by)
               VALUES (7, 1, 'announced', '', ?, 'arxiv:cs.LG', ?, 0, '["arxiv:cs.LG"]')""",
            (at, at),
        )
    migrations.migrate(path)
    async with open_database(path) as database:
        await bring_index_up_to_date(database)
        await bring_titles_up_to_date(database)
        async with database.reading() as read:
            assert await kin.is_current(read)
        await bring_titles_up_to_date(database)
        assert await values(database, "SELECT title_key FROM papers ORDER BY id") == [
            "onsolitonsinchains1",
            "onsolitonsinchains2",
        ]
        assert await values(database, "SELECT id || passed_by FROM events") == ['7["arxiv:cs.LG"]']
        await add(
            database,
            article("10.7554/elife.101010.2", "On solitons in chains 2"),
            article(title="On solitons in chains 1"),
        )
        assert await count(database) == 2
        assert (await find(database, arxiv("2611.00001"))).ids == (arxiv("2611.00001"), doi("10.1000/demo.3"))


async def test_a_paper_is_dated_by_its_first_version(database: Database) -> None:
    await add(database, article("10.7554/elife.101010.2", published=date(2026, 11, 23)))
    await add(database, article("10.7554/elife.101010.1", published=date(2026, 11, 18)))
    assert (await find(database, doi("10.7554/elife.101010"))).published == date(2026, 11, 18)


async def test_a_paper_whose_title_reads_like_a_note_on_another_of_its_feed_is_a_paper(database: Database) -> None:
    await add(database, article("10.1000/demo.0", "Heavy metals from water"))
    for number, title in enumerate(
        (
            "Removal of heavy metals from water",
            "Corrections: heavy metals from water",
            "Partial removal of heavy metals from water",
        )
    ):
        await add(database, article(f"10.1000/demo.{number + 1}", title, authors=("Bo Li",)))
    assert await count(database) == 4
    assert not (await find(database, doi("10.1000/demo.0"))).withdrawn
