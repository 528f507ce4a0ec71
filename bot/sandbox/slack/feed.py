"""Tells whoever watches that something changed: the pages, and whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.sandbox.slack.shapes import Json

_MOST_WAITING = 1_000
PATIENCE = 20.0

Events = asyncio.Queue[Json | None]


class Feed:
    """What changed, as it changes."""

    def __init__(self) -> None:
        self._watchers: set[Events] = set()
        self._beat = asyncio.Event()

    @property
    def watched(self) -> bool:
        """Whether a page is open."""
        return bool(self._watchers)

    def publish(self, kind: str, data: object) -> None:
        """Tell everybody; a watcher that does not keep up is let go, and comes again."""
        for events in list(self._watchers):
            try:
                events.put_nowait({"kind": kind, "data": data})
            except asyncio.QueueFull:
                self._watchers.discard(events)
                events.get_nowait()
                events.put_nowait(None)
        self._wake()

    @contextmanager
    def watch(self) -> Iterator[Events]:
        """Every change from now on; None ends them."""
        events: Events = asyncio.Queue(_MOST_WAITING)
        self._watchers.add(events)
        self._wake()
        try:
            yield events
        finally:
            self._watchers.discard(events)

    async def until(self, true: Callable[[], bool], *, seconds: float | None = None) -> None:
        """Wait until something holds; it is looked at again at every change.

        Args:
            true: What is to hold.
            seconds: How long to wait, at most; 20 unless told.

        Raises:
            TimeoutError: It does not hold in that time.
        """
        async with asyncio.timeout(PATIENCE if seconds is None else seconds):
            while not true():
                await self._beat.wait()

    def close(self) -> None:
        """Let every page go."""
        for events in list(self._watchers):
            if not events.full():
                events.put_nowait(None)
        self._watchers.clear()

    def _wake(self) -> None:
        self._beat.set()
        self._beat = asyncio.Event()
