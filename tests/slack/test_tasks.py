"""Background tasks: waited for, cancelled when late, and heard of when they break."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack.tasks import Tasks


async def test_a_drain_waits_for_what_running_tasks_start() -> None:
    tasks, done = Tasks(), []

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        tasks.spawn(second(), name="second")
        done.append("first")

    tasks.spawn(first(), name="first")

    assert await tasks.drain(5) == 0
    assert done == ["first", "second"]
    assert len(tasks) == 0


async def test_what_is_late_is_cancelled_and_may_clean_up() -> None:
    tasks, cleaned = Tasks(), asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    tasks.spawn(forever(), name="forever")

    assert await tasks.drain(0.01) == 1
    assert cleaned.is_set()


async def test_a_crash_is_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    tasks = Tasks()

    async def crash() -> None:
        raise RuntimeError("the reason")

    tasks.spawn(crash(), name="the work")
    await tasks.idle()

    written = capsys.readouterr().out
    assert "the work" in written
    assert "the reason" in written
