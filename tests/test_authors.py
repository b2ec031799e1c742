"""The page of a person, over the sample registries and the real client: who is meant, figures, papers; whatever a registry does."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.authors import references
from bot.authors.pages import PER_PAGE, Authors
from bot.authors.registries import Registries
from bot.errors import BadInputError, NotFoundError
from bot.models import AuthorPage, Candidates, Cited, Community, Credit, PaperId, Profile, Record, Registry, Sorting
from bot.search.search import Search
from bot.store import papers, registries
from bot.store.database import open_database
from playground.upstreams.registries import person
from tests.conftest import record
from tests.house import THURSDAY, House, controls, labels, sample, text_of
from tests.house import page as upstream_page
from tests.patience import PATIENCE
from tests.ready import ready
from tests.test_registries import ONE, OTHER, S2_PEOPLE, WORKS, Desk, opened

#: On one sample paper, and of one number in each registry.
ALONE = "Fandong Meng"


class Office:
    """The desk of the registries, with the pages above it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.authors = self.over(desk.service)

    def over(self, registries: Registries) -> Authors:
        return Authors(self.desk.database, Search(self.desk.database, self.desk.time), registries, self.desk.time)

    async def store(self, *records: Record) -> None:
        async with self.desk.database.transaction() as write:
            await papers.add_records(write, records, self.desk.time.now, eligible=False)

    async def page(self, text: str, **more: Any) -> AuthorPage:
        found = await self.authors.find(text, **more)
        assert isinstance(found, AuthorPage), found
        return found

    async def people(self, text: str, **more: Any) -> Candidates:
        found = await self.authors.find(text, **more)
        assert isinstance(found, Candidates), found
        return found


@contextlib.asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[Office]:
    async with opened(folder) as desk:
        yield Office(desk)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with at_work(tmp_path) as made:
        yield made


def titles(page: AuthorPage) -> list[str]:
    return [one.paper.title for one in page.written]


# -- one person --------------------------------------------------------------------------------------------------------


async def test_a_name_of_one_person_is_their_page_with_figures_of_both_registries(office: Office) -> None:
    page = await office.page(ALONE)
    who = person(ALONE)
    assert (page.h_index.value, page.h_index.scope, page.h_index.source) == (
        who.h_index,
        "whole career",
        "Semantic Scholar",
    )
    assert page.h_index.as_of is not None
    assert page.h_index.as_of <= office.desk.time.now
    assert (page.citations.value, page.career_papers.value) == (who.citations, who.papers)
    assert (page.papers_count.value, page.papers_count.scope) == (1, "in this collection")
    assert [profile.registry for profile in page.profiles] == [Registry.SEMANTIC_SCHOLAR, Registry.OPENALEX]
    assert (page.category.value, page.category.scope) == ("cs.CL", "of 1 of 1 papers here")
    assert sum(year.papers or 0 for year in page.years) == who.papers
    assert not page.is_here
    assert page.warnings == ()
    (one,) = page.written
    assert (one.printed, one.place) == (ALONE, 3)
    assert one.paper.cited is not None


async def test_every_way_to_write_somebody_leads_to_the_same_page(office: Office) -> None:
    page = await office.page(ALONE)
    number = f"{page.profiles[0].registry}:{page.profiles[0].id}"
    for text in (
        "Meng, Fandong",
        "fandong meng",
        number,
        f"Somebody ({number})",
        f"https://www.semanticscholar.org/author/{page.profiles[0].id}",
    ):
        again = await office.page(text)
        assert titles(again) == titles(page), text
        assert again.h_index == page.h_index, text


async def test_a_paper_leads_to_its_authors(office: Office) -> None:
    async with office.desk.database.reading() as read:
        paper = await papers.find_paper(read, PaperId("arxiv", OTHER))
    assert paper is not None
    page = await office.authors.of_paper(paper, 3)
    assert page.name == ALONE
    with pytest.raises(NotFoundError, match="at that place"):
        await office.authors.of_paper(paper, 99)


async def test_a_number_leads_to_the_papers_however_the_registry_prints_the_name(office: Office) -> None:
    await office.store(record("2401.00001", "By Rena", authors=("Rena Moss", "Ada Example")))
    desk = office.desk
    async with desk.database.transaction() as write:
        paper = await papers.find_paper(write, PaperId("arxiv", "2401.00001"))
        assert paper is not None
        cited = Cited(
            Registry.SEMANTIC_SCHOLAR, 3, (Credit("R. Moss", "701"), Credit("A. Example", "702")), desk.time.now
        )
        await registries.keep_cited(write, Registry.SEMANTIC_SCHOLAR, [paper.id], {paper.id: cited}, desk.time.now)
        profile = Profile(
            Registry.SEMANTIC_SCHOLAR, "701", "R. Moss", desk.time.now, h_index=7, orcid="0000-0002-1825-0097"
        )
        await registries.keep_profiles(write, Registry.SEMANTIC_SCHOLAR, ["701"], {"701": profile}, desk.time.now)
    for text in ("semantic-scholar:701", "orcid:0000-0002-1825-0097", "Rena Moss", "R. Moss (semantic-scholar:701)"):
        page = await office.page(text, ask=False)
        assert (titles(page), page.h_index.value) == (["By Rena"], 7), text
    # the registry makes the number another: old buttons lead to the same person
    async with desk.database.transaction() as write:
        await registries.keep_profiles(
            write, Registry.SEMANTIC_SCHOLAR, ["701"], {"701": replace(profile, id="999", h_index=9)}, desk.time.now
        )
    for text in (
        "semantic-scholar:701",
        "semantic-scholar:999",
        "orcid:0000-0002-1825-0097",
        "Rena Moss (semantic-scholar:701)",
        "Rena Moss",
    ):
        page = await office.page(text, ask=False)
        assert (titles(page), page.h_index.value) == (["By Rena"], 9), text


async def test_who_is_printed_with_initials_alone_can_be_opened(office: Office) -> None:
    await office.store(
        record("2401.00001", "Short", authors=("J. Kay", "Ada Example")),
        record("2401.00002", "Long", authors=("Jane Kay",)),
    )
    found = await office.people("J. Kay", ask=False)
    assert {one.name for one in found.told} == {"J. Kay", "Jane Kay"}
    for one in found.told:
        page = await office.authors.page(one.reference, ask=False)
        assert titles(page) == (["Short"] if one.name == "J. Kay" else ["Long"])


async def test_people_of_papers_without_an_id_are_told_apart_too(office: Office) -> None:
    await office.store(
        *(
            replace(
                record(f"2401.{n:05}", f"Post {n}", authors=("Eve Stone", f"Friend{n} Aa")),
                ids=(PaperId("url", f"blog.example/{n}"),),
            )
            for n in range(1, 4)
        )
    )
    found = await office.authors.bearers("Eve Stone")
    assert len(found.told) == 3
    for one in found.told:
        again = references.chosen("Eve Stone", references.choice(found.name, one.reference))
        assert titles(await office.authors.page(again, ask=False)) == [one.title]


async def test_a_hint_is_whole_words_in_any_spelling(office: Office) -> None:
    await office.store(
        record("2401.00001", "One", authors=("Hana Kopp", "Oliver Zhang")),
        record("2401.00002", "Two", authors=("Hana Kopp", "Jürgen Müller")),
    )  # fmt: skip
    assert (await office.people("Hana Kopp with:Ng", ask=False)).told == ()
    assert titles(await office.page("Hana Kopp with:muller", ask=False)) == ["Two"]
    assert titles(await office.page("Hana Kopp with:Zhang, Oliver", ask=False)) == ["One"]


# -- several people ----------------------------------------------------------------------------------------------------


async def test_namesakes_whom_registries_tell_apart_are_a_choice(office: Office) -> None:
    found = await office.people("Jie Zhou")
    assert len(found.told) == 2
    assert {one.papers for one in found.told} == {1}
    assert all(one.profiles and one.others and one.title for one in found.told)
    seen = []
    for one in found.told:
        value = references.choice(found.name, one.reference)
        page = await office.authors.page(references.chosen("Jie Zhou", value))
        seen += titles(page)
        assert page.h_index.value == one.profiles[0].h_index
        assert page.bearers == 2
    assert len(set(seen)) == 2


async def test_a_hint_tells_them_apart_and_so_does_one_of_their_papers(office: Office) -> None:
    page = await office.page("Jie Zhou with:Fandong")
    assert [one.paper.main_id.value for one in page.written] == [OTHER]
    again = await office.page(f"Jie Zhou (of arxiv:{ONE})")
    assert [one.paper.main_id.value for one in again.written] == [ONE]
    nobody = await office.people("Jie Zhou with:Atlantis")
    assert (nobody.told, nobody.hint) == ((), "Atlantis")


async def test_two_hundred_namesakes_are_all_told_in_order_of_their_papers(office: Office) -> None:
    await office.store(
        *(
            record(f"2401.{n:05}", f"Paper {n}", authors=("Wei Crowd", f"Other {chr(97 + n // 26)}{chr(97 + n % 26)} Person"))
            for n in range(200)
        ),
        *(record(f"2402.{n:05}", f"More {n}", authors=("Wei Crowd", "Oth Aa Person")) for n in range(3)),
    )  # fmt: skip
    page = await office.page("Wei Crowd", ask=False)
    assert page.total == 203
    assert "No registry has told me yet whether these papers are by one person" in page.warnings[0]
    found = await office.authors.bearers("Wei Crowd")
    assert len(found.told) == 201
    assert [one.papers for one in found.told[:2]] == [3, 1]
    assert len({references.choice(found.name, one.reference) for one in found.told}) == 201
    apart = await office.authors.page(found.told[0].reference, ask=False)
    assert (apart.total, apart.warnings) == (3, ())


# -- papers ------------------------------------------------------------------------------------------------------------


async def test_papers_come_in_every_order_page_by_page_and_none_is_lost(office: Office) -> None:
    await office.store(
        *(
            record(
                f"2401.{n:05}", f"Number {n:02}", authors=("Ona Writer", f"Ben Sample{n}"), published=date(2024, 1, 1) + timedelta(days=n),
                community=Community(upvotes=n * 7 % 23, listed_on=date(2024, 1, 2)),
            )
            for n in range(1, 24)
        )
    )  # fmt: skip
    newest = await office.page("Ona Writer", ask=False)
    assert titles(newest) == [f"Number {n:02}" for n in range(23, 13, -1)]
    pages = [await office.authors.page(newest.reference, Sorting.VOTES, n, ask=False) for n in range(3)]
    votes = [one.paper.community.upvotes for page in pages for one in page.written if one.paper.community]
    assert votes == sorted(votes, reverse=True)
    assert len({title for page in pages for title in titles(page)}) == 23
    gone = await office.authors.page(newest.reference, Sorting.NEWEST, 99, ask=False)
    assert (gone.page, len(gone.written)) == (2, 23 - 2 * PER_PAGE)
    assert (newest.is_here, [(y.year, y.papers) for y in newest.years]) == (True, [(2024, 23)])
    for sorting in Sorting:
        assert len((await office.authors.page(newest.reference, sorting, ask=False)).written) == PER_PAGE


async def test_other_spellings_are_named_and_possible_ones_counted_apart(office: Office) -> None:
    await office.store(
        record("2401.00001", "One", authors=("Zoë Quill",)), record("2401.00002", "Two", authors=("Zoë Quill", "Ada Example")),
        record("2401.00003", "Three", authors=("Quill, Zoe",)), record("2401.00004", "Four", authors=("Z. Quill",)),
    )  # fmt: skip
    page = await office.page("Zoe Quill", ask=False)
    assert (page.name, page.total) == ("Zoë Quill", 3)
    assert page.also == ("Quill, Zoe",)
    assert (page.likely, page.spelled) == (1, ("Z. Quill",))


async def test_the_name_on_a_paper_of_thousands_a_collaboration_and_other_scripts(office: Office) -> None:
    crowd = (*(f"Member{n} Crowd" for n in range(3_000)), "Ona Writer", *(f"Other{n} Crowd" for n in range(302)))
    await office.store(
        record("2401.00001", "Of many", authors=crowd), record("2401.00002", "Alone", authors=("Ona Writer",)),
        record("2401.00003", "Waves", authors=("The WAVES Collaboration", "Ada Example")),
        record("2401.00004", "More waves", authors=("WAVES Collaboration",)),
        record("2401.00005", "论文", authors=("王小明",)), record("2401.00006", "Once", authors=("Plato",)),
    )  # fmt: skip
    many = await office.page("Ona Writer", ask=False)
    assert sorted((one.paper.title, one.place) for one in many.written) == [("Alone", 1), ("Of many", 3_001)]
    waves = await office.page("WAVES Collaboration", ask=False)
    assert (waves.total, waves.warnings) == (2, ())
    assert titles(await office.page("王小明", ask=False)) == ["论文"]
    assert titles(await office.page("Plato", ask=False)) == ["Once"]


# -- who is not here ---------------------------------------------------------------------------------------------------


async def test_a_shortened_name_offers_those_who_bear_it_and_a_mistyped_one_the_nearest(office: Office) -> None:
    found = await office.people("F. Meng", ask=False)
    assert [one.name for one in found.told] == [ALONE]
    near = await office.people("Fandong Mengg", ask=False)
    assert [one.name for one in near.told] == [ALONE]
    assert (await office.people("Zyx Qwv", ask=False)).told == ()


async def test_whose_papers_are_not_here_is_looked_up_and_their_papers_come_quietly(
    office: Office, tmp_path: Path
) -> None:
    desk = office.desk
    async with open_database(ready(tmp_path / "empty.db")) as empty:
        authors = Authors(
            empty, Search(empty, desk.time), Registries(empty, desk.time, desk.sources, desk.purse), desk.time
        )
        found = await authors.find(ALONE)
        assert isinstance(found, Candidates)
        assert {p.registry for one in found.told for p in one.profiles} == {
            Registry.SEMANTIC_SCHOLAR,
            Registry.OPENALEX,
        }
        page = await authors.page(found.told[0].reference)
        assert page.h_index.value == person(ALONE).h_index
        assert [one.paper.main_id.value for one in page.written] == [OTHER]
        async with empty.reading() as read:
            assert [row[0] for row in await read.all("SELECT DISTINCT eligible FROM events")] == [0]


@pytest.mark.parametrize("text", ["semantic-scholar:99999999", "openalex:A999", "orcid:0000-0002-1825-0097", "s2:1"])
async def test_a_number_that_nobody_has_is_said_to_be_so(office: Office, text: str) -> None:
    with pytest.raises(NotFoundError, match="No registry tells me who"):
        await office.authors.find(text)


async def test_a_text_that_names_nobody_is_refused(office: Office) -> None:
    with pytest.raises(BadInputError, match="Write a name"):
        await office.authors.find("  ")


# -- registries at fault -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 403])
async def test_with_both_registries_down_the_page_stands_and_says_why_figures_are_missing(
    office: Office, status: int
) -> None:
    office.desk.upstream.fail("/", count=99, status=status)
    page = await office.page(ALONE)
    assert titles(page) != []
    for figure in (page.h_index, page.citations, page.career_papers):
        assert figure.value is None
        assert "Semantic Scholar" in figure.reason
    assert page.profiles == ()
    assert (await office.people("Somebody Unknown")).told == ()


async def test_one_registry_down_is_made_up_for_by_the_other(office: Office) -> None:
    office.desk.upstream.fail(S2_PEOPLE, count=99, status=500)
    page = await office.page(ALONE)
    assert (page.h_index.value, page.h_index.source) == (person(ALONE).h_index, "OpenAlex")


async def test_an_answer_that_is_no_json_costs_figures_alone(office: Office) -> None:
    office.desk.upstream.fail(WORKS, count=9, html=True)
    page = await office.page(ALONE)
    assert page.h_index.source == "Semantic Scholar"


async def test_what_is_known_already_waits_for_nobody_and_old_figures_are_refreshed_behind(office: Office) -> None:
    before = await office.page(ALONE)
    office.desk.asked()
    office.desk.time.forward(days=30)
    again = await office.page(ALONE)
    assert office.desk.asked() == {}
    assert again.h_index == before.h_index  # with its old day
    assert await office.desk.rows("SELECT count(*) FROM wanted_papers") != [(0,)]
    office.desk.time.forward(minutes=10)
    while await office.desk.service.catch_up():
        pass
    fresh = await office.page(ALONE)
    assert fresh.h_index.as_of is not None
    assert before.h_index.as_of is not None
    assert fresh.h_index.as_of > before.h_index.as_of


# -- in Discord --------------------------------------------------------------------------------------------------------


async def use(house: House, message: dict[str, Any], verb: str, value: str | None = None) -> dict[str, Any]:
    """Presses the button, or chooses in the select, whose control has this verb."""
    (custom,) = [c["custom_id"] for c in controls(message) if c.get("custom_id", "").split(":")[1:2] == [verb]]
    body = {"as": house.nadia, "channel_id": message["channel_id"], "message_id": message["id"], "custom_id": custom}
    return dict(await house.ask("POST", "/components", body | {"values": [value] if value else None, "wait": PATIENCE}))


def picture(message: dict[str, Any]) -> dict[str, Any]:
    (shown,) = [embed["image"] for embed in message["embeds"] if "image" in embed]
    return dict(shown)


async def test_the_whole_way_in_discord(house: House) -> None:
    many = [
        record(f"2511.{n:05}", f"A study {n:02}", authors=("Ona Writer", "Ben Sample"), published=date(2024 + n % 3, 1, 1 + n))
        for n in range(1, 24)
    ]  # fmt: skip
    async with house.app.database.transaction() as write:
        await papers.add_records(write, many, house.now(), eligible=False)
    shown = (await house.run("author", name="Ona Writer"))["message"]
    assert shown["embeds"][0]["title"] == "Ona Writer"
    assert "**–** h-index" in shown["embeds"][0]["description"]
    assert (
        "by year since 2024, papers here and their citations: papers 2024 7, 2025 8, 2026 8"
        in picture(shown)["description"]
    )
    assert shown["flags"] & 64
    assert {"Follow Ona Writer", "Not this person", "Share here", "▶"} <= set(labels(shown))

    second = (await house.press(shown, "▶"))["message"]
    assert "**11.** " in second["embeds"][1]["description"]
    assert not [embed for embed in second["embeds"] if "image" in embed]
    assert second["attachments"] == []
    oldest = await use(house, second, "author-sort", "votes")
    assert "**1.** " in oldest["message"]["embeds"][1]["description"]
    assert picture(oldest["message"])["url"]

    bearers = (await house.press(oldest["message"], "Not this person"))["message"]
    assert "**Ona Writer** may be this person" in text_of(bearers)
    picked = (await use(house, bearers, "author-pick", "(group of arxiv:2511.00023)"))["message"]
    assert "**23** papers here" in text_of(picked)
    forecast = (await house.press(picked, "Follow Ona Writer"))["message"]
    assert "Ona Writer" in text_of(forecast)
    assert any(label.startswith("Follow") for label in labels(forecast))


async def test_a_choice_that_is_too_long_for_a_menu_is_kept_and_opens(house: House) -> None:
    long = "10.1000/" + "x" * 90
    rows = [
        replace(
            record("2511.00001", f"Paper {n}", authors=("Ona Writer", f"Friend{n} Aa")),
            ids=(PaperId("doi", f"{long}{n}"),),
        )
        for n in range(3)
    ]
    async with house.app.database.transaction() as write:
        await papers.add_records(write, rows, house.now(), eligible=False)
    page = (await house.run("author", name="Ona Writer"))["message"]
    bearers = (await house.press(page, "Not this person"))["message"]
    (select,) = [c for c in controls(bearers) if c["type"] == 3]
    assert len(select["options"]) == 3
    chosen = (await use(house, bearers, "author-pick", select["options"][1]["value"]))["message"]
    assert "**1** paper here" in text_of(chosen)


async def test_a_paper_leads_to_an_author_and_a_shared_page_keeps_its_picture(house: House) -> None:
    rows = [
        record("2511.00001", "A study of pages", authors=("Ona Writer",), published=date(2024, 1, 1)),
        record("2511.00002", "Another", authors=("Ona Writer",), published=date(2025, 1, 1)),
    ]
    async with house.app.database.transaction() as write:
        await papers.add_records(write, rows, house.now(), eligible=False)
    card = (await house.run("paper", paper="arxiv:2511.00001"))["message"]
    page = (await use(house, card, "author-of", "1"))["message"]
    assert page["embeds"][0]["title"] == "Ona Writer"
    await house.press(page, "Share here")
    posted = (await house.ask("GET", f"/channels/{house.general}/messages?as={house.nadia}"))[-1]
    assert "Shared by" in posted["content"]
    assert picture(posted)["url"]


async def test_every_message_opens_its_papers_and_each_of_these_leads_to_its_authors(house: House) -> None:
    await house.subscribe("keyword", words="gloves", city="London", hour=8)
    told = {"Gloves": "Ida Reader", "More gloves": "Ben Painter"}
    feed = [
        sample(f"2511.0000{n}", title, authors=("Ona Writer", who)) for n, (title, who) in enumerate(told.items(), 1)
    ]
    house.upstream.put("/rss/cs.CV", upstream_page(THURSDAY, feed))
    await house.morning(THURSDAY)
    digest = (await house.dms_of(None, 2))[-1]
    await house.subscribe("keyword", house.yuki, words="gloves")
    (welcome,) = await house.dms_of(house.yuki, 1)
    for message, who in ((digest, house.nadia), (welcome, house.yuki)):
        opened = (await house.press(message, "Open 2", who))["message"]
        author = told[opened["embeds"][0]["title"]]
        page = (await house.choose(opened, author, who))["message"]
        assert page["embeds"][0]["title"] == author
