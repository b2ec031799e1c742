"""What keeps the tests honest on any machine: deadlines are found, patience is one setting, no process is left behind."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests import processes
from tests.deadlines import deadlines
from tests.patience import PATIENCE
from tests.properties import ROUND


@pytest.mark.parametrize(
    "line",
    [
        "await asyncio.wait_for(x, 5)", "async_timeout.timeout(2 * 3)", "subprocess.run(x, timeout=1.5)", "p.wait(10)",
        "expect(x).to_be_visible(timeout=SOON + 500)", "await until(lambda: x, 60)", 'ask({"wait": 5})',
    ],
)  # fmt: skip
def test_a_deadline_in_a_test_is_found(line: str) -> None:
    assert list(deadlines(ast.parse(line)))


def test_what_is_no_deadline_is_let_be() -> None:
    for line in (
        "View(timeout=None)",
        "p.wait()",
        "until(lambda: len(x) > 20)",
        "until(partial(f, n + 20))",
        'ask({"wait": 0})',
        "p.wait(PATIENCE)",
    ):
        assert not list(deadlines(ast.parse(line))), line


def test_properties_are_tried_with_the_same_examples_every_time() -> None:
    now = settings.get_profile("property")
    assert (settings.get_current_profile_name(), now.derandomize, now.deadline) == ("property", not ROUND, None)


def test_patience_is_one_setting() -> None:
    says = (
        "from tests.patience import PATIENCE, LONG, MILLISECONDS as m; print(PATIENCE, LONG / PATIENCE, m / PATIENCE)"
    )
    done = processes.python("-c", says, env={**os.environ, "PAPERBOY_TEST_PATIENCE": "7"})
    assert done.stdout.split() == ["7.0", "5.0", "1000.0"], done.stderr
    assert PATIENCE > 0


FAILING = """
import subprocess, sys
from tests.processes import running

CHILD = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], "
CHILD += "start_new_session=True); print('started', flush=True); time.sleep(1000)"

def test_that_fails() -> None:
    with running(sys.executable, "-c", CHILD, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "started\\n"
        assert False, "on purpose"

def test_that_forgets() -> None:
    made = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True)
    assert made.stdout.readline() == "started\\n"
    globals()["kept"] = made  # nobody stops it
"""


def run_apart(folder: Path, tests: str, workers: str) -> subprocess.CompletedProcess[str]:
    """These tests in a pytest of their own, under the same watch as ours."""
    (folder / "test_apart.py").write_text(tests)
    (folder / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish, pytest_sessionstart\n")
    own = {**os.environ, "PYTHONPATH": str(processes.ROOT), "OF_FAILING": str(folder)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", workers, str(folder)]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert processes.family("OF_FAILING", str(folder)) == []
    return done


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_failed_test_leaves_no_process_behind(tmp_path: Path, workers: str) -> None:
    """Neither a process nor its grandchild in a session of its own; who started one by other means is told."""
    done = run_apart(tmp_path, FAILING, workers)
    assert "1 failed, 1 passed" in done.stdout
    assert "2 processes outlived their test" in done.stdout, done.stdout
    assert done.returncode == 1


BREAKING = """
import os, signal, subprocess, sys

def test_that_breaks_its_worker() -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], **quiet)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_breaks_leaves_no_process_behind(tmp_path: Path) -> None:
    done = run_apart(tmp_path, BREAKING, "2")
    assert re.search(r"worker 'gw\d' crashed", done.stdout)
    assert "1 processes outlived their test" in done.stdout, done.stdout
    assert done.returncode == 1
