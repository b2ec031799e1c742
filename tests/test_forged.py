"""What comes back from Discord in no form of ours: forged controls, lost answers, commands of another time. Each has a kind answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from discord import app_commands

from bot.delivery.gate import REGISTRATIONS
from bot.show.controls import CONTROLS, Inert
from cogs.errors import sentence
from playground.discord.interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from tests.amount import one_of
from tests.house import START, THURSDAY, House, london, text_of, until
from tests.patience import PATIENCE

OLD = "That button is from an older Paperboy"
CHANGED = "This command has changed; type it again."


def control(custom_id: str, *values: str, kind: int = 2) -> dict[str, Any]:
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": 3 if values else kind, "id": 1}
    return data | ({"values": list(values)} if values else {})


def form(custom_id: str, **fields: str | list[str] | None) -> dict[str, Any]:
    parts = [
        {"type": 18, "id": n, "component": {"type": 3, "id": 50 + n, "custom_id": name}
         | ({"values": value} if isinstance(value, list) else {"value": value} if value is not None else {})}
        for n, (name, value) in enumerate(fields.items(), 1)
    ]  # fmt: skip
    return {"custom_id": custom_id, "components": parts}


#: No verb takes any of these.
ARGUMENTS = [
    "x", "-1", "+1", "1.5", "1e3", "0x10", "１２", "²", "٣", " 1", "1 ", "1\n", "1,2", "9" * 20, "9" * 30, "9" * 60,
    str(2**63), "NaN", "inf", "None", "null", "true", "here", "'; DROP TABLE users; --", "../..", "%s", "{}", "[]", ":", "::",
    "a:b", "a:b:c", "1:2:3:4", "1:2:x", "1::f", "paper:x", "paper:", "found:1:2", "daily:x:0", "2031-02-30:0", "2031-11-20",
    "2031-11-20:", "31-11-20:0", "decade:0", "week:-1", "week:", "bogus", "keyword:x", "-", "1-", "-1-2", "1-2-3x", "\u202e1",
    "\u115f", "💥",
]  # fmt: skip
FOREIGN = [
    "pb1", "pb1:", "pb0:subs", "pb2:subs", "PB1:subs", " pb1:subs", "pb1:nonsense", "pb1:sub-", "pb1:subs-page", "pb1:SUBS",
    "pb1:__class__", "pb1:subs:1:2", "pb1:follow-start:keyword", "pb1:" + "x" * 96, "hello", "{}", "~", "pb1:~abc", "💥",
]  # fmt: skip
FORM: dict[str, Any] = {"words": "tokamak", "city": "London", "hour": ["8"], "cadence": ["daily"]}
TIME: dict[str, Any] = {"city": "London", "hour": ["8"], "day": ["0"]}
BAD_FIELDS: list[tuple[str, Any]] = [
    ("hour", [h]) for h in ("99", "24", "-1", "x", "", "²", "8.5", "9" * 30)
] + [("cadence", [c]) for c in ("bogus", "", "DAILY", "0")] + [("day", [d]) for d in ("x", "7", "-1", "", "9" * 30)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Forger:
    """Nadia's account in other hands; `message` is one that she sees."""

    house: House
    message: Any

    async def send(self, kind: int, data: Any) -> str:
        """Sends what no client of Discord would. Returns what she reads."""
        world, interactions = self.house.play.world, self.house.play.interactions
        message = world.any_message(self.message["channel_id"], self.message["id"])
        begun = interactions.start(
            kind,
            world.application(self.house.bot_id),
            self.house.nadia,
            world.channel(self.house.general),
            data,
            message=message if kind != COMMAND else None,
        )
        done = await interactions.wait(begun["id"], PATIENCE)
        assert done["state"] == "answered", (data, done["state"], done["error"])
        return text_of(interactions.shown(done)["message"])

    async def rows(self) -> list[Any]:
        tables = ("subscriptions", "users", "summaries", "alerts", "messages")
        return [await self.house.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]


async def welcomed(house: House) -> bool:
    return await house.rows("SELECT state FROM messages") == [("sent",)]


@pytest.fixture
async def forger(house: House) -> Forger:
    """Nadia follows something and looks at her list; forged controls stand on that message."""
    await house.follow("tokamak")
    await until(lambda: welcomed(house))
    return Forger(house, (await house.run("subscriptions"))["message"])


async def test_a_malformed_argument_of_any_control_gets_the_kind_answer_and_changes_nothing(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    """In `make test` each argument with some controls and each control with some arguments, in `make soak` all with all."""
    before = await forger.rows()
    for number, verb in enumerate(sorted(CONTROLS)):
        for argument in ARGUMENTS[number % one_of(7) :: one_of(7)]:
            assert OLD in await forger.send(COMPONENT, control(f"pb1:{verb}:{argument}")), (verb, argument)
    assert await forger.rows() == before
    assert "unexpected error" not in caplog.text


async def test_a_control_of_another_version_or_of_somebody_else_gets_it_too(forger: Forger) -> None:
    before = await forger.rows()
    for custom_id in FOREIGN:
        assert OLD in await forger.send(COMPONENT, control(custom_id)), custom_id
        assert OLD in await forger.send(MODAL_SUBMIT, form(custom_id, **TIME)), custom_id
    assert await forger.rows() == before


async def test_a_missing_or_malformed_choice_gets_it(forger: Forger) -> None:
    before = await forger.rows()
    for custom_id in ("pb1:sub", "pb1:abstract", "pb1:zone:8", "pb1:summary-resume"):
        assert OLD in await forger.send(COMPONENT, control(custom_id, kind=3))
        for value in ("", "x", "-1", "9" * 30, "²", "Mars/Phobos", "europe/berlin", "Etc/GMT+99"):
            assert OLD in await forger.send(COMPONENT, control(custom_id, value)), (custom_id, value)
    assert await forger.rows() == before


async def test_malformed_answers_of_a_form_get_it(forger: Forger, caplog: pytest.LogCaptureFixture) -> None:
    before = await forger.rows()
    for custom_id, fields in (("pb1:follow:keyword", FORM), ("pb1:time-set", TIME)):
        broken: list[dict[str, Any]] = [fields | {name: value} for name, value in BAD_FIELDS if name in fields]
        broken += [{n: v for n, v in fields.items() if n != name} for name in fields]
        broken += [{}, dict.fromkeys(fields), {name: [] for name in fields}]
        for one in broken:
            assert OLD in await forger.send(MODAL_SUBMIT, form(custom_id, **one)), one
    for kind in ("", ":", ":bogus", ":keyword:x", ":KEYWORD"):
        assert OLD in await forger.send(MODAL_SUBMIT, form(f"pb1:follow{kind}", **FORM)), kind
    assert await forger.rows() == before
    assert "unexpected error" not in caplog.text


async def test_every_control_has_an_action_and_what_cannot_be_pressed_has_none(house: House) -> None:
    assert set(house.bot.actions) == set(CONTROLS)
    with pytest.raises(ValueError, match="CONTROLS"):
        house.bot.add_action(Inert, house.bot.actions["subs"])


# -- lost answers -----------------------------------------------------------------------------------------------------------


LOSSES: dict[str, dict[str, Any]] = {
    "cut after": {"kind": "accept_then_reset"},
    "502 after": {"kind": "accept_then_502"},
    "cut before": {"kind": "drop"},
    "cut after, twice": {"kind": "accept_then_reset", "count": 2},
    "cut before, then after": {"kind": "accept_then_reset", "skip": 1},
    "a page instead": {"kind": "status", "status": 200, "body": "<html>"},
}


async def lose(house: House, loss: str) -> None:
    if loss == "cut before, then after":
        await house.ask("POST", "/faults", {"path": "/callback$", "kind": "drop"})
        await house.ask("POST", "/faults", {"path": "/callback$", "kind": "accept_then_reset"})
    else:
        await house.ask("POST", "/faults", {"path": "/callback$", **LOSSES[loss]})


@pytest.mark.parametrize("loss", LOSSES)
async def test_a_lost_callback_answer_leaves_nobody_thinking(house: House, loss: str) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    shown = (await house.run("subscriptions"))["message"]

    await lose(house, loss)
    assert "Sources" in text_of((await house.run("status"))["message"])  # thinking, then the answer
    await lose(house, loss)
    assert "tokamak" in text_of((await house.run("subscriptions"))["message"])  # the answer at once
    await lose(house, loss)
    one = await house.choose(shown, "tokamak")  # an update
    assert "You follow **tokamak**" in text_of(one["message"])
    await lose(house, loss)
    paused = await house.press(one["message"], "Pause")
    assert "paused" in text_of(paused["message"])
    own = (await house.run("settings"))["message"]
    await lose(house, loss)
    assert (await house.press(own, "City and hour"))["state"] == "modal"  # a form; there is no other way to open it
    await lose(house, loss)
    assert "What brought this message" in text_of((await house.press(welcome, "Manage"))["message"])
    assert not [i for i in house.play.state.all("interaction") if i["followups"]]  # nothing was said twice


# -- commands of another time -------------------------------------------------------------------------------------------------


def command(name: str, *options: dict[str, Any], kind: int = 1) -> dict[str, Any]:
    return {"id": "1", "name": name, "type": kind, "options": list(options)}


def option(name: str, value: Any, kind: int = 3) -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value}


def sub(name: str, *options: dict[str, Any], kind: int = 1) -> dict[str, Any]:
    return {"name": name, "type": kind, "options": list(options)}


WORDS = option("words", "tokamak")
STRANGE = [
    command("papers"),
    command("today", option("page", 3, 4)),
    command("today", sub("mine")),
    command("subscribe"),
    command("subscribe", WORDS),
    command("subscribe", sub("everything", WORDS)),
    command("subscribe", sub("keyword", sub("deep", WORDS), kind=2)),
    command("subscribe", sub("keyword")),
    command("subscribe", sub("keyword", option("words", 7, 4))),
    command("subscribe", sub("keyword", option("words", 7))),
    command("subscribe", sub("keyword", WORDS, option("hour", "8"))),
    command("subscribe", sub("keyword", WORDS, option("hour", True, 4))),
    command("subscribe", sub("keyword", WORDS, option("hour", 24, 4))),
    command("subscribe", sub("keyword", WORDS, option("hour", -1, 4))),
    command("subscribe", sub("keyword", WORDS, option("how_often", "hourly"))),
    command("subscribe", sub("keyword", WORDS, option("timezone", "Europe/London"))),
    command("subscribe", sub("keyword", option("words", "x" * 501))),
    command("trending", option("period", "decade")),
    command("unsubscribe"),
    command("paper", option("paper", "9", 10)),
]


async def test_a_command_in_another_form_is_to_be_typed_again(forger: Forger, caplog: pytest.LogCaptureFixture) -> None:
    before = await forger.rows()
    for data in STRANGE:
        assert await forger.send(COMMAND, data) == f"\n\n{CHANGED}\n", data
    assert await forger.rows() == before
    assert "unexpected error" not in caplog.text


#: What no person can cause; each is a fault of ours and gets a code.
OURS = {
    "AppCommandError", "CommandInvokeError", "TranslationError", "CommandAlreadyRegistered", "CommandLimitReached",
    "CommandSyncFailure", "MissingApplicationID",
}  # fmt: skip


def kinds(error: type[Exception]) -> set[type[Exception]]:
    return {error}.union(*(kinds(one) for one in error.__subclasses__()))


def test_every_error_of_a_command_that_a_person_can_cause_has_its_sentence() -> None:
    for kind in kinds(app_commands.AppCommandError):
        error = kind.__new__(kind)
        vars(error).update(retry_after=5.0)
        assert ("Something went wrong" in sentence(error)) is (kind.__name__ in OURS), kind


async def test_the_commands_are_registered_anew_once_and_within_discords_limit(forger: Forger) -> None:
    def registered() -> int:
        return len(
            [r for r in forger.house.play.log.after(0) if r["method"] == "PUT" and r["path"].endswith("/commands")]
        )

    assert registered() == 1
    for _ in range(5):
        await forger.send(COMMAND, command("papers"))
    await until(lambda: registered() == 2)
    size = len(forger.house.bot.tree.get_commands()) + 1
    assert size * 8 > 100  # a day's hurry ends before Discord's limit does
    for day in range(20):
        await forger.house.move_to(london(THURSDAY, 0) + timedelta(minutes=11 * (day + 1)))
        await forger.send(COMMAND, command("papers"))
        await forger.house.bot._register()
    assert (
        registered() * size <= REGISTRATIONS.burst + (forger.house.now() - START).total_seconds() / REGISTRATIONS.period
    )


async def test_commands_that_cannot_be_registered_now_keep_nobody_offline(house: House) -> None:
    await house.stop()
    with closing(sqlite3.connect(house.settings.database)) as file, file:
        file.execute("UPDATE meta SET value = '' WHERE key = 'commands'")  # as after a change
    await house.ask("POST", "/faults", {"path": "/commands$", "kind": "rate_limit", "seconds": 3600})
    await house.start()
    assert "Sources" in text_of((await house.run("status"))["message"])
    assert await house.rows("SELECT value FROM meta WHERE key = 'commands'") == [("",)]
    await house.move_to(house.now() + timedelta(seconds=3601))
    house.bot.jobs.run_soon("register")

    async def registered() -> bool:
        return await house.rows("SELECT value FROM meta WHERE key = 'commands'") != [("",)]

    await until(registered)
