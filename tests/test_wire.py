"""Controls as they stand on the wire: each is read back as it was written, and nothing else is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import OldControlError
from bot.models import Cadence, QuietMode, Sorting, SubscriptionKind
from bot.show import controls, wire
from bot.show.author_controls import ShowAuthor
from bot.show.cards import ACTION
from bot.show.control import Control
from bot.show.controls import CONTROLS
from bot.show.paper_controls import DailyPage, FoundPage, OnePaper, Share, Shown, TrendingPage
from tests.properties import tries

IDS = st.integers(0, 2**63 - 1)
PAGES = st.integers(0, 99_999)
SHOWN: st.SearchStrategy[Shown] = st.one_of(
    st.builds(OnePaper, IDS),
    st.builds(FoundPage, IDS, PAGES, st.booleans()),
    st.builds(DailyPage, st.dates(), PAGES),
    st.builds(TrendingPage, st.sampled_from(["week", "month"]), PAGES),
    st.builds(ShowAuthor, IDS, st.sampled_from(Sorting), PAGES),
)
#: What a field of that name may hold.
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "page": PAGES, "hour": st.integers(0, 23), "day": st.integers(0, 6), "days": st.integers(0, 366),
    "zone": st.sampled_from(["Europe/Berlin", "Asia/Tokyo"]), "period": st.sampled_from(["week", "month"]),
    "span": st.tuples(IDS, IDS), "shown": SHOWN, "weekdays": st.integers(1, 127), "count": st.integers(1, 6), "since": st.integers(0, 23),
    "until": st.integers(0, 23),
}  # fmt: skip
TYPED: dict[Any, st.SearchStrategy[Any]] = {
    int: IDS, str: st.text(max_size=50), bool: st.booleans(), date: st.dates(), int | None: st.none() | IDS,
    tuple[int, int] | None: st.none() | st.tuples(IDS, IDS),
    SubscriptionKind: st.sampled_from(SubscriptionKind), Cadence: st.sampled_from(Cadence),
    Sorting: st.sampled_from(Sorting), QuietMode: st.sampled_from(QuietMode),
}  # fmt: skip


def any_of(control: type[Control]) -> st.SearchStrategy[Control]:
    hints = get_type_hints(control)
    kept = {}
    for one in fields(control):
        typed = hints[one.name]
        kept[one.name] = NAMED[one.name] if one.name in NAMED and typed is not date else TYPED[typed]
    return st.builds(control, **kept)


def answers_of(control: Control) -> dict[str, str]:
    """What comes with the press, as Discord sends it."""
    return {
        f.metadata["answer"] or f.name: f.metadata["codec"].write(getattr(control, f.name))
        for f in fields(control)
        if "answer" in f.metadata
    }


@pytest.mark.parametrize("kind", CONTROLS.values(), ids=CONTROLS)
def test_a_control_is_read_back_as_it_was_written(kind: type[Control]) -> None:
    @tries(40)
    @given(any_of(kind), st.sampled_from(["", "0123456789abcdef01234567"]))
    def both_ways(control: Control, nonce: str) -> None:
        identity = wire.custom_id(control.encode(), nonce)
        assert wire.decode(identity, answers_of(control)) == control
        assert wire.nonce_of(identity) == (nonce or None)
        assert len(control.encode()) <= ACTION

    both_ways()


@tries(200)
@given(verb=st.sampled_from(sorted(CONTROLS)), argument=st.text(max_size=30), value=st.text(max_size=30))
def test_whatever_is_read_is_written_the_same_again(verb: str, argument: str, value: str) -> None:
    values = dict.fromkeys(("value", "words", "city", "hour", "day", "cadence"), value)
    try:
        control = wire.decode(f"pb1:{verb}:{argument}", values)
    except OldControlError:
        return
    read = wire.decode(wire.custom_id(control.encode()), answers_of(control))
    assert replace(read) == control


@pytest.mark.parametrize(
    "identity", ["", "pb1", "pb2:subs", "pb1:here:subs", "pb1:paper:1", "pb1:share:share:paper:1", "pb1:subs:1:2", "x"]
)
def test_what_none_of_ours_says_is_a_control_of_another_time(identity: str) -> None:
    with pytest.raises(OldControlError):
        wire.decode(identity, {})


def test_what_old_messages_say_still_means_the_same() -> None:
    """These stand in people's messages since before controls were values."""
    assert wire.decode("pb1:sub-daily:7", {}) == controls.SetDaily(7)
    assert wire.decode("pb1:found:12:0:f", {}) == FoundPage(12, 0, False)
    assert wire.decode("pb1:share:daily:2026-11-20:1~n", {}) == Share(DailyPage(date(2026, 11, 20), 1))
    assert wire.decode("pb1:stop-undo:3-9", {}) == controls.UndoStopAll((3, 9))
    assert wire.decode("pb1:summary-resume", {"value": "5"}).channel == 5  # type: ignore[attr-defined]
    assert wire.decode("pb1:subs", {"value": ""}) == controls.ShowSubscriptions()
