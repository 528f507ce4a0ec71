"""APScheduler with its memory store; each fire claims its slot in our own table first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import CollectorRegistry, Counter

from bot.clicksend import ClickSendError
from bot.store import Database, Scope, slots

_log = structlog.get_logger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEASE = timedelta(minutes=5)
_GRACE_SECONDS = 60
_PATIENCE_SECONDS = 20.0


class Clock:
    """The jobs of one process, rebuilt from code at each start.

    Args:
        database: Where the slots are.
        scope: Whose.
        owner: This process.
        now: The time.
        metrics: Where fires are counted.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        owner: str,
        now: Callable[[], datetime],
        metrics: CollectorRegistry,
    ) -> None:
        self._database = database
        self._scope = scope
        self._owner = owner
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[bool]] = set()
        self._fires = Counter(
            "clicksend_slack_job_fires",
            "Fires of a job by outcome",
            ("job", "outcome"),
            registry=metrics,
        )

    def every(self, seconds: int, job: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do something at fixed times, so many seconds apart, and once at the start.

        Args:
            seconds: The distance; slots are counted from 1970, so that replicas agree on them.
            job: Its name.
            work: What to do; what it raises is logged, and the next fire tries again.
        """
        self._scheduler.add_job(
            self._strike,
            "interval",
            args=(seconds, job, work),
            seconds=seconds,
            start_date=_EPOCH,
            next_run_time=self._now(),
            id=job,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=_GRACE_SECONDS,
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    async def stop(self, patience: float = _PATIENCE_SECONDS) -> None:
        """Fire no more, and let what runs end.

        Args:
            patience: How long, in seconds; what runs then is cancelled. A service that does not
                answer would otherwise keep the process for minutes, until somebody kills it.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        late = list(self._running)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _strike(self, seconds: int, job: str, work: Callable[[], Awaitable[object]]) -> None:
        """Fire in a task of our own: APScheduler cancels its own when it shuts down."""
        task = asyncio.create_task(self.fire(seconds, job, work), name=job)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with contextlib.suppress(asyncio.CancelledError):  # it would log that as an error
            await asyncio.shield(task)

    async def fire(self, seconds: int, job: str, work: Callable[[], Awaitable[object]]) -> bool:
        """One fire: claim the slot, do the work.

        Returns:
            Whether it was this process's to do.
        """
        now = self._now()
        slot = _EPOCH + timedelta(seconds=(now - _EPOCH) // timedelta(seconds=seconds) * seconds)
        async with self._database.write() as connection:
            mine = await slots.claim(
                connection,
                self._scope,
                job=job,
                slot=slot,
                owner=self._owner,
                now=now,
                lease_until=now + _LEASE,
            )
        if mine:
            await self._do(job, slot, work)
        return mine

    async def _do(self, job: str, slot: datetime, work: Callable[[], Awaitable[object]]) -> None:
        outcome = "ok"
        try:
            await work()
        except ClickSendError as error:
            outcome = type(error).__name__
            _log.warning("job could not look", job=job, problem=str(error))
        except Exception:  # noqa: BLE001 - the next fire tries again
            outcome = "broken"
            _log.exception("job broke", job=job)
        self._fires.labels(job, outcome).inc()
        async with self._database.write() as connection:
            await slots.finish(
                connection, self._scope, job=job, slot=slot, owner=self._owner, at=self._now()
            )
