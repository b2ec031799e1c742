"""Somebody else of a followed name: what was said of one paper holds for their later ones, in every door, and can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import BadInputError, NotFoundError
from bot.following import persons
from bot.following.persons import Persons
from bot.following.same import merge_same
from bot.models import (
    Author,
    Cadence,
    Namesake,
    OwnerKind,
    Paper,
    PaperId,
    Recipient,
    Subscription,
    SubscriptionKind,
)
from bot.query.document import of_paper
from bot.query.matching import Matcher, hits, why
from bot.query.namesakes import KEPT, mistaken, others_of
from bot.store import papers as paper_store
from bot.store import splitting, subscriptions
from bot.store.database import Database
from tests.conftest import NOW, HandClock
from tests.desk import (
    AUTHOR,
    KEYWORD,
    MONDAY,
    NOON,
    READER,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Desk,
    announced,
    midnight,
    person,
)


def paper(number: int, *authors: str, title: str = "A tokamak") -> Paper:
    ids = (PaperId("arxiv", f"2611.{number:05}"),)
    return Paper(number, ids, title, "We show it.", tuple(map(Author, authors)), ("cs.CV",), NOW)


def follows(name: str, *rejected: tuple[str, Paper]) -> Subscription:
    said = tuple(Namesake(printed, p.id, p.title, others_of(of_paper(p), printed)) for printed, p in rejected)
    return Subscription(1, Recipient(OwnerKind.USER, 7), AUTHOR, name, Cadence.DAILY, NOW, namesakes=said)


REJECTED = paper(1, "K. He", "Ada Example", "J. Smith", "Y. Wang")
HIM = follows("Kaiming He", ("K. He", REJECTED))


@pytest.mark.parametrize(
    ("authors", "is_told"),
    [
        (("K. He", "Ada Example"), False),  # one who is written out
        (("Ada Éxample", "He, K."), False),  # accents, order and commas are no other name
        (("K. He", "J. Smith"), True),  # one by initials says little
        (("K. He", "J. Smith", "Y. Wang"), False),  # two do
        (("K. He", "A. Example"), True),  # and is another name than the one printed there
        (("K. He", "Ben Sample"), True),
        (("K. He",), True),
        (("Kaiming He", "Ada Example"), True),  # printed otherwise: nothing was said of it
        (("K. He", "Ada Example", "Kaiming He"), True),  # the right one is on it too
        (("Ada Example", "J. Smith"), None),  # nobody of that name
    ],
)
def test_who_shares_an_author_with_a_rejected_paper_is_the_same_person(
    authors: tuple[str, ...], is_told: bool | None
) -> None:
    later = paper(2, *authors)
    assert bool(hits(HIM, of_paper(later), later)) is bool(is_told)
    assert bool(Matcher([HIM]).ids(later)) is bool(is_told)
    assert (mistaken(HIM, of_paper(later)) is not None) is (is_told is False)


def test_the_paper_itself_is_left_out_though_nobody_else_is_on_it() -> None:
    alone = paper(1, "K. He")
    him = follows("Kaiming He", ("K. He", alone))
    assert Matcher([him]).ids(alone) == []
    assert Matcher([him]).ids(paper(2, "K. He")) == [1]
    assert Matcher([replace(him, namesakes=())]).ids(alone) == [1]


def test_on_a_long_list_one_author_in_common_says_little() -> None:
    many = tuple(f"Member{chr(97 + n // 26)}{chr(97 + n % 26)} Number" for n in range(120))
    large = paper(1, "K. He", *many)
    him = follows("Kaiming He", ("K. He", large))
    assert Matcher([him]).ids(paper(2, "K. He", many[0], "Ada Example")) == [1]
    assert Matcher([him]).ids(paper(3, "K. He", *many[:10])) == []
    assert Matcher([follows("Kaiming He", ("K. He", paper(4, "K. He", many[0])))]).ids(large) == [1]


def test_of_a_collaboration_a_part_is_kept_and_known_again() -> None:
    thousands = tuple(
        f"Member{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)} Number" for n in range(3000)
    )
    large = paper(1, "K. He", *thousands)
    him = follows("Kaiming He", ("K. He", large))
    assert len(him.namesakes[0].others) == KEPT
    assert Matcher([him]).ids(paper(2, "K. He", *thousands[5:])) == []


def test_what_is_said_holds_for_one_subscription_alone() -> None:
    other = replace(HIM, id=2, namesakes=())
    assert Matcher([HIM, other]).ids(REJECTED) == [2]
    (match,) = Matcher([HIM, other]).match(REJECTED)
    assert [reason.subscription_id for reason in match.reasons] == [2]


def test_why_says_on_which_paper_it_was_said() -> None:
    later = paper(2, "K. He", "Ada Example", "J. Smith")
    assert why(HIM, of_paper(later), later).obstacles == (
        "you said that the K. He of “A tokamak” is somebody else; Ada Example and another author are on both papers"
    )
    assert why(HIM, of_paper(REJECTED), REJECTED).obstacles == "you said that the K. He of “A tokamak” is somebody else"
    assert (
        why(HIM, of_paper(paper(3, "Bea Else")), paper(3, "Bea Else")).obstacles
        == "none of the 1 authors is Kaiming He"
    )


# -- over a store --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def desk(database: Database, clock: HandClock) -> Desk:
    made = Desk(database, clock)
    await made.start(MONDAY)
    return made


@pytest.fixture
def service(desk: Desk) -> Persons:
    return Persons(desk.database, desk.matcher, desk.clock)


WRONG = ("K. He", "Ada Example")


async def told(desk: Desk) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in await desk.alerts()]


async def number_of(desk: Desk, value: str) -> int:
    ((number,),) = await desk.rows("SELECT paper_id FROM paper_ids WHERE value = :v", v=value)
    return int(number)


async def reject(desk: Desk, service: Persons) -> Subscription:
    """Follows Kaiming He, is told a paper by K. He, and says that it is not he."""
    him = await desk.follow(AUTHOR, "Kaiming He")
    await desk.night(MONDAY, announced("2611.00001", "First", authors=WRONG))
    await desk.morning(MONDAY)
    said = await service.disown(person(READER), him.id, await number_of(desk, "2611.00001"))
    assert (said.names, said.others, said.is_new) == (("K. He",), 1, True)
    return said.subscription


async def test_a_later_paper_of_theirs_is_not_told_and_is_no_gap(desk: Desk, service: Persons) -> None:
    await reject(desk, service)
    await desk.night(
        TUESDAY,
        announced("2611.00002", "Second", authors=WRONG),
        announced("2611.00003", "Third", authors=("K. He", "Bea Else")),
    )
    assert await told(desk) == [("2611.00001", "pending"), ("2611.00003", "pending")]
    desk.clock.now = midnight(TUESDAY) + NOON
    assert (await desk.proof()).gaps == ()
    fresh = Desk(desk.database, desk.clock)  # as after a restart
    await fresh.subscriptions.load()
    assert fresh.matcher.ids(paper(9, *WRONG)) == []


async def test_it_can_be_taken_back_and_what_was_left_out_comes_late(desk: Desk, service: Persons) -> None:
    him = await reject(desk, service)
    await desk.night(TUESDAY, announced("2611.00002", "Second", authors=WRONG))
    first = await number_of(desk, "2611.00001")
    back = await service.own(person(READER), him.id, first)
    assert (back.names, back.subscription.namesakes, back.is_new) == (("K. He",), (), True)
    assert not (await service.own(person(READER), him.id, first)).is_new
    desk.clock.now = midnight(TUESDAY) + NOON
    await desk.closes(1, "2611.00002")
    await desk.night(THURSDAY, announced("2611.00003", "Third", authors=WRONG))
    assert ("2611.00003", "pending") in await told(desk)


async def test_what_waits_is_not_told_unless_something_else_asks_for_it(desk: Desk, service: Persons) -> None:
    him = await desk.follow(AUTHOR, "Kaiming He")
    await desk.follow(KEYWORD, "diffusion")
    await desk.night(
        MONDAY,
        announced("2611.00001", "First", authors=WRONG),
        announced("2611.00002", "Second", authors=WRONG),
        announced("2611.00003", "Diffusion", authors=WRONG),
        announced("2611.00004", "Fourth", authors=("Kaiming He", "Ada Example")),
    )
    assert len(await told(desk)) == 4
    await service.disown(person(READER), him.id, await number_of(desk, "2611.00001"))
    assert await told(desk) == [
        ("2611.00001", "held"), ("2611.00002", "held"), ("2611.00003", "pending"), ("2611.00004", "pending"),
    ]  # fmt: skip
    await desk.subscriptions.set_cadence(person(READER), him.id, Cadence.WEEKLY)  # brings all in line anew
    assert [state for _, state in await told(desk)] == ["held", "held", "pending", "pending"]
    ((reason,),) = await desk.rows("SELECT DISTINCT state_reason FROM alerts WHERE state = 'held'")
    assert reason == "you said that its author is somebody else"
    desk.clock.now = midnight(MONDAY) + NOON
    assert (await desk.proof()).gaps == ()
    await service.own(person(READER), him.id, await number_of(desk, "2611.00001"))
    assert (await desk.repairer.repair()).late == 2


async def test_a_gap_that_was_found_before_it_was_said_is_not_made_good(desk: Desk, service: Persons) -> None:
    him = await desk.follow(AUTHOR, "Kaiming He")
    await desk.night(MONDAY, announced("2611.00001", "First", authors=WRONG))
    await desk.sql("DELETE FROM alerts")
    desk.clock.now = midnight(MONDAY) + NOON
    (gap,) = (await desk.proof()).gaps
    await service.disown(person(READER), him.id, gap.paper_id)
    assert await desk.repairer._tell_late([gap]) == 0
    assert await told(desk) == []


async def test_today_and_a_forecast_know_it(desk: Desk, service: Persons) -> None:
    him = await reject(desk, service)
    await desk.night(TUESDAY, announced("2611.00002", "Second", authors=WRONG))
    desk.clock.now = midnight(TUESDAY) + NOON
    assert (await desk.subscriptions.today(READER)).items == ()
    outcome = await desk.subscriptions.subscribe(READER, AUTHOR, "Kaiming He", Cadence.DAILY)
    assert (outcome.subscription.id, len(outcome.subscription.namesakes)) == (him.id, 1)
    assert ("2611.00002", "pending") not in await told(desk)
    assert len((await desk.subscriptions.today(8)).items) == 0
    await desk.follow(AUTHOR, "Kaiming He", 8)
    assert len((await desk.subscriptions.today(8)).items) == 2


async def test_it_goes_and_comes_with_its_subscription(desk: Desk, service: Persons) -> None:
    him = await reject(desk, service)
    me = person(READER)
    await desk.subscriptions.pause(me, him.id)
    await desk.subscriptions.resume(me, him.id)
    await desk.subscriptions.remove(me, him.id)
    with pytest.raises(NotFoundError):
        await service.disown(me, him.id, await number_of(desk, "2611.00001"))
    assert (await desk.subscriptions.restore(me, him.id)).subscription.namesakes == him.namesakes
    assert desk.matcher.ids(paper(9, *WRONG)) == []


async def test_only_its_owner_says_it_and_only_of_who_bears_the_name(desk: Desk, service: Persons) -> None:
    him = await reject(desk, service)
    await desk.night(TUESDAY, announced("2611.00002", "Second", authors=("Bea Else",)))
    other = await number_of(desk, "2611.00002")
    for owner, subscription, number in (
        (person(8), him.id, 1),
        (person(READER), 99, 1),
        (person(READER), him.id, other),
    ):
        with pytest.raises(NotFoundError):
            await service.disown(owner, subscription, number)
    with pytest.raises(NotFoundError):
        await service.own(person(8), him.id, await number_of(desk, "2611.00001"))
    with pytest.raises(NotFoundError):
        await service.own(person(READER), him.id, 999)
    again = await service.disown(person(READER), him.id, await number_of(desk, "2611.00001"))
    assert (again.is_new, again.names) == (False, ("K. He",))
    assert len(await desk.rows("SELECT 1 FROM namesakes")) == 1


async def test_nobody_says_it_without_end(desk: Desk, service: Persons, monkeypatch: pytest.MonkeyPatch) -> None:
    him = await reject(desk, service)
    monkeypatch.setattr(persons, "MOST", 1)
    await desk.night(TUESDAY, announced("2611.00002", "Second", authors=("K. He", "Bea Else")))
    with pytest.raises(BadInputError, match="of 1 papers already"):
        await service.disown(person(READER), him.id, await number_of(desk, "2611.00002"))


async def test_it_is_handed_over_with_the_subscription_and_with_the_paper(desk: Desk, service: Persons) -> None:
    him = await reject(desk, service)
    await desk.sql(
        """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
           VALUES ('user', :who, 'author', 'He, Kaiming', 'daily', 1)""",
        who=READER,
    )
    await desk.sql("DELETE FROM meta WHERE key LIKE 'same_subscriptions%'")
    assert await merge_same(desk.database, desk.clock) == 1
    async with desk.database.reading() as read:
        (kept,) = await subscriptions.load_for(read, person(READER))
    assert (kept.id != him.id, len(kept.namesakes)) == (True, 1)
    assert (await service.disown(person(READER), him.id, 1)).subscription.id == kept.id  # by a button of before
    await desk.night(WEDNESDAY, announced("2611.00009", "First", authors=WRONG))
    kept_paper, gone = await number_of(desk, "2611.00009"), await number_of(desk, "2611.00001")
    async with desk.database.transaction() as write:
        await paper_store.merge_papers(write, gone, kept_paper)
    async with desk.database.reading() as read:
        (kept,) = await subscriptions.load_for(read, person(READER))
    assert [n.paper_id for n in kept.namesakes] == [kept_paper]
    back = await service.own(person(READER), kept.id, gone)
    assert (back.paper.id, back.names, back.subscription.namesakes) == (kept_paper, ("K. He",), ())


async def test_a_paper_that_is_two_again_is_of_the_same_people(desk: Desk, service: Persons) -> None:
    him = await desk.follow(AUTHOR, "Kaiming He")
    both = announced(
        "2611.00001", "First", authors=("K. He",), ids=(PaperId("arxiv", "2611.00001"), PaperId("doi", "10.1/x"))
    )
    await desk.night(MONDAY, both)
    await service.disown(person(READER), him.id, await number_of(desk, "2611.00001"))
    async with desk.database.transaction() as write:
        one, other = await splitting.split(write, PaperId("arxiv", "2611.00001"))
        (kept,) = await subscriptions.load_for(write, person(READER))
    assert one.id != other.id
    assert {n.paper_id for n in kept.namesakes} == {one.id, other.id}


async def test_what_is_kept_of_it_and_cannot_be_read_is_no_fault(desk: Desk, service: Persons) -> None:
    await reject(desk, service)
    for odd in ("no JSON", '{"a": 1}', "[7]"):
        await desk.sql("UPDATE namesakes SET others = :odd", odd=odd)
        async with desk.database.reading() as read:
            (him,) = await subscriptions.load_for(read, person(READER))
        assert him.namesakes[0].others == ()
    await desk.sql("UPDATE subscriptions SET query = '-'")
    assert (await service.own(person(READER), him.id, 1)).names == ("K. He",)


def test_words_know_no_namesakes() -> None:
    words = replace(HIM, kind=SubscriptionKind.KEYWORD, query="tokamak")
    assert mistaken(words, of_paper(REJECTED)) is None
