"""*Save* and *Not for me* through the whole house: what each does, where it is seen, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.models import PaperId
from bot.store import papers as stored_papers
from tests.conftest import arxiv, record
from tests.house import FRIDAY, THURSDAY, House, controls, labels, london, page, papers_of, sample, shown_text, text_of


@pytest.fixture
async def reader(house: House) -> House:
    """Nadia follows tokamaks, and her welcome is behind her."""
    await house.follow("tokamak")
    await house.dms_of(None, 1)
    return house


async def announced(house: House, *ids: str, day: Any = THURSDAY) -> Any:
    """The newest DM of a morning on which these papers are announced."""
    house.upstream.put("/rss/cs.CV", page(day, [sample(i, f"A tokamak, number {i}") for i in ids]))
    await house.morning(day)
    return (await house.dms())[-1]


async def opened(house: House, identity: str) -> Any:
    return (await house.run("paper", paper=f"arxiv:{identity}"))["message"]


async def test_a_paper_is_saved_listed_and_taken_out(reader: House) -> None:
    digest = await announced(reader, "2511.00001", "2511.00002")
    for number in (1, 2):
        one = (await reader.press(digest, f"Open {number}"))["message"]
        assert {"Save", "Not for me"} <= set(labels(one))
        assert "Saved: [A tokamak" in shown_text(await reader.press(one, "Save"))
    assert "already" in shown_text(await reader.press(one, "Save"))
    listed = (await reader.run("library list"))["message"]
    assert "**Your library** · 2 papers, the newest first" in text_of(listed)
    (take,) = [c for c in controls(listed) if c.get("placeholder") == "Take one out"]
    gone = (await reader._use(listed, take, [take["options"][0]["value"]], None))["message"]
    assert "Taken out of your library" in text_of(gone)
    assert len(await reader.rows("SELECT 1 FROM saved_papers")) == 1
    await reader.press(gone, "Undo")
    assert len(await reader.rows("SELECT 1 FROM saved_papers")) == 2
    offered = await reader.suggest("library remove", "paper", "00001")
    assert offered == ["A tokamak, number 2511.00001"]
    done = await reader.run("library remove", paper="arxiv:2511.00001")
    assert "Taken out" in text_of(done["message"])
    both = await reader.run("library remove", paper="something else")
    assert "None of your saved papers is meant by that." in text_of(both["message"])


async def test_an_exact_id_is_meant_before_others_that_have_it_and_however_old_it_is(
    reader: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [record("", f"Gloves {n}", ids=(PaperId("doi", f"10.1000/abc.{n}"),)) for n in (1, 12)]
    async with reader.app.database.transaction() as write:
        await stored_papers.add_records(write, pair, reader.now(), eligible=False)
    service, me = reader.app.services.library, int(reader.nadia)
    for (number,) in await reader.rows("SELECT paper_id FROM paper_ids WHERE value LIKE '10.1000/abc.%'"):
        await service.save(me, number)
    monkeypatch.setattr("bot.following.library._LOOKED_AT", 1)
    for wanted in ("doi:10.1000/abc.1", "doi:10.1000/abc.12"):
        done = await reader.run("library remove", paper=wanted)
        assert "Taken out of your library" in text_of(done["message"]), wanted
        assert f"Gloves {wanted.rpartition('.')[2]}]" in text_of(done["message"])


async def test_at_the_most_what_is_saved_already_is_said_to_be(reader: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.following.library.MOST", 1)
    digest = await announced(reader, "2511.00001", "2511.00002")
    first, second = [(await reader.press(digest, f"Open {n}"))["message"] for n in (1, 2)]
    assert "Saved: " in shown_text(await reader.press(first, "Save"))
    assert "already" in shown_text(await reader.press(first, "Save"))
    assert "the most that I keep" in shown_text(await reader.press(second, "Save"))


async def test_a_library_has_pages_with_named_buttons_and_is_ones_own(reader: House) -> None:
    await announced(reader, *(f"2511.{n:05}" for n in range(1, 13)))
    rows = await reader.rows("SELECT paper_id FROM paper_ids WHERE value LIKE '2511.000%'")
    for (number,) in rows:
        await reader.app.services.library.save(int(reader.nadia), number)
    first = (await reader.run("library list"))["message"]
    assert labels(first) == ["Next page"]
    await reader.restart()
    second = (await reader.press(first, "Next page"))["message"]
    assert labels(second) == ["Previous page"]
    assert "**11.** [" in text_of(second)
    assert "You saved no paper yet" in text_of((await reader.run("library list", reader.yuki))["message"])


async def test_what_is_not_for_me_comes_in_no_digest_and_not_today_until_that_is_taken_back(reader: House) -> None:
    ids = ("2511.00001", "2511.00002")
    reader.upstream.put("/rss/cs.CV", page(THURSDAY, [sample(i, f"A tokamak, number {i}") for i in ids]))
    await reader.move_to(london(THURSDAY, 7))
    await reader.round()
    hidden = (await reader.press(await opened(reader, "2511.00001"), "Not for me"))["message"]
    assert "What is made from now on comes without it, and `/today` leaves it out." in text_of(hidden)
    today = text_of((await reader.run("today"))["message"])
    assert "number 2511.00002" in today
    assert "number 2511.00001" not in today
    await reader.move_to(london(THURSDAY, 8))
    await reader.round()
    assert papers_of((await reader.dms_of(None, 2))[-1]) == ["2511.00002"]
    why = text_of((await reader.run("why", paper="arxiv:2511.00001"))["message"])
    assert "you said that it is not for you" in why
    back = (await reader.press(hidden, "Undo"))["message"]
    assert "may come again" in text_of(back)
    await reader.move_to(london(FRIDAY, 8))
    await reader.round()
    assert papers_of((await reader.dms_of(None, 3))[-1]) == ["2511.00001"]


async def test_what_was_hidden_before_it_matched_stays_away_and_counts_for_nobody_else(reader: House) -> None:
    await reader.follow("tokamak", reader.yuki)
    await reader.dms_of(reader.yuki, 1)
    async with reader.app.database.transaction() as write:
        made = record("2511.00001", "A tokamak, number 2511.00001", categories=("cs.CV",))
        await stored_papers.add_records(write, [made], reader.now(), eligible=False)
    await reader.press(await opened(reader, "2511.00001"), "Not for me")
    await announced(reader, "2511.00001", "2511.00002")
    assert papers_of((await reader.dms_of(None, 2))[-1]) == ["2511.00002"]
    assert sorted(papers_of((await reader.dms_of(reader.yuki, 2))[-1])) == ["2511.00001", "2511.00002"]
    assert ("held", "you said that it is not for you") in await reader.rows("SELECT state, state_reason FROM alerts")


async def test_what_was_only_counted_is_hidden_too(reader: House) -> None:
    ids = [f"2511.{n:05}" for n in range(1, 23)]
    digest = await announced(reader, *ids)
    assert "… and 2 more matched" in digest["content"]
    sent = set(await reader.pages_of(digest))
    left = sorted(set(ids) - sent)
    await reader.press(await opened(reader, left[0]), "Not for me")
    await reader.move_to(london(THURSDAY, 9).replace(day=25))
    today = (await reader.run("today"))["message"]
    assert papers_of(today) == [left[1]]


async def test_two_papers_that_turn_out_to_be_one_are_saved_and_hidden_once(reader: House) -> None:
    doi = PaperId("doi", "10.1101/2031.11.19.1")
    async with reader.app.database.transaction() as write:
        pair = [record("", "Gloves", ids=(doi,)), record("2611.00008", "More gloves")]
        await stored_papers.add_records(write, pair, reader.now(), eligible=False)
    for (number,) in await reader.rows(
        "SELECT paper_id FROM paper_ids WHERE value IN ('2611.00008', :doi)", doi=doi.value
    ):
        await reader.app.services.library.save(int(reader.nadia), number)
        await reader.app.services.library.hide(int(reader.nadia), number)
    async with reader.app.database.transaction() as write:
        both = record("", "Gloves", ids=(arxiv("2611.00008"), doi))
        await stored_papers.add_records(write, [both], reader.now(), eligible=False)
    kept = await reader.rows("SELECT id FROM papers WHERE merged_into IS NULL AND title LIKE '%gloves%'")
    assert await reader.rows("SELECT paper_id FROM saved_papers") == kept
    assert await reader.rows("SELECT paper_id FROM hidden_papers") == kept
