"""What counts as missed: the rules of the daily proof, without store and sources."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.audit.verdicts import Outcome, feed_of, is_over, judge, last_due, was_read
from bot.models import Hold, SourceState
from bot.sources.arxiv import oai_set
from bot.store.audit import Told
from tests.desk import FEED, LISTS, OAI, person

MONDAY = date(2026, 11, 16)
DAYS = [MONDAY + timedelta(days=n) for n in range(14)]
TUESDAY, WEDNESDAY = DAYS[1:3]
HELD_FOR_NOBODY = "the subscription was removed or paused"


@pytest.mark.parametrize(
    ("state", "hold", "reason", "names", "in_message", "given_up", "live", "outcome"),
    [
        ("sent", None, None, {1}, True, False, {1}, Outcome.SENT),
        ("pending", None, None, {1}, False, False, {1}, Outcome.WAITING),
        ("pending", None, None, set(), True, False, {1}, Outcome.WAITING),
        ("pending", None, None, set(), True, True, {1}, Outcome.MISSED),
        ("pending", None, None, {2}, False, False, {1}, Outcome.MISSED),
        ("pending", None, None, {2}, False, False, {1, 2}, Outcome.WAITING),
        ("pending", None, None, {2}, False, False, set(), Outcome.WAITING),
        ("held", Hold.SURPLUS, "more than 20 papers in one message", {1}, False, False, {1}, Outcome.HELD),
        ("held", None, HELD_FOR_NOBODY, {2}, False, False, {1}, Outcome.MISSED),
        ("held", Hold.UNWANTED, HELD_FOR_NOBODY, {1}, False, False, set(), Outcome.HELD),
        ("held", None, None, {1}, False, False, {1}, Outcome.MISSED),
        ("held", Hold.UNWANTED, "nobody wants it", {2}, False, False, {1}, Outcome.MISSED),
        ("undeliverable", None, "refused", {1}, True, False, {1}, Outcome.UNDELIVERABLE),
    ],
)
def test_what_became_of_a_match(
    state: str,
    hold: Hold | None,
    reason: str | None,
    names: set[int],
    in_message: bool,
    given_up: bool,
    live: set[int],
    outcome: Outcome,
) -> None:
    told = Told(person(), state, hold, reason, frozenset(names), in_message, given_up)
    assert judge(told, [1], live)[0] is outcome


def test_a_match_without_an_alert_is_missed_unless_it_rests_or_came_with_a_revision() -> None:
    assert judge(None, [1, 2], {2})[0] is Outcome.MISSED
    assert judge(None, [1], {2})[0] is Outcome.RESTING
    assert judge(None, [1], {1}, excused=True)[0] is Outcome.CHANGED


def test_a_day_is_judged_at_nine_of_the_day_after() -> None:
    nine = datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert is_over(MONDAY, nine)
    assert not is_over(MONDAY, nine - timedelta(seconds=1))
    assert last_due(nine) == nine
    assert last_due(nine - timedelta(seconds=1)) == nine - timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "day", "seen", "last_ok", "read"),
    [
        (FEED, TUESDAY, True, None, True),
        (FEED, TUESDAY, False, WEDNESDAY, False),  # it answers, with the day before
        (FEED, DAYS[5], False, WEDNESDAY, None),  # Saturday
        (FEED, date(2026, 11, 26), False, WEDNESDAY, None),  # a holiday
        (FEED, date(2026, 11, 27), False, WEDNESDAY, None),  # the day after
        (FEED, date(2026, 11, 26), True, WEDNESDAY, True),  # announced all the same
        (FEED, MONDAY, False, WEDNESDAY, None),  # the day on which it was first asked
        (OAI, TUESDAY, False, TUESDAY, True),
        (OAI, TUESDAY, False, MONDAY, False),
        (OAI, DAYS[6], False, MONDAY, None),  # nothing is announced in the evening before
        (LISTS, DAYS[5], False, DAYS[6], True),
        (LISTS, DAYS[5], False, DAYS[5], False),
        ("feed:journal.example", TUESDAY, False, None, False),
    ],
)
def test_whether_a_sources_day_was_read(
    name: str, day: date, seen: bool, last_ok: date | None, read: bool | None
) -> None:
    asked = datetime(2026, 11, 16, 12, tzinfo=UTC)
    answered = datetime(last_ok.year, last_ok.month, last_ok.day, 12, tzinfo=UTC) if last_ok else None
    state = SourceState(name, asked=asked, last_ok=answered)
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert was_read(state, day, seen=seen, since=asked, now=now) is read


def test_a_list_of_oai_has_its_feed() -> None:
    pairs = {"arxiv-oai:cs:cs:LG": "arxiv:cs.LG", "arxiv-oai:physics:hep-th": "arxiv:hep-th", "arxiv-oai": None,
             "arxiv-oai:physics:astro-ph:GA": "arxiv:astro-ph.GA", "arxiv-oai:cs:cs": "arxiv:cs", "huggingface": None,
             "arxiv-oai:cs:cs:LG@2026-08-01..2026-11-01": None}  # fmt: skip
    assert {name: feed_of(name) for name in pairs} == pairs
    for category in ("cs.LG", "hep-th", "astro-ph.GA", "math.CO", "stat.ML"):
        assert feed_of(f"arxiv-oai:{oai_set(category)}") == f"arxiv:{category}"
