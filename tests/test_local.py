"""`run` without a token, as processes: who shares its folder, what stands in its way, and how it ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.files import process_lock
from tests.conftest import ROOT
from tests.patience import PATIENCE, wait_until
from tests.processes import MARK, family, python, running, stop

COMMAND = ("-m", "bot", "playground", "--samples", "--port", "0", "--folder")


@contextlib.contextmanager
def playing(folder: Path, **variables: str) -> Iterator[tuple[subprocess.Popen[Any], httpx.Client]]:
    """The whole as a process, and its page."""
    pipe = subprocess.PIPE
    with running(
        sys.executable, *COMMAND, folder, env={**os.environ, **variables}, stdout=pipe, stderr=pipe, text=True
    ) as one:
        assert one.stdout is not None
        found = re.search(r"http://[\d.:]+", one.stdout.readline())
        assert found
        with httpx.Client(base_url=found[0], timeout=PATIENCE, trust_env=False) as page:
            page.post("/play/faults", json={"answer_seconds": PATIENCE}).raise_for_status()
            yield one, page


def first_list(page: httpx.Client) -> list[Any]:
    guild = page.get("/play/state").json()["guilds"][0]
    (papers,) = [channel["id"] for channel in guild["channels"] if channel["name"] == "papers"]
    found: list[Any] = page.get(f"/play/channels/{papers}/messages", params={"as": guild["owner_id"]}).json()
    return found


def test_a_second_start_in_the_same_folder_ends_with_75_and_leaves_the_first_alone(tmp_path: Path) -> None:
    with playing(tmp_path) as (first, page):
        second = python(*COMMAND, tmp_path)
        assert (second.returncode, second.stdout) == (75, "")
        (said,) = second.stderr.splitlines()
        assert f"process {first.pid}" in said
        assert "--folder" in said
        assert page.get("/play/state").status_code == 200
        wait_until(lambda: first_list(page), "the day's list in #papers")
        assert stop(first) == 0


def test_a_bot_that_outlived_its_start_is_named_and_not_fought(tmp_path: Path) -> None:
    """After `kill -9` of what started it, it holds the database; a new bot every two seconds would never get it."""
    with process_lock(tmp_path / "paperboy.db"):
        ran = python(*COMMAND, tmp_path)
    assert ran.returncode == 75
    assert ran.stderr.splitlines()[-1] == f"paperboy: The bot cannot run; {tmp_path / 'bot.log'} says why."
    assert f"process {os.getpid()}" in (tmp_path / "bot.log").read_text()


def test_a_proxy_in_the_environment_does_not_stand_between_its_own_parts(tmp_path: Path) -> None:
    """On a machine that reaches the web through a proxy only, 127.0.0.1 is no place that the proxy can lead to."""
    nobody = "http://127.0.0.1:9"
    with playing(tmp_path, HTTP_PROXY=nobody, HTTPS_PROXY=nobody, ALL_PROXY=nobody, NO_PROXY="") as (process, page):
        wait_until(lambda: first_list(page), "the day's list in #papers")
        assert stop(process) == 0


def test_a_first_screen_that_somebody_changed_ends_nothing(tmp_path: Path) -> None:
    with playing(tmp_path) as (process, page):
        guild = page.get("/play/state").json()["guilds"][0]
        wait_until(lambda: first_list(page), "the day's list in #papers")
        (papers,) = [channel["id"] for channel in guild["channels"] if channel["name"] == "papers"]
        page.request("DELETE", f"/play/channels/{papers}", params={"as": guild["owner_id"]}).raise_for_status()
        assert stop(process) == 0
    with playing(tmp_path) as (process, page):
        assert process.stderr is not None
        wait_until(lambda: page.get("/play/state").json()["bots"][0]["online"], "the bot")
        assert stop(process) == 0
        assert "#papers could not be set up" in process.stderr.read()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_the_end_of_its_terminal_ends_all_its_processes(tmp_path: Path) -> None:
    ignored = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup a program is not to hear of it
    with playing(tmp_path) as (process, _):
        signal.signal(signal.SIGHUP, ignored)
        mark = (Path("/proc") / str(process.pid) / "environ").read_bytes().split(f"{MARK}=".encode())[1].split(b"\0")[0]
        assert stop(process, signal.SIGHUP) == 0
        assert not family(MARK, mark.decode())


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds its processes in /proc")
def test_after_kill_9_none_of_its_processes_lives_on(tmp_path: Path) -> None:
    with playing(tmp_path) as (process, _):
        mark = (Path("/proc") / str(process.pid) / "environ").read_bytes().split(f"{MARK}=".encode())[1].split(b"\0")[0]
        wait_until(
            lambda: len(family(MARK, mark.decode())) >= 4, "itself, the local Discord, the upstreams and the bot"
        )
        process.kill()
        process.wait(PATIENCE)
        wait_until(lambda: not family(MARK, mark.decode()), "the end of all of them")
    with process_lock(tmp_path / "paperboy.db"):  # the database is free again
        pass


def test_a_program_that_does_not_hear_sigterm_ends_with_its_starter_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "deaf.py").write_text(
        "import signal, threading\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('deaf', flush=True)\nthreading.Event().wait()\n"
    )
    own = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    pipe = subprocess.PIPE
    command = (sys.executable, "-m", "bot.process.leashed", "deaf")
    with running(*command, env=own, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "deaf\n"
        process.stdin.close()
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM
