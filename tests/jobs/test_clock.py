"""How the clock of the jobs stops: patiently, and not for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from bot.jobs.clock import Clock
from bot.store import Database, Scope


@pytest.fixture
async def clock(sqlite_url: str) -> AsyncIterator[Clock]:
    database = Database(sqlite_url)
    await database.open()
    yield Clock(
        database,
        Scope("default", "demo"),
        owner="me",
        now=lambda: datetime.now(UTC),
        metrics=CollectorRegistry(),
    )
    await database.close()


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
