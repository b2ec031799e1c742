"""When things run: the only module that knows APScheduler. Ticks are in UTC and short; what is due stands in tables."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import BusyError, CannotWriteError, DamagedError

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[object]]
DueIn = Callable[[], Awaitable[timedelta | None]]
#: Seconds that a cancelled job has for its end.
_CANCELLED: Final = 1.0
_LOOK: Final = timedelta(seconds=1)
#: What a run could not do (a list waits for a source, Discord for a pause) is looked at again after this.
_AGAIN: Final = timedelta(seconds=5)
#: A fault that stays stands in the log once in this time.
_SAY_AGAIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Health:
    """How one job's last run went. `error` is None after a good one."""

    last_success: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """A fault that the log has: what and where it was, when it was said, and how often the job has failed in a row."""

    what: tuple[str, str, int | None]
    at: float
    count: int


@dataclass(slots=True)
class Jobs:
    """Named jobs, each run again and again, never beside itself."""

    health: dict[str, Health] = field(default_factory=dict)
    _running: dict[str, asyncio.Task[None] | None] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _begun: dict[str, float] = field(default_factory=dict)
    _said: dict[str, _Said] = field(default_factory=dict)
    _scheduler: Any = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))

    def every(self, period: timedelta, name: str, job: Job) -> None:
        """Runs `job` now and then every `period` after; an exception is logged and the next run happens all the same."""

        async def run() -> None:
            self._running[name] = asyncio.current_task()
            try:
                await attempt()
                while name in self._again:
                    self._again.discard(name)
                    await attempt()
            except asyncio.CancelledError:
                log.info("job %s was stopped", name)
            finally:
                del self._running[name]

        async def attempt() -> None:
            self._begun[name] = asyncio.get_running_loop().time()
            try:
                await job()
            except Exception as error:
                self._say(name, error)
                self.health[name] = Health(
                    self.health.get(name, Health()).last_success, f"{type(error).__name__}: {error}"
                )
            else:
                if name in self._said:
                    log.info("job %s works again after %d failures", name, self._said.pop(name).count)
                self.health[name] = Health(datetime.now(UTC))

        self._scheduler.add_job(
            run, "interval", seconds=period.total_seconds(), id=name, next_run_time=datetime.now(UTC),
            # A run that is late is run, once; APScheduler's own default drops it after a second.
            misfire_grace_time=None, coalesce=True, max_instances=1,
        )  # fmt: skip

    def _say(self, name: str, error: Exception) -> None:
        """Logs a fault with its stack; the same one again only now and then, for some jobs run once a second."""
        now = asyncio.get_running_loop().time()
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = (type(error).__name__, place.filename, place.lineno)
        said = self._said.get(name)
        count = said.count + 1 if said else 1
        if said and said.what == what and now - said.at < _SAY_AGAIN.total_seconds():
            self._said[name] = replace(said, count=count)
            return
        self._said[name] = _Said(what, now, count)
        # What is wrong with the file says the sentence; a stack adds nothing to it.
        known = isinstance(error, (DamagedError, CannotWriteError, BusyError))
        log.error("job %s failed%s: %s", name, f", the {count}th time" if count > 3 else "", error, exc_info=not known)

    def when_due(self, name: str, job: Job, due_in: DueIn, *, at_least: timedelta) -> None:
        """Runs `job` when the time that `due_in` states has passed, and every `at_least`.

        It is asked once a second, since what is due changes with every command, and clocks jump; then the run is set to the
        very instant. So `due_in` has to be cheap. What the last run left undone is no reason to run again at once.
        """

        async def look() -> None:
            left = await due_in()
            if left is None or left > _LOOK or name in self._running:
                return
            since = timedelta(seconds=asyncio.get_running_loop().time() - self._begun.get(name, 0.0))
            if left > timedelta():
                self._scheduler.modify_job(name, next_run_time=datetime.now(UTC) + left)
            elif -left < since or since > _AGAIN:
                self.run_soon(name)

        self.every(at_least, name, job)
        self.every(_LOOK, f"{name}-due", look)

    def run_soon(self, name: str) -> None:
        """Runs a job as soon as possible instead of at its next tick; once more, when it is running now."""
        if name in self._running:  # what this call is about may have come too late for that run
            self._again.add(name)
        elif self._scheduler.running and self._scheduler.get_job(name):
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Starts nothing more; cancels what runs and waits for its end, so that what it uses can be closed. A thread cannot be
        cancelled: a job that waits for one which hangs is left behind."""
        running = {task: name for name, task in self._running.items() if task is not None}
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for task in running:
            task.cancel()
        if running:
            _, stuck = await asyncio.wait(running, timeout=_CANCELLED)
            for task in stuck:
                log.warning("job %s does not end; it is left behind", running[task])
