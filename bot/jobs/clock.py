"""APScheduler with its memory store; each fire claims its slot in our own table first.

Only the leader's clock strikes. A new leader strikes at once for every job; and every minute a slot
that somebody left unfinished, because they were killed, is looked for and done.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clicksend import ClickSendError
from bot.store import Database, Scope, slots
from bot.store.leadership import Leadership

_log = structlog.get_logger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LEASE = timedelta(minutes=5)
_RENEW_SECONDS = 60.0
_GRACE_SECONDS = 60
_PATIENCE_SECONDS = 20.0
_SWEEP, _SWEEP_SECONDS = "sweep", 60
Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Job:
    seconds: int
    job: str
    work: Work
    scope: Scope
    name: str


class Clock:
    """The jobs of one process, rebuilt from code at each start.

    Args:
        database: Where the slots are.
        scope: Whose, where a job does not say.
        owner: This process.
        now: The time.
        metrics: Where fires are counted.
        leadership: Whether this process's clock strikes.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        *,
        owner: str,
        now: Callable[[], datetime],
        metrics: CollectorRegistry,
        leadership: Leadership,
    ) -> None:
        self._database = database
        self._scope = scope
        self._owner = owner
        self._now = now
        self._leadership = leadership
        self._leading: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._jobs: dict[str, _Job] = {}
        self._running: set[asyncio.Task[bool]] = set()
        self._fires = Counter(
            "clicksend_slack_job_fires",
            "Fires of a job by outcome",
            ("job", "outcome"),
            registry=metrics,
        )
        leader = Gauge("clicksend_slack_leader", "Whether this process leads", registry=metrics)
        leader.set_function(lambda: float(leadership.leads))

    @property
    def leads(self) -> bool:
        """Whether the jobs are done here."""
        return self._leadership.leads

    def every(self, seconds: int, job: str, work: Work, *, scope: Scope | None = None) -> None:
        """Do something at fixed times, so many seconds apart, and once at the start.

        Args:
            seconds: The distance; slots are counted from 1970, so that replicas agree on them.
                Those of others than the clock's own scope are spread over it: a hundred accounts
                are not all looked at in the same second.
            job: Its name.
            work: What to do; what it raises is logged, and the next fire tries again.
            scope: Whose; the clock's own where it is None.
        """
        whose = scope or self._scope
        own = whose == self._scope
        name = job if own else f"{job} {whose.workspace} {whose.account}"
        self._jobs[name] = _Job(seconds, job, work, whose, name)
        self._add(
            seconds, name, self._strike, (self._jobs[name],), begin=self._begin(whose, seconds)
        )
        if self._scheduler.running and self._leadership.leads:
            self._scheduler.modify_job(name, next_run_time=self._now())

    def drop(self, scope: Scope) -> list[asyncio.Task[bool]]:
        """Do the jobs of somebody no more.

        Args:
            scope: Whose.

        Returns:
            What still runs of them, for `ended`.
        """
        gone = {name for name, each in self._jobs.items() if each.scope == scope}
        for name in gone:
            del self._jobs[name]
            with contextlib.suppress(JobLookupError):  # the scheduler forgets all when it stops
                self._scheduler.remove_job(name)
        return [task for task in self._running if task.get_name() in gone]

    def start(self) -> None:
        """Begin, as soon as this process leads."""
        self._add(_SWEEP_SECONDS, _SWEEP, self._sweep, ())
        self._scheduler.start()
        self._leading = asyncio.create_task(self._leadership.run(self._elected), name="leadership")

    async def stop(self, patience: float = _PATIENCE_SECONDS) -> None:
        """Fire no more, and let what runs end.

        Args:
            patience: How long, in seconds; what runs then is cancelled. A service that does not
                answer would otherwise keep the process for minutes, until somebody kills it.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._leading:
            self._leading.cancel()  # somebody else may go on with what comes next
            await asyncio.gather(self._leading, return_exceptions=True)
        await self.ended(list(self._running), patience)

    async def ended(
        self, running: list[asyncio.Task[bool]], patience: float = _PATIENCE_SECONDS
    ) -> None:
        """Let what runs end; what runs after so many seconds is cancelled."""
        if running:
            await asyncio.wait(running, timeout=patience)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _add(
        self,
        seconds: int,
        name: str,
        strike: Callable[..., Awaitable[None]],
        args: tuple[Any, ...],
        begin: datetime = _EPOCH,
    ) -> None:
        self._scheduler.add_job(
            strike,
            "interval",
            args=args,
            seconds=seconds,
            start_date=begin,
            next_run_time=None,  # until this process leads
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=_GRACE_SECONDS,
        )

    def _begin(self, whose: Scope, seconds: int) -> datetime:
        """The first slot there was, the same in every process."""
        if whose == self._scope:
            return _EPOCH
        name = f"{whose.workspace} {whose.account}".encode()
        return _EPOCH + timedelta(seconds=zlib.crc32(name) % seconds)

    def _elected(self) -> None:
        """Strike for every job: its latest slot may be undone."""
        for each in self._scheduler.get_jobs():
            each.modify(next_run_time=self._now())

    async def _sweep(self) -> None:
        """Do what was left unfinished: of jobs that come often, the next fire does it anyway.

        Not what still runs here from an earlier slot: a job never runs twice at once.
        """
        for each in list(self._jobs.values()):
            busy = each.name in {task.get_name() for task in self._running}
            if each.seconds > _SWEEP_SECONDS and not busy:
                await self._strike(each)

    async def _strike(self, each: _Job) -> None:
        """Fire in a task of our own: APScheduler cancels its own when it shuts down."""
        if not self._leadership.leads:
            return
        fire = self.fire(each.seconds, each.job, each.work, scope=each.scope)
        task = asyncio.create_task(fire, name=each.name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with contextlib.suppress(asyncio.CancelledError):  # it would log that as an error
            await asyncio.shield(task)

    async def fire(self, seconds: int, job: str, work: Work, *, scope: Scope | None = None) -> bool:
        """One fire: claim the slot, do the work.

        Returns:
            Whether it was this process's to do.
        """
        now, whose = self._now(), scope or self._scope
        begin, distance = self._begin(whose, seconds), timedelta(seconds=seconds)
        slot = begin + (now - begin) // distance * distance
        async with self._database.write() as connection:
            mine = await slots.claim(
                connection,
                whose,
                job=job,
                slot=slot,
                owner=self._owner,
                now=now,
                lease_until=now + _LEASE,
            )
        if mine:
            await self._do(whose, job, slot, work)
        return mine

    async def _do(self, scope: Scope, job: str, slot: datetime, work: Work) -> None:
        outcome = "ok"
        _log.debug("job runs", job=job, slot=slot.isoformat())
        keeping = asyncio.create_task(self._keep(scope, job, slot), name=f"{job}: lease")
        try:
            await work()
        except ClickSendError as error:
            outcome = type(error).__name__
            _log.warning("job could not look", job=job, problem=str(error))
        except Exception:  # noqa: BLE001 - the next fire tries again
            outcome = "broken"
            _log.exception("job broke", job=job)
        finally:
            keeping.cancel()
        self._fires.labels(job, outcome).inc()
        _log.debug("job ran", job=job, slot=slot.isoformat(), outcome=outcome)

        async def finish(connection: AsyncConnection) -> None:
            await slots.finish(
                connection, scope, job=job, slot=slot, owner=self._owner, at=self._now()
            )

        # Not finished in the table, it would be done again when the lease is over.
        await self._database.insist(finish, seconds=_LEASE.total_seconds())

    async def _keep(self, scope: Scope, job: str, slot: datetime) -> None:
        """Renew the lease of a slot while its work goes on."""
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                async with self._database.write() as connection:
                    await slots.renew(
                        connection,
                        scope,
                        job=job,
                        slot=slot,
                        owner=self._owner,
                        lease_until=self._now() + _LEASE,
                    )
            except (SQLAlchemyError, OSError) as error:  # the lease lasts for some more of these
                _log.warning("a lease was not renewed", job=job, problem=type(error).__name__)
