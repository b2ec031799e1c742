"""No test measures time: deadlines come from `tests.patience` alone, and no other clock of the machine is read."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import processes
from tests.patience import PATIENCE
from tests.properties import ROUND

TESTS = Path(__file__).parent
#: What ends a wait when it is given as a keyword, or as the last argument of these calls.
KEYWORDS = {"timeout", "patience", "wait", "deadline"}
WAITS = {"timeout", "timeout_at", "wait_for", "wait", "until", "wait_until", "communicate", "set_default_timeout"}
#: The machine's clocks. A test's time is the clock that is passed in.
CLOCKS = {
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "process_time_ns",
    "thread_time",
}
#: Who may read a clock, and why.
READERS = {
    "patience.py": "it is the deadline",
    "test_kill.py": "it strikes at a random moment",
    "test_watchdog.py": "it holds the loop",
    "playground/test_faults.py": "it compares what Discord says with the machine's time, before and after",
}


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def named(node: ast.AST, name: str) -> bool:
    """Whether hypothesis's `name` is imported here."""
    return isinstance(node, ast.ImportFrom) and node.module == "hypothesis" and name in {a.name for a in node.names}


def has_number(node: ast.expr) -> bool:
    """Whether a deadline is written here as a number; 0 asks without waiting, None never ends."""
    if not isinstance(node, ast.Constant | ast.BinOp | ast.UnaryOp | ast.IfExp):
        return False
    numbers = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    return any(numbers)


def deadlines(tree: ast.AST) -> Iterator[int]:
    """The lines that hold a deadline of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given = [k.value for k in node.keywords if k.arg in KEYWORDS]
            given += node.args[-1:] if called(node) in WAITS else []
            yield from (node.lineno for value in given if has_number(value))
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (
                v.lineno for k, v in pairs if isinstance(k, ast.Constant) and k.value == "wait" and has_number(v)
            )


def clocks(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "id", "")
            if node.func.attr in CLOCKS or (owner in ("time", "wall", "loop") and node.func.attr == "time"):
                yield node.lineno


def parsed() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(TESTS.rglob("*.py")):
        yield str(path.relative_to(TESTS)), ast.parse(path.read_text(encoding="utf-8"))


def test_every_deadline_is_the_one_patience() -> None:
    assert [f"{name}:{line}" for name, tree in parsed() for line in deadlines(tree)] == []


def test_no_test_reads_a_clock_of_the_machine() -> None:
    found = [f"{name}:{line}" for name, tree in parsed() if name not in READERS for line in clocks(tree)]
    assert found == []


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


def test_every_property_is_tried_as_one_profile_says() -> None:
    """Else an example of chance decides whether `make test` passes."""
    own = [
        name
        for name, tree in parsed()
        for node in ast.walk(tree)
        if named(node, "settings") and name not in ("properties.py", "test_deadlines.py")
    ]
    assert own == []
    now = settings.get_current_profile_name(), settings.get_profile("property")
    assert (now[0], now[1].derandomize, now[1].deadline) == ("property", not ROUND, None)


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


def test_a_failed_test_leaves_no_process_behind(tmp_path: Path) -> None:
    """Neither a process nor its grandchild in a session of its own; who started one by other means is told."""
    (tmp_path / "test_failing.py").write_text(FAILING)
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish, pytest_sessionstart\n")
    own = {**os.environ, "PYTHONPATH": str(processes.ROOT), "OF_FAILING": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert processes.family("OF_FAILING", str(tmp_path)) == []
    assert "1 failed, 1 passed" in done.stdout
    assert "2 processes outlived their test" in done.stdout
    assert done.returncode == 1
