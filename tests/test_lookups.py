"""Look-ups on the local Discord: `/paper`, `/search`, `/daily`, `/trending`, "Papers in this message", and asking upstreams."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from bot.errors import SourceUnavailableError
from bot.ingest.lookups import IDS_A_MINUTE, TOPICS_A_MINUTE, LookUps
from bot.models import Event, EventKind, PaperId, Record
from bot.store import papers
from bot.store.database import Database
from tests.conftest import NOW, HandClock, arxiv, record
from tests.house import House, controls, labels, page, sample, text_of
from tests.processes import run_async

EPHEMERAL = 64
THURSDAY = date(2031, 11, 20)


def listed(number: int, day: str, upvotes: int, title: str = "") -> dict[str, Any]:
    return {
        "paper": {
            "id": f"3111.{number:05d}", "title": title or f"Paper number {number}", "summary": f"About {number}.", "upvotes": upvotes,
            "authors": [{"name": f"Author {n} of {number}"} for n in range(5)], "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
        },
        "numComments": 0,
    }  # fmt: skip


async def take_lists(house: House, *rows: dict[str, Any]) -> None:
    house.upstream.put("/api/daily_papers", json.dumps(rows), "application/json")
    await house.visit_feed()


def first_titles(message: Any) -> list[str]:
    (select,) = [c for c in controls(message) if c["type"] == 3]
    return [option["label"] for option in select["options"]]


async def test_a_paper_is_found_by_its_mistyped_title_and_seen_by_its_asker_alone(house: House) -> None:
    done = await house.run("paper", paper="turbodifusion acelerating")
    assert done["acknowledged_ms"] < 1000
    assert done["message"]["flags"] & EPHEMERAL
    assert "TurboDiffusion" in text_of(done["message"])
    (shared,) = (await house.press(done["message"], "Share here"))["followups"]
    assert not shared["flags"] & EPHEMERAL
    assert "Shared by Nadia Okonkwo" in text_of(shared)


async def test_titles_are_suggested_and_the_choice_is_understood(house: House) -> None:
    body = {
        "as": house.nadia,
        "channel_id": house.general,
        "name": "paper",
        "options": {"paper": "turbod"},
        "focused": "paper",
    }
    (choice,) = (await house.ask("POST", "/autocomplete", body))["choices"]
    assert choice["value"] == "arxiv:2512.16093"
    assert "TurboDiffusion" in text_of((await house.run("paper", paper=choice["value"]))["message"])


async def test_a_paper_that_is_not_stored_is_fetched_from_arxiv_and_still_announced_later(house: House) -> None:
    await house.follow("tabular")
    await house.dms_of(None, 1)  # the welcome
    done = await house.run("paper", paper="https://arxiv.org/abs/2505.18125v2")
    assert "TabSTAR" in text_of(done["message"])
    tabstar = sample("2505.18125", "TabSTAR: A Foundation Tabular Model With Semantically Target-Aware Representations")
    house.upstream.put("/rss/cs.CV", page(THURSDAY, [tabstar]))
    assert (await house.visit_feed()).alerts == 1


async def test_what_arxiv_does_not_know_and_when_it_does_not_answer_is_said(house: House) -> None:
    done = await house.run("paper", paper="2401.00001")
    assert "arXiv does not know it" in text_of(done["message"])
    house.upstream.fail("/api/query", status=503)
    done = await house.run("paper", paper="2401.00002")
    assert "Try again later" in text_of(done["message"])


async def test_a_misspelt_search_shows_what_it_searched_and_the_literal_way(house: House) -> None:
    done = await house.run("search", text="difusion vidoe")
    assert "Showing results for **diffusion video**" in text_of(done["message"])
    assert "TurboDiffusion" in text_of(done["message"])
    literal = await house.press(done["message"], "Search exactly as written")
    assert "No paper matches **difusion vidoe**" in text_of(literal["message"])
    again = await house.press(literal["message"], "Search close to it")
    assert "TurboDiffusion" in text_of(again["message"])


async def test_little_is_completed_by_hugging_face_once_a_day_and_labelled(house: House) -> None:
    rows = [listed(n, "2031-11-03", n, f"Quokka paper {n}") for n in range(1, 4)]
    house.upstream.put("/api/papers/search", json.dumps(rows), "application/json")
    for _ in range(2):
        done = await house.run("search", text="quokka")
        assert text_of(done["message"]).count("from Hugging Face") == (3 if _ == 0 else 0)
    assert len(await house.rows("SELECT * FROM topic_searches")) == 1
    assert await house.rows("SELECT * FROM listings WHERE day = '2031-11-03'") == []
    assert await house.rows("SELECT DISTINCT eligible FROM events WHERE occurrence = 'looked up'") == [(0,)]


async def test_pages_turn_after_a_restart_and_end_at_both_ends(house: House) -> None:
    await take_lists(house, *[listed(n, "2031-11-19", n) for n in range(1, 26)])
    done = await house.run("daily", date="2031-11-19")
    assert first_titles(done["message"])[:2] == ["Paper number 25", "Paper number 24"]
    off = {c["label"]: c.get("disabled", False) for c in controls(done["message"]) if "label" in c}
    assert (off["◀"], off["page 1/3"], off["▶"]) == (True, True, False)
    await house.restart()
    done = await house.press(done["message"], "▶")
    done = await house.press(done["message"], "▶")
    assert first_titles(done["message"]) == [f"Paper number {n}" for n in range(5, 0, -1)]
    off = {c["label"]: c.get("disabled", False) for c in controls(done["message"]) if "label" in c}
    assert (off["◀"], off["page 3/3"], off["▶"]) == (False, True, True)


async def test_a_long_search_turns_its_pages_after_a_restart(house: House) -> None:
    long = "aligned quokka numbers " * 8
    await take_lists(house, *[listed(n, "2031-11-19", n, f"Aligned quokka numbers {n}") for n in range(1, 13)])
    done = await house.run("search", text=long)
    await house.restart()
    done = await house.press(done["message"], "▶")
    assert len(first_titles(done["message"])) == 2


async def test_each_days_list_leads_to_its_neighbours(house: House) -> None:
    await take_lists(house, listed(1, "2031-11-17", 5), listed(2, "2031-11-18", 7), listed(3, "2031-11-19", 3))
    newest = await house.run("daily")
    assert "**Daily Papers · Wed, Nov 19** · 1 paper" in text_of(newest["message"])
    before = await house.press(newest["message"], "◀ Nov 18")
    assert "Nov 18" in text_of(before["message"])
    assert {"◀ Nov 17", "Nov 19 ▶"} <= set(labels(before["message"]))
    empty = await house.run("daily", date="2031-11-16")
    assert "none at weekends" in text_of(empty["message"])
    assert "Nov 17 ▶" in labels(empty["message"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2031-12-24", "still to come"),
        ("31.11.2031", "year-month-day"),
        ("2031-02-30", "year-month-day"),
        ("1999-01-01", "before"),
    ],
)
async def test_a_day_without_meaning_is_explained(house: House, typed: str, said: str) -> None:
    assert said in text_of((await house.run("daily", date=typed))["message"])


async def test_trending_ranks_the_period_by_upvotes(house: House) -> None:
    days = ("2031-11-18", "2031-11-12", "2031-11-02", "2031-09-01")
    await take_lists(house, *[listed(n, day, n * 10) for n, day in enumerate(days, 1)])
    assert first_titles((await house.run("trending", period="week"))["message"]) == ["Paper number 1"]
    month = first_titles((await house.run("trending", period="month"))["message"])
    assert month == ["Paper number 3", "Paper number 2", "Paper number 1"]


async def test_trending_of_a_day_is_the_newest_list(house: House) -> None:
    await take_lists(house, *[listed(n, "2031-11-14", n) for n in (1, 2)], listed(3, "2031-11-13", 90))
    shown = (await house.run("trending", period="day"))["message"]
    assert first_titles(shown) == ["Paper number 2", "Paper number 1"]
    assert "Most upvoted on the newest list** · Nov 14 · 2 papers" in text_of(shown)


async def test_a_day_can_be_read_without_markup_page_after_page(house: House) -> None:
    await take_lists(house, *[listed(n, "2031-11-14", n) for n in range(1, 13)], listed(13, "2031-11-13", 90))
    shown = (await house.run("daily", plain=True))["message"]
    assert "12 papers. Page 1 of 2." in text_of(shown)
    assert "1 of 12: Paper number 12." in text_of(shown)
    further = (await house.press(shown, "Next page"))["message"]
    assert "12 of 12: Paper number 1." in text_of(further)
    before = (await house.press(further, "List of Nov 13"))["message"]
    assert "1 of 1: Paper number 13." in text_of(before)
    for each in (shown, further, before):
        assert not re.search(r"[*◀▶·]|-# ", text_of(each) + "".join(labels(each))), text_of(each)


async def test_a_list_opens_each_abstract_for_the_reader_alone(house: House) -> None:
    await take_lists(house, listed(1, "2031-11-18", 3))
    done = await house.run("daily")
    (shared,) = (await house.press(done["message"], "Share here"))["followups"]
    assert "▶" not in labels(shared)
    opened = await house.choose(shared, "Paper number 1", house.tomasz)
    assert "About 1." in text_of(opened["message"])
    assert opened["message"]["flags"] & EPHEMERAL


async def test_the_papers_of_a_message_are_shown_whatever_form_their_links_have(house: House) -> None:
    text = "see https://arxiv.org/abs/2512.16093v1, hf.co/papers/2505.18125 and doi:10.1000/nobody.1"
    message = await house.ask("POST", f"/channels/{house.general}/messages", {"as": house.tomasz, "content": text})
    body = {
        "as": house.nadia,
        "channel_id": house.general,
        "name": "Papers in this message",
        "target_id": message["id"],
    }
    done = await house.ask("POST", "/context", body)
    said = text_of(done["message"])
    assert done["message"]["flags"] & EPHEMERAL
    assert all(word in said for word in ("2 papers", "TurboDiffusion", "TabSTAR", "doi:10.1000/nobody.1"))
    empty = await house.ask(
        "POST", f"/channels/{house.general}/messages", {"as": house.tomasz, "content": "hello 3.14"}
    )
    done = await house.ask("POST", "/context", body | {"target_id": empty["id"]})
    assert "no paper in this message" in text_of(done["message"])


async def test_in_a_dm_the_answer_is_an_ordinary_message_with_nothing_to_share(house: House) -> None:
    dm = (await house.ask("POST", "/dms", {"as": house.nadia, "user_id": house.bot_id}))["id"]
    done = await house.run("search", where=dm, text="turbodiffusion")
    assert not done["message"]["flags"] & EPHEMERAL
    assert "Share here" not in labels(done["message"])
    assert "TurboDiffusion" in text_of(done["message"])


async def test_the_command_line_answers_beside_the_running_bot(house: House) -> None:
    await take_lists(house, listed(1, "2031-11-18", 5), listed(2, "2031-11-19", 7))

    async def ask(*words: str) -> tuple[int, str]:
        program = [sys.executable, "-m", "bot", *words]
        settings = {
            "PAPERBOY_DATABASE": str(house.settings.database),
            "PAPERBOY_CLOCK_FILE": str(house.settings.clock_file),
        }
        done = await run_async(*program, env={**os.environ, **settings})
        return done.returncode, done.stdout or done.stderr

    corrected, papers_of_day, month, one, unknown = await asyncio.gather(
        ask("search", "--json", "turbodifusion"), ask("daily", "2031-11-18"), ask("trending", "month", "--json"),
        ask("paper", "turbodifusion", "acelerating"), ask("paper", "2401.00001"),
    )  # fmt: skip
    assert json.loads(corrected[1])["corrected"] == "turbodiffusion"
    assert papers_of_day[1].startswith("Daily Papers of 2031-11-18: 1 paper\n\nPaper number 1")
    assert [p["title"] for p in json.loads(month[1])["papers"]] == ["Paper number 2", "Paper number 1"]
    assert one[1].startswith("TurboDiffusion: ")
    assert (unknown[0], "not in the collection" in unknown[1]) == (66, True)


# -- the budget -------------------------------------------------------------------------------------------------------


class Upstream:
    """Stands in for arXiv and Hugging Face: answers at once, and counts."""

    def __init__(self, *records: Record) -> None:
        self.records, self.asked, self.down = records, 0, False

    async def look_up(self, ids: Sequence[PaperId]) -> dict[PaperId, Record]:
        self.asked += 1
        return {r.ids[0]: r for r in self.records if r.ids[0] in ids}

    async def search(self, query: str, limit: int = 120) -> Sequence[Record]:
        self.asked += 1
        if self.down:
            raise SourceUnavailableError("huggingface: away")
        return self.records[:limit]


async def test_topics_are_asked_within_a_budget_and_once_a_day(database: Database, clock: HandClock) -> None:
    upstream = Upstream(record("2611.00001"), record("2611.00002", "Another"))
    lookups = LookUps(database, clock, topics=upstream)
    assert len(await lookups.topic("widgets")) == len(await lookups.topic("widgets")) == 2
    assert upstream.asked == 1
    for n in range(100):
        await lookups.topic(f"topic {n}")
    assert upstream.asked == TOPICS_A_MINUTE
    clock.move(minutes=2)
    await lookups.topic("topic 99")
    assert upstream.asked == TOPICS_A_MINUTE + 1
    clock.move(days=1)
    await lookups.topic("widgets")
    assert upstream.asked == TOPICS_A_MINUTE + 2


async def test_a_topic_that_failed_is_asked_again(database: Database, clock: HandClock) -> None:
    upstream = Upstream(record())
    upstream.down = True
    lookups = LookUps(database, clock, topics=upstream)
    assert await lookups.topic("widgets") == []
    upstream.down = False
    assert len(await lookups.topic("widgets")) == 1


async def test_ids_are_asked_within_a_budget(database: Database, clock: HandClock) -> None:
    lookups = LookUps(database, clock, look_up=Upstream())
    for n in range(IDS_A_MINUTE):
        await lookups.fetch([arxiv(f"2611.{n:05d}")])
    with pytest.raises(SourceUnavailableError, match="in a minute"):
        await lookups.fetch([arxiv("2611.99999")])
    clock.move(minutes=1)
    await lookups.fetch([arxiv("2611.99999")])


async def test_what_was_looked_up_is_news_when_it_is_announced_and_listed(database: Database, clock: HandClock) -> None:
    early = record(kind=EventKind.LISTED, occurrence="2026-11-18", source="huggingface", at=NOW)
    await LookUps(database, clock, topics=Upstream(early)).topic("diffusion")
    for kind, occurrence in ((EventKind.ANNOUNCED, ""), (EventKind.LISTED, "2026-11-18")):
        async with database.transaction() as write:
            (change,) = await papers.add_records(write, [record(kind=kind, occurrence=occurrence)], NOW, eligible=True)
        assert change.events == (Event(kind, NOW, occurrence),)
