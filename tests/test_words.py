"""What people read is true: every command that a text names exists, and stands in ticks, so that it can be told from a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from discord import AppCommandType

from tests.conftest import ROOT
from tests.house import House, text_of
from tests.walking import slash_commands

#: A slash command in a text: a slash that follows no word or address, then a word.
NAMED = re.compile(r"(?<![\w/.:)}<>\]])(`?)/([a-z]{3,}(?: [a-z]+)?)(?![\w/.])")
SPOKEN = (
    "cogs",
    "bot/show",
    "bot/following",
    "bot/daily",
    "bot/search",
    "bot/chat/permissions.py",
    "bot/errors.py",
    "bot/query",
)


def texts() -> Iterator[tuple[Path, str]]:
    """Every text of the code that speaks to people, but for docstrings."""
    for place in SPOKEN:
        for path in [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                    yield path, node.value


async def test_every_command_that_a_text_names_exists_and_stands_in_ticks(house: House) -> None:
    known = {command.qualified_name for command in slash_commands(house.bot)}
    wrong, right = [], 0
    for path, text in texts():
        for tick, name in NAMED.findall(text):
            exists = name in known or name.split()[0] in known
            right += exists and bool(tick)
            if not exists or not tick:
                wrong.append((path.name, name, text))
    assert wrong == []
    assert right > 20


async def test_the_help_names_what_stands_in_the_menu_of_a_message(house: House) -> None:
    menus = [menu.name for menu in house.bot.tree.get_commands(type=AppCommandType.message)]
    text = text_of((await house.run("help"))["message"])
    assert menus
    assert all(menu in text for menu in menus)
