"""Finds deadlines and clocks in the source of tests: no test measures time, and each waits as long as `tests.patience` says."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
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


@functools.cache
def syntax(path: Path) -> ast.Module:
    """A file as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def parsed() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(TESTS.rglob("*.py")):
        yield str(path.relative_to(TESTS)), syntax(path)
