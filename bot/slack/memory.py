"""A bounded memory of what was seen lately."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Clock = Callable[[], float]


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


def remember(cache: OrderedDict[K, V], key: K, value: V, *, most: int) -> None:
    """Put an entry as the newest, and drop the oldest of what is too much."""
    cache[key] = value
    cache.move_to_end(key)
    while len(cache) > most:
        cache.popitem(last=False)
