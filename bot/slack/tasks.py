"""Background tasks that are known: a shutdown waits for them, a crash is logged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

_log = structlog.get_logger(__name__)


class Tasks:
    """The background tasks of one process.

    Args:
        broken: Told of each piece of work that broke, by its name.
    """

    def __init__(self, broken: Callable[[str], None] = lambda _name: None) -> None:
        self.broken = broken
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
        """Start work that nobody waits for.

        Args:
            work: What to do.
            name: What to call it in the log.

        Returns:
            The task, already held here.
        """
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken(task.get_name())
            _log.error("background task failed", task=task.get_name(), exc_info=error)

    async def idle(self) -> None:
        """Wait until nothing is running, what running tasks start included."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def drain(self, seconds: float) -> int:
        """Wait for the running tasks, then cancel what is left and wait for that to end.

        Args:
            seconds: How long to wait before cancelling.

        Returns:
            How many tasks were cancelled.
        """
        try:
            async with asyncio.timeout(seconds):
                await self.idle()
        except TimeoutError:
            pass
        return await self._cancel()

    async def _cancel(self) -> int:
        late = set(self._running)
        for task in late:
            _log.warning("background task cancelled", task=task.get_name())
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)
