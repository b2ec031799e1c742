"""What commands answer: the right words, for the person alone, with a next step when something is wrong, and in time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.house import House, controls, labels, message_body, text_of, until


@pytest.mark.parametrize("asked", ["2512.16093", "arXiv:2512.16093v1", "https://arxiv.org/abs/2512.16093"])
async def test_a_paper_is_shown_whole_by_id_or_link(house: House, asked: str) -> None:
    shown = (await house.run("paper", paper=asked))["message"]
    assert "TurboDiffusion: Accelerating Video Diffusion Models" in text_of(shown)
    assert "with little visible loss of quality" in text_of(shown)  # the abstract's last words
    assert "[arXiv](https://arxiv.org/abs/2512.16093) · [PDF](https://arxiv.org/pdf/2512.16093)" in text_of(shown)


async def test_status_tells_of_sources_papers_and_ones_own_deliveries(house: House) -> None:
    stranger = text_of((await house.run("status"))["message"])
    for part in (
        "arxiv",
        "last good answer",
        "Next arXiv announcement",
        "4 papers in the collection",
        "You follow nothing yet",
    ):
        assert part in stranger
    await house.follow("tokamak")
    await house.dms_of(None, 1)

    async def reached() -> bool:
        return "DMs reach you" in text_of((await house.run("status"))["message"])

    await until(reached)


async def test_help_names_every_command_that_there_is(house: House) -> None:
    state = await house.ask("GET", f"/state?as={house.nadia}")
    text = text_of((await house.run("help"))["message"])
    names = set()
    for command in state["commands"]:
        if command["type"] == 1:
            subs = [o for o in command["options"] if o["type"] == 1]
            paths = [f"/{command['name']} {o['name']}" for o in subs] or [f"/{command['name']}"]
            names |= {f"<{path}:{command['id']}>" for path in paths}  # which a click starts
    assert len(names) >= 8
    assert {name for name in names if name not in text} == set()


@pytest.mark.parametrize(
    ("command", "options", "words"),
    [
        ("paper", {"paper": "2511.99999"}, ("2511.99999",)),
        ("subscribe keyword", {"words": '"never closed'}, ("does not end", "Add the closing quotation mark")),
        ("subscribe keyword", {"words": "-only -excluded"}, ("only excludes", "Add at least one word")),
        (
            "subscribe keyword",
            {"words": "robots OR"},
            ("on the right of this OR", "Write what else may be there"),
        ),
        ("subscribe keyword", {"words": "..."}, ("only punctuation", "Write words")),
        ("unsubscribe", {"subscription": "nothing"}, ("You do not follow", "`/subscriptions` shows")),
    ],
)
async def test_an_error_says_what_to_do_next(
    house: House, command: str, options: dict[str, Any], words: tuple[str, ...]
) -> None:
    done = await house.run(command, **options)
    assert done["state"] == "answered"
    for part in words:
        assert part in text_of(done["message"])
    assert done["message"]["flags"] & 64
    assert "Something went wrong on my side" not in text_of(done["message"])


async def test_a_control_that_is_no_longer_known_gets_words_not_silence(house: House) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    message = house.play.world.any_message(welcome["channel_id"], welcome["id"])
    message["components"][0]["components"][0]["custom_id"] = "pb1:of-an-older-version:1"
    house.play.messages.update(message)
    done = await house.press(message, controls(message)[0]["label"])
    assert done["state"] == "answered"
    assert text_of(done["message"]).strip()


async def test_personal_answers_are_for_the_person_alone_in_a_server_and_plain_in_a_dm(house: House) -> None:
    await house.follow("tokamak")
    (welcome,) = await house.dms_of(None, 1)
    for command in ("subscriptions", "status", "help"):
        assert (await house.run(command))["message"]["flags"] & 64
        assert not (await house.run(command, where=welcome["channel_id"]))["message"]["flags"] & 64
    visible = await house.ask("GET", f"/channels/{house.general}/messages?as={house.yuki}")
    assert visible == []


async def test_a_hundred_commands_in_waves_are_each_acknowledged_in_time(house: House) -> None:
    await house.follow("tokamak")
    people = [house.nadia, house.tomasz, house.yuki, house.samir]
    names = ["subscriptions", "status", "help", "settings"]
    done: list[Any] = []
    for _ in range(5):
        done += await asyncio.gather(*(house.run(names[n % 4], people[n // 4 % 4]) for n in range(20)))
    assert {d["state"] for d in done} == {"answered"}
    slowest = max(d["acknowledged_ms"] for d in done)
    print(f"\n{len(done)} commands, twenty at once: the slowest was acknowledged after {slowest} ms")
    assert slowest < 3000


async def test_every_message_that_is_sent_or_changed_forbids_mentions(house: House) -> None:
    """The fixture looks at every request of every test; here, that there was something to look at."""
    await house.follow("@everyone <@1> tokamak")
    (welcome,) = await house.dms_of(None, 1)
    await house.press(welcome, "Manage")
    await house.run("help")
    listed = (await house.run("subscriptions"))["message"]
    await house.press(
        (await house.choose(listed, listed["components"][0]["components"][0]["options"][0]["label"]))["message"],
        "Pause",
    )
    bodies = [(r, body) for r in house.play.log.after(0) if (body := message_body(r)) is not None]
    kinds = {(r["method"], r["path"].split("/")[1]) for r, _ in bodies}
    assert {("POST", "channels"), ("POST", "interactions"), ("PATCH", "webhooks")} <= kinds
    assert all(body["allowed_mentions"] == {"parse": []} for _, body in bodies)
    assert labels(welcome)
    assert welcome["mentions"] == []
    assert not welcome["mention_everyone"]
