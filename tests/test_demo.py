"""`make demo` to its end, on a terminal without a browser: the day happens, and the report says what was sent to whom and why."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx

from bot.process import local
from tests.house import open_all, text_of, until
from tests.patience import LONG, PATIENCE
from tests.processes import python


async def test_the_first_screen_is_set_up_however_slow_the_bot_answers(tmp_path: Path) -> None:
    """Three seconds may be over on a busy machine; it is asked again."""
    async with open_all(tmp_path) as house, httpx.AsyncClient(base_url=house.play.origin, timeout=PATIENCE) as page:
        await house.start()
        await house.ask("POST", "/faults", {"answer_seconds": 0.0})
        asked = {"as": house.nadia, "channel_id": house.general, "name": "status", "options": {}, "wait": PATIENCE}
        answer = asyncio.create_task(local._answered(page, "commands", asked))
        await until(lambda: [i for i in house.play.state.all("interaction") if i["state"] == "failed"])
        assert not answer.done()
        await house.ask("POST", "/faults", {"answer_seconds": PATIENCE})
        assert "papers" in text_of(await answer)


def test_the_day_is_played_to_its_end_and_every_message_has_its_reason() -> None:
    done = python("scripts/demo.py", "--port", "0", patience=LONG)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stderr == ""
    day, report = done.stdout.split("Report: what was sent, and why\n")
    for step in (
        "Yuki asks what diffusion would bring", "The day's list stands in #papers", "Yuki opens the second abstract", "The night",
        "Yuki's morning DM", "Samir's morning DM", "#papers has the new day's list", "Yuki searches", "opens the first hit",
    ):  # fmt: skip
        assert step in day
    assert "Showing results for diffusion robot" in day
    for who in ("Yuki", "Samir", "Tomasz"):
        assert f"To {who}: Welcome! You now follow" in report
    assert len(re.findall(r"To (Yuki|Samir): Your papers for \w+ \d+", report)) == 2
    assert report.count("To #papers: Paper Lab Daily Papers") == 2
    for reason in (
        "diffusion in the title",
        "robot in the",
        "cs.CV",
        "on the Daily Papers list",
    ):
        assert reason in report
    assert "no reason" not in report
    assert re.search(r"\d+ messages sent by the bot, 0 refused; .* 0 messages failed\.", report)
    assert max(map(len, done.stdout.splitlines())) <= 120
