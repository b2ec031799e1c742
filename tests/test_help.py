"""`/help` shows the commands that somebody has, and what it says of the figures is what they are."""

from __future__ import annotations

from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.scores.author_score import BEST, SHRINK
from bot.show.blocks import Layout, preceded
from bot.show.helping import help_layout, scores_help
from tests.house import House, text_of, until
from tests.properties import tries
from tests.test_blocks import judge_both
from tests.test_limits import LEAD

_WORDS = {2: "two", 10: "ten"}


async def test_help_on_scores_says_what_the_formulas_do(house: House) -> None:
    shown = text_of((await house.run("help", topic="scores"))["message"])
    assert scores_help().embeds[0].description in shown
    assert f"mean of their {_WORDS[BEST]} best papers, with {_WORDS[SHRINK]} papers in the middle" in shown
    assert "docs/scores.md" in shown


async def test_a_member_reads_of_the_commands_that_they_have(house: House) -> None:
    dm = (await house.ask("POST", "/dms", {"as": house.nadia, "user_id": house.bot_id}))["id"]
    shown = [text_of((await house.run("help", who, where))["message"]) for who, where in (
        (house.nadia, None), (house.yuki, None), (house.nadia, dm),
    )]  # fmt: skip
    of_server = ("</submit:", "</summary setup:", "</curation log:")
    assert [tuple(command in text for command in of_server) for text in shown] == [
        (True, True, True), (True, False, False), (False, False, False),
    ]  # fmt: skip
    assert all("</subscribe keyword:" in text and "</help:" in text for text in shown)


async def test_after_a_restart_a_click_still_starts_a_command(house: House) -> None:
    """Nothing is registered anew: the ids are asked for."""
    await house.restart()
    await until(lambda: house.bot.command_ids)
    assert [r["method"] for r in await house.requests(path="/commands")] == ["PUT", "GET"]
    assert "</subscribe keyword:" in text_of((await house.run("help"))["message"])
    house.bot.command_ids = {}  # an outage, for instance
    assert "`/subscribe keyword`" in text_of((await house.run("help"))["message"])


def every(prefix: str, count: int) -> list[str]:
    return [f"{prefix} {'x' * 20}{n}" for n in range(count)]


@given(st.integers(0, 25), st.integers(0, 25), st.booleans())
@tries(40)
def test_help_fits_with_any_number_of_commands_and_what_leads_it(first: int, other: int, known: bool) -> None:
    names = every("subscribe", first) + every("other", other)
    made = help_layout(names, {"subscribe": 2**63, "other": 2**62} if known else {})
    judge_both(made)
    if first + other <= 30:
        led = preceded(LEAD, made)
        assert isinstance(led, Layout)
        judge_both(led)


async def test_help_explains_each_group_of_commands(house: House) -> None:
    """No group is named for nothing, and none of its commands has gone."""
    tops = {c.name for c in house.bot.tree.get_commands() if isinstance(c, app_commands.Command | app_commands.Group)}
    text = text_of((await house.run("help"))["message"])
    groups = [line for line in text.split("\n") if line.startswith("**")]
    assert [line.split("**")[1] for line in groups] == ["Follow", "Read", "Change", "This server", "More"]
    assert groups[-1].count("</") == 2  # what is sorted nowhere: /status, /help
    assert len(tops) >= 15
