"""Timers post a wake-up and do no work: what is due is decided by whoever is woken.

APScheduler keeps the jobs. Instants are venue time and are turned into real waiting by the clock's
speed, so a day that passes in five minutes is woken at its instants all the same.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from contract.clock import Clock

NEXT: Final = "next-due"
WAIT_S_MAX: Final = 86_400.0
"""Longest real wait for an instant; whoever is woken early asks for it again."""


class Alarm:
    """One wake-up at the next instant that matters, and some at a steady pace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scheduler: BackgroundScheduler | None = None
        self._set_for_ms: int | None = None

    def start(self) -> None:
        """Begin; repeatable."""
        if self._scheduler is None:
            self._scheduler = BackgroundScheduler(
                executors={"default": ThreadPoolExecutor(1)},
                job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 3},
                timezone=UTC,
            )
            self._scheduler.start()

    def stop(self) -> None:
        """End; repeatable."""
        scheduler, self._scheduler = self._scheduler, None
        self._set_for_ms = None
        if scheduler is not None:
            scheduler.pause()
            scheduler.remove_all_jobs()  # waits until it is not in the middle of one
            scheduler.shutdown(wait=False)

    def every(self, period_s: float, wake: Callable[[], None]) -> None:
        """Wake at a steady pace of real seconds."""
        assert self._scheduler is not None, "start first"  # noqa: S101 - a wiring mistake
        self._scheduler.add_job(wake, "interval", seconds=period_s)

    def at(self, due_ms: int | None, wake: Callable[[], None]) -> None:
        """Wake once at a venue instant, in place of the one set before; None takes it back."""
        scheduler = self._scheduler
        if scheduler is None or due_ms == self._set_for_ms:
            return
        self._set_for_ms = due_ms
        if due_ms is None:
            with suppress(JobLookupError):  # none was set, or it rings just now
                scheduler.remove_job(NEXT)
            return
        wait_s = max(0.0, (due_ms - self._clock.wall_ms()) / 1000 / self._clock.speed)
        when = datetime.now(UTC) + timedelta(seconds=min(wait_s, WAIT_S_MAX))
        scheduler.add_job(
            self._ring, "date", run_date=when, args=[due_ms, wake], id=NEXT, replace_existing=True
        )

    def _ring(self, due_ms: int, wake: Callable[[], None]) -> None:
        if self._set_for_ms == due_ms:
            self._set_for_ms = None
        wake()
