"""A journal's feed in the whole house: what is news in it, whatever its dates say, and articles that nothing names but an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.audit.auditor import Auditor
from bot.models import PaperId
from bot.store import kin
from tests.conftest import record
from tests.house import House, open_all, papers_of, shown_text, text_of


def entry(number: int, dated: str | date | None = None, more: str = "", *, doi: bool = True) -> str:
    named = f"<prism:doi>10.1000/demo.{number}</prism:doi>" if doi else ""
    at = f"<dc:date>{dated}</dc:date>" if dated else ""
    return f"<item><title>On solitons, part {number}</title>{named}{at}{more}</item>"


def feed(*entries: str) -> str:
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">'
        f"<channel><title>J</title><link>https://journal.example/current</link>{''.join(entries)}</channel></rss>"
    )


class Journal:
    """The house with one journal's feed, and somebody who follows solitons."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.base = f"feed:{house.upstream.url.partition('://')[2]}"

    async def look(self, *entries: str, days: float = 1, failing: bool = False, where: str = "journal") -> int:
        """What a look at these entries brings, so many days later: alerts."""
        house, name = self.house, f"{self.base}/{where}"
        before = await self._alerts()
        house.upstream.put(f"/{where}", "<html>Just a moment</html>" if failing else feed(*entries))
        await house.move_to(house.now() + timedelta(days=days))
        (visit,) = await house.app.ingest.visit([name])  # the bot's own clock may have been there just before
        assert bool(visit.failure) == failing, visit
        return await self._alerts() - before

    async def _alerts(self) -> int:
        return len(await self.house.rows("SELECT 1 FROM alerts"))

    async def events(self) -> list[tuple[str, int]]:
        """The day of each announcement, and whether it may be told."""
        sql = "SELECT date(at, 'unixepoch'), eligible FROM events WHERE kind = 'announced' ORDER BY paper_id"
        return [(str(day), int(told)) for day, told in await self.house.rows(sql)]

    async def papers(self) -> list[set[str]]:
        rows = await self.house.rows("SELECT paper_id, scheme || ':' || value FROM paper_ids ORDER BY paper_id")
        found: dict[int, set[str]] = {}
        for paper_id, identity in rows:
            found.setdefault(paper_id, set()).add(identity)
        return list(found.values())

    async def gaps(self) -> list[str]:
        """Whom the audit says nobody told of what, and what it says was silent and should not have been."""
        proof = await Auditor(self.house.app.database, self.house.now, self.house.app.ingest.live).audit()
        return [f"{day.day}: {found}" for day in proof.days for found in (*day.gaps, *day.silent)]

    async def carried(self) -> list[str]:
        """What the audit holds against the store."""
        return [value for (value,) in await self.house.rows("SELECT DISTINCT value FROM carried ORDER BY value")]

    async def lost(self) -> list[str]:
        """What the audit says the store does not have."""
        proof = await Auditor(self.house.app.database, self.house.now, self.house.app.ingest.live).audit()
        return [name for day in proof.days for name in day.lost]


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    async with open_all(tmp_path) as house:
        opened = Journal(house)
        url = f"{house.upstream.url}/journal"
        house.settings = house.settings.model_copy(update={"feeds": (url, f"{house.upstream.url}/issue")})
        house.upstream.put(
            "/rss/cs.CV", "<rss><channel><pubDate>Wed, 19 Nov 2031 00:00:00 -0500</pubDate></channel></rss>"
        )
        await house.start()
        await house.follow("solitons", who=house.nadia)
        yield opened


# -- what is news -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dated", ["2031-10-11", "2029-01-01", "2031-11-17", "2032-03-01", "2099-01-01", None, "nonsense"]
)
async def test_what_is_seen_first_after_the_first_look_is_told_once_and_stored_under_that_day(
    journal: Journal, dated: str | None
) -> None:
    assert await journal.look() == 0
    assert await journal.look(entry(1, dated)) == 1
    assert await journal.events() == [("2031-11-21", 1)]
    assert await journal.look(entry(1, dated), entry(2, dated)) == 1
    assert await journal.look(entry(2, dated)) == 0
    assert await journal.look(entry(1, dated), days=40) == 0  # it comes back
    assert await journal.look(entry(1, "2032-01-05")) == 0  # with another date
    assert await journal.events() == [("2031-11-21", 1), ("2031-11-22", 1)]
    assert await journal.gaps() == []


@pytest.mark.parametrize("dated", ["2031-10-11", "2031-11-20", "2099-01-01", None])
async def test_the_first_look_is_silent_and_stays_so(journal: Journal, dated: str | None) -> None:
    assert await journal.look(entry(1, dated)) == 0
    ((day, told),) = await journal.events()
    assert told == 0
    assert day == (dated if dated and dated < "2031-11-20" else "2031-11-20")
    assert await journal.look(entry(1, dated), entry(2, "2031-09-01")) == 1
    assert await journal.look(entry(2, "2031-09-01")) == 0
    assert await journal.look(entry(1, "2031-12-24"), days=35) == 0
    assert await journal.gaps() == []
    assert [told for _, told in await journal.events()] == [0, 1]


async def test_what_a_feed_brought_while_nobody_could_ask_it_is_told(journal: Journal) -> None:
    assert await journal.look(entry(1, "2031-11-01")) == 0
    for _ in range(3):
        assert await journal.look(days=15, failing=True) == 0
    assert await journal.look(entry(1, "2031-11-01"), entry(2, "2031-11-25"), entry(3, "2031-08-01"), days=20) == 2


async def test_an_old_article_that_another_feed_passed_over_is_no_news_here(journal: Journal) -> None:
    assert await journal.look(entry(1, "2031-09-01"), entry(2)) == 0
    assert await journal.look(where="issue") == 0
    assert (
        await journal.look(entry(1, "2031-09-01"), entry(1, "2099-09-01"), entry(3, "2031-09-01"), where="issue") == 1
    )
    assert await journal.look(entry(1, "2031-12-20"), entry(2), days=30, where="issue") == 0
    assert await journal.gaps() == []


async def test_the_printed_day_is_the_one_on_which_it_stood_online(journal: Journal) -> None:
    cover = "<prism:coverDate>{0}</prism:coverDate><prism:publicationDate>{0}</prism:publicationDate>"
    await journal.look()
    await journal.look(
        entry(1, "2031-11-20", cover.format("2031-09-01")), entry(2, "2031-11-20", cover.format("2032-09-01")),
        entry(3, "2032-09-01", cover.format("2032-09-01")), entry(4, None, cover.format("2031-09-01")),
    )  # fmt: skip
    assert [day for (day,) in await journal.house.rows("SELECT published FROM papers ORDER BY id")] == [
        "2031-11-20", "2031-11-20", "2031-11-21", "2031-09-01",
    ]  # fmt: skip


async def test_it_is_delivered_with_a_link_to_its_page(journal: Journal) -> None:
    await journal.look()
    await journal.look(entry(1, "2031-09-01", "<link>https://journal.example/solitons/1</link>", doi=False))
    await journal.house.move_to(journal.house.now() + timedelta(days=1))
    await journal.house.round()
    (message,) = [m for m in await journal.house.dms() if "On solitons, part 1" in text_of(m)]
    assert papers_of(message) == ["https://journal.example/solitons/1"]
    opened = await journal.house.press(message, "Open 1")
    assert "[Article](https://journal.example/solitons/1)" in text_of(opened["message"])


# -- articles by their addresses --------------------------------------------------------------------------------------

PLACES = (
    "https://www.sciencedirect.com/science/article/pii/S0000000026000601?dgcid=rss_sd_all",
    "http://ieeexplore.ieee.org/document/11711131",
    "https://proceedings.mlr.press/v235/marlow26a.html",
    "http://jmlr.org/papers/v26/26-0001.html",
    "https://openreview.net/forum?id=AbCdEfGh12",
    "https://aclanthology.org/2024.lrec-main.1/",
    "https://academic.oup.com/solitons/article/21/8/588/8215678?rss=1",
)
PASTED = (
    "https://www.sciencedirect.com/science/article/abs/pii/S0000000026000601",
    "https://ieeexplore.ieee.org/abstract/document/11711131/",
    "https://proceedings.mlr.press/v235/marlow26a/marlow26a.pdf",
    "www.jmlr.org/papers/volume26/26-0001/26-0001.pdf",
    "https://openreview.net/pdf?id=AbCdEfGh12",
    "url:aclanthology.org/2024.lrec-main.1",
    "look: https://academic.oup.com/solitons/article/21/8/588/8215678?utm_source=chat.",
)


async def test_an_article_without_a_doi_is_known_by_its_address_in_every_door(journal: Journal) -> None:
    await journal.look()
    links = [entry(n, None, f"<link>{place}</link>", doi=False) for n, place in enumerate(PLACES)]
    assert await journal.look(*links) == len(PLACES)
    for number, pasted in enumerate(PASTED):
        shown = shown_text(await journal.house.run("paper", paper=pasted))
        assert f"On solitons, part {number}" in shown, (pasted, shown)
        if not pasted.startswith("look"):
            assert await journal.house.suggest("paper", "paper", pasted) == [f"On solitons, part {number}"]
            found = shown_text(await journal.house.run("search", text=pasted))
            assert f"On solitons, part {number}" in found, found
    assert await journal.house.suggest("paper", "paper", "On solitons, part 3")
    unknown = shown_text(await journal.house.run("paper", paper="https://ieeexplore.ieee.org/document/1"))
    assert "On solitons" not in unknown


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (entry(1, doi=False, more="<link>http://www.x.example/a/?rss=yes</link>"), entry(1, more="<link>https://x.example/a</link>")),
        (entry(1, more="<link>https://x.example/a</link>"), entry(1, doi=False, more="<guid>http://www.x.example/a#top</guid>")),
        (
            entry(1, doi=False, more="<link>https://x.example/a</link>"),
            entry(1, doi=False, more="<link>https://x.example/a</link><guid>https://arxiv.org/abs/2611.00001</guid>"),
        ),
        (
            entry(1, doi=False, more="<link>https://www.nature.com/articles/s41586-031-00001-1</link>"),
            entry(1, doi=False, more="<prism:doi>10.1038/s41586-031-00001-1</prism:doi>"),
        ),
    ],
)  # fmt: skip
async def test_an_article_that_shows_another_identity_later_is_the_same(
    journal: Journal, first: str, then: str
) -> None:
    await journal.look()
    assert await journal.look(first) == 1
    assert await journal.look(then, entry(2)) == 1  # the other one
    assert len(await journal.papers()) == 2


async def test_an_address_that_several_articles_share_joins_none(journal: Journal) -> None:
    await journal.look()
    issue = "<link>https://journal.example/issue/7</link>"
    assert await journal.look(entry(1, more=issue), entry(2, more=issue)) == 2
    assert await journal.look(entry(3, more=issue), days=2) == 1
    assert await journal.look(entry(4, more=issue), days=2) == 1  # one at a time: their DOIs tell them apart
    other = "<link>https://journal.example/issue/8</link>"
    assert await journal.look(entry(5, doi=False, more=other), entry(6, doi=False, more=other), entry(4), days=2) == 0
    assert [sorted(ids)[0] for ids in await journal.papers()] == [f"doi:10.1000/demo.{n}" for n in (1, 2, 3, 4)]


async def test_the_link_of_the_journal_itself_names_no_article(journal: Journal) -> None:
    for link in ("https://journal.example/", "http://www.journal.example/current/?rss=yes"):
        assert await journal.look(entry(1, doi=False, more=f"<link>{link}</link>"), entry(2)) == 0
    assert await journal.papers() == [{"doi:10.1000/demo.2"}]


# -- notes and what is only called like one -----------------------------------------------------------------------------


def titled(number: int, title: str, author: str = "Ada Marlow") -> str:
    return entry(number, more=f"<dc:creator>{author}</dc:creator>").replace(f"On solitons, part {number}", title)


@pytest.mark.parametrize(
    "title",
    ["Correction of errors in solitons", "Corrections to scaling of solitons", "Withdrawal: a model with solitons", "Removal of solitons"],
)  # fmt: skip
async def test_the_audit_finds_a_gap_behind_a_paper_that_is_called_like_a_note(journal: Journal, title: str) -> None:
    await journal.look()
    assert await journal.look(titled(1, title)) == 1
    assert await journal.gaps() == []
    async with journal.house.app.database.transaction() as write:
        await write.execute("DELETE FROM alerts")
    (gap,) = await journal.gaps()
    assert "no alert was made" in gap
    assert "doi:10.1000/demo.1" in gap


async def test_a_note_that_stands_on_a_paper_or_on_none_is_nothing_for_the_audit(journal: Journal) -> None:
    await journal.look()
    assert await journal.look(entry(1, more="<dc:creator>Ada Marlow</dc:creator>")) == 1
    notes = (
        titled(2, "Correction to On solitons, part 1"),  # doubtful, and of the same author
        titled(3, "Erratum: On solitons, part 1"),
        titled(4, "Retraction Note: On other solitons", "Max Winter"),
        titled(5, "Correction: On solitons that nobody has seen"),
    )
    for _ in range(2):  # the second time the line stands there already
        assert await journal.look(*notes) == 0
        assert await journal.carried() == ["10.1000/demo.1"]
    assert await journal.gaps() == []
    assert await journal.lost() == []


async def test_an_article_that_is_called_retracted_later_is_still_audited(journal: Journal) -> None:
    await journal.look()
    assert await journal.look(titled(1, "RETRACTED: Of solitons")) == 0  # of no known paper: a line on nothing
    assert await journal.carried() == []
    assert await journal.look(titled(2, "Of solitons too")) == 1
    assert await journal.look(titled(2, "RETRACTED: Of solitons too")) == 0
    assert await journal.carried() == ["10.1000/demo.2"]
    assert (await journal.lost(), await journal.gaps()) == ([], [])


async def test_what_is_a_paper_or_should_be_one_is_held_against_the_store(journal: Journal) -> None:
    await journal.look()
    await journal.look(entry(1))
    said = [
        record(title=title, ids=(PaperId("doi", f"10.1000/demo.{number}"),), source="feed:x")
        for number, title in (
            (2, "Correction of errors in solitons"),
            (3, "Erratum: Of solitons"),
            (4, "Of solitons"),
            (1, "RETRACTED: On solitons, part 1"),
        )
    ]
    async with journal.house.app.database.reading() as read:
        assert await kin.without_notes(read, said) == [said[0], said[2], said[3]]
