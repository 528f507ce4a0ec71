"""Bounded memories: what was seen lately, and when a channel may be written to again."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Lately(Generic[K, V]):
    """A dictionary that forgets: what is too old, and the oldest of what is too much.

    Args:
        most: How many entries at most.
        seconds: How long an entry lasts.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, *, most: int, seconds: float, clock: Clock = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """The value of a key, or None when it is unknown or too old."""
        entry = self._entries.get(key)
        if entry is None or self._clock() - entry[0] > self._seconds:
            return None
        return entry[1]

    def put(self, key: K, value: V) -> None:
        """Remember a value, as the newest."""
        self._entries.pop(key, None)
        self._entries[key] = (self._clock(), value)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def forget(self, key: K) -> None:
        """Forget a key, known or not."""
        self._entries.pop(key, None)


class Pace:
    """At most one message a second a channel (Slack's limit of `chat.postMessage`).

    Args:
        interval: Seconds between two messages to one channel.
        clock: A monotonic clock, in seconds.
        sleep: Waits, in seconds.
    """

    def __init__(
        self, interval: float, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._interval = interval
        self._clock = clock
        self._sleep = sleep
        self._free: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Wait for this channel's next turn; turns are given in the order of asking.

        Args:
            channel: A channel id.
        """
        now = self._clock()
        at = max(now, self._free.get(channel, now))
        self._free[channel] = at + self._interval
        self._prune(now)
        if at > now:
            await self._sleep(at - now)

    def _prune(self, now: float) -> None:
        if len(self._free) > 1000:  # noqa: PLR2004 - far more channels than write in one second
            self._free = {channel: at for channel, at in self._free.items() if at > now}
