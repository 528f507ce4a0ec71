"""How the clock of the jobs stops: patiently, and not for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy.exc import OperationalError

from bot.jobs import clock as clock_module
from bot.jobs.clock import Clock
from bot.store import Database, Scope, slots
from bot.store.leadership import Leadership


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    found = Database(sqlite_url)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
def clock(database: Database, sqlite_url: str) -> Clock:
    return Clock(
        database,
        Scope("default", "demo"),
        owner="me",
        now=lambda: datetime.now(UTC),
        metrics=CollectorRegistry(),
        leadership=Leadership(sqlite_url),
    )


class Job:
    """A job that runs until it may end."""

    def __init__(self) -> None:
        self.began, self.may_end = asyncio.Event(), asyncio.Event()
        self.end = ""

    async def __call__(self) -> None:
        self.began.set()
        try:
            await self.may_end.wait()
            self.end = "done"
        except asyncio.CancelledError:
            self.end = "cancelled"
            raise


@pytest.fixture
async def job(clock: Clock) -> Job:
    """A job that has begun."""
    made = Job()
    clock.every(3600, "job", made)
    clock.start()
    async with asyncio.timeout(30):
        await made.began.wait()
    return made


async def test_a_job_that_runs_may_end(
    clock: Clock, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        stopping = asyncio.create_task(clock.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        job.may_end.set()
        await stopping
    assert job.end == "done"
    assert caplog.records == []


async def test_a_job_that_does_not_end_is_cancelled_after_a_while(clock: Clock, job: Job) -> None:
    await clock.stop(patience=0.01)
    assert job.end == "cancelled"


class Struck:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.times = 0
        self.done = asyncio.Event()

    async def __call__(self) -> None:
        self.times += 1
        self.done.set()


async def test_a_slot_that_somebody_left_unfinished_is_done_after_its_lease(
    database: Database,
) -> None:
    at = [datetime(2026, 11, 24, 12, 0, tzinfo=UTC)]

    def clock_of(owner: str) -> Clock:
        return Clock(
            database,
            Scope("default", "demo"),
            owner=owner,
            now=lambda: at[0],
            metrics=CollectorRegistry(),
            leadership=Leadership("sqlite+aiosqlite://"),
        )

    async def killed() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await clock_of("killed").fire(86_400, "daily", killed)
    heir, struck = clock_of("heir"), Struck()
    at[0] += timedelta(minutes=4)
    assert not await heir.fire(86_400, "daily", struck)
    at[0] += timedelta(minutes=2)
    assert await heir.fire(86_400, "daily", struck)
    assert not await heir.fire(86_400, "daily", struck)
    assert struck.times == 1


async def test_a_database_that_hiccups_does_not_end_the_keeping_of_a_slot(
    clock: Clock, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed, renew = asyncio.Event(), slots.renew
    tries = iter([OperationalError("", None, Exception("locked")), OSError("gone")])

    async def hiccup(*given: Any, **named: Any) -> None:
        if (error := next(tries, None)) is not None:
            raise error
        await renew(*given, **named)
        renewed.set()

    monkeypatch.setattr(clock_module, "_RENEW_SECONDS", 0.01)
    monkeypatch.setattr(slots, "renew", hiccup)
    other = Job()
    firing = asyncio.create_task(clock.fire(86_400, "other", other))
    await other.began.wait()
    async with asyncio.timeout(5):
        await renewed.wait()
    other.may_end.set()
    job.may_end.set()
    assert await firing
    await clock.stop()


async def test_the_sweep_leaves_alone_what_still_runs_from_a_slot_before(
    database: Database, sqlite_url: str
) -> None:
    at = [datetime(2026, 11, 24, 12, 0, tzinfo=UTC)]
    clock = Clock(
        database,
        Scope("default", "demo"),
        owner="me",
        now=lambda: at[0],
        metrics=CollectorRegistry(),
        leadership=Leadership(sqlite_url),
    )
    slow, struck = Job(), Struck()

    async def work() -> None:
        await struck()
        await slow()

    clock.every(3600, "slow", work)
    clock.start()
    await slow.began.wait()
    at[0] += timedelta(hours=1)
    await asyncio.wait_for(clock._sweep(), 5)
    assert struck.times == 1
    slow.may_end.set()
    await clock.stop()


async def test_only_the_leaders_clock_strikes(
    new_postgres_url: Callable[[], str],
) -> None:
    url = new_postgres_url()
    database = Database(url)
    await database.open()
    struck = [Struck(), Struck()]
    clocks = [
        Clock(
            database,
            Scope("default", "demo"),
            owner=str(number),
            now=lambda: datetime.now(UTC),
            metrics=CollectorRegistry(),
            leadership=Leadership(url, beat=0.05),
        )
        for number in range(2)
    ]
    for clock, work in zip(clocks, struck, strict=True):
        clock.every(1, "often", work)
    clocks[0].start()
    async with asyncio.timeout(30):
        await struck[0].done.wait()
        clocks[1].start()
        struck[0].done.clear()
        await struck[0].done.wait()
        assert struck[1].times == 0
        await clocks[0].stop()
        await struck[1].done.wait()
    await clocks[1].stop()
    await database.close()


async def test_the_jobs_of_many_accounts_are_spread_over_their_distance(
    database: Database,
) -> None:
    """And they are so in the same way in every process: the name of the account decides."""

    def clock_of(owner: str) -> Clock:
        return Clock(
            database,
            Scope("default", "demo"),
            owner=owner,
            now=lambda: datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
            metrics=CollectorRegistry(),
            leadership=Leadership("sqlite+aiosqlite://"),
        )

    first, second = clock_of("first"), clock_of("second")
    scopes = [Scope(f"T{number}", "demo") for number in range(40)]
    begins = [first._begin(scope, 300) for scope in scopes]

    assert begins == [second._begin(scope, 300) for scope in scopes]
    assert len(set(begins)) > 30
    assert await first.fire(300, "look", Struck(), scope=scopes[0])
    assert not await second.fire(300, "look", Struck(), scope=scopes[0])  # the same slot
