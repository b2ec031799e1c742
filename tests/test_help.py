"""What `/help` says of the figures is what they are."""

from __future__ import annotations

from bot.scores.author_score import BEST, SHRINK
from bot.show.helping import scores_help
from tests.house import House, text_of

_WORDS = {2: "two", 10: "ten"}


async def test_help_on_scores_says_what_the_formulas_do(house: House) -> None:
    shown = text_of((await house.run("help", topic="scores"))["message"])
    assert scores_help().embeds[0].description in shown
    assert f"mean of their {_WORDS[BEST]} best papers, with {_WORDS[SHRINK]} papers in the middle" in shown
    assert "docs/scores.md" in shown
