"""Jobs side by side: one that fails or hangs is its own affair, and a fault that stays does not fill the log."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import CannotWriteError
from bot.when.jobs import Jobs
from tests.house import until

OFTEN = timedelta(milliseconds=5)


class Counted:
    """A job that counts its runs, and fails as it is told."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = None

    async def __call__(self) -> None:
        self.runs += 1
        if self.error is not None:
            raise self.error

    async def again(self, times: int = 1) -> None:
        """Returns once it ran so many times more."""
        wanted = self.runs + times
        await until(lambda: self.runs > wanted)


@contextlib.asynccontextmanager
async def started(jobs: Jobs) -> AsyncIterator[None]:
    jobs.start()
    try:
        yield
    finally:
        await jobs.stop()


async def test_a_job_that_hangs_holds_nobody_and_not_the_end() -> None:
    jobs, other, begun = Jobs(), Counted(), asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    jobs.every(OFTEN, "hanging", hang)
    jobs.every(OFTEN, "other", other)
    async with started(jobs):
        await begun.wait()
        jobs.run_soon("hanging")
        await other.again(3)
    runs = other.runs
    assert jobs.health.keys() == {"other"}
    assert other.runs == runs


async def test_a_job_that_fails_each_time_goes_on_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bot.when.jobs")
    jobs, failing, other = Jobs(), Counted(), Counted()
    failing.error = ValueError("upstream sent 7 bytes")
    jobs.every(OFTEN, "failing", failing)
    jobs.every(OFTEN, "other", other)

    def errors() -> list[str]:
        return [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]

    async with started(jobs):
        await failing.again(5)
        await other.again()
        assert jobs.health["failing"].error == "ValueError: upstream sent 7 bytes"
        assert jobs.health["other"].error is None
        failing.error = ValueError("upstream sent 8 bytes")  # the same fault, at the same place
        await failing.again(5)
        assert errors() == ["job failing failed: upstream sent 7 bytes"]
        failing.error = CannotWriteError("the disk is full")
        await failing.again(5)
        assert len(errors()) == 2
        assert "time: the disk is full" in errors()[1]
        failing.error = None
        await failing.again()
        assert jobs.health["failing"].error is None
        assert any("job failing works again after" in r.getMessage() for r in caplog.records)
        failing.error = ValueError("upstream sent 7 bytes")
        await failing.again()
        assert len(errors()) == 3


@pytest.mark.parametrize("fails", [True, False])
async def test_what_is_asked_every_second_is_asked_on_after_a_fault(fails: bool) -> None:
    """`due_in` reads the database: one that is busy for a moment costs a look, and never the job."""
    jobs, job, looks = Jobs(), Counted(), Counted()
    looks.error = OSError("not now") if fails else None

    async def due_in() -> None:
        await looks()

    jobs.when_due("job", job, due_in, at_least=OFTEN)
    async with started(jobs):
        await looks.again()
        await job.again()
        assert (jobs.health["job-due"].error is not None) is fails
