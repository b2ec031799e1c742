"""README, --help, .env.example and CHANGELOG say what the code does."""

from __future__ import annotations

import itertools
import re

from discord import app_commands

from bot.__main__ import MODULES
from bot.commands.frame import EXIT_CODES
from bot.config import Settings, variable_name
from bot.store.database import Database
from tests.conftest import ROOT
from tests.house import House, text_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
#: What in a row says whose it is, be it by way of another row.
PERSONAL = {"opened_by", "user_id", "owner_id", "recipient_id", "subscription_id", "message_id"}


def test_the_first_screen_of_the_readme_has_both_commands() -> None:
    first = "\n".join(README.splitlines()[:40])
    assert "make run" in first
    assert "make test" in first


async def test_every_slash_command_stands_in_the_readme_and_in_help_and_nothing_else_does(house: House) -> None:
    tree = house.bot.tree
    names = {c.qualified_name for c in tree.walk_commands() if isinstance(c, app_commands.Command)}
    assert {m[1] for m in re.finditer(r"^\| `/([a-z ]+)` \|", README, re.MULTILINE)} == names
    shown = text_of((await house.run("help"))["message"])
    assert {m[1] for m in re.finditer(r"</([a-z ]+):\d+>", shown)} == names


def test_every_command_of_the_command_line_stands_in_the_readme() -> None:
    (line,) = re.findall(r"`python -m bot …` \(installed as `paperboy`\): (.*?)\.", README, re.DOTALL)
    assert set(re.findall(r"`([\w-]+)`", line)) == set(MODULES)


def test_the_readmes_exit_codes_are_those_of_help() -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE))
    assert set(table) == set(re.findall(r"\b(\d+) [a-z]", EXIT_CODES))


def test_env_example_is_equal_to_the_settings() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    found = {}
    for comment, line in itertools.pairwise(lines):
        if match := re.fullmatch(r"(\w+)=(.*)", line):
            found[match[1]] = (comment.removeprefix("# "), match[2])
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        text = "" if default is None else " ".join(default) if isinstance(default, tuple) else str(default)
        expected[variable_name(name)] = (field.description, text)
    assert found == expected


def test_every_module_and_folder_that_the_readme_names_exists() -> None:
    table = README[README.index("| where | what |") :]
    table = table[: table.index("\n\n")]
    for cell in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)[2:]:
        for name in re.findall(r"`([\w./]+)`", cell):
            assert (ROOT / name).exists() or (ROOT / "bot" / name).exists(), name


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_contributing_names_every_target_of_make_that_checks_something() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", CONTRIBUTING))
    assert named - targets == set()
    assert targets - named == {"run", "demo", "pictures", "clean"}


def test_what_contributing_names_exists() -> None:
    for name in re.findall(r"`((?:bot|cogs|playground|tests|migrations|docs|benchmarks)/[\w./]*)`", CONTRIBUTING):
        assert (ROOT / name).exists(), name
    ((file, test),) = re.findall(r"(tests/\S+\.py)::(\w+)", CONTRIBUTING)
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
    code = "".join(
        (ROOT / name).read_text(encoding="utf-8") for name in re.findall(r"`(bot/[\w/]+\.py)`", CONTRIBUTING)
    )
    for name in ("live_sources", "upstream_services", "CONTROLS", "Settings", "Source"):
        assert f"`{name}`" in CONTRIBUTING
        assert re.search(rf"\b{name}\b", code), name


def test_contributing_says_how_to_add_each_kind_of_thing() -> None:
    kinds = re.findall(r"^\*\*(A .*?)\.?\*\*", CONTRIBUTING, re.MULTILINE)
    assert kinds == [
        "A source",
        "A slash command",
        "A command of the command line",
        "A control",
        "A setting",
        "A migration",
    ]


async def test_the_page_on_privacy_names_every_table_that_holds_something_of_a_person(database: Database) -> None:
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text[text.index("To have your data deleted") :]))
    async with database.reading() as read:
        rows = await read.all(
            """SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
               WHERE t.type = 'table'"""
        )
    assert named == {"users", *(row["table_name"] for row in rows if row["column_name"] in PERSONAL)}
