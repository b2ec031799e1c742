"""Whatever a field holds (nothing, blanks, markup alone, a whole book): every card and form keeps Discord's limits.

The local Discord's own checks judge what the messenger would send: they know minima as well as maxima.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat import drawing, messenger
from bot.errors import BadInputError
from bot.language.text import blank
from bot.models import (
    Act,
    Author,
    Cadence,
    Community,
    Content,
    DailyListPage,
    Deed,
    Detail,
    DmState,
    Fault,
    Forecast,
    Found,
    Hit,
    Item,
    Match,
    Matched,
    MessageKind,
    Offer,
    Organization,
    OutboxCount,
    OwnerKind,
    Paper,
    PaperId,
    PendingBackfill,
    PersonalStatus,
    Preview,
    Reason,
    Recipient,
    Rules,
    SourceState,
    Status,
    StopCause,
    Submitted,
    Subscribed,
    Subscription,
    SubscriptionKind,
    Summary,
    Tally,
    Today,
    Undelivered,
    User,
    Welcome,
)
from bot.show import (
    answers,
    cards,
    channel_lists,
    curation,
    followed,
    forecasts,
    helping,
    lists,
    rendering,
    reports,
    wording,
)
from bot.show.blocks import AnyCard, Layout, preceded
from bot.show.cards import Button, Card, Embed, Field, Form, Option, Row, Select
from bot.show.papers import paper_card
from bot.when.places import Place
from playground.discord.components import OPTION_TEXT
from playground.discord.errors import FormErrors
from playground.discord.limits import check_message
from playground.discord.modals import check_modal, fields_of
from tests.house import THURSDAY, House, controls, page, sample, text_of
from tests.properties import tries
from tests.test_blocks import judge_layout

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
NONCE = "1234abcd-18446744073709"  # 25 characters are Discord's limit
#: Texts that show nothing, or nothing but signs.
NOTHING = [
    "", " ", "\u200b", "\u3164", "\u115f\u1160 \uffa0", "\u0301\u0302", "\u2800", "\u00a0\u2003", "\u202e\u202c", "\ufe0f",
    "$ $", "$$", "{}", "{{}}", "\\", "\\\\", "~", "``", "\\ ", "$\\,$", "<p></p>", "&#8203;", "&nbsp;", "\x00\x1b", "\ue000",
]  # fmt: skip
SIGNS = [
    "**",
    "****",
    "__",
    "||||",
    "```",
    "# ",
    "-# ",
    "> ",
    "- ",
    "1. ",
    "[]()",
    "<@1>",
    "@everyone",
    "🧬",
    "\U000e0041",
]
LONG = [
    "x" * 5_000,
    "word " * 3_000,
    "*" * 3_000,
    "深" * 3_000,
    "Z" + "\u0301" * 3_000,
    "\u3164" * 3_000,
    " \\" * 2_000,
]
texts = st.one_of(st.sampled_from(NOTHING + SIGNS + LONG), st.text(max_size=300), st.text("$\\{}~^_ <>*`\u3164\u0301"))


def judge(card: AnyCard) -> None:
    """Raises what Discord would answer to this card as a message of the outbox, whose controls have the longest ids."""
    if isinstance(card, Layout):
        judge_layout(card)
        return
    view = drawing.view(card, NONCE)
    body: dict[str, Any] = {
        "content": card.text, "embeds": [drawing.embed(e).to_dict() for e in card.embeds],
        "components": view.to_components() if view else [],
    }  # fmt: skip
    kept = check_message(body)
    assert kept.get("content") or kept.get("embeds")
    for control in (c for row in kept["components"] for c in row["components"]):
        names = [o["label"] for o in control.get("options", ())] or [control["label"]]
        assert not any(map(blank, names)), names
    assert Card.from_json(card.to_json()) == card


def check_whole(card: Card) -> None:
    """Nothing was cut to fit Discord: what was too much was counted, put on a page or said shorter before."""
    for text, limit in ((card.text, cards.CONTENT), *((e.description, cards.EMBED_DESCRIPTION) for e in card.embeds)):
        assert len(text) < limit or not text.endswith("…"), text
    total = sum(e.size for e in card.embeds)
    assert total < cards.EMBED_TOTAL - cards.EMBED_TITLE or not card.embeds[-1].description.endswith("…"), total


#: What leads the answers to who manages a server where everything has stopped.
LEAD = reports.stops_lead([
    Summary(n, 2, "*" * 100, "UTC", 540, 31, (), "", 25, 3, NOW, TODAY, channel_name="*" * 100, stopped=NOW,
            stop_reason="*" * 300, stop_cause=StopCause.FORBIDDEN) for n in range(20)
])  # fmt: skip


def judge_answer(card: AnyCard) -> None:
    """Also with what has to be known first: nothing of either is cut or left out."""
    judge(card)
    if isinstance(card, Layout):
        judge(preceded(LEAD, card))
        return
    check_whole(card)
    both = cards.led(LEAD, card)
    judge(both)
    check_whole(both)
    assert (both.embeds, both.rows) == (card.embeds, (*LEAD.rows, *card.rows))


def judge_form(form: Form) -> None:
    errors = FormErrors()
    made = check_modal(drawing.modal(form).to_dict(), errors)
    errors.check()
    for field in fields_of(made):
        if field["type"] == 4:
            assert len(field.get("value") or "") <= field["max_length"] <= 4_000


def paper(text: str, number: int = 1) -> Paper:
    """A paper that says this text everywhere."""
    crowd = Community(listed_on=TODAY, upvotes=3, organization=Organization("o", text), summary=text, submitter=text)
    return Paper(
        number, (PaperId("arxiv", f"2611.{number:05}"),), text, text, (Author(text, text), Author(text)), (text,), NOW,
        announced=NOW, comment=text, journal_ref=text, community=crowd,
    )  # fmt: skip


def people(text: str) -> Iterator[User]:
    yield User(1)
    known = User(1, timezone="Europe/London", next_digest=NOW, opted_in=NOW)
    yield known
    yield replace(known, paused_until=NOW)
    yield replace(known, dm_state=DmState.CLOSED, dm_reason=text)


def forecasts_of(s: Subscription, text: str) -> Iterator[Card]:
    """One of much, of little, and of nothing, each with what can be offered."""
    match = Match(s.owner, 1, s.cadence, (Reason(s.id, s.kind, text, (Hit(text, "title", text),)),))
    offers = tuple(Offer(s.kind, text, n, is_ever=bool(n % 2)) for n in (0, 1, 10**9))
    for count, total in ((10**9, 60), (1, 60), (0, 60), (0, 0)):
        preview = Preview(Matched(((paper(text), match),) * min(count, 5), count, is_about=True), total)
        of = Forecast(
            s.kind,
            s.query,
            s.cadence,
            preview,
            offers,
            2,
            () if count else ((paper(text), match),),
            s if total else None,
        )
        yield forecasts.forecast_card(of, [10**17] * 4, TODAY, forecasts.unknown_place(text, User(1)))
        yield forecasts.forecast_card(replace(of, last=(), offers=()), [None], TODAY)


def own_views(own: list[Subscription], user: User, text: str) -> Iterator[AnyCard]:
    """Everything that shows somebody's subscriptions."""
    yield from (followed.subscription_list(own, user, page) for page in (0, 1, 99))
    yield followed.subscription_list(own, user, 0, own, [(s, text) for s in own])
    for s in own[:2]:
        outcome = Subscribed(s, user, is_new=True, welcomed=True)
        place = answers.place_select(text, [Place(text, "Europe/Paris")], 8)
        yield answers.subscribed(outcome, ask_place=place, invite="https://discord.com/x")
        yield answers.subscribed(replace(outcome, is_new=False))
        yield from forecasts_of(s, text)
        yield followed.subscription_card(s)
        yield answers.removed([s])
        reasons = (Reason(s.id, s.kind, text, (Hit(text, "title", text),)), Reason(s.id, s.kind, text))
        many = tuple(
            Reason(n, s.kind, f"{n} {text}", tuple(Hit(f"{n}{m}", "title", text) for m in range(12))) for n in range(30)
        )
        one = (Item(paper(text), many, 1, text),)
        two = (Item(paper(text), reasons, 1), Item(paper("A title", 2), reasons, 2))
        made = Welcome(s.id, s.kind, s.query, s.cadence, None)
        for content in (
            Content(MessageKind.DIGEST, TODAY, one),
            Content(MessageKind.DIGEST, TODAY, two, more=1),
            Content(MessageKind.INSTANT, TODAY, two, more=1),
            Content(MessageKind.INSTANT, TODAY, two, more=1, gathered=True),
            Content(MessageKind.WELCOME, TODAY, two, welcome=made),
        ):
            yield from (rendering.render(part, detail) for part in rendering.in_parts(content) for detail in Detail)
        yield answers.today(Today(TODAY, two, 0, 2, 1, 30), user, follows=True)
    yield answers.removed(own)
    yield answers.confirm_stop_all(len(own))
    yield answers.paused(NOW)
    yield answers.dm_retried(3)
    if user.next_digest:
        yield answers.time_set(replace(user, timezone=text))
    lost = (Undelivered(TODAY, 3, text),) * 9
    fault = Fault(3, NOW, text)
    personal = PersonalStatus(user, 3, NOW, unreadable=tuple(own), undelivered=lost, fault=fault)
    yield reports.status_card(_status(text), personal)
    yield reports.status_card(_status(text), personal, is_owner=True)
    yield helping.scores_help()


def _status(text: str) -> Status:
    name = f"feed:{text[:50]}"  # a name of the settings, and no text from outside
    source = SourceState(name, last_ok=None, last_new=None, failure=text)
    pending_backfills = PendingBackfill(name, TODAY, TODAY, text)
    return Status(NOW, 1, (source,) * 30, (pending_backfills,) * 30, TODAY, TODAY, NOW, OutboxCount(1, 1, 1, 1))


def paper_views(text: str) -> Iterator[AnyCard]:
    """Everything that shows papers, servers and what somebody typed."""
    papers = tuple(paper(text, n) for n in range(1, 26))
    yield paper_card(papers[0], TODAY)
    yield lists.paper_answer(papers[0], TODAY, share=True)
    for count in (0, 1, 10):
        yield lists.mentioned(papers[:count], [PaperId("doi", text)] * 25, TODAY, left=7)
    yield lists.choice(papers[:10], TODAY)
    for count in (1, 25):
        items = tuple(Item(p) for p in papers[:count])
        tallied = tuple(replace(i, tally=Tally(12_345, 678, 2**62, text, text)) for i in items)
        content = Content(MessageKind.SUMMARY, TODAY, tallied, server_name=text, late=(text[:40],), guild_id=1)
        yield from (rendering.render(content, detail) for detail in Detail)
        yield from (channel_lists.further(content, 2**62, page) for page in (0, 1, 99_999))
    yield from curation_views(papers[0], text)
    found = Found(papers[:10], 30, 3, corrected=text)
    for each in (found, replace(found, corrected=None), Found((), 0, 0)):
        shown = lists.found_list(text, 1, each, TODAY, 0, literal=False, share=True)
        yield shown
        yield lists.shared(shown, text)
    listed = DailyListPage(TODAY, TODAY, papers[:10], 30, before=date(2025, 11, 20), after=None)
    yield lists.daily_list(listed, TODAY, 0, share=True)
    yield lists.trending_list("week", listed, TODAY, 1, share=True)


def curation_views(paper: Paper, text: str) -> Iterator[AnyCard]:
    """Everything that members and moderators of a server read of its list."""
    tally = Tally(12_345, 678, 2**62, text, text)
    yield curation.voted(paper, 1, stands=True)
    yield curation.voted(paper, 0, stands=False)
    for was_there in (False, True):
        yield curation.proposed(Submitted(2**62, NOW, was_there), paper)
    yield curation.listed_paper(paper, tally, TODAY)
    yield curation.place_card(paper, tally, {"own": 99.9, "wider": 9.9, "followed": 0.1, "expected": 9.0}, 109.8)
    yield curation.thread_head(paper, TODAY)
    yield curation.removed(paper, 2)
    yield curation.votes_reset(paper, 1)
    yield curation.rules_card(Rules(2**62, 2**62, 2**62, 365, 50, 50))
    deeds = [Deed(2**62, act, paper.id, NOW) for act in Act] * 3
    yield curation.deeds_card(deeds[:15], {paper.id: paper}, 3, 9, 2**62)
    assert 1 <= len(curation.thread_name(paper)) <= 100


def subscriptions(kind: SubscriptionKind, text: str) -> list[Subscription]:
    owner = Recipient(OwnerKind.USER, 1)
    own = [
        Subscription(n, owner, kind, text, cadence, NOW, paused=n % 2 == 0)
        for n, cadence in enumerate((Cadence.DAILY, Cadence.INSTANT, Cadence.WEEKLY), 1)
    ]
    return own + [Subscription(n, owner, kind, text * (n % 2), Cadence.DAILY, NOW) for n in range(4, 14)]


@tries(60)
@example(text="x" * 5000, kind=SubscriptionKind.KEYWORD, who=1)
@given(text=texts, kind=st.sampled_from(SubscriptionKind), who=st.integers(0, 3))
def test_every_view_of_every_kind_of_subscription_keeps_the_limits(text: str, kind: SubscriptionKind, who: int) -> None:
    own, user = subscriptions(kind, text), list(people(text))[who]
    for card in own_views(own, user, text):
        judge_answer(card)
    judge_form(answers.time_form(user))


@tries(60)
@given(text=texts)
def test_every_view_of_papers_servers_and_searches_keeps_the_limits(text: str) -> None:
    for card in paper_views(text):
        judge_answer(card)


@tries(60)
@given(text=texts)
def test_the_lists_of_a_server_keep_the_limits(text: str) -> None:
    one = Summary(1, 2, text, text, 540, 31, (text, text), text, 25, 3, NOW, TODAY)
    for summary in (one, replace(one, outcome=text), replace(one, stop_reason=text)):
        judge(reports.summary_saved(summary))
        judge(reports.summary_stopped(summary))
    every = [replace(one, channel_id=n, channel_name=text, stopped=NOW if n % 2 else None, stop_cause=StopCause.FORBIDDEN,
                     stop_reason=text, outcome=text, failure=text) for n in range(1, 31)]  # fmt: skip
    pages = reports.summary_pages(every, {2: "Embed Links"})
    assert [s for shown in pages for s in shown] == every
    resumed = []
    for number, shown in enumerate(pages):
        card = reports.summary_status(pages, number, {2: "Embed Links"})
        judge(card)
        check_whole(card)
        assert all(f"<#{s.channel_id}>: " in card.embeds[0].description for s in shown)
        resumed += [o.value for row in card.rows if isinstance(row, Select) for o in row.options]
        turns = [b for row in card.rows if not isinstance(row, Select) for b in row if not b.disabled]
        assert [b.action for b in turns] == [
            f"summary-page:{n}" for n in (number - 1, number + 1) if 0 <= n < len(pages)
        ]
    assert resumed == [str(s.channel_id) for s in every if s.stopped]


@tries(60)
@given(text=texts, kind=st.sampled_from(SubscriptionKind), typed=texts)
def test_a_completion_names_each_subscription_and_a_typed_name_removes_no_other(
    text: str, kind: SubscriptionKind, typed: str
) -> None:
    own = subscriptions(kind, text)
    named = wording.followed_choices(own)
    offered = messenger.choices((name, f"#{s.id}") for name, s in named)
    assert [c.value for c in offered] == [f"#{s.id}" for s in own]
    assert all(1 <= len(c.name) <= OPTION_TEXT and not blank(c.name) for c in offered)
    assert [wording.find_followed(own, c.value) for c in offered] == own
    if blank(typed):
        with pytest.raises(BadInputError):
            wording.find_followed(own, typed)


@tries(60)
@given(text=texts)
def test_a_card_of_anything_at_all_keeps_the_limits(text: str) -> None:
    button, option = Button(text, text), Option(text, text, text)
    odd = [
        Button(text, "a", "primary"),
        Button(text, "a"),
        Button(text, url="https://example.org/" + text[:900]),
        button,
    ]
    rows: tuple[Row, ...] = (
        tuple(odd),
        Select("p", text, (Option("One", "1"),)),
        Select("a", text, (option,)), Select("b", text, (option,) * 30), Select("c", text, ()), (),
        tuple(Button(text, f"many:{n}") for n in range(9)), *((Button(text, f"row:{n}"),) for n in range(9)),
    )  # fmt: skip
    embed = Embed(text, "https://arxiv.org/abs/" + text.strip()[:3_000].replace(" ", ""), text, text)
    foot = Embed("A title", description="A text", footer=text[:2_500])
    for card in (
        Card(),
        Card(text),
        Card(text, (embed,) * 12, rows),
        Card(text, (Embed(), embed, foot)),
        Card("", (foot,), rows),
    ):
        sent = [replace(e, url=None) for e in card.embeds]  # an address is checked where it is made
        judge(replace(card, embeds=tuple(sent), rows=tuple(r for r in card.rows if not _has_link(r))))
    if blank(text):  # what shows nothing is told by what stands for it
        assert [o.label for o in cards.choosable([Option(text, "7")])] == ["7"]
        assert [c.name for c in messenger.choices([(text, "7")])] == ["7"]
    fields = tuple(
        Field(f"f{n}", text, text, text, text, (option,) * (n % 2) + (Option("a", "a"),) * (n % 2)) for n in range(9)
    )
    judge_form(Form("a", text, fields))


def _has_link(row: Any) -> bool:
    return not isinstance(row, Select) and any(b.url for b in row)


def test_papers_that_fit_are_never_left_out_of_a_card() -> None:
    embeds = tuple(Embed("t" * 200, description="d" * 400) for _ in range(10))
    assert Card("", embeds).embeds == embeds


# -- through the local Discord -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(SubscriptionKind))
async def test_whatever_somebody_follows_they_can_list_choose_and_stop_it(house: House, kind: SubscriptionKind) -> None:
    await house.follow("tokamak")
    for text in ("", " ", "\u3164", "\u0301", "$ $", "**", "y" * 3_000):
        async with house.app.database.transaction() as write:
            await write.execute(
                """INSERT INTO subscriptions (owner_kind, owner_id, kind, query, cadence, created_at)
                   VALUES ('user', :who, :kind, :text, 'daily', 0)""",
                {"who": int(house.nadia), "kind": kind, "text": text},
            )
        listed = (await house.run("subscriptions"))["message"]
        assert "You follow 2 subscriptions" in text_of(listed)
        (select,) = [c for c in controls(listed) if c["type"] == 3]
        names = await house.suggest("unsubscribe", "subscription", "")
        assert len(names) == len(select["options"]) == 2
        assert "You follow" in text_of((await house.choose(listed, select["options"][1]["label"]))["message"])
        refused = await house.run("unsubscribe", subscription=" ")
        assert "Say what to stop" in text_of(refused["message"])
        assert len(await house.rows("SELECT id FROM subscriptions WHERE removed_at IS NULL")) == 2
        done = await house.run("unsubscribe", subscription=names[1])
        assert "You no longer follow" in text_of(done["message"])
        assert await house.rows("SELECT query FROM subscriptions WHERE removed_at IS NULL") == [("tokamak",)]


async def test_the_daily_papers_followed_without_words_are_listed_and_stopped_by_name(house: House) -> None:
    await house.follow("tokamak")
    await house.subscribe("trending")
    listed = (await house.run("subscriptions"))["message"]
    assert "the **Daily Papers** · once a day" in text_of(listed)
    assert await house.suggest("unsubscribe", "subscription", "daily") == ["Daily Papers"]
    for typed in (" ", "\u200b", "\u0301", "\u3164 \u2800", "****"):
        await house.run("unsubscribe", subscription=typed)
        assert len(await house.rows("SELECT id FROM subscriptions WHERE removed_at IS NULL")) == 2, repr(typed)
    done = await house.run("unsubscribe", subscription="daily papers")
    assert "You no longer follow the **Daily Papers**" in text_of(done["message"])


async def test_a_title_without_a_visible_letter_costs_nobody_a_list(house: House) -> None:
    titles = ["$ $", "{}", "\\\\", "\u3164\u115f", "\u0301\u0302", "<p></p>"]
    papers = [sample(f"2511.{n:05}", title) for n, title in enumerate(titles, 1)]
    house.upstream.put("/rss/cs.CV", page(THURSDAY, papers))
    await house.subscribe("category", category="cs.CV", city="London", hour=8)
    where = next(str(c["id"]) for c in house.play.world.guild_channels(house.guild) if c["name"] == "papers")
    await house.run("summary setup", channel=where, hour=8, city="London", categories="cs.CV", days="every day")
    await house.morning(THURSDAY)
    await house.app.services.summaries.compose_due()
    await house.round()
    told = await house.ask("GET", f"/channels/{where}/messages?as={house.nadia}&limit=100")
    (posted,) = [m for m in told if "Daily Papers" in text_of(m)]
    first = (await house.dms())[-1]
    await house.press(first, "Show 3 more")
    further = (await house.dms())[-1]
    assert first["id"] == further["id"]
    own = text_of(first).count("Untitled") + text_of(further).count("Untitled")
    assert text_of(posted).count("Untitled") == own >= 5
    shown = (await house.run("search", text="what is about in a sentence"))["message"]
    assert "Untitled" in text_of(shown)


async def test_of_two_that_are_called_the_same_none_is_removed_by_that_name(house: House) -> None:
    await house.follow("kempe")
    await house.subscribe("author", name="Kempe")
    assert await house.suggest("unsubscribe", "subscription", "KEMPE") == ["kempe · keyword", "Kempe · author"]
    doubtful = await house.run("unsubscribe", subscription="kempe")
    assert "You follow 2 things called “kempe”" in text_of(doubtful["message"])
    done = await house.run("unsubscribe", subscription="kempe · author")
    assert "You no longer follow papers by **Kempe**" in text_of(done["message"])
    assert await house.rows("SELECT kind FROM subscriptions WHERE removed_at IS NULL") == [("keyword",)]


def test_what_leaves_is_made_in_the_one_place_that_measures_it() -> None:
    """No cog makes Discord's own embeds, controls, forms or choices."""
    for path in sorted((Path(__file__).parents[1] / "cogs").glob("*.py")):
        made = set(re.findall(r"\b(Choice|Embed|Modal|View|Button|Select|SelectOption|TextInput)\(", path.read_text()))
        assert not made - {"Embed"}, path
        assert "discord.Embed" not in path.read_text(), path
