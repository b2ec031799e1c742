"""`python -m bot run` in which one call goes wrong: the n-th to the database, to Discord, or to an upstream.

    PAPERBOY_TEST_FAULT=database:kill:before:17 python -m tests.faulty_bot

Where: `database` (a statement), `discord` or `upstream` (a request). What: `kill` (the process dies) or `raise` (the library's own
error). When: `before` it is done, or `after` (done, and nobody hears of it). The program itself is not touched: the calls are
counted where the libraries hand them over. `fault struck` on standard error says that it happened.

    PAPERBOY_TEST_SIGTERM="building the search index" python -m tests.faulty_bot

sends SIGTERM to itself at the instant at which it logs that line.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import aiosqlite
import httpx

from bot.__main__ import main

Call = Callable[..., Awaitable[Any]]


class Fault:
    """Strikes once, at call number `number`."""

    def __init__(self, text: str) -> None:
        self.where, self.what, self.when, number = text.split(":")
        self.number = int(number)
        self.calls = 0

    def spoil(self, call: Call, error: Callable[[], Exception]) -> Call:
        """`call` with the fault in it."""

        async def spoilt(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls != self.number:
                return await call(*arguments, **named)
            if self.when == "after":
                await call(*arguments, **named)
            sys.stderr.write("fault struck\n")
            sys.stderr.flush()
            if self.what == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise error()

        return spoilt


def install(fault: Fault) -> None:
    if fault.where == "database":
        execute = fault.spoil(aiosqlite.Connection._execute, lambda: sqlite3.OperationalError("disk I/O error"))
        aiosqlite.Connection._execute = execute  # type: ignore[assignment,method-assign]
    elif fault.where == "discord":
        request = fault.spoil(aiohttp.ClientSession._request, aiohttp.ServerDisconnectedError)
        aiohttp.ClientSession._request = request  # type: ignore[assignment,method-assign]
    else:
        send = fault.spoil(httpx.AsyncClient.send, lambda: httpx.ReadError("the connection was cut"))
        httpx.AsyncClient.send = send  # type: ignore[assignment,method-assign]


def end_at(line: str) -> None:
    make = logging.getLogRecordFactory()

    def made(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make(*arguments, **named)
        if line in record.getMessage():
            os.kill(os.getpid(), signal.SIGTERM)
        return record

    logging.setLogRecordFactory(made)


if __name__ == "__main__":
    if line := os.environ.get("PAPERBOY_TEST_SIGTERM"):
        end_at(line)
    if told := os.environ.get("PAPERBOY_TEST_FAULT"):
        install(Fault(told))
    main(["run"])
