"""The processes that tests start: each has a deadline, and none outlives its test, whatever becomes of that.

A mark in the environment finds a process and all that it started, also where they have sessions of their own or lost their parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.patience import PATIENCE

ROOT: Final = Path(__file__).resolve().parents[1]
#: Names one process of a test; no PAPERBOY_ in it, since tests take those away.
MARK: Final = "TEST_PROCESS"
#: Names the whole run; every process of it has it.
RUN: Final = "TEST_RUN"


def family(name: str, value: str) -> list[int]:
    """The living processes, other than this one, that have the mark."""
    wanted, found = f"{name}={value}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended, or is somebody else's
            alive = b") Z " not in (folder / "stat").read_bytes()
            if alive and wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def end_family(name: str, value: str) -> dict[int, str]:
    """Kills them all. Returns whom it found, with what each was doing."""
    ended: dict[int, str] = {}
    while found := family(name, value):
        for pid in found:
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ended.setdefault(pid, command.strip())
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            ended.setdefault(pid, "")
        time.sleep(0.005)  # until the kernel has taken them away
    return ended


def _prepared(env: Mapping[str, str] | None) -> tuple[str, dict[str, Any]]:
    mark = uuid.uuid4().hex
    return mark, {"env": {**(os.environ if env is None else env), MARK: mark}, "start_new_session": True}


@contextlib.contextmanager
def running(*command: str | Path, env: Mapping[str, str] | None = None, **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process for as long as the block lasts; then it and all that it started are killed, if they still run."""
    mark, own = _prepared(env)
    process = subprocess.Popen(list(map(str, command)), **({"cwd": ROOT} | how | own))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        end_family(MARK, mark)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def run(*command: str | Path, patience: float = PATIENCE, **how: Any) -> subprocess.CompletedProcess[str]:
    """Runs a program to its end. Returns its exit code and what it said."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with running(*command, text=True, **pipes, **how) as process:
        out, err = process.communicate(timeout=patience)
        return subprocess.CompletedProcess(command, process.returncode, out, err)


def python(*arguments: str | Path, **how: Any) -> subprocess.CompletedProcess[str]:
    """The same for this interpreter."""
    return run(sys.executable, *arguments, **how)


def stop(process: subprocess.Popen[Any], number: signal.Signals = signal.SIGTERM) -> int:
    """Sends the signal and waits for the end. Returns the exit code."""
    process.send_signal(number)
    return process.wait(PATIENCE)


@contextlib.asynccontextmanager
async def running_async(
    *command: str | Path, env: Mapping[str, str] | None = None, **how: Any
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`running` for tests with an event loop."""
    mark, own = _prepared(env)
    process = await asyncio.create_subprocess_exec(*map(str, command), **({"cwd": ROOT} | how | own))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        end_family(MARK, mark)


async def run_async(*command: str | Path, **how: Any) -> subprocess.CompletedProcess[str]:
    """`run` for tests with an event loop."""
    pipes: dict[str, Any] = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    async with running_async(*command, **pipes, **how) as process, asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
        return subprocess.CompletedProcess(command, process.returncode or 0, out.decode(), err.decode())


async def ended(process: asyncio.subprocess.Process) -> int:
    """The exit code, once it has one."""
    async with asyncio.timeout(PATIENCE):
        return await process.wait()
