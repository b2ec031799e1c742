"""One work is one row, whatever the sources say and in whatever order."""

from __future__ import annotations

import random
import sqlite3
from datetime import date, timedelta

import pytest

from bot.models import (
    Cadence,
    Community,
    EventKind,
    Hit,
    Match,
    OwnerKind,
    Paper,
    PaperId,
    Reason,
    Recipient,
    Record,
    SubscriptionKind,
)
from bot.query.language import parse
from bot.store import alerts, collection, papers, search
from bot.store.database import Database
from bot.store.papers import Change
from tests.conftest import NOW, arxiv, record, shuffled_batches


async def add(database: Database, *records: Record, eligible: bool = True) -> list[Change]:
    async with database.transaction() as write:
        return await papers.add_records(write, records, NOW, eligible=eligible)


async def find(database: Database, identity: PaperId) -> Paper | None:
    async with database.reading() as read:
        return await papers.find_paper(read, identity)


async def count(database: Database) -> int:
    async with database.reading() as read:
        return await collection.count_papers(read)


async def test_a_new_paper_is_stored_as_the_source_said_it(database: Database) -> None:
    (change,) = await add(database, record(published=date(2026, 11, 16), comment="12 pages"))
    stored = await find(database, arxiv("2611.00001"))
    assert change.is_new
    assert change.events[0].kind is EventKind.ANNOUNCED
    assert stored == change.paper
    assert stored is not None
    assert (stored.title, stored.comment, stored.published) == (
        "A paper about diffusion",
        "12 pages",
        date(2026, 11, 16),
    )
    assert [a.name for a in stored.authors] == ["Ada Example", "Ben Sample"]


async def test_an_author_who_is_only_signs_is_nobody(database: Database) -> None:
    """They come of lists that an upstream parted at the wrong places."""
    await add(database, record(authors=(":", "Ada Example", "*", "王伟", "1,2", " ")))
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert [a.name for a in stored.authors] == ["Ada Example", "王伟"]
    assert await add(database, record(authors=(":", "†"))) == []
    assert await find(database, arxiv("2611.00001")) == stored


async def test_the_same_record_again_changes_nothing(database: Database) -> None:
    await add(database, record())
    assert await add(database, record(), record()) == []
    assert await count(database) == 1


async def test_a_new_version_updates_the_row_and_is_one_event(database: Database) -> None:
    await add(database, record())
    new = record(title="A better title", kind=EventKind.REVISED, occurrence="v2", version=2)
    (change,) = await add(database, new)
    assert not change.is_new
    assert [(e.kind, e.occurrence) for e in change.events] == [(EventKind.REVISED, "v2")]
    assert change.paper.title == "A better title"
    assert await add(database, new) == []


async def test_an_older_version_that_arrives_late_does_not_overwrite(database: Database) -> None:
    await add(database, record(title="Third", version=3, kind=EventKind.REVISED, occurrence="v3"))
    await add(database, record(title="First", version=1))
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert (stored.title, stored.version) == ("Third", 3)


async def test_arxivs_title_wins_over_a_copy_that_lost_its_tex_in_either_order(database: Database) -> None:
    copy = record(
        title="Step size gamma to infty", source="huggingface", kind=EventKind.LISTED, occurrence="2026-11-18"
    )
    original = record(title=r"Step size $\gamma \to \infty$")
    await add(database, copy)
    await add(database, original)
    await add(database, copy)
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert stored.title == r"Step size $\gamma \to \infty$"


async def test_what_a_source_leaves_out_stays_known(database: Database) -> None:
    await add(database, record(comment="12 pages", license_url="https://creativecommons.org/licenses/by/4.0/"))
    await add(
        database, record(abstract=None, authors=(), categories=(), kind=EventKind.REVISED, occurrence="v2", version=2)
    )
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert stored.abstract
    assert stored.authors
    assert stored.comment == "12 pages"


async def test_votes_are_replaced_and_kept_as_captured_and_the_rest_of_the_community_stays(database: Database) -> None:
    def listed(upvotes: int, **more: object) -> Record:
        community = Community(upvotes=upvotes, listed_on=date(2026, 11, 18), **more)  # type: ignore[arg-type]
        return record(source="huggingface", kind=EventKind.LISTED, occurrence="2026-11-18", community=community)

    await add(database, listed(3, summary="In a sentence.", code_url="https://github.com/a/b"))
    async with database.transaction() as write:
        await papers.add_records(write, [listed(9)], NOW + timedelta(hours=1), eligible=True)
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert stored.community is not None
    assert (stored.community.upvotes, stored.community.summary) == (9, "In a sentence.")
    assert stored.community.code_url == "https://github.com/a/b"
    async with database.reading() as read:
        votes = [row["upvotes"] for row in await read.all("SELECT upvotes FROM votes ORDER BY captured_at")]
    assert votes == [3, 9]


async def test_two_rows_that_turn_out_to_be_one_are_merged_with_all_they_had(database: Database) -> None:
    doi = PaperId("doi", "10.1000/xyz")
    await add(database, record("2611.00001"))
    await add(database, record(ids=(doi,), source="feed:journal", title="A paper about diffusion (journal)"))
    journal = await find(database, doi)
    assert journal is not None
    person = Recipient(OwnerKind.USER, 7)
    reason = Reason(1, SubscriptionKind.KEYWORD, "diffusion")
    async with database.transaction() as write:
        await alerts.enqueue(write, [Match(person, journal.id, Cadence.DAILY, (reason,))], NOW)
    assert await count(database) == 2
    await add(database, record(ids=(arxiv("2611.00001"), doi), kind=EventKind.REVISED, occurrence="v2", version=2))
    assert await count(database) == 1
    first, second = await find(database, arxiv("2611.00001")), await find(database, doi)
    assert first is not None
    assert first == second
    async with database.reading() as read:
        assert await read.value("SELECT group_concat(paper_id) FROM alerts") == str(first.id)
        assert await read.value("SELECT count(*) FROM pragma_foreign_key_check") == 0
        assert await search.check_index(read) == (1, 1)


async def test_a_record_joins_a_stored_row_and_one_of_the_same_batch(database: Database) -> None:
    doi = PaperId("doi", "10.1000/xyz")
    await add(database, record(ids=(doi,), source="feed:journal"))
    await add(
        database, record("2611.00001"), record(ids=(arxiv("2611.00001"), doi), kind=EventKind.REVISED, occurrence="v2")
    )
    assert await count(database) == 1


async def test_records_in_any_order_and_any_batches_give_the_same_rows(database: Database, tmp_path: object) -> None:
    rng = random.Random(5)
    doi = [PaperId("doi", f"10.1000/{n}") for n in range(4)]
    pool = [record(f"2611.0000{n}", title=f"Title {n}") for n in range(4)]
    pool += [record(ids=(doi[n],), source="feed:x", title=f"Copy {n}") for n in range(4)]
    pool += [
        record(ids=(arxiv(f"2611.0000{n}"), doi[n]), kind=EventKind.REVISED, occurrence="v2", version=2)
        for n in range(4)
    ]
    for batch in shuffled_batches(pool, rng):
        await add(database, *batch)
    assert await count(database) == 4
    for n in range(4):
        assert await find(database, arxiv(f"2611.0000{n}")) == await find(database, doi[n])
    async with database.reading() as read:
        assert await search.check_index(read) == (4, 4)


async def test_the_index_follows_every_change_of_text(database: Database) -> None:
    await add(database, record(title="Gloves"))
    await add(database, record(title="Mittens", kind=EventKind.REVISED, occurrence="v2", version=2))
    async with database.reading() as read:
        assert await search.candidates(read, parse("gloves"), {}, limit=9) == []
        assert len(await search.candidates(read, parse("mittens"), {}, limit=9)) == 1


async def test_a_silent_take_records_events_that_are_not_eligible(database: Database) -> None:
    await add(database, record(), eligible=False)
    async with database.reading() as read:
        assert await read.value("SELECT eligible FROM events") == 0


async def test_a_paper_without_title_is_refused_by_the_schema_and_nothing_of_the_batch_stays(
    database: Database,
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await add(database, record("2611.00001"), record("2611.00002", title=""))
    assert await count(database) == 0


@pytest.mark.parametrize("together", [True, False])
async def test_two_arxiv_papers_under_one_doi_stay_two(database: Database, together: bool) -> None:
    """As 1102.0500 and 1102.0515 do: both authors gave the DOI of the same page of the proceedings."""
    doi = PaperId("doi", "10.1063/1.3571005")
    first = record("1102.0500", "A planet", ids=(arxiv("1102.0500"), doi))
    second = record("1102.0515", "A stars", ids=(arxiv("1102.0515"), doi))
    if together:
        await add(database, first, second)
    else:
        await add(database, first)
        await add(database, second)
    assert await count(database) == 2
    one, other, owner = [await find(database, i) for i in (arxiv("1102.0500"), arxiv("1102.0515"), doi)]
    assert one is not None
    assert other is not None
    assert (one.title, other.title, owner) == ("A planet", "A stars", one)
    assert await add(database, second, first) == []


async def test_an_arxiv_paper_joins_the_journals_row_and_the_next_one_with_its_doi_does_not(database: Database) -> None:
    doi = PaperId("doi", "10.1000/xyz")
    await add(database, record(ids=(doi,), source="feed:journal"))
    await add(database, record("2611.00001", ids=(arxiv("2611.00001"), doi)))
    await add(database, record("2611.00002", "Another", ids=(doi, arxiv("2611.00002"))))
    assert await count(database) == 2
    assert await find(database, doi) == await find(database, arxiv("2611.00001"))


async def test_a_version_that_stands_takes_the_withdrawal_back(database: Database) -> None:
    await add(database, record())
    (gone,) = await add(
        database, record(kind=EventKind.WITHDRAWN, occurrence="v2", version=2, withdrawn=True, source="arxiv-oai:cs")
    )
    assert gone.paper.withdrawn
    assert await add(database, record(version=2, source="arxiv:cs.AI")) == []  # a feed has no comments: it does not say
    (back,) = await add(database, record(kind=EventKind.REVISED, occurrence="v3", version=3, source="arxiv-oai:cs"))
    assert not back.paper.withdrawn
    assert [e.kind for e in back.events] == [EventKind.REVISED]
    await add(database, record(version=2, withdrawn=True, kind=EventKind.WITHDRAWN, occurrence="v2"))
    stored = await find(database, arxiv("2611.00001"))
    assert stored is not None
    assert not stored.withdrawn  # the old notice came late


async def test_how_surely_an_author_is_meant_is_kept_and_earlier_reasons_stay_readable() -> None:
    hits = (Hit("Jim Kurose", "author", "J. Kurose", "initials"), Hit("robots", "title", "Robots"))
    reasons = (Reason(7, SubscriptionKind.AUTHOR, "Jim Kurose OR James Kurose", hits),)
    assert alerts.read_reasons(alerts.reasons_text(reasons)) == reasons
    earlier = '[[7, "author", "J. Kempe", [["J. Kempe", "author", "Julia Kempe"]]]]'
    (read,) = alerts.read_reasons(earlier)
    assert read == Reason(7, SubscriptionKind.AUTHOR, "J. Kempe", (Hit("J. Kempe", "author", "Julia Kempe"),))
    assert alerts.reasons_text((read,)) == earlier
