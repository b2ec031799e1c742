"""What following something would bring is said before anything is saved: how much, what of it, less of it, and what may be meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.errors import BadInputError
from bot.following.canonical import canonical
from bot.following.forecast import _narrower
from bot.language.names import parse as parsed
from bot.language.names import spellings
from bot.models import (
    Author,
    Bearer,
    Bearers,
    Cadence,
    Community,
    Forecast,
    Matched,
    Paper,
    PaperId,
    Preview,
    SubscriptionKind,
)
from bot.papers.categories import resolve
from bot.query.document import of_paper
from bot.query.facts import Author as Person
from bot.query.language import parse
from bot.query.meaning import as_query
from bot.search import bearers
from bot.show.cards import Select
from bot.show.forecasts import forecast_card, rate
from bot.show.wording import author_choice
from tests.conftest import NOW
from tests.house import FRIDAY, THURSDAY, House, controls, labels, london, page, sample, shown_text, text_of

KEYWORD, CATEGORY = SubscriptionKind.KEYWORD, SubscriptionKind.CATEGORY


async def announce(house: House, *papers: Any, day: date = THURSDAY) -> None:
    house.upstream.put("/rss/cs.CV", page(day, papers))
    await house.move_to(london(day, 7))
    await house.round()


async def forecast(house: House, kind: str, **options: Any) -> Any:
    done = await house.run(f"subscribe {kind}", **options)
    assert done["state"] == "answered", done
    assert done["message"]["flags"] & 64
    return done["message"]


async def followed(house: House) -> list[Any]:
    return await house.rows("SELECT kind, query, cadence FROM subscriptions WHERE removed_at IS NULL ORDER BY id")


async def test_much_is_offered_as_less_and_one_press_takes_it(house: House) -> None:
    many = [
        sample(f"2511.000{n}", f"A diffusion policy, part {n}", categories=("cs.RO", "cs.CV")) for n in range(10, 16)
    ]
    many += [
        sample(f"2511.000{n}", f"Policy number {n}", "A diffusion of it.", categories=("cs.CV",)) for n in range(20, 44)
    ]
    await announce(house, *many)
    shown = await forecast(house, "keyword", words="diffusion policy")
    assert "⚠ That is a lot: **30 of 34 papers** of the last 7 days, about 4 a day." not in text_of(
        shown
    )  # a small store
    assert "matched **30 of 34 papers**, about 4 a day:" in text_of(shown)
    assert "A **diffusion policy**, part 1" in text_of(shown)
    assert "That is much. You may take less of it:" in text_of(shown)
    assert labels(shown) == ["Follow", '"diffusion policy" · 6 a week', "ti:diffusion ti:policy · 6 a week"]
    assert await followed(house) == []
    saved = await house.press(shown, '"diffusion policy" · 6 a week')
    assert 'You now follow **"diffusion policy"**.' in text_of(saved["message"])
    assert await followed(house) == [("keyword", '"diffusion policy"', "daily")]


async def test_a_misspelt_word_is_asked_about_and_nothing_is_guessed(house: House) -> None:
    shown = await forecast(house, "keyword", words="difusion")
    assert "matched none of 4 papers. No paper here has it yet." in text_of(shown)
    assert "Did you mean one of these?" in text_of(shown)
    assert labels(shown) == ["Follow", "diffusion · 3 papers here"]
    await house.press(shown, "diffusion · 3 papers here")
    assert await followed(house) == [("keyword", "diffusion", "daily")]


async def test_what_had_no_match_this_week_shows_the_last_one(house: House) -> None:
    await announce(
        house, sample("2511.00001", "A tokamak"), sample("2511.00002", "Another tokamak", authors=("Julia Kempe",))
    )
    async with house.app.database.transaction() as write:
        await write.execute(
            "UPDATE papers SET news_at = news_at - 30 * 86400, announced_at = announced_at - 30 * 86400"
        )
    words = text_of(await forecast(house, "keyword", words="tokamak"))
    assert "No papers of the last 7 days are here to try it on. The newest of 2 papers here is of Oct 21:" in words
    await announce(house, sample("2511.00003", "Something else"), day=FRIDAY)
    words = text_of(await forecast(house, "keyword", words="tokamak"))
    assert "matched none of 1 paper. The newest of 2 papers here is of Oct 21:" in words
    assert "[Another **tokamak**](https://arxiv.org/abs/2511.00002)" in words
    person = text_of(await forecast(house, "author", name="Julia Kempe"))
    assert "matched none of 1 paper. The one paper here is of Oct 21:" in person
    assert "[Another tokamak](https://arxiv.org/abs/2511.00002)\n-# 1 author · Julia Kempe" in person
    assert "broader word" not in person
    assert '-# As a query: au:"Julia Kempe"' in person


async def test_an_author_whom_nobody_here_knows_is_said_to_be_and_near_names_are_offered(house: House) -> None:
    other = sample("2511.00002", "Walls", authors=("Julia Other",))
    await announce(house, sample("2511.00001", "A tokamak", authors=("Julia Kempe", "Ada Example")), other)
    shown = await forecast(house, "author", name="Julia Kampe")
    assert "There is no paper here by that name yet; if it is right, follow it and wait for one." in text_of(shown)
    assert "These names here are like it. Choose one to see what it would bring." in text_of(shown)
    assert picker(shown) == [("Julia Kempe · 1 paper here", "with Ada Example · cs.CV · A tokamak")]
    assert labels(shown) == ["Follow"]
    stranger = await forecast(house, "author", name="Zacharias Quux")
    assert (labels(stranger), picker(stranger)) == (["Follow"], [])


def picker(message: Any) -> list[tuple[str, str]]:
    """The names that may be meant, each with what tells its bearer apart."""
    found = [c for c in controls(message) if c.get("placeholder") == "Who is meant?"]
    return [(o["label"], o["description"]) for c in found for o in c["options"]]


async def test_a_name_that_several_may_bear_is_chosen_from_the_collection(house: House) -> None:
    await announce(
        house,
        sample("2511.00001", "Residual *learning*", authors=("Kaiming He", "Ada Example"), categories=("cs.CV",)),
        sample("2511.00002", "Masked autoencoders", authors=("Kaiming He*", "Ada Example", "Ben Sample")),
        sample("2511.00003", "A tokamak", authors=("Kun He",), categories=("cs.RO", "cs.CV")),
        sample("2511.00004", "Walls", authors=("K. He", "Kate He", "Kun Ho")),
    )
    shown = await forecast(house, "author", name="K. He", how_often="at once", hour=7)
    says = "4 names that are printed here agree with it; *Follow* takes them all. Choose one to see that one."
    assert says in text_of(shown)
    assert sorted(picker(shown)) == [
        ("K. He · 1 paper here", "with Kate He and Kun Ho · cs.CV · Walls"),
        ("Kaiming He · 2 papers here", "with Ada Example and Ben Sample · cs.CV · Masked autoencoders"),
        ("Kate He · 1 paper here", "with K. He and Kun Ho · cs.CV · Walls"),
        ("Kun He · 1 paper here", "cs.RO · A tokamak"),
    ]
    assert picker(shown)[0][0] == "Kaiming He · 2 papers here"
    chosen = (await house.choose(shown, "Kun He · 1 paper here"))["message"]
    assert "Follow papers by **Kun He**? Nothing is saved yet." in text_of(chosen)
    assert chosen["id"] == shown["id"]
    assert await followed(house) == []
    # who is printed with an initial comes too
    assert sorted(label for label, _ in picker(chosen)) == ["K. He · 1 paper here", "Kun He · 1 paper here"]
    await house.press(chosen, "Follow")
    assert await followed(house) == [("author", "Kun He", "instant")]


async def test_a_name_that_is_printed_one_way_alone_is_not_asked_about(house: House) -> None:
    await announce(house, sample("2511.00001", "A tokamak", authors=("Julia Kempe", "Kempe, Julia")))
    assert picker(await forecast(house, "author", name="julia kempe")) == []
    other = await forecast(house, "author", name="J. Kempe")
    assert "The name is printed here as **Julia Kempe** alone. Choose it to see that one." in text_of(other)
    assert [label for label, _ in picker(other)] == ["Julia Kempe · 1 paper here"]


async def test_a_family_name_alone_is_asked_about(house: House) -> None:
    await announce(house, sample("2511.00001", "A tokamak", authors=("Julia Kempe", "Volker Kempe", "Ada Example")))
    shown = await forecast(house, "author", name="Kempe")
    assert "There is no paper here by that name yet" in text_of(shown)
    assert (
        "That is one word of a name, and *Follow* takes only papers that print no more of it. Choose who is meant."
        in text_of(shown)
    )
    assert sorted(label for label, _ in picker(shown)) == ["Julia Kempe · 1 paper here", "Volker Kempe · 1 paper here"]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("https://arxiv.org/abs/2106.15928", "is a paper, not a person. `/paper` opens it"),
        ("arXiv:2106.15928", "is a paper, not a person. `/paper` opens it"),
        ("10.1000/xyz", "is a paper, not a person. `/paper` opens it"),
        ("https://scholar.google.com/citations?user=abc", "I know people by the name that is printed on their papers"),
        ("orcid.org/0000-0002-1825-0097", "I know people by the name that is printed on their papers"),
        ("0000-0002-1694-233X", "I know people by the name that is printed on their papers"),
        ("ada@example.org", "I know people by the name that is printed on their papers"),
        ('au:"Julia Kempe"', "is a query, not a name. `/subscribe query` follows it."),
        ("12345", "Write the author's name as it is printed on papers"),
        ("...", "Write the author's name as it is printed on papers"),
        ("J.", "Write the author's name as it is printed on papers"),
        ("Julia Kempe OR 123", "Write the author's name as it is printed on papers"),
    ],
)
def test_what_is_no_name_is_refused_with_what_to_do_next(typed: str, says: str) -> None:
    with pytest.raises(BadInputError) as refused:
        canonical(SubscriptionKind.AUTHOR, typed)
    assert says in str(refused.value)


async def test_a_refused_name_is_shown_inert(house: House) -> None:
    said = shown_text(await house.run("subscribe author", name="https://example.org/*@everyone*"))
    assert "“https\\://example.org/\\*\\@everyone\\*” is none" in said


async def test_only_the_newest_papers_are_read_for_a_menu_of_names(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await announce(house, *[sample(f"2511.0000{n}", f"Part {n}", authors=("Kun He",)) for n in range(1, 5)])
    monkeypatch.setattr(bearers, "MOST", 3)
    shown = await forecast(house, "author", name="K. He")
    assert picker(shown) == [("Kun He · 3+ papers here", "cs.CV · Part 4")]


def test_a_menu_of_names_says_what_it_leaves_out() -> None:
    told = tuple(Bearer(f"Ada Example{n}", 9) for n in range(25))
    found = Bearers(told, 400, differ=True, is_all=False)
    asked = Forecast(SubscriptionKind.AUTHOR, "A. Example", Cadence.DAILY, Preview(Matched(), 0), bearers=found)
    shown = forecast_card(asked, [1], date(2031, 11, 20))
    assert "400 names that are printed here agree with it" in shown.embeds[0].description
    assert "The menu has the 25 with most papers; a longer name leaves fewer." in shown.embeds[0].description
    (menu, _) = shown.rows
    assert isinstance(menu, Select)
    assert menu.options[0].label == "Ada Example0 · 9+ papers here"


async def test_names_are_offered_while_one_is_typed_with_their_papers(house: House) -> None:
    many = [sample(f"2511.0001{n}", f"Part {n}", authors=("Ada Example", "Julia Kempe")) for n in range(3)]
    other = sample(
        "2511.00020", "Another", authors=("Julia Kempf", r"Erwin Schr\"odinger", "Julia Kempe*", "Kemp Juliana")
    )
    await announce(house, *many, other)

    async def offered(typed: str) -> list[str]:
        return await house.suggest("subscribe author", "name", typed)

    assert await offered("julia kem") == ["Julia Kempe · 4 papers here", "Julia Kempf · 1 paper here"]
    assert await offered("kempe jul") == ["Julia Kempe · 4 papers here"]
    assert await offered("schrodin") == ["Erwin Schrödinger · 1 paper here"]
    assert await offered("julia julia") == await offered("...") == await offered("") == []


def test_a_name_on_a_choice_says_when_there_may_be_more_papers() -> None:
    assert author_choice("Julia Kempe", 6, is_all=False) == "Julia Kempe · 6+ papers here"
    assert len(author_choice("x" * 200, 10**6, is_all=True)) <= 100


async def test_a_guessed_category_is_named_in_words_with_the_others(house: House) -> None:
    assert resolve("cs.ML")[0] == "cs.LG"
    shown = await forecast(house, "category", category="cs.ML")
    assert "Follow everything in **cs.LG** (Machine Learning)? Nothing is saved yet." in text_of(shown)
    assert labels(shown) == ["Follow"]  # nothing came in the others
    assert [resolve(typed)[0] for typed in ("hep.th", "quant.ph", "math.ph", "cs.AL", "stat.ML")] == [
        "hep-th", "quant-ph", "math-ph", "cs.AI", "stat.ML",
    ]  # fmt: skip
    sure = await forecast(house, "category", category="cs.CV")
    assert "in **cs.CV** (Computer Vision and Pattern Recognition)?" in text_of(sure)
    assert "-# As a query: cat:cs.CV" in text_of(sure)
    assert labels(sure) == ["Follow"]


async def test_who_follows_it_already_reads_so_and_can_change_how_often(house: House) -> None:
    await house.follow("tokamak")
    shown = await forecast(house, "keyword", words="Tokamaks", how_often="at once")
    assert "You follow **tokamak" in text_of(shown).replace("Tokamaks", "tokamaks")
    assert "already (once a day)." in text_of(shown)
    await house.press(shown, "Follow it at once")
    assert [(kind, cadence) for kind, _, cadence in await followed(house)] == [("keyword", "instant")]


async def test_the_button_works_after_a_restart_and_says_when_it_is_too_old(house: House) -> None:
    shown = await forecast(house, "keyword", words="tokamak")
    await house.restart()
    await house.press(shown, "Follow")
    assert await followed(house) == [("keyword", "tokamak", "daily")]
    shown = await forecast(house, "keyword", words="stellarator")
    async with house.app.database.transaction() as write:
        await write.execute("DELETE FROM searches")
    assert "This answer is too old to go on from. Ask once more." in shown_text(await house.press(shown, "Follow"))


async def test_a_city_that_was_said_is_kept_and_not_asked_again(house: House) -> None:
    shown = await forecast(house, "keyword", words="tokamak", city="Berlin", hour=9)
    saved = (await house.press(shown, "Follow"))["message"]
    assert "until I know where you live" not in text_of(saved)
    assert [c for c in controls(saved) if c["type"] == 3] == []
    assert await house.rows("SELECT timezone, digest_minute FROM users") == [("Europe/Berlin", 9 * 60)]
    assert "Your hour is kept: 9:00 (Europe/Berlin)." in text_of(shown)
    known = text_of(await forecast(house, "keyword", words="wall", city="Springfield"))
    assert "There is more than one “Springfield”, so your time stays as it is" in known


async def test_what_is_followed_at_once_stays_so_unless_said_otherwise(house: House) -> None:
    await house.subscribe("keyword", words="tokamak", how_often="at once")
    assert "Follow it at once" in labels(await forecast(house, "keyword", words="tokamak"))


async def test_a_printed_name_with_quotes_is_found(house: House) -> None:
    await announce(house, sample("2511.00001", "A tokamak", authors=('Guiling "Grace" Wang',)))
    async with house.app.database.transaction() as write:
        await write.execute("UPDATE papers SET news_at = 5")
    shown = await forecast(house, "author", name='Guiling "Grace" Wang')
    assert "The one paper here is of Nov 20:" in text_of(shown)
    assert labels(shown) == ["Follow"]


async def test_what_comes_at_once_needs_no_city(house: House) -> None:
    saved = await house.subscribe("keyword", words="tokamak", how_often="at once")
    assert "until I know where you live" not in text_of(saved["message"])


async def test_without_a_city_a_digest_comes_at_eight_utc(house: House) -> None:
    await house.subscribe("keyword", words="tokamak")
    await house.dms_of(None, 1)
    await announce(house, sample("2511.00001", "A tokamak"))
    await house.move_to(london(THURSDAY, 8))  # London has no summer time in November
    await house.round()
    assert "Your papers for Nov 20" in (await house.dms_of(None, 2))[1]["content"]


@pytest.mark.parametrize(
    "name", ["Julia Kempe", "Jim Kurose OR James Kurose", 'Ada "Bob" Example', "ATLAS Collaboration", "O'Brien"]
)
def test_a_name_is_a_query_of_the_same_meaning(name: str) -> None:
    (term,) = parse(as_query(SubscriptionKind.AUTHOR, name)).parts
    assert isinstance(term, Person)
    assert [n.family for n in term.names] == [parsed(spelling).family for spelling in spellings(name)]


def a_paper(title: str, code: str, upvotes: int) -> Paper:
    return Paper(
        1, (PaperId("arxiv", "2611.00001"),), title, "We show it.", (Author("Ada Example"),), (code,), NOW,
        community=Community(upvotes=upvotes),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["robot", "robot grasp", "robot OR drone", '"robot arm" -survey', "ti:robot has:code"])
def test_what_is_offered_as_less_is_a_part_of_what_was_asked(text: str) -> None:
    papers = [
        replace(a_paper(title, code, votes), community=Community(upvotes=votes, code_url="https://github.com/a/b"))
        for title in (
            "Robot arm grasp",
            "A drone",
            "Robot grasp",
            "Grasp a robot",
            "Survey of robot arm grasp",
            "Nothing",
        )
        for code in ("cs.RO", "cs.CV", "cs.RO")
        for votes in (0, 50)
    ]
    whole = {n for n, paper in enumerate(papers) if parse(text).matches(of_paper(paper))}
    offers = list(_narrower(KEYWORD, text, [papers[n] for n in whole]))
    assert len(offers) >= 2
    for offer in offers:
        assert {n for n, paper in enumerate(papers) if parse(offer, standing=True).matches(of_paper(paper))} <= whole


@pytest.mark.parametrize(
    "text",
    [
        "robot upvotes<5",
        "robot -cat:cs.RO",
        " ".join(f"robot{n}" for n in range(50)),
        "C++ robot",
        "A* D*",
        "robot OR upvotes>=50",
        "IT US",
    ],
)
def test_a_wish_that_what_is_less_would_contradict_is_no_fault(text: str) -> None:
    asked = str(parse(text, standing=True))
    for offer in _narrower(KEYWORD, asked, [a_paper("Robot", "cs.RO", 0)] * 3):
        assert str(parse(offer, standing=True)) == offer


async def test_a_name_with_signs_has_a_forecast(house: House) -> None:
    for name in ('Ada "Bob Example', "O'Brien -x", "(Kempe", "Ada OR Bea OR Cid Example"):
        assert "Nothing is saved yet" in text_of(await forecast(house, "author", name=name)), name


def test_names_like_the_wanted_one_are_found_in_any_order() -> None:
    papers = [
        replace(a_paper("One", "cs.RO", 0), authors=tuple(map(Author, ("Kempe, Julia", "Julian Kampf", "Ada Example"))))
    ]
    assert bearers.nearest_names("Julia Kampe", papers)[0] == "Kempe, Julia"
    assert "Ada Example" not in bearers.nearest_names("Julia Kampe", papers)


@pytest.mark.parametrize(
    ("count", "says"),
    [(0, "0 a week"), (3, "3 a week"), (10, "10 a week"), (21, "about 3 a day"), (7000, "about 1,000 a day")],
)
def test_how_much_is_said_by_the_week_or_by_the_day(count: int, says: str) -> None:
    assert rate(count, about=False) == says
