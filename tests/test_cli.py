"""The command line as processes of their own: what they print, and their exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from bot.__main__ import CLI, MODULES, commands_of, main
from bot.commands.frame import EXIT_CODES
from bot.config import environment
from bot.models import Held, Pause
from bot.store import pauses
from tests.conftest import ROOT
from tests.house import House
from tests.processes import python, run_async


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def paperboy(*arguments: str, database: Path, **variables: str) -> Ran:
    own = {k: v for k, v in os.environ.items() if not k.startswith(("PAPERBOY_", "DISCORD_"))}
    given = {**own, "PAPERBOY_DATABASE": str(database), "PYTHONPATH": str(ROOT), **variables}
    done = await run_async(sys.executable, "-m", "bot", *arguments, env=given)
    return Ran(done.returncode, done.stdout, done.stderr)


def variables(house: House) -> dict[str, str]:
    return {k: v for k, v in environment(house.settings).items() if k not in ("PAPERBOY_DATABASE", "DISCORD_TOKEN")}


async def test_questions_are_answered_beside_the_running_bot(house: House) -> None:
    database, given = house.settings.database, variables(house)
    runs = {
        "paper": ("paper", "arxiv:2512.16093"),
        "by link": ("paper", "https://arxiv.org/abs/2512.16093v1"),
        "search": ("search", "diffusion"),
        "without": ("search", "diffusion", "-robotic", "--limit", "2"),
        "query": ("search", "ti:videos", "OR", "diffusion", "cat:cs.CV", "-robotic", "sort:votes"),
        "status": ("status",),
        "doctor": ("doctor",),
    }
    texts = dict(
        zip(runs, await asyncio.gather(*(paperboy(*r, database=database, **given) for r in runs.values())), strict=True)
    )
    valued = dict(
        zip(
            runs,
            await asyncio.gather(*(paperboy(*r, "--json", database=database, **given) for r in runs.values())),
            strict=True,
        )
    )
    for name in runs:
        assert (texts[name].code, texts[name].err) == (0, ""), name
        assert (valued[name].code, valued[name].err) == (0, ""), name
    for shown in (texts["paper"], texts["by link"]):
        assert shown.out.startswith("TurboDiffusion: Accelerating Video Diffusion Models")
        assert "https://arxiv.org/pdf/2512.16093" in shown.out
    assert valued["paper"].json["id"] == "arxiv:2512.16093"
    assert valued["paper"].json["links"]["arXiv"] == "https://arxiv.org/abs/2512.16093"
    found = {p["id"] for p in valued["search"].json["papers"]}
    assert found == {"arxiv:2512.16093", "arxiv:2510.15510", "arxiv:2505.22193"}
    assert {p["id"] for p in valued["without"].json["papers"]} == found - {"arxiv:2510.15510"}
    assert {p["id"] for p in valued["query"].json["papers"]} <= {
        "arxiv:2512.16093",
        "arxiv:2510.15510",
        "arxiv:2505.22193",
    }
    assert valued["query"].json["total"] >= 1
    assert "4 papers" in texts["status"].out
    assert valued["status"].json["papers"] == 4
    assert all(finding["good"] for finding in valued["doctor"].json)


async def test_what_writes_says_who_holds_the_database(house: House) -> None:
    database, given = house.settings.database, variables(house)
    for command in ("ingest", "fit-scores", "migrate"):
        ran = await paperboy(command, database=database, **given)
        assert ran.code == 75
        assert f"process {os.getpid()}" in ran.err
        assert "Stop it first" in ran.err
    await house.stop()
    ran = await paperboy("ingest", "--json", database=database, **given)
    assert ran.code == 0
    assert {r["failure"] for r in ran.json} == {None}
    assert (await paperboy("migrate", "--json", database=database, **given)).json == {"applied": []}
    ran = await paperboy("fit-scores", database=database, **given)
    assert (ran.code, ran.out) == (64, "")
    assert "at least 200 days of lists, and " in ran.err


async def test_status_says_what_discord_asked_for_and_until_when(house: House) -> None:
    """The pauses that hold now, the longest first; one that is over is no more a pause."""
    now = house.now().replace(microsecond=0)
    minutes = {"everything": 10, "requests": 5, "place": -1}
    async with house.app.database.transaction() as write:
        for holds, left in minutes.items():
            place = "channel 7" if holds == "place" else ""
            until = now + timedelta(minutes=left)
            await pauses.save(
                write, Pause(Held(holds), place, now - timedelta(minutes=2), until, f"the reason of {holds}")
            )
    given = variables(house)
    ran = await paperboy("status", database=house.settings.database, **given)
    asked = [line for line in ran.out.splitlines() if line.startswith("Discord asked")]
    assert asked == [
        f"Discord asked me to wait until {now + timedelta(minutes=10):%Y-%m-%d %H:%M:%S} UTC: the reason of everything",
        f"Discord asked me to wait until {now + timedelta(minutes=5):%Y-%m-%d %H:%M:%S} UTC: the reason of requests",
    ]
    valued = (await paperboy("status", "--json", database=house.settings.database, **given)).json["pauses"]
    assert [p["holds"] for p in valued] == ["everything", "requests"]


async def test_a_refused_token_is_a_matter_of_configuration(house: House) -> None:
    await house.stop()
    given = variables(house) | {"DISCORD_TOKEN": "MTIz.wrong.token"}
    ran = await paperboy("run", database=house.settings.database, **given)
    assert ran.code == 78
    assert "Discord refused the token" in ran.err
    assert "MTIz" not in ran.out + ran.err


async def test_mistakes_have_their_exit_codes_and_a_next_step(house: House, tmp_path: Path) -> None:
    database, given = house.settings.database, variables(house)
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + b"\x07" * 5000)
    before = damaged.read_bytes()
    cases = [
        (("paper", "arxiv:2511.99999"), database, {}, 66, ""),
        (("search", '"open'), database, {}, 64, "Add the closing quotation mark"),
        (("search", "a", "catt:cs.RO"), database, {}, 64, "\na catt:cs.RO\n  ^\nIs this meant: a cat:cs.RO\n"),
        (("search",), database, {}, 64, "Usage: paperboy search"),
        (("search", "--limt=5", "diffusion"), database, {}, 64, "No such option"),
        (("search", "--limit", "many", "diffusion"), database, {}, 64, "--limit"),
        (("trending", "year"), database, {}, 64, "week"),
        (("status", "now"), database, {}, 64, "unexpected extra argument"),
        (("no-such-command",), database, {}, 64, "No such command"),
        ((), database, {}, 64, "Missing command"),
        (("status",), tmp_path / "none.db", {}, 65, "Start Paperboy once"),
        (("status",), damaged, {}, 65, ""),
        (("migrate",), damaged, {}, 65, ""),
        (
            ("status",),
            database,
            {"PAPERBOY_LOG_LEVEL": "LOUD", "PAPERBOY_CATEGORIES": "cs.XX"},
            78,
            "PAPERBOY_LOG_LEVEL",
        ),
    ]
    runs = await asyncio.gather(*(paperboy(*a, database=d, **{**given, **more}) for a, d, more, _, _ in cases))
    for (arguments, _, _, code, words), ran in zip(cases, runs, strict=True):
        assert ran.code == code, (arguments, ran)
        assert words in ran.err
        assert ran.err.strip()
        assert "Traceback" not in ran.err, arguments
    assert "PAPERBOY_CATEGORIES" in runs[-1].err  # every fault at once
    assert damaged.read_bytes() == before


async def test_upstreams_that_are_all_away_have_an_exit_code(house: House) -> None:
    given = variables(house)
    await house.stop()
    for name in ("RSS", "OAI", "API"):
        given[f"PAPERBOY_ARXIV_{name}_URL"] = "http://127.0.0.1:9/nothing"
    given["PAPERBOY_HUGGINGFACE_URL"] = "http://127.0.0.1:9"
    ran = await paperboy("ingest", database=house.settings.database, **given)
    assert ran.code == 69
    assert "cannot be reached" in ran.out


@pytest.mark.parametrize("command", sorted(MODULES))
def test_help_of_each_command_names_what_it_takes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    own = CLI.get_command(click.Context(CLI), command)
    assert own
    assert own.help
    assert " ".join(own.help.split()) in shown
    for parameter in own.params:
        assert isinstance(parameter, (click.Argument, click.Option))
        assert parameter.help
        assert " ".join(parameter.help.split()) in shown
        for name in (
            parameter.opts if isinstance(parameter, click.Option) else [parameter.make_metavar(click.Context(own))]
        ):
            assert name in shown


@pytest.mark.parametrize(
    ("typed", "query", "limit", "literal"),
    [
        (["--limit=5", "x"], ("x",), 5, False),
        (["x", "--limit=5"], ("x",), 5, False),
        (["--limit", "5", "x", "-survey"], ("x", "-survey"), 5, False),
        (["-survey", "x", "--literal"], ("-survey", "x"), 10, True),
        (["-hash", "map"], ("-hash", "map"), 10, False),
        (["-l", "-5", "x"], ("-l", "-5", "x"), 10, False),
        (['-"world model"', "x"], ('-"world model"', "x"), 10, False),
        (["--", "--limit=5", "-x"], ("--limit=5", "-x"), 10, False),
        (["--literal", "--", "-x", "--json"], ("-x", "--json"), 10, True),
        (["a", "-", "b"], ("a", "-", "b"), 10, False),
    ],
)
def test_an_exclusion_is_no_option_and_an_option_is_no_word(
    typed: list[str], query: tuple[str, ...], limit: int, literal: bool
) -> None:
    search = CLI.get_command(click.Context(CLI), "search")
    assert search
    read = search.make_context("search", list(typed)).params
    assert (read["query"], read["limit"], read["literal"], read["as_json"]) == (query, limit, literal, False)


def test_each_command_stands_in_its_module_and_no_other_is_there() -> None:
    assert [(made.name, module) for module in dict.fromkeys(MODULES.values()) for made in commands_of(module)] == [
        *MODULES.items()
    ]


def test_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert set(re.findall(r"^  ([\w-]+)  +\w", shown, re.MULTILINE)) >= set(MODULES)
    assert EXIT_CODES.removeprefix("\b\n").split() == shown[shown.index("exit codes") :].split()


def test_the_exit_codes_of_help_are_those_of_the_error_tree() -> None:
    from bot import errors

    codes = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.PaperboyError)}
    assert all(f"{code} " in EXIT_CODES for code in codes)


@pytest.mark.parametrize("module", ["questions", "copying"])
def test_a_question_loads_neither_discord_py_nor_the_sources(module: str) -> None:
    unwanted = "{'discord', 'aiohttp', 'apscheduler', 'httpx', 'bot.sources.feeds'}"
    load = f"import sys, bot.__main__ as m; m.commands_of({module!r}); print({unwanted} & set(sys.modules))"
    done = python("-c", load)
    assert done.stdout == "set()\n", done.stderr
