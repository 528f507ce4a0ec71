"""Staying below a rate, endpoint by endpoint."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``calls`` in any ``seconds``."""

    calls: int
    seconds: float


DEFAULT_LIMITS: Mapping[str, Rate] = {
    # Seen live: GET /account allows 20 a minute, counted by endpoint and source address.
    "account.get": Rate(18, 60.0),
}


class Limiter:
    """Slots in a sliding window for each operation that has a rate.

    Args:
        limits: Rates by operation id; those that ClickSend is known to have when None.
    """

    def __init__(self, limits: Mapping[str, Rate] | None = None) -> None:
        limits = DEFAULT_LIMITS if limits is None else limits
        self._limits = dict(limits)
        self._starts = {name: deque[float](maxlen=rate.calls) for name, rate in limits.items()}

    def reserve(self, operation: str, now: float, latest: float) -> float | None:
        """Take the next free slot of an operation.

        Args:
            operation: The operation id.
            now: The time, in seconds of any steady clock.
            latest: The last moment the caller would still start.

        Returns:
            Seconds to wait before the call; None when no slot is free by ``latest``, and then
            none is taken.
        """
        starts = self._starts.get(operation)
        if starts is None:
            return 0.0
        start = self._next_start(operation, starts, now)
        if start > max(now, latest):
            return None
        starts.append(start)
        return start - now

    def _next_start(self, operation: str, starts: deque[float], now: float) -> float:
        rate = self._limits[operation]
        return now if len(starts) < rate.calls else max(now, starts[0] + rate.seconds)

    def wait(self, operation: str, now: float) -> float:
        """Seconds until the next slot of an operation would be free, without taking it.

        Args:
            operation: The operation id.
            now: The time, in seconds of the same clock.

        Returns:
            Seconds, zero when it is free.
        """
        starts = self._starts.get(operation)
        return 0.0 if starts is None else self._next_start(operation, starts, now) - now
